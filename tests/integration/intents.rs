//! Intents and scopes over a network whose answers are known.
//!
//! `expect-intents.yaml` says what is true; it was written from the drawing in
//! the fixture's README, not from what the program prints.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Outcome, plaudit, root};
use crate::samples::{copy, files, fixture};

const NETWORK: &str = "intents-orders";

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    intent: String,
    verdict: String,
    #[serde(default)]
    names: Vec<String>,
}

/// Files with intents and scopes of the fixture.
fn written() -> Vec<PathBuf> {
    files(&fixture(NETWORK))
        .into_iter()
        .filter(|file| {
            let name = file.to_str().unwrap();
            name == "intents.yaml" || (!name.contains('/') && name.ends_with(".json"))
        })
        .map(|file| PathBuf::from(format!("fixtures/{NETWORK}")).join(file))
        .collect()
}

/// An audit of nothing but intents.
fn audit(input: &str, extra: &[&str]) -> Outcome {
    let mut program = plaudit(["audit", "-f", "json", "--include", "pass"]);
    // Some rule must be chosen; this one speaks of nothing that is there.
    program = program.args(&["--select", "resource-gateway-az-unsupported"]);
    for file in written() {
        program = program.arg("--intents").arg(file);
    }
    program.arg(input).args(extra).run()
}

fn is_about_intents(finding: &Value) -> bool {
    matches!(
        finding["resource"]["kind"].as_str(),
        Some("intent" | "access-scope")
    )
}

/// The worst verdict of each intent, with all texts of its findings.
fn verdicts(report: &Value) -> BTreeMap<String, (String, String)> {
    let mut found: BTreeMap<String, (String, String)> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        if is_about_intents(finding) {
            let id = finding["resource"]["id"].as_str().unwrap().to_owned();
            let verdict = finding["verdict"].as_str().unwrap().to_owned();
            // Findings are sorted: the worst comes first.
            let entry = found.entry(id).or_insert((verdict, String::new()));
            entry.1.push_str(&finding.to_string());
        }
    }
    found
}

#[test]
fn every_intent_gets_the_verdict_that_it_must() {
    let text = fs::read_to_string(fixture(NETWORK).join("expect-intents.yaml")).unwrap();
    let expected: Vec<Line> = serde_yaml::from_str(&text).unwrap();
    let run = audit(&format!("fixtures/{NETWORK}"), &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    let seen = verdicts(&run.json());
    let mut wrong = Vec::new();
    for line in &expected {
        let Some((verdict, texts)) = seen.get(&line.intent) else {
            wrong.push(format!("{}: no finding", line.intent));
            continue;
        };
        if *verdict != line.verdict {
            wrong.push(format!(
                "{}: {verdict} instead of {}\n  {texts}",
                line.intent, line.verdict
            ));
        }
        for name in line.names.iter().filter(|name| !texts.contains(*name)) {
            wrong.push(format!("{}: nothing says {name}\n  {texts}", line.intent));
        }
    }
    let named: BTreeSet<&String> = expected.iter().map(|line| &line.intent).collect();
    for intent in seen.keys().filter(|intent| !named.contains(intent)) {
        wrong.push(format!("{intent}: nobody expects it"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(expected.len() >= 28, "{}", expected.len());
}

#[test]
fn findings_about_intents_are_counted_and_shown_like_all_others() {
    let run = audit(&format!("fixtures/{NETWORK}"), &[]);
    let report = run.json();
    let path = root().join("docs/schema/report.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = schema
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let findings = report["findings"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| is_about_intents(finding)) {
        assert!(ids.insert(finding["id"].as_str().unwrap()), "{finding}");
        let key = (
            finding["rule"].as_str().unwrap(),
            finding["verdict"].as_str().unwrap(),
        );
        *counts.entry(key).or_default() += 1;
        if finding["verdict"] == "fail" {
            let facts = finding["facts"].as_array().unwrap();
            assert!(
                facts.iter().any(|fact| fact["source"]["line"].is_u64()),
                "{finding}"
            );
        }
        if finding["verdict"] == "unknown" {
            assert!(!finding["reasons"].as_array().unwrap().is_empty());
        }
    }
    for rule in report["rules"].as_array().unwrap() {
        let name = rule["name"].as_str().unwrap();
        if name.starts_with("intent-") || name.starts_with("access-scope-") {
            for verdict in ["fail", "unknown", "pass"] {
                let count = counts.get(&(name, verdict)).copied().unwrap_or(0);
                assert_eq!(rule["counts"][verdict], count, "{name} {verdict}");
            }
        }
    }
    let rules: BTreeSet<&str> = counts.keys().map(|(rule, _)| *rule).collect();
    assert_eq!(
        rules,
        BTreeSet::from([
            "access-scope-path-found",
            "intent-must-not-reach-broken",
            "intent-must-reach-broken"
        ])
    );
    let fails: u64 = counts
        .iter()
        .filter(|((_, verdict), _)| *verdict == "fail")
        .map(|(_, count)| count)
        .sum();
    assert_eq!(report["summary"]["verdicts"]["fail"], fails);
    let medium = findings
        .iter()
        .find(|finding| finding["resource"]["id"] == "web-reaches-queue")
        .unwrap();
    assert_eq!(medium["severity"], "medium");
    // Worst first, whoever they are about.
    let order: Vec<&str> = findings
        .iter()
        .filter(|finding| finding["verdict"] == "fail")
        .map(|finding| finding["severity"].as_str().unwrap())
        .collect();
    assert_eq!(order.first(), Some(&"critical"), "{order:?}");
    assert_eq!(order.last(), Some(&"medium"), "{order:?}");
}

#[test]
fn ids_do_not_depend_on_the_order_of_the_files_or_on_threads() {
    let ids = |run: Outcome| -> BTreeSet<String> {
        let report = run.json();
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| is_about_intents(finding))
            .map(ToString::to_string)
            .collect()
    };
    let first = ids(audit(&format!("fixtures/{NETWORK}"), &["--threads", "1"]));
    let mut program = plaudit(["audit", "-f", "json", "--include", "pass", "--threads", "3"]);
    program = program.args(&["--select", "resource-gateway-az-unsupported"]);
    for file in written().into_iter().rev() {
        program = program.arg("--intents").arg(file);
    }
    let second = ids(program.arg(format!("fixtures/{NETWORK}")).run());
    assert_eq!(first, second);
}

#[test]
fn seeing_less_never_makes_an_intent_pass() {
    let whole = verdicts(&audit(&format!("fixtures/{NETWORK}"), &[]).json());
    for gone in [
        "ec2.DescribeSecurityGroups",
        "ec2.DescribeRouteTables",
        "ec2.DescribeNetworkAcls",
        "ec2.DescribeNetworkInterfaces",
        "ec2.DescribeVpcPeeringConnections",
        "ec2.DescribeSubnets",
        "ec2.DescribeVpcEndpoints",
        "ec2.DescribeVpcBlockPublicAccessOptions",
        "ec2.DescribeInstances",
        "route53resolver.ListResolverRuleAssociations",
    ] {
        let less = copy(NETWORK);
        let file = format!("aws/111122223333/us-east-1/{gone}.json");
        fs::remove_file(less.path().join(file)).unwrap();
        let seen = verdicts(&audit(less.path().to_str().unwrap(), &[]).json());
        for (intent, (verdict, texts)) in &seen {
            let before = whole.get(intent).map_or("absent", |(verdict, _)| verdict);
            assert!(
                verdict != "pass" || before == "pass",
                "without {gone}: {intent} was {before} and passes\n{texts}"
            );
        }
    }
}

#[test]
fn all_formats_show_intents() {
    for format in ["text", "html"] {
        let run = plaudit(["audit", "-f", format])
            .args(&["--select", "resource-gateway-az-unsupported"])
            .arg("--intents")
            .arg(format!("fixtures/{NETWORK}/intents.yaml"))
            .arg(format!("fixtures/{NETWORK}"))
            .run();
        assert_eq!(run.code, 1);
        if format == "text" {
            let text = run.text();
            assert!(text.contains("lab-stays-out-of-queue"), "{text}");
            assert!(text.contains("intent-must-not-reach-broken"), "{text}");
        }
    }
}

#[test]
fn the_schema_and_the_program_agree() {
    let schema = plaudit(["schema", "intents"]).run().ends_with(0).json();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let read = |text: &str| {
        let value: Value = serde_yaml::from_str(text).unwrap();
        let taken = plaudit::rules::read_intents_text("a.yaml", text);
        (schema.is_valid(&value), taken)
    };
    // The documents show what is taken.
    let fixture = fs::read_to_string(fixture(NETWORK).join("intents.yaml")).unwrap();
    let mut good = vec![fixture];
    for name in ["README.md", "docs/intents.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        let blocks = text.split("\n```yaml\n").skip(1);
        good.extend(
            blocks
                .filter(|block| block.starts_with("intents:"))
                .map(|block| block.split("\n```").next().unwrap().to_owned()),
        );
    }
    assert_eq!(good.len(), 3);
    for text in &good {
        let (valid, taken) = read(text);
        assert!(valid && taken.is_ok(), "{text}\n{taken:?}");
    }
    let base =
        "intents: [{name: a, from: internet, to: vpce-1, ports: tcp/443, expect: must-reach}]";
    assert!(read(base).0 && read(base).1.is_ok());
    for (from, to) in [
        ("name: a, ", ""),
        ("name: a", "name: ''"),
        ("from", "form"),
        ("internet", "[]"),
        ("internet", "{kind: vpc, tags: {}}"),
        ("internet", "{kind: table, tags: {A: b}}"),
        ("tcp/443", "443"),
        ("tcp/443", "'443'"),
        ("tcp/443", "tpc/443"),
        ("tcp/443", "[]"),
        ("must-reach", "reach"),
        ("name: a", "name: a, severity: bad"),
        ("name: a", "name: a, client-ports: x"),
        ("name: a", "name: a, references: [{title: b}]"),
        ("name: a", "name: a, reason: 3"),
    ] {
        let (valid, taken) = read(&base.replacen(from, to, 1));
        assert!(
            !valid && taken.is_err(),
            "{from} -> {to}: {valid} {taken:?}"
        );
    }
}

#[test]
fn bad_files_of_intents_end_with_all_that_is_wrong() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("intents.yaml");
    fs::write(
        &path,
        "intents:\n  - name: a\n    form: internet\n    to: vpce-1\n    ports: tpc/443\n    expect: must-reach\n",
    )
    .unwrap();
    let scope = folder.path().join("scope.json");
    fs::write(&scope, "{\"MatchPaths\": [{\"Sources\": {}}]}").unwrap();
    let run = plaudit(["audit"])
        .arg("--intents")
        .arg(&path)
        .arg("--intents")
        .arg(&scope)
        .arg("--intents")
        .arg(folder.path().join("nothing.yaml"))
        .arg(format!("fixtures/{NETWORK}"))
        .run();
    assert_eq!(run.code, 2);
    for text in [
        "intents.yaml:3:5",
        "an intent has no key `form`",
        "did you mean `from`?",
        "the intent has no `from`",
        "`tpc/443` is no protocol with ports",
        "scope.json:1:18",
        "did you mean `Source`?",
        "nothing.yaml",
        "cannot read",
    ] {
        assert!(run.err.contains(text), "{text}\n{}", run.err);
    }
}
