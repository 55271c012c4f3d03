//! What one document gave: columns, symbols and runs of its own, to be put
//! together with those of others later.
//!
//! Plain data with the few operations that reading needs. It knows no JSON and
//! no files.

use std::collections::BTreeMap;

use crate::snapshot::layout::Level as Columns;
use crate::snapshot::ledger::{CallOutcome, Scope};
use crate::snapshot::provenance::{Origin, Run};
use crate::snapshot::record::Kind;
use crate::snapshot::symbol::{Symbol, Symbols};
use crate::snapshot::table::Table;
use crate::snapshot::{FileFormat, Ignored};

use super::catalog::SourceRef;
use super::problem::Issues;

/// What one document gave.
#[derive(Debug)]
pub(super) struct Batch {
    pub symbols: Symbols,
    pub tables: Vec<Option<Table>>,
    pub runs: Vec<Reading>,
    /// Account and region of each run, once they are settled.
    pub scopes: Vec<Scope>,
    pub issues: Issues,
    pub ignored: BTreeMap<String, Ignored>,
    pub calls: Vec<Reported>,
    pub format: FileFormat,
    /// Account that `get-caller-identity` names.
    pub identity: Option<String>,
    /// Whether the text breaks off or is no JSON somewhere.
    pub broken: bool,
    /// Whether a page of the document's own answer is missing.
    pub truncated: bool,
    /// Items that AWS Config says are deleted.
    pub deleted: u64,
    /// Manifest of a plaudit snapshot.
    pub manifest: Option<super::bookkeeping::Manifest>,
}

/// A run, with what is known about the answer it is from.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub run: Run,
    /// Account and region as the input says beside the objects.
    pub account: Symbol,
    pub region: Symbol,
    /// First and last row of its kind in the batch.
    pub rows: std::ops::Range<usize>,
    pub items: u64,
    /// Whether it answers the call that its source names; an object that a call
    /// made does not.
    pub listing: bool,
    /// Another page follows.
    pub truncated: bool,
    /// Whether it was read to its end.
    pub closed: bool,
    /// Offset of its first object in the document; the base of its origins.
    pub first: Option<u64>,
    pub detail: &'static str,
}

/// A call whose outcome the input tells without objects.
#[derive(Debug, Clone)]
pub(super) struct Reported {
    pub service: String,
    pub operation: String,
    pub account: String,
    pub region: String,
    pub outcome: CallOutcome,
    pub items: u64,
    /// The file that holds the answer, from the ledger's folder.
    pub file: Option<String>,
    /// In how many numbered files it is, if in more than one.
    pub parts: u32,
    pub asserted: bool,
    pub detail: String,
}

impl Reported {
    /// The files that the answer is in, when the ledger is in `folder`.
    pub(super) fn paths<'r>(&'r self, folder: &'r str) -> impl Iterator<Item = String> + 'r {
        let stem = self
            .file
            .as_deref()
            .and_then(|file| file.strip_suffix(".0001.json"));
        let more = (2..=self.parts)
            .filter_map(move |part| stem.map(|stem| format!("{folder}{stem}.{part:04}.json")));
        let first = self.file.iter().map(move |file| format!("{folder}{file}"));
        first.chain(more)
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            symbols: Symbols::default(),
            tables: Kind::ALL.iter().map(|_| None).collect(),
            runs: Vec::new(),
            scopes: Vec::new(),
            issues: Issues::default(),
            ignored: BTreeMap::new(),
            calls: Vec::new(),
            format: FileFormat::Unknown,
            identity: None,
            broken: false,
            truncated: false,
            deleted: 0,
            manifest: None,
        }
    }
}

impl Batch {
    /// Takes the table of a kind to add rows; it must be put back.
    pub(super) fn take_table(&mut self, kind: Kind) -> Table {
        let slot = self.tables.get_mut(kind.index()).and_then(Option::take);
        slot.unwrap_or_else(|| Table::new(Columns::of(kind)))
    }

    /// Puts a table back, without a row that is not complete.
    pub(super) fn put_table(&mut self, kind: Kind, mut table: Table) {
        table.truncate(table.rows());
        if let Some(slot) = self.tables.get_mut(kind.index()) {
            *slot = Some(table);
        }
    }

    /// Rows of a kind so far.
    pub(super) fn rows(&self, kind: Kind) -> usize {
        self.tables
            .get(kind.index())
            .and_then(Option::as_ref)
            .map_or(0, Table::rows)
    }

    /// Begins a run; returns its index.
    pub(super) fn open(&mut self, source: SourceRef, pointer: String, array: bool) -> u32 {
        let run = Run {
            file: 0,
            scope: 0,
            kind: source.kind,
            source: source.index,
            partial: false,
            narrowed: "",
            base: 0,
            pointer,
            array,
            parent: None,
        };
        let rows = self.rows(source.kind);
        self.runs.push(Reading {
            run,
            account: Symbol::ABSENT,
            region: Symbol::ABSENT,
            rows: rows..rows,
            items: 0,
            listing: true,
            truncated: false,
            closed: false,
            first: None,
            detail: "",
        });
        u32::try_from(self.runs.len() - 1).unwrap_or(u32::MAX)
    }

    pub(super) fn run(&mut self, index: u32) -> Option<&mut Reading> {
        self.runs.get_mut(index as usize)
    }

    /// Ends a run.
    pub(super) fn close(&mut self, index: u32) {
        if let Some(reading) = self.runs.get_mut(index as usize) {
            reading.closed = true;
        }
    }

    /// The origin of a row of a run. `offset` is that of its first key in the
    /// document, [`NOWHERE`] if no key could be found.
    pub(super) fn origin(&mut self, index: u32, ordinal: u32, offset: usize, row: usize) -> Origin {
        let mut relative = u32::MAX;
        if let Some(reading) = self.runs.get_mut(index as usize) {
            if offset != NOWHERE {
                let base = *reading.first.get_or_insert(offset as u64);
                let distance = (offset as u64).checked_sub(base);
                relative = distance
                    .and_then(|distance| u32::try_from(distance).ok())
                    .unwrap_or(u32::MAX);
            }
            reading.items += 1;
            reading.rows.end = row + 1;
        }
        Origin {
            run: index,
            ordinal,
            offset: relative,
        }
    }

    /// Counts objects of a section that is not modelled.
    pub(super) fn ignore(&mut self, key: &str, items: u64) {
        let known = self.ignored.entry(key.to_owned()).or_default();
        known.files = 1;
        known.items += items;
    }
}

/// No offset: the object has no key, or only keys that are written with escapes.
pub(super) const NOWHERE: usize = usize::MAX;
