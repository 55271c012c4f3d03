//! How our answers compare with those of AWS's Reachability Analyzer.
//!
//! Plain data for reports: what both say, what only one says, and why the two
//! may differ. No comparing and no formatting happens here.

use serde::Serialize;

/// All analyses that were compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// How many agree.
    pub agree: u64,
    /// How many differ.
    pub differ: u64,
    /// How many could not be compared.
    pub not_comparable: u64,
    /// One after another, in the order of the files.
    pub analyses: Vec<Compared>,
}

/// Whether two answers agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// They do.
    Agrees,
    /// They do not.
    Differs,
    /// One of them is missing.
    NotComparable,
}

/// One analysis, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Compared {
    /// The id of the analysis, or its place in the file.
    pub analysis: String,
    /// The file.
    pub file: String,
    /// What was asked, in words; empty if that is not known.
    pub question: String,
    /// Whether the answers agree.
    pub outcome: Agreement,
    /// Whether AWS found a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<bool>,
    /// Our verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    /// Explanation codes of both. Where codes of one meaning have two names,
    /// AWS's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes_of_both: Vec<String>,
    /// Codes that only AWS has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes_only_theirs: Vec<String>,
    /// Codes that only we have. AWS names one set of blockers, we name all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes_only_ours: Vec<String>,
    /// The ways, where both found one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<Way>,
    /// What differs, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
    /// What explains a difference, or why there is nothing to compare.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The components of a way, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Way {
    /// `forward` or `return`.
    pub direction: String,
    /// Whether they are the same.
    pub same: bool,
    /// Those of AWS.
    pub theirs: Vec<String>,
    /// Ours.
    pub ours: Vec<String>,
}
