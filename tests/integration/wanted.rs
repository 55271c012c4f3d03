//! An audit keeps only what its rules ask for. That must never show: the same
//! findings come out as when everything is kept.

use std::path::PathBuf;
use std::sync::Arc;

use plaudit::collect::{self, Options};
use plaudit::findings::Findings as _;
use plaudit::graph::Graph;
use plaudit::rules::{Include, Selection, evaluate, load, select, wanted};

fn findings(scenario: &str, keep_all: bool) -> Vec<String> {
    let (set, _) = load(&[]).unwrap();
    let selected = select(&set, &Selection::default()).unwrap();
    let wanted = (!keep_all).then(|| Arc::new(wanted(&selected)));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(scenario);
    let options = Options {
        wanted: wanted.clone(),
        ..Options::default()
    };
    let collected = collect::read(&[path], &options, &()).unwrap();
    let graph = Graph::build_for(collected.snapshot, wanted.as_deref());
    let include = Include {
        pass: true,
        not_applicable: true,
    };
    let evaluated = evaluate(
        selected,
        &graph,
        Some("2026-11-20T08:00:00Z"),
        include,
        &collected.locator,
    );
    let mut lines = Vec::new();
    evaluated
        .each(&mut |finding| {
            lines.push(serde_json::to_string(finding).unwrap());
            Ok(())
        })
        .unwrap();
    lines
}

#[test]
fn what_is_not_kept_is_not_missed() {
    for scenario in [
        "redis-cloud-healthy",
        "redis-cloud-broken",
        "partial-permissions",
        "two-accounts",
        "dns-zones",
        "dns-endpoints",
        "dns-resolver",
    ] {
        let all = findings(scenario, true);
        assert!(all.len() > 20, "{scenario}: {}", all.len());
        // Line by line, or the difference would be a page.
        for (kept, whole) in findings(scenario, false).iter().zip(&all) {
            assert_eq!(kept, whole, "{scenario}");
        }
        assert_eq!(findings(scenario, false).len(), all.len(), "{scenario}");
    }
}
