//! A matrix for terminals: one table a target, as wide as the terminal.
//!
//! Groups from which nothing passes for the same reason share a line; the other
//! formats have them one by one. May use only [`findings`](crate::findings) and
//! the layout.

use std::collections::BTreeMap;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::ports;
use crate::findings::matrix::{Question, Row, Target, Totals};
use crate::findings::path::{Reach, Span};
use crate::report::Style;
use crate::report::layout::{Layout, Role, pad, wrap};
use crate::report::text::{plural, reason_name};
use crate::report::visible;

/// Columns for the number of clients and for the verdict.
const CLIENTS: usize = 8;
const VERDICT: usize = 10;
/// The longest word among ports and codes.
const WORD: usize = 40;
/// Groups that are named in a line that several share.
const NAMED: usize = 1;

pub(super) fn begin(question: &Question, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(out, style);
    let asked = format!(
        "{} {} from {} ({}) to {}",
        question.protocol,
        shown_ports(&question.ports, &[]),
        plural(question.clients, "interface"),
        classes(question.classes),
        plural(question.targets, "target"),
    );
    page.wrapped("", Role::Strong, &asked, "  ")
}

fn classes(count: u64) -> String {
    let s = if count == 1 { "" } else { "es" };
    format!("{count} class{s}")
}

pub(super) fn target(
    target: &Target,
    rows: &[Row],
    asked: &[Span],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Layout::new(out, style);
    page.line(&[])?;
    let mut about = vec![plural(target.interfaces, "interface")];
    about.extend(target.vpc.as_ref().map(|vpc| format!("in {vpc}")));
    about.extend(target.service.clone());
    let label = format!("{}  ", named(&target.id, target.name.as_ref()));
    let about = about.join(" · ");
    page.wrapped(&label, Role::Strong, &visible::line(&about), "    ")?;
    if rows.is_empty() {
        return page.line(&[(Role::Plain, "  nobody else to ask for")]);
    }
    let lines = lines(rows, asked);
    let widest = lines.iter().map(|line| line.from.width()).max();
    let room = page.width.saturating_sub(CLIENTS + VERDICT + 4);
    let from = widest.unwrap_or(0).clamp(4, (room / 2).max(12));
    let head = format!(
        "  {}{}{}ports",
        pad("from", from + 2),
        pad("clients", CLIENTS + 1),
        pad("verdict", VERDICT + 1)
    );
    page.line(&[(Role::Frame, &head)])?;
    for line in &lines {
        put(&mut page, line, from)?;
    }
    Ok(())
}

/// A line of a table.
struct Line {
    from: String,
    clients: u64,
    verdict: Reach,
    what: String,
}

fn put(page: &mut Layout<'_>, line: &Line, from: usize) -> io::Result<()> {
    let start = 2 + from + 2 + CLIENTS + 1 + VERDICT + 1;
    let room = page.width.saturating_sub(start);
    let names = wrap(&line.from, from, from);
    // Codes are copied and searched for, and must not be broken.
    let below = room < WORD;
    let whats = if below {
        Vec::new()
    } else {
        wrap(&line.what, room, room)
    };
    let role = match line.verdict {
        Reach::Reachable => Role::Good,
        Reach::Partial | Reach::Unknown => Role::Warning,
        Reach::Blocked => Role::Plain,
    };
    for number in 0..names.len().max(whats.len()) {
        let name = names.get(number).map_or("", String::as_str);
        let what = whats.get(number).map_or("", String::as_str);
        let (clients, verdict) = if number == 0 {
            (line.clients.to_string(), line.verdict.name())
        } else {
            (String::new(), "")
        };
        let clients = format!("{clients:>CLIENTS$}  ");
        page.line(&[
            (Role::Plain, "  "),
            (Role::Plain, &pad(name, from + 1)),
            (Role::Plain, &clients),
            (role, &pad(verdict, VERDICT + 1)),
            (Role::Plain, what),
        ])?;
    }
    if below && !line.what.is_empty() {
        page.wrapped("    ", Role::Plain, &line.what, "    ")?;
    }
    Ok(())
}

/// The lines: what passes or may pass group by group, then what is blocked by
/// reason.
fn lines(rows: &[Row], asked: &[Span]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut blocked: BTreeMap<&[&str], Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if row.verdict == Reach::Blocked {
            blocked.entry(&row.blocked_by).or_default().push(row);
        } else {
            lines.push(Line {
                from: named(&row.from, row.name.as_ref()),
                clients: row.clients,
                verdict: row.verdict,
                what: what(row, asked),
            });
        }
    }
    for (codes, rows) in blocked {
        let from = match rows.as_slice() {
            [only] => named(&only.from, only.name.as_ref()),
            rows => {
                let names = rows.iter().take(NAMED);
                let names: Vec<String> = names
                    .map(|row| named(&row.from, row.name.as_ref()))
                    .collect();
                format!("{} and {} more", names.join(", "), rows.len() - NAMED)
            }
        };
        lines.push(Line {
            from,
            clients: rows.iter().map(|row| row.clients).sum(),
            verdict: Reach::Blocked,
            what: codes.join(", "),
        });
    }
    lines
}

#[expect(clippy::similar_names, reason = "ports are parts of a line here")]
fn what(row: &Row, asked: &[Span]) -> String {
    let mut parts = Vec::new();
    if !row.ports.open.is_empty() {
        parts.push(shown_ports(&row.ports.open, asked));
    }
    if !row.ports.partly.is_empty() {
        let ports = shown_ports(&row.ports.partly, asked);
        parts.push(format!("{ports} to some interfaces"));
    }
    if !row.ports.unknown.is_empty() {
        let ports = shown_ports(&row.ports.unknown, asked);
        parts.push(format!("{ports} perhaps ({})", row.unknown_by.join(", ")));
    }
    if row.ports.open.is_empty() && !row.blocked_by.is_empty() {
        parts.push(format!("the rest not ({})", row.blocked_by.join(", ")));
    }
    parts.join("; ")
}

/// Ports; `all` if they are all that was asked.
fn shown_ports(spans: &[Span], asked: &[Span]) -> String {
    match spans {
        [only] if only.from == 0 && only.to == u16::MAX => "all ports".to_owned(),
        [_, _, ..] if spans == asked => "all that was asked".to_owned(),
        spans => ports(spans),
    }
}

fn named(id: &str, name: Option<&String>) -> String {
    match name {
        Some(name) => format!("{} ({})", visible::line(id), visible::line(name)),
        None => visible::line(id).into_owned(),
    }
}

pub(super) fn end(totals: &Totals, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(out, style);
    page.line(&[])?;
    for code in &totals.codes {
        let label = format!("{}: ", code.code);
        page.wrapped(&label, Role::Note, code.text, "  ")?;
    }
    for assumed in &totals.assumptions {
        let label = format!("assumed[{}]: ", assumed.name);
        page.wrapped(&label, Role::Warning, &visible::line(&assumed.text), "  ")?;
    }
    for reason in &totals.reasons {
        let label = format!("missing[{}]: ", reason_name(reason.code));
        let call = reason.call.as_ref();
        let call = call.map_or_else(String::new, |call| format!("; {call}"));
        let text = format!("{}{call}", reason.what);
        page.wrapped(&label, Role::Warning, &visible::line(&text), "  ")?;
    }
    if !(totals.codes.is_empty() && totals.assumptions.is_empty() && totals.reasons.is_empty()) {
        page.line(&[])?;
    }
    let pairs = &totals.pairs;
    let all = pairs.reachable + pairs.partial + pairs.blocked + pairs.unknown;
    let line = format!(
        "{} of {} reachable · {} partial · {} blocked · {} unknown",
        pairs.reachable,
        plural(all, "pair"),
        pairs.partial,
        pairs.blocked,
        pairs.unknown
    );
    page.line(&[(Role::Strong, &line)])
}
