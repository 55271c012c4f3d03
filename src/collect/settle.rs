//! The accounts and regions of a batch's runs: what the path leaves open, the
//! rows tell.
//!
//! Splits runs whose rows are of several. Reads columns only.

use std::collections::BTreeMap;

use crate::snapshot::arm;
use crate::snapshot::column::Column;
use crate::snapshot::ledger::{Scope, is_global};
use crate::snapshot::packed::Packed;
use crate::snapshot::provenance::Origin;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Cloud;
use crate::snapshot::symbol::{Symbol, Symbols};
use crate::snapshot::table::Table;

use super::batch::{Batch, Reading};
use super::catalog::{Catalog, ScopeColumns, SourceRef};
use super::problem::{Found, Level, Problem};
use super::scope::{is_account, is_region, of_arn, region_of_zone};

/// Accounts and regions of a batch, as symbols of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Local {
    account: Symbol,
    region: Symbol,
}

/// What is learnt from the rows of one batch.
struct Rows<'b> {
    columns: &'b ScopeColumns,
    table: &'b Table,
    symbols: &'b mut Symbols,
    zones: BTreeMap<Symbol, Symbol>,
    last: (Symbol, Symbol),
}

impl Rows<'_> {
    fn text(&self, column: usize, row: usize) -> Option<Symbol> {
        match self.table.column(column)? {
            Column::Text(values) => values.get(row).copied().filter(|symbol| symbol.is_text()),
            Column::Packed(values) => values
                .get(row)
                .copied()
                .and_then(Packed::symbol)
                .filter(|symbol| symbol.is_text()),
            _ => None,
        }
    }

    /// The region that the row's zone is in.
    fn zone(&mut self, row: usize) -> Symbol {
        if let Some(region) = self
            .columns
            .region
            .and_then(|column| self.text(column, row))
        {
            return region;
        }
        let Some(zone) = self.columns.zone.and_then(|column| self.text(column, row)) else {
            return Symbol::ABSENT;
        };
        if self.last.0 == zone {
            return self.last.1;
        }
        let region = if let Some(region) = self.zones.get(&zone) {
            *region
        } else {
            let region = region_of_zone(self.symbols.text(zone)).map(str::to_owned);
            let region = region.map_or(Symbol::ABSENT, |region| self.symbols.intern(&region));
            self.zones.insert(zone, region);
            region
        };
        self.last = (zone, region);
        region
    }

    /// Account and region that the row itself tells.
    fn own(&mut self, row: usize) -> Local {
        let mut local = Local {
            account: Symbol::ABSENT,
            region: Symbol::ABSENT,
        };
        for &column in &self.columns.arns {
            let Some(arn) = self.text(column, row) else {
                continue;
            };
            if let Some(subscription) = arm::subscription(self.symbols.text(arn)) {
                local.account = self.symbols.intern(&subscription);
                break;
            }
            let Some((region, account)) = of_arn(self.symbols.text(arn)) else {
                continue;
            };
            let (region, account) = (region.to_owned(), account.to_owned());
            if is_account(&account) {
                local.account = self.symbols.intern(&account);
            }
            if is_region(&region) {
                local.region = self.symbols.intern(&region);
            }
            break;
        }
        if local.account == Symbol::ABSENT
            && let Some(owner) = self.columns.owner.and_then(|column| self.text(column, row))
            && is_account(self.symbols.text(owner))
        {
            local.account = owner;
        }
        if local.region == Symbol::ABSENT {
            local.region = self.zone(row);
        }
        local
    }
}

/// Works out the scopes of all runs of a batch, which are split where their
/// rows are of several. `outside` is what the path tells.
pub(super) fn settle(batch: &mut Batch, path: &str, outside: &Scope, problems: &mut Vec<Found>) {
    let outer = Local {
        account: symbol(batch, &outside.account),
        region: symbol(batch, &outside.region),
    };
    let known = batch.runs.iter().map(|reading| outer.of_run(reading));
    let mut settling = Settling {
        checked: outer.region.is_text(),
        locals: known.map(|known| (known, known)).collect(),
        split: BTreeMap::new(),
        disagreeing: BTreeMap::new(),
    };
    for &kind in Kind::ALL {
        settling.kind(batch, kind);
    }
    for (place, count) in settling.disagreeing {
        problems.push(disagreement(batch, path, place, outside, count));
    }
    let locals = settling.locals.iter();
    batch.scopes = locals
        .zip(&batch.runs)
        .map(|((_, local), reading)| {
            let mut scope = scope(&batch.symbols, *local);
            let azure = reading.run.kind.spec().cloud() == Cloud::Azure;
            // Ids come first; an empty list has none.
            if azure && scope.account.is_empty() && outside.cloud() == Some(Cloud::Azure) {
                scope.account.clone_from(&outside.account);
            }
            scope
        })
        .collect();
}

impl Local {
    /// What is known about a run before its rows are looked at.
    fn of_run(self, reading: &Reading) -> Self {
        let kind = reading.run.kind;
        let source = SourceRef {
            kind,
            index: reading.run.source,
        };
        let service = source.source().or(kind.spec().sources.first());
        let cloud = kind.spec().cloud();
        let located = Catalog::get()
            .scope_columns(kind)
            .is_some_and(|columns| columns.region.is_some());
        let global = match cloud {
            Cloud::Aws => service.is_some_and(|source| is_global(source.service)),
            Cloud::Azure => !located,
        };
        let region = if global {
            Symbol::UNKNOWN
        } else {
            first(self.region, reading.region)
        };
        Self {
            account: if cloud == Cloud::Azure {
                // The id tells, and nothing else does.
                Symbol::ABSENT
            } else {
                first(self.account, reading.account)
            },
            region,
        }
    }

    fn is_open(self) -> bool {
        self.account == Symbol::ABSENT || self.region == Symbol::ABSENT
    }

    /// Both together, unless they contradict each other.
    fn with(self, other: Self) -> Option<Self> {
        let fits = |one: Symbol, other: Symbol| {
            one == other || one == Symbol::ABSENT || other == Symbol::ABSENT
        };
        let both = Self {
            account: first(self.account, other.account),
            region: first(self.region, other.region),
        };
        (fits(self.account, other.account) && fits(self.region, other.region)).then_some(both)
    }
}

/// The work on one batch.
struct Settling {
    /// Whether the path names a region that the rows may contradict.
    checked: bool,
    /// Of each run: what was known before its rows, and with them.
    locals: Vec<(Local, Local)>,
    /// Runs for rows of other scopes.
    split: BTreeMap<(u32, Local), u32>,
    /// First row and number of rows, by kind and region.
    disagreeing: BTreeMap<(Kind, Symbol), (usize, u64)>,
}

impl Settling {
    fn kind(&mut self, batch: &mut Batch, kind: Kind) {
        let Some(columns) = Catalog::get().scope_columns(kind) else {
            return;
        };
        let Some(mut table) = batch.tables.get_mut(kind.index()).and_then(Option::take) else {
            return;
        };
        let mut origins = std::mem::take(&mut table.origins);
        let mut rows = Rows {
            columns,
            table: &table,
            symbols: &mut batch.symbols,
            zones: BTreeMap::new(),
            last: (Symbol::ABSENT, Symbol::ABSENT),
        };
        for (row, origin) in origins.iter_mut().enumerate() {
            self.row(&mut rows, row, origin, &mut batch.runs, kind);
        }
        table.origins = origins;
        if let Some(slot) = batch.tables.get_mut(kind.index()) {
            *slot = Some(table);
        }
    }

    fn row(
        &mut self,
        rows: &mut Rows<'_>,
        row: usize,
        origin: &mut Origin,
        runs: &mut Vec<Reading>,
        kind: Kind,
    ) {
        let Some((known, settled)) = self.locals.get_mut(origin.run as usize) else {
            return;
        };
        if self.checked && known.region.is_text() {
            let region = rows.zone(row);
            if region != Symbol::ABSENT && region != known.region {
                self.disagreeing.entry((kind, region)).or_insert((row, 0)).1 += 1;
            }
        }
        if !known.is_open() {
            return;
        }
        let own = rows.own(row);
        let local = Local {
            account: first(known.account, own.account),
            region: first(known.region, own.region),
        };
        if let Some(both) = settled.with(local) {
            *settled = both;
            return;
        }
        let run = origin.run;
        origin.run = *self.split.entry((run, local)).or_insert_with(|| {
            let Some(mut clone) = runs.get(run as usize).cloned() else {
                return run;
            };
            clone.items = 0;
            runs.push(clone);
            self.locals.push((local, local));
            u32::try_from(runs.len() - 1).unwrap_or(run)
        });
        if let Some(reading) = runs.get_mut(origin.run as usize) {
            reading.items += 1;
        }
        if let Some(reading) = runs.get_mut(run as usize) {
            reading.items = reading.items.saturating_sub(1);
        }
    }
}

fn symbol(batch: &mut Batch, text: &str) -> Symbol {
    if text.is_empty() {
        Symbol::ABSENT
    } else {
        batch.symbols.intern(text)
    }
}

fn first(one: Symbol, other: Symbol) -> Symbol {
    if one == Symbol::ABSENT { other } else { one }
}

fn scope(symbols: &Symbols, local: Local) -> Scope {
    let region = if local.region == Symbol::UNKNOWN {
        "global"
    } else {
        symbols.text(local.region)
    };
    Scope {
        account: symbols.text(local.account).to_owned(),
        region: region.to_owned(),
    }
}

fn disagreement(
    batch: &Batch,
    path: &str,
    (kind, region): (Kind, Symbol),
    outside: &Scope,
    (row, count): (usize, u64),
) -> Found {
    let origin = batch
        .tables
        .get(kind.index())
        .and_then(Option::as_ref)
        .and_then(|table| table.origins.get(row));
    let run = origin.and_then(|origin| batch.runs.get(origin.run as usize));
    let pointer = origin
        .zip(run)
        .map(|(origin, reading)| reading.run.pointer_of(origin.ordinal));
    Found {
        class: "region",
        problem: Problem {
            file: path.to_owned(),
            line: None,
            pointer,
            level: Level::Warning,
            message: format!(
                "the path says {} and this {} says {}; the path stands",
                outside.region,
                kind.spec().name,
                batch.symbols.text(region)
            ),
            help: None,
            count,
        },
    }
}
