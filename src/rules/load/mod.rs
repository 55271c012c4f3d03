//! Rules from files: the ones that the program carries and those of a folder.
//!
//! Everything wrong with all files is collected and reported together, with
//! positions; a set that loads cannot fail while it runs. Files are read in
//! [`sources`] and nowhere else.

mod controls;
mod expressions;
mod facts;
mod intents;
mod params;
mod rules;
mod sources;
mod yaml;

use std::collections::BTreeMap;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::file::PackFile;
use super::rule::{Pack, Rule, RuleSet};
use crate::diagnostic::Diagnostic;
use controls::{Frameworks, framework};
use facts::fact;
pub(super) use facts::fits;
pub use intents::{read_intents, read_intents_text};
use rules::rule;
use sources::{Source, embedded, folder};
use yaml::yaml;

/// Loads the embedded rules and those of folders or files. A rule of a folder
/// replaces an embedded one of the same name.
///
/// # Errors
/// Everything wrong with any file.
pub fn load(folders: &[PathBuf]) -> Result<(RuleSet, Vec<Diagnostic>), Vec<Diagnostic>> {
    with_own(embedded(), folders)
}

/// As [`load`], for runs that look at no cases: those of the embedded rules are
/// not read, which makes loading several times as fast.
///
/// # Errors
/// Everything wrong with any file.
pub fn load_to_run(folders: &[PathBuf]) -> Result<(RuleSet, Vec<Diagnostic>), Vec<Diagnostic>> {
    with_own(sources::embedded_without_cases(), folders)
}

fn with_own(
    embedded: Vec<Source>,
    folders: &[PathBuf],
) -> Result<(RuleSet, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut own = Vec::new();
    for folder in folders {
        sources::read(folder, &mut own, &mut problems);
    }
    finish(&[embedded, own], problems)
}

/// Loads one text as if it were a rule file; facts and controls are the embedded
/// ones.
///
/// # Errors
/// Everything wrong with it.
pub fn load_text(path: &str, text: &str) -> Result<RuleSet, Vec<Diagnostic>> {
    let mut facts = embedded();
    facts.retain(|source| matches!(folder(&source.path), "facts" | "controls"));
    let own = vec![Source::new(path, text)];
    finish(&[facts, own], Vec::new()).map(|(set, _)| set)
}

fn finish(
    layers: &[Vec<Source>],
    mut problems: Vec<Diagnostic>,
) -> Result<(RuleSet, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut facts = BTreeMap::new();
    let mut packs: BTreeMap<String, Pack> = BTreeMap::new();
    let mut frameworks = Frameworks::new();
    for source in layers.iter().flatten() {
        match folder(&source.path) {
            "facts" => problems.extend(fact(source, &mut facts).err().into_iter().flatten()),
            "packs" => problems.extend(pack(source, &mut packs).err()),
            "controls" => {
                problems.extend(
                    framework(source, &mut frameworks)
                        .err()
                        .into_iter()
                        .flatten(),
                );
            }
            _ => {}
        }
    }
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    for layer in layers {
        let mut here: BTreeMap<String, Rule> = BTreeMap::new();
        for source in layer
            .iter()
            .filter(|source| !matches!(folder(&source.path), "facts" | "packs" | "controls"))
        {
            match rule(source, &facts, &frameworks) {
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
        let frameworks = frameworks.into_values().collect();
        let set = RuleSet {
            rules,
            packs,
            facts,
            frameworks,
        };
        Ok((set, warnings))
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

/// sha256 over texts.
pub(super) fn digest(parts: &[&str]) -> String {
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
