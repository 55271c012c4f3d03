//! Addresses and blocks as places: in VPCs, of the internet, on premises.
//!
//! A block stands for the interfaces that have addresses of it; where there are
//! none, for its addresses. Uses the model; whether traffic gets there is not
//! asked here.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::classes::is_public;
use super::members::Sieve;
use super::{Class, Finder, NoPlace, Place, Side, spec};
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::reach::flow::End;
use crate::snapshot::record::Kind;

impl Finder<'_> {
    pub(super) fn block(
        &self,
        block: IpNet,
        single: bool,
        near: Option<Node>,
        side: Side<'_>,
    ) -> Result<Place, NoPlace> {
        let shown = if single {
            block.addr().to_string()
        } else {
            block.to_string()
        };
        let subnet = near.filter(|node| node.kind == Kind::Subnet);
        let vpcs = match near {
            Some(node) => self.vpc_near(node).into_iter().collect(),
            None => self.vpcs_with(block),
        };
        match vpcs.as_slice() {
            [] if near.is_some() => Err(NoPlace::new(
                format!("`{shown}` cannot be in what stands behind `@`"),
                "its VPC is not in the snapshot",
            )),
            [] => Ok(self.outside(block, &shown, side)),
            [vpc] => self.inside(*vpc, subnet, block, &shown, side),
            // Routes tell which of them is meant.
            several if single && matches!(side, Side::To(_)) => {
                let mut place = self.anywhere(block);
                place.notes.push(format!(
                    "{shown} is in {} VPCs; taken as the one that routes lead to",
                    several.len()
                ));
                Ok(place)
            }
            several => {
                let nodes: Vec<Node> = several
                    .iter()
                    .map(|vpc| Node::new(Kind::Vpc, *vpc))
                    .collect();
                Err(spec::several(self.graph, &shown, &nodes))
            }
        }
    }

    fn vpc_near(&self, node: Node) -> Option<u32> {
        match node.kind {
            Kind::Vpc => node.row(),
            _ => self.network.subnets.get(node.row()? as usize)?.vpc,
        }
    }

    /// VPCs with blocks that hold some of a block.
    fn vpcs_with(&self, block: IpNet) -> Vec<u32> {
        let meets = |own: &IpNet| own.contains(&block) || block.contains(own);
        (0_u32..)
            .zip(&self.network.vpcs)
            .filter(|(_, vpc)| vpc.blocks.iter().any(meets))
            .map(|(row, _)| row)
            .collect()
    }

    /// A block that no VPC of the snapshot has.
    fn outside(&self, block: IpNet, shown: &str, side: Side<'_>) -> Place {
        if let Some((row, private)) = self.network.behind(block.addr())
            && block.prefix_len() == block.max_prefix_len()
            && let Some(interface) = self.network.interfaces.get(row as usize)
        {
            let mut place = Place {
                node: Some(interface.node),
                what: "public address of an interface".to_owned(),
                ..Place::default()
            };
            let from_internet = |source: &Place| {
                let mut ends = source.ends();
                ends.all(|end| matches!(end, End::Internet(_)))
            };
            match side {
                // What leaves for a public address comes back as traffic of the
                // internet, and only the second half of that way is modelled.
                Side::To(source) if !from_internet(source) => {
                    place.needs.push(Need::Sense(format!(
                        "the way out of the VPC and back in to {shown}; ask about each half, to \
                         internet:{shown} and from internet:ADDRESS"
                    )));
                }
                _ => place.classes = self.sorter.sort(&[(row, private)]),
            }
            return place;
        }
        if is_public(block.addr()) {
            return self.internet(Some(block));
        }
        if matches!(side, Side::To(_)) {
            let mut place = self.anywhere(block);
            place
                .notes
                .push(format!("no VPC of the snapshot has {shown}"));
            return place;
        }
        let mut place = self.on_premises(block, None);
        place.notes.push(format!(
            "no VPC of the snapshot has {shown}; taken as a network on premises"
        ));
        place
    }

    /// Addresses as destinations, wherever routes lead.
    fn anywhere(&self, block: IpNet) -> Place {
        let is_v6 = block.addr().is_ipv6();
        let pieces = self.sorter.blocks().pieces(block, |_| true);
        Place {
            what: "addresses wherever routes lead".to_owned(),
            classes: pieces
                .iter()
                .filter_map(|piece| piece.class(is_v6, End::Address))
                .collect(),
            ..Place::default()
        }
    }

    /// A block in a VPC.
    fn inside(
        &self,
        vpc: u32,
        subnet: Option<Node>,
        block: IpNet,
        shown: &str,
        side: Side<'_>,
    ) -> Result<Place, NoPlace> {
        let vpc_node = Node::new(Kind::Vpc, vpc);
        let subnet = subnet.and_then(Node::row);
        let mut place = Place::default();
        let mut members: Vec<(u32, IpAddr)> = Vec::new();
        for (row, interface) in (0_u32..).zip(&self.network.interfaces) {
            let here = interface.vpc == Some(vpc)
                && subnet.is_none_or(|subnet| interface.subnet == Some(subnet));
            if here {
                self.doubt_addresses(row, &mut place);
                let addresses = interface.addresses.iter();
                let held = addresses.filter(|address| block.contains(*address));
                members.extend(held.map(|address| (row, *address)));
            }
        }
        let is_single = block.prefix_len() == block.max_prefix_len();
        if is_single && members.is_empty() {
            // An interface may hold a whole block, and only the model knows.
            let row = self.network.interface_at(vpc, block.addr());
            members.extend(row.map(|row| (row, block.addr())));
        }
        if !is_single {
            members = self.sift(members, Sieve::of(side), &mut place);
        }
        let listed = |vpc: &crate::graph::reach::model::Vpc| vpc.interfaces_listed;
        if is_single {
            // An address is one interface's, and about one that nothing has the
            // evaluation says what is missing.
            place.needs.clear();
        } else if !self.network.vpcs.get(vpc as usize).is_some_and(listed) {
            place
                .needs
                .push(Need::Listing(Kind::NetworkInterface, vpc_node));
        }
        if members.is_empty() {
            place.classes = self.bare(vpc, subnet, block);
            if place.classes.is_empty() && matches!(side, Side::To(_)) {
                let mut place = self.anywhere(block);
                place.notes.push(self.no_subnet(vpc, shown).message);
                return Ok(place);
            }
            if place.classes.is_empty() {
                return Err(self.no_subnet(vpc, shown));
            }
            "addresses without an interface".clone_into(&mut place.what);
            place.notes.push(format!(
                "no interface of {} has {}; its subnet decides, and security groups do not",
                self.graph.id(vpc_node),
                if is_single {
                    shown
                } else {
                    "an address of the block"
                },
            ));
        } else {
            let rows: BTreeSet<u32> = members.iter().map(|(row, _)| *row).collect();
            place.what = count_of(rows.len(), "interface");
            place.classes = self.sorter.sort(&members);
        }
        Ok(place)
    }

    fn no_subnet(&self, vpc: u32, shown: &str) -> NoPlace {
        let id = self.graph.id(Node::new(Kind::Vpc, vpc));
        let blocks: Vec<String> = self
            .network
            .subnets
            .iter()
            .filter(|subnet| subnet.vpc == Some(vpc))
            .flat_map(|subnet| subnet.blocks.iter().map(ToString::to_string))
            .take(12)
            .collect();
        let help = if blocks.is_empty() {
            "the snapshot has no subnets of it".to_owned()
        } else {
            format!("its subnets have {}", blocks.join(", "))
        };
        NoPlace::new(format!("`{shown}` is in no subnet of {id}"), help)
    }

    /// The addresses of a block in the subnets of a VPC. AWS keeps the first
    /// four and the last of a subnet
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
    fn bare(&self, vpc: u32, subnet: Option<u32>, block: IpNet) -> Vec<Class> {
        let mut classes = Vec::new();
        for (row, known) in (0_u32..).zip(&self.network.subnets) {
            if known.vpc != Some(vpc) || subnet.is_some_and(|subnet| subnet != row) {
                continue;
            }
            for own in &known.blocks {
                let part = if own.contains(&block) {
                    block
                } else if block.contains(own) {
                    *own
                } else {
                    continue;
                };
                let is_v6 = part.addr().is_ipv6();
                let pieces = self.sorter.blocks().pieces(part, |_| true);
                let end = |address| End::Subnet(known.node, address);
                classes.extend(pieces.iter().filter_map(|piece| piece.class(is_v6, end)));
            }
        }
        classes
    }

    /// The internet, cut at all blocks that rules and routes mention.
    pub(super) fn internet(&self, block: Option<IpNet>) -> Place {
        let whole: Vec<IpNet> = match block {
            Some(block) => vec![block],
            None => crate::graph::admission::world().to_vec(),
        };
        let mut classes = Vec::new();
        for part in whole {
            let is_v6 = part.addr().is_ipv6();
            // What somebody names is asked about, whatever it is.
            let keep = |address| block.is_some() || is_public(address);
            let pieces = self.sorter.blocks().pieces(part, keep);
            classes.extend(
                pieces
                    .iter()
                    .filter_map(|piece| piece.class(is_v6, End::Internet)),
            );
        }
        // The largest parts first: what rules single out comes last.
        classes.sort_by_key(|class| (class.is_v6(), std::cmp::Reverse(class.count)));
        if block.is_none() {
            let mut last = None;
            for class in &mut classes {
                // Most of the internet needs no list of ranges.
                if class.is_v6() != last {
                    class.ranges = Some("all addresses that no rule singles out".to_owned());
                }
                last = class.is_v6();
            }
        }
        Place {
            what: match block {
                Some(_) => "addresses of the internet".to_owned(),
                None => "all addresses of the internet".to_owned(),
            },
            classes,
            ..Place::default()
        }
    }

    /// A network on premises.
    pub(super) fn on_premises(&self, block: IpNet, way_in: Option<Node>) -> Place {
        let is_v6 = block.addr().is_ipv6();
        let pieces = self.sorter.blocks().pieces(block, |_| true);
        let end = |address| End::OnPremises(way_in, address);
        Place {
            what: match way_in {
                Some(node) => format!("network on premises behind {}", self.graph.id(node)),
                None => "network on premises".to_owned(),
            },
            classes: pieces
                .iter()
                .filter_map(|piece| piece.class(is_v6, end))
                .collect(),
            ..Place::default()
        }
    }

    /// What an address is that somebody in a VPC sends to.
    pub(super) fn ends_at(&self, address: IpAddr, asking: u32) -> Vec<End> {
        let block = IpNet::from(address);
        let mut vpcs = self.vpcs_with(block);
        // The VPC's own addresses are meant before those of another.
        vpcs.sort_by_key(|vpc| *vpc != asking);
        let found = vpcs.iter().find_map(|vpc| {
            if let Some(row) = self.network.interface_at(*vpc, address) {
                let interface = self.network.interfaces.get(row as usize)?;
                return Some(End::Interface(interface.node, address));
            }
            let subnet = self.network.subnet_at(*vpc, address)?;
            let subnet = self.network.subnets.get(subnet as usize)?;
            Some(End::Subnet(subnet.node, address))
        });
        let outside = || match self.network.behind(address) {
            Some((row, _)) => match self.network.interfaces.get(row as usize) {
                Some(interface) => End::Interface(interface.node, address),
                None => End::Internet(address),
            },
            None if is_public(address) => End::Internet(address),
            None => End::Address(address),
        };
        vec![found.unwrap_or_else(outside)]
    }

    /// Ends as classes: interfaces that are alike together.
    pub(super) fn alike(&self, ends: Vec<End>) -> Vec<Class> {
        let mut interfaces = Vec::new();
        let mut classes = Vec::new();
        for end in ends {
            match end {
                End::Interface(node, address) if node.row().is_some() => {
                    interfaces.extend(node.row().map(|row| (row, address)));
                }
                other => classes.push(Class {
                    ends: vec![other],
                    count: 1,
                    ..Class::default()
                }),
            }
        }
        classes.extend(self.sorter.sort(&interfaces));
        classes
    }
}

/// `1 interface`, `2 interfaces`.
pub(super) fn count_of(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
