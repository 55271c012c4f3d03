//! `plaudit matrix` and the engine behind it: the same answers as one by one.
//!
//! Answers for single pairs are the reference. Random networks, the scenarios
//! and, if they are there, the networks of other tools are asked in both ways.

mod program;
mod world;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use plaudit::collect::{self, Options};
use plaudit::graph::Graph;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::flow::{Assume, End, Protocol, Traffic, Verdict};
use plaudit::graph::reach::matrix::{self, ITSELF, Matrix, Question, Target};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::program::root;

use world::World;

fn graph(path: &Path) -> Graph {
    let collected = collect::read(&[path.to_owned()], &Options::default(), &()).unwrap();
    Graph::build(collected.snapshot)
}

/// The address that a pair uses: IPv4 where both have it.
fn family(graph: &Graph, from: u32, to: u32) -> Option<(IpAddr, IpAddr)> {
    let first = |row: u32, v6: bool| {
        let interface = &graph.network().interfaces[row as usize];
        interface
            .addresses
            .iter()
            .find(|address| address.is_ipv6() == v6)
            .copied()
    };
    let pair = |v6: bool| Some((first(from, v6)?, first(to, v6)?));
    pair(false).or_else(|| pair(true)).or_else(|| {
        let any = |row: u32| first(row, false).or_else(|| first(row, true));
        Some((any(from)?, any(to)?))
    })
}

/// Asks for all pairs in both ways; verdicts, counted.
fn compare(graph: &Graph, traffic: &Traffic, defaults: bool) -> BTreeMap<Verdict, u64> {
    let network = graph.network();
    let assume = Assume { defaults };
    let rows = 0..u32::try_from(network.interfaces.len()).unwrap();
    let targets = rows.map(|row| Target {
        node: network.interfaces[row as usize].node,
        interfaces: vec![row],
        unseen: false,
    });
    let question = Question {
        traffic: traffic.clone(),
        assume,
        clients: matrix::clients(network),
        targets: targets.collect(),
    };
    let matrix = Matrix::new(graph, question);
    let mut counts = BTreeMap::new();
    let asked = &traffic.ports;
    matrix
        .each(&mut |column| {
            let to = matrix.question().targets[column.target].interfaces[0];
            for (class, cell) in matrix.classes().iter().zip(&column.cells) {
                for from in class.members.iter().filter(|from| **from != to) {
                    let Some((source, destination)) = family(graph, *from, to) else {
                        let outcome = &column.outcomes[*cell as usize];
                        assert_eq!(outcome.verdict, Verdict::Unknown);
                        continue;
                    };
                    let end = |row: u32, address| {
                        End::Interface(network.interfaces[row as usize].node, address)
                    };
                    let flow = network.flow(
                        graph,
                        &end(*from, source),
                        &end(to, destination),
                        traffic,
                        assume,
                    );
                    *counts.entry(flow.verdict).or_default() += 1;
                    let about = || {
                        format!(
                            "{} → {}: {flow:#?}",
                            graph.id(network.interfaces[*from as usize].node),
                            graph.id(network.interfaces[to as usize].node)
                        )
                    };
                    assert_ne!(*cell, ITSELF, "{}", about());
                    let outcome = &column.outcomes[*cell as usize];
                    let blocked = outcome.blocked(asked);
                    assert_eq!(
                        (outcome.verdict, &outcome.open, &outcome.unknown, &blocked),
                        (
                            flow.verdict,
                            &flow.ports.open,
                            &flow.ports.unknown,
                            &flow.ports.blocked
                        ),
                        "{outcome:?} {}",
                        about()
                    );
                    assert!(outcome.partly.is_empty());
                    // Where the verdict is open, a filter that stops the traffic of
                    // whoever gets so far may be named too.
                    if flow.verdict == Verdict::Unknown {
                        continue;
                    }
                    assert_eq!(
                        outcome.fails.is_empty(),
                        flow.blockers().is_empty(),
                        "{outcome:?} {}",
                        about()
                    );
                }
            }
            Ok::<(), ()>(())
        })
        .unwrap();
    counts
}

fn tcp() -> Traffic {
    Traffic::new(Protocol::Tcp, Ports::range(0, u16::MAX))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn all_at_once_is_one_by_one(seed in any::<u64>(), defaults in any::<bool>()) {
        let folder = TempDir::new().unwrap();
        World::write(seed, folder.path());
        compare(&graph(folder.path()), &tcp(), defaults);
    }
}

#[test]
fn every_verdict_comes_up() {
    let mut counts: BTreeMap<Verdict, u64> = BTreeMap::new();
    for seed in 0..12 {
        let folder = TempDir::new().unwrap();
        World::write(seed, folder.path());
        let graph = graph(folder.path());
        let traffics = [
            tcp(),
            Traffic::new(Protocol::Icmp, Ports::range(8 << 8, 8 << 8)),
            Traffic::new(Protocol::Udp, Ports::range(5, 500)),
            Traffic::new(Protocol::Other(47), Ports::range(0, u16::MAX)),
        ];
        for (verdict, count) in compare(&graph, &traffics[seed as usize % 4], false) {
            *counts.entry(verdict).or_default() += count;
        }
    }
    println!("{counts:?}");
    for verdict in [
        Verdict::Reachable,
        Verdict::Partial,
        Verdict::Blocked,
        Verdict::Unknown,
    ] {
        assert!(
            counts.get(&verdict).is_some_and(|count| *count > 100),
            "{counts:?}"
        );
    }
}

/// Networks that people drew, and those of other tools if they are there.
#[test]
fn networks_that_people_drew_answer_the_same() {
    let mut folders = Vec::new();
    let shared = root().join("../shared/data/batfish/aws");
    for home in [root().join("fixtures"), shared] {
        let Ok(entries) = std::fs::read_dir(&home) else {
            println!("skipped: no {}", home.display());
            continue;
        };
        let found = entries.map(|entry| entry.unwrap().path());
        folders.extend(found.filter(|path| path.is_dir()));
    }
    folders.sort();
    let mut counts: BTreeMap<Verdict, u64> = BTreeMap::new();
    for folder in folders {
        let Ok(collected) = collect::read(&[folder], &Options::default(), &()) else {
            continue;
        };
        let graph = Graph::build(collected.snapshot);
        for defaults in [false, true] {
            for (verdict, count) in compare(&graph, &tcp(), defaults) {
                *counts.entry(verdict).or_default() += count;
            }
        }
    }
    println!("{counts:?}");
    assert!(counts.values().sum::<u64>() > 1000, "{counts:?}");
    assert!(counts.contains_key(&Verdict::Partial), "{counts:?}");
}

/// Interfaces behind one endpoint are added up, clients are not lost, and the
/// order of the answers does not depend on threads.
#[test]
fn endpoints_are_asked_for_as_a_whole() {
    let folder = TempDir::new().unwrap();
    World::write(5, folder.path());
    let graph = graph(folder.path());
    let network = graph.network();
    let question = Question {
        traffic: tcp(),
        assume: Assume::default(),
        clients: matrix::clients(network),
        targets: matrix::endpoints(network),
    };
    let matrix = Matrix::new(&graph, question);
    let members: usize = matrix
        .classes()
        .iter()
        .map(|class| class.members.len())
        .sum();
    assert_eq!(members, matrix.question().clients.len());
    let all = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let mut columns = Vec::new();
        pool.install(|| {
            matrix.each(&mut |column| {
                columns.push(column);
                Ok::<(), ()>(())
            })
        })
        .unwrap();
        columns
    };
    let one = all(1);
    assert_eq!(one, all(3));
    assert_eq!(one.len(), matrix.question().targets.len());
    let stopped = matrix.each(&mut |_| Err("enough"));
    assert_eq!(stopped, Err("enough"));
}
