//! Parameters of rules: their types and what they are unless somebody sets
//! them.
//!
//! It may use the facts, which can be defaults. Values from the command line
//! come later and elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::facts::{fits, no_fact};
use super::sources::Source;
use super::yaml::point;
use crate::diagnostic::Diagnostic;
use crate::rules::expression::check::Given;
use crate::rules::expression::suggest;
use crate::rules::expression::types::FactType;
use crate::rules::file::ParamFile;
use crate::rules::rule::{Fact, FactValue, Param};

pub(super) fn param(
    source: &Source,
    name: &str,
    file: ParamFile,
    facts: &BTreeMap<String, Arc<Fact>>,
) -> Result<Param, Diagnostic> {
    let given = match file.ty.value.as_str() {
        "bool" => Given::One(FactType::Bool),
        "int" => Given::One(FactType::Int),
        "text" => Given::One(FactType::Text),
        "texts" => Given::Many(FactType::Text),
        "ints" => Given::Many(FactType::Int),
        other => {
            let message = format!("`{other}` is no type of a parameter");
            return Err(point(source, &file.ty, message).help(suggest::among(
                other,
                ["bool", "int", "text", "texts", "ints"].into_iter(),
            )));
        }
    };
    let default = match (file.default, &file.default_fact) {
        (Some(value), None) => value,
        (None, Some(fact)) => match facts
            .get(&fact.value.replace('-', "_"))
            .map(|fact| &fact.value)
        {
            Some(FactValue::One(value)) => value.clone(),
            Some(FactValue::Table(_)) => {
                return Err(point(
                    source,
                    fact,
                    format!("the fact `{}` is a table, not one value", fact.value),
                ));
            }
            None => return Err(no_fact(source, fact, facts)),
        },
        _ => {
            return Err(point(
                source,
                &file.ty,
                format!("the parameter `{name}` needs either `default` or `default_fact`"),
            ));
        }
    };
    if !fits(&given, &default) {
        return Err(point(
            source,
            &file.ty,
            format!(
                "the default of `{name}`, {default}, is not of type {}",
                file.ty.value
            ),
        ));
    }
    Ok(Param {
        given,
        default,
        doc: file.doc,
    })
}
