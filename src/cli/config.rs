//! `plaudit.yaml`: what a team agreed on, so that nobody has to type it.
//!
//! Read from the working directory or from `--config`; flags are stronger.
//! Shapes and reading only.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Stop, connections};
use crate::collect::Written;
use crate::diagnostic::Diagnostic;
use crate::findings::Severity;
use crate::rules::{Datum, tree, yaml};

/// The configuration file. Unknown keys are errors.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Config {
    /// Folders with rules, relative to the file.
    #[serde(default)]
    pub(super) rules: Vec<PathBuf>,
    /// Packs, rules, codes or patterns to run.
    #[serde(default)]
    pub(super) select: Vec<String>,
    /// Those to leave out.
    #[serde(default)]
    pub(super) ignore: Vec<String>,
    /// Parameters: `name` or `rule.name`.
    #[serde(default)]
    pub(super) params: BTreeMap<String, Datum>,
    /// Severity by rule, code or pattern.
    #[serde(default)]
    pub(super) severity: BTreeMap<String, Severity>,
    /// Threshold for exit code 1.
    #[serde(default)]
    pub(super) fail_on: Option<Severity>,
    /// Whether an incomplete run may end with 0.
    #[serde(default)]
    pub(super) allow_incomplete: bool,
    /// What is meant to be connected; read with places of its own.
    #[serde(default)]
    #[expect(dead_code, reason = "the key is known here and read from the tree")]
    connections: Option<serde::de::IgnoredAny>,
    /// The connections.
    #[serde(skip)]
    pub(super) written: Option<Arc<Written>>,
}

/// The name that is looked for.
const NAME: &str = "plaudit.yaml";

/// Reads the file that was named, or the one in the working directory.
#[expect(clippy::disallowed_methods, reason = "the configuration is read here")]
pub(super) fn read(named: Option<&Path>, none: bool) -> Result<Config, Stop> {
    let path = match named {
        Some(path) => path,
        None if none || !Path::new(NAME).exists() => return Ok(Config::default()),
        None => Path::new(NAME),
    };
    let shown = path.to_string_lossy().replace('\\', "/");
    let text: Arc<str> = std::fs::read_to_string(path)
        .map_err(|error| {
            Diagnostic::error(&shown, format!("cannot read the configuration: {error}"))
        })?
        .into();
    let mut config: Config = yaml::read(&shown, &text)?;
    let document = tree::read(&shown, &text)?;
    let written = connections::read(&shown, &text, &document).map_err(Stop::Problems)?;
    config.written = written
        .filter(|written| !written.objects.is_empty())
        .map(Arc::new);
    let folder = path.parent().unwrap_or(Path::new(""));
    for rules in &mut config.rules {
        *rules = folder.join(&*rules);
    }
    Ok(config)
}
