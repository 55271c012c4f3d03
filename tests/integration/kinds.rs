//! What rules can ask of kinds whose answers come in more than one call, or are
//! named by one field for several kinds.
//!
//! Each question is a rule of its own, with a pass, a failure and an unknown.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::plaudit;

/// A rule about a kind with these cases: what is expected, and the answers.
fn rule(folder: &Path, kind: &str, check: &str, cases: &[(&str, Value)]) -> String {
    let name = format!("{kind}-asked");
    let tests: Vec<Value> = cases
        .iter()
        .enumerate()
        .map(|(number, (expect, snapshot))| {
            json!({"name": format!("case {number}, {expect}"), "snapshot": snapshot, "expect": expect})
        })
        .collect();
    let variable = if kind == "vpc-endpoint" {
        "endpoint".to_owned()
    } else {
        kind.replace('-', "_")
    };
    let id = match kind {
        "vpc-endpoint" => "VpcEndpointId",
        "subnet" => "SubnetId",
        "hosted-zone" => "Id",
        "target-group" => "TargetGroupArn",
        "flow-log" => "FlowLogId",
        other => panic!("{other}"),
    };
    // A YAML file may be JSON.
    let text = json!({
        "name": name, "code": "XX0001", "title": "A question is answered", "severity": "low",
        "resource": kind, "check": check,
        "message": format!("{{{{ {variable}.{id} }}}} is not as wanted"),
        "why": "It is asked.", "fix": {"text": "Answer it."},
        "references": [{"title": "None", "url": "https://example.com", "date": "2026-11-20"}],
        "controls": [{"framework": "nist-800-53-r5", "ids": ["CP-8"]}],
        "tests": tests,
    });
    fs::write(folder.join(format!("{name}.yaml")), text.to_string()).unwrap();
    name
}

fn decides(kind: &str, check: &str, cases: &[(&str, Value)]) {
    let folder = TempDir::new().unwrap();
    let name = rule(folder.path(), kind, check, cases);
    plaudit(["rules", "test", "--select", &name, "--rules"])
        .arg(folder.path())
        .run()
        .ends_with(0);
}

#[test]
fn one_field_names_what_a_flow_log_is_of() {
    let log = |resource: &str| {
        json!({"Subnets": [{"SubnetId": "subnet-0aaaaaaaaaaaaaaa1", "VpcId": "vpc-0aaaaaaaaaaaaaaa1"}],
               "Vpcs": [{"VpcId": "vpc-0aaaaaaaaaaaaaaa1"}],
               "FlowLogs": [{"FlowLogId": "fl-1", "ResourceId": resource}]})
    };
    let mut unasked = log("subnet-0aaaaaaaaaaaaaaa1");
    unasked.as_object_mut().unwrap().remove("FlowLogs");
    let cases = [
        ("pass", log("subnet-0aaaaaaaaaaaaaaa1")),
        ("fail", log("vpc-0aaaaaaaaaaaaaaa1")),
        ("fail", log("tgw-0aaaaaaaaaaaaaaa1")),
        ("unknown", unasked),
    ];
    decides("subnet", "subnet.flow_logs().size() == 1", &cases);
    let of_vpc =
        "flow_log.ResourceId.startsWith('vpc-') && flow_log.vpc().VpcId == flow_log.ResourceId";
    let cases = [
        ("pass", log("vpc-0aaaaaaaaaaaaaaa1")),
        ("fail", log("subnet-0aaaaaaaaaaaaaaa1")),
        ("unknown", json!({"FlowLogs": [{"FlowLogId": "fl-1"}]})),
    ];
    decides("flow-log", of_vpc, &cases);
}

#[test]
fn metrics_say_whether_an_endpoint_was_used() {
    let values = |values: Value| {
        json!({"VpcEndpoints": [{"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1"}],
               "MetricDataResults": [{"Id": "bytesProcessed_vpce_0aaaaaaaaaaaaaaa1", "Label": "vpce-0aaaaaaaaaaaaaaa1",
                                      "StatusCode": "Complete", "Timestamps": [], "Values": values}]})
    };
    let used =
        "endpoint.metrics().exists(m, m.Id.startsWith('bytesProcessed_') && m.Values.total() > 0)";
    let cases = [
        ("pass", values(json!([0.0, 0.25]))),
        ("pass", values(json!([1_u64 << 40, 7]))),
        ("fail", values(json!([0.0, 0]))),
        ("fail", values(json!([]))),
        ("unknown", values(json!([0.0, "many"]))),
        ("unknown", values(Value::Null)),
        (
            "unknown",
            json!({"VpcEndpoints": [{"VpcEndpointId": "vpce-0aaaaaaaaaaaaaaa1"}]}),
        ),
    ];
    decides("vpc-endpoint", used, &cases);
}

#[test]
fn tags_from_a_call_of_their_own_name_owners() {
    let zone = json!([{"Id": "/hostedzone/Z1", "Name": "x."}]);
    let tags = |tags: Value| json!({"HostedZones": zone, "ResourceTagSets": [{"ResourceType": "hostedzone", "ResourceId": "Z1", "Tags": tags}]});
    let cases = [
        ("pass", tags(json!([{"Key": "Team", "Value": "dns"}]))),
        ("fail", tags(json!([]))),
        ("unknown", json!({"HostedZones": zone})),
    ];
    decides("hosted-zone", "'Team' in hosted_zone.Tags", &cases);
    let arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/0123456789abcdef";
    let group = json!([{"TargetGroupArn": arn}]);
    let described = |tags: Value| json!({"TargetGroups": group, "TagDescriptions": [{"ResourceArn": arn, "Tags": tags}]});
    let cases = [
        ("pass", described(json!([{"Key": "Team", "Value": "net"}]))),
        ("fail", described(json!([]))),
        ("unknown", json!({"TargetGroups": group})),
    ];
    decides("target-group", "'Team' in target_group.Tags", &cases);
    decides("target-group", "target_group.owner() != ''", &cases);
    let attributes = |attributes: Value| json!({"TargetGroups": group, "TargetGroupArn": arn, "Attributes": attributes});
    let cases = [
        ("pass", attributes(json!([{"Key": "a", "Value": "on"}]))),
        ("fail", attributes(json!([{"Key": "a", "Value": "off"}]))),
        ("unknown", json!({"TargetGroups": group})),
    ];
    decides(
        "target-group",
        "target_group.Attributes.exists(a, a.Key == 'a' && a.Value == 'on')",
        &cases,
    );
}

/// Verdicts of `target-group-asked`, by the last letter of the group's name.
fn targets(lines: &[Value], answered: &[&str]) -> Vec<(String, String)> {
    let folder = TempDir::new().unwrap();
    let arn = |name: &str| {
        format!(
            "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/0123456789abcde{name}"
        )
    };
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    let name = rule(
        &rules,
        "target-group",
        "target_group.targets().size() > 0",
        &[],
    );
    let region = folder.path().join("snapshot/aws/111122223333/eu-west-1");
    let health = region.join("elasticloadbalancing.DescribeTargetHealth");
    fs::create_dir_all(&health).unwrap();
    let groups: Vec<Value> = ["a", "b", "c"]
        .iter()
        .map(|name| json!({"TargetGroupArn": arn(name), "TargetGroupName": name}))
        .collect();
    let groups = json!({"TargetGroups": groups}).to_string();
    fs::write(
        region.join("elasticloadbalancing.DescribeTargetGroups.json"),
        groups,
    )
    .unwrap();
    for name in answered {
        let file = arn(name).replace(':', "%3A").replace('/', "%2F") + ".json";
        let empty = json!({"TargetHealthDescriptions": []}).to_string();
        fs::write(health.join(file), empty).unwrap();
    }
    let mut ledger = String::new();
    for line in lines {
        let mut line = line.clone();
        line["service"] = "elasticloadbalancing".into();
        line["account"] = "111122223333".into();
        line["region"] = "eu-west-1".into();
        if let Some(parent) = line["parent"].as_str() {
            line["parent"] = arn(parent).into();
            line["operation"] = "DescribeTargetHealth".into();
        } else {
            line["operation"] = "DescribeTargetGroups".into();
        }
        writeln!(ledger, "{line}").unwrap();
    }
    fs::write(folder.path().join("snapshot/ledger.jsonl"), ledger).unwrap();
    let run = plaudit([
        "audit",
        "-f",
        "json",
        "--include",
        "pass",
        "--select",
        &name,
        "--rules",
    ])
    .arg(&rules)
    .arg(folder.path().join("snapshot"))
    .run();
    assert!(matches!(run.code, 0 | 1 | 3), "{}", run.err);
    let report = run.json();
    let mut verdicts: Vec<(String, String)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let id = finding["resource"]["id"].as_str().unwrap();
            let verdict = finding["verdict"].as_str().unwrap();
            (id[id.len() - 1..].to_owned(), verdict.to_owned())
        })
        .collect();
    verdicts.sort();
    verdicts
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected.iter();
    owned
        .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
        .collect()
}

#[test]
fn a_parent_that_the_ledger_does_not_name_was_not_asked_about() {
    let groups = json!({"outcome": "complete", "page": 1, "items": 3});
    let asked = |parent: &str, outcome: &str| json!({"parent": parent, "outcome": outcome, "page": 1, "items": 0});
    let some = [
        groups.clone(),
        asked("a", "complete"),
        asked("b", "complete"),
    ];
    // `b` has a line and no file, `c` has neither.
    for (group, verdict) in &targets(&some, &["a"])[1..] {
        assert_eq!(verdict, "unknown", "{group}");
    }
    let all = [
        groups.clone(),
        asked("a", "complete"),
        asked("b", "retried"),
        asked("b", "complete"),
        asked("c", "complete"),
    ];
    assert_eq!(
        targets(&all, &["a", "b", "c"]),
        pairs(&[("a", "fail"), ("b", "fail"), ("c", "fail")])
    );
    for outcome in [
        "denied",
        "failed",
        "unsupported",
        "interrupted",
        "not-asked",
        "more",
        "retried",
    ] {
        let one = [
            groups.clone(),
            asked("a", "complete"),
            asked("b", "complete"),
            asked("c", outcome),
        ];
        let verdicts = targets(&one, &["a", "b"]);
        assert_eq!(verdicts[2].1, "unknown", "{outcome}: {verdicts:?}");
    }
}
