//! Writes a snapshot folder, file by file, so that a run that is killed leaves
//! nothing broken and can go on.
//!
//! A file is there whole or not at all; the ledger grows line by line; the
//! manifest comes last, so that a folder without one is a run that did not end.
//! Must not ask the clock: times are given to it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::manifest::{Draft, Entry, Manifest};
use super::{Error, LEDGER, MANIFEST, PART, json, ledger, name};
use crate::collect::load::hex;

/// The manifest of the run before, while a run goes on. Readers leave out what is
/// hidden, and a stale manifest would accuse every new file.
const BEFORE: &str = ".manifest.json";
/// How files are called until they are whole.
const UNFINISHED: &str = ".unfinished-";
/// Folders inside folders, and files in all, before something is surely wrong.
const DEPTH: usize = 16;
const FILES: usize = 1_000_000;
/// Largest manifest or ledger that is read back.
const BOOK: u64 = 1 << 30;

/// What to do when the folder has something in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Refuse.
    Refuse,
    /// Go on if it is a snapshot, finished or not; refuse anything else.
    Resume,
}

/// Writes one snapshot folder. May be used from several threads.
#[derive(Debug)]
pub struct Writer {
    root: PathBuf,
    previous: Option<Manifest>,
    recorded: Vec<String>,
    /// Open and locked until the snapshot is sealed.
    ledger: Mutex<Option<File>>,
    unfinished: AtomicU64,
}

impl Writer {
    /// Begins a snapshot, or goes on with one.
    pub fn create(root: &Path, existing: Existing) -> Result<Self, Error> {
        fs::create_dir_all(root).map_err(Error::io("create", root))?;
        let empty = fs::read_dir(root)
            .map_err(Error::io("read", root))?
            .next()
            .is_none();
        let known = ["manifest.json", BEFORE, LEDGER];
        let found = known.iter().any(|name| root.join(name).is_file());
        match existing {
            _ if empty => {}
            Existing::Resume if found => {}
            Existing::Refuse if found => {
                return Err(Error::place(
                    root,
                    "there is a snapshot in this folder already",
                    "name another folder, or go on with this one: --resume",
                ));
            }
            Existing::Refuse | Existing::Resume => {
                return Err(Error::place(
                    root,
                    "the folder is not empty, and what is in it is no snapshot",
                    "name a folder that is empty or does not exist",
                ));
            }
        }
        let previous = previous(root)?;
        let mut ledger = open_ledger(root)?;
        let recorded = recorded(&mut ledger, &root.join(LEDGER))?;
        // From here on the manifest would not be true.
        match fs::rename(root.join(MANIFEST), root.join(BEFORE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("rename", &root.join(MANIFEST))(error));
            }
            _ => {}
        }
        Ok(Self {
            root: root.to_owned(),
            previous,
            recorded,
            ledger: Mutex::new(Some(ledger)),
            unfinished: AtomicU64::new(0),
        })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The manifest of the run that is resumed, if that run ended.
    pub const fn previous(&self) -> Option<&Manifest> {
        self.previous.as_ref()
    }

    /// Lines of the ledger that the run before left. A last line that breaks off
    /// is not among them and no longer in the file.
    pub fn recorded(&self) -> &[String] {
        &self.recorded
    }

    /// Whether a file is there.
    pub fn has(&self, relative: &str) -> bool {
        name::checked(relative).is_ok() && self.root.join(relative).is_file()
    }

    /// Writes a file: it is there whole, or as it was before.
    ///
    /// The path is relative, has `/` between its parts, and cannot lead out of the
    /// folder, not even over links.
    pub fn put(&self, relative: &str, bytes: &[u8]) -> Result<(), Error> {
        let parts = name::checked(relative)?;
        if matches!(relative, MANIFEST | LEDGER) {
            return Err(Error::Path {
                path: relative.to_owned(),
                reason: "the manifest and the ledger are written when the snapshot is sealed",
            });
        }
        make_folders(&self.root, &parts)?;
        self.replace(&self.root.join(relative), bytes)
    }

    /// Writes a section, in numbered parts if it is over [`PART`], and takes away
    /// what an earlier run wrote of it under other names. Says the paths.
    pub fn put_section(&self, relative: &str, value: &Value) -> Result<Vec<String>, Error> {
        let parts = json::parts(relative, value, PART);
        let mut written = Vec::with_capacity(parts.len());
        for (name, bytes) in parts {
            self.put(&name, &bytes)?;
            written.push(name);
        }
        let stem = relative.strip_suffix(".json").unwrap_or(relative);
        if !written.iter().any(|name| name == relative) {
            self.remove(relative)?;
        }
        for number in 1.. {
            let name = format!("{stem}.{number:04}.json");
            if !written.contains(&name) && !self.remove(&name)? {
                break;
            }
        }
        Ok(written)
    }

    /// Takes a file away; says whether there was one.
    fn remove(&self, relative: &str) -> Result<bool, Error> {
        name::checked(relative)?;
        let path = self.root.join(relative);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io("remove", &path)(error)),
        }
    }

    /// Adds a line to the ledger at once, so that a run that is killed has it.
    pub fn append_ledger(&self, line: &str) -> Result<(), Error> {
        let path = self.root.join(LEDGER);
        if line.contains(['\n', '\r']) {
            let message = "a line of a ledger cannot have line ends in it";
            return Err(Error::content(LEDGER, message));
        }
        let mut text = String::with_capacity(line.len() + 1);
        text.push_str(line);
        text.push('\n');
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ledger) = ledger.as_mut() else {
            let message = "the snapshot is sealed; nothing can be added to its ledger";
            return Err(Error::content(LEDGER, message));
        };
        // One write a line: lines of several threads cannot mix.
        ledger
            .write_all(text.as_bytes())
            .and_then(|()| ledger.flush())
            .map_err(Error::io("write", &path))
    }

    /// Ends the snapshot: the ledger sorted, then the manifest with the digest of
    /// every file. May be called again after more was written.
    pub fn seal(&self, draft: &Draft) -> Result<Manifest, Error> {
        let sorted = ledger::sorted(draft.ledger.iter().map(String::as_str))?;
        {
            let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            // Some systems do not replace a file that is open.
            drop(ledger.take());
            self.replace(&self.root.join(LEDGER), &sorted)?;
        }
        let mut files = Vec::new();
        hash_folder(&self.root, "", 0, &mut files)?;
        let manifest = draft.manifest(files);
        self.replace(&self.root.join(MANIFEST), &manifest.text())?;
        match fs::remove_file(self.root.join(BEFORE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", &self.root.join(BEFORE))(error))
            }
            _ => Ok(manifest),
        }
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let number = self.unfinished.fetch_add(1, Ordering::Relaxed);
        replace(path, number, &mut &*bytes)
    }
}

/// Writes beside the file, waits for the disk, and moves it there.
fn replace(path: &Path, number: u64, bytes: &mut dyn io::Read) -> Result<(), Error> {
    let beside = path.with_file_name(format!("{UNFINISHED}{number}"));
    let mut write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&beside)?;
        io::copy(bytes, &mut file)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, path)
    };
    write().map_err(|error| {
        let _already_failing = fs::remove_file(&beside);
        Error::io("write", path)(error)
    })?;
    sync_folder(path.parent());
    Ok(())
}

/// Makes a folder that must be empty or not there yet.
pub(super) fn empty_folder(root: &Path) -> Result<(), Error> {
    fs::create_dir_all(root).map_err(Error::io("create", root))?;
    let mut entries = fs::read_dir(root).map_err(Error::io("read", root))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Error::place(
            root,
            "the folder is not empty",
            "name a folder that is empty or does not exist",
        )),
    }
}

/// Writes a file of a snapshot that exists elsewhere, the manifest and the ledger
/// among them. The path cannot lead out of the folder.
pub(super) fn copy(root: &Path, relative: &str, bytes: &mut dyn io::Read) -> Result<(), Error> {
    make_folders(root, &name::checked(relative)?)?;
    replace(&root.join(relative), 0, bytes)
}

/// Makes the folders above a file.
fn make_folders(root: &Path, parts: &[&str]) -> Result<(), Error> {
    let mut folder = root.to_owned();
    for part in parts.iter().take(parts.len().saturating_sub(1)) {
        folder.push(part);
        make_folder(&folder)?;
    }
    Ok(())
}

/// So that the name survives a loss of power; where a folder cannot be synced,
/// it is the system's business.
#[expect(clippy::disallowed_methods, reason = "a folder is opened to be synced")]
fn sync_folder(folder: Option<&Path>) {
    if let Some(folder) = folder.and_then(|folder| File::open(folder).ok()) {
        let _best_effort = folder.sync_all();
    }
}

/// Makes one folder, or finds it. A link is refused: it could lead anywhere.
fn make_folder(folder: &Path) -> Result<(), Error> {
    match fs::create_dir(folder) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::io("create", folder)(error)),
    }
    let found = fs::symlink_metadata(folder).map_err(Error::io("read", folder))?;
    if found.is_dir() {
        return Ok(());
    }
    Err(Error::place(
        folder,
        "a folder was expected, and there is a file or a link",
        "take it away, or name another folder for the snapshot",
    ))
}

#[expect(clippy::disallowed_methods, reason = "collectors read files")]
fn previous(root: &Path) -> Result<Option<Manifest>, Error> {
    for name in [MANIFEST, BEFORE] {
        let path = root.join(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::io("read", &path)(error)),
        };
        let mut bytes = Vec::new();
        file.take(BOOK)
            .read_to_end(&mut bytes)
            .map_err(Error::io("read", &path))?;
        return Manifest::parse(&bytes).map(Some);
    }
    Ok(None)
}

fn open_ledger(root: &Path) -> Result<File, Error> {
    let path = root.join(LEDGER);
    let ledger = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(&path)
        .map_err(Error::io("open", &path))?;
    match ledger.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Error::place(
            root,
            "another run is writing this snapshot",
            "wait for it, or name another folder",
        )),
        // Not every file system has locks; the snapshot can be written there too.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(ledger),
    }
}

/// The whole lines of the ledger; what follows the last line end is cut off.
fn recorded(ledger: &mut File, path: &Path) -> Result<Vec<String>, Error> {
    let mut bytes = Vec::new();
    ledger
        .rewind()
        .and_then(|()| ledger.take(BOOK).read_to_end(&mut bytes))
        .map_err(Error::io("read", path))?;
    let end = memchr::memrchr(b'\n', &bytes).map_or(0, |at| at + 1);
    if end < bytes.len() {
        ledger
            .set_len(end as u64)
            .map_err(Error::io("write", path))?;
        bytes.truncate(end);
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::content(LEDGER, "the ledger is not UTF-8; it is no ledger"))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Ok(lines.map(str::to_owned).collect())
}

/// Size and digest of every file in the folder but the manifest.
fn hash_folder(
    folder: &Path,
    inner: &str,
    depth: usize,
    files: &mut Vec<Entry>,
) -> Result<(), Error> {
    let strange = |path: &Path, message: &str| {
        Err(Error::place(path, message, "take it away, and run again"))
    };
    if depth > DEPTH || files.len() > FILES {
        return strange(folder, "more folders or files than any snapshot has");
    }
    let entries = fs::read_dir(folder).map_err(Error::io("read", folder))?;
    for entry in entries {
        let entry = entry.map_err(Error::io("read", folder))?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            return strange(&path, "the file's name is not UTF-8");
        };
        let relative = if inner.is_empty() {
            name.clone()
        } else {
            format!("{inner}/{name}")
        };
        let kind = entry.file_type().map_err(Error::io("read", &path))?;
        if name.starts_with(UNFINISHED) && kind.is_file() {
            // A run was killed while it wrote this.
            fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        } else if relative == MANIFEST || relative == BEFORE {
        } else if kind.is_dir() {
            hash_folder(&path, &relative, depth + 1, files)?;
        } else if kind.is_file() {
            name::checked(&relative)?;
            let (bytes, sha256) = hash_file(&path).map_err(Error::io("read", &path))?;
            files.push(Entry {
                path: relative,
                bytes,
                sha256,
            });
        } else {
            return strange(&path, "not a plain file; a snapshot has no others");
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "collectors read files")]
fn hash_file(path: &Path) -> io::Result<(u64, String)> {
    digest(File::open(path)?)
}

/// Size and SHA-256 of what a reader gives.
pub(super) fn digest(mut reader: impl io::Read) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(buffer.get(..count).unwrap_or_default());
        size += count as u64;
    }
    Ok((size, hex(&hash.finalize())))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use serde_json::json;

    use super::*;
    use crate::collect::{Level, Options, read};

    const LINE: &str = "{\"service\":\"ec2\",\"operation\":\"DescribeVpcs\",\"account\":\"111122223333\",\"region\":\"us-east-1\",\"items\":1,\"file\":\"aws/111122223333/us-east-1/ec2.DescribeVpcs.json\"}";
    const VPCS: &str = "aws/111122223333/us-east-1/ec2.DescribeVpcs.json";

    fn draft(lines: &[&str]) -> Draft {
        Draft {
            created: "2026-11-20T08:00:00Z".to_owned(),
            complete: true,
            ledger: lines.iter().map(|line| (*line).to_owned()).collect(),
            ..Draft::default()
        }
    }

    #[test]
    fn a_sealed_snapshot_is_read_without_complaint() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("new/snapshot");
        let writer = Writer::create(&root, Existing::Refuse).unwrap();
        writer
            .put_section(VPCS, &json!({"Vpcs": [{"VpcId": "vpc-1"}]}))
            .unwrap();
        writer.append_ledger(LINE).unwrap();
        let manifest = writer.seal(&draft(&[LINE])).unwrap();
        let paths: Vec<&str> = manifest
            .files
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        assert_eq!(paths, [VPCS, LEDGER]);
        assert!(writer.append_ledger(LINE).is_err());
        let collected = read(&[root], &Options::default(), &()).unwrap();
        let lost: Vec<_> = collected
            .problems
            .iter()
            .filter(|problem| problem.level <= Level::Incomplete)
            .collect();
        assert!(lost.is_empty(), "{lost:?}");
    }

    #[test]
    fn a_killed_run_can_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        {
            let writer = Writer::create(root, Existing::Refuse).unwrap();
            writer.append_ledger(LINE).unwrap();
            writer.put(VPCS, b"{}").unwrap();
            let other = Writer::create(root, Existing::Resume).unwrap_err();
            assert!(other.to_string().contains("another run"), "{other}");
        }
        let mut ledger = OpenOptions::new()
            .append(true)
            .open(root.join(LEDGER))
            .unwrap();
        ledger.write_all(b"{\"service\":\"ec").unwrap();
        drop(ledger);
        fs::write(root.join("aws").join(".unfinished-7"), b"half").unwrap();
        let refused = Writer::create(root, Existing::Refuse).unwrap_err();
        assert!(refused.help().unwrap().contains("--resume"));

        let writer = Writer::create(root, Existing::Resume).unwrap();
        assert_eq!(writer.recorded(), [LINE]);
        assert!(writer.has(VPCS) && writer.previous().is_none());
        let manifest = writer.seal(&draft(&[LINE])).unwrap();
        assert_eq!(manifest.files.len(), 2);

        let again = Writer::create(root, Existing::Resume).unwrap();
        assert_eq!(again.previous(), Some(&manifest));
        assert!(!root.join(MANIFEST).exists());
        drop(again);
        let again = Writer::create(root, Existing::Resume).unwrap();
        assert_eq!(again.previous(), Some(&manifest));
        again.seal(&draft(&[LINE])).unwrap();
        assert!(!root.join(BEFORE).exists());
    }

    #[test]
    fn folders_of_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), b"mine").unwrap();
        for existing in [Existing::Refuse, Existing::Resume] {
            assert!(Writer::create(folder.path(), existing).is_err());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("in");
        let writer = Writer::create(&root, Existing::Refuse).unwrap();
        for bad in ["../x", "/x", "a/../../x", "", "a//b", MANIFEST, LEDGER] {
            assert!(writer.put(bad, b"x").is_err(), "{bad}");
        }
        #[cfg(unix)]
        {
            let out = folder.path().join("out");
            fs::create_dir(&out).unwrap();
            std::os::unix::fs::symlink(&out, root.join("aws")).unwrap();
            assert!(writer.put("aws/x.json", b"{}").is_err());
            assert!(fs::read_dir(&out).unwrap().next().is_none());
            assert!(writer.seal(&draft(&[])).is_err());
        }
    }

    #[test]
    fn parts_of_an_earlier_run_go_when_the_section_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer::create(folder.path(), Existing::Refuse).unwrap();
        for number in 1..=3 {
            writer
                .put(&format!("aws/ec2.DescribeVpcs.{number:04}.json"), b"{}")
                .unwrap();
        }
        let names = writer
            .put_section("aws/ec2.DescribeVpcs.json", &json!({"Vpcs": []}))
            .unwrap();
        assert_eq!(names, ["aws/ec2.DescribeVpcs.json"]);
        assert_eq!(fs::read_dir(folder.path().join("aws")).unwrap().count(), 1);
    }

    #[test]
    fn threads_write_side_by_side() {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer::create(folder.path(), Existing::Refuse).unwrap();
        thread::scope(|scope| {
            for at in 0..8 {
                let writer = &writer;
                scope.spawn(move || {
                    for file in 0..10 {
                        writer
                            .put(&format!("aws/{}/{at}.{file}.json", at % 3), b"{}")
                            .unwrap();
                        writer
                            .append_ledger(&LINE.replace("us-east-1", &format!("r{at}-{file}")))
                            .unwrap();
                    }
                });
            }
        });
        let mut text = String::new();
        let mut ledger = OpenOptions::new()
            .read(true)
            .open(folder.path().join(LEDGER))
            .unwrap();
        ledger.read_to_string(&mut text).unwrap();
        assert_eq!(text.lines().count(), 80);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(writer.seal(&draft(&lines)).unwrap().files.len(), 81);
    }
}
