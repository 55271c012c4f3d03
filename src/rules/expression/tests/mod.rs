//! Expressions from text to value, over a small network made by hand.
//!
//! Tables are text, one row a line: `expression  =>  value`. Each row is
//! evaluated twice, because tracing must change no value.

mod cel;
mod fields;
mod logic;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{Names, check, slots};
use super::compile::{Context, Lets, compile};
use super::parser::parse;
use super::trace::{Event, Frame};
use super::value::Value;
use crate::graph::{Graph, Node};
use world::World;

/// What an expression about a resource gives, and whether it says what is
/// missing.
fn value_of(text: &str, graph: &Graph, subject: Node) -> (String, bool) {
    let tree = parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let names = Names {
        subject: subject.kind,
        params: BTreeMap::new(),
        facts: BTreeMap::new(),
        lets: Vec::new(),
    };
    let typed = check(&tree, text, &names).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let context = Context {
        graph,
        now: None,
        given: Arc::default(),
    };
    let code = compile(&typed, &context, &Lets::default());
    let mut frame = Frame::new(slots(&typed), 0, subject);
    let value = written(&code(&mut frame), graph);
    frame.start_trace();
    let again = written(&code(&mut frame), graph);
    assert_eq!(value, again, "{text}: tracing changes no value");
    let missed = frame
        .take_trace()
        .iter()
        .any(|event| matches!(event, Event::Missed(_)));
    (value, missed)
}

/// A value as CEL would write it; an open list ends with `…`.
fn written<'g>(value: &Value<'g>, graph: &'g Graph) -> String {
    match value {
        Value::Text(text) => format!("{:?}", text.read(graph)),
        Value::Nodes { .. } | Value::Entries { .. } | Value::List(_) => {
            let (items, open) = value.items(graph);
            let mut items: Vec<String> = items.iter().map(|item| written(item, graph)).collect();
            items.extend(open.then(|| "…".to_owned()));
            format!("[{}]", items.join(", "))
        }
        other => other.display(graph),
    }
}

/// Compares all rows of a table with what they give. `names` stand for longer
/// expressions; a value that is unknown must say why.
fn compare(table: &str, names: &[(&str, &str)], world: World) {
    let (graph, subject) = world.build();
    let mut rows = 0;
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let (text, expected) = line
            .split_once("  =>  ")
            .unwrap_or_else(|| panic!("{line}"));
        let words: Vec<String> = text
            .split_inclusive(|c: char| !c.is_ascii_alphanumeric())
            .map(|word| {
                let end = word
                    .find(|c: char| !c.is_ascii_alphanumeric())
                    .unwrap_or(word.len());
                let (name, rest) = word.split_at(end);
                let long = names.iter().find(|(short, _)| *short == name);
                format!("{}{rest}", long.map_or(name, |(_, long)| long))
            })
            .collect();
        let (value, missed) = value_of(&words.concat(), &graph, subject);
        assert_eq!(value, expected.trim(), "{text}");
        assert!(
            value != "unknown" || missed,
            "{text}: unknown for no reason"
        );
        rows += 1;
    }
    assert!(rows > 0, "the table is empty");
}
