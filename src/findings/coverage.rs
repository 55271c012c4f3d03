//! What was asked for and what came back, as reports show it.
//!
//! Plain values that name the calls and files of a run. May use only `serde`;
//! how gaps are found and how they are drawn must not be in here.

use serde::Serialize;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Input {
    /// Path as given, with `/` between parts.
    pub path: String,
    /// What it was recognised as: `aws-cli`, `aws-config`, `snapshot`, …
    pub format: String,
    /// Size in bytes as read, before unpacking.
    pub bytes: u64,
    /// sha256 of these bytes, hex.
    pub sha256: String,
    /// Objects taken from it.
    pub items: u64,
}

/// A section that was recognised and is not modelled: counted, not dropped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct IgnoredSection {
    /// The key that it stands under: `Buckets`.
    pub key: String,
    /// Files that have it.
    pub files: u64,
    /// Objects in it.
    pub items: u64,
}

/// One API call of one account and region, and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CoverageRow {
    /// Account; empty when no input tells.
    pub account: String,
    /// Region, `global`, or empty when no input tells.
    pub region: String,
    /// Service as in IAM actions.
    pub service: String,
    /// Operation: `DescribeSubnets`.
    pub operation: String,
    /// What came back.
    pub outcome: Outcome,
    /// Objects.
    pub items: u64,
    /// Files.
    pub files: u64,
    /// Whether the operator vouches for it (an imported file) rather than a
    /// recorded call.
    pub asserted: bool,
    /// Error code, or why it is partial; empty when complete.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// IAM action that permits the call.
    pub action: String,
    /// Rules that need the call and answered unknown for want of it.
    pub rules_waiting: u64,
}

/// What came back from a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All of it.
    Complete,
    /// Some of it: a page is missing or a file is broken.
    Partial,
    /// Refused.
    Denied,
    /// Failed for another reason.
    Failed,
    /// Not asked for, and a rule wanted it.
    Absent,
}

/// How many resources of a kind were seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Population {
    /// Kind as rules name it.
    pub kind: String,
    /// Account; empty when no input tells.
    pub account: String,
    /// Region, `global`, or empty.
    pub region: String,
    /// Resources.
    pub count: u64,
}
