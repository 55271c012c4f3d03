//! Files with intents: YAML of ours, or Network Access Analyzer scopes.
//!
//! Everything wrong with all files is reported together, with places. What
//! kind of file it is follows from its content. Nothing is judged here.

mod file;
mod scope;
mod traffic;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::sources::{self, Source};
use crate::diagnostic::Diagnostic;
use crate::rules::intent::Intent;
use crate::rules::tree::{self, Reader};

/// Intents of one run; more are a mistake, or an attack on its memory.
const MAX_INTENTS: usize = 10_000;

/// Reads files with intents, in the order in which they are given.
///
/// # Errors
/// Everything wrong with any of them.
pub fn read_intents(paths: &[PathBuf]) -> Result<Vec<Intent>, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut sources = Vec::new();
    for path in paths {
        sources::read_file(
            path,
            "a file of intents or a Network Access Analyzer scope",
            &mut sources,
            &mut problems,
        );
    }
    finish(&sources, problems)
}

/// Reads one text as a file with intents.
///
/// # Errors
/// Everything wrong with it.
pub fn read_intents_text(path: &str, text: &str) -> Result<Vec<Intent>, Vec<Diagnostic>> {
    finish(&[Source::new(path, text)], Vec::new())
}

fn finish(
    sources: &[Source],
    mut problems: Vec<Diagnostic>,
) -> Result<Vec<Intent>, Vec<Diagnostic>> {
    let mut intents = Vec::new();
    for source in sources {
        let mut reader = Reader::new(&source.path, &source.text);
        match tree::read(&source.path, &source.text) {
            Ok(document) if scope::is_scope(&document) => {
                intents.extend(scope::intent(&document, &mut reader));
            }
            Ok(document) => intents.extend(file::intents(&document, &mut reader)),
            Err(problem) => problems.push(problem),
        }
        problems.append(&mut reader.problems);
    }
    unique_names(&intents, &mut problems);
    if intents.len() > MAX_INTENTS {
        let message = format!(
            "{} intents; at most {MAX_INTENTS} in one run",
            intents.len()
        );
        problems.push(Diagnostic::error("--intents", message).help("split them over several runs"));
    }
    if problems.is_empty() {
        Ok(intents)
    } else {
        Err(problems)
    }
}

fn unique_names(intents: &[Intent], problems: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, &Intent> = BTreeMap::new();
    for intent in intents {
        if let Some(other) = seen.insert(&intent.name, intent) {
            let message = format!(
                "the intent `{}` of line {} is also in {}:{}",
                intent.name, intent.line, other.file, other.line
            );
            problems.push(
                Diagnostic::error(&intent.file, message).help("give each intent its own name"),
            );
        }
    }
}

#[cfg(test)]
mod tests;
