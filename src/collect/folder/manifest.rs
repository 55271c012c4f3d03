//! `manifest.json`: what a snapshot is, and the digest of every file in it.
//!
//! The text and its meaning only; files are hashed by those who read and write
//! them. Nothing here is optional in what we write, and much is in what we read:
//! other programs and older versions leave things out.

use serde::{Deserialize, Serialize};

use super::{Error, MANIFEST};

/// The format that this program writes and reads.
pub const FORMAT: &str = "plaudit-snapshot/1";

/// `manifest.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// What wrote it.
    #[serde(default)]
    pub tool: Tool,
    /// When collecting began, RFC 3339 in UTC.
    #[serde(default)]
    pub created: String,
    /// Whether every planned call was answered to its end. Unknown in folders
    /// that somebody else made.
    #[serde(default)]
    pub complete: Option<bool>,
    /// As whom it was collected.
    #[serde(default)]
    pub principals: Vec<Principal>,
    /// Account numbers.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Regions, and `global`.
    #[serde(default)]
    pub regions: Vec<String>,
    /// What was taken out or replaced before writing.
    #[serde(default)]
    pub redactions: Vec<Redaction>,
    /// Every other file, by path.
    #[serde(default)]
    pub files: Vec<Entry>,
}

/// The program that wrote a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tool {
    /// `plaudit`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// As whom an account was asked.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Principal {
    /// The account that was asked.
    pub account: String,
    /// The ARN that asked.
    pub arn: String,
}

/// Something that was taken out or replaced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Redaction {
    /// The file; `*` for all of them.
    pub file: String,
    /// The field, as `VpnConnections[].CustomerGatewayConfiguration`, or the kind
    /// of values.
    pub field: String,
    /// How many values.
    pub count: u64,
    /// Why.
    pub reason: String,
}

/// A file of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From the folder of the manifest, with `/`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, in lower case hexadecimal digits.
    pub sha256: String,
}

/// What a manifest says that cannot be seen in the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// What writes it.
    pub tool: Tool,
    /// When collecting began, RFC 3339 in UTC.
    pub created: String,
    /// Whether every planned call was answered to its end.
    pub complete: bool,
    /// As whom it was collected.
    pub principals: Vec<Principal>,
    /// Account numbers.
    pub accounts: Vec<String>,
    /// Regions, and `global`.
    pub regions: Vec<String>,
    /// What was taken out or replaced.
    pub redactions: Vec<Redaction>,
    /// Lines of the ledger, in any order, each one JSON object.
    pub ledger: Vec<String>,
}

impl Draft {
    /// The manifest of files that were hashed. Lists are sorted and without
    /// repetitions.
    pub(super) fn manifest(&self, mut files: Vec<Entry>) -> Manifest {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Manifest {
            format: FORMAT.to_owned(),
            tool: self.tool.clone(),
            created: self.created.clone(),
            complete: Some(self.complete),
            principals: sorted(&self.principals),
            accounts: sorted(&self.accounts),
            regions: sorted(&self.regions),
            redactions: sorted(&self.redactions),
            files,
        }
    }
}

fn sorted<T: Clone + Ord>(items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort();
    items.dedup();
    items
}

impl Manifest {
    /// Reads a manifest; refuses other formats and other versions.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Format {
            format: Option<String>,
        }
        let bad = |error: serde_json::Error| {
            Error::content(MANIFEST, format!("not a manifest of a snapshot: {error}"))
        };
        let format: Format = serde_json::from_slice(bytes).map_err(bad)?;
        match format.format.as_deref() {
            Some(FORMAT) => serde_json::from_slice(bytes).map_err(bad),
            Some(other) => Err(Error::content(
                MANIFEST,
                format!(
                    "the format is `{}`; this program knows `{FORMAT}`",
                    other.chars().take(60).collect::<String>()
                ),
            )),
            None => Err(Error::content(
                MANIFEST,
                format!("it has no `format`; `{FORMAT}` was expected"),
            )),
        }
    }

    /// The text of `manifest.json`.
    pub fn text(&self) -> Vec<u8> {
        // Structs of texts and numbers: it cannot fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let draft = Draft {
            created: "2026-11-20T08:00:00Z".to_owned(),
            complete: true,
            regions: vec![
                "us-east-1".to_owned(),
                "eu-west-1".to_owned(),
                "us-east-1".to_owned(),
            ],
            ..Draft::default()
        };
        let entry = |path: &str| Entry {
            path: path.to_owned(),
            bytes: 1,
            sha256: "ab".to_owned(),
        };
        let manifest = draft.manifest(vec![entry("b"), entry("a")]);
        assert_eq!(manifest.regions, ["eu-west-1", "us-east-1"]);
        assert_eq!(manifest.files[0].path, "a");
        assert_eq!(Manifest::parse(&manifest.text()).unwrap(), manifest);
    }

    #[test]
    fn other_formats_are_refused() {
        for (text, what) in [
            ("{}", "no `format`"),
            ("{\"format\":\"plaudit-snapshot/2\"}", "plaudit-snapshot/2"),
            ("[", "not a manifest"),
        ] {
            let error = Manifest::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        assert_eq!(
            Manifest::parse(b"{\"format\":\"plaudit-snapshot/1\"}")
                .unwrap()
                .complete,
            None
        );
    }
}
