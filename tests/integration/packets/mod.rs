//! The product held against a walker of single packets, on random networks.
//!
//! The walker is slow, plain and shares no code with the product; where the
//! two differ one of them is wrong. Networks come from seeds, so that a run
//! can be repeated: `PROPTEST_CASES` asks for more of them, `PACKETS_SEED` for
//! a single one.

mod corners;
mod filter;
mod generate;
mod lookup;
mod metamorphic;
mod network;
mod query;
mod walk;
mod write;

use std::collections::BTreeMap;
use std::ops::Range;

use plaudit::graph::Graph;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::flow::{Split, Verdict};

use filter::{ICMP, ICMPV6, TCP, UDP};
use generate::{Dice, PORTS};
use network::Network;
use query::Query;

/// The seeds to try: one that is asked for, or the first ones.
fn seeds(few: u64) -> Range<u64> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    match (number("PACKETS_SEED"), number("PROPTEST_CASES")) {
        (Some(seed), _) => seed..seed + 1,
        (None, asked) => 0..asked.unwrap_or(few),
    }
}

/// A network, read by the product, and questions about it.
fn worlds(few: u64, salt: u64) -> impl Iterator<Item = (u64, Network, Graph, Dice)> {
    seeds(few).map(move |seed| {
        let network = generate::network(seed);
        let graph = query::read(&write::documents(&network));
        (seed, network, graph, Dice(seed ^ salt))
    })
}

fn none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

/// Says what the two made of a question, with the ACLs that stand in the way.
fn told(network: &Network, query: &Query, answer: &query::Answer, text: &str) -> String {
    let mut out = format!("{query:?}\n{text}");
    for (id, acl) in network.acls.iter().enumerate() {
        let name = format!("acl {id} ");
        let walks = answer.forward.iter().chain(&answer.back);
        if walks
            .flat_map(|walk| &walk.fails)
            .any(|why| why.starts_with(&name))
        {
            out = format!("{out}    acl {id}: {:?}\n", acl.entries);
        }
    }
    out
}

#[test]
fn one_packet_fares_as_in_the_walker() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for (seed, network, graph, mut dice) in worlds(200, 0x5EED) {
        for number in 0..30 {
            let query = query::query(&network, &mut dice);
            let answer = query::walked(&network, &query);
            let traffic = query::traffic(&query.packet, None, None);
            let flow = query::asked(&network, &graph, &query, &traffic);
            if let Some(both) = answer.both {
                *counts.entry(both).or_default() += 1;
            }
            let there = answer.there.is_some_and(|there| there != flow.there);
            let both = answer.both.is_some_and(|both| both != flow.verdict);
            if there || both {
                let text = told(&network, &query, &answer, &query::shown(&answer, &flow));
                wrong.push(format!("seed {seed} number {number}: {text}"));
            }
        }
    }
    println!("verdicts: {counts:?}");
    none(&wrong);
    if seeds(200).end > 100 {
        let seen = |verdict| counts.get(&verdict).copied().unwrap_or(0);
        assert!(
            seen(Verdict::Reachable) * 20 > seen(Verdict::Blocked),
            "{counts:?}"
        );
    }
}

/// Ports at both sides of every boundary that rules have.
fn boundaries() -> Vec<u16> {
    let mut all: Vec<u16> = PORTS
        .iter()
        .flat_map(|port| [port.saturating_sub(1), *port, port.saturating_add(1)])
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn part_of(split: &Split, port: u16) -> Verdict {
    let holds = |ports: &Ports| !ports.intersection(&Ports::range(port, port)).is_empty();
    if holds(&split.open) {
        Verdict::Reachable
    } else if holds(&split.unknown) {
        Verdict::Unknown
    } else {
        Verdict::Blocked
    }
}

#[test]
fn ranges_of_ports_are_the_ports_that_fare_well_in_the_walker() {
    let mut wrong = Vec::new();
    for (seed, network, graph, mut dice) in worlds(40, 0x0707) {
        for number in 0..10 {
            let query = query::query(&network, &mut dice);
            let samples = match query.packet.protocol {
                TCP | UDP => boundaries(),
                ICMP => vec![0x0000, 0x0800, 0x0801, 0x0303, 0xFFFF],
                ICMPV6 => vec![0x8000, 0x8100, 0x8001, 0x0104],
                _ => continue,
            };
            let all = Ports::range(0, u16::MAX);
            let traffic = query::traffic(&query.packet, Some(all), None);
            let flow = query::asked(&network, &graph, &query, &traffic);
            for port in samples {
                let mut one = query;
                one.packet.port = port;
                let answer = query::walked(&network, &one);
                let got = part_of(&flow.ports, port);
                // What passes in some cases only has no name among ports.
                let same = answer
                    .both
                    .is_none_or(|both| both == Verdict::Partial || both == got);
                if !same {
                    let text = told(&network, &one, &answer, &query::shown(&answer, &flow));
                    wrong.push(format!("seed {seed} number {number} {got:?}: {text}"));
                }
            }
        }
    }
    none(&wrong);
}

#[test]
fn client_ports_are_those_that_hear_replies_in_the_walker() {
    let mut wrong = Vec::new();
    for (seed, network, graph, mut dice) in worlds(40, 0x0C11) {
        for number in 0..12 {
            let query = query::query(&network, &mut dice);
            if !query.packet.has_ports() {
                continue;
            }
            let all = Ports::range(0, u16::MAX);
            let traffic = query::traffic(&query.packet, None, Some(all));
            let flow = query::asked(&network, &graph, &query, &traffic);
            if flow.there != Verdict::Reachable {
                continue;
            }
            for port in boundaries() {
                let mut one = query;
                one.packet.source_port = port;
                let answer = query::walked(&network, &one);
                let got = part_of(&flow.client_ports, port);
                let same = answer
                    .both
                    .is_none_or(|both| both == Verdict::Partial || both == got);
                if !same {
                    let text = told(&network, &one, &answer, &query::shown(&answer, &flow));
                    wrong.push(format!("seed {seed} number {number} {got:?}: {text}"));
                }
            }
        }
    }
    none(&wrong);
}
