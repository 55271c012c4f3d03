//! Puts a report together from what the stages left.
//!
//! Counts, coverage and the exit code; no judging and no formatting.

use std::collections::{BTreeMap, BTreeSet};

use super::Status;
use crate::collect;
use crate::findings::{
    CoverageRow, Framework, IgnoredSection, Input, Outcome, Population, Problem, ProblemLevel,
    Report, RuleSummary, Severity, Summary,
};
use crate::graph::Graph;
use crate::rules::{self, Call, Evaluated, Rule};
use crate::snapshot::ledger::{self, CallOutcome, Scope};
use crate::snapshot::record::Kind;

/// What the flags decided about a run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) fail_on: Severity,
    pub(super) allow_incomplete: bool,
    pub(super) exit_zero: bool,
    pub(super) now: Option<String>,
    /// Those that rules may name.
    pub(super) frameworks: Vec<Framework>,
}

/// The report, and how the program ends.
pub(super) fn report<'e>(
    graph: &Graph,
    evaluated: &'e Evaluated<'_, '_>,
    problems: Vec<collect::Problem>,
    run: &Run,
) -> (Report<'e>, Status) {
    let snapshot = graph.snapshot();
    let rules: Vec<RuleSummary> = evaluated
        .rules()
        .iter()
        .enumerate()
        .map(|(index, selected)| summary_of(evaluated, index, selected))
        .chain(evaluated.intents().iter().cloned())
        .collect();
    let coverage = coverage(graph, evaluated);
    let mismatch = problems
        .iter()
        .any(|problem| problem.level == collect::Level::Mismatch);
    let mut problems: Vec<Problem> = problems.into_iter().map(problem).collect();
    problems.extend(clouds_aside(graph, evaluated));
    problems.sort();
    let mut summary = Summary {
        by_severity: evaluated.by_severity(),
        resources: Kind::ALL
            .iter()
            .map(|&kind| graph.nodes(kind).len() as u64)
            .sum(),
        rules: rules.len() as u64,
        calls: coverage.len() as u64,
        calls_complete: coverage
            .iter()
            .filter(|row| row.outcome == Outcome::Complete)
            .count() as u64,
        fail_on: Some(run.fail_on),
        ..Summary::default()
    };
    for rule in &rules {
        summary.verdicts += rule.counts;
    }
    summary.at_threshold = summary
        .by_severity
        .iter()
        .filter(|(severity, _)| *severity >= run.fail_on)
        .map(|(_, count)| count)
        .sum();
    summary.complete = summary.verdicts.unknown == 0
        && !problems
            .iter()
            .any(|problem| problem.level == ProblemLevel::Incomplete);
    let status = status(&summary, mismatch, run);
    summary.exit = status as u8;
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        now: run.now.clone(),
        rules_digest: rules::digest_of(evaluated),
        inputs: snapshot
            .files
            .iter()
            .map(|file| Input {
                path: file.path.clone(),
                format: file.format.name().to_owned(),
                bytes: file.bytes,
                sha256: file.sha256.clone(),
                items: file.items,
            })
            .collect(),
        ignored: snapshot
            .ignored
            .iter()
            .map(|(key, seen)| IgnoredSection {
                key: key.clone(),
                files: seen.files,
                items: seen.items,
            })
            .collect(),
        coverage,
        population: population(graph),
        frameworks: frameworks(&run.frameworks, &rules),
        rules,
        problems,
        summary,
        findings: evaluated,
    };
    (report, status)
}

/// Says of which clouds nothing was given, so that their rules were not asked.
fn clouds_aside(graph: &Graph, evaluated: &Evaluated<'_, '_>) -> Vec<Problem> {
    let aside = graph.clouds_aside().into_iter().filter_map(|cloud| {
        let rules = evaluated.rules().iter();
        let count = rules
            .filter(|selected| selected.rule.kind.spec().cloud() == cloud)
            .count();
        let rules = match count {
            0 => return None,
            1 => "1 rule about it was".to_owned(),
            _ => format!("{count} rules about it were"),
        };
        Some(Problem {
            level: ProblemLevel::Note,
            file: String::new(),
            pointer: None,
            line: None,
            message: format!(
                "nothing of {} was given, so {rules} not asked",
                cloud.name()
            ),
            help: None,
            count: 1,
        })
    });
    aside.collect()
}

/// 4 before 1 before 3; errors (2) never get here.
fn status(summary: &Summary, mismatch: bool, run: &Run) -> Status {
    if mismatch {
        Status::Mismatch
    } else if run.exit_zero {
        Status::Clean
    } else if summary.at_threshold > 0 {
        Status::Findings
    } else if !summary.complete && !run.allow_incomplete {
        Status::Incomplete
    } else {
        Status::Clean
    }
}

fn summary_of(
    evaluated: &Evaluated<'_, '_>,
    index: usize,
    selected: &rules::Selected<'_>,
) -> RuleSummary {
    let rule: &Rule = selected.rule;
    RuleSummary {
        name: rule.name.clone(),
        code: rule.code.clone(),
        title: rule.title.clone(),
        severity: selected.severity,
        confidence: rule.confidence,
        resource: rule.kind.spec().name.to_owned(),
        packs: rule.packs.clone(),
        why: rule.why.clone(),
        fix: rule.fix.clone(),
        fix_cli: rule.fix_cli.clone(),
        fix_terraform: rule.fix_terraform.clone(),
        references: rule.references.clone(),
        controls: rule.controls.clone(),
        params: selected
            .params
            .iter()
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect(),
        digest: rule.digest.clone(),
        counts: evaluated.counts(index),
    }
}

/// The frameworks that rules name, with the controls that they name.
fn frameworks(all: &[Framework], rules: &[RuleSummary]) -> Vec<Framework> {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for control in rules.iter().flat_map(|rule| &rule.controls) {
        let ids = control.ids.iter().map(String::as_str);
        named.entry(&control.framework).or_default().extend(ids);
    }
    let used = all.iter().filter_map(|framework| {
        let ids = named.get(framework.framework.as_str())?;
        let mut framework = framework.clone();
        framework
            .controls
            .retain(|control| ids.contains(control.id.as_str()));
        Some(framework)
    });
    used.collect()
}

fn problem(problem: collect::Problem) -> Problem {
    Problem {
        level: match problem.level {
            collect::Level::Mismatch | collect::Level::Incomplete => ProblemLevel::Incomplete,
            collect::Level::Warning => ProblemLevel::Warning,
            collect::Level::Note => ProblemLevel::Note,
        },
        file: problem.file,
        pointer: problem.pointer,
        line: problem.line,
        message: problem.message,
        help: problem.help,
        count: problem.count,
    }
}

/// The calls that were answered, and those that a rule rests on and nobody
/// made: the latter in every account and region that shows any call.
fn coverage(graph: &Graph, evaluated: &Evaluated<'_, '_>) -> Vec<CoverageRow> {
    let ledger = &graph.snapshot().ledger;
    let mut wanted: BTreeMap<Call, u64> = BTreeMap::new();
    for (index, selected) in evaluated.rules().iter().enumerate() {
        let waits = evaluated.counts(index).unknown > 0;
        for call in rules::needs(selected.rule) {
            *wanted.entry(call).or_default() += u64::from(waits);
        }
    }
    for rule in evaluated.intents() {
        let waits = rule.counts.unknown > 0;
        for call in rules::needs_of_intents() {
            *wanted.entry(call).or_default() += u64::from(waits);
        }
    }
    let mut rows: Vec<CoverageRow> = ledger
        .iter()
        .map(|(scope, (service, operation), call)| {
            let need = wanted
                .iter()
                .find(|(wanted, _)| wanted.service == service && wanted.operation == operation);
            CoverageRow {
                account: scope.account.clone(),
                region: scope.region.clone(),
                service: service.clone(),
                operation: operation.clone(),
                outcome: match call.outcome {
                    CallOutcome::Complete => Outcome::Complete,
                    CallOutcome::Partial => Outcome::Partial,
                    CallOutcome::Denied => Outcome::Denied,
                    CallOutcome::Failed => Outcome::Failed,
                },
                items: call.items,
                files: call.files,
                asserted: call.asserted,
                detail: call.detail.clone(),
                action: need.map_or_else(
                    || format!("{service}:{operation}"),
                    |(call, _)| call.action.clone(),
                ),
                rules_waiting: if call.outcome == CallOutcome::Complete {
                    0
                } else {
                    need.map_or(0, |(_, waiting)| *waiting)
                },
            }
        })
        .collect();
    let aside = graph.clouds_aside();
    for scope in scopes_with_calls(ledger) {
        for (call, waiting) in &wanted {
            let cloud = ledger::cloud_of(call.service);
            let elsewhere = scope.cloud().is_some_and(|of| of != cloud);
            if elsewhere || aside.contains(&cloud) {
                continue;
            }
            let place = if ledger::is_global(call.service) {
                Scope {
                    region: "global".to_owned(),
                    ..scope.clone()
                }
            } else {
                scope.clone()
            };
            if ledger::is_global(call.service) == (scope.region == "global")
                && is_open(graph, call, &place)
                && ledger.call(&place, call.service, call.operation).is_none()
            {
                rows.push(CoverageRow {
                    account: place.account,
                    region: place.region,
                    service: call.service.to_owned(),
                    operation: call.operation.to_owned(),
                    outcome: Outcome::Absent,
                    items: 0,
                    files: 0,
                    asserted: false,
                    detail: String::new(),
                    action: call.action.clone(),
                    rules_waiting: *waiting,
                });
            }
        }
    }
    rows.sort();
    rows
}

/// Whether a call that nobody made could have shown something: not if it is
/// made once per parent and there are no parents.
fn is_open(graph: &Graph, call: &Call, place: &Scope) -> bool {
    let lists = |kind: &&Kind| {
        let first = kind.spec().sources.first();
        first
            .is_some_and(|first| first.service == call.service && first.operation == call.operation)
    };
    let unlisted = |kind: &Kind| {
        graph
            .unlisted(*kind)
            .iter()
            .any(|(scope, _)| scope == place)
    };
    if let Some(kind) = Kind::ALL.iter().find(lists) {
        return unlisted(kind);
    }
    // The parent may also be the resource itself: the entries of a prefix list,
    // or what one more call says of it.
    let more = |kind: &&Kind| {
        let spec = kind.spec();
        spec.sources.iter().any(|source| {
            (source.parent == Some(spec.id) || source.key.is_empty())
                && (source.service, source.operation) == (call.service, call.operation)
        })
    };
    let kind = Kind::ALL.iter().find(more);
    kind.is_none_or(|kind| {
        unlisted(kind) || graph.nodes(*kind).any(|node| graph.scope(node) == *place)
    })
}

/// Accounts and regions that show any call, each account with its global
/// services.
fn scopes_with_calls(ledger: &ledger::Ledger) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = ledger.scopes().cloned().collect();
    let global: Vec<Scope> = scopes
        .iter()
        .map(|scope| Scope {
            account: scope.account.clone(),
            region: "global".to_owned(),
        })
        .collect();
    scopes.extend(global);
    scopes.sort();
    scopes.dedup();
    scopes
}

fn population(graph: &Graph) -> Vec<Population> {
    let scopes = &graph.snapshot().scopes;
    let mut rows = Vec::new();
    for &kind in Kind::ALL {
        // A million resources are counted here: by position, not by name.
        let mut counts = vec![0_u64; scopes.len().max(1)];
        for node in graph.nodes(kind) {
            if let Some(count) = counts.get_mut(usize::from(graph.scope_number(node))) {
                *count += 1;
            }
        }
        for (scope, count) in counts
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
        {
            let scope = scopes.get(scope).cloned().unwrap_or_default();
            rows.push(Population {
                kind: kind.spec().name.to_owned(),
                account: scope.account,
                region: scope.region,
                count,
            });
        }
    }
    rows.sort();
    rows
}
