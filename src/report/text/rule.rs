//! One rule's findings in the shape that compilers made familiar.
//!
//! May use only [`findings`](crate::findings) and the layout. Every text of the
//! input passes [`visible`](super::super::visible) here, and long ones are cut; paths of files are not.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use unicode_width::UnicodeWidthStr as _;

use super::super::layout::{Layout, Role, pad, plural};
use super::super::visible;
use super::group::Group;
use crate::findings::{
    Fact, Finding, ReasonCode, Report, Resource, RuleSummary, Severity, SourceLine, Verdict,
};

/// Facts of one finding that are shown.
const FACTS: usize = 6;
/// Characters of a name or value, and of a message.
const VALUE: usize = 120;
const MESSAGE: usize = 480;

pub(super) const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Info => "info",
    }
}

pub(in crate::report) const fn reason_name(code: ReasonCode) -> &'static str {
    match code {
        ReasonCode::NotCollected => "not collected",
        ReasonCode::Denied => "denied",
        ReasonCode::OwnedByAnotherAccount => "owned by another account",
        ReasonCode::NotInThisSource => "not in this source",
        ReasonCode::UnknownValue => "value not known",
        ReasonCode::Undetermined => "left open by AWS",
    }
}

/// Compilers know three words; the exact severity is in the other formats.
const fn word(verdict: Verdict, severity: Severity) -> (&'static str, Role) {
    match (verdict, severity) {
        (Verdict::Fail, Severity::Critical | Severity::High) => ("error", Role::Error),
        (Verdict::Fail, Severity::Medium) => ("warning", Role::Warning),
        (Verdict::Fail, Severity::Low | Severity::Info) => ("note", Role::Note),
        (Verdict::Unknown, _) => ("unknown", Role::Warning),
        (Verdict::Pass, _) => ("pass", Role::Good),
        (Verdict::NotApplicable, _) => ("not applicable", Role::Frame),
    }
}

fn value(text: &str) -> Cow<'_, str> {
    visible::cut(visible::line(text), VALUE)
}

pub(super) fn write(page: &mut Layout<'_>, report: &Report<'_>, group: &Group) -> io::Result<()> {
    let rule = report.rules.get(group.rule_index);
    match group.verdict {
        Verdict::Fail => {
            for finding in &group.shown {
                failing(page, finding)?;
            }
            if group.hidden() > 0 {
                let text = format!("… and {} more (see -f json=…)", group.hidden());
                page.line(&[(Role::Frame, "  "), (Role::Plain, &text)])?;
            }
            if let Some(rule) = rule {
                advice(page, rule)?;
            }
        }
        Verdict::Unknown => unknown(page, group)?,
        Verdict::Pass | Verdict::NotApplicable => listed(page, group)?,
    }
    page.line(&[])
}

fn header(page: &mut Layout<'_>, finding: &Finding, message: &str) -> io::Result<()> {
    let (word, role) = word(finding.verdict, finding.severity);
    let label = format!("{word}[{}]: ", value(&finding.rule));
    page.wrapped(&label, role, message, "    ")
}

fn failing(page: &mut Layout<'_>, finding: &Finding) -> io::Result<()> {
    header(
        page,
        finding,
        &visible::cut(visible::line(&finding.message), MESSAGE),
    )?;
    page.wrapped("  --> ", Role::Frame, &place(&finding.resource), "      ")?;
    if !finding.facts.is_empty() {
        page.line(&[(Role::Frame, "   |")])?;
        evidence(page, &finding.facts)?;
        page.line(&[(Role::Frame, "   |")])?;
    }
    Ok(())
}

/// `account / region / vpc / id (name)`, without the parts that nobody knows.
fn place(resource: &Resource) -> String {
    let vpc = resource.vpc.as_deref().filter(|vpc| *vpc != resource.id);
    let parts = [
        resource.account.as_str(),
        &resource.region,
        vpc.unwrap_or_default(),
        &resource.id,
    ];
    let mut place: Vec<_> = parts
        .iter()
        .filter(|p| !p.is_empty())
        .map(|p| value(p))
        .collect();
    if let (Some(name), Some(last)) = (&resource.name, place.last_mut()) {
        *last = format!("{last} ({})", value(name)).into();
    }
    place.join(" / ")
}

pub(in crate::report) fn evidence(page: &mut Layout<'_>, facts: &[Fact]) -> io::Result<()> {
    let rows: Vec<_> = facts.iter().take(FACTS).map(row).collect();
    let subjects = rows
        .iter()
        .map(|r| r.0.width())
        .filter(|w| *w <= 28)
        .max()
        .unwrap_or(0);
    let values = rows.iter().map(|r| r.1.width()).max().unwrap_or(0);
    let places = rows.iter().map(|r| r.2.width()).max().unwrap_or(0);
    // Subject, value and place stand side by side if all rows can.
    let wide = 6 + subjects + 2 + values + 3 + places <= page.width;
    for (subject, seen, place) in &rows {
        let label = format!("   |  {}  ", pad(subject, subjects));
        if wide {
            let seen = format!("{}   ", pad(seen, values));
            let (frame, label) = label.split_at(4);
            page.line(&[
                (Role::Frame, frame),
                (Role::Plain, label),
                (Role::Strong, &seen),
                (Role::Frame, place),
            ])?;
        } else {
            let (frame, subject) = label.split_at(4);
            let whole = format!("{}{seen}", subject.trim_start());
            page.wrapped(&format!("{frame}  "), Role::Frame, &whole, "   |      ")?;
            if !place.is_empty() {
                page.line(&[(Role::Frame, "   |      "), (Role::Frame, place)])?;
            }
        }
    }
    if facts.len() > FACTS {
        let rest = u64::try_from(facts.len() - FACTS).unwrap_or(u64::MAX);
        let text = format!("… and {}", plural(rest, "more fact"));
        page.line(&[(Role::Frame, "   |  "), (Role::Plain, &text)])?;
    }
    Ok(())
}

/// Subject, `Field = value  (wanted >= 16)`, `file:line`.
fn row(fact: &Fact) -> (String, String, String) {
    let mut seen = format!("{} = {}", value(&fact.field), value(&fact.actual));
    if let Some(expected) = &fact.expected {
        let space = if fact.op.is_empty() { "" } else { " " };
        let _ = write!(
            seen,
            "  (wanted {}{space}{})",
            value(&fact.op),
            value(expected)
        );
    }
    (
        value(&fact.subject).into_owned(),
        seen,
        fact.source.as_ref().map_or_else(String::new, at),
    )
}

/// Never cut: a path is there to be opened.
fn at(source: &SourceLine) -> String {
    format!("{}:{}", visible::line(&source.file), source.line)
}

fn advice(page: &mut Layout<'_>, rule: &RuleSummary) -> io::Result<()> {
    for (label, text) in [("   = why: ", &rule.why), ("   = fix: ", &rule.fix)] {
        let text = visible::lines(text);
        if !text.trim().is_empty() {
            page.wrapped(label, Role::Frame, text.trim(), "          ")?;
        }
    }
    Ok(())
}

fn unknown(page: &mut Layout<'_>, group: &Group) -> io::Result<()> {
    let Some(first) = group.shown.first() else {
        return Ok(());
    };
    header(
        page,
        first,
        &format!("{} cannot be judged", plural(group.count, "resource")),
    )?;
    for ((code, action), missing) in &group.reasons {
        let label = format!("  --> {} ({}): ", reason_name(*code), missing.count);
        let mut what = value(&missing.first.what).into_owned();
        if missing.count > 1 {
            let _ = write!(what, " … and {} more", missing.count - 1);
        }
        page.wrapped(&label, Role::Frame, &what, "      ")?;
        if let Some(call) = &missing.first.call {
            let call = visible::cut(visible::line(call), MESSAGE);
            page.wrapped("   = settle: ", Role::Frame, &call, "             ")?;
        }
        if !action.is_empty() {
            page.wrapped("   = needs:  ", Role::Frame, action, "             ")?;
        }
    }
    Ok(())
}

fn listed(page: &mut Layout<'_>, group: &Group) -> io::Result<()> {
    let Some(first) = group.shown.first() else {
        return Ok(());
    };
    header(page, first, &plural(group.count, "resource"))?;
    for finding in &group.shown {
        page.wrapped("  --> ", Role::Frame, &place(&finding.resource), "      ")?;
    }
    if group.hidden() > 0 {
        let text = format!("  … and {} more (see -f json=…)", group.hidden());
        page.line(&[(Role::Plain, &text)])?;
    }
    Ok(())
}
