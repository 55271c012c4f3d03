//! The comparison with Reachability Analyzer, in the formats that people and
//! programs read.
//!
//! May use only [`findings`](crate::findings): what is shown was compared
//! before. The same comparison gives the same bytes.

mod text;

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::{Style, analyzer};
use crate::findings::comparison::Comparison;

/// A format of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For terminals.
    Text,
    /// For programs.
    Json,
}

/// The JSON document; its form changes only with its number.
#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

/// Writes a comparison. Buffers by itself, and flushes `out`.
///
/// # Errors
/// Those of `out`.
pub fn write(
    format: Format,
    comparison: &Comparison,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    match format {
        Format::Text => text::write(comparison, style, &mut out)?,
        Format::Json => {
            let document = Document {
                format: "plaudit-comparison/1",
                comparison,
            };
            analyzer::pretty(&document, &mut out)?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::comparison::{Agreement, Compared, Way};
    use crate::report::visible;

    fn example() -> Comparison {
        Comparison {
            differ: 1,
            analyses: vec![Compared {
                analysis: "nia-1\u{202e}".to_owned(),
                file: "analyses.json".to_owned(),
                question: "eni-a to eni-b, tcp 443".to_owned(),
                outcome: Agreement::Differs,
                theirs: Some(true),
                ours: Some("reachable".to_owned()),
                codes_of_both: Vec::new(),
                codes_only_theirs: Vec::new(),
                codes_only_ours: Vec::new(),
                ways: vec![Way {
                    direction: "forward".to_owned(),
                    same: false,
                    theirs: vec!["eni-a".to_owned(), "eni-b".to_owned()],
                    ours: vec!["eni-a".to_owned(), "rtb-1".to_owned(), "eni-b".to_owned()],
                }],
                differences: vec!["the forward way".to_owned()],
                notes: vec!["A note\u{1b}[31m.".to_owned()],
            }],
            ..Comparison::default()
        }
    }

    fn render(format: Format) -> String {
        let style = Style {
            color: false,
            width: 80,
        };
        let mut out = Vec::new();
        write(format, &example(), &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn both_ways_are_shown_where_they_differ() {
        let text = render(Format::Text);
        assert!(text.contains("forward way, AWS: eni-a → eni-b"), "{text}");
        assert!(
            text.ends_with("1 analysis: 0 agree · 1 differ · 0 not comparable\n"),
            "{text}"
        );
    }

    #[test]
    fn nothing_hidden_gets_through() {
        for format in [Format::Text, Format::Json] {
            let text = render(format);
            let bad = text.chars().find(|c| *c != '\n' && visible::is_hidden(*c));
            assert_eq!(bad, None, "{format:?}");
        }
        let json: serde_json::Value = serde_json::from_str(&render(Format::Json)).unwrap();
        assert_eq!(json["format"], "plaudit-comparison/1");
        assert_eq!(json["analyses"][0]["outcome"], "differs");
    }
}
