//! Counts over a whole run, and what they mean for the exit code.
//!
//! May use the severities and verdicts beside it and `serde`. Which exit code
//! follows is decided by the command line and must not be in here.

use std::ops::AddAssign;

use serde::Serialize;

use super::{Severity, Verdict};

/// Verdicts, counted. All are always shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct Counts {
    /// The bad pattern is there.
    pub fail: u64,
    /// The data does not say.
    pub unknown: u64,
    /// The bad pattern is not there.
    pub pass: u64,
    /// The rule does not speak about the resource.
    pub not_applicable: u64,
}

impl Counts {
    /// Counts one more verdict.
    pub const fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Fail => self.fail += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::Pass => self.pass += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.fail += other.fail;
        self.unknown += other.unknown;
        self.pass += other.pass;
        self.not_applicable += other.not_applicable;
    }
}

/// Counts and outcome of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Verdicts of all rules over all resources.
    pub verdicts: Counts,
    /// Failing findings by severity, all five always present, worst first.
    pub by_severity: Vec<(Severity, u64)>,
    /// Resources seen.
    pub resources: u64,
    /// Rules that were in force.
    pub rules: u64,
    /// No verdict is unknown and no input was lost.
    pub complete: bool,
    /// Calls that are complete, of those that rules wanted or files showed.
    pub calls_complete: u64,
    /// Calls in the coverage table.
    pub calls: u64,
    /// Failing findings at or above the threshold.
    pub at_threshold: u64,
    /// The threshold.
    pub fail_on: Option<Severity>,
    /// Exit code: 0, 1 or 3.
    pub exit: u8,
}
