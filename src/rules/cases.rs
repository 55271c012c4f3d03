//! The cases inside rule files: does a rule decide as its author says?
//!
//! Reading a case's snapshot is the caller's work, because rules read no
//! resources; the rest happens as in an audit.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::{Expect, TestFile};
use super::rule::{Rule, RuleSet};
use super::run::{self, Include};
use super::select::{Selection, select};
use super::wanted::wanted;
use crate::findings::{Findings as _, Verdict};
use crate::graph::Graph;
use crate::snapshot::Snapshot;
use crate::snapshot::provenance::{Locate, Origin, Place};
use crate::snapshot::wanted::Wanted;

/// How one case went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The rule.
    pub rule: String,
    /// The case.
    pub case: String,
    /// What went wrong; empty if nothing did.
    pub problems: Vec<String>,
}

/// Makes a snapshot of AWS-CLI-shaped JSON, keeping at least what is wanted,
/// and says what it did not understand.
pub type Read<'r> = &'r dyn Fn(&str, &Arc<Wanted>) -> (Snapshot, Vec<String>);

/// Runs all cases of a rule, as an audit would run it: on what the rule wants
/// and no more.
pub fn run_cases(set: &RuleSet, rule: &Rule, read: Read<'_>) -> Vec<CaseResult> {
    rule.tests
        .iter()
        .map(|case| CaseResult {
            rule: rule.name.clone(),
            case: case.name.value.clone(),
            problems: run_case(set, rule, case, read),
        })
        .collect()
}

/// A case as its author wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example<'r> {
    /// Its name.
    pub name: &'r str,
    /// Its lines in the rule file, without the case's name and without the
    /// indentation of the list.
    pub text: &'r str,
}

/// The first case of a rule that expects a verdict, for all resources or for one.
pub fn example<'r>(rule: &'r Rule, verdict: &str) -> Option<Example<'r>> {
    let expects = |case: &TestFile| case.expect.verdicts().any(|one| one == verdict);
    let position = rule.tests.iter().position(expects)?;
    let case = rule.tests.get(position)?;
    let at = |case: &TestFile| {
        let byte = case.name.referenced.span().byte_offset();
        usize::try_from(byte.unwrap_or(0)).ok()
    };
    let after_name = rule.source.get(at(case)?..)?.find('\n')? + at(case)? + 1;
    // The next case begins with the line that has its name.
    let end = match rule.tests.get(position + 1) {
        Some(next) => rule.source.get(..at(next)?)?.rfind('\n')? + 1,
        None => rule.source.len(),
    };
    Some(Example {
        name: &case.name.value,
        text: rule.source.get(after_name..end)?.trim_end(),
    })
}

/// What a rule file's cases lack: each rule shows at least one pass, one
/// failure and one unknown.
pub fn missing_cases(rule: &Rule) -> Vec<&'static str> {
    ["pass", "fail", "unknown"]
        .into_iter()
        .filter(|wanted| {
            !rule.tests.iter().any(|case| match &case.expect {
                Expect::One(verdict) => verdict == wanted,
                Expect::Each(verdicts) => verdicts.values().any(|verdict| verdict == wanted),
            })
        })
        .collect()
}

/// Values stand in no file here.
struct Nowhere;

impl Locate for Nowhere {
    fn locate(&self, _: Origin, paths: &[String]) -> Vec<Option<Place>> {
        vec![None; paths.len()]
    }
}

fn run_case(set: &RuleSet, rule: &Rule, case: &TestFile, read: Read<'_>) -> Vec<String> {
    let selection = Selection {
        select: vec![rule.name.clone()],
        params: case
            .params
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        ..Selection::default()
    };
    let selected = match select(set, &selection) {
        Ok(selected) => selected,
        Err(problems) => {
            return problems
                .into_iter()
                .map(|(message, help)| format!("{message}: {help}"))
                .collect();
        }
    };
    let wanted = Arc::new(wanted(&selected));
    let (snapshot, mut problems) = read(&case.snapshot.to_string(), &wanted);
    let graph = Graph::build_for(snapshot, Some(&wanted));
    let evaluated = run::evaluate(
        selected,
        &graph,
        case.now.as_deref(),
        Include {
            pass: true,
            not_applicable: true,
        },
        &Nowhere,
    );
    let mut seen: BTreeMap<String, (Verdict, String)> = BTreeMap::new();
    let mut unexplained = Vec::new();
    let _never_fails = evaluated.each(&mut |finding| {
        if finding.verdict == Verdict::Unknown && finding.reasons.is_empty() {
            unexplained.push(format!(
                "{} is unknown without a reason",
                finding.resource.id
            ));
        }
        seen.insert(
            finding.resource.id.clone(),
            (finding.verdict, finding.message.clone()),
        );
        Ok(())
    });
    problems.append(&mut unexplained);
    if seen.is_empty() {
        problems.push(format!("the snapshot holds no {}", rule.kind.spec().name));
    }
    compare(case, &seen, &mut problems);
    problems
}

fn compare(
    case: &TestFile,
    seen: &BTreeMap<String, (Verdict, String)>,
    problems: &mut Vec<String>,
) {
    let expected = |id: &str| match &case.expect {
        Expect::One(verdict) => Some(verdict.as_str()),
        Expect::Each(verdicts) => verdicts.get(id).map(String::as_str),
    };
    for (id, (verdict, message)) in seen {
        // `*` stands for what nobody listed; a case need not speak of it as
        // long as it shows a resource.
        if id == "*"
            && seen.len() > 1
            && !matches!(&case.expect, Expect::Each(all) if all.contains_key("*"))
        {
            continue;
        }
        match expected(id) {
            Some(wanted) if wanted == name(*verdict) => {}
            Some(wanted) => problems.push(format!(
                "{id} should be {wanted} and is {} ({message})",
                name(*verdict)
            )),
            None => problems.push(format!(
                "{id} is {} and the case says nothing about it",
                name(*verdict)
            )),
        }
    }
    if let Expect::Each(verdicts) = &case.expect {
        problems.extend(
            verdicts
                .keys()
                .filter(|id| !seen.contains_key(*id))
                .map(|id| format!("{id} is not in the snapshot")),
        );
    }
    if let Some(wanted) = &case.message {
        let first = seen
            .values()
            .find(|(verdict, _)| *verdict == Verdict::Fail)
            .map(|(_, message)| message.as_str());
        if first != Some(wanted.as_str()) {
            problems.push(format!(
                "the message should be\n    {wanted}\n  and is\n    {}",
                first.unwrap_or("none")
            ));
        }
    }
}

/// As rule files write a verdict.
pub const fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail => "fail",
        Verdict::Unknown => "unknown",
        Verdict::Pass => "pass",
        Verdict::NotApplicable => "not-applicable",
    }
}
