//! From what was read to the ledger: which calls were answered, and how.
//!
//! A listing in a file that the operator brought is taken as complete unless
//! the file says otherwise; a recorded ledger overrules it. Looks at runs, never
//! at rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::ledger::{Call, CallOutcome, Ledger, Scope, is_global};
use crate::snapshot::record::Kind;
use crate::snapshot::{FileFormat, SourceFile};

use super::batch::{Reading, Reported};
use super::catalog::SourceRef;
use super::merge::Facts;

/// What is known about the answers when all files were read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answers<'f> {
    pub facts: &'f [Facts],
    pub files: &'f [SourceFile],
    /// Of each run.
    pub scopes: &'f [Scope],
    /// Of each file, for what has no run.
    pub bare: &'f [Scope],
}

/// An answer to one call.
struct Answer<'f> {
    scope: Scope,
    service: &'static str,
    operation: &'static str,
    parent: Option<String>,
    /// Order of its page among the others.
    page: (&'f [Piece], usize),
    /// The first of its call in its file.
    first: bool,
    call: Call,
    truncated: bool,
}

/// Part of a path; numbers compare as numbers, so that page 10 follows page 9.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Number(u64),
    Text(String),
}

impl Answers<'_> {
    /// Fills the ledger, and marks runs that are not complete.
    pub(super) fn ledger(self, ledger: &mut Ledger, readings: &mut [Reading]) {
        let recorded = self.recorded(ledger);
        let pages: Vec<Vec<Piece>> = self.files.iter().map(|file| pieces(&file.path)).collect();
        let mut answers = Vec::new();
        for (facts, page) in self.facts.iter().zip(&pages) {
            self.file(facts, page, readings, &mut answers);
        }
        later_pages(&mut answers);
        self.vouched_for(&answers, ledger);
        for answer in answers {
            if answer.truncated
                && let Some(reading) = readings.get_mut(answer.page.1)
            {
                reading.run.partial = true;
            }
            let known = (
                answer.scope.clone(),
                answer.service.to_owned(),
                answer.operation.to_owned(),
            );
            if recorded.contains(&known) {
                continue;
            }
            let mut call = answer.call;
            call.files = u64::from(answer.first);
            if answer.truncated {
                call.outcome = CallOutcome::Partial;
                "a page is missing".clone_into(&mut call.detail);
            }
            ledger.add(&answer.scope, answer.service, answer.operation, call);
        }
    }

    fn file<'f>(
        self,
        facts: &Facts,
        page: &'f [Piece],
        readings: &[Reading],
        answers: &mut Vec<Answer<'f>>,
    ) {
        let mut seen = BTreeSet::new();
        for run in facts.runs.clone() {
            let (Some(reading), Some(scope)) = (readings.get(run), self.scopes.get(run)) else {
                continue;
            };
            let source = SourceRef {
                kind: reading.run.kind,
                index: reading.run.source,
            };
            let called = source.source().filter(|spec| !spec.given);
            let (Some(spec), true) = (called, reading.listing) else {
                continue;
            };
            let broken = (facts.broken && facts.pieces) || reading.run.partial;
            answers.push(Answer {
                scope: at_home(scope, spec.service),
                service: spec.service,
                operation: spec.operation,
                parent: reading.run.parent.clone(),
                page: (page, run),
                first: seen.insert((scope, spec.operation)),
                call: call(reading, broken),
                truncated: reading.truncated || (facts.truncated && facts.pieces),
            });
        }
    }

    /// Adds the calls that a ledger or an error answer names.
    fn recorded(self, ledger: &mut Ledger) -> BTreeSet<(Scope, String, String)> {
        let mut recorded = BTreeSet::new();
        for ((facts, file), around) in self.facts.iter().zip(self.files).zip(self.bare) {
            for reported in &facts.calls {
                let scope = scope_of(reported, around);
                if file.format == FileFormat::Bookkeeping {
                    recorded.insert((
                        scope.clone(),
                        reported.service.clone(),
                        reported.operation.clone(),
                    ));
                }
                let call = Call {
                    outcome: reported.outcome,
                    items: reported.items,
                    files: 1,
                    asserted: reported.asserted,
                    detail: reported.detail.clone(),
                };
                ledger.add(&scope, &reported.service, &reported.operation, call);
            }
        }
        recorded
    }
}

impl Answers<'_> {
    /// A ledger says what was asked; it cannot stand for an answer that is not
    /// there. Where it counts objects and no file has any, or it names a file
    /// that was not read, the call is not complete.
    fn vouched_for(self, answers: &[Answer<'_>], ledger: &mut Ledger) {
        let mut found: BTreeMap<(&Scope, &str, &str), u64> = BTreeMap::new();
        for answer in answers {
            let key = (&answer.scope, answer.service, answer.operation);
            *found.entry(key).or_default() += answer.call.items;
        }
        for ((facts, file), around) in self.facts.iter().zip(self.files).zip(self.bare) {
            if file.format != FileFormat::Bookkeeping {
                continue;
            }
            let folder = file.path.rfind(['/', '!']).map_or(0, |end| end + 1);
            let folder = file.path.get(..folder).unwrap_or_default();
            for reported in &facts.calls {
                let scope = scope_of(reported, around);
                let key = (
                    &scope,
                    reported.service.as_str(),
                    reported.operation.as_str(),
                );
                let nothing = reported.items > 0 && found.get(&key).is_none_or(|items| *items == 0);
                let gone = reported
                    .paths(folder)
                    .find(|path| !self.files.iter().any(|file| file.path == *path));
                if !is_modelled(&reported.service, &reported.operation)
                    || !(nothing || gone.is_some())
                {
                    continue;
                }
                let detail = match gone {
                    Some(path) => format!("the ledger names {path}, which was not read"),
                    None => format!(
                        "the ledger counts {} objects and no file has them",
                        reported.items
                    ),
                };
                let call = Call {
                    outcome: CallOutcome::Partial,
                    items: 0,
                    files: 0,
                    asserted: false,
                    detail,
                };
                ledger.add(&scope, &reported.service, &reported.operation, call);
            }
        }
    }
}

/// Whether any kind rests on a call.
fn is_modelled(service: &str, operation: &str) -> bool {
    Kind::ALL
        .iter()
        .flat_map(|kind| kind.spec().calls())
        .any(|source| source.service == service && source.operation == operation)
}

/// The scope of a reported call; what it does not say is that of its file.
fn scope_of(reported: &Reported, around: &Scope) -> Scope {
    let scope = Scope {
        account: or(&reported.account, &around.account),
        region: or(&reported.region, &around.region),
    };
    at_home(&scope, &reported.service)
}

fn or(text: &str, other: &str) -> String {
    if text.is_empty() {
        other.to_owned()
    } else {
        text.to_owned()
    }
}

fn at_home(scope: &Scope, service: &str) -> Scope {
    let mut scope = scope.clone();
    if is_global(service) {
        "global".clone_into(&mut scope.region);
    }
    scope
}

fn call(reading: &Reading, broken: bool) -> Call {
    let (outcome, detail) = match reading.run.narrowed {
        _ if broken => (CallOutcome::Partial, "the file breaks off".to_owned()),
        "" => (CallOutcome::Complete, reading.detail.to_owned()),
        part => (
            CallOutcome::Partial,
            format!("only {part} ones were asked for"),
        ),
    };
    Call {
        outcome,
        items: reading.items,
        files: 0,
        asserted: true,
        detail,
    }
}

/// A page with a token is fine if a later page of the same call has none.
fn later_pages(answers: &mut [Answer<'_>]) {
    if !answers.iter().any(|answer| answer.truncated) {
        return;
    }
    let mut last = BTreeMap::new();
    for answer in answers.iter().filter(|answer| !answer.truncated) {
        let page = last.entry(key(answer)).or_insert(answer.page);
        *page = (*page).max(answer.page);
    }
    for answer in answers.iter_mut().filter(|answer| answer.truncated) {
        answer.truncated = last
            .get(&key(answer))
            .is_none_or(|page| *page < answer.page);
    }
}

type Key = (Scope, &'static str, &'static str, Option<String>);

fn key(answer: &Answer<'_>) -> Key {
    (
        answer.scope.clone(),
        answer.service,
        answer.operation,
        answer.parent.clone(),
    )
}

fn pieces(path: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest
            .find(|char: char| char.is_ascii_digit() != digits)
            .unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        pieces.push(match piece.parse() {
            Ok(number) if digits => Piece::Number(number),
            _ => Piece::Text(piece.to_owned()),
        });
        rest = tail;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_ten_follows_page_nine() {
        assert!(pieces("a/x_9.json") < pieces("a/x_10.json"));
    }
}
