//! The findings that stand in the page itself, for paper and for browsers
//! without script, and why verdicts are unknown.
//!
//! May use only [`findings`](crate::findings). Bounded: a few hundred findings,
//! and one line for each kind of reason.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::tables::Table;
use crate::findings::{Finding, ReasonCode, Report, RuleSummary, Verdict};

/// Failing findings in the page itself.
const STATIC: usize = 200;
/// Reasons that the summary names.
const REASONS: usize = 12;
/// Facts of each of these findings.
const FACTS: usize = 4;

/// Findings by rule, worst first.
#[derive(Serialize)]
pub(super) struct Print<'a> {
    groups: Vec<Group<'a>>,
    shown: usize,
    /// What is missing, most wanted first.
    reasons: Table<Missing>,
}

#[derive(Serialize)]
struct Group<'a> {
    rule: Option<&'a RuleSummary>,
    findings: Vec<Finding>,
}

/// Unknown verdicts of one class that one IAM action would settle.
#[derive(Serialize)]
struct Missing {
    code: ReasonCode,
    action: String,
    verdicts: u64,
    /// A call that would settle the first of them.
    call: String,
}

impl<'a> Print<'a> {
    pub(super) fn of(report: &'a Report<'_>) -> io::Result<Self> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut places = BTreeMap::new();
        let mut reasons = BTreeMap::new();
        let mut shown = 0;
        report.findings.each(&mut |finding| {
            for reason in &finding.reasons {
                let action = reason.action.clone().unwrap_or_default();
                let missing = reasons
                    .entry((reason.code, action))
                    .or_insert_with(|| (0, reason.call.clone().unwrap_or_default()));
                missing.0 += 1;
            }
            if finding.verdict != Verdict::Fail || shown == STATIC {
                return Ok(());
            }
            shown += 1;
            let place = *places.entry(finding.rule_index).or_insert_with(|| {
                groups.push(Group {
                    rule: report.rules.get(finding.rule_index),
                    findings: Vec::new(),
                });
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                let mut finding = finding.clone();
                finding.facts.truncate(FACTS);
                group.findings.push(finding);
            }
            Ok(())
        })?;
        let mut missing: Vec<_> = reasons
            .into_iter()
            .map(|((code, action), (verdicts, call))| Missing {
                code,
                action,
                verdicts,
                call,
            })
            .collect();
        missing.sort_by_key(|m| std::cmp::Reverse(m.verdicts));
        Ok(Self {
            groups,
            shown,
            reasons: Table::of(missing.into_iter(), REASONS),
        })
    }
}
