//! Same input, same bytes: whatever the number of threads, the order of the
//! arguments, the names of the files, or the folder that one stands in.
//!
//! Where names of files differ, the parts of a report that show them are taken
//! out before comparing; the tests say which.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::plaudit;
use crate::samples::{Copy, copy, files, fixture, scenarios, verdicts};

const FORMATS: [&str; 3] = ["json", "html", "text"];

#[test]
fn threads_change_no_byte() {
    for name in scenarios() {
        for format in FORMATS {
            let with = |threads: &str| {
                plaudit([
                    "audit",
                    "-f",
                    format,
                    "--include",
                    "pass,not-applicable",
                    "--threads",
                    threads,
                ])
                .arg(format!("fixtures/{name}"))
                .run()
                .out
            };
            let one = with("1");
            assert!(!one.is_empty());
            for threads in ["2", "7"] {
                assert!(
                    one == with(threads),
                    "{name}: {format} with {threads} threads"
                );
            }
        }
    }
}

#[test]
fn the_order_of_arguments_changes_no_byte() {
    let paths = [
        "fixtures/two-accounts",
        "fixtures/redis-cloud-broken",
        "fixtures/redis-cloud-healthy",
    ];
    for format in FORMATS {
        let run = |paths: &[&str]| plaudit(["audit", "-f", format]).args(paths).run().out;
        let forward = run(&paths);
        let mut reversed = paths;
        reversed.reverse();
        assert!(forward == run(&reversed), "{format}: reversed");
        // A folder that is named twice is read once.
        let twice = [&paths[..], &paths[..1]].concat();
        assert!(forward == run(&twice), "{format}: named twice");
    }
}

/// The paths that a report shows are those on the command line; from both
/// folders the same relative path is given, so every byte can be compared.
#[test]
fn the_working_directory_changes_no_byte() {
    let elsewhere = TempDir::new().unwrap();
    let from = fixture("redis-cloud-broken");
    for file in files(&from) {
        let to = elsewhere.path().join("redis-cloud-broken").join(&file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), to).unwrap();
    }
    for format in FORMATS {
        let run = |folder: &Path| {
            plaudit(["audit", "redis-cloud-broken", "-f", format])
                .folder(folder)
                .run()
                .out
        };
        assert!(run(&fixture("")) == run(elsewhere.path()), "{format}");
    }
}

#[test]
fn a_report_in_a_file_is_the_report_on_the_screen() {
    let folder = TempDir::new().unwrap();
    for format in FORMATS {
        let file = folder.path().join(format);
        let target = format!("{format}={}", file.display());
        plaudit(["audit", "fixtures/redis-cloud-broken", "-f", &target])
            .run()
            .ends_with(1);
        let screen = plaudit(["audit", "fixtures/redis-cloud-broken", "-f", format])
            .run()
            .out;
        assert!(fs::read(&file).unwrap() == screen, "{format}");
    }
}

/// A JSON report of a copy without what names files: `inputs`, the place of
/// each fact, and the files of problems.
fn nameless(copy: &Copy) -> Value {
    let mut report = plaudit(["audit", "-f", "json", "--include", "pass,not-applicable"])
        .arg(copy.path())
        .run()
        .json();
    report["inputs"] = Value::Null;
    for problem in report["problems"].as_array_mut().unwrap() {
        problem["file"] = Value::Null;
    }
    for finding in report["findings"].as_array_mut().unwrap() {
        for fact in finding["facts"].as_array_mut().unwrap() {
            fact.as_object_mut().unwrap().remove("source");
        }
    }
    report
}

/// A file whose name nobody needs: not the answer for one parent (those are
/// found by the parent's id in the name), and not one whose key `items` says
/// nothing (VPC Lattice, and profiles where there are none; those need the name
/// of the call).
fn may_be_renamed(file: &Path) -> bool {
    let folder = file.parent().unwrap().file_name().unwrap_or_default();
    let name = file.file_name().unwrap().to_str().unwrap();
    ["aws", "azure"].iter().any(|root| file.starts_with(root))
        && name != "az.redis-list.json"
        && !folder.to_str().unwrap().contains('.')
        && !name.starts_with("vpc-lattice.")
        && !name.starts_with("route53profiles.ListProfiles.")
}

#[test]
fn names_of_files_change_nothing_but_names() {
    for name in scenarios() {
        let plain = nameless(&copy(&name).without_bookkeeping());
        let renamed = copy(&name).without_bookkeeping();
        let sections: Vec<_> = files(renamed.path())
            .into_iter()
            .filter(|file| may_be_renamed(file))
            .collect();
        // Files about one parent each give rows in the order of their names, and
        // facts with them; a scenario of nothing else has none to rename.
        let listed = ["aws", "azure"].iter();
        let listed = listed
            .map(|root| renamed.path().join(root))
            .any(|root| root.exists());
        assert!(sections.len() >= 10 || !listed, "{name}");
        // The first becomes the last.
        for (number, file) in sections.iter().enumerate() {
            let to = file.with_file_name(format!("part-{:03}.json", 999 - number));
            fs::rename(renamed.path().join(file), renamed.path().join(to)).unwrap();
        }
        let renamed = nameless(&renamed);
        assert_eq!(plain["findings"], renamed["findings"], "{name}");
        assert_eq!(plain, renamed, "{name}");
    }
}

/// Reversed lists give the same verdicts about the same things in the same
/// words, except for the order of names inside a message.
#[test]
fn the_order_of_objects_changes_no_verdict() {
    let words = |report: &Value| -> Vec<Vec<String>> {
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| {
                let message = finding["message"].as_str().unwrap();
                let split = message
                    .split([' ', ',', ';'])
                    .filter(|word| !word.is_empty());
                let mut words: Vec<String> = split.map(ToOwned::to_owned).collect();
                words.sort();
                words.insert(0, finding["id"].as_str().unwrap().to_owned());
                words
            })
            .collect()
    };
    for name in scenarios() {
        let plain = nameless(&copy(&name).without_bookkeeping());
        let reversed = copy(&name).without_bookkeeping();
        for file in files(reversed.path()) {
            let file = file.display().to_string();
            if file.starts_with("aws") {
                reversed.edit(&file, |value| {
                    for section in value.as_object_mut().unwrap().values_mut() {
                        if let Some(list) = section.as_array_mut() {
                            list.reverse();
                        }
                    }
                });
            }
        }
        let reversed = nameless(&reversed);
        assert_eq!(verdicts(&plain), verdicts(&reversed), "{name}");
        assert_eq!(words(&plain), words(&reversed), "{name}");
        assert_eq!(plain["summary"], reversed["summary"], "{name}");
    }
}

/// Members of an archive are shown as `archive!member`, so verdicts and counts
/// are compared, not bytes.
#[test]
fn an_archive_says_what_the_folder_says() {
    let folder = plaudit(["audit", "-f", "json", "fixtures/redis-cloud-broken"]).run();
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_dir_all("snapshot", fixture("redis-cloud-broken"))
        .unwrap();
    let tar = tar.into_inner().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&tar).unwrap();
    let zstandard = ruzstd::encoding::compress_to_vec(
        tar.as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    let elsewhere = TempDir::new().unwrap();
    for (name, bytes) in [
        ("a.tar", tar.clone()),
        ("a.tar.gz", gzip.finish().unwrap()),
        ("a.tar.zst", zstandard),
    ] {
        let path = elsewhere.path().join(name);
        fs::write(&path, bytes).unwrap();
        let packed = plaudit(["audit", "-f", "json"])
            .arg(&path)
            .run()
            .ends_with(1);
        assert_eq!(verdicts(&packed.json()), verdicts(&folder.json()), "{name}");
        assert_eq!(packed.json()["summary"], folder.json()["summary"], "{name}");
        let first = packed.json()["inputs"][0]["path"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(first.contains(&format!("{name}!")), "{first}");
    }
}
