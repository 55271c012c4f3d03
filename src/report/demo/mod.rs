//! Made-up reports to try formats on: an empty one, a clean one, a small one
//! with every case in it, and one of any size.
//!
//! Compiled for tests only and uses only [`findings`](crate::findings). Nothing
//! here is random: the same call gives the same report.

mod inputs;
mod rules;

use std::fmt::Write as _;

use crate::findings::{
    Counts, CoverageRow, Fact, Finding, IgnoredSection, Input, Outcome, Population, Problem,
    Reason, ReasonCode, Report, Resource, RuleSummary, Severity, SourceLine, Summary, Verdict,
};
use inputs::{coverage, problems};
use rules::{RULES, RuleText, rule_summary};

/// Names that try to break out of the format they are shown in.
pub(super) const HOSTILE: &[&str] = &[
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>window.hacked=1//\"'`",
    "invoice\u{202e}fdp.exe",
    "nul\0in\u{1b}[31mthe\u{7}middle\r\nfoo",
    "=HYPERLINK(\"http://example.com\")",
];

const ACCOUNTS: [&str; 4] = [
    "123456789012",
    "210987654321",
    "345678901234",
    "456789012345",
];
const REGIONS: [&str; 4] = ["us-east-1", "eu-central-1", "eu-west-1", "ap-southeast-2"];
const OWNERS: [Option<&str>; 4] = [Some("platform"), Some("payments"), None, Some("data")];

/// Everything of a report, owned.
pub(super) struct Demo {
    pub(super) findings: Vec<Finding>,
    pub(super) now: Option<String>,
    pub(super) rules_digest: String,
    pub(super) inputs: Vec<Input>,
    pub(super) ignored: Vec<IgnoredSection>,
    pub(super) coverage: Vec<CoverageRow>,
    pub(super) population: Vec<Population>,
    pub(super) rules: Vec<RuleSummary>,
    pub(super) problems: Vec<Problem>,
    pub(super) summary: Summary,
}

/// The mixer of `SplitMix64`: numbers without a pattern that compresses.
const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn hex(seed: u64, digits: usize) -> String {
    let mut text = String::new();
    for part in 0.. {
        if text.len() >= digits {
            break;
        }
        let _ = write!(
            text,
            "{:016x}",
            mix(seed.wrapping_mul(31).wrapping_add(part))
        );
    }
    text.truncate(digits);
    text
}

fn resource(rule: &RuleText, n: usize) -> Resource {
    let seed = n as u64 * 7919 + rule.name.len() as u64;
    let place = usize::try_from(mix(seed) % 16).unwrap();
    Resource {
        kind: rule.kind.to_owned(),
        cloudformation: rule.cloudformation.to_owned(),
        id: format!("{}-0{}", rule.prefix, hex(seed, 16)),
        name: (n % 3 != 1).then(|| format!("{}-{n}", rule.kind)),
        partition: "aws".to_owned(),
        account: ACCOUNTS[place / 4].to_owned(),
        region: REGIONS[place % 4].to_owned(),
        vpc: (rule.kind != "hosted-zone").then(|| format!("vpc-0{}", hex(n as u64 % 97, 16))),
        owner: OWNERS[n % 4].map(ToOwned::to_owned),
    }
}

fn input_path(account: &str, region: &str, call: &str) -> String {
    format!("snapshot/aws/{account}/{region}/ec2.{call}.json")
}

fn fact(rule: &RuleText, resource: &Resource, n: usize, part: usize) -> Fact {
    let index = n % 4000 + part;
    let line = index as u64 * 14 + 9;
    let subject = if rule.field == "AvailableIpAddressCount" {
        format!("subnet-0{}", hex(n as u64 * 3 + part as u64, 16))
    } else {
        resource.id.clone()
    };
    let seen = match rule.seen {
        "11" => (n % 16).to_string(),
        seen => seen.to_owned(),
    };
    let path = input_path(&resource.account, &resource.region, rule.call);
    Fact {
        source: Some(SourceLine {
            sha256: hex(
                path.len() as u64 * 77 + path.bytes().map(u64::from).sum::<u64>(),
                64,
            ),
            file: path,
            pointer: format!("/{}/{index}/{}", &rule.call["Describe".len()..], rule.field),
            line,
            excerpt: vec![
                "    {".to_owned(),
                format!(
                    "      \"Arn\": \"arn:aws:ec2:{}:{}:{subject}\",",
                    resource.region, resource.account
                ),
                format!(
                    "      \"AvailabilityZone\": \"{}{}\",",
                    resource.region,
                    ["a", "b", "c"][n % 3]
                ),
                format!("      \"{}\": \"{seen}\",", rule.field),
                format!("      \"CidrBlock\": \"10.{}.{}.0/24\",", n % 200, n % 240),
                format!("      \"OwnerId\": \"{}\",", resource.account),
                "      \"State\": \"available\"".to_owned(),
            ],
            excerpt_line: line - 3,
        }),
        subject,
        field: rule.field.to_owned(),
        op: rule.op.to_owned(),
        expected: Some(rule.wanted.to_owned()),
        actual: seen,
    }
}

fn finding(rule_index: usize, n: usize, verdict: Verdict) -> Finding {
    let rule = &RULES[rule_index];
    let resource = resource(rule, n);
    let mut facts = vec![fact(rule, &resource, n, 0)];
    if n.is_multiple_of(2) {
        facts.push(fact(rule, &resource, n, 1));
    }
    let mut reasons = Vec::new();
    if verdict == Verdict::Unknown {
        facts.truncate(usize::from(n.is_multiple_of(3)));
        let service = if rule.kind == "hosted-zone" {
            "route53"
        } else {
            "ec2"
        };
        reasons.push(Reason {
            code: [
                ReasonCode::Denied,
                ReasonCode::NotCollected,
                ReasonCode::OwnedByAnotherAccount,
            ][n % 3],
            what: format!("{}.{} of {}", rule.kind, rule.field, resource.id),
            call: Some(format!(
                "aws {service} {} --region {}",
                rule.call, resource.region
            )),
            action: Some(format!("{service}:{}", rule.call)),
        });
    }
    let message = match verdict {
        Verdict::Fail => format!(
            "{} has {} = {}; {} is wanted",
            resource.id,
            rule.field,
            facts.first().map_or("", |f| &f.actual),
            rule.wanted
        ),
        Verdict::Unknown => format!(
            "whether {} passes depends on data that is not here",
            resource.id
        ),
        Verdict::Pass => format!("{} has {} as wanted", resource.id, rule.field),
        Verdict::NotApplicable => format!("the rule does not speak about {}", resource.id),
    };
    Finding {
        id: hex(n as u64 * 104_729 + rule_index as u64, 64),
        rule_index,
        rule: rule.name.to_owned(),
        verdict,
        severity: rule.severity,
        confidence: rule.confidence,
        resource,
        message,
        facts,
        reasons,
    }
}

impl Demo {
    /// No input, no rule, no finding.
    pub(super) fn empty() -> Self {
        Self {
            findings: Vec::new(),
            now: None,
            rules_digest: hex(1, 64),
            inputs: Vec::new(),
            ignored: Vec::new(),
            coverage: Vec::new(),
            population: Vec::new(),
            rules: Vec::new(),
            problems: Vec::new(),
            summary: Summary {
                exit: 3,
                ..Summary::default()
            },
        }
    }

    /// Everything was seen and nothing is wrong.
    pub(super) fn clean() -> Self {
        Self::of(Vec::new(), false)
    }

    /// About 70 findings: all verdicts and reasons, hostile names, a rule with
    /// one and a rule with many findings.
    pub(super) fn small() -> Self {
        let mut findings = Vec::new();
        for (index, count) in [
            (0, 1),
            (1, 7),
            (2, 24),
            (3, 4),
            (4, 3),
            (5, 2),
            (6, 11),
            (7, 3),
        ] {
            findings.extend((0..count).map(|n| finding(index, n, Verdict::Fail)));
            findings.extend((30..30 + count / 3).map(|n| finding(index, n, Verdict::Unknown)));
        }
        findings.push(finding(7, 90, Verdict::Pass));
        findings.push(finding(7, 91, Verdict::NotApplicable));
        for (place, name) in [0, 1, 4, 6, 12].into_iter().zip(HOSTILE) {
            let it = &mut findings[place];
            it.resource.name = Some((*name).to_owned());
            it.message = format!(
                "{name} ({}) has a name that tries something",
                it.resource.id
            );
            it.resource.owner = Some((*name).to_owned());
            if let Some(fact) = it.facts.first_mut() {
                (*name).clone_into(&mut fact.actual);
                if let Some(source) = &mut fact.source {
                    source.excerpt[3] = format!("      \"Value\": \"{name}\",");
                }
            }
        }
        findings[2].resource.name = Some("x".repeat(65_536));
        if let Some(source) = &mut findings[3].facts[0].source {
            source.excerpt.clear();
            source.excerpt_line = 0;
        }
        findings[5].facts[0].source = None;
        Self::of(findings, true)
    }

    /// As many findings as are asked for, with ids that do not compress.
    pub(super) fn big(count: usize) -> Self {
        let findings = (0..count)
            .map(|n| {
                let rule = n * RULES.len() / count.max(1);
                let verdict = if n % 10 == 9 {
                    Verdict::Unknown
                } else {
                    Verdict::Fail
                };
                finding(rule, n, verdict)
            })
            .collect();
        Self::of(findings, true)
    }

    fn of(findings: Vec<Finding>, broken: bool) -> Self {
        let mut counts = [Counts {
            fail: 0,
            unknown: 0,
            pass: 40,
            not_applicable: 3,
        }; RULES.len()];
        let mut by_severity: Vec<(Severity, u64)> = [
            Severity::Critical,
            Severity::High,
            Severity::Medium,
            Severity::Low,
            Severity::Info,
        ]
        .map(|s| (s, 0))
        .into();
        for finding in &findings {
            counts[finding.rule_index].add(finding.verdict);
            if finding.verdict == Verdict::Fail {
                for (severity, count) in &mut by_severity {
                    *count += u64::from(*severity == finding.severity);
                }
            }
        }
        let mut verdicts = Counts::default();
        for count in counts {
            verdicts += count;
        }
        let rules: Vec<_> = RULES
            .iter()
            .zip(counts)
            .enumerate()
            .map(|(n, (r, c))| rule_summary(n, r, c))
            .collect();
        let coverage = coverage(broken);
        let inputs: Vec<_> = coverage
            .iter()
            .filter(|row| row.files > 0)
            .map(|row| input_path(&row.account, &row.region, &row.operation))
            .map(|path| Input {
                format: "aws-cli".to_owned(),
                bytes: 1_000 + path.len() as u64 * 211,
                sha256: hex(
                    path.len() as u64 * 77 + path.bytes().map(u64::from).sum::<u64>(),
                    64,
                ),
                items: 12,
                path,
            })
            .collect();
        let mut population: Vec<_> = RULES
            .iter()
            .flat_map(|rule| ACCOUNTS.iter().map(move |account| (rule, account)))
            .flat_map(|(rule, account)| REGIONS.iter().map(move |region| (rule, account, region)))
            .map(|(rule, account, region)| Population {
                kind: rule.kind.to_owned(),
                account: (*account).to_owned(),
                region: (*region).to_owned(),
                count: 3 + mix(rule.kind.len() as u64) % 40,
            })
            .collect();
        population.sort();
        population.dedup();
        let complete = coverage
            .iter()
            .filter(|r| r.outcome == Outcome::Complete)
            .count();
        let fail = verdicts.fail;
        Self {
            now: Some("2026-11-20T09:00:00Z".to_owned()),
            rules_digest: hex(1, 64),
            inputs,
            ignored: vec![IgnoredSection {
                key: "Buckets".to_owned(),
                files: 2,
                items: 31,
            }],
            population,
            problems: if broken { problems() } else { Vec::new() },
            summary: Summary {
                verdicts,
                by_severity,
                resources: 1_204,
                rules: rules.len() as u64,
                complete: verdicts.unknown == 0 && !broken,
                calls_complete: complete as u64,
                calls: coverage.len() as u64,
                at_threshold: fail,
                fail_on: Some(Severity::Low),
                exit: u8::from(fail > 0),
            },
            coverage,
            rules,
            findings,
        }
    }

    /// The report that formats take.
    pub(super) fn report(&self) -> Report<'_> {
        Report {
            version: "0.1.0",
            now: self.now.clone(),
            rules_digest: self.rules_digest.clone(),
            inputs: self.inputs.clone(),
            ignored: self.ignored.clone(),
            coverage: self.coverage.clone(),
            population: self.population.clone(),
            frameworks: Vec::new(),
            rules: self.rules.clone(),
            problems: self.problems.clone(),
            summary: self.summary.clone(),
            findings: &self.findings,
        }
    }
}
