//! Files of a snapshot: one per API operation, in numbered parts where one
//! would be too large, each with its size and hash for the manifest.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use crate::json::Json;

/// No file is larger: a snapshot is read in parallel, file by file, and the
/// largest file decides how much memory each thread needs.
pub const LARGEST: usize = 32_000_000;

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Written {
    /// Relative to the snapshot, with `/`.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// A folder of a snapshot, and what was written into it.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    path: String,
    indent: bool,
    largest: usize,
    /// The files so far.
    pub written: Vec<Written>,
}

impl Folder {
    /// Makes the folder `path` in the snapshot `root`.
    pub fn create(root: PathBuf, path: String, indent: bool) -> io::Result<Self> {
        fs::create_dir_all(root.join(&path))?;
        Ok(Self {
            root,
            path,
            indent,
            largest: LARGEST,
            written: Vec::new(),
        })
    }

    /// Begins the answer to `operation` (`ec2.DescribeSubnets`). Its objects are
    /// under `key`, or in a bare list where the operation answers about one
    /// object at a time and the file holds many such answers.
    pub fn section(&mut self, operation: &'static str, key: Option<&'static str>) -> Section<'_> {
        let mut json = Json::new(self.indent);
        start(&mut json, key);
        let object = json.nested();
        Section {
            folder: self,
            operation,
            key,
            json,
            object,
            part: 0,
            in_part: 0,
            count: 0,
        }
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = format!("{}/{name}.json", self.path);
        fs::write(self.root.join(&path), bytes)?;
        let mut sha256 = String::new();
        for byte in Sha256::digest(bytes) {
            // Writing into a string cannot fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        self.written.push(Written {
            path,
            bytes: bytes.len() as u64,
            sha256,
        });
        Ok(())
    }
}

/// An answer that is being written.
#[derive(Debug)]
pub struct Section<'a> {
    folder: &'a mut Folder,
    operation: &'static str,
    key: Option<&'static str>,
    json: Json,
    object: Json,
    part: u32,
    in_part: u64,
    count: u64,
}

impl Section<'_> {
    /// Adds one object.
    pub fn push(&mut self, fields: impl FnOnce(&mut Json)) -> io::Result<()> {
        // A nested writer at the depth of the list writes the object without
        // comma or indentation; `element` adds what its place needs.
        self.object.restart();
        self.object.open('{');
        fields(&mut self.object);
        self.object.close('}');
        let frame = 64;
        if self.in_part > 0
            && self.json.bytes().len() + self.object.bytes().len() + frame > self.folder.largest
        {
            self.part += 1;
            self.flush()?;
        }
        self.json.element(self.object.bytes());
        self.in_part += 1;
        self.count += 1;
        Ok(())
    }

    /// Writes what is left and says how many objects there were.
    pub fn finish(mut self) -> io::Result<u64> {
        if self.part > 0 {
            self.part += 1;
        }
        self.flush()?;
        Ok(self.count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.json.close(']');
        if self.key.is_some() {
            self.json.close('}');
        }
        self.json.newline();
        let name = if self.part == 0 {
            self.operation.to_owned()
        } else {
            format!("{}.{}", self.operation, self.part)
        };
        self.folder.write(&name, self.json.bytes())?;
        self.json.clear();
        start(&mut self.json, self.key);
        self.in_part = 0;
        Ok(())
    }
}

fn start(json: &mut Json, key: Option<&str>) {
    if let Some(key) = key {
        json.open('{');
        json.key(key);
    }
    json.open('[');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_only_if_there_are_several() {
        let root = tempfile::tempdir().unwrap();
        let mut folder =
            Folder::create(root.path().to_owned(), "aws/1/r".to_owned(), true).unwrap();
        folder.largest = 100;
        for (operation, objects) in [("one", 1), ("many", 9), ("none", 0)] {
            let mut section = folder.section(operation, Some("Things"));
            for n in 0..objects {
                section.push(|thing| thing.int("n", n)).unwrap();
            }
            assert_eq!(section.finish().unwrap(), objects);
        }
        let names: Vec<_> = folder
            .written
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        assert_eq!(names.first(), Some(&"aws/1/r/one.json"));
        assert_eq!(names.get(1), Some(&"aws/1/r/many.1.json"));
        assert_eq!(names.last(), Some(&"aws/1/r/none.json"));
        let mut seen = Vec::new();
        for file in &folder.written {
            let text = fs::read_to_string(root.path().join(&file.path)).unwrap();
            assert!(text.len() <= 100);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            if file.path.contains("many") {
                seen.extend(
                    value["Things"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|thing| thing["n"].as_u64().unwrap()),
                );
            }
        }
        assert_eq!(seen, (0..9).collect::<Vec<_>>());
    }
}
