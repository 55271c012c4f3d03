//! Seeing less never makes anything look better.
//!
//! Files are taken away one at a time; what was not seen may become unknown,
//! and never a pass or a failure.

use std::fs;
use std::path::Path;

use plaudit::collect::read_text;
use plaudit::graph::{Graph, Listing};
use plaudit::snapshot::record::Kind;
use serde_json::Value;

use crate::program::plaudit;
use crate::samples::{Copy, Verdicts, copy, files, scenarios, verdicts};

fn audit(folder: &Path) -> Verdicts {
    let run = plaudit(["audit", "-f", "json", "--include", "pass,not-applicable"])
        .arg(folder)
        .run();
    assert!(matches!(run.code, 0 | 1 | 3 | 4), "{}", run.err);
    verdicts(&run.json())
}

/// What became a pass or a failure although less was seen, and which rules fell
/// silent.
fn worse(before: &Verdicts, after: &Verdicts) -> Vec<String> {
    let mut found: Vec<String> = after
        .iter()
        .filter(|(key, verdict)| {
            matches!(verdict.as_str(), "pass" | "fail") && before.get(key) != Some(verdict)
        })
        .map(|(key, verdict)| {
            let was = before.get(key).map_or("absent", String::as_str);
            format!("{} {}: {was} became {verdict}", key.0, key.1)
        })
        .collect();
    for (rule, resource) in before.keys().filter(|key| !after.contains_key(key)) {
        let speaks = after
            .iter()
            .any(|((other, _), verdict)| other == rule && verdict == "unknown");
        if before
            .get(&(rule.clone(), resource.clone()))
            .is_some_and(|was| was != "not-applicable")
            && !speaks
        {
            found.push(format!("{rule} {resource}: is gone, and nothing says so"));
        }
    }
    found
}

fn take_away_each_file(name: &str, make: &dyn Fn() -> Copy) {
    let before = audit(make().path());
    let mut wrong = Vec::new();
    let whole = make();
    for file in files(whole.path()) {
        let given = ["aws", "azure", "children"];
        if !given.iter().any(|root| file.starts_with(root)) {
            continue;
        }
        let path = whole.path().join(&file);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let after = audit(whole.path());
        fs::write(&path, bytes).unwrap();
        wrong.extend(
            worse(&before, &after)
                .into_iter()
                .map(|problem| format!("{name} without {}: {problem}", file.display())),
        );
    }
    assert!(
        wrong.is_empty(),
        "{} problems\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn without_a_file_of_a_healthy_network_nothing_turns_into_a_pass() {
    take_away_each_file("healthy", &|| {
        copy("redis-cloud-healthy").without_bookkeeping()
    });
}

#[test]
fn without_a_file_that_the_ledger_names_nothing_turns_into_a_pass() {
    take_away_each_file("with a ledger", &|| {
        let copy = copy("partial-permissions");
        fs::remove_file(copy.path().join("manifest.json")).unwrap();
        copy
    });
}

#[test]
fn without_a_file_of_a_broken_network_nothing_turns_into_a_pass() {
    take_away_each_file("broken", &|| {
        copy("redis-cloud-broken").without_bookkeeping()
    });
}

#[test]
fn without_a_file_of_azure_nothing_turns_into_a_pass() {
    for name in ["azure-redis-healthy", "azure-redis-broken"] {
        take_away_each_file(name, &|| copy(name));
    }
}

#[test]
fn without_a_file_of_two_accounts_nothing_turns_into_a_pass() {
    take_away_each_file("two accounts", &|| {
        copy("two-accounts").without_bookkeeping()
    });
}

/// With the files' own lists emptied as a service does that answers nothing:
/// the call says that it is not all there.
#[test]
fn a_page_that_was_not_fetched_makes_unknown_and_no_pass() {
    let name = "redis-cloud-healthy";
    let before = audit(copy(name).without_bookkeeping().path());
    let whole = copy(name).without_bookkeeping();
    let mut wrong = Vec::new();
    for file in files(whole.path()) {
        let shown = file.display().to_string();
        let path = whole.path().join(&file);
        let bytes = fs::read(&path).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let lists = value
            .as_object()
            .is_some_and(|file| file.values().any(Value::is_array));
        if !file.starts_with("aws") || !lists {
            continue;
        }
        whole.edit(&shown, |value| {
            let file = value.as_object_mut().unwrap();
            for list in file.values_mut().filter_map(Value::as_array_mut) {
                list.clear();
            }
            file.insert("NextToken".to_owned(), "more".into());
        });
        let after = audit(whole.path());
        fs::write(&path, bytes).unwrap();
        wrong.extend(
            worse(&before, &after)
                .into_iter()
                .map(|problem| format!("{shown} cut: {problem}")),
        );
    }
    assert!(
        wrong.is_empty(),
        "{} problems\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// One record at a time, where things are unknown already.
#[test]
fn without_a_record_nothing_unknown_turns_into_a_pass() {
    let name = "partial-permissions";
    assert!(scenarios().contains(&name.to_owned()));
    let whole = copy(name).without_bookkeeping();
    let before = audit(whole.path());
    let mut wrong = Vec::new();
    for file in files(whole.path()) {
        let shown = file.display().to_string();
        let path = whole.path().join(&file);
        let bytes = fs::read(&path).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let Some(sections) = value.as_object().filter(|_| file.starts_with("aws")) else {
            continue;
        };
        for (section, list) in sections {
            for position in 0..list.as_array().map_or(0, Vec::len) {
                whole.edit(&shown, |value| {
                    value[section].as_array_mut().unwrap().remove(position);
                });
                let after = audit(whole.path());
                fs::write(&path, &bytes).unwrap();
                for (key, verdict) in &after {
                    // Without the other endpoint there is none that could have
                    // the same name.
                    let of_two = key.0 == "endpoint-private-dns-duplicate";
                    if !of_two
                        && verdict == "pass"
                        && before.get(key).is_some_and(|was| was == "unknown")
                    {
                        wrong.push(format!("{shown} without {section}/{position}: {key:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Static routes alone leave a table of a transit gateway open, and tell that
/// they are all there.
#[test]
fn a_part_of_an_answer_is_no_whole() {
    let text = r#"{
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-0a"},
            {"TransitGatewayRouteTableId": "tgw-rtb-0b"}, {"TransitGatewayRouteTableId": "tgw-rtb-0c"}],
        "TransitGatewayStaticRoutes": [{"TransitGatewayRouteTableId": "tgw-rtb-0a", "Routes": []},
            {"TransitGatewayRouteTableId": "tgw-rtb-0b", "Routes": [], "AdditionalRoutesAvailable": true}],
        "TransitGatewayPropagations": [{"TransitGatewayRouteTableId": "tgw-rtb-0a", "TransitGatewayRouteTablePropagations": []}]}"#;
    let graph = Graph::build(read_text("x.json", text).snapshot);
    let table = |id: &str| {
        let kind = Kind::TransitGatewayRouteTable;
        graph.find(kind, id, None).unwrap()
    };
    let asked = |id| {
        let route = Kind::TransitGatewayRoute;
        (
            graph.asked_for(route, table(id)),
            graph.asked_for_part(route, table(id), "static"),
            graph.asked_for(Kind::TransitGatewayRouteTablePropagation, table(id)),
        )
    };
    assert_eq!(asked("tgw-rtb-0a"), (false, true, true));
    assert_eq!(asked("tgw-rtb-0b"), (false, false, false));
    assert_eq!(asked("tgw-rtb-0c"), (false, false, false));
    let listing = graph.listing(Kind::TransitGatewayRoute, table("tgw-rtb-0a"));
    assert_eq!(listing, Listing::Partial);
}
