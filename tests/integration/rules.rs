//! The rules as data: their cases, their form, what they must say.
//!
//! A rule that is added is tested by being there. Nothing here knows a
//! particular rule.

use std::collections::BTreeSet;
use std::fs;

use jsonschema::Validator;
use std::sync::Arc;

use plaudit::collect;
use plaudit::rules::{RuleSet, load, missing_cases, run_cases};
use plaudit::snapshot::Snapshot;
use plaudit::snapshot::record::Kind;
use plaudit::snapshot::wanted::Wanted;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{plaudit, root};
use crate::samples::files;

fn set() -> RuleSet {
    let (set, warnings) = load(&[]).unwrap_or_else(|problems| {
        let drawn: Vec<String> = problems
            .iter()
            .map(|problem| problem.render(false))
            .collect();
        panic!("{}", drawn.join("\n"));
    });
    assert!(warnings.is_empty(), "{warnings:?}");
    assert!(set.rules.len() >= 24, "only {} rules", set.rules.len());
    set
}

fn read(text: &str, wanted: &Arc<Wanted>) -> (Snapshot, Vec<String>) {
    let options = collect::Options {
        wanted: Some(Arc::clone(wanted)),
        ..collect::Options::default()
    };
    let collected = collect::read_text_with("case", text, &options);
    let lost = collected
        .problems
        .iter()
        .filter(|problem| problem.level == collect::Level::Incomplete)
        .map(|problem| problem.message.clone())
        .collect();
    (collected.snapshot, lost)
}

fn schema(name: &str) -> Validator {
    let path = root().join("docs/schema").join(name);
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Rule files as they lie in the repository: path below `rules/`, text.
fn rule_files() -> Vec<(String, String)> {
    let folder = root().join("rules");
    files(&folder)
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(folder.join(&file)).unwrap();
            (file.display().to_string().replace('\\', "/"), text)
        })
        .filter(|(file, _)| {
            let others = ["facts/", "packs/", "controls/"];
            !others.iter().any(|folder| file.starts_with(folder))
        })
        .collect()
}

#[test]
fn every_rule_decides_its_cases() {
    let set = set();
    let mut count = 0;
    let mut wrong = Vec::new();
    for rule in &set.rules {
        for result in run_cases(&set, rule, &read) {
            count += 1;
            wrong.extend(
                result
                    .problems
                    .iter()
                    .map(|problem| format!("{}: {}: {problem}", result.rule, result.case)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 3 * set.rules.len(), "only {count} cases");
}

#[test]
fn every_rule_shows_a_pass_a_failure_and_an_unknown() {
    for rule in &set().rules {
        assert_eq!(missing_cases(rule), Vec::<&str>::new(), "{}", rule.name);
    }
}

#[test]
fn every_rule_says_what_it_rests_on_and_gives_evidence_for() {
    let set = set();
    let frameworks = ["nist-800-53-r5", "iso-27001-2022"];
    for rule in &set.rules {
        let name = &rule.name;
        assert!(!rule.references.is_empty(), "{name}: references");
        for reference in &rule.references {
            assert!(
                reference.url.starts_with("https://"),
                "{name}: {}",
                reference.url
            );
        }
        assert!(!rule.controls.is_empty(), "{name}: controls");
        for control in &rule.controls {
            assert!(!control.ids.is_empty(), "{name}: {}", control.framework);
        }
        let known: Vec<&str> = rule
            .controls
            .iter()
            .map(|control| control.framework.as_str())
            .collect();
        for framework in frameworks {
            assert!(
                known.contains(&framework),
                "{name}: no control of {framework}"
            );
        }
        assert!(!rule.title.ends_with('.'), "{name}: a title is no sentence");
        for text in [&rule.why, &rule.fix] {
            assert!(text.trim_end().ends_with('.'), "{name}: {text}");
        }
        for (param, described) in &rule.params {
            assert!(described.doc.ends_with('.'), "{name}: {param}");
        }
    }
    let codes: BTreeSet<&str> = set.rules.iter().map(|rule| rule.code.as_str()).collect();
    assert_eq!(codes.len(), set.rules.len(), "a code is used twice");
}

#[test]
fn every_rule_file_is_one_that_editors_accept() {
    let schema = schema("rule.schema.json");
    for (file, text) in rule_files() {
        let value: Value = serde_yaml::from_str(&text).unwrap();
        let wrong: Vec<String> = schema
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{file}\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let schema = schema("rule.schema.json");
    let (file, text) = rule_files().into_iter().next().unwrap();
    let good: Value = serde_yaml::from_str(&text).unwrap();
    let spoilt = |change: &dyn Fn(&mut Value)| {
        let mut value = good.clone();
        change(&mut value);
        value
    };
    for (what, value) in [
        ("a typo", spoilt(&|rule| rule["severty"] = json!("high"))),
        (
            "an unknown severity",
            spoilt(&|rule| rule["severity"] = json!("urgent")),
        ),
        (
            "a code without digits",
            spoilt(&|rule| rule["code"] = json!("PLAUDIT")),
        ),
        (
            "no check",
            spoilt(&|rule| drop(rule.as_object_mut().unwrap().remove("check"))),
        ),
        (
            "a list as message",
            spoilt(&|rule| rule["message"] = json!([])),
        ),
    ] {
        assert!(!schema.is_valid(&value), "{file} with {what} is valid");
        let yaml = serde_json::to_string(&value).unwrap();
        let loaded = plaudit::rules::load_text(&format!("rules/{file}"), &yaml);
        assert!(loaded.is_err(), "{file} with {what} loads");
    }
}

#[test]
fn a_control_that_its_framework_does_not_have_is_refused_with_its_place() {
    let dns =
        |(_, text): &(String, String)| text.contains("framework: nist-800-53-r5, ids: [SC-20");
    let (file, text) = rule_files().into_iter().find(dns).unwrap();
    let load = |from: &str, to: &str| {
        assert!(text.contains(from), "{file}: {from}");
        let text = text.replacen(from, to, 1);
        let problems = plaudit::rules::load_text(&format!("rules/{file}"), &text).unwrap_err();
        problems
            .iter()
            .map(|problem| format!("{problem:?}"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let problem = load("framework: nist-800-53-r5", "framework: nist-800-53-r6");
    assert!(
        problem.contains("there is no framework `nist-800-53-r6`"),
        "{problem}"
    );
    assert!(problem.contains("nist-800-53-r5"), "{problem}");
    let problem = load("ids: [SC-20", "ids: [SC-200");
    assert!(
        problem.contains("nist-800-53-r5 has no control `SC-200`"),
        "{problem}"
    );
}

#[test]
fn every_file_under_rules_is_in_the_program() {
    let set = set();
    for framework in files(&root().join("rules/controls")) {
        let name = framework.file_stem().unwrap().to_str().unwrap();
        let known = set
            .frameworks
            .iter()
            .any(|framework| framework.framework == name);
        assert!(known, "{name}");
    }
    let embedded: BTreeSet<&str> = set.rules.iter().map(|rule| rule.file.as_str()).collect();
    let there: Vec<String> = rule_files()
        .into_iter()
        .map(|(file, _)| format!("rules/{file}"))
        .collect();
    assert_eq!(embedded, there.iter().map(String::as_str).collect());
    let facts: BTreeSet<String> = files(&root().join("rules/facts"))
        .into_iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let texts = rule_files();
    for fact in &facts {
        assert!(
            texts.iter().any(|(_, text)| text.contains(fact.as_str())),
            "no rule uses the fact {fact}"
        );
    }
}

#[test]
fn every_pack_names_rules_that_exist() {
    let set = set();
    for pack in &set.packs {
        for pattern in &pack.rules {
            let known = set.rules.iter().any(|rule| match pattern.split_once('*') {
                Some((before, after)) => {
                    rule.name.starts_with(before) && rule.name.ends_with(after)
                }
                None => rule.name == *pattern,
            });
            assert!(known, "pack {}: {pattern}", pack.name);
        }
    }
}

#[test]
fn a_new_rule_of_any_kind_loads_and_decides_its_cases() {
    let folder = TempDir::new().unwrap();
    let mut wrong = Vec::new();
    for kind in Kind::ALL {
        let kind = kind.spec().name;
        let name = format!("{kind}-odd-name");
        plaudit(["rules", "new", &name, "--resource", kind, "--folder"])
            .arg(folder.path())
            .run()
            .ends_with(0);
        let file = folder.path().join(format!("{name}.yaml"));
        let tested = plaudit(["rules", "test", "--select", &name, "--rules"])
            .arg(&file)
            .run();
        if tested.code != 0 || !tested.text().contains("2 passed, 0 failed") {
            wrong.push(format!("{kind}: {}{}", tested.text(), tested.err));
        }
        fs::remove_file(file).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
