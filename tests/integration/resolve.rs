//! What names resolve to in whole networks, as people worked it out.
//!
//! `resolve.yaml` of a scenario says what is true; the rest holds for any name
//! and any loss of data.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plaudit::collect::{self, Options};
use plaudit::graph::Graph;
use plaudit::graph::dns::{Given, Name, RecordType, Resolution, Verdict, resolve, resolve_with};
use plaudit::graph::reach::code::Code;
use plaudit::snapshot::record::Kind;
use proptest::prelude::*;

use crate::program::{plaudit, root};
use crate::samples::{copy, files};

/// `resolve.yaml` of a scenario.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// VPCs by short names.
    vpcs: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    vpc: String,
    #[serde(default = "ipv4", rename = "type")]
    kind: String,
    verdict: String,
    /// All addresses; without it, none.
    #[serde(default)]
    addresses: BTreeSet<String>,
    /// The endpoints that the name leads to; not looked at without it.
    ends: Option<BTreeSet<String>>,
    /// What decided.
    code: Option<String>,
    /// Codes that some step must have.
    #[serde(default)]
    notes: Vec<String>,
    /// What must be taken for granted.
    #[serde(default)]
    assumes: Vec<String>,
}

fn ipv4() -> String {
    "A".to_owned()
}

/// The scenarios about names.
fn scenarios() -> Vec<String> {
    let folders = fs::read_dir(root().join("fixtures")).unwrap();
    let mut names: Vec<String> = folders
        .map(|folder| folder.unwrap())
        .filter(|folder| folder.path().join("resolve.yaml").exists())
        .map(|folder| folder.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    names
}

fn expected(name: &str) -> Expect {
    let path = root().join("fixtures").join(name).join("resolve.yaml");
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn graph(folder: &Path) -> Graph {
    let collected = collect::read(&[folder.join("aws")], &Options::default(), &()).unwrap();
    Graph::build(collected.snapshot)
}

fn kind(text: &str) -> RecordType {
    if text == "AAAA" {
        RecordType::Aaaa
    } else {
        RecordType::A
    }
}

fn ask(graph: &Graph, expect: &Expect, case: &Case) -> Resolution {
    let vpc = graph
        .find(Kind::Vpc, &expect.vpcs[&case.vpc], None)
        .unwrap();
    let name = Name::parse(&case.name).unwrap();
    resolve_with(graph, vpc, &name, kind(&case.kind), &Given::default())
}

fn addresses(found: &Resolution) -> BTreeSet<String> {
    found
        .addresses
        .iter()
        .map(|one| one.ip.to_string())
        .collect()
}

fn differences(graph: &Graph, case: &Case, found: &Resolution) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differs = |what: &str, is: String, wanted: String| {
        if is != wanted {
            wrong.push(format!("{what} {is} instead of {wanted}"));
        }
    };
    differs(
        "verdict",
        found.verdict.name().to_owned(),
        case.verdict.clone(),
    );
    differs(
        "addresses",
        format!("{:?}", addresses(found)),
        format!("{:?}", case.addresses),
    );
    if let Some(ends) = &case.ends {
        let is: BTreeSet<String> = found.ends.iter().map(|node| graph.id(*node)).collect();
        differs("ends", format!("{is:?}"), format!("{ends:?}"));
    }
    if let Some(code) = &case.code {
        let is = found.code().map_or("none", |code| code.name());
        differs("code", is.to_owned(), code.clone());
    }
    let codes: Vec<&str> = found.codes().into_iter().map(Code::name).collect();
    for note in &case.notes {
        if !codes.contains(&note.as_str()) {
            wrong.push(format!("{note} is not among {codes:?}"));
        }
    }
    let taken: Vec<&str> = found.assumptions.iter().map(|one| one.name()).collect();
    for one in &case.assumes {
        if !taken.contains(&one.as_str()) {
            wrong.push(format!("{one} is not among {taken:?}"));
        }
    }
    if found.verdict == Verdict::Unknown && found.needs().is_empty() {
        wrong.push("unknown, and nothing would settle it".to_owned());
    }
    if found.verdict != Verdict::Answered && found.code().is_none() {
        wrong.push("no code".to_owned());
    }
    wrong
}

#[test]
fn every_name_resolves_as_it_must() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for name in scenarios() {
        let expect = expected(&name);
        let graph = graph(&root().join("fixtures").join(&name));
        for case in &expect.cases {
            cases += 1;
            let found = ask(&graph, &expect, case);
            let differences = differences(&graph, case, &found);
            if !differences.is_empty() {
                let steps: Vec<String> = found
                    .steps
                    .iter()
                    .map(|step| {
                        let code = step.code.map_or("", |code| code.name());
                        format!(
                            "    {:?} {code} {}: {} {:?}",
                            step.outcome, step.name, step.detail, step.needs
                        )
                    })
                    .collect();
                wrong.push(format!(
                    "{name}: {} {} in {}: {}\n{}",
                    case.name,
                    case.kind,
                    case.vpc,
                    differences.join("; "),
                    steps.join("\n")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases >= 100, "only {cases} cases");
}

/// Taking a file away may make an answer unknown, and never makes it another.
#[test]
fn less_data_gives_no_other_answer() {
    let mut wrong = Vec::new();
    for name in scenarios() {
        let expect = expected(&name);
        let whole = graph(&root().join("fixtures").join(&name));
        let before: Vec<Resolution> = expect
            .cases
            .iter()
            .map(|case| ask(&whole, &expect, case))
            .collect();
        let copy = copy(&name);
        for file in files(&copy.path().join("aws")) {
            let path = copy.path().join("aws").join(&file);
            let text = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            let less = graph(copy.path());
            for (case, before) in expect.cases.iter().zip(&before) {
                let Some(vpc) = less.find(Kind::Vpc, &expect.vpcs[&case.vpc], None) else {
                    continue;
                };
                let after = resolve(&less, vpc, &before.name, before.kind);
                let same =
                    after.verdict == before.verdict && addresses(&after) == addresses(before);
                if after.verdict != Verdict::Unknown && !same {
                    wrong.push(format!(
                        "{name} without {}: {} in {}: {} {:?} instead of {}",
                        file.display(),
                        case.name,
                        case.vpc,
                        after.verdict.name(),
                        addresses(&after),
                        before.verdict.name()
                    ));
                }
            }
            fs::write(&path, text).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn all_graphs() -> Vec<(Graph, Expect)> {
    let read = |name: &String| (graph(&root().join("fixtures").join(name)), expected(name));
    scenarios().iter().map(read).collect()
}

/// Answers with what matters of them, and without numbers of rows.
fn shown(graph: &Graph, found: &Resolution) -> String {
    let steps: Vec<String> = found
        .steps
        .iter()
        .map(|step| {
            let evidence: Vec<String> = step
                .evidence
                .iter()
                .map(|place| format!("{} {}", graph.id(place.node), place.shown))
                .collect();
            format!(
                "{:?} {:?} {} {evidence:?}",
                step.outcome, step.code, step.detail
            )
        })
        .collect();
    format!("{:?} {:?} {steps:#?}", found.verdict, addresses(found))
}

/// The lists of a JSON document, backwards.
fn backwards(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(items) => {
            items.reverse();
            items.iter_mut().for_each(backwards);
        }
        serde_json::Value::Object(fields) => fields.values_mut().for_each(backwards),
        _ => {}
    }
}

#[test]
fn the_order_of_lists_changes_nothing() {
    for name in scenarios() {
        let expect = expected(&name);
        let whole = graph(&root().join("fixtures").join(&name));
        let copy = copy(&name);
        for file in files(&copy.path().join("aws")) {
            let path: PathBuf = copy.path().join("aws").join(&file);
            let text = fs::read_to_string(&path).unwrap();
            let mut value = serde_json::from_str(&text).unwrap();
            backwards(&mut value);
            fs::write(&path, value.to_string()).unwrap();
        }
        let other = graph(copy.path());
        for case in &expect.cases {
            let (a, b) = (ask(&whole, &expect, case), ask(&other, &expect, case));
            assert_eq!(a.verdict, b.verdict, "{name}: {}", case.name);
            assert_eq!(addresses(&a), addresses(&b), "{name}: {}", case.name);
            let lines = |found: &Resolution| {
                found
                    .steps
                    .iter()
                    .map(|step| (step.outcome, step.code, step.detail.clone()))
                    .collect::<Vec<_>>()
            };
            // Lists inside a record keep their order in words, so that only the
            // words about it are compared.
            assert_eq!(lines(&a), lines(&b), "{name}: {}", case.name);
            assert_eq!(
                shown(&whole, &a),
                shown(&whole, &ask(&whole, &expect, case))
            );
        }
    }
}

#[test]
fn no_name_is_too_strange() {
    let graphs = all_graphs();
    let known: Vec<String> = graphs
        .iter()
        .flat_map(|(_, expect)| expect.cases.iter().map(|case| case.name.clone()))
        .collect();
    let strange = prop_oneof![
        "\\PC{0,60}",
        "([a-z0-9*_-]{0,8}\\.){0,8}(example|com|internal|amazonaws\\.com|on\\.aws)",
        "(ec2|ip)-[0-9-]{0,16}\\.(ec2\\.internal|compute-1\\.amazonaws\\.com)",
        "vpce-[0-9a-f-]{0,30}\\.[a-z0-9.-]{0,30}\\.(vpce\\.amazonaws\\.com|on\\.aws)",
        (0..known.len(), "[a-z*]{0,3}\\.?")
            .prop_map(move |(at, before)| format!("{before}{}", known[at])),
    ];
    proptest!(ProptestConfig::with_cases(400), |(text in strange, v6: bool)| {
        let Ok(name) = Name::parse(&text) else { return Ok(()) };
        for (graph, _) in &graphs {
            for vpc in graph.nodes(Kind::Vpc) {
                let kind = if v6 { RecordType::Aaaa } else { RecordType::A };
                let found = resolve(graph, vpc, &name, kind);
                prop_assert!(found.steps.len() < 500);
                prop_assert!(found.addresses.iter().all(|one| kind.fits(one.ip)));
                prop_assert_eq!(found.verdict == Verdict::Answered, !found.addresses.is_empty());
            }
        }
    });
}

const APP: &str = "vpc-0a000000000000001";

fn run(args: &[&str]) -> crate::program::Outcome {
    plaudit(["resolve"]).args(args).run()
}

#[test]
fn the_exit_code_says_whether_the_name_resolves() {
    let zones = "fixtures/dns-zones";
    for (args, code) in [
        (&["db.shop.example", "--vpc", APP, zones][..], 0),
        (&["sts.eu-central-1.amazonaws.com", "--vpc", APP, zones], 0),
        (&["nothing.shop.example", "--vpc", APP, zones], 1),
        (&["www.partner.com", "--vpc", APP, zones], 3),
        (
            &[
                "db.shop.example",
                "--vpc",
                APP,
                zones,
                "--expect",
                "10.1.0.0/24",
            ],
            0,
        ),
        (
            &[
                "db.shop.example",
                "--vpc",
                APP,
                zones,
                "--expect",
                "10.2.0.0/24",
            ],
            1,
        ),
        (
            &[
                "sts.eu-central-1.amazonaws.com",
                "--vpc",
                APP,
                zones,
                "--expect",
                "10.0.0.0/8",
            ],
            1,
        ),
        (
            &[
                "vectors.shop.example",
                "--vpc",
                APP,
                zones,
                "--expect",
                "vpce-0a000000000000010",
            ],
            0,
        ),
        (
            &[
                "vectors.shop.example",
                "--vpc",
                APP,
                zones,
                "--expect",
                "vpce-0a000000000000011",
            ],
            1,
        ),
        (
            &["db.shop.example", "--vpc", APP, "--type", "aaaa", zones],
            0,
        ),
        (
            &["db.shop.example", "--vpc", "vpc-0a00000000000000f", zones],
            2,
        ),
        (&["a..b", "--vpc", APP, zones], 2),
        (
            &["db.shop.example", "--vpc", APP, "--expect", "there", zones],
            2,
        ),
        (
            &[
                "db.shop.example",
                "--vpc",
                APP,
                "--resolutions",
                "nowhere.json",
                zones,
            ],
            2,
        ),
        (&["db.shop.example", "--vpc", APP, "nowhere"], 2),
    ] {
        let outcome = run(args);
        assert_eq!(outcome.code, code, "{args:?}\n{}", outcome.err);
    }
}

#[test]
fn all_that_is_wrong_with_the_question_is_said_at_once() {
    let outcome = run(&[
        "a b",
        "--vpc",
        APP,
        "--expect",
        "there",
        "--resolutions",
        "nowhere.json",
        "fixtures/dns-zones",
    ]);
    assert_eq!(outcome.code, 2);
    for part in [
        "`a b` is no name",
        "`there` is neither",
        "nowhere.json",
        "3 errors",
    ] {
        assert!(outcome.err.contains(part), "{part}: {}", outcome.err);
    }
    let outcome = run(&[
        "db.shop.example",
        "--vpc",
        "vpc-0a00000000000001",
        "fixtures/dns-zones",
    ]);
    assert!(
        outcome
            .err
            .contains("did you mean `vpc-0a000000000000001`?"),
        "{}",
        outcome.err
    );
}

#[test]
fn answers_of_public_dns_can_be_given() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("public.json");
    fs::write(&file, r#"{"WWW.Partner.com.": ["203.0.113.7", "2001:db8::7"], "db.shop.example": ["203.0.113.8"]}"#).unwrap();
    let ask = |name: &str| {
        plaudit([
            "resolve",
            name,
            "--vpc",
            APP,
            "-f",
            "json",
            "fixtures/dns-zones",
            "--resolutions",
        ])
        .arg(&file)
        .run()
        .json()
    };
    assert_eq!(ask("www.partner.com")["addresses"][0]["ip"], "203.0.113.7");
    assert_eq!(
        ask("away.shop.example")["addresses"][0]["ip"],
        "203.0.113.7"
    );
    // What the VPC answers by itself, nobody can change.
    assert_eq!(ask("db.shop.example")["addresses"][0]["ip"], "10.1.0.10");
    fs::write(&file, r#"{"a..b": ["x"]}"#).unwrap();
    let outcome = plaudit([
        "resolve",
        "a.b",
        "--vpc",
        APP,
        "fixtures/dns-zones",
        "--resolutions",
    ])
    .arg(&file)
    .run();
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.err.contains("`x` of `a..b` is no address"),
        "{}",
        outcome.err
    );
}

#[test]
fn every_json_answer_is_as_its_schema_says() {
    let path = root().join("docs/schema/resolution.schema.json");
    let schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for name in scenarios() {
        let expect = expected(&name);
        for case in expect.cases.iter().step_by(4) {
            let folder = format!("fixtures/{name}");
            let outcome = run(&[
                &case.name,
                "--vpc",
                &expect.vpcs[&case.vpc],
                "--type",
                &case.kind,
                "-f",
                "json",
                &folder,
            ]);
            let answer = outcome.json();
            let wrong: Vec<String> = schema
                .iter_errors(&answer)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(
                wrong.is_empty(),
                "{name} {}\n{}",
                case.name,
                wrong.join("\n")
            );
            assert_eq!(answer["exit"], outcome.code);
            assert_eq!(answer["verdict"], case.verdict.as_str());
        }
    }
}

#[test]
fn an_answer_shows_the_lines_that_decided() {
    let outcome = run(&["vectors.shop.example", "--vpc", APP, "fixtures/dns-zones"]);
    insta::assert_snapshot!("resolve-answered", outcome.text());
    let outcome = run(&[
        "x.mixed.example",
        "--vpc",
        "vpc-0d000000000000002",
        "fixtures/dns-resolver",
    ]);
    insta::assert_snapshot!("resolve-unknown", outcome.text());
    let plain = run(&["db.shop.example", "--vpc", APP, "fixtures/dns-zones"]);
    let colored = run(&[
        "db.shop.example",
        "--vpc",
        APP,
        "--color",
        "always",
        "fixtures/dns-zones",
    ]);
    assert!(!plain.text().contains('\u{1b}') && colored.text().contains('\u{1b}'));
}
