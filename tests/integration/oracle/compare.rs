//! An answer beside the one that is expected.
//!
//! Says every difference, with the way that the answer took, so that a reader
//! can tell who is right. Asks nothing itself.
#![expect(
    clippy::use_debug,
    reason = "ways are shown to whoever reads a failed test"
)]

use std::fmt::Write as _;

use plaudit::graph::ports::Ports;
use plaudit::graph::reach::flow::{
    Check, Component, Flow, Hop, Outcome, Protocol, Traffic, Verdict,
};

use super::case::{Asked, Connections, Reason, everything};

/// What is different; nothing if all is as expected.
pub(crate) fn differences(asked: &Asked, answer: &mut dyn FnMut(&Traffic) -> Flow) -> Vec<String> {
    match asked {
        Asked::One {
            traffic,
            verdict,
            reason,
            both_ways,
        } => {
            let flow = answer(traffic);
            let mut found = Vec::new();
            differ(&mut found, "forward", flow.there.name(), verdict.name());
            if *both_ways {
                differ(&mut found, "both ways", flow.verdict.name(), verdict.name());
            }
            if let Some(reason) = reason {
                differ(&mut found, "reason", &told(&flow, *reason), &shown(*reason));
            }
            if !found.is_empty() {
                found.push(way(&flow));
            }
            found
        }
        Asked::Everything(connections) => connected(connections, answer),
    }
}

fn differ(found: &mut Vec<String>, what: &str, got: &str, expected: &str) {
    if got != expected {
        found.push(format!("{what}: expected {expected}, got {got}"));
    }
}

/// What the flow tells in the words of the reason that is expected.
fn told(flow: &Flow, expected: Reason) -> String {
    let Reason::Fails(_, aspect) = expected else {
        let end = flow.forward.last().map(|hop| &hop.component);
        return match end {
            Some(Component::Internet) => shown(Reason::ToInternet),
            Some(Component::OnPremises) => shown(Reason::ToPremises),
            _ => "another end".to_owned(),
        };
    };
    // Who stops at the first failure names the first.
    match first_failure(&flow.forward).and_then(|check| Some((check, check.code?))) {
        Some((check, code)) => shown(Reason::Fails(code, aspect.map(|_| check.aspect))),
        None => "no failure".to_owned(),
    }
}

fn first_failure(hops: &[Hop]) -> Option<&Check> {
    let mut checks = hops.iter().flat_map(|hop| &hop.checks);
    checks.find(|check| check.outcome == Outcome::Fail)
}

fn shown(reason: Reason) -> String {
    match reason {
        Reason::ToInternet => "ends in the internet".to_owned(),
        Reason::ToPremises => "ends on premises".to_owned(),
        Reason::Fails(code, None) => code.name().to_owned(),
        Reason::Fails(code, Some(aspect)) => format!("{code} at {aspect:?}"),
    }
}

fn connected(expected: &Connections, answer: &mut dyn FnMut(&Traffic) -> Flow) -> Vec<String> {
    let mut found = Vec::new();
    let icmp = expected.icmp.then(|| {
        let all = everything(Protocol::Icmp);
        (all.clone(), all)
    });
    for (protocol, ports) in [
        (Protocol::Tcp, expected.tcp.clone()),
        (Protocol::Udp, expected.udp.clone()),
        (Protocol::Icmp, icmp),
    ] {
        let traffic = Traffic {
            client_ports: Ports::range(1, u16::MAX),
            ..Traffic::new(protocol, everything(protocol))
        };
        let flow = answer(&traffic);
        let mut here = Vec::new();
        match &ports {
            // The other tool lists what passes both ways.
            None => differ(
                &mut here,
                "verdict",
                flow.verdict.name(),
                Verdict::Blocked.name(),
            ),
            Some((clients, destinations)) => {
                let (open, unknown) = (&flow.ports.open, &flow.ports.unknown);
                differ(&mut here, "ports", &text(open), &text(destinations));
                differ(&mut here, "unknown ports", &text(unknown), "none");
                if protocol.has_ports() {
                    let open = &flow.client_ports.open;
                    differ(&mut here, "client ports", &text(open), &text(clients));
                }
                if !matches!(flow.verdict, Verdict::Reachable | Verdict::Partial) {
                    here.push(format!("verdict: {}", flow.verdict.name()));
                }
            }
        }
        if !here.is_empty() {
            let found_here = here
                .iter()
                .map(|line| format!("{}: {line}", protocol.name()));
            found.extend(found_here);
            found.push(way(&flow));
        }
    }
    found
}

fn text(ports: &Ports) -> String {
    if ports.is_empty() {
        "none".to_owned()
    } else {
        ports.to_string()
    }
}

/// The way of an answer: components, and what does not simply pass.
fn way(flow: &Flow) -> String {
    let mut out = String::new();
    for (name, hops) in [("there", &flow.forward), ("back", &flow.back)] {
        write!(out, "    {name}:").unwrap();
        for hop in hops {
            write!(out, " > {:?}", hop.component).unwrap();
            for check in &hop.checks {
                if check.outcome != Outcome::Pass {
                    let code = check.code.map_or("", |code| code.name());
                    write!(
                        out,
                        " [{:?} {:?} {code} {} {:?}]",
                        check.outcome, check.aspect, check.detail, check.needs
                    )
                    .unwrap();
                }
            }
        }
        writeln!(out).unwrap();
    }
    write!(out, "    assumed: {:?}", flow.assumptions).unwrap();
    out
}
