//! Where reports go: standard output, or files that appear whole or not at
//! all.
//!
//! Knows paths and formats; what is written is the report stage's work.

use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use super::{Screen, Stop};
use crate::diagnostic::Diagnostic;
use crate::findings::Report;
use crate::report::{self, Format, Style};

/// A format and the place it goes to.
#[derive(Debug, Clone)]
pub(super) struct Target {
    format: Format,
    path: Option<PathBuf>,
}

/// Reads `FORMAT` or `FORMAT=PATH`; `-` is standard output.
pub(super) fn target(text: &str) -> Result<Target, String> {
    let (format, path) = text
        .split_once('=')
        .map_or((text, None), |(format, path)| (format, Some(path)));
    let format = Format::from_str(format, true).map_err(|_| {
        let known: Vec<String> = Format::value_variants()
            .iter()
            .filter_map(|format| {
                format
                    .to_possible_value()
                    .map(|value| value.get_name().to_owned())
            })
            .collect();
        format!("unknown format `{format}`; known: {}", known.join(", "))
    })?;
    Ok(Target {
        format,
        path: path.filter(|path| *path != "-").map(PathBuf::from),
    })
}

/// Refuses several formats on standard output, before any work is done.
pub(super) fn check(targets: &[Target]) -> Result<(), Stop> {
    let to_screen = targets
        .iter()
        .filter(|target| target.path.is_none())
        .count();
    if to_screen > 1 {
        let problem = Diagnostic::error("-f", format!("{to_screen} formats go to standard output"));
        return Err(problem
            .help("give all but one a file: -f html=report.html")
            .into());
    }
    Ok(())
}

/// Writes all reports; without a target, text on standard output.
pub(super) fn write(targets: &[Target], report: &Report<'_>, screen: &Screen) -> Result<(), Stop> {
    let text = [Target {
        format: Format::Text,
        path: None,
    }];
    let targets = if targets.is_empty() { &text } else { targets };
    for target in targets {
        match &target.path {
            None => {
                let style = Style {
                    color: screen.color,
                    width: screen.width,
                };
                let mut out = BufWriter::new(io::stdout().lock());
                report::write(target.format, report, &style, &mut out)?;
                out.flush()?;
            }
            Some(path) => file(target.format, report, path)?,
        }
    }
    Ok(())
}

fn file(format: Format, report: &Report<'_>, path: &Path) -> Result<(), Stop> {
    to_file(path, |out| report::write(format, report, &PLAIN, out))
}

/// How text looks in a file.
pub(super) const PLAIN: Style = Style {
    color: false,
    width: 100,
};

/// Writes beside the target and moves it there when it is complete.
pub(super) fn to_file(
    path: &Path,
    write: impl Fn(&mut dyn io::Write) -> io::Result<()>,
) -> Result<(), Stop> {
    let fail = |error: io::Error| {
        Stop::from(Diagnostic::error(
            path.display().to_string(),
            format!("cannot write the report: {error}"),
        ))
    };
    // A device cannot be replaced by a file.
    if fs::metadata(path).is_ok_and(|known| !known.is_file()) {
        let mut out = BufWriter::new(
            fs::OpenOptions::new()
                .write(true)
                .open(path)
                .map_err(fail)?,
        );
        write(&mut out).map_err(fail)?;
        return out.flush().map_err(fail);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let mut out = BufWriter::new(fs::File::create(&part).map_err(fail)?);
    let written = write(&mut out).and_then(|()| out.flush());
    if let Err(error) = written {
        let _already_failing = fs::remove_file(&part);
        return Err(fail(error));
    }
    fs::rename(&part, path).map_err(fail)
}
