//! VPC route tables.
//!
//! Routes with their destination, target, state and origin, as the source has
//! them. Uses the graph; which route wins is decided elsewhere.

use ipnet::IpNet;

use super::Prefixes;
use crate::graph::{Entry, Graph, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// A route table.
#[derive(Debug)]
pub struct RouteTable {
    /// The resource.
    pub node: Node,
    /// The VPC.
    pub vpc: Option<u32>,
    /// Whether subnets without a table follow it.
    pub main: bool,
    /// Subnets that are associated with it.
    pub subnets: Vec<u32>,
    /// Gateways whose arriving packets follow it.
    pub gateways: Vec<String>,
    /// Whether it is known of each association what it is of.
    pub associations_seen: bool,
    /// The routes; `None` if they were not seen.
    pub routes: Option<Vec<Route>>,
    /// The routes by destination.
    pub index: Prefixes,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where to.
    pub destination: Destination,
    /// Through what.
    pub hop: Hop,
    /// Whether it is in force.
    pub state: RouteState,
    /// Who wrote it.
    pub origin: Origin,
    /// Position among the routes of the source.
    pub position: usize,
}

/// Where a route leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A block.
    Block(IpNet),
    /// A prefix list; `None` if it is not in the snapshot.
    List(Option<u32>, String),
    /// It cannot be read.
    Unreadable,
}

impl Destination {
    /// The block; `None` if more is to be asked.
    pub(super) fn block(&self) -> Option<[IpNet; 1]> {
        match self {
            Self::Block(block) => Some([*block]),
            Self::List(..) | Self::Unreadable => None,
        }
    }
}

/// What a route leads through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hop {
    /// The VPC itself.
    Local,
    /// An internet gateway.
    InternetGateway(Target),
    /// An egress-only internet gateway.
    EgressOnly(Target),
    /// A NAT gateway.
    Nat(Target),
    /// A virtual private gateway.
    VpnGateway(Target),
    /// A peering.
    Peering(Target),
    /// A transit gateway.
    Transit(Target),
    /// An endpoint: gateway or Gateway Load Balancer.
    Endpoint(Target),
    /// An interface, of an appliance.
    Interface(Target),
    /// Something that is not modelled, by its id.
    Other(String),
}

/// Whether a route is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteState {
    /// It carries.
    Active,
    /// It drops.
    Blackhole,
    /// It is not considered.
    Filtered,
    /// Not seen.
    Unknown,
}

/// Who wrote a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// AWS, with the table.
    Table,
    /// Somebody, by hand.
    Static,
    /// A gateway or a route server.
    Propagated,
}

pub(super) fn tables(graph: &Graph) -> Vec<RouteTable> {
    graph
        .nodes(Kind::RouteTable)
        .map(|node| {
            let entry = graph.entry(node);
            let mut table = RouteTable {
                node,
                vpc: entry.and_then(|entry| entry.target("VpcId").row()),
                main: false,
                subnets: Vec::new(),
                gateways: Vec::new(),
                associations_seen: entry
                    .is_some_and(|entry| entry.presence("Associations") == Presence::Present),
                routes: None,
                index: Prefixes::default(),
            };
            for association in entry.iter().flat_map(|entry| entry.entries("Associations")) {
                let gone = association
                    .text("AssociationState.State")
                    .is_some_and(|state| !state.eq_ignore_ascii_case("associated"));
                if gone {
                    continue;
                }
                let main = association.bool("Main").unwrap_or(false);
                table.main |= main;
                table.associations_seen &= main
                    || association.text("SubnetId").is_some()
                    || association.text("GatewayId").is_some();
                table.subnets.extend(association.target("SubnetId").row());
                table.gateways.extend(association.text("GatewayId"));
            }
            table.routes = entry
                .filter(|entry| entry.presence("Routes") == Presence::Present)
                .map(|entry| {
                    let routes = entry.entries("Routes");
                    routes.map(|route| read(graph, &route)).collect()
                });
            table.index = Prefixes::new(
                table
                    .routes
                    .as_deref()
                    .unwrap_or_default()
                    .iter()
                    .map(|route| route.destination.block()),
            );
            table
        })
        .collect()
}

fn read(graph: &Graph, route: &Entry<'_>) -> Route {
    let block = route
        .block("DestinationCidrBlock")
        .or_else(|| route.block("DestinationIpv6CidrBlock"));
    let destination = match (block, route.target("DestinationPrefixListId")) {
        (Some(block), _) => Destination::Block(block),
        (None, Target::Here(node)) => Destination::List(
            node.row(),
            route.text("DestinationPrefixListId").unwrap_or_default(),
        ),
        (None, Target::Elsewhere(id)) => Destination::List(None, id),
        (None, Target::Nothing) => Destination::Unreadable,
    };
    let origin = route
        .text("Origin")
        .unwrap_or_default()
        .to_ascii_lowercase();
    Route {
        destination,
        hop: hop(graph, route),
        state: match route.text("State").map(|state| state.to_ascii_lowercase()) {
            Some(state) if state == "active" => RouteState::Active,
            Some(state) if state == "blackhole" => RouteState::Blackhole,
            Some(state) if state == "filtered" => RouteState::Filtered,
            _ => RouteState::Unknown,
        },
        origin: match origin.as_str() {
            "createroutetable" => Origin::Table,
            "enablevgwroutepropagation" | "advertisement" => Origin::Propagated,
            _ => Origin::Static,
        },
        position: route.position,
    }
}

/// A field that names a target, and what the target is.
type Named = (&'static str, fn(Target) -> Hop);

fn hop(graph: &Graph, route: &Entry<'_>) -> Hop {
    let named: [Named; 6] = [
        ("NatGatewayId", Hop::Nat),
        ("TransitGatewayId", Hop::Transit),
        ("VpcPeeringConnectionId", Hop::Peering),
        ("EgressOnlyInternetGatewayId", Hop::EgressOnly),
        ("NetworkInterfaceId", Hop::Interface),
        ("InstanceId", Hop::Interface),
    ];
    if let Some(gateway) = route.text("GatewayId") {
        return by_id(graph, route, gateway);
    }
    for (path, make) in named {
        let target = route.target(path);
        if path == "InstanceId"
            && let Some(instance) = target.node()
        {
            return Hop::Interface(first_interface(graph, instance));
        }
        if target != Target::Nothing {
            return make(target);
        }
    }
    let others = [
        "LocalGatewayId",
        "CarrierGatewayId",
        "CoreNetworkArn",
        "OdbNetworkArn",
    ];
    let other = others.iter().find_map(|path| route.text(path));
    Hop::Other(other.unwrap_or_default())
}

/// `GatewayId` may name five kinds of things.
fn by_id(graph: &Graph, route: &Entry<'_>, id: String) -> Hop {
    if id == "local" {
        return Hop::Local;
    }
    let find = |kind: Kind| match graph.find(kind, &id, Some(route.node)) {
        Some(node) => Target::Here(node),
        None => Target::Elsewhere(id.clone()),
    };
    match id.split('-').next().unwrap_or_default() {
        "igw" => Hop::InternetGateway(find(Kind::InternetGateway)),
        "vgw" => Hop::VpnGateway(find(Kind::VpnGateway)),
        "vpce" => Hop::Endpoint(find(Kind::VpcEndpoint)),
        "eigw" => Hop::EgressOnly(find(Kind::EgressOnlyInternetGateway)),
        "nat" => Hop::Nat(find(Kind::NatGateway)),
        "tgw" => Hop::Transit(find(Kind::TransitGateway)),
        "pcx" => Hop::Peering(find(Kind::VpcPeeringConnection)),
        "eni" => Hop::Interface(find(Kind::NetworkInterface)),
        _ => Hop::Other(id),
    }
}

/// A route to an instance leads to its only interface.
fn first_interface(graph: &Graph, instance: Node) -> Target {
    let links = crate::graph::links::member(Kind::Instance, "network_interfaces");
    let mut found = links
        .into_iter()
        .flat_map(|(link, direction)| graph.linked(link, direction, instance).iter())
        .map(|row| graph.node(Kind::NetworkInterface, *row));
    match (found.next(), found.next()) {
        (Some(only), None) => Target::Here(only),
        _ => Target::Elsewhere(graph.id(instance)),
    }
}
