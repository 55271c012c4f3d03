//! Sets of security groups, each looked at once whoever has it.
//!
//! Interfaces with the same groups filter alike, and are known alike to rules
//! that name groups. Uses the model; what a set admits is worked out elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use ipnet::IpNet;
use rustc_hash::FxBuildHasher;

use crate::graph::reach::filter::Way;
use crate::graph::reach::model::{Interface, Network, PeerKind};

/// Who sends, who receives, and who is on the way: rows of interfaces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parties<'a> {
    pub(super) senders: &'a [u32],
    pub(super) receivers: &'a [u32],
    pub(super) appliances: &'a [u32],
}

/// The security groups of some interfaces.
#[derive(Debug)]
pub(super) struct Set {
    /// An interface that has them.
    pub(super) interface: u32,
    /// Whether rules name groups: into, out of.
    pub(super) names: (bool, bool),
}

/// All sets, and which interface has which.
#[expect(clippy::struct_field_names, reason = "they are the sets")]
#[derive(Debug)]
pub(super) struct Sets {
    pub(super) sets: Vec<Set>,
    /// By row of the interface.
    of: Vec<u32>,
    /// Groups that rules into a destination or an appliance name.
    pub(super) named: BTreeSet<(Option<u32>, String)>,
}

/// What tells sets of groups apart.
type Key<'n> = (&'n [Option<u32>], &'n [String], bool);

/// A set with a direction, and whether it is of somebody on the way.
pub(super) type Wanted = BTreeMap<(u32, bool), bool>;

/// Numbers the sets of all parties, with what is to be known of each.
pub(super) fn sets(network: &Network, parties: Parties<'_>) -> (Sets, Wanted) {
    let mut numbers: HashMap<Key<'_>, u32, FxBuildHasher> = HashMap::default();
    let mut sets: Vec<Set> = Vec::new();
    let mut of = vec![u32::MAX; network.interfaces.len()];
    let mut wanted = Wanted::new();
    let sides = [
        (parties.senders, false, false),
        (parties.receivers, true, false),
        (parties.appliances, false, true),
        (parties.appliances, true, true),
    ];
    for (rows, into, on_the_way) in sides {
        for row in rows {
            let Some(interface) = network.interfaces.get(*row as usize) else {
                continue;
            };
            let key: Key<'_> = (
                &interface.groups,
                &interface.strangers,
                interface.groups_seen,
            );
            let number = *numbers.entry(key).or_insert_with(|| {
                sets.push(Set {
                    interface: *row,
                    names: (false, false),
                });
                u32::try_from(sets.len() - 1).unwrap_or(u32::MAX)
            });
            if let Some(of) = of.get_mut(*row as usize) {
                *of = number;
            }
            *wanted.entry((number, into)).or_default() |= on_the_way;
        }
    }
    let mut named = BTreeSet::new();
    for ((number, into), on_the_way) in &wanted {
        let Some(set) = sets.get_mut(*number as usize) else {
            continue;
        };
        let Some(interface) = network.interfaces.get(set.interface as usize) else {
            continue;
        };
        let mut found = BTreeSet::new();
        names_of(network, interface, way(*into), &mut found);
        if *into {
            set.names.0 = !found.is_empty();
        } else {
            set.names.1 = !found.is_empty();
        }
        // What clients are known by.
        if *into || *on_the_way {
            named.extend(found);
        }
    }
    (Sets { sets, of, named }, wanted)
}

pub(super) const fn way(into: bool) -> Way {
    if into { Way::In } else { Way::Out }
}

/// The parties of the rules of an interface's groups.
fn peers<'n>(
    network: &'n Network,
    interface: &'n Interface,
    way: Way,
) -> impl Iterator<Item = &'n PeerKind> {
    let groups = interface.groups.iter().flatten();
    let groups = groups.filter_map(|row| network.groups.get(*row as usize));
    let rules = groups.filter_map(move |group| match way {
        Way::In => group.ingress.as_ref(),
        Way::Out => group.egress.as_ref(),
    });
    rules
        .flatten()
        .flat_map(|rule| rule.peers.iter().map(|peer| &peer.kind))
}

/// The blocks that the rules of an interface's groups mention.
pub(super) fn blocks_of(network: &Network, interface: &Interface, way: Way) -> Vec<IpNet> {
    let mut blocks = Vec::new();
    for peer in peers(network, interface, way) {
        match peer {
            PeerKind::Block(block) => blocks.push(*block),
            PeerKind::List(Some(row), _) => {
                let list = network.lists.get(*row as usize);
                blocks.extend(
                    list.and_then(|list| list.blocks.as_ref())
                        .into_iter()
                        .flatten(),
                );
            }
            PeerKind::List(None, _) | PeerKind::Group { .. } | PeerKind::Unreadable => {}
        }
    }
    blocks
}

fn names_of(
    network: &Network,
    interface: &Interface,
    way: Way,
    names: &mut BTreeSet<(Option<u32>, String)>,
) {
    for peer in peers(network, interface, way) {
        if let PeerKind::Group { row, id, .. } = peer {
            // Groups of the snapshot are told by row.
            let id = if row.is_some() {
                String::new()
            } else {
                id.clone()
            };
            names.insert((*row, id));
        }
    }
}

impl Sets {
    /// The number of an interface's set.
    pub(super) fn number(&self, interface: u32) -> u32 {
        self.of.get(interface as usize).copied().unwrap_or(u32::MAX)
    }

    /// The set of an interface.
    pub(super) fn of(&self, interface: u32) -> Option<&Set> {
        self.sets.get(self.number(interface) as usize)
    }

    /// Which of the groups that rules name an interface has.
    pub(super) fn known_by(&self, interface: &Interface) -> Vec<(Option<u32>, String)> {
        let rows = interface.groups.iter().filter(|row| row.is_some());
        let rows = rows.map(|row| (*row, String::new()));
        let strangers = interface.strangers.iter().map(|id| (None, id.clone()));
        rows.chain(strangers)
            .filter(|name| self.named.contains(name))
            .collect()
    }
}
