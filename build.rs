//! Lists the rule files so that the program carries them. Nothing else, ever.
//!
//! It may use what Cargo tells it and write to its own folder.

#![expect(
    clippy::disallowed_methods,
    reason = "Cargo tells a build script where things are through the environment"
)]
#![expect(
    clippy::use_debug,
    reason = "the debug form of a path is a string literal of Rust"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let mut files = Vec::new();
    for folder in fs::read_dir(Path::new(&root).join("rules"))? {
        let folder = folder?.path();
        if folder.is_dir() {
            for file in fs::read_dir(&folder)? {
                files.push(file?.path());
            }
        }
    }
    files.sort();
    let mut list = String::from("&[\n");
    for file in files.iter().filter(|file| {
        file.extension()
            .is_some_and(|extension| extension == "yaml")
    }) {
        let name = file
            .strip_prefix(&root)
            .map_err(io::Error::other)?
            .to_string_lossy()
            .replace('\\', "/");
        // Relative to the crate: the list stays right when the folder moves.
        let path = format!("/{name}");
        writeln!(
            list,
            "({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),"
        )
        .map_err(io::Error::other)?;
    }
    list.push(']');
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("rules.rs"), list)
}
