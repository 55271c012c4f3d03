//! Columns of one level, and where each row was read.
//!
//! A table only ever grows by whole rows; a reader that fails half way gives
//! the half row back with [`Table::truncate`]. A column ends at its last value:
//! what nobody gave takes no memory and reads as absent. Links between tables
//! are the graph's business.

use super::column::Column;
use super::layout::Level;
use super::provenance::Origin;
use super::symbol::Translation;

/// The objects of one level.
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
    /// Where each row was read; only resources have one, list entries are
    /// found through their resource.
    pub origins: Vec<Origin>,
}

impl Table {
    /// An empty table for a level.
    pub fn new(level: &'static Level) -> Self {
        let columns = level
            .columns
            .iter()
            .map(|column| Column::new(column.shape, column.level.as_ref()))
            .collect();
        Self {
            columns,
            rows: 0,
            origins: Vec::new(),
        }
    }

    /// How many complete rows there are.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// A column.
    pub fn column(&self, index: usize) -> Option<&Column> {
        self.columns.get(index)
    }

    /// A column, to write the next value.
    pub fn column_mut(&mut self, index: usize) -> Option<&mut Column> {
        let column = self.columns.get_mut(index)?;
        column.pad(self.rows);
        Some(column)
    }

    /// A column, to write the value of the row that is being made; `None` if it
    /// has one.
    pub fn vacant_mut(&mut self, index: usize) -> Option<&mut Column> {
        let column = self.columns.get_mut(index)?;
        let written = column.len();
        if written > self.rows {
            return None;
        }
        if written < self.rows {
            column.pad(self.rows);
        }
        Some(column)
    }

    /// Whether the row that is being made has a value in this column.
    pub fn is_written(&self, index: usize) -> bool {
        self.columns
            .get(index)
            .is_some_and(|column| column.len() > self.rows)
    }

    /// Completes the row that is being made: what was not written is absent.
    pub fn end_row(&mut self) {
        self.rows += 1;
    }

    /// Forgets all but the first rows, and a row that is being made.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
        for column in &mut self.columns {
            column.truncate(rows);
        }
        self.origins.truncate(rows);
    }

    /// Adds all rows of a table of the same level.
    pub fn append(&mut self, other: Self, translation: &Translation) {
        for (ours, theirs) in self.columns.iter_mut().zip(other.columns) {
            if !theirs.is_empty() {
                ours.pad(self.rows);
                ours.append(theirs, translation);
            }
        }
        self.rows += other.rows;
        self.origins.extend(other.origins);
    }

    /// The given rows, in their order.
    #[must_use]
    pub fn gather(&self, rows: &[u32]) -> Self {
        let origins = rows
            .iter()
            .filter_map(|&row| self.origins.get(row as usize).copied())
            .collect();
        Self {
            columns: self
                .columns
                .iter()
                .map(|column| column.pick(rows))
                .collect(),
            rows: rows.len(),
            origins,
        }
    }

    /// Columns picked from different rows: `rows` gives, for one column, the
    /// row that each new row takes its value from.
    #[must_use]
    pub fn gather_each(
        &self,
        mut rows: impl FnMut(usize) -> Vec<u32>,
        origins: Vec<Origin>,
    ) -> Self {
        let columns = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| column.pick(&rows(index)))
            .collect();
        Self {
            columns,
            rows: origins.len(),
            origins,
        }
    }

    /// Whether two rows hold the same.
    pub fn same(&self, one: usize, other: usize) -> bool {
        self.columns.iter().all(|column| column.same(one, other))
    }

    /// Gives back memory that is not needed, and completes the columns that
    /// have a value at all.
    pub fn shrink(&mut self) {
        for column in &mut self.columns {
            if !column.is_empty() {
                column.pad(self.rows);
            }
        }
        self.columns.iter_mut().for_each(Column::shrink);
        self.origins.shrink_to_fit();
    }
}
