//! What is there before a connection is made, and how to make it.
//!
//! Plain data for reports, in the words that they show. Nothing is judged or
//! formatted here.

use serde::Serialize;

use super::fact::Reason;

/// The answer to "can this be made in that VPC, and how?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// `redis-cloud`, `zilliz`, …
    pub provider: String,
    /// What would be made, in words.
    pub title: String,
    /// The VPC.
    pub vpc: String,
    /// Its `Name` tag, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_name: Option<String>,
    /// Account of the VPC; empty when no input tells.
    pub account: String,
    /// Region of the VPC; empty when no input tells.
    pub region: String,
    /// `ready`, `not-ready` or `unknown`.
    pub verdict: String,
    /// Ports that clients use: `8070, 10000-19999`; empty if nobody said.
    pub ports: String,
    /// Who connects: blocks and security groups.
    pub clients: Vec<String>,
    /// What nobody said, and what was taken instead.
    pub inferred: Vec<String>,
    /// Settings of the VPC.
    pub settings: Vec<Candidate>,
    /// The subnets of the VPC, those that fit first.
    pub subnets: Vec<Candidate>,
    /// Its security groups that fit, or that could not be judged.
    pub groups: Vec<Candidate>,
    /// How many of its security groups do not fit.
    pub groups_left: u64,
    /// What has to be changed or found out first.
    pub missing: Vec<String>,
    /// AWS CLI commands, in order, for a POSIX shell.
    pub commands: Vec<String>,
    /// The same for Terraform.
    pub terraform: String,
    /// The exit code that it gives.
    pub exit: u8,
}

/// Something that may serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Its id, or the name of the setting.
    pub id: String,
    /// Its `Name` tag or group name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The id of its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Whether it serves.
    pub fit: Fit,
    /// Whether the commands use it.
    pub chosen: bool,
    /// Why, or why not, each in a few words.
    pub why: Vec<String>,
    /// What was not seen, and what would settle it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// Whether something serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// It does.
    Fits,
    /// The data does not say.
    Unknown,
    /// It does not.
    DoesNotFit,
}
