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
use super::sets::{Parties, Sets, blocks_of, sets, way};
use crate::graph::Graph;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::endpoint::client_filters;
use crate::graph::reach::evaluate::{Asking, Within};
use crate::graph::reach::filter::{self, Identity, Log, Other, Way};
use crate::graph::reach::flow::{Admitted, End};
use crate::graph::reach::model::{Interface, Network, acl_of};
use crate::graph::reach::walk::{Place, Step, What};

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Gate {
    pub(super) band: Band,
    /// Why it does not let something through.
    pub(super) code: Code,
    /// Why it is not known whether it lets something through.
    pub(super) doubt: Code,
    pub(super) assumed: Assumed,
}

/// The number of a [`Gate`] of its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct GateId(u32);

/// The filters of traffic, or those of replies.
#[expect(clippy::struct_field_names, reason = "they are the gates")]
#[derive(Debug)]
pub(super) struct Gates {
    pub(super) pool: Pool,
    gates: Vec<Gate>,
    /// Looked up, never iterated.
    numbers: HashMap<Gate, GateId, FxBuildHasher>,
    /// By row of the subnet: out of it, into it.
    acls: Vec<(GateId, GateId)>,
    /// By number of the set of groups and direction.
    /// Looked up, never iterated.
    sets: HashMap<(u32, bool), GateId, FxBuildHasher>,
    /// By row of the load balancer: what its groups admit of clients.
    balancers: BTreeMap<u32, GateId>,
}

impl Gates {
    fn new(asked: &Ports) -> Self {
        Self {
            pool: Pool::new(asked),
            gates: Vec::new(),
            numbers: HashMap::default(),
            acls: Vec::new(),
            sets: HashMap::default(),
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

    /// What a set of groups admits by addresses.
    pub(super) fn set(&self, number: u32, way: Way) -> Option<GateId> {
        self.sets.get(&(number, way == Way::In)).copied()
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
            doubt: raw.doubt,
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
    doubt: Code,
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
            doubt: code,
            assumed: Assumed::default(),
        }
    }
}

/// The filters of all that is carried, and the sets of groups.
#[derive(Debug)]
pub(super) struct All {
    pub(super) there: Gates,
    pub(super) back: Gates,
    pub(super) nat: Gates,
    pub(super) sets: Sets,
    /// The ICMP request that is answered, if any is asked about.
    pub(super) echo: Option<Ports>,
}

/// A question about nobody, by which filters are asked.
pub(super) fn asking<'q>(
    graph: &'q Graph,
    network: &'q Network,
    question: &'q Question,
    nobody: &'q End,
) -> Asking<'q> {
    Asking {
        graph,
        network,
        from: nobody,
        to: nobody,
        traffic: &question.traffic,
        assume: question.assume,
        within: Within::default(),
    }
}

/// Prepares all filters.
pub(super) fn build(
    graph: &Graph,
    network: &Network,
    question: &Question,
    parties: Parties<'_>,
) -> All {
    let nobody = End::Internet(Ipv4Addr::UNSPECIFIED.into());
    let asking = asking(graph, network, question, &nobody);
    let replies = asking.reply_ports();
    let mut there = Gates::new(&question.traffic.ports);
    let mut back = Gates::new(&replies);
    // A NAT gateway has ports of its own.
    let mut nat = Gates::new(&if question.traffic.protocol.has_ports() {
        Ports::range(1024, u16::MAX)
    } else {
        replies
    });
    let (sets, wanted) = sets(network, parties);
    for (gates, is_reply) in [(&mut there, false), (&mut back, true), (&mut nat, true)] {
        acls(&asking, gates, is_reply);
        let wanted: Vec<(u32, bool)> = wanted
            .iter()
            .filter(|(_, on_the_way)| !is_reply || **on_the_way)
            .map(|(key, _)| *key)
            .collect();
        let asked = gates.pool.asked().clone();
        let made: Vec<Option<Raw>> = wanted
            .par_iter()
            .map(|(number, into)| {
                let set = sets.sets.get(*number as usize)?;
                let interface = network.interfaces.get(set.interface as usize)?;
                Some(set_gate(&asking, interface, way(*into), &asked, is_reply))
            })
            .collect();
        for (key, raw) in wanted.into_iter().zip(made) {
            if let Some(raw) = raw {
                let id = gates.add(raw);
                gates.sets.insert(key, id);
            }
        }
    }
    for row in balancers(network, parties.receivers) {
        if let Some(stand_in) = stand_in(network, row) {
            let asked = &question.traffic.ports;
            let gate = there.add(set_gate(&asking, &stand_in, Way::In, asked, false));
            there.balancers.insert(row, gate);
        }
    }
    All {
        echo: asking.echo(),
        there,
        back,
        nat,
        sets,
    }
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
fn acls(asking: &Asking<'_>, gates: &mut Gates, replies: bool) {
    let asked = gates.pool.asked().clone();
    let network = asking.network;
    let with_acls: BTreeSet<Option<u32>> = network.acls.iter().map(|acl| acl.vpc).collect();
    let mut known: BTreeMap<(Option<u32>, bool), (GateId, GateId)> = BTreeMap::new();
    for (row, subnet) in (0_u32..).zip(&network.subnets) {
        let key = (
            acl_of(network, subnet).and(subnet.acl),
            with_acls.contains(&subnet.vpc),
        );
        let pair = known.entry(key).or_insert_with(|| {
            let [out, into] = [Way::Out, Way::In].map(|way| acl(asking, row, way, &asked, replies));
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
            identity: Identity::Lost,
            what: What::Passed,
        };
        let judged = asking.acl(subnet, way, &step, asked, replies, &mut assumptions);
        judged.1
    });
    raw.assumed = assumptions.into_iter().collect();
    raw
}

/// What a set of groups admits by addresses.
fn set_gate(
    asking: &Asking<'_>,
    interface: &Interface,
    way: Way,
    asked: &Ports,
    replies: bool,
) -> Raw {
    let network = asking.network;
    let mut blocks = blocks_of(network, interface, way);
    blocks.sort_unstable();
    blocks.dedup();
    let mut log = Log::default();
    let ports = if replies {
        asking.reply_header(asked)
    } else {
        asked.clone()
    };
    let mut raw = Raw::by(&blocks, Code::EniSgRulesMismatch, |address| {
        let other = Other {
            unseen: false,
            address,
            interface: None,
            identity: Identity::Lost,
        };
        let traffic = (asking.traffic.protocol, &ports);
        log.decided.clear();
        log.needs.clear();
        let admitted = filter::groups(
            network,
            interface,
            way,
            other,
            traffic,
            asking.assume,
            &mut log,
        );
        if replies {
            asking.reply_admitted(admitted, asked, &ports)
        } else {
            admitted
        }
    });
    if !log.any {
        raw.code = Code::SgHasNoRules;
        raw.doubt = Code::SnapshotMissing;
    }
    raw.assumed = log.assumptions.into_iter().collect();
    raw
}
