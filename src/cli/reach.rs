//! `plaudit reach`: can one place reach another, and if not, why.
//!
//! Reads, asks the graph, writes; the exit code is the verdict. What places are
//! and how traffic flows is the graph's work.

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::compare;
use super::inputs::{self, Reading};
use super::output;
use super::progress::{Bar, Steps};
use super::{Screen, Status, Stop};
use crate::collect::{self, Collected, Level, Locator};
use crate::diagnostic::Diagnostic;
use crate::findings::comparison::Comparison;
use crate::findings::insights::Analyses;
use crate::findings::path::{Analysis, Reach};
use crate::graph::Graph;
use crate::graph::ports::Ports;
use crate::graph::reach::answer;
use crate::graph::reach::flow::{Assume, Protocol, Traffic};
use crate::graph::reach::place::{self, FORMS, NoPlace, Place};
use crate::report::{Style, analyzer, comparison, path};
use crate::rules;

/// Exit codes of `plaudit reach`.
const EXIT_CODES: &str = "Exit codes: 0 reachable · 1 blocked, or only partly reachable · 2 usage or internal error · \
3 unknown: what decides is not in the snapshot · 4 integrity mismatch. With --compare: 0 all agree · 1 some differ · \
3 some cannot be compared";

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
    #[arg(
        long,
        value_name = "PLACE",
        required_unless_present = "compare",
        help_heading = "Question"
    )]
    from: Option<String>,
    /// Where it is meant for: the same, or a DNS name.
    #[arg(
        long,
        value_name = "PLACE",
        required_unless_present = "compare",
        help_heading = "Question"
    )]
    to: Option<String>,
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
    /// Ask what AWS's Reachability Analyzer was asked, and compare: output of
    /// `aws ec2 describe-network-insights-analyses`, and of
    /// `describe-network-insights-paths` beside it; may be given several times.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["from", "to", "port", "protocol", "client_ports"],
        help_heading = "Question"
    )]
    compare: Vec<PathBuf>,

    /// How to write the answer.
    #[arg(short, long, value_enum, default_value_t = Form::Text, help_heading = "Output")]
    format: Form,
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

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For terminals: the path hop by hop, and every blocker
    Text,
    /// For programs: everything, versioned; docs/schema/reach.schema.json
    Json,
    /// For programs that read `aws ec2 describe-network-insights-analyses`
    Analyzer,
}

/// Reads `443`, `8000-8080`, or several of them with commas.
pub(super) fn ports(text: &str) -> Result<Ports, String> {
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

pub(super) fn protocol(text: &str) -> Result<Protocol, String> {
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
    let question = if args.compare.is_empty() {
        Question::Path(traffic(args)?)
    } else {
        Question::Analyses(compare::read(&args.compare, args.format == Form::Analyzer)?)
    };
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
        written: None,
    }
    .read(&bar)?;
    steps.done("read");
    bar.say("linking");
    let graph = Graph::build(snapshot);
    steps.done("link");
    bar.say("tracing");
    let outcome = match question {
        Question::Path(traffic) => path(args, &graph, traffic, &locator),
        Question::Analyses(asked) => Ok(Written::Comparison(compare::answer(
            &graph,
            &asked,
            assume(args),
        ))),
    };
    bar.finish();
    let written = outcome?;
    steps.done("trace");
    if !args.quiet {
        tell(&problems, screen);
    }
    written.write(args, screen)?;
    steps.done("write");
    if problems
        .iter()
        .any(|problem| problem.level == Level::Mismatch)
    {
        return Ok(Status::Mismatch);
    }
    Ok(written.status())
}

/// What is asked.
enum Question {
    /// About one path.
    Path(Traffic),
    /// What AWS was asked.
    Analyses(rules::Asked),
}

/// What is written.
enum Written {
    /// An answer about a path.
    Path(Box<Analysis>),
    /// The same as AWS would write it, and the verdict.
    Insights(Analyses, Reach),
    /// A comparison with answers of AWS.
    Comparison(Comparison),
}

impl Written {
    fn write(&self, args: &ReachArgs, screen: &Screen) -> Result<(), Stop> {
        if let Some(file) = args.output.as_deref().filter(|file| *file != "-") {
            return output::to_file(file, |out| self.put(args.format, &output::PLAIN, out));
        }
        let style = Style {
            color: screen.color,
            width: screen.width,
        };
        let mut out = BufWriter::new(io::stdout().lock());
        self.put(args.format, &style, &mut out)?;
        out.flush()?;
        Ok(())
    }

    fn put(&self, form: Form, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        match self {
            Self::Path(analysis) => {
                let format = match form {
                    Form::Text => path::Format::Text,
                    Form::Json | Form::Analyzer => path::Format::Json,
                };
                path::write(format, env!("CARGO_PKG_VERSION"), analysis, style, out)
            }
            Self::Insights(analyses, _) => analyzer::write(analyses, out),
            Self::Comparison(comparison) => {
                let format = match form {
                    Form::Text => comparison::Format::Text,
                    Form::Json | Form::Analyzer => comparison::Format::Json,
                };
                comparison::write(format, comparison, style, out)
            }
        }
    }

    const fn status(&self) -> Status {
        match self {
            Self::Path(analysis) => status(analysis.verdict),
            Self::Insights(_, verdict) => status(*verdict),
            Self::Comparison(comparison) => compare::status(comparison),
        }
    }
}

const fn assume(args: &ReachArgs) -> Assume {
    Assume {
        defaults: args.assume_defaults,
    }
}

/// Answers one question, in the form that is wanted.
fn path(
    args: &ReachArgs,
    graph: &Graph,
    traffic: Traffic,
    locate: &Locator,
) -> Result<Written, Stop> {
    let answer = ask(args, graph, traffic)?;
    let (changes, notes) = rules::changes(graph, &answer);
    let mut analysis = rules::analysis(graph, &answer, changes, locate);
    analysis.notes.extend(notes);
    if args.format != Form::Analyzer {
        return Ok(Written::Path(Box::new(analysis)));
    }
    let insights = rules::insights_of(graph, &answer);
    Ok(Written::Insights(insights, analysis.verdict))
}

/// Finds both places and answers; all that is wrong with them is said at once.
fn ask(args: &ReachArgs, graph: &Graph, traffic: Traffic) -> Result<answer::Answer, Stop> {
    let said =
        |flag: &str, problem: NoPlace| Diagnostic::error(flag, problem.message).help(problem.help);
    // Both are there: `required_unless_present`.
    let named = |place: &Option<String>| place.clone().unwrap_or_default();
    let from = place::source(graph, &named(&args.from));
    let nowhere = Place::default();
    let to = place::destination(graph, &named(&args.to), from.as_ref().unwrap_or(&nowhere));
    let (from, to) = match (from, to) {
        (Ok(from), Ok(to)) => (from, to),
        (from, to) => {
            let from = from.err().map(|problem| said("--from", problem));
            let to = to.err().map(|problem| said("--to", problem));
            return Err(Stop::Problems(from.into_iter().chain(to).collect()));
        }
    };
    answer::answer(graph, from, to, traffic, assume(args)).map_err(|_same| {
        Diagnostic::error("--to", "source and destination are the same interface")
            .help(format!("give another place: {FORMS}"))
            .into()
    })
}

/// What was wrong with the input: an answer may rest on less than was given.
pub(super) fn tell(problems: &[collect::Problem], screen: &Screen) {
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

const fn status(verdict: Reach) -> Status {
    match verdict {
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
