//! The zones that AWS keeps unseen for the private DNS of endpoints.
//!
//! Which names an endpoint or a service network association has inside its VPC,
//! which it was refused, and what is not known of them
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html#resource-endpoint-dns>).
//! Uses the index and adds to a view; nothing is asked.

use std::collections::BTreeMap;

use super::index::{Force, Index, at, force, is_endpoint_name};
use super::name::Name;
use super::view::{Candidate, Over, Under, View, What, both, of};
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::At;
use crate::graph::{Entry, Graph, Listing, Node};
use crate::snapshot::record::Kind;

/// The zone of one endpoint for one domain.
#[derive(Debug)]
pub(super) struct Hidden {
    pub(super) zone: Name,
    /// The endpoint, or the association of a service network.
    pub(super) node: Node,
    /// Whether only questions from an inbound resolver endpoint see it.
    pub(super) inbound_only: bool,
    /// Names, wildcards among them, and where they stand.
    pub(super) names: BTreeMap<Name, Vec<At>>,
}

/// A private name that an endpoint does not have.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) name: Name,
    pub(super) node: Node,
    pub(super) code: Code,
    pub(super) evidence: Vec<At>,
}

/// A private name, and the zone that it is in.
pub(super) struct Private {
    pub(super) name: Name,
    pub(super) zone: Name,
    pub(super) allowed: Allowed,
    pub(super) evidence: Vec<At>,
}

/// Whether a private name is made.
pub(super) enum Allowed {
    Yes,
    Maybe(Vec<Need>),
    No(Code),
}

/// All names of one endpoint.
#[derive(Default)]
pub(super) struct Names {
    pub(super) names: Vec<Private>,
    /// What may bring more.
    pub(super) doubts: Vec<(Under, Need)>,
}

/// The endpoints and service networks of a VPC.
pub(super) fn add(graph: &Graph, index: &Index, vpc: Node, view: &mut View) {
    for &node in of(&index.endpoints_of, vpc) {
        endpoint(graph, index, node, None, view);
    }
    if graph.listing(Kind::VpcEndpoint, vpc) != Listing::Complete {
        let need = Need::Listing(Kind::VpcEndpoint, vpc);
        view.doubt(Over::Zones, Under::Anything, need);
    }
    for &node in of(&index.networks_of, vpc) {
        network(graph, index, node, view);
    }
    if graph.listing(Kind::ServiceNetworkVpcAssociation, vpc) != Listing::Complete {
        let need = Need::Listing(Kind::ServiceNetworkVpcAssociation, vpc);
        view.doubt(Over::Zones, Under::Anything, need);
    }
}

/// The zones of an endpoint, for its own VPC or for those of a profile.
pub(super) fn endpoint(
    graph: &Graph,
    index: &Index,
    node: Node,
    profile: Option<(Node, Force)>,
    view: &mut View,
) {
    let Some(entry) = graph.entry(node) else {
        return;
    };
    if !has_private_dns(&entry) {
        return;
    }
    let mut in_force = state(&entry);
    if let Some((_, outer)) = &profile {
        in_force = both(in_force, outer.clone());
    }
    if in_force == Force::No {
        return;
    }
    let names = names(graph, index, &entry);
    match entry.bool("PrivateDnsEnabled") {
        Some(true) => {}
        Some(false) => {
            // Names that could be on, for whoever wonders why they are not.
            for private in names.names {
                view.refused.push(Refused {
                    name: private.name,
                    node,
                    code: Code::DnsPrivateDnsOff,
                    evidence: vec![at(node, "PrivateDnsEnabled", "false")],
                });
            }
            return;
        }
        None => {
            in_force = both(
                in_force,
                Force::Maybe(vec![Need::Field(node, "PrivateDnsEnabled")]),
            );
        }
    }
    let inbound_only = entry
        .bool("DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint")
        .unwrap_or(false);
    put(
        view,
        node,
        &in_force,
        profile.map(|(node, _)| node),
        inbound_only,
        names,
    );
}

/// The zones of a service network association.
fn network(graph: &Graph, index: &Index, node: Node, view: &mut View) {
    let Some(entry) = graph.entry(node) else {
        return;
    };
    let mut in_force = force(
        &entry,
        "status",
        &["ACTIVE", "UPDATE_IN_PROGRESS", "UPDATE_FAILED"],
        &["CREATE_FAILED"],
    );
    match entry.bool("privateDnsEnabled") {
        Some(true) => {}
        Some(false) => return,
        None => {
            let need = Need::Field(node, "privateDnsEnabled");
            in_force = both(in_force, Force::Maybe(vec![need]));
        }
    }
    let names = super::endpoint::network_names(graph, index, &entry);
    if in_force != Force::No {
        put(view, node, &in_force, None, false, names);
    }
}

/// Whether endpoints of this type can have private DNS.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html>
pub(super) fn has_private_dns(entry: &Entry<'_>) -> bool {
    ["Interface", "Resource", "ServiceNetwork"]
        .iter()
        .any(|kind| entry.is("VpcEndpointType", kind))
}

/// Whether an endpoint's names are there in its state.
pub(super) fn state(entry: &Entry<'_>) -> Force {
    const GONE: &[&str] = &[
        "pendingAcceptance",
        "deleted",
        "rejected",
        "failed",
        "expired",
    ];
    force(entry, "State", &["available"], GONE)
}

fn names(graph: &Graph, index: &Index, entry: &Entry<'_>) -> Names {
    if entry.is("VpcEndpointType", "Interface") {
        service_names(graph, index, entry)
    } else {
        super::endpoint::resource_names(graph, index, entry)
    }
}

/// Puts names into zones, one for each endpoint and domain.
fn put(
    view: &mut View,
    node: Node,
    in_force: &Force,
    profile: Option<Node>,
    inbound_only: bool,
    names: Names,
) {
    for (under, need) in names.doubts {
        view.doubt(Over::Zones, under, need);
    }
    let mut zones: BTreeMap<Name, BTreeMap<Name, Vec<At>>> = BTreeMap::new();
    let mut uncertain: BTreeMap<Name, Vec<Need>> = BTreeMap::new();
    for private in names.names {
        match private.allowed {
            Allowed::No(code) => {
                view.refused.push(Refused {
                    name: private.name,
                    node,
                    code,
                    evidence: private.evidence,
                });
                continue;
            }
            Allowed::Maybe(needs) => {
                uncertain
                    .entry(private.zone.clone())
                    .or_default()
                    .extend(needs);
            }
            Allowed::Yes => {}
        }
        let zone = zones.entry(private.zone).or_default();
        zone.entry(private.name)
            .or_default()
            .extend(private.evidence);
    }
    for (zone, names) in zones {
        let allowed = uncertain.remove(&zone).map_or(Force::Yes, Force::Maybe);
        let evidence = names.values().flatten().take(1).cloned().collect();
        view.candidates.push(Candidate {
            domain: zone.clone(),
            what: What::Hidden(view.hidden.len()),
            profile,
            force: both(in_force.clone(), allowed),
            evidence,
        });
        view.hidden.push(Hidden {
            zone,
            node,
            inbound_only,
            names,
        });
    }
}

/// Names of an interface endpoint: those of its service.
pub(super) fn service_names(graph: &Graph, index: &Index, entry: &Entry<'_>) -> Names {
    let mut found = Names::default();
    let name = entry.text("ServiceName").unwrap_or_default();
    let mut seen = false;
    for &service in index.services.get(&name).map_or(&[][..], Vec::as_slice) {
        let Some(service) = graph.entry(service) else {
            continue;
        };
        let takes = service.entries("ServiceType");
        if takes.len() > 0
            && !takes
                .into_iter()
                .any(|kind| kind.is("ServiceType", "Interface"))
        {
            continue;
        }
        seen = true;
        offered(&service, &mut found);
    }
    // While private DNS is on, the endpoint's own entries hold its names too.
    for place in entry.entries("DnsEntries") {
        let name = Name::read(place.text("DnsName"));
        if let Some(name) = name.filter(|name| !is_endpoint_name(name)) {
            let path = format!("DnsEntries/{}/DnsName", place.position);
            let here = at(entry.node, path, name.to_string());
            add_name(&mut found, name, Allowed::Yes, here);
        }
    }
    if found.names.is_empty() && !seen {
        let of_aws = name.starts_with("com.amazonaws.") && !name.starts_with("com.amazonaws.vpce.");
        let under = if of_aws { Under::Aws } else { Under::Anything };
        let need = Need::Listing(Kind::VpcEndpointService, entry.node);
        found.doubts.push((under, need));
    }
    found
}

/// The names that a service has for its endpoints.
fn offered(service: &Entry<'_>, found: &mut Names) {
    let verified = service
        .text("PrivateDnsNameVerificationState")
        .is_none_or(|state| state.eq_ignore_ascii_case("verified"));
    let allowed = || {
        if verified {
            Allowed::Yes
        } else {
            Allowed::No(Code::DnsDomainNotVerified)
        }
    };
    let mut seen = Vec::new();
    for place in service.entries("PrivateDnsNames") {
        if let Some(name) = Name::read(place.text("PrivateDnsName")) {
            let path = format!("PrivateDnsNames/{}/PrivateDnsName", place.position);
            seen.push((name.clone(), at(service.node, path, name.to_string())));
        }
    }
    if let Some(name) = Name::read(service.text("PrivateDnsName")) {
        let here = at(service.node, "PrivateDnsName", name.to_string());
        if !seen.iter().any(|(other, _)| *other == name) {
            seen.push((name, here));
        }
    }
    for (name, here) in seen {
        add_name(found, name, allowed(), here);
    }
}

/// A name of a service is the top of its own zone; a wildcard stands in the
/// zone right above it.
fn add_name(found: &mut Names, name: Name, allowed: Allowed, here: At) {
    found.names.push(Private {
        zone: name.under_wildcard().unwrap_or_else(|| name.clone()),
        name,
        allowed,
        evidence: vec![here],
    });
}
