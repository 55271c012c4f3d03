//! Findings in full: what was seen, where it stands, what is missing.
//!
//! Evaluates one rule for one resource again, with the trace on, and turns the
//! trace into facts and reasons. The only part of the rules that asks where
//! values stand in files.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::calls;
use super::expression::trace::{Event, Frame, Read};
use super::load::hex;
use super::run::{Compiled, MessagePart};
use super::select::Selected;
use crate::findings::{Fact, Finding, Reason, Resource, SourceLine, Verdict};
use crate::graph::{Direction, Graph, Listing, Node, links};
use crate::snapshot::layout::Level;
use crate::snapshot::ledger::Scope;
use crate::snapshot::provenance::{Locate, Origin};
use crate::snapshot::record::Kind;

/// Facts that one finding shows; more would not be read.
const MAX_FACTS: usize = 40;

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

    /// Facts in the order in which they were read, each once, what decided
    /// before what only made the rule apply. Reads with a comparison speak for
    /// plain reads of the same value.
    fn facts(&self, events: &[Event], subject: Node, verdict: Verdict) -> Vec<Fact> {
        let mut reads: Vec<&Read> = Vec::new();
        for event in events {
            if let Event::Read(read) = event {
                let known = reads.iter().position(|other| {
                    other.owner == read.owner
                        && other.path == read.path
                        && other.label == read.label
                });
                match known.and_then(|at| reads.get_mut(at)) {
                    Some(other) if other.context || other.expected.is_none() => *other = read,
                    Some(other)
                        if read.context
                            || read.expected.is_none()
                            || other.expected == read.expected => {}
                    _ => reads.push(read),
                }
            }
        }
        reads.sort_by_key(|read| read.context);
        reads.truncate(MAX_FACTS);
        let mut wanted: BTreeMap<Origin, Vec<String>> = BTreeMap::new();
        for read in &reads {
            if let Some(origin) = self.origin(read) {
                wanted.entry(origin).or_default().push(read.path.clone());
            }
        }
        let mut places = BTreeMap::new();
        for (origin, paths) in wanted {
            for (path, place) in paths.iter().zip(self.locate.locate(origin, &paths)) {
                places.insert((origin, path.clone()), place);
            }
        }
        reads
            .into_iter()
            .map(|read| {
                let place = self
                    .origin(read)
                    .and_then(|origin| places.get(&(origin, read.path.clone())).cloned().flatten());
                Fact {
                    subject: self
                        .graph
                        .id(if read.path.is_empty() && read.label.contains('(') {
                            subject
                        } else {
                            read.owner
                        }),
                    field: read.label.clone(),
                    op: if compared(read, verdict) {
                        wanted_op(read, verdict).to_owned()
                    } else {
                        String::new()
                    },
                    expected: read
                        .expected
                        .as_deref()
                        .filter(|_| compared(read, verdict))
                        .map(shown),
                    actual: shown(&read.actual),
                    source: place.and_then(|place| {
                        let file = self.graph.snapshot().files.get(place.file as usize)?;
                        Some(SourceLine {
                            file: file.path.clone(),
                            pointer: place.pointer,
                            line: place.line,
                            sha256: file.sha256.clone(),
                            excerpt: place.excerpt,
                            excerpt_line: place.excerpt_line,
                        })
                    }),
                }
            })
            .collect()
    }

    /// Where the object stands that holds a value: a second answer about the
    /// same resource may have given the field.
    fn origin(&self, read: &Read) -> Option<Origin> {
        if read.path.is_empty() {
            return None;
        }
        let row = read.owner.row()?;
        let snapshot = self.graph.snapshot();
        if let Some(views) = snapshot.views.get(&(read.owner.kind, row)) {
            let level = Level::of(read.owner.kind);
            let path = read.path.replace('/', ".");
            let column = level.columns.iter().position(|column| {
                path == column.path || path.starts_with(&format!("{}.", column.path))
            });
            if let Some(view) =
                column.and_then(|column| views.iter().find(|view| view.columns.contains(&column)))
            {
                return Some(view.origin);
            }
        }
        snapshot
            .table(read.owner.kind)
            .origins
            .get(row as usize)
            .copied()
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
fn finding_id(rule: &str, resource: &Resource, uid: &str) -> String {
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

fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// Whether a fact says what was wanted: not if it only made the rule apply, nor
/// if the rule passed for all that the comparison did not hold.
fn compared(read: &Read, verdict: Verdict) -> bool {
    !read.context && read.expected.is_some() && (verdict != Verdict::Pass || read.held)
}

/// What was wanted is what was seen if the rule passed, else its opposite.
fn wanted_op(read: &Read, verdict: Verdict) -> &'static str {
    if verdict == Verdict::Pass && read.held {
        read.op
    } else {
        read.opposite()
    }
}

/// A value that is empty is said to be.
fn shown(value: &str) -> String {
    if value.is_empty() {
        "(none)".to_owned()
    } else {
        value.to_owned()
    }
}

impl<'g> Compiled<'g> {
    /// The message of a finding; holes whose value is unknown say so.
    pub(super) fn message(&self, graph: &'g Graph, frame: &mut Frame<'g>) -> String {
        self.message
            .iter()
            .map(|part| match part {
                MessagePart::Text(text) => text.clone(),
                MessagePart::Hole(code) => code(frame).display(graph),
            })
            .collect()
    }
}
