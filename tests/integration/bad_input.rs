//! Input that is broken, huge, deep or hostile: a clear message, an exit code
//! that is not 0, and nothing of it raw in any report.
//!
//! A panic or a run of minutes fails in `program.rs`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use plaudit::collect::{self, Level};
use serde_json::json;
use tempfile::TempDir;

use crate::program::{Outcome, plaudit};
use crate::samples::{copy, fixture, verdicts};

const SUBNETS: &str = "aws/111122223333/us-east-1/ec2.DescribeSubnets.json";
const ENDPOINTS: &str = "aws/111122223333/us-east-1/ec2.DescribeVpcEndpoints.json";

fn audit(path: &Path) -> Outcome {
    plaudit(["audit", "-f", "json"]).arg(path).run()
}

/// Writes one file and audits its folder.
fn audit_bytes(name: &str, bytes: &[u8]) -> Outcome {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    audit(folder.path())
}

#[test]
fn a_document_that_breaks_off_is_never_taken_for_whole() {
    let text = fs::read_to_string(fixture("redis-cloud-healthy").join(SUBNETS)).unwrap();
    let whole = text.trim_end().len();
    for end in (0..whole).step_by(7) {
        let collected = collect::read_text("cut.json", &text[..end]);
        let noticed = collected
            .problems
            .iter()
            .any(|problem| problem.level <= Level::Incomplete);
        // Where not even the first key is there, the file is not JSON of ours.
        let unread = collected.snapshot.files.is_empty();
        assert!(
            noticed || unread,
            "cut after {end} bytes: {:?}",
            collected.problems
        );
    }
}

#[test]
fn a_snapshot_with_a_file_that_breaks_off_is_never_clean() {
    for end in [0, 1, 2, 10, 17, 18, 100, 1000, 4000, 8000, 8868] {
        let cut = copy("redis-cloud-healthy").without_bookkeeping();
        let path = cut.path().join(SUBNETS);
        let text = fs::read(&path).unwrap();
        fs::write(&path, &text[..end]).unwrap();
        let run = audit(cut.path());
        assert!(
            matches!(run.code, 1 | 3),
            "cut after {end} bytes: exit code {}",
            run.code
        );
        let report = run.json();
        assert_eq!(
            report["summary"]["complete"], false,
            "cut after {end} bytes"
        );
        for ((rule, resource), verdict) in verdicts(&report) {
            assert_ne!(verdict, "fail", "cut after {end} bytes: {rule} {resource}");
        }
    }
}

#[test]
fn a_long_list_of_nothing_is_read_and_reported() {
    for item in ["null", "0", "[]", "{}", "\"\""] {
        let items = vec![item; 3_000_000 / (item.len() + 1)].join(",");
        let run = audit_bytes("a.json", format!("{{\"Subnets\":[{items}]}}").as_bytes());
        assert!(
            matches!(run.code, 2 | 3),
            "{item}: {}\n{}",
            run.code,
            run.err
        );
        // Every rule has a finding that says what was not collected, and no item has.
        assert!(
            run.out.len() < 1_000_000,
            "{item}: a report of {} bytes",
            run.out.len()
        );
    }
    let run = audit_bytes("a.json", &vec![b' '; 3_000_000]);
    assert!(matches!(run.code, 2 | 3), "spaces: {}", run.code);
    let run = audit_bytes("a.json", "[".repeat(3_000_000).as_bytes());
    assert!(matches!(run.code, 2 | 3), "brackets: {}", run.code);
}

#[test]
fn json_of_any_depth_is_survived() {
    let depth = 10_000;
    let array = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let object = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let mut wrong = Vec::new();
    for deep in [
        array.clone(),
        object.clone(),
        format!("{{\"Subnets\":{array}}}"),
        format!("{{\"Subnets\":[{{\"SubnetId\":\"subnet-1\",\"Tags\":{array}}}]}}"),
        format!("{{\"Subnets\":[{{\"SubnetId\":\"subnet-1\",\"Other\":{object}}}]}}"),
        format!("{{\"Unheard\":{object},\"Subnets\":[]}}"),
    ] {
        let run = audit_bytes("deep.json", deep.as_bytes());
        if !matches!(run.code, 2 | 3) {
            wrong.push(format!("{}…: exit code {}", &deep[..40], run.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn values_of_the_wrong_type_are_named_with_their_place() {
    let text = r#"{
  "Subnets": [
    {"SubnetId": "subnet-1", "AvailableIpAddressCount": "many"},
    {"SubnetId": 7},
    "subnet-3"
  ]
}"#;
    let run = audit_bytes("wrong.json", text.as_bytes()).ends_with(3);
    let report = run.json();
    let problems = report["problems"].as_array().unwrap();
    for (pointer, line, level) in [
        ("/Subnets/0/AvailableIpAddressCount", 3, "warning"),
        ("/Subnets/1/SubnetId", 4, "warning"),
        // What is left out makes the run incomplete.
        ("/Subnets", 2, "incomplete"),
    ] {
        assert!(
            problems.iter().any(|problem| problem["pointer"] == pointer
                && problem["line"] == line
                && problem["level"] == level),
            "{level} {pointer} in line {line}: {problems:#?}"
        );
    }
}

/// Files as other programs write them: with a byte order mark, or in UTF-16 as
/// a shell on Windows redirects.
#[test]
fn encodings_of_other_systems_are_read() {
    let original = fixture("redis-cloud-broken");
    let text = fs::read_to_string(original.join(ENDPOINTS)).unwrap();
    let plain = verdicts(&audit(copy("redis-cloud-broken").without_bookkeeping().path()).json());
    let units = || {
        text.replace('\n', "\r\n")
            .encode_utf16()
            .collect::<Vec<u16>>()
    };
    let little = units()
        .iter()
        .flat_map(|unit| unit.to_le_bytes())
        .collect::<Vec<u8>>();
    let big = units()
        .iter()
        .flat_map(|unit| unit.to_be_bytes())
        .collect::<Vec<u8>>();
    for bytes in [
        [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat(),
        [&b"\xff\xfe"[..], &little].concat(),
        [&b"\xfe\xff"[..], &big].concat(),
    ] {
        let other = copy("redis-cloud-broken").without_bookkeeping();
        fs::write(other.path().join(ENDPOINTS), &bytes).unwrap();
        let run = audit(other.path());
        assert_eq!(verdicts(&run.json()), plain, "{:?}", &bytes[..4]);
    }
    // Cut in the middle of a character, and no text at all.
    for bytes in [
        &[&b"\xff\xfe"[..], &little[..(little.len() / 2) | 1]].concat(),
        &b"\xff\xfe\x00\xd8{"[..].to_vec(),
    ] {
        let other = copy("redis-cloud-healthy").without_bookkeeping();
        fs::write(other.path().join(SUBNETS), bytes).unwrap();
        let run = audit(other.path());
        assert!(matches!(run.code, 1 | 3), "{}", run.code);
    }
}

#[test]
fn bytes_that_are_no_text_lose_nothing_else() {
    let other = copy("redis-cloud-healthy").without_bookkeeping();
    let path = other.path().join(SUBNETS);
    let mut bytes = fs::read(&path).unwrap();
    let name = bytes.windows(4).position(|at| at == b"shop").unwrap();
    bytes[name] = 0xff;
    fs::write(&path, bytes).unwrap();
    let run = audit(other.path());
    assert_ne!(run.code, 0);
    assert_eq!(run.json()["summary"]["complete"], false);
}

const ESCAPE: &str = "\u{1b}[31mred\u{1b}]8;;https://example.com\u{7}";
const SCRIPT: &str = "</script><img src=x onerror=alert(1)>";
const REVERSED: &str = "\u{202e}gnp.exe\u{2066}";

#[test]
fn hostile_text_reaches_no_report_raw() {
    let hostile = copy("redis-cloud-broken").without_bookkeeping();
    let long = "A".repeat(65_536);
    hostile.edit(ENDPOINTS, |file| {
        for endpoint in file["VpcEndpoints"].as_array_mut().unwrap() {
            endpoint["Tags"] = json!([
                {"Key": "Name", "Value": format!("{SCRIPT}{ESCAPE}{REVERSED}\u{0}{{{{7*7}}}}")},
                {"Key": "Owner", "Value": format!("{ESCAPE}\n\r\u{2028}{SCRIPT}")},
                {"Key": format!("{SCRIPT}{ESCAPE}"), "Value": long},
                {"Key": "Team", "Value": long},
            ]);
            // Open values of the API end up in messages.
            if endpoint["State"] == "rejected" {
                endpoint["State"] = format!("rejected{SCRIPT}{ESCAPE}{REVERSED}\u{0}").into();
            }
        }
    });
    for format in ["text", "json", "html"] {
        for color in ["never", "always"] {
            let run = plaudit(["audit", "-f", format, "--color", color, "--include", "pass"])
                .arg(hostile.path())
                .run();
            assert!(matches!(run.code, 1 | 3), "{format}: {}", run.code);
            let text = run.text();
            for bad in ['\u{0}', '\u{7}', '\r', '\u{202e}', '\u{2066}', '\u{2028}'] {
                assert!(!text.contains(bad), "{format}: {bad:?} is raw");
            }
            let escapes = text.matches("\u{1b}]").count() + text.matches("\u{1b}[31mred").count();
            assert_eq!(
                escapes, 0,
                "{format}: an escape sequence of the input is raw"
            );
            if format == "html" {
                assert!(
                    !text.contains("<img"),
                    "{format}: an element of the input is raw"
                );
                assert!(
                    !text.contains("onerror=alert(1)>"),
                    "{format}: an attribute is raw"
                );
            }
            if format != "text" || color == "never" {
                assert!(!text.contains('\u{1b}'), "{format}: an escape is raw");
            }
            assert!(text.len() < 20 << 20, "{format}: {} bytes", text.len());
        }
    }
}

#[test]
fn hostile_names_of_files_reach_no_report_raw() {
    let folder = TempDir::new().unwrap();
    let name = format!(
        "{}.json",
        "<img src=x onerror=alert(1)>\u{1b}[31m\u{202e}\n"
    );
    fs::write(folder.path().join(&name), "{\"Subnets\": [").unwrap();
    fs::write(folder.path().join("b.json"), "{\"Subnets\": []}").unwrap();
    for format in ["text", "json", "html"] {
        let run = plaudit(["audit", "-f", format]).arg(folder.path()).run();
        assert_eq!(run.code, 3, "{format}");
        let shown = format!("{}{}", run.text(), run.err);
        for bad in ['\u{1b}', '\u{202e}'] {
            assert!(!shown.contains(bad), "{format}: {bad:?}");
        }
        assert!(format != "html" || !shown.contains("<img"), "{format}");
    }
}

/// A rule file that is fine but for what a test does to it.
const RULE: &str = r#"name: endpoint-odd
code: OWN0001
title: An endpoint is odd
severity: low
resource: vpc-endpoint
params:
  wanted: {type: int, default: 3, doc: How many subnets.}
check: endpoint.SubnetIds.size() >= params.wanted
message: "{{ endpoint.VpcEndpointId }} has few subnets"
why: It is odd.
fix: {text: Mend it.}
tests:
  - name: enough
    snapshot: {VpcEndpoints: [{VpcEndpointId: vpce-1, SubnetIds: [subnet-1, subnet-2, subnet-3]}]}
    expect: pass
"#;

/// What is replaced, by what, and what the message must contain.
const MISTAKES: &[(&str, &str, &[&str])] = &[
    (
        "severity: low",
        "severty: low",
        &[
            "endpoint-odd.yaml:4:1",
            "severty",
            "did you mean `severity`?",
        ],
    ),
    (
        "severity: low",
        "severity: lo",
        &["endpoint-odd.yaml:4:11", "lo"],
    ),
    (
        "resource: vpc-endpoint",
        "resource: vpc-endpont",
        &["endpoint-odd.yaml:5:11", "did you mean `vpc-endpoint`?"],
    ),
    (
        "endpoint.SubnetIds",
        "endpoint.SubnetId",
        &["endpoint-odd.yaml:8:", "did you mean `SubnetIds`?"],
    ),
    (
        "params.wanted",
        "params.wantd",
        &["endpoint-odd.yaml:8:", "did you mean `wanted`?"],
    ),
    (
        ".size()",
        ".sizes()",
        &["endpoint-odd.yaml:8:", "did you mean `size`?"],
    ),
    (".size()", ".size(1)", &["endpoint-odd.yaml:8:", "size"]),
    (
        ">= params",
        ">= \"3\" + params",
        &["endpoint-odd.yaml:8:", "int"],
    ),
    (
        "endpoint.SubnetIds.size() >= params.wanted",
        "endpoint.VpcEndpointId",
        &["endpoint-odd.yaml:8:8", "must be bool"],
    ),
    (
        "endpoint.SubnetIds.size()",
        "endpoint.VpcEndpointId",
        &["endpoint-odd.yaml:8:", "text", "int"],
    ),
    (
        "{{ endpoint.VpcEndpointId }}",
        "{{ endpoint.VpcEndpointID }}",
        &["endpoint-odd.yaml:9:", "did you mean `VpcEndpointId`?"],
    ),
    (
        "{{ endpoint.VpcEndpointId }}",
        "{{ endpoint.VpcEndpointId ",
        &["endpoint-odd.yaml:9:", "}}"],
    ),
    (">= params.wanted", ">= ", &["endpoint-odd.yaml:8:"]),
    (
        "endpoint.SubnetIds",
        "endpont.SubnetIds",
        &["endpoint-odd.yaml:8:8", "did you mean `endpoint`?"],
    ),
    (
        "code: OWN0001",
        "code: own-1",
        &["endpoint-odd.yaml:2:7", "PL1102"],
    ),
    (
        "name: endpoint-odd",
        "name: endpoint-even",
        &["endpoint-odd.yaml:1:7", "endpoint-even"],
    ),
    (
        "title: An",
        "title: First\ntitle: An",
        &["endpoint-odd.yaml:", "title"],
    ),
    (
        "type: int",
        "type: integer",
        &["endpoint-odd.yaml:7:", "integer"],
    ),
    (
        "default: 3",
        "default: many",
        &["endpoint-odd.yaml", "wanted"],
    ),
    (
        "expect: pass",
        "expect: passes",
        &["endpoint-odd.yaml", "passes"],
    ),
];

/// What the program says about a rule file.
fn lint(text: &str) -> Outcome {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("endpoint-odd.yaml");
    fs::write(&file, text).unwrap();
    plaudit(["rules", "test", "--select", "OWN0001", "--rules"])
        .arg(&file)
        .run()
}

#[test]
fn a_mistake_in_a_rule_is_shown_where_it_is_with_a_suggestion() {
    lint(RULE).ends_with(0);
    let mut wrong = Vec::new();
    for (from, to, wanted) in MISTAKES.iter().copied() {
        assert!(RULE.contains(from), "{from}");
        let run = lint(&RULE.replacen(from, to, 1));
        let missing: Vec<&&str> = wanted
            .iter()
            .filter(|what| !run.err.contains(**what))
            .collect();
        if run.code != 2 || !missing.is_empty() {
            wrong.push(format!(
                "`{to}`: exit code {}, no {missing:?} in\n{}",
                run.code, run.err
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rule_files_of_any_shape_are_survived() {
    let bomb = {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..30 {
            let below = vec![format!("*a{}", level - 1); 9].join(", ");
            writeln!(text, "a{level}: &a{level} [{below}]").unwrap();
        }
        text
    };
    let deep = 10_000;
    let or = vec!["true"; 100_000].join(" || ");
    for bad in [
        String::new(),
        "\u{0}".to_owned(),
        "just words".to_owned(),
        "- a\n- list\n".to_owned(),
        bomb.clone(),
        RULE.replace("why: It is odd.", &format!("why: It is odd.\n{bomb}")),
        format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
        "a: ".repeat(deep),
        RULE.replace(
            "{text: Mend it.}",
            &format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
        ),
        RULE.replace(
            "endpoint.SubnetIds.size() >= params.wanted",
            &format!("{}true{}", "(".repeat(deep), ")".repeat(deep)),
        ),
        RULE.replace(
            "endpoint.SubnetIds.size() >= params.wanted",
            &format!("{}true", "!".repeat(deep + 1)),
        ),
        RULE.replace("endpoint.SubnetIds.size() >= params.wanted", &or),
        RULE.replace("It is odd.", &"x".repeat(2 << 20)),
        "a: &a [*a]".to_owned(),
        "%YAML 9.9\n---\n!!binary x".to_owned(),
    ] {
        let start: String = bad.chars().take(60).collect();
        let run = lint(&bad);
        assert!(
            run.code == 2 || bad.contains(&or) && run.code == 0,
            "{start}: {}",
            run.code
        );
        assert!(
            run.code == 0 || !run.err.is_empty(),
            "{start}: says nothing"
        );
        assert!(
            run.err.len() < 1 << 20,
            "{start}: {} bytes of message",
            run.err.len()
        );
    }
}
