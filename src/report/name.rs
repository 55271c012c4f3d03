//! What a name resolves to, for people and for programs.
//!
//! May use only [`findings`](crate::findings) and the lines of the text report.
//! Nothing is printed raw, since names of zones and tags are written by
//! strangers.

use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use super::layout::{Layout, Role};
use super::text::rule;
use super::visible;
use crate::findings::{NameReport, NameStep};

/// Name and version of the JSON format; `docs/schema/resolution.schema.json`.
const FORMAT: &str = "plaudit-resolution/1";

/// How a resolution is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum NameFormat {
    /// For terminals: the steps, then the answer
    Text,
    /// For programs; docs/schema/resolution.schema.json
    Json,
}

#[derive(Serialize)]
struct Document<'r> {
    format: &'static str,
    #[serde(flatten)]
    report: &'r NameReport,
}

/// Writes a resolution, and flushes `out`.
///
/// # Errors
/// Those of `out`.
pub fn write_name(
    format: NameFormat,
    report: &NameReport,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        NameFormat::Text => text(report, style, out)?,
        NameFormat::Json => {
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

fn text(report: &NameReport, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(out, style);
    let vpc = match &report.vpc_name {
        Some(name) => format!("{} ({})", report.vpc, visible::line(name)),
        None => report.vpc.clone(),
    };
    let question = format!("{} in {vpc}", report.kind);
    page.wrapped(
        &format!("{} ", report.name),
        Role::Strong,
        &question,
        "    ",
    )?;
    let mut before: Option<&NameStep> = None;
    for (number, step) in report.steps.iter().enumerate() {
        page.line(&[(Role::Frame, "   |")])?;
        let moved = before.is_none_or(|before| before.vpc != step.vpc || before.name != step.name);
        if moved && number > 0 {
            let place = format!("{} in {}", step.name, step.vpc);
            page.wrapped("   |  ", Role::Frame, &visible::line(&place), "   |  ")?;
        }
        one(&mut page, number + 1, step)?;
        before = Some(step);
    }
    page.line(&[(Role::Frame, "   |")])?;
    answer(&mut page, report)
}

fn one(page: &mut Layout<'_>, number: usize, step: &NameStep) -> io::Result<()> {
    let (word, role) = match step.outcome.as_str() {
        "pass" => ("", Role::Plain),
        "fail" => ("no: ", Role::Error),
        "unknown" => ("unknown: ", Role::Warning),
        _ => ("note: ", Role::Note),
    };
    let label = format!("{number:2} |  {word}");
    page.wrapped(&label, role, &visible::line(&step.detail), "   |  ")?;
    if let (Some(code), Some(meaning)) = (&step.code, &step.meaning) {
        let text = format!("{code}: {meaning}");
        page.wrapped("   |  ", Role::Frame, &text, "   |  ")?;
    }
    rule::evidence(page, &step.facts)?;
    for reason in &step.reasons {
        let label = format!("   |  {}: ", rule::reason_name(reason.code));
        page.wrapped(
            &label,
            Role::Frame,
            &visible::line(&reason.what),
            "   |      ",
        )?;
        if let Some(call) = &reason.call {
            let call = visible::line(call);
            page.wrapped("   |      settle: ", Role::Frame, &call, "   |          ")?;
        }
    }
    Ok(())
}

fn answer(page: &mut Layout<'_>, report: &NameReport) -> io::Result<()> {
    let rest = "             ";
    for address in &report.addresses {
        let from = [&address.from, &address.interface];
        let from: Vec<&str> = from.into_iter().flatten().map(String::as_str).collect();
        let from = if from.is_empty() {
            String::new()
        } else {
            format!("  ({})", from.join(", "))
        };
        let shown = format!("{}{from}", address.ip);
        page.wrapped("   = answer:  ", Role::Good, &visible::line(&shown), rest)?;
    }
    if report.addresses.is_empty() && !report.ends.is_empty() {
        let ends = report.ends.join(", ");
        page.wrapped("   = leads to: ", Role::Frame, &visible::line(&ends), rest)?;
    }
    let role = match report.verdict.as_str() {
        "answered" => Role::Good,
        "unknown" | "public" => Role::Warning,
        _ => Role::Error,
    };
    page.wrapped("   = means:   ", role, &report.meaning, rest)?;
    for assumed in &report.assumptions {
        page.wrapped("   = assumed: ", Role::Frame, &assumed.meaning, rest)?;
    }
    Ok(())
}
