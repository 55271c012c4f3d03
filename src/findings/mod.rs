//! What the rules concluded, with all the evidence that a report needs.
//!
//! Plain data: reports need neither the graph nor the rules, only this. No
//! judging, no formatting and no reading happens here.

pub mod comparison;
mod coverage;
mod fact;
pub mod insights;
pub mod matrix;
pub mod path;
mod preflight;
mod resolution;
mod summary;

use std::io;

use serde::Serialize;

pub use coverage::{CoverageRow, IgnoredSection, Input, Outcome, Population};
pub use fact::{Fact, Reason, ReasonCode, SourceLine};
pub use preflight::{Candidate, Fit, Preflight};
pub use resolution::{Assumed, NameAddress, NameReport, NameStep};
pub use summary::{Counts, Summary};

/// What a rule says about one resource. Missing data is never a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The bad pattern is there.
    Fail,
    /// The data does not say; the finding's reasons name the call that would.
    Unknown,
    /// The bad pattern is not there.
    Pass,
    /// The rule does not speak about this resource.
    NotApplicable,
}

/// How bad it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Untidy, or costs a little.
    Low,
    /// Will hurt under some condition.
    Medium,
    /// Does not work, or is exposed.
    High,
    /// Exposed to everybody.
    Critical,
}

/// How far a finding is proven.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The data cannot decide it; look yourself.
    Unproven,
    /// Several signs point to it.
    Suspected,
    /// The data alone proves it.
    Proven,
}

/// One rule's conclusion about one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Hash of rule, partition, account, region, resource and discriminator:
    /// the same in every format and every run.
    pub id: String,
    /// Position in [`Report::rules`].
    #[serde(skip)]
    pub rule_index: usize,
    /// The rule's name.
    pub rule: String,
    /// Fail, unknown; pass and not-applicable only if they were asked for.
    pub verdict: Verdict,
    /// After overrides.
    pub severity: Severity,
    /// How far it is proven.
    pub confidence: Confidence,
    /// What it is about.
    pub resource: Resource,
    /// Names the thing, the value seen and the value wanted.
    pub message: String,
    /// The values that decided, each with its place in the input.
    pub facts: Vec<Fact>,
    /// For `unknown`: what is missing and what would settle it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// The resource that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Resource {
    /// Kind as rules name it: `vpc-endpoint`.
    pub kind: String,
    /// CloudFormation type: `AWS::EC2::VPCEndpoint`.
    #[serde(rename = "type")]
    pub cloudformation: String,
    /// Its id in the API's spelling.
    pub id: String,
    /// Its `Name` tag, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `aws`, `aws-cn`, `aws-us-gov`, `azure`.
    pub partition: String,
    /// Account; empty when no input tells.
    pub account: String,
    /// Region, `global`, or empty when no input tells.
    pub region: String,
    /// The VPC it belongs to, if it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// The owner that a tag names (`Owner`, `owner`, `Team`, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What a report needs to know of a rule, and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSummary {
    /// Kebab-case, names the bad pattern.
    pub name: String,
    /// Short code for formats that want one: `PL1102`.
    pub code: String,
    /// One line.
    pub title: String,
    /// After overrides.
    pub severity: Severity,
    /// How far its findings are proven.
    pub confidence: Confidence,
    /// Kind of resource.
    pub resource: String,
    /// Packs that contain it.
    pub packs: Vec<String>,
    /// Why it matters.
    pub why: String,
    /// What to do, in words.
    pub fix: String,
    /// The fix as an AWS CLI command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_cli: Option<String>,
    /// The fix as Terraform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_terraform: Option<String>,
    /// Title, address, date read.
    pub references: Vec<Reference>,
    /// `framework: [ids]`.
    pub controls: Vec<Control>,
    /// Parameters as they were in this run.
    pub params: Vec<(String, String)>,
    /// sha256 of the rule file and its facts.
    pub digest: String,
    /// Verdicts over all resources of its kind.
    pub counts: Counts,
}

/// A document that a rule rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Title.
    pub title: String,
    /// Address.
    pub url: String,
    /// The day it was read, `YYYY-MM-DD`.
    pub date: String,
}

/// A control of a framework for which a rule gives evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// `nist-800-53-r5`, `pci-dss-4.0.1`, …
    pub framework: String,
    /// Its ids only; the texts are the frameworks' own.
    pub ids: Vec<String>,
}

/// A framework whose controls rules name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Framework {
    /// The name that rules use.
    pub framework: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Where its owner publishes it.
    pub url: String,
    /// The day the mapping was last looked over, `YYYY-MM-DD`.
    pub as_of: String,
    /// Who looked it over.
    pub reviewed_by: String,
    /// How the mapping is meant.
    pub note: String,
    /// Where the ids were read.
    pub references: Vec<Reference>,
    /// The controls, as the file has them.
    pub controls: Vec<ControlMapping>,
}

/// What rules say about a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlMapping {
    /// Its id.
    pub id: String,
    /// How far a verdict of a rule that names it is evidence for it.
    pub relation: Relation,
    /// What it is about, in our words; the text is the framework's own.
    pub about: String,
}

/// How far a verdict is evidence for a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// For what the control asks of private connectivity.
    EvidenceFor,
    /// For one aspect of it.
    Partial,
}

impl Relation {
    /// As files and reports have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EvidenceFor => "evidence-for",
            Self::Partial => "partial",
        }
    }
}

/// Something about an input that a person should see; not a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Whether something could not be read (the run is incomplete) or is only
    /// worth knowing.
    pub level: ProblemLevel,
    /// Where: path as given on the command line.
    pub file: String,
    /// JSON pointer, if it is inside a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What was seen and what was expected.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// How many places are like this one, this one included.
    pub count: u64,
}

/// Weight of a [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemLevel {
    /// Data was lost or not understood: the audit is incomplete.
    Incomplete,
    /// Understood, but somebody should look.
    Warning,
    /// For the record.
    Note,
}

/// Everything that a report is made of.
pub struct Report<'a> {
    /// Version of the program.
    pub version: &'a str,
    /// When the audit was made, RFC 3339: from `--now`, else from the snapshot.
    pub now: Option<String>,
    /// sha256 over all rules and parameters in force.
    pub rules_digest: String,
    /// Files read.
    pub inputs: Vec<Input>,
    /// Sections that are known and not modelled.
    pub ignored: Vec<IgnoredSection>,
    /// What was asked for and what came back.
    pub coverage: Vec<CoverageRow>,
    /// Resources by kind, account and region.
    pub population: Vec<Population>,
    /// Rules in force, by name.
    pub rules: Vec<RuleSummary>,
    /// Frameworks that the rules in force name, with the controls that they name.
    pub frameworks: Vec<Framework>,
    /// Problems of the input, worst first.
    pub problems: Vec<Problem>,
    /// Counts and outcome.
    pub summary: Summary,
    /// Worst first, then by rule, then by resource.
    pub findings: &'a dyn Findings,
}

/// Findings in their final order. They are made while they are read, so that
/// a million of them need no memory.
pub trait Findings: Sync {
    /// How many [`each`](Self::each) will show.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Shows all findings in order; stops at the first error.
    ///
    /// # Errors
    /// Whatever `show` returns.
    fn each(&self, show: &mut dyn FnMut(&Finding) -> io::Result<()>) -> io::Result<()>;
}

impl Findings for Vec<Finding> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn each(&self, show: &mut dyn FnMut(&Finding) -> io::Result<()>) -> io::Result<()> {
        self.iter().try_for_each(show)
    }
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report")
            .field("findings", &self.findings.len())
            .finish_non_exhaustive()
    }
}
