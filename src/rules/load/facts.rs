//! Facts: dated, sourced values and tables, and the types of their values.
//!
//! It may use the shapes of the files. Whether a fact is still true is for
//! people; here it only has to be dated and to name where it comes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::Spanned;

use super::digest;
use super::sources::Source;
use super::yaml::{point, yaml};
use crate::diagnostic::Diagnostic;
use crate::rules::expression::check::Given;
use crate::rules::expression::suggest;
use crate::rules::expression::types::{FactShape, FactType};
use crate::rules::file::{Datum, FactFile};
use crate::rules::rule::{Fact, FactValue};

pub(super) fn fact(
    source: &Source,
    facts: &mut BTreeMap<String, Arc<Fact>>,
) -> Result<(), Vec<Diagnostic>> {
    let file: FactFile = yaml(source).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    if file.references.is_empty() {
        problems.push(point(
            source,
            &file.name,
            "a fact needs at least one reference",
        ));
    }
    if !is_date(&file.as_of.value) {
        problems.push(point(source, &file.as_of, "`as_of` is a day: YYYY-MM-DD"));
    }
    let identifier = file.name.value.replace('-', "_");
    let (given, value) = match (file.value, file.entries) {
        (Some(value), entries) if entries.is_empty() => match datum_type(&value) {
            Some(given) => (given, FactValue::One(value)),
            None => {
                return Err(vec![point(
                    source,
                    &file.name,
                    "a fact's value is one truth value, number or text",
                )]);
            }
        },
        (None, entries) if !entries.is_empty() => table(source, &file.name, &identifier, &entries)?,
        _ => {
            return Err(vec![point(
                source,
                &file.name,
                "a fact has either `value` or `entries`",
            )]);
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let fact = Fact {
        name: file.name.value,
        given,
        value,
        as_of: file.as_of.value,
        references: file.references,
        digest: digest(&[&source.text]),
    };
    facts.insert(identifier, Arc::new(fact));
    Ok(())
}

fn table(
    source: &Source,
    name: &Spanned<String>,
    identifier: &str,
    entries: &[BTreeMap<String, Datum>],
) -> Result<(Given, FactValue), Vec<Diagnostic>> {
    let fields: Vec<(String, FactType)> = entries
        .first()
        .into_iter()
        .flatten()
        .filter_map(|(field, value)| match datum_type(value) {
            Some(Given::One(ty)) => Some((field.clone(), ty)),
            _ => None,
        })
        .collect();
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let row: Vec<Datum> = fields
            .iter()
            .filter_map(|(field, ty)| {
                entry
                    .get(field)
                    .filter(|value| datum_type(value) == Some(Given::One(*ty)))
                    .cloned()
            })
            .collect();
        if row.len() != fields.len() || entry.len() != fields.len() {
            let names: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
            let message = format!(
                "entry {} differs from the first: all entries need {} with the same types",
                position + 1,
                names.join(", ")
            );
            problems.push(point(source, name, message));
        }
        rows.push(row);
    }
    if problems.is_empty() {
        let shape = FactShape {
            name: identifier.to_owned(),
            fields,
        };
        Ok((Given::Table(Arc::new(shape)), FactValue::Table(rows)))
    } else {
        Err(problems)
    }
}

pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
}

/// The type of a value; lists must hold values of one type, and an empty list
/// is one of texts.
fn datum_type(value: &Datum) -> Option<Given> {
    let one = |value: &Datum| match value {
        Datum::Bool(_) => Some(FactType::Bool),
        Datum::Int(_) => Some(FactType::Int),
        Datum::Text(_) => Some(FactType::Text),
        Datum::List(_) => None,
    };
    match value {
        Datum::List(items) => {
            let first = items.first().map_or(Some(FactType::Text), one)?;
            items
                .iter()
                .all(|item| one(item) == Some(first))
                .then_some(Given::Many(first))
        }
        other => one(other).map(Given::One),
    }
}

/// Whether a value fits a parameter.
pub(in crate::rules) fn fits(given: &Given, value: &Datum) -> bool {
    match (given, value) {
        (Given::Many(_), Datum::List(items)) if items.is_empty() => true,
        _ => datum_type(value).as_ref() == Some(given),
    }
}

pub(super) fn no_fact(
    source: &Source,
    name: &Spanned<String>,
    facts: &BTreeMap<String, Arc<Fact>>,
) -> Diagnostic {
    let names: Vec<String> = facts.values().map(|fact| fact.name.clone()).collect();
    point(source, name, format!("there is no fact `{}`", name.value)).help(suggest::among(
        &name.value,
        names.iter().map(String::as_str),
    ))
}
