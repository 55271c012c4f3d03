//! Questions that rules ask about names, answered from resolutions.
//!
//! Each says what it needs when the snapshot does not decide. Uses the index
//! and resolutions; whether an answer is bad is for rules to say.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Failure, RecordType, Verdict};
use super::hidden::{self, Allowed, Names};
use super::index::{Force, Index, is_endpoint_name, zone_id};
use super::name::Name;
use super::view::{What, of};
use super::{endpoint, resolve};
use crate::graph::admission::{Answer, Need};
use crate::graph::{Entry, Graph, Listing, Node};
use crate::snapshot::record::Kind;

/// A list that may have more than is seen, and what would show it.
pub type Open = (Vec<String>, Vec<Need>);

fn all_names(graph: &Graph, index: &Index, entry: &Entry<'_>) -> Names {
    if !hidden::has_private_dns(entry) {
        Names::default()
    } else if entry.is("VpcEndpointType", "Interface") {
        hidden::service_names(graph, index, entry)
    } else {
        endpoint::resource_names(graph, index, entry)
    }
}

fn sorted(names: BTreeSet<Name>) -> Vec<String> {
    names.into_iter().map(|name| name.to_string()).collect()
}

/// The names that private DNS gives an endpoint in its VPC; none where it is
/// off.
pub fn private_names(graph: &Graph, node: Node) -> Open {
    let Some(entry) = graph.entry(node) else {
        return (Vec::new(), vec![Need::Resource(node)]);
    };
    if !hidden::has_private_dns(&entry) || hidden::state(&entry) == Force::No {
        return (Vec::new(), Vec::new());
    }
    let mut needs = Vec::new();
    if let Force::Maybe(more) = hidden::state(&entry) {
        needs.extend(more);
    }
    match entry.bool("PrivateDnsEnabled") {
        Some(true) => {}
        Some(false) => return (Vec::new(), Vec::new()),
        None => needs.push(Need::Field(node, "PrivateDnsEnabled")),
    }
    let names = all_names(graph, graph.names(), &entry);
    let mut found = BTreeSet::new();
    for private in names.names {
        match private.allowed {
            Allowed::Yes if needs.is_empty() => {
                found.insert(private.name);
            }
            Allowed::Yes | Allowed::No(_) => {}
            Allowed::Maybe(more) => needs.extend(more),
        }
    }
    needs.extend(names.doubts.into_iter().map(|(_, need)| need));
    needs.sort();
    needs.dedup();
    (sorted(found), needs)
}

/// All names that are meant to lead to an endpoint: its own, and those of its
/// service or resources, whether or not private DNS is on.
pub fn endpoint_names(graph: &Graph, node: Node) -> Open {
    let Some(entry) = graph.entry(node) else {
        return (Vec::new(), vec![Need::Resource(node)]);
    };
    let index = graph.names();
    let names = all_names(graph, index, &entry);
    let mut needs: Vec<Need> = names.doubts.into_iter().map(|(_, need)| need).collect();
    let mut found: BTreeSet<Name> = names.names.into_iter().map(|one| one.name).collect();
    let own = entry
        .entries("DnsEntries")
        .map(|place| place.text("DnsName"));
    let behind = of(&index.behind, node)
        .iter()
        .filter_map(|one| graph.entry(*one));
    let behind = behind.map(|one| one.text("DnsEntry.DnsName"));
    found.extend(
        own.chain(behind)
            .filter_map(Name::read)
            .filter(is_endpoint_name),
    );
    needs.sort();
    needs.dedup();
    (sorted(found), needs)
}

/// Whether a name, asked inside the endpoint's own VPC, leads to the endpoint
/// and nowhere else.
pub fn leads_to(graph: &Graph, node: Node, name: &Name) -> Answer<bool> {
    let vpc = graph
        .entry(node)
        .and_then(|entry| entry.target("VpcId").node());
    let Some(vpc) = vpc else {
        return Answer::Unknown(vec![Need::Field(node, "VpcId")]);
    };
    let kind = graph.entry(node).map_or(RecordType::A, |entry| {
        if entry.is("IpAddressType", "ipv6") {
            RecordType::Aaaa
        } else {
            RecordType::A
        }
    });
    let found = resolve(graph, vpc, name, kind);
    match found.verdict {
        Verdict::Answered => {
            let own = |from: Option<Node>, ip| {
                from == Some(node)
                    || from.is_none_or(|from| from.kind == Kind::ResourceRecordSet)
                        && has(graph, node, ip)
            };
            Answer::Known(found.addresses.iter().all(|one| own(one.from, one.ip)))
        }
        // The addresses may be missing, and the end known all the same.
        Verdict::Unknown | Verdict::NoAnswer(Failure::NoData)
            if found.ends == BTreeSet::from([node]) =>
        {
            Answer::Known(true)
        }
        Verdict::Public | Verdict::NoAnswer(_) => Answer::Known(false),
        Verdict::Unknown => Answer::Unknown(found.needs().into_iter().collect()),
    }
}

/// Whether an endpoint has an address.
fn has(graph: &Graph, node: Node, ip: std::net::IpAddr) -> bool {
    [RecordType::A, RecordType::Aaaa].into_iter().any(|kind| {
        graph.entry(node).is_some_and(|entry| {
            let found = endpoint::addresses(graph, &entry, kind, None);
            found.addresses.iter().any(|one| one.ip == ip)
        })
    })
}

/// Whether the resolver of a VPC asks a private zone.
pub fn sees_zone(graph: &Graph, vpc: Node, zone: Node) -> Answer<bool> {
    let Some(view) = graph.names().view(graph, vpc) else {
        return Answer::Unknown(vec![Need::Resource(vpc)]);
    };
    let wanted = What::Zone(zone_id(&graph.id(zone)));
    let mut needs = Vec::new();
    for one in view.candidates.iter().filter(|one| one.what == wanted) {
        match &one.force {
            Force::Yes => return Answer::Known(true),
            Force::Maybe(more) => needs.extend(more.iter().cloned()),
            Force::No => {}
        }
    }
    needs.extend(view.doubts.iter().filter_map(|doubt| match &doubt.need {
        need @ Need::Listing(
            Kind::HostedZoneSummary | Kind::ProfileAssociation | Kind::ProfileResourceAssociation,
            _,
        ) => Some(need.clone()),
        _ => None,
    }));
    // The zone's owner sees all of its VPCs; only profiles are not among them.
    if graph
        .entry(zone)
        .is_some_and(|one| super::index::is_there(&one, "VPCs"))
    {
        needs.retain(|need| !matches!(need, Need::Listing(Kind::HostedZoneSummary, _)));
    }
    if needs.is_empty() {
        Answer::Known(false)
    } else {
        Answer::Unknown(needs)
    }
}

/// Private zones of the same name that answer differently.
pub fn duplicates(graph: &Graph, node: Node) -> (Vec<Node>, Vec<Need>) {
    let index = graph.names();
    let own = zone_id(&graph.id(node));
    let Some(zone) = index.zones.get(&own) else {
        return (Vec::new(), vec![Need::Field(node, "Name")]);
    };
    let mut found = Vec::new();
    let mut needs = Vec::new();
    if graph.listing(Kind::HostedZone, node) != Listing::Complete {
        needs.push(Need::Listing(Kind::HostedZone, node));
    }
    for other in index.zones.values() {
        let twin = other.name == zone.name && other.id != own && other.private == Some(true);
        if !twin {
            continue;
        }
        let unseen = [zone, other]
            .into_iter()
            .find(|one| !graph.asked_about(Kind::ResourceRecordSet, &one.id));
        match unseen {
            Some(unseen) => needs.push(Need::Listing(Kind::ResourceRecordSet, unseen.node)),
            // What only VPCs of other accounts see is no resource of its own.
            None if other.node.kind != Kind::HostedZone => needs.push(Need::Resource(other.node)),
            None if content(graph, index, &own) != content(graph, index, &other.id) => {
                found.push(other.node);
            }
            None => {}
        }
    }
    needs.sort();
    needs.dedup();
    (found, needs)
}

/// What a zone answers, but for what every zone has of its own.
fn content(
    graph: &Graph,
    index: &Index,
    id: &str,
) -> BTreeMap<(Name, String, String), BTreeSet<String>> {
    let mut content = BTreeMap::new();
    let Some(records) = index.records.get(id) else {
        return content;
    };
    for (name, rows) in &records.by_name {
        for row in rows {
            let Some(set) = graph.entry(Node::new(Kind::ResourceRecordSet, *row)) else {
                continue;
            };
            if set.is("Type", "NS") || set.is("Type", "SOA") {
                continue;
            }
            let mut values: BTreeSet<String> = set
                .entries("ResourceRecords")
                .filter_map(|value| value.text("Value"))
                .collect();
            values.extend(
                set.text("AliasTarget.DNSName")
                    .map(|name| crate::graph::normal_dns_name(&name)),
            );
            let kind = set.text("Type").unwrap_or_default();
            let which = set.text("SetIdentifier").unwrap_or_default();
            content.insert((name.clone(), kind, which), values);
        }
    }
    content
}
