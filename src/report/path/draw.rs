//! A way drawn hop by hop, with what decided at each.
//!
//! Uses the analysis and the layout; nothing is printed that did not go through
//! the words. What a verdict means is not explained here.

use std::io;

use unicode_width::UnicodeWidthStr as _;

use super::words;
use crate::findings::path::{Aspect, Check, Hop, Outcome};
use crate::report::layout::{Layout, Role, pad, wrap};

/// Evidence of one check that is shown.
const SHOWN: usize = 3;
/// Columns of what is checked.
const ASPECT: usize = 9;

/// Draws one way.
pub(super) fn way(page: &mut Layout<'_>, title: &str, hops: &[Hop]) -> io::Result<()> {
    page.line(&[(Role::Frame, "  "), (Role::Strong, title)])?;
    let mut before = String::new();
    for (position, hop) in hops.iter().enumerate() {
        let header = format!(
            "{} → {}",
            words::value(&hop.source),
            words::value(&hop.destination)
        );
        let mut what = words::named(&hop.id, hop.name.as_ref().or(hop.of.as_ref()));
        if !hop.kind.is_empty() && hop.kind != hop.id {
            what = format!("{what}  {}", words::value(&hop.kind));
        }
        let addresses = if header == before {
            String::new()
        } else {
            format!("  {header}")
        };
        let bar = if position + 1 < hops.len() {
            "│"
        } else {
            " "
        };
        let fits = 4 + what.width() + addresses.width() <= page.width;
        let beside = if fits { addresses.as_str() } else { "" };
        page.line(&[
            (Role::Frame, "  ● "),
            (Role::Strong, &what),
            (Role::Plain, beside),
        ])?;
        if !fits {
            let frame = format!("  {bar} ");
            page.line(&[(Role::Frame, &frame), (Role::Plain, &addresses)])?;
        }
        before = header;
        for check in &hop.checks {
            draw(page, bar, check)?;
        }
    }
    Ok(())
}

/// Draws checks that belong to no component.
pub(super) fn steps(page: &mut Layout<'_>, title: &str, checks: &[Check]) -> io::Result<()> {
    page.line(&[(Role::Frame, "  "), (Role::Strong, title)])?;
    for check in checks {
        draw(page, "", check)?;
    }
    Ok(())
}

fn draw(page: &mut Layout<'_>, bar: &str, check: &Check) -> io::Result<()> {
    let (mark, role) = words::outcome(check.outcome);
    let is_name = check.aspect == Aspect::Name;
    let frame = if is_name {
        "  ".to_owned()
    } else {
        format!("  {bar}   ")
    };
    // All steps of a name are about the name.
    let label = if is_name {
        String::new()
    } else {
        format!("{}  ", pad(words::aspect(check.aspect), ASPECT))
    };
    let indent = format!("{frame}{}", " ".repeat(label.width() + 2));
    let mut lines: Vec<(String, Option<String>)> = Vec::new();
    if words::stops(check) {
        let code = check.code.as_deref().unwrap_or_default();
        lines.push((words::value(code), None));
    }
    for evidence in check.evidence.iter().take(SHOWN) {
        lines.push((words::decided(evidence), words::at(evidence)));
    }
    if check.evidence.len() > SHOWN {
        lines.push((format!("and {} more", check.evidence.len() - SHOWN), None));
    }
    let says = check.evidence.is_empty() || check.outcome == Outcome::Note || is_name;
    if says && !check.detail.is_empty() && !words::stops(check) {
        lines.insert(0, (words::value(&check.detail), None));
    }
    if lines.is_empty() {
        lines.push((String::new(), None));
    }
    let room = page.width.saturating_sub(indent.width());
    for (position, (text, at)) in lines.iter().enumerate() {
        for (row, part) in wrap(text, room, room).iter().enumerate() {
            if position == 0 && row == 0 {
                page.line(&[
                    (Role::Frame, &frame),
                    (role, mark),
                    (Role::Plain, " "),
                    (Role::Note, &label),
                    (Role::Plain, part),
                ])?;
            } else {
                page.line(&[(Role::Frame, &indent), (Role::Plain, part)])?;
            }
        }
        if let Some(at) = at {
            page.line(&[(Role::Frame, &indent), (Role::Frame, at)])?;
        }
    }
    Ok(())
}
