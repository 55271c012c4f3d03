//! From the batches of all documents to one snapshot.
//!
//! Batches are added in the order of the paths, so that threads never show, and
//! given back at once, so that memory holds the snapshot and little else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::snapshot::ledger::Scope;
use crate::snapshot::schema::Cloud;
use crate::snapshot::{FileFormat, Snapshot, SourceFile};

use super::batch::{Batch, Reading, Reported};
use super::problem::Found;
use super::{calls, scope};

/// A file with what was read from it.
#[derive(Debug)]
pub(super) struct Read {
    pub file: SourceFile,
    /// More than one where the file was read in pieces.
    pub batches: Vec<Batch>,
    pub problems: Vec<Found>,
}

/// What stays of a file when its batches are merged.
#[derive(Debug)]
pub(super) struct Facts {
    pub calls: Vec<Reported>,
    /// Account that its folder is of.
    pub identity: Option<String>,
    /// Account and region that its path tells.
    pub scope: Scope,
    /// Its runs.
    pub runs: std::ops::Range<usize>,
    /// Whether it was read in pieces, so that what one of them says about
    /// pages holds for all.
    pub pieces: bool,
    pub broken: bool,
    pub truncated: bool,
}

/// Takes files in any order and adds them in theirs.
#[derive(Debug, Default)]
pub(super) struct Queue(Mutex<Waiting>);

#[derive(Debug)]
struct Waiting {
    next: usize,
    reads: BTreeMap<usize, Option<Box<Read>>>,
    merger: Merger,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            next: 0,
            reads: BTreeMap::new(),
            merger: Merger::new(),
        }
    }
}

impl Queue {
    /// Takes what was read from the file at a position; `None` if it is not
    /// JSON.
    pub(super) fn add(&self, position: usize, read: Option<Box<Read>>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.reads.insert(position, read);
        let Waiting {
            next,
            reads,
            merger,
        } = &mut *waiting;
        while let Some(read) = reads.remove(next) {
            *next += 1;
            if let Some(read) = read {
                merger.add(*read);
            }
        }
    }

    pub(super) fn finish(self) -> (Snapshot, Vec<Found>) {
        let waiting = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        waiting.merger.finish()
    }
}

/// The snapshot that is being made.
#[derive(Debug)]
struct Merger {
    snapshot: Snapshot,
    problems: Vec<Found>,
    facts: Vec<Facts>,
    /// What is known about each run.
    readings: Vec<Reading>,
    /// Its account and region.
    scopes: Vec<Scope>,
}

impl Merger {
    fn new() -> Self {
        Self {
            snapshot: Snapshot::new(),
            problems: Vec::new(),
            facts: Vec::new(),
            readings: Vec::new(),
            scopes: Vec::new(),
        }
    }

    fn add(&mut self, mut read: Read) {
        self.problems.append(&mut read.problems);
        let start = self.readings.len();
        let mut facts = Facts {
            calls: Vec::new(),
            identity: None,
            scope: scope::of_path(&read.file.path),
            runs: start..start,
            pieces: read.batches.len() > 1,
            broken: false,
            truncated: false,
        };
        let number = u32::try_from(self.snapshot.files.len()).unwrap_or(u32::MAX);
        let mut named = BTreeSet::new();
        for mut batch in read.batches {
            // A file that is read in pieces is one file.
            for (key, ignored) in std::mem::take(&mut batch.ignored) {
                let known = self.snapshot.ignored.entry(key.clone()).or_default();
                known.items += ignored.items;
                known.files += u64::from(named.insert(key));
            }
            self.batch(batch, number, &mut read.file, &mut facts);
        }
        facts.runs.end = self.readings.len();
        self.facts.push(facts);
        self.snapshot.files.push(read.file);
    }

    fn batch(&mut self, mut batch: Batch, number: u32, file: &mut SourceFile, facts: &mut Facts) {
        let snapshot = &mut self.snapshot;
        if batch.format != FileFormat::Unknown {
            file.format = batch.format;
        }
        facts.calls.append(&mut batch.calls);
        facts.identity = facts.identity.take().or(batch.identity.take());
        facts.broken |= batch.broken;
        facts.truncated |= batch.truncated;
        let translation = snapshot.symbols.absorb(&batch.symbols);
        let before = u32::try_from(self.readings.len()).unwrap_or(u32::MAX);
        for reading in &mut batch.runs {
            file.items += reading.items;
            reading.run.file = number;
        }
        self.readings.append(&mut batch.runs);
        self.scopes.append(&mut batch.scopes);
        if let Some(created) = batch.manifest.and_then(|manifest| manifest.created) {
            snapshot.created = snapshot.created.take().max(Some(created));
        }
        for (table, all) in batch.tables.into_iter().zip(&mut snapshot.tables) {
            let Some(mut table) = table else { continue };
            for origin in &mut table.origins {
                origin.run = origin.run.saturating_add(before);
            }
            all.append(table, &translation);
        }
    }

    fn finish(mut self) -> (Snapshot, Vec<Found>) {
        self.identities();
        // An error answer has no run: only the path tells where it is from.
        let mut bare: Vec<Scope> = self.facts.iter().map(|facts| facts.scope.clone()).collect();
        let files = &self.snapshot.files;
        let path = |file: u32| {
            files
                .get(file as usize)
                .map_or("", |file| file.path.as_str())
        };
        let runs = self
            .readings
            .iter()
            .zip(&mut self.scopes)
            .map(|(reading, scope)| {
                let cloud = reading.run.kind.spec().cloud();
                (cloud, path(reading.run.file), scope)
            });
        let files_too = files.iter().zip(&mut bare).map(|(file, scope)| {
            let cloud = scope.cloud().unwrap_or(Cloud::Aws);
            (cloud, file.path.as_str(), scope)
        });
        // What is of one cloud says nothing about what is of another.
        let (azure, aws): (Vec<_>, Vec<_>) = runs
            .chain(files_too)
            .partition(|(cloud, _, _)| *cloud == Cloud::Azure);
        for of_cloud in [aws, azure] {
            let places = of_cloud.into_iter().map(|(_, path, scope)| (path, scope));
            scope::agree(places);
        }
        let answers = calls::Answers {
            facts: &self.facts,
            files,
            scopes: &self.scopes,
            bare: &bare,
        };
        answers.ledger(&mut self.snapshot.ledger, &mut self.readings);
        self.number_scopes();
        self.snapshot.runs = self
            .readings
            .into_iter()
            .map(|reading| reading.run)
            .collect();
        (self.snapshot, self.problems)
    }

    /// `get-caller-identity` names the account of its folder and of all below,
    /// unless the path does.
    fn identities(&mut self) {
        let files = self.snapshot.files.iter().zip(&self.facts);
        let named: BTreeMap<String, String> = files
            .filter_map(|(file, facts)| {
                let folder = scope::around(&file.path).nth(1).unwrap_or_default();
                Some((folder.to_owned(), facts.identity.clone()?))
            })
            .collect();
        if named.is_empty() {
            return;
        }
        for (file, facts) in self.snapshot.files.iter().zip(&mut self.facts) {
            let account = scope::around(&file.path)
                .skip(1)
                .find_map(|folder| named.get(folder));
            let (true, Some(account)) = (facts.scope.account.is_empty(), account) else {
                continue;
            };
            facts.scope.account.clone_from(account);
            for scope in self.scopes.get_mut(facts.runs.clone()).unwrap_or_default() {
                scope.account.clone_from(account);
            }
        }
    }

    fn number_scopes(&mut self) {
        let mut all: Vec<&Scope> = self.scopes.iter().collect();
        all.sort_unstable();
        all.dedup();
        self.snapshot.scopes = all
            .into_iter()
            .take(usize::from(u16::MAX))
            .cloned()
            .collect();
        for (reading, scope) in self.readings.iter_mut().zip(&self.scopes) {
            let number = self.snapshot.scopes.binary_search(scope).unwrap_or(0);
            reading.run.scope = u16::try_from(number).unwrap_or(0);
        }
    }
}
