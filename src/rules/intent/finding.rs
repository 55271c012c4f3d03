//! Findings about intents, in the shape of all findings.
//!
//! An intent is what a finding is about; the rule says which kind of wish is
//! not met. Uses the explainer for places in files. Nothing is judged here.

use super::judge::{self, Ruling};
use super::{Expect, Intent, Question};
use crate::findings::{
    Confidence, Counts, Fact, Finding, Reference, Resource, RuleSummary, Severity, Verdict,
};
use crate::graph::{Graph, Node};
use crate::rules::calls;
use crate::rules::explain::{Explainer, finding_id};
use crate::rules::expression::trace::Event;
use crate::rules::load::digest;
use crate::rules::run::Include;
use crate::snapshot::provenance::Locate;
use crate::snapshot::record::Kind;

/// What became of all intents of a run.
#[derive(Debug, Default)]
pub struct Judged {
    /// The rules that were broken or kept, for reports; only those that some
    /// intent is about.
    pub rules: Vec<RuleSummary>,
    /// Findings, worst first. Their rules are positions in `rules`.
    pub(in crate::rules) findings: Vec<Finding>,
    /// Failing findings by severity.
    pub(in crate::rules) failing: Vec<(Severity, u64)>,
}

/// A rule about intents.
struct Broken {
    name: &'static str,
    code: &'static str,
    title: &'static str,
    resource: &'static str,
    why: &'static str,
    fix: &'static str,
    reference: (&'static str, &'static str),
}

const MUST_REACH: Broken = Broken {
    name: "intent-must-reach-broken",
    code: "PL9001",
    title: "A source that must reach a destination does not",
    resource: "intent",
    why: "Somebody wrote down that this way must work. A way that is blocked for some sources, interfaces or ports fails for some requests.",
    fix: "Open what blocks it, which the facts name with file and line, or correct the intent.",
    reference: (
        "Reachability Analyzer explanation codes",
        "https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html",
    ),
};

const MUST_NOT_REACH: Broken = Broken {
    name: "intent-must-not-reach-broken",
    code: "PL9002",
    title: "A source that must not reach a destination does",
    resource: "intent",
    why: "Somebody wrote down that this way must be closed. One way is enough: what arrives has arrived, also if no reply comes back.",
    fix: "Close one of the rules or routes that let it pass, which the facts name with file and line, or correct the intent.",
    reference: (
        "Infrastructure security in Amazon VPC",
        "https://docs.aws.amazon.com/vpc/latest/userguide/infrastructure-security.html",
    ),
};

const SCOPE: Broken = Broken {
    name: "access-scope-path-found",
    code: "PL9003",
    title: "A path matches a Network Access Analyzer scope",
    resource: "access-scope",
    why: "A scope describes paths that should not be there. This one matches an entry of MatchPaths and none of ExcludePaths.",
    fix: "Close the path, or exclude it in the scope if it is meant to be there.",
    reference: (
        "Working with Network Access Scopes",
        "https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/working-with-vaa.html",
    ),
};

/// The day on which the references were read.
const READ: &str = "2026-11-21";

const fn rule_of(intent: &Intent) -> &'static Broken {
    match (&intent.question, intent.expect) {
        (Question::Scope(_), _) => &SCOPE,
        (_, Expect::MustReach) => &MUST_REACH,
        (_, Expect::MustNotReach) => &MUST_NOT_REACH,
    }
}

/// Judges all intents.
pub fn judge(intents: &[Intent], graph: &Graph, include: Include, locate: &dyn Locate) -> Judged {
    let explainer = Explainer::new(graph, locate);
    let mut judged = Judged::default();
    for (intent, rulings) in intents.iter().zip(judge::all(graph, intents)) {
        let rule = rule_of(intent);
        let index = judged.rule(rule, intent);
        for ruling in rulings {
            if let Some(summary) = judged.rules.get_mut(index) {
                summary.counts.add(ruling.verdict);
            }
            if ruling.verdict == Verdict::Fail {
                judged.count(intent.severity);
            }
            let wanted = match ruling.verdict {
                Verdict::Fail | Verdict::Unknown => true,
                Verdict::Pass => include.pass,
                Verdict::NotApplicable => include.not_applicable,
            };
            if wanted {
                let found = finding(&explainer, rule, index, intent, ruling);
                judged.findings.push(found);
            }
        }
    }
    judged.findings.sort_by(|one, other| {
        let key = |finding: &Finding| {
            (
                finding.verdict,
                std::cmp::Reverse(finding.severity),
                finding.rule_index,
            )
        };
        key(one)
            .cmp(&key(other))
            .then_with(|| one.resource.id.cmp(&other.resource.id))
            .then_with(|| one.message.cmp(&other.message))
    });
    judged
}

impl Judged {
    /// The position of a rule, put on the list if it is not there. Its severity
    /// is the worst of its intents.
    fn rule(&mut self, rule: &Broken, intent: &Intent) -> usize {
        let known = self.rules.iter().position(|known| known.name == rule.name);
        let index = known.unwrap_or_else(|| {
            self.rules.push(summary(rule));
            self.rules.len() - 1
        });
        if let Some(summary) = self.rules.get_mut(index) {
            summary.severity = summary.severity.max(intent.severity);
            summary.digest = digest(&[&summary.digest, &intent.digest]);
        }
        index
    }

    fn count(&mut self, severity: Severity) {
        match self
            .failing
            .iter_mut()
            .find(|(known, _)| *known == severity)
        {
            Some((_, count)) => *count += 1,
            None => self.failing.push((severity, 1)),
        }
    }
}

fn summary(rule: &Broken) -> RuleSummary {
    let (title, url) = rule.reference;
    RuleSummary {
        name: rule.name.to_owned(),
        code: rule.code.to_owned(),
        title: rule.title.to_owned(),
        severity: Severity::Info,
        confidence: Confidence::Proven,
        resource: rule.resource.to_owned(),
        packs: vec!["intents".to_owned()],
        why: rule.why.to_owned(),
        fix: rule.fix.to_owned(),
        fix_cli: None,
        fix_terraform: None,
        references: vec![Reference {
            title: title.to_owned(),
            url: url.to_owned(),
            date: READ.to_owned(),
        }],
        controls: Vec::new(),
        params: Vec::new(),
        digest: digest(&[rule.name, rule.title]),
        counts: Counts::default(),
    }
}

fn finding(
    explainer: &Explainer<'_>,
    rule: &Broken,
    index: usize,
    intent: &Intent,
    ruling: Ruling,
) -> Finding {
    let resource = Resource {
        kind: rule.resource.to_owned(),
        cloudformation: if rule.resource == SCOPE.resource {
            "AWS::EC2::NetworkInsightsAccessScope".to_owned()
        } else {
            "Plaudit::Network::Intent".to_owned()
        },
        id: intent.name.clone(),
        name: None,
        partition: "aws".to_owned(),
        account: String::new(),
        region: String::new(),
        vpc: None,
        owner: intent.owner.clone(),
    };
    let uid = if ruling.about.is_empty() {
        intent.name.clone()
    } else {
        format!("{}|{}", intent.name, ruling.about)
    };
    let events: Vec<Event> = ruling.reads.into_iter().map(Event::Read).collect();
    // No read is about the intent itself, so that this node is never shown.
    let nobody = Node::new(Kind::Vpc, 0);
    let mut facts = explainer.facts(&events, nobody, ruling.verdict);
    facts.extend(own_facts(intent, ruling.ways));
    let mut reasons = ruling.reasons;
    if ruling.verdict == Verdict::Unknown && reasons.is_empty() {
        reasons.push(calls::unexplained());
    }
    Finding {
        id: finding_id(rule.name, &resource, &uid),
        rule_index: index,
        rule: rule.name.to_owned(),
        verdict: ruling.verdict,
        severity: intent.severity,
        confidence: Confidence::Proven,
        resource,
        message: ruling.message,
        facts,
        reasons,
    }
}

/// What the ways are, and what the intent says of itself.
fn own_facts(intent: &Intent, ways: Vec<(String, String)>) -> Vec<Fact> {
    let fact = |field: &str, actual: String| Fact {
        subject: intent.name.clone(),
        field: field.to_owned(),
        op: String::new(),
        expected: None,
        actual,
        source: None,
    };
    let mut facts: Vec<Fact> = ways
        .into_iter()
        .map(|(ends, became)| fact(&ends, became))
        .collect();
    facts.push(fact("expect", intent.expect.name().to_owned()));
    facts.push(fact(
        "written in",
        format!("{}:{}", intent.file, intent.line),
    ));
    for reference in &intent.references {
        let Reference { title, url, date } = reference;
        facts.push(fact("reference", format!("{title}, {url}, {date}")));
    }
    facts
}
