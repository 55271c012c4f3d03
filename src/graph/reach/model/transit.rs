//! Transit gateways: attachments, route tables, routes and propagations.
//!
//! Attachments come from three kinds of answers, which are joined by id here.
//! Uses the graph; which route wins and what an attachment admits is decided
//! elsewhere.

use std::collections::BTreeMap;

use super::Prefixes;
use super::routes::Destination;
use crate::graph::{Entry, Graph, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// A transit gateway.
#[derive(Debug)]
pub struct TransitGateway {
    /// The resource.
    pub node: Node,
    /// `State`, in lower case.
    pub state: Option<String>,
    /// Whether rules may name groups across it; `None` if not seen.
    pub references: Option<bool>,
}

/// An attachment.
#[derive(Debug)]
pub struct Attachment {
    /// The resource that was seen first.
    pub node: Node,
    /// Its id.
    pub id: String,
    /// The transit gateway, by id.
    pub gateway: String,
    /// What is attached.
    pub kind: AttachmentKind,
    /// `State`, in lower case.
    pub state: Option<String>,
    /// The route table that it is associated with.
    pub association: Seen<String>,
}

/// What is attached.
#[derive(Debug)]
pub enum AttachmentKind {
    /// A VPC.
    Vpc(VpcAttachment),
    /// A VPN connection, by id.
    Vpn(String),
    /// A Direct Connect gateway, by id.
    DirectConnect(String),
    /// A Connect attachment, of an appliance.
    Connect(String),
    /// Another transit gateway: its id if known, and the ids of the two
    /// attachments.
    Peering(Option<String>, Vec<String>),
    /// One that is not modelled.
    Other(String),
}

/// The attachment of a VPC.
#[derive(Debug, Default)]
pub struct VpcAttachment {
    /// The VPC, by id.
    pub vpc_id: String,
    /// The VPC, if it is in the snapshot.
    pub vpc: Option<u32>,
    /// The subnets of its interfaces, by row; `None` if not seen.
    pub subnets: Option<Vec<u32>>,
    /// Ids of subnets that are not in the snapshot.
    pub strangers: Vec<String>,
    /// Whether rules may name groups across it; `None` if not seen.
    pub references: Option<bool>,
    /// Whether it carries IPv6; `None` if not seen.
    pub ipv6: Option<bool>,
    /// Whether flows keep their zone; `None` if not seen.
    pub appliance_mode: Option<bool>,
}

/// Something that may be there, may not, or was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen<T> {
    /// It is there.
    There(T),
    /// It is not.
    Gone,
    /// Nobody asked.
    Unseen,
}

/// A route table of a transit gateway.
#[derive(Debug)]
pub struct TransitTable {
    /// The resource.
    pub node: Node,
    /// Its id.
    pub id: String,
    /// Its routes that were seen.
    pub routes: Vec<TransitRoute>,
    /// Whether all routes were seen.
    pub complete: bool,
    /// Whether all static routes were seen.
    pub static_complete: bool,
    /// Ids of attachments that write into it; `None` if not seen.
    pub propagations: Option<Vec<String>>,
    /// The routes by destination.
    pub index: Prefixes,
    /// The propagations by the blocks of what is attached.
    pub propagated: Prefixes,
}

/// A route of a transit gateway.
#[derive(Debug)]
pub struct TransitRoute {
    /// The resource.
    pub node: Node,
    /// Where to.
    pub destination: Destination,
    /// Through which attachments, by id.
    pub attachments: Vec<String>,
    /// What the first attachment is of, as the route says.
    pub resource_type: String,
    /// Whether somebody wrote it by hand.
    pub is_static: bool,
    /// `State`, in lower case.
    pub state: Option<String>,
    /// The prefix list that it follows from, by id; such routes are of a lower
    /// rank than those by hand.
    pub list: Option<String>,
}

fn lower(entry: Option<Entry<'_>>, path: &str) -> Option<String> {
    entry?.text(path).map(|text| text.to_ascii_lowercase())
}

fn enabled(entry: Option<Entry<'_>>, path: &str) -> Option<bool> {
    lower(entry, path).map(|text| text == "enable")
}

pub(super) fn gateways(graph: &Graph) -> Vec<TransitGateway> {
    graph
        .nodes(Kind::TransitGateway)
        .map(|node| TransitGateway {
            node,
            state: lower(graph.entry(node), "State"),
            references: enabled(graph.entry(node), "Options.SecurityGroupReferencingSupport"),
        })
        .collect()
}

/// Attachments by id and transit gateway: one id stands for both ends of a
/// peering between Regions.
type ById = BTreeMap<(String, String), Attachment>;

pub(super) fn build(graph: &Graph) -> (Vec<Attachment>, Vec<TransitTable>) {
    let mut attachments = ById::new();
    for node in graph.nodes(Kind::TransitGatewayAttachment) {
        let attachment = attachment(graph, node);
        let key = (attachment.id.clone(), attachment.gateway.clone());
        attachments.entry(key).or_insert(attachment);
    }
    for node in graph.nodes(Kind::TransitGatewayVpcAttachment) {
        add_vpc(graph, node, &mut attachments);
    }
    for node in graph.nodes(Kind::TransitGatewayPeeringAttachment) {
        add_peering(graph, node, &mut attachments);
    }
    for node in graph.nodes(Kind::TransitGatewayRouteTableAssociation) {
        associate(graph, node, &mut attachments);
    }
    (attachments.into_values().collect(), tables(graph))
}

/// An association is of the end at the transit gateway of its table.
fn associate(graph: &Graph, node: Node, attachments: &mut ById) {
    let Some(entry) = graph.entry(node).filter(|entry| {
        entry
            .text("State")
            .is_none_or(|state| state.eq_ignore_ascii_case("associated"))
    }) else {
        return;
    };
    let Some(table) = entry.text("TransitGatewayRouteTableId") else {
        return;
    };
    let id = entry.text("TransitGatewayAttachmentId").unwrap_or_default();
    let gateway = entry
        .target("TransitGatewayRouteTableId")
        .node()
        .and_then(|table| graph.entry(table)?.text("TransitGatewayId"));
    let mut ends = attachments.values_mut().filter(|end| {
        end.id == id
            && gateway
                .as_ref()
                .is_none_or(|gateway| end.gateway == *gateway)
    });
    // Without the table's gateway only an id of one end tells which is meant.
    if let (Some(end), None) = (ends.next(), ends.next()) {
        end.association = Seen::There(table);
    }
}

fn attachment(graph: &Graph, node: Node) -> Attachment {
    let entry = graph.entry(node);
    let text = |path: &str| entry.and_then(|entry| entry.text(path));
    let resource = text("ResourceId").unwrap_or_default();
    let kind = match lower(entry, "ResourceType").unwrap_or_default().as_str() {
        "vpc" => AttachmentKind::Vpc(VpcAttachment {
            vpc: graph
                .find(Kind::Vpc, &resource, Some(node))
                .and_then(Node::row),
            vpc_id: resource,
            ..VpcAttachment::default()
        }),
        "vpn" => AttachmentKind::Vpn(resource),
        "direct-connect-gateway" => AttachmentKind::DirectConnect(resource),
        "connect" => AttachmentKind::Connect(resource),
        "peering" | "tgw-peering" => AttachmentKind::Peering(None, Vec::new()),
        other => AttachmentKind::Other(other.to_owned()),
    };
    let state = lower(entry, "Association.State");
    let associated = state.is_none_or(|state| state == "associated");
    Attachment {
        node,
        id: graph.id(node),
        gateway: text("TransitGatewayId").unwrap_or_default(),
        kind,
        state: lower(entry, "State"),
        association: match text("Association.TransitGatewayRouteTableId") {
            Some(table) if associated => Seen::There(table),
            Some(_) => Seen::Gone,
            None => unassociated(graph, node, entry),
        },
    }
}

/// The answer leaves the association out where there is none; it also leaves
/// it out for whoever does not own the transit gateway.
fn unassociated(graph: &Graph, node: Node, entry: Option<Entry<'_>>) -> Seen<String> {
    let owner = entry.and_then(|entry| entry.text("TransitGatewayOwnerId"));
    if owner.is_some_and(|owner| owner == graph.scope(node).account) {
        Seen::Gone
    } else {
        Seen::Unseen
    }
}

fn add_vpc(graph: &Graph, node: Node, attachments: &mut ById) {
    let entry = graph.entry(node);
    let text = |path: &str| entry.and_then(|entry| entry.text(path));
    let id = text("TransitGatewayAttachmentId").unwrap_or_default();
    let listed = entry.filter(|entry| entry.presence("SubnetIds") == Presence::Present);
    let (mut subnets, mut strangers) = (Vec::new(), Vec::new());
    for subnet in listed.iter().flat_map(|entry| entry.targets("SubnetIds")) {
        match subnet {
            Target::Here(node) => subnets.extend(node.row()),
            Target::Elsewhere(id) => strangers.push(id),
            Target::Nothing => {}
        }
    }
    let vpc_id = text("VpcId").unwrap_or_default();
    let vpc = VpcAttachment {
        vpc: graph
            .find(Kind::Vpc, &vpc_id, Some(node))
            .and_then(Node::row),
        vpc_id,
        subnets: listed.map(|_| subnets),
        strangers,
        references: enabled(entry, "Options.SecurityGroupReferencingSupport"),
        ipv6: enabled(entry, "Options.Ipv6Support"),
        appliance_mode: enabled(entry, "Options.ApplianceModeSupport"),
    };
    let gateway = text("TransitGatewayId").unwrap_or_default();
    let key = (id.clone(), gateway.clone());
    let attachment = attachments.entry(key).or_insert_with(|| Attachment {
        node,
        id,
        gateway,
        kind: AttachmentKind::Other(String::new()),
        state: lower(entry, "State"),
        association: Seen::Unseen,
    });
    // The general answer knows the VPC too.
    let general = match &attachment.kind {
        AttachmentKind::Vpc(general) if vpc.vpc_id.is_empty() => {
            Some((general.vpc_id.clone(), general.vpc))
        }
        _ => None,
    };
    let (vpc_id, row) = general.unwrap_or((vpc.vpc_id.clone(), vpc.vpc));
    attachment.kind = AttachmentKind::Vpc(VpcAttachment {
        vpc_id,
        vpc: row,
        ..vpc
    });
}

/// The two ends of a peering: of one id between Regions, of two within one
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayPeeringAttachment.html>).
fn add_peering(graph: &Graph, node: Node, attachments: &mut ById) {
    let entry = graph.entry(node);
    let text = |path: &str| entry.and_then(|entry| entry.text(path));
    let id = text("TransitGatewayAttachmentId").unwrap_or_default();
    let requester = text("RequesterTgwInfo.TransitGatewayId");
    let accepter = text("AccepterTgwInfo.TransitGatewayId");
    let twin = text("AccepterTransitGatewayAttachmentId").filter(|twin| *twin != id);
    for (id, mine, other) in [
        (Some(id.clone()), &requester, &accepter),
        (Some(id), &accepter, &requester),
        (twin, &accepter, &requester),
    ] {
        let (Some(id), Some(mine)) = (id, mine) else {
            continue;
        };
        let key = (id.clone(), mine.clone());
        let known = attachments.entry(key).or_insert_with(|| Attachment {
            node,
            id,
            gateway: mine.clone(),
            kind: AttachmentKind::Peering(None, Vec::new()),
            state: lower(entry, "State"),
            association: Seen::Unseen,
        });
        known.kind = AttachmentKind::Peering(other.clone(), Vec::new());
    }
}

fn tables(graph: &Graph) -> Vec<TransitTable> {
    let mut tables: Vec<TransitTable> = graph
        .nodes(Kind::TransitGatewayRouteTable)
        .map(|node| TransitTable {
            node,
            id: graph.id(node),
            routes: Vec::new(),
            complete: graph.asked_for(Kind::TransitGatewayRoute, node),
            static_complete: graph.asked_for_part(Kind::TransitGatewayRoute, node, "static"),
            propagations: graph
                .asked_for(Kind::TransitGatewayRouteTablePropagation, node)
                .then(Vec::new),
            index: Prefixes::default(),
            propagated: Prefixes::default(),
        })
        .collect();
    for node in graph.nodes(Kind::TransitGatewayRoute) {
        let Some(entry) = graph.entry(node) else {
            continue;
        };
        if let Some(table) = entry
            .target("TransitGatewayRouteTableId")
            .row()
            .and_then(|row| tables.get_mut(row as usize))
        {
            table.routes.push(route(node, &entry));
        }
    }
    for node in graph.nodes(Kind::TransitGatewayRouteTablePropagation) {
        let Some(entry) = graph.entry(node) else {
            continue;
        };
        let on = entry
            .text("State")
            .is_none_or(|state| state.eq_ignore_ascii_case("enabled"));
        let table = entry.target("TransitGatewayRouteTableId").row();
        if let (Some(table), Some(id), true) = (
            table.and_then(|row| tables.get_mut(row as usize)),
            entry.text("TransitGatewayAttachmentId"),
            on,
        ) {
            table.propagations.get_or_insert_default().push(id);
        }
    }
    for node in graph.nodes(Kind::TransitGatewayPrefixListReference) {
        let Some(entry) = graph.entry(node) else {
            continue;
        };
        if let Some(table) = entry
            .target("TransitGatewayRouteTableId")
            .row()
            .and_then(|row| tables.get_mut(row as usize))
        {
            table.routes.push(reference(node, &entry));
        }
    }
    for table in &mut tables {
        drop_repeated(table);
        let routes = table.routes.iter();
        table.index = Prefixes::new(routes.map(|route| route.destination.block()));
    }
    tables
}

/// The routes that follow from a prefix list are among those of the table,
/// block by block; if all were seen, the reference to the list says nothing
/// more.
fn drop_repeated(table: &mut TransitTable) {
    if !table.complete {
        return;
    }
    let blocks = table
        .routes
        .iter()
        .filter(|route| matches!(route.destination, Destination::Block(_)));
    let shown: Vec<String> = blocks.filter_map(|route| route.list.clone()).collect();
    table.routes.retain(|route| match &route.destination {
        Destination::List(_, id) => !shown.contains(id),
        _ => true,
    });
}

fn destination(entry: &Entry<'_>) -> Destination {
    match (
        entry.block("DestinationCidrBlock"),
        entry.target("PrefixListId"),
    ) {
        (Some(block), _) => Destination::Block(block),
        (None, Target::Here(node)) => {
            Destination::List(node.row(), entry.text("PrefixListId").unwrap_or_default())
        }
        (None, Target::Elsewhere(id)) => Destination::List(None, id),
        (None, Target::Nothing) => Destination::Unreadable,
    }
}

fn route(node: Node, entry: &Entry<'_>) -> TransitRoute {
    let mut attachments = Vec::new();
    let mut resource_type = String::new();
    for attachment in entry.entries("TransitGatewayAttachments") {
        attachments.extend(attachment.text("TransitGatewayAttachmentId"));
        if resource_type.is_empty() {
            resource_type = attachment.text("ResourceType").unwrap_or_default();
        }
    }
    TransitRoute {
        node,
        destination: destination(entry),
        attachments,
        resource_type: resource_type.to_ascii_lowercase(),
        is_static: !entry.is("Type", "propagated"),
        state: lower(Some(*entry), "State"),
        list: entry.text("PrefixListId"),
    }
}

fn reference(node: Node, entry: &Entry<'_>) -> TransitRoute {
    let blackhole = entry.bool("Blackhole").unwrap_or(false);
    TransitRoute {
        node,
        destination: match entry.target("PrefixListId") {
            Target::Here(list) => {
                Destination::List(list.row(), entry.text("PrefixListId").unwrap_or_default())
            }
            Target::Elsewhere(id) => Destination::List(None, id),
            Target::Nothing => Destination::Unreadable,
        },
        attachments: entry
            .text("TransitGatewayAttachment.TransitGatewayAttachmentId")
            .into_iter()
            .collect(),
        resource_type: lower(Some(*entry), "TransitGatewayAttachment.ResourceType")
            .unwrap_or_default(),
        is_static: true,
        state: if blackhole {
            Some("blackhole".to_owned())
        } else {
            lower(Some(*entry), "State").map(|state| match state.as_str() {
                "available" | "modifying" => "active".to_owned(),
                _ => state,
            })
        },
        list: entry.text("PrefixListId"),
    }
}
