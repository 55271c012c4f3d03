//! What somebody wants collected, and how it went.
//!
//! Plain data between the command line and the collector.

use std::path::PathBuf;
use std::time::Duration;

use super::super::aws::plan::Plan;
use super::super::folder;

/// What to collect, as whom, and where to write it.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The folder of the snapshot.
    pub out: PathBuf,
    /// Whether to go on with the snapshot that is there.
    pub resume: bool,
    /// The calls.
    pub plan: Plan,
    /// Profile of the AWS configuration; the default one if not set.
    pub profile: Option<String>,
    /// Role to assume before anything else.
    pub role_arn: Option<String>,
    /// Secret between the role's owner and the caller.
    pub external_id: Option<String>,
    /// Regions.
    pub regions: Regions,
    /// Accounts.
    pub accounts: Accounts,
    /// Attempts at each page.
    pub max_attempts: u32,
    /// Time for each attempt.
    pub timeout: Duration,
    /// Requests a second to each service, instead of the built-in limits.
    pub rate: Option<u32>,
    /// Questions that are open at the same time.
    pub concurrency: usize,
    /// When the run began: seconds since 1970, UTC.
    pub now: i64,
}

/// Which regions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// The one of the profile or the environment.
    Configured,
    /// These.
    Named(Vec<String>),
    /// All that are enabled in the account.
    All,
}

/// Which accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounts {
    /// The one of the credentials.
    Own,
    /// These: account number and a role in it, by its ARN or its name. The account
    /// of the credentials needs none.
    Listed(Vec<(String, Option<String>)>),
    /// All active accounts of the organization, by a role of this name.
    Organization {
        /// Name of the role, with its path if it has one.
        role: String,
    },
}

/// How a run went.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Whether every planned call was answered to its end.
    pub complete: bool,
    /// Whether somebody stopped the run.
    pub interrupted: bool,
    /// Accounts that were asked.
    pub accounts: usize,
    /// Regions of accounts that were asked.
    pub regions: usize,
    /// Requests that were sent, all pages and attempts.
    pub requests: u64,
    /// Answers that a resumed run found and did not ask for again.
    pub kept: u64,
    /// Files in the snapshot.
    pub files: usize,
    /// Fields that were taken out before writing.
    pub redacted: u64,
    /// What is missing: the call, where, why. Sorted.
    pub missing: Vec<Missing>,
}

/// A call that was not answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Account number.
    pub account: String,
    /// Region, or `global`.
    pub region: String,
    /// Service as in IAM actions.
    pub service: String,
    /// Operation.
    pub operation: String,
    /// How it ended: `denied`, `failed`, `unsupported`, `interrupted`, `not-asked`.
    pub outcome: String,
    /// The error code, or a word of ours.
    pub code: String,
    /// In words; that of the first of them.
    pub message: String,
    /// How many calls of the operation it concerns.
    pub calls: u64,
}

/// Why nothing could be collected.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody says which region.
    #[error("no region is configured")]
    NoRegion,
    /// Nobody, or nobody known, asks.
    #[error("AWS does not tell who asks: {0}")]
    Identity(String),
    /// The accounts of the organization cannot be listed.
    #[error("the accounts of the organization cannot be listed: {0}")]
    Organization(String),
    /// The regions of an account cannot be listed.
    #[error("the regions of the account cannot be listed: {0}")]
    Regions(String),
    /// The folder cannot be written.
    #[error(transparent)]
    Folder(#[from] folder::Error),
    /// The machine does not let us.
    #[error("cannot start: {0}")]
    Start(#[from] std::io::Error),
}

/// Is told how far collecting is. Calls come from several threads.
pub trait Progress: Send + Sync {
    /// So many more questions are known.
    fn planned(&self, more: u64);
    /// A question has its answer, or will have none.
    fn answered(&self, what: &str);
}

impl Progress for () {
    fn planned(&self, _: u64) {}
    fn answered(&self, _: &str) {}
}
