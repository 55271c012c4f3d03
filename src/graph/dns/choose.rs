//! Who answers for a name in a VPC: a rule, a zone, an endpoint, or public DNS.
//!
//! The most specific domain decides; what was not seen and could be more specific
//! makes it unknown. Works on a walk; records are read elsewhere.

use super::answer::Failure;
use super::endpoint;
use super::forward;
use super::hidden::Hidden;
use super::index::at;
use super::instance;
use super::name::Name;
use super::view::{Filter, Pick, View, What};
use super::walk::{Found, Question, Walk};
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{At, Outcome};
use crate::snapshot::record::Kind;

impl<'a> Walk<'a> {
    /// Finds who answers for the name, and asks them.
    pub(super) fn choose(&mut self, question: &Question, view: &'a View) -> Found {
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
        self.step(
            vpc,
            &question.name,
            vpc,
            Outcome::Fail,
            code,
            evidence,
            detail,
        );
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
                self.servers(&servers.all, name, question.chain + 1)
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
            let failure = if *name == hidden.zone {
                Failure::NoData
            } else {
                Failure::NoName
            };
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
        let Some(entry) = self
            .graph
            .entry(hidden.node)
            .filter(|_| hidden.node.kind == Kind::VpcEndpoint)
        else {
            let needs = vec![Need::Sense(format!(
                "the addresses that AWS gives to resources behind {id}"
            ))];
            let detail =
                "the addresses of a service network association are in no answer of the API";
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
}
