//! What a run before has brought already.
//!
//! A resumed run asks again for what is not there or was not complete, and for
//! nothing else. Reads the ledger and the files of the snapshot that it goes on
//! with.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::line::Asker;
use super::pages::join;
use super::send::Question;

/// The lines of a ledger, by the question that they are about.
#[derive(Debug, Default)]
pub(super) struct Kept {
    questions: BTreeMap<String, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    lines: Vec<String>,
    /// The file of the answer, if the last line says that it is complete.
    file: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    service: String,
    operation: String,
    account: String,
    region: String,
    #[serde(default)]
    parent: Option<Value>,
    #[serde(default)]
    parents: Option<Value>,
    #[serde(default)]
    params: Option<Value>,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    file: Option<String>,
}

/// What tells one question from another.
fn key(parts: [&str; 4], about: &Value) -> String {
    format!("{} {about}", parts.join(" "))
}

impl Kept {
    /// Reads the lines of a ledger. Lines that cannot be read are as if they
    /// were not there: the question is asked again.
    pub(super) fn new(lines: &[String]) -> Self {
        let mut kept = Self::default();
        for text in lines {
            let Ok(line) = serde_json::from_str::<Line>(text) else {
                continue;
            };
            let about = Value::from(vec![
                line.parent.unwrap_or_default(),
                line.parents.unwrap_or_default(),
                line.params.unwrap_or_default(),
            ]);
            let parts = [
                &*line.account,
                &*line.region,
                &*line.service,
                &*line.operation,
            ];
            let entry = kept.questions.entry(key(parts, &about)).or_default();
            entry.lines.push(text.clone());
            if line.outcome == "complete" {
                entry.file = line.file;
            }
        }
        kept
    }

    /// The answer to a question and its lines, if it is there.
    pub(super) fn answer(
        &self,
        root: &Path,
        asker: &Asker,
        question: &Question,
    ) -> Option<(Value, Vec<String>)> {
        let base = super::line::base(asker, question);
        let part = |name: &str| base.get(name).cloned().unwrap_or_default();
        let about = Value::from(vec![part("parent"), part("parents"), part("params")]);
        let service = question.operation.service.name();
        let parts = [
            &*asker.account,
            &*asker.region,
            service,
            question.operation.name,
        ];
        let entry = self.questions.get(&key(parts, &about))?;
        let file = entry.file.as_deref()?;
        let answer = read(root, file)?;
        Some((answer, entry.lines.clone()))
    }
}

/// A section, in one file or in numbered parts.
fn read(root: &Path, file: &str) -> Option<Value> {
    let Some(stem) = file.strip_suffix(".0001.json") else {
        return read_file(&root.join(file));
    };
    let mut all = read_file(&root.join(file))?;
    for number in 2..10_000 {
        let path = root.join(format!("{stem}.{number:04}.json"));
        if !path.is_file() {
            break;
        }
        join(&mut all, read_file(&path)?);
    }
    Some(all)
}

#[expect(clippy::disallowed_methods, reason = "collectors read files")]
fn read_file(path: &Path) -> Option<Value> {
    let bytes = std::fs::read(path).ok()?;
    serde_json::from_slice(&bytes).ok()
}
