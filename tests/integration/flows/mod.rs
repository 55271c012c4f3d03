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
use serde_json::Value;

use crate::program::root;
use crate::samples::{copy, files, fixture};
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

/// The answers of a scenario, of cases that take nothing for granted.
struct Answers {
    name: String,
    cases: Vec<Case>,
    flows: Vec<Option<Flow>>,
}

impl Answers {
    fn of(name: &str) -> Self {
        let cases = cases(name);
        let graph = read(&fixture(name));
        let flows = cases
            .iter()
            .map(|case| asked(&graph, case).ok().filter(|_| case.assume.is_none()))
            .collect();
        Self {
            name: name.to_owned(),
            cases,
            flows,
        }
    }

    /// What a snapshot that shows less opens or shuts.
    fn worse(&self, folder: &Path, lacks: &str) -> Vec<String> {
        let graph = read(&folder.join("aws"));
        let mut found = Vec::new();
        for (case, before) in self.cases.iter().zip(&self.flows) {
            // Without one of its ends there is no question.
            let (Some(before), Ok(after)) = (before, asked(&graph, case)) else {
                continue;
            };
            let open = after.ports.open.difference(&before.ports.open);
            let blocked = after.ports.blocked.difference(&before.ports.blocked);
            if !open.is_empty() || !blocked.is_empty() {
                found.push(format!(
                    "{} without {lacks}: {}: opens {open}, shuts {blocked}\n{}",
                    self.name,
                    case.name,
                    told::way(&graph, &after)
                ));
            }
        }
        found
    }
}

/// What was not seen may make an answer unknown, and opens and shuts nothing.
#[test]
fn seeing_less_opens_and_shuts_nothing() {
    let mut wrong = Vec::new();
    for name in with_flows() {
        let answers = Answers::of(&name);
        let copy = copy(&name);
        let aside = copy.path().join("aside");
        for file in files(copy.path()) {
            if !file.starts_with("aws") {
                continue;
            }
            fs::rename(copy.path().join(&file), &aside).unwrap();
            wrong.extend(answers.worse(copy.path(), &file.display().to_string()));
            fs::rename(&aside, copy.path().join(&file)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Turns every list of a file round.
fn turn(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.reverse();
            list.iter_mut().for_each(turn);
        }
        Value::Object(object) => object.values_mut().for_each(turn),
        _ => {}
    }
}

/// The order of rules, routes and resources in the files means nothing.
#[test]
fn the_order_in_the_files_does_not_matter() {
    let mut wrong = Vec::new();
    for name in with_flows() {
        let copy = copy(&name);
        for file in files(copy.path()) {
            if file.extension().is_some_and(|end| end == "json") {
                copy.edit(&file.display().to_string(), turn);
            }
        }
        let graph = read(&copy.path().join("aws"));
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

/// Fields that answers of AWS always have: without them it is not known what
/// they would have said.
const FIELDS: &[(&str, &str)] = &[
    ("DescribeEgressOnlyInternetGateways", "Attachments"),
    ("DescribeInternetGateways", "Attachments"),
    ("DescribeInternetGateways", "VpcId"),
    ("DescribeNatGateways", "State"),
    ("DescribeNatGateways", "VpcId"),
    ("DescribeNetworkAcls", "Associations"),
    ("DescribeNetworkAcls", "CidrBlock"),
    ("DescribeNetworkAcls", "Egress"),
    ("DescribeNetworkAcls", "IcmpTypeCode"),
    ("DescribeNetworkAcls", "PortRange"),
    ("DescribeNetworkAcls", "Protocol"),
    ("DescribeNetworkAcls", "RuleAction"),
    ("DescribeNetworkAcls", "RuleNumber"),
    ("DescribeNetworkAcls", "SubnetId"),
    ("DescribeNetworkInterfaces", "Groups"),
    ("DescribeNetworkInterfaces", "GroupId"),
    ("DescribeNetworkInterfaces", "PrivateIpAddresses"),
    ("DescribeNetworkInterfaces", "SourceDestCheck"),
    ("DescribeNetworkInterfaces", "VpcId"),
    ("DescribeRouteTables", "Associations"),
    ("DescribeRouteTables", "GatewayId"),
    ("DescribeRouteTables", "NetworkInterfaceId"),
    ("DescribeRouteTables", "Routes"),
    ("DescribeRouteTables", "State"),
    ("DescribeRouteTables", "SubnetId"),
    ("DescribeSecurityGroups", "IpPermissions"),
    ("DescribeSecurityGroups", "IpPermissionsEgress"),
    ("DescribeSecurityGroups", "IpProtocol"),
    ("DescribeSubnets", "AvailabilityZoneId"),
    ("DescribeSubnets", "CidrBlock"),
    ("DescribeSubnets", "VpcId"),
    ("DescribeTransitGatewayVpcAttachments", "SubnetIds"),
    ("DescribeTransitGatewayVpcAttachments", "VpcId"),
    ("DescribeVpcEndpoints", "VpcEndpointType"),
    ("DescribeVpcPeeringConnections", "RequesterVpcInfo"),
    ("DescribeVpcPeeringConnections", "Status"),
    ("DescribeVpnConnections", "Status"),
    ("DescribeVpnConnections", "VgwTelemetry"),
    ("DescribeVpnGateways", "VpcAttachments"),
    ("SearchTransitGatewayRoutes", "State"),
];

/// Takes a field out of all objects.
fn without(value: &mut Value, field: &str) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| without(one, field)),
        Value::Object(object) => {
            object.remove(field);
            object.values_mut().for_each(|one| without(one, field));
        }
        _ => {}
    }
}

/// A field that is missing is not one that says no.
#[test]
fn answers_without_a_field_open_and_shut_nothing() {
    let mut wrong = Vec::new();
    for name in with_flows() {
        let answers = Answers::of(&name);
        for (call, field) in FIELDS {
            let copy = copy(&name);
            let mut spoiled = false;
            for file in files(copy.path()) {
                let file = file.display().to_string();
                if file.contains(&format!("ec2.{call}")) {
                    copy.edit(&file, |value| {
                        let before = value.clone();
                        without(value, field);
                        spoiled |= *value != before;
                    });
                }
            }
            if spoiled {
                wrong.extend(answers.worse(copy.path(), &format!("{field} of {call}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
