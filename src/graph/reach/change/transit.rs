//! Changes of transit gateways: attachments, associations and routes.
//!
//! Finds in the model which attachment leads to an address and which table an
//! attachment could follow. Uses the model; what a transit gateway does with a
//! packet is decided elsewhere.

use std::net::IpAddr;

use ipnet::IpNet;

use super::edit::{Edit, Waiting};
use super::{Blocked, Change, Party};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::Component;
use crate::graph::reach::model::{
    Attachment, AttachmentKind, Destination, TransitTable, VpcAttachment,
};
use crate::graph::{Graph, Node};
use crate::snapshot::record::Kind;

const ATTACHMENTS: &[Kind] = &[
    Kind::TransitGatewayVpcAttachment,
    Kind::TransitGatewayAttachment,
    Kind::TransitGatewayPeeringAttachment,
];

impl Blocked<'_> {
    /// A change for a code that only transit gateways have.
    pub(super) fn transit(&self) -> Option<Change> {
        match self.check.code? {
            Code::TgwRouteAzRestriction => self.attachment_subnet(),
            Code::TgwAttachMissingAssociation => self.associate(),
            Code::TgwRtbNoRoute => self.transit_route(false),
            Code::TgwRtbBadStateRoute => self.transit_route(true),
            Code::TgwNotAttached => self.attach(),
            Code::TgwBadState | Code::BadState => self.accept_attachment(),
            _ => None,
        }
    }

    /// The attachments of VPCs that the traffic passes.
    pub(super) fn vpc_attachments(&self) -> impl Iterator<Item = (&Attachment, &VpcAttachment)> {
        let hops = self.flow.forward.iter().chain(&self.flow.back);
        let passed: Vec<Node> = hops
            .filter_map(|hop| match &hop.component {
                Component::Resource(node) if ATTACHMENTS.contains(&node.kind) => Some(*node),
                _ => None,
            })
            .collect();
        let ids: Vec<String> = passed.iter().map(|node| self.graph.id(*node)).collect();
        self.network
            .attachments
            .iter()
            .filter_map(move |attachment| match &attachment.kind {
                AttachmentKind::Vpc(vpc) if ids.contains(&attachment.id) => Some((attachment, vpc)),
                _ => None,
            })
    }

    fn attachment(&self) -> Option<&Attachment> {
        let id = self.graph.id(self.resource(ATTACHMENTS)?);
        let mut attachments = self.network.attachments.iter();
        attachments.find(|attachment| attachment.id == id)
    }

    /// The zone of the source gets a subnet of the attachment; the smallest
    /// subnet will do, since the attachment takes one address.
    fn attachment_subnet(&self) -> Option<Change> {
        let attachment = self.attachment()?;
        let AttachmentKind::Vpc(own) = &attachment.kind else {
            return None;
        };
        let source = self
            .network
            .subnet_at(own.vpc?, self.hop.header.source)
            .and_then(|row| self.network.subnets.get(row as usize))?;
        let zone = source.zone.as_ref()?;
        let vpc = self.network.vpcs.get(own.vpc? as usize)?;
        let candidates = vpc.subnets.iter().filter_map(|row| {
            let subnet = self.network.subnets.get(*row as usize)?;
            let here = subnet.zone.as_ref()?.same(zone) == Some(true);
            let length = subnet.blocks.iter().map(IpNet::prefix_len).max()?;
            here.then(|| (u8::MAX - length, self.graph.id(subnet.node)))
        });
        let (_, subnet) = candidates.min()?;
        let present = own.subnets.iter().flatten().filter_map(|row| {
            let subnet = self.network.subnets.get(*row as usize)?;
            Some(self.graph.id(subnet.node))
        });
        let edit = Edit::AttachmentSubnet {
            attachment: attachment.id.clone(),
            present: present.chain(own.strangers.iter().cloned()).collect(),
            subnet: subnet.clone(),
        };
        let title = format!("Give {} {subnet} in {}", attachment.id, zone.shown());
        let note = "An attachment has one subnet a zone, and takes one address of it. A subnet of its own for it is good practice.";
        Some(self.edit(attachment.node, title, edit, note.to_owned()))
    }

    /// The attachment gets a table: one that knows the way, else the gateway's
    /// default one, else its only one.
    fn associate(&self) -> Option<Change> {
        let attachment = self.attachment()?;
        let address = self.hop.header.destination;
        let tables: Vec<&TransitTable> = self
            .network
            .transit_tables
            .iter()
            .filter(|table| {
                gateway_of(self.graph, table.node).as_ref() == Some(&attachment.gateway)
            })
            .collect();
        let knows = |table: &&&TransitTable| {
            table.routes.iter().any(|route| {
                matches!(&route.destination, Destination::Block(block) if block.contains(&address))
                    && route.state.as_deref() == Some("active")
            })
        };
        let is_default = |table: &&&TransitTable| {
            let entry = self.graph.entry(table.node);
            entry.and_then(|entry| entry.bool("DefaultAssociationRouteTable")) == Some(true)
        };
        let table = tables
            .iter()
            .find(knows)
            .or_else(|| tables.iter().find(is_default))
            .or_else(|| tables.first())?;
        let edit = Edit::Associate {
            table: table.id.clone(),
            attachment: attachment.id.clone(),
        };
        let title = format!("Let {} follow {}", attachment.id, table.id);
        let others: Vec<&str> = tables
            .iter()
            .filter(|other| other.id != table.id)
            .map(|other| other.id.as_str())
            .collect();
        let note = if others.is_empty() {
            String::new()
        } else {
            format!("Other tables of the gateway: {}.", others.join(", "))
        };
        Some(self.edit(table.node, title, edit, note))
    }

    fn transit_route(&self, dead: bool) -> Option<Change> {
        let address = self.hop.header.destination;
        let node = self
            .resource(&[Kind::TransitGatewayRouteTable])
            .or_else(|| {
                let route = self.resource(&[Kind::TransitGatewayRoute])?;
                let entry = self.graph.entry(route)?;
                entry.target("TransitGatewayRouteTableId").node()
            })
            .or_else(|| self.last(Kind::TransitGatewayRouteTable))?;
        let table = self.network.transit_tables.get(node.row()? as usize)?;
        let gateway = gateway_of(self.graph, node)?;
        let Some((attachment, block)) = self.leads_there(&gateway, address) else {
            return Some(self.advice(
                format!("Attach what holds {address} to {gateway}"),
                Party::Owner(self.graph.account(node)),
                format!("No attachment of {gateway} in the snapshot leads to {address}."),
            ));
        };
        let same = dead
            .then(|| dead_block(table, address))
            .flatten()
            .unwrap_or((block, false));
        let (block, replace) = same;
        let edit = Edit::TransitRoute {
            table: table.id.clone(),
            block,
            attachment: attachment.id.clone(),
            replace,
        };
        let verb = if replace { "Point" } else { "Route" };
        let title = format!("{verb} {block} of {} to {}", table.id, attachment.id);
        let remark = match attachment.kind {
            AttachmentKind::Peering(..) => {
                "A peering of transit gateways has static routes only; the other gateway needs one back."
            }
            _ if replace => "The route that is there is a blackhole.",
            _ => {
                "Propagation from the attachment would write the route too, and follow the blocks of the VPC."
            }
        };
        Some(self.edit(node, title, edit, remark.to_owned()))
    }

    /// The attachment of a gateway that leads to an address, and the block that
    /// lies there.
    fn leads_there(&self, gateway: &str, address: IpAddr) -> Option<(&Attachment, IpNet)> {
        let holding = |blocks: &[IpNet]| {
            let holding = blocks.iter().filter(|block| block.contains(&address));
            holding.copied().max_by_key(IpNet::prefix_len)
        };
        let own = |attachment: &&Attachment| attachment.gateway == gateway;
        let of_vpc = |attachment: &Attachment| match &attachment.kind {
            AttachmentKind::Vpc(vpc) => holding(&self.network.vpcs.get(vpc.vpc? as usize)?.blocks),
            _ => None,
        };
        let all = || self.network.attachments.iter().filter(own);
        let direct = all().find_map(|attachment| Some((attachment, of_vpc(attachment)?)));
        let by_vpn = || {
            all().find_map(|attachment| {
                let AttachmentKind::Vpn(id) = &attachment.kind else {
                    return None;
                };
                let mut connections = self.network.vpn_connections.iter();
                let connection =
                    connections.find(|connection| self.graph.id(connection.node) == *id)?;
                Some((attachment, holding(&connection.routes)?))
            })
        };
        let by_peering = || {
            all().find_map(|attachment| {
                let AttachmentKind::Peering(Some(other), _) = &attachment.kind else {
                    return None;
                };
                let there = self.network.attachments.iter();
                let mut there = there.filter(|beyond| beyond.gateway == *other);
                Some((attachment, there.find_map(of_vpc)?))
            })
        };
        direct.or_else(by_vpn).or_else(by_peering)
    }

    fn attach(&self) -> Option<Change> {
        let gateway = match &self.hop.component {
            Component::Named(id) => id.clone(),
            _ => self.graph.id(self.resource(&[Kind::TransitGateway])?),
        };
        let table = self.table()?.row()?;
        let row = self.network.tables.get(table as usize)?.vpc?;
        let vpc = Node::new(Kind::Vpc, row);
        let subnet = self
            .network
            .subnet_at(row, self.hop.header.source)
            .and_then(|row| self.network.subnets.get(row as usize))
            .map(|subnet| self.graph.id(subnet.node))?;
        let id = self.graph.id(vpc);
        let title = format!("Attach {id} to {gateway}");
        let edit = Edit::AttachVpc {
            gateway,
            vpc: id,
            subnet,
        };
        let note = "An attachment is charged by the hour and for what it carries. Route tables of both need routes after it.";
        Some(self.edit(vpc, title, edit, note.to_owned()))
    }

    fn accept_attachment(&self) -> Option<Change> {
        let attachment = self.attachment()?;
        let state = attachment.state.as_deref().unwrap_or_default();
        if state != "pendingacceptance" {
            return Some(self.advice(
                format!("Attach again what {} attached", attachment.id),
                Party::Owner(self.graph.account(attachment.node)),
                format!(
                    "{} is {state}, and that is final or passes by itself.",
                    attachment.id
                ),
            ));
        }
        let id = attachment.id.clone();
        let waiting = match &attachment.kind {
            AttachmentKind::Peering(..) => Waiting::PeeringAttachment(id),
            _ => Waiting::VpcAttachment(id),
        };
        let title = format!("Accept {}", attachment.id);
        let note = "The owner of the transit gateway accepts it.";
        Some(self.edit(
            attachment.node,
            title,
            Edit::Accept(waiting),
            note.to_owned(),
        ))
    }
}

fn gateway_of(graph: &Graph, table: Node) -> Option<String> {
    graph.entry(table)?.text("TransitGatewayId")
}

/// The blackhole that an address meets in a table, and whether it is static:
/// a propagated one is hidden by a static one and not replaced.
fn dead_block(table: &TransitTable, address: IpAddr) -> Option<(IpNet, bool)> {
    let dead = table.routes.iter().filter_map(|route| {
        let Destination::Block(block) = &route.destination else {
            return None;
        };
        (route.state.as_deref() == Some("blackhole") && block.contains(&address))
            .then_some((*block, route.is_static))
    });
    dead.max_by_key(|(block, _)| block.prefix_len())
}
