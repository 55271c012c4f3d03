//! A matrix for spreadsheets: one line for each group of clients and target.
//!
//! Columns keep their names and their order; new ones come last. Texts that a
//! spreadsheet would take for a formula are defused, and hidden characters are
//! made visible. May use only [`findings`](crate::findings).

use std::io::{self, Write};

use super::ports;
use crate::findings::matrix::{Row, Target};
use crate::report::visible;

/// The columns, in order.
const COLUMNS: [&str; 18] = [
    "target",
    "target_name",
    "target_kind",
    "service",
    "target_vpc",
    "account",
    "region",
    "from",
    "from_name",
    "from_vpc",
    "clients",
    "example",
    "verdict",
    "open",
    "partly",
    "unknown",
    "blocked_by",
    "unknown_by",
];

pub(super) fn begin(out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}\r\n", COLUMNS.join(","))
}

pub(super) fn target(target: &Target, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let text = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
    for row in rows {
        let cells: [String; COLUMNS.len()] = [
            cell(&target.id),
            text(&target.name),
            cell(target.kind),
            text(&target.service),
            text(&target.vpc),
            cell(&target.account),
            cell(&target.region),
            cell(&row.from),
            text(&row.name),
            text(&row.vpc),
            row.clients.to_string(),
            cell(&row.example),
            cell(row.verdict.name()),
            cell(&ports(&row.ports.open)),
            cell(&ports(&row.ports.partly)),
            cell(&ports(&row.ports.unknown)),
            cell(&row.blocked_by.join(" ")),
            cell(&row.unknown_by.join(" ")),
        ];
        write!(out, "{}\r\n", cells.join(","))?;
    }
    Ok(())
}

/// A text as a cell (RFC 4180). Whoever may tag a resource writes its name, and
/// must not be able to write a formula.
fn cell(text: &str) -> String {
    let shown = visible::line(text);
    let formula = shown
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']);
    let guard = if formula { "'" } else { "" };
    if formula || shown.contains([',', '"', '\n', '\r']) {
        format!("\"{guard}{}\"", shown.replace('"', "\"\""))
    } else {
        shown.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_hold_neither_formulas_nor_separators() {
        for (text, shown) in [
            ("web", "web"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            (" =1", "\"' =1\""),
            ("443, 8000-8080", "\"443, 8000-8080\""),
        ] {
            assert_eq!(cell(text), shown);
        }
        assert_eq!(cell("a\nb"), "a\\nb");
        assert_eq!(cell("\u{202e}x"), "\\u{202e}x");
    }
}
