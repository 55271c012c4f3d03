//! The product held against a walker of single packets, on random networks.
//!
//! The walker is slow, plain and shares no code with the product; where the
//! two differ one of them is wrong. Networks come from seeds, so that a run
//! can be repeated; `PROPTEST_CASES` asks for more of them.

mod filter;
mod generate;
mod lookup;
mod network;
mod query;
mod walk;
mod write;

use std::collections::BTreeMap;

use plaudit::graph::reach::flow::Verdict;

use generate::Dice;

/// How many networks to try.
fn networks() -> u64 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(600)
}

/// The seeds to try: one that is asked for, or the first ones.
fn seeds() -> std::ops::Range<u64> {
    let one = std::env::var("PACKETS_SEED").ok();
    match one.and_then(|text| text.parse::<u64>().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..networks(),
    }
}

#[test]
fn one_packet_fares_as_in_the_walker() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for seed in seeds() {
        let network = generate::network(seed);
        let graph = query::read(&write::documents(&network));
        let mut dice = Dice(seed ^ 0x5EED);
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
                let mut text = query::shown(&answer, &flow);
                for (id, acl) in network.acls.iter().enumerate() {
                    let named = text.contains(&format!("FAIL acl {id} "));
                    if named {
                        text += &format!("    acl {id}: {:?}\n", acl.entries);
                    }
                }
                wrong.push(format!("seed {seed} number {number}: {query:?}\n{text}"));
            }
        }
    }
    println!("verdicts: {counts:?}");
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong
            .iter()
            .take(400)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}
