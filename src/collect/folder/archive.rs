//! Packed snapshots: members of an archive, one after another, each checked
//! before it is handed on.
//!
//! Reads bytes and nothing that is in them. Refuses what no snapshot has (links,
//! devices, paths that lead out, a name twice) instead of passing over it: an
//! archive with a surprise in it is not evidence.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::rc::Rc;

use tar::EntryType;

use super::{Error, name};
use crate::collect::load::Packing;

/// What an archive may unpack to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes in all, with headers.
    pub total: u64,
    /// Bytes of one file.
    pub file: u64,
    /// Files.
    pub files: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            total: 16 << 30,
            file: 1 << 30,
            files: 1_000_000,
        }
    }
}

/// Whether a file is named like an archive.
pub fn is_archive(path: &Path) -> bool {
    let name = path.to_string_lossy().to_ascii_lowercase();
    let ends: [&str; 5] = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"];
    ends.iter().any(|end| name.strip_suffix(end).is_some())
}

/// Counts what is read, and stops at a bound.
struct Bounded<R> {
    reader: R,
    left: u64,
    hit: Rc<Cell<bool>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if let Some(left) = self.left.checked_sub(count as u64) {
            self.left = left;
            return Ok(count);
        }
        self.hit.set(true);
        Err(io::Error::other("it unpacks to more than is allowed"))
    }
}

/// Is given path, size and bytes of a file.
pub(super) type Take<'t> = dyn FnMut(&str, u64, &mut dyn Read) -> Result<(), Error> + 't;

/// Hands every file of an archive to `take`: path in the snapshot, size, bytes.
///
/// A folder that all files are in (`snapshot/manifest.json`) belongs to the
/// archive and not to the snapshot; it is taken off by the caller, who knows
/// all paths.
pub(super) fn each(path: &Path, bounds: Bounds, take: &mut Take<'_>) -> Result<(), Error> {
    let broken = |error: &io::Error| {
        Error::place(
            path,
            format!("the archive cannot be read to its end: {error}"),
            "get it again: it is cut off or damaged",
        )
    };
    let hit = Rc::new(Cell::new(false));
    let mut reader = Bounded {
        reader: open(path)?,
        left: bounds.total,
        hit: Rc::clone(&hit),
    };
    let mut walk = || -> Result<(), Error> {
        let mut archive = tar::Archive::new(&mut reader);
        let mut seen = BTreeSet::new();
        for entry in archive.entries().map_err(|error| broken(&error))? {
            let mut entry = entry.map_err(|error| broken(&error))?;
            let kind = entry.header().entry_type();
            let raw = entry.path_bytes().into_owned();
            let Some(inner) = plain_file(path, &raw, kind)? else {
                continue;
            };
            let size = entry.size();
            check_size(path, &inner, size, seen.len() as u64, bounds)?;
            if !seen.insert(inner.clone()) {
                return Err(refused(path, &inner, "is in the archive twice"));
            }
            let mut counted = Counted {
                reader: &mut entry,
                count: 0,
            };
            take(&inner, size, &mut counted)?;
            io::copy(&mut counted, &mut io::sink()).map_err(|error| broken(&error))?;
            if counted.count != size {
                let message = format!("{inner} breaks off after {} of {size} bytes", counted.count);
                return Err(broken(&io::Error::other(message)));
            }
        }
        Ok(())
    };
    let walked = walk();
    if hit.get() {
        return Err(Error::place(
            path,
            format!("it unpacks to more than {} bytes", bounds.total),
            "such an archive is an accident or an attack; if it is neither, unpack it with tar",
        ));
    }
    walked?;
    // To the end of the stream, where the checksum of the packing is.
    io::copy(&mut reader, &mut io::sink())
        .map(|_| ())
        .map_err(|error| broken(&error))
}

struct Counted<R> {
    reader: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

/// Opens an archive and unpacks it; how it is packed is seen from its bytes.
#[expect(clippy::disallowed_methods, reason = "collectors read files")]
fn open(path: &Path) -> Result<Box<dyn Read>, Error> {
    let mut file = File::open(path).map_err(Error::io("open", path))?;
    let mut start = Vec::new();
    file.by_ref()
        .take(8)
        .read_to_end(&mut start)
        .map_err(Error::io("read", path))?;
    let packing = Packing::of(&start);
    let whole: Box<dyn Read + Send> = Box::new(Cursor::new(start).chain(file));
    match packing.unpack(whole) {
        Ok(reader) => Ok(reader),
        Err(error) => Err(Error::place(
            path,
            format!("not a packed snapshot: {error}"),
            "a .tar, .tar.gz or .tar.zst was expected",
        )),
    }
}

/// The path of a member; `None` for what carries no bytes of its own.
fn plain_file(archive: &Path, raw: &[u8], kind: EntryType) -> Result<Option<String>, Error> {
    let shown: String = String::from_utf8_lossy(raw).chars().take(200).collect();
    let Ok(text) = std::str::from_utf8(raw) else {
        return Err(refused(archive, &shown, "has a name that is not UTF-8"));
    };
    let inner = text.strip_prefix("./").unwrap_or(text);
    match kind {
        EntryType::Regular | EntryType::Continuous => {}
        EntryType::XGlobalHeader => return Ok(None),
        EntryType::Directory => {
            let inner = inner.trim_end_matches('/');
            if !inner.is_empty() && inner != "." {
                name::checked(inner)
                    .map_err(|error| refused(archive, &shown, &format!("is refused: {error}")))?;
            }
            return Ok(None);
        }
        EntryType::Symlink | EntryType::Link => {
            return Err(refused(archive, &shown, "is a link"));
        }
        _ => return Err(refused(archive, &shown, "is not a plain file")),
    }
    name::checked(inner)
        .map_err(|error| refused(archive, &shown, &format!("is refused: {error}")))?;
    Ok(Some(inner.to_owned()))
}

fn check_size(
    archive: &Path,
    inner: &str,
    size: u64,
    files: u64,
    bounds: Bounds,
) -> Result<(), Error> {
    if size > bounds.file {
        let what = format!("has {size} bytes; at most {} were expected", bounds.file);
        return Err(refused(archive, inner, &what));
    }
    if files >= bounds.files {
        let what = format!("is one file more than the {} that may be", bounds.files);
        return Err(refused(archive, inner, &what));
    }
    Ok(())
}

fn refused(archive: &Path, inner: &str, what: &str) -> Error {
    Error::place(
        archive,
        format!("the member `{inner}` {what}"),
        "nothing of it was used; ask whoever packed it",
    )
}
