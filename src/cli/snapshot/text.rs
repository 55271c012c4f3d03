//! What `plaudit snapshot` says to people: tables and lists that fit a terminal.
//!
//! Formats what it is given. Whatever comes out of a snapshot is made visible
//! before it is shown; must not decide anything.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use unicode_width::UnicodeWidthStr as _;

use crate::cli::Screen;
use crate::collect::folder::{Bundle, Coverage, Info, Missing, Verified};
use crate::report::visible;

/// Problems, and as many lines of them as somebody reads.
const SHOWN: usize = 1000;

/// A text of strangers on one line of a terminal.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    visible::line(text)
}

/// Bytes in the unit that people would use.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut whole = bytes;
    let mut tenths = 0;
    let mut unit = "B";
    for next in UNITS.iter().skip(1) {
        if whole < 1024 {
            break;
        }
        tenths = whole % 1024 * 10 / 1024;
        whole /= 1024;
        unit = next;
    }
    if unit == "B" || whole >= 100 {
        format!("{whole} {unit}")
    } else {
        format!("{whole}.{tenths} {unit}")
    }
}

/// Writes a heading.
fn heading(text: &str, screen: &Screen, out: &mut dyn Write) -> io::Result<()> {
    let style = anstyle::Style::new().bold();
    if screen.color {
        writeln!(out, "\n{style}{text}{style:#}")
    } else {
        writeln!(out, "\n{text}")
    }
}

fn count(number: u64, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

/// Writes what a snapshot is.
pub(super) fn info(info: &Info, path: &Path, screen: &Screen) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let form = if info.packed { "archive" } else { "folder" };
    let line =
        |out: &mut dyn Write, name: &str, text: &str| writeln!(out, "{name:<11} {}", clean(text));
    line(&mut out, "snapshot", &path.display().to_string())?;
    line(&mut out, "format", &format!("{} ({form})", info.format))?;
    if !info.tool.name.is_empty() {
        let tool = format!("{} {}", info.tool.name, info.tool.version);
        line(&mut out, "written by", &tool)?;
    }
    let created = if info.created.is_empty() {
        "not said"
    } else {
        &info.created
    };
    line(&mut out, "created", created)?;
    let complete = match info.complete {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not said",
    };
    line(&mut out, "complete", complete)?;
    let files = format!("{}, {}", count(info.files, "file"), size(info.bytes));
    line(&mut out, "content", &files)?;
    line(
        &mut out,
        "manifest",
        &format!("sha256 {}", info.manifest_sha256),
    )?;
    for principal in &info.principals {
        line(
            &mut out,
            "asked as",
            &format!("{} in {}", principal.arn, principal.account),
        )?;
    }
    if let (Some(first), Some(last)) = (&info.first_answer, &info.last_answer) {
        line(
            &mut out,
            "answers",
            &format!("{first} to {last}, by the servers' clocks"),
        )?;
    }
    if let Some((least, most)) = info.clock_skew_seconds {
        let skew = format!("the servers' is {least} to {most} s ahead of the collector's");
        line(&mut out, "clocks", &skew)?;
    }
    heading("Calls", screen, &mut out)?;
    if info.coverage.is_empty() {
        writeln!(out, "The ledger is empty: nothing says what was asked.")?;
    } else {
        table(&info.coverage, screen, &mut out)?;
    }
    if !info.missing.is_empty() {
        heading("Missing", screen, &mut out)?;
        for missing in &info.missing {
            self::missing(missing, screen, &mut out)?;
        }
    }
    if !info.redactions.is_empty() {
        heading("Taken out or replaced", screen, &mut out)?;
        for redaction in &info.redactions {
            let text = format!(
                "{} in {}: {} ({})",
                redaction.field,
                if redaction.file == "*" {
                    "all files"
                } else {
                    &redaction.file
                },
                count(redaction.count, "value"),
                redaction.reason
            );
            wrapped(&text, 2, screen, &mut out)?;
        }
    }
    out.flush()
}

/// A column: its name, its value in a row, and whether it goes when the terminal
/// is too narrow.
type Column = (&'static str, fn(&Coverage) -> String, bool);

const COLUMNS: &[Column] = &[
    ("account", |row| row.account.clone(), false),
    ("region", |row| row.region.clone(), false),
    ("calls", |row| row.calls.to_string(), false),
    ("complete", |row| row.complete.to_string(), false),
    ("denied", |row| row.denied.to_string(), true),
    ("failed", |row| row.failed.to_string(), true),
    ("cut off", |row| row.interrupted.to_string(), true),
    ("not asked", |row| row.not_asked.to_string(), true),
    ("not there", |row| row.unsupported.to_string(), true),
    ("retries", |row| row.retried.to_string(), true),
    ("objects", |row| row.items.to_string(), false),
    ("pages", |row| row.pages.to_string(), true),
    ("bytes", |row| size(row.bytes), true),
];

/// Writes calls by account and region. Columns in which nothing happened are left
/// out, then the last ones that can be missed, until it fits.
fn table(rows: &[Coverage], screen: &Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut columns: Vec<(bool, Vec<String>)> = Vec::new();
    for (name, value, optional) in COLUMNS {
        let cells: Vec<String> = rows
            .iter()
            .map(|row| clean(&value(row)).into_owned())
            .collect();
        let idle = cells
            .iter()
            .all(|cell| matches!(cell.as_str(), "0" | "0 B"));
        if *optional && idle {
            continue;
        }
        let mut column = vec![(*name).to_owned()];
        column.extend(cells);
        columns.push((*optional, column));
    }
    let width = |column: &[String]| column.iter().map(|cell| cell.width()).max().unwrap_or(0);
    let total = |columns: &[(bool, Vec<String>)]| -> usize {
        columns.iter().map(|(_, column)| width(column) + 2).sum()
    };
    while total(&columns) > screen.width + 2
        && let Some(at) = columns.iter().rposition(|(optional, _)| *optional)
    {
        columns.remove(at);
    }
    for line in 0..=rows.len() {
        let mut text = String::new();
        for (at, (_, column)) in columns.iter().enumerate() {
            let cell = column.get(line).map_or("", String::as_str);
            let filling = " ".repeat(width(column) - cell.width());
            // Names to the left, numbers to the right.
            let (before, after) = if at < 2 {
                ("", filling.as_str())
            } else {
                (filling.as_str(), "")
            };
            text.push_str(before);
            text.push_str(cell);
            text.push_str(after);
            text.push_str("  ");
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

fn missing(missing: &Missing, screen: &Screen, out: &mut dyn Write) -> io::Result<()> {
    let places: Vec<String> = missing
        .places
        .iter()
        .map(|(account, region)| format!("{account}/{region}"))
        .collect();
    let call = format!("{}:{}", missing.service, missing.operation);
    let mut text = format!("{} {call}", missing.outcome);
    if !missing.error_code.is_empty() {
        text.push_str(": ");
        text.push_str(&missing.error_code);
    }
    if missing.outcome == "denied" {
        text.push_str("; needs ");
        text.push_str(&missing.action);
    }
    text.push_str(
        &format_args!(
            "; {} in {}",
            count(missing.calls, "call"),
            places.join(", ")
        )
        .to_string(),
    );
    if !missing.error_message.is_empty() {
        let message: String = missing.error_message.chars().take(200).collect();
        text.push_str(" (");
        text.push_str(&message);
        text.push(')');
    }
    wrapped(&text, 2, screen, out)
}

/// Writes words on as many lines as they need, later ones further in.
fn wrapped(text: &str, indent: usize, screen: &Screen, out: &mut dyn Write) -> io::Result<()> {
    let text = clean(text);
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.width() + word.width() + 1 > screen.width {
            writeln!(out, "{line}")?;
            line = " ".repeat(indent);
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{line}")
}

/// Writes what verifying found, and how to do it without this program.
pub(super) fn verified(verified: &Verified, bundle: &Bundle, screen: &Screen) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for trouble in verified.problems.iter().take(SHOWN) {
        let text = format!("{}: {}", trouble.file, trouble.message);
        wrapped(&text, 2, screen, &mut out)?;
    }
    let problems = verified.problems.len();
    if problems > SHOWN {
        writeln!(out, "… and {} more", problems - SHOWN)?;
    }
    let word = if problems == 0 {
        "verified"
    } else {
        "NOT verified"
    };
    writeln!(
        out,
        "{word}: {}, {}, {} in the ledger, objects counted in {}, {}",
        count(verified.files, "file"),
        size(verified.bytes),
        count(verified.lines, "line"),
        count(verified.counted, "file"),
        count(problems as u64, "problem"),
    )?;
    writeln!(out, "sha256 of manifest.json: {}", verified.manifest_sha256)?;
    if problems == 0 && !bundle.is_packed() {
        writeln!(
            out,
            "\nTo check the digests without plaudit, in the snapshot's folder:"
        )?;
        writeln!(
            out,
            "  jq -r '.files[] | .sha256 + \"  \" + .path' manifest.json | sha256sum -c --quiet"
        )?;
        writeln!(out, "  sha256sum manifest.json")?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1536, "1.5 KiB"),
            (200 << 20, "200 MiB"),
            (u64::MAX, "16777215 TiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
