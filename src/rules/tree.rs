//! A document as a tree whose every key and value knows its place.
//!
//! Made so that everything wrong with a file can be said at once: a shape that
//! serde demands stops at the first mistake. May use the strict reader of YAML,
//! which bounds depth and size; what a value means is decided elsewhere.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;

use super::expression::suggest;
use super::yaml;
use crate::diagnostic::Diagnostic;

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) value: Shape,
    /// First byte in the text; `None` if the text does not tell.
    start: Option<usize>,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Shape {
    Nothing,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

/// Reads a document: YAML, of which JSON is a part.
pub(crate) fn read(path: &str, text: &Arc<str>) -> Result<Tree, Diagnostic> {
    let problem = match yaml::read::<Spanned<Bare>>(path, text) {
        Ok(tree) => return Ok(placed(tree)),
        Err(problem) => problem,
    };
    // JSON that is indented with tabs is no YAML. Its values have no places.
    if text.trim_start().starts_with('{')
        && let Ok(tree) = serde_json::from_str::<Bare>(text)
    {
        return Ok(Tree {
            value: tree.0.into(),
            start: None,
        });
    }
    Err(problem)
}

/// A value as the reader gives it.
struct Bare(Raw);

enum Raw {
    Nothing,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Spanned<Bare>>),
    Map(Vec<(Spanned<Bare>, Spanned<Bare>)>),
}

fn placed(spanned: Spanned<Bare>) -> Tree {
    let at = spanned.referenced.span().byte_offset();
    Tree {
        start: at.and_then(|at| usize::try_from(at).ok()),
        value: spanned.value.0.into(),
    }
}

impl From<Raw> for Shape {
    fn from(raw: Raw) -> Self {
        match raw {
            Raw::Nothing => Self::Nothing,
            Raw::Bool(value) => Self::Bool(value),
            Raw::Int(value) => Self::Int(value),
            Raw::Text(value) => Self::Text(value),
            Raw::List(items) => Self::List(items.into_iter().map(placed).collect()),
            Raw::Map(entries) => Self::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (placed(key), placed(value)))
                    .collect(),
            ),
        }
    }
}

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Raw;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map, a list, a text, a whole number or a truth value")
            }

            fn visit_unit<E>(self) -> Result<Raw, E> {
                Ok(Raw::Nothing)
            }

            fn visit_none<E>(self) -> Result<Raw, E> {
                Ok(Raw::Nothing)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
                Ok(Raw::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
                Ok(Raw::Int(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
                Ok(i64::try_from(value).map_or_else(|_| Raw::Text(value.to_string()), Raw::Int))
            }

            // `1e3` and `1.5` are no numbers here; as texts they are refused
            // where they stand.
            fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
                Ok(Raw::Text(value.to_string()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
                Ok(Raw::Text(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Raw::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Raw::Map(entries))
            }
        }
        deserializer.deserialize_any(Any).map(Self)
    }
}

impl Tree {
    /// As messages call it.
    pub(crate) const fn noun(&self) -> &'static str {
        match self.value {
            Shape::Nothing => "nothing",
            Shape::Bool(_) => "a truth value",
            Shape::Int(_) => "a number",
            Shape::Text(_) => "a text",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a map",
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Shape::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Shape::Map(entries) = &self.value else {
            return None;
        };
        let found = entries.iter().find(|(name, _)| name.text() == Some(key));
        found.map(|(_, value)| value)
    }

    /// The line that it stands on, from 1; 1 if the text does not tell.
    pub(crate) fn line(&self, text: &str) -> u64 {
        let before = self.start.and_then(|start| text.get(..start));
        before.map_or(1, |before| before.matches('\n').count() as u64 + 1)
    }

    /// The bytes of the text that it takes, for what is short.
    pub(crate) fn span(&self, text: &str) -> Option<Range<usize>> {
        let start = self.start?;
        let rest = text.get(start..)?;
        let end = match &self.value {
            Shape::List(_) | Shape::Map(_) => 1,
            _ => rest
                .find(['\n', ',', '}', ']', '#'])
                .map_or(rest.len(), |end| {
                    rest.get(..end).map_or(1, |v| v.trim_end().len())
                }),
        };
        Some(start..start + end.max(1))
    }
}

/// What reads a tree and collects what is wrong with it.
pub(crate) struct Reader<'s> {
    pub(crate) path: &'s str,
    pub(crate) source: &'s Arc<str>,
    pub(crate) problems: Vec<Diagnostic>,
}

impl<'s> Reader<'s> {
    pub(crate) const fn new(path: &'s str, source: &'s Arc<str>) -> Self {
        Self {
            path,
            source,
            problems: Vec::new(),
        }
    }

    /// Something is wrong with a value.
    pub(crate) fn wrong(&mut self, at: &Tree, message: impl Into<String>) {
        self.push(at, message, None);
    }

    /// Something is wrong with a value, and this may help.
    pub(crate) fn wrong_help(
        &mut self,
        at: &Tree,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(at, message, Some(help.into()));
    }

    fn push(&mut self, at: &Tree, message: impl Into<String>, help: Option<String>) {
        let mut problem = Diagnostic::error(self.path, message);
        if let Some(span) = at.span(self.source) {
            problem = problem.at(self.source, span);
        }
        self.problems.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    }

    /// The entries of a map whose keys must be among these; what is not is
    /// reported. `what` names the map in messages.
    pub(crate) fn map<'t>(
        &mut self,
        tree: &'t Tree,
        what: &str,
        known: &[&str],
    ) -> Option<Vec<(&'t str, &'t Tree)>> {
        let Shape::Map(entries) = &tree.value else {
            self.wrong(
                tree,
                format!("{what} is a map, and this is {}", tree.noun()),
            );
            return None;
        };
        let mut found: Vec<(&str, &Tree)> = Vec::new();
        for (key, value) in entries {
            match key.text() {
                Some(name) if found.iter().any(|(other, _)| *other == name) => {
                    self.wrong(key, format!("{what} has the key `{name}` twice"));
                }
                Some(name) if known.contains(&name) => found.push((name, value)),
                Some(name) => self.wrong_help(
                    key,
                    format!("{what} has no key `{name}`"),
                    suggest::among(name, known.iter().copied()),
                ),
                None => self.wrong(key, format!("a key of {what} is a text")),
            }
        }
        Some(found)
    }

    /// A text that is not empty.
    pub(crate) fn text<'t>(&mut self, tree: &'t Tree, what: &str) -> Option<&'t str> {
        let text = tree.text().map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            let noun = match tree.text() {
                Some(_) => "an empty one",
                None => tree.noun(),
            };
            self.wrong(tree, format!("{what} is a text, and this is {noun}"));
        }
        text
    }

    /// The items of a list.
    pub(crate) fn list<'t>(&mut self, tree: &'t Tree, what: &str) -> &'t [Tree] {
        if let Shape::List(items) = &tree.value {
            return items;
        }
        self.wrong(
            tree,
            format!("{what} is a list, and this is {}", tree.noun()),
        );
        &[]
    }

    /// The items of a list, or the one value that stands for such a list.
    pub(crate) fn one_or_more<'t>(&mut self, tree: &'t Tree, what: &str) -> &'t [Tree] {
        match &tree.value {
            Shape::List(items) => {
                if items.is_empty() {
                    self.wrong(tree, format!("{what} is empty"));
                }
                items
            }
            _ => std::slice::from_ref(tree),
        }
    }
}
