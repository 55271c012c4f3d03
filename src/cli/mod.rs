//! Flags and subcommands; the only place that prints, reads the environment,
//! or asks for the size of the terminal.
//!
//! Wires the stages together and turns outcomes into exit codes. May use every
//! stage; no stage may use it.

mod assemble;
mod audit;
mod collect;
mod compare;
mod config;
mod connections;
mod inputs;
mod matrix;
mod output;
mod progress;
mod reach;
mod resolve;
mod rules;
mod scaffold;
mod schema;
mod snapshot;

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::diagnostic::Diagnostic;

/// Offline auditor for private connectivity.
#[derive(Debug, Parser)]
#[command(name = "plaudit", version, about, max_term_width = 100, after_help = EXIT_CODES)]
struct Args {
    #[command(subcommand)]
    command: Command,
    /// Whether to colour the output.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, help_heading = "Output")]
    color: Color,
}

const EXIT_CODES: &str = "Exit codes: 0 complete and clean · 1 findings at or above --fail-on · 2 usage, configuration, rule or internal error · \
3 done but incomplete (--allow-incomplete makes it 0) · 4 integrity mismatch";

#[derive(Debug, Subcommand)]
enum Command {
    /// Read what an account said about itself, check the rules, write evidence.
    ///
    /// Reads AWS CLI output in any layout, plaudit snapshots (folders or packed
    /// .tar.zst) and AWS Config deliveries. Never touches the network.
    Audit(audit::AuditArgs),
    /// Answer whether traffic gets from one place to another, and what stops it.
    ///
    /// Works it out from what was recorded: routes, security groups, network
    /// ACLs, gateways, peerings, transit gateways and endpoints, there and back.
    /// Never touches the network.
    Reach(reach::ReachArgs),
    /// Record accounts into a snapshot, or show what would be asked.
    Collect(collect::CollectArgs),
    /// Show who reaches which endpoints, on which ports, and what stops the rest.
    ///
    /// All clients and all endpoints at once, from what was recorded. Clients
    /// that nothing tells apart are asked for once, so that ten thousand of them
    /// take seconds. `reach` explains single pairs.
    Matrix(matrix::MatrixArgs),
    /// Say what a name resolves to inside a VPC, step by step.
    ///
    /// Follows DHCP options, DNS attributes, resolver rules, private zones, profiles
    /// and the private DNS of endpoints, all from the snapshot; asks no server.
    Resolve(resolve::ResolveArgs),
    /// List, explain, test, check and write rules.
    Rules(rules::RulesArgs),
    /// What rules can speak about: kinds, functions, the JSON report.
    Schema(schema::SchemaArgs),
    /// Look at, verify, pack, join and redact snapshots.
    Snapshot(snapshot::SnapshotArgs),
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Complete and clean.
    Clean = 0,
    /// Findings at or above the threshold.
    Findings = 1,
    /// Usage, configuration, rule or internal error.
    Error = 2,
    /// Done but incomplete.
    Incomplete = 3,
    /// A file is not the one that its manifest names.
    Mismatch = 4,
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let screen = Screen::new(args.color);
    let outcome = match args.command {
        Command::Audit(args) => audit::run(&args, &screen),
        Command::Collect(args) => collect::run(&args, &screen),
        Command::Matrix(args) => matrix::run(&args, &screen),
        Command::Reach(args) => reach::run(&args, &screen),
        Command::Resolve(args) => resolve::run(&args, &screen),
        Command::Rules(args) => rules::run(&args, &screen),
        Command::Schema(args) => schema::run(&args, &screen),
        Command::Snapshot(args) => snapshot::run(&args, &screen),
    };
    let status = match outcome {
        Ok(status) => status,
        Err(Stop::Pipe) => Status::Clean,
        Err(Stop::Problems(problems)) => {
            screen.problems(&problems);
            Status::Error
        }
    };
    ExitCode::from(status as u8)
}

/// Why a run ended early.
#[derive(Debug)]
enum Stop {
    /// Nobody reads the output any more; that is their right.
    Pipe,
    /// Problems to show.
    Problems(Vec<Diagnostic>),
}

impl From<Diagnostic> for Stop {
    fn from(problem: Diagnostic) -> Self {
        Self::Problems(vec![problem])
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Pipe
        } else {
            Diagnostic::error("output", format!("cannot write: {error}")).into()
        }
    }
}

/// The terminal, or what stands for it.
#[derive(Debug, Clone, Copy)]
struct Screen {
    /// Colour on standard output.
    color: bool,
    /// Colour on standard error.
    color_errors: bool,
    /// Columns.
    width: usize,
}

impl Screen {
    #[expect(clippy::disallowed_methods, reason = "the environment is read here")]
    fn new(color: Color) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let on = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                terminal && wanted && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        let columns = std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok());
        let width = columns
            .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
        Self {
            color: on(io::stdout().is_terminal()),
            color_errors: on(io::stderr().is_terminal()),
            width: width.unwrap_or(100).clamp(40, 160),
        }
    }

    /// Shows problems on standard error, and how many there are.
    fn problems(&self, problems: &[Diagnostic]) {
        let mut err = io::stderr().lock();
        for problem in problems {
            let _nobody_listens = writeln!(err, "{}\n", problem.render(self.color_errors));
        }
        let errors = problems.iter().filter(|problem| problem.error).count();
        if errors > 1 {
            let _nobody_listens = writeln!(err, "{errors} errors");
        }
    }
}
