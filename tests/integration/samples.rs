//! Fixtures, copies of them that tests may spoil, and what reports say.
//!
//! Nothing here judges; tests do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::root;

/// All files under a folder, sorted, relative to it.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// The scenarios, by name.
pub(crate) fn scenarios() -> Vec<String> {
    let folders = fs::read_dir(root().join("fixtures")).unwrap();
    let mut names: Vec<String> = folders
        .map(|folder| folder.unwrap())
        .filter(|folder| folder.path().join("expect.yaml").exists())
        .map(|folder| folder.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 4, "scenarios: {names:?}");
    names
}

/// A scenario's folder.
pub(crate) fn fixture(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

/// A copy of a scenario that a test may change.
pub(crate) struct Copy {
    folder: TempDir,
}

/// Copies a scenario.
pub(crate) fn copy(name: &str) -> Copy {
    let copy = Copy {
        folder: TempDir::new().unwrap(),
    };
    for file in files(&fixture(name)) {
        let to = copy.path().join(&file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(fixture(name).join(&file), to).unwrap();
    }
    copy
}

impl Copy {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes manifest and ledger away: what remains is what somebody brings who
    /// used nothing but the AWS CLI.
    pub(crate) fn without_bookkeeping(self) -> Self {
        for name in ["manifest.json", "ledger.jsonl"] {
            let path = self.path().join(name);
            if path.exists() {
                fs::remove_file(path).unwrap();
            }
        }
        self
    }

    /// Changes the JSON of a file.
    pub(crate) fn edit(&self, file: &str, change: impl FnOnce(&mut Value)) {
        let path = self.path().join(file);
        let mut value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut value);
        fs::write(&path, serde_json::to_vec_pretty(&value).unwrap()).unwrap();
    }
}

/// Verdicts of a JSON report by rule and resource.
pub(crate) type Verdicts = BTreeMap<(String, String), String>;

/// The verdicts of a JSON report.
pub(crate) fn verdicts(report: &Value) -> Verdicts {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    let mut verdicts = Verdicts::new();
    for finding in findings {
        let resource = &finding["resource"];
        let mut id = text(&resource["id"]);
        if id == "*" {
            // All of a kind in one place.
            let place = (text(&resource["account"]), text(&resource["region"]));
            id = format!("* {} {}", place.0, place.1);
        }
        let mut key = (text(&finding["rule"]), id);
        if verdicts.contains_key(&key) {
            // Records of several types share a name; ids of findings differ.
            key.1 = format!("{} {}", key.1, text(&finding["id"]));
        }
        let twice = verdicts.insert(key, text(&finding["verdict"]));
        assert_eq!(twice, None, "two findings about {resource}");
    }
    verdicts
}
