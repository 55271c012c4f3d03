//! Manifest and ledger of a plaudit snapshot.
//!
//! What was asked for and what every file must be. Reads texts only; who
//! compares digests is the reader of files.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::batch::Batch;
use super::problem::Level;
use super::recorded::{Line, calls};

/// The version of the snapshot format that this program reads.
const FORMAT: &str = "plaudit-snapshot/1";

/// `manifest.json`.
#[derive(Debug, Clone, Default)]
pub(super) struct Manifest {
    pub created: Option<String>,
    /// Whether the collector says that something is missing.
    pub incomplete: bool,
    /// Size and sha256 of every file, by path from the manifest's folder.
    pub files: BTreeMap<String, (u64, String)>,
}

#[derive(Deserialize)]
struct Document {
    created: Option<String>,
    #[serde(default)]
    complete: Option<bool>,
    #[serde(default)]
    files: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    path: String,
    bytes: u64,
    sha256: String,
}

impl Manifest {
    /// Reads a manifest whose format is known already.
    pub(super) fn parse(text: &str, format: &str) -> Result<Self, String> {
        if format != FORMAT {
            return Err(format!(
                "the snapshot has the format `{format}` and this program reads `{FORMAT}`; its manifest and ledger are left out"
            ));
        }
        let document: Document = serde_json::from_str(text)
            .map_err(|error| format!("the manifest cannot be read: {error}"))?;
        let files = document.files.into_iter();
        let files = files
            .map(|file| (file.path, (file.bytes, file.sha256.to_ascii_lowercase())))
            .collect();
        Ok(Self {
            created: document.created,
            incomplete: document.complete == Some(false),
            files,
        })
    }
}

/// Longest line of a ledger.
const LINE: usize = 1 << 16;

/// Whether a text is lines of a ledger: the first line is an object of its own
/// that names a call.
pub(super) fn is_ledger(text: &str) -> bool {
    // A listing without line breaks is one long line, and no ledger.
    let start = text.trim_start();
    let bytes = start.as_bytes();
    let some = bytes.get(..LINE).unwrap_or(bytes);
    let end = memchr::memchr(b'\n', some).or((start.len() < LINE).then_some(start.len()));
    let first = end.and_then(|end| start.get(..end));
    first.is_some_and(|line| {
        line.contains("\"operation\"")
            && line.contains("\"service\"")
            && serde_json::from_str::<Line>(line).is_ok()
    })
}

/// Reads `ledger.jsonl`.
pub(super) fn ledger(text: &str, batch: &mut Batch) {
    batch.format = crate::snapshot::FileFormat::Bookkeeping;
    let mut offset = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let at = offset;
        offset += line.len();
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Line>(line) {
            Ok(line) => {
                if let Some(word) = line.unknown_outcome() {
                    batch.issues.add(Level::Incomplete, "outcome", Some(at), || {
                        format!(
                            "a line of the ledger has the outcome `{word}`, which this program does not know; the call counts as failed"
                        )
                    });
                }
                lines.push(line);
            }
            Err(error) => {
                batch.issues.add(Level::Incomplete, "ledger", Some(at), || {
                    format!("a line of the ledger cannot be read: {error}")
                });
            }
        }
    }
    batch.calls.append(&mut calls(lines));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::ledger::CallOutcome;

    #[test]
    fn other_versions_are_refused() {
        assert!(
            Manifest::parse("{}", "plaudit-snapshot/2")
                .unwrap_err()
                .contains("plaudit-snapshot/2")
        );
        let text = r#"{"files":[{"path":"a","bytes":1,"sha256":"AB"}]}"#;
        assert_eq!(
            Manifest::parse(text, FORMAT).unwrap().files["a"],
            (1, "ab".to_owned())
        );
    }

    #[test]
    fn ledger_lines_have_outcomes() {
        let text = "{\"service\":\"ec2\",\"operation\":\"DescribeVpcs\",\"error_code\":\"UnauthorizedOperation\"}\n\nnonsense\n";
        assert!(is_ledger(text));
        let mut batch = Batch::default();
        ledger(text, &mut batch);
        assert_eq!(batch.calls[0].outcome, CallOutcome::Denied);
        assert_eq!(batch.issues.take().len(), 1);
    }

    #[test]
    fn outcomes_of_later_versions_are_reported_and_no_answers() {
        let text = "{\"service\":\"ec2\",\"operation\":\"DescribeVpcs\",\"outcome\":\"guessed\",\"attempt\":1,\"params\":{\"a\":[1]}}\n";
        assert!(is_ledger(text));
        let mut batch = Batch::default();
        ledger(text, &mut batch);
        assert_eq!(batch.calls[0].outcome, CallOutcome::Failed);
        let issues = batch.issues.take();
        assert_eq!(issues[0].level, Level::Incomplete);
        assert!(issues[0].message.contains("`guessed`"));
    }
}
