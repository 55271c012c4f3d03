//! `plaudit collect aws` without a network: plan, policy, script, and what the
//! command says about flags and files that are wrong.
//!
//! Collecting itself is tested in `tests/live`, against servers.

use std::fs;

use serde_json::Value;

use crate::program::{Outcome, plaudit};

fn collect(args: &[&str]) -> Outcome {
    plaudit(["collect", "aws", "--no-config"]).args(args).run()
}

fn printed(args: &[&str]) -> String {
    let outcome = collect(args);
    assert_eq!(outcome.code, 0, "{args:?}: {}", outcome.err);
    String::from_utf8(outcome.out).unwrap()
}

/// Operations of a plan.
fn planned(args: &[&str]) -> Vec<String> {
    let text = printed(&[args, &["--plan", "--format", "json"]].concat());
    let plan: Value = serde_json::from_str(&text).unwrap();
    let operations = plan["operations"].as_array().unwrap().iter();
    operations
        .map(|one| {
            format!(
                "{}:{}",
                one["service"].as_str().unwrap(),
                one["operation"].as_str().unwrap()
            )
        })
        .collect()
}

/// IAM actions of a policy.
fn permitted(args: &[&str]) -> Vec<String> {
    let text = printed(&[args, &["--iam-policy"]].concat());
    let policy: Value = serde_json::from_str(&text).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|one| one["Action"].as_array().unwrap());
    actions
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn fewer_rules_need_fewer_calls() {
    let (one, default, all) = (
        planned(&["--select", "endpoint-state-dead"]),
        planned(&[]),
        planned(&["--everything"]),
    );
    let opening = [
        "sts:GetCallerIdentity",
        "ec2:DescribeRegions",
        "organizations:ListAccounts",
    ];
    assert_eq!(one[..3], opening);
    assert_eq!(one[3..], ["ec2:DescribeVpcEndpoints"]);
    assert!(one.len() < default.len() && default.len() < all.len());
    assert!(default.iter().all(|call| all.contains(call)));
    // Free addresses are those that no interface and no reservation holds.
    assert!(default.contains(&"ec2:GetSubnetCidrReservations".to_owned()));
    assert!(
        !planned(&["--everything", "--metrics-days", "0"])
            .contains(&"cloudwatch:GetMetricData".to_owned())
    );
}

#[test]
fn the_policy_permits_what_the_plan_calls_and_no_more() {
    for args in [&[][..], &["--everything"], &["--select", "redis-cloud"]] {
        let mut calls = planned(args);
        calls.retain(|call| call != "ec2:DescribeRegions" && call != "organizations:ListAccounts");
        calls.sort();
        calls.dedup();
        let mut actions = permitted(args);
        actions.sort();
        // Listing zones by VPC and resolver rules is permitted with it only.
        if !calls.contains(&"ec2:DescribeVpcs".to_owned()) {
            actions.retain(|action| action != "ec2:DescribeVpcs");
        }
        assert_eq!(actions, calls, "{args:?}");
    }
    let actions = permitted(&[
        "--regions",
        "all",
        "--accounts",
        "organizations",
        "--role-name",
        "r",
    ]);
    for action in [
        "ec2:DescribeRegions",
        "organizations:ListAccounts",
        "sts:AssumeRole",
    ] {
        assert!(actions.contains(&action.to_owned()), "{action}");
    }
}

#[test]
fn flags_that_cannot_be_meant_are_refused() {
    for (args, words) in [
        (
            &["--regions", "eu-west-1/..", "--plan"][..],
            "expected a region",
        ),
        (&["--script", "--regions", "all"], "regions that are named"),
        (
            &["--script", "--role-arn", "arn:aws:iam::111122223333:role/a"],
            "snapshot merge",
        ),
        (
            &["--iam-policy", "--regions", "all,eu-west-1"],
            "every region already",
        ),
        (&["--plan", "--script"], "cannot be used with"),
        (
            &["--role-arn", "arn:aws:s3:::bucket", "--plan"],
            "expected arn:aws:iam",
        ),
        (&["--role-name", "r", "--plan"], "--accounts"),
        (&["--select", "no-such-rule", "--plan"], "matches no rule"),
        (
            &["--everything", "--select", "redis-cloud", "--plan"],
            "cannot be used with",
        ),
        (&["--metrics-days", "500", "--plan"], "0..=455"),
        (&[], "--out"),
    ] {
        let outcome = collect(args);
        assert_eq!(outcome.code, 2, "{args:?}");
        assert!(outcome.err.contains(words), "{args:?}: {}", outcome.err);
        assert!(outcome.out.is_empty(), "{args:?}");
    }
}

#[cfg(not(feature = "live"))]
#[test]
fn without_the_feature_the_command_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("snapshot");
    let outcome = collect(&["--out", out.to_str().unwrap()]);
    assert_eq!(outcome.code, 2);
    for words in ["without the feature `live`", "--features live", "--script"] {
        assert!(outcome.err.contains(words), "{words}: {}", outcome.err);
    }
    assert!(!out.exists());
}

#[cfg(feature = "live")]
#[test]
fn mistakes_in_a_file_of_accounts_are_shown_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts.txt");
    fs::write(
        &file,
        "# ours\n111122223333\n12\n\u{1b}[2J\n111122223333 # again\n",
    )
    .unwrap();
    let outcome = collect(&["--out", "x", "--accounts", file.to_str().unwrap()]);
    assert_eq!(outcome.code, 2);
    for words in [
        "accounts.txt:3",
        "accounts.txt:4",
        "accounts.txt:5",
        "there twice",
        "3 errors",
    ] {
        assert!(outcome.err.contains(words), "{words}: {}", outcome.err);
    }
    assert!(!outcome.err.contains('\u{1b}'));
}

#[test]
fn the_script_is_a_shell_script_that_names_every_call() {
    let script = printed(&[
        "--script",
        "--regions",
        "eu-west-1,us-east-1",
        "--profile",
        "it's",
    ]);
    assert!(script.starts_with("#!/bin/sh\n"));
    assert!(script.contains("regions='eu-west-1 us-east-1'"), "regions");
    // A profile's name cannot end its quotes.
    assert!(script.contains(r"profile='it'\''s'"), "profile");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("collect.sh"), &script).unwrap();
    for call in planned(&[]) {
        let name = call.split(':').nth(1).unwrap();
        assert!(
            ["DescribeRegions", "ListAccounts"].contains(&name) || script.contains(name),
            "{name}"
        );
    }
}
