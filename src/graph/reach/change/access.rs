//! Rules of security groups and entries of network ACLs that would admit what
//! is blocked.
//!
//! The narrowest that does: exactly the ports that are missing, from the peer's
//! group where the path carries identities, else from its address. Uses the
//! model; how rules are evaluated is not repeated here.

use std::net::IpAddr;

use ipnet::IpNet;

use super::edit::{Edit, Peer, ranges};
use super::{Blocked, Change, Party};
use crate::graph::Node;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::filter::span_ports;
use crate::graph::reach::flow::{Component, End, Protocol};
use crate::graph::reach::model::{Acl, AclEntry, EndpointType, Interface};
use crate::snapshot::record::Kind;

/// The last number that a person may use; 32767 is AWS's own
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>).
const LAST_NUMBER: i64 = 32_766;

impl Blocked<'_> {
    pub(super) fn group_rule(&self, egress: bool) -> Change {
        let header = &self.hop.header;
        let peer_address = if egress {
            header.destination
        } else {
            header.source
        };
        let own_address = if egress {
            header.source
        } else {
            header.destination
        };
        let interface = self
            .resource(&[Kind::NetworkInterface])
            .and_then(Node::row)
            .or_else(|| self.end_at(own_address))
            .and_then(|row| self.network.interfaces.get(row as usize));
        let Some((group, others)) = interface.and_then(|interface| self.fewest(interface)) else {
            return self.advice(
                format!(
                    "Admit the traffic in the security groups of {}",
                    self.shown()
                ),
                Party::Owner(String::new()),
                "None of the groups is in the snapshot, so the one to change is not known."
                    .to_owned(),
            );
        };
        let (peer, why) = self.peer(peer_address, egress, interface);
        let protocol = self.flow.traffic.protocol;
        let ports = self.missing();
        let id = self.graph.id(group);
        let shown = match &peer {
            Peer::Block(block) => shown_block(*block),
            Peer::Group(id, _) => id.clone(),
        };
        let title = format!(
            "Let {id} {} {} {} {shown}",
            if egress { "send" } else { "admit" },
            described(protocol, &ports),
            if egress { "to" } else { "from" },
        );
        let mut notes = Vec::new();
        if others > 0 {
            notes.push(format!(
                "{others} other interface{} of this group get{} the rule too.",
                if others == 1 { "" } else { "s" },
                if others == 1 { "s" } else { "" },
            ));
        }
        notes.extend(why.map(str::to_owned));
        let edit = Edit::GroupRule {
            group: id,
            egress,
            protocol,
            ports: ranges(protocol, &ports),
            peer: self.with_account(peer, group),
        };
        self.edit(group, title, edit, notes.join(" "))
    }

    /// The ports that do not pass; all that was asked where the check names
    /// none. On the way back ports are those of the client.
    fn missing(&self) -> Ports {
        if !self.check.ports.is_empty() {
            return self.check.ports.clone();
        }
        if self.back {
            self.flow.traffic.client_ports.clone()
        } else {
            self.flow.traffic.ports.clone()
        }
    }

    /// The group of an interface that the fewest others share, and how many do.
    fn fewest(&self, interface: &Interface) -> Option<(Node, usize)> {
        let known = interface.groups.iter().flatten().filter_map(|row| {
            let group = self.network.groups.get(*row as usize)?;
            let members = &self.network.interfaces;
            let members = members
                .iter()
                .filter(|other| other.groups.contains(&Some(*row)));
            Some((members.count(), &group.id, group.node))
        });
        known
            .min()
            .map(|(members, _, node)| (node, members.saturating_sub(1)))
    }

    /// The interface at one of the two ends that has an address.
    fn end_at(&self, address: IpAddr) -> Option<u32> {
        [&self.flow.from, &self.flow.to]
            .into_iter()
            .find_map(|end| match end {
                End::Interface(node, own) if *own == address => node.row(),
                _ => None,
            })
    }

    /// Whom to admit, and why not a group.
    fn peer(
        &self,
        address: IpAddr,
        egress: bool,
        own: Option<&Interface>,
    ) -> (Peer, Option<&'static str>) {
        let by_address = Peer::Block(IpNet::from(address));
        let other = self
            .end_at(address)
            .and_then(|row| self.network.interfaces.get(row as usize));
        let Some(other) = other else {
            return (self.address_block(address), None);
        };
        if let Some(why) = self.identity_lost(egress, own, other) {
            return (by_address, Some(why));
        }
        match self.fewest(other) {
            Some((group, _)) => (Peer::Group(self.graph.id(group), None), None),
            None => (by_address, None),
        }
    }

    /// An address that no interface of the ends has: the subnet's block if the
    /// question was about the subnet.
    fn address_block(&self, address: IpAddr) -> Peer {
        let ends = [&self.flow.from, &self.flow.to];
        let subnet = ends.into_iter().find_map(|end| match end {
            End::Subnet(node, own) if *own == address => node.row(),
            _ => None,
        });
        let block = subnet
            .and_then(|row| self.network.subnets.get(row as usize))
            .and_then(|subnet| subnet.blocks.iter().find(|block| block.contains(&address)));
        Peer::Block(block.copied().unwrap_or_else(|| IpNet::from(address)))
    }

    /// Why a rule that names a group would not hold on this path
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing>,
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>);
    /// `None` where it would.
    fn identity_lost(
        &self,
        egress: bool,
        own: Option<&Interface>,
        other: &Interface,
    ) -> Option<&'static str> {
        if matches!(
            self.check.code,
            Some(
                Code::SgReferencesNotPreserved
                    | Code::SgReferencingSupport
                    | Code::UnknownPeeredSgs
            )
        ) {
            return Some(
                "This path does not carry group identities, so the rule names an address.",
            );
        }
        let own = own?;
        let kinds = self.kinds_between();
        if self.through_appliance() || kinds.iter().any(|kind| LOSES.contains(kind)) {
            return Some(
                "This path does not carry group identities, so the rule names an address.",
            );
        }
        if kinds.iter().any(|kind| TRANSIT.contains(kind)) {
            let endpoint = own
                .endpoint
                .and_then(|row| self.network.endpoints.get(row as usize));
            if egress || endpoint.is_some_and(|endpoint| endpoint.kind != EndpointType::Gateway) {
                return Some(
                    "A transit gateway carries group identities for inbound rules only, and not to endpoints; the rule names an address.",
                );
            }
            return (!self.referencing_on()).then_some(
                "Group referencing is not known to be on for the transit gateway and both attachments, so the rule names an address.",
            );
        }
        if kinds.contains(&Kind::VpcPeeringConnection) {
            return (!self.peering_in_region()).then_some(
                "Rules can name a group across a peering within one Region only; this one names an address.",
            );
        }
        (own.vpc.is_none() || own.vpc != other.vpc).then_some(
            "The way between the two VPCs is not complete yet, so the rule names an address, which holds on any way.",
        )
    }

    fn kinds_between(&self) -> Vec<Kind> {
        let hops = self.flow.forward.iter().chain(&self.flow.back);
        hops.filter_map(|hop| match &hop.component {
            Component::Resource(node) => Some(node.kind),
            _ => None,
        })
        .collect()
    }

    /// Whether an interface that is at neither end forwards the traffic.
    fn through_appliance(&self) -> bool {
        let ends: Vec<Node> = [&self.flow.from, &self.flow.to]
            .into_iter()
            .filter_map(|end| match end {
                End::Interface(node, _) => Some(*node),
                _ => None,
            })
            .collect();
        self.flow.forward.iter().any(|hop| {
            matches!(&hop.component, Component::Resource(node)
                if node.kind == Kind::NetworkInterface && !ends.contains(node))
        })
    }

    fn referencing_on(&self) -> bool {
        let gateways = &self.network.transit_gateways;
        let crossed = |node: &Node| {
            self.flow
                .forward
                .iter()
                .any(|hop| hop.component == Component::Resource(*node))
        };
        let on = gateways
            .iter()
            .filter(|gateway| crossed(&gateway.node))
            .all(|gateway| gateway.references == Some(true));
        on && self
            .vpc_attachments()
            .all(|(_, vpc)| vpc.references == Some(true))
    }

    fn peering_in_region(&self) -> bool {
        let peerings = self.network.peerings.iter().filter(|peering| {
            let component = Component::Resource(peering.node);
            self.flow
                .forward
                .iter()
                .any(|hop| hop.component == component)
        });
        peerings.into_iter().all(|peering| {
            match (&peering.requester.region, &peering.accepter.region) {
                (Some(one), Some(other)) => one == other,
                _ => false,
            }
        })
    }

    /// A group of another account is named with it.
    fn with_account(&self, peer: Peer, group: Node) -> Peer {
        let Peer::Group(id, None) = &peer else {
            return peer;
        };
        let Some(other) = self.graph.find(Kind::SecurityGroup, id, Some(group)) else {
            return peer;
        };
        let (own, its) = (self.graph.account(group), self.graph.account(other));
        if own == its || its.is_empty() {
            peer
        } else {
            Peer::Group(id.clone(), Some(its))
        }
    }

    pub(super) fn acl_entries(&self, egress: bool) -> Change {
        let header = &self.hop.header;
        let address = if egress {
            header.destination
        } else {
            header.source
        };
        let acl = self.acl(egress);
        let entries = acl.and_then(|acl| {
            let entries = if egress { &acl.egress } else { &acl.ingress };
            Some((acl, entries.as_ref()?))
        });
        let Some((acl, entries)) = entries else {
            return self.nothing_to_edit();
        };
        let protocol = self.flow.traffic.protocol;
        let ports = self.missing();
        let id = self.graph.id(acl.node);
        let Peer::Block(block) = self.address_block(address) else {
            return self.nothing_to_edit();
        };
        let wanted = ranges(protocol, &ports);
        let denies = deciding(entries, address, self.flow.traffic.protocol, &ports);
        let count = if protocol.has_ports() || protocol.is_icmp() {
            wanted.len()
        } else {
            1
        };
        let title = format!(
            "Let {id} allow {} {} {}",
            described(protocol, &ports),
            if egress { "out to" } else { "in from" },
            shown_block(block),
        );
        let Some(numbers) = free_numbers(entries, denies, count) else {
            return self.advice(
                title,
                Party::Owner(self.graph.account(acl.node)),
                format!(
                    "No {count} free rule number{} before rule {}, which denies it: give that rule a higher number first.",
                    if count == 1 { "" } else { "s" },
                    denies.unwrap_or_default(),
                ),
            );
        };
        let mut notes = vec![match denies {
            Some(number) => format!("Rule {number} denies it, so the entry needs a lower number."),
            None => "No entry allows it, so the last one, `*`, denies it.".to_owned(),
        }];
        if self.back {
            notes.push(
                "These are the ports that clients send from; an ACL does not remember connections."
                    .to_owned(),
            );
        }
        // The quota is 20 entries a direction unless raised
        // (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>).
        if entries.len() + count > 21 {
            notes.push(format!(
                "The ACL has {} entries in this direction; the quota is 20 unless it was raised.",
                entries.len()
            ));
        }
        let edit = Edit::AclEntries {
            acl: id,
            egress,
            numbers,
            protocol,
            ports: wanted,
            block,
        };
        self.edit(acl.node, title, edit, notes.join(" "))
    }

    /// The ACL that was checked: named by the evidence or the hop, or that of
    /// the subnet.
    fn acl(&self, egress: bool) -> Option<&Acl> {
        if let Some(node) = self.resource(&[Kind::NetworkAcl]) {
            return self.network.acls.get(node.row()? as usize);
        }
        let subnet = self
            .resource(&[Kind::Subnet])
            .and_then(Node::row)
            .or_else(|| {
                let interface = self.resource(&[Kind::NetworkInterface])?.row()?;
                self.network.interfaces.get(interface as usize)?.subnet
            })
            .or_else(|| {
                let header = &self.hop.header;
                let own = if egress {
                    header.source
                } else {
                    header.destination
                };
                self.network
                    .interfaces
                    .get(self.end_at(own)? as usize)?
                    .subnet
            })?;
        let subnet = self.network.subnets.get(subnet as usize)?;
        self.network.acls.get(subnet.acl? as usize)
    }
}

/// Components behind which nobody knows the groups of the sender.
const LOSES: &[Kind] = &[
    Kind::InternetGateway,
    Kind::EgressOnlyInternetGateway,
    Kind::NatGateway,
    Kind::VpnGateway,
    Kind::VpnConnection,
    Kind::TransitGatewayPeeringAttachment,
    Kind::VpcEndpoint,
];

/// Components of a way through a transit gateway.
const TRANSIT: &[Kind] = &[
    Kind::TransitGateway,
    Kind::TransitGatewayAttachment,
    Kind::TransitGatewayVpcAttachment,
    Kind::TransitGatewayRouteTable,
];

fn shown_block(block: IpNet) -> String {
    if block.prefix_len() == block.max_prefix_len() {
        block.addr().to_string()
    } else {
        block.to_string()
    }
}

/// Protocol and ports, as titles name them.
pub(super) fn described(protocol: Protocol, ports: &Ports) -> String {
    if protocol.has_ports() {
        format!("{} {ports}", protocol.name())
    } else {
        protocol.name()
    }
}

/// The lowest number of an entry that denies some of the ports.
fn deciding(
    entries: &[AclEntry],
    address: IpAddr,
    protocol: Protocol,
    ports: &Ports,
) -> Option<i64> {
    let mut rest = ports.clone();
    for entry in entries {
        if entry.block.is_some_and(|block| !block.contains(&address)) {
            continue;
        }
        let Some(met) = span_ports(entry.span, protocol, &rest) else {
            continue;
        };
        if met.is_empty() {
            continue;
        }
        // AWS shows its own last entry too.
        if entry.number > LAST_NUMBER {
            return None;
        }
        if entry.allow == Some(false) {
            return Some(entry.number);
        }
        rest = rest.difference(&met);
    }
    None
}

/// Numbers that are not taken: right before the entry that denies, else after
/// all others.
fn free_numbers(entries: &[AclEntry], before: Option<i64>, count: usize) -> Option<Vec<i64>> {
    let free = |number: &i64| entries.iter().all(|entry| entry.number != *number);
    let mut numbers: Vec<i64> = if let Some(deny) = before {
        (1..deny).rev().filter(free).take(count).collect()
    } else {
        let numbers = entries.iter().map(|entry| entry.number);
        let last = numbers.filter(|number| *number <= LAST_NUMBER).max();
        let first = (last.unwrap_or(0).max(0) / 10 + 1) * 10;
        let after = (first..=LAST_NUMBER).step_by(10);
        let any = (1..=LAST_NUMBER).rev();
        after.chain(any).filter(free).take(count).collect()
    };
    numbers.sort_unstable();
    numbers.dedup();
    (numbers.len() == count).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reach::model::Span;

    fn entry(number: i64, low: u16, high: u16, allow: bool) -> AclEntry {
        AclEntry {
            number,
            span: Span::Range(Protocol::Tcp, low, high),
            block: "0.0.0.0/0".parse().ok(),
            allow: Some(allow),
            position: 0,
        }
    }

    #[test]
    fn a_number_is_free_and_before_the_one_that_denies() {
        let entries = [entry(99, 1, 9, true), entry(100, 0, u16::MAX, false)];
        let address = "10.0.0.1".parse().unwrap();
        let deny = deciding(&entries, address, Protocol::Tcp, &Ports::range(5, 20));
        assert_eq!(deny, Some(100));
        assert_eq!(free_numbers(&entries, deny, 2), Some(vec![97, 98]));
        assert_eq!(
            deciding(&entries, address, Protocol::Tcp, &Ports::range(5, 6)),
            None
        );
        assert_eq!(
            deciding(&entries, address, Protocol::Udp, &Ports::range(5, 20)),
            None
        );
        assert_eq!(free_numbers(&entries, None, 2), Some(vec![110, 120]));
        assert_eq!(free_numbers(&[entry(1, 0, 9, false)], Some(1), 1), None);
        let last = [entry(LAST_NUMBER, 0, 9, true)];
        assert_eq!(free_numbers(&last, None, 1), Some(vec![LAST_NUMBER - 1]));
    }
}
