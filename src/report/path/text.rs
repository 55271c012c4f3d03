//! An answer about a path for terminals.
//!
//! The verdict first, then the ends, then what decides: drawings of what
//! passes, and every blocker of what does not. May use only
//! [`findings`](crate::findings) and the layout.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::{draw, words};
use crate::findings::path::{Analysis, Change, Check, Hop, Pair, Path, Place, Reach, Span};
use crate::findings::{Reason, path::PortsSplit};
use crate::report::Style;
use crate::report::layout::{Layout, Role, pad};
use crate::report::text::{plural, reason_name};
use crate::report::visible;

/// Pairs of one path that are listed.
const PAIRS: usize = 8;
/// Paths that are described, of those with blockers and of those that pass.
const BLOCKED: usize = 4;
const OPEN: usize = 2;
/// Changes that are shown; who wants all of them wants a program to read them.
const CHANGES: usize = 4;
/// Reasons of one check.
const REASONS: usize = 6;

pub(super) fn write(analysis: &Analysis, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(out, style);
    head(&mut page, analysis)?;
    name(&mut page, analysis)?;
    if analysis
        .paths
        .iter()
        .map(|path| path.pairs.len())
        .sum::<usize>()
        > 1
    {
        pairs(&mut page, analysis)?;
    }
    paths(&mut page, analysis)?;
    // What a name lacks stands with the step that lacks it.
    let told = |reason: &Reason| {
        let mut steps = analysis.name.iter();
        steps.any(|check| words::stops(check) && check.reasons.contains(reason))
    };
    for reason in analysis.reasons.iter().filter(|reason| !told(reason)) {
        missing(&mut page, reason)?;
    }
    for (number, change) in (1_u64..).zip(analysis.changes.iter().take(CHANGES)) {
        suggest(&mut page, number, change)?;
    }
    if analysis.changes.len() > CHANGES {
        let more = plural((analysis.changes.len() - CHANGES) as u64, "more change");
        let text = format!("… and {more} (see --format json)");
        page.wrapped("", Role::Plain, &text, "  ")?;
        page.line(&[])?;
    }
    foot(&mut page, analysis)
}

/// How the destination's name was resolved, and what stood in the way.
fn name(page: &mut Layout<'_>, analysis: &Analysis) -> io::Result<()> {
    if analysis.name.is_empty() {
        return Ok(());
    }
    draw::steps(page, "name", &analysis.name)?;
    page.line(&[])?;
    for check in analysis.name.iter().filter(|check| words::stops(check)) {
        blocker(page, analysis, check, words::aspect(check.aspect))?;
    }
    Ok(())
}

const fn role(reach: Reach) -> Role {
    words::mark(reach).1
}

fn head(page: &mut Layout<'_>, analysis: &Analysis) -> io::Result<()> {
    let question = &analysis.question;
    let label = format!("{}: ", analysis.verdict.name());
    let place = |place: &Place| words::named(&place.text, place.name.as_ref());
    let asked = format!(
        "{} from {} to {}",
        words::traffic(question),
        place(&question.from),
        place(&question.to)
    );
    page.wrapped(&label, role(analysis.verdict), &asked, "    ")?;
    for (side, place) in [("from", &question.from), ("to", &question.to)] {
        let mut what = words::value(&place.what);
        if place.classes > 1 {
            what = format!("{what} ({} kinds)", place.classes);
        }
        page.wrapped(&format!("  {side:<5} "), Role::Frame, &what, "        ")?;
    }
    let across = &analysis.ports;
    let parts = [
        ("open", &across.open),
        ("open for some", &across.partly),
        ("unknown", &across.unknown),
        ("blocked", &across.blocked),
    ];
    let split = split(&parts, question.protocol_number);
    if let Some(split) = split.filter(|_| !question.ports.is_empty()) {
        page.wrapped("  ports ", Role::Frame, &split, "        ")?;
    }
    page.line(&[])
}

/// `open 443 · blocked 80`; nothing if it is all one.
fn split(parts: &[(&str, &Vec<Span>)], protocol: u8) -> Option<String> {
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, spans)| !spans.is_empty())
        .map(|(name, spans)| format!("{name} {}", words::ports(spans, protocol)))
        .collect();
    (parts.len() > 1).then(|| parts.join(" · "))
}

/// Which ends work, and which do not.
fn pairs(page: &mut Layout<'_>, analysis: &Analysis) -> io::Result<()> {
    for path in &analysis.paths {
        let (mark, role) = words::mark(path.verdict);
        let count = path.pairs.len() as u64 + path.pairs_left_out;
        let title = format!("{}, {}", path.verdict.name(), plural(count, "pair"));
        page.line(&[(role, &format!("{mark} ")), (Role::Strong, &title)])?;
        let shown: Vec<_> = path.pairs.iter().take(PAIRS).map(ends).collect();
        list(page, &shown)?;
        if count > PAIRS as u64 {
            let more = format!("    … and {} more", count - PAIRS as u64);
            page.line(&[(Role::Plain, &more)])?;
        }
    }
    if analysis.paths_left_out > 0 {
        let more = plural(analysis.paths_left_out, "more kind");
        page.line(&[(Role::Plain, &format!("… and {more} of paths"))])?;
    }
    page.line(&[])
}

/// Pairs in columns where they fit; else each source, with where it goes below.
fn list(page: &mut Layout<'_>, pairs: &[(String, String)]) -> io::Result<()> {
    let widest = |ends: &mut dyn Iterator<Item = &String>| {
        ends.map(|end| end.width()).max().unwrap_or_default()
    };
    let column = widest(&mut pairs.iter().map(|(from, _)| from));
    let other = widest(&mut pairs.iter().map(|(_, to)| to));
    let mut before = "";
    for (from, to) in pairs {
        if 4 + column + 3 + other <= page.width {
            let text = format!("    {} → {to}", pad(from, column));
            page.line(&[(Role::Plain, &text)])?;
            continue;
        }
        if from != before {
            page.wrapped("    ", Role::Plain, from, "      ")?;
            before = from;
        }
        page.wrapped("      → ", Role::Frame, to, "        ")?;
    }
    Ok(())
}

fn ends(pair: &Pair) -> (String, String) {
    (words::end(&pair.from), words::end(&pair.to))
}

fn shown(pair: &Pair) -> String {
    let (from, to) = ends(pair);
    format!("{from} → {to}")
}

fn paths(page: &mut Layout<'_>, analysis: &Analysis) -> io::Result<()> {
    let several = analysis.paths.len() > 1;
    let (mut blocked, mut open, mut rest) = (0, 0, 0);
    for path in &analysis.paths {
        let (count, most) = if path.verdict == Reach::Reachable {
            (&mut open, OPEN)
        } else {
            (&mut blocked, BLOCKED)
        };
        *count += 1;
        if *count > most {
            rest += 1;
            continue;
        }
        if let Some(pair) = path.pairs.first().filter(|_| several) {
            let (mark, role) = words::mark(path.verdict);
            let label = format!("{mark} {}: ", path.verdict.name());
            page.wrapped(&label, role, &shown(pair), "    ")?;
        }
        describe(page, analysis, path)?;
    }
    if rest > 0 {
        let text = format!(
            "… and {} not described (see --format json)",
            plural(rest, "more path")
        );
        page.wrapped("", Role::Plain, &text, "  ")?;
        page.line(&[])?;
    }
    Ok(())
}

fn describe(page: &mut Layout<'_>, analysis: &Analysis, path: &Path) -> io::Result<()> {
    let protocol = analysis.question.protocol_number;
    let PortsSplit {
        open,
        unknown,
        blocked,
    } = &path.client_ports;
    if analysis.paths.len() > 1 {
        let fates = [
            ("open", &path.ports.open),
            ("unknown", &path.ports.unknown),
            ("blocked", &path.ports.blocked),
        ];
        if let Some(split) = split(&fates, protocol) {
            page.wrapped("  ports ", Role::Frame, &split, "        ")?;
        }
    }
    let parts = [("reached", open), ("unknown", unknown), ("not", blocked)];
    if let Some(split) = split(&parts, protocol) {
        let text = format!("client ports that replies reach: {split}");
        page.wrapped("  ", Role::Plain, &text, "    ")?;
    }
    if matches!(path.verdict, Reach::Reachable | Reach::Partial) {
        draw::way(page, "there", &path.forward)?;
        if !path.back.is_empty() {
            draw::way(page, "back", &path.back)?;
        }
        page.line(&[])?;
    } else {
        in_short(page, "  ", &path.forward)?;
        let back = path.back.iter().flat_map(|hop| &hop.checks);
        if back.into_iter().any(words::stops) {
            in_short(page, "  replies: ", &path.back)?;
        }
        page.line(&[])?;
    }
    for (way, hops) in [("", &path.forward), ("replies: ", &path.back)] {
        for hop in hops {
            for check in hop.checks.iter().filter(|check| words::stops(check)) {
                let place = format!("{way}{}", words::place(hop, check));
                blocker(page, analysis, check, &place)?;
            }
        }
    }
    Ok(())
}

/// A way on one line, or more where it is long; breaks only between components.
fn in_short(page: &mut Layout<'_>, label: &str, hops: &[Hop]) -> io::Result<()> {
    let mut line = String::new();
    for part in words::intended(hops) {
        if line.is_empty() {
            line = format!("{label}{part}");
        } else if line.width() + 3 + part.width() <= page.width {
            line = format!("{line} | {part}");
        } else {
            page.line(&[(Role::Plain, &line)])?;
            line = format!("    | {part}");
        }
    }
    page.line(&[(Role::Plain, &line)])
}

/// A check that stops traffic, in full.
fn blocker(
    page: &mut Layout<'_>,
    analysis: &Analysis,
    check: &Check,
    place: &str,
) -> io::Result<()> {
    let (word, role) = match check.outcome {
        crate::findings::path::Outcome::Fail => ("error", Role::Error),
        crate::findings::path::Outcome::Unknown => ("unknown", Role::Warning),
        crate::findings::path::Outcome::Pass => ("pass", Role::Good),
        crate::findings::path::Outcome::Note => ("note", Role::Note),
    };
    let code = check.code.as_deref().unwrap_or("X_UNEXPLAINED");
    let label = format!("{word}[{}]: ", words::value(code));
    let meaning = if check.meaning.is_empty() {
        words::aspect(check.aspect)
    } else {
        &check.meaning
    };
    page.wrapped(&label, role, meaning, "    ")?;
    let text = if check.detail.is_empty() {
        place.to_owned()
    } else {
        format!("{place}: {}", words::value(&check.detail))
    };
    page.wrapped("  --> ", Role::Frame, &text, "      ")?;
    if !check.evidence.is_empty() {
        page.line(&[(Role::Frame, "   |")])?;
        for evidence in &check.evidence {
            page.wrapped(
                "   |  ",
                Role::Frame,
                &words::decided(evidence),
                "   |      ",
            )?;
            if let Some(at) = words::at(evidence) {
                page.line(&[(Role::Frame, "   |      "), (Role::Frame, &at)])?;
            }
        }
        page.line(&[(Role::Frame, "   |")])?;
    }
    let question = &analysis.question;
    if !check.ports.is_empty() && check.ports != question.ports {
        let ports = words::ports(&check.ports, question.protocol_number);
        page.wrapped("   = ports: ", Role::Frame, &ports, "            ")?;
    }
    for reason in check.reasons.iter().take(REASONS) {
        settle(page, reason)?;
    }
    if !check.advice.is_empty() {
        page.wrapped("   = do: ", Role::Frame, &check.advice, "         ")?;
    }
    page.line(&[])
}

/// Something about the places that was not seen.
fn missing(page: &mut Layout<'_>, reason: &Reason) -> io::Result<()> {
    let label = format!("unknown[{}]: ", reason_name(reason.code));
    page.wrapped(&label, Role::Warning, &words::value(&reason.what), "    ")?;
    calls(page, reason)?;
    page.line(&[])
}

fn settle(page: &mut Layout<'_>, reason: &Reason) -> io::Result<()> {
    let label = format!("   = {}: ", reason_name(reason.code));
    page.wrapped(&label, Role::Frame, &words::value(&reason.what), "        ")?;
    calls(page, reason)
}

fn calls(page: &mut Layout<'_>, reason: &Reason) -> io::Result<()> {
    if let Some(call) = &reason.call {
        let call = visible::line(call);
        page.wrapped("   = settle: ", Role::Frame, &call, "             ")?;
    }
    if let Some(action) = &reason.action {
        page.wrapped("   = needs:  ", Role::Frame, action, "             ")?;
    }
    Ok(())
}

/// A change, in a form that can be copied: commands are not wrapped.
fn suggest(page: &mut Layout<'_>, number: u64, change: &Change) -> io::Result<()> {
    let label = format!("change {number}: ");
    let title = words::value(&change.title);
    page.wrapped(&label, Role::Good, &title, "    ")?;
    if !change.note.is_empty() {
        let note = visible::lines(&change.note);
        page.wrapped("   = note: ", Role::Frame, &note, "           ")?;
    }
    for command in &change.cli {
        page.line(&[(Role::Plain, &format!("  {}", visible::line(command)))])?;
    }
    for line in change.terraform.lines() {
        page.line(&[(Role::Plain, &format!("  {}", visible::line(line)))])?;
    }
    page.line(&[])
}

fn foot(page: &mut Layout<'_>, analysis: &Analysis) -> io::Result<()> {
    for assumed in &analysis.assumptions {
        let text = format!("{} ({})", assumed.text, assumed.name);
        page.wrapped("assumed: ", Role::Note, &text, "    ")?;
    }
    for note in &analysis.notes {
        page.wrapped("note: ", Role::Note, &words::value(note), "    ")?;
    }
    let counts = &analysis.counts;
    let all = counts.reachable + counts.partial + counts.blocked + counts.unknown;
    if all == 0 {
        return page.line(&[(role(analysis.verdict), "no pair of ends to look at")]);
    }
    let text = format!(
        "{} of {} reachable · {} partial · {} blocked · {} unknown",
        counts.reachable,
        plural(all, "pair"),
        counts.partial,
        counts.blocked,
        counts.unknown
    );
    page.line(&[(role(analysis.verdict), &text)])
}
