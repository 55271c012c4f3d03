//! The question on its way: server, rule, zone, record, and the next name.
//!
//! Each resolver answers from the most specific of its zones and rules, a zone
//! never gives a question on, and CNAMEs are asked anew
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html>).
//! Uses the parts of this folder; depth and number of steps are bounded.

use std::collections::BTreeSet;

use super::Given;
use super::answer::{Address, Failure, RecordType, Resolution, Step, Verdict};
use super::forward::{self, Lost, Server};
use super::index::{Index, at};
use super::name::Name;
use super::view::View;
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::flow::{At, Component, Outcome};
use crate::graph::{Graph, Node};

/// Longest chain of CNAMEs and aliases that is followed.
pub(super) const CHAIN: usize = 8;

/// Most questions that one question may lead to.
const BUDGET: usize = 400;

/// What a question found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// Addresses.
    Addresses(BTreeSet<Address>),
    /// Public addresses that are not in the snapshot.
    Public,
    Nothing(Failure),
    Unknown,
}

/// A question at a resolver.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) server: Server,
    pub(super) name: Name,
    /// CNAMEs and aliases so far.
    pub(super) chain: usize,
}

/// One resolution.
pub(super) struct Walk<'a> {
    pub(super) graph: &'a Graph,
    pub(super) index: &'a Index,
    pub(super) given: &'a Given,
    pub(super) kind: RecordType,
    pub(super) steps: Vec<Step>,
    pub(super) assumptions: BTreeSet<Assumption>,
    pub(super) ends: BTreeSet<Node>,
    /// Resolvers that were introduced.
    met: BTreeSet<Server>,
    /// Questions that are open; to ask one of them again is a loop.
    open: Vec<(Server, Name)>,
    pub(super) budget: usize,
    /// A zone that is left out, to see what it hides.
    pub(super) without: Option<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(graph: &'a Graph, given: &'a Given, kind: RecordType) -> Self {
        Self {
            graph,
            index: graph.names(),
            given,
            kind,
            steps: Vec::new(),
            assumptions: BTreeSet::new(),
            ends: BTreeSet::new(),
            met: BTreeSet::new(),
            open: Vec::new(),
            budget: BUDGET,
            without: None,
        }
    }

    pub(super) fn run(mut self, vpc: Node, name: &Name) -> Resolution {
        let found = match forward::of_vpc(self.graph, self.index, vpc) {
            Ok(servers) => {
                self.step(
                    vpc,
                    name,
                    vpc,
                    Outcome::Pass,
                    None,
                    servers.evidence,
                    servers.detail,
                );
                self.servers(&servers.all, name, 0)
            }
            Err(lost) => self.lost(vpc, name, vpc, lost),
        };
        let (verdict, addresses) = match found {
            Found::Addresses(found) => (Verdict::Answered, found.into_iter().collect()),
            Found::Public => (Verdict::Public, Vec::new()),
            Found::Nothing(failure) => (Verdict::NoAnswer(failure), Vec::new()),
            Found::Unknown => (Verdict::Unknown, Vec::new()),
        };
        Resolution {
            name: name.clone(),
            kind: self.kind,
            vpc,
            verdict,
            addresses,
            ends: self.ends,
            steps: self.steps,
            assumptions: self.assumptions,
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is a field of the step that it adds"
    )]
    pub(super) fn step(
        &mut self,
        vpc: Node,
        name: &Name,
        component: Node,
        outcome: Outcome,
        code: Option<Code>,
        evidence: Vec<At>,
        detail: impl Into<String>,
    ) {
        self.steps.push(Step {
            vpc,
            name: name.clone(),
            component: Component::Resource(component),
            outcome,
            code,
            evidence,
            needs: Vec::new(),
            detail: detail.into(),
        });
    }

    /// A step at which nobody knows how it goes on.
    pub(super) fn unknown(
        &mut self,
        vpc: Node,
        name: &Name,
        component: Node,
        code: Code,
        needs: Vec<Need>,
        detail: impl Into<String>,
    ) -> Found {
        self.step(
            vpc,
            name,
            component,
            Outcome::Unknown,
            Some(code),
            Vec::new(),
            detail,
        );
        if let Some(step) = self.steps.last_mut() {
            step.needs = needs;
        }
        Found::Unknown
    }

    pub(super) fn lost(&mut self, vpc: Node, name: &Name, component: Node, lost: Lost) -> Found {
        let found = self.unknown(vpc, name, component, lost.code, lost.needs, lost.detail);
        if let Some(step) = self.steps.last_mut() {
            step.evidence = lost.evidence;
        }
        found
    }

    pub(super) fn fail(
        &mut self,
        question: &Question,
        component: Node,
        failure: Failure,
        code: Code,
        evidence: Vec<At>,
        detail: impl Into<String>,
    ) -> Found {
        let vpc = question.server.vpc;
        self.step(
            vpc,
            &question.name,
            component,
            Outcome::Fail,
            Some(code),
            evidence,
            detail,
        );
        Found::Nothing(failure)
    }

    /// Asks each of several servers; they must agree, since any may be asked.
    pub(super) fn servers(
        &mut self,
        servers: &BTreeSet<Server>,
        name: &Name,
        chain: usize,
    ) -> Found {
        let mut found: Option<Found> = None;
        for &server in servers {
            let next = self.ask(&Question {
                server,
                name: name.clone(),
                chain,
            });
            match &found {
                None => found = Some(next),
                Some(before) if *before == next => {}
                Some(_) => {
                    let needs = vec![Need::Sense("which name server is asked first".to_owned())];
                    let detail = "the name servers answer differently";
                    let vpc = server.vpc;
                    return self.unknown(vpc, name, vpc, Code::DnsRuleTie, needs, detail);
                }
            }
        }
        found.unwrap_or(Found::Unknown)
    }

    /// Asks the resolver of a VPC.
    pub(super) fn ask(&mut self, question: &Question) -> Found {
        let key = (question.server, question.name.clone());
        let vpc = question.server.vpc;
        self.budget = self.budget.saturating_sub(1);
        let loops = self.open.contains(&key);
        if loops || question.chain > CHAIN || self.open.len() > 2 * CHAIN || self.budget == 0 {
            let detail = if loops {
                "the names lead in a circle".to_owned()
            } else {
                format!("more than {CHAIN} names lead to each other")
            };
            let code = Code::DnsChainTooLong;
            return self.fail(question, vpc, Failure::Loop, code, Vec::new(), detail);
        }
        let Some(view) = self.index.view(self.graph, vpc) else {
            let needs = vec![Need::Resource(vpc)];
            let detail = "the VPC is not in the snapshot";
            return self.unknown(
                vpc,
                &question.name,
                vpc,
                Code::SnapshotMissing,
                needs,
                detail,
            );
        };
        if let Some(found) = self.meet(question, view) {
            return found;
        }
        self.open.push(key);
        let found = self.choose(question, view);
        self.open.pop();
        found
    }

    /// The attributes of the VPC and its firewall, once.
    fn meet(&mut self, question: &Question, view: &View) -> Option<Found> {
        let (vpc, name) = (question.server.vpc, &question.name);
        let support = "EnableDnsSupport.Value";
        match view.support {
            None => {
                let needs = vec![Need::Field(vpc, support)];
                let detail = "whether the resolver is on was not collected";
                let code = Code::SnapshotMissing;
                return Some(self.unknown(vpc, name, vpc, code, needs, detail));
            }
            Some(false) => {
                let evidence = vec![at(vpc, "EnableDnsSupport/Value", "false")];
                let detail = "DNS support is off, so Amazon's resolver does not answer";
                let code = Code::DnsSupportDisabled;
                let failure = Failure::NoResolver;
                return Some(self.fail(question, vpc, failure, code, evidence, detail));
            }
            Some(true) => {}
        }
        if !self.met.insert(question.server) {
            return None;
        }
        let through = if question.server.inbound {
            "an inbound endpoint of the VPC takes the question"
        } else {
            "Amazon's resolver takes the question; DNS support is on"
        };
        let evidence = vec![at(vpc, "EnableDnsSupport/Value", "true")];
        self.step(vpc, name, vpc, Outcome::Pass, None, evidence, through);
        if question.server.inbound {
            self.assumptions.insert(Assumption::ResolversReachable);
        }
        if let Some(&firewall) = view.firewalls.first() {
            self.assumptions.insert(Assumption::DnsFirewallAdmits);
            let detail = "a DNS Firewall stands before the resolver; its rules are not modelled";
            let code = Some(Code::DnsFirewall);
            self.step(vpc, name, firewall, Outcome::Note, code, Vec::new(), detail);
        }
        None
    }
}
