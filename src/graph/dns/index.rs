//! Who answers for which names: zones, records, rules and endpoints by what a
//! question looks them up by.
//!
//! Built once, when the first name is asked for. Uses entries of the graph; it
//! finds things and decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::OnceLock;

use super::name::Name;
use super::view::View;
use crate::graph::admission::Need;
use crate::graph::reach::flow::At;
use crate::graph::{Entry, Graph, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// A hosted zone.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    /// Its id without a path.
    pub(super) id: String,
    pub(super) name: Name,
    /// The zone, or what a VPC sees of it.
    pub(super) node: Node,
    /// Whether it is private; unknown if only the fields say nothing.
    pub(super) private: Option<bool>,
}

/// The records of one zone.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// Rows of record sets by name.
    pub(super) by_name: BTreeMap<Name, Vec<u32>>,
    /// The names, read from their ends.
    reversed: BTreeSet<String>,
}

impl Records {
    /// Whether a name, or one below it, has records: then it exists.
    pub(super) fn exists(&self, name: &Name) -> bool {
        let wanted = name.reversed();
        let next = self.reversed.range(wanted.clone()..).next();
        next.is_some_and(|found| found.starts_with(&wanted))
    }
}

/// Whether something is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Force {
    Yes,
    /// It may be; what would settle it.
    Maybe(Vec<Need>),
    No,
}

/// The index.
#[derive(Debug)]
pub(in crate::graph) struct Index {
    /// Zones by id.
    pub(super) zones: BTreeMap<String, Zone>,
    /// Records by zone id.
    pub(super) records: BTreeMap<String, Records>,
    /// Zones of each VPC by row: zone id, and where the association stands.
    pub(super) zones_of: BTreeMap<u32, BTreeMap<String, At>>,
    /// Associations of resolver rules, by VPC.
    pub(super) rules_of: BTreeMap<u32, Vec<Node>>,
    /// Associations of profiles, by VPC.
    pub(super) profiles_of: BTreeMap<u32, Vec<Node>>,
    /// What is in a profile, by its id.
    pub(super) in_profile: BTreeMap<String, Vec<Node>>,
    /// Associations of DNS Firewall, by VPC.
    pub(super) firewalls_of: BTreeMap<u32, Vec<Node>>,
    /// Endpoints by VPC.
    pub(super) endpoints_of: BTreeMap<u32, Vec<Node>>,
    /// Associations of service networks, by VPC.
    pub(super) networks_of: BTreeMap<u32, Vec<Node>>,
    /// What is behind an endpoint, by its row.
    pub(super) behind: BTreeMap<u32, Vec<Node>>,
    /// Shares of resources in service networks, by the resource's ARN.
    pub(super) shares: BTreeMap<String, Vec<Node>>,
    /// Endpoint services by name.
    pub(super) services: BTreeMap<String, Vec<Node>>,
    /// Addresses of inbound resolver endpoints.
    pub(super) inbound: BTreeMap<IpAddr, BTreeSet<Node>>,
    /// Names of endpoints that everybody can resolve, and where they stand.
    pub(super) public: BTreeMap<Name, Vec<At>>,
    /// Names of services for their endpoints, wildcards among them, which
    /// without an endpoint are public.
    pub(super) service_names: BTreeMap<Name, Vec<At>>,
    /// Load balancers by name.
    pub(super) balancers: BTreeMap<Name, Node>,
    /// What the resolver of each VPC knows, made when somebody asks.
    views: Vec<OnceLock<View>>,
}

/// The id of a zone without the path before it.
pub(super) fn zone_id(text: &str) -> String {
    text.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A place in a resource.
pub(super) fn at(node: Node, path: impl Into<String>, shown: impl Into<String>) -> At {
    At {
        node,
        path: path.into(),
        shown: shown.into(),
    }
}

/// Whether a state means that something works: `yes` and `no` decide, any other
/// state is on its way from one to the other.
pub(super) fn force(entry: &Entry<'_>, field: &'static str, yes: &[&str], no: &[&str]) -> Force {
    match entry.text(field) {
        Some(state) if yes.iter().any(|one| state.eq_ignore_ascii_case(one)) => Force::Yes,
        Some(state) if no.iter().any(|one| state.eq_ignore_ascii_case(one)) => Force::No,
        Some(state) => Force::Maybe(vec![Need::Sense(format!(
            "whether {} {} is in force while its {field} is {state}",
            entry.node.kind.spec().name,
            state_of(entry)
        ))]),
        None => Force::Maybe(vec![Need::Field(entry.node, field)]),
    }
}

fn state_of(entry: &Entry<'_>) -> String {
    entry.text(entry.node.kind.spec().id).unwrap_or_default()
}

impl Index {
    pub(in crate::graph) fn build(graph: &Graph) -> Self {
        let mut index = Self {
            zones: BTreeMap::new(),
            records: BTreeMap::new(),
            zones_of: BTreeMap::new(),
            rules_of: by_target(graph, Kind::ResolverRuleAssociation, "VPCId"),
            profiles_of: by_target(graph, Kind::ProfileAssociation, "ResourceId"),
            in_profile: by_text(graph, Kind::ProfileResourceAssociation, "ProfileId"),
            firewalls_of: by_target(graph, Kind::FirewallRuleGroupAssociation, "VpcId"),
            endpoints_of: by_target(graph, Kind::VpcEndpoint, "VpcId"),
            networks_of: by_target(graph, Kind::ServiceNetworkVpcAssociation, "vpcId"),
            behind: by_target(graph, Kind::VpcEndpointAssociation, "VpcEndpointId"),
            shares: by_text(
                graph,
                Kind::ServiceNetworkResourceAssociation,
                "resourceConfigurationArn",
            ),
            services: by_text(graph, Kind::VpcEndpointService, "ServiceName"),
            inbound: BTreeMap::new(),
            public: BTreeMap::new(),
            service_names: BTreeMap::new(),
            balancers: BTreeMap::new(),
            views: graph.nodes(Kind::Vpc).map(|_| OnceLock::new()).collect(),
        };
        index.zones(graph);
        index.records(graph);
        index.inbound(graph);
        index.names(graph);
        index
    }

    /// What the resolver of a VPC knows.
    pub(super) fn view<'i>(&'i self, graph: &Graph, vpc: Node) -> Option<&'i View> {
        let row = usize::try_from(vpc.row()?).ok()?;
        let view = self.views.get(row)?;
        Some(view.get_or_init(|| View::build(graph, self, vpc)))
    }

    fn zones(&mut self, graph: &Graph) {
        for node in graph.nodes(Kind::HostedZone) {
            let Some(zone) = graph.entry(node) else {
                continue;
            };
            let id = zone_id(&graph.id(node));
            for place in zone.entries("VPCs") {
                if let Some(vpc) = place.target("VPCId").row() {
                    let path = format!("VPCs/{}/VPCId", place.position);
                    let shown = shown_vpc(&place);
                    let known = self.zones_of.entry(vpc).or_default();
                    known.insert(id.clone(), at(node, path, shown));
                }
            }
            if let Some(name) = Name::read(zone.text("Name")) {
                let private = zone
                    .bool("Config.PrivateZone")
                    .or_else(|| (zone.entries("VPCs").len() > 0).then_some(true));
                self.zones.insert(
                    id.clone(),
                    Zone {
                        id,
                        name,
                        node,
                        private,
                    },
                );
            }
        }
        for node in graph.nodes(Kind::HostedZoneSummary) {
            let Some(summary) = graph.entry(node) else {
                continue;
            };
            let id = zone_id(&summary.text("HostedZoneId").unwrap_or_default());
            if let Some(vpc) = summary.target("VPCId").row() {
                let known = self.zones_of.entry(vpc).or_default();
                known
                    .entry(id.clone())
                    .or_insert(at(node, "HostedZoneId", id.clone()));
            }
            if let Some(name) = Name::read(summary.text("Name")) {
                self.zones.entry(id.clone()).or_insert(Zone {
                    id,
                    name,
                    node,
                    private: Some(true),
                });
            }
        }
    }

    fn records(&mut self, graph: &Graph) {
        for node in graph.nodes(Kind::ResourceRecordSet) {
            let Some(record) = graph.entry(node) else {
                continue;
            };
            let zone = zone_id(&record.text("HostedZoneId").unwrap_or_default());
            if let (Some(name), Some(row)) = (Name::read(record.text("Name")), node.row()) {
                let records = self.records.entry(zone).or_default();
                records.reversed.insert(name.reversed());
                records.by_name.entry(name).or_default().push(row);
            }
        }
    }

    fn inbound(&mut self, graph: &Graph) {
        for node in graph.nodes(Kind::ResolverEndpoint) {
            let Some(endpoint) = graph.entry(node) else {
                continue;
            };
            if !endpoint.is("Direction", "INBOUND")
                && !endpoint.is("Direction", "INBOUND_DELEGATION")
            {
                continue;
            }
            for place in endpoint.entries("IpAddresses") {
                for field in ["Ip", "Ipv6"] {
                    if let Some(address) = place.address(field) {
                        self.inbound.entry(address).or_default().insert(node);
                    }
                }
            }
        }
    }

    /// Names that public DNS answers with private addresses.
    fn names(&mut self, graph: &Graph) {
        for node in graph.nodes(Kind::VpcEndpoint) {
            let Some(endpoint) = graph.entry(node) else {
                continue;
            };
            for place in endpoint.entries("DnsEntries") {
                let name = Name::read(place.text("DnsName"));
                if let Some(name) = name.filter(is_endpoint_name) {
                    let path = format!("DnsEntries/{}/DnsName", place.position);
                    let here = at(node, path, name.to_string());
                    self.public.entry(name).or_default().push(here);
                }
            }
        }
        for node in graph.nodes(Kind::VpcEndpointAssociation) {
            let name = graph
                .entry(node)
                .and_then(|one| Name::read(one.text("DnsEntry.DnsName")));
            if let Some(name) = name {
                let here = at(node, "DnsEntry/DnsName", name.to_string());
                self.public.entry(name).or_default().push(here);
            }
        }
        for node in graph.nodes(Kind::VpcEndpointService) {
            let Some(service) = graph.entry(node).filter(|one| one.is("Owner", "amazon")) else {
                continue;
            };
            for place in service.entries("PrivateDnsNames") {
                if let Some(name) = Name::read(place.text("PrivateDnsName")) {
                    let path = format!("PrivateDnsNames/{}/PrivateDnsName", place.position);
                    let here = at(node, path, name.to_string());
                    self.service_names.entry(name).or_default().push(here);
                }
            }
        }
        for node in graph.nodes(Kind::LoadBalancer) {
            let name = graph
                .entry(node)
                .and_then(|one| Name::read(one.text("DNSName")));
            if let Some(name) = name {
                self.balancers.insert(name, node);
            }
        }
    }
}

/// Whether a name is one that AWS makes for an endpoint: its id is in it.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames>
pub(super) fn is_endpoint_name(name: &Name) -> bool {
    crate::graph::vpc_endpoint_id_in(name.as_str()).is_some()
}

fn shown_vpc(entry: &Entry<'_>) -> String {
    entry.text("VPCId").unwrap_or_default()
}

/// Resources by the one that a reference names; what is not in the snapshot
/// cannot be asked about.
fn by_target(graph: &Graph, kind: Kind, field: &str) -> BTreeMap<u32, Vec<Node>> {
    let mut found: BTreeMap<u32, Vec<Node>> = BTreeMap::new();
    for node in graph.nodes(kind) {
        let target = graph.entry(node).map(|entry| entry.target(field));
        if let Some(row) = target.as_ref().and_then(Target::row) {
            found.entry(row).or_default().push(node);
        }
    }
    found
}

fn by_text(graph: &Graph, kind: Kind, field: &str) -> BTreeMap<String, Vec<Node>> {
    let mut found: BTreeMap<String, Vec<Node>> = BTreeMap::new();
    for node in graph.nodes(kind) {
        if let Some(text) = graph.entry(node).and_then(|entry| entry.text(field)) {
            found.entry(text).or_default().push(node);
        }
    }
    found
}

/// Whether a source gave a field at all.
pub(super) fn is_there(entry: &Entry<'_>, field: &str) -> bool {
    entry.presence(field) == Presence::Present
}
