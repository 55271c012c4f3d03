//! What a run before has brought already.
//!
//! A resumed run asks again for what is not there, was not complete or is no
//! longer what the manifest says, and for nothing else. Reads the ledger and the
//! files of the snapshot that it goes on with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::line::Asker;
use super::pages::join;
use super::record::digest;
use super::send::Question;
use crate::collect::folder::Manifest;
use crate::collect::outcome::Outcome;

/// The lines of a ledger, by the question that they are about.
#[derive(Debug, Default)]
pub(super) struct Kept {
    questions: BTreeMap<String, Entry>,
    /// Digests of the files, if the run before came to its end.
    digests: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct Entry {
    lines: Vec<String>,
    /// Whether the last of the lines is the end of an attempt that failed.
    failed: bool,
    /// Files of the answer: more than one if it is in parts.
    parts: u64,
    /// The file of the answer, if the last line says that it is complete.
    file: Option<String>,
    /// Account, region and call.
    call: Call,
}

/// Account, region, service and operation.
pub(super) type Call = (String, String, String, String);

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
    #[serde(default)]
    parts: Option<u64>,
}

/// What tells one question from another.
fn key(parts: [&str; 4], about: &Value) -> String {
    format!("{} {about}", parts.join(" "))
}

impl Kept {
    /// Reads the lines of a ledger. Lines that cannot be read are as if they
    /// were not there: the question is asked again.
    pub(super) fn new(lines: &[String], manifest: Option<&Manifest>) -> Self {
        let mut kept = Self::default();
        let files = manifest.into_iter().flat_map(|manifest| &manifest.files);
        kept.digests = files
            .map(|file| (file.path.clone(), file.sha256.clone()))
            .collect();
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
            // The question was asked again after it had failed.
            if std::mem::take(&mut entry.failed) {
                entry.lines.clear();
            }
            entry.lines.push(text.clone());
            let outcome = Outcome::of(&line.outcome);
            entry.failed = !outcome.is_good();
            entry.parts = line.parts.unwrap_or(1);
            entry.file = line.file.filter(|_| outcome == Outcome::Complete);
            entry.call = (line.account, line.region, line.service, line.operation);
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
        // The ledger may name only the file that the answer would be written to.
        let path = super::ask::path(asker, question);
        let first = format!("{}.0001.json", path.strip_suffix(".json")?);
        let expected = if entry.parts > 1 { &first } else { &path };
        let answer = self.read(
            root,
            Some(file).filter(|file| file == expected)?,
            entry.parts,
        )?;
        Some((answer, entry.lines.clone()))
    }

    /// Lines about calls that this run does not make: another plan, account or
    /// region. They stay true.
    pub(super) fn others(&self, made: &BTreeSet<Call>) -> impl Iterator<Item = String> {
        let others = self
            .questions
            .values()
            .filter(|entry| !made.contains(&entry.call));
        others.flat_map(|entry| entry.lines.clone())
    }

    /// A section, in one file or in numbered parts.
    fn read(&self, root: &Path, file: &str, parts: u64) -> Option<Value> {
        let mut all = self.read_file(root, file)?;
        for number in 2..=parts {
            let stem = file.strip_suffix(".0001.json")?;
            let part = format!("{stem}.{number:04}.json");
            join(&mut all, self.read_file(root, &part)?);
        }
        Some(all)
    }

    #[expect(clippy::disallowed_methods, reason = "collectors read files")]
    fn read_file(&self, root: &Path, file: &str) -> Option<Value> {
        let bytes = std::fs::read(root.join(file)).ok()?;
        let changed = self
            .digests
            .get(file)
            .is_some_and(|named| *named != digest(&bytes));
        if changed {
            return None;
        }
        serde_json::from_slice(&bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::aws::table::OPERATIONS;
    use crate::collect::folder::Entry as File;

    #[test]
    fn only_what_is_still_there_and_unchanged_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"Vpcs": []}"#;
        let name = "aws/111122223333/eu-west-1/ec2.DescribeVpcs.json";
        std::fs::create_dir_all(folder.path().join("aws/111122223333/eu-west-1")).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::write(folder.path().join("a.json"), text).unwrap();
        let asker = Asker {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            principal: "arn:x".to_owned(),
        };
        let question = Question::of(&OPERATIONS[0], "eu-west-1");
        let line = |region: &str, outcome: &str| {
            format!(
                r#"{{"service":"ec2","operation":"DescribeVpcs","account":"111122223333","region":"{region}","outcome":"{outcome}","file":"{name}"}}"#
            )
        };
        let answer = |kept: &Kept| kept.answer(folder.path(), &asker, &question);
        let lines = [
            line("eu-west-1", "retried"),
            line("eu-west-1", "complete"),
            "nonsense".to_owned(),
        ];
        let kept = Kept::new(&lines, None);
        assert_eq!(answer(&kept).unwrap().1.len(), 2);
        assert!(answer(&Kept::new(&[line("eu-west-1", "failed")], None)).is_none());
        // Asked again after a failure: the failure is over.
        let again = [line("eu-west-1", "denied"), line("eu-west-1", "complete")];
        assert_eq!(answer(&Kept::new(&again, None)).unwrap().1.len(), 1);
        // The last line decides.
        let worse = [line("eu-west-1", "complete"), line("eu-west-1", "failed")];
        assert!(answer(&Kept::new(&worse, None)).is_none());
        let elsewhere = line("eu-west-1", "complete").replace(name, "a.json");
        assert!(answer(&Kept::new(&[elsewhere], None)).is_none());
        let parts = line("eu-west-1", "complete").replace("{\"service", "{\"parts\":2,\"service");
        assert!(answer(&Kept::new(&[parts], None)).is_none());
        assert!(answer(&Kept::new(&[line("us-east-1", "complete")], None)).is_none());
        let mut manifest = Manifest {
            files: vec![File {
                path: name.to_owned(),
                bytes: 12,
                sha256: digest(text.as_bytes()),
            }],
            ..Manifest::default()
        };
        assert!(answer(&Kept::new(&lines, Some(&manifest))).is_some());
        manifest.files[0].sha256 = digest(b"other");
        assert!(answer(&Kept::new(&lines, Some(&manifest))).is_none());
        let made = BTreeSet::new();
        assert_eq!(kept.others(&made).count(), 2);
        let call = ["111122223333", "eu-west-1", "ec2", "DescribeVpcs"].map(str::to_owned);
        let [account, region, service, operation] = call;
        let made = BTreeSet::from([(account, region, service, operation)]);
        assert_eq!(kept.others(&made).count(), 0);
    }
}
