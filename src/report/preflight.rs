//! What is there before a connection is made, for people and for programs.
//!
//! May use only [`findings`](crate::findings) and the lines of the text report.
//! Names and tags are written by strangers and never printed raw.

use std::io::{self, Write};

use serde::Serialize;

use super::layout::{Layout, Role};
use super::{Style, visible};
use crate::findings::{Candidate, Fit, Preflight};

/// Name and version of the JSON format; `docs/schema/preflight.schema.json`.
const FORMAT: &str = "plaudit-preflight/1";

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For terminals: what serves, what is missing, then the commands
    Text,
    /// The commands alone, for a POSIX shell
    Cli,
    /// Terraform alone
    Terraform,
    /// For programs; docs/schema/preflight.schema.json
    Json,
}

#[derive(Serialize)]
struct Document<'r> {
    format: &'static str,
    #[serde(flatten)]
    report: &'r Preflight,
}

/// Writes it, and flushes `out`.
///
/// # Errors
/// Those of `out`.
pub fn write(
    format: Format,
    report: &Preflight,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text(report, style, out)?,
        Format::Cli => {
            for command in &report.commands {
                writeln!(out, "{command}")?;
            }
        }
        Format::Terraform => out.write_all(report.terraform.as_bytes())?,
        Format::Json => {
            let document = Document {
                format: FORMAT,
                report,
            };
            let json = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
            writeln!(out, "{}", visible::json(&json))?;
        }
    }
    out.flush()
}

fn text(report: &Preflight, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(out, style);
    let vpc = match &report.vpc_name {
        Some(name) => format!("{} ({})", report.vpc, name),
        None => report.vpc.clone(),
    };
    let place = [report.region.as_str(), report.account.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|text| !text.is_empty()).collect();
    let head = format!("{} in {vpc}, {}", report.title, place.join(", "));
    page.wrapped("", Role::Strong, &visible::line(&head), "")?;
    let asked = [
        ("ports", report.ports.clone()),
        ("clients", report.clients.join(", ")),
    ];
    for (label, value) in asked.iter().filter(|(_, value)| !value.is_empty()) {
        page.wrapped(
            &format!("{label:9}"),
            Role::Frame,
            &visible::line(value),
            "         ",
        )?;
    }
    for line in &report.inferred {
        page.wrapped("note     ", Role::Note, &visible::line(line), "         ")?;
    }
    section(&mut page, "settings", &report.settings)?;
    section(&mut page, "subnets", &report.subnets)?;
    section(&mut page, "security groups", &report.groups)?;
    if report.groups_left > 0 {
        let left = report.groups_left;
        let line = format!("{left} more do not let all clients in");
        page.wrapped("  ", Role::Plain, &line, "  ")?;
    }
    if !report.missing.is_empty() {
        page.line(&[])?;
        page.wrapped("", Role::Strong, "missing", "")?;
        for line in &report.missing {
            page.wrapped("  - ", Role::Error, &visible::line(line), "    ")?;
        }
    }
    for (title, lines) in [
        ("commands", report.commands.clone()),
        (
            "terraform",
            report.terraform.lines().map(str::to_owned).collect(),
        ),
    ] {
        if lines.is_empty() {
            continue;
        }
        page.line(&[])?;
        page.wrapped("", Role::Strong, title, "")?;
        for line in &lines {
            // Not wrapped: it is there to be copied.
            page.line(&[(Role::Plain, &format!("  {}", visible::line(line)))])?;
        }
    }
    page.line(&[])?;
    let (role, words) = match report.verdict.as_str() {
        "ready" => (Role::Strong, "ready: nothing stands in the way"),
        "unknown" => (Role::Warning, "unknown: what decides was not collected"),
        _ => (Role::Error, "not ready: see what is missing"),
    };
    page.wrapped("", role, words, "")
}

fn section(page: &mut Layout<'_>, title: &str, candidates: &[Candidate]) -> io::Result<()> {
    if candidates.is_empty() {
        return Ok(());
    }
    page.line(&[])?;
    page.wrapped("", Role::Strong, title, "")?;
    for one in candidates {
        let (mark, role) = match (one.fit, one.chosen) {
            (Fit::Fits, true) => ("use ", Role::Strong),
            (Fit::Fits, false) => ("ok  ", Role::Plain),
            (Fit::DoesNotFit, _) => ("no  ", Role::Error),
            (Fit::Unknown, _) => ("?   ", Role::Warning),
        };
        let name = one.name.iter().map(|name| format!("({name})"));
        let words: Vec<String> = std::iter::once(one.id.clone())
            .chain(name)
            .chain(one.zone.clone())
            .collect();
        let mut text = words.join(" ");
        if !one.why.is_empty() {
            text.push_str(": ");
            text.push_str(&one.why.join("; "));
        }
        page.wrapped(&format!("  {mark}"), role, &visible::line(&text), "      ")?;
        for reason in &one.reasons {
            let settle = reason.call.as_ref().map(|call| format!("; settle: {call}"));
            let line = format!("not seen: {}{}", reason.what, settle.unwrap_or_default());
            page.wrapped("      ", Role::Note, &visible::line(&line), "      ")?;
        }
    }
    Ok(())
}
