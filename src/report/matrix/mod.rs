//! A matrix, written target by target as it is worked out.
//!
//! May use only [`findings`](crate::findings): what is shown, a row carries. No
//! more than one target is held, whatever the size of the network.

mod csv;
mod json;
mod table;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use super::Style;
use crate::findings::matrix::{Question, Row, Target, Totals};
use crate::findings::path::Span;

/// A format that a matrix can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// For terminals: a table a target
    Table,
    /// For spreadsheets: a line for each group of clients and target
    Csv,
    /// For programs: one target a line; docs/schema/matrix.schema.json
    Json,
}

/// Writes a matrix. [`begin`](Self::begin) comes first, then targets, then
/// [`end`](Self::end).
#[derive(Debug)]
pub struct Writer {
    format: Format,
    style: Style,
    asked: Vec<Span>,
    first: bool,
}

impl Writer {
    /// A writer of a format.
    pub const fn new(format: Format, style: Style) -> Self {
        Self {
            format,
            style,
            asked: Vec::new(),
            first: true,
        }
    }

    /// Says what is asked.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(
        &mut self,
        version: &str,
        question: &Question,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.asked.clone_from(&question.ports);
        match self.format {
            Format::Table => table::begin(question, &self.style, out),
            Format::Csv => csv::begin(out),
            Format::Json => json::begin(version, question, out),
        }
    }

    /// Writes one target.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn target(&mut self, target: &Target, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
        let first = std::mem::replace(&mut self.first, false);
        match self.format {
            Format::Table => table::target(target, rows, &self.asked, &self.style, out),
            Format::Csv => csv::target(target, rows, out),
            Format::Json => json::target(target, rows, first, out),
        }
    }

    /// Says what remains to be said.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(&mut self, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Table => table::end(totals, &self.style, out),
            Format::Csv => Ok(()),
            Format::Json => json::end(totals, self.first, out),
        }
    }
}

/// `443, 8000-8080`.
fn ports(spans: &[Span]) -> String {
    let shown: Vec<String> = spans
        .iter()
        .map(|span| {
            if span.from == span.to {
                span.from.to_string()
            } else {
                format!("{}-{}", span.from, span.to)
            }
        })
        .collect();
    shown.join(", ")
}
