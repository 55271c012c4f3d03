//! `plaudit rules`: for the people who write and read rules.
//!
//! Lists, explains, tests, checks and scaffolds; one's own rules equally. The
//! engine does the work, this prints it.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::audit::{RuleFlags, folders, selection, usage};
use super::{Screen, Status, Stop, config, scaffold};
use crate::collect;
use crate::diagnostic::Diagnostic;
use crate::report::plural;
use crate::rules::{self, Rule, RuleSet};
use crate::snapshot::Snapshot;
use crate::snapshot::wanted::Wanted;

/// Flags of `plaudit rules`.
#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// List rules with code, severity and title.
    List {
        #[command(flatten)]
        rules: RuleFlags,
    },
    /// Show all that is known about a rule: why, fix, parameters, calls, facts.
    Explain {
        /// Name or code.
        rule: String,
        #[command(flatten)]
        rules: RuleFlags,
    },
    /// Run the cases inside rule files.
    Test {
        #[command(flatten)]
        rules: RuleFlags,
    },
    /// Check rule files: form, expressions, cases, references.
    Lint {
        #[command(flatten)]
        rules: RuleFlags,
    },
    /// Write a rule file to start from.
    New {
        /// Name: lower-case words that name the bad pattern, joined by `-`.
        name: String,
        /// Kind of resource that it speaks about.
        #[arg(long, default_value = "vpc-endpoint")]
        resource: String,
        /// Folder to write it to.
        #[arg(long, default_value = ".")]
        folder: PathBuf,
    },
    /// Print the JSON schema of rule files, for editors.
    Schema,
}

/// Runs `plaudit rules`.
pub(super) fn run(args: &RulesArgs, screen: &Screen) -> Result<Status, Stop> {
    let mut out = io::stdout().lock();
    match &args.command {
        RulesCommand::List { rules } => list(&load(rules, screen)?, rules, &mut out),
        RulesCommand::Explain { rule, rules } => explain(&load(rules, screen)?, rule, &mut out),
        RulesCommand::Test { rules } => test(&load(rules, screen)?, rules, &mut out),
        RulesCommand::Lint { rules } => lint(&load(rules, screen)?, rules, screen, &mut out),
        RulesCommand::New {
            name,
            resource,
            folder,
        } => scaffold::write(name, resource, folder, &mut out),
        RulesCommand::Schema => {
            writeln!(
                out,
                "{}",
                include_str!("../../docs/schema/rule.schema.json").trim_end()
            )?;
            Ok(Status::Clean)
        }
    }
}

fn load(flags: &RuleFlags, screen: &Screen) -> Result<RuleSet, Stop> {
    let config = config::read(flags.config.as_deref(), flags.no_config)?;
    let (set, warnings) = rules::load(&folders(flags, &config)).map_err(Stop::Problems)?;
    screen.problems(&warnings);
    Ok(set)
}

/// The rules that the flags choose.
fn chosen<'s>(set: &'s RuleSet, flags: &RuleFlags) -> Result<Vec<&'s Rule>, Stop> {
    let config = config::read(flags.config.as_deref(), flags.no_config)?;
    let mut selection = selection(flags, &config);
    selection.params.clear();
    Ok(rules::select(set, &selection)
        .map_err(usage)?
        .into_iter()
        .map(|selected| selected.rule)
        .collect())
}

fn list(set: &RuleSet, flags: &RuleFlags, out: &mut dyn Write) -> Result<Status, Stop> {
    let rules = chosen(set, flags)?;
    let widest = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in &rules {
        let severity = format!("{}", serde_json::json!(rule.severity)).replace('"', "");
        writeln!(
            out,
            "{}  {:widest$}  {severity:8}  {}",
            rule.code, rule.name, rule.title
        )?;
    }
    writeln!(out, "\n{}", counted(rules.len(), "rule"))?;
    for pack in &set.packs {
        let count = set
            .rules
            .iter()
            .filter(|rule| rule.packs.contains(&pack.name))
            .count();
        let count = counted(count, "rule");
        writeln!(out, "pack {}: {} ({count})", pack.name, pack.title)?;
    }
    Ok(Status::Clean)
}

fn counted(count: usize, noun: &str) -> String {
    plural(u64::try_from(count).unwrap_or(u64::MAX), noun)
}

fn find<'s>(set: &'s RuleSet, name: &str) -> Result<&'s Rule, Stop> {
    set.rules
        .iter()
        .find(|rule| {
            rule.name == name
                || rule.code.eq_ignore_ascii_case(name)
                || rule.formerly.iter().any(|old| old == name)
        })
        .ok_or_else(|| {
            let names = set.rules.iter().map(|rule| rule.name.as_str());
            Diagnostic::error("rules", format!("there is no rule `{name}`"))
                .help(rules::expression::suggest::among(name, names))
                .into()
        })
}

fn explain(set: &RuleSet, name: &str, out: &mut dyn Write) -> Result<Status, Stop> {
    let rule = find(set, name)?;
    let label = |value: serde_json::Value| value.to_string().replace('"', "");
    writeln!(out, "{} ({})", rule.name, rule.code)?;
    writeln!(out, "{}\n", rule.title)?;
    writeln!(
        out,
        "severity    {}",
        label(serde_json::json!(rule.severity))
    )?;
    writeln!(
        out,
        "confidence  {}",
        label(serde_json::json!(rule.confidence))
    )?;
    writeln!(out, "resource    {}", rule.kind.spec().name)?;
    writeln!(out, "packs       {}", rule.packs.join(", "))?;
    writeln!(out, "\nWhy\n  {}", rule.why.replace('\n', "\n  "))?;
    writeln!(out, "\nHow to fix\n  {}", rule.fix.replace('\n', "\n  "))?;
    for (title, text) in [
        ("AWS CLI", &rule.fix_cli),
        ("Terraform", &rule.fix_terraform),
    ] {
        if let Some(text) = text {
            writeln!(
                out,
                "\n{title}\n  {}",
                text.trim_end().replace('\n', "\n  ")
            )?;
        }
    }
    if !rule.params.is_empty() {
        writeln!(out, "\nParameters")?;
        for (name, param) in &rule.params {
            writeln!(out, "  {name} = {}  {}", param.default, param.doc)?;
        }
    }
    for fact in rule.facts.values() {
        writeln!(out, "\nFacts: {} (as of {})", fact.name, fact.as_of)?;
        for reference in &fact.references {
            writeln!(
                out,
                "  {} {} ({})",
                reference.title, reference.url, reference.date
            )?;
        }
    }
    writeln!(out, "\nCalls it rests on")?;
    for call in rules::needs(rule) {
        writeln!(
            out,
            "  {}:{} ({})",
            call.service, call.operation, call.action
        )?;
    }
    if !rule.references.is_empty() {
        writeln!(out, "\nReferences")?;
        for reference in &rule.references {
            writeln!(
                out,
                "  {} {} ({})",
                reference.title, reference.url, reference.date
            )?;
        }
    }
    controls(set, rule, out)?;
    examples(rule, out)?;
    writeln!(out, "\n{}, sha256 {}", rule.file, rule.digest)?;
    Ok(Status::Clean)
}

/// What a verdict is evidence for, and how far.
fn controls(set: &RuleSet, rule: &Rule, out: &mut dyn Write) -> Result<(), Stop> {
    for control in &rule.controls {
        let known = set
            .frameworks
            .iter()
            .find(|framework| framework.framework == control.framework);
        let Some(framework) = known else { continue };
        writeln!(
            out,
            "\nControls of {} {} (mapping as of {}, by {})",
            framework.title, framework.version, framework.as_of, framework.reviewed_by
        )?;
        let named = framework
            .controls
            .iter()
            .filter(|mapping| control.ids.contains(&mapping.id));
        for mapping in named {
            writeln!(
                out,
                "  {:<9} {:<12} {}",
                mapping.id,
                mapping.relation.name(),
                mapping.about
            )?;
        }
    }
    Ok(())
}

/// A resource that fails and one that passes, from the rule's own cases.
fn examples(rule: &Rule, out: &mut dyn Write) -> Result<(), Stop> {
    for (verdict, title) in [("fail", "Fails"), ("pass", "Passes")] {
        if let Some(example) = rules::example(rule, verdict) {
            writeln!(out, "\n{title}: {}\n{}", example.name, example.text)?;
        }
    }
    Ok(())
}

/// A case's snapshot, and what of it was not understood.
fn read_case(text: &str, wanted: &Arc<Wanted>) -> (Snapshot, Vec<String>) {
    let options = collect::Options {
        wanted: Some(Arc::clone(wanted)),
        ..collect::Options::default()
    };
    let collected = collect::read_text_with("case", text, &options);
    let lost = collected
        .problems
        .iter()
        .filter(|problem| problem.level == collect::Level::Incomplete);
    let problems = lost
        .map(|problem| {
            format!(
                "{}: {}",
                problem.pointer.clone().unwrap_or_default(),
                problem.message
            )
        })
        .collect();
    (collected.snapshot, problems)
}

fn test(set: &RuleSet, flags: &RuleFlags, out: &mut dyn Write) -> Result<Status, Stop> {
    let (mut passed, mut failed) = (0_u64, 0_u64);
    for rule in chosen(set, flags)? {
        for result in rules::run_cases(set, rule, &read_case) {
            if result.problems.is_empty() {
                passed += 1;
                continue;
            }
            failed += 1;
            writeln!(out, "FAIL {}: {} ({})", result.rule, result.case, rule.file)?;
            for problem in result.problems {
                writeln!(out, "  {problem}")?;
            }
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    Ok(if failed == 0 {
        Status::Clean
    } else {
        Status::Findings
    })
}

fn lint(
    set: &RuleSet,
    flags: &RuleFlags,
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<Status, Stop> {
    let rules = chosen(set, flags)?;
    let mut warnings = Vec::new();
    for rule in &rules {
        let missing = rules::missing_cases(rule);
        if !missing.is_empty() {
            let message = format!(
                "`{}` has no case that expects {}",
                rule.name,
                missing.join(", ")
            );
            warnings.push(
                Diagnostic::error(&rule.file, message)
                    .help("show what the rule does with good, bad and missing data")
                    .warning(),
            );
        }
        if rule.references.is_empty() {
            warnings.push(
                Diagnostic::error(&rule.file, format!("`{}` has no reference", rule.name))
                    .help("say what the rule rests on, with the day it was read")
                    .warning(),
            );
        }
        for (name, param) in &rule.params {
            if !param.doc.ends_with('.') {
                warnings.push(
                    Diagnostic::error(
                        &rule.file,
                        format!("the parameter `{name}` needs a sentence of documentation"),
                    )
                    .warning(),
                );
            }
        }
    }
    screen.problems(&warnings);
    let rules = counted(rules.len(), "rule");
    writeln!(out, "{rules}, {}", counted(warnings.len(), "warning"))?;
    Ok(if warnings.is_empty() {
        Status::Clean
    } else {
        Status::Findings
    })
}
