//! What lies beyond endpoints: fixtures with `paths.yaml`, written by hand.
//!
//! Each case asks about one pair of ends, in the network as it is or with a few
//! values changed or files taken away. All that stops traffic and all that is
//! not known must be named, and nothing else.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;

use plaudit::collect::{self, Options};
use plaudit::graph::Graph;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::code::Code;
use plaudit::graph::reach::endpoint::offered_at;
use plaudit::graph::reach::flow::{Assume, Component, End, Flow, Outcome, Protocol, Traffic};
use plaudit::snapshot::record::Kind;
use serde_json::Value;

use crate::program::root;
use crate::samples::copy;

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Paths {
    cases: Vec<Case>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is true, as a sentence.
    name: String,
    /// `eni-…` or `subnet-…@address`.
    from: String,
    /// `eni-…`, `eni-…@address`, `rcfg-…`, `sn-…` or an address.
    to: String,
    port: String,
    #[serde(default = "tcp")]
    protocol: String,
    verdict: String,
    /// The ports that are open, where it is not all or none of them.
    open: Option<String>,
    /// The codes of all that stops something.
    #[serde(default)]
    stops: BTreeSet<String>,
    /// The codes of all that is not known.
    #[serde(default)]
    doubts: BTreeSet<String>,
    /// The codes of all that is merely noted; not compared if absent.
    notes: Option<BTreeSet<String>>,
    /// Something that a check says.
    says: Option<String>,
    #[serde(default)]
    assume_defaults: bool,
    #[serde(default)]
    change: Vec<Change>,
    #[serde(default)]
    without: Vec<String>,
}

/// A value that differs from the fixture's.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    r#in: String,
    /// A JSON pointer; its last part may be a new key.
    at: String,
    /// The value; without one the key or entry is taken away.
    to: Option<Value>,
}

fn tcp() -> String {
    "tcp".to_owned()
}

fn apply(value: &mut Value, change: &Change) {
    let (parent, key) = change.at.rsplit_once('/').unwrap();
    let parent = value
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{}: no {}", change.r#in, change.at));
    match (parent, &change.to) {
        (Value::Object(object), Some(to)) => {
            object.insert(key.to_owned(), to.clone());
        }
        (Value::Object(object), None) => {
            assert!(object.remove(key).is_some(), "no {}", change.at);
        }
        (Value::Array(array), Some(to)) if key == "-" => array.push(to.clone()),
        (Value::Array(array), Some(to)) => array[key.parse::<usize>().unwrap()] = to.clone(),
        (Value::Array(array), None) => {
            array.remove(key.parse().unwrap());
        }
        _ => panic!("{}: {} is in no object", change.r#in, change.at),
    }
}

fn graph(fixture: &str, case: &Case) -> Graph {
    let copy = copy(fixture);
    for change in &case.change {
        copy.edit(&change.r#in, |value| apply(value, change));
    }
    for file in &case.without {
        let path = copy.path().join(file);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
    }
    let path = copy.path().to_owned();
    let collected = collect::read(&[path], &Options::default(), &()).unwrap();
    Graph::build(collected.snapshot)
}

fn end(graph: &Graph, text: &str) -> End {
    let (id, address) = text.split_once('@').unwrap_or((text, ""));
    let kind = if id.starts_with("eni-") {
        Kind::NetworkInterface
    } else {
        Kind::Subnet
    };
    let node = graph.find(kind, id, None);
    let node = node.unwrap_or_else(|| panic!("no {id}"));
    if kind == Kind::Subnet {
        return End::Subnet(node, address.parse().unwrap());
    }
    let row = node.row().unwrap() as usize;
    let own = graph.network().interfaces[row].addresses[0];
    End::Interface(node, address.parse().unwrap_or(own))
}

fn traffic(case: &Case) -> Traffic {
    let mut ports = Ports::default();
    for part in case.port.split(',') {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        ports.insert(low.trim().parse().unwrap(), high.trim().parse().unwrap());
    }
    Traffic::new(Protocol::parse(&case.protocol).unwrap(), ports)
}

fn flow(graph: &Graph, case: &Case) -> Flow {
    let from = end(graph, &case.from);
    let traffic = traffic(case);
    let assume = Assume {
        defaults: case.assume_defaults,
    };
    let network = graph.network();
    let offered = |kind| {
        let node = graph.find(kind, &case.to, None);
        let node = node.unwrap_or_else(|| panic!("no {}", case.to));
        End::Offered(node, offered_at(network, node))
    };
    let to = if case.to.starts_with("rcfg-") {
        offered(Kind::ResourceConfiguration)
    } else if case.to.starts_with("sn-") {
        offered(Kind::ServiceNetwork)
    } else {
        match case.to.parse::<IpAddr>() {
            Ok(address) => End::Address(address),
            Err(_) => end(graph, &case.to),
        }
    };
    network.flow(graph, &from, &to, &traffic, assume)
}

fn codes(flow: &Flow, outcome: Outcome) -> BTreeSet<String> {
    flow.checks(outcome)
        .filter_map(|(_, check)| check.code)
        .map(|code| code.name().to_owned())
        .collect()
}

/// The way, one line a check.
fn way(graph: &Graph, flow: &Flow) -> String {
    let mut text = String::new();
    for (label, hops) in [("there", &flow.forward), ("back", &flow.back)] {
        for hop in hops {
            let place = match &hop.component {
                Component::Resource(node) => graph.id(*node),
                other => format!("{other:?}"),
            };
            writeln!(text, "    {label} {place} {:?}", hop.header).unwrap();
            for check in &hop.checks {
                writeln!(
                    text,
                    "      {:?} {:?} {} {} {:?} {:?}",
                    check.aspect,
                    check.outcome,
                    check.code.map_or("", Code::name),
                    check.ports,
                    check.detail,
                    check.needs,
                )
                .unwrap();
            }
        }
    }
    text
}

/// What a flow says that a case does not.
fn differences(flow: &Flow, case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut same = |what: &str, is: String, must: String| {
        if is != must {
            wrong.push(format!("{what} {is} instead of {must}"));
        }
    };
    same(
        "verdict",
        flow.verdict.name().to_owned(),
        case.verdict.clone(),
    );
    if let Some(open) = &case.open {
        same("open", flow.ports.open.to_string(), open.clone());
    }
    let set = |codes: &BTreeSet<String>| format!("{codes:?}");
    let stops = codes(flow, Outcome::Fail);
    same("stops", set(&stops), set(&case.stops));
    let doubts = codes(flow, Outcome::Unknown);
    same("doubts", set(&doubts), set(&case.doubts));
    if let Some(notes) = &case.notes {
        same("notes", set(&codes(flow, Outcome::Note)), set(notes));
    }
    if let Some(words) = &case.says {
        let checks = flow.forward.iter().chain(&flow.back);
        let mut checks = checks.flat_map(|hop| &hop.checks);
        if !checks.any(|check| check.detail.contains(words)) {
            wrong.push(format!("no check says `{words}`"));
        }
    }
    for (_, check) in flow.checks(Outcome::Unknown) {
        if check.needs.is_empty() {
            wrong.push(format!("a doubt without a need: {check:?}"));
        }
    }
    wrong
}

/// The cases of a fixture, and how many there are.
fn judge(fixture: &str) -> usize {
    let path = root().join("fixtures").join(fixture).join("paths.yaml");
    let paths: Paths = serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut wrong = String::new();
    for case in &paths.cases {
        let graph = graph(fixture, case);
        let flow = flow(&graph, case);
        let found = differences(&flow, case);
        if !found.is_empty() {
            let way = way(&graph, &flow);
            let found = found.join("\n  ");
            write!(wrong, "{}:\n  {found}\n{way}", case.name).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{fixture}\n{wrong}");
    paths.cases.len()
}

#[test]
fn services_and_their_load_balancers_decide() {
    assert!(judge("reach-provider") >= 30);
}

#[test]
fn resources_and_service_networks_decide() {
    assert!(judge("reach-lattice") >= 50);
}
