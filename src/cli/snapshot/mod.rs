//! `plaudit snapshot`: looking at, checking, packing, joining and redacting
//! snapshot folders.
//!
//! Flags, exit codes and texts; the work is done in `collect::folder`. Must not
//! touch the network.

mod text;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::{Screen, Status, Stop};
use crate::collect::folder::{self, Bounds, Bundle, Error, Verified};
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
    /// sorted and have no times and owners.
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
