//! A matrix as JSON: one target a line, so that a reader need not hold it all.
//!
//! May use only [`findings`](crate::findings) and the JSON of reports;
//! `docs/schema/matrix.schema.json` says what every field means.

use std::io::{self, Write};

use serde::Serialize;

use crate::findings::matrix::{Question, Row, Target, Totals};
use crate::report::json::{Tool, field, value};

/// Name and version of the format. The number changes when a reader of the old
/// one would misread the new one; fields may be added without.
const FORMAT: &str = "plaudit-matrix/1";

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(flatten)]
    target: &'a Target,
    rows: &'a [Row],
}

pub(super) fn begin(version: &str, question: &Question, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\n\"format\": \"{FORMAT}\"")?;
    let tool = Tool {
        name: "plaudit",
        version,
    };
    field(out, "tool", &tool)?;
    field(out, "question", question)?;
    write!(out, ",\n\"targets\": [")
}

pub(super) fn target(
    target: &Target,
    rows: &[Row],
    first: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(if first { b"\n" } else { b",\n" })?;
    value(out, &Entry { target, rows })
}

pub(super) fn end(totals: &Totals, empty: bool, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(if empty { b"]" } else { b"\n]" })?;
    field(out, "pairs", &totals.pairs)?;
    field(out, "codes", &totals.codes)?;
    field(out, "assumptions", &totals.assumptions)?;
    field(out, "reasons", &totals.reasons)?;
    out.write_all(b"\n}\n")
}
