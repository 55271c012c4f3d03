//! Rules from files: the ones that the program carries and those of a folder.
//!
//! Everything wrong with all files is collected and reported together, with
//! positions; a set that loads cannot fail while it runs. May read files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_yaml::Spanned;
use sha2::{Digest as _, Sha256};

use super::expression::check::{self, Given, Names, Typed};
use super::expression::types::{FactShape, FactType, Type};
use super::expression::{parser, suggest};
use super::file::{Datum, FactFile, PackFile, ParamFile, RuleFile};
use super::position;
use super::rule::{Fact, FactValue, Pack, Param, Part, Rule, RuleSet};
use crate::diagnostic::Diagnostic;
use crate::snapshot::record::Kind;

/// Files the program carries: path and text.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// A rule file is a page or two; what is larger is not one.
const MAX_BYTES: u64 = 1 << 20;

/// A file that may hold a rule, a fact or a pack.
struct Source {
    path: String,
    text: Arc<str>,
}

/// Loads the embedded rules and those of folders or files. A rule of a folder
/// replaces an embedded one of the same name.
///
/// # Errors
/// Everything wrong with any file.
pub fn load(folders: &[PathBuf]) -> Result<(RuleSet, Vec<Diagnostic>), Vec<Diagnostic>> {
    let embedded: Vec<Source> = EMBEDDED
        .iter()
        .map(|(path, text)| Source {
            path: (*path).to_owned(),
            text: (*text).into(),
        })
        .collect();
    let mut problems = Vec::new();
    let mut own = Vec::new();
    for folder in folders {
        read(folder, &mut own, &mut problems);
    }
    finish(&[embedded, own], problems)
}

/// Loads one text as if it were a rule file; facts and packs are the embedded
/// ones.
///
/// # Errors
/// Everything wrong with it.
pub fn load_text(path: &str, text: &str) -> Result<RuleSet, Vec<Diagnostic>> {
    let facts = EMBEDDED
        .iter()
        .filter(|(path, _)| path.contains("/facts/"))
        .map(|(path, text)| Source {
            path: (*path).to_owned(),
            text: (*text).into(),
        })
        .collect();
    finish(
        &[
            facts,
            vec![Source {
                path: path.to_owned(),
                text: text.into(),
            }],
        ],
        Vec::new(),
    )
    .map(|(set, _)| set)
}

fn finish(
    layers: &[Vec<Source>],
    mut problems: Vec<Diagnostic>,
) -> Result<(RuleSet, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut facts = BTreeMap::new();
    let mut packs: BTreeMap<String, Pack> = BTreeMap::new();
    for source in layers.iter().flatten() {
        match folder(&source.path) {
            "facts" => problems.extend(fact(source, &mut facts).err().into_iter().flatten()),
            "packs" => problems.extend(pack(source, &mut packs).err()),
            _ => {}
        }
    }
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    for layer in layers {
        let mut here: BTreeMap<String, Rule> = BTreeMap::new();
        for source in layer
            .iter()
            .filter(|source| !matches!(folder(&source.path), "facts" | "packs"))
        {
            match rule(source, &facts) {
                Ok(rule) => {
                    if let Some(other) = here.get(&rule.name) {
                        problems.push(Diagnostic::error(
                            &source.path,
                            format!("the rule `{}` is also in {}", rule.name, other.file),
                        ));
                    } else {
                        here.insert(rule.name.clone(), rule);
                    }
                }
                Err(found) => problems.extend(found),
            }
        }
        rules.append(&mut here);
    }
    let mut rules: Vec<Rule> = rules.into_values().collect();
    unique_codes(&rules, &mut problems);
    let packs: Vec<Pack> = packs.into_values().collect();
    for rule in &mut rules {
        let named = packs.iter().filter(|pack| {
            pack.rules
                .iter()
                .any(|pattern| super::select::matches(pattern, &rule.name))
        });
        rule.packs.extend(named.map(|pack| pack.name.clone()));
        rule.packs.sort();
        rule.packs.dedup();
    }
    let (errors, warnings): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| problem.error);
    if errors.is_empty() {
        Ok((RuleSet { rules, packs }, warnings))
    } else {
        Err(errors)
    }
}

fn unique_codes(rules: &[Rule], problems: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for rule in rules {
        if let Some(other) = seen.insert(&rule.code, &rule.name) {
            problems.push(Diagnostic::error(
                &rule.file,
                format!("the code {} is also that of `{other}`", rule.code),
            ));
        }
    }
}

/// The folder that a file lies in.
fn folder(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "rules are read here")]
fn read(path: &Path, sources: &mut Vec<Source>, problems: &mut Vec<Diagnostic>) {
    let shown = path.to_string_lossy().replace('\\', "/");
    let entries = if path.is_dir() {
        std::fs::read_dir(path).map(|entries| {
            entries
                .filter_map(|entry| entry.ok().map(|entry| entry.path()))
                .collect()
        })
    } else {
        Ok(Vec::new())
    };
    match entries {
        Err(error) => problems.push(Diagnostic::error(
            shown,
            format!("cannot read the folder: {error}"),
        )),
        Ok(mut entries) if path.is_dir() => {
            entries.sort();
            for entry in entries {
                let is_rule = entry
                    .extension()
                    .is_some_and(|extension| extension == "yaml" || extension == "yml");
                if entry.is_dir() || is_rule {
                    read(&entry, sources, problems);
                }
            }
        }
        Ok(_) => match std::fs::metadata(path).map(|file| file.len()) {
            Ok(size) if size > MAX_BYTES => {
                problems.push(Diagnostic::error(
                    shown,
                    format!("{size} bytes; a rule file has at most {MAX_BYTES}"),
                ));
            }
            _ => match std::fs::read_to_string(path) {
                Ok(text) => sources.push(Source {
                    path: shown,
                    text: text.into(),
                }),
                Err(error) => problems.push(
                    Diagnostic::error(shown, format!("cannot read: {error}"))
                        .help("give a folder or file with rules"),
                ),
            },
        },
    }
}

/// Reads YAML strictly: truth values are `true` and `false`, keys are unique,
/// aliases and nesting are bounded.
fn yaml<T: serde::de::DeserializeOwned>(source: &Source) -> Result<T, Diagnostic> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    serde_yaml::from_str_with_options(&source.text, options).map_err(|error| {
        let location = error.location();
        let message = error.without_snippet().to_string();
        let message = message
            .split(" at line ")
            .next()
            .unwrap_or(&message)
            .trim()
            .to_owned();
        let mut problem = Diagnostic::error(&source.path, &message);
        if let Some(at) = location.and_then(|location| location.span().byte_offset()) {
            let at = usize::try_from(at).unwrap_or(0);
            let word = source.text.get(at..).map_or(1, |rest| {
                rest.find(|c: char| c.is_whitespace() || c == ':')
                    .unwrap_or(rest.len())
                    .max(1)
            });
            problem = problem.at(&source.text, at..at + word);
        }
        match meant(&message) {
            Some(help) => problem.help(help),
            None => problem,
        }
    })
}

/// From `unknown field `severty`, expected one of `name`, …` to a suggestion.
fn meant(message: &str) -> Option<String> {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names.next().filter(|_| message.contains("unknown"))?;
    let known: Vec<&str> = names.collect();
    (!known.is_empty()).then(|| suggest::among(unknown, known.into_iter()))
}

fn start<T>(value: &Spanned<T>) -> usize {
    usize::try_from(value.referenced.span().byte_offset().unwrap_or(0)).unwrap_or(0)
}

fn point(source: &Source, value: &Spanned<String>, message: impl Into<String>) -> Diagnostic {
    let at = start(value);
    Diagnostic::error(&source.path, message).at(&source.text, at..at + value.value.len().max(1))
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex(&hash.finalize())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

fn pack(source: &Source, packs: &mut BTreeMap<String, Pack>) -> Result<(), Diagnostic> {
    let file: PackFile = yaml(source)?;
    let name = file.name.value.clone();
    let rules = file.rules.into_iter().map(|rule| rule.value).collect();
    packs.insert(
        name.clone(),
        Pack {
            name,
            title: file.title,
            rules,
        },
    );
    Ok(())
}

fn fact(source: &Source, facts: &mut BTreeMap<String, Arc<Fact>>) -> Result<(), Vec<Diagnostic>> {
    let file: FactFile = yaml(source).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    if file.references.is_empty() {
        problems.push(point(
            source,
            &file.name,
            "a fact needs at least one reference",
        ));
    }
    if !is_date(&file.as_of.value) {
        problems.push(point(source, &file.as_of, "`as_of` is a day: YYYY-MM-DD"));
    }
    let identifier = file.name.value.replace('-', "_");
    let (given, value) = match (file.value, file.entries) {
        (Some(value), entries) if entries.is_empty() => match datum_type(&value) {
            Some(given) => (given, FactValue::One(value)),
            None => {
                return Err(vec![point(
                    source,
                    &file.name,
                    "a fact's value is one truth value, number or text",
                )]);
            }
        },
        (None, entries) if !entries.is_empty() => table(source, &file.name, &identifier, &entries)?,
        _ => {
            return Err(vec![point(
                source,
                &file.name,
                "a fact has either `value` or `entries`",
            )]);
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let fact = Fact {
        name: file.name.value,
        given,
        value,
        as_of: file.as_of.value,
        references: file.references,
        digest: digest(&[&source.text]),
    };
    facts.insert(identifier, Arc::new(fact));
    Ok(())
}

fn table(
    source: &Source,
    name: &Spanned<String>,
    identifier: &str,
    entries: &[BTreeMap<String, Datum>],
) -> Result<(Given, FactValue), Vec<Diagnostic>> {
    let fields: Vec<(String, FactType)> = entries
        .first()
        .into_iter()
        .flatten()
        .filter_map(|(field, value)| match datum_type(value) {
            Some(Given::One(ty)) => Some((field.clone(), ty)),
            _ => None,
        })
        .collect();
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let row: Vec<Datum> = fields
            .iter()
            .filter_map(|(field, ty)| {
                entry
                    .get(field)
                    .filter(|value| datum_type(value) == Some(Given::One(*ty)))
                    .cloned()
            })
            .collect();
        if row.len() != fields.len() || entry.len() != fields.len() {
            let names: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
            let message = format!(
                "entry {} differs from the first: all entries need {} with the same types",
                position + 1,
                names.join(", ")
            );
            problems.push(point(source, name, message));
        }
        rows.push(row);
    }
    if problems.is_empty() {
        let shape = FactShape {
            name: identifier.to_owned(),
            fields,
        };
        Ok((Given::Table(Arc::new(shape)), FactValue::Table(rows)))
    } else {
        Err(problems)
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
}

/// The type of a value; lists must hold values of one type, and an empty list
/// is one of texts.
fn datum_type(value: &Datum) -> Option<Given> {
    let one = |value: &Datum| match value {
        Datum::Bool(_) => Some(FactType::Bool),
        Datum::Int(_) => Some(FactType::Int),
        Datum::Text(_) => Some(FactType::Text),
        Datum::List(_) => None,
    };
    match value {
        Datum::List(items) => {
            let first = items.first().map_or(Some(FactType::Text), one)?;
            items
                .iter()
                .all(|item| one(item) == Some(first))
                .then_some(Given::Many(first))
        }
        other => one(other).map(Given::One),
    }
}

/// Whether a value fits a parameter.
pub(super) fn fits(given: &Given, value: &Datum) -> bool {
    match (given, value) {
        (Given::Many(_), Datum::List(items)) if items.is_empty() => true,
        _ => datum_type(value).as_ref() == Some(given),
    }
}

fn param(
    source: &Source,
    name: &str,
    file: ParamFile,
    facts: &BTreeMap<String, Arc<Fact>>,
) -> Result<Param, Diagnostic> {
    let given = match file.ty.value.as_str() {
        "bool" => Given::One(FactType::Bool),
        "int" => Given::One(FactType::Int),
        "text" => Given::One(FactType::Text),
        "texts" => Given::Many(FactType::Text),
        "ints" => Given::Many(FactType::Int),
        other => {
            let message = format!("`{other}` is no type of a parameter");
            return Err(point(source, &file.ty, message).help(suggest::among(
                other,
                ["bool", "int", "text", "texts", "ints"].into_iter(),
            )));
        }
    };
    let default = match (file.default, &file.default_fact) {
        (Some(value), None) => value,
        (None, Some(fact)) => match facts
            .get(&fact.value.replace('-', "_"))
            .map(|fact| &fact.value)
        {
            Some(FactValue::One(value)) => value.clone(),
            Some(FactValue::Table(_)) => {
                return Err(point(
                    source,
                    fact,
                    format!("the fact `{}` is a table, not one value", fact.value),
                ));
            }
            None => return Err(no_fact(source, fact, facts)),
        },
        _ => {
            return Err(point(
                source,
                &file.ty,
                format!("the parameter `{name}` needs either `default` or `default_fact`"),
            ));
        }
    };
    if !fits(&given, &default) {
        return Err(point(
            source,
            &file.ty,
            format!(
                "the default of `{name}`, {default}, is not of type {}",
                file.ty.value
            ),
        ));
    }
    Ok(Param {
        given,
        default,
        doc: file.doc,
    })
}

fn no_fact(
    source: &Source,
    name: &Spanned<String>,
    facts: &BTreeMap<String, Arc<Fact>>,
) -> Diagnostic {
    let names: Vec<String> = facts.values().map(|fact| fact.name.clone()).collect();
    point(source, name, format!("there is no fact `{}`", name.value)).help(suggest::among(
        &name.value,
        names.iter().map(String::as_str),
    ))
}

fn rule(source: &Source, facts: &BTreeMap<String, Arc<Fact>>) -> Result<Rule, Vec<Diagnostic>> {
    let file: RuleFile = yaml(source).map_err(|problem| vec![problem])?;
    let mut problems = form(source, &file);
    let Some(kind) = Kind::from_name(&file.resource.value) else {
        let names = Kind::ALL.iter().map(|kind| kind.spec().name);
        let problem = point(
            source,
            &file.resource,
            format!("there is no resource kind `{}`", file.resource.value),
        );
        problems.push(problem.help(suggest::among(&file.resource.value, names)));
        return Err(problems);
    };
    let mut used = BTreeMap::new();
    for name in &file.facts {
        match facts.get(&name.value.replace('-', "_")) {
            Some(fact) => {
                used.insert(name.value.replace('-', "_"), Arc::clone(fact));
            }
            None => problems.push(no_fact(source, name, facts)),
        }
    }
    let mut params = BTreeMap::new();
    for (name, file) in file.params {
        match param(source, &name, file, facts) {
            Ok(param) => {
                params.insert(name, param);
            }
            Err(problem) => problems.push(problem),
        }
    }
    let mut names = Names {
        subject: kind,
        params: params
            .iter()
            .map(|(name, param)| (name.clone(), param.given.clone()))
            .collect(),
        facts: used
            .iter()
            .map(|(name, fact)| (name.clone(), fact.given.clone()))
            .collect(),
        lets: Vec::new(),
    };
    let when = file
        .when
        .as_ref()
        .and_then(|when| condition(source, when, "when", &names, &mut problems));
    let mut lets = Vec::new();
    for (name, expression) in &file.lets.0 {
        if let Some(typed) = typed(source, expression, &names, &mut problems) {
            names.lets.push((name.clone(), typed.ty.clone()));
            lets.push((name.clone(), typed));
        }
    }
    let check = condition(source, &file.check, "check", &names, &mut problems);
    let message = message(source, &file.message, &names, &mut problems);
    let Some(check) = check.filter(|_| problems.iter().all(|problem| !problem.error)) else {
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
        controls: file.controls,
        formerly: file.formerly,
        file: source.path.clone(),
        source: Arc::clone(&source.text),
        when,
        lets,
        check,
        message,
        tests: file.tests,
    })
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
    problems
}

fn condition(
    source: &Source,
    text: &Spanned<String>,
    key: &str,
    names: &Names,
    problems: &mut Vec<Diagnostic>,
) -> Option<Typed> {
    let typed = typed(source, text, names, problems)?;
    if typed.ty == Type::Bool {
        return Some(typed);
    }
    problems.push(point(
        source,
        text,
        format!("`{key}` must be bool, and this is {}", typed.ty),
    ));
    None
}

fn typed(
    source: &Source,
    text: &Spanned<String>,
    names: &Names,
    problems: &mut Vec<Diagnostic>,
) -> Option<Typed> {
    part(
        source,
        start(text),
        &text.value,
        0..text.value.len(),
        names,
        problems,
    )
}

/// Parses and checks a part of a scalar.
fn part(
    source: &Source,
    start: usize,
    scalar: &str,
    range: std::ops::Range<usize>,
    names: &Names,
    problems: &mut Vec<Diagnostic>,
) -> Option<Typed> {
    let text = scalar.get(range.clone()).unwrap_or_default();
    let mut report = |span: super::expression::ast::Span, message: String, help: Option<String>| {
        let inside = range.start + span.start as usize..range.start + span.end as usize;
        let problem = Diagnostic::error(&source.path, message).at(
            &source.text,
            position::locate(&source.text, start, scalar, inside),
        );
        problems.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    };
    let expr = match parser::parse(text) {
        Ok(expr) => expr,
        Err(errors) => {
            errors
                .into_iter()
                .for_each(|error| report(error.span, error.message, error.help));
            return None;
        }
    };
    match check::check(&expr, text, names) {
        Ok(typed) => Some(typed),
        Err(errors) => {
            errors
                .into_iter()
                .for_each(|error| report(error.span, error.message, error.help));
            None
        }
    }
}

/// Splits a message at `{{` and `}}` and checks what stands between.
fn message(
    source: &Source,
    text: &Spanned<String>,
    names: &Names,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Part> {
    let scalar = text.value.trim_end();
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(open) = scalar
        .get(at..)
        .and_then(|rest| rest.find("{{"))
        .map(|open| at + open)
    {
        parts.push(Part::Text(
            scalar.get(at..open).unwrap_or_default().to_owned(),
        ));
        let Some(close) = scalar
            .get(open..)
            .and_then(|rest| rest.find("}}"))
            .map(|close| open + close)
        else {
            let span = position::locate(&source.text, start(text), scalar, open..open + 2);
            problems
                .push(Diagnostic::error(&source.path, "`{{` without `}}`").at(&source.text, span));
            return parts;
        };
        if let Some(typed) = part(
            source,
            start(text),
            scalar,
            open + 2..close,
            names,
            problems,
        ) {
            parts.push(Part::Hole(typed));
        }
        at = close + 2;
    }
    parts.push(Part::Text(scalar.get(at..).unwrap_or_default().to_owned()));
    parts
}
