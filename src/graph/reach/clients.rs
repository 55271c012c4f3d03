//! Who may ask whom: interfaces that begin connections, one of each class, and
//! the VPCs that something joins.
//!
//! Made once, so that rules can ask about every endpoint. Uses the model and the
//! places; whether traffic gets through is not asked here.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::End;
use super::model::AttachmentKind;
use super::place::{Finder, Place};
use crate::graph::{Graph, Node, Target};
use crate::snapshot::record::Kind;

/// Who may ask whom.
#[derive(Debug)]
pub struct Clients {
    /// By VPC.
    inside: Vec<Inside>,
    /// The VPCs that something joins to a VPC, ascending, itself not included.
    joined: Vec<Vec<u32>>,
    /// The internet as a source.
    internet: Place,
}

/// The clients of one VPC.
#[derive(Debug, Default)]
struct Inside {
    /// One interface of each class, in order.
    interfaces: Vec<Node>,
    /// Whether there are more classes than these.
    more: bool,
}

impl Clients {
    /// Takes them out of the graph.
    pub fn build(graph: &Graph) -> Self {
        let finder = Finder::new(graph);
        let vpcs = graph.nodes(Kind::Vpc);
        let inside = vpcs
            .map(|vpc| match finder.source_at(vpc) {
                Some(place) => Inside {
                    interfaces: first_of_each(&place),
                    more: place.left_out > 0,
                },
                None => Inside::default(),
            })
            .collect();
        Self {
            inside,
            joined: joined(graph),
            internet: finder.source("internet").unwrap_or_default(),
        }
    }

    /// The clients of a VPC, one of each class, and whether there are more
    /// classes.
    pub fn of(&self, vpc: u32) -> (&[Node], bool) {
        let inside = self.inside.get(vpc as usize);
        inside.map_or((&[], false), |inside| (&inside.interfaces, inside.more))
    }

    /// The VPCs that a peering or a transit gateway joins to a VPC, whether or
    /// not routes lead there.
    pub fn joined(&self, vpc: u32) -> &[u32] {
        self.joined.get(vpc as usize).map_or(&[], Vec::as_slice)
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

/// Peerings of any state, and VPCs at one transit gateway or at gateways that
/// are peered: what carries nothing is found when somebody asks.
fn joined(graph: &Graph) -> Vec<Vec<u32>> {
    let network = graph.network();
    let mut joined: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); network.vpcs.len()];
    let mut join = |one: u32, other: u32| {
        for (from, to) in [(one, other), (other, one)] {
            if let Some(set) = joined.get_mut(from as usize).filter(|_| from != to) {
                set.insert(to);
            }
        }
    };
    for peering in &network.peerings {
        if let (Target::Here(one), Target::Here(other)) =
            (&peering.requester.vpc, &peering.accepter.vpc)
            && let (Some(one), Some(other)) = (one.row(), other.row())
        {
            join(one, other);
        }
    }
    for vpcs in by_transit(graph).values() {
        for (position, one) in vpcs.iter().enumerate() {
            for other in vpcs.iter().skip(position + 1) {
                join(*one, *other);
            }
        }
    }
    joined
        .into_iter()
        .map(|set| set.into_iter().collect())
        .collect()
}

/// VPCs by the transit gateways that they share, peered ones taken together
/// under the first of their ids.
fn by_transit(graph: &Graph) -> BTreeMap<String, BTreeSet<u32>> {
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
    let mut vpcs: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for attachment in attachments {
        if let AttachmentKind::Vpc(inside) = &attachment.kind {
            let gateway = head(&heads, &attachment.gateway);
            vpcs.entry(gateway).or_default().extend(inside.vpc);
        }
    }
    vpcs
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
