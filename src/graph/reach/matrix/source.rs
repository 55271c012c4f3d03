//! Clients, sorted into classes that no filter and no way tells apart.
//!
//! A class is a station, what the groups let out, which of the groups that
//! others name it has, and an address as rules see it. Uses the model and the
//! filters; nothing is decided about traffic here.

use std::net::IpAddr;

use hashbrown::HashMap;
use ipnet::IpNet;
use rustc_hash::FxBuildHasher;

use super::address::Alike;
use super::gates::{GateId, Gates, balancer_blocks};
use super::sets::{Sets, blocks_of};
use super::station::{Ground, Stations};
use crate::graph::reach::filter::Way;
use crate::graph::reach::model::{Interface, Network};

/// Clients that are treated alike.
#[derive(Debug, Clone)]
pub struct Class {
    /// The VPC, by row.
    pub vpc: Option<u32>,
    /// The subnet, by row.
    pub subnet: Option<u32>,
    /// The interfaces, by row, ascending.
    pub members: Vec<u32>,
    pub(super) v4: Option<Origin>,
    pub(super) v6: Option<Origin>,
}

/// Where traffic of a class begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub(super) station: u32,
    /// The address of its first interface.
    pub(super) address: IpAddr,
}

impl Class {
    /// The interface that stands for all.
    pub fn example(&self) -> Option<u32> {
        self.members.first().copied()
    }

    pub(super) const fn origin(&self, is_v6: bool) -> Option<Origin> {
        if is_v6 { self.v6 } else { self.v4 }
    }
}

/// What groups let out, told apart by what they admit; by the set itself where
/// rules name groups.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Egress {
    Gate(Option<GateId>),
    Set(u32),
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    vpc: Option<u32>,
    subnet: Option<u32>,
    v4: Option<(u32, u32)>,
    v6: Option<(u32, u32)>,
    egress: Egress,
    known: Vec<(Option<u32>, String)>,
    groups_seen: bool,
}

/// The first address of a family that an interface has: the one that it sends
/// from.
pub(super) fn first(interface: &Interface, is_v6: bool) -> Option<IpAddr> {
    let mut addresses = interface.addresses.iter();
    addresses
        .find(|address| address.is_ipv6() == is_v6)
        .copied()
}

/// The addresses that traffic between two interfaces has: IPv4 where both have
/// it, else IPv6, else whatever they have; `None` if one has none.
pub fn addresses(from: &Interface, to: &Interface) -> Option<(IpAddr, IpAddr)> {
    let pair = |is_v6: bool| Some((first(from, is_v6)?, first(to, is_v6)?));
    let any = || Some((*from.addresses.first()?, *to.addresses.first()?));
    pair(false).or_else(|| pair(true)).or_else(any)
}

/// Sorts clients into classes, in the order of the first of each.
pub(super) fn sort(
    network: &Network,
    (there, sets): (&Gates, &Sets),
    ground: &Ground<'_>,
    (clients, receivers): (&[u32], &[u32]),
    with_v6: bool,
) -> (Stations, Vec<Class>) {
    let told = Alike::by(mentioned(network, sets, receivers));
    let mut stations = Stations::default();
    let mut numbers: HashMap<Key, usize, FxBuildHasher> = HashMap::default();
    let mut classes: Vec<Class> = Vec::new();
    for row in clients {
        let Some(interface) = network.interfaces.get(*row as usize) else {
            continue;
        };
        let v4 = first(interface, false);
        // IPv6 is asked about only where an end has no IPv4.
        let v6 = first(interface, true).filter(|_| with_v6 || v4.is_none());
        let mut origin = |address: IpAddr| Origin {
            station: stations.enter(ground, (*row, address)),
            address,
        };
        let (v4, v6) = (v4.map(&mut origin), v6.map(&mut origin));
        let alike = |origin: Origin| (origin.station, told.of(origin.address));
        let set = sets.number(*row);
        let egress = match sets.of(*row) {
            Some(about) if !about.names.1 => Egress::Gate(there.set(set, Way::Out)),
            _ => Egress::Set(set),
        };
        let key = Key {
            vpc: interface.vpc,
            subnet: interface.subnet,
            v4: v4.map(alike),
            v6: v6.map(alike),
            egress,
            known: sets.known_by(interface),
            groups_seen: interface.groups_seen,
        };
        let number = *numbers.entry(key).or_insert_with(|| {
            classes.push(Class {
                vpc: interface.vpc,
                subnet: interface.subnet,
                members: Vec::new(),
                v4,
                v6,
            });
            classes.len() - 1
        });
        if let Some(class) = classes.get_mut(number) {
            class.members.push(*row);
        }
    }
    (stations, classes)
}

/// The blocks that filters mention which see addresses of clients.
fn mentioned(network: &Network, sets: &Sets, receivers: &[u32]) -> Vec<IpNet> {
    let mut blocks: Vec<IpNet> = Vec::new();
    let mut seen: Vec<u32> = Vec::new();
    for row in receivers {
        let set = sets.number(*row);
        let Some(interface) = network.interfaces.get(*row as usize) else {
            continue;
        };
        if let Err(at) = seen.binary_search(&set) {
            seen.insert(at, set);
            blocks.extend(blocks_of(network, interface, Way::In));
        }
    }
    blocks.extend(balancer_blocks(network, receivers));
    for acl in &network.acls {
        let entries = acl.ingress.iter().chain(&acl.egress).flatten();
        blocks.extend(entries.filter_map(|entry| entry.block));
    }
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}
