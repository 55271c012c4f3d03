//! A rule that was loaded: checked, typed, ready to be compiled.
//!
//! Plain data; made by [`load`](super::load), run by [`run`](super::run).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expression::check::{Given, Typed};
pub use super::file::Datum;
use crate::findings::{Confidence, Control, Framework, Reference, Severity};
use crate::snapshot::record::Kind;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case, names the bad pattern.
    pub name: String,
    /// `PL` and four digits.
    pub code: String,
    /// One line.
    pub title: String,
    /// As written; overrides come later.
    pub severity: Severity,
    /// How far its findings are proven.
    pub confidence: Confidence,
    /// What it speaks about.
    pub kind: Kind,
    /// The folder it lies in, and the selections that name it.
    pub packs: Vec<String>,
    /// Parameters.
    pub params: BTreeMap<String, Param>,
    /// Facts it uses, by the name that expressions use.
    pub facts: BTreeMap<String, Arc<Fact>>,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The fix as a command.
    pub fix_cli: Option<String>,
    /// The fix as Terraform.
    pub fix_terraform: Option<String>,
    /// What it rests on.
    pub references: Vec<Reference>,
    /// What it gives evidence for.
    pub controls: Vec<Control>,
    /// Names it had before.
    pub formerly: Vec<String>,
    /// sha256 of the file and of the facts it uses.
    pub digest: String,
    /// The file it was read from.
    pub file: String,
    /// The text of the file, for `explain` and for positions.
    pub source: Arc<str>,
    pub(super) when: Option<Typed>,
    pub(super) lets: Vec<(String, Typed)>,
    pub(super) check: Typed,
    pub(super) message: Vec<Part>,
    pub(super) tests: Vec<super::file::TestFile>,
}

/// A part of a message.
#[derive(Debug)]
pub(super) enum Part {
    /// As it stands.
    Text(String),
    /// The value of an expression.
    Hole(Typed),
}

/// A parameter of a rule.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its type.
    pub given: Given,
    /// Its value unless somebody sets another.
    pub default: Datum,
    /// What it means, with its unit.
    pub doc: String,
}

/// A dated, sourced value or table.
#[derive(Debug)]
pub struct Fact {
    /// Its name as files have it.
    pub name: String,
    /// Its type.
    pub given: Given,
    /// One value, or rows of values in the order of the fields.
    pub value: FactValue,
    /// The day it was last checked.
    pub as_of: String,
    /// Where it comes from.
    pub references: Vec<Reference>,
    /// sha256 of the file.
    pub digest: String,
}

/// What a fact holds.
#[derive(Debug)]
pub enum FactValue {
    /// One value.
    One(Datum),
    /// Rows.
    Table(Vec<Vec<Datum>>),
}

/// A set of rules.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// Sorted by name.
    pub rules: Vec<Rule>,
    /// Named selections: name, title, rules.
    pub packs: Vec<Pack>,
    /// Facts, by the name that expressions use.
    pub facts: BTreeMap<String, Arc<Fact>>,
    /// Frameworks whose controls rules may name, by name.
    pub frameworks: Vec<Framework>,
}

/// A named selection of rules.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Its name.
    pub name: String,
    /// One line.
    pub title: String,
    /// Names and patterns of rules.
    pub rules: Vec<String>,
}
