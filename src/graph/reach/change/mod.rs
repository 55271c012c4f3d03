//! The smallest change that would open a path: for each blocker one edit.
//!
//! Starts from the checks of a flow that failed and looks in the model for what
//! would satisfy them: a rule, an entry, a route that would lead there. Uses
//! the model; nothing is ever carried out, and where no edit of the network's
//! owner helps the change says whose move it is.

mod acl;
mod command;
mod edit;
mod group;
mod routes;
mod settings;
mod terraform;
mod transit;

pub use command::quoted;
pub use edit::{Edit, Peer, PortRanges, RouteDestination, RouteTarget, Setting, Waiting};
pub use terraform::text as terraform_text;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::code::Code;
use super::flow::{Aspect, Check, Component, End, Flow, Hop, Outcome, Verdict};
use super::model::Network;
use crate::graph::admission::Need;
use crate::graph::{Graph, Node};
use crate::snapshot::record::Kind;

/// Whose move it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The account that owns the resource; empty if no input tells.
    Owner(String),
    /// Whoever offers the service behind an endpoint.
    Provider,
    /// Whoever runs the network on premises.
    OnPremises,
    /// Nobody: AWS does not carry such traffic.
    Nobody,
}

/// What would remove one blocker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The reasons that it removes, each with whether it is on the way back.
    pub codes: Vec<(Code, bool)>,
    /// One line: what is done to what.
    pub title: String,
    /// The resource that would be changed.
    pub target: Component,
    /// What would be written; `None` where no single edit helps, and the note
    /// says what would.
    pub edit: Option<Edit>,
    /// Whose move it is.
    pub party: Party,
    /// AWS CLI commands, in order, quoted for the shell.
    pub cli: Vec<String>,
    /// Terraform; empty where there is none.
    pub terraform: String,
    /// Cost, limits, side effects, other ways; may be empty.
    pub note: String,
}

/// What to do about a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// One change a blocker, in the order of the path, each once.
    pub changes: Vec<Change>,
    /// What was not seen: no change is named for a check that may pass.
    pub asks: Vec<Need>,
    /// Checks that failed and were not looked at, since there are changes
    /// enough.
    pub checks_left_out: u64,
}

/// Changes that one plan names.
const MOST_CHANGES: usize = 200;

/// The changes that would open flows that are blocked or partial. A flow may
/// stand for more ends than its own: those that are meant besides.
pub fn plan(graph: &Graph, flows: &[&Flow], besides: &[End]) -> Plan {
    let network = graph.network();
    let ends = flows.iter().flat_map(|flow| [&flow.from, &flow.to]);
    let crowded = crowded(network, ends.chain(besides));
    let mut plan = Plan::default();
    for flow in flows {
        if flow.verdict == Verdict::Reachable {
            continue;
        }
        let sides = [(&flow.forward, false), (&flow.back, true)];
        for (hops, back) in sides {
            for (position, hop) in hops.iter().enumerate() {
                for check in &hop.checks {
                    let blocked = Blocked {
                        graph,
                        network,
                        crowded: &crowded,
                        so_far: &plan.changes,
                        flow,
                        hops,
                        position,
                        hop,
                        check,
                        back,
                    };
                    match check.outcome {
                        Outcome::Fail if plan.changes.len() >= MOST_CHANGES => {
                            plan.checks_left_out += 1;
                        }
                        Outcome::Fail => {
                            let change = blocked.change();
                            add(&mut plan.changes, change);
                        }
                        Outcome::Unknown => plan.asks.extend(check.needs.iter().cloned()),
                        Outcome::Pass | Outcome::Note => {}
                    }
                }
            }
        }
    }
    plan.asks.sort();
    plan.asks.dedup();
    plan
}

/// Subnets in which several ends are meant: an entry or rule by address is
/// about the subnet then.
fn crowded<'e>(network: &Network, ends: impl Iterator<Item = &'e End>) -> BTreeSet<u32> {
    let mut addresses: BTreeMap<u32, IpAddr> = BTreeMap::new();
    let mut crowded = BTreeSet::new();
    for end in ends {
        let subnet = match end {
            End::Interface(node, _) => node
                .row()
                .and_then(|row| network.interfaces.get(row as usize)?.subnet),
            _ => None,
        };
        if let Some(subnet) = subnet
            && *addresses.entry(subnet).or_insert(end.address()) != end.address()
        {
            crowded.insert(subnet);
        }
    }
    crowded
}

fn add(changes: &mut Vec<Change>, change: Change) {
    let known = |known: &Change| {
        known.edit == change.edit && known.title == change.title && known.target == change.target
    };
    match changes.iter_mut().find(|other| known(other)) {
        Some(known) => {
            known.codes.extend(change.codes);
            known.codes.sort_unstable();
            known.codes.dedup();
        }
        None => changes.push(change),
    }
}

/// A check that failed, with all that is around it.
#[derive(Debug, Clone, Copy)]
struct Blocked<'a> {
    graph: &'a Graph,
    network: &'a Network,
    /// Subnets in which several ends are meant.
    crowded: &'a BTreeSet<u32>,
    /// The changes that were found already.
    so_far: &'a [Change],
    flow: &'a Flow,
    /// The way that it is on.
    hops: &'a [Hop],
    /// Where on that way.
    position: usize,
    hop: &'a Hop,
    check: &'a Check,
    /// Whether it is on the way of the replies.
    back: bool,
}

impl Blocked<'_> {
    fn change(&self) -> Change {
        if let Some(change) = self.by_code() {
            return change;
        }
        match self.check.aspect {
            Aspect::GroupEgress => self.group_rule(true),
            Aspect::GroupIngress => self.group_rule(false),
            Aspect::AclEgress => self.acl_entries(true),
            Aspect::AclIngress => self.acl_entries(false),
            _ if self.is_about_a_route() => self.route(),
            _ => self.nothing_to_edit(),
        }
    }

    /// Whether another route of a VPC would satisfy the check.
    fn is_about_a_route(&self) -> bool {
        matches!(
            self.check.code,
            Some(
                Code::NoRouteToDestination
                    | Code::BadStateRoute
                    | Code::MoreSpecificRoute
                    | Code::HigherPriorityRoute
            )
        )
    }

    /// A check whose code leaves no doubt about what to do.
    fn by_code(&self) -> Option<Change> {
        self.setting()
            .or_else(|| self.transit())
            .or_else(|| self.gone())
    }

    fn codes(&self) -> Vec<(Code, bool)> {
        let code = self.check.code.into_iter();
        code.map(|code| (code, self.back)).collect()
    }

    /// A change of a resource of the snapshot.
    fn edit(&self, target: Node, title: String, edit: Edit, note: String) -> Change {
        let region = self.graph.scope(target).region;
        Change {
            codes: self.codes(),
            title,
            target: Component::Resource(target),
            party: Party::Owner(self.graph.account(target)),
            cli: command::commands(&edit, &region),
            terraform: terraform::blocks(&edit),
            edit: Some(edit),
            note,
        }
    }

    /// Something to do that is no edit of ours.
    fn advice(&self, title: String, party: Party, note: String) -> Change {
        Change {
            codes: self.codes(),
            title,
            target: self.hop.component.clone(),
            edit: None,
            party,
            cli: Vec::new(),
            terraform: String::new(),
            note,
        }
    }

    fn nothing_to_edit(&self) -> Change {
        let what = self.check.code.map_or("It is blocked.", Code::text);
        self.advice(
            format!("See to {}", self.shown()),
            Party::Owner(String::new()),
            format!("{what} No single edit is known that would open it."),
        )
    }

    /// The component of the hop, as a title names it.
    fn shown(&self) -> String {
        match &self.hop.component {
            Component::Resource(node) => self.graph.id(*node),
            Component::Named(name) => name.clone(),
            Component::Internet => "the internet".to_owned(),
            Component::OnPremises => "the network on premises".to_owned(),
        }
    }

    /// The hops before this one, the nearest first.
    fn before(&self) -> impl Iterator<Item = &Hop> {
        self.hops.iter().take(self.position).rev()
    }

    /// The nearest resource of a kind before this hop.
    fn last(&self, kind: Kind) -> Option<Node> {
        self.before().find_map(|hop| match &hop.component {
            Component::Resource(node) if node.kind == kind => Some(*node),
            _ => None,
        })
    }

    /// The route table that led here: that of the check, else the nearest.
    fn table(&self) -> Option<Node> {
        self.resource(&[Kind::RouteTable])
            .or_else(|| self.last(Kind::RouteTable))
    }

    /// A resource of one of these kinds: of the hop, else of the evidence.
    fn resource(&self, kinds: &[Kind]) -> Option<Node> {
        let hop = match &self.hop.component {
            Component::Resource(node) => Some(*node),
            _ => None,
        };
        hop.into_iter()
            .chain(self.check.evidence.iter().map(|at| at.node))
            .find(|node| kinds.contains(&node.kind))
    }
}
