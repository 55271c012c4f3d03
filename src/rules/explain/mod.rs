//! Findings in full: what was seen, where it stands, what is missing.
//!
//! Evaluates one rule for one resource again, with the trace on, and turns the
//! trace into facts and reasons. The only part of the rules that asks where
//! values stand in files.

mod advice;
pub(super) mod changes;
mod facts;
mod lines;
pub(super) mod matrix;
pub(super) mod path;

use sha2::{Digest as _, Sha256};

use super::calls;
use super::expression::trace::{Event, Frame, Read};
use super::load::hex;
use super::run::Compiled;
use super::select::Selected;
use crate::findings::{Fact, Finding, Reason, Resource, Verdict};
use crate::graph::reach::flow::At;
use crate::graph::{Direction, Graph, Listing, Node, links};
use crate::snapshot::ledger::Scope;
use crate::snapshot::provenance::Locate;
use crate::snapshot::record::Kind;

/// Makes findings.
pub(super) struct Explainer<'g> {
    graph: &'g Graph,
    locate: &'g dyn Locate,
}

impl<'g> Explainer<'g> {
    pub(super) fn new(graph: &'g Graph, locate: &'g dyn Locate) -> Self {
        Self { graph, locate }
    }

    /// The finding for a verdict.
    pub(super) fn finding(
        &self,
        index: usize,
        selected: &Selected<'_>,
        rule: &Compiled<'g>,
        node: Node,
        verdict: Verdict,
    ) -> Finding {
        let mut frame = Frame::new(rule.slots, rule.lets, node);
        frame.start_trace();
        let again = rule.verdict(&mut frame);
        debug_assert_eq!(again, verdict, "tracing changes no verdict");
        let events = frame.take_trace();
        let message = match verdict {
            Verdict::Fail => rule.message(self.graph, &mut frame),
            Verdict::Unknown => format!(
                "{}: cannot be decided for {}",
                selected.rule.title,
                self.graph.id(node)
            ),
            Verdict::Pass => format!(
                "{}: not so for {}",
                selected.rule.title,
                self.graph.id(node)
            ),
            Verdict::NotApplicable => format!(
                "{}: does not apply to {}",
                selected.rule.title,
                self.graph.id(node)
            ),
        };
        let resource = self.resource(node);
        Finding {
            id: finding_id(&selected.rule.name, &resource, &self.graph.uid(node)),
            rule_index: index,
            rule: selected.rule.name.clone(),
            verdict,
            severity: selected.severity,
            confidence: selected.rule.confidence,
            resource,
            message,
            facts: self.facts(&events, node, verdict),
            reasons: if verdict == Verdict::Unknown {
                self.reasons(&events)
            } else {
                Vec::new()
            },
        }
    }

    fn resource(&self, node: Node) -> Resource {
        let graph = self.graph;
        let region = graph.scope(node).region;
        let vpc = links::member(node.kind, "vpc")
            .into_iter()
            .filter(|(_, direction)| *direction == Direction::Forward)
            .find_map(|(link, direction)| {
                graph
                    .linked(link, direction, node)
                    .first()
                    .map(|&number| graph.id(graph.node(Kind::Vpc, number)))
            });
        Resource {
            kind: node.kind.spec().name.to_owned(),
            cloudformation: node.kind.spec().cloudformation.to_owned(),
            id: graph.id(node),
            name: graph
                .tag(node, "Name")
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            partition: partition(&region).to_owned(),
            account: graph.account(node),
            region,
            vpc: if node.kind == Kind::Vpc {
                Some(graph.id(node))
            } else {
                vpc
            },
            owner: graph.owner(node).map(str::to_owned),
        }
    }

    fn reasons(&self, events: &[Event]) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = events
            .iter()
            .filter_map(|event| match event {
                Event::Missed(need) => Some(calls::reason(self.graph, need)),
                Event::Read(_) => None,
            })
            .collect();
        reasons.sort();
        reasons.dedup();
        if reasons.is_empty() {
            reasons.push(calls::unexplained());
        }
        reasons
    }
}

/// Places in resources as facts, with the lines of the files where they stand.
pub fn evidence(graph: &Graph, locate: &dyn Locate, places: &[At]) -> Vec<Fact> {
    let Some(first) = places.first() else {
        return Vec::new();
    };
    let events: Vec<Event> = places
        .iter()
        .map(|place| {
            let label = place.path.replace('/', ".");
            let (path, shown) = (place.path.clone(), place.shown.clone());
            Event::Read(Read::seen(place.node, path, label, shown))
        })
        .collect();
    Explainer::new(graph, locate).facts(&events, first.node, Verdict::Pass)
}

/// The finding for a place where a rule's resources were not listed.
pub(super) fn unlisted(
    index: usize,
    selected: &Selected<'_>,
    scope: &Scope,
    listing: Listing,
) -> Finding {
    let rule = selected.rule;
    let spec = rule.kind.spec();
    let resource = Resource {
        kind: spec.name.to_owned(),
        cloudformation: spec.cloudformation.to_owned(),
        id: "*".to_owned(),
        name: None,
        partition: partition(&scope.region).to_owned(),
        account: scope.account.clone(),
        region: scope.region.clone(),
        vpc: None,
        owner: None,
    };
    let all = calls::everything(rule.kind, scope);
    Finding {
        id: finding_id(&rule.name, &resource, "*"),
        rule_index: index,
        rule: rule.name.clone(),
        verdict: Verdict::Unknown,
        severity: selected.severity,
        confidence: rule.confidence,
        message: format!("{}: cannot be decided for {all}", rule.title),
        resource,
        facts: Vec::new(),
        reasons: vec![calls::unlisted(rule.kind, scope, listing)],
    }
}

/// The same in every run and every format: no time, severity or message in it.
pub(super) fn finding_id(rule: &str, resource: &Resource, uid: &str) -> String {
    let mut hash = Sha256::new();
    for part in [
        "v1",
        rule,
        &resource.partition,
        &resource.account,
        &resource.region,
        &resource.kind,
        uid,
        "",
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().get(..16).map(hex).unwrap_or_default()
}

pub(super) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}
