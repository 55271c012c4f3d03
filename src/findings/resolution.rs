//! What a name resolves to, with the steps and their evidence.
//!
//! Plain data for reports, in the words that they show. No looking up, no
//! formatting.

use serde::Serialize;

use super::fact::{Fact, Reason};

/// The answer to one question about a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameReport {
    /// The name that was asked for, in lower case, without the closing dot.
    pub name: String,
    /// `A` or `AAAA`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The VPC in which somebody asks.
    pub vpc: String,
    /// Its `Name` tag, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_name: Option<String>,
    /// Account of the VPC; empty when no input tells.
    pub account: String,
    /// Region of the VPC; empty when no input tells.
    pub region: String,
    /// `answered`, `public`, `no-name`, `no-data`, `no-resolver`, `loop`,
    /// `unknown`.
    pub verdict: String,
    /// The verdict in a sentence.
    pub meaning: String,
    /// What decided, unless it simply resolves: `X_DNS_NO_RECORD`.
    pub code: Option<String>,
    /// The addresses, in order.
    pub addresses: Vec<NameAddress>,
    /// Endpoints and load balancers that the name leads to, also where their
    /// addresses are not known.
    pub ends: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<NameStep>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumed>,
    /// The exit code that it gives.
    pub exit: u8,
}

/// One address of an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NameAddress {
    /// The address.
    pub ip: String,
    /// The endpoint, load balancer or record that it comes from.
    pub from: Option<String>,
    /// The interface that has it.
    pub interface: Option<String>,
}

/// One step of a resolution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameStep {
    /// `pass` leads on or answers, `fail` ends it, `unknown` leaves it open,
    /// `note` is worth knowing.
    pub outcome: String,
    /// The VPC whose resolver works on it.
    pub vpc: String,
    /// The name that is asked for here.
    pub name: String,
    /// What answers, or decides who does: a kind and an id.
    pub component: String,
    /// The step in words.
    pub detail: String,
    /// Why it does not simply lead on.
    pub code: Option<String>,
    /// The code in a sentence.
    pub meaning: Option<String>,
    /// The values that decided, each with its place in the input.
    pub facts: Vec<Fact>,
    /// What is missing and what would settle it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// Something that was taken for granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: String,
}
