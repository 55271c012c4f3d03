//! What was asked for and what came back, and what was wrong with the input.
//!
//! May use only [`findings`](crate::findings) and the layout. Tables name the
//! worst first and say how much they leave out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use unicode_width::UnicodeWidthStr as _;

use super::super::layout::{Layout, Role, pad, plural};
use super::super::visible;
use crate::findings::{CoverageRow, Outcome, Problem, ProblemLevel, Report};

/// Rows of each table.
const ROWS: usize = 25;
const OUTCOMES: [(Outcome, &str); 5] = [
    (Outcome::Complete, "complete"),
    (Outcome::Partial, "partial"),
    (Outcome::Denied, "denied"),
    (Outcome::Failed, "failed"),
    (Outcome::Absent, "absent"),
];

pub(super) fn write(page: &mut Layout<'_>, report: &Report<'_>) -> io::Result<()> {
    if !report.coverage.is_empty() {
        matrix(page, &report.coverage)?;
        gaps(page, &report.coverage)?;
    }
    for problem in report.problems.iter().take(ROWS) {
        describe(page, problem)?;
    }
    if report.problems.len() > ROWS {
        let rest = u64::try_from(report.problems.len() - ROWS).unwrap_or(u64::MAX);
        let rest = format!("… and {} (see -f json=…)", plural(rest, "more problem"));
        page.line(&[(Role::Plain, &rest)])?;
    }
    if !report.problems.is_empty() {
        page.line(&[])?;
    }
    Ok(())
}

fn known(text: &str) -> String {
    let text = visible::cut(visible::line(text), 80);
    if text.is_empty() {
        "?".to_owned()
    } else {
        text.into_owned()
    }
}

/// Width of a column of numbers.
const COLUMN: usize = 10;

/// Outcomes that happened; those but complete share a column if there is no
/// room for each.
fn columns(coverage: &[CoverageRow], room: usize) -> Vec<(&'static str, Vec<Outcome>)> {
    let happened = |outcome| coverage.iter().any(|row| row.outcome == outcome);
    let (whole, gaps): (Vec<_>, Vec<_>) = OUTCOMES
        .into_iter()
        .filter(|(outcome, _)| *outcome == Outcome::Complete || happened(*outcome))
        .partition(|(outcome, _)| *outcome == Outcome::Complete);
    let single = |(outcome, name)| (name, vec![outcome]);
    if whole.len() + gaps.len() <= room {
        whole.into_iter().chain(gaps).map(single).collect()
    } else {
        let gaps = gaps.into_iter().map(|(outcome, _)| outcome).collect();
        whole
            .into_iter()
            .map(single)
            .chain([("gaps", gaps)])
            .collect()
    }
}

/// Calls by outcome for each account and region.
fn matrix(page: &mut Layout<'_>, coverage: &[CoverageRow]) -> io::Result<()> {
    let mut places = BTreeMap::<(&str, &str), BTreeMap<Outcome, u64>>::new();
    for row in coverage {
        let counts = places.entry((&row.account, &row.region)).or_default();
        *counts.entry(row.outcome).or_default() += 1;
    }
    let mut rows: Vec<_> = places.into_iter().collect();
    // Those with gaps first; the sort is stable, so accounts stay in order.
    rows.sort_by_key(|(_, counts)| counts.keys().all(|outcome| *outcome == Outcome::Complete));
    let left = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let cells: Vec<_> = rows
        .iter()
        .map(|((a, r), _)| (known(a), known(r)))
        .collect();
    let accounts = cells
        .iter()
        .map(|(a, _)| a.width())
        .max()
        .unwrap_or(0)
        .max(7);
    let regions = cells
        .iter()
        .map(|(_, r)| r.width())
        .max()
        .unwrap_or(0)
        .max(6);
    let room = page.width.saturating_sub(4 + accounts + regions) / COLUMN;
    let columns = columns(coverage, room);
    let mut head = format!("{}  {}", pad("account", accounts), pad("region", regions));
    for (name, _) in &columns {
        let _ = write!(head, "{name:>COLUMN$}");
    }
    page.line(&[(Role::Strong, "coverage"), (Role::Plain, " (API calls)")])?;
    page.line(&[(Role::Frame, &format!("  {head}"))])?;
    for ((account, region), (_, counts)) in cells.iter().zip(&rows) {
        let place = format!("  {}  {}", pad(account, accounts), pad(region, regions));
        let numbers: Vec<_> = columns
            .iter()
            .map(|(name, outcomes)| {
                let count: u64 = outcomes
                    .iter()
                    .filter_map(|outcome| counts.get(outcome))
                    .sum();
                match (*name, count) {
                    (_, 0) => (Role::Frame, format!("{:>COLUMN$}", "-")),
                    ("complete", _) => (Role::Plain, format!("{count:>COLUMN$}")),
                    _ => (Role::Warning, format!("{count:>COLUMN$}")),
                }
            })
            .collect();
        let mut line = vec![(Role::Plain, place.as_str())];
        line.extend(numbers.iter().map(|(role, text)| (*role, text.as_str())));
        page.line(&line)?;
    }
    if left > 0 {
        page.line(&[(Role::Plain, &format!("  … and {left} more (see -f json=…)"))])?;
    }
    page.line(&[])
}

/// Calls that are not complete, those first that most rules wait for.
fn gaps(page: &mut Layout<'_>, coverage: &[CoverageRow]) -> io::Result<()> {
    let mut gaps = BTreeMap::<(&str, &str, Outcome, &str), (u64, u64, &str)>::new();
    for row in coverage
        .iter()
        .filter(|row| row.outcome != Outcome::Complete)
    {
        let key = (
            row.service.as_str(),
            row.operation.as_str(),
            row.outcome,
            row.action.as_str(),
        );
        let gap = gaps.entry(key).or_insert((0, 0, &row.detail));
        gap.0 += 1;
        gap.1 = gap.1.max(row.rules_waiting);
    }
    if gaps.is_empty() {
        return Ok(());
    }
    let mut gaps: Vec<_> = gaps.into_iter().collect();
    gaps.sort_by_key(|(_, (_, waiting, _))| std::cmp::Reverse(*waiting));
    page.line(&[(Role::Strong, "not complete")])?;
    for ((service, operation, outcome, action), (count, waiting, detail)) in gaps.iter().take(ROWS)
    {
        let name = OUTCOMES
            .iter()
            .find(|(o, _)| o == outcome)
            .map_or("", |(_, name)| name);
        let mut text = format!("in {}", plural(*count, "place"));
        if !detail.is_empty() {
            let _ = write!(text, " ({})", visible::cut(visible::line(detail), 80));
        }
        if *waiting > 0 {
            let _ = write!(text, "; {} waiting for it", plural(*waiting, "rule"));
        }
        if !action.is_empty() {
            let _ = write!(text, "; needs {}", known(action));
        }
        let label = format!("  {}.{} {name} ", known(service), known(operation));
        page.wrapped(&label, Role::Warning, &text, "      ")?;
    }
    if gaps.len() > ROWS {
        let rest = format!("  … and {} more (see -f json=…)", gaps.len() - ROWS);
        page.line(&[(Role::Plain, &rest)])?;
    }
    page.line(&[])
}

fn describe(page: &mut Layout<'_>, problem: &Problem) -> io::Result<()> {
    let (label, role) = match problem.level {
        ProblemLevel::Incomplete => ("input incomplete: ", Role::Error),
        ProblemLevel::Warning => ("input warning: ", Role::Warning),
        ProblemLevel::Note => ("input note: ", Role::Note),
    };
    let message = visible::cut(visible::line(&problem.message), 480);
    page.wrapped(label, role, &message, "    ")?;
    let mut at = visible::line(&problem.file).into_owned();
    if let Some(line) = problem.line {
        let _ = write!(at, ":{line}");
    }
    if let Some(pointer) = &problem.pointer {
        let _ = write!(at, "  {}", visible::cut(visible::line(pointer), 240));
    }
    if problem.count > 1 {
        let _ = write!(at, "  and {} more like it", problem.count - 1);
    }
    // Some are about no file.
    if !at.is_empty() {
        page.wrapped("  --> ", Role::Frame, &at, "      ")?;
    }
    if let Some(help) = &problem.help {
        page.wrapped(
            "   = help: ",
            Role::Frame,
            &visible::lines(help),
            "           ",
        )?;
    }
    Ok(())
}
