//! One rule from one file.
//!
//! It may use all of [`load`](super). The form of a file is checked before its
//! expressions, and all that is wrong with both is reported.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::Spanned;

use super::controls::{Frameworks, named};
use super::digest;
use super::expressions::{condition, message, typed};
use super::facts::{is_date, no_fact};
use super::params::param;
use super::sources::{Source, folder};
use super::yaml::{point, yaml};
use crate::diagnostic::Diagnostic;
use crate::rules::expression::check::{Names, Typed};
use crate::rules::expression::suggest;
use crate::rules::file::RuleFile;
use crate::rules::rule::{Fact, Param, Part, Rule};
use crate::snapshot::record::Kind;

pub(super) fn rule(
    source: &Source,
    facts: &BTreeMap<String, Arc<Fact>>,
    frameworks: &Frameworks,
) -> Result<Rule, Vec<Diagnostic>> {
    let mut file: RuleFile = yaml(source).map_err(|problem| vec![problem])?;
    let mut problems = form(source, &file);
    let Some(kind) = Kind::from_name(&file.resource.value) else {
        problems.push(no_kind(source, &file.resource));
        return Err(problems);
    };
    let controls = std::mem::take(&mut file.controls);
    let controls = named(source, controls, frameworks, &mut problems);
    let used = used_facts(source, &file.facts, facts, &mut problems);
    let mut params = BTreeMap::new();
    for (name, declared) in std::mem::take(&mut file.params) {
        match param(source, &name, declared, facts) {
            Ok(param) => {
                params.insert(name, param);
            }
            Err(problem) => problems.push(problem),
        }
    }
    let names = Names {
        subject: kind,
        params: params
            .iter()
            .map(|(name, param): (&String, &Param)| (name.clone(), param.given.clone()))
            .collect(),
        facts: used
            .iter()
            .map(|(name, fact)| (name.clone(), fact.given.clone()))
            .collect(),
        lets: Vec::new(),
    };
    let logic = logic(source, &file, names, &mut problems);
    let Some(check) = logic
        .check
        .filter(|_| problems.iter().all(|problem| !problem.error))
    else {
        return Err(problems);
    };
    let mut parts = vec![&*source.text];
    parts.extend(used.values().map(|fact| fact.digest.as_str()));
    Ok(Rule {
        digest: digest(&parts),
        packs: vec![folder(&source.path).to_owned()]
            .into_iter()
            .filter(|pack| !pack.is_empty())
            .collect(),
        name: file.name.value,
        code: file.code.value,
        title: file.title.value,
        severity: file.severity,
        confidence: file.confidence,
        kind,
        params,
        facts: used,
        why: file.why.trim().to_owned(),
        fix: file.fix.text.trim().to_owned(),
        fix_cli: file.fix.cli.map(|cli| cli.trim_end().to_owned()),
        fix_terraform: file
            .fix
            .terraform
            .map(|terraform| terraform.trim_end().to_owned()),
        references: file.references,
        controls,
        formerly: file.formerly,
        file: source.path.clone(),
        source: Arc::clone(&source.text),
        when: logic.when,
        lets: logic.lets,
        check,
        message: logic.message,
        tests: file.tests,
    })
}

fn no_kind(source: &Source, name: &Spanned<String>) -> Diagnostic {
    let names = Kind::ALL.iter().map(|kind| kind.spec().name);
    point(
        source,
        name,
        format!("there is no resource kind `{}`", name.value),
    )
    .help(suggest::among(&name.value, names))
}

/// The facts that a rule names, by the name that expressions use.
fn used_facts(
    source: &Source,
    names: &[Spanned<String>],
    facts: &BTreeMap<String, Arc<Fact>>,
    problems: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Arc<Fact>> {
    let mut used = BTreeMap::new();
    for name in names {
        let identifier = name.value.replace('-', "_");
        match facts.get(&identifier) {
            Some(fact) => {
                used.insert(identifier, Arc::clone(fact));
            }
            None => problems.push(no_fact(source, name, facts)),
        }
    }
    used
}

/// The expressions of a rule.
struct Logic {
    when: Option<Typed>,
    lets: Vec<(String, Typed)>,
    check: Option<Typed>,
    message: Vec<Part>,
}

/// Checks the expressions in the order in which they see each other.
fn logic(
    source: &Source,
    file: &RuleFile,
    mut names: Names,
    problems: &mut Vec<Diagnostic>,
) -> Logic {
    let when = file
        .when
        .as_ref()
        .and_then(|when| condition(source, when, "when", &names, problems));
    let mut lets = Vec::new();
    for (name, expression) in &file.lets.0 {
        if let Some(typed) = typed(source, expression, &names, problems) {
            names.lets.push((name.clone(), typed.ty.clone()));
            lets.push((name.clone(), typed));
        }
    }
    let check = condition(source, &file.check, "check", &names, problems);
    let message = message(source, &file.message, &names, problems);
    Logic {
        when,
        lets,
        check,
        message,
    }
}

/// What can be said about a rule file without understanding its expressions.
fn form(source: &Source, file: &RuleFile) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let name = &file.name.value;
    let stem = source
        .path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .split('.')
        .next()
        .unwrap_or_default();
    let kebab = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.is_empty();
    if !kebab {
        problems.push(point(
            source,
            &file.name,
            "a rule's name is lower-case words joined by `-`",
        ));
    } else if stem != name {
        problems.push(
            point(
                source,
                &file.name,
                format!("the rule is called `{name}` and its file `{stem}`"),
            )
            .help("give both the same name"),
        );
    }
    let digits = file
        .code
        .value
        .trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = file.code.value.len() - digits.len();
    if !(2..=4).contains(&letters)
        || digits.len() != 4
        || !digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        problems.push(point(
            source,
            &file.code,
            "a code is two to four capital letters and four digits, such as `PL1102`",
        ));
    }
    for reference in &file.references {
        if !is_date(&reference.date) {
            problems.push(point(
                source,
                &file.name,
                format!(
                    "the date of the reference `{}` is a day: YYYY-MM-DD",
                    reference.title
                ),
            ));
        }
    }
    for case in &file.tests {
        let known = ["pass", "fail", "unknown", "not-applicable"];
        for verdict in case
            .expect
            .verdicts()
            .filter(|verdict| !known.contains(verdict))
        {
            let message = format!("the case expects `{verdict}`, which is no verdict");
            let problem = point(source, &case.name, message);
            problems.push(problem.help(suggest::among(verdict, known.into_iter())));
        }
    }
    problems
}
