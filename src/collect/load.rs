//! From a stored file to batches: digest, unpacking, encoding, pieces.
//!
//! Everything between the bytes on disk and the text that is read as JSON. What
//! the text means is for `document`.

use std::cell::Cell;
use std::io::{self, Cursor, Read};

use sha2::{Digest as _, Sha256};

use crate::snapshot::{FileFormat, SourceFile};

use super::batch::Batch;
use super::bookkeeping::Manifest;
use super::document::{self, Context};
use super::input::{Input, Store};
use super::large::{in_pieces, in_pieces_of_text};
use super::merge;
use super::problem::{Found, Level, Problem};
use super::settle::settle;
use super::text::{decode, looks_like_json};
use super::{Options, scope};

/// How a file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Zstandard,
}

impl Packing {
    pub(super) fn of(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstandard,
            _ => Self::Plain,
        }
    }

    /// Unpacks what a reader gives.
    pub(super) fn unpack<'r>(
        self,
        reader: Box<dyn Read + Send + 'r>,
    ) -> io::Result<Box<dyn Read + Send + 'r>> {
        Ok(match self {
            Self::Plain => reader,
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(reader)),
            Self::Zstandard => {
                Box::new(ruzstd::decoding::StreamingDecoder::new(reader).map_err(io::Error::other)?)
            }
        })
    }
}

/// Hashes what passes through it.
struct Hashing<R> {
    reader: R,
    digest: Option<Sha256>,
    bytes: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if let (Some(digest), Some(read)) = (&mut self.digest, buffer.get(..count)) {
            digest.update(read);
        }
        self.bytes += count as u64;
        Ok(count)
    }
}

/// What the manifest of a snapshot says about a file.
#[derive(Debug, Clone)]
pub(super) struct Promise {
    pub bytes: u64,
    pub sha256: String,
    /// Taken on trust, so that the file need not be hashed.
    pub trusted: bool,
}

impl Promise {
    pub(super) fn find(
        manifests: &[(String, Manifest)],
        path: &str,
        trusted: bool,
    ) -> Option<Self> {
        manifests.iter().rev().find_map(|(folder, manifest)| {
            let inner = path.strip_prefix(folder.as_str())?;
            let (bytes, sha256) = manifest.files.get(inner.trim_start_matches('/'))?;
            Some(Self {
                bytes: *bytes,
                sha256: sha256.clone(),
                trusted,
            })
        })
    }
}

/// Reads a file; `None` if it is not JSON.
pub(super) fn load(
    input: &Input,
    promise: Option<&Promise>,
    options: &Options,
) -> Option<Box<merge::Read>> {
    let mut found = Vec::new();
    let mut read = match try_load(input, promise, options, &mut found) {
        Ok(read) => read?,
        Err(error) => {
            found.push(problem(
                &input.path,
                Level::Incomplete,
                "file",
                format!("the file cannot be read: {error}"),
            ));
            let file = source_file(input, input.bytes, String::from("unread"));
            merge::Read {
                file,
                batches: Vec::new(),
                problems: Vec::new(),
            }
        }
    };
    broken_promise(&read.file, promise, &mut found);
    let outside = scope::of_path(&input.path);
    let deleted: u64 = read.batches.iter().map(|batch| batch.deleted).sum();
    if deleted > 0 {
        let message = format!("{deleted} items are of deleted resources and are left out");
        found.push(problem(&input.path, Level::Note, "deleted", message));
    }
    for batch in &mut read.batches {
        settle(batch, &input.path, &outside, &mut found);
    }
    read.problems.append(&mut found);
    Some(Box::new(read))
}

fn try_load(
    input: &Input,
    promise: Option<&Promise>,
    options: &Options,
    found: &mut Vec<Found>,
) -> io::Result<Option<merge::Read>> {
    let limits = &options.limits;
    let trusted = promise.is_some_and(|promise| promise.trusted);
    let mut reader = input.store.open()?;
    let mut start = buffer();
    reader.by_ref().take(4096).read_to_end(&mut start)?;
    let packing = Packing::of(&start);
    if packing == Packing::Plain && input.bytes <= limits.whole {
        return plain(input, start, reader, (promise, trusted), options, found);
    }
    let digest = (!trusted).then(Sha256::new);
    let mut stored = Hashing {
        reader: Cursor::new(start).chain(reader),
        digest,
        bytes: 0,
    };
    let mut reader = packing.unpack(Box::new(&mut stored))?;
    if packing != Packing::Plain {
        // A few kilobytes may unpack to anything: what is beyond the bound is
        // missing, and the text breaks off there.
        reader = Box::new(reader.take(limits.unpacked));
    }
    let mut text = Vec::new();
    reader.by_ref().take(4096).read_to_end(&mut text)?;
    let empty = text.iter().all(u8::is_ascii_whitespace);
    if !(looks_like_json(&text) || empty && is_named_json(&input.path)) {
        return Ok(None);
    }
    let wide = matches!(text.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let bound = if wide { limits.memory } else { limits.whole };
    let more = reader
        .by_ref()
        .take(bound.saturating_sub(text.len() as u64))
        .read_to_end(&mut text);
    let context = context(input, options);
    let mut problems = Vec::new();
    let batches = match more {
        Err(error) => {
            // What could be unpacked is read; the text breaks off where it ends.
            let message = format!("the file cannot be unpacked to its end: {error}");
            found.push(problem(&input.path, Level::Incomplete, "unpack", message));
            whole(text, &context, &mut problems)
        }
        Ok(_) if wide && text.len() as u64 >= bound => {
            return Err(io::Error::other(format!(
                "more than {} bytes of UTF-16",
                limits.memory
            )));
        }
        Ok(_) if wide && text.len() as u64 > limits.whole => {
            in_pieces_of_text(text, &context, limits, &mut problems)?
        }
        Ok(_) if text.len() as u64 >= bound => in_pieces(
            Cursor::new(text).chain(reader.by_ref()),
            &context,
            limits,
            &mut problems,
        ),
        Ok(_) => whole(text, &context, &mut problems),
    };
    drop(reader);
    io::copy(&mut stored, &mut io::sink())?;
    let sha256 = match stored.digest {
        Some(digest) => hex(&digest.finalize()),
        None => promise
            .map(|promise| promise.sha256.clone())
            .unwrap_or_default(),
    };
    Ok(Some(merge::Read {
        file: source_file(input, stored.bytes, sha256),
        batches,
        problems,
    }))
}

/// Reads a file that is stored as it is and not large.
fn plain(
    input: &Input,
    mut bytes: Vec<u8>,
    mut reader: impl Read,
    (promise, trusted): (Option<&Promise>, bool),
    options: &Options,
    found: &mut Vec<Found>,
) -> io::Result<Option<merge::Read>> {
    let empty = bytes.iter().all(u8::is_ascii_whitespace);
    if !(looks_like_json(&bytes) || empty && is_named_json(&input.path)) {
        return Ok(None);
    }
    bytes.reserve_exact(
        usize::try_from(input.bytes)
            .unwrap_or(0)
            .saturating_sub(bytes.len())
            + 32,
    );
    // The file may have grown since it was found.
    reader
        .by_ref()
        .take(options.limits.whole + (1 << 20))
        .read_to_end(&mut bytes)?;
    let size = bytes.len() as u64;
    let sha256 = match promise {
        Some(promise) if trusted => promise.sha256.clone(),
        _ => hex(&Sha256::digest(&bytes)),
    };
    let mut problems = Vec::new();
    let batches = whole(bytes, &context(input, options), &mut problems);
    if reader.read(&mut [0])? > 0 {
        found.push(problem(
            &input.path,
            Level::Incomplete,
            "grown",
            "the file grew while it was read".to_owned(),
        ));
    }
    Ok(Some(merge::Read {
        file: source_file(input, size, sha256),
        batches,
        problems,
    }))
}

fn context(input: &Input, options: &Options) -> Context {
    let wanted = options.wanted.clone();
    Context {
        wanted,
        ..Context::of(&input.path)
    }
}

thread_local! {
    /// The memory of the last file's text: taking and giving back tens of
    /// megabytes for each file scatters the rest of the heap.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

fn buffer() -> Vec<u8> {
    let mut buffer = BUFFER.take();
    buffer.clear();
    buffer
}

/// Gives back this thread's memory.
pub(super) fn forget_buffer() {
    drop(BUFFER.take());
}

fn whole(bytes: Vec<u8>, context: &Context, problems: &mut Vec<Found>) -> Vec<Batch> {
    match decode(bytes) {
        Ok(text) if text.trim_start().is_empty() => {
            let message =
                "the file is empty: the command that should have written it may have failed"
                    .to_owned();
            problems.push(problem(&context.path, Level::Incomplete, "empty", message));
            Vec::new()
        }
        Ok(text) => {
            let (batch, found) = document::read(&text, context);
            problems.extend(found);
            BUFFER.set(text.into_bytes());
            vec![batch]
        }
        Err(error) => {
            problems.push(problem(
                &context.path,
                Level::Incomplete,
                "encoding",
                format!(
                    "not {} from byte {} on; the file is not read",
                    error.encoding, error.offset
                ),
            ));
            Vec::new()
        }
    }
}

fn broken_promise(file: &SourceFile, promise: Option<&Promise>, found: &mut Vec<Found>) {
    let Some(promise) = promise else { return };
    if file.bytes != promise.bytes || file.sha256 != promise.sha256 {
        let message = "the file is not the one the manifest names".to_owned();
        found.push(problem(&file.path, Level::Mismatch, "manifest", message));
    }
}

fn source_file(input: &Input, bytes: u64, sha256: String) -> SourceFile {
    SourceFile {
        path: input.path.clone(),
        format: FileFormat::Unknown,
        bytes,
        sha256,
        items: 0,
    }
}

pub(super) fn problem(file: &str, level: Level, class: &'static str, message: String) -> Found {
    let problem = Problem {
        file: file.to_owned(),
        line: None,
        pointer: None,
        level,
        message,
        help: None,
        count: 1,
    };
    Found { class, problem }
}

fn is_named_json(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let path = path.strip_suffix(".gz").unwrap_or(&path);
    path.strip_suffix(".json").is_some()
}

/// Bytes in lower case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

/// The text of a file, for looking something up again.
pub(super) fn text_again(store: &Store, limit: u64) -> io::Result<String> {
    let mut reader = store.open()?;
    let mut start = Vec::new();
    reader.by_ref().take(8).read_to_end(&mut start)?;
    let packing = Packing::of(&start);
    let mut bytes = Vec::new();
    packing
        .unpack(Box::new(Cursor::new(start).chain(reader)))?
        .take(limit)
        .read_to_end(&mut bytes)?;
    decode(bytes).map_err(|error| io::Error::other(error.encoding))
}
