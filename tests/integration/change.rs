//! Smallest changes: what is named for a blocker removes that blocker.
//!
//! Changes are applied to the files of `fixtures/blocked-paths`, as somebody
//! would apply them to the account, and the question is asked again.

use std::collections::BTreeSet;
use std::path::Path;

use plaudit::collect;
use plaudit::graph::Graph;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::change::{self, Change, Edit, Peer, RouteDestination, RouteTarget};
use plaudit::graph::reach::flow::{
    Aspect, Assume, Component, End, Flow, Outcome, Protocol, Traffic, Verdict,
};
use plaudit::snapshot::record::Kind;
use serde_json::{Value, json};

use crate::samples::{Copy, copy, fixture};

const FOLDER: &str = "aws/444455556666/eu-west-1";

pub(crate) const APP: &str = "eni-6100f9163cc9335bc";
pub(crate) const BATCH: &str = "eni-c8d3cb7a773abb596";
pub(crate) const DB: &str = "eni-cf754bddc82900bdd";
pub(crate) const INVOICES: &str = "eni-31aadcc2dc7855c0a";
pub(crate) const ITEMS: &str = "eni-8ae67024920a5a2ce";

pub(crate) fn graph(path: &Path) -> Graph {
    let read = collect::read(&[path.to_owned()], &collect::Options::default(), &());
    Graph::build(read.unwrap().snapshot)
}

fn end(graph: &Graph, id: &str) -> End {
    let node = graph.find(Kind::NetworkInterface, id, None).unwrap();
    let interface = &graph.network().interfaces[node.row().unwrap() as usize];
    End::Interface(node, interface.addresses[0])
}

/// What becomes of TCP to a port.
pub(crate) fn ask(graph: &Graph, from: &str, to: &str, ports: Ports) -> Flow {
    let traffic = Traffic::new(Protocol::Tcp, ports);
    let (from, to) = (end(graph, from), end(graph, to));
    graph
        .network()
        .flow(graph, &from, &to, &traffic, Assume::default())
}

/// What blocks, so that it can be told from other blockers.
fn blockers(graph: &Graph, flow: &Flow) -> BTreeSet<(bool, Aspect, String, String)> {
    let sides = [(&flow.forward, false), (&flow.back, true)];
    let mut found = BTreeSet::new();
    for (hops, back) in sides {
        for hop in hops {
            for check in hop
                .checks
                .iter()
                .filter(|check| check.outcome == Outcome::Fail)
            {
                let place = match &hop.component {
                    Component::Resource(node) => graph.id(*node),
                    other => format!("{other:?}"),
                };
                let code = check.code.map_or("", |code| code.name());
                found.insert((back, check.aspect, place, code.to_owned()));
            }
        }
    }
    found
}

fn of<'v>(document: &'v mut Value, list: &str, key: &str, id: &str) -> &'v mut Value {
    let list = document[list].as_array_mut().unwrap();
    list.iter_mut().find(|item| item[key] == id).unwrap()
}

/// Does what a change says, to the files.
fn apply(copy: &Copy, edit: &Edit) {
    let file = |name: &str| format!("{FOLDER}/{name}.json");
    match edit {
        Edit::GroupRule {
            group,
            egress,
            protocol,
            ports,
            peer,
        } => copy.edit(&file("ec2.DescribeSecurityGroups"), |document| {
            let list = if *egress {
                "IpPermissionsEgress"
            } else {
                "IpPermissions"
            };
            let group = of(document, "SecurityGroups", "GroupId", group);
            for (low, high) in ports {
                let mut rule = json!({
                    "IpProtocol": protocol.name(), "FromPort": low, "ToPort": high,
                    "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": [],
                });
                match peer {
                    Peer::Block(block) => {
                        rule["IpRanges"] = json!([{"CidrIp": block.to_string()}]);
                    }
                    Peer::Group(id, account) => {
                        rule["UserIdGroupPairs"] = json!([{
                            "GroupId": id,
                            "UserId": account.as_deref().unwrap_or("444455556666"),
                        }]);
                    }
                }
                group[list].as_array_mut().unwrap().push(rule);
            }
        }),
        Edit::AclEntries {
            acl,
            egress,
            numbers,
            protocol,
            ports,
            block,
        } => copy.edit(&file("ec2.DescribeNetworkAcls"), |document| {
            let acl = of(document, "NetworkAcls", "NetworkAclId", acl);
            let entries = acl["Entries"].as_array_mut().unwrap();
            for (number, (low, high)) in numbers.iter().zip(ports) {
                let taken =
                    |entry: &Value| entry["RuleNumber"] == *number && entry["Egress"] == *egress;
                assert!(!entries.iter().any(taken), "rule {number} is taken");
                entries.push(json!({
                    "CidrBlock": block.to_string(), "Egress": egress, "RuleNumber": number,
                    "Protocol": protocol.number().to_string(), "RuleAction": "allow",
                    "PortRange": {"From": low, "To": high},
                }));
            }
        }),
        Edit::Route {
            table,
            destination: RouteDestination::Block(block),
            target,
            replace,
        } => copy.edit(&file("ec2.DescribeRouteTables"), |document| {
            let table = of(document, "RouteTables", "RouteTableId", table);
            let routes = table["Routes"].as_array_mut().unwrap();
            let block = block.to_string();
            let there = |route: &Value| route["DestinationCidrBlock"] == *block;
            assert_eq!(routes.iter().any(there), *replace, "{block}");
            routes.retain(|route| !there(route));
            let key = match target {
                RouteTarget::Peering(_) => "VpcPeeringConnectionId",
                RouteTarget::Transit(_) => "TransitGatewayId",
                other => panic!("{other:?}"),
            };
            let mut route = json!({
                "DestinationCidrBlock": block, "Origin": "CreateRoute", "State": "active",
            });
            route[key] = json!(target.id());
            routes.push(route);
        }),
        Edit::TransitRoute {
            table,
            block,
            attachment,
            ..
        } => {
            let routes = file(&format!("ec2.SearchTransitGatewayRoutes/{table}"));
            copy.edit(&routes, |document| {
                document["Routes"].as_array_mut().unwrap().push(json!({
                    "DestinationCidrBlock": block.to_string(), "Type": "static", "State": "active",
                    "TransitGatewayAttachments": [
                        {"TransitGatewayAttachmentId": attachment, "ResourceType": "vpc"}
                    ],
                }));
            });
        }
        other => panic!("{other:?}"),
    }
}

fn first_change(graph: &Graph, flow: &Flow) -> Change {
    let plan = change::plan(graph, &[flow], &[]);
    assert_eq!(plan.asks, [], "nothing is unknown in this fixture");
    plan.changes.into_iter().next().unwrap()
}

/// Applies change after change until the path is open; each removes just the
/// first blocker, and only a route may show blockers that lie behind it.
fn opened(from: &str, to: &str, ports: &Ports) -> Vec<Change> {
    let copy = copy("blocked-paths");
    let mut applied = Vec::new();
    loop {
        let before = graph(copy.path());
        let flow = ask(&before, from, to, ports.clone());
        if flow.verdict == Verdict::Reachable {
            assert_eq!(
                change::plan(&before, &[&flow], &[]),
                change::Plan::default()
            );
            return applied;
        }
        assert!(applied.len() < 8, "{applied:#?}");
        let change = first_change(&before, &flow);
        apply(&copy, change.edit.as_ref().expect(&change.note));
        let after = graph(copy.path());
        let left = blockers(&after, &ask(&after, from, to, ports.clone()));
        let were = blockers(&before, &flow);
        let gone: Vec<_> = were.difference(&left).collect();
        assert_eq!(
            gone.len(),
            1,
            "{change:#?}\nbefore: {were:#?}\nafter: {left:#?}"
        );
        if !matches!(
            change.edit,
            Some(Edit::Route { .. } | Edit::TransitRoute { .. })
        ) {
            let new: Vec<_> = left.difference(&were).collect();
            assert!(new.is_empty(), "{change:#?}: {new:#?}");
        }
        applied.push(change);
    }
}

fn titles(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(|change| change.title.as_str()).collect()
}

#[test]
fn group_and_acl_get_just_what_is_missing() {
    let changes = opened(APP, DB, &Ports::range(5432, 5432));
    assert_eq!(
        titles(&changes),
        [
            "Let acl-dc8cb1ffa70605b5d allow tcp 5432 in from 10.40.1.10",
            "Let sg-de0b9064e597e9d71 admit tcp 5432 from sg-e89816d694e9f7ff6",
            "Let acl-dc8cb1ffa70605b5d allow tcp 1024-32767 out to 10.40.1.10",
        ]
    );
    assert!(
        changes[0].cli[0].contains("--rule-number 89"),
        "{:?}",
        changes[0].cli
    );
}

#[test]
fn ports_that_are_open_already_are_not_asked_for_again() {
    let changes = opened(APP, DB, &Ports::range(6005, 6020));
    assert_eq!(
        titles(&changes)[0],
        "Let sg-de0b9064e597e9d71 admit tcp 6011-6020 from sg-e89816d694e9f7ff6"
    );
}

#[test]
fn a_route_over_the_peering_that_exists_is_named() {
    let changes = opened(APP, INVOICES, &Ports::range(443, 443));
    assert_eq!(
        titles(&changes),
        ["Route 10.41.1.0/24 of rtb-6b53eb24607d917c5 to pcx-16435daded431d7ba"]
    );
}

#[test]
fn a_blackhole_is_replaced() {
    let changes = opened(BATCH, INVOICES, &Ports::range(443, 443));
    assert_eq!(
        titles(&changes),
        ["Point 10.41.0.0/16 of rtb-ad7549227673b3e2c to pcx-16435daded431d7ba"]
    );
    assert!(changes[0].cli[0].contains("replace-route"), "{changes:?}");
}

#[test]
fn a_transit_gateway_gets_the_route_that_it_lacks() {
    let changes = opened(APP, ITEMS, &Ports::range(443, 443));
    assert_eq!(
        titles(&changes),
        ["Route 10.42.0.0/16 of tgw-rtb-f6fb57d34e820613a to tgw-attach-12a90a4866c150358"]
    );
}

#[test]
fn across_a_peering_of_one_region_the_rule_names_the_group() {
    let changes = opened(APP, INVOICES, &Ports::range(8443, 8443));
    let group = changes.last().unwrap();
    assert!(
        group
            .title
            .ends_with("admit tcp 8443 from sg-e89816d694e9f7ff6"),
        "{group:#?}"
    );
}

#[test]
fn across_a_transit_gateway_without_referencing_the_rule_names_the_address() {
    let changes = opened(APP, ITEMS, &Ports::range(8443, 8443));
    let titles = titles(&changes);
    let rule = titles.iter().find(|title| title.contains("sg-")).unwrap();
    assert!(rule.ends_with("admit tcp 8443 from 10.40.1.10"), "{rule}");
}

#[test]
fn changes_for_several_ends_fit_together() {
    let graph = graph(&fixture("blocked-paths"));
    let flows = [APP, BATCH].map(|from| ask(&graph, from, DB, Ports::range(80, 80)));
    let plan = change::plan(&graph, &[&flows[0], &flows[1]], &[]);
    let numbers: Vec<i64> = plan
        .changes
        .iter()
        .filter_map(|change| match &change.edit {
            Some(Edit::AclEntries {
                egress: false,
                numbers,
                ..
            }) => numbers.first().copied(),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [120, 130], "{:#?}", plan.changes);
    let groups = titles(&plan.changes);
    let groups = groups.iter().filter(|title| title.contains("admit"));
    assert_eq!(groups.count(), 1, "both are members of one group");
}

#[test]
fn several_ends_of_a_subnet_get_one_entry_for_its_block() {
    let graph = graph(&fixture("blocked-paths"));
    let flow = ask(&graph, APP, DB, Ports::range(80, 80));
    let End::Interface(node, _) = flow.from else {
        panic!("{:?}", flow.from)
    };
    let neighbour = End::Interface(node, "10.40.1.11".parse().unwrap());
    let plan = change::plan(&graph, &[&flow], &[neighbour]);
    assert_eq!(
        titles(&plan.changes)[0],
        "Let acl-dc8cb1ffa70605b5d allow tcp 80 in from 10.40.1.0/24"
    );
}

#[test]
fn where_nothing_leads_there_the_change_says_so_and_edits_nothing() {
    let graph = graph(&fixture("blocked-paths"));
    let flow = ask(&graph, INVOICES, ITEMS, Ports::range(443, 443));
    let plan = change::plan(&graph, &[&flow], &[]);
    let route = plan
        .changes
        .iter()
        .find(|change| change.note.contains("No peering, transit gateway"));
    let route = route.unwrap_or_else(|| panic!("{plan:#?}"));
    assert_eq!((&route.edit, route.cli.len()), (&None, 0));
}

#[test]
fn what_was_not_seen_gets_no_change_but_is_asked_for() {
    let copy = copy("blocked-paths");
    std::fs::remove_file(
        copy.path()
            .join(FOLDER)
            .join("ec2.DescribeNetworkAcls.json"),
    )
    .unwrap();
    let graph = graph(copy.path());
    let flow = ask(&graph, APP, DB, Ports::range(22, 22));
    assert_eq!(flow.verdict, Verdict::Unknown);
    let plan = change::plan(&graph, &[&flow], &[]);
    assert_eq!(plan.changes, []);
    assert!(!plan.asks.is_empty());
}
