//! Finished findings, written in the formats that people and programs read.
//!
//! May use only [`findings`](crate::findings): what a report shows, a finding
//! carries. Nothing here judges, reads files, or asks the clock or the
//! environment, so the same report gives the same bytes.

pub mod analyzer;
pub mod comparison;
mod html;
mod json;
mod layout;
pub mod matrix;
mod name;
pub mod path;
pub mod preflight;
mod text;
pub(crate) mod visible;

#[cfg(test)]
mod demo;

use std::io::{self, BufWriter, Write};

use crate::findings::Report;
pub use name::{NameFormat, write_name};
pub(crate) use text::plural;

/// A format that a report can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// For terminals: grouped by rule, worst first
    Text,
    /// For programs: everything, versioned; docs/schema/report.schema.json
    Json,
    /// For people: one self-contained file that makes no request
    Html,
}

/// How [`Format::Text`] looks; the other formats look the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour by ANSI escape codes.
    pub color: bool,
    /// Columns of the terminal. Less than 40 is taken as 40.
    pub width: usize,
}

/// Writes the whole report. Buffers by itself, and flushes `out`.
///
/// # Errors
/// Those of `out` and of [`Findings::each`](crate::findings::Findings::each).
pub fn write(
    format: Format,
    report: &Report<'_>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    match format {
        Format::Text => text::write(report, style, &mut out)?,
        Format::Json => json::write(report, &mut out)?,
        Format::Html => html::write(report, &mut out)?,
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::demo::Demo;
    use super::{Format, Style, write};

    fn render(format: Format, demo: &Demo) -> Vec<u8> {
        let mut out = Vec::new();
        write(
            format,
            &demo.report(),
            &Style {
                color: true,
                width: 80,
            },
            &mut out,
        )
        .unwrap();
        out
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        for format in Format::value_variants() {
            assert_eq!(
                render(*format, &Demo::small()),
                render(*format, &Demo::small())
            );
        }
    }

    #[test]
    fn an_empty_report_can_be_written() {
        for format in Format::value_variants() {
            assert!(!render(*format, &Demo::empty()).is_empty());
        }
    }

    #[test]
    fn no_format_emits_a_control_or_direction_character_of_the_input() {
        for format in Format::value_variants() {
            let mut out = Vec::new();
            let style = Style {
                color: false,
                width: 80,
            };
            write(*format, &Demo::small().report(), &style, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let bad = text
                .chars()
                .find(|c| super::visible::is_hidden(*c) && *c != '\n');
            assert_eq!(bad, None, "{format:?}");
        }
    }

    #[test]
    fn an_error_of_the_writer_is_reported() {
        struct Full;
        impl std::io::Write for Full {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        for format in Format::value_variants() {
            let style = Style {
                color: false,
                width: 80,
            };
            let error = write(*format, &Demo::small().report(), &style, &mut Full).unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
        }
    }

    /// Writes what `tests/browser` opens:
    /// `cargo test --lib -- --ignored demo_reports`.
    #[test]
    #[ignore = "writes files for tests/browser"]
    fn demo_reports_for_the_browser_tests() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, demo) in [
            ("small", Demo::small()),
            ("big", Demo::big(50_000)),
            ("clean", Demo::clean()),
            ("empty", Demo::empty()),
        ] {
            std::fs::write(
                folder.join(format!("{name}.html")),
                render(Format::Html, &demo),
            )
            .unwrap();
            std::fs::write(
                folder.join(format!("{name}.json")),
                render(Format::Json, &demo),
            )
            .unwrap();
            for width in [80, 120] {
                let mut out = Vec::new();
                let style = Style {
                    color: false,
                    width,
                };
                write(Format::Text, &demo.report(), &style, &mut out).unwrap();
                std::fs::write(folder.join(format!("{name}-{width}.txt")), out).unwrap();
            }
        }
    }
}
