//! `plaudit snapshot`: what is verified, packed, joined and redacted, and what is
//! refused.
//!
//! Snapshots are made of fixtures and spoiled in one way at a time; archives of
//! enemies are made by hand.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use plaudit::collect::folder::{self, Draft, Existing, Principal, Tool, Writer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Outcome, plaudit};
use crate::samples::{files, fixture, verdicts};

const VPCS: &str = "aws/111122223333/us-east-1/ec2.DescribeVpcs.json";

fn snapshot(command: &str, path: &Path) -> Outcome {
    plaudit(["snapshot", command]).arg(path).run()
}

fn verify(path: &Path) -> Outcome {
    snapshot("verify", path)
}

fn findings(path: &Path) -> Value {
    plaudit(["audit", "-f", "json", "--allow-incomplete", "--exit-zero"])
        .arg(path)
        .run()
        .ends_with(0)
        .json()
}

/// A folder of a test, gone when the test ends.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Makes a sealed snapshot of files.
fn sealed(root: &Path, created: &str, files: &[(&str, Value)], ledger: &[Value]) {
    let writer = Writer::create(root, Existing::Refuse).unwrap();
    for (path, value) in files {
        writer.put(path, &folder::pretty(value)).unwrap();
    }
    let draft = Draft {
        tool: Tool {
            name: "plaudit".to_owned(),
            version: "0.0.0".to_owned(),
        },
        created: created.to_owned(),
        complete: ledger.iter().all(|line| line["error_code"].is_null()),
        principals: vec![Principal {
            account: "111122223333".to_owned(),
            arn: "arn:aws:sts::111122223333:assumed-role/acme-auditor/jane".to_owned(),
        }],
        accounts: vec!["111122223333".to_owned()],
        regions: vec!["us-east-1".to_owned()],
        redactions: Vec::new(),
        ledger: ledger.iter().map(Value::to_string).collect(),
    };
    writer.seal(&draft).unwrap();
}

/// A sealed snapshot of a scenario, with its own ledger if it has one.
fn sealed_fixture(name: &str, root: &Path) {
    let from = fixture(name);
    let mut contents = Vec::new();
    for file in files(&from) {
        let path = file.to_str().unwrap().replace('\\', "/");
        if path.starts_with("aws/") {
            let text = fs::read(from.join(&file)).unwrap();
            contents.push((path, serde_json::from_slice(&text).unwrap()));
        }
    }
    let contents: Vec<(&str, Value)> = contents
        .iter()
        .map(|(path, value): &(String, Value)| (path.as_str(), value.clone()))
        .collect();
    let ledger = fs::read_to_string(from.join("ledger.jsonl")).unwrap_or_default();
    let lines: Vec<Value> = ledger
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    sealed(root, "2026-11-20T08:00:00Z", &contents, &lines);
}

fn line(operation: &str, file: &str, items: u64) -> Value {
    json!({
        "service": "ec2", "operation": operation, "account": "111122223333", "region": "us-east-1",
        "started": "2026-11-20T08:00:00Z", "server_date": "Fri, 20 Nov 2026 08:00:02 GMT", "page": 1, "attempt": 1,
        "http_status": 200, "error_code": null, "request_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "items": items, "has_more": false, "raw_bytes": 300, "raw_sha256": "ab".repeat(32), "file": file, "outcome": "complete",
    })
}

/// A small snapshot: one VPC, and a call that was refused.
fn small(root: &Path) {
    let mut denied = line("DescribeVpcEndpoints", "", 0);
    denied["http_status"] = json!(403);
    denied["error_code"] = json!("UnauthorizedOperation");
    denied["error_message"] = json!("User: jane is not authorized \u{1b}[31m");
    denied["outcome"] = json!("denied");
    denied["file"] = Value::Null;
    sealed(
        root,
        "2026-11-20T08:00:00Z",
        &[(
            VPCS,
            json!({"Vpcs": [{"VpcId": "vpc-019313eb4fb7d0323", "CidrBlock": "10.0.0.0/16"}]}),
        )],
        &[line("DescribeVpcs", VPCS, 1), denied],
    );
}

#[test]
fn info_says_what_was_seen_and_what_was_not() {
    let place = Place::new();
    let path = place.at("s");
    small(&path);
    let run = snapshot("info", &path).ends_with(0);
    for text in [
        "plaudit-snapshot/1 (folder)",
        "complete    no",
        "assumed-role/acme-auditor/jane",
        "2 to 2 s ahead",
        "denied ec2:DescribeVpcEndpoints: UnauthorizedOperation; needs ec2:DescribeVpcEndpoints; 1 call",
        "111122223333/us-east-1",
    ] {
        assert!(run.text().contains(text), "{text} in\n{}", run.text());
    }
    assert!(!run.text().contains('\u{1b}'), "{}", run.text());
    let json = plaudit(["snapshot", "info", "-f", "json"])
        .arg(&path)
        .run()
        .ends_with(0)
        .json();
    assert_eq!(json["coverage"][0]["calls"], 2);
    assert_eq!(json["coverage"][0]["denied"], 1);
    assert_eq!(json["missing"][0]["action"], "ec2:DescribeVpcEndpoints");
    assert_eq!(json["clock_skew_seconds"], json!([2, 2]));
}

#[test]
fn info_fits_a_narrow_terminal() {
    let place = Place::new();
    let path = place.at("s");
    small(&path);
    let run = plaudit(["snapshot", "info"])
        .arg(&path)
        .env("COLUMNS", "50")
        .run()
        .ends_with(0);
    let table = run.text().split("Calls\n").nth(1).unwrap();
    for line in table.lines().take(2) {
        assert!(line.chars().count() <= 50, "{line}");
    }
}

#[test]
fn every_change_of_a_snapshot_is_found() {
    type Spoil = fn(&Path);
    let cases: [(&str, Spoil, &str); 9] = [
        (
            "a changed byte",
            |root| {
                spoil(&root.join(VPCS), |text| {
                    text.replace("10.0.0.0", "10.0.0.1")
                });
            },
            "its sha256 is",
        ),
        (
            "a longer file",
            |root| spoil(&root.join(VPCS), |text| text + " "),
            "the manifest says",
        ),
        (
            "a file that is gone",
            |root| fs::remove_file(root.join(VPCS)).unwrap(),
            "it is gone",
        ),
        (
            "a file that was added",
            |root| fs::write(root.join("aws/x.json"), "{}").unwrap(),
            "does not name this file",
        ),
        (
            "a hidden file",
            |root| fs::write(root.join(".x"), "").unwrap(),
            "such a name",
        ),
        (
            "a ledger line without its file",
            |root| {
                reseal(root, |text| {
                    text.replace("ec2.DescribeVpcs.json", "ec2.DescribeVpcz.json")
                });
            },
            "which is not in the snapshot",
        ),
        (
            "a wrong count",
            |root| reseal(root, |text| text.replace("\"items\":1", "\"items\":2")),
            "it has 1 objects; the ledger counts 2",
        ),
        (
            "a line that is no line",
            |root| reseal(root, |text| text + "{}\n"),
            "ledger.jsonl:3",
        ),
        (
            "a promise that the ledger breaks",
            |root| {
                spoil(&root.join("manifest.json"), |text| {
                    text.replace("\"complete\": false", "\"complete\": true")
                });
            },
            "1 calls of the ledger are not",
        ),
    ];
    for (what, spoil, message) in cases {
        let place = Place::new();
        let path = place.at("s");
        small(&path);
        verify(&path).ends_with(0);
        spoil(&path);
        let run = verify(&path).ends_with(4);
        let text = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.contains(message) && text.contains("NOT verified"),
            "{what}: {text}"
        );
        let json = plaudit(["snapshot", "verify", "-f", "json"])
            .arg(&path)
            .run()
            .ends_with(4)
            .json();
        assert!(!json["problems"].as_array().unwrap().is_empty());
    }
}

fn spoil(path: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(path).unwrap();
    let new = change(text.clone());
    assert_ne!(new, text);
    fs::write(path, new).unwrap();
}

/// Changes the ledger and makes the manifest agree with it.
fn reseal(root: &Path, change: impl FnOnce(String) -> String) {
    spoil(&root.join("ledger.jsonl"), change);
    let bytes = fs::read(root.join("ledger.jsonl")).unwrap();
    let mut manifest: Value =
        serde_json::from_slice(&fs::read(root.join("manifest.json")).unwrap()).unwrap();
    for file in manifest["files"].as_array_mut().unwrap() {
        if file["path"] == "ledger.jsonl" {
            file["bytes"] = json!(bytes.len());
            file["sha256"] = json!(sha256(&bytes));
        }
    }
    fs::write(root.join("manifest.json"), manifest.to_string()).unwrap();
}

fn sha256(bytes: &[u8]) -> String {
    let place = Place::new();
    let writer = Writer::create(&place.at("x"), Existing::Refuse).unwrap();
    writer.put("x.json", bytes).unwrap();
    let manifest = writer.seal(&Draft::default()).unwrap();
    let entry = manifest.files.iter().find(|file| file.path == "x.json");
    entry.unwrap().sha256.clone()
}

#[cfg(unix)]
#[test]
fn a_link_in_a_snapshot_is_found() {
    let place = Place::new();
    let path = place.at("s");
    small(&path);
    std::os::unix::fs::symlink("manifest.json", path.join("aws/link.json")).unwrap();
    assert!(
        verify(&path)
            .ends_with(4)
            .text()
            .contains("a link or device")
    );
}

#[test]
fn what_is_no_snapshot_is_refused_with_what_to_do() {
    let place = Place::new();
    let plain = place.at("plain");
    fs::create_dir(&plain).unwrap();
    let unfinished = place.at("unfinished");
    drop(Writer::create(&unfinished, Existing::Refuse).unwrap());
    let other = place.at("other");
    fs::create_dir(&other).unwrap();
    fs::write(
        other.join("manifest.json"),
        "{\"format\":\"plaudit-snapshot/9\"}",
    )
    .unwrap();
    let noise = place.at("noise.tar.zst");
    fs::write(&noise, [0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]).unwrap();
    for (path, message) in [
        (&plain, "there is no manifest.json"),
        (&unfinished, "did not end"),
        (&other, "plaudit-snapshot/9"),
        (&noise, "noise.tar.zst"),
        (&place.at("nowhere"), "cannot open"),
    ] {
        for command in ["info", "verify"] {
            let run = snapshot(command, path).ends_with(2);
            assert!(run.err.contains(message), "{message}: {}", run.err);
        }
    }
}

#[test]
fn checksums_are_those_that_other_tools_expect() {
    let place = Place::new();
    let path = place.at("s");
    small(&path);
    let run = plaudit(["snapshot", "verify", "--checksums"])
        .arg(&path)
        .run()
        .ends_with(0);
    let expected = sha256(&fs::read(path.join(VPCS)).unwrap());
    assert!(
        run.text().contains(&format!("{expected}  {VPCS}\n")),
        "{}",
        run.text()
    );
    assert_eq!(run.text().lines().count(), 2);
}

#[test]
fn packed_snapshots_are_the_same_and_say_the_same() {
    let place = Place::new();
    let path = place.at("s");
    sealed_fixture("redis-cloud-broken", &path);
    let expected = verdicts(&findings(&path));
    for form in ["tar", "tar.gz", "tar.zst"] {
        let mut packed = Vec::new();
        for name in ["a", "b"] {
            let to = place.at(&format!("{name}.{form}"));
            snapshot_to("pack", &[&path], &to, &[]).ends_with(0);
            packed.push(fs::read(to).unwrap());
        }
        assert!(packed[0] == packed[1], "{form} differs from run to run");
        let archive = place.at(&format!("a.{form}"));
        verify(&archive).ends_with(0);
        assert_eq!(verdicts(&findings(&archive)), expected, "{form}");
        let again = snapshot_to("pack", &[&path], &archive, &[]).ends_with(2);
        assert!(again.err.contains("--force"), "{}", again.err);
        let out = place.at(&format!("out of {form}").replace('.', " "));
        snapshot_to("unpack", &[&archive], &out, &[]).ends_with(0);
        assert_eq!(files(&path), files(&out));
        for file in files(&path) {
            assert_eq!(
                fs::read(path.join(&file)).unwrap(),
                fs::read(out.join(&file)).unwrap()
            );
        }
        let full = snapshot_to("unpack", &[&archive], &out, &[]).ends_with(2);
        assert!(full.err.contains("not empty"), "{}", full.err);
    }
}

fn snapshot_to(command: &str, from: &[&Path], to: &Path, more: &[&str]) -> Outcome {
    let mut program = plaudit(["snapshot", command]);
    for path in from {
        program = program.arg(path);
    }
    program.arg("-o").arg(to).args(more).run()
}

#[test]
fn a_spoiled_snapshot_is_neither_packed_nor_merged_nor_redacted() {
    let place = Place::new();
    let path = place.at("s");
    small(&path);
    spoil(&path.join(VPCS), |text| text + " ");
    let key = place.at("key");
    snapshot_to("pack", &[&path], &place.at("x.tar"), &[]).ends_with(4);
    snapshot_to("merge", &[&path, &path], &place.at("m"), &[]).ends_with(4);
    snapshot_to(
        "redact",
        &[&path],
        &place.at("r"),
        &["--new-key", key.to_str().unwrap()],
    )
    .ends_with(4);
    for name in ["x.tar", "x.tar.unfinished", "m", "r", "key"] {
        assert!(!place.at(name).exists(), "{name}");
    }
}

/// A member of an archive by hand: no library would write such names.
fn member(name: &str, kind: u8, link: &str, size: u64, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[108..115].copy_from_slice(b"0000000");
    header[116..123].copy_from_slice(b"0000000");
    header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    header[136..147].copy_from_slice(b"00000000000");
    header[156] = kind;
    header[157..157 + link.len()].copy_from_slice(link.as_bytes());
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut all = header.to_vec();
    all.extend_from_slice(bytes);
    all.resize(all.len().next_multiple_of(512), 0);
    all
}

fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
    member(name, b'0', "", bytes.len() as u64, bytes)
}

#[test]
fn hostile_archives_are_refused_and_nothing_of_them_is_written() {
    let place = Place::new();
    let good = file("manifest.json", b"{\"format\":\"plaudit-snapshot/1\"}");
    let end = vec![0; 1024];
    let huge = vec![b' '; 3 << 20];
    let long = "a/".repeat(49) + "b";
    let deep: Vec<u8> = file(&long, b"{}");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("leads out", file("../evil.json", b"{}"), "`..`"),
        (
            "leads out in the middle",
            file("aws/../../evil.json", b"{}"),
            "`..`",
        ),
        ("absolute", file("/evil.json", b"{}"), "absolute"),
        (
            "of another system",
            file("C:\\evil.json", b"{}"),
            "file system",
        ),
        (
            "a link",
            member("aws/x.json", b'2', "/etc/passwd", 0, b""),
            "is a link",
        ),
        (
            "a hard link",
            member("aws/x.json", b'1', "manifest.json", 0, b""),
            "is a link",
        ),
        (
            "a device",
            member("aws/x", b'3', "", 0, b""),
            "not a plain file",
        ),
        (
            "a pipe",
            member("aws/x", b'6', "", 0, b""),
            "not a plain file",
        ),
        (
            "twice",
            [file("a.json", b"1"), file("a.json", b"2")].concat(),
            "twice",
        ),
        (
            "a folder that leads out",
            member("../x/", b'5', "", 0, b""),
            "`..`",
        ),
        (
            "escapes",
            file("aws/\u{1b}[31m.json", b"{}"),
            "control character",
        ),
        (
            "a size that is a lie",
            member("aws/x.json", b'0', "", 5 << 30, b"{}"),
            "bytes",
        ),
        (
            "a bomb",
            file("aws/x.json", &huge),
            "unpacks to more than 1000000 bytes",
        ),
        (
            "breaks off",
            member("aws/x.json", b'0', "", 5000, b"{}"),
            "breaks off",
        ),
    ];
    for (what, bytes, message) in cases {
        let mut archive = [good.clone(), bytes].concat();
        if what != "breaks off" {
            archive.extend_from_slice(&end);
        }
        let path = place.at("x.tar");
        fs::write(&path, archive).unwrap();
        let out = place.at("out");
        let run = snapshot_to("unpack", &[&path], &out, &["--max-bytes", "1000000"]).ends_with(2);
        let text = run.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(message), "{what}: {text}");
        assert!(!run.err.contains('\u{1b}'), "{what}");
        assert!(!out.exists() && !place.at("evil.json").exists(), "{what}");
        if what != "a bomb" {
            verify(&path).ends_with(2);
        }
    }
    // Many folders are strange, and harmless.
    fs::write(place.at("y.tar"), [good, deep, end].concat()).unwrap();
    verify(&place.at("y.tar")).ends_with(4);
}

#[test]
fn archives_that_break_off_are_never_taken_for_whole() {
    let place = Place::new();
    let path = place.at("s");
    small(&path);
    for form in ["tar", "tar.gz", "tar.zst"] {
        let archive = place.at(&format!("x.{form}"));
        snapshot_to("pack", &[&path], &archive, &[]).ends_with(0);
        let bytes = fs::read(&archive).unwrap();
        // A tar's last kilobyte is its end mark and holds nothing.
        let whole = if form == "tar" {
            bytes.len() - 1024
        } else {
            bytes.len()
        };
        for end in (0..whole).step_by(if form == "tar" { 331 } else { 29 }) {
            let cut = place.at(&format!("cut.{form}"));
            fs::write(&cut, &bytes[..end]).unwrap();
            let run = verify(&cut);
            assert!(
                matches!(run.code, 2 | 4),
                "{form} cut after {end}: {}",
                run.code
            );
        }
    }
}

#[test]
fn a_folder_around_a_snapshot_is_no_part_of_it() {
    let place = Place::new();
    let path = place.at("s");
    small(&path);
    let archive = place.at("x.tgz");
    let packed = flate2::write::GzEncoder::new(
        fs::File::create(&archive).unwrap(),
        flate2::Compression::fast(),
    );
    let mut tar = tar::Builder::new(packed);
    tar.append_dir_all("./2026-11", &path).unwrap();
    tar.into_inner().unwrap().finish().unwrap().flush().unwrap();
    verify(&archive).ends_with(0);
    let out = place.at("out");
    snapshot_to("unpack", &[&archive], &out, &[]).ends_with(0);
    assert_eq!(files(&path), files(&out));
}

fn manifest(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path.join("manifest.json")).unwrap()).unwrap()
}

#[test]
fn the_name_of_an_archive_is_no_folder() {
    let place = Place::new();
    small(&place.at("a"));
    let key = place.at("key");
    let (from, to) = (place.at("a"), place.at("x.tar.gz"));
    for (command, more) in [
        ("merge", vec![from.to_str().unwrap()]),
        ("redact", vec!["--new-key", key.to_str().unwrap()]),
    ] {
        let run = snapshot_to(command, &[&from], &to, &more).ends_with(2);
        assert!(run.err.contains("snapshot pack"), "{}", run.err);
    }
    assert!(!to.exists() && !key.exists());
    let one = snapshot_to("merge", &[&from], &place.at("m"), &[]).ends_with(2);
    assert!(one.err.contains("several were expected"), "{}", one.err);
}

#[test]
fn snapshots_of_two_accounts_become_one() {
    let place = Place::new();
    let other = VPCS.replace("111122223333", "222233334444");
    let mut their_line = line("DescribeVpcs", &other, 0);
    their_line["account"] = json!("222233334444");
    small(&place.at("a"));
    sealed(
        &place.at("b"),
        "2026-11-19T09:00:00+01:00",
        &[(&other, json!({"Vpcs": []}))],
        &[their_line],
    );
    let out = place.at("out");
    snapshot_to("merge", &[&place.at("a"), &place.at("b")], &out, &[]).ends_with(0);
    verify(&out).ends_with(0);
    let manifest = manifest(&out);
    assert_eq!(manifest["created"], "2026-11-19T09:00:00+01:00");
    assert_eq!(manifest["complete"], false);
    assert_eq!(manifest["files"].as_array().unwrap().len(), 3);
    assert_eq!(
        fs::read_to_string(out.join("ledger.jsonl"))
            .unwrap()
            .lines()
            .count(),
        3
    );
}

#[test]
fn what_two_snapshots_share_is_taken_once() {
    let place = Place::new();
    small(&place.at("a"));
    small(&place.at("b"));
    let out = place.at("out");
    let run = snapshot_to("merge", &[&place.at("a"), &place.at("b")], &out, &[]).ends_with(0);
    assert!(run.text().contains("1 were in several"), "{}", run.text());
    verify(&out).ends_with(0);
    for file in files(&place.at("a")) {
        if !file.ends_with("manifest.json") {
            assert_eq!(
                fs::read(place.at("a").join(&file)).unwrap(),
                fs::read(out.join(&file)).unwrap()
            );
        }
    }
}

#[test]
fn snapshots_that_differ_are_merged_only_on_demand() {
    let place = Place::new();
    let (old, new, out) = (place.at("old"), place.at("new"), place.at("out"));
    small(&old);
    // The newer one has two VPCs, and was allowed to see endpoints.
    let endpoints = "aws/111122223333/us-east-1/ec2.DescribeVpcEndpoints.json";
    let vpcs =
        json!({"Vpcs": [{"VpcId": "vpc-019313eb4fb7d0323"}, {"VpcId": "vpc-0696e5305ed385baa"}]});
    sealed(
        &new,
        "2026-11-21T08:00:00Z",
        &[
            (VPCS, vpcs.clone()),
            (endpoints, json!({"VpcEndpoints": []})),
        ],
        &[
            line("DescribeVpcs", VPCS, 2),
            line("DescribeVpcEndpoints", endpoints, 0),
        ],
    );
    let run = snapshot_to("merge", &[&new, &old], &out, &[]).ends_with(2);
    let text = run.err.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["is different in", "/old", "/new", "--prefer newest"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!out.exists());
    for order in [[&new, &old], [&old, &new]] {
        let out = TempDir::new().unwrap();
        let paths: Vec<&Path> = order.iter().map(|path| path.as_path()).collect();
        snapshot_to("merge", &paths, out.path(), &["--prefer", "newest"]).ends_with(0);
        verify(out.path()).ends_with(0);
        let read: Value =
            serde_json::from_slice(&fs::read(out.path().join(VPCS)).unwrap()).unwrap();
        assert_eq!(read, vpcs);
        let ledger = fs::read_to_string(out.path().join("ledger.jsonl")).unwrap();
        assert!(!ledger.contains("UnauthorizedOperation"), "{ledger}");
        assert_eq!(ledger.lines().count(), 2);
    }
}

/// Verdicts by rule and resource, where the resource's id is one of AWS.
fn comparable(report: &Value) -> BTreeMap<(String, String), u64> {
    let mut counts = BTreeMap::new();
    for ((rule, resource), verdict) in verdicts(report) {
        // A record's id is its name, and a name is what must go.
        let resource = resource.split(' ').next().unwrap();
        let id = if resource.ends_with('.') {
            "a name"
        } else {
            resource
        };
        *counts
            .entry((format!("{rule} {verdict}"), id.to_owned()))
            .or_default() += 1;
    }
    counts
}

#[test]
fn a_redacted_snapshot_gives_the_same_findings_and_names_nobody() {
    for (name, secrets) in [
        (
            "redis-cloud-broken",
            &[
                "shop",
                "redis-",
                "Redis Cloud",
                "payments",
                "identity",
                "production",
                "111122223333",
                "444455556666",
                "777788889999",
                "terraform",
            ][..],
        ),
        (
            "two-accounts",
            &[
                "shop",
                "redis-",
                "shared-services",
                "111122223333",
                "222233334444",
                "terraform",
            ][..],
        ),
    ] {
        let place = Place::new();
        let (path, out, key) = (place.at("s"), place.at("r"), place.at("key"));
        sealed_fixture(name, &path);
        snapshot_to(
            "redact",
            &[&path],
            &out,
            &["--new-key", key.to_str().unwrap()],
        )
        .ends_with(0);
        verify(&out).ends_with(0);
        let (before, after) = (findings(&path), findings(&out));
        assert!(before["findings"].as_array().unwrap().len() > 3 || name == "two-accounts");
        assert_eq!(comparable(&before), comparable(&after), "{name}");
        assert_eq!(before["summary"]["verdicts"], after["summary"]["verdicts"]);
        for file in files(&out) {
            let text = format!(
                "{}\n{}",
                file.display(),
                fs::read_to_string(out.join(&file)).unwrap()
            );
            for secret in secrets {
                assert!(!text.contains(secret), "{secret} is in {}", file.display());
            }
        }
        // The same key gives the same bytes; another gives others.
        let again = place.at("again");
        snapshot_to(
            "redact",
            &[&path],
            &again,
            &["--key-file", key.to_str().unwrap()],
        )
        .ends_with(0);
        assert_eq!(files(&out), files(&again));
        for file in files(&out) {
            assert_eq!(
                fs::read(out.join(&file)).unwrap(),
                fs::read(again.join(&file)).unwrap()
            );
        }
        let other = place.at("other");
        snapshot_to(
            "redact",
            &[&path],
            &other,
            &["--new-key", place.at("key2").to_str().unwrap()],
        )
        .ends_with(0);
        assert_ne!(files(&out), files(&other));
    }
}

#[test]
fn blocks_stay_inside_blocks_when_addresses_are_redacted() {
    let place = Place::new();
    let (path, out, key) = (place.at("s"), place.at("r"), place.at("key"));
    sealed_fixture("redis-cloud-broken", &path);
    snapshot_to(
        "redact",
        &[&path],
        &out,
        &[
            "--addresses",
            "--tag-keys",
            "--new-key",
            key.to_str().unwrap(),
        ],
    )
    .ends_with(0);
    verify(&out).ends_with(0);
    assert_eq!(comparable(&findings(&path)), comparable(&findings(&out)));
    for file in files(&out) {
        let text = fs::read_to_string(out.join(&file)).unwrap();
        assert!(
            !text.contains("10.40.") && !text.contains("10-40-"),
            "{}",
            file.display()
        );
    }
}

#[test]
fn redacting_covers_ledger_manifest_names_of_files_and_secrets() {
    let place = Place::new();
    let (path, out, key) = (place.at("s"), place.at("r"), place.at("key"));
    let parent = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/acme-lb/50dc6c495c0c9188";
    let file = format!(
        "aws/111122223333/us-east-1/elasticloadbalancing.DescribeListeners/{}.json",
        folder::file_name(parent)
    );
    let mut of_parent = line("DescribeListeners", &file, 1);
    of_parent["service"] = json!("elasticloadbalancing");
    of_parent["parent"] = json!(parent);
    of_parent["principal_arn"] = json!("arn:aws:sts::111122223333:assumed-role/acme-auditor/jane");
    let listener = json!({"Listeners": [{"ListenerArn": parent.replace("loadbalancer", "listener"), "LoadBalancerArn": parent, "Port": 443,
        "DefaultActions": [{"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"ClientSecret": "hunter2"}}]}]});
    sealed(
        &path,
        "2026-11-20T08:00:00Z",
        &[(&file, listener)],
        &[of_parent],
    );
    snapshot_to(
        "redact",
        &[&path],
        &out,
        &["--new-key", key.to_str().unwrap()],
    )
    .ends_with(0);
    verify(&out).ends_with(0);
    for file in files(&out) {
        let text = format!(
            "{}\n{}",
            file.display(),
            fs::read_to_string(out.join(&file)).unwrap()
        );
        for gone in [
            "111122223333",
            "acme",
            "jane",
            "hunter2",
            "7c9e6679",
            &"ab".repeat(32),
        ] {
            assert!(!text.contains(gone), "{gone} is in {text}");
        }
    }
    let listener = files(&out)
        .into_iter()
        .find(|file| file.to_str().unwrap().contains("Listeners"))
        .unwrap();
    let read: Value = serde_json::from_slice(&fs::read(out.join(&listener)).unwrap()).unwrap();
    let arn = read["Listeners"][0]["LoadBalancerArn"].as_str().unwrap();
    assert!(
        listener.ends_with(format!("{}.json", folder::file_name(arn))),
        "{arn} in {}",
        listener.display()
    );
    let redactions = manifest(&out)["redactions"].clone();
    let of = |field: &str| {
        redactions
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["field"].as_str().unwrap().contains(field))
    };
    assert!(
        of("ClientSecret") && of("accounts") && of("digests of answers"),
        "{redactions}"
    );
}

#[test]
fn keys_are_checked_kept_private_and_never_written_over() {
    let place = Place::new();
    let path = place.at("s");
    small(&path);
    for (text, message) in [
        ("", "0 characters"),
        ("abcd", "4 characters"),
        (&*"0g".repeat(32), "no hexadecimal digit"),
        (&*"ab".repeat(40), "80 characters"),
    ] {
        let key = place.at("bad");
        fs::write(&key, text).unwrap();
        let run = snapshot_to(
            "redact",
            &[&path],
            &place.at("r"),
            &["--key-file", key.to_str().unwrap()],
        )
        .ends_with(2);
        assert!(
            run.err.contains(message) && run.err.contains("--new-key"),
            "{}",
            run.err
        );
        let over = snapshot_to(
            "redact",
            &[&path],
            &place.at("r"),
            &["--new-key", key.to_str().unwrap()],
        )
        .ends_with(2);
        assert!(over.err.contains("never written over"), "{}", over.err);
        assert_eq!(fs::read_to_string(&key).unwrap(), text);
    }
    assert!(!place.at("r").exists());
    let none = snapshot_to("redact", &[&path], &place.at("r"), &[]).ends_with(2);
    assert!(none.err.contains("--key-file"), "{}", none.err);
    let key = place.at("key");
    snapshot_to(
        "redact",
        &[&path],
        &place.at("r"),
        &["--new-key", key.to_str().unwrap()],
    )
    .ends_with(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&key).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    assert_eq!(fs::read_to_string(&key).unwrap().trim().len(), 64);
}
