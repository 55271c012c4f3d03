//! `plaudit snapshot`: looking at, checking, packing, joining and redacting
//! snapshot folders.
//!
//! Flags, exit codes and texts; the work is done in `collect::folder`. Must not
//! touch the network.

mod key;
mod text;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::{Screen, Status, Stop};
use crate::collect::folder::redact::{Key, Wish};
use crate::collect::folder::{self, Bounds, Bundle, Error, Tool, Verified};
use crate::diagnostic::Diagnostic;
use text::{clean, size};

/// Flags of `plaudit snapshot`.
#[derive(Debug, Args)]
pub(super) struct SnapshotArgs {
    #[command(subcommand)]
    command: SnapshotCommand,
}

#[derive(Debug, Subcommand)]
enum SnapshotCommand {
    /// What a snapshot is, how much it saw, and what is missing in it.
    ///
    /// Reads the manifest and the ledger only. A call with all its pages and
    /// attempts counts once.
    Info {
        /// Folder or archive (.tar.zst, .tar.gz, .tar).
        path: PathBuf,
        /// How to write it.
        #[arg(short, long, value_enum, default_value_t = Shape::Text)]
        format: Shape,
    },
    /// Whether every file is the one that the manifest names.
    ///
    /// Compares sizes and digests, looks for files that are gone or were added,
    /// for ledger lines about files that do not exist, and counts objects where
    /// the ledger says how many there were. Ends with 4 if anything differs. What
    /// it says about digests can be checked without plaudit: --checksums gives the
    /// lines for `sha256sum -c`.
    Verify {
        /// Folder or archive (.tar.zst, .tar.gz, .tar).
        path: PathBuf,
        /// Write the lines of a SHA256SUMS file instead, and compare nothing.
        #[arg(long, conflicts_with = "format")]
        checksums: bool,
        /// How to write it.
        #[arg(short, long, value_enum, default_value_t = Shape::Text)]
        format: Shape,
    },
    /// Make one file of a snapshot; the same snapshot gives the same bytes.
    ///
    /// Verifies the snapshot before, and reads the archive again after. Members are
    /// sorted and have no times and owners. Where size matters, take .tar.gz: our
    /// .tar.zst is about 1.6 times as large, and twice what `zstd` itself makes.
    Pack {
        /// The folder.
        folder: PathBuf,
        /// The archive; its name ends in .tar.zst, .tar.gz or .tar.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Write over a file that exists.
        #[arg(long)]
        force: bool,
    },
    /// Make a folder of an archive, and verify it.
    ///
    /// Refuses archives with links, devices, paths that lead out, or more bytes
    /// than --max-bytes; nothing of such an archive is written.
    Unpack {
        /// The archive.
        archive: PathBuf,
        /// The folder; it is empty or does not exist.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Bytes that it may unpack to.
        #[arg(long, value_name = "N", default_value_t = Bounds::default().total)]
        max_bytes: u64,
    },
    /// Make one snapshot of several: of other accounts, regions or times.
    ///
    /// Each is verified before. Files that are the same are taken once. The new one
    /// was created when the first of them was, and is complete if all of them are.
    Merge {
        /// Folders or archives.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The folder; it is empty or does not exist.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Where two say different things about one call, take the newer answer, and
        /// an answer rather than a refusal. Without it that is an error.
        #[arg(long, value_enum)]
        prefer: Option<Prefer>,
    },
    /// Make a snapshot that can be given away.
    ///
    /// Accounts, ARNs, names, descriptions, values of tags, private domain names,
    /// ids of requests and every text that nobody has thought of become tokens made
    /// with a key: the same value has the same token everywhere and in every
    /// snapshot that is redacted with this key, and nobody can find it by trying.
    /// Ids of resources, states, regions and addresses stay, and so do `staging`,
    /// `test` and their like as values of tags for the environment, so that an audit
    /// finds the same. Secrets are taken out. Keep the key to yourself.
    Redact {
        /// Folder or archive.
        path: PathBuf,
        /// The folder; it is empty or does not exist.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// File with the key: 64 hexadecimal digits.
        #[arg(long, value_name = "FILE", required_unless_present = "new_key")]
        key_file: Option<PathBuf>,
        /// Make a key, and write it to this new file, which only you can read.
        #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
        new_key: Option<PathBuf>,
        /// Replace addresses and blocks too. What was inside a block still is, and
        /// private stays private; sizes of blocks stay.
        #[arg(long)]
        addresses: bool,
        /// Replace keys of tags too, but `Name`, those of AWS and those that many use
        /// for owners and environments.
        #[arg(long)]
        tag_keys: bool,
    },
}

/// What to take where snapshots differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Prefer {
    /// The newer one.
    Newest,
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        let message = clean(&error.to_string()).into_owned();
        let problem = Diagnostic::error("snapshot", message);
        match error.help() {
            Some(help) => problem.help(help).into(),
            None => problem.into(),
        }
    }
}

/// Runs `plaudit snapshot`.
pub(super) fn run(args: &SnapshotArgs, screen: &Screen) -> Result<Status, Stop> {
    match &args.command {
        SnapshotCommand::Info { path, format } => info(path, *format, screen),
        SnapshotCommand::Verify {
            path,
            checksums,
            format,
        } => {
            let bundle = Bundle::open(path)?;
            if *checksums {
                let sums = folder::checksums(&bundle.manifest()?);
                io::stdout().lock().write_all(sums.as_bytes())?;
                return Ok(Status::Clean);
            }
            let verified = folder::verify(&bundle)?;
            match format {
                Shape::Json => json(&verified)?,
                Shape::Text => text::verified(&verified, &bundle, screen)?,
            }
            Ok(status(&verified))
        }
        SnapshotCommand::Pack {
            folder,
            output,
            force,
        } => pack(folder, output, *force, screen),
        SnapshotCommand::Unpack {
            archive,
            output,
            max_bytes,
        } => unpack(archive, output, *max_bytes, screen),
        SnapshotCommand::Merge {
            paths,
            output,
            prefer,
        } => merge(paths, output, prefer.is_some(), screen),
        SnapshotCommand::Redact {
            path,
            output,
            key_file,
            new_key,
            addresses,
            tag_keys,
        } => {
            let wish = Wish {
                addresses: *addresses,
                tag_keys: *tag_keys,
            };
            as_folder(output)?;
            let bundle = Bundle::open(path)?;
            if !sound(&bundle, screen)? {
                return Ok(Status::Mismatch);
            }
            let key = match (key_file, new_key) {
                (Some(file), _) => key::read(file)?,
                (None, Some(file)) => key::make(file)?,
                (None, None) => return Err(Diagnostic::error("redact", "no key").into()),
            };
            redact(&bundle, output, key, wish)
        }
    }
}

fn status(verified: &Verified) -> Status {
    if verified.problems.is_empty() {
        Status::Clean
    } else {
        Status::Mismatch
    }
}

fn json(value: &impl Serialize) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn info(path: &Path, format: Shape, screen: &Screen) -> Result<Status, Stop> {
    let bundle = Bundle::open(path)?;
    let info = folder::info(&bundle)?;
    match format {
        Shape::Json => json(&info)?,
        Shape::Text => text::info(&info, path, screen)?,
    }
    Ok(Status::Clean)
}

/// Verifies before something is made of a snapshot: a copy of a snapshot with
/// something wrong would look like one without.
fn sound(bundle: &Bundle, screen: &Screen) -> Result<bool, Stop> {
    let verified = folder::verify(bundle)?;
    if verified.problems.is_empty() {
        return Ok(true);
    }
    text::verified(&verified, bundle, screen)?;
    Ok(false)
}

fn pack(from: &Path, to: &Path, force: bool, screen: &Screen) -> Result<Status, Stop> {
    if !force && to.exists() {
        let problem = Diagnostic::error(to.display().to_string(), "the file exists already");
        return Err(problem
            .help("name another file, or write over it: --force")
            .into());
    }
    let bundle = Bundle::open(from)?;
    if !sound(&bundle, screen)? {
        return Ok(Status::Mismatch);
    }
    let packed = folder::pack(&bundle, to)?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}: {} files, {} packed to {}",
        clean(&to.display().to_string()),
        packed.files,
        size(packed.bytes),
        size(packed.packed)
    )?;
    Ok(Status::Clean)
}

fn unpack(from: &Path, to: &Path, most: u64, screen: &Screen) -> Result<Status, Stop> {
    as_folder(to)?;
    let bounds = Bounds {
        total: most,
        ..Bounds::default()
    };
    folder::unpack(from, to, bounds)?;
    let bundle = Bundle::open(to)?;
    let verified = folder::verify(&bundle)?;
    text::verified(&verified, &bundle, screen)?;
    Ok(status(&verified))
}

/// Refuses the name of an archive where a folder is written.
fn as_folder(path: &Path) -> Result<(), Stop> {
    if folder::is_archive(path) {
        let problem = Diagnostic::error(
            path.display().to_string(),
            "a folder is written, and this is the name of an archive",
        );
        return Err(problem
            .help("name a folder, and pack it then: plaudit snapshot pack")
            .into());
    }
    Ok(())
}

fn tool() -> Tool {
    Tool {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn merge(paths: &[PathBuf], to: &Path, newest: bool, screen: &Screen) -> Result<Status, Stop> {
    as_folder(to)?;
    if paths.len() < 2 {
        let problem = Diagnostic::error("merge", "one snapshot was named; several were expected");
        return Err(problem.help("name all that are to become one").into());
    }
    let mut bundles = Vec::with_capacity(paths.len());
    for path in paths {
        let bundle = Bundle::open(path)?;
        if !sound(&bundle, screen)? {
            return Ok(Status::Mismatch);
        }
        bundles.push(bundle);
    }
    let merged = folder::merge(&bundles, to, newest, tool())?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}: {} files of {} snapshots; {} were in several, {} gave way to newer ones, with {} lines of ledgers",
        clean(&to.display().to_string()),
        merged.manifest.files.len(),
        bundles.len(),
        merged.shared,
        merged.replaced,
        merged.lines_left_out
    )?;
    Ok(Status::Clean)
}

fn redact(bundle: &Bundle, to: &Path, key: Key, wish: Wish) -> Result<Status, Stop> {
    let manifest = folder::redact::redact(bundle, to, key, wish, tool())?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}: {} files; taken out or replaced:",
        clean(&to.display().to_string()),
        manifest.files.len()
    )?;
    for redaction in &manifest.redactions {
        let place = if redaction.file == "*" {
            String::new()
        } else {
            format!(" in {}", redaction.file)
        };
        writeln!(
            out,
            "{:>9}  {}",
            redaction.count,
            clean(&format!("{}{place}", redaction.field))
        )?;
    }
    Ok(Status::Clean)
}
