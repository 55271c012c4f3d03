//! Tests of the script: that a shell takes it, that it has every call, that
//! nothing leaves its quotes.
//!
//! Starts `sh -n`, which reads a script and runs nothing. What the script does
//! is tested with the AWS CLI in `tests/live`.

use std::process::Command;

use super::*;
use crate::collect::aws::operation::is_read_only;
use crate::collect::aws::service::Service;
use crate::collect::aws::table::OPENING;
use crate::collect::failure::is_denied;

fn options() -> Options {
    Options {
        version: "0.1.0".to_owned(),
        ..Options::default()
    }
}

/// The calls without the functions, which are the same in every script.
fn own_lines(text: &str) -> String {
    let mut text = text.to_owned();
    for functions in FUNCTIONS {
        assert!(text.contains(functions.trim_end()));
        text = text.replace(functions.trim_end(), "[functions]");
    }
    text
}

fn check(text: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let done = Command::new("sh")
        .arg("-n")
        .arg(file.path())
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn a_small_plan_reads_well() {
    let plan = Plan::of(
        [
            ("ec2", "DescribeVpcAttribute"),
            ("route53", "ListHostedZonesByVPC"),
            ("route53", "ListTagsForResources"),
            ("ram", "ListResources"),
            ("vpc-lattice", "GetServiceNetworkVpcAssociation"),
            ("cloudwatch", "GetMetricData"),
        ],
        30,
    );
    let text = script(&plan, &options());
    check(&text);
    insta::assert_snapshot!(own_lines(&text));
}

#[test]
fn every_call_of_the_table_is_in_the_script_once() {
    let text = script(&Plan::everything(30), &options());
    check(&text);
    for operation in OPERATIONS {
        let count = operation.variants.map_or(1, |(_, values)| values.len());
        let line = match operation.name {
            "GetMetricData" => "  metrics 100 30 ".to_owned(),
            _ => format!(" {} {}", subject(operation), ""),
        };
        let shared = OPERATIONS
            .iter()
            .filter(|other| other.name == operation.name)
            .count();
        let calls = text.lines().filter(|text| !text.starts_with("  from "));
        let found = calls.filter(|text| text.contains(&line)).count();
        assert_eq!(found, count * shared, "{line}");
    }
    assert!(text.lines().count() < 850, "{}", text.lines().count());
}

#[test]
fn every_command_only_reads() {
    let text = script(&Plan::everything(30), &options());
    let mut commands = 0;
    for (at, _) in text.match_indices(" aws ") {
        let mut words = text[at..].split_whitespace().skip(1);
        let (service, command) = (words.next().unwrap(), words.next().unwrap_or_default());
        let known = Service::ALL.iter().any(|known| known.command() == service);
        if known {
            commands += 1;
            let operations = OPENING.iter().chain(OPERATIONS);
            let named = operations.filter(|operation| kebab(operation.name) == command);
            assert!(named.clone().count() > 0, "{service} {command}");
            assert!(named.clone().all(|operation| is_read_only(operation.name)));
        }
    }
    assert!(commands > OPERATIONS.len() - 1, "{commands}");
}

#[test]
fn what_people_write_stays_in_its_quotes() {
    let options = Options {
        regions: vec!["x'; touch a; '".to_owned(), "eu-west-1".to_owned()],
        profile: Some("it's $(touch b) `c`\n\"d\"".to_owned()),
        version: "1'\"\n\\$(x)".to_owned(),
    };
    let text = script(&Plan::everything(0), &options);
    check(&text);
    assert!(text.contains("regions='x'\\''; touch a; '\\'' eu-west-1'\n"));
    assert!(text.contains("profile='it'\\''s $(touch b) `c`\n\"d\"'\n"));
    assert!(text.contains("tool_version='1x'\n"));
    assert!(!text.contains("metrics 100"));
}

#[test]
fn all_regions_need_one_more_action() {
    let all = Options {
        regions: vec!["all".to_owned()],
        ..options()
    };
    let plan = Plan::of([("ec2", "DescribeVpcs")], 0);
    assert!(script(&plan, &all).contains("#   ec2: DescribeRegions DescribeVpcs\n"));
    assert!(script(&plan, &options()).contains("#   ec2: DescribeVpcs\n"));
}

#[test]
fn the_script_calls_denied_what_the_reader_does() {
    let (_, rest) = FUNCTIONS[1].split_once("case ${code#Client.} in").unwrap();
    let (pattern, rest) = rest.split_once(')').unwrap();
    assert!(rest.trim_start().starts_with("no_answer denied"));
    for code in pattern
        .split('|')
        .map(|code| code.trim().trim_matches(['*', '\'']))
    {
        assert!(is_denied(code), "{code}");
    }
}

#[test]
fn names_of_the_aws_cli() {
    for (name, expected) in [
        ("DescribeVpcs", "describe-vpcs"),
        ("ListHostedZonesByVPC", "list-hosted-zones-by-vpc"),
        (
            "ListVPCAssociationAuthorizations",
            "list-vpc-association-authorizations",
        ),
        ("VPCId", "vpc-id"),
        (
            "resourceConfigurationIdentifier",
            "resource-configuration-identifier",
        ),
        (
            "TransitGatewayRouteTableId",
            "transit-gateway-route-table-id",
        ),
        ("Id", "id"),
        ("ResourceArns", "resource-arns"),
    ] {
        assert_eq!(kebab(name), expected);
    }
}
