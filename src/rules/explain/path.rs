//! Answers about paths in full: places in files, reasons, what to do.
//!
//! Turns the graph's answer into plain data for reports. May use the graph and
//! ask where values stand in files; the verdicts are those of the answer, and
//! nothing is judged again.

use std::collections::BTreeMap;

use super::advice::advice;
use super::lines::Lines;
use crate::findings::path::{
    Analysis, Aspect, Assumed, Change, Check, End, Evidence, Hop, Outcome, Pair, PairCounts, Path,
    Place, PortsAcross, PortsSplit, Question, Reach, Span,
};
use crate::findings::{Reason, ReasonCode};
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::answer::{self, Answer};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{self, Component, Flow, Verdict};
use crate::graph::reach::place;
use crate::graph::{Graph, Node};
use crate::rules::calls;
use crate::snapshot::provenance::Locate;
use crate::snapshot::record::Kind;

/// Paths that are described; the rest is counted.
pub const MAX_PATHS: usize = 64;
/// Pairs that a path lists, and interfaces that an end does.
const MAX_PAIRS: usize = 200;
const MAX_ALIKE: usize = 20;

/// The answer as reports want it.
pub fn analysis(
    graph: &Graph,
    answer: &Answer,
    changes: Vec<Change>,
    locate: &dyn Locate,
) -> Analysis {
    let groups = groups(answer);
    let shown: Vec<&Group<'_>> = groups.iter().take(MAX_PATHS).collect();
    let checks = shown
        .iter()
        .flat_map(|group| group.first.forward.iter().chain(&group.first.back))
        .flat_map(|hop| &hop.checks)
        .chain(&answer.to.checks);
    let values = checks.flat_map(|check| &check.evidence);
    let lines = Lines::find(graph, locate, values.map(|at| (at.node, at.path.as_str())));
    let writer = Writer {
        graph,
        answer,
        lines,
    };
    let name = answer.to.checks.iter();
    Analysis {
        question: writer.question(),
        verdict: reach(answer.verdict),
        ports: across(&answer.ports),
        counts: counts(answer),
        name: name.map(|check| writer.check(check, Way::There)).collect(),
        paths: shown.iter().map(|group| writer.path(group)).collect(),
        paths_left_out: groups.len().saturating_sub(MAX_PATHS) as u64,
        notes: notes(answer),
        reasons: writer.reasons(),
        assumptions: assumptions(answer),
        changes,
    }
}

/// Pairs for which the same decides.
struct Group<'a> {
    first: &'a Flow,
    pairs: Vec<&'a answer::Pair>,
}

/// What tells groups apart: verdicts, ports, and what fails or is not known. For
/// what simply passes, the components on the way.
type Signature = (Verdict, String, Vec<String>);

/// Groups, those that are blocked first, else in the order of their pairs.
fn groups(answer: &Answer) -> Vec<Group<'_>> {
    let mut places: BTreeMap<Signature, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for pair in &answer.pairs {
        let place = *places.entry(signature(&pair.flow)).or_insert_with(|| {
            groups.push(Group {
                first: &pair.flow,
                pairs: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.pairs.push(pair);
        }
    }
    groups.sort_by_key(|group| reach(group.first.verdict));
    groups
}

fn signature(flow: &Flow) -> Signature {
    let ports = format!(
        "{}|{}|{}|{}",
        flow.ports.open, flow.ports.blocked, flow.client_ports.open, flow.client_ports.blocked
    );
    let mut decided = Vec::new();
    for (way, hops) in [("there", &flow.forward), ("back", &flow.back)] {
        for hop in hops {
            let kind = match &hop.component {
                Component::Resource(node) => node.kind.spec().name,
                Component::Named(_) => "named",
                Component::Internet => "internet",
                Component::OnPremises => "on-premises",
            };
            decided.push(format!("{way} {kind}"));
            for check in &hop.checks {
                if matches!(check.outcome, flow::Outcome::Fail | flow::Outcome::Unknown) {
                    let code = check.code.map_or("", Code::name);
                    let evidence = &check.evidence;
                    decided.push(format!(
                        "{code} {:?} {} {evidence:?}",
                        check.aspect, check.ports
                    ));
                    // Without evidence the component tells, unless it is one of
                    // the ends, which always differ.
                    if evidence.is_empty() && kind != Kind::NetworkInterface.spec().name {
                        decided.push(format!("{:?}", hop.component));
                    }
                }
            }
        }
    }
    (flow.verdict, ports, decided)
}

pub(super) const fn reach(verdict: Verdict) -> Reach {
    match verdict {
        Verdict::Reachable => Reach::Reachable,
        Verdict::Partial => Reach::Partial,
        Verdict::Blocked => Reach::Blocked,
        Verdict::Unknown => Reach::Unknown,
    }
}

pub(super) fn spans(ports: &Ports) -> Vec<Span> {
    let ranges = ports.ranges().iter();
    ranges.map(|&(from, to)| Span { from, to }).collect()
}

fn split(ports: &flow::Split) -> PortsSplit {
    PortsSplit {
        open: spans(&ports.open),
        unknown: spans(&ports.unknown),
        blocked: spans(&ports.blocked),
    }
}

fn across(ports: &answer::Across) -> PortsAcross {
    PortsAcross {
        open: spans(&ports.open),
        partly: spans(&ports.partly),
        unknown: spans(&ports.unknown),
        blocked: spans(&ports.blocked),
    }
}

fn counts(answer: &Answer) -> PairCounts {
    let of = |verdict| {
        let same = answer.pairs.iter();
        same.filter(|pair| pair.flow.verdict == verdict).count() as u64
    };
    PairCounts {
        reachable: of(Verdict::Reachable),
        partial: of(Verdict::Partial),
        blocked: of(Verdict::Blocked),
        unknown: of(Verdict::Unknown),
        left_out: answer.left_out,
    }
}

fn notes(answer: &Answer) -> Vec<String> {
    let mut notes = Vec::new();
    for (side, place) in [("from", &answer.from), ("to", &answer.to)] {
        notes.extend(place.notes.iter().map(|note| format!("{side}: {note}")));
        if place.left_out > 0 {
            notes.push(format!(
                "{side}: {} smaller groups of ends were not asked about; name a smaller place",
                place.left_out
            ));
        }
    }
    if answer.left_out > 0 {
        notes.push(format!(
            "{} pairs of ends were not asked about; name smaller places",
            answer.left_out
        ));
    }
    notes
}

fn assumptions(answer: &Answer) -> Vec<Assumed> {
    let mut all: Vec<_> = answer
        .pairs
        .iter()
        .flat_map(|pair| pair.flow.assumptions.iter().copied())
        .chain(answer.to.assumptions.iter().copied())
        .collect();
    all.sort_unstable();
    all.dedup();
    let assumed = all.into_iter().map(|assumption| Assumed {
        name: assumption.name().to_owned(),
        text: assumption.text().to_owned(),
    });
    assumed.collect()
}

/// Which way a packet goes: codes of replies have a name of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    There,
    Back,
}

pub(super) fn code_name(code: Code, way: Way) -> String {
    let name = code.name();
    if way == Way::There || name.starts_with("X_RETURN_") {
        return name.to_owned();
    }
    format!("X_RETURN_{}", name.strip_prefix("X_").unwrap_or(name))
}

/// Writes parts of an answer.
struct Writer<'g> {
    graph: &'g Graph,
    answer: &'g Answer,
    lines: Lines<'g>,
}

impl Writer<'_> {
    fn question(&self) -> Question {
        let traffic = &self.answer.traffic;
        let has_ports = traffic.protocol.has_ports();
        let clients = has_ports.then(|| spans(&traffic.client_ports));
        let asked = has_ports || traffic.protocol.is_icmp();
        Question {
            from: self.place(&self.answer.from),
            to: self.place(&self.answer.to),
            protocol: traffic.protocol.name(),
            protocol_number: traffic.protocol.number(),
            ports: if asked {
                spans(&traffic.ports)
            } else {
                Vec::new()
            },
            client_ports: clients.unwrap_or_default(),
        }
    }

    fn place(&self, place: &place::Place) -> Place {
        Place {
            text: place.text.clone(),
            name: place.node.and_then(|node| self.tag(node)),
            what: place.what.clone(),
            classes: place.classes.len() as u64,
        }
    }

    fn tag(&self, node: Node) -> Option<String> {
        let name = self.graph.tag(node, "Name");
        name.filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// What an interface is of: its instance or endpoint, by name if it has one,
    /// or what a service wrote.
    fn of(&self, node: Node) -> Option<String> {
        if node.kind != Kind::NetworkInterface {
            return None;
        }
        let interface = self.graph.network().interfaces.get(node.row()? as usize)?;
        let instance = interface.instance.map(|row| Node::new(Kind::Instance, row));
        let endpoint = interface
            .endpoint
            .map(|row| Node::new(Kind::VpcEndpoint, row));
        instance
            .or(endpoint)
            .map(|node| self.tag(node).unwrap_or_else(|| self.graph.id(node)))
            .or_else(|| self.graph.field_text(node, "Description"))
            .filter(|text| !text.is_empty())
    }

    fn path(&self, group: &Group<'_>) -> Path {
        let flow = group.first;
        let hops = |hops: &[flow::Hop], way| {
            (1_u64..)
                .zip(hops)
                .map(|(sequence, hop)| self.hop(sequence, hop, way))
                .collect()
        };
        let pairs = group.pairs.iter().take(MAX_PAIRS).map(|pair| Pair {
            from: self.end(&pair.flow.from, self.answer.from.classes.get(pair.from)),
            to: self.end(&pair.flow.to, self.answer.to.classes.get(pair.to)),
        });
        Path {
            verdict: reach(flow.verdict),
            there: reach(flow.there),
            pairs: pairs.collect(),
            pairs_left_out: group.pairs.len().saturating_sub(MAX_PAIRS) as u64,
            ports: split(&flow.ports),
            client_ports: if flow.traffic.protocol.has_ports() {
                split(&flow.client_ports)
            } else {
                PortsSplit::default()
            },
            forward: hops(&flow.forward, Way::There),
            back: hops(&flow.back, Way::Back),
        }
    }

    fn end(&self, end: &flow::End, class: Option<&place::Class>) -> End {
        let network = self.graph.network();
        let (node, id) = match end {
            flow::End::Interface(node, _)
            | flow::End::Subnet(node, _)
            | flow::End::Offered(node, _) => (Some(*node), self.graph.id(*node)),
            flow::End::Internet(_) => (None, "internet".to_owned()),
            flow::End::Address(_) => (None, "address".to_owned()),
            flow::End::OnPremises(way_in, _) => (
                None,
                way_in.map_or_else(
                    || "on-premises".to_owned(),
                    |node| format!("on-premises@{}", self.graph.id(node)),
                ),
            ),
        };
        let subnet = match end {
            flow::End::Interface(node, _) => node
                .row()
                .and_then(|row| network.interfaces.get(row as usize)?.subnet),
            flow::End::Subnet(node, _) => node.row(),
            _ => None,
        };
        let zone = subnet
            .and_then(|row| network.subnets.get(row as usize)?.zone.as_ref())
            .map(|zone| zone.shown().to_owned());
        let alike = class.filter(|class| class.ranges.is_none());
        let alike = alike.into_iter().flat_map(|class| &class.ends);
        let alike = alike
            .filter(|other| *other != end)
            .filter_map(|other| match other {
                flow::End::Interface(node, _) => Some(self.graph.id(*node)),
                _ => None,
            });
        let vpc = network
            .vpc_of(end)
            .and_then(|row| network.vpcs.get(row as usize));
        End {
            id,
            name: node.and_then(|node| self.tag(node)),
            of: node.and_then(|node| self.of(node)),
            address: end.address().to_string(),
            zone,
            vpc: vpc.map(|vpc| self.graph.id(vpc.node)),
            count: class.map_or(1, |class| class.count),
            alike: alike.take(MAX_ALIKE).collect(),
            ranges: class.and_then(|class| class.ranges.clone()),
        }
    }

    fn hop(&self, sequence: u64, hop: &flow::Hop, way: Way) -> Hop {
        let (kind, id, node) = match &hop.component {
            Component::Resource(node) => (
                node.kind.spec().name.to_owned(),
                self.graph.id(*node),
                Some(*node),
            ),
            Component::Named(id) => (String::new(), id.clone(), None),
            Component::Internet => ("internet".to_owned(), "internet".to_owned(), None),
            Component::OnPremises => ("on-premises".to_owned(), "on-premises".to_owned(), None),
        };
        let scope = node.map(|node| self.graph.scope(node)).unwrap_or_default();
        Hop {
            sequence,
            kind,
            arn: arn(&id),
            id,
            name: node.and_then(|node| self.tag(node)),
            of: node.and_then(|node| self.of(node)),
            account: node
                .map(|node| self.graph.account(node))
                .unwrap_or_default(),
            region: scope.region,
            source: hop.header.source.to_string(),
            destination: hop.header.destination.to_string(),
            checks: hop
                .checks
                .iter()
                .map(|check| self.check(check, way))
                .collect(),
        }
    }

    fn check(&self, check: &flow::Check, way: Way) -> Check {
        let decides = matches!(check.outcome, flow::Outcome::Fail | flow::Outcome::Unknown);
        let mut reasons: Vec<Reason> = check
            .needs
            .iter()
            .map(|need| calls::reason(self.graph, need))
            .collect();
        reasons.sort();
        reasons.dedup();
        let meaning = check.code.map_or("", Code::text);
        let todo = check.code.filter(|_| decides).map_or("", advice);
        Check {
            aspect: aspect(check.aspect),
            outcome: match check.outcome {
                flow::Outcome::Pass => Outcome::Pass,
                flow::Outcome::Fail => Outcome::Fail,
                flow::Outcome::Unknown => Outcome::Unknown,
                flow::Outcome::Note => Outcome::Note,
            },
            code: check.code.map(|code| code_name(code, way)),
            meaning: meaning.to_owned(),
            advice: todo.to_owned(),
            ports: spans(&check.ports),
            detail: check.detail.clone(),
            evidence: check.evidence.iter().map(|at| self.evidence(at)).collect(),
            reasons,
        }
    }

    fn evidence(&self, at: &flow::At) -> Evidence {
        Evidence {
            kind: at.node.kind.spec().name.to_owned(),
            resource: self.graph.id(at.node),
            name: self.tag(at.node),
            path: at.path.clone(),
            shown: at.shown.clone(),
            source: self.lines.get(at.node, &at.path),
        }
    }

    /// What was not seen of the places themselves.
    fn reasons(&self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for place in [&self.answer.from, &self.answer.to] {
            let needs = place.needs.iter();
            reasons.extend(needs.map(|need| calls::reason(self.graph, need)));
            if let Some(kind) = place.unlisted {
                let unlisted = self.graph.unlisted(kind);
                reasons.extend(
                    unlisted
                        .iter()
                        .map(|(scope, listing)| calls::unlisted(kind, scope, *listing)),
                );
            }
            if place.left_out > 0 {
                reasons.push(too_many(&place.text));
            }
        }
        if self.answer.left_out > 0 {
            reasons.push(too_many("the question"));
        }
        let bare = |need: &Need| calls::reason(self.graph, need);
        let name = self.answer.to.checks.iter().flat_map(|check| &check.needs);
        reasons.extend(name.map(bare));
        reasons.sort();
        reasons.dedup();
        reasons
    }
}

fn too_many(what: &str) -> Reason {
    Reason {
        code: ReasonCode::Undetermined,
        what: format!("{what} is too large to be looked at as a whole"),
        call: None,
        action: None,
    }
}

fn arn(id: &str) -> Option<String> {
    id.starts_with("arn:").then(|| id.to_owned())
}

const fn aspect(aspect: flow::Aspect) -> Aspect {
    match aspect {
        flow::Aspect::End => Aspect::End,
        flow::Aspect::GroupEgress => Aspect::GroupEgress,
        flow::Aspect::GroupIngress => Aspect::GroupIngress,
        flow::Aspect::AclEgress => Aspect::AclEgress,
        flow::Aspect::AclIngress => Aspect::AclIngress,
        flow::Aspect::Route => Aspect::Route,
        flow::Aspect::Gateway => Aspect::Gateway,
        flow::Aspect::Provider => Aspect::Provider,
        flow::Aspect::Name => Aspect::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_replies_say_so_once() {
        let back = |code| code_name(code, Way::Back);
        assert_eq!(
            back(Code::SubnetAclRestriction),
            "X_RETURN_SUBNET_ACL_RESTRICTION"
        );
        assert_eq!(back(Code::RoutingLoop), "X_RETURN_ROUTING_LOOP");
        assert_eq!(
            back(Code::ReturnEphemeralPartial),
            "X_RETURN_EPHEMERAL_PARTIAL"
        );
        assert_eq!(code_name(Code::RoutingLoop, Way::There), "X_ROUTING_LOOP");
    }
}
