//! The question on its way: server, rule, zone, record, and the next name.
//!
//! Each resolver answers from the most specific of its zones and rules, a zone
//! never gives a question on, and CNAMEs are asked anew
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html>).
//! Uses the parts of this folder; depth and number of steps are bounded.

use std::collections::{BTreeMap, BTreeSet};

use super::Given;
use super::answer::{Address, Failure, RecordType, Resolution, Step, Verdict};
use super::endpoint;
use super::forward::{self, Lost, Server};
use super::hidden::Hidden;
use super::index::{Index, Zone, at};
use super::instance;
use super::name::Name;
use super::outside::{self, Known};
use super::view::{Filter, Pick, View, What};
use super::zone::{self, Look, Part};
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::flow::{At, Component, Outcome};
use crate::graph::{Graph, Node};
use crate::snapshot::record::Kind;

/// Longest chain of CNAMEs and aliases that is followed.
const CHAIN: usize = 8;

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
struct Question {
    server: Server,
    name: Name,
    /// CNAMEs and aliases so far.
    chain: usize,
}

/// One resolution.
pub(super) struct Walk<'a> {
    graph: &'a Graph,
    index: &'a Index,
    given: &'a Given,
    kind: RecordType,
    steps: Vec<Step>,
    assumptions: BTreeSet<Assumption>,
    ends: BTreeSet<Node>,
    /// Resolvers that were introduced.
    met: BTreeSet<Server>,
    /// Questions that are open; to ask one of them again is a loop.
    open: Vec<(Server, Name)>,
    budget: usize,
    /// A zone that is left out, to see what it hides.
    without: Option<String>,
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
                self.step(vpc, name, vpc, Outcome::Pass, None, servers.evidence, servers.detail);
                self.servers(&servers.servers, name, 0)
            }
            Err(lost) => self.lost(vpc, name, vpc, lost),
        };
        let (verdict, addresses) = match found {
            Found::Addresses(found) => (Verdict::Answered, found.into_iter().collect()),
            Found::Public => (Verdict::Public, Vec::new()),
            Found::Nothing(failure) => (Verdict::NoAnswer(failure), Vec::new()),
            Found::Unknown => (Verdict::Unknown, Vec::new()),
        };
        if verdict != Verdict::Answered {
            self.hints(vpc, name);
        }
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
    fn step(
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
    fn unknown(
        &mut self,
        vpc: Node,
        name: &Name,
        component: Node,
        code: Code,
        needs: Vec<Need>,
        detail: impl Into<String>,
    ) -> Found {
        self.step(vpc, name, component, Outcome::Unknown, Some(code), Vec::new(), detail);
        if let Some(step) = self.steps.last_mut() {
            step.needs = needs;
        }
        Found::Unknown
    }

    fn lost(&mut self, vpc: Node, name: &Name, component: Node, lost: Lost) -> Found {
        let found = self.unknown(vpc, name, component, lost.code, lost.needs, lost.detail);
        if let Some(step) = self.steps.last_mut() {
            step.evidence = lost.evidence;
        }
        found
    }

    fn fail(
        &mut self,
        question: &Question,
        component: Node,
        failure: Failure,
        code: Code,
        evidence: Vec<At>,
        detail: impl Into<String>,
    ) -> Found {
        let vpc = question.server.vpc;
        self.step(vpc, &question.name, component, Outcome::Fail, Some(code), evidence, detail);
        Found::Nothing(failure)
    }

    /// Asks each of several servers; they must agree, since any may be asked.
    fn servers(&mut self, servers: &BTreeSet<Server>, name: &Name, chain: usize) -> Found {
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
    fn ask(&mut self, question: &Question) -> Found {
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
            return self.unknown(vpc, &question.name, vpc, Code::SnapshotMissing, needs, detail);
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

    /// Finds who answers for the name, and asks them.
    fn choose(&mut self, question: &Question, view: &'a View) -> Found {
        let (vpc, name) = (question.server.vpc, &question.name);
        let without = self.without.clone();
        let mut filter = Filter {
            rules: true,
            zones: view.hostnames != Some(false),
            inbound: question.server.inbound,
            without: without.as_deref(),
        };
        if view.hostnames == Some(false) {
            self.zones_off(question, view, filter);
        }
        let own = instance::autodefined(name).filter(|_| view.hostnames == Some(true));
        loop {
            let picked = view.pick(name, filter);
            let (labels, is_rule) = match &picked {
                Pick::Nobody => (0, false),
                Pick::One(one) | Pick::Maybe(one, _) => {
                    (one.domain.labels(), matches!(one.what, What::Rule(_)))
                }
                Pick::Tie(all) => (all.first().map_or(0, |one| one.domain.labels()), false),
            };
            // EC2's own domains are more specific than a rule for all names.
            let ec2 = own.as_ref().filter(|own| own.labels() > labels);
            let best = ec2.map_or(labels, Name::labels);
            let doubts = view.doubts(name, best, is_rule && ec2.is_none(), filter);
            if !doubts.is_empty() {
                let detail = match (&picked, ec2) {
                    (Pick::One(one), None) => format!(
                        "{} is the most specific that was seen; what was not seen may come before it",
                        one.domain
                    ),
                    _ => "zones, rules or endpoints that were not seen may answer".to_owned(),
                };
                return self.unknown(vpc, name, vpc, Code::SnapshotMissing, doubts, detail);
            }
            if ec2.is_some() {
                return self.outside(question);
            }
            match picked {
                Pick::Nobody => return self.outside(question),
                Pick::Tie(all) => {
                    let evidence = all.iter().flat_map(|one| one.evidence.clone()).collect();
                    let needs = vec![Need::Sense(format!(
                        "which of {} for {} comes first",
                        all.len(),
                        all.first().map_or("it", |one| one.domain.as_str())
                    ))];
                    let detail = "several answer for the same domain, and AWS does not say which";
                    let found = self.unknown(vpc, name, vpc, Code::DnsRuleTie, needs, detail);
                    if let Some(step) = self.steps.last_mut() {
                        step.evidence = evidence;
                    }
                    return found;
                }
                Pick::Maybe(one, needs) => {
                    let detail = format!("what answers for {} may not be in force", one.domain);
                    let code = Code::SnapshotMissing;
                    return self.unknown(vpc, name, vpc, code, needs.to_vec(), detail);
                }
                Pick::One(one) => match &one.what {
                    What::Rule(rule) if self.is_system(*rule) => {
                        let detail = format!("a SYSTEM rule keeps {} in the VPC", one.domain);
                        let evidence = one.evidence.clone();
                        self.step(vpc, name, *rule, Outcome::Pass, None, evidence, detail);
                        filter.rules = false;
                    }
                    What::Rule(rule) => {
                        return self.forwarded(question, *rule, &one.domain, &one.evidence);
                    }
                    What::Zone(id) => {
                        let Some(zone) = self.index.zones.get(id) else {
                            return Found::Unknown;
                        };
                        if let Some(found) = self.without_hostnames(question, view) {
                            return found;
                        }
                        let detail = format!("the private zone {} answers", zone.name);
                        let evidence = one.evidence.clone();
                        self.step(vpc, name, zone.node, Outcome::Pass, None, evidence, detail);
                        return self.zone(question, zone, name, 0);
                    }
                    What::Hidden(position) => {
                        let Some(hidden) = view.hidden.get(*position) else {
                            return Found::Unknown;
                        };
                        if let Some(found) = self.without_hostnames(question, view) {
                            return found;
                        }
                        return self.hidden(question, hidden);
                    }
                },
            }
        }
    }

    fn is_system(&self, rule: Node) -> bool {
        let entry = self.graph.entry(rule);
        entry.is_some_and(|rule| rule.is("RuleType", "SYSTEM"))
    }

    /// Private zones do not answer without DNS hostnames.
    fn zones_off(&mut self, question: &Question, view: &View, filter: Filter<'_>) {
        let zones = Filter {
            rules: false,
            zones: true,
            ..filter
        };
        if matches!(view.pick(&question.name, zones), Pick::Nobody) {
            return;
        }
        let vpc = question.server.vpc;
        let evidence = vec![at(vpc, "EnableDnsHostnames/Value", "false")];
        let code = Some(Code::DnsHostnamesDisabled);
        let detail = "DNS hostnames are off, so the private zone for the name does not answer";
        self.step(vpc, &question.name, vpc, Outcome::Fail, code, evidence, detail);
    }

    /// Whether private zones answer at all was not collected.
    fn without_hostnames(&mut self, question: &Question, view: &View) -> Option<Found> {
        if view.hostnames.is_some() {
            return None;
        }
        let vpc = question.server.vpc;
        let needs = vec![Need::Field(vpc, "EnableDnsHostnames.Value")];
        let detail = "whether private zones answer was not collected";
        let code = Code::SnapshotMissing;
        Some(self.unknown(vpc, &question.name, vpc, code, needs, detail))
    }

    fn forwarded(&mut self, question: &Question, rule: Node, domain: &Name, why: &[At]) -> Found {
        let (vpc, name) = (question.server.vpc, &question.name);
        match forward::of_rule(self.graph, self.index, rule) {
            Ok(servers) => {
                let mut evidence = why.to_vec();
                evidence.extend(servers.evidence);
                let detail = format!("a rule forwards {domain}; {}", servers.detail);
                self.step(vpc, name, rule, Outcome::Pass, None, evidence, detail);
                self.servers(&servers.servers, name, question.chain + 1)
            }
            Err(mut lost) => {
                let mut evidence = why.to_vec();
                evidence.append(&mut lost.evidence);
                lost.evidence = evidence;
                lost.detail = format!("a rule forwards {domain}; {}", lost.detail);
                self.lost(vpc, name, rule, lost)
            }
        }
    }

    /// Asks a zone; `asked` is the name, or an alias inside the zone.
    fn zone(&mut self, question: &Question, zone: &'a Zone, asked: &Name, depth: usize) -> Found {
        let vpc = question.server.vpc;
        match zone::look(self.graph, self.index, zone, asked, self.kind) {
            Look::Parts {
                parts,
                evidence,
                routed,
            } => {
                if routed {
                    self.assumptions.insert(Assumption::RecordsHealthy);
                }
                let record = evidence.first().map_or(zone.node, |place| place.node);
                let detail = if routed && parts.len() > 1 {
                    format!("{} records of {}, any of which may answer", parts.len(), zone.name)
                } else {
                    format!("a record of {}", zone.name)
                };
                self.step(vpc, asked, record, Outcome::Pass, None, evidence, detail);
                self.parts(question, zone, &parts, depth)
            }
            Look::Delegated(domain, place) => {
                let needs = vec![Need::Sense(format!("what the name servers of {domain} answer"))];
                let detail = format!("NS records hand {domain} to other name servers");
                let code = Code::DnsNotModelled;
                let found = self.unknown(vpc, asked, place.node, code, needs, detail);
                if let Some(step) = self.steps.last_mut() {
                    step.evidence = vec![place];
                }
                found
            }
            Look::Nothing(failure) => self.empty(question, zone, asked, failure),
            Look::Unknown(need) => {
                let detail = format!("the records of {} are not in the snapshot", zone.name);
                let code = Code::SnapshotMissing;
                self.unknown(vpc, asked, zone.node, code, vec![need], detail)
            }
        }
    }

    /// A zone without the record: it hides whatever else there is.
    fn empty(&mut self, question: &Question, zone: &Zone, asked: &Name, failure: Failure) -> Found {
        let evidence = vec![at(zone.node, "Name", zone.name.to_string())];
        let what = match failure {
            Failure::NoData => "a record of this type",
            _ => "the name",
        };
        let mut detail = format!("{} does not have {what}, and nobody else is asked", zone.name);
        let mut code = Code::DnsNoRecord;
        if zone.private != Some(false) && self.without.is_none() {
            let mut probe = Walk::new(self.graph, self.given, self.kind);
            probe.without = Some(zone.id.clone());
            let behind = probe.ask(&Question {
                server: question.server,
                name: asked.clone(),
                chain: 0,
            });
            let shown = match &behind {
                Found::Addresses(found) => found.first().map(|first| first.ip.to_string()),
                Found::Public => Some("public addresses".to_owned()),
                Found::Nothing(_) | Found::Unknown => None,
            };
            if let Some(shown) = shown {
                code = Code::DnsShadowedByZone;
                detail = format!("{detail}; without the zone the name would lead to {shown}");
            }
        }
        self.fail(question, zone.node, failure, code, evidence, detail)
    }

    /// Follows what a zone answered. Any of several may be the answer: together
    /// they are the addresses, and what leads nowhere is left out.
    fn parts(&mut self, question: &Question, zone: &'a Zone, parts: &[Part], depth: usize) -> Found {
        let mut addresses = BTreeSet::new();
        let mut others: BTreeMap<usize, Found> = BTreeMap::new();
        for (position, part) in parts.iter().enumerate() {
            let found = match part {
                Part::Address(address) => Found::Addresses(BTreeSet::from([address.clone()])),
                Part::Cname(target) => self.ask(&Question {
                    server: question.server,
                    name: target.clone(),
                    chain: question.chain + depth + 1,
                }),
                Part::Alias { target, here, record } => {
                    self.alias(question, zone, target, *here, *record, depth)
                }
            };
            match found {
                Found::Addresses(found) => addresses.extend(found),
                other => {
                    others.insert(position, other);
                }
            }
        }
        if others.values().any(|found| *found == Found::Unknown) {
            return Found::Unknown;
        }
        if others.values().any(|found| *found == Found::Public) {
            return Found::Public;
        }
        if addresses.is_empty() {
            let first = others.into_values().next();
            return first.unwrap_or(Found::Nothing(Failure::NoData));
        }
        Found::Addresses(addresses)
    }

    /// An alias is answered by Route 53 itself: from the same zone, or with the
    /// addresses of a resource of AWS
    /// (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html>).
    fn alias(
        &mut self,
        question: &Question,
        zone: &'a Zone,
        target: &Name,
        here: bool,
        record: Node,
        depth: usize,
    ) -> Found {
        let vpc = question.server.vpc;
        if here {
            self.budget = self.budget.saturating_sub(1);
            if depth + question.chain >= CHAIN || self.budget == 0 {
                let detail = "aliases lead to each other without an end";
                let code = Code::DnsChainTooLong;
                return self.fail(question, record, Failure::Loop, code, Vec::new(), detail);
            }
            if target.is_within(&zone.name) {
                return self.zone(question, zone, target, depth + 1);
            }
        }
        match outside::aws(self.graph, self.index, target, self.kind, vpc) {
            Some(known) => self.known(question, target, known),
            None => {
                let needs = vec![Need::Sense(format!("the addresses of {target}"))];
                let detail = format!("an alias of {target}, which is not in the snapshot");
                let code = Code::DnsNotInSnapshot;
                self.unknown(vpc, target, record, code, needs, detail)
            }
        }
    }

    /// Asks the hidden zone of an endpoint.
    fn hidden(&mut self, question: &Question, hidden: &Hidden) -> Found {
        let (vpc, name) = (question.server.vpc, &question.name);
        let mut places = hidden.names.get(name);
        let mut above = name.parent();
        while let (None, Some(here)) = (places, above) {
            places = hidden.names.get(&here.wildcard());
            above = (here != hidden.zone).then(|| here.parent()).flatten();
        }
        let Some(places) = places else {
            let failure = if *name == hidden.zone { Failure::NoData } else { Failure::NoName };
            let detail = format!(
                "the private DNS of {} answers for {} and does not have the name",
                self.graph.id(hidden.node),
                hidden.zone
            );
            let evidence = hidden.names.values().flatten().take(3).cloned().collect();
            let code = Code::DnsNoRecord;
            return self.fail(question, hidden.node, failure, code, evidence, detail);
        };
        let mut places = places.clone();
        places.sort();
        let id = self.graph.id(hidden.node);
        let detail = format!("the private DNS of {id} answers for {}", hidden.zone);
        self.step(vpc, name, hidden.node, Outcome::Pass, None, places, detail);
        self.ends.insert(hidden.node);
        let Some(entry) = self.graph.entry(hidden.node).filter(|_| hidden.node.kind == Kind::VpcEndpoint)
        else {
            let needs = vec![Need::Sense(format!(
                "the addresses that AWS gives to resources behind {id}"
            ))];
            let detail = "the addresses of a service network association are in no answer of the API";
            return self.unknown(vpc, name, hidden.node, Code::DnsNotModelled, needs, detail);
        };
        let found = endpoint::addresses(self.graph, &entry, self.kind, None);
        if !found.needs.is_empty() {
            let detail = format!("the addresses of {id} are not all in the snapshot");
            let code = Code::SnapshotMissing;
            return self.unknown(vpc, name, hidden.node, code, found.needs, detail);
        }
        if found.addresses.is_empty() {
            let detail = format!("{id} has no addresses of this type");
            let (failure, code) = (Failure::NoData, Code::DnsNoRecord);
            return self.fail(question, hidden.node, failure, code, Vec::new(), detail);
        }
        Found::Addresses(found.addresses.into_iter().collect())
    }

    /// Nobody in the VPC answers: public DNS does.
    fn outside(&mut self, question: &Question) -> Found {
        let (vpc, name) = (question.server.vpc, &question.name);
        let known = outside::aws(self.graph, self.index, name, self.kind, vpc);
        let decided = known.as_ref().is_some_and(|known| !known.public && known.needs.is_empty());
        if let (false, Some(given)) = (decided, self.given.of(name)) {
            let fitting = given.iter().filter(|ip| self.kind.fits(**ip));
            let addresses: BTreeSet<Address> = fitting
                .map(|ip| Address {
                    ip: *ip,
                    from: None,
                    interface: None,
                })
                .collect();
            let detail = "public DNS answers; the answer was given";
            if addresses.is_empty() {
                let (failure, code) = (Failure::NoData, Code::DnsNoRecord);
                return self.fail(question, vpc, failure, code, Vec::new(), detail);
            }
            self.step(vpc, name, vpc, Outcome::Pass, None, Vec::new(), detail);
            return Found::Addresses(addresses);
        }
        if let Some(known) = known {
            return self.known(question, name, known);
        }
        if let Some(found) = self.public_zones(question) {
            return found;
        }
        if outside::is_never_public(name) {
            let detail = "no zone of the VPC has the name, and public DNS never will";
            let (failure, code) = (Failure::NoName, Code::DnsNoRecord);
            return self.fail(question, vpc, failure, code, Vec::new(), detail);
        }
        let needs = vec![Need::Sense(format!("what public DNS answers for {name}"))];
        let detail = "no zone or rule of the VPC is about the name; public DNS answers";
        self.unknown(vpc, name, vpc, Code::DnsNotInSnapshot, needs, detail)
    }

    /// What is known of a name of AWS.
    fn known(&mut self, question: &Question, name: &Name, known: Known) -> Found {
        let vpc = question.server.vpc;
        let component = known.ends.first().copied();
        let component = component
            .or_else(|| known.evidence.first().map(|place| place.node))
            .unwrap_or(vpc);
        self.ends.extend(&known.ends);
        if !known.needs.is_empty() {
            let code = known.code.unwrap_or(Code::SnapshotMissing);
            let found = self.unknown(vpc, name, component, code, known.needs, known.detail);
            if let Some(step) = self.steps.last_mut() {
                step.evidence = known.evidence;
            }
            return found;
        }
        if let Some(failure) = known.failure {
            let code = known.code.unwrap_or(Code::DnsNoRecord);
            return self.fail(question, component, failure, code, known.evidence, known.detail);
        }
        let outcome = if known.public { Outcome::Fail } else { Outcome::Pass };
        self.step(vpc, name, component, outcome, known.code, known.evidence, known.detail);
        if known.public {
            Found::Public
        } else {
            Found::Addresses(known.addresses.into_iter().collect())
        }
    }

    /// Public zones of the snapshot, from the least specific down their
    /// delegations.
    fn public_zones(&mut self, question: &Question) -> Option<Found> {
        let (vpc, name) = (question.server.vpc, &question.name);
        let index = self.index;
        let mut zones: Vec<&'a Zone> = index
            .zones
            .values()
            .filter(|zone| zone.private == Some(false) && name.is_within(&zone.name))
            .collect();
        zones.sort_by(|a, b| (a.name.labels(), &a.id).cmp(&(b.name.labels(), &b.id)));
        let mut zone = *zones.first()?;
        for _ in 0..zones.len() {
            let below = match zone::look(self.graph, index, zone, name, self.kind) {
                Look::Delegated(domain, _) => domain,
                Look::Unknown(_) => zone.name.clone(),
                _ => break,
            };
            match zones.iter().find(|next| next.name == below && next.id != zone.id) {
                Some(next) => zone = next,
                None => break,
            }
        }
        // Two zones of one name, or a zone below that nobody delegates to.
        if zones.iter().any(|other| other.id != zone.id && other.name.labels() >= zone.name.labels()) {
            let needs = vec![Need::Sense(format!("which public zone for {name} is delegated"))];
            let detail = "several public zones of the snapshot are about the name";
            return Some(self.unknown(vpc, name, zone.node, Code::DnsRuleTie, needs, detail));
        }
        self.assumptions.insert(Assumption::PublicZonesDelegated);
        let detail = format!("the public zone {} answers", zone.name);
        let evidence = vec![at(zone.node, "Name", zone.name.to_string())];
        self.step(vpc, name, zone.node, Outcome::Pass, None, evidence, detail);
        Some(self.zone(question, zone, name, 0))
    }

    /// Why the name may have been expected to lead elsewhere.
    fn hints(&mut self, vpc: Node, name: &Name) {
        let Some(view) = self.index.view(self.graph, vpc) else {
            return;
        };
        for refused in &view.refused {
            let meant = refused.name == *name
                || refused.name.under_wildcard().is_some_and(|under| name.is_within(&under));
            if meant {
                let id = self.graph.id(refused.node);
                let detail = format!("{id} could answer for the name, and does not");
                let (code, evidence) = (Some(refused.code), refused.evidence.clone());
                self.step(vpc, name, refused.node, Outcome::Note, code, evidence, detail);
            }
        }
        let index = self.index;
        let elsewhere = index.zones.values().filter(|zone| {
            let known = What::Zone(zone.id.clone());
            zone.private == Some(true)
                && name.is_within(&zone.name)
                && !view.candidates.iter().any(|one| one.what == known)
                && matches!(
                    zone::look(self.graph, index, zone, name, self.kind),
                    Look::Parts { .. }
                )
        });
        let zones: Vec<&Zone> = elsewhere.take(5).collect();
        for zone in zones {
            let detail = format!(
                "the private zone {} ({}) has the name, and this VPC does not see it",
                zone.name, zone.id
            );
            let evidence = vec![at(zone.node, "Name", zone.name.to_string())];
            let code = Some(Code::DnsZoneNotAssociated);
            self.step(vpc, name, zone.node, Outcome::Note, code, evidence, detail);
        }
    }
}
