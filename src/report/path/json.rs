//! Answers about paths as JSON: versioned and complete, one path a line.
//!
//! May use only [`findings`](crate::findings) and the JSON of reports;
//! `docs/schema/reach.schema.json` says what every field means.

use std::io::{self, Write};

use super::super::json::{Tool, array, field};
use crate::findings::path::Analysis;

/// Name and version of the format. The number changes when a reader of the old
/// one would misread the new one; fields may be added without.
const FORMAT: &str = "plaudit-reach/1";

pub(super) fn write(version: &str, analysis: &Analysis, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\n\"format\": \"{FORMAT}\"")?;
    field(
        out,
        "tool",
        &Tool {
            name: "plaudit",
            version,
        },
    )?;
    field(out, "question", &analysis.question)?;
    field(out, "verdict", &analysis.verdict)?;
    field(out, "ports", &analysis.ports)?;
    field(out, "counts", &analysis.counts)?;
    field(out, "notes", &analysis.notes)?;
    array(out, "reasons", analysis.reasons.iter())?;
    array(out, "assumptions", analysis.assumptions.iter())?;
    array(out, "changes", analysis.changes.iter())?;
    array(out, "name", analysis.name.iter())?;
    array(out, "paths", analysis.paths.iter())?;
    field(out, "paths_left_out", &analysis.paths_left_out)?;
    out.write_all(b"\n}\n")
}
