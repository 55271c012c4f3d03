//! What Redis Cloud told about an endpoint, and which endpoints lead to what it
//! told about.
//!
//! Joins the vendor's answers with endpoints by the resource configuration, or by
//! the connections that the vendor names. Answers only: what a difference between
//! the two sides is worth is for rules to say.

use super::dns::record;
use super::{Accepts, Call, Function, Gives};
use crate::graph::admission::Need;
use crate::graph::{Graph, Node};
use crate::rules::expression::trace::{Frame, Read};
use crate::rules::expression::value::Value;
use crate::snapshot::column::Presence;
use crate::snapshot::ledger::{CallOutcome, Scope};
use crate::snapshot::record::Kind;

/// What tells where an endpoint leads.
const TARGETS: &[(Kind, &str)] = &[
    (Kind::VpcEndpoint, "VpcEndpointId"),
    (Kind::VpcEndpoint, "ResourceConfigurationArn"),
    (Kind::VpcEndpoint, "ServiceNetworkArn"),
    (Kind::VpcEndpointAssociation, "VpcEndpointId"),
    (Kind::VpcEndpointAssociation, "AssociatedResourceArn"),
    (
        Kind::VpcEndpointAssociation,
        "ResourceConfigurationGroupArn",
    ),
    (Kind::ServiceNetworkResourceAssociation, "serviceNetworkArn"),
    (
        Kind::ServiceNetworkResourceAssociation,
        "resourceConfigurationArn",
    ),
];

/// What tells the ports behind an endpoint.
const PORTS: &[(Kind, &str)] = &[
    (Kind::VpcEndpoint, "VpcEndpointId"),
    (Kind::VpcEndpoint, "ResourceConfigurationArn"),
    (Kind::VpcEndpoint, "ServiceNetworkArn"),
    (Kind::VpcEndpointAssociation, "VpcEndpointId"),
    (Kind::VpcEndpointAssociation, "AssociatedResourceArn"),
    (
        Kind::VpcEndpointAssociation,
        "ResourceConfigurationGroupArn",
    ),
    (Kind::VpcEndpointAssociation, "DnsEntry.DnsName"),
    (Kind::VpcEndpointAssociation, "PrivateDnsEntry.DnsName"),
    (Kind::ServiceNetworkResourceAssociation, "serviceNetworkArn"),
    (
        Kind::ServiceNetworkResourceAssociation,
        "resourceConfigurationArn",
    ),
    (Kind::RedisCloudEndpoint, "private_dns_entry"),
    (Kind::RedisCloudEndpoint, "dns_entry"),
    (Kind::RedisCloudEndpoint, "type"),
    (Kind::RedisCloudEndpoint, "port"),
    (Kind::Connection, "Provider"),
    (Kind::Connection, "Ports"),
    (Kind::Connection, "VpcEndpointIds"),
];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "redis_cloud_links",
        receiver: Some(Accepts::Resource(Kind::VpcEndpoint)),
        args: &[],
        gives: Gives::Resources(Kind::RedisCloudPrivateLink),
        doc: "The PrivateLinks of Redis Cloud that the endpoint leads to, by resource configuration or connection, as far as the input has answers of Redis Cloud; none says nothing.",
        example: "endpoint.redis_cloud_links().exists(l, l.status == \"deleting\")",
        reads: TARGETS,
        follows: &[],
        whole: &[Kind::RedisCloudPrivateLink],
        call: |call, _| {
            let Some(endpoint) = record(call) else {
                return Value::Unknown;
            };
            let links = links(call.graph, endpoint).into_iter();
            Value::list(links.map(Value::Node).collect(), false)
        },
    },
    Function {
        name: "redis_cloud_ports",
        receiver: Some(Accepts::Resource(Kind::VpcEndpoint)),
        args: &[],
        gives: Gives::Texts,
        doc: "The ports behind the endpoint, single ones and ranges (`12001`, `13000-13009`), as Redis Cloud, its discovery script or a connection tells them; none where the input has none of these, so that a rule can take the whole range.",
        example: "endpoint.redis_cloud_ports().size() > 0",
        reads: PORTS,
        follows: &[],
        whole: &[Kind::RedisCloudPrivateLink],
        call: |call, _| {
            let Some(endpoint) = record(call) else {
                return Value::Unknown;
            };
            let ports = ports(call.graph, endpoint).into_iter();
            Value::list(ports.map(Value::text).collect(), false)
        },
    },
    Function {
        name: "subscription_links",
        receiver: Some(Accepts::Resource(Kind::Connection)),
        args: &[],
        gives: Gives::Resources(Kind::RedisCloudPrivateLink),
        doc: "What Redis Cloud answered about the PrivateLink of the connection's subscription, also that there is none (then it has no `status`); there may be more where nobody asked about the subscription.",
        example: "connection.subscription_links().exists(l, has(l.status))",
        reads: &[(Kind::Connection, "SubscriptionId")],
        follows: &[],
        whole: &[Kind::RedisCloudPrivateLink],
        call: |call, frame| subscription_links(call, frame, "SubscriptionId"),
    },
    Function {
        name: "private_links",
        receiver: Some(Accepts::Resource(Kind::RedisCloudDatabase)),
        args: &[],
        gives: Gives::Resources(Kind::RedisCloudPrivateLink),
        doc: "What Redis Cloud answered about the PrivateLink of the database's subscription, also that there is none (then it has no `status`); there may be more where nobody asked about the subscription.",
        example: "redis_cloud_database.private_links().exists(l, has(l.status))",
        reads: &[(Kind::RedisCloudDatabase, "subscriptionId")],
        follows: &[],
        whole: &[Kind::RedisCloudPrivateLink],
        call: |call, frame| subscription_links(call, frame, "subscriptionId"),
    },
    Function {
        name: "missing_endpoints",
        receiver: Some(Accepts::Resource(Kind::RedisCloudPrivateLink)),
        args: &[],
        gives: Gives::Texts,
        doc: "The endpoints among the connections that Redis Cloud names which their accounts do not have, or have deleted; there may be more where endpoints of these accounts were not listed. Connections without the id of an endpoint are left out.",
        example: "redis_cloud_private_link.missing_endpoints().size() == 0",
        reads: &[
            (Kind::VpcEndpoint, "VpcEndpointId"),
            (Kind::VpcEndpoint, "State"),
        ],
        follows: &[],
        whole: &[Kind::RedisCloudPrivateLink],
        call: missing_endpoints,
    },
    Function {
        name: "consumers",
        receiver: Some(Accepts::Resource(Kind::RedisCloudPrivateLink)),
        args: &[],
        gives: Gives::Resources(Kind::VpcEndpoint),
        doc: "The endpoints that lead to the PrivateLink, directly or through a service network; there may be more where endpoints were not listed.",
        example: "redis_cloud_private_link.consumers().size() > 0",
        reads: TARGETS,
        follows: &[],
        whole: &[Kind::RedisCloudPrivateLink],
        call: consumers,
    },
];

fn consumers<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(link) = record(call) else {
        return Value::Unknown;
    };
    let graph = call.graph;
    let found: Vec<Value<'_>> = graph
        .nodes(Kind::VpcEndpoint)
        .filter(|endpoint| leads_to(graph, &targets(graph, *endpoint), *endpoint, link))
        .map(Value::Node)
        .collect();
    let open = !graph.unlisted(Kind::VpcEndpoint).is_empty();
    if open {
        let _still_a_list = frame.missed(Need::Listing(Kind::VpcEndpoint, link));
    }
    Value::list(found, open)
}

fn subscription_links<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>, field: &str) -> Value<'g> {
    let Some(asking) = record(call) else {
        return Value::Unknown;
    };
    let graph = call.graph;
    let wanted = graph.field_text(asking, field);
    let found: Vec<Value<'_>> = graph
        .nodes(Kind::RedisCloudPrivateLink)
        .filter(|link| wanted.is_some() && graph.field_text(*link, "subscriptionId") == wanted)
        .map(Value::Node)
        .collect();
    let open = found.is_empty();
    if open {
        let _still_a_list = frame.missed(Need::Listing(Kind::RedisCloudPrivateLink, asking));
    }
    Value::list(found, open)
}

fn missing_endpoints<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let graph = call.graph;
    let Some((link, entry)) = record(call).and_then(|link| Some((link, graph.entry(link)?))) else {
        return Value::Unknown;
    };
    if entry.presence("connections") != Presence::Present {
        return frame.missed(Need::Field(link, "connections"));
    }
    let arn = entry.text("resourceConfigurationArn").unwrap_or_default();
    let region = arn.split(':').nth(3).unwrap_or_default().to_owned();
    let (mut missing, mut open) = (Vec::new(), false);
    for connection in entry.entries("connections") {
        let id = connection.text("connectionId").unwrap_or_default();
        if !is_endpoint(&id) {
            continue;
        }
        if let Some(endpoint) = graph.find(Kind::VpcEndpoint, &id, None) {
            let state = graph.entry(endpoint);
            if state.is_some_and(|entry| entry.is("State", "deleted")) {
                missing.push(id);
            }
            continue;
        }
        let scope = Scope {
            account: connection.text("ownerId").unwrap_or_default(),
            region: region.clone(),
        };
        let ledger = &graph.snapshot().ledger;
        let listing = ledger.call(&scope, "ec2", "DescribeVpcEndpoints");
        if listing.is_some_and(|call| call.outcome == CallOutcome::Complete) {
            missing.push(id);
        } else {
            open = true;
        }
    }
    if open {
        let _still_a_list = frame.missed(Need::Listing(Kind::VpcEndpoint, link));
    }
    missing.sort();
    missing.dedup();
    frame.saw(Read::seen(
        link,
        "connections",
        "connections",
        missing.join(", "),
    ));
    Value::list(missing.into_iter().map(Value::text).collect(), open)
}

/// Whether it is the id of an endpoint; samples of the vendor have others.
fn is_endpoint(id: &str) -> bool {
    let digits = id.strip_prefix("vpce-");
    digits.is_some_and(|digits| {
        digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// The last part of an ARN: ids are spelled with and without what is before.
fn tail(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// The ids of the resource configurations that an endpoint leads to.
fn targets(graph: &Graph, endpoint: Node) -> Vec<String> {
    let Some(entry) = graph.entry(endpoint) else {
        return Vec::new();
    };
    let mut arns: Vec<String> = entry.text("ResourceConfigurationArn").into_iter().collect();
    let id = entry.text("VpcEndpointId").unwrap_or_default();
    for association in of(graph, Kind::VpcEndpointAssociation, "VpcEndpointId", &id) {
        if let Some(entry) = graph.entry(association) {
            arns.extend(entry.text("AssociatedResourceArn"));
            arns.extend(entry.text("ResourceConfigurationGroupArn"));
        }
    }
    if let Some(network) = entry.text("ServiceNetworkArn") {
        let kind = Kind::ServiceNetworkResourceAssociation;
        for association in of(graph, kind, "serviceNetworkArn", &network) {
            arns.extend(graph.field_text(association, "resourceConfigurationArn"));
        }
    }
    let mut ids: Vec<String> = arns.iter().map(|arn| tail(arn).to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Resources of a kind with a field that names a thing, by id or ARN.
fn of<'g>(
    graph: &'g Graph,
    kind: Kind,
    field: &'static str,
    id: &str,
) -> impl Iterator<Item = Node> + use<'g> {
    let id = tail(id).to_owned();
    graph.nodes(kind).filter(move |node| {
        let text = graph.field_text(*node, field);
        !id.is_empty() && text.is_some_and(|text| tail(&text) == id)
    })
}

/// Whether a PrivateLink is what stands behind an endpoint.
fn leads_to(graph: &Graph, targets: &[String], endpoint: Node, link: Node) -> bool {
    let Some(entry) = graph.entry(link) else {
        return false;
    };
    if entry.presence("status") != Presence::Present {
        // There is none, says the answer.
        return false;
    }
    let own = ["resourceConfigurationArn", "resourceConfigurationId"];
    let same = own
        .iter()
        .filter_map(|field| entry.text(field))
        .any(|arn| targets.iter().any(|target| target == tail(&arn)));
    let id = graph.id(endpoint);
    let mut connections = entry.entries("connections");
    same || connections.any(|connection| connection.is("connectionId", &id))
}

fn links(graph: &Graph, endpoint: Node) -> Vec<Node> {
    if graph.nodes(Kind::RedisCloudPrivateLink).len() == 0 {
        return Vec::new();
    }
    let targets = targets(graph, endpoint);
    graph
        .nodes(Kind::RedisCloudPrivateLink)
        .filter(|link| leads_to(graph, &targets, endpoint, *link))
        .collect()
}

/// Ports and ranges of ports, in ascending order.
fn ports(graph: &Graph, endpoint: Node) -> Vec<String> {
    let mut single = Vec::new();
    for link in links(graph, endpoint) {
        let entry = graph.entry(link);
        let databases = entry.iter().flat_map(|entry| entry.entries("databases"));
        single.extend(databases.filter_map(|database| database.int("port")));
    }
    single.extend(discovered(graph, endpoint));
    let singles = single.into_iter().map(|port| (port, port));
    let mut ranges: Vec<(i64, i64)> = singles.chain(meant(graph, endpoint)).collect();
    // Port 0 is what a database has that is not ready.
    ranges.retain(|(first, last)| *first >= 1 && first <= last && *last <= 65_535);
    ranges.sort_unstable();
    ranges.dedup();
    let ranges = ranges.into_iter();
    ranges
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            }
        })
        .collect()
}

/// Ports that people give for the connections of an endpoint to Redis Cloud.
fn meant(graph: &Graph, endpoint: Node) -> Vec<(i64, i64)> {
    let id = graph.id(endpoint);
    let connections = graph
        .nodes(Kind::Connection)
        .filter_map(|node| graph.entry(node));
    connections
        .filter(|entry| entry.is("Provider", "redis-cloud"))
        .filter(|entry| entry.texts("VpcEndpointIds").contains(&id))
        .flat_map(|entry| entry.texts("Ports"))
        .filter_map(|ports| {
            let (first, last) = ports.split_once('-').unwrap_or((&ports, &ports));
            Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
        })
        .collect()
}

/// Ports that the discovery script found under the names of an endpoint.
fn discovered(graph: &Graph, endpoint: Node) -> Vec<i64> {
    if graph.nodes(Kind::RedisCloudEndpoint).len() == 0 {
        return Vec::new();
    }
    let plain = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let id = graph.id(endpoint);
    let mut names: Vec<String> = Vec::new();
    for association in of(graph, Kind::VpcEndpointAssociation, "VpcEndpointId", &id) {
        for field in ["DnsEntry.DnsName", "PrivateDnsEntry.DnsName"] {
            let name = graph.field_text(association, field);
            names.extend(name.map(|name| plain(&name)));
        }
    }
    let mut ports = Vec::new();
    for found in graph.nodes(Kind::RedisCloudEndpoint) {
        let Some(entry) = graph
            .entry(found)
            .filter(|entry| entry.is("type", "database"))
        else {
            continue;
        };
        let own = ["private_dns_entry", "dns_entry"];
        let mut own = own.iter().filter_map(|field| entry.text(field));
        if own.any(|name| names.contains(&plain(&name))) {
            ports.extend(entry.int("port"));
        }
    }
    ports
}
