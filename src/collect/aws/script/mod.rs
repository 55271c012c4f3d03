//! A plan as a shell script of AWS CLI calls, for people who may not run this
//! program.
//!
//! May use the plan, the policy and the names of secret fields; the functions of
//! the script are in the `.sh` files beside this one. Runs nothing and reads
//! nothing: whoever gets the script reads it and runs it.

use std::collections::BTreeMap;
use std::fmt::{Arguments, Write as _};

use super::operation::{Each, Operation, Part};
use super::plan::Plan;
use super::policy::{Reach, actions};
use super::table::{METRICS, OPERATIONS};
use crate::collect::folder::secrets;

/// What a script is made for, besides its plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Regions, in the order in which they are asked; none for the one that is
    /// configured where the script runs, `all` alone for those that are enabled
    /// in the account.
    pub regions: Vec<String>,
    /// Profile of the AWS CLI's configuration; its own choice if there is none.
    pub profile: Option<String>,
    /// Version of the program, for the manifest.
    pub version: String,
}

/// What every script has: how an answer is cleaned, a call made and recorded,
/// ids are found, and the run as a whole.
const FUNCTIONS: &[&str] = &[
    include_str!("answer.sh"),
    include_str!("question.sh"),
    include_str!("listed.sh"),
    include_str!("run.sh"),
];

/// Widest line of a list in the comments.
const WIDTH: usize = 100;

/// The POSIX shell script that makes the calls of a plan with the AWS CLI and
/// writes the snapshot folder that the live collector would write.
pub fn script(plan: &Plan, options: &Options) -> String {
    let mut out = Out(String::new());
    head(&mut out, plan, options);
    settings(&mut out, options);
    for functions in FUNCTIONS {
        out.line(format_args!("\n{}", functions.trim_end()));
    }
    out.line(format_args!(
        "\n# ---- The calls: every one that is made ---------------------------------------\n"
    ));
    calls(&mut out, plan, true);
    calls(&mut out, plan, false);
    out.line(format_args!("prepare \"$@\"\nrun"));
    out.0
}

struct Out(String);

impl Out {
    fn line(&mut self, line: Arguments<'_>) {
        let _cannot_fail = writeln!(self.0, "{line}");
    }
}

fn head(out: &mut Out, plan: &Plan, options: &Options) {
    let version = comment(&options.version);
    out.line(format_args!(
        "#!/bin/sh
# Records the network configuration of one AWS account for an audit (plaudit {version}).
#
#   sh collect.sh FOLDER
#
# makes the new folder FOLDER with the answers of AWS as JSON, a line about each call in
# ledger.jsonl, and size and SHA-256 of each file in manifest.json. `plaudit audit FOLDER`
# reads it, on any machine and without a network.
#
# Every call only reads: Describe, List, Get, and SearchTransitGatewayRoutes. Nothing is sent
# anywhere but to AWS by the AWS CLI, with the credentials and the region that it is configured
# for (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the like count). Keys of VPN tunnels and
# other secrets are taken out of an answer before it is written.
#
# Needs a POSIX shell, the AWS CLI (2; 1 works too, but writes some times as numbers), awk, sed,
# sort, find, mktemp, and sha256sum or shasum. A run may be stopped with Ctrl-C: what there is by
# then is kept, and marked as incomplete. Exit status: 0 everything was answered, 3 something was
# not (ledger.jsonl says what), 2 nothing was collected.
#
# The calls are at the end of this file, one a line. Whoever runs it must be allowed these:
#"
    ));
    let reach = Reach {
        all_regions: is_all(&options.regions),
        ..Reach::default()
    };
    let mut by_service: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for action in actions(plan, &reach) {
        if let Some((service, name)) = action.split_once(':') {
            by_service
                .entry(service.to_owned())
                .or_default()
                .push(name.to_owned());
        }
    }
    for (service, names) in by_service {
        wrapped(out, &format!("#   {service}:"), &names);
    }
}

/// Names after a word, in lines that all begin as comments.
fn wrapped(out: &mut Out, start: &str, names: &[String]) {
    let mut line = start.to_owned();
    for name in names {
        if line.len() + 1 + name.len() > WIDTH {
            out.line(format_args!("{line}"));
            "#      ".clone_into(&mut line);
        }
        line.push(' ');
        line.push_str(name);
    }
    out.line(format_args!("{line}"));
}

fn settings(out: &mut Out, options: &Options) {
    let regions = if is_all(&options.regions) {
        "all".to_owned()
    } else {
        options.regions.join(" ")
    };
    out.line(format_args!(
        "
# Regions with blanks between them; none: the one that is configured; all: those that are enabled.
regions={}
# Profile of the AWS CLI; none: the one that it takes by itself.
profile={}
tool_version={}
# Fields that hold secrets: whole names, and ends of names (without case, - and _).
secret_names={}
secret_ends={}",
        quoted(&regions),
        quoted(options.profile.as_deref().unwrap_or_default()),
        quoted(&comment(&options.version)),
        quoted(&secrets::NAMES.join(" ")),
        quoted(&secrets::ENDS.join(" ")),
    ));
}

fn is_all(regions: &[String]) -> bool {
    matches!(regions, [one] if one == "all")
}

/// The calls of the global services, or those of a region: first what is asked
/// once, then what is asked about what was listed, parents before children.
fn calls(out: &mut Out, plan: &Plan, global: bool) {
    if global {
        out.line(format_args!("# Once an account.\nask_global() {{"));
        out.line(format_args!("  region=$first_region"));
    } else {
        out.line(format_args!("# In each region.\nask_region() {{"));
    }
    let mut listed: Vec<&'static str> = Vec::new();
    for operation in plan
        .roots()
        .filter(|root| root.service.is_global() == global)
    {
        once(out, operation);
        listed.push(operation.name);
    }
    let mut from = String::new();
    let mut at = 0;
    while let Some(parent) = listed.get(at).copied() {
        at += 1;
        for operation in plan.children(parent) {
            about(out, operation, plan.metrics_days, &mut from);
            if !listed.contains(&operation.name) {
                listed.push(operation.name);
            }
        }
    }
    // A function needs a command, and a plan need not have one for it.
    out.line(format_args!("  return 0\n}}\n"));
}

fn once(out: &mut Out, operation: &Operation) {
    for (variant, words) in variants(operation) {
        out.line(format_args!(
            "  once {} {variant} {}{words}",
            subject(operation),
            command(operation)
        ));
    }
}

/// Lines for a call that is made for what another one lists; `from` is the line
/// that says of which, and stands once before all calls for the same ids.
fn about(out: &mut Out, operation: &Operation, days: u32, from: &mut String) {
    let Some(each) = &operation.each else {
        return;
    };
    let line = listed(each);
    if *from != line {
        out.line(format_args!("  {line}"));
        *from = line;
    }
    if operation.name == "GetMetricData" {
        let names: Vec<&str> = METRICS.iter().map(|(_, name)| *name).collect();
        let names = quoted(&names.join(" "));
        out.line(format_args!("  metrics {} {days} {names}", each.batch));
        return;
    }
    let option = kebab(each.parameter);
    for (variant, words) in variants(operation) {
        let subject = subject(operation);
        let command = command(operation);
        let region = if operation.name == "ListHostedZonesByVPC" {
            " --vpc-region \"$region\""
        } else {
            ""
        };
        if each.batch == 1 {
            let parameter = each.parameter;
            out.line(format_args!(
                "  each {subject} {parameter} {variant} {command}{words}{region} --{option}"
            ));
        } else {
            let size = each.batch;
            out.line(format_args!(
                "  many {size} {subject} {command}{words}{region} --{option}"
            ));
        }
    }
}

/// `from ec2 DescribeVpcs Vpcs VpcId`.
fn listed(each: &Each) -> String {
    let parent = OPERATIONS.iter().find(|other| other.name == each.of);
    let service = parent.map_or("", |parent| parent.service.name());
    let mut line = format!("from {service} {} {} {}", each.of, each.list, each.id);
    if let Some((field, values)) = each.only {
        let _cannot_fail = write!(line, " only={field}:{}", values.join(","));
    }
    if each.own {
        line.push_str(" own");
    }
    line.push_str(match each.part {
        Part::Whole => "",
        Part::Tail => " tail",
        Part::TailOfOwn => " tail-of-own",
    });
    line
}

/// Service, operation and lists: what the ledger and the files are about.
fn subject(operation: &Operation) -> String {
    let lists = match operation.lists {
        [] => "-".to_owned(),
        lists => lists.join(","),
    };
    format!("{} {} {lists}", operation.service.name(), operation.name)
}

/// The command with the arguments that are always the same.
fn command(operation: &Operation) -> String {
    let service = operation.service.command();
    let mut command = format!("aws {service} {}", kebab(operation.name));
    for argument in operation.arguments {
        command.push(' ');
        command.push_str(&word(argument));
    }
    command
}

/// For each variant its name in the ledger (`-` if there are none), and its
/// words in the command.
fn variants(operation: &Operation) -> Vec<(String, String)> {
    let Some((parameter, values)) = operation.variants else {
        return vec![("-".to_owned(), String::new())];
    };
    let option = kebab(parameter);
    let one = |value: &&str| {
        (
            format!("{parameter}={value}"),
            format!(" --{option} {value}"),
        )
    };
    values.iter().map(one).collect()
}

/// Names of the API as the AWS CLI spells them: `DescribeVpcs` is
/// `describe-vpcs`, `ListHostedZonesByVPC` is `list-hosted-zones-by-vpc`.
fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (at, char) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let next = chars.get(at + 1);
        let starts = char.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase() || next.is_some_and(char::is_ascii_lowercase)
            });
        if starts {
            out.push('-');
        }
        out.push(char.to_ascii_lowercase());
    }
    out
}

/// A word of a command, in quotes only if it needs them.
fn word(text: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_=,./:".contains(char);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text that the shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text that can stand in a comment and in JSON.
fn comment(text: &str) -> String {
    let plain = |char: &char| char.is_ascii_alphanumeric() || "+-._".contains(*char);
    text.chars().filter(plain).collect()
}

#[cfg(test)]
mod tests;
