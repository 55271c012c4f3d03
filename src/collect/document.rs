//! From the text of a file, or of a piece of one, to a batch.
//!
//! Takes the place of the text in its file into account, so that offsets, lines
//! and pointers are those of the file. Opens no files.

use std::sync::Arc;

use serde::de::DeserializeSeed as _;

use crate::snapshot::wanted::Wanted;

use super::answer::{AnswerSeed, Envelope};
use super::batch::Batch;
use super::bookkeeping;
use super::catalog::{Catalog, SourceRef};
use super::position;
use super::problem::{Found, Issue, Level, Problem};
use super::reader::{ParentName, Reader};

/// What is known about a text before it is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    /// The file's path.
    pub path: String,
    /// The fields to keep, if not all of them.
    pub wanted: Option<Arc<Wanted>>,
    /// The modelled operation that it is named after.
    pub hint: Option<(&'static str, &'static str)>,
    /// Names that may be the parent's id.
    pub names: Vec<ParentName>,
    /// Bytes at the beginning that are not in the file.
    pub prefix: usize,
    /// Offset in the file of what follows them.
    pub start: u64,
    /// Lines of the file before it.
    pub lines: u64,
    /// The array that goes on here, and the position of its first item.
    pub resumed: Option<(String, u32)>,
    pub resumed_source: Option<SourceRef>,
}

impl Context {
    /// What a path tells.
    pub(super) fn of(path: &str) -> Self {
        let catalog = Catalog::get();
        let parts: Vec<&str> = path.rsplit(['/', '!']).collect();
        let stems = parts.iter().take(5).map(|part| stem(part));
        let mut hint = None;
        let mut names: Vec<ParentName> = Vec::new();
        for name in stems {
            let found = catalog.operation(&name);
            if found.is_some() {
                hint = found;
                for before in &mut names {
                    before.certain = true;
                }
                names.push(ParentName {
                    name,
                    certain: false,
                });
                break;
            }
            let decoded = percent_decoded(&name);
            let unnumbered = decoded
                .trim_end_matches(|char: char| char.is_ascii_digit())
                .strip_suffix('_');
            names.extend(unnumbered.map(|name| ParentName {
                name: name.to_owned(),
                certain: false,
            }));
            names.push(ParentName {
                name: decoded,
                certain: false,
            });
        }
        // A number after the name is that of a page, unless the name fits as it is.
        names.reverse();
        names.sort_by_key(|name| !name.certain);
        Self {
            path: path.to_owned(),
            hint,
            names,
            ..Self::default()
        }
    }
}

/// A name without what tells its format.
fn stem(name: &str) -> String {
    let mut stem = name;
    for suffix in [".gz", ".zst", ".jsonl", ".json"] {
        stem = stem.strip_suffix(suffix).unwrap_or(stem);
    }
    stem.to_owned()
}

/// A name with `%2F` as `/`.
pub(super) fn percent_decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        let byte = code
            .filter(|_| *first == b'%')
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

/// Reads a text.
pub(super) fn read(text: &str, context: &Context) -> (Batch, Vec<Found>) {
    let mut batch = Batch::default();
    let mut broken = false;
    if context.prefix == 0 && bookkeeping::is_ledger(text) {
        bookkeeping::ledger(text, &mut batch);
    } else {
        (batch, broken) = answer(text, context);
    }
    for reading in &mut batch.runs {
        reading.run.partial |= broken && !reading.closed;
        let first = reading.first.unwrap_or(0) + context.start;
        reading.run.base = first.saturating_sub(context.prefix as u64);
    }
    batch.broken = broken;
    let issues = batch.issues.take();
    let problems = problems(text, context, issues);
    (batch, problems)
}

fn answer(text: &str, context: &Context) -> (Batch, bool) {
    let mut reader = Reader::new(text, Batch::default());
    reader.hint = context.hint;
    reader.wanted.clone_from(&context.wanted);
    reader.names.clone_from(&context.names);
    reader.resumed.clone_from(&context.resumed);
    reader.resumed_source = context.resumed_source;
    let mut envelope = Envelope::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = AnswerSeed {
        reader: &mut reader,
        envelope: &mut envelope,
        pointer: String::new(),
        depth: 0,
    };
    let result = seed
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    if let Err(error) = &result {
        let at = offset_of(text, error.line(), error.column());
        let kind = error.to_string();
        let kind = kind
            .split(" at line ")
            .next()
            .unwrap_or_default()
            .to_owned();
        let column = if context.lines == 0 || error.line() > 1 {
            error.column()
        } else {
            0
        };
        let column = if column == 0 {
            String::new()
        } else {
            format!(", column {column}")
        };
        let line = error.line() as u64 + context.lines;
        reader.batch.issues.add(Level::Incomplete, "json", Some(at), || {
            format!("this is not JSON from line {line}{column} on ({kind}); what stands before is read")
        });
    }
    let depth = u8::from(result.is_err());
    let empty = result.is_ok()
        && reader.objects == 0
        && envelope.scalars.is_empty()
        && envelope.parts.is_empty();
    let known = reader.finish(envelope, text.trim_start(), "", depth);
    if empty && !known && text.starts_with('[') && reader.batch.issues.is_empty() {
        reader.batch.issues.add(Level::Note, "empty", None, || {
            "nothing is in this file".to_owned()
        });
    }
    (reader.batch, result.is_err())
}

/// Offset of a line and column as `serde_json` counts them.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(breaks) => memchr::memchr_iter(b'\n', text.as_bytes())
            .nth(breaks)
            .map_or(text.len(), |at| at + 1),
    };
    (start + column.saturating_sub(1)).min(text.len())
}

/// Gives issues their lines and pointers.
fn problems(text: &str, context: &Context, mut issues: Vec<Issue>) -> Vec<Found> {
    issues.sort_by_key(|issue| issue.at);
    let offsets: Vec<usize> = issues.iter().filter_map(|issue| issue.at).collect();
    let mut pointers = position::pointers(text, &offsets).into_iter();
    let mut line = 1 + context.lines;
    let mut counted = context.prefix;
    let mut found = Vec::with_capacity(issues.len());
    for issue in issues {
        let at = issue.at.map(|at| {
            let lines = text
                .as_bytes()
                .get(counted..at.max(counted))
                .unwrap_or_default();
            line += memchr::memchr_iter(b'\n', lines).count() as u64;
            counted = at.max(counted);
            (line, pointers.next().map(|pointer| moved(pointer, context)))
        });
        let (line, pointer) = at.unzip();
        found.push(Found {
            class: issue.class,
            problem: Problem {
                file: context.path.clone(),
                line,
                pointer: pointer.flatten(),
                level: issue.level,
                message: issue.message,
                help: issue.help,
                count: issue.count,
            },
        });
    }
    found
}

/// A pointer in a piece as one in the file.
fn moved(pointer: String, context: &Context) -> String {
    let Some((array, position)) = &context.resumed else {
        return pointer;
    };
    let Some(rest) = pointer
        .strip_prefix(array.as_str())
        .and_then(|rest| rest.strip_prefix('/'))
    else {
        return pointer;
    };
    let (index, rest) = rest
        .split_once('/')
        .map_or((rest, None), |(index, rest)| (index, Some(rest)));
    let Ok(index) = index.parse::<u64>() else {
        return pointer;
    };
    let index = index + u64::from(*position);
    rest.map_or_else(
        || format!("{array}/{index}"),
        |rest| format!("{array}/{index}/{rest}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_operation_and_parent() {
        let context = Context::of("a/ec2.SearchTransitGatewayRoutes/tgw-rtb-0a.json");
        assert_eq!(context.hint, Some(("ec2", "SearchTransitGatewayRoutes")));
        assert_eq!(context.names[0].name, "tgw-rtb-0a");
        assert!(context.names[0].certain);
        assert_eq!(percent_decoded("arn%3Aaws%2fx%"), "arn:aws/x%");
    }
}
