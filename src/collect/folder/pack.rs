//! Packing and unpacking: a folder as one file whose bytes depend on nothing
//! but the folder's, and back.
//!
//! Sorted members, no times, no owners. What is packed or unpacked is verified
//! by the caller, who calls `verify`; nothing is repaired here.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use ruzstd::encoding::{CompressionLevel, FrameCompressor};

use super::archive::{self, Bounds};
use super::bundle::{Bundle, folder_around};
use super::{Error, MANIFEST, writer};

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Gzip,
    Zstandard,
}

impl Form {
    fn of(path: &Path) -> Result<Self, Error> {
        let name = path.to_string_lossy().to_ascii_lowercase();
        let ends = |end: &str| name.strip_suffix(end).is_some();
        if ends(".tar.zst") || ends(".tzst") {
            Ok(Self::Zstandard)
        } else if ends(".tar.gz") || ends(".tgz") {
            Ok(Self::Gzip)
        } else if ends(".tar") {
            Ok(Self::Plain)
        } else {
            Err(Error::place(
                path,
                "the name does not say how to pack",
                "end it in .tar.zst, .tar.gz or .tar",
            ))
        }
    }
}

/// What packing gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    /// Files in the archive.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of the archive.
    pub packed: u64,
}

/// Packs a snapshot. The end of the name decides how: `.tar.zst`, `.tar.gz` or
/// `.tar`. The archive is read again before it gets its name.
pub fn pack(bundle: &Bundle, to: &Path) -> Result<Packed, Error> {
    let form = Form::of(to)?;
    if to.is_dir() {
        return Err(Error::place(to, "it is a folder", "name a file"));
    }
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    let beside = to.with_file_name(name);
    let result = write(bundle, form, &beside).and_then(|packed| {
        compare(bundle, &beside)?;
        fs::rename(&beside, to).map_err(Error::io("write", to))?;
        Ok(packed)
    });
    if result.is_err() {
        let _already_failing = fs::remove_file(&beside);
    }
    result
}

fn write(bundle: &Bundle, form: Form, path: &Path) -> Result<Packed, Error> {
    let fail = |error| Error::io("write", path)(error);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)
        .map_err(fail)?;
    let mut stream = Stream::new(bundle);
    match form {
        Form::Plain => {
            let mut out = BufWriter::new(&file);
            io::copy(&mut stream, &mut out).map_err(fail)?;
            out.flush().map_err(fail)?;
        }
        Form::Gzip => {
            // No name and no time in the header, and the same system on all systems.
            let out = flate2::GzBuilder::new()
                .mtime(0)
                .operating_system(255)
                .write(BufWriter::new(&file), flate2::Compression::new(6));
            let mut out = out;
            io::copy(&mut stream, &mut out).map_err(fail)?;
            out.finish().and_then(|mut out| out.flush()).map_err(fail)?;
        }
        Form::Zstandard => zstandard(&mut stream, BufWriter::new(&file)).map_err(fail)?,
    }
    if let Some(error) = stream.failed {
        return Err(error);
    }
    file.sync_all().map_err(fail)?;
    Ok(Packed {
        files: stream.files,
        bytes: stream.bytes,
        packed: file.metadata().map_err(fail)?.len(),
    })
}

/// Compresses with `ruzstd`, which takes an error of a reader or writer for the
/// end of the world: errors are kept here, and the ends see none.
fn zstandard(source: &mut dyn Read, out: impl Write) -> io::Result<()> {
    struct Quiet<T> {
        inner: T,
        failed: Option<io::Error>,
    }
    impl<R: Read> Read for Quiet<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.failed.is_some() {
                return Ok(0);
            }
            loop {
                match self.inner.read(buffer) {
                    Ok(count) => return Ok(count),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        self.failed = Some(error);
                        return Ok(0);
                    }
                }
            }
        }
    }
    impl<W: Write> Write for Quiet<W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.failed.is_none()
                && let Err(error) = self.inner.write_all(bytes)
            {
                self.failed = Some(error);
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            self.inner.flush()
        }
    }
    let mut source = Quiet {
        inner: source,
        failed: None,
    };
    let mut drain = Quiet {
        inner: out,
        failed: None,
    };
    let mut compressor = FrameCompressor::new(CompressionLevel::Fastest);
    compressor.set_source(&mut source);
    compressor.set_drain(&mut drain);
    compressor.compress();
    drop(compressor);
    match source.failed.or(drain.failed) {
        Some(error) => Err(error),
        None => drain.inner.flush(),
    }
}

/// A tar of a bundle, made while it is read.
struct Stream<'b> {
    bundle: &'b Bundle,
    paths: std::vec::IntoIter<&'b str>,
    now: Box<dyn Read + Send + 'b>,
    files: u64,
    bytes: u64,
    ended: bool,
    failed: Option<Error>,
}

impl<'b> Stream<'b> {
    fn new(bundle: &'b Bundle) -> Self {
        let paths: Vec<&str> = bundle.paths().collect();
        Self {
            bundle,
            paths: paths.into_iter(),
            now: Box::new(io::empty()),
            files: 0,
            bytes: 0,
            ended: false,
            failed: None,
        }
    }

    /// The next piece: header, bytes and filling of a file, or the end.
    fn piece(&mut self) -> Result<(), Error> {
        let Some(path) = self.paths.next() else {
            self.ended = true;
            self.now = Box::new(io::repeat(0).take(1024));
            return Ok(());
        };
        let (size, reader) = self.bundle.open_file(path)?;
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        // The builder writes also the header before the header that long names need.
        let mut builder = tar::Builder::new(Vec::new());
        builder
            .append_data(&mut header, path, io::empty())
            .map_err(Error::io("pack", Path::new(path)))?;
        let head = std::mem::take(builder.get_mut());
        let filling = (512 - size % 512) % 512;
        self.now = Box::new(
            io::Cursor::new(head)
                .chain(Exact { reader, left: size })
                .chain(io::repeat(0).take(filling)),
        );
        self.files += 1;
        self.bytes += size;
        Ok(())
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.now.read(buffer)?;
            if count > 0 || self.ended || self.failed.is_some() {
                return Ok(count);
            }
            if let Err(error) = self.piece() {
                self.failed = Some(error);
                return Ok(0);
            }
        }
    }
}

/// As many bytes as were promised: a file that changes while it is packed is an
/// error, not a broken archive.
struct Exact<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = most.min(buffer.len());
        let Some(buffer) = buffer.get_mut(..most).filter(|buffer| !buffer.is_empty()) else {
            return Ok(0);
        };
        let count = self.reader.read(buffer)?;
        if count == 0 {
            return Err(io::Error::other("the file became shorter meanwhile"));
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// Reads the archive again: what was packed must come out of it.
fn compare(bundle: &Bundle, path: &Path) -> Result<(), Error> {
    let bounds = Bounds {
        total: u64::MAX,
        file: u64::MAX,
        files: u64::MAX,
    };
    let mut expected = bundle.paths();
    let wrong = |what: &str| {
        Error::place(
            path,
            format!("the archive does not give back {what}"),
            "nothing was kept; run again, and report it if it stays",
        )
    };
    archive::each(path, bounds, &mut |inner, _, reader| {
        let read = writer::digest(reader).map_err(Error::io("read", path))?;
        if expected.next() == Some(inner) && read == bundle.digest(inner)? {
            Ok(())
        } else {
            Err(wrong(inner))
        }
    })?;
    expected.next().map_or(Ok(()), |path| Err(wrong(path)))
}

/// Unpacks an archive into a folder that is empty or not there yet. Everything is
/// looked at once before anything is written; digests are for [`verify`](super::verify()).
pub fn unpack(from: &Path, to: &Path, bounds: Bounds) -> Result<Packed, Error> {
    let mut bytes = 0;
    let mut files = BTreeMap::new();
    // Names first: a folder around all files is not known before the end.
    archive::each(from, bounds, &mut |inner, size, _| {
        files.insert(inner.to_owned(), size);
        Ok(())
    })?;
    let inside = folder_around(&files);
    if !files.contains_key(&format!("{inside}{MANIFEST}")) {
        return Err(Error::place(
            from,
            "not a snapshot: there is no manifest.json in it",
            "name an archive that `plaudit snapshot pack` wrote, or use tar",
        ));
    }
    writer::empty_folder(to)?;
    archive::each(from, bounds, &mut |inner, size, reader| {
        let relative = inner.strip_prefix(&inside).unwrap_or(inner);
        bytes += size;
        writer::copy(to, relative, reader)
    })?;
    Ok(Packed {
        files: files.len() as u64,
        bytes,
        packed: fs::metadata(from).map_err(Error::io("read", from))?.len(),
    })
}
