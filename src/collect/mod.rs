//! Sources of snapshots: from files that describe an account to a
//! [`Snapshot`].
//!
//! May read files. Must not judge the network: it keeps what it was given, in
//! every state, and records what it could not understand and what was asked
//! for.

mod answer;
pub mod aws;
mod batch;
mod bookkeeping;
mod calls;
mod catalog;
mod check;
mod config;
mod document;
mod excerpt;
mod failure;
mod finish;
mod folded;
pub mod folder;
mod ignored;
mod input;
mod item;
mod large;
#[cfg(feature = "live")]
pub mod live;
mod load;
mod locate;
mod merge;
mod mixed;
mod navigate;
mod object;
mod outcome;
mod parent;
mod part;
mod peek;
mod pieces;
mod plan;
mod position;
mod problem;
mod reader;
mod recorded;
mod records;
mod rows;
mod scalar;
mod scope;
mod section;
mod settle;
#[cfg(test)]
mod tests;
mod text;
mod unite;
mod value;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::snapshot::Snapshot;
use crate::snapshot::table::Table;
use crate::snapshot::wanted::Wanted;
use bookkeeping::Manifest;
use input::{Input, Store};
use load::Promise;
pub use locate::Locator;
use merge::Queue;
use problem::Found;
pub use problem::{Level, Problem};
pub use written::{Object, Written};

/// What may be set about reading.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads; as many as the machine has if not set.
    pub threads: Option<usize>,
    /// Bounds on memory.
    pub limits: Limits,
    /// Take digests from the manifest of the snapshot instead of hashing every
    /// file. Only for files that nobody else could have changed.
    pub trust_manifest: bool,
    /// The fields to keep; all of them if not set. What is not wanted is absent
    /// in the snapshot and can still be found by the locator.
    pub wanted: Option<Arc<Wanted>>,
    /// What people wrote down besides, to be read with the rest.
    pub written: Option<Arc<Written>>,
}

/// Bounds on memory, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Files up to this size are read as a whole.
    pub whole: u64,
    /// Size of the pieces that larger ones are read in.
    pub piece: u64,
    /// Largest single object, and largest file in an encoding that must be
    /// converted as a whole.
    pub memory: u64,
    /// What an archive may unpack to.
    pub unpacked: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            whole: 32 << 20,
            piece: 16 << 20,
            memory: 1 << 30,
            unpacked: 1 << 30,
        }
    }
}

/// Is told how far reading is. Calls come from several threads.
pub trait Progress: Sync {
    /// So many files of so many bytes will be read.
    fn files(&self, total: u64, bytes: u64);
    /// So many bytes more were read.
    fn read(&self, bytes: u64);
}

impl Progress for () {
    fn files(&self, _: u64, _: u64) {}
    fn read(&self, _: u64) {}
}

/// What was read.
#[derive(Debug)]
pub struct Collected {
    /// The resources.
    pub snapshot: Snapshot,
    /// What was wrong with the input, sorted.
    pub problems: Vec<Problem>,
    /// Finds values in the files again.
    pub locator: Locator,
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path does not exist or cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The path.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no JSON under the paths.
    #[error("nothing to read: none of {files} files is JSON")]
    Nothing {
        /// Files that were looked at.
        files: u64,
    },
    /// Threads could not be started.
    #[error("cannot start threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Reads folders, files and archives.
pub fn read(
    paths: &[PathBuf],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Collected, Error> {
    match options.threads {
        None => read_all(paths, options, progress),
        Some(threads) => rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()?
            .install(|| read_all(paths, options, progress)),
    }
}

/// Reads one document: an object of sections in the shape of the AWS CLI.
pub fn read_text(name: &str, text: &str) -> Collected {
    read_text_with(name, text, &Options::default())
}

/// Reads one document as [`read`] would read it from a file.
pub fn read_text_with(name: &str, text: &str, options: &Options) -> Collected {
    let store = Store::Memory(Arc::new(text.as_bytes().to_vec()));
    let input = Input {
        path: name.to_owned(),
        root: String::new(),
        bytes: text.len() as u64,
        store,
    };
    let mut inputs = input::Inputs::default();
    inputs.files.push(input);
    collect(inputs, options, &())
}

fn read_all(
    paths: &[PathBuf],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Collected, Error> {
    let inputs = input::find(paths, &options.limits)?;
    let files = inputs.files.len() as u64;
    progress.files(files, inputs.files.iter().map(|file| file.bytes).sum());
    let collected = collect(inputs, options, progress);
    let lost = |problem: &Problem| problem.level <= Level::Incomplete;
    let answers = collected.snapshot.files.len() - usize::from(options.written.is_some());
    if answers == 0 && !collected.problems.iter().any(lost) {
        return Err(Error::Nothing { files });
    }
    Ok(collected)
}

fn collect(mut inputs: input::Inputs, options: &Options, progress: &dyn Progress) -> Collected {
    let written = options.written.as_ref();
    inputs.files.extend(written.map(|written| written.input()));
    let mut found = inputs.problems;
    let (mut snapshot, problems, others) = merged(&inputs.files, options, progress);
    found.extend(problems);
    let mut stores = Vec::new();
    let mut roots = BTreeMap::<&str, u64>::new();
    for (input, other) in inputs.files.iter().zip(others) {
        if other {
            *roots.entry(&input.root).or_default() += 1;
        } else {
            stores.push(input.store.clone());
        }
    }
    for (root, count) in roots {
        let message = match count {
            1 => "1 file is not JSON and is not read".to_owned(),
            _ => format!("{count} files are not JSON and are not read"),
        };
        found.push(load::problem(root, Level::Note, "not JSON", message));
    }
    if let (Some(written), Some(file)) = (written, snapshot.files.last_mut()) {
        written.describe(file);
    }
    unite::unite(&mut snapshot, &mut found);
    check::check(&snapshot, &mut found);
    snapshot.tables.par_iter_mut().for_each(Table::shrink);
    let locator = Locator::new(&snapshot, stores, options);
    Collected {
        snapshot,
        problems: problem::fold(found),
        locator,
    }
}

/// Reads all files: large ones one after another, each in pieces side by side,
/// so that memory stays bounded; then small ones side by side. Says also which
/// files are not JSON.
fn merged(
    files: &[Input],
    options: &Options,
    progress: &dyn Progress,
) -> (Snapshot, Vec<Found>, Vec<bool>) {
    let limits = &options.limits;
    let manifests = manifests(files, options);
    let queue = Queue::default();
    let others: Vec<AtomicBool> = files.iter().map(|_| AtomicBool::new(false)).collect();
    let read = |(position, file): (usize, &Input)| {
        let promise = Promise::find(&manifests, &file.path, options.trust_manifest);
        let read = load::load(file, promise.as_ref(), options);
        if let (None, Some(other)) = (&read, others.get(position)) {
            other.store(true, Ordering::Relaxed);
        }
        queue.add(position, read);
        progress.read(file.bytes);
    };
    let (large, small): (Vec<_>, Vec<_>) = files
        .iter()
        .enumerate()
        .partition(|(_, file)| file.bytes > limits.whole);
    large.into_iter().for_each(read);
    // Handed out in the order of the paths, so that what one thread reads does
    // not wait long for what another one does.
    let next = AtomicUsize::new(0);
    (0..rayon::current_num_threads())
        .into_par_iter()
        .with_max_len(1)
        .for_each(|_| {
            while let Some(file) = small.get(next.fetch_add(1, Ordering::Relaxed)) {
                read(*file);
            }
            load::forget_buffer();
        });
    let (snapshot, mut problems) = queue.finish();
    let others: Vec<bool> = others.into_iter().map(AtomicBool::into_inner).collect();
    // What people wrote is no part of any snapshot.
    let answers = files.len() - usize::from(options.written.is_some());
    let files = files.get(..answers).unwrap_or_default();
    reconcile(files, &others, &manifests, &mut problems);
    (snapshot, problems, others)
}

/// A snapshot holds the files that its manifest names and no others: neither
/// may one be gone, nor may something be slipped in as evidence.
fn reconcile(
    files: &[Input],
    others: &[bool],
    manifests: &[(String, Manifest)],
    problems: &mut Vec<Found>,
) {
    unfinished(files, manifests, problems);
    for (folder, manifest) in manifests {
        let named: BTreeSet<String> = manifest
            .files
            .keys()
            .map(|path| format!("{folder}{path}"))
            .collect();
        let here: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        for path in named.iter().filter(|path| !here.contains(path.as_str())) {
            let message = "the manifest names this file, and it is gone".to_owned();
            problems.push(load::problem(path, Level::Mismatch, "manifest", message));
        }
        for (file, other) in files.iter().zip(others) {
            let inner = file.path.strip_prefix(folder.as_str());
            let own = matches!(inner, None | Some("manifest.json" | "ledger.jsonl"));
            if !own && !other && !named.contains(&file.path) {
                let message = "the manifest does not name this file".to_owned();
                problems.push(load::problem(
                    &file.path,
                    Level::Mismatch,
                    "manifest",
                    message,
                ));
            }
        }
    }
}

/// A collector that knows of a gap says so in the manifest; one that was killed
/// leaves a ledger without one. What lies in the gap may be whole accounts, of
/// which no other file tells.
fn unfinished(files: &[Input], manifests: &[(String, Manifest)], problems: &mut Vec<Found>) {
    for (folder, manifest) in manifests {
        if manifest.incomplete {
            let path = format!("{folder}manifest.json");
            let message = "the snapshot is not complete, its collector says: `plaudit snapshot info` shows what is missing, `plaudit collect aws --resume` asks for it".to_owned();
            problems.push(load::problem(&path, Level::Incomplete, "manifest", message));
        }
    }
    for file in files {
        let folder = file.path.strip_suffix("ledger.jsonl");
        let folder = folder.filter(|folder| folder.is_empty() || folder.ends_with(['/', '!']));
        let sealed = |folder: &str| manifests.iter().any(|(sealed, _)| sealed == folder);
        if folder.is_some_and(|folder| !sealed(folder)) {
            let message = "there is a ledger and no manifest: the run that wrote it was cut off; `plaudit collect aws --resume` goes on with it".to_owned();
            problems.push(load::problem(
                &file.path,
                Level::Incomplete,
                "ledger",
                message,
            ));
        }
    }
}

/// The manifests of plaudit snapshots, with the folders that they speak of.
fn manifests(files: &[Input], options: &Options) -> Vec<(String, Manifest)> {
    let named = files
        .iter()
        .filter_map(|file| Some((file, file.path.strip_suffix("manifest.json")?)));
    let whole = named.filter(|(_, folder)| folder.is_empty() || folder.ends_with(['/', '!']));
    whole
        .filter_map(|(file, folder)| {
            let read = load::load(file, None, options)?;
            let manifest = read.batches.into_iter().find_map(|batch| batch.manifest)?;
            Some((folder.to_owned(), manifest))
        })
        .collect()
}
