//! From ports to verdicts.
//!
//! What is open there, what comes back, and what holds for all ways that AWS may
//! choose. Pure values; nothing is walked or judged here.

use std::collections::BTreeSet;

use super::code::Code;
use super::flow::{Aspect, Check, Flow, Hop, Outcome, Split, Verdict};
use super::judge::Judged;
use crate::graph::ports::Ports;

pub(super) fn said_nothing(hops: &[Hop]) -> bool {
    !hops.iter().flat_map(|hop| &hop.checks).any(|check| {
        matches!(check.outcome, Outcome::Fail | Outcome::Unknown) && check.code.is_some()
    })
}

pub(super) fn block(judged: &mut Judged, code: Code) {
    let check = Check {
        aspect: Aspect::End,
        outcome: Outcome::Fail,
        code: Some(code),
        ports: judged.open.clone(),
        evidence: Vec::new(),
        needs: Vec::new(),
        detail: String::new(),
    };
    judged.open = Ports::default();
    judged.maybe = Ports::default();
    if let Some(hop) = judged.hops.last_mut() {
        hop.checks.push(check);
    }
}

pub(super) fn passed(open: Ports) -> Judged {
    Judged {
        hops: Vec::new(),
        open,
        maybe: Ports::default(),
        in_part: false,
        assumptions: BTreeSet::new(),
    }
}

pub(super) fn joined(mut first: Judged, second: Judged) -> Judged {
    let open = first.open.intersection(&second.open);
    let one = first.open.union(&first.maybe);
    let other = second.open.union(&second.maybe);
    first.maybe = one.intersection(&other).difference(&open);
    first.open = open;
    first.in_part |= second.in_part;
    first.hops.extend(second.hops);
    first.assumptions.extend(second.assumptions);
    first
}

pub(super) fn split(asked: &Ports, open: &Ports, maybe: &Ports) -> Split {
    Split {
        open: open.clone(),
        unknown: maybe.clone(),
        blocked: asked.difference(open).difference(maybe),
    }
}

pub(super) fn verdict(asked: &Ports, open: &Ports, maybe: &Ports) -> Verdict {
    if asked.difference(open).is_empty() {
        Verdict::Reachable
    } else if !open.is_empty() {
        Verdict::Partial
    } else if maybe.is_empty() {
        Verdict::Blocked
    } else {
        Verdict::Unknown
    }
}

/// The verdict with replies: without any there is no connection.
pub(super) fn with_replies(there: Verdict, replies: &Split) -> Verdict {
    let open = !replies.open.is_empty();
    let unknown = !replies.unknown.is_empty();
    match there {
        Verdict::Blocked => Verdict::Blocked,
        _ if !open && !unknown => Verdict::Blocked,
        Verdict::Unknown => Verdict::Unknown,
        _ if !open => Verdict::Unknown,
        Verdict::Reachable if unknown || !replies.blocked.is_empty() => Verdict::Partial,
        same => same,
    }
}

/// Ports are open only where replies come back.
pub(super) fn ports_with(ports: Split, replies: &Split) -> Split {
    if !replies.open.is_empty() {
        return ports;
    }
    let all = ports.open.clone().union(&ports.unknown);
    if replies.unknown.is_empty() {
        return Split {
            open: Ports::default(),
            unknown: Ports::default(),
            blocked: all.union(&ports.blocked),
        };
    }
    Split {
        open: Ports::default(),
        unknown: all,
        blocked: ports.blocked,
    }
}

/// Of ICMP the echo request alone needs a reply.
pub(super) fn ports_with_echo(mut ports: Split, echo: &Ports, replies: &Split) -> Split {
    if !replies.open.is_empty() {
        return ports;
    }
    let passed = ports.open.intersection(echo);
    let perhaps = ports.unknown.intersection(echo);
    ports.open = ports.open.difference(echo);
    ports.unknown = ports.unknown.difference(echo);
    let all = passed.union(&perhaps);
    if replies.unknown.is_empty() {
        ports.blocked = ports.blocked.union(&all);
    } else {
        ports.unknown = ports.unknown.union(&all);
    }
    ports
}

/// Says that replies reach only some client ports.
pub(super) fn note_partial_replies(hops: &mut [Hop], replies: &Split) {
    if let Some(hop) = hops.last_mut() {
        hop.checks.push(Check {
            aspect: Aspect::End,
            outcome: Outcome::Note,
            code: Some(Code::ReturnEphemeralPartial),
            ports: replies.blocked.clone(),
            evidence: Vec::new(),
            needs: Vec::new(),
            detail: format!("replies reach client ports {}", replies.open),
        });
    }
}

/// One answer for two ways that AWS may choose between: what holds for both.
pub(super) fn both(one: Flow, other: Flow) -> Flow {
    let ports = in_both(&one.ports, &other.ports);
    let client_ports = in_both(&one.client_ports, &other.client_ports);
    let verdict = match (one.verdict, other.verdict) {
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        (one, other) if one == other => one,
        _ => Verdict::Partial,
    };
    let there = match (one.there, other.there) {
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        (one, other) if one == other => one,
        _ => Verdict::Partial,
    };
    // The way that fares worse shows what to mend, whichever comes first.
    let weight = |flow: &Flow| (flow.verdict, flow.blockers());
    let mut worse = if weight(&one) >= weight(&other) {
        one
    } else {
        other
    };
    worse.ports = ports;
    worse.client_ports = client_ports;
    worse.verdict = verdict;
    worse.there = there;
    worse
}

/// Ports that pass or do not whichever way is taken; of others it is not known.
fn in_both(one: &Split, other: &Split) -> Split {
    let open = one.open.intersection(&other.open);
    let blocked = one.blocked.intersection(&other.blocked);
    let all = one.open.clone().union(&one.blocked).union(&one.unknown);
    Split {
        unknown: all.difference(&open).difference(&blocked),
        open,
        blocked,
    }
}
