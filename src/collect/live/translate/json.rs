//! JSON answers: names are right already, times are not.
//!
//! Walks a value beside its shape. Keeps what the shape does not know.

use serde_json::{Map, Value};

use super::shape::{Scalar, Shapes, Type};
use super::time;

/// The value as the AWS CLI prints it.
pub(super) fn shaped(shapes: &Shapes, shape: &Type, value: Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return value;
    };
    match (shape, value) {
        (Type::List { list, .. }, Value::Array(values)) => values
            .into_iter()
            .map(|value| shaped(shapes, list, value, depth))
            .collect(),
        (Type::Map { map, .. }, Value::Object(pairs)) => pairs
            .into_iter()
            .map(|(key, value)| (key, shaped(shapes, map, value, depth)))
            .collect(),
        (Type::Named(structure), Value::Object(fields)) => object(shapes, structure, fields, depth),
        (simple, value) => match (simple.scalar(), value) {
            (Some(Scalar::Time), Value::Number(seconds)) => seconds
                .as_f64()
                .and_then(time::of_seconds)
                .map_or(Value::Number(seconds), Value::String),
            (Some(Scalar::Time), Value::String(text)) => Value::String(time::of_text(&text)),
            (_, value) => value,
        },
    }
}

/// Fields that are null are not there.
fn object(shapes: &Shapes, structure: &str, fields: Map<String, Value>, depth: usize) -> Value {
    let mut object = Map::new();
    for (wire, value) in fields {
        if value.is_null() {
            continue;
        }
        match shapes.on_wire(structure, &wire) {
            Some((name, of)) => object.insert(name.to_owned(), shaped(shapes, of, value, depth)),
            None => object.insert(wire, value),
        };
    }
    Value::Object(object)
}
