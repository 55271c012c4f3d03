//! Answers about paths, written for people and for programs.
//!
//! May use only [`findings`](crate::findings): what is shown, the analysis
//! carries. The same analysis gives the same bytes, in every format.

mod draw;
mod json;
#[cfg(test)]
mod tests;
mod text;
mod words;

use std::io::{self, BufWriter, Write};

use super::Style;
use crate::findings::path::Analysis;

/// A format that an answer can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// For terminals: the path hop by hop, and every blocker
    Text,
    /// For programs: everything, versioned; docs/schema/reach.schema.json
    Json,
}

/// Writes an answer. Buffers by itself, and flushes `out`.
///
/// # Errors
/// Those of `out`.
pub fn write(
    format: Format,
    version: &str,
    analysis: &Analysis,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    match format {
        Format::Text => text::write(analysis, style, &mut out)?,
        Format::Json => json::write(version, analysis, &mut out)?,
    }
    out.flush()
}
