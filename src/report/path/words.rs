//! Ports, ends and names of checks in words.
//!
//! Uses the analysis and escapes what strangers wrote; where lines break is not
//! decided here.

use super::super::visible;
use crate::findings::path::{Aspect, Check, End, Evidence, Hop, Outcome, Question, Reach, Span};
use crate::report::layout::Role;

/// Characters of a name or value that are shown.
const VALUE: usize = 120;

/// IANA numbers of the protocols whose ports stand for type and code.
const ICMP: [u8; 2] = [1, 58];

pub(super) fn value(text: &str) -> String {
    visible::cut(visible::line(text), VALUE).into_owned()
}

/// `id (name)`.
pub(super) fn named(id: &str, name: Option<&String>) -> String {
    match name {
        Some(name) => format!("{} ({})", value(id), value(name)),
        None => value(id),
    }
}

/// `443, 8000-8080`; for ICMP `type 8 code 0`.
pub(super) fn ports(spans: &[Span], protocol: u8) -> String {
    let one = |span: &Span| {
        if ICMP.contains(&protocol) {
            return icmp(*span);
        }
        if span.from == span.to {
            span.from.to_string()
        } else {
            format!("{}-{}", span.from, span.to)
        }
    };
    let most = 8;
    let mut shown: Vec<String> = spans.iter().take(most).map(one).collect();
    if spans.len() > most {
        shown.push(format!("and {} more ranges", spans.len() - most));
    }
    shown.join(", ")
}

fn icmp(span: Span) -> String {
    let (low, high) = (span.from >> 8, span.to >> 8);
    match (span.from & 0xff, span.to & 0xff) {
        (0, 0xff) if (low, high) == (0, 0xff) => "all types".to_owned(),
        (0, 0xff) if low == high => format!("type {low}"),
        (0, 0xff) => format!("types {low}-{high}"),
        (code, _) if span.from == span.to => format!("type {low} code {code}"),
        (from, to) => format!("type {low} code {from} to type {high} code {to}"),
    }
}

/// `tcp 6379`.
pub(super) fn traffic(question: &Question) -> String {
    let ports = ports(&question.ports, question.protocol_number);
    if ports.is_empty() {
        question.protocol.clone()
    } else {
        format!("{} {ports}", question.protocol)
    }
}

/// `eni-0a… (web) 10.0.1.5 use1-az4`, and how many are like it.
pub(super) fn end(end: &End) -> String {
    let mut text = named(&end.id, end.name.as_ref().or(end.of.as_ref()));
    let address = end.ranges.as_ref().unwrap_or(&end.address);
    text = format!("{text} {}", value(address));
    if let Some(zone) = &end.zone {
        text = format!("{text} {}", value(zone));
    }
    if end.ranges.is_none() && end.count > 1 {
        text = format!("{text} (+{} alike)", end.count - 1);
    }
    text
}

pub(super) const fn mark(reach: Reach) -> (&'static str, Role) {
    match reach {
        Reach::Reachable => ("✓", Role::Good),
        Reach::Blocked => ("✗", Role::Error),
        Reach::Partial => ("◐", Role::Warning),
        Reach::Unknown => ("?", Role::Warning),
    }
}

pub(super) const fn outcome(outcome: Outcome) -> (&'static str, Role) {
    match outcome {
        Outcome::Pass => ("✓", Role::Good),
        Outcome::Fail => ("✗", Role::Error),
        Outcome::Unknown => ("?", Role::Warning),
        Outcome::Note => ("·", Role::Note),
    }
}

/// What is checked, in a word or two.
pub(super) const fn aspect(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::End => "end",
        Aspect::GroupEgress => "group out",
        Aspect::GroupIngress => "group in",
        Aspect::AclEgress => "acl out",
        Aspect::AclIngress => "acl in",
        Aspect::Route => "route",
        Aspect::Gateway => "gateway",
        Aspect::Provider => "provider",
        Aspect::Name => "name",
    }
}

/// The place of a piece of evidence: `acl-0a… Entries/3`.
pub(super) fn decided(evidence: &Evidence) -> String {
    let mut text = named(&evidence.resource, evidence.name.as_ref());
    // What decided may begin with the resource, which stands there already.
    let shown = evidence.shown.strip_prefix(&evidence.resource);
    let shown = shown.map_or(evidence.shown.as_str(), |rest| {
        rest.trim_start_matches([':', ' '])
    });
    if !shown.is_empty() {
        text = format!("{text}  {}", value(shown));
    }
    text
}

/// `file:line`, never cut: a path is there to be opened.
pub(super) fn at(evidence: &Evidence) -> Option<String> {
    let source = evidence.source.as_ref()?;
    Some(format!("{}:{}", visible::line(&source.file), source.line))
}

/// Whether a check stops traffic, or may.
pub(super) const fn stops(check: &Check) -> bool {
    matches!(check.outcome, Outcome::Fail | Outcome::Unknown)
}

/// The way in short, with what stops the traffic where it does: `eni-0a`,
/// `✗ sg-0b`, `subnet-0c`, `eni-0d`.
pub(super) fn intended(hops: &[Hop]) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for hop in hops {
        let here = value(&hop.id);
        let stopped: Vec<(&str, String)> = hop
            .checks
            .iter()
            .filter(|check| stops(check))
            .map(|check| token(hop, check))
            .collect();
        // A component that stops the traffic itself is one part, not two.
        let itself = stopped.iter().any(|(_, what)| *what == here);
        if !itself {
            parts.push(here);
        }
        parts.extend(
            stopped
                .into_iter()
                .map(|(mark, what)| format!("{mark} {what}")),
        );
    }
    parts.dedup();
    parts
}

/// A check that stops traffic: its mark, and what decided.
fn token(hop: &Hop, check: &Check) -> (&'static str, String) {
    let (mark, _) = outcome(check.outcome);
    let what = check.evidence.first();
    (mark, value(what.map_or(&hop.id, |at| &at.resource)))
}

/// Where a check stands: `eni-0a… (web), security groups on the way out`.
pub(super) fn place(hop: &Hop, check: &Check) -> String {
    let here = named(&hop.id, hop.name.as_ref().or(hop.of.as_ref()));
    let what = match check.aspect {
        Aspect::End => "as an end of the way",
        Aspect::GroupEgress => "security groups on the way out",
        Aspect::GroupIngress => "security groups on the way in",
        Aspect::AclEgress => "network ACL on the way out",
        Aspect::AclIngress => "network ACL on the way in",
        Aspect::Route => "route",
        Aspect::Gateway => "gateway",
        Aspect::Provider => "what lies behind",
        Aspect::Name => "name",
    };
    format!("{here}, {what}")
}
