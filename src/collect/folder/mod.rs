//! Folders of the format `plaudit-snapshot/1`: writing, checking, packing,
//! joining and redacting them.
//!
//! May read and write files, through the types below. Knows names, digests,
//! manifests and ledgers; must not judge what the files say about a network,
//! and must not ask the clock or the network.

mod archive;
mod bundle;
mod info;
mod json;
mod ledger;
mod manifest;
mod merge;
mod name;
mod pack;
pub mod redact;
pub mod secrets;
mod time;
mod verify;
mod writer;

use std::io;
use std::path::{Path, PathBuf};

pub use archive::{Bounds, is_archive};
pub use bundle::Bundle;
pub use info::{Coverage, Info, Missing, info};
pub use json::{PART, parts, pretty};
pub use manifest::{Draft, Entry, FORMAT, Manifest, Principal, Redaction, Tool};
pub use merge::{Merged, merge};
pub use name::file_name;
pub use pack::{Packed, pack, unpack};
pub use verify::{Trouble, Verified, checksums, verify};
pub use writer::{Existing, Writer};

/// Name of the manifest in its folder.
pub const MANIFEST: &str = "manifest.json";
/// Name of the ledger in its folder.
pub const LEDGER: &str = "ledger.jsonl";

/// Why a snapshot folder cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What is there is not what is wanted there.
    #[error("{}: {message}", path.display())]
    Place {
        /// The folder or file.
        path: PathBuf,
        /// What was seen and what was expected.
        message: String,
        /// What to do.
        help: String,
    },
    /// A path that would lead out of the folder, or no file's name.
    #[error("`{path}` is no path in a snapshot: {reason}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file of the snapshot does not say what such a file says.
    #[error("{file}: {message}")]
    Content {
        /// The file, and the line if it has lines.
        file: String,
        /// What was seen and what was expected.
        message: String,
    },
}

impl Error {
    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Place { help, .. } => Some(help),
            Self::Io { .. } | Self::Path { .. } | Self::Content { .. } => None,
        }
    }

    /// For `map_err`: an error of the operating system, with what was tried.
    fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + use<'a> {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    fn place(path: &Path, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Place {
            path: path.to_owned(),
            message: message.into(),
            help: help.into(),
        }
    }

    fn content(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Content {
            file: file.into(),
            message: message.into(),
        }
    }
}
