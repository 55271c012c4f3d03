//! What reachability needs of the network, taken out of the graph once.
//!
//! Positions in the lists are the rows of the tables of the snapshot, so that a
//! number here is a node there. Uses the graph; decides nothing, and keeps what
//! is missing as missing.

mod access;
mod gateways;
mod group;
mod interface;
mod lattice;
mod members;
mod positions;
mod prefixes;
mod routes;
mod services;
mod shown;
mod transit;
mod vpc;

use std::net::IpAddr;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

pub use access::{Acl, AclEntry, PrefixList, acl_of};
pub use gateways::{InternetGateway, NatGateway, Peering, PeeringSide, VpnConnection, VpnGateway};
pub use group::{Group, Peer, PeerKind, Permission, Span};
pub use interface::{Endpoint, EndpointType, Interface};
pub use lattice::{
    Accessibility, Configuration, ConfigurationType, Definition, EndpointAssociation, Lattice,
    NetworkMember, ResourceGateway, VpcAssociation,
};
pub use members::Members;
pub use prefixes::Prefixes;
pub use routes::{Destination, Hop, Origin, Route, RouteState, RouteTable};
pub use services::{
    BalancerZone, Connection, CrossZone, Health, Listener, LoadBalancer, Service, Services,
    TargetGroup,
};
pub use shown::shown_entry;
pub use transit::{
    Attachment, AttachmentKind, Seen, TransitGateway, TransitRoute, TransitTable, VpcAttachment,
};
pub use vpc::{Subnet, Vpc, Zone};

use crate::graph::{Graph, Listing, Node};
use crate::snapshot::record::Kind;

/// A list by row, for one kind.
pub type Rows<T> = Vec<T>;

/// The network, in the terms of reachability.
#[derive(Debug)]
pub struct Network {
    /// VPCs.
    pub vpcs: Rows<Vpc>,
    /// Subnets.
    pub subnets: Rows<Subnet>,
    /// VPC route tables.
    pub tables: Rows<RouteTable>,
    /// Network ACLs.
    pub acls: Rows<Acl>,
    /// Security groups.
    pub groups: Rows<Group>,
    /// Prefix lists.
    pub lists: Rows<PrefixList>,
    /// Interfaces.
    pub interfaces: Rows<Interface>,
    /// VPC endpoints.
    pub endpoints: Rows<Endpoint>,
    /// Peerings.
    pub peerings: Rows<Peering>,
    /// Internet gateways.
    pub internet_gateways: Rows<InternetGateway>,
    /// NAT gateways.
    pub nat_gateways: Rows<NatGateway>,
    /// Virtual private gateways.
    pub vpn_gateways: Rows<VpnGateway>,
    /// VPN connections.
    pub vpn_connections: Rows<VpnConnection>,
    /// Transit gateways.
    pub transit_gateways: Rows<TransitGateway>,
    /// Transit gateway attachments of all kinds.
    pub attachments: Vec<Attachment>,
    /// Transit gateway route tables.
    pub transit_tables: Rows<TransitTable>,
    /// What resource and service network endpoints lead to.
    pub lattice: Lattice,
    /// What other interface endpoints lead to.
    pub services: Services,
    /// Interfaces by VPC and address. Looked up, never iterated.
    addresses: HashMap<(u32, IpAddr), u32, FxBuildHasher>,
    /// Interfaces by public address. Looked up, never iterated.
    public: HashMap<IpAddr, (u32, IpAddr), FxBuildHasher>,
    /// NAT gateways by VPC and private address. Looked up, never iterated.
    nats: HashMap<(u32, IpAddr), u32, FxBuildHasher>,
    /// Interfaces that hold whole blocks, by VPC.
    blocks: HashMap<u32, Vec<(ipnet::IpNet, u32)>, FxBuildHasher>,
    transit: positions::Positions,
}

impl Network {
    /// Takes it out of the graph. Linear in what the snapshot holds.
    pub fn build(graph: &Graph) -> Self {
        let interfaces = interface::interfaces(graph);
        let (attachments, transit_tables) = transit::build(graph);
        let described = services::described(graph);
        let mut network = Self {
            vpcs: vpc::vpcs(graph),
            subnets: vpc::subnets(graph),
            tables: routes::tables(graph),
            acls: access::acls(graph),
            groups: group::groups(graph),
            lists: access::lists(graph),
            interfaces,
            endpoints: interface::endpoints(graph),
            peerings: gateways::peerings(graph),
            internet_gateways: gateways::internet_gateways(graph),
            nat_gateways: gateways::nat_gateways(graph),
            vpn_gateways: gateways::vpn_gateways(graph),
            vpn_connections: gateways::vpn_connections(graph),
            transit_gateways: transit::gateways(graph),
            attachments,
            transit_tables,
            lattice: lattice::build(graph, &described),
            services: services::build(graph, &described),
            addresses: HashMap::default(),
            public: HashMap::default(),
            nats: HashMap::default(),
            blocks: HashMap::default(),
            transit: positions::Positions::default(),
        };
        network.join(graph);
        network
    }

    /// References that need two lists: which table and ACL a subnet follows,
    /// which interface has an address, which endpoint an interface is of.
    fn join(&mut self, graph: &Graph) {
        self.join_tables(graph);
        self.join_acls(graph);
        self.join_transit(graph);
        for (row, interface) in (0_u32..).zip(&self.interfaces) {
            let Some(vpc) = interface.vpc else {
                continue;
            };
            for address in &interface.addresses {
                self.addresses.entry((vpc, *address)).or_insert(row);
            }
            for block in &interface.prefixes {
                self.blocks.entry(vpc).or_default().push((*block, row));
            }
            for (public, private) in &interface.public {
                self.public.entry(*public).or_insert((row, *private));
            }
        }
        // The interface of a NAT gateway may be missing from the list.
        for (row, gateway) in (0_u32..).zip(&self.nat_gateways) {
            for (interface, private, public) in &gateway.addresses {
                if let Some(vpc) = gateway.vpc {
                    self.nats.entry((vpc, *private)).or_insert(row);
                }
                if let Some(public) = public {
                    self.public
                        .entry(*public)
                        .or_insert((interface.unwrap_or(u32::MAX), *private));
                }
            }
        }
        for (row, endpoint) in (0_u32..).zip(&self.endpoints) {
            for interface in &endpoint.interfaces {
                if let Some(interface) = self.interfaces.get_mut(*interface as usize) {
                    interface.endpoint = Some(row);
                }
            }
        }
    }

    /// The interface with a private address in a VPC.
    pub fn interface_at(&self, vpc: u32, address: IpAddr) -> Option<u32> {
        self.addresses.get(&(vpc, address)).copied().or_else(|| {
            let blocks = self.blocks.get(&vpc)?;
            let held = blocks.iter().find(|(block, _)| block.contains(&address));
            held.map(|(_, row)| *row)
        })
    }

    /// The interface with an address, in whichever VPC: for addresses that are
    /// unique in the world.
    pub fn interface_of(&self, address: IpAddr) -> Option<u32> {
        let vpcs = 0..u32::try_from(self.vpcs.len()).unwrap_or(u32::MAX);
        vpcs.into_iter()
            .find_map(|vpc| self.interface_at(vpc, address))
    }

    /// The NAT gateway of a VPC with a private address.
    pub fn nat_at(&self, vpc: u32, address: IpAddr) -> Option<u32> {
        self.nats.get(&(vpc, address)).copied()
    }

    /// The public address of a private one.
    pub fn public_of(&self, vpc: u32, private: IpAddr) -> Option<IpAddr> {
        let interface = self
            .interface_at(vpc, private)
            .and_then(|row| self.interfaces.get(row as usize));
        let known = interface
            .and_then(|interface| interface.public.iter().find(|(_, inner)| *inner == private));
        known.map(|(public, _)| *public).or_else(|| {
            let gateway = self.nat_gateways.get(self.nat_at(vpc, private)? as usize)?;
            let address = gateway
                .addresses
                .iter()
                .find(|(_, inner, _)| *inner == private)?;
            address.2
        })
    }

    /// The interface that a public address is associated with, and the private
    /// address behind it.
    pub fn behind(&self, public: IpAddr) -> Option<(u32, IpAddr)> {
        self.public.get(&public).copied()
    }

    /// The subnet of a VPC that holds an address.
    pub fn subnet_at(&self, vpc: u32, address: IpAddr) -> Option<u32> {
        let vpc = self.vpcs.get(vpc as usize)?;
        vpc.subnets.iter().copied().find(|subnet| {
            self.subnets
                .get(*subnet as usize)
                .is_some_and(|subnet| subnet.blocks.iter().any(|block| block.contains(&address)))
        })
    }
}

/// Whether all resources of a kind were listed where a resource was seen.
pub fn is_listed(graph: &Graph, kind: Kind, near: Node) -> bool {
    graph.listing(kind, near) == Listing::Complete
}
