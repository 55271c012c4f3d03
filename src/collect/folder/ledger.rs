//! `ledger.jsonl`: lines about calls, their keys and their order.
//!
//! Lines are kept as they were written, since they are evidence; only the keys
//! that order and count them are read. Must not decide whether a call is good
//! enough for a rule.

use serde::Deserialize;

use super::{Error, LEDGER};
use crate::collect::failure;
use crate::collect::outcome::Outcome;

/// Longest line of a ledger.
pub(super) const LONGEST: usize = 1 << 16;

/// What was asked with, as one text; only compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Params(String);

impl Params {
    fn text(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(Self(super::json::compact(&value)))
    }
}

/// Account, region, service, operation, and what it was asked about: one call with
/// all its pages and attempts.
pub(super) type Call<'l> = (&'l str, &'l str, &'l str, &'l str, [&'l str; 3]);

/// What is read of a line: an answer to one call.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    pub account: Option<String>,
    pub region: Option<String>,
    pub service: String,
    pub operation: String,
    pub parent: Option<String>,
    pub parents: Option<Params>,
    pub params: Option<Params>,
    pub page: Option<u64>,
    pub attempt: Option<u64>,
    pub started: Option<String>,
    pub server_date: Option<String>,
    pub http_status: Option<u32>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub items: Option<u64>,
    pub has_more: Option<bool>,
    pub raw_bytes: Option<u64>,
    pub file: Option<String>,
    pub outcome: Option<String>,
}

impl Line {
    /// Reads one line; `at` is its number, for messages.
    pub(super) fn parse(text: &str, at: usize) -> Result<Self, Error> {
        let bad = |message: String| Error::content(format!("{LEDGER}:{at}"), message);
        if text.len() > LONGEST {
            return Err(bad(format!(
                "the line has {} bytes; at most {LONGEST} were expected",
                text.len()
            )));
        }
        let line: Self = serde_json::from_str(text)
            .map_err(|error| bad(format!("not an answer to a call: {error}")))?;
        if line.service.is_empty() || line.operation.is_empty() {
            return Err(bad(
                "the line names no `service` or no `operation`".to_owned()
            ));
        }
        Ok(line)
    }

    /// How it went; lines of other programs may not say so in a word.
    pub(super) fn result(&self) -> Outcome {
        let code = self.error_code.as_deref().filter(|code| !code.is_empty());
        match self.outcome.as_deref().map(Outcome::of) {
            Some(Outcome::Unknown) => Outcome::Failed,
            Some(outcome) => outcome,
            None => match (code, self.http_status) {
                (Some(code), _) if failure::is_denied(code) => Outcome::Denied,
                (None, Some(401 | 403)) => Outcome::Denied,
                (Some(_), _) | (None, Some(400..)) => Outcome::Failed,
                (None, _) if self.has_more == Some(true) => Outcome::More,
                (None, _) => Outcome::Complete,
            },
        }
    }

    /// Whether it brought objects.
    pub(super) fn answered(&self) -> bool {
        matches!(self.result(), Outcome::Complete | Outcome::More)
    }

    pub(super) fn call(&self) -> Call<'_> {
        (
            self.account.as_deref().unwrap_or_default(),
            self.region.as_deref().unwrap_or_default(),
            &self.service,
            &self.operation,
            [
                self.parent.as_deref().unwrap_or_default(),
                self.parents.as_ref().map_or("", Params::text),
                self.params.as_ref().map_or("", Params::text),
            ],
        )
    }
}

/// Lines of a ledger with what they say, without empty ones. A last line that
/// breaks off is an error like any other.
pub(super) fn read(text: &str) -> Result<Vec<(Line, &str)>, Error> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| Ok((Line::parse(line, at + 1)?, line)))
        .collect()
}

/// The outcome of one call from those of its lines.
pub(super) fn together(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    match outcomes.min() {
        // A last page that never came.
        None | Some(Outcome::More) => Outcome::Interrupted,
        Some(Outcome::Retried) => Outcome::Failed,
        Some(outcome) => outcome,
    }
}

/// The text of a ledger: one line an answer, by account, region, call, parent,
/// page and attempt. The same line twice is there once.
pub(super) fn sorted<'l>(lines: impl IntoIterator<Item = &'l str>) -> Result<Vec<u8>, Error> {
    let mut read = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        let line = line.trim();
        if line.contains(['\n', '\r']) {
            let message = "a line of a ledger cannot have line ends in it";
            return Err(Error::content(format!("{LEDGER}:{}", at + 1), message));
        }
        if !line.is_empty() {
            read.push((Line::parse(line, at + 1)?, line));
        }
    }
    read.sort();
    read.dedup();
    let mut text = Vec::with_capacity(read.iter().map(|(_, line)| line.len() + 1).sum());
    for (_, line) in read {
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_sorted_by_place_call_page_and_attempt() {
        let line = |region: &str, page: u64, attempt: u64| {
            format!(
                "{{\"service\":\"ec2\",\"operation\":\"DescribeVpcs\",\"region\":\"{region}\",\"page\":{page},\"attempt\":{attempt}}}"
            )
        };
        let lines = [
            line("b", 10, 1),
            line("b", 2, 2),
            line("b", 2, 1),
            line("a", 9, 1),
            line("a", 9, 1),
        ];
        let text = sorted(lines.iter().map(String::as_str)).unwrap();
        let expected = [
            line("a", 9, 1),
            line("b", 2, 1),
            line("b", 2, 2),
            line("b", 10, 1),
        ];
        assert_eq!(String::from_utf8(text).unwrap(), expected.join("\n") + "\n");
    }

    #[test]
    fn what_is_no_line_is_refused_with_its_number() {
        let good = "{\"service\":\"ec2\",\"operation\":\"x\"}";
        for bad in ["{", "{}", "[]", "{\"service\":\"ec2\"}"] {
            let error = sorted([good, bad]).unwrap_err().to_string();
            assert!(error.contains("ledger.jsonl:2"), "{error}");
        }
        assert!(sorted([&*"x".repeat(LONGEST + 1)]).is_err());
    }
}
