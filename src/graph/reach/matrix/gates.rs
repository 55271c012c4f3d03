//! Filters as functions of one address: sets of security groups, and network ACLs.
//!
//! Each is asked once for every stretch of addresses that its blocks tell
//! apart, by the same code that answers about single pairs. Uses the model and
//! the filters; rules that name groups depend on more than an address and are
//! only listed here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use hashbrown::HashMap;
use ipnet::IpNet;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::Question;
use super::address::Band;
use super::admit::{Admit, Pool};
use super::reasons::Assumed;
use crate::graph::Graph;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::endpoint::client_filters;
use crate::graph::reach::evaluate::{Asking, Within};
use crate::graph::reach::filter::{self, Identity, Log, Other, Way};
use crate::graph::reach::flow::{Admitted, End};
use crate::graph::reach::model::{Interface, Network, PeerKind, acl_of};
use crate::graph::reach::walk::{Place, Step, What};

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Gate {
    pub(super) band: Band,
    /// Why it does not let something through.
    pub(super) code: Code,
    pub(super) assumed: Assumed,
}

/// The number of a [`Gate`] of its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct GateId(u32);

/// The filters of traffic, or those of replies.
#[derive(Debug)]
pub(super) struct Gates {
    pub(super) pool: Pool,
    gates: Vec<Gate>,
    /// Looked up, never iterated.
    numbers: HashMap<Gate, GateId, FxBuildHasher>,
    /// By row of the subnet: out of it, into it.
    acls: Vec<(GateId, GateId)>,
    /// By row of the load balancer: what its groups admit of clients.
    balancers: BTreeMap<u32, GateId>,
}

/// The security groups of some interfaces.
#[derive(Debug)]
pub(super) struct Set {
    /// An interface that has them.
    pub(super) interface: u32,
    pub(super) ingress: Option<GateId>,
    pub(super) egress: Option<GateId>,
    /// Whether rules name groups: into, out of.
    pub(super) names: (bool, bool),
}

/// All sets, and which interface has which.
#[derive(Debug)]
pub(super) struct Sets {
    sets: Vec<Set>,
    /// By row of the interface.
    of: Vec<u32>,
    /// Groups that rules into a destination or an appliance name.
    pub(super) named: BTreeSet<(Option<u32>, String)>,
}

impl Gates {
    fn new(asked: &Ports) -> Self {
        Self {
            pool: Pool::new(asked),
            gates: Vec::new(),
            numbers: HashMap::default(),
            acls: Vec::new(),
            balancers: BTreeMap::new(),
        }
    }

    pub(super) fn get(&self, id: GateId) -> Option<&Gate> {
        self.gates.get(id.0 as usize)
    }

    /// The ACL of a subnet.
    pub(super) fn acl(&self, subnet: u32, way: Way) -> Option<GateId> {
        let (out, into) = self.acls.get(subnet as usize)?;
        Some(match way {
            Way::Out => *out,
            Way::In => *into,
        })
    }

    /// What the groups of a load balancer admit.
    pub(super) fn balancer(&self, row: u32) -> Option<&Gate> {
        self.get(*self.balancers.get(&row)?)
    }

    fn add(&mut self, raw: Raw) -> GateId {
        let numbers: Vec<Admit> = raw
            .values
            .into_iter()
            .map(|value| self.pool.number(value))
            .collect();
        let none = self.pool.none;
        let number = |value: usize| numbers.get(value).copied().unwrap_or(none);
        let v4 = raw.v4.into_iter().map(|(from, to)| (from, number(to)));
        let v6 = raw.v6.into_iter().map(|(from, to)| (from, number(to)));
        let gate = Gate {
            band: Band::new(v4.collect(), v6.collect()),
            code: raw.code,
            assumed: raw.assumed,
        };
        if let Some(known) = self.numbers.get(&gate) {
            return *known;
        }
        let id = GateId(u32::try_from(self.gates.len()).unwrap_or(u32::MAX));
        self.gates.push(gate.clone());
        self.numbers.insert(gate, id);
        id
    }
}

/// A gate before its sets have numbers: steps to positions among the values.
struct Raw {
    v4: Vec<(u32, usize)>,
    v6: Vec<(u128, usize)>,
    values: Vec<Admitted>,
    code: Code,
    assumed: Assumed,
}

impl Raw {
    fn by(blocks: &[IpNet], code: Code, mut ask: impl FnMut(IpAddr) -> Admitted) -> Self {
        let mut values: Vec<Admitted> = Vec::new();
        let (v4, v6) = Band::by(blocks, |address| {
            let value = ask(address);
            values
                .iter()
                .position(|known| *known == value)
                .unwrap_or_else(|| {
                    values.push(value);
                    values.len() - 1
                })
        });
        Self {
            v4,
            v6,
            values,
            code,
            assumed: Assumed::default(),
        }
    }
}

/// Gates of traffic and of replies, with the sets of groups.
pub(super) fn build(
    graph: &Graph,
    network: &Network,
    question: &Question,
    (senders, receivers): (&[u32], &[u32]),
) -> (Gates, Gates, Sets) {
    let nobody = End::Internet(Ipv4Addr::UNSPECIFIED.into());
    let asking = Asking {
        graph,
        network,
        from: &nobody,
        to: &nobody,
        traffic: &question.traffic,
        assume: question.assume,
        within: Within::default(),
    };
    let reply_ports = asking.reply_ports();
    let mut there = Gates::new(&question.traffic.ports);
    let mut back = Gates::new(&reply_ports);
    acls(&asking, &mut there, &question.traffic.ports, false);
    acls(&asking, &mut back, &reply_ports, true);
    let sets = sets(network, question, &mut there, senders, receivers);
    for row in balancers(network, receivers) {
        if let Some(stand_in) = stand_in(network, row) {
            let gate = there.add(set_gate(network, question, &stand_in, Way::In));
            there.balancers.insert(row, gate);
        }
    }
    (there, back, sets)
}

/// The load balancers behind endpoints that look at clients.
fn balancers(network: &Network, receivers: &[u32]) -> BTreeSet<u32> {
    let interfaces = receivers
        .iter()
        .filter_map(|row| network.interfaces.get(*row as usize));
    interfaces
        .filter_map(|interface| network.endpoints.get(interface.endpoint? as usize))
        .flat_map(|endpoint| client_filters(network, endpoint))
        .collect()
}

/// An interface with the groups of a load balancer.
fn stand_in(network: &Network, balancer: u32) -> Option<Interface> {
    let balancer = network.services.balancers.get(balancer as usize)?;
    let groups = &balancer.groups;
    Some(groups.as_interface(balancer.node, balancer.vpc, None))
}

/// The blocks that load balancers behind endpoints know clients by.
pub(super) fn balancer_blocks(network: &Network, receivers: &[u32]) -> Vec<IpNet> {
    balancers(network, receivers)
        .into_iter()
        .filter_map(|row| stand_in(network, row))
        .flat_map(|stand_in| blocks_of(network, &stand_in, Way::In))
        .collect()
}

/// The ACLs of all subnets; each is asked once.
fn acls(asking: &Asking<'_>, gates: &mut Gates, asked: &Ports, replies: bool) {
    let network = asking.network;
    let with_acls: BTreeSet<Option<u32>> = network.acls.iter().map(|acl| acl.vpc).collect();
    let mut known: BTreeMap<(Option<u32>, bool), (GateId, GateId)> = BTreeMap::new();
    for (row, subnet) in (0_u32..).zip(&network.subnets) {
        let key = (
            acl_of(network, subnet).and(subnet.acl),
            with_acls.contains(&subnet.vpc),
        );
        let pair = known.entry(key).or_insert_with(|| {
            let [out, into] = [Way::Out, Way::In].map(|way| acl(asking, row, way, asked, replies));
            (gates.add(out), gates.add(into))
        });
        gates.acls.push(*pair);
    }
}

fn acl(asking: &Asking<'_>, subnet: u32, way: Way, asked: &Ports, replies: bool) -> Raw {
    let network = asking.network;
    let home = network.subnets.get(subnet as usize);
    let acl = home.and_then(|subnet| acl_of(network, subnet));
    let entries = acl.and_then(|acl| match way {
        Way::Out => acl.egress.as_ref(),
        Way::In => acl.ingress.as_ref(),
    });
    let code = match entries {
        Some(_) => Code::SubnetAclRestriction,
        None => Code::SnapshotMissing,
    };
    let blocks: Vec<IpNet> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.block)
        .collect();
    let mut assumptions = BTreeSet::new();
    let mut raw = Raw::by(&blocks, code, |address| {
        let step = Step {
            place: Place::Internet,
            source: address,
            destination: address,
            what: What::Passed,
        };
        let judged = asking.acl(subnet, way, &step, asked, replies, &mut assumptions);
        judged.1
    });
    raw.assumed = assumptions.into_iter().collect();
    raw
}

/// What tells sets of groups apart.
type Key<'n> = (&'n [Option<u32>], &'n [String], bool);

fn sets(
    network: &Network,
    question: &Question,
    gates: &mut Gates,
    senders: &[u32],
    receivers: &[u32],
) -> Sets {
    let mut numbers: HashMap<Key<'_>, u32, FxBuildHasher> = HashMap::default();
    let mut sets: Vec<Set> = Vec::new();
    let mut of = vec![u32::MAX; network.interfaces.len()];
    let mut wanted: BTreeSet<(u32, bool)> = BTreeSet::new();
    let sides = [(senders, false), (receivers, true)];
    for (rows, into) in sides {
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
                    ingress: None,
                    egress: None,
                    names: (false, false),
                });
                u32::try_from(sets.len() - 1).unwrap_or(u32::MAX)
            });
            if let Some(of) = of.get_mut(*row as usize) {
                *of = number;
            }
            wanted.insert((number, into));
        }
    }
    let wanted: Vec<(u32, bool)> = wanted.into_iter().collect();
    let made: Vec<Option<Raw>> = wanted
        .par_iter()
        .map(|(number, into)| {
            let set = sets.get(*number as usize)?;
            let interface = network.interfaces.get(set.interface as usize)?;
            Some(set_gate(network, question, interface, way(*into)))
        })
        .collect();
    let mut named = BTreeSet::new();
    for ((number, into), raw) in wanted.into_iter().zip(made) {
        let (Some(set), Some(raw)) = (sets.get_mut(number as usize), raw) else {
            continue;
        };
        let id = Some(gates.add(raw));
        let interface = network.interfaces.get(set.interface as usize);
        let mut found = BTreeSet::new();
        if let Some(interface) = interface {
            names_of(network, interface, way(into), &mut found);
        }
        if into {
            set.ingress = id;
            set.names.0 = !found.is_empty();
            named.extend(found);
        } else {
            set.egress = id;
            set.names.1 = !found.is_empty();
        }
    }
    Sets { sets, of, named }
}

const fn way(into: bool) -> Way {
    if into { Way::In } else { Way::Out }
}

/// What a set of groups admits by addresses.
fn set_gate(network: &Network, question: &Question, interface: &Interface, way: Way) -> Raw {
    let mut blocks = blocks_of(network, interface, way);
    blocks.sort_unstable();
    blocks.dedup();
    let mut log = Log::default();
    let mut raw = Raw::by(&blocks, Code::EniSgRulesMismatch, |address| {
        let other = Other {
            address,
            interface: None,
            identity: Identity::Lost,
        };
        let traffic = (question.traffic.protocol, &question.traffic.ports);
        log.decided.clear();
        log.needs.clear();
        filter::groups(
            network,
            interface,
            way,
            other,
            traffic,
            question.assume,
            &mut log,
        )
    });
    if !log.any {
        raw.code = Code::SgHasNoRules;
    }
    raw.assumed = log.assumptions.into_iter().collect();
    raw
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
