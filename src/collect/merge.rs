//! From the batches of all documents to one snapshot.
//!
//! Batches are put together in the order of the paths, so that threads never
//! show. A batch's columns are given back as soon as they are copied.

use rayon::prelude::*;

use crate::snapshot::layout::Level as Columns;
use crate::snapshot::ledger::Scope;
use crate::snapshot::record::Kind;
use crate::snapshot::symbol::Translation;
use crate::snapshot::table::Table;
use crate::snapshot::{Snapshot, SourceFile};

use super::batch::{Batch, Reading};
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

/// Puts files together. Problems of the files are added to `problems`.
pub(super) fn snapshot(mut reads: Vec<Read>, problems: &mut Vec<Found>) -> Snapshot {
    let mut snapshot = Snapshot::new();
    let outside = outsides(&reads);
    let settled: Vec<Vec<scope::Settled>> = reads
        .par_iter_mut()
        .zip(&outside)
        .map(|(read, outside)| {
            let path = &read.file.path;
            read.batches.iter_mut().map(|batch| scope::settle(batch, path, outside)).collect()
        })
        .collect();
    let mut scopes: Vec<Vec<Vec<Scope>>> = Vec::with_capacity(settled.len());
    for file in settled {
        scopes.push(file.into_iter().map(|settled| {
            problems.extend(settled.problems);
            settled.scopes
        }).collect());
    }
    // A listing without objects, an error: only the path tells where it is from.
    let mut bare: Vec<Scope> = outside.clone();
    scope::agree(reads.iter().zip(&mut scopes).zip(&mut bare).flat_map(|((read, file), bare)| {
        let path = read.file.path.as_str();
        file.iter_mut().flatten().chain(std::iter::once(bare)).map(move |scope| (path, scope))
    }));
    calls::ledger(&mut snapshot.ledger, &mut reads, &scopes, &bare);
    numbered(&mut snapshot, &mut reads, &scopes);
    let parts = translated(&mut snapshot, reads, problems);
    snapshot.tables = Kind::ALL.par_iter().zip(parts).map(|(&kind, parts)| table(kind, parts)).collect();
    snapshot
}

/// What path and identities tell about each file.
fn outsides(reads: &[Read]) -> Vec<Scope> {
    let identities: Vec<(&str, &str)> = reads
        .iter()
        .filter_map(|read| {
            let account = read.batches.iter().find_map(|batch| batch.identity.as_deref())?;
            Some((scope::around(&read.file.path).nth(1).unwrap_or_default(), account))
        })
        .collect();
    let account = |path: &str| {
        let mut folders = scope::around(path).skip(1);
        folders.find_map(|folder| identities.iter().find(|(known, _)| *known == folder).map(|(_, account)| (*account).to_owned()))
    };
    let of = |read: &Read| {
        let mut scope = scope::of_path(&read.file.path);
        if scope.account.is_empty() && !identities.is_empty() {
            scope.account = account(&read.file.path).unwrap_or_default();
        }
        scope
    };
    reads.iter().map(of).collect()
}

/// Gives files and scopes their numbers.
fn numbered(snapshot: &mut Snapshot, reads: &mut [Read], scopes: &[Vec<Vec<Scope>>]) {
    let mut all: Vec<&Scope> = scopes.iter().flatten().flatten().collect();
    all.sort_unstable();
    all.dedup();
    snapshot.scopes = all.into_iter().take(usize::from(u16::MAX)).cloned().collect();
    for ((read, scopes), file) in reads.iter_mut().zip(scopes).zip(0_u32..) {
        for (batch, scopes) in read.batches.iter_mut().zip(scopes) {
            for (reading, scope) in batch.runs.iter_mut().zip(scopes) {
                reading.run.file = file;
                let number = snapshot.scopes.binary_search(scope).unwrap_or(0);
                reading.run.scope = u16::try_from(number).unwrap_or(0);
            }
        }
    }
}

/// A table of one batch on its way to the others.
struct Part {
    table: Table,
    translation: std::sync::Arc<Translation>,
    runs: u32,
}

fn translated(snapshot: &mut Snapshot, reads: Vec<Read>, problems: &mut Vec<Found>) -> Vec<Vec<Part>> {
    let mut parts: Vec<Vec<Part>> = Kind::ALL.iter().map(|_| Vec::new()).collect();
    for mut read in reads {
        problems.append(&mut read.problems);
        for batch in read.batches {
            read.file.items += batch.runs.iter().map(|reading| reading.items).sum::<u64>();
            read.file.format = read.file.format.min(batch.format);
            let translation = std::sync::Arc::new(snapshot.symbols.absorb(&batch.symbols));
            let runs = u32::try_from(snapshot.runs.len()).unwrap_or(u32::MAX);
            snapshot.runs.extend(batch.runs.into_iter().map(|Reading { run, .. }| run));
            for (key, ignored) in batch.ignored {
                let known = snapshot.ignored.entry(key).or_default();
                known.files += ignored.files;
                known.items += ignored.items;
            }
            if let Some(created) = batch.manifest.and_then(|manifest| manifest.created) {
                snapshot.created = snapshot.created.take().max(Some(created));
            }
            for (table, parts) in batch.tables.into_iter().zip(&mut parts) {
                if let Some(table) = table {
                    parts.push(Part { table, translation: std::sync::Arc::clone(&translation), runs });
                }
            }
        }
        snapshot.files.push(read.file);
    }
    parts
}

fn table(kind: Kind, parts: Vec<Part>) -> Table {
    let mut all = Table::new(Columns::of(kind));
    for Part { mut table, translation, runs } in parts {
        for origin in &mut table.origins {
            origin.run = origin.run.saturating_add(runs);
        }
        all.append(table, &translation);
    }
    all.shrink();
    all
}
