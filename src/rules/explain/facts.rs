//! The facts of a finding: values, what was wanted, and where they stand.
//!
//! It may use the trace and ask where values stand in files. It leaves out what
//! says nothing and what nobody would read.

use super::Explainer;
use super::lines::Lines;
use crate::findings::{Fact, Verdict};
use crate::graph::Node;
use crate::rules::expression::trace::{Event, Read};

/// Facts that one finding shows; more would not be read.
const MAX_FACTS: usize = 40;

impl Explainer<'_> {
    /// Facts in the order in which they were read, each once, what decided
    /// before what only made the rule apply.
    pub(in crate::rules) fn facts(
        &self,
        events: &[Event],
        subject: Node,
        verdict: Verdict,
    ) -> Vec<Fact> {
        let mut reads = each_once(events);
        reads.sort_by_key(|read| read.context);
        reads.truncate(MAX_FACTS);
        let values = reads.iter().filter(|read| !read.path.is_empty());
        let lines = Lines::find(
            self.graph,
            self.locate,
            values.map(|read| (read.owner, read.path.as_str())),
        );
        reads
            .into_iter()
            .map(|read| self.fact(read, &lines, subject, verdict))
            .collect()
    }

    fn fact(&self, read: &Read, lines: &Lines<'_>, subject: Node, verdict: Verdict) -> Fact {
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
            source: if read.path.is_empty() {
                None
            } else {
                lines.get(read.owner, &read.path)
            },
        }
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
