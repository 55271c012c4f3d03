//! Values that are kept and look wrong: unknown values of enumerations,
//! addresses and blocks that do not parse.
//!
//! Looks at finished columns, each distinct text once. Changes nothing.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::str::FromStr as _;

use hashbrown::HashTable;
use ipnet::IpNet;
use rayon::prelude::*;

use crate::snapshot::Snapshot;
use crate::snapshot::column::Column;
use crate::snapshot::layout::{ColumnShape, ColumnSpec, Level as Columns};
use crate::snapshot::packed::Packed;
use crate::snapshot::record::Kind;
use crate::snapshot::symbol::Symbol;
use crate::snapshot::table::Table;

use super::problem::{Found, Level, Problem};

/// Looks at all values of all kinds.
pub(super) fn check(snapshot: &Snapshot, problems: &mut Vec<Found>) {
    let found: Vec<Vec<Found>> = Kind::ALL
        .par_iter()
        .map(|&kind| {
            let mut checked = Checked {
                snapshot,
                kind,
                odd: BTreeMap::new(),
            };
            checked.level(Columns::of(kind), snapshot.table(kind), &[]);
            checked.problems()
        })
        .collect();
    problems.extend(found.into_iter().flatten());
}

/// A level on the way from the resources to a list's entries: its table and the
/// column that leads on.
type Way<'s> = (&'s Table, usize, &'static ColumnSpec);

struct Checked<'s> {
    snapshot: &'s Snapshot,
    kind: Kind,
    /// First place and count, by path and value.
    odd: BTreeMap<(String, Symbol), Odd>,
}

struct Odd {
    wanted: String,
    row: u32,
    pointer: String,
    count: u64,
}

impl<'s> Checked<'s> {
    fn level(&mut self, level: &'static Columns, table: &'s Table, way: &[Way<'s>]) {
        for (index, spec) in level.columns.iter().enumerate() {
            let Some(column) = table.column(index) else {
                continue;
            };
            match (column, spec.shape) {
                (Column::Text(values), _) if !spec.field.values.is_empty() => {
                    self.values(values, |entry| entry, level, spec, way);
                }
                (Column::Texts(lists), _) if !spec.field.values.is_empty() => {
                    for row in 0..column.len() {
                        self.values(lists.get(row), |_| row, level, spec, way);
                    }
                }
                (Column::Packed(values), ColumnShape::Network) => {
                    self.networks(values, level, spec, way);
                }
                (Column::List(_, entries), _) => {
                    if let Some(below) = &spec.level {
                        let mut further = way.to_vec();
                        further.push((table, index, spec));
                        self.level(below, entries, &further);
                    }
                }
                _ => {}
            }
        }
    }

    fn values(
        &mut self,
        values: &[Symbol],
        row: impl Fn(usize) -> usize,
        level: &'static Columns,
        spec: &'static ColumnSpec,
        way: &[Way<'s>],
    ) {
        let mut known: HashTable<(Symbol, bool)> = HashTable::new();
        let mut last = (Symbol::ABSENT, true);
        for (entry, &value) in values.iter().enumerate() {
            if !value.is_text() {
                continue;
            }
            if last.0 != value {
                let hash = u64::from(value.number()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let fine = known
                    .find(hash, |(other, _)| *other == value)
                    .map(|(_, fine)| *fine);
                let fine = fine.unwrap_or_else(|| {
                    let text = self.snapshot.symbols.text(value);
                    let fine = spec
                        .field
                        .values
                        .iter()
                        .any(|known| known.eq_ignore_ascii_case(text));
                    known.insert_unique(hash, (value, fine), |(other, _)| {
                        u64::from(other.number()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    });
                    fine
                });
                last = (value, fine);
            }
            if !last.1 {
                let wanted = spec.field.values.join(", ");
                self.add(value, row(entry), level, spec, way, || {
                    format!("is none of the known values ({wanted}); it is kept")
                });
            }
        }
    }

    fn networks(
        &mut self,
        values: &[Packed],
        level: &'static Columns,
        spec: &'static ColumnSpec,
        way: &[Way<'s>],
    ) {
        for (row, value) in values.iter().enumerate() {
            let Some(symbol) = value.symbol() else {
                continue;
            };
            let text = self.snapshot.symbols.text(symbol);
            if IpAddr::from_str(text).is_err() && IpNet::from_str(text).is_err() {
                self.add(symbol, row, level, spec, way, || {
                    "is not an address or block; it is kept as a text".to_owned()
                });
            }
        }
    }

    fn add(
        &mut self,
        value: Symbol,
        entry: usize,
        level: &'static Columns,
        spec: &'static ColumnSpec,
        way: &[Way<'s>],
        wanted: impl FnOnce() -> String,
    ) {
        let path = if level.path.is_empty() {
            spec.path.clone()
        } else {
            format!("{}.{}", level.path, spec.path)
        };
        self.odd
            .entry((path, value))
            .and_modify(|odd| odd.count += 1)
            .or_insert_with(|| {
                let (row, pointer) = place(entry, spec, way);
                Odd {
                    wanted: wanted(),
                    row,
                    pointer,
                    count: 1,
                }
            });
    }

    fn problems(self) -> Vec<Found> {
        let snapshot = self.snapshot;
        let odd = self.odd.into_iter();
        odd.map(|((path, value), odd)| {
            let origin = snapshot.table(self.kind).origins.get(odd.row as usize);
            let run = origin.and_then(|origin| snapshot.runs.get(origin.run as usize));
            let file = run
                .and_then(|run| snapshot.files.get(run.file as usize))
                .map_or("", |file| file.path.as_str());
            let pointer = origin
                .zip(run)
                .map(|(origin, run)| format!("{}/{}", run.pointer_of(origin.ordinal), odd.pointer));
            let message = format!(
                "`{path}` of {} `{}` {}",
                self.kind.spec().name,
                snapshot.symbols.text(value),
                odd.wanted
            );
            let problem = Problem {
                file: file.to_owned(),
                line: None,
                pointer,
                level: Level::Warning,
                message,
                help: None,
                count: odd.count,
            };
            Found {
                class: "value",
                problem,
            }
        })
        .collect()
    }
}

/// The resource that an entry belongs to, and the pointer from it.
fn place(entry: usize, spec: &ColumnSpec, way: &[Way<'_>]) -> (u32, String) {
    let mut pointer = spec.path.replace('.', "/");
    let mut entry = entry;
    for (table, column, spec) in way.iter().rev() {
        let Some(Column::List(lists, _)) = table.column(*column) else {
            break;
        };
        let (mut low, mut high) = (0, table.rows());
        while low < high {
            let middle = usize::midpoint(low, high);
            if lists.range(middle).end <= entry {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        pointer = format!(
            "{}/{}/{pointer}",
            spec.path.replace('.', "/"),
            entry - lists.range(low).start.min(entry)
        );
        entry = low;
    }
    (u32::try_from(entry).unwrap_or(u32::MAX), pointer)
}
