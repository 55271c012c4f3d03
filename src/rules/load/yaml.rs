//! YAML, read strictly, and the places of its values.
//!
//! It may use the reader of YAML and diagnostics. What a value means is decided
//! elsewhere.

use serde_yaml::Spanned;

use super::sources::Source;
use crate::diagnostic::Diagnostic;
use crate::rules::expression::suggest;

/// Reads YAML strictly: truth values are `true` and `false`, keys are unique,
/// aliases and nesting are bounded.
pub(super) fn yaml<T: serde::de::DeserializeOwned>(source: &Source) -> Result<T, Diagnostic> {
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

/// From ``unknown field `severty`, expected one of name, …`` to a suggestion.
/// The known names stand with or without backticks.
fn meant(message: &str) -> Option<String> {
    let unknown = message
        .split('`')
        .nth(1)
        .filter(|_| message.contains("unknown"))?;
    let (_, known) = message.split_once("expected one of ")?;
    let known = known.split(", ").map(|name| name.trim_matches('`'));
    Some(suggest::among(unknown, known))
}

pub(super) fn start<T>(value: &Spanned<T>) -> usize {
    usize::try_from(value.referenced.span().byte_offset().unwrap_or(0)).unwrap_or(0)
}

pub(super) fn point(
    source: &Source,
    value: &Spanned<String>,
    message: impl Into<String>,
) -> Diagnostic {
    let at = start(value);
    Diagnostic::error(&source.path, message).at(&source.text, at..at + value.value.len().max(1))
}
