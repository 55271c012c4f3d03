//! Whole networks with known answers.
//!
//! `expect.yaml` says what is true, the snapshots how it looks; a snapshot that
//! was blessed by mistake does not make a wrong verdict right.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::program::{Program, plaudit, root};
use crate::samples::{fixture, scenarios, verdicts};

/// `expect.yaml` of a scenario.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// Exit code of a plain audit.
    exit: i32,
    /// All failures and unknowns, and the passes that matter.
    verdicts: Vec<Line>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    rule: String,
    resource: String,
    verdict: String,
    confidence: Option<String>,
}

fn expected(name: &str) -> Expect {
    let text = fs::read_to_string(fixture(name).join("expect.yaml")).unwrap();
    serde_yaml::from_str(&text).unwrap()
}

/// An audit of a scenario, with its configuration if it has one.
fn audited(name: &str, format: &str) -> Program {
    let command = plaudit(["audit", "-f", format]).arg(format!("fixtures/{name}"));
    if fixture(name).join("plaudit.yaml").exists() {
        command
            .arg("--config")
            .arg(format!("fixtures/{name}/plaudit.yaml"))
    } else {
        command
    }
}

fn open(verdict: &str) -> bool {
    verdict == "fail" || verdict == "unknown"
}

#[test]
fn every_scenario_gets_the_verdicts_that_it_must() {
    let mut wrong = Vec::new();
    for name in scenarios() {
        let expect = expected(&name);
        let run = audited(&name, "json").args(&["--include", "pass"]).run();
        if run.code != expect.exit {
            wrong.push(format!(
                "{name}: exit code {} instead of {}",
                run.code, expect.exit
            ));
        }
        let report = run.json();
        assert_eq!(
            report["summary"]["exit"], run.code,
            "{name}: the report's own exit code"
        );
        // `*` is all of a kind in some place; which place, `expect.yaml` need not say.
        let seen: BTreeMap<(String, String), String> = verdicts(&report)
            .into_iter()
            .map(|((rule, id), verdict)| {
                let id = id.split(' ').next().unwrap().to_owned();
                ((rule, id), verdict)
            })
            .collect();
        let mut wanted = BTreeMap::new();
        for line in &expect.verdicts {
            let key = (line.rule.clone(), line.resource.clone());
            assert!(
                wanted.insert(key, line).is_none(),
                "{name}: {} twice",
                line.resource
            );
        }
        for ((rule, resource), line) in &wanted {
            let is = seen
                .get(&(rule.clone(), resource.clone()))
                .map_or("absent", String::as_str);
            if is != line.verdict {
                wrong.push(format!(
                    "{name}: {rule} {resource}: {is} instead of {}",
                    line.verdict
                ));
            }
        }
        for ((rule, resource), verdict) in &seen {
            if open(verdict) && !wanted.contains_key(&(rule.clone(), resource.clone())) {
                wrong.push(format!(
                    "{name}: {rule} {resource}: {verdict}, and nobody expects it"
                ));
            }
        }
        for finding in report["findings"].as_array().unwrap() {
            let key = (
                finding["rule"].as_str().unwrap(),
                finding["resource"]["id"].as_str().unwrap(),
            );
            let line = wanted.get(&(key.0.to_owned(), key.1.to_owned()));
            if let Some(confidence) = line.and_then(|line| line.confidence.as_deref())
                && finding["confidence"] != confidence
            {
                wrong.push(format!(
                    "{name}: {key:?}: {} instead of {confidence}",
                    finding["confidence"]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_json_report_is_as_its_schema_says() {
    let path = root().join("docs/schema/report.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for name in scenarios() {
        for include in [&[][..], &["--include", "pass,not-applicable"]] {
            let report = audited(&name, "json").args(include).run().json();
            let wrong: Vec<String> = schema
                .iter_errors(&report)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{name}\n{}", wrong.join("\n"));
        }
    }
}

#[test]
fn every_finding_shows_its_evidence() {
    for name in scenarios() {
        let report = audited(&name, "json").run().json();
        let inputs: BTreeMap<&str, &str> = report["inputs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|input| {
                (
                    input["path"].as_str().unwrap(),
                    input["sha256"].as_str().unwrap(),
                )
            })
            .collect();
        for finding in report["findings"].as_array().unwrap() {
            let about = format!("{name}: {} {}", finding["rule"], finding["resource"]["id"]);
            if finding["verdict"] == "unknown" {
                assert!(
                    !finding["reasons"].as_array().unwrap().is_empty(),
                    "{about}: no reason"
                );
                continue;
            }
            let facts = finding["facts"].as_array().unwrap();
            assert!(!facts.is_empty(), "{about}: no fact");
            let places: Vec<&Value> = facts.iter().filter_map(|fact| fact.get("source")).collect();
            assert!(!places.is_empty(), "{about}: no fact has a place in a file");
            for place in places {
                evident(&about, place, &inputs);
            }
        }
    }
}

/// A place leads to a file of the inputs, to its line and to its value.
fn evident(about: &str, place: &Value, inputs: &BTreeMap<&str, &str>) {
    let file = place["file"].as_str().unwrap();
    let pointer = place["pointer"].as_str().unwrap();
    let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
    assert_eq!(
        inputs.get(file).copied(),
        place["sha256"].as_str(),
        "{about}: {file}"
    );
    let text = fs::read_to_string(root().join(file)).unwrap();
    let yaml = file.ends_with(".yaml");
    let value: Value = if yaml {
        serde_yaml::from_str(&text).unwrap()
    } else {
        serde_json::from_str(&text).unwrap()
    };
    assert!(value.pointer(pointer).is_some(), "{about}: {file}{pointer}");
    let shown = text
        .lines()
        .nth(line - 1)
        .unwrap_or_else(|| panic!("{about}: {file}:{line}"));
    let last = pointer.rsplit('/').next().unwrap();
    if last.parse::<usize>().is_err() {
        assert!(
            shown.contains(&format!("\"{last}\"")) || yaml && shown.contains(last),
            "{about}: {file}:{line} has no {last}: {shown}"
        );
    }
    if let Some(excerpt) = place.get("excerpt") {
        let first = usize::try_from(place["excerpt_line"].as_u64().unwrap()).unwrap();
        for (number, cut) in excerpt.as_array().unwrap().iter().enumerate() {
            let cut = cut.as_str().unwrap();
            let whole = text.lines().nth(first - 1 + number).unwrap();
            let cut = cut.trim_end_matches('…');
            assert!(
                whole.contains(cut),
                "{about}: {file}:{}: {cut}",
                first + number
            );
        }
    }
}

#[test]
fn every_scenario_looks_as_it_did() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in scenarios() {
            let run = audited(&name, "text").run();
            insta::assert_snapshot!(format!("{name}.text"), run.text());
        }
    });
}
