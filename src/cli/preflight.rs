//! `plaudit preflight`: what of a VPC serves for a connection that does not
//! exist yet, and how to make it.
//!
//! Reads, links, asks and writes; each is one call of a stage. The exit code is
//! decided here.

use std::io;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::inputs::Reading;
use super::progress::Bar;
use super::reach::ports;
use super::resolve::{find, notes};
use super::{Screen, Status, Stop};
use crate::collect::{Collected, Level};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::graph::admission::Source;
use crate::graph::ports::Ports;
use crate::report::preflight::{Format, write};
use crate::report::{Style, visible};
use crate::rules::load_to_run;
use crate::rules::preflight::{Ask, Provider, preflight};

/// Flags of `plaudit preflight`.
#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub(super) struct PreflightArgs {
    /// Whom the connection is made with.
    #[arg(value_parser = PossibleValuesParser::new(Provider::ALL.map(Provider::name)))]
    provider: String,
    /// Folders, files or packed snapshots; `-` reads one JSON document from
    /// standard input.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The VPC in which it is made: its id, or its Name tag.
    #[arg(long)]
    vpc: String,
    /// Ids of the zones that it must have (use1-az1,use1-az2).
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    az_ids: Vec<String>,
    /// Ports: 6379, 10000-19999, or several with commas; the provider's if not
    /// given.
    #[arg(long, value_name = "PORTS", value_parser = ports)]
    port: Option<Ports>,
    /// Who connects: a block, an address or sg-…; may be given several times. The
    /// VPC's blocks if not given.
    #[arg(long, value_name = "WHO")]
    client: Vec<String>,
    /// What to connect to: the ARN of a resource configuration (redis-cloud) or
    /// the name of a service (zilliz).
    #[arg(long, value_name = "ARN|NAME")]
    target: Option<String>,
    /// The host name of the private link (zilliz).
    #[arg(long, value_name = "HOST")]
    domain: Option<String>,
    /// Who may connect to the service (emqx); may be given several times.
    #[arg(long, value_name = "ARN")]
    principal: Vec<String>,
    /// What new things are called; the provider's name if not given.
    #[arg(long)]
    name: Option<String>,
    /// How to write it.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// No progress and no notes on standard error.
    #[arg(short, long)]
    quiet: bool,
}

const CODES: &str = "Exit codes: 0 ready · 1 something is missing · 2 usage or input error · \
3 what decides is not in the snapshot · 4 integrity mismatch";

/// Runs `plaudit preflight`.
pub(super) fn run(args: &PreflightArgs, screen: &Screen) -> Result<Status, Stop> {
    let provider = Provider::ALL
        .into_iter()
        .find(|provider| provider.name() == args.provider);
    let Some(provider) = provider else {
        return Err(Diagnostic::error("PROVIDER", "it is not known").into());
    };
    let mut wrong = clients(&args.client);
    let name = args
        .name
        .clone()
        .unwrap_or_else(|| provider.name().to_owned());
    wrong.extend(named(&name));
    if args.principal.iter().any(|principal| principal == "*") {
        let problem =
            Diagnostic::error("--principal", "`*` lets every account ask for a connection");
        wrong.push(problem.help("give the ARN that the vendor shows"));
    }
    if !wrong.is_empty() {
        return Err(Stop::Problems(wrong));
    }
    let bar = Bar::new(args.quiet);
    let Collected {
        snapshot, problems, ..
    } = Reading {
        paths: &args.paths,
        threads: None,
        trust_manifest: false,
        wanted: None,
        written: None,
    }
    .read(&bar)?;
    bar.finish();
    if !args.quiet {
        screen.problems(&notes(&problems));
    }
    let graph = Graph::build(snapshot);
    let (set, _) = load_to_run(&[]).map_err(Stop::Problems)?;
    let ask = Ask {
        provider,
        vpc: find(&graph, &args.vpc)?,
        az_ids: args.az_ids.clone(),
        ports: args.port.clone(),
        clients: args.client.clone(),
        target: args.target.clone(),
        domain: args.domain.clone(),
        principals: args.principal.clone(),
        name,
    };
    let mut report = preflight(&graph, &set, &ask);
    let mismatch = problems
        .iter()
        .any(|problem| problem.level == Level::Mismatch);
    let status = match report.verdict.as_str() {
        _ if mismatch => Status::Mismatch,
        "ready" => Status::Clean,
        "unknown" => Status::Incomplete,
        _ => Status::Findings,
    };
    report.exit = status as u8;
    let style = Style {
        color: screen.color,
        width: screen.width,
    };
    write(args.format, &report, &style, &mut io::stdout().lock())?;
    Ok(status)
}

fn clients(texts: &[String]) -> Vec<Diagnostic> {
    let wrong = texts.iter().filter(|text| Source::parse(text).is_none());
    wrong
        .map(|text| {
            let shown = visible::line(text);
            let message = format!("`{shown}` is neither a block, an address nor a security group");
            Diagnostic::error("--client", message).help("give 10.0.0.0/16, 10.0.0.7 or sg-…")
        })
        .collect()
}

/// A name that load balancers, groups and caches all take: letters, digits and
/// hyphens, at most 32
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>).
fn named(name: &str) -> Option<Diagnostic> {
    let good = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && (1..=32).contains(&name.len())
        && !name.starts_with('-')
        && !name.ends_with('-');
    (!good).then(|| {
        let message = format!("`{}` is no name for all that is made", visible::line(name));
        Diagnostic::error("--name", message)
            .help("give at most 32 letters, digits and hyphens, none at the ends")
    })
}
