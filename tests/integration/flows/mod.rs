//! Networks with known ways: can A reach B, and what stands between them.
//!
//! `fixtures/*/flows.yaml` says by hand what is true; every blocker is named, so
//! that one too many is as wrong as one too few. Answers are compared here;
//! how they look is not asked.

mod case;
mod told;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plaudit::collect::{self, Options};
use plaudit::graph::Graph;
use plaudit::graph::reach::flow::{Assume, End, Flow, Traffic};

use crate::program::root;
use crate::samples::fixture;
use case::Case;

/// Scenarios that say which ways there are.
fn with_flows() -> Vec<String> {
    let folders = fs::read_dir(root().join("fixtures")).unwrap();
    let mut names: Vec<String> = folders
        .map(|folder| folder.unwrap())
        .filter(|folder| folder.path().join("flows.yaml").exists())
        .map(|folder| folder.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn read(folder: &Path) -> Graph {
    let collected = collect::read(&[folder.to_owned()], &Options::default(), &()).unwrap();
    Graph::build(collected.snapshot)
}

fn cases(name: &str) -> Vec<Case> {
    case::read(&fixture(name).join("flows.yaml")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A case with its ends, and the answer.
fn asked(graph: &Graph, case: &Case) -> Result<Flow, String> {
    let mut from = case::end(graph, &case.from, None)?;
    let to = case::end(graph, &case.to, Some(&from))?;
    if from.address().is_ipv4() != to.address().is_ipv4() {
        from = case::end(graph, &case.from, Some(&to))?;
    }
    Ok(answer(graph, &from, &to, &case.traffic()?, case.assume()))
}

fn answer(graph: &Graph, from: &End, to: &End, traffic: &Traffic, assume: Assume) -> Flow {
    graph.network().flow(graph, from, to, traffic, assume)
}

#[test]
fn every_flow_has_the_answer_that_is_true() {
    let mut wrong = Vec::new();
    for name in with_flows() {
        let graph = read(&fixture(&name));
        for case in cases(&name) {
            let found = match asked(&graph, &case) {
                Ok(flow) => told::differences(&graph, &case, &flow),
                Err(error) => vec![error],
            };
            if !found.is_empty() {
                wrong.push(format!("{name}: {}\n  {}", case.name, found.join("\n  ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_has_a_name_of_its_own_and_a_reason() {
    for name in with_flows() {
        assert!(fixture(&name).join("README.md").exists(), "{name}");
        let mut names = BTreeSet::new();
        for case in cases(&name) {
            assert!(
                names.insert(case.name.clone()),
                "{name}: {} twice",
                case.name
            );
            assert!(case.why.ends_with('.'), "{name}: {}: a sentence", case.name);
        }
    }
}
