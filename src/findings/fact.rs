//! Evidence: the values that decided, and where they stand in the input.
//!
//! Plain values that the rule engine fills and reports draw. May use only
//! `serde`; nothing is looked up or compared here.

use serde::Serialize;

/// One value that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The resource that has the value: `subnet-0a…`.
    pub subject: String,
    /// The field in the API's spelling: `AvailableIpAddressCount`.
    pub field: String,
    /// The comparison that was made: `>=`, `==`, `in`; empty if none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub op: String,
    /// What was wanted, if there was a comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was seen. Texts without quotes, lists joined by `, `.
    pub actual: String,
    /// Where it stands; absent for values that no file holds (counts of links,
    /// results of functions).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceLine>,
}

/// A place in an input file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// Path as given on the command line, with `/` between parts.
    pub file: String,
    /// RFC 6901 pointer of the value: `/Subnets/3/AvailableIpAddressCount`.
    pub pointer: String,
    /// Line of the value, from 1.
    pub line: u64,
    /// sha256 of the file, hex; also in the list of inputs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// The lines around the value, at most 7 lines of 240 characters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excerpt: Vec<String>,
    /// Number of the first line of the excerpt.
    #[serde(skip_serializing_if = "is_zero")]
    pub excerpt_line: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Why a verdict is unknown, and what would settle it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// The class of the reason.
    pub code: ReasonCode,
    /// What is missing: `vpc.EnableDnsSupport.Value of vpc-0a…`.
    pub what: String,
    /// The call that would settle it: `aws ec2 describe-vpc-attribute …`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The IAM action that permits the call: `ec2:DescribeVpcAttribute`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// Classes of missing data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCode {
    /// Nobody asked for it.
    NotCollected,
    /// It was asked for and refused.
    Denied,
    /// Another account owns it, and that account's data is not here.
    OwnedByAnotherAccount,
    /// The source was read and does not hold the field or the object.
    NotInThisSource,
    /// The value is not known yet (a plan) or not understood.
    UnknownValue,
    /// AWS itself leaves it open.
    Undetermined,
}
