//! What must not change an answer, and in which direction others may.
//!
//! The same random networks, changed in one way and asked again; no second
//! opinion is needed. Whoever breaks one of these has broken a promise of the
//! ledger or of the order of rules.

use std::collections::{BTreeMap, BTreeSet};

use plaudit::graph::Graph;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::code::Code;
use plaudit::graph::reach::flow::{Aspect, Check, Component, Flow, Hop, Outcome, Verdict};
use serde_json::Value;

use super::generate::{Dice, network};
use super::network::{Entry, Id, Network, Peer, Rule};
use super::query::{self, Query};
use super::write::{Files, documents};
use super::{none, worlds};

/// The answer about all ports.
fn all_ports(network: &Network, graph: &Graph, query: &Query) -> Flow {
    let all = Ports::range(0, u16::MAX);
    let traffic = query::traffic(&query.packet, Some(all), None);
    query::asked(network, graph, query, &traffic)
}

fn everybody() -> Rule {
    let all = ["0.0.0.0/0", "::/0"].map(|block| Peer::Block(block.parse().unwrap()));
    Rule {
        protocol: None,
        from: None,
        to: None,
        peers: all.to_vec(),
    }
}

fn first_of_all(egress: bool) -> [Entry; 2] {
    [(1, "0.0.0.0/0"), (2, "::/0")].map(|(number, block)| Entry {
        number,
        egress,
        allow: true,
        protocol: None,
        block: block.parse().unwrap(),
        ports: None,
        icmp: None,
    })
}

/// What an answer says, without where in the files it says so.
fn essence(flow: &Flow) -> (Verdict, Verdict, String, String, BTreeSet<Code>) {
    let ports = format!("{:?}", flow.ports);
    let clients = format!("{:?}", flow.client_ports);
    (flow.there, flow.verdict, ports, clients, flow.blockers())
}

fn within(less: &Ports, more: &Ports) -> bool {
    less.difference(more).is_empty()
}

#[test]
fn a_rule_that_admits_more_closes_nothing() {
    let mut wrong = Vec::new();
    for (seed, network, graph, mut dice) in worlds(25, 0xADD) {
        let mut wider = network.clone();
        for _ in 0..3 {
            if dice.percent(50) {
                let group = dice.below(wider.groups.len());
                let group = &mut wider.groups[group];
                let rules = if dice.percent(50) {
                    &mut group.ingress
                } else {
                    &mut group.egress
                };
                rules.push(everybody());
            } else {
                let acl = dice.below(wider.acls.len());
                let egress = dice.percent(50);
                let entries = &mut wider.acls[acl].entries;
                // A second time the numbers would be taken.
                if !entries
                    .iter()
                    .any(|entry| entry.egress == egress && entry.number < 3)
                {
                    entries.extend(first_of_all(egress));
                }
            }
        }
        let after = query::read(&documents(&wider));
        for number in 0..15 {
            let query = query::query(&network, &mut dice);
            let (one, other) = (
                all_ports(&network, &graph, &query),
                all_ports(&wider, &after, &query),
            );
            if !within(&one.ports.open, &other.ports.open)
                || !within(&other.ports.blocked, &one.ports.blocked)
            {
                wrong.push(format!(
                    "seed {seed} number {number}: {query:?}: {:?} became {:?}",
                    one.ports, other.ports
                ));
            }
        }
    }
    none(&wrong);
}

#[test]
fn neither_order_nor_names_change_an_answer() {
    let mut wrong = Vec::new();
    for (seed, network, graph, mut dice) in worlds(25, 0x5AFE) {
        let mut mixed = documents(&network);
        for value in mixed.values_mut() {
            shuffle(value, &mut dice);
        }
        let mixed = query::read(&mixed);
        let renamed = Network {
            salt: dice.next(),
            ..network.clone()
        };
        let other = query::read(&documents(&renamed));
        for number in 0..15 {
            let query = query::query(&network, &mut dice);
            let before = essence(&all_ports(&network, &graph, &query));
            for (what, after) in [
                ("order", essence(&all_ports(&network, &mixed, &query))),
                ("names", essence(&all_ports(&renamed, &other, &query))),
            ] {
                if before != after {
                    wrong.push(format!(
                        "seed {seed} number {number} {what}: {query:?}\n  {before:?}\n  {after:?}"
                    ));
                }
            }
        }
    }
    none(&wrong);
}

/// Changes the order of every list.
fn shuffle(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Array(list) => {
            dice.shuffle(list);
            for one in list {
                shuffle(one, dice);
            }
        }
        Value::Object(fields) => {
            for one in fields.values_mut() {
                shuffle(one, dice);
            }
        }
        _ => {}
    }
}

#[test]
fn without_a_file_an_answer_is_the_same_or_unknown() {
    let mut wrong = Vec::new();
    for (seed, network, graph, mut dice) in worlds(25, 0xF11E) {
        let whole = documents(&network);
        // A call that was not made, for no parent.
        let mut names: Vec<&str> = whole
            .keys()
            .filter_map(|name| name.split('/').nth(3))
            .collect();
        names.dedup();
        for _ in 0..5 {
            let name = names[dice.below(names.len())];
            let mut less = whole.clone();
            less.retain(|path, _| path.split('/').nth(3) != Some(name));
            let after = query::read(&less);
            for number in 0..60 {
                let query = query::query(&network, &mut dice);
                let Some((one, other)) = compared(&network, &graph, &after, &query) else {
                    continue;
                };
                if !within(&other.ports.open, &one.ports.open)
                    || !within(&other.ports.blocked, &one.ports.blocked)
                {
                    wrong.push(format!(
                        "seed {seed} number {number} without {name}: {query:?}\n  {:?} {:?} became {:?} {:?}",
                        one.ports, one.blockers(), other.ports, other.blockers()
                    ));
                }
            }
        }
    }
    none(&wrong);
}

/// Both answers, if the ends can be named still.
fn compared(network: &Network, one: &Graph, other: &Graph, query: &Query) -> Option<(Flow, Flow)> {
    let names = |graph: &Graph| {
        let ends = query::ends(network, graph, query);
        let kind = std::mem::discriminant(&ends.from);
        (kind, std::mem::discriminant(&ends.to))
    };
    let same = names(one) == names(other);
    same.then(|| {
        (
            all_ports(network, one, query),
            all_ports(network, other, query),
        )
    })
}

/// Fields whose absence has a meaning of its own: no bound, no public address,
/// no blackhole's target, no group of a VPC elsewhere.
const OPTIONAL: &[&str] = &[
    "FromPort",
    "ToPort",
    "Association",
    "VpcPeeringConnectionId",
    "PeeringStatus",
];

#[test]
fn without_a_field_nothing_opens() {
    let mut wrong = Vec::new();
    for (seed, network, graph, mut dice) in worlds(30, 0xF1E1D) {
        let whole = documents(&network);
        for _ in 0..6 {
            let mut less = whole.clone();
            let Some(what) = take_field(&mut less, &mut dice) else {
                continue;
            };
            let after = query::read(&less);
            for number in 0..15 {
                let query = query::query(&network, &mut dice);
                let Some((one, other)) = compared(&network, &graph, &after, &query) else {
                    continue;
                };
                if !within(&other.ports.open, &one.ports.open) {
                    wrong.push(format!(
                        "seed {seed} number {number} without {what}: {query:?}\n  {:?} {:?} became {:?}",
                        one.ports, one.blockers(), other.ports
                    ));
                }
            }
        }
    }
    none(&wrong);
}

/// Takes one field of one object away and says which.
fn take_field(files: &mut Files, dice: &mut Dice) -> Option<String> {
    let names: Vec<String> = files.keys().cloned().collect();
    let name = &names[dice.below(names.len())];
    let section = files.get_mut(name)?.as_object_mut()?.values_mut().next()?;
    let mut at = section;
    let mut path = name.clone();
    loop {
        match at {
            Value::Array(list) if !list.is_empty() => {
                let place = dice.below(list.len());
                path = format!("{path}/{place}");
                at = &mut list[place];
            }
            Value::Object(fields) if !fields.is_empty() => {
                let keys: Vec<String> = fields.keys().cloned().collect();
                let key = &keys[dice.below(keys.len())];
                path = format!("{path}/{key}");
                let deeper = fields[key].is_array() || fields[key].is_object();
                if deeper && dice.percent(80) {
                    at = &mut fields[key];
                    continue;
                }
                if OPTIONAL.contains(&key.as_str()) {
                    return None;
                }
                fields.remove(key);
                return Some(path);
            }
            _ => return None,
        }
    }
}

/// What stands in the way, each by what tells it from others.
type Blockers = BTreeSet<(bool, String, Aspect, Option<Code>)>;

fn blockers(graph: &Graph, flow: &Flow) -> Blockers {
    let ways = [(false, &flow.forward), (true, &flow.back)];
    let hops = ways
        .into_iter()
        .flat_map(|(back, hops)| hops.iter().map(move |hop| (back, hop)));
    hops.flat_map(|(back, hop)| hop.checks.iter().map(move |check| (back, hop, check)))
        .filter(|(_, _, check)| check.outcome == Outcome::Fail)
        .map(|(back, hop, check)| (back, component(graph, hop), check.aspect, check.code))
        .collect()
}

fn component(graph: &Graph, hop: &Hop) -> String {
    match &hop.component {
        Component::Resource(node) => graph.id(*node),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_blocker_that_is_relaxed_is_gone_and_no_other_is() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (seed, network, graph, mut dice) in worlds(30, 0xB10C) {
        for number in 0..12 {
            let query = query::query(&network, &mut dice);
            let traffic = query::traffic(&query.packet, None, None);
            let before = query::asked(&network, &graph, &query, &traffic);
            let Some(check) = before
                .checks(Outcome::Fail)
                .map(|(_, check)| check)
                .find(|check| is_filter(check))
            else {
                continue;
            };
            let Some((wider, named)) = relaxed(&network, &graph, check) else {
                continue;
            };
            let aspect = check.aspect;
            tried += 1;
            let after = query::read(&documents(&wider));
            let now = query::asked(&wider, &after, &query, &traffic);
            let (was, is) = (blockers(&graph, &before), blockers(&after, &now));
            // Others that carry the same group or ACL are relaxed with it.
            let lost: Blockers = was.difference(&is).cloned().collect();
            let gained: Blockers = is.difference(&was).cloned().collect();
            let same = |blocker: &(bool, String, Aspect, Option<Code>)| blocker.2 == aspect;
            if lost.is_empty() || !lost.iter().all(same) || !gained.is_empty() {
                wrong.push(format!(
                    "seed {seed} number {number}: {query:?} with {named} relaxed\n  lost {lost:?}\n  gained {gained:?}"
                ));
            }
        }
    }
    none(&wrong);
    assert!(tried > 20 || super::seeds(30).count() < 30, "{tried} tried");
}

fn is_filter(check: &Check) -> bool {
    matches!(
        check.aspect,
        Aspect::GroupEgress | Aspect::GroupIngress | Aspect::AclEgress | Aspect::AclIngress
    )
}

/// The network with the first group or ACL of a check wide open.
fn relaxed(network: &Network, graph: &Graph, check: &Check) -> Option<(Network, String)> {
    let named = graph.id(check.evidence.first()?.node);
    let mut wider = network.clone();
    let egress = matches!(check.aspect, Aspect::GroupEgress | Aspect::AclEgress);
    let place = |prefix: &str, count: usize| -> Option<Id> {
        (0..count).find(|place| network.id(prefix, *place) == named)
    };
    if let Some(group) = place("sg", network.groups.len()) {
        let group = &mut wider.groups[group];
        let rules = if egress {
            &mut group.egress
        } else {
            &mut group.ingress
        };
        rules.push(everybody());
    } else {
        let acl = place("acl", network.acls.len())?;
        wider.acls[acl].entries.extend(first_of_all(egress));
    }
    Some((wider, named))
}

#[test]
fn broken_networks_are_answered_somehow() {
    let mut verdicts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for seed in super::seeds(60) {
        let network = network(seed);
        let mut dice = Dice(seed ^ 0xBAD);
        let mut broken = documents(&network);
        for value in broken.values_mut() {
            spoil(value, &mut dice);
        }
        let graph = query::read(&broken);
        for _ in 0..30 {
            let query = query::query(&network, &mut dice);
            let flow = all_ports(&network, &graph, &query);
            *verdicts.entry(flow.verdict).or_default() += 1;
        }
    }
    println!("broken: {verdicts:?}");
}

/// Here and there: other values, other types, ids of things that are not
/// there, and fields that are missing.
fn spoil(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Array(list) => {
            if dice.percent(3) {
                list.pop();
            }
            for one in list {
                spoil(one, dice);
            }
        }
        Value::Object(fields) => {
            let keys: Vec<String> = fields.keys().cloned().collect();
            for key in keys {
                if dice.percent(2) {
                    fields.remove(&key);
                } else {
                    spoil(&mut fields[&key], dice);
                }
            }
        }
        Value::String(text) if dice.percent(4) => {
            *value = match dice.below(5) {
                0 => Value::Null,
                1 => Value::from(-7),
                2 => Value::from("::/0"),
                3 => Value::from("10.0.0.0/99"),
                _ => Value::from(format!("{text}0")),
            };
        }
        Value::Number(_) if dice.percent(4) => *value = Value::from(u32::MAX),
        Value::Bool(_) if dice.percent(4) => *value = Value::from("perhaps"),
        _ => {}
    }
}
