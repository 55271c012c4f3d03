//! `ledger.jsonl`: lines about calls, their keys and their order.
//!
//! Lines are kept as they were written, since they are evidence; only the keys
//! that order and count them are read. Must not decide whether a call is good
//! enough for a rule.

use serde::Deserialize;

use super::{Error, LEDGER};

/// Longest line of a ledger.
pub(super) const LONGEST: usize = 1 << 16;

/// What is read of a line: an answer to one call.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    pub account: Option<String>,
    pub region: Option<String>,
    pub service: String,
    pub operation: String,
    pub parent: Option<String>,
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
