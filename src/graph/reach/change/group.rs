//! Rules of security groups that would admit what is blocked.
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
use crate::graph::reach::flow::{Component, End, Hop, Protocol};
use crate::graph::reach::model::{EndpointType, Interface};
use crate::snapshot::record::Kind;

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
    pub(super) fn missing(&self) -> Ports {
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
    pub(super) fn end_at(&self, address: IpAddr) -> Option<u32> {
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
        let by_address = self.address_block(address);
        let other = self
            .end_at(address)
            .and_then(|row| self.network.interfaces.get(row as usize));
        let Some(other) = other else {
            return (by_address, None);
        };
        if let Some(why) = self.identity_lost(egress, own, other) {
            return (by_address, Some(why));
        }
        match self.fewest(other) {
            Some((group, _)) => (Peer::Group(self.graph.id(group), None), None),
            None => (by_address, None),
        }
    }

    /// An address, or its subnet's block where the question was about the subnet
    /// or several ends of it.
    pub(super) fn address_block(&self, address: IpAddr) -> Peer {
        let ends = [&self.flow.from, &self.flow.to];
        let subnet = ends.into_iter().find_map(|end| match end {
            End::Subnet(node, own) if *own == address => node.row(),
            End::Interface(node, own) if *own == address => {
                let interface = self.network.interfaces.get(node.row()? as usize)?;
                interface.subnet.filter(|row| self.crowded.contains(row))
            }
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
        let between = self.between(egress);
        let kinds: Vec<Kind> = between.iter().map(|node| node.kind).collect();
        if between.iter().any(|node| self.is_appliance(**node))
            || kinds.iter().any(|kind| LOSES.contains(kind))
        {
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

    /// The hops between this one and the other side: those before it where
    /// something comes in, else those up to the interface with the address.
    fn between(&self, egress: bool) -> Vec<&Node> {
        let hops = self.hops.iter();
        let hops: Vec<&Hop> = if egress {
            hops.skip(self.position + 1).collect()
        } else {
            hops.take(self.position).collect()
        };
        let nodes = hops.into_iter().filter_map(|hop| match &hop.component {
            Component::Resource(node) => Some(node),
            _ => None,
        });
        if egress {
            let other = self.end_at(self.hop.header.destination);
            let ends = |node: &&Node| node.kind == Kind::NetworkInterface && node.row() == other;
            nodes.take_while(|node| !ends(node)).collect()
        } else {
            nodes.collect()
        }
    }

    /// Whether an interface that is at neither end forwards the traffic.
    fn is_appliance(&self, node: Node) -> bool {
        let mut ends = [&self.flow.from, &self.flow.to].into_iter();
        node.kind == Kind::NetworkInterface
            && self.hop.component != Component::Resource(node)
            && !ends.any(|end| matches!(end, End::Interface(own, _) if *own == node))
    }

    /// Whether the option is on at every attachment and its gateway.
    fn referencing_on(&self) -> bool {
        let gateway_on = |id: &str| {
            let mut gateways = self.network.transit_gateways.iter();
            gateways.any(|gateway| {
                gateway.references == Some(true) && self.graph.id(gateway.node) == id
            })
        };
        self.vpc_attachments().all(|(attachment, vpc)| {
            vpc.references == Some(true) && gateway_on(&attachment.gateway)
        })
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

pub(super) fn shown_block(block: IpNet) -> String {
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
