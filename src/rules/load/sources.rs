//! The files that may hold a rule, a fact or a pack.
//!
//! The only place under `rules` that reads files; sizes are limited. What a
//! file says is not looked at here.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;

/// Files the program carries: path and text.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// A rule file is a page or two; what is larger is not one.
const MAX_BYTES: u64 = 1 << 20;

/// A file that may hold a rule, a fact or a pack.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: Arc<str>,
    /// How many bytes of the text are read as YAML.
    pub(super) read: usize,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.into(),
            read: text.len(),
        }
    }

    /// Leaves out the cases, which are the last and by far the largest part of the
    /// files that the program carries, and which no audit looks at.
    fn without_cases(mut self) -> Self {
        self.read = self
            .text
            .find("\ntests:\n")
            .map_or(self.read, |end| end + 1);
        self
    }
}

/// The files that the program carries.
pub(super) fn embedded() -> Vec<Source> {
    let files = EMBEDDED.iter();
    files.map(|(path, text)| Source::new(path, text)).collect()
}

/// The files that the program carries, without the cases of rules.
pub(super) fn embedded_without_cases() -> Vec<Source> {
    let files = EMBEDDED.iter();
    files
        .map(|(path, text)| Source::new(path, text).without_cases())
        .collect()
}

/// The folder that a file lies in.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or_default()
}

/// Reads a folder with all below it, or one file.
pub(super) fn read(path: &Path, sources: &mut Vec<Source>, problems: &mut Vec<Diagnostic>) {
    if !path.is_dir() {
        read_file(path, "a folder or file with rules", sources, problems);
        return;
    }
    let entries = std::fs::read_dir(path).map(|entries| {
        entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect::<Vec<_>>()
    });
    match entries {
        Err(error) => problems.push(Diagnostic::error(
            shown(path),
            format!("cannot read the folder: {error}"),
        )),
        Ok(mut entries) => {
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
    }
}

/// Reads one file, unless it is too large to be what it should be: `wanted`,
/// in words.
#[expect(clippy::disallowed_methods, reason = "rules and intents are read here")]
pub(super) fn read_file(
    path: &Path,
    wanted: &str,
    sources: &mut Vec<Source>,
    problems: &mut Vec<Diagnostic>,
) {
    let shown = shown(path);
    match std::fs::metadata(path).map(|file| file.len()) {
        Ok(size) if size > MAX_BYTES => {
            let message = format!("{size} bytes; such a file has at most {MAX_BYTES}");
            problems.push(Diagnostic::error(shown, message).help(format!("give {wanted}")));
        }
        _ => match std::fs::read_to_string(path) {
            Ok(text) => sources.push(Source::new(&shown, &text)),
            Err(error) => problems.push(
                Diagnostic::error(shown, format!("cannot read: {error}"))
                    .help(format!("give {wanted}")),
            ),
        },
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
