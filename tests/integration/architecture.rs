//! The house rules that a compiler does not know: who may use whom, what every
//! file must say about itself, how long it may be, what nothing may mention.
//!
//! The table below is the one of `ARCHITECTURE.md`. Only texts of files are
//! read here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::root;
use crate::samples::files;

/// Each stage and what it may name besides itself and `diagnostic`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("snapshot", &[]),
    ("collect", &["snapshot"]),
    ("graph", &["snapshot"]),
    ("findings", &["snapshot::record", "snapshot::provenance"]),
    ("rules", &["snapshot", "graph", "findings"]),
    ("report", &["findings", "snapshot::provenance"]),
    (
        "cli",
        &[
            "snapshot", "collect", "graph", "findings", "rules", "report",
        ],
    ),
    ("diagnostic", &[]),
];

/// Places that may read files or ask the environment.
const MAY_READ: &[&str] = &["src/collect/", "src/rules/load/", "src/cli/"];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["utils", "helpers", "common", "manager"];

/// Lines of a file outside its tests.
const LINES: usize = 520;

fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    files(&src)
        .into_iter()
        // Beside the code are shapes, programs of other languages and snapshots of tests.
        .filter(|file| file.extension().is_some_and(|end| end == "rs"))
        .map(|file| {
            let text = fs::read_to_string(src.join(&file)).unwrap();
            (format!("src/{}", file.display()).replace('\\', "/"), text)
        })
        .collect()
}

/// The text without comments and without what stands in quotes.
fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let starts = |at: usize, what: &str| bytes[at..].starts_with(what.as_bytes());
    let end_of = |at: usize, what: &str| text[at..].find(what).map_or(bytes.len(), |end| at + end);
    while at < bytes.len() {
        let word_before = kept
            .last()
            .is_some_and(|byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_');
        let hashes = bytes[at + 1..]
            .iter()
            .take_while(|byte| **byte == b'#')
            .count();
        if starts(at, "//") {
            at = end_of(at, "\n");
        } else if starts(at, "/*") {
            at = end_of(at, "*/") + 2;
        } else if !word_before && starts(at, "r") && bytes.get(at + 1 + hashes) == Some(&b'"') {
            let close = format!("\"{}", "#".repeat(hashes));
            at = end_of(at + 2 + hashes, &close) + close.len();
        } else if starts(at, "\"") {
            at += 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            at += 1;
        } else if starts(at, "'\\") {
            at = end_of(at + 3, "'") + 1;
        } else if starts(at, "'") && text[at + 1..].chars().nth(1) == Some('\'') {
            at += 2 + text[at + 1..].chars().next().unwrap().len_utf8();
        } else {
            kept.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(kept).unwrap()
}

/// Reads `a::b::{c, d::e}` into its paths; returns how much was read.
fn paths(text: &str, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut at = text.len() - text.trim_start().len();
    if text[at..].starts_with('{') {
        at += 1;
        loop {
            at += paths(&text[at..], before, found);
            at += text[at..].len() - text[at..].trim_start().len();
            match text[at..].chars().next() {
                Some(',') => at += 1,
                Some('}') => return at + 1,
                // `as name`, or something that is no path: to the next separator.
                Some(_) => at += text[at..].find([',', '}']).unwrap_or(text.len() - at),
                None => return at,
            }
        }
    }
    let name: String = text[at..]
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    at += name.len();
    let mut path = before.to_vec();
    if !name.is_empty() {
        path.push(name);
    }
    match text[at..].strip_prefix("::") {
        Some(rest)
            if rest
                .trim_start()
                .starts_with(|c: char| c.is_alphabetic() || c == '{') =>
        {
            at + 2 + paths(rest, &path, found)
        }
        _ => {
            found.push(path);
            at
        }
    }
}

/// The module of a file: `src/rules/run.rs` is `rules`, `run`.
fn module(file: &str) -> Vec<String> {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').map(ToOwned::to_owned).collect()
}

/// What a file names, from the root of the crate.
fn named(file: &str, text: &str) -> Vec<Vec<String>> {
    let code = code(text);
    let home = module(file);
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = &code[..at];
            if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') || before.ends_with("::")
            {
                continue;
            }
            let mut rest = &code[at..];
            let mut up = 0;
            while let Some(next) = rest.strip_prefix("super::") {
                rest = next;
                up += 1;
            }
            let rest = rest.strip_prefix("crate::").unwrap_or(rest);
            let base = if up == 0 {
                &[][..]
            } else {
                &home[..home.len().saturating_sub(up)]
            };
            paths(rest, base, &mut found);
        }
    }
    found
}

/// What a file names and may not.
fn violations(file: &str, text: &str) -> Vec<String> {
    let home = module(file);
    let stage = home[0].as_str();
    if matches!(stage, "lib" | "main") {
        return Vec::new();
    }
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == stage) else {
        return vec![format!("{file}: `{stage}` is not a stage of the table")];
    };
    let mut found: Vec<String> = named(file, text)
        .into_iter()
        .filter(|path| {
            let first = path.first().map_or("", String::as_str);
            MAY_USE.iter().any(|(name, _)| *name == first)
                && first != stage
                && first != "diagnostic"
        })
        .filter(|path| {
            !allowed.iter().any(|allowed| {
                let allowed: Vec<&str> = allowed.split("::").collect();
                path.len() >= allowed.len() && path.iter().zip(&allowed).all(|(a, b)| a == b)
            })
        })
        .map(|path| format!("{file}: `{stage}` must not use `{}`", path.join("::")))
        .collect();
    if code(text).contains("plaudit::") {
        found.push(format!("{file}: the crate is `crate` to itself"));
    }
    found.sort();
    found.dedup();
    found
}

/// The lines before the tests.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests {")
        .map_or(text, |tests| &text[..tests])
}

/// A file that holds tests only.
fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// Sentences of the doc at the top of a file.
fn sentences(text: &str) -> usize {
    let doc: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .collect();
    let doc = doc.join(" ") + " ";
    let ends = [". ", "! ", "? ", ".) "];
    ends.iter().map(|end| doc.matches(end).count()).sum()
}

#[test]
fn every_stage_uses_only_what_it_may() {
    let found: Vec<String> = sources()
        .iter()
        .flat_map(|(file, text)| violations(file, text))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_deliberate_violation_is_caught() {
    for (file, text) in [
        ("src/report/json.rs", "use crate::graph;"),
        (
            "src/report/html/page.rs",
            "use crate::{findings::Report, graph::Graph};",
        ),
        (
            "src/report/text/mod.rs",
            "fn f(n: crate::snapshot::record::Kind) {}",
        ),
        ("src/report/json.rs", "use super::super::graph::Graph;"),
        ("src/snapshot/mod.rs", "use super::rules::Rule;"),
        (
            "src/collect/aws.rs",
            "use crate::{\n    snapshot::{record::Kind, table::Table},\n    rules::{self, Rule},\n};",
        ),
        (
            "src/findings/mod.rs",
            "use crate::snapshot::{provenance::Origin, Snapshot};",
        ),
        (
            "src/graph/mod.rs",
            "#[cfg(test)]\nmod tests { use crate::rules::load; }",
        ),
        ("src/diagnostic.rs", "use crate::findings::Finding;"),
        (
            "src/rules/run.rs",
            "let url = \"https://example.com\"; crate::report::write();",
        ),
        ("src/rules/run.rs", "use plaudit::cli;"),
        ("src/extra/mod.rs", ""),
        ("src/extra.rs", ""),
    ] {
        assert!(!violations(file, text).is_empty(), "{file}: {text}");
    }
    for (file, text) in [
        (
            "src/report/json.rs",
            "//! See [`graph`](crate::graph).\nuse crate::findings::Report;",
        ),
        (
            "src/report/json.rs",
            "use crate::snapshot::provenance::Place;",
        ),
        (
            "src/rules/run.rs",
            "use super::expression::ast; use crate::{graph::Graph, diagnostic};",
        ),
        (
            "src/rules/run.rs",
            "let text = r#\"use crate::cli;\"#; let c = '\"'; // crate::cli",
        ),
        (
            "src/cli/audit.rs",
            "use crate::{collect, graph, rules, report, findings};",
        ),
        ("src/main.rs", "plaudit::cli::run()"),
    ] {
        assert_eq!(
            violations(file, text),
            Vec::<String>::new(),
            "{file}: {text}"
        );
    }
}

#[test]
fn only_the_edges_read_files_and_environment() {
    let lifted: Vec<String> = sources()
        .into_iter()
        .filter(|(file, text)| {
            text.contains("clippy::disallowed_methods")
                && !MAY_READ.iter().any(|place| file.starts_with(place))
        })
        .map(|(file, _)| file)
        .collect();
    assert!(lifted.is_empty(), "the lint is lifted in {lifted:?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(file, text)| {
            // A kind is data, `main` one line: one sentence is all there is to say.
            let short = file == "src/main.rs"
                || is_test(file)
                || file.starts_with("src/snapshot/record/") && !file.ends_with("/mod.rs");
            sentences(text) < if short { 1 } else { 2 }
        })
        .map(|(file, text)| format!("{file}: {} sentences", sentences(&text)))
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn no_file_outgrows_its_purpose() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|(file, _)| !is_test(file))
        .map(|(file, text)| (without_tests(text).lines().count(), file))
        .filter(|(lines, _)| *lines > LINES)
        .map(|(lines, file)| format!("{file}: {lines} lines before its tests, at most {LINES}"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_module_has_an_empty_name() {
    let empty: Vec<String> = sources()
        .into_iter()
        .map(|(file, _)| file)
        .filter(|file| {
            module(file)
                .iter()
                .any(|name| EMPTY_NAMES.contains(&name.as_str()))
        })
        .collect();
    assert!(empty.is_empty(), "{empty:?}");
}

/// Every text of the repository that somebody wrote.
fn written() -> Vec<(PathBuf, String)> {
    let skipped = [
        "target",
        "node_modules",
        ".git",
        "corpus",
        "artifacts",
        ".venv",
    ];
    let mut texts = Vec::new();
    let mut open = vec![root().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            // In a linked worktree `.git` is a file.
            if skipped.contains(&name) {
                continue;
            }
            if path.is_dir() {
                if !path.ends_with("bench/data") {
                    open.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                texts.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    texts.sort();
    assert!(texts.len() > 200, "only {} texts", texts.len());
    texts
}

/// Whether a text names a folder of somebody's machine.
fn names_machine(text: &str) -> Option<&'static str> {
    const FOLDERS: [&str; 4] = [
        concat!("/wo", "rk"),
        concat!("/tm", "p"),
        concat!("/ro", "ot"),
        concat!("/ho", "me"),
    ];
    let joins = |c: char| c.is_alphanumeric() || "_.-/".contains(c);
    FOLDERS.into_iter().find(|folder| {
        text.match_indices(folder).any(|(at, _)| {
            !text[..at].ends_with(joins)
                && !text[at + folder.len()..]
                    .starts_with(|c: char| c.is_alphanumeric() || "_.-".contains(c))
        })
    })
}

#[test]
fn nothing_names_a_folder_of_a_machine() {
    let found: Vec<String> = written()
        .iter()
        .filter_map(|(file, text)| Some((file, names_machine(text)?)))
        .map(|(file, folder)| format!("{}: {folder}", file.display()))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    for bad in [
        concat!("see /wo", "rk/x"),
        concat!("\"/tm", "p/a\""),
        concat!("=/ho", "me/me"),
    ] {
        assert!(names_machine(bad).is_some(), "{bad}");
    }
    for good in [
        "https://example.com/root/x",
        "a/work/b",
        "/workspaces",
        "/tmpfs",
    ] {
        assert_eq!(names_machine(good), None, "{good}");
    }
}

#[test]
fn nothing_names_a_package_registry() {
    const HOSTS: [&str; 6] = [
        concat!("registry.", "npmjs.org"),
        concat!("index.", "crates.io"),
        concat!("static.", "crates.io"),
        concat!("py", "pi.org"),
        concat!("files.", "pythonhosted.org"),
        concat!("arti", "factory"),
    ];
    let found: Vec<String> = written()
        .iter()
        .flat_map(|(file, text)| {
            let named = HOSTS.iter().filter(|host| text.contains(*host));
            named.map(move |host| format!("{}: {host}", file.display()))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    for lock in ["Cargo.lock", "bench/Cargo.lock", "fuzz/Cargo.lock"] {
        let Ok(text) = fs::read_to_string(root().join(lock)) else {
            continue;
        };
        let foreign: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("source = "))
            .filter(|line| !line.contains("registry+https://github.com/rust-lang/crates.io-index"))
            .collect();
        assert!(foreign.is_empty(), "{lock}: {foreign:?}");
    }
}

#[test]
fn the_top_level_holds_only_what_tools_need() {
    let known = [
        ".ci",
        ".git",
        ".gitignore",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "_typos.toml",
        "bench",
        "build.rs",
        "clippy.toml",
        "deny.toml",
        "docs",
        "fixtures",
        "fuzz",
        "report.html",
        "rules",
        "rustfmt.toml",
        "src",
        "target",
        "templates",
        "tests",
    ];
    let strange: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(Path::new(&root().join("LICENSE")).exists());
}
