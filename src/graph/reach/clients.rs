//! Who may ask whom: interfaces that begin connections, one of each class, and
//! where else the routes of a VPC lead.
//!
//! Made once, so that rules can ask about every endpoint. Uses the model and the
//! places; whether traffic gets through is not asked here.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::End;
use super::model::{AttachmentKind, Hop, Peering};
use super::place::{Finder, Place};
use crate::graph::admission::Need;
use crate::graph::{Graph, Listing, Node, Target};
use crate::snapshot::record::Kind;

/// Who may ask whom.
#[derive(Debug)]
pub struct Clients {
    /// By VPC.
    inside: Vec<Inside>,
    /// The internet as a source.
    internet: Place,
}

/// The clients of one VPC, and where others may be.
#[derive(Debug, Default)]
struct Inside {
    interfaces: Vec<Node>,
    /// Whether there are more classes than these.
    more: bool,
    around: Around,
}

/// What the routes of a VPC lead to: whoever is there gets replies.
#[derive(Debug, Default)]
pub struct Around {
    /// VPCs, ascending, the VPC itself not among them.
    pub vpcs: BTreeSet<u32>,
    /// Whether there may be clients that are in no VPC.
    pub premises: bool,
    /// What was not seen, so that there may be more.
    pub needs: Vec<Need>,
}

impl Clients {
    /// Takes them out of the graph.
    pub fn build(graph: &Graph) -> Self {
        let finder = Finder::new(graph);
        let transits = transits(graph);
        let mut around = around(graph, &transits);
        let inside = graph
            .nodes(Kind::Vpc)
            .zip(&mut around)
            .map(|(vpc, around)| {
                let place = finder.source_at(vpc).unwrap_or_default();
                Inside {
                    interfaces: first_of_each(&place),
                    more: place.left_out > 0,
                    around: std::mem::take(around),
                }
            })
            .collect();
        Self {
            inside,
            internet: finder.source("internet").unwrap_or_default(),
        }
    }

    /// Interfaces of a VPC that begin connections, one of each class, and
    /// whether there are more classes.
    pub fn of(&self, vpc: u32) -> (&[Node], bool) {
        let inside = self.inside.get(vpc as usize);
        inside.map_or((&[], false), |inside| (&inside.interfaces, inside.more))
    }

    /// Where else clients of a VPC may be.
    pub fn around(&self, vpc: u32) -> Option<&Around> {
        self.inside.get(vpc as usize).map(|inside| &inside.around)
    }

    /// The internet as a source.
    pub const fn internet(&self) -> &Place {
        &self.internet
    }
}

fn first_of_each(place: &Place) -> Vec<Node> {
    let mut nodes: Vec<Node> = place
        .classes
        .iter()
        .filter_map(|class| match class.ends.first() {
            Some(End::Interface(node, _)) => Some(*node),
            _ => None,
        })
        .collect();
    // An interface has a class of each family.
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// What each VPC's own routes lead to.
fn around(graph: &Graph, transits: &BTreeMap<String, Transit>) -> Vec<Around> {
    let network = graph.network();
    let mut all: Vec<Around> = network
        .vpcs
        .iter()
        .map(|vpc| Around {
            needs: if vpc.tables_listed {
                Vec::new()
            } else {
                vec![Need::Listing(Kind::RouteTable, vpc.node)]
            },
            ..Around::default()
        })
        .collect();
    for table in &network.tables {
        let Some((row, found)) = table
            .vpc
            .and_then(|row| Some((row, all.get_mut(row as usize)?)))
        else {
            continue;
        };
        match &table.routes {
            Some(routes) => routes
                .iter()
                .for_each(|route| found.route(graph, transits, table.node, &route.hop)),
            None => found.needs.push(Need::Field(table.node, "Routes")),
        }
        found.vpcs.remove(&row);
    }
    for found in &mut all {
        found.needs.sort();
        found.needs.dedup();
    }
    all
}

impl Around {
    fn route(
        &mut self,
        graph: &Graph,
        transits: &BTreeMap<String, Transit>,
        table: Node,
        hop: &Hop,
    ) {
        match hop {
            Hop::Peering(target) => {
                let row = target.row().map(|row| row as usize);
                let peering = row.and_then(|row| graph.network().peerings.get(row));
                match peering {
                    Some(peering) => self.peering(peering),
                    None => self
                        .needs
                        .push(Need::Listing(Kind::VpcPeeringConnection, table)),
                }
            }
            Hop::Transit(target) => {
                let id = match target {
                    Target::Here(node) => graph.id(*node),
                    Target::Elsewhere(id) => id.clone(),
                    Target::Nothing => String::new(),
                };
                match transits.get(&id) {
                    Some(transit) => {
                        self.vpcs.extend(&transit.vpcs);
                        self.premises |= transit.premises;
                    }
                    None => self
                        .needs
                        .push(Need::Sense(format!("what is attached to {id}"))),
                }
                if graph.listing(Kind::TransitGatewayAttachment, table) != Listing::Complete
                    && graph.listing(Kind::TransitGatewayVpcAttachment, table) != Listing::Complete
                {
                    self.needs
                        .push(Need::Listing(Kind::TransitGatewayAttachment, table));
                }
            }
            Hop::VpnGateway(_) => self.premises = true,
            // Appliances lead anywhere.
            Hop::Interface(_) | Hop::Endpoint(_) | Hop::Other(_) => {
                for transit in transits.values() {
                    self.vpcs.extend(&transit.vpcs);
                    self.premises |= transit.premises;
                }
                graph
                    .network()
                    .peerings
                    .iter()
                    .for_each(|peering| self.peering(peering));
            }
            Hop::Local | Hop::InternetGateway(_) | Hop::EgressOnly(_) | Hop::Nat(_) => {}
        }
    }

    fn peering(&mut self, peering: &Peering) {
        for side in [&peering.requester, &peering.accepter] {
            self.vpcs.extend(side.vpc.row());
        }
    }
}

/// What is attached to transit gateways that are peered with each other.
#[derive(Debug, Clone, Default)]
struct Transit {
    vpcs: BTreeSet<u32>,
    premises: bool,
}

/// What is attached, by the id of each transit gateway: peered ones share it.
fn transits(graph: &Graph) -> BTreeMap<String, Transit> {
    let attachments = &graph.network().attachments;
    let mut heads: BTreeMap<String, String> = BTreeMap::new();
    for attachment in attachments {
        if let AttachmentKind::Peering(Some(other), _) = &attachment.kind {
            let (one, other) = (head(&heads, &attachment.gateway), head(&heads, other));
            if one != other {
                let (first, second) = if one < other {
                    (one, other)
                } else {
                    (other, one)
                };
                heads.insert(second, first);
            }
        }
    }
    let mut together: BTreeMap<String, Transit> = BTreeMap::new();
    for attachment in attachments {
        let transit = together
            .entry(head(&heads, &attachment.gateway))
            .or_default();
        match &attachment.kind {
            AttachmentKind::Vpc(inside) => transit.vpcs.extend(inside.vpc),
            AttachmentKind::Peering(..) => {}
            _ => transit.premises = true,
        }
    }
    let ids: BTreeSet<&String> = attachments.iter().map(|known| &known.gateway).collect();
    ids.into_iter()
        .filter_map(|id| Some((id.clone(), together.get(&head(&heads, id))?.clone())))
        .collect()
}

/// The first id of a set of peered gateways. Heads only ever lead to smaller
/// ids, so that this ends.
fn head(heads: &BTreeMap<String, String>, id: &str) -> String {
    let mut id = id;
    while let Some(next) = heads.get(id) {
        id = next;
    }
    id.to_owned()
}
