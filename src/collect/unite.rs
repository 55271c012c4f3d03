//! One row for each resource: answers about the same one are put together.
//!
//! Different calls give complementary views; equal rows fold; rows that
//! contradict each other are reported. Kinds in which nothing occurs twice are
//! looked at and not copied.

use std::collections::BTreeMap;
use std::hash::Hasher as _;

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::FxHasher;

use crate::snapshot::column::{Column, Presence};
use crate::snapshot::layout::Level as Columns;
use crate::snapshot::packed::Packed;
use crate::snapshot::provenance::Origin;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Cloud, Identity};
use crate::snapshot::table::Table;
use crate::snapshot::{Snapshot, View};

use super::problem::{Found, Level, Problem};

/// What uniting the rows of one kind gave.
struct United {
    table: Option<Table>,
    views: BTreeMap<(Kind, u32), Vec<View>>,
    problems: Vec<Found>,
}

/// Puts rows about the same resource together.
pub(super) fn unite(snapshot: &mut Snapshot, problems: &mut Vec<Found>) {
    let united: Vec<United> = Kind::ALL
        .par_iter()
        .map(|&kind| Kindred { snapshot, kind }.unite())
        .collect();
    for (united, table) in united.into_iter().zip(&mut snapshot.tables) {
        if let Some(united) = united.table {
            *table = united;
        }
        snapshot.views.extend(united.views);
        problems.extend(united.problems);
    }
}

/// The rows of one kind.
struct Kindred<'s> {
    snapshot: &'s Snapshot,
    kind: Kind,
}

impl Kindred<'_> {
    fn unite(&self) -> United {
        let mut united = United {
            table: None,
            views: BTreeMap::new(),
            problems: Vec::new(),
        };
        let groups = self.groups();
        if groups.is_empty() {
            return united;
        }
        let table = self.snapshot.table(self.kind);
        let mut absorbed = vec![false; table.rows()];
        let mut led: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for mut rows in groups {
            rows.sort_by_key(|&row| (self.source(row), row));
            for row in rows.iter().skip(1) {
                mark(&mut absorbed, *row);
            }
            self.compare(&rows, &mut united.problems);
            if let Some((&first, rest)) = rows.split_first() {
                led.insert(first, rest.to_vec());
            }
        }
        let kept: Vec<u32> = (0..number(table.rows()))
            .filter(|row| absorbed.get(*row as usize) == Some(&false))
            .collect();
        united.views = self.views(&kept, &led);
        united.table = Some(self.gathered(&kept, &led, &united.views));
        united
    }

    /// Rows that are about the same resource, where there are several.
    fn groups(&self) -> Vec<Vec<u32>> {
        let table = self.snapshot.table(self.kind);
        let keys = self.keys();
        let mut first: HashTable<u32> = HashTable::with_capacity(table.rows());
        let mut again: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for row in 0..number(table.rows()) {
            if self.has_no_id(table, row) {
                continue;
            }
            let hash = self.hash(&keys, row);
            let same = |&other: &u32| self.same(&keys, row, other);
            if let Some(&known) = first.find(hash, same) {
                again.entry(known).or_insert_with(|| vec![known]).push(row);
            } else {
                first.insert_unique(hash, row, |&other| self.hash(&keys, other));
            }
        }
        again.into_values().collect()
    }

    /// Columns that make up the identity.
    fn keys(&self) -> Vec<&Column> {
        let (spec, level) = (self.kind.spec(), Columns::of(self.kind));
        let within = if let Identity::Within(fields) = spec.identity {
            fields
        } else {
            &[]
        };
        let paths = std::iter::once(&spec.id).chain(within);
        let table = self.snapshot.table(self.kind);
        paths
            .filter_map(|path| table.column(level.column(path)?))
            .collect()
    }

    fn has_no_id(&self, table: &Table, row: u32) -> bool {
        let level = Columns::of(self.kind);
        let absent = table
            .column(level.id_column())
            .is_none_or(|column| column.presence(row as usize) != Presence::Present);
        absent && !matches!(self.kind.spec().identity, Identity::Within(_))
    }

    fn hash(&self, keys: &[&Column], row: u32) -> u64 {
        let mut hasher = FxHasher::default();
        for column in keys {
            match column {
                Column::Packed(values) => {
                    let id = values.get(row as usize);
                    if let Some(text) = id.and_then(|id| self.azure_id(*id)) {
                        hasher.write(text.to_ascii_lowercase().as_bytes());
                        continue;
                    }
                    let id = id.map(|id| self.without_path(*id));
                    hasher.write_u64(id.map_or(0, Packed::number));
                }
                Column::Text(values) => {
                    hasher.write_u32(values.get(row as usize).map_or(0, |value| value.number()));
                }
                Column::Int(values) => {
                    hasher.write_i64(values.get(row as usize).copied().unwrap_or(0));
                }
                Column::Bool(values) => {
                    hasher.write_u8(values.get(row as usize).map_or(0, |value| *value as u8));
                }
                _ => {}
            }
        }
        if self.kind.spec().identity == Identity::PerRegion {
            hasher.write_u16(self.snapshot.scope(self.kind, row));
        }
        hasher.finish()
    }

    fn same(&self, keys: &[&Column], one: u32, other: u32) -> bool {
        let same = |column: &&Column| match column {
            Column::Packed(values) => {
                let id = |row: u32| values.get(row as usize).copied();
                let text = |row: u32| id(row).and_then(|id| self.azure_id(id));
                match (text(one), text(other)) {
                    (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
                    (None, None) => {
                        let id = |row: u32| id(row).map(|id| self.without_path(id));
                        id(one) == id(other)
                    }
                    _ => false,
                }
            }
            _ => column.same(one as usize, other as usize),
        };
        keys.iter().all(same)
            && (self.kind.spec().identity != Identity::PerRegion
                || self.snapshot.scope(self.kind, one) == self.snapshot.scope(self.kind, other))
    }

    /// The text of an id of Azure, which is compared without case.
    fn azure_id(&self, id: Packed) -> Option<&str> {
        let azure = self.kind.spec().cloud() == Cloud::Azure;
        let symbol = id.symbol().filter(|_| azure)?;
        Some(self.snapshot.symbols.text(symbol))
    }

    /// The id as other calls write it that leave the path out: `Z1` for
    /// `/hostedzone/Z1`, if anything has it.
    fn without_path(&self, id: Packed) -> Packed {
        let symbols = &self.snapshot.symbols;
        let bare = id.symbol().and_then(|symbol| {
            let text = symbols.text(symbol);
            let path = text.strip_prefix('/')?;
            symbols.find(path.rsplit('/').next()?)
        });
        bare.map_or(id, Packed::from)
    }

    fn origin(&self, row: u32) -> Option<Origin> {
        self.snapshot
            .table(self.kind)
            .origins
            .get(row as usize)
            .copied()
    }

    fn source(&self, row: u32) -> u8 {
        let run = self
            .origin(row)
            .and_then(|origin| self.snapshot.runs.get(origin.run as usize));
        run.map_or(u8::MAX, |run| run.source)
    }

    /// Reports rows of one call in one scope that occur again.
    fn compare(&self, rows: &[u32], problems: &mut Vec<Found>) {
        let table = self.snapshot.table(self.kind);
        let view = |row: u32| (self.source(row), self.snapshot.scope(self.kind, row));
        for (at, &row) in rows.iter().enumerate().skip(1) {
            let Some(&first) = rows
                .iter()
                .take(at)
                .find(|&&first| view(first) == view(row))
            else {
                continue;
            };
            let same = table.same(first as usize, row as usize);
            // Parts of one answer (`DescribeVpcAttribute`) complement each other.
            if same || self.contradict(first, row) {
                problems.push(self.repeated(first, row, same));
            }
        }
    }

    /// Whether both rows have a value where they differ.
    fn contradict(&self, one: u32, other: u32) -> bool {
        let table = self.snapshot.table(self.kind);
        let columns =
            (0..Columns::of(self.kind).columns.len()).filter_map(|column| table.column(column));
        columns.into_iter().any(|column| {
            let present = |row: u32| column.presence(row as usize) == Presence::Present;
            present(one) && present(other) && !column.same(one as usize, other as usize)
        })
    }

    fn repeated(&self, first: u32, row: u32, same: bool) -> Found {
        let place = |row| {
            let origin = self.origin(row);
            let run = origin.and_then(|origin| self.snapshot.runs.get(origin.run as usize));
            let file = run
                .and_then(|run| self.snapshot.files.get(run.file as usize))
                .map_or("", |file| file.path.as_str());
            (
                file,
                run.zip(origin)
                    .map(|(run, origin)| run.pointer_of(origin.ordinal)),
            )
        };
        let (file, pointer) = place(row);
        let (first_file, first_pointer) = place(first);
        let name = self.kind.spec().name;
        let id = self.id(first);
        let first_place = first_pointer.unwrap_or_default();
        let (class, level, message) = if same {
            (
                "repeated",
                Level::Note,
                format!("some {name} are there twice, with the same content"),
            )
        } else {
            let message = format!(
                "{name} {id} is there twice with different content: here and at {first_place} in {first_file}, which stands"
            );
            ("contradiction", Level::Incomplete, message)
        };
        let pointer = if same { None } else { pointer };
        let problem = Problem {
            file: file.to_owned(),
            line: None,
            pointer,
            level,
            message,
            help: None,
            count: 1,
        };
        Found { class, problem }
    }

    fn id(&self, row: u32) -> String {
        let spec = self.kind.spec();
        match self
            .snapshot
            .table(self.kind)
            .column(Columns::of(self.kind).id_column())
        {
            Some(Column::Packed(values)) => {
                let prefix = spec.id_prefix;
                values
                    .get(row as usize)
                    .map_or_else(String::new, |id| id.id_text(prefix, &self.snapshot.symbols))
            }
            _ => String::new(),
        }
    }

    /// What the other rows of each group give that the first one lacks.
    fn views(
        &self,
        kept: &[u32],
        led: &BTreeMap<u32, Vec<u32>>,
    ) -> BTreeMap<(Kind, u32), Vec<View>> {
        let table = self.snapshot.table(self.kind);
        let columns = Columns::of(self.kind).columns.len();
        let mut views = BTreeMap::new();
        for (first, rest) in led {
            let mut open: Vec<usize> = (0..columns)
                .filter(|&column| is_absent(table, column, *first))
                .collect();
            let mut given = Vec::new();
            for &row in rest {
                let (absent, columns): (Vec<usize>, Vec<usize>) = open
                    .iter()
                    .partition(|&&column| is_absent(table, column, row));
                open = absent;
                if let (false, Some(origin)) = (columns.is_empty(), self.origin(row)) {
                    given.push((View { origin, columns }, row));
                }
            }
            if let (false, Ok(at)) = (given.is_empty(), kept.binary_search(first)) {
                views.insert(
                    (self.kind, number(at)),
                    given.into_iter().map(|(view, _)| view).collect(),
                );
            }
        }
        views
    }

    /// The table with one row for each resource.
    fn gathered(
        &self,
        kept: &[u32],
        led: &BTreeMap<u32, Vec<u32>>,
        views: &BTreeMap<(Kind, u32), Vec<View>>,
    ) -> Table {
        let table = self.snapshot.table(self.kind);
        let origins = kept.iter().filter_map(|&row| self.origin(row)).collect();
        let by_column = |column: usize| {
            let mut rows = kept.to_vec();
            for ((_, at), views) in views {
                let view = views.iter().find(|view| view.columns.contains(&column));
                let first = kept.get(*at as usize);
                let from = view.zip(first).and_then(|(view, first)| {
                    led.get(first)?
                        .iter()
                        .find(|&&row| self.origin(row) == Some(view.origin))
                });
                if let (Some(from), Some(row)) = (from, rows.get_mut(*at as usize)) {
                    *row = *from;
                }
            }
            rows
        };
        table.gather_each(by_column, origins)
    }
}

fn is_absent(table: &Table, column: usize, row: u32) -> bool {
    table
        .column(column)
        .is_none_or(|column| column.presence(row as usize) == Presence::Absent)
}

fn mark(marks: &mut [bool], row: u32) {
    if let Some(mark) = marks.get_mut(row as usize) {
        *mark = true;
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
