//! The comparison with Reachability Analyzer, for terminals.
//!
//! One line an analysis, and under it what differs and why that may be. May use
//! only [`findings`](crate::findings) and the layout; names go through
//! [`visible`](crate::report::visible).

use std::io::{self, Write};

use crate::findings::comparison::{Agreement, Compared, Comparison};
use crate::report::layout::{Layout, Role};
use crate::report::{Style, visible};

/// Writes the comparison; the last line counts.
pub(super) fn write(comparison: &Comparison, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(out, style);
    for row in &comparison.analyses {
        analysis(&mut page, row)?;
    }
    let role = match (comparison.differ, comparison.not_comparable) {
        (1.., _) => Role::Error,
        (0, 1..) => Role::Warning,
        (0, 0) => Role::Good,
    };
    let all = comparison.agree + comparison.differ + comparison.not_comparable;
    let counts = format!(
        "{}: {} agree · {} differ · {} not comparable",
        if all == 1 {
            "1 analysis".to_owned()
        } else {
            format!("{all} analyses")
        },
        comparison.agree,
        comparison.differ,
        comparison.not_comparable
    );
    page.line(&[(role, &counts)])
}

fn analysis(page: &mut Layout<'_>, row: &Compared) -> io::Result<()> {
    let (role, word) = match row.outcome {
        Agreement::Agrees => (Role::Good, "agrees"),
        Agreement::Differs => (Role::Error, "differs"),
        Agreement::NotComparable => (Role::Warning, "not comparable"),
    };
    let theirs = match row.theirs {
        Some(true) => "reachable",
        Some(false) => "not reachable",
        None => "no verdict",
    };
    page.line(&[
        (role, word),
        (Role::Plain, "  "),
        (Role::Strong, &visible::line(&row.analysis)),
        (Role::Plain, "  "),
        (Role::Plain, &visible::line(&row.question)),
    ])?;
    let ours = row.ours.as_deref().unwrap_or("not asked");
    let verdicts = format!("AWS: {theirs} · plaudit: {ours}");
    page.wrapped("    ", Role::Frame, &verdicts, "    ")?;
    let codes = [
        ("both", &row.codes_of_both),
        ("only AWS", &row.codes_only_theirs),
        ("only plaudit", &row.codes_only_ours),
    ];
    for (whose, codes) in codes {
        if !codes.is_empty() {
            let text = format!("{whose}: {}", codes.join(", "));
            page.wrapped("    ", Role::Frame, &visible::line(&text), "      ")?;
        }
    }
    for way in row.ways.iter().filter(|way| !way.same) {
        for (whose, ids) in [("AWS", &way.theirs), ("plaudit", &way.ours)] {
            let text = format!("{} way, {whose}: {}", way.direction, ids.join(" → "));
            page.wrapped("    ", Role::Frame, &visible::line(&text), "      ")?;
        }
    }
    for difference in &row.differences {
        let text = visible::line(difference);
        page.wrapped("    differs: ", Role::Error, &text, "      ")?;
    }
    for note in &row.notes {
        page.wrapped("    note: ", Role::Note, &visible::line(note), "      ")?;
    }
    page.line(&[])
}
