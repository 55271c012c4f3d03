//! Gateways of VPCs and peerings.
//!
//! Internet, NAT and virtual private gateways with their connections, and
//! peerings with both sides. Uses the graph; decides nothing.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::graph::{Entry, Graph, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// An internet gateway.
#[derive(Debug)]
pub struct InternetGateway {
    /// The resource.
    pub node: Node,
    /// The VPCs it is attached to; the attachments seen.
    pub vpcs: Vec<u32>,
    /// Whether all of them were seen.
    pub vpcs_seen: bool,
}

/// A NAT gateway.
#[derive(Debug)]
pub struct NatGateway {
    /// The resource.
    pub node: Node,
    /// The VPC.
    pub vpc: Option<u32>,
    /// The subnet; none for a regional one.
    pub subnet: Option<u32>,
    /// `State`, in lower case.
    pub state: Option<String>,
    /// Whether it is public: without word from the source it is.
    pub public: bool,
    /// Interfaces, private and public addresses.
    pub addresses: Vec<(Option<u32>, IpAddr, Option<IpAddr>)>,
}

/// A virtual private gateway.
#[derive(Debug)]
pub struct VpnGateway {
    /// The resource.
    pub node: Node,
    /// `State`, in lower case.
    pub state: Option<String>,
    /// The VPCs it is attached to.
    pub vpcs: Vec<u32>,
    /// Whether all of them were seen.
    pub vpcs_seen: bool,
}

/// A VPN connection.
#[derive(Debug)]
pub struct VpnConnection {
    /// The resource.
    pub node: Node,
    /// The virtual private gateway at its end.
    pub vpn_gateway: Option<u32>,
    /// `State`, in lower case.
    pub state: Option<String>,
    /// Whether its routes are static; `None` if not seen.
    pub static_only: Option<bool>,
    /// Networks behind it, as far as they are static.
    pub routes: Vec<IpNet>,
    /// Whether a tunnel is up; `None` if not seen.
    pub up: Option<bool>,
}

/// A peering.
#[derive(Debug)]
pub struct Peering {
    /// The resource.
    pub node: Node,
    /// `Status.Code`, in lower case.
    pub state: Option<String>,
    /// The requester's side.
    pub requester: PeeringSide,
    /// The accepter's side.
    pub accepter: PeeringSide,
}

/// One side of a peering.
#[derive(Debug)]
pub struct PeeringSide {
    /// The VPC, if it is in the snapshot.
    pub vpc: Target,
    /// Its blocks, as the peering has them.
    pub blocks: Vec<IpNet>,
    /// Its region.
    pub region: Option<String>,
}

fn lower(entry: Option<Entry<'_>>, path: &str) -> Option<String> {
    entry?.text(path).map(|text| text.to_ascii_lowercase())
}

pub(super) fn internet_gateways(graph: &Graph) -> Vec<InternetGateway> {
    graph
        .nodes(Kind::InternetGateway)
        .map(|node| InternetGateway {
            node,
            vpcs: attached(graph, node, "Attachments"),
            vpcs_seen: attached_seen(graph, node, "Attachments"),
        })
        .collect()
}

/// VPCs that something is attached to. An internet gateway's attachment is
/// `available`, a virtual private gateway's `attached`.
fn attached(graph: &Graph, node: Node, list: &str) -> Vec<u32> {
    let attachments = graph.entry(node).into_iter();
    attachments
        .flat_map(|entry| entry.entries(list))
        .filter(|attachment| {
            attachment.text("State").is_none_or(|state| {
                matches!(
                    state.to_ascii_lowercase().as_str(),
                    "available" | "attached"
                )
            })
        })
        .filter_map(|attachment| attachment.target("VpcId").row())
        .collect()
}

/// Whether it is known of each attachment to which VPC it is.
fn attached_seen(graph: &Graph, node: Node, list: &str) -> bool {
    graph.entry(node).is_some_and(|entry| {
        entry.presence(list) == Presence::Present
            && entry
                .entries(list)
                .all(|attachment| attachment.text("VpcId").is_some())
    })
}

pub(super) fn nat_gateways(graph: &Graph) -> Vec<NatGateway> {
    graph
        .nodes(Kind::NatGateway)
        .map(|node| {
            let entry = graph.entry(node);
            let subnet = entry.and_then(|entry| entry.target("SubnetId").node());
            NatGateway {
                node,
                vpc: entry
                    .and_then(|entry| entry.target("VpcId").row())
                    .or_else(|| graph.entry(subnet?)?.target("VpcId").row()),
                subnet: subnet.and_then(Node::row),
                state: lower(entry, "State"),
                public: lower(entry, "ConnectivityType").is_none_or(|kind| kind != "private"),
                addresses: entry
                    .iter()
                    .flat_map(|entry| entry.entries("NatGatewayAddresses"))
                    .filter_map(|address| {
                        Some((
                            address.target("NetworkInterfaceId").row(),
                            address.address("PrivateIp")?,
                            address.address("PublicIp"),
                        ))
                    })
                    .collect(),
            }
        })
        .collect()
}

pub(super) fn vpn_gateways(graph: &Graph) -> Vec<VpnGateway> {
    graph
        .nodes(Kind::VpnGateway)
        .map(|node| VpnGateway {
            node,
            state: lower(graph.entry(node), "State"),
            vpcs: attached(graph, node, "VpcAttachments"),
            vpcs_seen: attached_seen(graph, node, "VpcAttachments"),
        })
        .collect()
}

pub(super) fn vpn_connections(graph: &Graph) -> Vec<VpnConnection> {
    graph
        .nodes(Kind::VpnConnection)
        .map(|node| {
            let entry = graph.entry(node);
            let tunnels = entry.filter(|entry| entry.presence("VgwTelemetry") == Presence::Present);
            VpnConnection {
                node,
                vpn_gateway: entry.and_then(|entry| entry.target("VpnGatewayId").row()),
                state: lower(entry, "State"),
                static_only: entry.and_then(|entry| entry.bool("Options.StaticRoutesOnly")),
                routes: entry
                    .iter()
                    .flat_map(|entry| entry.entries("Routes"))
                    .filter(|route| {
                        route
                            .text("State")
                            .is_none_or(|state| state.eq_ignore_ascii_case("available"))
                    })
                    .filter_map(|route| route.block("DestinationCidrBlock"))
                    .collect(),
                up: tunnels.and_then(|entry| {
                    let tunnels = || entry.entries("VgwTelemetry");
                    let seen = tunnels().all(|tunnel| tunnel.text("Status").is_some());
                    let up = tunnels().any(|tunnel| tunnel.is("Status", "UP"));
                    (up || seen).then_some(up)
                }),
            }
        })
        .collect()
}

pub(super) fn peerings(graph: &Graph) -> Vec<Peering> {
    graph
        .nodes(Kind::VpcPeeringConnection)
        .map(|node| {
            let entry = graph.entry(node);
            Peering {
                node,
                state: lower(entry, "Status.Code"),
                requester: side(entry, "RequesterVpcInfo"),
                accepter: side(entry, "AccepterVpcInfo"),
            }
        })
        .collect()
}

fn side(entry: Option<Entry<'_>>, info: &str) -> PeeringSide {
    let path = |field: &str| format!("{info}.{field}");
    let mut blocks = Vec::new();
    if let Some(entry) = entry {
        for (list, field) in [
            ("CidrBlockSet", "CidrBlock"),
            ("Ipv6CidrBlockSet", "Ipv6CidrBlock"),
        ] {
            let entries = entry.entries(&path(list));
            blocks.extend(entries.filter_map(|block| block.block(field)));
        }
        if let Some(first) = entry
            .block(&path("CidrBlock"))
            .filter(|first| !blocks.contains(first))
        {
            blocks.push(first);
        }
    }
    PeeringSide {
        vpc: entry.map_or(Target::Nothing, |entry| entry.target(&path("VpcId"))),
        blocks,
        region: entry.and_then(|entry| entry.text(&path("Region"))),
    }
}
