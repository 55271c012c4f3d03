//! `plaudit resolve`: what a name resolves to inside a VPC, and why.
//!
//! Reads, links, asks and writes; each is one call of a stage. The exit code is
//! decided here.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use super::inputs::Reading;
use super::progress::Bar;
use super::{Screen, Status, Stop};
use crate::collect::{self, Collected, Level};
use crate::diagnostic::Diagnostic;
use crate::findings::{Assumed, NameAddress, NameReport, NameStep};
use crate::graph::dns::{self, Address, Given, Name, RecordType, Resolution, Verdict};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{Component, Outcome};
use crate::graph::{Graph, Node};
use crate::report::{self, NameFormat, Style};
use crate::rules;
use crate::rules::expression::suggest;
use crate::snapshot::provenance::Locate;
use crate::snapshot::record::Kind;

/// Flags of `plaudit resolve`.
#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub(super) struct ResolveArgs {
    /// The name, as a client would ask for it.
    name: String,
    /// Folders, files or packed snapshots; `-` reads one JSON document from
    /// standard input.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The VPC in which the client is: its id, or its Name tag.
    #[arg(long)]
    vpc: String,
    /// What to ask for.
    #[arg(long = "type", value_enum, ignore_case = true, default_value_t = Asked::A)]
    kind: Asked,
    /// The name must lead there and nowhere else: an address, a block or an
    /// endpoint; may be given several times.
    #[arg(long, value_name = "WHERE")]
    expect: Vec<String>,
    /// Answers of public DNS, which no snapshot holds: JSON of the form
    /// `{"name": ["198.51.100.7"]}`.
    #[arg(long, value_name = "FILE")]
    resolutions: Option<PathBuf>,
    /// How to write it.
    #[arg(short, long, value_enum, default_value_t = NameFormat::Text)]
    format: NameFormat,
    /// No progress and no notes on standard error.
    #[arg(short, long)]
    quiet: bool,
}

const CODES: &str = "Exit codes: 0 resolves (and, with --expect, to nothing else) · 1 does not · 2 usage or input error · \
3 what decides is not in the snapshot · 4 integrity mismatch";

/// Types of records that may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Asked {
    /// IPv4 addresses.
    #[value(name = "A")]
    A,
    /// IPv6 addresses.
    #[value(name = "AAAA")]
    Aaaa,
}

/// Where a name must lead.
enum Expected {
    Block(IpNet),
    Endpoint(String),
}

/// Largest file of resolutions.
const MOST_BYTES: u64 = 32 << 20;

/// Runs `plaudit resolve`.
pub(super) fn run(args: &ResolveArgs, screen: &Screen) -> Result<Status, Stop> {
    let mut wrong = Vec::new();
    let name = Name::parse(&args.name)
        .map_err(|error| {
            let shown = report::visible::line(&args.name);
            let problem = Diagnostic::error("NAME", format!("`{shown}` is no name: {error}"));
            wrong.push(problem.help("give a domain name such as db.shop.example"));
        })
        .ok();
    let expected = expected(&args.expect, &mut wrong);
    let given = match &args.resolutions {
        Some(path) => read_given(path, &mut wrong),
        None => Given::default(),
    };
    let (Some(name), true) = (name, wrong.is_empty()) else {
        return Err(Stop::Problems(wrong));
    };
    let bar = Bar::new(args.quiet);
    let wanted = Arc::new(rules::wanted_by("resolves_to"));
    let Collected {
        snapshot,
        problems,
        locator,
    } = Reading {
        paths: &args.paths,
        threads: None,
        trust_manifest: false,
        wanted: Some(Arc::clone(&wanted)),
        written: None,
    }
    .read(&bar)?;
    bar.finish();
    if !args.quiet {
        screen.problems(&notes(&problems));
    }
    let graph = Graph::build_for(snapshot, Some(&wanted));
    let vpc = find(&graph, &args.vpc)?;
    let kind = match args.kind {
        Asked::A => RecordType::A,
        Asked::Aaaa => RecordType::Aaaa,
    };
    let found = dns::resolve_with(&graph, vpc, &name, kind, &given);
    let mismatch = problems
        .iter()
        .any(|problem| problem.level == Level::Mismatch);
    let astray = astray(&graph, &found, &expected);
    let status = status(&found, astray.is_some(), mismatch, !expected.is_empty());
    let mut report = describe(&graph, &locator, &found);
    report.exit = status as u8;
    report.steps.extend(astray);
    if report
        .steps
        .last()
        .is_some_and(|step| step.outcome == "fail")
        && status == Status::Findings
    {
        let last = report.steps.last().and_then(|step| step.code.clone());
        report.code = report.code.or(last);
    }
    let style = Style {
        color: screen.color,
        width: screen.width,
    };
    report::write_name(args.format, &report, &style, &mut io::stdout().lock())?;
    Ok(status)
}

/// 4 before 1 before 3.
fn status(found: &Resolution, astray: bool, mismatch: bool, expects: bool) -> Status {
    match found.verdict {
        _ if mismatch => Status::Mismatch,
        _ if astray => Status::Findings,
        Verdict::NoAnswer(_) => Status::Findings,
        Verdict::Public if expects => Status::Findings,
        Verdict::Unknown => Status::Incomplete,
        Verdict::Answered | Verdict::Public => Status::Clean,
    }
}

/// What is wrong with the input, for standard error.
fn notes(problems: &[collect::Problem]) -> Vec<Diagnostic> {
    problems
        .iter()
        .filter(|problem| problem.level <= Level::Incomplete)
        .map(|problem| {
            let message = report::visible::line(&problem.message).into_owned();
            let file = report::visible::line(&problem.file).into_owned();
            let diagnostic = Diagnostic::error(file, message).warning();
            match &problem.help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            }
        })
        .collect()
}

fn expected(texts: &[String], wrong: &mut Vec<Diagnostic>) -> Vec<Expected> {
    let mut found = Vec::new();
    for text in texts {
        let block = text.parse::<IpNet>().ok();
        let block = block.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        match block {
            Some(block) => found.push(Expected::Block(block)),
            None if text.starts_with("vpce-") => found.push(Expected::Endpoint(text.clone())),
            None => {
                let shown = report::visible::line(text);
                let message = format!("`{shown}` is neither an address, a block nor an endpoint");
                let problem = Diagnostic::error("--expect", message);
                wrong.push(problem.help("give 10.0.0.7, 10.0.0.0/24 or vpce-…"));
            }
        }
    }
    found
}

/// Reads `{"name": ["198.51.100.7"]}`; all that is wrong with it at once.
#[expect(clippy::disallowed_methods, reason = "a file that a flag names")]
fn read_given(path: &Path, wrong: &mut Vec<Diagnostic>) -> Given {
    const HELP: &str = "give JSON of the form {\"name\": [\"198.51.100.7\"]}";
    let mut given = Given::default();
    let file = path.display().to_string();
    let mut problem = |message: String| {
        wrong.push(Diagnostic::error(file.clone(), message).help(HELP));
    };
    let size = std::fs::metadata(path).map(|known| known.len());
    if size.as_ref().is_ok_and(|size| *size > MOST_BYTES) {
        problem(format!("it has more than {MOST_BYTES} bytes"));
        return given;
    }
    let names: BTreeMap<String, Vec<String>> = match std::fs::read_to_string(path) {
        Err(error) => {
            problem(format!("cannot be read: {error}"));
            return given;
        }
        Ok(text) => match serde_json::from_str(&text) {
            Err(error) => {
                problem(format!("is not as it should be: {error}"));
                return given;
            }
            Ok(names) => names,
        },
    };
    for (name, texts) in names {
        let shown = report::visible::line(&name).into_owned();
        let mut addresses = Vec::new();
        for text in texts {
            if let Ok(address) = text.parse::<IpAddr>() {
                addresses.push(address);
            } else {
                let text = report::visible::line(&text);
                problem(format!("`{text}` of `{shown}` is no address"));
            }
        }
        match Name::parse(&name) {
            Ok(name) => given.insert(name, addresses),
            Err(error) => problem(format!("`{shown}` is no name: {error}")),
        }
    }
    given
}

/// The VPC by its id, or by a name that only it has.
fn find(graph: &Graph, text: &str) -> Result<Node, Stop> {
    if let Some(vpc) = graph.find(Kind::Vpc, text, None) {
        return Ok(vpc);
    }
    let named: Vec<Node> = graph
        .nodes(Kind::Vpc)
        .filter(|vpc| graph.tag(*vpc, "Name") == Some(text))
        .collect();
    if let [vpc] = named.as_slice() {
        return Ok(*vpc);
    }
    let shown = report::visible::line(text);
    if named.is_empty() {
        let known: Vec<String> = graph.nodes(Kind::Vpc).map(|vpc| graph.id(vpc)).collect();
        let tags = graph
            .nodes(Kind::Vpc)
            .filter_map(|vpc| graph.tag(vpc, "Name"));
        let known = known.iter().map(String::as_str).chain(tags);
        let help = report::visible::line(&suggest::among(text, known)).into_owned();
        let problem = Diagnostic::error("--vpc", format!("there is no VPC `{shown}` in the input"));
        return Err(problem.help(help).into());
    }
    let mut ids: Vec<String> = named.iter().map(|vpc| graph.id(*vpc)).collect();
    ids.sort();
    let message = format!("{} VPCs have the name `{shown}`", ids.len());
    let problem = Diagnostic::error("--vpc", message);
    Err(problem
        .help(format!("give one of {}", ids.join(", ")))
        .into())
}

/// A step that says that a name leads to something that was not expected.
fn astray(graph: &Graph, found: &Resolution, expected: &[Expected]) -> Option<NameStep> {
    let meant = |address: &Address| {
        expected.iter().any(|one| match one {
            Expected::Block(block) => block.contains(&address.ip),
            Expected::Endpoint(id) => address.from.is_some_and(|from| graph.id(from) == *id),
        })
    };
    if expected.is_empty() || found.addresses.iter().all(meant) {
        return None;
    }
    let others = found.addresses.iter().filter(|address| !meant(address));
    let others: Vec<String> = others.map(|address| address.ip.to_string()).collect();
    let code = Code::DnsResolvesElsewhere;
    Some(NameStep {
        outcome: "fail".to_owned(),
        vpc: graph.id(found.vpc),
        name: found.name.to_string(),
        component: shown(graph, &Component::Resource(found.vpc)),
        detail: format!("{} is not among what was expected", others.join(", ")),
        code: Some(code.name().to_owned()),
        meaning: Some(code.text().to_owned()),
        facts: Vec::new(),
        reasons: Vec::new(),
    })
}

fn shown(graph: &Graph, component: &Component) -> String {
    match component {
        Component::Resource(node) => format!("{} {}", node.kind.spec().name, graph.id(*node)),
        Component::Named(name) => name.clone(),
        Component::Internet => "internet".to_owned(),
        Component::OnPremises => "on-premises".to_owned(),
    }
}

/// The resolution in the words of reports.
fn describe(graph: &Graph, locate: &dyn Locate, found: &Resolution) -> NameReport {
    let id = |node: Option<Node>| node.map(|node| graph.id(node));
    let scope = graph.scope(found.vpc);
    let mut addresses: Vec<NameAddress> = found
        .addresses
        .iter()
        .map(|address| NameAddress {
            ip: address.ip.to_string(),
            from: id(address.from),
            interface: id(address.interface),
        })
        .collect();
    addresses.sort_by_key(|one| (one.ip.parse::<IpAddr>().ok(), one.clone()));
    let mut ends: Vec<String> = found.ends.iter().map(|node| graph.id(*node)).collect();
    ends.sort();
    let steps = found.steps.iter().map(|step| NameStep {
        outcome: match step.outcome {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Unknown => "unknown",
            Outcome::Note => "note",
        }
        .to_owned(),
        vpc: graph.id(step.vpc),
        name: step.name.to_string(),
        component: shown(graph, &step.component),
        detail: step.detail.clone(),
        code: step.code.map(|code| code.name().to_owned()),
        meaning: step.code.map(|code| code.text().to_owned()),
        facts: rules::evidence(graph, locate, &step.evidence),
        reasons: step
            .needs
            .iter()
            .map(|need| rules::reason(graph, need))
            .collect(),
    });
    NameReport {
        name: found.name.to_string(),
        kind: found.kind.name().to_owned(),
        vpc: graph.id(found.vpc),
        vpc_name: graph.tag(found.vpc, "Name").map(str::to_owned),
        account: graph.account(found.vpc),
        region: scope.region,
        verdict: found.verdict.name().to_owned(),
        meaning: found.verdict.text().to_owned(),
        code: found.code().map(|code| code.name().to_owned()),
        addresses,
        ends,
        steps: steps.collect(),
        assumptions: found
            .assumptions
            .iter()
            .map(|one| Assumed {
                name: one.name().to_owned(),
                meaning: one.text().to_owned(),
            })
            .collect(),
        exit: 0,
    }
}
