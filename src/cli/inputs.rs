//! What is read: files and folders that commands are given, or standard input.
//!
//! Shared by the commands that look at a network. Turns what cannot be read
//! into problems that say what to give instead; what is read is the collector's
//! work.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Stop;
use super::progress::Bar;
use crate::collect::{self, Collected, Written};
use crate::diagnostic::Diagnostic;
use crate::snapshot::wanted::Wanted;

/// How to read.
#[derive(Debug, Clone)]
pub(super) struct Reading<'a> {
    /// Files, folders, archives; `-` alone is standard input.
    pub(super) paths: &'a [PathBuf],
    /// Threads; all cores if not given.
    pub(super) threads: Option<usize>,
    /// Whether to take digests of a manifest for true.
    pub(super) trust_manifest: bool,
    /// What to keep; everything if not given.
    pub(super) wanted: Option<Arc<Wanted>>,
    /// What the configuration says besides.
    pub(super) written: Option<Arc<Written>>,
}

impl Reading<'_> {
    /// Reads it all.
    pub(super) fn read(self, bar: &Bar) -> Result<Collected, Stop> {
        let stdin = Path::new("-");
        if self.paths.iter().any(|path| path == stdin) {
            return self.read_stdin();
        }
        let options = collect::Options {
            threads: self.threads,
            trust_manifest: self.trust_manifest,
            wanted: self.wanted,
            written: self.written,
            ..collect::Options::default()
        };
        collect::read(self.paths, &options, bar).map_err(|error| {
            bar.finish();
            let shown: Vec<String> = self
                .paths
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            let (message, help) = match &error {
                collect::Error::Open { source, .. } => (
                    format!("{error}: {source}"),
                    "give a folder or file that exists",
                ),
                _ => (
                    error.to_string(),
                    "give AWS CLI output, a plaudit snapshot or an AWS Config delivery",
                ),
            };
            Stop::from(Diagnostic::error(shown.join(" "), message).help(help))
        })
    }

    fn read_stdin(self) -> Result<Collected, Stop> {
        if self.paths.len() > 1 {
            return Err(Diagnostic::error(
                "-",
                "standard input cannot be read together with other paths",
            )
            .into());
        }
        let text = std::io::read_to_string(std::io::stdin().lock()).map_err(|error| {
            Diagnostic::error("-", format!("cannot read standard input: {error}"))
        })?;
        let options = collect::Options {
            wanted: self.wanted,
            written: self.written,
            ..collect::Options::default()
        };
        Ok(collect::read_text_with("stdin", &text, &options))
    }
}

/// Uses so many threads from now on.
pub(super) fn use_threads(threads: Option<usize>) {
    if let Some(threads) = threads {
        // Fails only if a pool exists already; then its size stands.
        let _already_set = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .build_global();
    }
}
