//! YAML, read strictly, for everything that people write: rules, facts, packs
//! and the configuration.
//!
//! May use the reader of YAML, diagnostics and suggestions. Files are read by
//! the callers, and what a value means is theirs to decide.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_yaml::Location;

use super::expression::suggest;
use crate::diagnostic::Diagnostic;

/// Reads YAML strictly: truth values are `true` and `false`, keys are unique,
/// aliases and nesting are bounded.
///
/// # Errors
/// What is wrong, with its place and what may have been meant.
pub(crate) fn read<T: DeserializeOwned>(path: &str, text: &Arc<str>) -> Result<T, Diagnostic> {
    read_part(path, text, text.len())
}

/// Reads the first bytes of a text; places are those of the whole.
pub(super) fn read_part<T: DeserializeOwned>(
    path: &str,
    text: &Arc<str>,
    bytes: usize,
) -> Result<T, Diagnostic> {
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false };
    let part = text.get(..bytes).unwrap_or(text);
    serde_yaml::from_str_with_options(part, options).map_err(|error| {
        let location = error.location();
        let message = error.without_snippet().to_string();
        let message = message
            .split(" at line ")
            .next()
            .unwrap_or(&message)
            .trim()
            .to_owned();
        let mut problem = Diagnostic::error(path, &message);
        if let Some(at) = location.and_then(|location| offset(&location, text)) {
            let word = text.get(at..).map_or(1, |rest| {
                rest.find(|c: char| c.is_whitespace() || c == ':')
                    .unwrap_or(rest.len())
                    .max(1)
            });
            problem = problem.at(text, at..at + word);
        }
        match meant(&message) {
            Some(help) => problem.help(help),
            None => problem,
        }
    })
}

/// Where a location is in bytes. Errors of syntax have only line and column,
/// both from 1.
fn offset(location: &Location, text: &str) -> Option<usize> {
    if let Some(at) = location.span().byte_offset() {
        return usize::try_from(at).ok();
    }
    let line = usize::try_from(location.line()).ok()?.checked_sub(1)?;
    let column = usize::try_from(location.column()).ok()?.saturating_sub(1);
    let mut start = 0;
    for (number, content) in text.split_inclusive('\n').enumerate() {
        if number == line {
            let within = content.trim_end().char_indices().nth(column);
            return Some(start + within.map_or(content.trim_end().len(), |(at, _)| at));
        }
        start += content.len();
    }
    // The end of the text, after its last line.
    Some(text.trim_end().len())
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::read;

    #[test]
    fn errors_of_syntax_have_a_place_too() {
        for (text, place) in [("select: [all\n", (1, 9)), ("a: b\nä: ö\n c: }\n", (3, 3))] {
            let wrong = read::<BTreeMap<String, String>>("a.yaml", &text.into()).unwrap_err();
            assert_eq!(wrong.position(), Some(place), "{}", wrong.render(false));
        }
    }
}
