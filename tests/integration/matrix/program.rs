//! The command: flags, exit codes, and how its answers look.
//!
//! Runs the program as people do; what is true of the networks is tested beside.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{plaudit, root};

const SHOP: &str = "fixtures/reach-shop";
const PROVIDER: &str = "fixtures/reach-provider";

#[test]
fn a_matrix_looks_like_this() {
    let run = plaudit([
        "matrix",
        SHOP,
        "--to",
        "vpc-0a400000000000001",
        "--port",
        "443,6379",
    ])
    .run();
    insta::assert_snapshot!("matrix-table", run.text());
    let run = plaudit(["matrix", PROVIDER, "--format", "csv"]).run();
    insta::assert_snapshot!("matrix-csv", run.text().replace("\r\n", "\n"));
    let narrow = plaudit(["matrix", PROVIDER, "--by", "interface"])
        .env("COLUMNS", "70")
        .run();
    let widest = narrow.text().lines().map(|line| line.chars().count()).max();
    assert!(widest.unwrap() <= 70, "{}", narrow.text());
}

#[test]
fn json_has_the_form_that_the_schema_tells() {
    let path = root().join("docs/schema/matrix.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for fixture in [
        SHOP,
        PROVIDER,
        "fixtures/reach-lattice",
        "fixtures/partial-permissions",
    ] {
        for by in ["vpc", "subnet", "class", "interface"] {
            let run = plaudit(["matrix", fixture, "-f", "json", "--by", by]).run();
            let answer = run.json();
            let errors: Vec<String> = schema
                .iter_errors(&answer)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{fixture}\n{}", errors.join("\n"));
            let unknown = answer["pairs"]["unknown"].as_u64().unwrap();
            assert_eq!(run.code, if unknown > 0 { 3 } else { 0 }, "{fixture}");
        }
    }
}

/// However clients are put together, pairs are the same.
#[test]
fn grouping_loses_nobody() {
    let pairs = |by: &str| {
        let run = plaudit(["matrix", PROVIDER, "-f", "json", "--by", by]).run();
        let answer = run.json();
        let targets = answer["targets"].as_array().unwrap().clone();
        for target in &targets {
            let rows = target["rows"].as_array().unwrap().iter();
            let clients: u64 = rows.map(|row| row["clients"].as_u64().unwrap()).sum();
            assert_eq!(
                answer["question"]["clients"], clients,
                "{by}: {}",
                target["id"]
            );
        }
        answer["pairs"].clone()
    };
    let all = pairs("interface");
    for by in ["vpc", "subnet", "class"] {
        assert_eq!(pairs(by), all, "{by}");
    }
}

#[test]
fn unknown_pairs_end_with_3_unless_that_is_allowed() {
    let fixture = "fixtures/partial-permissions";
    let run = plaudit(["matrix", fixture]).run().ends_with(3);
    assert!(run.text().contains("missing["), "{}", run.text());
    plaudit(["matrix", fixture, "--allow-incomplete"])
        .run()
        .ends_with(0);
}

#[test]
fn mistakes_are_told_all_at_once() {
    let run = plaudit([
        "matrix",
        SHOP,
        "--from",
        "eni-nobody",
        "--from",
        "internet",
        "--to",
        "rtb-1",
    ])
    .run()
    .ends_with(2);
    assert_eq!(run.err.matches("--from").count(), 2, "{}", run.err);
    assert_eq!(run.err.matches("--to").count(), 1, "{}", run.err);
    plaudit(["matrix", SHOP, "--port", "9-1"])
        .run()
        .ends_with(2);
    let run = plaudit(["matrix", SHOP, "--protocol", "icmp", "--port", "8"])
        .run()
        .ends_with(2);
    assert!(run.err.contains("has no ports"), "{}", run.err);
    let endpoint = "vpce-00000000000000c01";
    let run = plaudit(["matrix", SHOP, "--from", endpoint]).run();
    assert_eq!(run.code, 2, "{}", run.text());
}

#[test]
fn both_sides_can_be_named() {
    let bastion = "i-00000000000001005";
    let run = plaudit([
        "matrix",
        SHOP,
        "--from",
        bastion,
        "--to",
        "carts-002",
        "--port",
        "6379",
        "-f",
        "json",
    ])
    .run()
    .ends_with(0);
    let answer = run.json();
    assert_eq!(answer["pairs"]["blocked"], 1);
    let row = &answer["targets"][0]["rows"][0];
    let codes: Vec<&str> = row["blocked_by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert_eq!(codes, ["ENI_SG_RULES_MISMATCH", "SUBNET_ACL_RESTRICTION"]);
}

#[test]
fn threads_and_files_change_no_byte() {
    for format in ["table", "csv", "json"] {
        let with = |threads: &str| {
            plaudit(["matrix", PROVIDER, "-f", format, "--threads", threads])
                .run()
                .out
        };
        let one = with("1");
        assert!(!one.is_empty());
        assert!(one == with("3"), "{format}");
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("matrix");
        let run = plaudit(["matrix", PROVIDER, "-f", format, "-o"])
            .arg(&file)
            .run();
        assert_eq!(run.out, b"");
        assert!(fs::read(&file).unwrap() == one, "{format}");
    }
}
