//! `plaudit reach`: can one place reach another, and if not, why.
//!
//! Reads, asks the graph, writes; the exit code is the verdict. What places are
//! and how traffic flows is the graph's work.

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use clap::Args;

use super::inputs::{self, Reading};
use super::output;
use super::progress::{Bar, Steps};
use super::{Screen, Status, Stop};
use crate::collect::{self, Collected, Level};
use crate::diagnostic::Diagnostic;
use crate::findings::path::{Analysis, Reach};
use crate::graph::Graph;
use crate::graph::ports::Ports;
use crate::graph::reach::answer;
use crate::graph::reach::flow::{Assume, Protocol, Traffic};
use crate::graph::reach::place::{self, FORMS, NoPlace, Place};
use crate::report::Style;
use crate::report::path::{self, Format};
use crate::rules;

/// Exit codes of `plaudit reach`.
const EXIT_CODES: &str = "Exit codes: 0 reachable · 1 blocked, or only partly reachable · 2 usage or internal error · \
3 unknown: what decides is not in the snapshot · 4 integrity mismatch";

/// Flags of `plaudit reach`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
#[command(after_help = EXIT_CODES)]
pub(super) struct ReachArgs {
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

    /// Where traffic begins: eni-…, i-…, subnet-…, sg-…, vpc-…, vpce-…, a cache
    /// or load balancer by name or ARN, 10.0.1.5 or 10.0.0.0/16 (with @vpc-…
    /// where several have it), internet, internet:8.8.8.8,
    /// onprem:10.1.0.0/16@vgw-… or @tgw-attach-….
    #[arg(long, value_name = "PLACE", help_heading = "Question")]
    from: String,
    /// Where it is meant for: the same, or a DNS name.
    #[arg(long, value_name = "PLACE", help_heading = "Question")]
    to: String,
    /// Destination ports: 443, 8000-8080, or several with commas.
    #[arg(long, value_name = "PORTS", value_parser = ports, help_heading = "Question")]
    port: Option<Ports>,
    /// tcp, udp, icmp, icmpv6 (both as ping), or an IANA number.
    #[arg(long, default_value = "tcp", value_parser = protocol, help_heading = "Question")]
    protocol: Protocol,
    /// Ports that clients send from, which replies must reach: Linux uses
    /// 32768-60999, Windows 49152-65535, NAT gateways and load balancers
    /// 1024-65535.
    #[arg(long, value_name = "PORTS", default_value = "1024-65535", value_parser = ports, help_heading = "Question")]
    client_ports: Ports,
    /// Take what was not collected to be as AWS makes it: network ACLs admit
    /// everything, Block Public Access is off, VPN tunnels are up. The answer
    /// lists what was assumed.
    #[arg(long, help_heading = "Question")]
    assume_defaults: bool,

    /// How to write the answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
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
}

/// Reads `443`, `8000-8080`, or several of them with commas.
fn ports(text: &str) -> Result<Ports, String> {
    let expected = || "expected ports from 0 to 65535, such as 443, 8000-8080 or 80,443".to_owned();
    let number = |text: &str| text.trim().parse::<u16>().map_err(|_| expected());
    let mut ports = Ports::default();
    for part in text.split(',') {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        let (low, high) = (number(low)?, number(high)?);
        if low > high {
            return Err(format!("{low}-{high} is the wrong way round"));
        }
        ports.insert(low, high);
    }
    Ok(ports)
}

fn protocol(text: &str) -> Result<Protocol, String> {
    Protocol::parse(text)
        .ok_or_else(|| "expected tcp, udp, icmp, icmpv6 or a number from 0 to 255".to_owned())
}

/// What is sent. ICMP is asked about as ping: echo requests
/// (<https://www.iana.org/assignments/icmp-parameters/>).
fn traffic(args: &ReachArgs) -> Result<Traffic, Diagnostic> {
    let protocol = args.protocol;
    let asked = match (&args.port, protocol) {
        (Some(ports), Protocol::Tcp | Protocol::Udp) => ports.clone(),
        (None, Protocol::Tcp | Protocol::Udp) => {
            return Err(Diagnostic::error(
                "--port",
                format!("{} needs to know which ports", protocol.name()),
            )
            .help("give --port 443, or --port 0-65535 for all"));
        }
        (Some(_), _) => {
            return Err(
                Diagnostic::error("--port", format!("{} has no ports", protocol.name()))
                    .help("leave --port out; icmp and icmpv6 are asked about as ping"),
            );
        }
        (None, Protocol::Icmp) => Ports::range(8 << 8, 8 << 8),
        (None, Protocol::Icmpv6) => Ports::range(128 << 8, 128 << 8),
        (None, Protocol::Other(_)) => Ports::range(0, u16::MAX),
    };
    let mut traffic = Traffic::new(protocol, asked);
    traffic.client_ports = args.client_ports.clone();
    Ok(traffic)
}

/// Runs `plaudit reach`.
pub(super) fn run(args: &ReachArgs, screen: &Screen) -> Result<Status, Stop> {
    let traffic = traffic(args)?;
    inputs::use_threads(args.threads);
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
        wanted: None,
    }
    .read(&bar)?;
    steps.done("read");
    bar.say("linking");
    let graph = Graph::build(snapshot);
    steps.done("link");
    bar.say("tracing");
    let asked = ask(args, &graph, traffic);
    bar.finish();
    let answer = asked?;
    steps.done("trace");
    let analysis = rules::analysis(&graph, &answer, Vec::new(), &locator);
    if !args.quiet {
        tell(&problems, screen);
    }
    write(args, &analysis, screen)?;
    steps.done("write");
    Ok(status(&analysis, &problems))
}

/// Finds both places and answers; all that is wrong with them is said at once.
fn ask(args: &ReachArgs, graph: &Graph, traffic: Traffic) -> Result<answer::Answer, Stop> {
    let said =
        |flag: &str, problem: NoPlace| Diagnostic::error(flag, problem.message).help(problem.help);
    let from = place::source(graph, &args.from);
    let nowhere = Place::default();
    let to = place::destination(graph, &args.to, from.as_ref().unwrap_or(&nowhere));
    let (from, to) = match (from, to) {
        (Ok(from), Ok(to)) => (from, to),
        (from, to) => {
            let from = from.err().map(|problem| said("--from", problem));
            let to = to.err().map(|problem| said("--to", problem));
            return Err(Stop::Problems(from.into_iter().chain(to).collect()));
        }
    };
    let assume = Assume {
        defaults: args.assume_defaults,
    };
    answer::answer(graph, from, to, traffic, assume).map_err(|_same| {
        Diagnostic::error("--to", "source and destination are the same interface")
            .help(format!("give another place: {FORMS}"))
            .into()
    })
}

/// What was wrong with the input: an answer may rest on less than was given.
fn tell(problems: &[collect::Problem], screen: &Screen) {
    let told: Vec<Diagnostic> = problems
        .iter()
        .filter(|problem| matches!(problem.level, Level::Incomplete | Level::Mismatch))
        .map(|problem| {
            let file = problem.file.clone();
            let diagnostic = Diagnostic::error(file, problem.message.clone()).warning();
            match &problem.help {
                Some(help) => diagnostic.help(help.clone()),
                None => diagnostic,
            }
        })
        .collect();
    screen.problems(&told);
}

fn write(args: &ReachArgs, analysis: &Analysis, screen: &Screen) -> Result<(), Stop> {
    let version = env!("CARGO_PKG_VERSION");
    let format = args.format;
    if let Some(file) = args.output.as_deref().filter(|file| *file != "-") {
        return output::to_file(file, |out| {
            path::write(format, version, analysis, &output::PLAIN, out)
        });
    }
    let style = Style {
        color: screen.color,
        width: screen.width,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    path::write(format, version, analysis, &style, &mut out)?;
    out.flush()?;
    Ok(())
}

fn status(analysis: &Analysis, problems: &[collect::Problem]) -> Status {
    if problems
        .iter()
        .any(|problem| problem.level == Level::Mismatch)
    {
        return Status::Mismatch;
    }
    match analysis.verdict {
        Reach::Reachable => Status::Clean,
        Reach::Blocked | Reach::Partial => Status::Findings,
        Reach::Unknown => Status::Incomplete,
    }
}

#[cfg(test)]
mod tests {
    use super::ports;

    #[test]
    fn ports_are_numbers_ranges_and_lists() {
        assert_eq!(ports("443").unwrap().to_string(), "443");
        assert_eq!(ports("8000-8080, 80").unwrap().to_string(), "80, 8000-8080");
        for bad in ["", "http", "65536", "9-1", "1-2-3", "80,", "-1"] {
            assert!(ports(bad).is_err(), "{bad}");
        }
    }
}
