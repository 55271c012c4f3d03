//! Input that nobody here wrote: dumps of other projects, if they lie beside
//! the repository.
//!
//! They are not part of it; without them these tests say so and pass.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{Outcome, plaudit, root};
use crate::samples::files;

/// A folder of samples, if it is there.
fn samples(name: &str) -> Option<PathBuf> {
    let folder = root().join("../shared/data").join(name);
    if folder.exists() {
        return Some(folder);
    }
    println!("skipped: no ../shared/data/{name} beside the repository");
    None
}

/// Audits what is there. Whatever it is, it is understood or named.
fn audit(path: &Path) -> Outcome {
    let run = plaudit(["audit", "-f", "json", "--include", "pass"])
        .arg(path)
        .run();
    assert!(
        matches!(run.code, 0 | 1 | 3),
        "{}: {}\n{}",
        path.display(),
        run.code,
        run.err
    );
    run
}

/// DNS attributes have a call of their own, which is in none of these dumps.
fn never_passes_unseen(path: &Path, report: &Value) {
    for finding in report["findings"].as_array().unwrap() {
        let about = (&finding["rule"], &finding["verdict"]);
        assert_ne!(
            about,
            (&Value::from("vpc-dns-attributes-off"), &Value::from("pass")),
            "{}: {}",
            path.display(),
            finding["resource"]["id"]
        );
    }
}

#[test]
fn whole_networks_of_batfish_are_audited() {
    let Some(folder) = samples("batfish/aws") else {
        return;
    };
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("test-")
        {
            let report = audit(&path).json();
            assert!(
                report["summary"]["resources"].as_u64().unwrap() > 0,
                "{}",
                path.display()
            );
            never_passes_unseen(&path, &report);
            count += 1;
        }
    }
    assert!(count >= 10, "{count} networks");
}

#[test]
fn the_demo_account_of_cloudmapper_is_audited() {
    let Some(folder) = samples("cloudmapper") else {
        return;
    };
    let report = audit(&folder).json();
    assert!(report["summary"]["resources"].as_u64().unwrap() > 10);
    never_passes_unseen(&folder, &report);
}

#[test]
fn single_answers_of_other_projects_are_audited() {
    for (name, step) in [("cloud-custodian", 6), ("aws-cli", 3), ("batfish/aws", 5)] {
        let Some(folder) = samples(name) else {
            continue;
        };
        let json: Vec<PathBuf> = files(&folder)
            .into_iter()
            .filter(|file| {
                file.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .collect();
        assert!(json.len() > 30, "{name}: {} files", json.len());
        for file in json.iter().step_by(step) {
            let path = folder.join(file);
            let report = audit(&path).json();
            if name != "aws-cli" {
                never_passes_unseen(&path, &report);
            }
        }
    }
}
