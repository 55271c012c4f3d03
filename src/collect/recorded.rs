//! The lines of a ledger, and what they say together about each call.
//!
//! A call may have several lines: its pages, and attempts that were made again.
//! Uses the lines alone; whether the files are there that they name is for
//! `calls`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::snapshot::ledger::CallOutcome;

use super::batch::Reported;
use super::outcome::Outcome;

/// One HTTP answer, as `ledger.jsonl` has it. Keys that only prove where the
/// answer is from are not read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Line {
    service: String,
    operation: String,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    params: Option<Value>,
    #[serde(default)]
    page: Option<u64>,
    #[serde(default)]
    http_status: Option<u32>,
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default)]
    items: Option<u64>,
    #[serde(default)]
    has_more: Option<bool>,
    #[serde(default)]
    file: Option<String>,
    /// How many files hold the answer, where it is in numbered parts.
    #[serde(default)]
    parts: Option<u32>,
    #[serde(default)]
    outcome: Option<String>,
}

/// Detail of a call that lacks a page.
const PAGE_MISSING: &str = "a page is missing";

impl Line {
    fn outcome(&self) -> Option<Outcome> {
        let word = self.outcome.as_deref().filter(|word| !word.is_empty())?;
        Some(Outcome::of(word))
    }

    /// The word of an outcome that is not known.
    pub(super) fn unknown_outcome(&self) -> Option<&str> {
        let unknown = self.outcome() == Some(Outcome::Unknown);
        self.outcome.as_deref().filter(|_| unknown)
    }

    /// What tells the call from others of the same operation.
    fn call(&self) -> CallKey {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        CallKey {
            service: self.service.clone(),
            operation: self.operation.clone(),
            account: text(&self.account),
            region: text(&self.region),
            parent: text(&self.parent),
            params: self.params.as_ref().map(Value::to_string),
        }
    }

    fn code(&self) -> Option<&str> {
        self.error_code.as_deref().filter(|code| !code.is_empty())
    }

    /// The error code, or the status, or else these words.
    fn reason(&self, words: &str) -> String {
        match (self.code(), self.http_status) {
            (Some(code), _) => code.to_owned(),
            (None, Some(status)) if status >= 400 => format!("HTTP {status}"),
            _ => words.to_owned(),
        }
    }

    /// What a line says that has no outcome.
    fn without_outcome(&self) -> (CallOutcome, String) {
        let failed = self.http_status.is_some_and(|status| status >= 400);
        let outcome = match self.code() {
            Some(code) if super::failure::is_denied(code) => CallOutcome::Denied,
            Some(_) => CallOutcome::Failed,
            None if matches!(self.http_status, Some(401 | 403)) => CallOutcome::Denied,
            None if failed => CallOutcome::Failed,
            None if self.has_more == Some(true) => CallOutcome::Partial,
            None => CallOutcome::Complete,
        };
        let more = if outcome == CallOutcome::Partial {
            PAGE_MISSING
        } else {
            ""
        };
        (outcome, self.code().unwrap_or(more).to_owned())
    }

    fn reported(self, outcome: CallOutcome, detail: String) -> Reported {
        Reported {
            service: self.service,
            operation: self.operation,
            account: self.account.unwrap_or_default(),
            region: self.region.unwrap_or_default(),
            outcome,
            items: self.items.unwrap_or(0),
            parts: self.parts.unwrap_or(1),
            file: self.file.filter(|file| !file.is_empty()),
            asserted: false,
            detail,
        }
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct CallKey {
    service: String,
    operation: String,
    account: String,
    region: String,
    parent: String,
    params: Option<String>,
}

/// The pages of one call.
#[derive(Debug, Default)]
struct Pages {
    /// How many pages came, the last one among them, and their numbers.
    came: u64,
    numbers: Vec<u64>,
    /// Position in the ledger of the last line that says that others follow,
    /// and of the last one that says that none does.
    open: Option<(u64, usize)>,
    end: Option<(u64, usize)>,
    /// Whether a line tells how it ended, well or not.
    settled: bool,
}

impl Pages {
    fn add(&mut self, line: &Line, outcome: Outcome, position: usize) {
        let place = (line.page.unwrap_or(0), position);
        match outcome {
            Outcome::Complete => self.end = self.end.max(Some(place)),
            Outcome::More => self.open = self.open.max(Some(place)),
            _ => {}
        }
        self.settled |= outcome != Outcome::Retried;
        if matches!(outcome, Outcome::Complete | Outcome::More) {
            self.came += 1;
            self.numbers.extend(line.page);
        }
    }

    /// Whether the last page came and none before it is missing.
    fn whole(&self) -> bool {
        let ended = match (self.open, self.end) {
            (Some(open), Some(end)) => open < end,
            (None, end) => end.is_some(),
            (Some(_), None) => false,
        };
        let numbered = self.numbers.len() as u64 == self.came;
        let mut numbers = self.numbers.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let (first, last) = (numbers.first().copied(), numbers.last().copied());
        let gap = first.zip(last).is_some_and(|(first, last)| {
            // Some count from 0 and some from 1.
            first > 1 || last - first + 1 != numbers.len() as u64
        });
        ended && !(numbered && gap)
    }
}

/// What the lines of a ledger say about the calls. An attempt that was made
/// again says nothing, unless no other line of its call is there.
pub(super) fn calls(lines: Vec<Line>) -> Vec<Reported> {
    let mut pages: BTreeMap<CallKey, Pages> = BTreeMap::new();
    for (position, line) in lines.iter().enumerate() {
        if let Some(outcome) = line.outcome() {
            let known = pages.entry(line.call()).or_default();
            known.add(line, outcome, position);
        }
    }
    let mut reported = Vec::with_capacity(lines.len());
    for line in lines {
        let Some(outcome) = line.outcome() else {
            let (outcome, detail) = line.without_outcome();
            reported.push(line.reported(outcome, detail));
            continue;
        };
        let pages = pages.get(&line.call());
        let settled = pages.is_some_and(|pages| pages.settled);
        if outcome == Outcome::Retried && settled {
            continue;
        }
        let whole = pages.is_some_and(Pages::whole);
        let (outcome, detail) = told(&line, outcome, whole);
        reported.push(line.reported(outcome, detail));
    }
    reported
}

/// What one line says when it is known whether the pages of its call are all
/// there.
fn told(line: &Line, outcome: Outcome, whole: bool) -> (CallOutcome, String) {
    match outcome {
        Outcome::Complete | Outcome::More if whole => (CallOutcome::Complete, String::new()),
        Outcome::Complete | Outcome::More => (CallOutcome::Partial, PAGE_MISSING.to_owned()),
        Outcome::Denied => (CallOutcome::Denied, line.reason("denied")),
        Outcome::Failed => (CallOutcome::Failed, line.reason("failed")),
        Outcome::Unsupported => (CallOutcome::Failed, "not offered in this region".to_owned()),
        Outcome::Interrupted => (
            CallOutcome::Failed,
            "interrupted before it was answered".to_owned(),
        ),
        Outcome::NotAsked => (CallOutcome::Failed, line.reason("it was not asked")),
        Outcome::Retried => (
            CallOutcome::Failed,
            "made again, and no later answer is recorded".to_owned(),
        ),
        Outcome::Unknown => {
            let word = line.outcome.as_deref().unwrap_or_default();
            (
                CallOutcome::Failed,
                format!("the outcome `{word}` is not known"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `operation parent page outcome error` of each line; `-` leaves a key out.
    fn outcomes(text: &str) -> Vec<(String, CallOutcome, String)> {
        let lines = text.lines().map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let word = |at: usize| {
                let word = words.get(at).copied().filter(|word| *word != "-");
                word.map(str::to_owned)
            };
            Line {
                service: "ec2".to_owned(),
                operation: word(0).unwrap(),
                parent: word(1),
                page: word(2).map(|page| page.parse().unwrap()),
                outcome: word(3),
                error_code: word(4),
                items: Some(1),
                ..Line::default()
            }
        });
        let reported = calls(lines.collect());
        let reported = reported.into_iter();
        reported
            .map(|call| (call.operation, call.outcome, call.detail))
            .collect()
    }

    fn worst(text: &str) -> CallOutcome {
        let all = outcomes(text);
        all.iter().map(|(_, outcome, _)| *outcome).min().unwrap()
    }

    #[test]
    fn attempts_that_were_made_again_say_nothing() {
        let again = "A - 1 retried Throttling\nA - 1 complete";
        assert_eq!(outcomes(again).len(), 1);
        assert_eq!(worst(again), CallOutcome::Complete);
        assert_eq!(
            worst("A - 1 retried Throttling\nA - 1 failed Throttling"),
            CallOutcome::Failed
        );
        // Nobody knows how it ended.
        assert_eq!(worst("A - 1 retried Throttling"), CallOutcome::Failed);
    }

    #[test]
    fn pages_need_their_last_one() {
        assert_eq!(
            worst("A - 1 more\nA - 2 more\nA - 3 complete"),
            CallOutcome::Complete
        );
        assert_eq!(worst("A - 0 more\nA - 1 complete"), CallOutcome::Complete);
        assert_eq!(
            worst("A - 10 complete\nA - 9 more\nA - - retried"),
            CallOutcome::Partial
        );
        for broken in [
            "A - 1 more",
            "A - 1 more\nA - 2 retried",
            "A - 1 more\nA - 3 complete",
            "A - 2 complete",
            "A - 2 more\nA - 1 complete",
            "A - - complete\nA - - more",
            "A p 1 more\nA q 2 complete",
        ] {
            assert_eq!(worst(broken), CallOutcome::Partial, "{broken}");
        }
        assert_eq!(outcomes("A - 1 more")[0].2, "a page is missing");
        // Without numbers the order of the lines tells.
        assert_eq!(worst("A - - more\nA - - complete"), CallOutcome::Complete);
    }

    #[test]
    fn calls_of_other_parents_and_parameters_are_other_calls() {
        let all = outcomes("A p 1 complete\nA q 1 denied AccessDenied\nA r 1 more");
        let found: Vec<CallOutcome> = all.iter().map(|(_, outcome, _)| *outcome).collect();
        assert_eq!(
            found,
            [
                CallOutcome::Complete,
                CallOutcome::Denied,
                CallOutcome::Partial
            ]
        );
    }

    #[test]
    fn what_was_not_answered_failed_and_says_why() {
        for (line, detail) in [
            ("A - 1 failed InternalError", "InternalError"),
            ("A - 1 failed", "failed"),
            (
                "A - 1 unsupported EndpointError",
                "not offered in this region",
            ),
            ("A - 1 interrupted", "interrupted before it was answered"),
            ("A - 1 not-asked", "it was not asked"),
            ("A - 1 lost", "the outcome `lost` is not known"),
        ] {
            let all = outcomes(line);
            assert_eq!(all[0].1, CallOutcome::Failed, "{line}");
            assert_eq!(all[0].2, detail, "{line}");
        }
        assert_eq!(worst("A - 1 denied"), CallOutcome::Denied);
    }
}
