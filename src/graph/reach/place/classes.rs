//! Interfaces and addresses that are treated alike, so that one stands for all.
//!
//! Two addresses are alike if the same blocks hold them: all blocks that rules,
//! network ACLs, prefix lists and routes mention. Nothing is sampled. Uses the
//! model; what becomes of traffic is not decided here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;

use super::Class;
use crate::graph::reach::flow::End;
use crate::graph::reach::model::{Destination, Hop, Interface, Network, PeerKind};
use crate::graph::{Graph, Node};
use crate::snapshot::record::Kind;

/// Ranges that the label of a class names.
const RANGES: usize = 3;

/// The blocks that anything in the network mentions.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    numbers: BTreeMap<IpNet, u32>,
    lengths: BTreeSet<(bool, u8)>,
}

/// Addresses of a block that the same blocks hold.
#[derive(Debug)]
pub(super) struct Piece {
    /// Ranges, ascending, both ends included.
    pub(super) ranges: Vec<(u128, u128)>,
    /// How many addresses.
    pub(super) count: u128,
}

impl Blocks {
    pub(super) fn of(network: &Network) -> Self {
        let mut blocks = Self::default();
        for group in &network.groups {
            for rule in group.ingress.iter().chain(&group.egress).flatten() {
                for peer in &rule.peers {
                    if let PeerKind::Block(block) = peer.kind {
                        blocks.add(block);
                    }
                }
            }
        }
        for acl in &network.acls {
            let entries = acl.ingress.iter().chain(&acl.egress).flatten();
            entries
                .filter_map(|entry| entry.block)
                .for_each(|block| blocks.add(block));
        }
        let lists = network.lists.iter().filter_map(|list| list.blocks.as_ref());
        lists.flatten().for_each(|block| blocks.add(*block));
        for table in &network.tables {
            for route in table.routes.iter().flatten() {
                blocks.destination(&route.destination);
            }
        }
        for table in &network.transit_tables {
            for route in &table.routes {
                blocks.destination(&route.destination);
            }
        }
        let owned = network.vpcs.iter().map(|vpc| &vpc.blocks);
        let owned = owned.chain(network.subnets.iter().map(|subnet| &subnet.blocks));
        let owned = owned.chain(network.vpn_connections.iter().map(|vpn| &vpn.routes));
        let sides = network
            .peerings
            .iter()
            .flat_map(|peering| [&peering.requester.blocks, &peering.accepter.blocks]);
        owned
            .chain(sides)
            .flatten()
            .for_each(|block| blocks.add(*block));
        for block in special() {
            blocks.add(block);
        }
        blocks
    }

    fn destination(&mut self, destination: &Destination) {
        if let Destination::Block(block) = destination {
            self.add(*block);
        }
    }

    fn add(&mut self, block: IpNet) {
        let block = block.trunc();
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.entry(block).or_insert(number);
        let is_v6 = block.addr().is_ipv6();
        self.lengths.insert((is_v6, block.prefix_len()));
    }

    /// The numbers of the blocks that hold an address.
    pub(super) fn holding(&self, address: IpAddr) -> Vec<u32> {
        let is_v6 = address.is_ipv6();
        let lengths = self.lengths.range((is_v6, 0)..=(is_v6, 128));
        lengths
            .filter_map(|(_, length)| IpNet::new(address, *length).ok())
            .filter_map(|block| self.numbers.get(&block.trunc()).copied())
            .collect()
    }

    /// Cuts a block where other blocks begin and end, and puts together what
    /// the same blocks hold. `keep` leaves out ranges by their first address;
    /// it must not tell addresses of one range apart.
    pub(super) fn pieces(&self, block: IpNet, keep: impl Fn(IpAddr) -> bool) -> Vec<Piece> {
        let is_v6 = block.addr().is_ipv6();
        let (low, high) = bounds(block);
        let mut cuts = BTreeSet::from([low]);
        for other in self.numbers.keys() {
            if other.addr().is_ipv6() == is_v6 {
                let (from, to) = bounds(*other);
                let after = to.checked_add(1);
                cuts.extend([Some(from), after].into_iter().flatten());
            }
        }
        let cuts: Vec<u128> = cuts.range(low..=high).copied().collect();
        let mut pieces: BTreeMap<Vec<u32>, Piece> = BTreeMap::new();
        for (position, from) in cuts.iter().enumerate() {
            let to = cuts.get(position + 1).map_or(high, |next| next - 1);
            let first = address(*from, is_v6);
            if !keep(first) {
                continue;
            }
            let piece = pieces.entry(self.holding(first)).or_insert(Piece {
                ranges: Vec::new(),
                count: 0,
            });
            piece.count = piece.count.saturating_add((to - from).saturating_add(1));
            match piece.ranges.last_mut() {
                Some((_, end)) if end.checked_add(1) == Some(*from) => *end = to,
                _ => piece.ranges.push((*from, to)),
            }
        }
        let mut pieces: Vec<Piece> = pieces.into_values().collect();
        pieces.sort_by_key(|piece| piece.ranges.first().copied());
        pieces
    }
}

impl Piece {
    /// A class of the addresses; `end` says what one of them is as an end.
    pub(super) fn class(&self, is_v6: bool, end: impl Fn(IpAddr) -> End) -> Option<Class> {
        let &(first, last) = self.ranges.first()?;
        let mut ends = vec![end(address(first, is_v6))];
        if last > first {
            ends.push(end(address(first + 1, is_v6)));
        }
        let shown: Vec<String> = self
            .ranges
            .iter()
            .take(RANGES)
            .map(|range| shown(*range, is_v6))
            .collect();
        let mut label = shown.join(", ");
        if self.ranges.len() > RANGES {
            let more = self.ranges.len() - RANGES;
            label = format!("{label} and {more} more ranges");
        }
        Some(Class {
            ends,
            count: u64::try_from(self.count).unwrap_or(u64::MAX),
            ranges: Some(label),
            only_from: None,
        })
    }
}

/// `10.0.0.0/24` where a range is a block, else both ends.
fn shown((low, high): (u128, u128), is_v6: bool) -> String {
    let (first, last) = (address(low, is_v6), address(high, is_v6));
    if low == high {
        return first.to_string();
    }
    let bits = if is_v6 { 128 } else { 32 };
    let size = (high - low).checked_add(1);
    let length = size.filter(|size| size.is_power_of_two() && low % size == 0);
    match length.map(|size| bits - size.trailing_zeros()) {
        Some(length) => format!("{first}/{length}"),
        None if size.is_none() => format!("{first}/0"),
        None => format!("{first}-{last}"),
    }
}

fn bounds(block: IpNet) -> (u128, u128) {
    (number(block.network()), number(block.broadcast()))
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

pub(super) fn address(number: u128, is_v6: bool) -> IpAddr {
    if is_v6 {
        Ipv6Addr::from_bits(number).into()
    } else {
        Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX)).into()
    }
}

/// Blocks whose addresses are not of the internet, and the one block whose
/// addresses are
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry/>,
/// <https://www.iana.org/assignments/iana-ipv6-special-registry/>).
fn special() -> Vec<IpNet> {
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
    ]
    .iter()
    .filter_map(|text| text.parse().ok())
    .chain("2000::/3".parse())
    .collect()
}

/// Whether an address is one of the internet. Documentation addresses count:
/// people use them in examples.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            let shared = first == 100 && second & 0xc0 == 64;
            let other = first == 0 || first >= 224 || (first == 198 && second & 0xfe == 18);
            let assigned = first == 192 && second == 0 && third == 0;
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || shared
                || other
                || assigned)
        }
        IpAddr::V6(address) => address
            .segments()
            .first()
            .is_some_and(|part| part >> 13 == 1),
    }
}

/// What tells ends apart, taken out of the network once.
#[derive(Debug)]
pub struct Index {
    blocks: Blocks,
    /// Interfaces that a route leads to.
    targets: BTreeSet<u32>,
    /// Addresses that interfaces of several VPCs have.
    shared: BTreeSet<IpAddr>,
}

/// Puts interfaces together that are treated alike.
#[derive(Debug)]
pub(super) struct Sorter<'n> {
    graph: &'n Graph,
    network: &'n Network,
    index: Arc<Index>,
}

/// What makes interfaces alike.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'n> {
    vpc: Option<u32>,
    subnet: Option<u32>,
    groups: (&'n [Option<u32>], &'n [String], bool),
    status: Option<&'n str>,
    instance: Option<String>,
    public: Option<Vec<u32>>,
    holding: Vec<u32>,
    is_v6: bool,
    alone: Option<u32>,
}

impl Index {
    /// Takes it out of the network; ends are told apart by these blocks too.
    pub(in crate::graph) fn build(network: &Network, others: &[IpNet]) -> Self {
        let mut blocks = Blocks::of(network);
        for block in others {
            blocks.add(*block);
        }
        let mut targets = BTreeSet::new();
        for table in &network.tables {
            for route in table.routes.iter().flatten() {
                if let Hop::Interface(target) = &route.hop {
                    targets.extend(target.row());
                }
            }
        }
        let mut homes: BTreeMap<IpAddr, Option<u32>> = BTreeMap::new();
        let mut shared = BTreeSet::new();
        for interface in &network.interfaces {
            for address in &interface.addresses {
                if *homes.entry(*address).or_insert(interface.vpc) != interface.vpc {
                    shared.insert(*address);
                }
            }
        }
        Self {
            blocks,
            targets,
            shared,
        }
    }
}

impl<'n> Sorter<'n> {
    pub(super) const fn new(graph: &'n Graph, network: &'n Network, index: Arc<Index>) -> Self {
        Self {
            graph,
            network,
            index,
        }
    }

    /// The blocks that anything mentions.
    pub(super) fn blocks(&self) -> &Blocks {
        &self.index.blocks
    }

    /// Classes of interfaces with their addresses, in the order of the first of
    /// each.
    pub(super) fn sort(&self, members: &[(u32, IpAddr)]) -> Vec<Class> {
        let mut places: BTreeMap<Key<'_>, usize> = BTreeMap::new();
        let mut classes: Vec<Class> = Vec::new();
        for (row, address) in members {
            let Some(interface) = self.network.interfaces.get(*row as usize) else {
                continue;
            };
            let end = End::Interface(interface.node, *address);
            let place = *places
                .entry(self.key(*row, interface, *address))
                .or_insert_with(|| {
                    classes.push(Class::default());
                    classes.len() - 1
                });
            if let Some(class) = classes.get_mut(place) {
                class.ends.push(end);
                class.count += 1;
            }
        }
        classes
    }

    fn key(&self, row: u32, interface: &'n Interface, address: IpAddr) -> Key<'n> {
        let public = interface.public.iter();
        let public = public
            .filter(|(_, private)| *private == address)
            .map(|(public, _)| self.index.blocks.holding(*public))
            .next();
        Key {
            vpc: interface.vpc,
            subnet: interface.subnet,
            groups: (
                &interface.groups,
                &interface.strangers,
                interface.groups_seen,
            ),
            status: interface.status.as_deref(),
            instance: interface.instance.and_then(|row| {
                let node = Node::new(Kind::Instance, row);
                self.graph.field_text(node, "State.Name")
            }),
            public,
            holding: self.index.blocks.holding(address),
            is_v6: address.is_ipv6(),
            alone: self.is_alone(row, interface, address).then_some(row),
        }
    }

    /// Whether an interface is like no other: it is of a service, a route leads
    /// to it, or its address exists elsewhere too.
    fn is_alone(&self, row: u32, interface: &Interface, address: IpAddr) -> bool {
        let plain = matches!(
            interface.kind.as_str(),
            "" | "interface" | "lambda" | "efa" | "branch" | "trunk"
        );
        let managed = interface.kind != "lambda"
            && self
                .graph
                .entry(interface.node)
                .and_then(|entry| entry.bool("RequesterManaged"))
                == Some(true);
        !plain
            || managed
            || interface.endpoint.is_some()
            || interface.source_dest_check == Some(false)
            || !interface.prefixes.is_empty()
            || self.index.targets.contains(&row)
            || self.index.shared.contains(&address)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks(texts: &[&str]) -> Blocks {
        let mut blocks = Blocks::default();
        for text in texts {
            blocks.add(text.parse().unwrap());
        }
        blocks
    }

    fn everything(_: IpAddr) -> bool {
        true
    }

    #[test]
    fn a_block_is_cut_where_others_begin_and_end() {
        let known = blocks(&["10.0.0.0/8", "10.0.0.64/26", "10.0.0.7/32"]);
        let pieces = known.pieces("10.0.0.0/24".parse().unwrap(), everything);
        let shown: Vec<String> = pieces
            .iter()
            .filter_map(|piece| piece.class(false, End::Internet)?.ranges)
            .collect();
        assert_eq!(
            shown,
            [
                "10.0.0.0-10.0.0.6, 10.0.0.8-10.0.0.63, 10.0.0.128/25",
                "10.0.0.7",
                "10.0.0.64/26"
            ]
        );
    }

    #[test]
    fn the_whole_of_both_families_can_be_cut() {
        let known = blocks(&["0.0.0.0/0", "::/0", "ffff::/16"]);
        let all = known.pieces("::/0".parse().unwrap(), everything);
        assert_eq!(all.len(), 2);
        let all = known.pieces("0.0.0.0/0".parse().unwrap(), everything);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].count, 1 << 32);
        let label = all[0].class(false, End::Internet).unwrap().ranges.unwrap();
        assert_eq!(label, "0.0.0.0/0");
    }

    #[test]
    fn private_and_special_addresses_are_not_of_the_internet() {
        for text in [
            "10.1.1.1",
            "100.64.0.1",
            "169.254.1.1",
            "198.19.0.1",
            "fd00::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["8.8.8.8", "100.128.0.1", "203.0.113.9", "2600::1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn pieces_are_a_partition_and_alike_inside(
            nets in proptest::collection::vec((0_u32..256, 24_u8..=32), 0..8),
        ) {
            let mut known = Blocks::default();
            for (last, length) in &nets {
                let address = Ipv4Addr::from_bits(0x0a00_0000 | last);
                known.add(IpNet::new(address.into(), *length).unwrap());
            }
            let pieces = known.pieces("10.0.0.0/24".parse().unwrap(), everything);
            let mut seen = BTreeMap::new();
            for (number, piece) in pieces.iter().enumerate() {
                for (low, high) in &piece.ranges {
                    for one in *low..=*high {
                        let holding = known.holding(address(one, false));
                        prop_assert!(seen.insert(one, (number, holding)).is_none());
                    }
                }
            }
            prop_assert_eq!(seen.len(), 256);
            for (one, other) in seen.values().zip(seen.values().skip(1)) {
                prop_assert_eq!(one.0 == other.0, one.1 == other.1);
            }
        }
    }
}
