//! DNS names as destinations.
//!
//! Where a name leads depends on the VPC that asks, so each VPC of the source
//! has ends of its own. Uses the resolution of `graph::dns`; decides nothing
//! about traffic.

use super::{Finder, NoPlace, Place, Side};
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::dns::{self, Failure, Given, Name, RecordType, Resolution, Step};
use crate::graph::ports::Ports;
use crate::graph::reach::flow::{Aspect, Check, End, Verdict};
use crate::snapshot::record::Kind;

impl Finder<'_> {
    pub(super) fn name(&self, text: &str, side: Side<'_>) -> Result<Place, NoPlace> {
        let Side::To(source) = side else {
            return Err(NoPlace::new(
                format!("`{text}` is a DNS name, and traffic does not begin at a name"),
                "name the interface, instance, subnet or address that sends",
            ));
        };
        let name = Name::parse(text).map_err(|bad| {
            NoPlace::new(
                format!("`{text}` is no DNS name: {bad}"),
                "expected a name such as sessions.redis.shop.internal",
            )
        })?;
        let vpcs = source.vpcs(self.graph);
        if vpcs.is_empty() && !source.classes.is_empty() {
            return Err(NoPlace::new(
                format!("which servers resolve `{text}` outside of a VPC is not known"),
                "name the destination by its id or address",
            ));
        }
        let mut place = Place {
            what: "DNS name".to_owned(),
            ..Place::default()
        };
        for vpc in vpcs {
            self.resolved(vpc, &name, &mut place);
        }
        Ok(place)
    }

    /// Adds what a name leads to for one VPC.
    fn resolved(&self, vpc: u32, name: &Name, place: &mut Place) {
        let found = self.resolve(Node::new(Kind::Vpc, vpc), name);
        place.checks.extend(found.steps.iter().map(check));
        place.assumptions.extend(found.assumptions.iter().copied());
        let became = match found.verdict {
            dns::Verdict::Answered => Verdict::Reachable,
            dns::Verdict::NoAnswer(_) => Verdict::Blocked,
            dns::Verdict::Public | dns::Verdict::Unknown => Verdict::Unknown,
        };
        place.names.push(became);
        if became == Verdict::Unknown {
            place.needs.extend(found.needs());
            if place.needs.is_empty() {
                place.needs.push(Need::Sense(format!(
                    "the addresses of {name} as {} sees it",
                    self.graph.id(Node::new(Kind::Vpc, vpc))
                )));
            }
        }
        if became != Verdict::Reachable {
            return;
        }
        for address in found.addresses {
            let ends = match address.interface {
                Some(node) => vec![End::Interface(node, address.ip)],
                None => self.ends_at(address.ip, vpc),
            };
            for mut class in self.alike(ends) {
                class.only_from = Some(vpc);
                place.classes.push(class);
            }
        }
    }

    /// IPv4 addresses; IPv6 ones where the name has no others.
    fn resolve(&self, vpc: Node, name: &Name) -> Resolution {
        let ask = |kind| dns::resolve_with(self.graph, vpc, name, kind, &Given::default());
        let found = ask(RecordType::A);
        if found.verdict == dns::Verdict::NoAnswer(Failure::NoData) {
            let other = ask(RecordType::Aaaa);
            if other.verdict != found.verdict {
                return other;
            }
        }
        found
    }
}

/// A step as a check, for reports.
fn check(step: &Step) -> Check {
    Check {
        aspect: Aspect::Name,
        outcome: step.outcome,
        code: step.code,
        ports: Ports::default(),
        evidence: step.evidence.clone(),
        needs: step.needs.clone(),
        detail: step.detail.clone(),
    }
}
