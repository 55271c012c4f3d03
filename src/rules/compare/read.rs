//! Answers about network insights, as the AWS CLI prints them.
//!
//! Takes the text of one file after another; analyses and paths may stand in
//! one file or in several. Reads no files, and every mistake has its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::findings::insights::{Analysis, Path};

/// What was asked of AWS, and what it answered.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Analyses with the name of their file, in order.
    pub analyses: Vec<(String, Analysis)>,
    /// Paths by their id.
    pub paths: BTreeMap<String, Path>,
}

/// Everything that one answer may hold: that of `describe-…`, `start-…` and
/// `create-…`.
#[derive(Debug, Deserialize)]
struct Document {
    #[serde(rename = "NetworkInsightsAnalyses")]
    analyses: Option<Vec<Analysis>>,
    #[serde(rename = "NetworkInsightsAnalysis")]
    analysis: Option<Analysis>,
    #[serde(rename = "NetworkInsightsPaths")]
    paths: Option<Vec<Path>>,
    #[serde(rename = "NetworkInsightsPath")]
    path: Option<Path>,
}

impl Asked {
    /// Adds what a file holds.
    ///
    /// # Errors
    /// The text is no JSON, has values of other types, or is another answer.
    pub fn read(&mut self, file: &str, text: &str) -> Result<(), Diagnostic> {
        let document: Document = serde_json::from_str(text).map_err(|error| {
            let at = offset(text, error.line(), error.column());
            let source: Arc<str> = text.into();
            let message = error.to_string();
            let message = message
                .rsplit_once(" at line ")
                .map_or(message.as_str(), |(message, _)| message);
            Diagnostic::error(file, format!("cannot read the analyses: {message}"))
                .at(&source, at..at.saturating_add(1))
                .help(WANTED)
        })?;
        let Document {
            analyses,
            analysis,
            paths,
            path,
        } = document;
        if analyses.is_none() && analysis.is_none() && paths.is_none() && path.is_none() {
            return Err(Diagnostic::error(
                file,
                "there is neither NetworkInsightsAnalyses nor NetworkInsightsPaths",
            )
            .help(WANTED));
        }
        let analyses = analyses.into_iter().flatten().chain(analysis);
        self.analyses
            .extend(analyses.map(|analysis| (file.to_owned(), analysis)));
        for path in paths.into_iter().flatten().chain(path) {
            self.paths
                .insert(path.network_insights_path_id.clone(), path);
        }
        Ok(())
    }
}

const WANTED: &str = "give the output of `aws ec2 describe-network-insights-analyses`, and of `aws ec2 describe-network-insights-paths` beside it";

/// The byte at a line and column from 1; columns of `serde_json` count bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(str::len).sum();
    before.saturating_add(column.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analyses_and_paths_may_stand_in_one_file_or_in_several() {
        let mut asked = Asked::default();
        asked
            .read(
                "a.json",
                r#"{"NetworkInsightsAnalyses": [{"NetworkPathFound": true, "Later": [1]}]}"#,
            )
            .unwrap();
        asked
            .read("b.json", r#"{"NetworkInsightsPath": {"NetworkInsightsPathId": "nip-1"}, "NetworkInsightsAnalysis": {}}"#)
            .unwrap();
        assert_eq!(asked.analyses.len(), 2);
        assert!(asked.paths.contains_key("nip-1"));
    }

    #[test]
    fn a_mistake_has_its_place() {
        let mut asked = Asked::default();
        let text = "{\"NetworkInsightsAnalyses\": [\n  {\"NetworkPathFound\": \"yes\"}\n]}";
        let problem = asked.read("a.json", text).unwrap_err();
        assert_eq!(problem.position().map(|(line, _)| line), Some(2));
        assert!(problem.message.contains("boolean"), "{}", problem.message);
        for text in ["", "[", "{}", "[[[[", "{\"NetworkInsightsPaths\": 7}"] {
            let problem = asked.read("a.json", text).unwrap_err();
            assert!(problem.help.is_some(), "{text}");
        }
    }
}
