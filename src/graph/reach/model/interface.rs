//! Interfaces and VPC endpoints.
//!
//! An interface is where traffic begins and ends; an endpoint is a set of them
//! with something behind. Uses the graph; decides nothing.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::graph::{Graph, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// A network interface.
#[derive(Debug, Clone)]
pub struct Interface {
    /// The resource.
    pub node: Node,
    /// The VPC.
    pub vpc: Option<u32>,
    /// The subnet.
    pub subnet: Option<u32>,
    /// Private addresses of both families, the first one first.
    pub addresses: Vec<IpAddr>,
    /// Whether all of them were seen.
    pub addresses_seen: bool,
    /// Blocks that it holds besides.
    pub prefixes: Vec<IpNet>,
    /// Public addresses with the private ones behind.
    pub public: Vec<(IpAddr, IpAddr)>,
    /// Its security groups, by row, sorted; `None` stands for one that is not
    /// in the snapshot.
    pub groups: Vec<Option<u32>>,
    /// Ids of groups that are not in the snapshot.
    pub strangers: Vec<String>,
    /// Whether the groups were seen.
    pub groups_seen: bool,
    /// Whether it drops what is neither from nor to it; `None` if not seen.
    pub source_dest_check: Option<bool>,
    /// `InterfaceType`, in lower case without underscores.
    pub kind: String,
    /// `Status`, in lower case.
    pub status: Option<String>,
    /// The instance it is attached to.
    pub instance: Option<u32>,
    /// The endpoint it is of.
    pub endpoint: Option<u32>,
}

impl Interface {
    /// Whether an address is its own, alone or in a block.
    pub fn has(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
            || self.prefixes.iter().any(|block| block.contains(&address))
    }

    /// Whether it is of an endpoint, by the endpoint or its own type
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html>).
    pub fn is_endpoint(&self) -> bool {
        self.endpoint.is_some() || self.kind == "vpcendpoint"
    }

    /// Whether it is of a NAT gateway, by its own type.
    pub fn is_nat_gateway(&self) -> bool {
        self.kind == "natgateway"
    }
}

/// Types of endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointType {
    /// To a service, through interfaces.
    Interface,
    /// To S3 or DynamoDB, through routes.
    Gateway,
    /// To appliances, through routes.
    GatewayLoadBalancer,
    /// To a resource configuration.
    Resource,
    /// To a service network.
    ServiceNetwork,
    /// To a CIDR range.
    Tunnel,
    /// One that we do not know.
    Other,
}

/// A VPC endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// The resource.
    pub node: Node,
    /// Its type.
    pub kind: EndpointType,
    /// The VPC.
    pub vpc: Option<u32>,
    /// `State`, in lower case; `None` if not seen.
    pub state: Option<String>,
    /// `ServiceName`.
    pub service: Option<String>,
    /// Its interfaces that are in the snapshot.
    pub interfaces: Vec<u32>,
    /// Ids of interfaces that are not.
    pub strangers: Vec<String>,
    /// Whether the interfaces were seen.
    pub interfaces_seen: bool,
    /// Its subnets.
    pub subnets: Vec<u32>,
    /// The resource configuration behind it.
    pub configuration: Target,
    /// The service network behind it.
    pub service_network: Target,
}

pub(super) fn interfaces(graph: &Graph) -> Vec<Interface> {
    graph
        .nodes(Kind::NetworkInterface)
        .map(|node| interface(graph, node))
        .collect()
}

fn interface(graph: &Graph, node: Node) -> Interface {
    let entry = graph.entry(node);
    let text = |path: &str| entry.and_then(|entry| entry.text(path));
    let (mut addresses, mut public) = (Vec::new(), Vec::new());
    for address in entry
        .iter()
        .flat_map(|entry| entry.entries("PrivateIpAddresses"))
    {
        if let Some(private) = address.address("PrivateIpAddress") {
            addresses.push(private);
            let associated = address.address("Association.PublicIp");
            public.extend(associated.map(|public| (public, private)));
        }
    }
    if let Some(first) = entry
        .and_then(|entry| entry.address("PrivateIpAddress"))
        .filter(|first| !addresses.contains(first))
    {
        addresses.insert(0, first);
    }
    // The association of the interface is that of its primary address.
    let association = entry.and_then(|entry| entry.address("Association.PublicIp"));
    if let (Some(associated), Some(first)) = (association, addresses.first())
        && !public.iter().any(|(known, _)| *known == associated)
    {
        public.push((associated, *first));
    }
    for address in entry
        .iter()
        .flat_map(|entry| entry.entries("Ipv6Addresses"))
    {
        addresses.extend(address.address("Ipv6Address"));
    }
    let mut prefixes = Vec::new();
    for (list, field) in [
        ("Ipv4Prefixes", "Ipv4Prefix"),
        ("Ipv6Prefixes", "Ipv6Prefix"),
    ] {
        for held in entry.iter().flat_map(|entry| entry.entries(list)) {
            prefixes.extend(held.block(field));
        }
    }
    let (mut groups, mut strangers) = (Vec::new(), Vec::new());
    let mut groups_seen = entry.is_some_and(|entry| entry.presence("Groups") == Presence::Present);
    for group in entry.iter().flat_map(|entry| entry.entries("Groups")) {
        match group.target("GroupId") {
            Target::Here(node) => groups.push(node.row()),
            Target::Elsewhere(id) => {
                strangers.push(id);
                groups.push(None);
            }
            Target::Nothing => groups_seen = false,
        }
    }
    groups.sort_unstable();
    groups.dedup();
    let subnet = entry.and_then(|entry| entry.target("SubnetId").node());
    Interface {
        node,
        vpc: entry
            .and_then(|entry| entry.target("VpcId").row())
            .or_else(|| graph.entry(subnet?)?.target("VpcId").row()),
        subnet: subnet.and_then(Node::row),
        addresses,
        addresses_seen: entry.is_some_and(|entry| {
            entry.presence("PrivateIpAddresses") == Presence::Present
                && entry
                    .entries("PrivateIpAddresses")
                    .all(|address| address.text("PrivateIpAddress").is_some())
        }),
        prefixes,
        public,
        groups,
        strangers,
        groups_seen,
        source_dest_check: entry.and_then(|entry| entry.bool("SourceDestCheck")),
        kind: text("InterfaceType")
            .unwrap_or_default()
            .to_ascii_lowercase()
            .replace('_', ""),
        status: text("Status").map(|status| status.to_ascii_lowercase()),
        instance: entry.and_then(|entry| entry.target("Attachment.InstanceId").row()),
        endpoint: None,
    }
}

pub(super) fn endpoints(graph: &Graph) -> Vec<Endpoint> {
    graph
        .nodes(Kind::VpcEndpoint)
        .map(|node| endpoint(graph, node))
        .collect()
}

fn endpoint(graph: &Graph, node: Node) -> Endpoint {
    let entry = graph.entry(node);
    let text = |path: &str| entry.and_then(|entry| entry.text(path));
    let kind = match text("VpcEndpointType")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "interface" => EndpointType::Interface,
        "gateway" => EndpointType::Gateway,
        "gatewayloadbalancer" => EndpointType::GatewayLoadBalancer,
        "resource" => EndpointType::Resource,
        "servicenetwork" => EndpointType::ServiceNetwork,
        "tunnel" => EndpointType::Tunnel,
        _ => EndpointType::Other,
    };
    let (mut interfaces, mut strangers) = (Vec::new(), Vec::new());
    for target in entry
        .iter()
        .flat_map(|entry| entry.targets("NetworkInterfaceIds"))
    {
        match target {
            Target::Here(node) => interfaces.extend(node.row()),
            Target::Elsewhere(id) => strangers.push(id),
            Target::Nothing => {}
        }
    }
    let target = |path: &str| entry.map_or(Target::Nothing, |entry| entry.target(path));
    Endpoint {
        node,
        kind,
        vpc: target("VpcId").row(),
        state: text("State").map(|state| state.to_ascii_lowercase()),
        service: text("ServiceName"),
        interfaces,
        strangers,
        interfaces_seen: entry
            .is_some_and(|entry| entry.presence("NetworkInterfaceIds") == Presence::Present),
        subnets: entry
            .iter()
            .flat_map(|entry| entry.targets("SubnetIds"))
            .filter_map(|target| target.row())
            .collect(),
        configuration: target("ResourceConfigurationArn"),
        service_network: target("ServiceNetworkArn"),
    }
}
