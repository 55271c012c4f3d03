//! Records and the endpoints that they point to.
//!
//! Compares names as DNS does; resolving a name step by step is another
//! question and not answered here.

use super::{Accepts, Call, Function, Gives};
use crate::graph::admission::Need;
use crate::graph::{Listing, Node, normal_dns_name, record_target, vpc_endpoint_id_in};
use crate::rules::expression::trace::{Frame, Read};
use crate::rules::expression::value::Value;
use crate::snapshot::column::Presence;
use crate::snapshot::layout::Level;
use crate::snapshot::record::Kind;

/// Where the target of a record stands.
const TARGET: &[(Kind, &str)] = &[
    (Kind::VpcEndpoint, "State"),
    (Kind::ResourceRecordSet, "AliasTarget.DNSName"),
    (Kind::ResourceRecordSet, "Type"),
    (Kind::ResourceRecordSet, "ResourceRecords[].Value"),
];

/// The targets of records, and the names that they may lead to.
const DNS_RECORDS: &[(Kind, &str)] = &[
    (Kind::ResourceRecordSet, "AliasTarget.DNSName"),
    (Kind::ResourceRecordSet, "Type"),
    (Kind::ResourceRecordSet, "ResourceRecords[].Value"),
    (Kind::VpcEndpoint, "DnsEntries[].DnsName"),
];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "target",
        receiver: Some(Accepts::Resource(Kind::ResourceRecordSet)),
        args: &[],
        gives: Gives::Text,
        doc: "The name that an alias or CNAME record leads to, in lower case without the trailing dot; empty for other records.",
        example: "resource_record_set.target().startsWith(\"vpce-\")",
        reads: TARGET,
        follows: &[],
        whole: &[],
        call: |call, frame| {
            record(call).map_or(Value::Unknown, |record| {
                show_target(call, frame, record);
                Value::text(record_target(call.graph, record))
            })
        },
    },
    Function {
        name: "target_endpoint",
        receiver: Some(Accepts::Resource(Kind::ResourceRecordSet)),
        args: &[],
        gives: Gives::Resource(Kind::VpcEndpoint),
        doc: "The endpoint whose id is in the target's name; unknown if there is none there, or it is not in the snapshot and may be another account's.",
        example: "resource_record_set.target_endpoint().found()",
        reads: TARGET,
        follows: &[],
        whole: &[],
        call: target_endpoint,
    },
    Function {
        name: "target_endpoint_missing",
        receiver: Some(Accepts::Resource(Kind::ResourceRecordSet)),
        args: &[],
        gives: Gives::Bool,
        doc: "Whether the target names an endpoint that is in none of the accounts and regions that were read; unknown where the endpoints of some were not listed completely.",
        example: "resource_record_set.target_endpoint_missing()",
        reads: TARGET,
        follows: &[],
        whole: &[],
        call: target_endpoint_missing,
    },
    Function {
        name: "dns_records",
        receiver: Some(Accepts::Resource(Kind::VpcEndpoint)),
        args: &[],
        gives: Gives::Resources(Kind::ResourceRecordSet),
        doc: "The alias and CNAME records that lead to one of the endpoint's names; there may be more where record sets were not listed.",
        example: "endpoint.dns_records().size() > 0",
        reads: DNS_RECORDS,
        follows: &[],
        whole: &[],
        call: dns_records,
    },
];

pub(super) fn record(call: &Call<'_, '_>) -> Option<Node> {
    match call.args.first() {
        Some(Value::Node(node)) => Some(*node),
        _ => None,
    }
}

/// Where the target of a record stands, as evidence.
fn show_target<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>, record: Node) {
    if frame.tracing() {
        let alias = call
            .graph
            .field_text(record, "AliasTarget.DNSName")
            .is_some_and(|name| !name.is_empty());
        let path = if alias {
            "AliasTarget/DNSName"
        } else {
            "ResourceRecords/0/Value"
        };
        frame.saw(Read::seen(
            record,
            path,
            path.replace('/', "."),
            record_target(call.graph, record),
        ));
    }
}

fn target_endpoint<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(record) = record(call) else {
        return Value::Unknown;
    };
    let target = record_target(call.graph, record);
    match vpc_endpoint_id_in(&target)
        .and_then(|id| call.graph.find(Kind::VpcEndpoint, id, Some(record)))
    {
        Some(endpoint) => Value::Node(endpoint),
        None => frame.missed(Need::Sense(format!(
            "the endpoint that `{target}` leads to"
        ))),
    }
}

fn target_endpoint_missing<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(record) = record(call) else {
        return Value::Unknown;
    };
    let target = record_target(call.graph, record);
    let Some(id) = vpc_endpoint_id_in(&target) else {
        return Value::Bool(false);
    };
    if let Some(endpoint) = call.graph.find(Kind::VpcEndpoint, id, Some(record)) {
        // Deleted endpoints are listed for a while.
        let state = call.graph.field_text(endpoint, "State").unwrap_or_default();
        let gone = state.eq_ignore_ascii_case("deleted");
        if gone && frame.tracing() {
            frame.saw(Read::seen(endpoint, "State", "State", state));
        }
        return Value::Bool(gone);
    }
    // The name carries its region; an endpoint of another account could stand
    // behind it, so every account and region that was read must have been
    // listed, and at least one.
    let region = region_in(&target);
    let listed = call.graph.listings(Kind::VpcEndpoint, region.as_deref());
    if listed.is_empty() || listed.iter().any(|listing| *listing != Listing::Complete) {
        return frame.missed(Need::Listing(Kind::VpcEndpoint, record));
    }
    show_target(call, frame, record);
    if frame.tracing() {
        let actual = format!("in none of {} complete listings of endpoints", listed.len());
        frame.saw(Read::seen(record, "", id, actual));
    }
    Value::Bool(true)
}

/// The region in an endpoint's name: `….us-west-2.vpce.amazonaws.com`.
fn region_in(name: &str) -> Option<String> {
    let labels: Vec<&str> = name.split('.').collect();
    let at = labels
        .iter()
        .position(|label| *label == "vpce" || *label == "on")?;
    labels
        .get(at.checked_sub(1)?)
        .map(|region| (*region).to_owned())
}

fn dns_records<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(endpoint) = record(call) else {
        return Value::Unknown;
    };
    let graph = call.graph;
    let level = Level::of(Kind::VpcEndpoint);
    if level
        .column("DnsEntries")
        .is_none_or(|column| graph.presence(endpoint, column) != Presence::Present)
    {
        return frame.missed(Need::Field(endpoint, "DnsEntries"));
    }
    let mut names: Vec<String> = graph
        .entry_texts(endpoint, "DnsEntries", "DnsName")
        .iter()
        .map(|name| normal_dns_name(name))
        .collect();
    // A zonal name or a name below it leads to the endpoint as well.
    names.push(graph.id(endpoint));
    let found: Vec<Value<'g>> = graph
        .records_to(&names)
        .into_iter()
        .map(Value::Node)
        .collect();
    // Zones of every account could hold such a record; at least those of the
    // endpoint's own account must have been listed, zone by zone.
    let zones_seen = graph.listing(Kind::ResourceRecordSet, endpoint) == Listing::Complete;
    if !zones_seen {
        frame.missed(Need::Listing(Kind::ResourceRecordSet, endpoint));
    }
    Value::list(found, !zones_seen)
}
