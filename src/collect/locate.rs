//! Finds values in the files again.
//!
//! A lookup reads a few kilobytes around the place that reading remembered, so
//! it does not matter in which order values are asked for. Judges nothing; a
//! file that is gone or has another size gives no places.

use std::borrow::Cow;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::value::RawValue;

use crate::snapshot::provenance::{Locate, Origin, Place, Run};
use crate::snapshot::{FileFormat, Snapshot};

use super::excerpt::excerpt;
use super::input::Store;
use super::load::{self, Packing};
use super::navigate::{Target, find};
use super::pieces::items;
use super::position;
use super::written::Written;
use super::{Options, text};

/// Finds values in the files that a snapshot was read from.
#[derive(Debug)]
pub struct Locator {
    files: Vec<Located>,
    runs: Vec<Run>,
    memory: u64,
    /// What people wrote: the last file.
    written: Option<Arc<Written>>,
    /// Texts of files that cannot be read from the middle, the last one first.
    texts: Mutex<Vec<(u32, Arc<String>)>>,
}

#[derive(Debug)]
struct Located {
    store: Store,
    bytes: u64,
    loose: bool,
    index: OnceLock<Option<Index>>,
    /// Where the items of the outermost arrays begin, with their positions.
    items: OnceLock<Vec<(u64, u32)>>,
}

/// How a file is read from the middle.
#[derive(Debug)]
struct Index {
    /// Bytes of the byte order mark.
    mark: u64,
    /// It must be unpacked or converted as a whole.
    decoded: bool,
    /// Line breaks before each block.
    blocks: Vec<u64>,
}

const BLOCK_BITS: u32 = 14;
const BLOCK: u64 = 1 << BLOCK_BITS;
/// Blocks that are read at a time when lines are counted.
const BLOCKS: u64 = 64;
/// Texts that are kept.
const KEPT: usize = 4;

impl Locator {
    pub(super) fn new(snapshot: &Snapshot, stores: Vec<Store>, options: &Options) -> Self {
        let located = |(store, file): (Store, &crate::snapshot::SourceFile)| Located {
            store,
            bytes: file.bytes,
            loose: file.format == FileFormat::AwsConfig,
            index: OnceLock::new(),
            items: OnceLock::new(),
        };
        Self {
            files: stores
                .into_iter()
                .zip(&snapshot.files)
                .map(located)
                .collect(),
            runs: snapshot.runs.clone(),
            memory: options.limits.memory,
            written: options.written.clone(),
            texts: Mutex::new(Vec::new()),
        }
    }

    fn places(&self, origin: Origin, paths: &[String]) -> Option<Vec<Option<Place>>> {
        let run = self.runs.get(origin.run as usize)?;
        if let Some(written) = &self.written
            && run.file as usize + 1 == self.files.len()
        {
            return written.places(run.file, origin, paths);
        }
        let file = self.files.get(run.file as usize)?;
        if origin.offset == u32::MAX {
            return None;
        }
        let index = file
            .index
            .get_or_init(|| self.index(run.file, file).ok())
            .as_ref()?;
        let at = index.mark + run.base + u64::from(origin.offset);
        let opened = self.open(run.file, file, index)?;
        let (window, start, end) = object(&opened, at)?;
        let pointer = pointer(file, run, origin, &opened, at)?;
        let before = index.lines(&opened, &window, start)?;
        let target = Target {
            kind: run.kind,
            loose: file.loose,
        };
        let place = |path: &String| {
            let value = find(window.text(start, end)?, path, target)?;
            let from = start + value.start as u64;
            let line = before + 1 + window.breaks(start, from);
            let (excerpt, excerpt_line) = excerpt(
                &window.text,
                window.at(from)?,
                value.end - value.start,
                line,
            );
            Some(Place {
                file: run.file,
                pointer: format!("{pointer}{}", value.pointer),
                line,
                excerpt,
                excerpt_line,
            })
        };
        Some(paths.iter().map(place).collect())
    }

    fn index(&self, number: u32, file: &Located) -> io::Result<Index> {
        // Looked at once: a file that changes while a report is written is
        // beyond help.
        if file.store.size()? != file.bytes {
            return Err(io::Error::other("the file has changed"));
        }
        let mut reader = file.store.open()?;
        let mut start = Vec::new();
        reader.by_ref().take(8).read_to_end(&mut start)?;
        let wide = matches!(start.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        if wide || Packing::of(&start) != Packing::Plain {
            let text = self.text(number, file)?;
            let blocks = blocks(text.as_bytes())?;
            return Ok(Index {
                mark: 0,
                decoded: true,
                blocks,
            });
        }
        let mark = if start.starts_with(text::MARK) {
            text::MARK.len() as u64
        } else {
            0
        };
        let blocks = blocks(io::Cursor::new(start).chain(reader))?;
        Ok(Index {
            mark,
            decoded: false,
            blocks,
        })
    }

    /// The text of a file that cannot be read from the middle.
    fn text(&self, number: u32, file: &Located) -> io::Result<Arc<String>> {
        let known = |texts: &[(u32, Arc<String>)]| {
            texts
                .iter()
                .find(|(known, _)| *known == number)
                .map(|(_, text)| Arc::clone(text))
        };
        if let Some(text) = known(&self.texts.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(text);
        }
        let text = Arc::new(load::text_again(&file.store, self.memory)?);
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.insert(0, (number, Arc::clone(&text)));
        texts.truncate(KEPT);
        Ok(text)
    }

    fn open<'f>(&self, number: u32, file: &'f Located, index: &Index) -> Option<Opened<'f>> {
        if index.decoded {
            return self.text(number, file).ok().map(Opened::Text);
        }
        Some(match &file.store {
            Store::Disk(_) => Opened::Disk(&file.store),
            Store::Memory(bytes) => Opened::Memory(bytes),
        })
    }
}

/// The pointer of an object, with the positions that its run leaves open.
fn pointer(
    file: &Located,
    run: &Run,
    origin: Origin,
    opened: &Opened<'_>,
    at: u64,
) -> Option<String> {
    if !run.pointer.contains("/*") {
        return Some(run.pointer_of(origin.ordinal));
    }
    // Down to the outermost array; no section is called by a number.
    let is_key = |part: &&str| *part != "*" && !part.bytes().all(|byte| byte.is_ascii_digit());
    let keys: Vec<&str> = run.pointer.split('/').skip(1).take_while(is_key).collect();
    let array = keys
        .iter()
        .fold(String::new(), |array, key| array + "/" + key);
    let items = file
        .items
        .get_or_init(|| opened.reader().map(items).unwrap_or_default());
    let item = items
        .partition_point(|(start, _)| *start <= at)
        .checked_sub(1)?;
    let (start, position) = *items.get(item)?;
    let text = opened.window(start, at + 2)?.text;
    let offset = usize::try_from(at - start).ok()?;
    let inner = position::pointers(&text, &[offset]).pop()?;
    // The place is the first key of the object, unless it is a text.
    let inner = if text.as_bytes().get(offset) == Some(&b'"') {
        inner.as_str()
    } else {
        inner.rsplit_once('/')?.0
    };
    Some(format!("{array}/{position}{inner}"))
}

impl Locate for Locator {
    fn locate(&self, origin: Origin, paths: &[String]) -> Vec<Option<Place>> {
        self.places(origin, paths)
            .unwrap_or_else(|| vec![None; paths.len()])
    }
}

/// Line breaks before each block of what is read, and in all of it.
fn blocks(mut reader: impl Read) -> io::Result<Vec<u64>> {
    let mut blocks = vec![0];
    let mut breaks = 0;
    let mut many = Vec::new();
    loop {
        many.clear();
        reader
            .by_ref()
            .take(BLOCK * BLOCKS)
            .read_to_end(&mut many)?;
        if many.is_empty() {
            return Ok(blocks);
        }
        for block in many.chunks(1 << BLOCK_BITS) {
            breaks += memchr::memchr_iter(b'\n', block).count() as u64;
            blocks.push(breaks);
        }
    }
}

impl Index {
    /// Line breaks before an offset that is in the window.
    fn lines(&self, opened: &Opened<'_>, window: &Window, offset: u64) -> Option<u64> {
        let block = offset / BLOCK;
        let before = *self.blocks.get(usize::try_from(block).ok()?)?;
        if window.start <= block * BLOCK {
            return Some(before + window.breaks(block * BLOCK, offset));
        }
        Some(
            before
                + opened
                    .window(block * BLOCK, offset)?
                    .breaks(block * BLOCK, offset),
        )
    }
}

/// A file that can be read from the middle.
enum Opened<'f> {
    Disk(&'f Store),
    Memory(&'f [u8]),
    Text(Arc<String>),
}

/// A part of a file.
struct Window {
    /// Offset of its first byte.
    start: u64,
    text: String,
    /// It reaches to the end of the file.
    last: bool,
}

impl Opened<'_> {
    fn reader(&self) -> Option<Box<dyn Read + Send + '_>> {
        match self {
            Self::Disk(store) => store.open().ok(),
            Self::Memory(bytes) => Some(Box::new(*bytes)),
            Self::Text(text) => Some(Box::new(text.as_bytes())),
        }
    }

    fn window(&self, start: u64, end: u64) -> Option<Window> {
        let length = usize::try_from(end.checked_sub(start)?).ok()?;
        let bytes: Cow<'_, [u8]> = match self {
            Self::Disk(store) => {
                let mut file = store.file()?;
                file.seek(SeekFrom::Start(start)).ok()?;
                let mut bytes = Vec::with_capacity(length);
                file.take(length as u64).read_to_end(&mut bytes).ok()?;
                Cow::Owned(bytes)
            }
            Self::Memory(bytes) => Cow::Borrowed(part(bytes, start, length)?),
            Self::Text(text) => Cow::Borrowed(part(text.as_bytes(), start, length)?),
        };
        let last = bytes.len() < length;
        // A window may begin and end inside a character.
        let skip = bytes
            .iter()
            .take(3)
            .take_while(|byte| **byte & 0xc0 == 0x80)
            .count();
        let whole = bytes.get(skip..)?;
        let valid = match std::str::from_utf8(whole) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(whole.get(..error.valid_up_to())?).ok()?,
        };
        Some(Window {
            start: start + skip as u64,
            text: valid.to_owned(),
            last,
        })
    }
}

fn part(bytes: &[u8], start: u64, length: usize) -> Option<&[u8]> {
    let start = usize::try_from(start).ok()?;
    let end = start.saturating_add(length).min(bytes.len());
    bytes.get(start..end)
}

impl Window {
    fn at(&self, offset: u64) -> Option<usize> {
        usize::try_from(offset.checked_sub(self.start)?)
            .ok()
            .filter(|at| *at <= self.text.len())
    }

    fn text(&self, start: u64, end: u64) -> Option<&str> {
        self.text.get(self.at(start)?..self.at(end)?)
    }

    fn breaks(&self, start: u64, end: u64) -> u64 {
        let (Some(start), Some(end)) = (self.at(start.max(self.start)), self.at(end)) else {
            return 0;
        };
        let bytes = self.text.as_bytes().get(start..end).unwrap_or_default();
        memchr::memchr_iter(b'\n', bytes).count() as u64
    }
}

/// The object, or the text that holds one, whose first key stands at an offset:
/// a window with it, and its beginning and end.
fn object(opened: &Opened<'_>, at: u64) -> Option<(Window, u64, u64)> {
    let mut ahead = BLOCK / 2;
    let behind = 2048;
    loop {
        // From the beginning of a block, so that lines are counted in the same
        // window.
        let start = at.saturating_sub(behind) / BLOCK * BLOCK;
        let window = opened.window(start, at + ahead)?;
        let key = window.at(at)?;
        let start = if window.text.as_bytes().get(key) == Some(&b'"') {
            key
        } else {
            window
                .text
                .get(..key)?
                .strip_suffix('"')?
                .trim_end()
                .strip_suffix('{')?
                .len()
        };
        let value = window.text.get(start..)?;
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(raw)) => {
                let begin = window.start + start as u64;
                let end = begin + raw.get().len() as u64;
                return Some((window, begin, end));
            }
            Some(Err(error)) if error.is_eof() && !window.last => ahead = ahead.checked_mul(4)?,
            _ => return None,
        }
    }
}
