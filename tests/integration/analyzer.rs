//! The shape of Reachability Analyzer, and the comparison with its answers.
//!
//! `analyzer/members.json` holds the members of EC2's shapes as botocore's model
//! has them; what we write may hold no others, and no other types.

use std::collections::BTreeMap;
use std::fs;

use plaudit::findings::comparison::{Agreement, Comparison};
use plaudit::findings::insights::Analyses;
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::flow::Assume;
use plaudit::report::{analyzer, comparison};
use plaudit::rules::{self, Asked};
use serde_json::{Value, json};

use crate::change::{APP, BATCH, DB, INVOICES, ITEMS, ask, graph};
use crate::program::{Outcome, plaudit, root};
use crate::samples::{copy, fixture};

fn shapes() -> BTreeMap<String, BTreeMap<String, Value>> {
    let path = root().join("tests/integration/analyzer/members.json");
    let model: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    serde_json::from_value(model["shapes"].clone()).unwrap()
}

/// Every member is one of the shape, and of its type.
fn check(
    shapes: &BTreeMap<String, BTreeMap<String, Value>>,
    wanted: &Value,
    value: &Value,
    path: &str,
) {
    match wanted {
        Value::Array(member) => {
            for (number, entry) in value.as_array().expect(path).iter().enumerate() {
                check(shapes, &member[0], entry, &format!("{path}/{number}"));
            }
        }
        Value::String(name) => match name.as_str() {
            "string" => assert!(value.is_string(), "{path}: {value}"),
            "integer" => assert!(value.is_i64(), "{path}: {value}"),
            "boolean" => assert!(value.is_boolean(), "{path}: {value}"),
            name => {
                let shape = shapes.get(name).unwrap_or_else(|| panic!("{path}: {name}"));
                for (member, value) in value.as_object().expect(path) {
                    let path = format!("{path}/{member}");
                    let wanted = shape
                        .get(member)
                        .unwrap_or_else(|| panic!("{path}: no member of {name}"));
                    check(shapes, wanted, value, &path);
                }
            }
        },
        other => panic!("{path}: {other}"),
    }
}

fn written(from: &str, to: &str, port: u16) -> Value {
    let graph = graph(&fixture("blocked-paths"));
    let flow = ask(&graph, from, to, Ports::range(port, port));
    let analyses = Analyses {
        network_insights_analyses: vec![rules::insights(&graph, &flow)],
    };
    let mut out = Vec::new();
    analyzer::write(&analyses, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

const QUESTIONS: &[(&str, &str, u16)] = &[
    (APP, DB, 22),
    (APP, DB, 5432),
    (APP, INVOICES, 443),
    (BATCH, INVOICES, 443),
    (APP, ITEMS, 443),
    (INVOICES, ITEMS, 443),
];

#[test]
fn an_analysis_holds_only_members_of_the_model() {
    let shapes = shapes();
    let wanted = Value::from("DescribeNetworkInsightsAnalysesResult");
    for (from, to, port) in QUESTIONS {
        check(&shapes, &wanted, &written(from, to, *port), "");
    }
}

#[test]
fn the_fixture_holds_only_members_of_the_model() {
    // What we compare with was written by hand; it must be what AWS could say.
    let mut shapes = shapes();
    for shape in shapes.values_mut() {
        for kind in shape.values_mut().filter(|kind| *kind == "timestamp") {
            *kind = Value::from("string");
        }
    }
    for (file, shape) in [
        ("analyses.json", "DescribeNetworkInsightsAnalysesResult"),
        ("paths.json", "DescribeNetworkInsightsPathsResult"),
    ] {
        let text = fs::read(fixture("blocked-paths").join(file)).unwrap();
        let value = serde_json::from_slice(&text).unwrap();
        check(&shapes, &Value::from(shape), &value, file);
    }
}

#[test]
fn components_stand_in_the_order_of_the_packet() {
    let answer = written(APP, DB, 22);
    let analysis = &answer["NetworkInsightsAnalyses"][0];
    assert_eq!(analysis["NetworkPathFound"], true);
    insta::assert_json_snapshot!("analysis-of-a-path", analysis);
}

#[test]
fn all_blockers_are_explained() {
    let answer = written(APP, DB, 5432);
    let analysis = &answer["NetworkInsightsAnalyses"][0];
    assert_eq!(analysis["NetworkPathFound"], false);
    let explanations = analysis["Explanations"].as_array().unwrap();
    let codes: Vec<(&str, &str)> = explanations
        .iter()
        .map(|told| {
            let text = |key: &str| told[key].as_str().unwrap_or_default();
            (text("ExplanationCode"), text("Direction"))
        })
        .collect();
    assert!(
        codes.contains(&("SUBNET_ACL_RESTRICTION", "ingress")),
        "{codes:?}"
    );
    assert!(
        codes.contains(&("ENI_SG_RULES_MISMATCH", "ingress")),
        "{codes:?}"
    );
}

fn compared(folder: &std::path::Path) -> Comparison {
    let mut asked = Asked::default();
    for file in ["analyses.json", "paths.json"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        asked.read(file, &text).unwrap();
    }
    let graph = graph(folder);
    rules::compare(&graph, &asked, &|from, to, traffic| {
        graph
            .network()
            .flow(&graph, from, to, traffic, Assume::default())
    })
}

#[test]
fn agreements_and_differences_are_told_apart() {
    let comparison = compared(&fixture("blocked-paths"));
    let outcomes: Vec<Agreement> = comparison.analyses.iter().map(|row| row.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Agreement::Agrees,
            Agreement::Agrees,
            Agreement::Agrees,
            Agreement::Differs,
            Agreement::Differs,
            Agreement::NotComparable,
        ],
        "{comparison:#?}"
    );
    let mut out = Vec::new();
    let style = plaudit::report::Style {
        color: false,
        width: 100,
    };
    comparison::write(comparison::Format::Text, &comparison, &style, &mut out).unwrap();
    insta::assert_snapshot!("comparison-text", String::from_utf8(out).unwrap());
}

#[test]
fn seeing_less_makes_an_analysis_not_comparable_and_never_a_difference() {
    let copy = copy("blocked-paths");
    let whole = compared(copy.path());
    let acls = copy
        .path()
        .join("aws/444455556666/eu-west-1/ec2.DescribeNetworkAcls.json");
    fs::remove_file(acls).unwrap();
    let less = compared(copy.path());
    for (whole, less) in whole.analyses.iter().zip(&less.analyses) {
        assert!(
            less.outcome == whole.outcome || less.outcome == Agreement::NotComparable,
            "{less:#?}"
        );
    }
    assert!(less.not_comparable > whole.not_comparable, "{less:#?}");
}

fn compare(files: &[&str]) -> Outcome {
    let folder = fixture("blocked-paths");
    let mut run = plaudit(["reach", "--quiet"]).arg(folder.join("aws"));
    for file in files {
        run = run.args(&["--compare"]).arg(folder.join(file));
    }
    run.run()
}

#[test]
fn differences_decide_the_exit_code() {
    let both = compare(&["analyses.json", "paths.json"]);
    assert_eq!(both.code, 1, "{}", both.err);
    assert!(
        both.text()
            .ends_with("6 analyses: 3 agree · 2 differ · 1 not comparable\n"),
        "{}",
        both.text()
    );
    // Without the paths only the one analysis that shows its packet can be asked.
    let alone = compare(&["analyses.json"]);
    assert_eq!(alone.code, 3, "{}", alone.text());
    assert!(
        alone
            .text()
            .ends_with("6 analyses: 1 agree · 0 differ · 5 not comparable\n"),
        "{}",
        alone.text()
    );
    assert!(alone.text().contains("--network-insights-path-ids nip-"));
}

#[test]
fn a_comparison_in_json_says_the_same() {
    let folder = fixture("blocked-paths");
    let run = plaudit(["reach", "--quiet", "--format", "json"])
        .arg(folder.join("aws"))
        .args(&["--compare"])
        .arg(folder.join("analyses.json"))
        .args(&["--compare"])
        .arg(folder.join("paths.json"))
        .run();
    let answer = run.json();
    assert_eq!(answer["format"], "plaudit-comparison/1");
    assert_eq!(
        (&answer["agree"], &answer["differ"]),
        (&json!(3), &json!(2))
    );
}

#[test]
fn what_cannot_be_compared_is_refused_with_all_reasons() {
    let run = compare(&["README.md", "nothing.json", "aws"]);
    assert_eq!((run.code, run.text()), (2, ""));
    for said in ["README.md:1:1", "nothing.json", "3 errors"] {
        assert!(run.err.contains(said), "{said}: {}", run.err);
    }
    let paths = compare(&["paths.json"]);
    assert_eq!(paths.code, 2);
    assert!(paths.err.contains("no analysis"), "{}", paths.err);
    let run = plaudit(["reach", ".", "--compare", "a", "--from", "b", "--to", "c"]).run();
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot be used with"), "{}", run.err);
}

#[test]
fn reach_writes_the_form_of_the_analyzer() {
    let run = plaudit([
        "reach",
        "fixtures/blocked-paths/aws",
        "--format",
        "analyzer",
    ])
    .args(&["--from", APP, "--to", DB, "--port", "5432"])
    .run();
    assert_eq!(run.code, 1, "{}", run.err);
    let wanted = Value::from("DescribeNetworkInsightsAnalysesResult");
    let answer = run.json();
    check(&shapes(), &wanted, &answer, "");
    assert_eq!(
        answer["NetworkInsightsAnalyses"][0]["NetworkPathFound"],
        false
    );
}

#[test]
fn reach_names_the_changes() {
    let run = plaudit(["reach", "fixtures/blocked-paths/aws", "--format", "json"])
        .args(&["--from", APP, "--to", DB, "--port", "5432"])
        .run();
    let answer = run.json();
    let changes = answer["changes"].as_array().unwrap();
    let codes: Vec<&Value> = changes.iter().map(|change| &change["codes"][0]).collect();
    assert_eq!(
        codes,
        [
            "SUBNET_ACL_RESTRICTION",
            "ENI_SG_RULES_MISMATCH",
            "X_RETURN_SUBNET_ACL_RESTRICTION"
        ]
    );
    let text = plaudit(["reach", "fixtures/blocked-paths/aws"])
        .args(&["--from", APP, "--to", DB, "--port", "5432"])
        .run();
    insta::assert_snapshot!("reach-with-changes", text.text());
}
