//! What people wrote down in a file of theirs, as if a call had answered it.
//!
//! The objects are read as any answer is; the places are those of the file that
//! people wrote. What the file looks like is the caller's business.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::snapshot::SourceFile;
use crate::snapshot::provenance::{Origin, Place};

use super::excerpt::excerpt;
use super::input::{Input, Store};
use super::load::hex;

/// A list that people wrote down.
#[derive(Debug, Clone)]
pub struct Written {
    /// The file, as reports show it.
    pub path: String,
    /// Its text.
    pub text: Arc<str>,
    /// The key of the list in answers: `Connections`.
    pub key: &'static str,
    /// What it holds.
    pub objects: Vec<Object>,
}

/// One object of the list.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// Its fields as an answer would give them.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Where its values stand in the text, and the pointer there, by the paths
    /// that the locator is asked for; the empty path is the object.
    pub places: BTreeMap<String, (String, Range<usize>)>,
}

impl Written {
    /// The list as an answer.
    pub(super) fn input(&self) -> Input {
        let fields = self.objects.iter().map(|object| object.fields.clone());
        let list: Vec<serde_json::Value> = fields.map(serde_json::Value::Object).collect();
        let mut answer = serde_json::Map::new();
        answer.insert(self.key.to_owned(), list.into());
        let text = serde_json::Value::Object(answer).to_string();
        Input {
            path: self.path.clone(),
            root: String::new(),
            bytes: text.len() as u64,
            store: Store::Memory(Arc::new(text.into_bytes())),
        }
    }

    /// Says of the file what is true of the one that people wrote.
    pub(super) fn describe(&self, file: &mut SourceFile) {
        file.bytes = self.text.len() as u64;
        file.sha256 = hex(&Sha256::digest(self.text.as_bytes()));
    }

    /// Where values of an object stand.
    pub(super) fn places(
        &self,
        file: u32,
        origin: Origin,
        paths: &[String],
    ) -> Option<Vec<Option<Place>>> {
        let object = self.objects.get(origin.ordinal as usize)?;
        let place = |path: &String| {
            let (pointer, span) = object.places.get(path)?;
            let before = self.text.get(..span.start)?;
            let line = before.matches('\n').count() as u64 + 1;
            // Nothing is behind the break after the last line.
            let shown = self.text.trim_end();
            let (excerpt, excerpt_line) = excerpt(shown, span.start, span.len(), line);
            Some(Place {
                file,
                pointer: pointer.clone(),
                line,
                excerpt,
                excerpt_line,
            })
        };
        Some(paths.iter().map(place).collect())
    }
}
