//! The commands of the Azure CLI as a POSIX shell script.
//!
//! Follows from the sources of the kinds, so that every command that a kind
//! rests on is asked, and no other. The functions of the script are in the `.sh`
//! file beside this one. Runs nothing and reads nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::snapshot::layout::{ColumnShape, Level};
use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Cloud, Source};

const FUNCTIONS: &str = include_str!("functions.sh");

/// What a script is made for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Subscriptions that are asked when the script is given none; none for the
    /// one that the Azure CLI is set to.
    pub subscriptions: Vec<String>,
    /// Version of the program, for the manifest.
    pub version: String,
}

/// A command, and for one that is made for each of what another lists: the
/// field that holds the parent, and the command that lists the parents.
struct Asked {
    source: &'static Source,
    parent: Option<(&'static str, &'static str)>,
}

/// The actions that whoever runs the script must be allowed, in order.
pub fn permissions() -> BTreeSet<String> {
    let kinds = Kind::ALL.iter().map(|kind| kind.spec());
    let azure = kinds.filter(|spec| spec.cloud() == Cloud::Azure);
    azure
        .flat_map(|spec| spec.sources)
        .map(Source::iam_action)
        .collect()
}

/// The script.
pub fn script(options: &Options) -> String {
    let mut out = String::new();
    let version: String = options
        .version
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || "+-._".contains(*char))
        .collect();
    head(&mut out, &version);
    let subscriptions: Vec<String> = options.subscriptions.iter().map(|id| quoted(id)).collect();
    let _infallible = write!(
        out,
        "
# Subscriptions, each in quotes, that are asked when none is named; none: the one that the
# Azure CLI is set to.
subscriptions={}
tool_version={}

{}
# ---- The commands: every one that is made --------------------------------------

questions() {{
",
        quoted(&subscriptions.join(" ")),
        quoted(&version),
        FUNCTIONS.trim_end()
    );
    for asked in asked() {
        let operation = asked.source.operation;
        let words = match asked.parent {
            None => format!("  once {} {operation}", quoted(operation)),
            Some((field, parents)) => format!(
                "  each {} {field} {} {} {operation}",
                quoted(operation),
                asked.source.option,
                quoted(parents)
            ),
        };
        out.push_str(&words);
        out.push('\n');
    }
    out.push_str("}\n\nrun \"$@\"\n");
    out
}

fn head(out: &mut String, version: &str) {
    let _infallible = write!(
        out,
        "#!/bin/sh
# Records what private endpoints to Redis in Azure rest on, for an audit (plaudit {version}).
#
#   sh collect-azure.sh FOLDER [SUBSCRIPTION...]
#
# makes FOLDER with the answers of the Azure CLI as JSON, a line about each command in
# ledger.jsonl, and size and SHA-256 of each file in manifest.json. `plaudit audit FOLDER` reads
# it, on any machine and without a network. A folder of an earlier run is gone on with: what was
# answered is not asked again.
#
# Every command only lists. Nothing is sent anywhere but to Azure by the Azure CLI, as whoever is
# logged in (az login). Keys are not asked for.
#
# Needs a POSIX shell, the Azure CLI with its extension redisenterprise (az extension add --name
# redisenterprise), sed, grep, sort, find, cut, tr, date, mktemp, and sha256sum or shasum. Exit
# status: 0 everything was answered, 3 something was not (ledger.jsonl says what), 2 nothing was
# collected.
#
# Name all subscriptions that hold endpoints, caches, networks and private DNS zones: what is in
# another one stays unknown. Whoever runs it must be allowed these actions, all of which the role
# Reader should hold:
#
"
    );
    for action in permissions() {
        let _infallible = writeln!(out, "#   {action}");
    }
}

/// Commands that list a subscription first, then those about what was listed.
fn asked() -> Vec<Asked> {
    let mut found: Vec<Asked> = Vec::new();
    for kind in Kind::ALL {
        let spec = kind.spec();
        for source in spec.sources {
            let known = found
                .iter()
                .any(|asked| asked.source.operation == source.operation);
            if spec.cloud() == Cloud::Azure && !known {
                let parent = source
                    .parent
                    .and_then(|field| Some((field, lists(*kind, field)?)));
                found.push(Asked { source, parent });
            }
        }
    }
    found.sort_by_key(|asked| (asked.parent.is_some(), asked.source.operation));
    found
}

/// The command that lists the parents of a kind.
fn lists(kind: Kind, field: &str) -> Option<&'static str> {
    let level = Level::of(kind);
    match level.columns.get(level.column(field)?)?.shape {
        ColumnShape::Id(parent) => Some(parent.spec().sources.first()?.operation),
        _ => None,
    }
}

/// A text that the shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_a_kind_is_asked_once() {
        let text = script(&Options::default());
        for kind in Kind::ALL.iter().map(|kind| kind.spec()) {
            for source in kind.sources.iter().filter(|_| kind.cloud() == Cloud::Azure) {
                let line = format!(" {}", quoted(source.operation));
                let lines = text.lines().filter(|text| {
                    (text.starts_with("  once") || text.starts_with("  each"))
                        && text
                            .trim_start_matches("  once")
                            .trim_start_matches("  each")
                            .starts_with(&line)
                });
                assert_eq!(lines.count(), 1, "{}", source.operation);
                assert!(source.parent.is_none() || !source.option.is_empty());
                assert!(source.operation.ends_with(" list"), "{}", source.operation);
            }
        }
    }

    #[test]
    fn subscriptions_stay_in_their_quotes() {
        let options = Options {
            subscriptions: vec!["a'; touch x; '".to_owned()],
            version: "1\n'".to_owned(),
        };
        let text = script(&options);
        assert!(text.contains("tool_version='1'"), "{text}");
        assert!(!text.contains("\nsubscriptions='a'; touch"), "{text}");
    }

    #[test]
    fn permissions_are_those_of_reading() {
        let all = permissions();
        assert!(all.contains("Microsoft.Network/privateEndpoints/read"));
        assert!(all.iter().all(|action| action.ends_with("/read")));
    }
}
