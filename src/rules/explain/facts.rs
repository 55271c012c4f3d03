//! The facts of a finding: values, what was wanted, and where they stand.
//!
//! It may use the trace and ask where values stand in files. It leaves out what
//! says nothing and what nobody would read.

use std::collections::BTreeMap;

use super::Explainer;
use crate::findings::{Fact, SourceLine, Verdict};
use crate::graph::Node;
use crate::rules::expression::trace::{Event, Read};
use crate::snapshot::layout::Level;
use crate::snapshot::provenance::{Origin, Place};

/// Facts that one finding shows; more would not be read.
const MAX_FACTS: usize = 40;

impl Explainer<'_> {
    /// Facts in the order in which they were read, each once, what decided
    /// before what only made the rule apply.
    pub(super) fn facts(&self, events: &[Event], subject: Node, verdict: Verdict) -> Vec<Fact> {
        let mut reads = each_once(events);
        reads.sort_by_key(|read| read.context);
        reads.truncate(MAX_FACTS);
        let places = self.places(&reads);
        reads
            .into_iter()
            .map(|read| {
                let place = self
                    .origin(read)
                    .and_then(|origin| places.get(&(origin, read.path.clone())).cloned().flatten());
                self.fact(read, place, subject, verdict)
            })
            .collect()
    }

    /// Where the values stand, asked once for each object.
    fn places(&self, reads: &[&Read]) -> BTreeMap<(Origin, String), Option<Place>> {
        let mut wanted: BTreeMap<Origin, Vec<String>> = BTreeMap::new();
        for read in reads {
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
        places
    }

    fn fact(&self, read: &Read, place: Option<Place>, subject: Node, verdict: Verdict) -> Fact {
        // What a call answered is about the resource of the rule.
        let answer = read.path.is_empty() && read.label.contains('(');
        let compared = compared(read, verdict);
        Fact {
            subject: self.graph.id(if answer { subject } else { read.owner }),
            field: read.label.clone(),
            op: if compared {
                wanted_op(read, verdict).to_owned()
            } else {
                String::new()
            },
            expected: read.expected.as_deref().filter(|_| compared).map(shown),
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
}

/// The reads, each once. Reads with a comparison speak for plain reads of the
/// same value.
fn each_once(events: &[Event]) -> Vec<&Read> {
    let mut reads: Vec<&Read> = Vec::new();
    for event in events {
        if let Event::Read(read) = event {
            let known = reads.iter().position(|other| {
                other.owner == read.owner && other.path == read.path && other.label == read.label
            });
            match known.and_then(|at| reads.get_mut(at)) {
                // Of several comparisons of one value the first is the one
                // that its author thought of first.
                Some(other) if other.context || other.expected.is_none() => *other = read,
                Some(_) => {}
                None => reads.push(read),
            }
        }
    }
    reads
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
