//! From what was read to the ledger: which calls were answered, and how.
//!
//! A listing in a file that the operator brought is taken as complete unless
//! the file says otherwise; a recorded ledger overrules it. Looks at runs, never
//! at rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::FileFormat;
use crate::snapshot::ledger::{Call, CallOutcome, Ledger, Scope, is_global};

use super::batch::Reading;
use super::catalog::SourceRef;
use super::merge::Read;

/// An answer to one call.
struct Answer {
    scope: Scope,
    service: &'static str,
    operation: &'static str,
    parent: Option<String>,
    /// Order of its page among the others.
    page: (Vec<Piece>, usize),
    file: usize,
    first: bool,
    batch: usize,
    run: usize,
    call: Call,
    truncated: bool,
}

/// Part of a path; numbers compare as numbers, so that page 10 follows page 9.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Number(u64),
    Text(String),
}

/// Fills the ledger, and marks runs that are not complete.
pub(super) fn ledger(ledger: &mut Ledger, reads: &mut [Read], scopes: &[Vec<Vec<Scope>>], bare: &[Scope]) {
    let recorded = recorded(ledger, reads, bare);
    let mut answers = Vec::new();
    for ((file, read), scopes) in reads.iter().enumerate().zip(scopes) {
        let page = pieces(&read.file.path);
        let truncated = read.batches.iter().any(|batch| batch.truncated);
        let broken = read.batches.iter().any(|batch| batch.broken);
        // What one piece of a file says about pages holds for all of them.
        let split = read.batches.len() > 1;
        let mut seen = BTreeSet::new();
        for ((number, batch), scopes) in read.batches.iter().enumerate().zip(scopes) {
            for ((index, reading), scope) in batch.runs.iter().enumerate().zip(scopes) {
                let source = SourceRef { kind: reading.run.kind, index: reading.run.source };
                let (Some(spec), true) = (source.source(), reading.listing && !reading.moved) else { continue };
                answers.push(Answer {
                    scope: at_home(scope, spec.service),
                    service: spec.service,
                    operation: spec.operation,
                    parent: reading.run.parent.clone(),
                    page: (page.clone(), index),
                    file,
                    first: seen.insert((scope.clone(), spec.operation)),
                    batch: number,
                    run: index,
                    call: call(reading, (broken && split) || reading.run.partial),
                    truncated: reading.truncated || (truncated && split),
                });
            }
        }
    }
    later_pages(&mut answers);
    for answer in answers {
        if answer.truncated
            && let Some(reading) = reads.get_mut(answer.file).and_then(|read| read.batches.get_mut(answer.batch)).and_then(|batch| batch.runs.get_mut(answer.run))
        {
            reading.run.partial = true;
        }
        let known = (answer.scope.clone(), answer.service.to_owned(), answer.operation.to_owned());
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

/// Adds the calls that a ledger or an error answer names.
fn recorded(ledger: &mut Ledger, reads: &[Read], bare: &[Scope]) -> BTreeSet<(Scope, String, String)> {
    let mut recorded = BTreeSet::new();
    for (read, around) in reads.iter().zip(bare) {
        let ledger_file = read.file.format == FileFormat::Bookkeeping;
        for reported in read.batches.iter().flat_map(|batch| &batch.calls) {
            let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
            let scope = Scope { account: or(&reported.account, &around.account), region: or(&reported.region, &around.region) };
            let scope = at_home(&scope, &reported.service);
            if ledger_file {
                recorded.insert((scope.clone(), reported.service.clone(), reported.operation.clone()));
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

fn at_home(scope: &Scope, service: &str) -> Scope {
    let mut scope = scope.clone();
    if is_global(service) {
        "global".clone_into(&mut scope.region);
    }
    scope
}

fn call(reading: &Reading, broken: bool) -> Call {
    let outcome = if broken { CallOutcome::Partial } else { CallOutcome::Complete };
    let detail = if broken { "the file breaks off" } else { reading.detail };
    Call { outcome, items: reading.items, files: 0, asserted: true, detail: detail.to_owned() }
}

/// A page with a token is fine if a later page of the same call has none.
fn later_pages(answers: &mut [Answer]) {
    type Key = (Scope, &'static str, &'static str, Option<String>);
    let key = |answer: &Answer| -> Key { (answer.scope.clone(), answer.service, answer.operation, answer.parent.clone()) };
    let mut last: BTreeMap<Key, (Vec<Piece>, usize)> = BTreeMap::new();
    if !answers.iter().any(|answer| answer.truncated) {
        return;
    }
    for answer in answers.iter().filter(|answer| !answer.truncated) {
        let page = last.entry(key(answer)).or_default();
        if *page < answer.page {
            page.clone_from(&answer.page);
        }
    }
    for answer in answers.iter_mut().filter(|answer| answer.truncated) {
        answer.truncated = last.get(&key(answer)).is_none_or(|page| *page < answer.page);
    }
}

fn pieces(path: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|char: char| char.is_ascii_digit() != digits).unwrap_or(rest.len());
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
