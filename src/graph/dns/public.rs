//! Names that no zone or rule of a VPC is about: what public DNS answers.
//!
//! What the snapshot shows of public DNS answers, then what was given, and else it
//! is unknown. Works on a walk; names of AWS are known elsewhere.

use std::collections::BTreeSet;

use super::answer::{Address, Failure};
use super::index::{Zone, at};
use super::name::Name;
use super::outside::{self, Known};
use super::walk::{Found, Question, Walk};
use super::zone::{self, Look};
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::flow::Outcome;

impl<'a> Walk<'a> {
    /// Nobody in the VPC answers: public DNS does.
    pub(super) fn outside(&mut self, question: &Question) -> Found {
        let (vpc, name) = (question.server.vpc, &question.name);
        let known = outside::aws(self.graph, self.index, name, self.kind, vpc);
        let decided = known
            .as_ref()
            .is_some_and(|known| !known.public && known.needs.is_empty());
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
    pub(super) fn known(&mut self, question: &Question, name: &Name, known: Known) -> Found {
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
            return self.fail(
                question,
                component,
                failure,
                code,
                known.evidence,
                known.detail,
            );
        }
        let outcome = if known.public {
            Outcome::Fail
        } else {
            Outcome::Pass
        };
        self.step(
            vpc,
            name,
            component,
            outcome,
            known.code,
            known.evidence,
            known.detail,
        );
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
            match zones
                .iter()
                .find(|next| next.name == below && next.id != zone.id)
            {
                Some(next) => zone = next,
                None => break,
            }
        }
        // Two zones of one name, or a zone below that nobody delegates to.
        if zones
            .iter()
            .any(|other| other.id != zone.id && other.name.labels() >= zone.name.labels())
        {
            let needs = vec![Need::Sense(format!(
                "which public zone for {name} is delegated"
            ))];
            let detail = "several public zones of the snapshot are about the name";
            return Some(self.unknown(vpc, name, zone.node, Code::DnsRuleTie, needs, detail));
        }
        self.assumptions.insert(Assumption::PublicZonesDelegated);
        let detail = format!("the public zone {} answers", zone.name);
        let evidence = vec![at(zone.node, "Name", zone.name.to_string())];
        self.step(vpc, name, zone.node, Outcome::Pass, None, evidence, detail);
        Some(self.zone(question, zone, name, 0))
    }
}
