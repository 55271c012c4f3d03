//! Places from which, and to which, traffic takes the same way.
//!
//! A station is a subnet and the addresses in it that no route, subnet or VPC
//! tells apart; whatever else the walk looks at is part of it. Uses the model;
//! filters tell more apart, and are not asked here.

use std::net::IpAddr;

use hashbrown::HashMap;
use ipnet::IpNet;
use rustc_hash::FxBuildHasher;

use super::address::Alike;
use crate::graph::reach::model::{Destination, Interface, Network};

/// What the walk looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    vpc: Option<u32>,
    subnet: Option<u32>,
    alike: u32,
    /// Whether it has a public address.
    public: bool,
    /// Whether it is who has the address in its VPC, and no NAT gateway is.
    found: bool,
    /// Whether it is the interface of a NAT gateway.
    gateway: bool,
    /// Other VPCs that have the address and of which not all interfaces were
    /// listed: what is not found there is unknown, what is found is wrong.
    there: Vec<u32>,
    /// The interface, where it is like no other: routes lead to it, its private
    /// address is also somebody's public one, or another has it too.
    alone: Option<u32>,
}

/// An interface with one of its addresses.
pub(super) type Stand = (u32, IpAddr);

/// All stations of one side.
#[derive(Debug, Default)]
pub(super) struct Stations {
    /// Looked up, never iterated.
    numbers: HashMap<Key, u32, FxBuildHasher>,
    /// Two that stand there, so that one of them is not the other end.
    stands: Vec<(Stand, Option<Stand>)>,
}

impl Stations {
    /// The number of the station that an interface is at.
    pub(super) fn enter(&mut self, ground: &Ground<'_>, stand: Stand) -> u32 {
        let key = ground.key(stand);
        let next = u32::try_from(self.stands.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(key).or_insert(next);
        match self.stands.get_mut(number as usize) {
            None => self.stands.push((stand, None)),
            Some((first, second)) if second.is_none() && first.0 != stand.0 => {
                *second = Some(stand);
            }
            Some(_) => {}
        }
        number
    }

    pub(super) fn len(&self) -> usize {
        self.stands.len()
    }

    /// Who stands there, and is not that interface.
    pub(super) fn stand(&self, number: u32, other_than: Option<u32>) -> Option<Stand> {
        let (first, second) = self.stands.get(number as usize)?;
        if Some(first.0) == other_than {
            *second
        } else {
            Some(*first)
        }
    }
}

/// What stations are told apart by.
#[derive(Debug)]
pub(super) struct Ground<'n> {
    network: &'n Network,
    /// Interfaces that routes lead to, sorted.
    appliances: &'n [u32],
    routing: Alike,
    /// Addresses in VPCs of which not all interfaces were listed, sorted.
    unlisted: Vec<(IpAddr, u32)>,
    /// The same for blocks that interfaces hold.
    unlisted_blocks: Vec<(IpNet, u32)>,
    /// Whether some private address is also a public one, so that traffic may
    /// go out and come in again with public addresses as its source.
    strict: bool,
}

impl<'n> Ground<'n> {
    /// Prepares for these interfaces.
    pub(super) fn new(
        network: &'n Network,
        appliances: &'n [u32],
        mut rows: impl Iterator<Item = u32>,
    ) -> Self {
        let is_unlisted = |vpc: u32| {
            let vpc = network.vpcs.get(vpc as usize);
            vpc.is_some_and(|vpc| !(vpc.interfaces_listed && vpc.subnets_listed))
        };
        let (mut unlisted, mut unlisted_blocks) = (Vec::new(), Vec::new());
        for interface in &network.interfaces {
            if let Some(vpc) = interface.vpc.filter(|vpc| is_unlisted(*vpc)) {
                unlisted.extend(interface.addresses.iter().map(|address| (*address, vpc)));
                unlisted_blocks.extend(interface.prefixes.iter().map(|block| (*block, vpc)));
            }
        }
        for gateway in &network.nat_gateways {
            if let Some(vpc) = gateway.vpc.filter(|vpc| is_unlisted(*vpc)) {
                unlisted.extend(
                    gateway
                        .addresses
                        .iter()
                        .map(|(_, address, _)| (*address, vpc)),
                );
            }
        }
        unlisted.sort_unstable();
        unlisted.dedup();
        Self {
            network,
            appliances,
            routing: Alike::by(routing(network)),
            unlisted,
            unlisted_blocks,
            strict: rows.any(|row| {
                let interface = network.interfaces.get(row as usize);
                let addresses = interface.into_iter().flat_map(|one| &one.addresses);
                addresses
                    .into_iter()
                    .any(|address| network.behind(*address).is_some())
            }),
        }
    }

    fn key(&self, (row, address): Stand) -> Key {
        let interface = self.network.interfaces.get(row as usize);
        let subnet = interface.and_then(|interface| interface.subnet);
        let home = subnet
            .and_then(|subnet| self.network.subnets.get(subnet as usize))
            .and_then(|subnet| subnet.vpc);
        let mut public = interface
            .into_iter()
            .flat_map(|interface| &interface.public);
        let public = public.any(|(_, private)| *private == address);
        let alone = self.appliances.binary_search(&row).is_ok()
            || if address.is_ipv4() {
                self.network.behind(address).is_some() || (self.strict && public)
            } else {
                self.network.interface_of(address) != Some(row)
            };
        let after = self.unlisted.partition_point(|(known, _)| *known < address);
        let mut there: Vec<u32> = self
            .unlisted
            .get(after..)
            .unwrap_or_default()
            .iter()
            .take_while(|(known, _)| *known == address)
            .map(|(_, vpc)| *vpc)
            .collect();
        let blocks = self.unlisted_blocks.iter();
        let blocks = blocks.filter(|(block, _)| block.contains(&address));
        there.extend(blocks.map(|(_, vpc)| *vpc));
        there.retain(|vpc| Some(*vpc) != home);
        there.sort_unstable();
        there.dedup();
        Key {
            vpc: interface.and_then(|interface| interface.vpc),
            subnet,
            alike: self.routing.of(address),
            public,
            found: home.is_some_and(|home| {
                self.network.interface_at(home, address) == Some(row)
                    && self.network.nat_at(home, address).is_none()
            }),
            gateway: interface.is_some_and(Interface::is_nat_gateway),
            there,
            alone: alone.then_some(row),
        }
    }
}

/// The blocks that decide about ways.
fn routing(network: &Network) -> Vec<IpNet> {
    let mut blocks: Vec<IpNet> = Vec::new();
    let mut lists: Vec<u32> = Vec::new();
    let mut add = |destination: &Destination| match destination {
        Destination::Block(block) => blocks.push(*block),
        Destination::List(list, _) => lists.extend(list),
        Destination::Unreadable => {}
    };
    for table in &network.tables {
        table
            .routes
            .iter()
            .flatten()
            .for_each(|route| add(&route.destination));
    }
    for table in &network.transit_tables {
        table
            .routes
            .iter()
            .for_each(|route| add(&route.destination));
    }
    lists.sort_unstable();
    lists.dedup();
    for list in lists {
        let list = network.lists.get(list as usize);
        blocks.extend(
            list.and_then(|list| list.blocks.as_ref())
                .into_iter()
                .flatten(),
        );
    }
    blocks.extend(network.vpcs.iter().flat_map(|vpc| &vpc.blocks));
    blocks.extend(network.subnets.iter().flat_map(|subnet| &subnet.blocks));
    blocks.extend(network.vpn_connections.iter().flat_map(|vpn| &vpn.routes));
    for peering in &network.peerings {
        blocks.extend(&peering.requester.blocks);
        blocks.extend(&peering.accepter.blocks);
    }
    blocks.extend(special());
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}

/// Blocks that gateways treat in a way of their own, whatever routes say: what
/// is never forwarded, and what internet gateways do not carry.
fn special() -> impl Iterator<Item = IpNet> {
    [
        "169.254.168.0/22",
        "fd00:ec2::/32",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    ]
    .iter()
    .filter_map(|text| text.parse().ok())
}
