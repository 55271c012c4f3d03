//! `plaudit reach --compare`: answers of Reachability Analyzer beside ours.
//!
//! Reads the files and decides the exit code; what is compared, and how, is the
//! work of the rules. Nothing of AWS's answers is taken for true.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Status, Stop};
use crate::diagnostic::Diagnostic;
use crate::findings::comparison::Comparison;
use crate::graph::Graph;
use crate::graph::reach::flow::Assume;
use crate::rules::{self, Asked};

/// Bytes of one file; an analysis has some thousand.
const LARGEST: u64 = 256 << 20;

/// Reads the analyses and paths; all that is wrong with the files is said at
/// once.
pub(super) fn read(files: &[PathBuf], as_analyzer: bool) -> Result<Asked, Stop> {
    if as_analyzer {
        return Err(
            Diagnostic::error("--format", "a comparison has no form of AWS's")
                .help("give --format text or --format json")
                .into(),
        );
    }
    let mut asked = Asked::default();
    let problems: Vec<Diagnostic> = files
        .iter()
        .filter_map(|file| {
            let name = file.display().to_string();
            let read = text(file).and_then(|text| asked.read(&name, &text));
            read.err()
        })
        .collect();
    if !problems.is_empty() {
        return Err(Stop::Problems(problems));
    }
    if asked.analyses.is_empty() {
        let shown: Vec<String> = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        return Err(
            Diagnostic::error(shown.join(" "), "there is no analysis to compare with")
                .help("give the output of `aws ec2 describe-network-insights-analyses`")
                .into(),
        );
    }
    Ok(asked)
}

#[expect(clippy::disallowed_methods, reason = "`cli` reads what it is given")]
fn text(file: &Path) -> Result<String, Diagnostic> {
    let name = || file.display().to_string();
    let fail = |error: std::io::Error| {
        Diagnostic::error(name(), format!("cannot read the file: {error}"))
            .help("give a file that exists and holds JSON in UTF-8")
    };
    let bytes = fs::metadata(file).map_err(fail)?.len();
    if bytes > LARGEST {
        let message = format!("the file has {bytes} bytes, and at most {LARGEST} are read");
        return Err(Diagnostic::error(name(), message).help("give fewer analyses at once"));
    }
    fs::read_to_string(file).map_err(fail)
}

/// Asks everything again.
pub(super) fn answer(graph: &Graph, asked: &Asked, assume: Assume) -> Comparison {
    let network = graph.network();
    rules::compare(graph, asked, &|from, to, traffic| {
        network.flow(graph, from, to, traffic, assume)
    })
}

/// 0 if all agree, 1 if some differ, else 3.
pub(super) const fn status(comparison: &Comparison) -> Status {
    if comparison.differ > 0 {
        Status::Findings
    } else if comparison.not_comparable > 0 {
        Status::Incomplete
    } else {
        Status::Clean
    }
}
