//! A small network as plain values: what the packet walker walks and what is
//! written as AWS CLI answers.
//!
//! Things refer to each other by their place in their list. Knows nothing of
//! the product; what a packet may do is not decided here.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

/// Place in the list of its kind.
pub(crate) type Id = usize;

#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    /// Decides what all ids look like.
    pub salt: u64,
    pub vpcs: Vec<Vpc>,
    pub subnets: Vec<Subnet>,
    pub tables: Vec<Table>,
    pub acls: Vec<Acl>,
    pub groups: Vec<Group>,
    pub lists: Vec<List>,
    pub interfaces: Vec<Interface>,
    pub peerings: Vec<Peering>,
    pub transits: Vec<Transit>,
    pub transit_tables: Vec<TransitTable>,
    pub attachments: Vec<Attachment>,
    pub nats: Vec<Nat>,
    pub endpoints: Vec<Endpoint>,
    pub vgws: Vec<Vgw>,
    pub vpns: Vec<Vpn>,
}

#[derive(Debug, Clone)]
pub(crate) struct Vpc {
    pub region: usize,
    /// The primary block first.
    pub blocks: Vec<IpNet>,
    /// Whether an internet gateway is attached; its id has the VPC's place.
    pub igw: bool,
    /// Whether it has an egress-only internet gateway.
    pub eigw: bool,
    pub block: Block,
}

/// VPC Block Public Access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    Off,
    Ingress,
    Bidirectional,
}

#[derive(Debug, Clone)]
pub(crate) struct Subnet {
    pub vpc: Id,
    pub zone: usize,
    pub blocks: Vec<IpNet>,
    pub acl: Id,
    /// Its own table; else the main one.
    pub table: Option<Id>,
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub vpc: Id,
    pub main: bool,
    pub edge: Option<Edge>,
    pub routes: Vec<Route>,
}

/// What an edge table is for: the gateway of its VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Internet,
    Vpn(Id),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub to: To,
    pub via: Via,
    pub propagated: bool,
    pub blackhole: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    Block(IpNet),
    List(Id),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    Local,
    /// The internet gateway of this VPC.
    Internet(Id),
    EgressOnly(Id),
    Nat(Id),
    Vpn(Id),
    Peering(Id),
    Transit(Id),
    Interface(Id),
    Endpoint(Id),
}

#[derive(Debug, Clone)]
pub(crate) struct Acl {
    pub vpc: Id,
    pub default: bool,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub number: u16,
    pub egress: bool,
    pub allow: bool,
    /// `None` for all.
    pub protocol: Option<u8>,
    pub block: IpNet,
    /// For TCP and UDP.
    pub ports: Option<(u16, u16)>,
    /// For ICMP: type and code, -1 for all.
    pub icmp: Option<(i16, i16)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub vpc: Id,
    pub ingress: Vec<Rule>,
    pub egress: Vec<Rule>,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub protocol: Option<u8>,
    pub from: Option<i32>,
    pub to: Option<i32>,
    pub peers: Vec<Peer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    Block(IpNet),
    List(Id),
    Group(Id),
}

#[derive(Debug, Clone)]
pub(crate) struct List {
    pub region: usize,
    pub entries: Vec<IpNet>,
    /// Whether it is AWS's list of a service with gateway endpoints.
    pub service: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Interface {
    pub subnet: Id,
    pub addresses: Vec<Address>,
    /// Blocks of addresses, each a /28.
    pub prefixes: Vec<IpNet>,
    pub groups: Vec<Id>,
    pub source_dest_check: bool,
    /// Whether it is that of a NAT gateway.
    pub nat: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Address {
    pub private: IpAddr,
    pub public: Option<Ipv4Addr>,
}

#[derive(Debug, Clone)]
pub(crate) struct Peering {
    pub sides: [Id; 2],
    pub active: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Transit {
    pub region: usize,
    pub referencing: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct TransitTable {
    pub transit: Id,
    /// The attachment, or none for a blackhole.
    pub statics: Vec<(IpNet, Option<Id>)>,
    /// Prefix lists, likewise.
    pub lists: Vec<(Id, Option<Id>)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub transit: Id,
    pub available: bool,
    /// The table that packets from here follow.
    pub table: Option<Id>,
    /// The tables that routes to here are written into.
    pub propagates: Vec<Id>,
    pub to: Attached,
}

#[derive(Debug, Clone)]
pub(crate) enum Attached {
    Vpc {
        vpc: Id,
        subnets: Vec<Id>,
        referencing: bool,
        appliance: bool,
        ipv6: bool,
    },
    Vpn(Id),
}

#[derive(Debug, Clone)]
pub(crate) struct Nat {
    pub interface: Id,
    pub public: bool,
    pub available: bool,
}

/// A gateway endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub vpc: Id,
    pub list: Id,
    pub tables: Vec<Id>,
    pub available: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Vgw {
    pub vpc: Id,
    pub attached: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Vpn {
    /// Its virtual private gateway; none if it ends at a transit gateway.
    pub vgw: Option<Id>,
    pub region: usize,
    pub transit: Option<Id>,
    pub routes: Vec<IpNet>,
    pub up: bool,
}

impl Network {
    pub(crate) fn main_table(&self, vpc: Id) -> Id {
        let main = |table: &Table| table.vpc == vpc && table.main;
        self.tables.iter().position(main).unwrap()
    }

    pub(crate) fn table_of(&self, subnet: Id) -> Id {
        let subnet = &self.subnets[subnet];
        subnet.table.unwrap_or_else(|| self.main_table(subnet.vpc))
    }

    pub(crate) fn vpc_of(&self, interface: Id) -> Id {
        self.subnets[self.interfaces[interface].subnet].vpc
    }

    pub(crate) fn edge_table(&self, vpc: Id, edge: Edge) -> Option<&Table> {
        let mut tables = self.tables.iter();
        tables.find(|table| table.vpc == vpc && table.edge == Some(edge))
    }

    /// The subnet of a VPC that holds an address.
    pub(crate) fn subnet_with(&self, vpc: Id, address: IpAddr) -> Option<Id> {
        let holds = |subnet: &Subnet| subnet.vpc == vpc && any(&subnet.blocks, address);
        self.subnets.iter().position(holds)
    }

    /// The interface of a subnet that has an address.
    pub(crate) fn interface_with(&self, subnet: Id, address: IpAddr) -> Option<Id> {
        let has = |interface: &Interface| interface.subnet == subnet && interface.has(address);
        self.interfaces.iter().position(has)
    }

    /// The interface and private address that a public address stands for.
    pub(crate) fn behind(&self, public: IpAddr) -> Option<(Id, IpAddr)> {
        let mut all = self.interfaces.iter().enumerate();
        all.find_map(|(id, interface)| {
            let mut own = interface.addresses.iter();
            let own = own.find(|own| own.public.map(IpAddr::V4) == Some(public))?;
            Some((id, own.private))
        })
    }
}

impl Interface {
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        let mut own = self.addresses.iter();
        own.any(|own| own.private == address) || any(&self.prefixes, address)
    }
}

pub(crate) fn any(blocks: &[IpNet], address: IpAddr) -> bool {
    blocks.iter().any(|block| block.contains(&address))
}
