//! The expressions of a rule file: `when`, `let`, `check` and the parts of
//! messages in double braces.
//!
//! It may use the parser and the checker, and turns their places into places
//! of the file. Nothing is evaluated.

use std::ops::Range;

use serde_yaml::Spanned;

use super::sources::Source;
use super::yaml::{point, start};
use crate::diagnostic::Diagnostic;
use crate::rules::expression::ast::Span;
use crate::rules::expression::check::{self, Names, Typed};
use crate::rules::expression::parser;
use crate::rules::expression::types::Type;
use crate::rules::position;
use crate::rules::rule::Part;

pub(super) fn condition(
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

pub(super) fn typed(
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
    range: Range<usize>,
    names: &Names,
    problems: &mut Vec<Diagnostic>,
) -> Option<Typed> {
    let text = scalar.get(range.clone()).unwrap_or_default();
    let mut report = |span: Span, message: String, help: Option<String>| {
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
            for error in errors {
                report(error.span, error.message, error.help);
            }
            return None;
        }
    };
    match check::check(&expr, text, names) {
        Ok(typed) => Some(typed),
        Err(errors) => {
            for error in errors {
                report(error.span, error.message, error.help);
            }
            None
        }
    }
}

/// Splits a message at `{{` and `}}` and checks what stands between.
pub(super) fn message(
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
