//! What the templates are given: the report, counted and cut to what a page
//! can hold.
//!
//! May use only [`findings`](crate::findings). No markup here, and no escaping:
//! the environment does that for every value.

use std::collections::BTreeSet;
use std::io;

use serde::Serialize;

use super::super::visible;
use super::print::Print;
use super::tables::{self, Gap, Kind, Matrix, PopulationRow, Share, Table};
use crate::findings::{
    Counts, IgnoredSection, Input, Problem, ProblemLevel, Report, RuleSummary, Severity,
};

/// Rules that the summary names.
const WORST: usize = 10;
/// Rows of a table that stands in the page whole.
const ROWS: usize = 400;

/// Values of all templates.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    version: &'a str,
    now: Option<&'a str>,
    rules_digest: &'a str,
    verdicts: Counts,
    complete: bool,
    calls_complete: u64,
    calls: u64,
    calls_percent: u64,
    resources: u64,
    at_threshold: u64,
    fail_on: Option<Severity>,
    exit: u8,
    problems_incomplete: usize,
    accounts: Vec<&'a str>,
    regions: Vec<&'a str>,
    severities: Vec<Share>,
    outcomes: Vec<Share>,
    /// Rules that fail, most severe and most often first.
    worst: Vec<&'a RuleSummary>,
    rules: Table<&'a RuleSummary>,
    kinds: Vec<Kind<'a>>,
    matrix: Matrix<'a>,
    gaps: Table<Gap<'a>>,
    problems: Table<&'a Problem>,
    population: Table<PopulationRow<'a>>,
    inputs: Table<&'a Input>,
    input_bytes: u64,
    ignored: Table<&'a IgnoredSection>,
    asserted: u64,
    print: Print<'a>,
}

impl<'a> Page<'a> {
    /// Reads all findings once.
    pub(super) fn of(report: &'a Report<'_>) -> io::Result<Self> {
        let summary = &report.summary;
        let known =
            |names: BTreeSet<&'a str>| names.into_iter().filter(|n| !n.is_empty()).collect();
        let seen = || {
            let population = report
                .population
                .iter()
                .map(|p| (p.account.as_str(), p.region.as_str()));
            population.chain(
                report
                    .coverage
                    .iter()
                    .map(|c| (c.account.as_str(), c.region.as_str())),
            )
        };
        let mut worst: Vec<_> = report
            .rules
            .iter()
            .filter(|rule| rule.counts.fail > 0)
            .collect();
        worst.sort_by_key(|rule| std::cmp::Reverse((rule.severity, rule.counts.fail)));
        worst.truncate(WORST);
        Ok(Self {
            version: report.version,
            now: report.now.as_deref(),
            rules_digest: &report.rules_digest,
            verdicts: summary.verdicts,
            complete: summary.complete,
            calls_complete: summary.calls_complete,
            calls: summary.calls,
            // Rounded down: what is not complete must not be shown as 100.
            calls_percent: (summary.calls_complete * 100)
                .checked_div(summary.calls)
                .unwrap_or(0),
            resources: summary.resources,
            at_threshold: summary.at_threshold,
            fail_on: summary.fail_on,
            exit: summary.exit,
            problems_incomplete: report
                .problems
                .iter()
                .filter(|problem| problem.level == ProblemLevel::Incomplete)
                .count(),
            accounts: known(seen().map(|(account, _)| account).collect()),
            regions: known(seen().map(|(_, region)| region).collect()),
            severities: tables::severities(summary),
            outcomes: tables::outcomes(&report.coverage),
            worst,
            rules: Table::of(report.rules.iter(), ROWS),
            kinds: tables::kinds(report),
            matrix: Matrix::of(&report.coverage, ROWS),
            gaps: tables::gaps(&report.coverage, ROWS),
            problems: Table::of(report.problems.iter(), ROWS),
            population: tables::population(&report.population, ROWS),
            inputs: Table::of(report.inputs.iter(), ROWS),
            input_bytes: report.inputs.iter().map(|input| input.bytes).sum(),
            ignored: Table::of(report.ignored.iter(), ROWS),
            asserted: report
                .coverage
                .iter()
                .map(|row| u64::from(row.asserted))
                .sum(),
            print: Print::of(report)?,
        })
    }
}

/// What the script shows of a rule beside a finding.
#[derive(Serialize)]
pub(super) struct RuleText {
    name: String,
    code: String,
    title: String,
    why: String,
    fix: String,
    cli: Option<String>,
    terraform: Option<String>,
    /// Title, address, date.
    references: Vec<[String; 3]>,
    /// Framework and ids.
    controls: Vec<(String, Vec<String>)>,
    params: Vec<(String, String)>,
    packs: Vec<String>,
    digest: String,
}

impl RuleText {
    pub(super) fn of(rule: &RuleSummary) -> Self {
        let line = |text: &String| visible::line(text).into_owned();
        let lines = |text: &String| visible::lines(text.trim()).into_owned();
        Self {
            name: line(&rule.name),
            code: line(&rule.code),
            title: line(&rule.title),
            why: lines(&rule.why),
            fix: lines(&rule.fix),
            cli: rule.fix_cli.as_ref().map(lines),
            terraform: rule.fix_terraform.as_ref().map(lines),
            references: rule
                .references
                .iter()
                .map(|r| [line(&r.title), line(&r.url), line(&r.date)])
                .collect(),
            controls: rule
                .controls
                .iter()
                .map(|c| (line(&c.framework), c.ids.iter().map(line).collect()))
                .collect(),
            params: rule
                .params
                .iter()
                .map(|(name, value)| (line(name), line(value)))
                .collect(),
            packs: rule.packs.iter().map(line).collect(),
            digest: line(&rule.digest),
        }
    }
}
