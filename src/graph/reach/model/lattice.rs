//! VPC Lattice: what resource and service network endpoints lead to.
//!
//! Resource configurations with their ports and targets, resource gateways,
//! and what joins both to endpoints, service networks and VPCs. Uses the graph;
//! decides nothing, and keeps what was not seen as not seen.

use std::net::IpAddr;

use hashbrown::HashMap;
use ipnet::IpNet;
use rustc_hash::FxBuildHasher;

use super::members::{Members, members};
use crate::graph::ports::Ports;
use crate::graph::{Entry, Graph, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// What a resource configuration stands for
/// (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigurationType {
    /// One resource.
    Single,
    /// A group; its children are the resources.
    Group,
    /// A resource of a group.
    Child,
    /// A resource of an AWS service, by its ARN.
    Arn,
    /// Blocks of addresses, for tunnel endpoints.
    Cidr,
    /// It was not seen, or is one that we do not know.
    Other,
}

/// The resource behind a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definition {
    /// An address.
    Address(IpAddr),
    /// A domain name.
    Name(String),
    /// A resource of an AWS service.
    Arn(String),
    /// Blocks.
    Blocks(Vec<IpNet>),
    /// It was not seen or cannot be read; a group has none.
    Nothing,
}

/// A resource configuration.
#[derive(Debug)]
pub struct Configuration {
    /// The resource.
    pub node: Node,
    /// Its type.
    pub kind: ConfigurationType,
    /// `status`, in lower case.
    pub status: Option<String>,
    /// The ports it offers; `None` if they were not seen or one of them cannot
    /// be read.
    pub ports: Option<Ports>,
    /// `protocol`, in lower case.
    pub protocol: Option<String>,
    /// Its gateway. That of a child is its group's.
    pub gateway: Target,
    /// The group of a child.
    pub group: Target,
    /// Children of a group that are in the snapshot.
    pub children: Vec<u32>,
    /// The resource.
    pub definition: Definition,
}

/// A resource gateway.
#[derive(Debug)]
pub struct ResourceGateway {
    /// The resource.
    pub node: Node,
    /// Its id.
    pub id: String,
    /// `status`, in lower case.
    pub status: Option<String>,
    /// The VPC.
    pub vpc: Option<u32>,
    /// Its subnets that are in the snapshot.
    pub subnets: Vec<u32>,
    /// Ids of subnets that are not.
    pub strangers: Vec<String>,
    /// Whether the subnets were seen.
    pub subnets_seen: bool,
    /// Its security groups.
    pub groups: Members,
    /// Whether it resolves the names of resources inside its VPC.
    pub resolves_in_vpc: bool,
    /// Its interfaces, as far as their description tells.
    pub interfaces: Vec<u32>,
}

/// Whether what an endpoint leads to can be reached, as AWS says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accessibility {
    /// It can.
    Yes,
    /// Not yet.
    Pending,
    /// It cannot.
    Failed,
    /// It was not seen, or is a word that we do not know.
    Unknown,
}

/// What an endpoint makes reachable: one resource or service.
#[derive(Debug)]
pub struct EndpointAssociation {
    /// The resource.
    pub node: Node,
    /// The service network, for endpoints to one.
    pub network: Target,
    /// The resource configuration; a service behind a service network is
    /// nothing that we know.
    pub configuration: Target,
    /// The group that the configuration is a child of.
    pub group: Target,
    /// Whether it can be reached.
    pub accessibility: Accessibility,
    /// The word for that, as AWS writes it.
    pub word: String,
    /// Why not.
    pub failure: Option<String>,
}

/// A resource configuration or a service that a service network offers.
#[derive(Debug)]
pub struct NetworkMember {
    /// The association.
    pub node: Node,
    /// The service network.
    pub network: Target,
    /// The resource configuration; nothing for a service.
    pub configuration: Target,
    /// `status`, in lower case.
    pub status: Option<String>,
}

/// A VPC that joined a service network.
#[derive(Debug)]
pub struct VpcAssociation {
    /// The association.
    pub node: Node,
    /// The service network.
    pub network: Target,
    /// The VPC, if it is in the snapshot.
    pub vpc: Option<u32>,
    /// `status`, in lower case.
    pub status: Option<String>,
    /// Its security groups; without any it serves the whole VPC.
    pub groups: Members,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Lattice {
    /// Resource configurations, by row.
    pub configurations: Vec<Configuration>,
    /// Resource gateways, by row.
    pub gateways: Vec<ResourceGateway>,
    /// Endpoint associations, by row.
    pub associations: Vec<EndpointAssociation>,
    /// Resources of service networks, by row.
    pub resources: Vec<NetworkMember>,
    /// Services of service networks, by row.
    pub services: Vec<NetworkMember>,
    /// VPCs of service networks, by row.
    pub vpcs: Vec<VpcAssociation>,
    /// Associations by the row of the endpoint. Looked up, never iterated.
    by_endpoint: HashMap<u32, Vec<u32>, FxBuildHasher>,
}

impl Lattice {
    /// What an endpoint makes reachable, as far as it is in the snapshot.
    pub fn of_endpoint(&self, endpoint: u32) -> impl Iterator<Item = &EndpointAssociation> {
        let rows = self.by_endpoint.get(&endpoint).into_iter().flatten();
        rows.filter_map(|row| self.associations.get(*row as usize))
    }

    /// The gateway of a configuration: its own, or that of its group
    /// (<https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceConfiguration.html>:
    /// a child inherits it).
    pub fn gateway_of<'l>(&'l self, configuration: &'l Configuration) -> &'l Target {
        match (&configuration.gateway, configuration.group.row()) {
            (Target::Nothing, Some(group)) => self
                .configurations
                .get(group as usize)
                .map_or(&configuration.gateway, |group| &group.gateway),
            (own, _) => own,
        }
    }
}

/// Takes it out of the graph. `described` finds interfaces by a word of their
/// description.
pub(super) fn build(
    graph: &Graph,
    described: &HashMap<String, Vec<u32>, FxBuildHasher>,
) -> Lattice {
    let mut lattice = Lattice {
        configurations: configurations(graph),
        gateways: gateways(graph, described),
        resources: network_members(graph, Kind::ServiceNetworkResourceAssociation),
        services: network_members(graph, Kind::ServiceNetworkServiceAssociation),
        vpcs: vpc_associations(graph),
        ..Lattice::default()
    };
    for (row, node) in (0_u32..).zip(graph.nodes(Kind::VpcEndpointAssociation)) {
        let entry = graph.entry(node);
        let endpoint = target(entry, "VpcEndpointId").row();
        if let Some(endpoint) = endpoint {
            lattice.by_endpoint.entry(endpoint).or_default().push(row);
        }
        lattice.associations.push(association(node, entry));
    }
    lattice
}

fn target(entry: Option<Entry<'_>>, path: &str) -> Target {
    entry.map_or(Target::Nothing, |entry| entry.target(path))
}

fn lower(entry: Option<Entry<'_>>, path: &str) -> Option<String> {
    entry?.text(path).map(|text| text.to_ascii_lowercase())
}

fn configurations(graph: &Graph) -> Vec<Configuration> {
    let mut all: Vec<Configuration> = graph
        .nodes(Kind::ResourceConfiguration)
        .map(|node| configuration(node, graph.entry(node)))
        .collect();
    let mut children: Vec<(u32, u32)> = Vec::new();
    for (row, configuration) in (0_u32..).zip(&all) {
        children.extend(configuration.group.row().map(|group| (group, row)));
    }
    for (group, child) in children {
        if let Some(group) = all.get_mut(group as usize) {
            group.children.push(child);
        }
    }
    all
}

fn configuration(node: Node, entry: Option<Entry<'_>>) -> Configuration {
    let kind = match lower(entry, "type").unwrap_or_default().as_str() {
        "single" => ConfigurationType::Single,
        "group" => ConfigurationType::Group,
        "child" => ConfigurationType::Child,
        "arn" => ConfigurationType::Arn,
        "cidr" => ConfigurationType::Cidr,
        _ => ConfigurationType::Other,
    };
    let seen = entry.filter(|entry| entry.presence("portRanges") == Presence::Present);
    Configuration {
        node,
        kind,
        status: lower(entry, "status"),
        ports: seen.and_then(|entry| ports(&entry.texts("portRanges"))),
        protocol: lower(entry, "protocol"),
        gateway: target(entry, "resourceGatewayId"),
        group: target(entry, "resourceConfigurationGroupId"),
        children: Vec::new(),
        definition: entry.map_or(Definition::Nothing, |entry| definition(&entry)),
    }
}

/// Reads `443` and `1-65535`; several may stand in one text, with commas
/// between. `None` if any of it is something else.
pub(super) fn ports(texts: &[String]) -> Option<Ports> {
    let mut all = Ports::default();
    for part in texts.iter().flat_map(|text| text.split(',')) {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        if low > high {
            return None;
        }
        all.insert(low, high);
    }
    Some(all)
}

fn definition(entry: &Entry<'_>) -> Definition {
    let path = |rest: &str| format!("resourceConfigurationDefinition.{rest}");
    if let Some(address) = entry.address(&path("ipResource.ipAddress")) {
        return Definition::Address(address);
    }
    if let Some(name) = entry.text(&path("dnsResource.domainName")) {
        return Definition::Name(name);
    }
    if let Some(arn) = entry.text(&path("arnResource.arn")) {
        return Definition::Arn(arn);
    }
    let blocks = entry.texts(&path("cidrResource.cidrRanges"));
    if blocks.is_empty() {
        return Definition::Nothing;
    }
    let blocks = blocks
        .iter()
        .map(|text| crate::graph::prefixes::parse(text));
    blocks
        .collect::<Option<Vec<IpNet>>>()
        .map_or(Definition::Nothing, Definition::Blocks)
}

fn gateways(
    graph: &Graph,
    described: &HashMap<String, Vec<u32>, FxBuildHasher>,
) -> Vec<ResourceGateway> {
    graph
        .nodes(Kind::ResourceGateway)
        .map(|node| {
            let entry = graph.entry(node);
            let (mut subnets, mut strangers) = (Vec::new(), Vec::new());
            for subnet in entry.iter().flat_map(|entry| entry.targets("subnetIds")) {
                match subnet {
                    Target::Here(node) => subnets.extend(node.row()),
                    Target::Elsewhere(id) => strangers.push(id),
                    Target::Nothing => {}
                }
            }
            let id = graph.id(node);
            ResourceGateway {
                node,
                status: lower(entry, "status"),
                vpc: target(entry, "vpcId").row(),
                subnets,
                strangers,
                subnets_seen: entry
                    .is_some_and(|entry| entry.presence("subnetIds") == Presence::Present),
                groups: members(entry, "securityGroupIds", true),
                resolves_in_vpc: entry
                    .is_some_and(|entry| entry.is("resourceConfigDnsResolution", "IN_VPC")),
                interfaces: described.get(&id).cloned().unwrap_or_default(),
                id,
            }
        })
        .collect()
}

fn association(node: Node, entry: Option<Entry<'_>>) -> EndpointAssociation {
    let text = |path: &str| entry.and_then(|entry| entry.text(path));
    let word = text("AssociatedResourceAccessibility").unwrap_or_default();
    let accessibility = match word.to_ascii_lowercase().as_str() {
        "accessible" | "available" => Accessibility::Yes,
        "pending" => Accessibility::Pending,
        "failed" => Accessibility::Failed,
        _ => Accessibility::Unknown,
    };
    let failure = [text("FailureCode"), text("FailureReason")];
    let failure: Vec<String> = failure.into_iter().flatten().collect();
    EndpointAssociation {
        node,
        network: target(entry, "ServiceNetworkArn"),
        configuration: target(entry, "AssociatedResourceArn"),
        group: target(entry, "ResourceConfigurationGroupArn"),
        accessibility,
        word,
        failure: (!failure.is_empty()).then(|| failure.join(": ")),
    }
}

fn network_members(graph: &Graph, kind: Kind) -> Vec<NetworkMember> {
    graph
        .nodes(kind)
        .map(|node| {
            let entry = graph.entry(node);
            NetworkMember {
                node,
                network: target(entry, "serviceNetworkArn"),
                configuration: target(entry, "resourceConfigurationArn"),
                status: lower(entry, "status"),
            }
        })
        .collect()
}

fn vpc_associations(graph: &Graph) -> Vec<VpcAssociation> {
    graph
        .nodes(Kind::ServiceNetworkVpcAssociation)
        .map(|node| {
            let entry = graph.entry(node);
            VpcAssociation {
                node,
                network: target(entry, "serviceNetworkArn"),
                vpc: target(entry, "vpcId").row(),
                status: lower(entry, "status"),
                groups: members(entry, "securityGroupIds", true),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ports;

    fn read(texts: &[&str]) -> Option<String> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        ports(&texts).map(|ports| ports.to_string())
    }

    #[test]
    fn port_ranges_are_read_exactly_or_not_at_all() {
        assert_eq!(read(&["443"]).as_deref(), Some("443"));
        assert_eq!(
            read(&["10000-19999", "8070"]).as_deref(),
            Some("8070, 10000-19999")
        );
        assert_eq!(read(&["80, 443-445"]).as_deref(), Some("80, 443-445"));
        for odd in ["", "http", "1-2-3", "90-80", "0-65536", "-5"] {
            assert_eq!(read(&["443", odd]), None, "{odd}");
        }
        assert_eq!(read(&[]).as_deref(), Some(""));
    }
}
