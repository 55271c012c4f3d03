//! Tables of the page: counted, sorted, and cut to a number of rows.
//!
//! May use only [`findings`](crate::findings). Each table says how many rows it
//! left out; all of them are in the JSON report.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::findings::{Counts, CoverageRow, Outcome, Population, Report, Severity, Summary};

/// The first rows of a table.
#[derive(Serialize)]
pub(super) struct Table<T> {
    rows: Vec<T>,
    /// Rows that were left out.
    left: usize,
}

impl<T> Table<T> {
    pub(super) fn of(rows: impl Iterator<Item = T>, most: usize) -> Self {
        let mut rows: Vec<_> = rows.collect();
        let left = rows.len().saturating_sub(most);
        rows.truncate(most);
        Self { rows, left }
    }
}

/// A number with commas, as the page shows all numbers: `1,204`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A part of a bar.
#[derive(Serialize)]
pub(super) struct Share {
    name: &'static str,
    count: u64,
    /// Where it starts and how long it is, of 1,000.
    start: u64,
    length: u64,
}

/// Parts end to end. What is there is seen, however small.
fn bar(parts: impl IntoIterator<Item = (&'static str, u64)>) -> Vec<Share> {
    let parts: Vec<_> = parts.into_iter().collect();
    let total: u64 = parts.iter().map(|(_, count)| count).sum();
    let small = |count: u64| count > 0 && count.saturating_mul(100) < total;
    let reserved = parts.iter().filter(|(_, count)| small(*count)).count() as u64 * 10;
    let mut start = 0;
    parts
        .into_iter()
        .map(|(name, count)| {
            let length = if small(count) {
                10
            } else {
                count
                    .saturating_mul(1_000 - reserved)
                    .checked_div(total)
                    .unwrap_or(0)
            };
            let share = Share {
                name,
                count,
                start,
                length,
            };
            start += length;
            share
        })
        .collect()
}

pub(super) fn severities(summary: &Summary) -> Vec<Share> {
    let most = summary
        .by_severity
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0);
    let name = |severity| match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Info => "info",
    };
    let share = |(severity, count): &(Severity, u64)| Share {
        name: name(*severity),
        count: *count,
        start: 0,
        length: (*count * 1_000)
            .checked_div(most)
            .map_or(0, |n| n.max(10 * u64::from(*count > 0))),
    };
    summary.by_severity.iter().map(share).collect()
}

const OUTCOMES: [(Outcome, &str); 5] = [
    (Outcome::Complete, "complete"),
    (Outcome::Partial, "partial"),
    (Outcome::Denied, "denied"),
    (Outcome::Failed, "failed"),
    (Outcome::Absent, "absent"),
];

pub(super) fn outcomes(coverage: &[CoverageRow]) -> Vec<Share> {
    bar(OUTCOMES.map(|(outcome, name)| {
        (
            name,
            coverage.iter().filter(|row| row.outcome == outcome).count() as u64,
        )
    }))
}

/// Calls by service, for each account and region.
#[derive(Serialize)]
pub(super) struct Matrix<'a> {
    services: Vec<&'a str>,
    rows: Vec<MatrixRow<'a>>,
    left: usize,
}

#[derive(Serialize)]
struct MatrixRow<'a> {
    account: &'a str,
    region: &'a str,
    /// One for each service; none where no call was wanted.
    cells: Vec<Option<Cell>>,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Cell {
    complete: u64,
    calls: u64,
    items: u64,
    partial: u64,
    denied: u64,
    failed: u64,
    absent: u64,
}

impl Cell {
    const fn add(&mut self, row: &CoverageRow) {
        self.calls += 1;
        self.items += row.items;
        match row.outcome {
            Outcome::Complete => self.complete += 1,
            Outcome::Partial => self.partial += 1,
            Outcome::Denied => self.denied += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Absent => self.absent += 1,
        }
    }
}

impl<'a> Matrix<'a> {
    pub(super) fn of(coverage: &'a [CoverageRow], most: usize) -> Self {
        let services: BTreeSet<_> = coverage.iter().map(|row| row.service.as_str()).collect();
        let mut places = BTreeMap::<_, BTreeMap<&str, Cell>>::new();
        for row in coverage {
            let cells = places
                .entry((row.account.as_str(), row.region.as_str()))
                .or_default();
            cells.entry(row.service.as_str()).or_default().add(row);
        }
        let rows = places
            .into_iter()
            .map(|((account, region), cells)| MatrixRow {
                account,
                region,
                cells: services
                    .iter()
                    .map(|service| cells.get(service).copied())
                    .collect(),
            });
        let mut rows: Vec<_> = rows.collect();
        // Those with gaps are kept if not all can be; the sort is stable.
        if rows.len() > most {
            rows.sort_by_key(|row| row.cells.iter().flatten().all(|c| c.complete == c.calls));
        }
        let Table { rows, left } = Table::of(rows.into_iter(), most);
        Self {
            services: services.into_iter().collect(),
            rows,
            left,
        }
    }
}

/// Calls that did not come back whole, alike in all but their place.
#[derive(Serialize)]
pub(super) struct Gap<'a> {
    service: &'a str,
    operation: &'a str,
    outcome: Outcome,
    action: &'a str,
    detail: &'a str,
    /// Account and region, the first few.
    places: Vec<(&'a str, &'a str)>,
    more_places: usize,
    rules_waiting: u64,
}

/// Places that a gap names.
const PLACES: usize = 6;

pub(super) fn gaps(coverage: &[CoverageRow], most: usize) -> Table<Gap<'_>> {
    let mut gaps = BTreeMap::new();
    for row in coverage
        .iter()
        .filter(|row| row.outcome != Outcome::Complete)
    {
        let key = (&row.service, &row.operation, row.outcome, &row.detail);
        let gap = gaps.entry(key).or_insert_with(|| Gap {
            service: &row.service,
            operation: &row.operation,
            outcome: row.outcome,
            action: &row.action,
            detail: &row.detail,
            places: Vec::new(),
            more_places: 0,
            rules_waiting: 0,
        });
        gap.rules_waiting = gap.rules_waiting.max(row.rules_waiting);
        if gap.places.len() < PLACES {
            gap.places.push((&row.account, &row.region));
        } else {
            gap.more_places += 1;
        }
    }
    let mut gaps: Vec<_> = gaps.into_values().collect();
    gaps.sort_by_key(|gap| Reverse(gap.rules_waiting));
    Table::of(gaps.into_iter(), most)
}

/// Verdicts over the resources of a kind.
#[derive(Serialize)]
pub(super) struct Kind<'a> {
    name: &'a str,
    seen: u64,
    rules: u64,
    counts: Counts,
}

pub(super) fn kinds<'a>(report: &'a Report<'_>) -> Vec<Kind<'a>> {
    let mut kinds = BTreeMap::<&str, Kind<'_>>::new();
    let mut kind = |name: &'a str, seen, rules, counts| {
        let kind = kinds.entry(name).or_insert_with(|| Kind {
            name,
            seen: 0,
            rules: 0,
            counts: Counts::default(),
        });
        kind.seen += seen;
        kind.rules += rules;
        kind.counts += counts;
    };
    for row in &report.population {
        kind(&row.kind, row.count, 0, Counts::default());
    }
    for rule in &report.rules {
        kind(&rule.resource, 0, 1, rule.counts);
    }
    kinds.into_values().collect()
}

/// Resources of one account and region.
#[derive(Serialize)]
pub(super) struct PopulationRow<'a> {
    account: &'a str,
    region: &'a str,
    kinds: Vec<(&'a str, u64)>,
    total: u64,
}

pub(super) fn population(population: &[Population], most: usize) -> Table<PopulationRow<'_>> {
    let mut places = BTreeMap::<_, BTreeMap<&str, u64>>::new();
    for row in population.iter().filter(|row| row.count > 0) {
        let kinds = places
            .entry((row.account.as_str(), row.region.as_str()))
            .or_default();
        *kinds.entry(&row.kind).or_default() += row.count;
    }
    let rows = places
        .into_iter()
        .map(|((account, region), kinds)| PopulationRow {
            account,
            region,
            total: kinds.values().sum(),
            kinds: kinds.into_iter().collect(),
        });
    Table::of(rows, most)
}

#[cfg(test)]
mod tests {
    use super::{bar, count};

    #[test]
    fn numbers_have_commas() {
        let shown = [0, 999, 1_000, 1_234_567].map(count);
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_small_part_of_a_bar_is_seen_and_the_bar_ends_in_time() {
        let parts = bar([("complete", 1_000_000), ("partial", 0), ("denied", 1)]);
        assert_eq!(parts[1].length, 0);
        assert_eq!(parts[2].length, 10);
        assert!(parts[2].start + parts[2].length <= 1_000);
    }
}
