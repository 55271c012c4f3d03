//! Any text as an answer of AWS: read, linked, and nothing lost in silence.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let collected = plaudit::collect::read_text("fuzz.json", text);
    let understood = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    assert!(understood || !collected.problems.is_empty());
    let _graph = plaudit::graph::Graph::build(collected.snapshot);
});
