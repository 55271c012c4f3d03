//! Files as YAML, and the places of their values.
//!
//! It may use the strict reader of YAML and diagnostics. What a value means is
//! decided elsewhere.

use serde_yaml::Spanned;

use super::sources::Source;
use crate::diagnostic::Diagnostic;
use crate::rules::yaml;

/// Reads a file as [`yaml::read`] does.
pub(super) fn yaml<T: serde::de::DeserializeOwned>(source: &Source) -> Result<T, Diagnostic> {
    yaml::read_part(&source.path, &source.text, source.read)
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
