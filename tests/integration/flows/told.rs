//! An answer beside the one that is true, in the words of `flows.yaml`.
//!
//! Says every difference, and the way that was taken. Asks nothing itself.
#![expect(
    clippy::use_debug,
    reason = "what was not seen is shown to whoever reads a failed test"
)]

use std::fmt::Write as _;

use plaudit::graph::Graph;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::flow::{Aspect, Check, Component, Flow, Hop, Outcome};

use super::case::{self, Case};

/// What is different; nothing if all is as expected.
pub(super) fn differences(graph: &Graph, case: &Case, flow: &Flow) -> Vec<String> {
    let mut found = Vec::new();
    differ(&mut found, "verdict", flow.verdict.name(), &case.verdict);
    if let Some(there) = &case.there {
        differ(&mut found, "there", flow.there.name(), there);
    }
    let protocol = flow.traffic.protocol;
    for (what, got, expected) in [
        ("open", &flow.ports.open, &case.open),
        ("unknown", &flow.ports.unknown, &case.unknown),
        ("replies", &flow.client_ports.open, &case.replies),
    ] {
        if let Some(expected) = expected {
            match case::ports(protocol, expected) {
                Ok(ports) => differ(&mut found, what, &shown(got), &shown(&ports)),
                Err(error) => found.push(error),
            }
        }
    }
    for (what, outcome, expected) in [
        ("blockers", Outcome::Fail, &case.blockers),
        ("unseen", Outcome::Unknown, &case.unseen),
        ("notes", Outcome::Note, &case.notes),
    ] {
        found.extend(unlike(what, &told(graph, flow, outcome), expected));
    }
    let mut assumptions = case.assumptions.clone();
    assumptions.sort();
    let assumed = case::assumed(&flow.assumptions).join(", ");
    differ(&mut found, "assumptions", &assumed, &assumptions.join(", "));
    if let Some(ends) = &case.ends {
        let last = flow.forward.last().map(|hop| names(graph, hop));
        let last = last.unwrap_or_default();
        if !last.contains(ends) {
            found.push(format!("ends: expected {ends}, got {}", last.join(" or ")));
        }
    }
    if !found.is_empty() {
        found.push(way(graph, flow));
    }
    found
}

fn differ(found: &mut Vec<String>, what: &str, got: &str, expected: &str) {
    if got != expected {
        found.push(format!("{what}: expected {expected:?}, got {got:?}"));
    }
}

/// A check in the words of a case: the code, whether it is about replies, in
/// which spellings its place may be written, and what kind of thing it is.
struct Told {
    code: String,
    places: Vec<String>,
    aspect: &'static str,
    /// The particulars: why rules that name the other side do not count.
    detail: String,
}

/// `CODE place`, `CODE place aspect` or `CODE place aspect (DETAIL)`.
impl Told {
    fn is(&self, line: &str) -> bool {
        let (line, detail) = match line
            .strip_suffix(')')
            .and_then(|line| line.split_once(" ("))
        {
            Some((line, detail)) => (line, Some(detail)),
            None => (line, None),
        };
        let words: Vec<&str> = line.split_whitespace().collect();
        let (code, place, aspect) = match words.as_slice() {
            [code, place] => (code, place, None),
            [code, place, aspect] => (code, place, Some(*aspect)),
            _ => return false,
        };
        self.code == *code
            && self.places.iter().any(|known| known == place)
            && aspect.is_none_or(|aspect| aspect == self.aspect)
            && detail.is_none_or(|detail| detail == self.detail)
    }

    fn shown(&self) -> String {
        let places = self.places.join("|");
        format!("{} {places} {} ({})", self.code, self.aspect, self.detail)
    }
}

fn told(graph: &Graph, flow: &Flow, outcome: Outcome) -> Vec<Told> {
    let mut found = Vec::new();
    for (hops, back) in [(&flow.forward, false), (&flow.back, true)] {
        for hop in hops {
            let checks = hop.checks.iter().filter(|check| check.outcome == outcome);
            found.extend(checks.map(|check| Told {
                code: code(check, back),
                places: places(graph, hop, check),
                aspect: aspect(check.aspect),
                detail: check.detail.clone(),
            }));
        }
    }
    found
}

/// The code; one about replies is told as `X_RETURN_…`.
fn code(check: &Check, back: bool) -> String {
    let name = check.code.map_or("(no code)", |code| code.name());
    if !back || name.starts_with("X_RETURN_") {
        return name.to_owned();
    }
    format!("X_RETURN_{}", name.strip_prefix("X_").unwrap_or(name))
}

/// A place is the component, or what decided there, by id or name.
fn places(graph: &Graph, hop: &Hop, check: &Check) -> Vec<String> {
    let mut places = names(graph, hop);
    for at in &check.evidence {
        places.push(graph.id(at.node));
        places.extend(graph.tag(at.node, "Name").map(ToOwned::to_owned));
    }
    places.sort();
    places.dedup();
    places
}

fn names(graph: &Graph, hop: &Hop) -> Vec<String> {
    match &hop.component {
        Component::Resource(node) => {
            let tag = graph.tag(*node, "Name").map(ToOwned::to_owned);
            std::iter::once(graph.id(*node)).chain(tag).collect()
        }
        Component::Named(name) => vec![name.clone()],
        Component::Internet => vec!["internet".to_owned()],
        Component::OnPremises => vec!["on-premises".to_owned()],
    }
}

const fn aspect(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::End => "end",
        Aspect::GroupEgress | Aspect::AclEgress => "out",
        Aspect::GroupIngress | Aspect::AclIngress => "in",
        Aspect::Route => "route",
        Aspect::Gateway => "gateway",
        Aspect::Provider => "provider",
        Aspect::Name => "name",
    }
}

/// Each line is one check, and each check has its line.
fn unlike(what: &str, told: &[Told], expected: &[String]) -> Vec<String> {
    let mut rest: Vec<&Told> = told.iter().collect();
    let mut found = Vec::new();
    for line in expected {
        match rest.iter().position(|told| told.is(line)) {
            Some(position) => drop(rest.remove(position)),
            None => found.push(format!("{what}: {line} is not told")),
        }
    }
    found.extend(
        rest.iter()
            .map(|told| format!("{what}: {} is not expected", told.shown())),
    );
    found
}

fn shown(ports: &Ports) -> String {
    if ports.is_empty() {
        "none".to_owned()
    } else {
        ports.to_string()
    }
}

/// The way of an answer: components, and what does not simply pass.
pub(super) fn way(graph: &Graph, flow: &Flow) -> String {
    let mut out = format!("  {}", flow.traffic.protocol.name());
    for (what, hops) in [("there", &flow.forward), ("back", &flow.back)] {
        write!(out, "\n    {what}:").unwrap();
        for hop in hops {
            let (source, destination) = (hop.header.source, hop.header.destination);
            let name = names(graph, hop).pop().unwrap_or_default();
            write!(out, "\n      {name} {source} > {destination}").unwrap();
            for check in &hop.checks {
                if check.outcome == Outcome::Pass {
                    continue;
                }
                let (code, kind) = (
                    check.code.map_or("", |code| code.name()),
                    aspect(check.aspect),
                );
                write!(
                    out,
                    " [{:?} {code} {kind} {} {} {:?}]",
                    check.outcome, check.ports, check.detail, check.needs
                )
                .unwrap();
            }
        }
    }
    out
}
