//! Exit codes, flags, configuration, streams: what people and pipelines see.
//!
//! One test for each exit code, by its number in the README.

use std::fs;
use std::io::Read as _;

use tempfile::TempDir;

use crate::program::{Outcome, plaudit};
use crate::samples::{copy, verdicts};

const HEALTHY: &str = "fixtures/redis-cloud-healthy";
const BROKEN: &str = "fixtures/redis-cloud-broken";
const PARTIAL: &str = "fixtures/partial-permissions";
const VPCS: &str = "aws/111122223333/us-east-1/ec2.DescribeVpcs.json";

fn says(run: &Outcome, what: &str) {
    assert!(run.err.contains(what), "no `{what}` in\n{}", run.err);
}

#[test]
fn exit_code_0_is_complete_and_clean() {
    let run = plaudit(["audit", HEALTHY]).run().ends_with(0);
    assert!(run.text().contains("0 fail"), "{}", run.text());
    assert_eq!(run.err, "");
}

#[test]
fn exit_code_1_is_findings_at_or_above_the_threshold() {
    plaudit(["audit", BROKEN]).run().ends_with(1);
    plaudit(["audit", BROKEN, "--exit-zero"]).run().ends_with(0);
    // Below the threshold they are shown and do not count.
    let low = ["audit", BROKEN, "--select", "endpoint-subnet-little-room"];
    let run = plaudit(low).run().ends_with(0);
    assert!(run.text().contains("1 fail"), "{}", run.text());
    plaudit(low).args(&["--fail-on", "low"]).run().ends_with(1);
    plaudit(low)
        .args(&["--severity", "PL1012=critical"])
        .run()
        .ends_with(1);
}

#[test]
fn exit_code_2_is_a_mistake_of_the_user() {
    for args in [
        &["audit"][..],
        &["audit", "fixtures/nowhere"],
        &["audit", "fixtures/redis-cloud-healthy/README.md"],
        &["audit", HEALTHY, "--no-such-flag"],
        &["audit", HEALTHY, "-f", "pdf"],
        &["audit", HEALTHY, "--select", "no-such-rule"],
        &["audit", HEALTHY, "--rules", "fixtures/nowhere"],
        &["audit", HEALTHY, "--config", "fixtures/nowhere.yaml"],
        &["audit", HEALTHY, "--param", "min_free"],
        &["audit", HEALTHY, "--param", "min_free=many"],
        &["audit", HEALTHY, "--param", "no_such=1"],
        &["audit", HEALTHY, "--severity", "endpoint-state-dead=urgent"],
        &["audit", HEALTHY, "--now", "yesterday"],
        &["audit", HEALTHY, "-f", "json=fixtures/nowhere/report.json"],
        &["audit", "-", HEALTHY],
        &["rules", "explain", "no-such-rule"],
        &["schema", "kind", "no-such-kind"],
        &["no-such-command"],
    ] {
        let run = plaudit(args).run().ends_with(2);
        assert!(!run.err.is_empty(), "{args:?} says nothing");
        assert!(run.out.is_empty(), "{args:?} writes\n{}", run.text());
    }
}

#[test]
fn exit_code_3_is_done_but_incomplete() {
    let run = plaudit(["audit", PARTIAL]).run().ends_with(3);
    assert!(run.text().contains("unknown"), "{}", run.text());
    plaudit(["audit", PARTIAL, "--allow-incomplete"])
        .run()
        .ends_with(0);
    // Findings weigh more than gaps.
    plaudit(["audit", PARTIAL, BROKEN]).run().ends_with(1);
}

#[test]
fn exit_code_4_is_a_file_that_is_not_the_one_in_the_manifest() {
    let spoilt = copy("redis-cloud-broken");
    let path = spoilt.path().join(VPCS);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("shop-production", "shop-development")).unwrap();
    let run = plaudit(["audit"]).arg(spoilt.path()).run().ends_with(4);
    assert!(
        run.text().contains("ec2.DescribeVpcs.json"),
        "{}",
        run.text()
    );
    for flag in ["--exit-zero", "--allow-incomplete"] {
        plaudit(["audit", flag])
            .arg(spoilt.path())
            .run()
            .ends_with(4);
    }
    // A digest in the manifest that is not that of the file.
    let forged = copy("redis-cloud-broken");
    forged.edit("manifest.json", |manifest| {
        manifest["files"][0]["sha256"] = "0".repeat(64).into();
    });
    plaudit(["audit"]).arg(forged.path()).run().ends_with(4);
}

#[test]
fn exit_code_4_is_a_file_that_the_manifest_names_and_that_is_gone() {
    let gone = copy("redis-cloud-broken");
    fs::remove_file(gone.path().join(VPCS)).unwrap();
    let run = plaudit(["audit"]).arg(gone.path()).run().ends_with(4);
    assert!(
        run.text().contains("ec2.DescribeVpcs.json"),
        "{}",
        run.text()
    );
}

#[test]
fn exit_code_4_is_a_file_that_the_manifest_does_not_name() {
    let extra = copy("redis-cloud-broken");
    let added = extra.path().join("aws/111122223333/us-east-1/extra.json");
    fs::copy(extra.path().join(VPCS), added).unwrap();
    let run = plaudit(["audit"]).arg(extra.path()).run().ends_with(4);
    assert!(run.text().contains("extra.json"), "{}", run.text());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for format in ["json", "html", "text"] {
        let mut child = plaudit(["audit", BROKEN, "-f", format, "--exit-zero"])
            .command()
            .spawn()
            .unwrap();
        drop(child.stdin.take());
        let mut first = [0; 10];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut first).unwrap();
        drop(out);
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{format}: {err}");
        assert_eq!(err, "", "{format}");
    }
}

#[test]
fn one_document_can_come_from_standard_input() {
    let endpoint = r#"{"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface",
        "State": "rejected", "RequesterManaged": false}]}"#;
    let run = plaudit([
        "audit",
        "-",
        "-f",
        "json",
        "--select",
        "endpoint-state-dead",
    ])
    .stdin(endpoint)
    .run()
    .ends_with(1);
    let seen = verdicts(&run.json());
    let key = ("endpoint-state-dead".to_owned(), "vpce-1".to_owned());
    assert_eq!(seen.get(&key).map(String::as_str), Some("fail"));
}

#[test]
fn standard_input_that_says_nothing_is_not_clean() {
    let mut wrong = Vec::new();
    for nothing in [
        "",
        " \n",
        "hello",
        "{",
        "{}",
        "[]",
        "null",
        "7",
        "[[[]]]",
        "{\"a\": 1}",
        "{\"Subnets\": [}",
        "{\"Subnets\": [\"subnet-1\"]}",
    ] {
        let run = plaudit(["audit", "-"]).stdin(nothing).run();
        if !matches!(run.code, 2 | 3) {
            wrong.push(format!("{nothing:?} ends with {}", run.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let escape = |run: &Outcome| run.out.contains(&0x1b);
    assert!(escape(
        &plaudit(["audit", BROKEN, "--color", "always"]).run()
    ));
    assert!(!escape(
        &plaudit(["audit", BROKEN, "--color", "never"]).run()
    ));
    // Not a terminal.
    assert!(!escape(&plaudit(["audit", BROKEN]).run()));
    assert!(!escape(
        &plaudit(["audit", BROKEN]).env("NO_COLOR", "1").run()
    ));
    // A flag is stronger than the environment.
    let asked = plaudit(["audit", BROKEN, "--color", "always"]).env("NO_COLOR", "1");
    assert!(escape(&asked.run()));
    let wrong = plaudit(["audit", "fixtures/nowhere", "--color", "never"]).run();
    assert!(!wrong.err.contains('\u{1b}'));
}

#[test]
fn the_width_follows_the_terminal() {
    for (columns, width) in [("80", 80), ("120", 120)] {
        let run = plaudit(["audit", BROKEN]).env("COLUMNS", columns).run();
        let mut widest = 0;
        for line in run.text().lines() {
            let length = line.chars().count();
            // A word is never broken: paths and ARNs are copied from reports.
            let word = !line.trim_start_matches([' ', '|']).contains(' ');
            assert!(length <= width || word, "{length} columns: {line}");
            widest = widest.max(if word { 0 } else { length });
        }
        assert!(widest > width - 10, "{widest} of {width} columns are used");
    }
}

#[test]
fn a_name_that_is_nearly_right_gets_a_suggestion() {
    for (args, wanted) in [
        (
            ["--select", "endpoint-az-unsuported"],
            "did you mean `endpoint-az-unsupported`?",
        ),
        (
            ["--ignore", "vpc-dns-attribute-off"],
            "did you mean `vpc-dns-attributes-off`?",
        ),
        (["--param", "min_fre=3"], "did you mean `min_free`?"),
        (
            ["--severity", "endpoint-state-ded=low"],
            "did you mean `endpoint-state-dead`?",
        ),
    ] {
        says(
            &plaudit(["audit", HEALTHY]).args(&args).run().ends_with(2),
            wanted,
        );
    }
    let rule = plaudit(["rules", "explain", "endpoint-state-ded"])
        .run()
        .ends_with(2);
    says(&rule, "did you mean `endpoint-state-dead`?");
    let kind = plaudit(["schema", "kind", "vpc-endpont"])
        .run()
        .ends_with(2);
    says(&kind, "did you mean `vpc-endpoint`?");
}

#[test]
fn rules_can_be_chosen_by_name_code_pack_and_pattern() {
    let rules = |args: &[&str]| {
        let report = plaudit(["audit", HEALTHY, "-f", "json"])
            .args(args)
            .run()
            .json();
        report["summary"]["rules"].as_u64().unwrap()
    };
    let all = rules(&[]);
    assert_eq!(rules(&["--select", "endpoint-state-dead"]), 1);
    assert_eq!(rules(&["--select", "PL3001,PL1001"]), 2);
    assert_eq!(rules(&["--select", "all"]), all);
    assert!(rules(&["--select", "orphans"]) < all);
    assert!(rules(&["--select", "redis-cloud-port-*"]) >= 4);
    assert_eq!(rules(&["--ignore", "endpoint-state-dead"]), all - 1);
    assert_eq!(rules(&["--select", "orphans", "--ignore", "orphans"]), 0);
}

#[test]
fn a_parameter_changes_what_is_wanted() {
    let fails = |args: &[&str]| {
        let report = plaudit(["audit", BROKEN, "-f", "json"])
            .args(args)
            .run()
            .json();
        let key = (
            "endpoint-subnet-few-free-ips".to_owned(),
            "vpce-0df6d47fbaef817a8".to_owned(),
        );
        verdicts(&report).get(&key).cloned()
    };
    assert_eq!(fails(&[]).as_deref(), Some("fail"));
    assert_eq!(fails(&["--param", "min_free=11"]), None);
    assert_eq!(
        fails(&["--param", "endpoint-subnet-few-free-ips.min_free=11"]),
        None
    );
    assert_eq!(
        fails(&["--param", "endpoint-subnet-few-free-ips.min_free=12"]).as_deref(),
        Some("fail")
    );
}

#[test]
fn the_configuration_is_what_flags_would_say_and_flags_are_stronger() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("plaudit.yaml");
    fs::write(
        &file,
        "select: [endpoint-subnet-little-room]\nseverity: {endpoint-subnet-little-room: high}\n",
    )
    .unwrap();
    let broken = crate::samples::fixture("redis-cloud-broken");
    // Found in the working directory, or named.
    let here = || {
        plaudit(["audit", "-f", "json"])
            .arg(&broken)
            .folder(folder.path())
    };
    let report = here().run().ends_with(1).json();
    assert_eq!(report["summary"]["rules"], 1);
    assert_eq!(report["summary"]["by_severity"]["high"], 1);
    let named = plaudit(["audit", BROKEN, "-f", "json", "--config"])
        .arg(&file)
        .run()
        .ends_with(1);
    assert_eq!(named.json()["summary"]["rules"], 1);
    let flags = ["--severity", "endpoint-subnet-little-room=info"];
    here().args(&flags).run().ends_with(0);
    let all = here().arg("--no-config").run().ends_with(1).json();
    assert!(all["summary"]["rules"].as_u64().unwrap() > 20);
    // Thresholds and tolerance.
    fs::write(&file, "fail-on: critical\nallow-incomplete: true\n").unwrap();
    here().run().ends_with(0);
    here().args(&["--fail-on", "high"]).run().ends_with(1);
    fs::write(&file, "allow-incomplete: true\n").unwrap();
    plaudit(["audit"])
        .arg(crate::samples::fixture("partial-permissions"))
        .folder(folder.path())
        .run()
        .ends_with(0);
}

#[test]
fn a_typo_in_the_configuration_is_shown_where_it_is() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("plaudit.yaml");
    let mut wrong = Vec::new();
    for (text, place, wanted) in [
        (
            "select: [all]\nignor: [PL3001]\n",
            "plaudit.yaml:2:1",
            "ignor",
        ),
        ("fail-on: urgent\n", "plaudit.yaml:1:", "urgent"),
        ("allow-incomplete: yes\n", "plaudit.yaml:1:", "bool"),
        ("select: all\nselect: [all]\n", "plaudit.yaml:", "select"),
        ("select: [all\n", "plaudit.yaml:", ""),
        (
            "connections:\n  - {name: a, provider: ziliz}\n",
            "plaudit.yaml:2:25",
            "did you mean `zilliz`?",
        ),
        // All mistakes at once.
        (
            "connections:\n  - {name: a, provider: emqx, port: 1}\n  - {name: a, provider: emqx}\n",
            "plaudit.yaml:2:31",
            "the connection `a` is there twice",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let run = plaudit(["audit", HEALTHY, "--config"])
            .arg(&file)
            .run()
            .ends_with(2);
        if !run.err.contains(place) || !run.err.contains(wanted) {
            wrong.push(format!("no `{place}` and `{wanted}` in\n{}", run.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn several_formats_can_be_written_at_once() {
    let folder = TempDir::new().unwrap();
    let html = folder.path().join("report.html");
    let run = plaudit(["audit", BROKEN, "-f", "json=-", "-f"])
        .arg(format!("html={}", html.display()))
        .run()
        .ends_with(1);
    assert_eq!(run.json()["summary"]["verdicts"]["fail"], 32);
    assert!(
        fs::read_to_string(&html)
            .unwrap()
            .starts_with("<!doctype html>")
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing half written is left"
    );
}

#[test]
fn two_formats_to_one_screen_are_an_error() {
    let run = plaudit(["audit", HEALTHY, "-f", "text", "-f", "json"])
        .run()
        .ends_with(2);
    assert!(run.out.is_empty());
    says(&run, "-f html=report.html");
}

#[test]
fn version_and_help_are_there() {
    let version = plaudit(["--version"]).run().ends_with(0);
    assert_eq!(
        version.text().trim(),
        concat!("plaudit ", env!("CARGO_PKG_VERSION"))
    );
    let help = plaudit(["--help"]).run().ends_with(0);
    for code in [
        "0 complete",
        "1 findings",
        "2 usage",
        "3 done",
        "4 integrity",
    ] {
        assert!(help.text().contains(code), "{code}");
    }
}

#[test]
fn rule_authors_get_lists_tests_and_schemas() {
    let list = plaudit(["rules", "list"]).run().ends_with(0);
    assert!(list.text().contains("PL1001  endpoint-az-unsupported"));
    plaudit(["rules", "lint"]).run().ends_with(0);
    plaudit(["rules", "test"]).run().ends_with(0);
    let by_code = plaudit(["rules", "explain", "pl1001"]).run().ends_with(0);
    assert!(
        by_code
            .text()
            .starts_with("endpoint-az-unsupported (PL1001)")
    );
    for schema in [
        ["rules", "schema"],
        ["schema", "report"],
        ["schema", "intents"],
    ] {
        let schema = plaudit(schema).run().ends_with(0).json();
        assert!(schema["$schema"].is_string());
    }
    for part in ["kinds", "functions"] {
        assert!(!plaudit(["schema", part]).run().ends_with(0).out.is_empty());
    }
}

#[test]
fn a_rule_of_ones_own_runs_like_the_others_and_replaces_one_of_its_name() {
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("endpoint-of-nobody.yaml");
    fs::write(
        &own,
        r#"name: endpoint-of-nobody
code: OWN0001
title: An endpoint has no team
severity: low
resource: vpc-endpoint
check: '"Team" in endpoint.Tags'
message: "{{ endpoint.VpcEndpointId }} has no tag Team"
why: Nobody can be asked.
fix: {text: Tag it.}
"#,
    )
    .unwrap();
    let report = plaudit([
        "audit", HEALTHY, "-f", "json", "--select", "OWN0001", "--rules",
    ])
    .arg(folder.path())
    .run()
    .json();
    assert_eq!(report["summary"]["rules"], 1, "{report:#}");
    assert_eq!(report["rules"][0]["name"], "endpoint-of-nobody");
    let text = fs::read_to_string(&own)
        .unwrap()
        .replace("endpoint-of-nobody", "endpoint-state-dead");
    fs::remove_file(&own).unwrap();
    fs::write(folder.path().join("endpoint-state-dead.yaml"), text).unwrap();
    let list = plaudit(["rules", "list", "--rules"])
        .arg(folder.path())
        .run()
        .ends_with(0);
    assert!(
        list.text().contains("OWN0001  endpoint-state-dead"),
        "{}",
        list.text()
    );
    assert!(!list.text().contains("PL3001"), "{}", list.text());
}
