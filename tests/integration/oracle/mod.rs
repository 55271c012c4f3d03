//! What other tools answer about networks that nobody here wrote, if the cases
//! lie beside the repository.
//!
//! The verdicts are those of the public tests of Batfish and np-guard. Their
//! networks leave out what those tools take for granted (network ACLs, VPC Block
//! Public Access, for np-guard route tables), so everything is asked with AWS's
//! defaults; that is part of the question and shows among the assumptions.

mod case;
mod compare;
mod places;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use plaudit::graph::ports::Ports;
use plaudit::graph::reach::code::Code;
use plaudit::graph::reach::flow::{
    Aspect, Assume, Check, Component, End, Flow, Header, Hop, Outcome, Protocol, Split, Traffic,
    Verdict,
};

use crate::program::root;
use case::{Asked, Case, Connections, Place, Reason};
use places::World;

/// The cases, if they are there.
fn cases() -> Option<Vec<Case>> {
    let path = root().join("../shared/oracle/reachability_cases.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no ../shared/oracle/reachability_cases.json beside the repository");
        return None;
    };
    Some(case::read(&text).unwrap_or_else(|error| panic!("the cases are not understood:\n{error}")))
}

#[test]
fn the_cases_are_understood() {
    let Some(cases) = cases() else {
        return;
    };
    assert!(cases.len() >= 57, "{} cases", cases.len());
    let one = |case: &&Case| matches!(case.asked, Asked::One { .. });
    assert!(cases.iter().filter(one).count() >= 40);
}

#[test]
fn the_places_of_the_cases_are_in_their_networks() {
    let Some(cases) = cases() else {
        return;
    };
    let mut worlds = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let world = worlds
            .entry(&case.snapshot)
            .or_insert_with(|| World::read(&case.snapshot));
        let ends = world.as_ref().map_err(Clone::clone).and_then(|world| {
            let from = world.source(&case.from)?;
            let to = world.destination(&case.to, &from)?;
            Ok((from, to))
        });
        match ends {
            Ok((from, to)) if from.address() != to.address() => {}
            Ok((from, to)) => wrong.push(format!("{}: {from:?} is {to:?}", case.id)),
            Err(error) => wrong.push(format!("{}: {error}", case.id)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_has_the_expected_answer() {
    let Some(cases) = cases() else {
        return;
    };
    let mut worlds = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let world = worlds
            .entry(&case.snapshot)
            .or_insert_with(|| World::read(&case.snapshot));
        let ends = world.as_ref().map_err(Clone::clone).and_then(|world| {
            let from = world.source(&case.from)?;
            let to = world.destination(&case.to, &from)?;
            Ok((world, from, to))
        });
        let (world, from, to) = match ends {
            Ok(ends) => ends,
            Err(error) => {
                wrong.push(format!("{}: {error}", case.id));
                continue;
            }
        };
        let network = world.graph.network();
        let assume = Assume { defaults: true };
        let differences = compare::differences(&case.asked, &mut |traffic| {
            network.flow(&world.graph, &from, &to, traffic, assume)
        });
        if !differences.is_empty() {
            wrong.push(format!("{}:\n  {}", case.id, differences.join("\n  ")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases differ\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// The comparison sees every difference: flows made by hand.
#[test]
fn answers_that_differ_are_told() {
    let flow = |there: Verdict, outcome: Outcome, component: Component| Flow {
        from: End::Internet(Ipv4Addr::new(8, 8, 8, 8).into()),
        to: End::Internet(Ipv4Addr::new(10, 0, 0, 1).into()),
        traffic: Traffic::new(Protocol::Tcp, Ports::range(22, 22)),
        verdict: Verdict::Blocked,
        there,
        ports: Split {
            open: Ports::range(80, 90),
            ..Split::default()
        },
        client_ports: Split {
            open: Ports::range(1, u16::MAX),
            ..Split::default()
        },
        forward: vec![Hop {
            component,
            header: Header {
                source: Ipv4Addr::new(8, 8, 8, 8).into(),
                destination: Ipv4Addr::new(10, 0, 0, 1).into(),
            },
            checks: vec![Check {
                aspect: Aspect::GroupIngress,
                outcome,
                code: Some(Code::EniSgRulesMismatch),
                ports: Ports::default(),
                evidence: Vec::new(),
                needs: Vec::new(),
                detail: String::new(),
            }],
        }],
        back: Vec::new(),
        assumptions: BTreeSet::new(),
    };
    let asked = |reason, both_ways, verdict| Asked::One {
        traffic: Traffic::new(Protocol::Tcp, Ports::range(22, 22)),
        verdict,
        reason: Some(reason),
        both_ways,
    };
    let ingress = Reason::Fails(Code::EniSgRulesMismatch, Some(Aspect::GroupIngress));
    let egress = Reason::Fails(Code::EniSgRulesMismatch, Some(Aspect::GroupEgress));
    let blocked = || flow(Verdict::Blocked, Outcome::Fail, Component::Internet);
    let open = || flow(Verdict::Reachable, Outcome::Pass, Component::Internet);
    let count =
        |asked: &Asked, flow: &dyn Fn() -> Flow| compare::differences(asked, &mut |_| flow()).len();
    assert_eq!(count(&asked(ingress, true, Verdict::Blocked), &blocked), 0);
    assert_eq!(count(&asked(egress, true, Verdict::Blocked), &blocked), 2);
    assert_eq!(
        count(&asked(ingress, false, Verdict::Reachable), &blocked),
        2
    );
    assert_eq!(count(&asked(ingress, true, Verdict::Reachable), &open), 3);
    assert_eq!(
        count(&asked(Reason::ToInternet, false, Verdict::Reachable), &open),
        0
    );
    assert_eq!(
        count(&asked(Reason::ToPremises, false, Verdict::Reachable), &open),
        2
    );
    // The way is told once for each protocol that differs.
    let all = Asked::Everything(Connections {
        tcp: Some((Ports::range(1, u16::MAX), Ports::range(80, 90))),
        ..Connections::default()
    });
    let partial = || Flow {
        verdict: Verdict::Partial,
        ..open()
    };
    assert_eq!(count(&all, &partial), 4);
    assert_eq!(count(&all, &open), 2);
    assert_eq!(count(&Asked::Everything(Connections::default()), &open), 0);
}

#[test]
fn queries_are_read_in_all_their_forms() {
    let address = |text: &str| text.parse().unwrap();
    let tcp = |port| (Protocol::Tcp, Ports::range(port, port));
    let default = || (Protocol::Other(0), Ports::range(0, u16::MAX));
    for (text, from, to, wanted) in [
        (
            "internet 8.8.8.8 -> 18.216.80.133 tcp/80",
            Place::Internet(Some(address("8.8.8.8"))),
            Place::Address(address("18.216.80.133")),
            tcp(80),
        ),
        (
            "internet -> 54.191.107.23 (unassociated)",
            Place::Internet(None),
            Place::Address(address("54.191.107.23")),
            default(),
        ),
        (
            "subnet, spoofed src 10.0.0.92 -> 8.8.8.8 tcp/80",
            Place::InSubnet(address("10.0.0.92")),
            Place::Address(address("8.8.8.8")),
            tcp(80),
        ),
        (
            "vgw -> 10.0.0.47 proto 0",
            Place::VpnGateway(None, None),
            Place::Address(address("10.0.0.47")),
            default(),
        ),
        (
            "vgw-0a 19.168.0.1 -> 13.58.55.60 (public ip) protocol 6",
            Place::VpnGateway(Some("vgw-0a".to_owned()), Some(address("19.168.0.1"))),
            Place::Address(address("13.58.55.60")),
            (Protocol::Tcp, Ports::range(1, u16::MAX)),
        ),
        (
            "internet -> 10.0.0.1 proto 17/53",
            Place::Internet(None),
            Place::Address(address("10.0.0.1")),
            (Protocol::Udp, Ports::range(53, 53)),
        ),
        (
            "on-prem -> 10.0.2.1",
            Place::OnPremises(None),
            Place::Address(address("10.0.2.1")),
            default(),
        ),
        (
            "i-0a, spoofed src fd00::1 -> internet udp/1000-2000",
            Place::Instance("i-0a".to_owned(), Some(address("fd00::1"))),
            Place::Internet(None),
            (Protocol::Udp, Ports::range(1000, 2000)),
        ),
        (
            "10.0.0.1 -> eni-0a icmp",
            Place::Address(address("10.0.0.1")),
            Place::Resource("eni-0a".to_owned(), None),
            (Protocol::Icmp, Ports::range(0, u16::MAX)),
        ),
    ] {
        let (read_from, read_to, traffic) = case::query(text).unwrap();
        assert_eq!((read_from, read_to), (from, to), "{text}");
        assert_eq!((traffic.protocol, traffic.ports), wanted, "{text}");
    }
    for wrong in [
        "internet 8.8.8.8",
        "somewhere -> 10.0.0.1",
        "internet -> 10.0.0.1 tcp/http",
        "internet -> 10.0.0.1 tcp/90-80",
        "internet -> 10.0.0.1 icmp/8",
        "internet -> 10.0.0.1 gre over there",
        "internet -> ",
        "subnet -> 10.0.0.1",
    ] {
        case::query(wrong).unwrap_err();
    }
}

#[test]
fn cases_of_all_shapes_are_read_and_others_are_refused() {
    let text = |expected: &str| {
        format!(
            r#"{{"npguard_matrix": [{{"snapshot": "n", "src": "a[10.0.0.1]", "dst": "Public Internet (all ranges)", "expected": {expected}}}]}}"#
        )
    };
    let read = |expected: &str| case::read(&text(expected));
    let cases = read("[[1], [6, [[1025, 5000]], [[9080, 9080], [80, 81]], true]]").unwrap();
    let Asked::Everything(connections) = &cases[0].asked else {
        panic!("{cases:?}");
    };
    assert!(connections.icmp && connections.udp.is_none());
    let (clients, destinations) = connections.tcp.as_ref().unwrap();
    assert_eq!(clients.to_string(), "1025-5000");
    assert_eq!(destinations.to_string(), "80-81, 9080");
    let everything = read("[[6]]").unwrap();
    let Asked::Everything(connections) = &everything[0].asked else {
        panic!("{everything:?}");
    };
    let (clients, destinations) = connections.tcp.as_ref().unwrap();
    assert_eq!(
        (clients.to_string(), destinations.to_string()),
        ("1-65535".to_owned(), "1-65535".to_owned())
    );
    for wrong in [
        "[[6, [[1, 2]], [[3, 4]], false]]",
        "[[6, [[1, 2]]]]",
        "[[47]]",
        "[[6], [6, [[1, 2]], [[3, 4]], true]]",
        "[6]",
    ] {
        let error = read(wrong).unwrap_err();
        assert!(error.starts_with("npguard_matrix/0: "), "{error}");
    }
    let forward = r#"{"batfish_forward": [{"id": "a", "snapshot": "s", "source": "i-0a", "destination": "10.0.0.1", "protocol": 6,
        "dst_port": 22, "src_override": "10.0.0.9", "expected_verdict": "blocked", "expected_code": "SUBNET_ACL_RESTRICTION:egress",
        "batfish_disposition": "DENIED_OUT bidirectional"}, {"id": "b", "snapshot": "s", "source": "i-0a", "destination": "10.0.0.1", "protocol": 0,
        "dst_port": 0, "src_override": null, "expected_verdict": "blocked", "expected_code": "NO_SUBNET_FOR_ADDRESS"}]}"#;
    let cases = case::read(forward).unwrap();
    assert_eq!(
        cases[0].from,
        Place::Instance("i-0a".to_owned(), Some("10.0.0.9".parse().unwrap()))
    );
    let told = |case: &Case| match &case.asked {
        Asked::One {
            verdict,
            reason,
            both_ways,
            ..
        } => (*verdict, *reason, *both_ways),
        Asked::Everything(_) => panic!("{case:?}"),
    };
    let acl = Reason::Fails(Code::SubnetAclRestriction, Some(Aspect::AclEgress));
    assert_eq!(told(&cases[0]), (Verdict::Blocked, Some(acl), true));
    let subnet = Reason::Fails(Code::NoSubnetForAddress, None);
    assert_eq!(told(&cases[1]), (Verdict::Blocked, Some(subnet), false));
    for wrong in [
        r#"{"batfish_backward": []}"#,
        r#"{"batfish_more": {}}"#,
        r#"{"batfish_more": [{"id": "a", "snapshot": "s", "query": "vgw -> 10.0.0.1", "expected_verdict": "maybe"}]}"#,
        r#"{"batfish_more": [{"id": "a", "snapshot": "s", "query": "vgw -> 10.0.0.1", "expected_verdict": "blocked", "expected_code": "NO_CODE"}]}"#,
    ] {
        case::read(wrong).unwrap_err();
    }
}
