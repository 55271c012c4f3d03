//! What decided the way of traffic, in the terms of evidence.
//!
//! Turns checks of a flow into values that a trace can hold: what lets it pass
//! if it arrives, what stops it if it does not, what was not seen. May use the
//! graph and the trace; verdicts are those of the flow.

use super::expression::trace::Read;
use crate::graph::Graph;
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{
    Aspect, At, Check, Component, End, Flow, Hop, Outcome, Traffic, Verdict,
};

/// Evidence of one flow; a longer way than this is told by its first parts.
const MAX_READS: usize = 24;

/// `tcp 10000-19999`; protocols without ports stand alone.
pub(super) fn shown_traffic(traffic: &Traffic) -> String {
    let name = traffic.protocol.name();
    if traffic.protocol.has_ports() {
        format!("{name} {}", traffic.ports)
    } else {
        name
    }
}

/// `eni-0a… 10.0.0.5`, `internet 8.8.8.8`.
pub(super) fn shown_end(graph: &Graph, end: &End) -> String {
    let address = end.address();
    match end {
        End::Interface(node, _) | End::Subnet(node, _) | End::Offered(node, _) => {
            format!("{} {address}", graph.id(*node))
        }
        End::Address(_) => address.to_string(),
        End::Internet(_) => format!("internet {address}"),
        End::OnPremises(Some(node), _) => format!("on premises {address} at {}", graph.id(*node)),
        End::OnPremises(None, _) => format!("on premises {address}"),
    }
}

/// The code as reports write it: those about replies have names of their own.
fn code_name(code: Code, back: bool) -> String {
    let name = code.name();
    if back && !name.starts_with("X_RETURN_") {
        format!("X_RETURN_{}", name.strip_prefix("X_").unwrap_or(name))
    } else {
        name.to_owned()
    }
}

/// Hops with whether they are on the way back.
fn hops(flow: &Flow) -> impl Iterator<Item = (bool, &Hop)> {
    let there = flow.forward.iter().map(|hop| (false, hop));
    there.chain(flow.back.iter().map(|hop| (true, hop)))
}

/// All that stops a flow, each once: `ENI_SG_RULES_MISMATCH sg-0a…`.
pub(super) fn blockers(graph: &Graph, flow: &Flow) -> Vec<String> {
    let mut found = Vec::new();
    for (back, hop) in hops(flow) {
        for check in hop.checks.iter().filter(|c| c.outcome == Outcome::Fail) {
            let Some(code) = check.code else {
                continue;
            };
            let code = code_name(code, back);
            let mut ids: Vec<String> = check.evidence.iter().map(|at| graph.id(at.node)).collect();
            if ids.is_empty() {
                ids.extend(shown_component(graph, &hop.component));
            }
            ids.dedup();
            let blocker = if ids.is_empty() {
                code
            } else {
                format!("{code} {}", ids.join(" "))
            };
            if !found.contains(&blocker) {
                found.push(blocker);
            }
        }
    }
    found
}

fn shown_component(graph: &Graph, component: &Component) -> Option<String> {
    match component {
        Component::Resource(node) => Some(graph.id(*node)),
        Component::Named(id) => Some(id.clone()),
        Component::Internet | Component::OnPremises => None,
    }
}

/// The components on the way there, in order, as they are called.
pub(super) fn components(graph: &Graph, flow: &Flow) -> Vec<String> {
    let hops = flow.forward.iter();
    hops.map(|hop| match &hop.component {
        Component::Resource(node) => graph.id(*node),
        Component::Named(id) => id.clone(),
        Component::Internet => "internet".to_owned(),
        Component::OnPremises => "on premises".to_owned(),
    })
    .collect()
}

/// The values that decided a flow: those that stop it, or, where nothing does,
/// those that let it pass.
pub(super) fn deciding(flow: &Flow) -> Vec<Read> {
    let stopped = matches!(flow.verdict, Verdict::Blocked | Verdict::Partial);
    let wanted = if stopped {
        Outcome::Fail
    } else {
        Outcome::Pass
    };
    reads(flow, wanted, stopped)
}

/// The values that let a flow arrive, whatever becomes of replies.
pub(super) fn passing(flow: &Flow) -> Vec<Read> {
    reads(flow, Outcome::Pass, false)
}

fn reads(flow: &Flow, wanted: Outcome, with_back: bool) -> Vec<Read> {
    let mut reads = Vec::new();
    for (back, hop) in hops(flow).filter(|(back, _)| with_back || !back) {
        for check in hop.checks.iter().filter(|c| c.outcome == wanted) {
            let label = label(check, back);
            for at in &check.evidence {
                reads.push(read(at, &label, check));
            }
            if check.evidence.is_empty()
                && wanted == Outcome::Fail
                && let Component::Resource(node) = &hop.component
            {
                let whole = At {
                    node: *node,
                    path: String::new(),
                    shown: String::new(),
                };
                reads.push(read(&whole, &label, check));
            }
        }
    }
    reads.dedup();
    reads.truncate(MAX_READS);
    reads
}

fn read(at: &At, label: &str, check: &Check) -> Read {
    let words = if check.detail.is_empty() {
        check.code.map_or("passes", Code::text)
    } else {
        &check.detail
    };
    let mut read = place_of(at, label, words);
    if !check.ports.is_empty() && check.outcome == Outcome::Fail {
        read.actual = format!("{} (ports {})", read.actual, check.ports);
    }
    read
}

/// A place as a value that was read; words stand for one that is not shown.
pub(super) fn place_of(at: &At, label: &str, words: &str) -> Read {
    // The resource as a whole stands where its id does.
    let path = if at.path.is_empty() {
        at.node.kind.spec().id
    } else {
        &at.path
    };
    let shown = if at.shown.is_empty() {
        words
    } else {
        &at.shown
    };
    Read::seen(at.node, path, label, shown)
}

fn label(check: &Check, back: bool) -> String {
    if let (Some(code), Outcome::Fail) = (check.code, check.outcome) {
        return code_name(code, back);
    }
    let name = match check.aspect {
        Aspect::End => "end",
        Aspect::GroupEgress => "group egress",
        Aspect::GroupIngress => "group ingress",
        Aspect::AclEgress => "network ACL egress",
        Aspect::AclIngress => "network ACL ingress",
        Aspect::Route => "route",
        Aspect::Gateway => "gateway",
        Aspect::Provider => "behind the endpoint",
        Aspect::Name => "name",
    };
    name.to_owned()
}

/// What a flow that is not known would need.
pub(super) fn needs(flow: &Flow) -> Vec<Need> {
    let mut needs = Vec::new();
    for (back, hop) in hops(flow) {
        for check in hop.checks.iter().filter(|c| c.outcome == Outcome::Unknown) {
            if check.needs.is_empty() {
                let code = check.code.map_or("", Code::text);
                let text = if check.detail.is_empty() {
                    code
                } else {
                    &check.detail
                };
                let way = if back { "replies: " } else { "" };
                needs.push(Need::Sense(format!("{way}{text}")));
            }
            needs.extend(check.needs.iter().cloned());
        }
    }
    needs
}
