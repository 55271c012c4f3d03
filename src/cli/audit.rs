//! `plaudit audit`: from paths to reports.
//!
//! Reads, builds, evaluates, writes; each step is one call of a stage. The
//! exit code is decided here and nowhere else.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::assemble::{self, Run};
use super::config::{self, Config};
use super::inputs::{self, Reading};
use super::output::{self, Target};
use super::progress::{Bar, Steps};
use super::{Screen, Status, Stop};
use crate::collect::Collected;
use crate::diagnostic::Diagnostic;
use crate::findings::Severity;
use crate::graph::Graph;
use crate::rules::{self, Datum, Include, Selection};

/// Flags of `plaudit audit`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(super) struct AuditArgs {
    /// Folders, files or packed snapshots; `-` reads one JSON document from
    /// standard input.
    #[arg(required = true, help_heading = "Input")]
    paths: Vec<PathBuf>,
    /// Time of the run, RFC 3339, for rules that ask how old something is; the
    /// snapshot's own time if it has one.
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Input")]
    now: Option<String>,
    /// File with intents (what must reach what, and what must not), or a Network
    /// Access Analyzer scope; may be given several times.
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    intents: Vec<PathBuf>,
    /// Take the manifest's digests for true instead of computing them again.
    #[arg(long, help_heading = "Input")]
    trust_manifest: bool,

    #[command(flatten)]
    rules: RuleFlags,

    /// `text`, `json` or `html`, to standard output or with `=FILE`; may be
    /// given several times.
    #[arg(short, long = "format", value_name = "FORMAT[=FILE]", value_parser = output::target, help_heading = "Output")]
    formats: Vec<Target>,
    /// Which verdicts to write besides fail and unknown.
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Output")]
    include: Vec<Including>,
    /// No progress and no notes on standard error.
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,

    /// Say on standard error how long each step took.
    #[arg(long, help_heading = "Output")]
    timings: bool,

    /// Severity from which findings make the exit code 1 (default: high).
    #[arg(long, value_enum, help_heading = "Exit code")]
    fail_on: Option<Level>,
    /// End with 0 although something is unknown or could not be read.
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    /// End with 0 whatever was found; errors still end with 2.
    #[arg(long, help_heading = "Exit code")]
    exit_zero: bool,

    /// Threads; all cores by default. The result is the same for any number.
    #[arg(long, value_name = "N", help_heading = "Input")]
    threads: Option<usize>,
}

/// Flags that choose rules; `audit` and `rules` share them.
#[derive(Debug, Args, Default)]
pub(super) struct RuleFlags {
    /// Folder or file with more rules.
    #[arg(long = "rules", value_name = "DIR", help_heading = "Rules")]
    pub(super) folders: Vec<PathBuf>,
    /// Rules, codes, packs or patterns to run (default: all).
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "RULE",
        help_heading = "Rules"
    )]
    pub(super) select: Vec<String>,
    /// Rules, codes, packs or patterns to leave out.
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "RULE",
        help_heading = "Rules"
    )]
    pub(super) ignore: Vec<String>,
    /// Sets a parameter of all rules that have it, or of one: `RULE.NAME=VALUE`.
    /// Lists are separated by commas.
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment, help_heading = "Rules")]
    pub(super) param: Vec<(String, String)>,
    /// Sets the severity of a rule, code or pattern: `RULE=LEVEL`.
    #[arg(long, value_name = "RULE=LEVEL", value_parser = severity, help_heading = "Rules")]
    pub(super) severity: Vec<(String, Severity)>,
    /// Configuration file (default: plaudit.yaml, if there is one).
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration file.
    #[arg(long, conflicts_with = "config", help_heading = "Rules")]
    pub(super) no_config: bool,
}

/// Severities as flags spell them.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// Verdicts that are written only on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Including {
    Pass,
    NotApplicable,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
            Level::Critical => Self::Critical,
        }
    }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "expected NAME=VALUE".to_owned())
}

fn time(text: &str) -> Result<String, String> {
    match rules::expression::day(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("expected a time such as 2026-01-31T08:00:00Z".to_owned()),
    }
}

fn severity(text: &str) -> Result<(String, Severity), String> {
    let (rule, level) = assignment(text)?;
    Level::from_str(&level, true)
        .map(|level| (rule, level.into()))
        .map_err(|_| {
            format!("unknown severity `{level}`; known: info, low, medium, high, critical")
        })
}

/// Runs an audit.
pub(super) fn run(args: &AuditArgs, screen: &Screen) -> Result<Status, Stop> {
    output::check(&args.formats)?;
    let config = config::read(args.rules.config.as_deref(), args.rules.no_config)?;
    let (set, warnings) = rules::load(&folders(&args.rules, &config)).map_err(Stop::Problems)?;
    if !args.quiet {
        screen.problems(&warnings);
    }
    let intents = rules::read_intents(&args.intents).map_err(Stop::Problems)?;
    let selected = rules::select(&set, &selection(&args.rules, &config)).map_err(usage)?;
    inputs::use_threads(args.threads);
    let mut wanted = rules::wanted(&selected);
    rules::wanted_by_intents(&intents, &mut wanted);
    let wanted = Arc::new(wanted);
    let bar = Bar::new(args.quiet);
    let mut steps = Steps::start(args.timings);
    let Collected {
        snapshot,
        problems,
        locator,
    } = Reading {
        paths: &args.paths,
        threads: args.threads,
        trust_manifest: args.trust_manifest,
        wanted: Some(Arc::clone(&wanted)),
        written: config.written.clone(),
    }
    .read(&bar)?;
    steps.done("read");
    bar.say("linking");
    let graph = Graph::build_for(snapshot, Some(&wanted));
    let now = args
        .now
        .clone()
        .or_else(|| graph.snapshot().created.clone());
    steps.done("link");
    bar.say("checking");
    let include = Include {
        pass: args.include.contains(&Including::Pass),
        not_applicable: args.include.contains(&Including::NotApplicable),
    };
    let evaluated = rules::evaluate(selected, &graph, now.as_deref(), include, &locator)
        .with_intents(rules::judge(&intents, &graph, include, &locator));
    bar.finish();
    steps.done("check");
    let run = Run {
        fail_on: args
            .fail_on
            .map(Severity::from)
            .or(config.fail_on)
            .unwrap_or(Severity::High),
        allow_incomplete: args.allow_incomplete || config.allow_incomplete,
        exit_zero: args.exit_zero,
        now: now.clone(),
    };
    let (report, status) = assemble::report(&graph, &evaluated, problems, &run);
    steps.done("assemble");
    output::write(&args.formats, &report, screen)?;
    steps.done("write");
    Ok(status)
}

/// Folders with rules: the configuration's, then the flags'.
pub(super) fn folders(flags: &RuleFlags, config: &Config) -> Vec<PathBuf> {
    config.rules.iter().chain(&flags.folders).cloned().collect()
}

/// What to run: flags beside the configuration; `--select` replaces it.
pub(super) fn selection(flags: &RuleFlags, config: &Config) -> Selection {
    let select = if flags.select.is_empty() {
        config.select.clone()
    } else {
        flags.select.clone()
    };
    let text = |value: &str| match value.split_once(',') {
        Some(_) => Datum::List(
            value
                .split(',')
                .filter(|part| !part.is_empty())
                .map(|part| Datum::Text(part.to_owned()))
                .collect(),
        ),
        None => Datum::Text(value.to_owned()),
    };
    Selection {
        select,
        ignore: config.ignore.iter().chain(&flags.ignore).cloned().collect(),
        severity: config
            .severity
            .iter()
            .map(|(rule, severity)| (rule.clone(), *severity))
            .chain(flags.severity.iter().cloned())
            .collect(),
        params: config
            .params
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .chain(
                flags
                    .param
                    .iter()
                    .map(|(name, value)| (name.clone(), text(value))),
            )
            .collect(),
    }
}

/// Names and values of flags or configuration that do not fit.
pub(super) fn usage(problems: Vec<(String, String)>) -> Stop {
    Stop::Problems(
        problems
            .into_iter()
            .map(|(message, help)| Diagnostic::error("rules", message).help(help))
            .collect(),
    )
}
