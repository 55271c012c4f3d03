//! Files that are read in pieces, a few at a time, while the next ones are cut.
//!
//! What a piece is, is for `pieces`; what it says, for `document`.

use std::io::{self, Cursor, Read};

use rayon::prelude::*;

use super::Limits;
use super::batch::Batch;
use super::catalog::{Catalog, SourceRef};
use super::document::{self, Context};
use super::load::problem;
use super::peek::Peek;
use super::pieces::{Piece, Pieces};
use super::problem::{Found, Level};
use super::text::{MARK, decode};

pub(super) fn in_pieces_of_text(
    bytes: Vec<u8>,
    context: &Context,
    limits: &Limits,
    problems: &mut Vec<Found>,
) -> io::Result<Vec<Batch>> {
    match decode(bytes) {
        Ok(text) => {
            let bytes = Cursor::new(text.into_bytes());
            Ok(in_pieces(bytes, context, limits, problems))
        }
        Err(error) => Err(io::Error::other(format!(
            "not {} from byte {} on",
            error.encoding, error.offset
        ))),
    }
}

/// Reads pieces while the next ones are cut, a few at a time.
pub(super) fn in_pieces(
    reader: impl Read + Send,
    context: &Context,
    limits: &Limits,
    problems: &mut Vec<Found>,
) -> Vec<Batch> {
    let target = usize::try_from(limits.piece).unwrap_or(usize::MAX);
    let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    let at_once = rayon::current_num_threads().clamp(1, 4);
    let mut pieces = Pieces::new(reader, target, memory);
    let mut cut = move || -> (Vec<Piece>, io::Result<()>) {
        let mut some = Vec::new();
        while some.len() < at_once {
            match pieces.next() {
                Ok(Some(piece)) => some.push(piece),
                Ok(None) => break,
                Err(error) => return (some, Err(error)),
            }
        }
        (some, Ok(()))
    };
    let mut batches = Vec::new();
    let (mut some, mut state) = cut();
    let source = some.first().and_then(|piece| record_of(&piece.text));
    let mark = some.first().map_or(0, |piece| {
        if piece.text.starts_with(MARK) {
            MARK.len() as u64
        } else {
            0
        }
    });
    while !some.is_empty() {
        let read = || -> Vec<_> {
            let read = |piece: Piece| piece_of(piece, context, source, mark);
            some.into_par_iter().map(read).collect()
        };
        let (read, next) = rayon::join(read, &mut cut);
        for (batch, mut found) in read {
            problems.append(&mut found);
            let broken = batch.as_ref().is_none_or(|batch| batch.broken);
            batches.extend(batch);
            if broken {
                return batches;
            }
        }
        let failed = state;
        (some, state) = next;
        if let Err(error) = failed {
            problems.push(problem(
                &context.path,
                Level::Incomplete,
                "piece",
                format!("the file is not read to its end: {error}"),
            ));
            break;
        }
    }
    if let Err(error) = state {
        problems.push(problem(
            &context.path,
            Level::Incomplete,
            "piece",
            format!("the file is not read to its end: {error}"),
        ));
        if let Some(batch) = batches.last_mut() {
            batch.broken = true;
        }
    }
    batches
}

/// The kind of the records of an array that is cut into pieces.
fn record_of(bytes: &[u8]) -> Option<SourceRef> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (first, _) = text
        .trim_start()
        .starts_with('[')
        .then(|| Peek::first(text))?;
    let (first, catalog) = (first?, Catalog::get());
    if first.marked().is_some() {
        None
    } else {
        first.record(catalog)
    }
}

fn piece_of(
    piece: Piece,
    context: &Context,
    source: Option<SourceRef>,
    mark: u64,
) -> (Option<Batch>, Vec<Found>) {
    let text = match decode(piece.text) {
        Ok(text) => text,
        Err(error) => {
            let at = piece.start + error.offset.saturating_sub(piece.prefix) as u64;
            let message = format!("not UTF-8 from byte {at} on; what stands before is read");
            return (
                None,
                vec![problem(
                    &context.path,
                    Level::Incomplete,
                    "encoding",
                    message,
                )],
            );
        }
    };
    let resumed = piece.resumed.map(|(keys, position)| {
        let mut pointer = String::new();
        for key in keys {
            let key: String = serde_json::from_slice(&key).unwrap_or_default();
            super::position::push_part(&mut pointer, &key);
        }
        (pointer, position)
    });
    // Offsets count from the text without its byte order mark.
    let start = piece.start.saturating_sub(mark);
    let context = Context {
        prefix: piece.prefix,
        start,
        lines: piece.lines,
        resumed,
        resumed_source: source,
        ..context.clone()
    };
    let (batch, found) = document::read(&text, &context);
    (Some(batch), found)
}
