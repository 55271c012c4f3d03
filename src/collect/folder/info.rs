//! What a snapshot is and how much it saw, from its manifest and its ledger.
//!
//! Counts calls, pages, objects and bytes; names what is missing and the
//! permission that would have shown it. Must not look into answers, and must not
//! judge.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bundle::Bundle;
use super::ledger::{self, Line};
use super::manifest::{Principal, Redaction, Tool};
use super::{Error, MANIFEST, time};
use crate::collect::outcome::Outcome;
use crate::snapshot::record::Kind;

/// What a snapshot says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Info {
    /// `plaudit-snapshot/1`.
    pub format: String,
    /// What wrote it.
    pub tool: Tool,
    /// When collecting began, as the manifest says.
    pub created: String,
    /// Whether every planned call was answered to its end; unknown where the
    /// manifest does not say.
    pub complete: Option<bool>,
    /// Whether it is an archive.
    pub packed: bool,
    /// Files beside the manifest.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 of the manifest.
    pub manifest_sha256: String,
    /// As whom it was collected.
    pub principals: Vec<Principal>,
    /// Account numbers.
    pub accounts: Vec<String>,
    /// Regions, and `global`.
    pub regions: Vec<String>,
    /// The first time that a server gave.
    pub first_answer: Option<String>,
    /// The last one.
    pub last_answer: Option<String>,
    /// Seconds that clocks of servers were ahead of the collector's: the least
    /// and the most.
    pub clock_skew_seconds: Option<(i64, i64)>,
    /// Lines of the ledger.
    pub answers: u64,
    /// Calls by account and region.
    pub coverage: Vec<Coverage>,
    /// Calls that gave nothing, or not all of it.
    pub missing: Vec<Missing>,
    /// What was taken out or replaced before writing.
    pub redactions: Vec<Redaction>,
}

/// Calls in one account and region. A call with all its pages and attempts is
/// one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Account number.
    pub account: String,
    /// Region, or `global`.
    pub region: String,
    /// All calls.
    pub calls: u64,
    /// Answered to the end.
    pub complete: u64,
    /// Refused for want of a permission.
    pub denied: u64,
    /// Failed for another reason.
    pub failed: u64,
    /// Ended before the last page.
    pub interrupted: u64,
    /// Not made.
    pub not_asked: u64,
    /// Calls that the region does not have.
    pub unsupported: u64,
    /// Attempts that were made again.
    pub retried: u64,
    /// Objects.
    pub items: u64,
    /// Answers with objects.
    pub pages: u64,
    /// Bytes of answers, before they were written.
    pub bytes: u64,
}

/// Calls of one operation that gave nothing, or not all of it, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// `denied`, `failed`, `interrupted`, `not-asked` or `unsupported`.
    pub outcome: &'static str,
    /// As in IAM actions: `ec2`.
    pub service: String,
    /// `DescribeVpcEndpoints`.
    pub operation: String,
    /// The permission that it needs.
    pub action: String,
    /// Error code, if there was one.
    pub error_code: String,
    /// What the service said, the first time.
    pub error_message: String,
    /// Account and region.
    pub places: Vec<(String, String)>,
    /// How many calls.
    pub calls: u64,
}

/// Reads what a snapshot says about itself.
pub fn info(bundle: &Bundle) -> Result<Info, Error> {
    let manifest = bundle.manifest()?;
    let text = bundle.ledger()?;
    let lines = ledger::read(&text)?;
    let mut info = Info {
        bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        files: manifest.files.len() as u64,
        format: manifest.format,
        tool: manifest.tool,
        created: manifest.created,
        complete: manifest.complete,
        packed: bundle.is_packed(),
        manifest_sha256: bundle.digest(MANIFEST)?.1,
        principals: manifest.principals,
        accounts: manifest.accounts,
        regions: manifest.regions,
        answers: lines.len() as u64,
        redactions: manifest.redactions,
        ..Info::default()
    };
    info.times(lines.iter().map(|(line, _)| line));
    info.count(lines.iter().map(|(line, _)| line));
    Ok(info)
}

impl Info {
    fn times<'l>(&mut self, lines: impl Iterator<Item = &'l Line>) {
        let mut first: Option<(i64, &str)> = None;
        let mut last = first;
        for line in lines {
            let Some(date) = line.server_date.as_deref() else {
                continue;
            };
            let Some(at) = time::seconds(date) else {
                continue;
            };
            if first.is_none_or(|(known, _)| at < known) {
                first = Some((at, date));
            }
            if last.is_none_or(|(known, _)| at > known) {
                last = Some((at, date));
            }
            if let Some(started) = line.started.as_deref().and_then(time::seconds) {
                let skew = at - started;
                let (low, high) = self.clock_skew_seconds.unwrap_or((skew, skew));
                self.clock_skew_seconds = Some((low.min(skew), high.max(skew)));
            }
        }
        self.first_answer = first.map(|(_, date)| date.to_owned());
        self.last_answer = last.map(|(_, date)| date.to_owned());
    }

    fn count<'l>(&mut self, lines: impl Iterator<Item = &'l Line>) {
        let mut calls: BTreeMap<ledger::Call<'_>, Vec<&Line>> = BTreeMap::new();
        for line in lines {
            calls.entry(line.call()).or_default().push(line);
        }
        let mut coverage: BTreeMap<(&str, &str), Coverage> = BTreeMap::new();
        let mut missing: BTreeMap<_, Missing> = BTreeMap::new();
        for (call, lines) in calls {
            let (account, region, ..) = call;
            let row = coverage.entry((account, region)).or_default();
            row.add(&lines);
            let outcome = ledger::together(lines.iter().map(|line| line.result()));
            let Some(word) = row.outcome(outcome) else {
                continue;
            };
            // The line that decided, for its error.
            let decisive = lines.iter().min_by_key(|line| line.result());
            let Some(line) = decisive else { continue };
            let code = line.error_code.as_deref().unwrap_or_default();
            let entry = missing
                .entry((outcome, &line.service, &line.operation, code))
                .or_insert_with(|| Missing::new(word, line));
            entry.calls += 1;
            let place = (account.to_owned(), region.to_owned());
            if entry.places.last() != Some(&place) {
                entry.places.push(place);
            }
        }
        let rows = coverage
            .into_iter()
            .map(|((account, region), row)| Coverage {
                account: account.to_owned(),
                region: region.to_owned(),
                ..row
            });
        self.coverage = rows.collect();
        self.missing = missing.into_values().collect();
    }
}

impl Coverage {
    fn add(&mut self, lines: &[&Line]) {
        self.calls += 1;
        for line in lines {
            self.bytes += line.raw_bytes.unwrap_or(0);
            if line.result() == Outcome::Retried {
                self.retried += 1;
            } else if line.answered() {
                self.pages += 1;
                self.items += line.items.unwrap_or(0);
            }
        }
    }

    /// Counts the outcome of a call, and gives its word if something is missing.
    fn outcome(&mut self, outcome: Outcome) -> Option<&'static str> {
        let count = match outcome {
            Outcome::Complete | Outcome::More | Outcome::Retried => {
                self.complete += 1;
                return None;
            }
            Outcome::Denied => &mut self.denied,
            Outcome::Failed | Outcome::Unknown => &mut self.failed,
            Outcome::Interrupted => &mut self.interrupted,
            Outcome::NotAsked => &mut self.not_asked,
            Outcome::Unsupported => &mut self.unsupported,
        };
        *count += 1;
        Some(outcome.word())
    }
}

impl Missing {
    fn new(outcome: &'static str, line: &Line) -> Self {
        Self {
            outcome,
            action: action(&line.service, &line.operation),
            service: line.service.clone(),
            operation: line.operation.clone(),
            error_code: line.error_code.clone().unwrap_or_default(),
            error_message: line.error_message.clone().unwrap_or_default(),
            places: Vec::new(),
            calls: 0,
        }
    }
}

/// The IAM action of a call: that of the kinds that need it, or its own name.
fn action(service: &str, operation: &str) -> String {
    let sources = Kind::ALL.iter().flat_map(|kind| kind.spec().sources);
    let mut same =
        sources.filter(|source| source.service == service && source.operation == operation);
    same.next().map_or_else(
        || format!("{service}:{operation}"),
        crate::snapshot::schema::Source::iam_action,
    )
}
