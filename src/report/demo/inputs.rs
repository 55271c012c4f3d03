//! What the made-up reports read, and what was wrong with it.
//!
//! Compiled for tests only and uses only [`findings`](crate::findings). Calls
//! of every outcome, problems of every weight, and a hostile path.

use super::rules::RULES;
use super::{ACCOUNTS, HOSTILE, REGIONS};
use crate::findings::{CoverageRow, Outcome, Problem, ProblemLevel};

pub(super) fn coverage(broken: bool) -> Vec<CoverageRow> {
    let mut rows = Vec::new();
    for (a, account) in ACCOUNTS.iter().enumerate() {
        for (r, region) in REGIONS.iter().enumerate() {
            for (c, rule) in RULES.iter().enumerate() {
                let bad = broken && (a * 5 + r * 3 + c) % 11 == 10;
                let outcome = match (bad, (a + r + c) % 4) {
                    (false, _) => Outcome::Complete,
                    (true, 0) => Outcome::Partial,
                    (true, 1 | 2) => Outcome::Denied,
                    (true, _) => Outcome::Absent,
                };
                let service = if rule.kind == "hosted-zone" {
                    "route53"
                } else {
                    "ec2"
                };
                rows.push(CoverageRow {
                    account: (*account).to_owned(),
                    region: (*region).to_owned(),
                    service: service.to_owned(),
                    operation: rule.call.to_owned(),
                    outcome,
                    items: if bad { 0 } else { 12 + c as u64 },
                    files: u64::from(!bad),
                    asserted: a == 3,
                    detail: match outcome {
                        Outcome::Denied => "UnauthorizedOperation".to_owned(),
                        Outcome::Partial => "the last page has a NextToken".to_owned(),
                        _ => String::new(),
                    },
                    action: format!("{service}:{}", rule.call),
                    rules_waiting: if bad { 1 + c as u64 % 3 } else { 0 },
                });
            }
        }
    }
    rows.sort();
    rows.dedup_by(|a, b| {
        (&a.account, &a.region, &a.operation) == (&b.account, &b.region, &b.operation)
    });
    rows
}

pub(super) fn problems() -> Vec<Problem> {
    vec![
        Problem {
            level: ProblemLevel::Incomplete,
            file: "snapshot/aws/123456789012/us-east-1/ec2.DescribeRouteTables.json".to_owned(),
            pointer: Some("/RouteTables/3/Routes/0".to_owned()),
            line: Some(71),
            message: "expected a string for `DestinationCidrBlock`, found a number".to_owned(),
            help: Some("collect the file again; this object was left out".to_owned()),
            count: 1,
        },
        Problem {
            level: ProblemLevel::Warning,
            file: format!("dumps/{}.json", HOSTILE[0]),
            pointer: None,
            line: None,
            message: "the account in the path and `OwnerId` disagree".to_owned(),
            help: None,
            count: 12,
        },
        Problem {
            level: ProblemLevel::Note,
            file: "snapshot/manifest.json".to_owned(),
            pointer: None,
            line: None,
            message: "the clock of the collecting machine was 3 seconds behind".to_owned(),
            help: None,
            count: 1,
        },
    ]
}
