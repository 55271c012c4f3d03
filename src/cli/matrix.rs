//! `plaudit matrix`: who reaches which endpoints, on which ports.
//!
//! Reads, asks the graph for all pairs, writes target by target while they are
//! worked out. What interfaces and ways are is the graph's work.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use super::inputs::{self, Reading};
use super::output;
use super::progress::{Bar, Steps};
use super::reach::{ports, protocol, tell};
use super::{Screen, Status, Stop};
use crate::collect::{Collected, Level};
use crate::diagnostic::Diagnostic;
use crate::findings::path::PairCounts;
use crate::graph::Graph;
use crate::graph::ports::Ports;
use crate::graph::reach::flow::{Assume, Protocol, Traffic};
use crate::graph::reach::matrix::{self, Matrix, Question, Target};
use crate::graph::reach::place::{Finder, NoPlace};
use crate::report::Style;
use crate::report::matrix::{Format, Writer};
use crate::rules::{By, Rows};
use crate::snapshot::record::Kind;

/// Exit codes of `plaudit matrix`.
const EXIT_CODES: &str = "Exit codes: 0 done · 2 usage or internal error · 3 something is unknown: what decides is not in the \
snapshot (--allow-incomplete makes it 0) · 4 integrity mismatch";

/// Flags of `plaudit matrix`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
#[command(after_help = EXIT_CODES)]
pub(super) struct MatrixArgs {
    /// Folders, files or packed snapshots; `-` reads one JSON document from
    /// standard input.
    #[arg(required = true, value_name = "INPUT", help_heading = "Input")]
    paths: Vec<PathBuf>,
    /// Take the manifest's digests for true instead of computing them again.
    #[arg(long, help_heading = "Input")]
    trust_manifest: bool,
    /// Threads; all cores by default. The result is the same for any number.
    #[arg(long, value_name = "N", help_heading = "Input")]
    threads: Option<usize>,

    /// Whose connections: eni-…, i-…, subnet-…, sg-…, vpc-…, a cache or load
    /// balancer by name or ARN; several times for several. All interfaces that
    /// begin connections if not given.
    #[arg(long, value_name = "PLACE", help_heading = "Question")]
    from: Vec<String>,
    /// What they are meant for: the same, or vpce-…. Of a subnet, group or VPC
    /// its endpoints, and its other interfaces one by one. All endpoints with
    /// interfaces if not given.
    #[arg(long, value_name = "PLACE", help_heading = "Question")]
    to: Vec<String>,
    /// Destination ports: 443, 8000-8080, or several with commas; all if not
    /// given.
    #[arg(long, value_name = "PORTS", value_parser = ports, help_heading = "Question")]
    port: Option<Ports>,
    /// tcp, udp, icmp, icmpv6 (both as ping), or an IANA number.
    #[arg(long, default_value = "tcp", value_parser = protocol, help_heading = "Question")]
    protocol: Protocol,
    /// Ports that clients send from, which replies must reach.
    #[arg(long, value_name = "PORTS", default_value = "1024-65535", value_parser = ports, help_heading = "Question")]
    client_ports: Ports,
    /// Take what was not collected to be as AWS makes it: network ACLs admit
    /// everything, Block Public Access is off, VPN tunnels are up. What was
    /// assumed is listed at the end.
    #[arg(long, help_heading = "Question")]
    assume_defaults: bool,

    /// How to put clients together.
    #[arg(long, value_enum, default_value_t = By::Vpc, help_heading = "Output")]
    by: By,
    /// How to write the answer.
    #[arg(short, long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// No progress and no notes on standard error.
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
    /// Say on standard error how long each step took.
    #[arg(long, help_heading = "Output")]
    timings: bool,

    /// End with 0 although something is unknown.
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
}

/// What is sent. ICMP is asked about as ping: echo requests
/// (<https://www.iana.org/assignments/icmp-parameters/>).
fn traffic(args: &MatrixArgs) -> Result<Traffic, Diagnostic> {
    let protocol = args.protocol;
    let asked = match (&args.port, protocol) {
        (Some(ports), Protocol::Tcp | Protocol::Udp) => ports.clone(),
        (Some(_), _) => {
            return Err(
                Diagnostic::error("--port", format!("{} has no ports", protocol.name()))
                    .help("leave --port out; icmp and icmpv6 are asked about as ping"),
            );
        }
        (None, Protocol::Icmp) => Ports::range(8 << 8, 8 << 8),
        (None, Protocol::Icmpv6) => Ports::range(128 << 8, 128 << 8),
        (None, _) => Ports::range(0, u16::MAX),
    };
    let mut traffic = Traffic::new(protocol, asked);
    traffic.client_ports = args.client_ports.clone();
    Ok(traffic)
}

/// Runs `plaudit matrix`.
pub(super) fn run(args: &MatrixArgs, screen: &Screen) -> Result<Status, Stop> {
    let traffic = traffic(args)?;
    inputs::use_threads(args.threads);
    let bar = Bar::new(args.quiet);
    let mut steps = Steps::start(args.timings);
    let Collected {
        snapshot, problems, ..
    } = Reading {
        paths: &args.paths,
        threads: args.threads,
        trust_manifest: args.trust_manifest,
        wanted: None,
        written: None,
    }
    .read(&bar)?;
    steps.done("read");
    bar.say("linking");
    let graph = Graph::build(snapshot);
    steps.done("link");
    bar.say("sorting");
    let question = question(args, &graph, traffic);
    bar.finish();
    let question = question?;
    let unseen = question.targets.iter().any(|target| target.unseen);
    let matrix = Matrix::new(&graph, question);
    steps.done("sort");
    if !args.quiet {
        tell(&problems, screen);
    }
    let pairs = write(args, &graph, &matrix, screen)?;
    steps.done("trace and write");
    Ok(
        if problems
            .iter()
            .any(|problem| problem.level == Level::Mismatch)
        {
            Status::Mismatch
        } else if (pairs.unknown > 0 || unseen) && !args.allow_incomplete {
            Status::Incomplete
        } else {
            Status::Clean
        },
    )
}

/// Finds both sides; all that is wrong with them is said at once.
fn question(args: &MatrixArgs, graph: &Graph, traffic: Traffic) -> Result<Question, Stop> {
    let network = graph.network();
    let mut problems = Vec::new();
    let mut said = |flag: &str, problem: NoPlace| {
        problems.push(Diagnostic::error(flag, problem.message).help(problem.help));
    };
    // Making a finder takes a look at the whole network.
    let finder = (!args.from.is_empty() || !args.to.is_empty()).then(|| Finder::new(graph));
    let mut clients = Vec::new();
    let mut targets: Vec<Target> = Vec::new();
    for text in finder.iter().flat_map(|_| &args.from) {
        match finder.as_ref().map(|finder| finder.interfaces(text, true)) {
            Some(Ok(found)) => {
                let begins = |row: &u32| {
                    let interface = network.interfaces.get(*row as usize);
                    interface.is_some_and(matrix::begins)
                };
                let before = clients.len();
                clients.extend(found.rows.iter().copied().filter(begins));
                if clients.len() == before {
                    said("--from", no_client(text));
                }
            }
            Some(Err(problem)) => said("--from", problem),
            None => {}
        }
    }
    for text in &args.to {
        match finder.as_ref().map(|finder| finder.interfaces(text, false)) {
            Some(Ok(found)) => {
                let whole = found.node.filter(|node| !is_set(node.kind));
                match whole {
                    Some(node) => targets.push(Target {
                        node,
                        interfaces: found.rows,
                        unseen: found.unseen,
                    }),
                    None => targets.extend(matrix::of_interfaces(network, &found.rows)),
                }
            }
            Some(Err(problem)) => said("--to", problem),
            None => {}
        }
    }
    if !problems.is_empty() {
        return Err(Stop::Problems(problems));
    }
    if args.from.is_empty() {
        clients = matrix::clients(network);
    }
    if args.to.is_empty() {
        targets = matrix::endpoints(network);
    }
    let mut seen = std::collections::BTreeSet::new();
    targets.retain(|target| seen.insert(target.node));
    Ok(Question {
        traffic,
        assume: Assume {
            defaults: args.assume_defaults,
        },
        clients,
        targets,
    })
}

fn no_client(text: &str) -> NoPlace {
    NoPlace {
        message: format!("`{text}` has no interface that begins connections"),
        help: "interfaces of endpoints and gateways only carry those of others; name clients"
            .to_owned(),
    }
}

/// Whether a resource is a set of things that are reached one by one.
const fn is_set(kind: Kind) -> bool {
    matches!(kind, Kind::Vpc | Kind::Subnet | Kind::SecurityGroup)
}

fn write(
    args: &MatrixArgs,
    graph: &Graph,
    matrix: &Matrix<'_>,
    screen: &Screen,
) -> Result<PairCounts, Stop> {
    if let Some(file) = args.output.as_deref().filter(|file| *file != "-") {
        let pairs = std::cell::Cell::new(PairCounts::default());
        output::to_file(file, |out| {
            pairs.set(put(args, graph, matrix, &output::PLAIN, out)?);
            Ok(())
        })?;
        return Ok(pairs.get());
    }
    let style = Style {
        color: screen.color,
        width: screen.width,
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let pairs = put(args, graph, matrix, &style, &mut out)?;
    out.flush()?;
    Ok(pairs)
}

fn put(
    args: &MatrixArgs,
    graph: &Graph,
    matrix: &Matrix<'_>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<PairCounts> {
    let mut rows = Rows::new(graph, matrix, args.by);
    let mut writer = Writer::new(args.format, *style);
    writer.begin(env!("CARGO_PKG_VERSION"), &rows.question(), out)?;
    matrix.each(&mut |column| match rows.target(&column) {
        Some((target, found)) => writer.target(&target, &found, out),
        None => Ok(()),
    })?;
    let totals = rows.totals();
    writer.end(&totals, out)?;
    Ok(totals.pairs)
}
