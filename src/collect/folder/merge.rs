//! Several snapshots as one: of other accounts, regions or times.
//!
//! Reads snapshots that were verified and writes one folder. What two snapshots
//! say differently about one call is never mixed: one of them is taken whole, or
//! the caller is told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::bundle::Bundle;
use super::ledger::{self, Line};
use super::manifest::{Draft, Entry, Manifest, Tool};
use super::writer::{Existing, Writer};
use super::{Error, LEDGER, MANIFEST, time};
use crate::collect::outcome::Outcome;

/// Conflicts that an error names.
const NAMED: usize = 8;

/// What merging gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The new manifest.
    pub manifest: Manifest,
    /// Files that several snapshots had, byte for byte.
    pub shared: u64,
    /// Files that gave way to those of a newer snapshot.
    pub replaced: u64,
    /// Lines of ledgers that went with them.
    pub lines_left_out: u64,
}

/// One snapshot with what is needed of it.
struct Part<'b> {
    bundle: &'b Bundle,
    manifest: Manifest,
    /// When it was made, in seconds; unknown if the manifest does not say.
    created: Option<i64>,
    lines: Vec<(Line, String)>,
}

/// The files of one call: several if it was written in parts.
type Section<'m> = BTreeMap<usize, Vec<&'m Entry>>;

/// Joins snapshots. The new one was created when the first of them was, and is
/// complete if all of them are.
///
/// With `newest`, of two different answers to one call the newer is taken, and an
/// answer rather than a refusal; without, they are an error.
pub fn merge(bundles: &[Bundle], to: &Path, newest: bool, tool: Tool) -> Result<Merged, Error> {
    let parts: Vec<Part<'_>> = bundles.iter().map(Part::read).collect::<Result<_, _>>()?;
    let sections = sections(&parts);
    let mut choice = Choice {
        parts: &parts,
        newest,
        files: BTreeMap::new(),
        calls: BTreeMap::new(),
    };
    choice.calls();
    choice.files(&sections)?;
    let writer = Writer::create(to, Existing::Refuse)?;
    let (mut shared, mut replaced) = (0, 0);
    let mut kept: BTreeSet<(usize, &str)> = BTreeSet::new();
    for (section, owners) in &sections {
        let winner = choice.files.get(section.as_str()).copied();
        for (owner, entries) in owners {
            let wins = winner.is_none_or(|winner| winner == *owner);
            let same = winner.and_then(|winner| owners.get(&winner)) == Some(entries);
            for entry in entries {
                if wins {
                    let Some(part) = parts.get(*owner) else {
                        continue;
                    };
                    writer.put(&entry.path, &part.bundle.bytes(&entry.path)?)?;
                    kept.insert((*owner, &entry.path));
                } else if same {
                    shared += 1;
                } else {
                    replaced += 1;
                }
            }
        }
    }
    let (ledger, lines_left_out) = choice.ledger();
    let draft = draft(&parts, &kept, ledger, tool);
    Ok(Merged {
        manifest: writer.seal(&draft)?,
        shared,
        replaced,
        lines_left_out,
    })
}

impl<'b> Part<'b> {
    fn read(bundle: &'b Bundle) -> Result<Self, Error> {
        let manifest = bundle.manifest()?;
        let text = bundle.ledger()?;
        let lines = ledger::read(&text)?;
        Ok(Self {
            created: time::seconds(&manifest.created),
            lines: lines
                .into_iter()
                .map(|(line, text)| (line, text.to_owned()))
                .collect(),
            manifest,
            bundle,
        })
    }

    fn shown(&self) -> String {
        self.bundle.path().display().to_string()
    }
}

/// `x.json` of `x.0002.json`: the call that a file answers.
fn section_of(path: &str) -> String {
    let numbered = path.strip_suffix(".json").and_then(|stem| {
        let (stem, number) = stem.rsplit_once('.')?;
        let digits = number.len() >= 4 && number.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| format!("{stem}.json"))
    });
    numbered.unwrap_or_else(|| path.to_owned())
}

fn sections<'p>(parts: &'p [Part<'_>]) -> BTreeMap<String, Section<'p>> {
    let mut sections: BTreeMap<String, Section<'p>> = BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        for entry in &part.manifest.files {
            if !matches!(entry.path.as_str(), LEDGER | MANIFEST) {
                let owners = sections.entry(section_of(&entry.path)).or_default();
                owners.entry(at).or_default().push(entry);
            }
        }
    }
    sections
}

/// Which snapshot speaks where several do.
struct Choice<'p> {
    parts: &'p [Part<'p>],
    newest: bool,
    /// By section.
    files: BTreeMap<String, usize>,
    /// By call.
    calls: BTreeMap<ledger::Call<'p>, usize>,
}

impl<'p> Choice<'p> {
    /// For each call that several snapshots asked, the newest that has it whole.
    fn calls(&mut self) {
        if !self.newest {
            return;
        }
        let mut asked: BTreeMap<ledger::Call<'p>, BTreeMap<usize, Vec<Outcome>>> = BTreeMap::new();
        for (at, part) in self.parts.iter().enumerate() {
            for (line, _) in &part.lines {
                let by = asked.entry(line.call()).or_default();
                by.entry(at).or_default().push(line.result());
            }
        }
        for (call, by) in asked {
            let whole = |(_, outcomes): &(&usize, &Vec<Outcome>)| {
                ledger::together(outcomes.iter().copied()) == Outcome::Complete
            };
            let answered: Vec<usize> = by.iter().filter(whole).map(|(at, _)| *at).collect();
            let among = if answered.is_empty() {
                by.keys().copied().collect()
            } else {
                answered
            };
            if by.len() > 1
                && let Some(winner) = self.newest_of(&among)
            {
                self.calls.insert(call, winner);
            }
        }
        // What a call answered stays with its line.
        for (at, part) in self.parts.iter().enumerate() {
            for (line, _) in &part.lines {
                if let (Some(file), Some(winner)) = (&line.file, self.calls.get(&line.call()))
                    && *winner == at
                {
                    self.files.insert(section_of(file), at);
                }
            }
        }
    }

    /// The newest of some snapshots; of equals the last one that was named.
    fn newest_of(&self, among: &[usize]) -> Option<usize> {
        let created = |at: &usize| self.parts.get(*at).and_then(|part| part.created);
        among.iter().copied().max_by_key(created)
    }

    fn files(&mut self, sections: &BTreeMap<String, Section<'_>>) -> Result<(), Error> {
        let mut conflicts = Vec::new();
        for (section, owners) in sections {
            if owners.len() < 2 || self.files.contains_key(section) {
                continue;
            }
            let among: Vec<usize> = owners.keys().copied().collect();
            let mut answers = owners.values();
            let first = answers.next();
            let same = answers.all(|entries| Some(entries) == first);
            let dated = among.iter().all(|at| {
                self.parts
                    .get(*at)
                    .is_some_and(|part| part.created.is_some())
            });
            if !(same || self.newest && dated) {
                conflicts.push((section.clone(), among));
                continue;
            }
            if let Some(winner) = self.newest_of(&among) {
                self.files.insert(section.clone(), winner);
            }
        }
        if conflicts.is_empty() {
            return Ok(());
        }
        let named = conflicts.iter().take(NAMED).map(|(section, among)| {
            let owners = among.iter().filter_map(|at| self.parts.get(*at));
            let owners: Vec<String> = owners.map(Part::shown).collect();
            format!("{section} is different in {}", owners.join(" and in "))
        });
        let mut message = named.collect::<Vec<_>>().join("; ");
        if conflicts.len() > NAMED {
            message.push_str(&format_args!("; and {} more", conflicts.len() - NAMED).to_string());
        }
        let help = if self.newest {
            "their manifests do not say when they were made; merge those that do"
        } else {
            "take those of the newest snapshot: --prefer newest"
        };
        let first = self
            .parts
            .first()
            .map_or_else(|| Path::new(""), |part| part.bundle.path());
        Err(Error::place(first, message, help))
    }

    /// The lines that stay, and how many do not.
    fn ledger(&self) -> (Vec<String>, u64) {
        // A line of a call whose answer another snapshot gives, goes with its answer.
        let mut calls = self.calls.clone();
        for part in self.parts {
            for (line, _) in &part.lines {
                let winner = line.file.as_ref().map(|file| section_of(file));
                let winner = winner.and_then(|section| self.files.get(&section));
                if let Some(winner) = winner {
                    calls.entry(line.call()).or_insert(*winner);
                }
            }
        }
        let mut lines = Vec::new();
        let mut left_out = 0;
        for (at, part) in self.parts.iter().enumerate() {
            for (line, text) in &part.lines {
                if calls.get(&line.call()).is_none_or(|winner| *winner == at) {
                    lines.push(text.clone());
                } else {
                    left_out += 1;
                }
            }
        }
        (lines, left_out)
    }
}

fn draft(
    parts: &[Part<'_>],
    kept: &BTreeSet<(usize, &str)>,
    ledger: Vec<String>,
    tool: Tool,
) -> Draft {
    let mut draft = Draft {
        tool,
        complete: parts
            .iter()
            .all(|part| part.manifest.complete == Some(true)),
        ledger,
        ..Draft::default()
    };
    let dated = parts.iter().filter(|part| part.created.is_some());
    if let Some(first) = dated.min_by_key(|part| part.created) {
        draft.created.clone_from(&first.manifest.created);
    }
    for (at, part) in parts.iter().enumerate() {
        let manifest = &part.manifest;
        draft.principals.extend(manifest.principals.iter().cloned());
        draft.accounts.extend(manifest.accounts.iter().cloned());
        draft.regions.extend(manifest.regions.iter().cloned());
        let redactions = manifest.redactions.iter();
        let redactions = redactions.filter(|redaction| {
            redaction.file == "*" || kept.contains(&(at, redaction.file.as_str()))
        });
        draft.redactions.extend(redactions.cloned());
    }
    draft
}
