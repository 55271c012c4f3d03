//! A snapshot that is being read: a folder or an archive, as paths and bytes.
//!
//! The one place where folders are listed. Keeps archives in memory, within
//! bounds; must not follow links, and must not read what nobody asked for.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::{self, Bounds};
use super::manifest::Manifest;
use super::{Error, LEDGER, MANIFEST, name, writer};
use crate::collect::input::Store;

/// Folders inside folders before something is surely wrong.
const DEPTH: usize = 16;
/// Archives are kept in memory up to this many bytes, as `audit` does.
const MEMORY: u64 = 1 << 30;

/// A snapshot on disk or in an archive.
#[derive(Debug)]
pub struct Bundle {
    path: PathBuf,
    packed: bool,
    files: BTreeMap<String, Store>,
    strange: Vec<String>,
}

impl Bundle {
    /// Opens a folder or an archive. What has no manifest is no snapshot.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let metadata = fs::metadata(path).map_err(Error::io("open", path))?;
        let mut bundle = Self {
            path: path.to_owned(),
            packed: !metadata.is_dir(),
            files: BTreeMap::new(),
            strange: Vec::new(),
        };
        if bundle.packed {
            bundle.unpack()?;
        } else {
            bundle.list(path, "", 0)?;
        }
        if bundle.files.contains_key(MANIFEST) {
            return Ok(bundle);
        }
        let (message, help) = if bundle.files.contains_key(LEDGER) {
            (
                "the snapshot has no manifest: the run that wrote it did not end",
                "go on with it: plaudit collect aws --resume",
            )
        } else {
            (
                "not a snapshot: there is no manifest.json in it",
                "name the folder or archive that has manifest.json at its top",
            )
        };
        Err(Error::place(path, message, help))
    }

    /// The path that it was opened with.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is an archive.
    pub const fn is_packed(&self) -> bool {
        self.packed
    }

    /// Paths of all files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Things in the folder that are no files of a snapshot, each with what it is.
    pub fn strange(&self) -> &[String] {
        &self.strange
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Size and SHA-256 of a file.
    pub fn digest(&self, path: &str) -> Result<(u64, String), Error> {
        let store = self.store(path)?;
        let reader = store.open().map_err(Error::io("open", &self.at(path)))?;
        writer::digest(reader).map_err(Error::io("read", &self.at(path)))
    }

    /// The bytes of a file, up to 1 GiB.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, Error> {
        let store = self.store(path)?;
        let reader = store.open().map_err(Error::io("open", &self.at(path)))?;
        let mut bytes = Vec::new();
        reader
            .take(MEMORY + 1)
            .read_to_end(&mut bytes)
            .map_err(Error::io("read", &self.at(path)))?;
        if bytes.len() as u64 > MEMORY {
            return Err(Error::content(
                path,
                format!("the file has more than {MEMORY} bytes; no file of a snapshot has"),
            ));
        }
        Ok(bytes)
    }

    /// Opens a file, for those who read it piece by piece; says also its size.
    pub(super) fn open_file(
        &self,
        path: &str,
    ) -> Result<(u64, Box<dyn std::io::Read + Send + '_>), Error> {
        let store = self.store(path)?;
        let size = store.size().map_err(Error::io("read", &self.at(path)))?;
        let reader = store.open().map_err(Error::io("open", &self.at(path)))?;
        Ok((size, reader))
    }

    /// The manifest.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        Manifest::parse(&self.bytes(MANIFEST)?)
    }

    /// The text of the ledger; empty if there is none.
    pub fn ledger(&self) -> Result<String, Error> {
        if !self.has(LEDGER) {
            return Ok(String::new());
        }
        String::from_utf8(self.bytes(LEDGER)?)
            .map_err(|_| Error::content(LEDGER, "the ledger is not UTF-8; it is no ledger"))
    }

    /// Where a file is, for messages.
    fn at(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    fn store(&self, path: &str) -> Result<&Store, Error> {
        self.files
            .get(path)
            .ok_or_else(|| Error::content(path, "there is no such file in the snapshot"))
    }

    fn list(&mut self, folder: &Path, inner: &str, depth: usize) -> Result<(), Error> {
        if depth > DEPTH {
            let help = "name the folder that has manifest.json at its top";
            return Err(Error::place(folder, "folders are too deep inside", help));
        }
        for entry in fs::read_dir(folder).map_err(Error::io("read", folder))? {
            let entry = entry.map_err(Error::io("read", folder))?;
            let path = entry.path();
            let shown = entry.file_name().to_string_lossy().into_owned();
            let relative = if inner.is_empty() {
                shown.clone()
            } else {
                format!("{inner}/{shown}")
            };
            let kind = entry.file_type().map_err(Error::io("read", &path))?;
            if entry.file_name().to_str().is_none() || name::checked(&relative).is_err() {
                self.strange
                    .push(format!("{relative}: no file of a snapshot has such a name"));
            } else if kind.is_dir() {
                self.list(&path, &relative, depth + 1)?;
            } else if kind.is_file() {
                self.files.insert(relative, Store::Disk(path));
            } else {
                self.strange.push(format!(
                    "{relative}: a link or device; a snapshot has plain files"
                ));
            }
        }
        self.strange.sort();
        Ok(())
    }

    fn unpack(&mut self) -> Result<(), Error> {
        let bounds = Bounds {
            total: MEMORY,
            ..Bounds::default()
        };
        let mut files = BTreeMap::new();
        let path = self.path.clone();
        archive::each(&path, bounds, &mut |inner, _, reader| {
            let mut bytes = Vec::new();
            reader
                .read_to_end(&mut bytes)
                .map_err(Error::io("read", &path))?;
            files.insert(inner.to_owned(), Store::Memory(Arc::new(bytes)));
            Ok(())
        })?;
        let inside = folder_around(&files);
        self.files = files
            .into_iter()
            .filter_map(|(name, store)| Some((name.strip_prefix(&inside)?.to_owned(), store)))
            .collect();
        Ok(())
    }
}

/// `snapshot/` if the manifest and all other files of an archive are in that
/// folder; empty if the manifest is at the top or nowhere.
pub(super) fn folder_around<V>(files: &BTreeMap<String, V>) -> String {
    let first = files.keys().next().and_then(|first| first.split_once('/'));
    let Some((folder, _)) = first else {
        return String::new();
    };
    let around = format!("{folder}/");
    let all = files.keys().all(|path| path.starts_with(&around));
    if all && files.contains_key(&format!("{around}{MANIFEST}")) {
        around
    } else {
        String::new()
    }
}
