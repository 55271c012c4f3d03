//! The records of a zone: addresses, and the names that lead on.
//!
//! CNAMEs are asked anew, aliases are answered in place, and of several records any
//! may answer. Works on a walk; which zone is asked is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Failure;
use super::index::{Zone, at};
use super::name::Name;
use super::outside;
use super::walk::{CHAIN, Found, Question, Walk};
use super::zone::{self, Look, Part};
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::flow::Outcome;

impl<'a> Walk<'a> {
    /// Asks a zone; `asked` is the name, or an alias inside the zone.
    pub(super) fn zone(
        &mut self,
        question: &Question,
        zone: &'a Zone,
        asked: &Name,
        depth: usize,
    ) -> Found {
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
                    format!(
                        "{} records of {}, any of which may answer",
                        parts.len(),
                        zone.name
                    )
                } else {
                    format!("a record of {}", zone.name)
                };
                self.step(vpc, asked, record, Outcome::Pass, None, evidence, detail);
                self.parts(question, zone, &parts, depth)
            }
            Look::Delegated(domain, place) => {
                let needs = vec![Need::Sense(format!(
                    "what the name servers of {domain} answer"
                ))];
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
        let mut detail = format!(
            "{} does not have {what}, and nobody else is asked",
            zone.name
        );
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
    fn parts(
        &mut self,
        question: &Question,
        zone: &'a Zone,
        parts: &[Part],
        depth: usize,
    ) -> Found {
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
                Part::Alias {
                    target,
                    here,
                    record,
                } => self.alias(question, zone, target, *here, *record, depth),
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
        if let Some(known) = outside::aws(self.graph, self.index, target, self.kind, vpc) {
            return self.known(question, target, known);
        }
        let needs = vec![Need::Sense(format!("the addresses of {target}"))];
        let detail = format!("an alias of {target}, which is not in the snapshot");
        let code = Code::DnsNotInSnapshot;
        self.unknown(vpc, target, record, code, needs, detail)
    }
}
