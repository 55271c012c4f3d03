//! How the objects of a level are read: what to do with the value of each key.
//!
//! Made by the catalog from the descriptions of the kinds; followed by the
//! readers of objects. Knows no data.

use crate::snapshot::layout::Level;
use crate::snapshot::record::Kind;

/// What to do with a value of an object.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Not modelled.
    Skip,
    /// A column.
    Value(usize, Form),
    /// An object whose fields are columns of the same level; its plan.
    Object(usize),
    /// A list of objects: its column and its plan.
    List(usize, usize),
    /// Objects of another kind.
    Embedded(Kind),
    /// An object whose keys are those of the object around it: `properties`.
    Same,
}

/// What a column takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Text,
    Int,
    Bool,
    Network,
    /// With what ids of the kind begin with.
    Id(&'static str),
    Texts,
    Ids(&'static str),
    Tags,
}

/// How the objects of a level, or an object inside them, are read.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Keys with what to do, sorted.
    pub steps: Vec<(&'static str, Step)>,
    /// The level whose columns the steps name.
    pub level: Option<&'static Level>,
}

impl Plan {
    /// What to do with a key; `loose` compares without case.
    pub(super) fn step(&self, key: &str, loose: bool) -> &Step {
        if let Ok(found) = self.steps.binary_search_by(|(name, _)| (*name).cmp(key)) {
            return self.steps.get(found).map_or(&Step::Skip, |(_, step)| step);
        }
        let alike = |(name, _): &&(&str, Step)| loose && name.eq_ignore_ascii_case(key);
        self.steps
            .iter()
            .find(alike)
            .map_or(&Step::Skip, |(_, step)| step)
    }

    /// Whether the key is one of the level's fields.
    pub(super) fn has(&self, key: &str) -> bool {
        self.steps
            .binary_search_by(|(name, _)| (*name).cmp(key))
            .is_ok()
    }

    /// The one value that the plan has, if it has no other.
    pub(super) fn lone(&self) -> Option<(usize, Form)> {
        match self.steps.as_slice() {
            [(_, Step::Value(column, form))] => Some((*column, *form)),
            _ => None,
        }
    }

    /// What to do, key by key.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.iter().map(|(_, step)| *step)
    }

    /// The plan of the objects in a list.
    pub(super) fn list(&self, key: &str) -> Option<usize> {
        match self.step(key, false) {
            Step::List(_, plan) => Some(*plan),
            _ => None,
        }
    }

    /// The column that a lone text in place of an object goes to.
    pub(super) fn first_value(&self, level: &Level) -> Option<(usize, Form)> {
        let first = level.columns.first()?;
        self.steps.iter().find_map(|(name, step)| match step {
            Step::Value(column, form) if *name == first.path => Some((*column, *form)),
            _ => None,
        })
    }
}
