//! What could have answered for a name and does not.
//!
//! Endpoints whose private DNS is off or refused, and zones that the VPC does not
//! see. Adds notes to an answer; the answer itself stays as it is.

use super::answer::{Resolution, Step, Verdict};
use super::index::{Zone, at};
use super::view::What;
use super::zone::{self, Look};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{At, Component, Outcome};
use crate::graph::{Graph, Node};

/// Most notes; more would not be read.
const MOST: usize = 5;

/// Adds the notes, if the name does not resolve.
pub(super) fn add(graph: &Graph, found: &mut Resolution) {
    let index = graph.names();
    let Some(view) = index.view(graph, found.vpc) else {
        return;
    };
    if found.verdict == Verdict::Answered {
        return;
    }
    let name = found.name.clone();
    let refused = view.refused.iter().filter(|refused| {
        let below = refused.name.under_wildcard();
        refused.name == name || below.is_some_and(|under| name.is_within(&under))
    });
    for refused in refused.take(MOST) {
        let id = graph.id(refused.node);
        let detail = format!("{id} could answer for the name, and does not");
        note(
            found,
            refused.node,
            refused.code,
            refused.evidence.clone(),
            detail,
        );
    }
    let elsewhere = index.zones.values().filter(|zone| {
        let known = What::Zone(zone.id.clone());
        zone.private == Some(true)
            && name.is_within(&zone.name)
            && !view.candidates.iter().any(|one| one.what == known)
            && matches!(
                zone::look(graph, index, zone, &name, found.kind),
                Look::Parts { .. }
            )
    });
    let zones: Vec<&Zone> = elsewhere.take(MOST).collect();
    for zone in zones {
        let detail = format!(
            "the private zone {} ({}) has the name, and this VPC does not see it",
            zone.name, zone.id
        );
        let evidence = vec![at(zone.node, "Name", zone.name.to_string())];
        note(
            found,
            zone.node,
            Code::DnsZoneNotAssociated,
            evidence,
            detail,
        );
    }
}

fn note(found: &mut Resolution, component: Node, code: Code, evidence: Vec<At>, detail: String) {
    found.steps.push(Step {
        vpc: found.vpc,
        name: found.name.clone(),
        component: Component::Resource(component),
        outcome: Outcome::Note,
        code: Some(code),
        evidence,
        needs: Vec::new(),
        detail,
    });
}
