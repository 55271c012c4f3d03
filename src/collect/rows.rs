//! What happens at the ends of rows and runs: origins, ids that are missing,
//! parents that the answer does not repeat.
//!
//! The part of reading that touches finished rows. Decides nothing about what
//! an answer is.

use crate::snapshot::column::{Column, Presence};
use crate::snapshot::layout::{ColumnShape, Level as Columns};
use crate::snapshot::packed::Packed;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Absent;
use crate::snapshot::symbol::Symbol;
use crate::snapshot::table::Table;

use super::batch::NOWHERE;
use super::catalog::SourceRef;
use super::plan::{Form, Step};
use super::problem::Level;
use super::reader::{Embedded, Reader};
use super::records::Rows;

impl Reader<'_> {
    /// Completes a row.
    pub(super) fn end_row(&mut self, table: &mut Table, rows: Rows, first: usize) {
        if rows.run == u32::MAX {
            table.end_row();
            return;
        }
        let row = table.rows();
        let id = rows.level.id_column();
        table.end_row();
        self.objects += 1;
        let origin = self.batch.origin(rows.run, rows.ordinal, first, row);
        table.origins.push(origin);
        self.own_embedded(table, rows, row);
        let missing = table
            .column(id)
            .is_some_and(|column| column.presence(row) == Presence::Absent);
        if missing && !self.id_follows && id_is_required(rows.level, id) {
            if first != NOWHERE {
                // Before its first key is the object itself.
                self.at = first.saturating_sub(2);
            }
            let spec = rows.kind.spec();
            self.report(Level::Warning, "no id", |_| {
                format!("this {} has no `{}`", spec.name, spec.id)
            });
        }
    }

    /// The run of objects of `kind` inside the objects of another run.
    pub(super) fn embedded_run(&mut self, outer: u32, kind: Kind) -> u32 {
        let known = self.embedded.iter();
        let mut known = known.filter(|known| known.outer == outer && known.kind == kind);
        if let Some(known) = known.next() {
            return known.run;
        }
        let key = self
            .text
            .get(self.at..)
            .and_then(|text| text.split('"').next())
            .unwrap_or_default();
        let around = self
            .batch
            .run(outer)
            .map(|reading| (reading.run.pointer.clone(), reading.run.array));
        let (pointer, array) = around.unwrap_or_default();
        let pointer = format!("{pointer}{}/{key}/*", if array { "/*" } else { "" });
        let source = SourceRef {
            kind,
            index: SourceRef::EMBEDDED,
        };
        let run = self.batch.open(source, pointer, false);
        if let Some(reading) = self.batch.run(run) {
            reading.listing = false;
        }
        let done = self.batch.rows(kind);
        self.embedded.push(Embedded {
            outer,
            kind,
            run,
            done,
        });
        run
    }

    /// Objects inside the one that ends here belong to it, and do not repeat
    /// its id: interfaces in `DescribeInstances` do not name the instance.
    fn own_embedded(&mut self, table: &Table, rows: Rows, row: usize) {
        // Runs are opened in their order, so that this one's are the last.
        let mut position = self.embedded.len();
        while let Some(before) = position.checked_sub(1)
            && let Some(inner) = self.embedded.get_mut(before)
            && inner.outer >= rows.run
        {
            position = before;
            let Embedded { kind, done, .. } = *inner;
            let (ours, end) = (inner.outer == rows.run, self.batch.rows(kind));
            if !ours || done == end {
                continue;
            }
            inner.done = end;
            let columns = &Columns::of(kind).columns;
            let column = columns.iter().position(
                |column| matches!(column.shape, ColumnShape::Id(named) if named == rows.kind),
            );
            if let (Some(column), Some(id)) = (column, self.id_of(table, rows, row)) {
                let form = Form::Id(rows.kind.spec().id_prefix);
                self.fill_rows(kind, done..end, column, form, Some(&id));
            }
        }
    }

    fn id_of(&self, table: &Table, rows: Rows, row: usize) -> Option<String> {
        let symbols = &self.batch.symbols;
        match table.column(rows.level.id_column())? {
            Column::Text(values) => {
                let value = values.get(row).filter(|value| value.is_text())?;
                Some(symbols.text(*value).to_owned())
            }
            Column::Packed(values) => {
                let value = values.get(row).filter(|value| value.is_text())?;
                Some(value.id_text(rows.kind.spec().id_prefix, symbols))
            }
            _ => None,
        }
    }

    /// The one value of an object that another source writes as a scalar.
    pub(super) fn lone(&self, plan: usize) -> Option<(usize, Form)> {
        self.catalog.plan_of(plan).lone()
    }

    /// Marks all fields of an object as unknown.
    pub(super) fn unknown_fields(&self, table: &mut Table, plan: usize) {
        for step in self.catalog.plan_of(plan).steps() {
            match step {
                Step::Value(index, _) | Step::List(index, _) if !table.is_written(index) => {
                    if let Some(column) = table.column_mut(index) {
                        column.push_missing(Presence::Unknown);
                    }
                }
                Step::Object(inner) => self.unknown_fields(table, inner),
                _ => {}
            }
        }
    }

    /// Sets a text field in those rows of a run that lack it; whether any did.
    pub(super) fn fill(
        &mut self,
        run: u32,
        column: usize,
        form: Form,
        value: Option<&str>,
    ) -> bool {
        let Some(reading) = self.batch.run(run) else {
            return false;
        };
        let (kind, rows) = (reading.run.kind, reading.rows.clone());
        self.fill_rows(kind, rows, column, form, value)
    }

    /// Sets a text field in those rows that lack it; whether any did.
    pub(super) fn fill_rows(
        &mut self,
        kind: Kind,
        rows: std::ops::Range<usize>,
        column: usize,
        form: Form,
        value: Option<&str>,
    ) -> bool {
        let mut table = self.batch.take_table(kind);
        let symbols = &mut self.batch.symbols;
        let mut lacking = false;
        if let Some(column) = table.column_mut(column) {
            for row in rows {
                if column.presence(row) != Presence::Absent {
                    continue;
                }
                lacking = true;
                let Some(value) = value else { break };
                match (&mut *column, form) {
                    (Column::Text(values), _) => put(values, row, symbols.intern(value)),
                    (Column::Packed(values), Form::Id(prefix)) => {
                        put(values, row, Packed::id(value, prefix, symbols));
                    }
                    (Column::Packed(values), _) => {
                        put(values, row, Packed::network(value, symbols));
                    }
                    _ => {}
                }
            }
        }
        self.batch.put_table(kind, table);
        lacking
    }

    /// Says of which account or region the objects of a run are.
    pub(super) fn place(&mut self, run: u32, account: Option<&str>, region: Option<&str>) {
        let account = account.map(|text| self.batch.symbols.intern(text));
        let region = region.map(|text| self.batch.symbols.intern(text));
        if let Some(reading) = self.batch.run(run) {
            reading.account = account.unwrap_or(Symbol::ABSENT);
            reading.region = region.unwrap_or(Symbol::ABSENT);
        }
    }
}

fn put<T>(values: &mut [T], row: usize, value: T) {
    if let Some(slot) = values.get_mut(row) {
        *slot = value;
    }
}

fn id_is_required(level: &Columns, id: usize) -> bool {
    level
        .columns
        .get(id)
        .is_some_and(|column| column.field.absent == Absent::Unknown)
}
