//! Whether a snapshot is what its manifest and its ledger say: every file, every
//! digest, every count that can be checked.
//!
//! Reads everything and changes nothing. Must name every problem, not the first
//! one, and must not judge what the files say about a network.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::bundle::Bundle;
use super::ledger::{self, Line};
use super::manifest::{Entry, Manifest};
use super::{Error, LEDGER, MANIFEST, name};
use crate::collect::catalog::Catalog;
use crate::collect::outcome::Outcome;

/// What was found out about a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// SHA-256 of the manifest: who has noted it can tell any later change.
    pub manifest_sha256: String,
    /// Files whose digests were computed.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Lines of the ledger.
    pub lines: u64,
    /// Files whose objects were counted and compared with the ledger.
    pub counted: u64,
    /// What is wrong, by file.
    pub problems: Vec<Trouble>,
}

/// Something that is not as the manifest or the ledger says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Trouble {
    /// The file.
    pub file: String,
    /// What was seen and what was expected.
    pub message: String,
}

impl Trouble {
    fn new(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            message: message.into(),
        }
    }
}

/// Verifies a snapshot. An error means that it cannot be read as one; what is
/// wrong with one that can be read is in the result.
pub fn verify(bundle: &Bundle) -> Result<Verified, Error> {
    let manifest = bundle.manifest()?;
    let mut verified = Verified {
        manifest_sha256: bundle.digest(MANIFEST)?.1,
        ..Verified::default()
    };
    digests(bundle, &manifest, &mut verified);
    names(bundle, &manifest, &mut verified.problems);
    match bundle.ledger() {
        Ok(text) => book(bundle, &manifest, &text, &mut verified),
        Err(error) => verified
            .problems
            .push(Trouble::new(LEDGER, error.to_string())),
    }
    verified.problems.sort();
    verified.problems.dedup();
    Ok(verified)
}

/// The lines of a `SHA256SUMS` file, for `sha256sum -c`. Paths that no snapshot
/// has are left out; [`verify()`] reports them.
pub fn checksums(manifest: &Manifest) -> String {
    let mut text = String::new();
    for file in &manifest.files {
        let hex = file.sha256.len() == 64 && file.sha256.bytes().all(|b| b.is_ascii_hexdigit());
        if hex && name::checked(&file.path).is_ok() {
            text.push_str(&file.sha256.to_ascii_lowercase());
            text.push_str("  ");
            text.push_str(&file.path);
            text.push('\n');
        }
    }
    text
}

fn digests(bundle: &Bundle, manifest: &Manifest, verified: &mut Verified) {
    let check = |entry: &Entry| -> (u64, Option<Trouble>) {
        let path = &entry.path;
        if !bundle.has(path) {
            let message = "the manifest names this file, and it is gone";
            return (0, Some(Trouble::new(path, message)));
        }
        let (bytes, sha256) = match bundle.digest(path) {
            Ok(read) => read,
            Err(error) => return (0, Some(Trouble::new(path, error.to_string()))),
        };
        let message = if bytes != entry.bytes {
            format!("it has {bytes} bytes; the manifest says {}", entry.bytes)
        } else if sha256.eq_ignore_ascii_case(&entry.sha256) {
            return (bytes, None);
        } else {
            let said: String = entry.sha256.chars().take(64).collect();
            format!("its sha256 is {sha256}; the manifest says {said}")
        };
        (bytes, Some(Trouble::new(path, message)))
    };
    let checked: Vec<_> = manifest.files.par_iter().map(check).collect();
    verified.files = checked.len() as u64;
    for (bytes, trouble) in checked {
        verified.bytes += bytes;
        verified.problems.extend(trouble);
    }
}

fn names(bundle: &Bundle, manifest: &Manifest, problems: &mut Vec<Trouble>) {
    let mut named = BTreeSet::new();
    for entry in &manifest.files {
        if !named.insert(entry.path.as_str()) {
            problems.push(Trouble::new(
                &entry.path,
                "the manifest names this file twice",
            ));
        }
        if let Err(error) = name::checked(&entry.path) {
            problems.push(Trouble::new(MANIFEST, error.to_string()));
        }
    }
    for path in bundle.paths() {
        if path != MANIFEST && !named.contains(path) {
            let message = "the manifest does not name this file";
            problems.push(Trouble::new(path, message));
        }
    }
    for strange in bundle.strange() {
        let (path, message) = strange.rsplit_once(": ").unwrap_or((strange, "is strange"));
        problems.push(Trouble::new(path, message));
    }
}

fn book(bundle: &Bundle, manifest: &Manifest, text: &str, verified: &mut Verified) {
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        verified.lines += 1;
        match Line::parse(line, at + 1) {
            Ok(line) => lines.push((at + 1, line)),
            Err(error) => verified
                .problems
                .push(Trouble::new(LEDGER, error.to_string())),
        }
    }
    for (at, line) in &lines {
        if let Some(file) = line.file.as_deref().filter(|_| line.answered())
            && files_of(bundle, file).is_empty()
        {
            let message = format!("line {at} names {file}, which is not in the snapshot");
            verified.problems.push(Trouble::new(LEDGER, message));
        }
    }
    let counts: Vec<(&str, u64)> = counts(&lines)
        .into_iter()
        .filter_map(|(file, count)| Some((file, count?)))
        .filter(|(file, _)| !files_of(bundle, file).is_empty())
        .collect();
    let compared: Vec<_> = counts
        .par_iter()
        .map(|(file, items)| compare(bundle, file, *items))
        .collect();
    for compared in compared {
        match compared {
            Ok(counted) => verified.counted += u64::from(counted),
            Err(trouble) => verified.problems.push(trouble),
        }
    }
    if manifest.complete == Some(true) {
        verified.problems.extend(incomplete(&lines));
    }
}

/// How many objects each file should have: those of all pages of its call, or of
/// several calls that are answered in one file. `None` where it cannot be told.
fn counts(lines: &[(usize, Line)]) -> BTreeMap<&str, Option<u64>> {
    let mut calls: BTreeMap<ledger::Call<'_>, Vec<&Line>> = BTreeMap::new();
    for (_, line) in lines.iter().filter(|(_, line)| line.answered()) {
        calls.entry(line.call()).or_default().push(line);
    }
    let mut counts: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    for lines in calls.into_values() {
        let files: BTreeSet<&str> = lines
            .iter()
            .filter_map(|line| line.file.as_deref())
            .collect();
        if let [file] = files.iter().collect::<Vec<_>>().as_slice() {
            let count = counts.entry(file).or_insert(Some(0));
            *count = count.zip(items(&lines)).map(|(sum, items)| sum + items);
        } else {
            // Lines about parents that they do not name: each by itself.
            for line in lines {
                let Some(file) = line.file.as_deref() else {
                    continue;
                };
                let count = counts.entry(file).or_insert(Some(0));
                *count = count.zip(line.items).map(|(sum, items)| sum + items);
            }
        }
    }
    counts
}

/// Objects on the pages of one call. A page that a run before had asked for and
/// that was asked for again counts once.
fn items(lines: &[&Line]) -> Option<u64> {
    let first = lines.first()?;
    if first.operation == "GetMetricData" && lines.len() > 1 {
        // A page goes on with the series of the one before.
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
        return None;
    }
    let ended = lines
        .iter()
        .filter(|line| line.result() == Outcome::Complete);
    let last = ended.filter_map(|line| line.page).max();
    let mut pages: BTreeMap<u64, &Line> = BTreeMap::new();
    let mut sum = 0;
    for line in lines {
        match line.page {
            Some(page) if last.is_none_or(|last| page <= last) => {
                let known = pages.entry(page).or_insert(line);
                if known.started <= line.started {
                    *known = line;
                }
            }
            Some(_) => {}
            None => sum += line.items?,
        }
    }
    for line in pages.into_values() {
        sum += line.items?;
    }
    Some(sum)
}

/// A manifest may only say that all is there if the ledger does.
fn incomplete(lines: &[(usize, Line)]) -> Option<Trouble> {
    let mut calls: BTreeMap<ledger::Call<'_>, Vec<Outcome>> = BTreeMap::new();
    for (_, line) in lines {
        calls.entry(line.call()).or_default().push(line.result());
    }
    let bad = calls
        .into_values()
        .map(|outcomes| ledger::together(outcomes.into_iter()))
        .filter(|outcome| *outcome < Outcome::Unsupported)
        .count();
    (bad > 0).then(|| {
        let message = format!("it says complete, and {bad} calls of the ledger are not");
        Trouble::new(MANIFEST, message)
    })
}

/// The file that a line names, or all parts of a section if it names the section
/// or its first part.
fn files_of(bundle: &Bundle, file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".json").unwrap_or(file);
    if bundle.has(file) && stem.strip_suffix(".0001").is_none() {
        return vec![file.to_owned()];
    }
    let stem = stem.strip_suffix(".0001").unwrap_or(stem);
    (1..=9999)
        .map(|number| format!("{stem}.{number:04}.json"))
        .take_while(|name| bundle.has(name))
        .collect()
}

/// Compares counts, and says whether there was something to count: a list that is
/// known to be one of objects.
fn compare(bundle: &Bundle, file: &str, items: u64) -> Result<bool, Trouble> {
    let mut outer = 0;
    let mut inner = 0;
    let mut known = false;
    for name in files_of(bundle, file) {
        let bytes = bundle
            .bytes(&name)
            .map_err(|error| Trouble::new(&name, error.to_string()))?;
        let lengths = lengths(&bytes)
            .map_err(|error| Trouble::new(&name, format!("not a JSON object: {error}")))?;
        for (objects, inside) in lengths {
            known = true;
            outer += objects;
            inner += inside;
        }
    }
    if !known || outer == items || inner == items && inner > 0 {
        return Ok(known);
    }
    // The answer may be one object with lists in it.
    if items == 1 && operation_of(file).starts_with("Get") {
        return Ok(false);
    }
    let message = format!("it has {outer} objects; the ledger counts {items}");
    Err(Trouble::new(file, message))
}

/// `GetHostedZone` of `…/route53.GetHostedZone/Z….json`.
fn operation_of(file: &str) -> &str {
    let mut parts = file.split('/').rev().take(2);
    let named = parts.find_map(|part| {
        let operation = part.split('.').nth(1)?;
        operation
            .starts_with(|char: char| char.is_ascii_uppercase())
            .then_some(operation)
    });
    named.unwrap_or_default()
}

/// Lengths of the lists of a document that are sections: objects, and objects
/// inside them (`Reservations[].Instances`).
fn lengths(bytes: &[u8]) -> serde_json::Result<Vec<(u64, u64)>> {
    #[derive(Deserialize)]
    struct Around {
        #[serde(rename = "Instances", default)]
        instances: Vec<IgnoredAny>,
    }
    let document: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes)?;
    let mut lengths = Vec::new();
    for (key, raw) in document {
        let sections = Catalog::get().sections(&key);
        if sections.is_empty() || !raw.get().starts_with('[') {
            continue;
        }
        let two_levels = sections.iter().any(|section| section.inner.is_some());
        let inside = if two_levels {
            let objects: Vec<Around> = serde_json::from_str(raw.get())?;
            objects
                .iter()
                .map(|object| object.instances.len() as u64)
                .sum()
        } else {
            0
        };
        let objects: Vec<IgnoredAny> = serde_json::from_str(raw.get())?;
        lengths.push((objects.len() as u64, inside));
    }
    Ok(lengths)
}
