//! XML answers, of EC2, of the query services and of Route 53.
//!
//! Walks the elements beside their shape, which tells lists from structures and
//! numbers from texts. Elements that no shape knows are kept, with a guess at
//! what they hold.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Number, Value};

use super::shape::{Scalar, Shapes, Type};
use super::{DEPTH, time};

/// Elements of an answer; one of a hundred thousand rules has four million.
const NODES: u32 = 50_000_000;

/// The answer to an operation.
pub(super) fn value(
    shapes: &Shapes,
    shape: &Type,
    operation: &str,
    text: &str,
) -> Result<Value, String> {
    let document = parse(text)?;
    let root = document.root_element();
    let name = root.tag_name().name();
    if name != format!("{operation}Response") {
        return Err(format!(
            "the answer is <{name}> and not <{operation}Response>"
        ));
    }
    // The query services put the answer into one more element.
    let wrapper = format!("{operation}Result");
    let answer = children(root)
        .find(|child| child.tag_name().name() == wrapper)
        .unwrap_or(root);
    let Type::Named(structure) = shape else {
        return Err("the shape of the answer is no structure".to_owned());
    };
    Ok(object(shapes, structure, answer, DEPTH, true))
}

/// Code and message of an answer that is an error.
pub(super) fn error(text: &str) -> (String, String) {
    let Ok(document) = parse(text) else {
        return Default::default();
    };
    let found = document
        .descendants()
        .find(|node| node.tag_name().name() == "Error");
    let Some(error) = found else {
        return Default::default();
    };
    let part = |name: &str| {
        let child = children(error).find(|child| child.tag_name().name() == name);
        child.map(content).unwrap_or_default()
    };
    (part("Code"), part("Message"))
}

fn parse(text: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| format!("not XML: {error}"))
}

fn children<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

fn content(node: Node<'_, '_>) -> String {
    node.children().filter_map(|child| child.text()).collect()
}

fn object(shapes: &Shapes, structure: &str, node: Node<'_, '_>, depth: usize, top: bool) -> Value {
    let mut fields = Map::new();
    for child in children(node) {
        let wire = child.tag_name().name();
        match shapes.on_wire(structure, wire) {
            Some((name, Type::List { list, item: None })) => {
                let value = typed(shapes, list, child, depth);
                push(&mut fields, name, value);
            }
            Some((name, of)) => {
                fields.insert(name.to_owned(), typed(shapes, of, child, depth));
            }
            // EC2 puts the id of the request beside the answer.
            None if top && matches!(wire, "requestId" | "ResponseMetadata") => {}
            None => {
                fields.insert(capital(wire), guessed(child, depth));
            }
        }
    }
    Value::Object(fields)
}

fn push(fields: &mut Map<String, Value>, name: &str, value: Value) {
    let list = fields
        .entry(name)
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(value);
    }
}

fn typed(shapes: &Shapes, of: &Type, node: Node<'_, '_>, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return Value::Null;
    };
    match of {
        Type::List { list, .. } => children(node)
            .map(|child| typed(shapes, list, child, depth))
            .collect(),
        Type::Map {
            map, key, value, ..
        } => {
            let mut pairs = Map::new();
            for entry in children(node) {
                let part = |name: &str| children(entry).find(|part| part.tag_name().name() == name);
                if let (Some(key), Some(value)) = (part(key), part(value)) {
                    pairs.insert(content(key), typed(shapes, map, value, depth));
                }
            }
            Value::Object(pairs)
        }
        Type::Named(structure) => match of.scalar() {
            Some(scalar) => simple(scalar, &content(node)),
            None => object(shapes, structure, node, depth, false),
        },
    }
}

/// A text as what it should be; if it is not that, the text.
fn simple(scalar: Scalar, text: &str) -> Value {
    let kept = || Value::String(text.to_owned());
    match scalar {
        Scalar::Text | Scalar::Bytes => kept(),
        Scalar::Time => Value::String(time::of_text(text.trim())),
        Scalar::Bool => match text.trim() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => kept(),
        },
        Scalar::Int => text
            .trim()
            .parse::<i64>()
            .map_or_else(|_| kept(), |number| Value::Number(number.into())),
        Scalar::Float => text
            .trim()
            .parse::<f64>()
            .ok()
            .and_then(Number::from_f64)
            .map_or_else(kept, Value::Number),
    }
}

/// An element that no shape knows: a list if all of its children are entries, a
/// structure if it has children, otherwise a text.
fn guessed(node: Node<'_, '_>, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return Value::Null;
    };
    let mut names = children(node)
        .map(|child| child.tag_name().name())
        .peekable();
    if names.peek().is_none() {
        return Value::String(content(node));
    }
    if names.all(|name| matches!(name, "item" | "member")) {
        return children(node).map(|child| guessed(child, depth)).collect();
    }
    let mut fields = Map::new();
    for child in children(node) {
        fields.insert(capital(child.tag_name().name()), guessed(child, depth));
    }
    Value::Object(fields)
}

/// `subnetId` as `SubnetId`, which is how EC2's names differ from the CLI's.
fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
