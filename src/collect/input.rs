//! Paths of the command line to a sorted list of files, members of archives
//! among them.
//!
//! The one place that opens files. Looks at names and at nothing that is in
//! them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::problem::{Found, Level, Problem};
use super::{Error, Limits};

/// A file to be read.
#[derive(Debug, Clone)]
pub(super) struct Input {
    /// As reports show it.
    pub path: String,
    /// The path or archive of the command line that it came with.
    pub root: String,
    pub bytes: u64,
    pub store: Store,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub(super) enum Store {
    Disk(PathBuf),
    Memory(Arc<Vec<u8>>),
}

impl Store {
    /// Opens the file, compressed or not as it is stored.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(match self {
            Self::Disk(path) => Box::new(open(path)?),
            Self::Memory(bytes) => Box::new(bytes.as_slice()),
        })
    }

    /// The file on disk.
    pub(super) fn file(&self) -> Option<File> {
        match self {
            Self::Disk(path) => open(path).ok(),
            Self::Memory(_) => None,
        }
    }

    /// Size as stored.
    pub(super) fn size(&self) -> io::Result<u64> {
        match self {
            Self::Disk(path) => std::fs::metadata(path).map(|metadata| metadata.len()),
            Self::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "collectors read files")]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// What was found under the paths.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub files: Vec<Input>,
    pub problems: Vec<Found>,
    folders: BTreeSet<PathBuf>,
    hidden: BTreeMap<String, u64>,
    root: String,
}

/// Finds all files under the paths.
pub(super) fn find(paths: &[PathBuf], limits: &Limits) -> Result<Inputs, Error> {
    let mut inputs = Inputs::default();
    let mut paths: Vec<&PathBuf> = paths.iter().collect();
    paths.sort();
    paths.dedup();
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|source| Error::Open {
            path: path.clone(),
            source,
        })?;
        inputs.root = shown(path);
        if metadata.is_dir() {
            inputs.folder(path, limits)?;
        } else {
            inputs.file(path, metadata.len(), limits)?;
        }
    }
    inputs.files.sort_by(|a, b| a.path.cmp(&b.path));
    inputs.files.dedup_by(|a, b| a.path == b.path);
    for (root, count) in std::mem::take(&mut inputs.hidden) {
        inputs.note(
            &root,
            Level::Note,
            "hidden",
            format!("{count} hidden files or folders are not read"),
        );
    }
    Ok(inputs)
}

impl Inputs {
    fn note(&mut self, file: &str, level: Level, class: &'static str, message: String) {
        let problem = Problem {
            file: file.to_owned(),
            line: None,
            pointer: None,
            level,
            message,
            help: None,
            count: 1,
        };
        self.problems.push(Found { class, problem });
    }

    fn folder(&mut self, path: &Path, limits: &Limits) -> Result<(), Error> {
        let mut open = vec![path.to_owned()];
        while let Some(folder) = open.pop() {
            // A folder that links lead to twice is read once.
            let real = std::fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
            if !self.folders.insert(real) {
                continue;
            }
            let mut entries: Vec<PathBuf> = match std::fs::read_dir(&folder) {
                Ok(entries) => entries
                    .filter_map(|entry| entry.ok().map(|entry| entry.path()))
                    .collect(),
                Err(error) => {
                    self.note(
                        &shown(&folder),
                        Level::Incomplete,
                        "folder",
                        format!("the folder cannot be read: {error}"),
                    );
                    continue;
                }
            };
            entries.sort();
            let mut inner = Vec::new();
            for entry in entries {
                self.entry(entry, &mut inner, limits)?;
            }
            open.extend(inner.into_iter().rev());
        }
        Ok(())
    }

    fn entry(
        &mut self,
        path: PathBuf,
        folders: &mut Vec<PathBuf>,
        limits: &Limits,
    ) -> Result<(), Error> {
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
        {
            *self.hidden.entry(self.root.clone()).or_default() += 1;
            return Ok(());
        }
        match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => folders.push(path),
            Ok(metadata) if metadata.is_file() => self.file(&path, metadata.len(), limits)?,
            Ok(_) => self.note(
                &shown(&path),
                Level::Note,
                "special",
                "not a plain file; it is not read".to_owned(),
            ),
            Err(error) => {
                self.note(
                    &shown(&path),
                    Level::Incomplete,
                    "file",
                    format!("the file cannot be opened: {error}"),
                );
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, bytes: u64, limits: &Limits) -> Result<(), Error> {
        let name = shown(path);
        let root = self.root.clone();
        if !is_archive(&name) {
            self.files.push(Input {
                path: name,
                root,
                bytes,
                store: Store::Disk(path.to_owned()),
            });
            return Ok(());
        }
        let file = open(path).map_err(|source| Error::Open {
            path: path.to_owned(),
            source,
        })?;
        if let Err(error) = self.archive(&name, Box::new(file), limits) {
            self.note(
                &name,
                Level::Incomplete,
                "archive",
                format!("the archive cannot be read to its end: {error}"),
            );
        }
        Ok(())
    }

    /// Unpacks an archive into memory; the members stay there, so that their
    /// lines can be looked up later.
    fn archive(&mut self, name: &str, file: Box<dyn Read>, limits: &Limits) -> io::Result<()> {
        let lower = name.to_ascii_lowercase();
        let unpacked: Box<dyn Read> = if has_end(&lower, ".zst") || has_end(&lower, ".tzst") {
            Box::new(ruzstd::decoding::StreamingDecoder::new(file).map_err(io::Error::other)?)
        } else if has_end(&lower, ".tar") {
            file
        } else {
            Box::new(flate2::read::MultiGzDecoder::new(file))
        };
        // Headers of members count too: an archive of nothing is bounded.
        let mut archive = tar::Archive::new(unpacked.take(limits.unpacked.saturating_add(1)));
        let mut left = limits.unpacked;
        for entry in archive.entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let inner = plain(&entry.path_bytes());
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            let Some(rest) = left.checked_sub(bytes.len() as u64 + 512) else {
                return Err(io::Error::other(format!(
                    "it unpacks to more than {} bytes",
                    limits.unpacked
                )));
            };
            left = rest;
            if inner.split('/').any(|part| part.starts_with('.')) {
                *self.hidden.entry(name.to_owned()).or_default() += 1;
                continue;
            }
            let size = bytes.len() as u64;
            let store = Store::Memory(Arc::new(bytes));
            let root = format!("{name}!");
            self.files.push(Input {
                path: format!("{name}!{inner}"),
                root,
                bytes: size,
                store,
            });
        }
        Ok(())
    }
}

fn is_archive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"]
        .iter()
        .any(|end| has_end(&name, end))
}

fn has_end(name: &str, end: &str) -> bool {
    name.ends_with(end)
}

/// A member's name without what leads out of the archive.
fn plain(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let parts = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | ".."));
    parts.collect::<Vec<_>>().join("/")
}

/// A path with `/` between its parts.
fn shown(path: &Path) -> String {
    let mut shown = String::new();
    for component in path.components() {
        match component {
            Component::RootDir => shown.push('/'),
            Component::CurDir => {}
            other => {
                if !shown.is_empty() && !shown.ends_with('/') {
                    shown.push('/');
                }
                shown.push_str(&other.as_os_str().to_string_lossy());
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_cannot_lead_out_of_the_archive() {
        assert_eq!(plain(b"../../etc/./passwd"), "etc/passwd");
        assert_eq!(plain(b"C:\\aws\\..\\x.json"), "C:/aws/x.json");
        assert_eq!(shown(Path::new("./a//b/c.json")), "a/b/c.json");
        assert_eq!(shown(Path::new("/a/b")), "/a/b");
    }
}
