//! Azure: the script that `plaudit collect azure` prints, run with a stand-in for
//! the Azure CLI, and exports that nobody here wrote.
//!
//! What rules say about Azure is tested by their cases and by the scenarios.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{plaudit, root};
use crate::samples::files;

const SUBSCRIPTION: &str = "3b8c1f50-7d2e-4a61-9c04-5e2f8a6b1d01";

/// A stand-in for `az`: answers from files called after the words of the
/// command, writes down how it was called, and refuses what is in `$REFUSED`.
const AZ: &str = r#"#!/bin/sh
printf '%s\n' "$*" >>"$STAND/calls"
words='' query='' group='' name=''
while [ "$#" -gt 0 ]; do
  case $1 in
    --subscription | --output) shift ;;
    --query) query=$2; shift ;;
    --resource-group) group=$2; shift ;;
    --zone-name | --endpoint-name | --cluster-name) name=$2; shift ;;
    --*) ;;
    *) words="$words${words:+-}$1" ;;
  esac
  shift
done
if [ "$words" = account-show ]; then echo "$SUBSCRIPTION"; exit 0; fi
if [ "$words" = "$REFUSED" ]; then
  echo "ERROR: (AuthorizationFailed) The client does not have authorization to perform 'it's' \"that\"" >&2
  exit 1
fi
if [ -n "$query" ]; then cat "$STAND/$words.ids"; exit 0; fi
if [ -n "$name" ] && [ -e "$STAND/$words.$group.$name.json" ]; then cat "$STAND/$words.$group.$name.json"; exit 0; fi
if [ -e "$STAND/$words.json" ]; then cat "$STAND/$words.json"; else echo '[]'; fi
"#;

/// The script, the stand-in, and a folder to collect into.
struct Stand(TempDir);

impl Stand {
    fn new() -> Self {
        let stand = Self(TempDir::new().unwrap());
        let printed = plaudit(["collect", "azure", "--script"]).run();
        assert_eq!(printed.code, 0, "{}", printed.err);
        fs::write(stand.path("collect.sh"), &printed.out).unwrap();
        fs::create_dir(stand.path("bin")).unwrap();
        fs::write(stand.path("bin/az"), AZ).unwrap();
        let made = Command::new("chmod")
            .arg("+x")
            .arg(stand.path("bin/az"))
            .status();
        assert!(made.unwrap().success());
        stand
    }

    /// A stand-in that answers as the healthy scenario is.
    fn healthy() -> Self {
        let stand = Self::new();
        let from = root()
            .join("fixtures/azure-redis-healthy/azure")
            .join(SUBSCRIPTION);
        for file in files(&from) {
            let name = file.to_str().unwrap().trim_start_matches("az.");
            fs::copy(from.join(&file), stand.path(name)).unwrap();
        }
        for (list, lists) in [
            ("network-private-dns-zone-list", "private-dns-zone"),
            ("network-private-endpoint-list", "private-endpoint"),
            ("redisenterprise-list", "cluster"),
        ] {
            let text = fs::read_to_string(stand.path(&format!("{list}.json"))).unwrap();
            let all: Value = serde_json::from_str(&text).unwrap();
            let ids: Vec<&str> = all
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap())
                .collect();
            assert!(!ids.is_empty(), "{lists}");
            fs::write(
                stand.path(&format!("{list}.ids")),
                ids.join("\r\n") + "\r\n",
            )
            .unwrap();
        }
        stand
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, refused: &str, subscriptions: &[&str]) -> Output {
        let path = format!(
            "{}:{}",
            self.path("bin").display(),
            std::env::var("PATH").unwrap()
        );
        Command::new("sh")
            .arg(self.path("collect.sh"))
            .arg(self.path("out"))
            .args(subscriptions)
            .env("PATH", path)
            .env("STAND", self.0.path())
            .env("SUBSCRIPTION", SUBSCRIPTION)
            .env("REFUSED", refused)
            .output()
            .unwrap()
    }

    fn calls(&self) -> usize {
        fs::read_to_string(self.path("calls")).map_or(0, |text| text.lines().count())
    }

    fn audit(&self) -> Value {
        plaudit(["audit", "-f", "json", "--include", "pass"])
            .arg(self.path("out"))
            .run()
            .json()
    }
}

fn verdicts(report: &Value) -> BTreeMap<String, String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|one| {
            let key = format!("{} {}", one["rule"], one["resource"]["id"]);
            (key, one["verdict"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn the_script_records_what_the_commands_print() {
    let stand = Stand::healthy();
    let run = stand.run("", &[]);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(0), "{said}");
    let report = stand.audit();
    let scenario = plaudit(["audit", "-f", "json", "--include", "pass"])
        .arg("fixtures/azure-redis-healthy")
        .run()
        .json();
    assert_eq!(verdicts(&report), verdicts(&scenario));
    assert_eq!(report["summary"]["verdicts"]["unknown"], 0, "{report:#}");
    let recorded = report["coverage"].as_array().unwrap().iter();
    assert!(recorded.clone().count() >= 11);
    for row in recorded {
        assert_eq!(row["outcome"], "complete", "{row}");
        assert_eq!(row["asserted"], false, "{row}");
        assert_eq!(row["account"], SUBSCRIPTION);
    }
    let redacted = plaudit(["snapshot", "redact", "--new-key"])
        .arg(stand.path("key"))
        .arg("-o")
        .arg(stand.path("redacted"))
        .arg(stand.path("out"))
        .run();
    assert_eq!(redacted.code, 2, "subscriptions would be given away");
    assert!(
        redacted.err.contains("something of Azure"),
        "{}",
        redacted.err
    );
    let info = plaudit(["snapshot", "verify"]).arg(stand.path("out")).run();
    assert_eq!(info.code, 0, "{}", info.err);
}

#[test]
fn a_refused_command_is_unknown_and_is_asked_again() {
    let stand = Stand::healthy();
    let refused = "network-private-dns-record-set-list";
    let run = stand.run(refused, &[SUBSCRIPTION]);
    assert_eq!(run.status.code(), Some(3));
    let report = stand.audit();
    let rows = report["coverage"].as_array().unwrap().iter();
    let denied: Vec<&Value> = rows.filter(|row| row["outcome"] == "denied").collect();
    assert_eq!(denied.len(), 1, "{report:#}");
    assert_eq!(
        denied[0]["operation"],
        "network private-dns record-set list"
    );
    let seen = verdicts(&report);
    let missing = seen
        .iter()
        .find(|(key, _)| key.contains("azure-endpoint-record-missing"));
    assert_eq!(missing.unwrap().1, "unknown");
    let before = stand.calls();
    let run = stand.run("", &[&SUBSCRIPTION.to_ascii_uppercase()]);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(0), "{said}");
    // Ids of parents three times over four lists, and what was refused.
    assert_eq!(
        stand.calls() - before,
        5,
        "{}",
        fs::read_to_string(stand.path("calls")).unwrap()
    );
    assert_eq!(stand.audit()["summary"]["verdicts"]["unknown"], 0);
}

#[test]
fn hostile_names_stay_in_their_place() {
    let stand = Stand::new();
    let id = format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/r'$(touch hit)\"`touch hit`/providers/Microsoft.Network/privateDnsZones/z;touch hit"
    );
    let zone =
        json!([{"id": id, "name": "z", "location": "global", "provisioningState": "Succeeded"}]);
    fs::write(
        stand.path("network-private-dns-zone-list.json"),
        zone.to_string(),
    )
    .unwrap();
    fs::write(
        stand.path("network-private-dns-zone-list.ids"),
        format!("{id}\n"),
    )
    .unwrap();
    for list in ["network-private-endpoint-list", "redisenterprise-list"] {
        fs::write(stand.path(&format!("{list}.ids")), "").unwrap();
    }
    let run = stand.run("", &[]);
    assert_eq!(
        run.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let hit = files(stand.0.path())
        .into_iter()
        .any(|file| file.ends_with("hit"));
    assert!(!hit, "a name was run");
    let links = stand
        .path("out/azure")
        .join(SUBSCRIPTION)
        .join("az.network-private-dns-link-vnet-list");
    let file = links.join(&files(&links)[0]);
    let answer: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(answer["zoneId"], id.as_str());
    for wrong in [
        "--debug",
        "x",
        "00000000-0000-0000-0000-00000000000g",
        "a b",
    ] {
        assert_eq!(stand.run("", &[wrong]).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn a_cloud_that_nobody_gave_is_named_once_and_asks_nothing() {
    for (scenario, cloud, other) in [
        ("azure-redis-healthy", "AWS", "azure-"),
        ("redis-cloud-healthy", "Azure", "vpc-endpoint"),
    ] {
        let report = plaudit(["audit", "-f", "json"])
            .arg(format!("fixtures/{scenario}"))
            .run()
            .json();
        let notes: Vec<&str> = report["problems"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["message"].as_str())
            .filter(|text| text.starts_with("nothing of"))
            .collect();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(
            notes[0].starts_with(&format!("nothing of {cloud} was given, so ")),
            "{notes:?}"
        );
        assert_eq!(
            report["summary"]["verdicts"]["unknown"], 0,
            "{scenario} {other}"
        );
        for row in report["coverage"].as_array().unwrap() {
            assert_eq!(row["service"] == "az", cloud == "AWS", "{row}");
        }
    }
}

/// Types of which kinds are made.
const MODELLED: &str = "
    microsoft.cache/redis microsoft.cache/redisenterprise microsoft.cache/redisenterprise/databases
    microsoft.network/networkinterfaces microsoft.network/networksecuritygroups
    microsoft.network/privateendpoints microsoft.network/privateendpoints/privatednszonegroups
    microsoft.network/privatednszones microsoft.network/privatednszones/virtualnetworklinks
    microsoft.network/virtualnetworks microsoft.network/virtualnetworks/subnets
    microsoft.network/virtualnetworks/virtualnetworkpeerings
";

#[test]
fn one_cloud_says_nothing_about_the_other() {
    let both = plaudit(["audit", "-f", "json", "--include", "pass"])
        .args(&[
            "fixtures/redis-cloud-healthy",
            "fixtures/azure-redis-healthy",
        ])
        .run()
        .json();
    let mut wanted = BTreeMap::new();
    for scenario in ["redis-cloud-healthy", "azure-redis-healthy"] {
        let one = plaudit(["audit", "-f", "json", "--include", "pass"])
            .arg(format!("fixtures/{scenario}"))
            .run()
            .json();
        wanted.append(&mut verdicts(&one));
    }
    assert_eq!(verdicts(&both), wanted);
    assert_eq!(both["summary"]["verdicts"]["unknown"], 0);
}

/// The type of a resource as an export writes it.
fn type_of(object: &Value) -> Option<String> {
    let get = |wanted: &str| {
        let fields = object.as_object()?.iter();
        let mut found = fields.filter(|(key, _)| key.eq_ignore_ascii_case(wanted));
        found.next().and_then(|(_, value)| value.as_str())
    };
    let has = |wanted: &str| {
        object
            .as_object()
            .unwrap()
            .keys()
            .any(|key| key.eq_ignore_ascii_case(wanted))
    };
    let id = ["id", "resourceId"]
        .iter()
        .find_map(|key| get(key).filter(|id| id.to_lowercase().starts_with("/subscriptions/")));
    let whole = id.is_some() || has("properties") || has("location") || has("subscriptionId");
    let named = ["type", "resourceType"].iter().find_map(|key| {
        get(key).filter(|name| whole && name.to_lowercase().starts_with("microsoft."))
    });
    if let Some(name) = named {
        return Some(name.to_lowercase());
    }
    let id = id?.to_lowercase();
    let (_, rest) = id.rsplit_once("/providers/")?;
    let parts: Vec<&str> = rest.split('/').collect();
    let kinds = parts[1..].iter().step_by(2).copied();
    Some(
        std::iter::once(parts[0])
            .chain(kinds)
            .collect::<Vec<_>>()
            .join("/"),
    )
}

/// Counts resources, those inside others too, by type.
fn count(object: &Value, counts: &mut BTreeMap<String, u64>) {
    let name = type_of(object).unwrap_or_else(|| "resources without a type".to_owned());
    *counts.entry(name).or_default() += 1;
    let fields = object.as_object().unwrap().iter();
    for (_, inner) in fields.filter(|(key, _)| key.eq_ignore_ascii_case("resources")) {
        for child in inner.as_array().into_iter().flatten() {
            count(child, counts);
        }
    }
}

/// A folder of samples, if it is there.
fn samples(name: &str) -> Option<PathBuf> {
    let folder = root().join("../shared/data").join(name);
    if folder.exists() {
        return Some(folder);
    }
    println!("skipped: no ../shared/data/{name} beside the repository");
    None
}

fn jsons(folder: &Path) -> Vec<PathBuf> {
    let json = |file: &PathBuf| {
        file.extension()
            .is_some_and(|extension| extension == "json")
    };
    files(folder).into_iter().filter(json).collect()
}

/// What the program says it took: by type what is not modelled, and by kind.
fn taken(report: &Value) -> (BTreeMap<String, u64>, u64) {
    let ignored = report["ignored"].as_array().unwrap().iter();
    let ignored = ignored.map(|one| {
        (
            one["key"].as_str().unwrap().to_owned(),
            one["items"].as_u64().unwrap(),
        )
    });
    let items = report["inputs"].as_array().unwrap().iter();
    (
        ignored.collect(),
        items.map(|one| one["items"].as_u64().unwrap()).sum(),
    )
}

#[test]
fn every_object_of_an_export_is_read_or_counted() {
    let Some(folder) = samples("psrule-azure") else {
        return;
    };
    let modelled: BTreeSet<&str> = MODELLED.split_ascii_whitespace().collect();
    let (mut objects, mut rows) = (0, 0);
    for file in jsons(&folder) {
        let path = folder.join(&file);
        let report = plaudit([
            "audit",
            "-f",
            "json",
            "--select",
            "azure-redis-zone-duplicate",
        ])
        .arg(&path)
        .run()
        .json();
        assert_eq!(report["inputs"][0]["format"], "azure", "{}", file.display());
        let (ignored, items) = taken(&report);
        let text = fs::read_to_string(&path).unwrap();
        let all: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
        let Some(list) = all.as_array() else {
            let known: u64 = ignored
                .iter()
                .filter(|(key, _)| key.ends_with("of Azure deployments"))
                .map(|(_, count)| count)
                .sum();
            assert_eq!(known, 1, "{}", file.display());
            continue;
        };
        let mut counts = BTreeMap::new();
        for one in list {
            count(one, &mut counts);
        }
        objects += counts.values().sum::<u64>();
        let (ours, others): (BTreeMap<_, _>, BTreeMap<_, _>) = counts
            .into_iter()
            .partition(|(name, _)| modelled.contains(name.as_str()));
        assert_eq!(ignored, others, "{}", file.display());
        // Subnets and peerings stand inside networks too.
        let inside: u64 = list.iter().map(inside).sum();
        assert_eq!(
            items,
            ours.values().sum::<u64>() + inside,
            "{}",
            file.display()
        );
        rows += items;
    }
    assert!(objects > 280 && rows > 50, "{objects} objects, {rows} rows");
}

/// Subnets and peerings in the properties of a network, and of those inside it.
fn inside(object: &Value) -> u64 {
    let get = |object: &Value, wanted: &str| {
        let fields = object.as_object().into_iter().flatten();
        let mut found = fields.filter(|(key, _)| key.eq_ignore_ascii_case(wanted));
        found
            .next()
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    let network = type_of(object).as_deref() == Some("microsoft.network/virtualnetworks");
    let properties = get(object, "properties");
    let lists = ["subnets", "virtualNetworkPeerings"].map(|name| {
        get(&properties, name)
            .as_array()
            .map_or(0, |list| list.len() as u64)
    });
    let own = if network { lists.iter().sum() } else { 0 };
    let children = get(object, "resources");
    own + children
        .as_array()
        .into_iter()
        .flatten()
        .map(inside)
        .sum::<u64>()
}

#[test]
fn templates_are_told_from_resources() {
    let Some(folder) = samples("Azure+bicep") else {
        return;
    };
    for file in jsons(&folder) {
        let report = plaudit([
            "audit",
            "-f",
            "json",
            "--select",
            "azure-redis-zone-duplicate",
        ])
        .arg(folder.join(&file))
        .run()
        .json();
        assert_eq!(report["inputs"][0]["format"], "azure", "{}", file.display());
        assert_eq!(
            report["ignored"][0]["key"],
            "templates of Azure deployments"
        );
    }
}
