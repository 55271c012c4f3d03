//! Files with keys: read, or made so that only their owner can read them.
//!
//! Bytes of a key and nothing that is done with them. Must never print one.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use crate::cli::Stop;
use crate::collect::folder::redact::Key;
use crate::diagnostic::Diagnostic;

/// Bytes of a key file that are read.
const LONGEST: u64 = 4096;

/// Reads a key.
pub(super) fn read(path: &Path) -> Result<Key, Stop> {
    let shown = path.display().to_string();
    let fail =
        |error: std::io::Error| Diagnostic::error(&shown, format!("cannot read the key: {error}"));
    let file = OpenOptions::new().read(true).open(path).map_err(fail)?;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(fail)?;
    Ok(Key::parse(&text).map_err(|error| {
        Diagnostic::error(&shown, error.to_string())
            .help("a key file holds 64 hexadecimal digits; make one: --new-key FILE")
    })?)
}

/// Makes a key and writes it to a file that does not exist yet.
pub(super) fn make(path: &Path) -> Result<Key, Stop> {
    let shown = path.display().to_string();
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        Diagnostic::error(&shown, format!("the system gives no random bytes: {error}"))
    })?;
    let key = Key::new(bytes);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(key.text().as_bytes())
            .and_then(|()| file.sync_all())
    });
    match written {
        Ok(()) => Ok(key),
        Err(error) => {
            if error.kind() != std::io::ErrorKind::AlreadyExists {
                let _already_failing = fs::remove_file(path);
            }
            Err(
                Diagnostic::error(&shown, format!("cannot write the key: {error}"))
                    .help("name a file that does not exist; a key is never written over")
                    .into(),
            )
        }
    }
}
