//! `plaudit rules new`: a rule file whose cases pass, for any kind.
//!
//! What a case must hold follows from the description of the kind; no kind has
//! code of its own here. The text around it is `templates/rule.yaml`.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;

use super::{Status, Stop};
use crate::diagnostic::Diagnostic;
use crate::rules::expression::suggest;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, KindSpec, Shape};

/// Writes the file, and says how to try it.
pub(super) fn write(
    name: &str,
    resource: &str,
    folder: &Path,
    out: &mut dyn Write,
) -> Result<Status, Stop> {
    let kind = Kind::from_name(resource).ok_or_else(|| {
        let names = Kind::ALL.iter().map(|kind| kind.spec().name);
        let message = format!("there is no resource kind `{resource}`");
        Stop::from(Diagnostic::error("--resource", message).help(suggest::among(resource, names)))
    })?;
    if !is_kebab(name) {
        return Err(
            Diagnostic::error(name, "a rule's name is lower-case words joined by `-`")
                .help("name the bad pattern, subject first: endpoint-subnet-few-free-ips")
                .into(),
        );
    }
    let path = folder.join(format!("{name}.yaml"));
    let shown = path.display().to_string();
    if path.exists() {
        return Err(Diagnostic::error(shown, "the file exists already").into());
    }
    fs::write(&path, text(name, kind.spec()))
        .map_err(|error| Diagnostic::error(&shown, format!("cannot write: {error}")))?;
    writeln!(
        out,
        "wrote {shown}\ntry it: plaudit rules test --rules {shown} --select {name}"
    )?;
    Ok(Status::Clean)
}

/// Lower-case words and digits, joined by single `-`.
fn is_kebab(name: &str) -> bool {
    name.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

fn text(name: &str, spec: &KindSpec) -> String {
    let [good, bad] = ["good", "bad"].map(|word| id(spec, word));
    include_str!("../../templates/rule.yaml")
        .replace("@NAME@", name)
        .replace("@RESOURCE@", spec.name)
        .replace("@VARIABLE@", spec.variable)
        .replace("@ID@", spec.id)
        .replace("@WANTED@", good.trim_end_matches(|c| c != '-' && c != '.'))
        .replace("@BAD_ID@", &bad)
        .replace("@GOOD@", &snapshot(spec, &good))
        .replace("@BAD@", &snapshot(spec, &bad))
}

/// The field at a path: `Target.Id`.
fn field(fields: &'static [Field], path: &str) -> Option<&'static Field> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let field = fields.iter().find(|field| field.name == name)?;
    match field.shape {
        Shape::Object(inner) if !rest.is_empty() => self::field(inner, rest),
        _ => Some(field),
    }
}

/// An id as the kind has them, recognisable as the good or the bad one.
fn id(spec: &KindSpec, word: &str) -> String {
    match field(spec.fields, spec.id).map(|field| &field.shape) {
        Some(Shape::Cidr | Shape::Address) if word == "good" => "10.0.0.0/16".to_owned(),
        Some(Shape::Cidr | Shape::Address) => "192.168.0.0/16".to_owned(),
        Some(Shape::Reference(kind)) => value(kind.spec().id_prefix, spec.id, word),
        _ => value(spec.id_prefix, spec.id, word),
    }
}

/// An id with the prefix, or an ARN if the field holds one.
fn value(prefix: &str, field: &str, word: &str) -> String {
    if prefix.is_empty() && field.to_ascii_lowercase().ends_with("arn") {
        format!("arn:aws:example:us-east-1:111122223333:{word}-1")
    } else {
        format!("{prefix}{word}-1")
    }
}

/// One resource with this id as the call that lists its kind answers it: below
/// its key, with the parent that the answer is about and the fields by which
/// the call is recognised.
fn snapshot(spec: &KindSpec, id: &str) -> String {
    let Some(source) = spec.sources.first() else {
        return String::new();
    };
    let mut record = match spec.id.split_once('.') {
        Some((object, inner)) => format!("{object}: {{{inner}: '{id}'}}"),
        None => format!("{}: '{id}'", spec.id),
    };
    let beside = |name: &str| match field(spec.fields, name).map(|field| &field.shape) {
        Some(Shape::Reference(kind)) => value(kind.spec().id_prefix, name, "example"),
        _ => value("", name, "example"),
    };
    for mark in source.marks.iter().filter(|mark| **mark != spec.id) {
        let _ = write!(record, ", {mark}: '{}'", beside(mark));
    }
    if let Some(only) = source.only.filter(|only| only.field != spec.id) {
        let _ = write!(record, ", {}: '{}example-1'", only.field, only.holds);
    }
    if let Some((around, list)) = holder(spec, source.key) {
        record = format!("{}: 'example-1', {list}: [{{{record}}}]", around.id);
    }
    let listed = match source.key.split_once("[].") {
        Some((around, key)) => format!("      {around}: [{{{key}: [{{{record}}}]}}]"),
        None => format!("      {}: [{{{record}}}]", source.key),
    };
    match source.parent {
        Some(parent) => format!("      {parent}: '{}'\n{listed}", beside(parent)),
        None => listed,
    }
}

/// The kind whose objects hold those of this one, where one call lists both, and
/// the field in which they are.
fn holder(spec: &KindSpec, key: &str) -> Option<(&'static KindSpec, &'static str)> {
    let kinds = Kind::ALL.iter().map(|kind| kind.spec());
    let mut others = kinds.filter(|other| other.name != spec.name);
    others.find_map(|other| {
        let listed = other.sources.first().is_some_and(|first| first.key == key);
        let is_of = |field: &&Field| matches!(field.shape, Shape::Embedded(kind) if kind.spec().name == spec.name);
        let field = other.fields.iter().find(is_of)?;
        listed.then_some((other, field.name))
    })
}

#[cfg(test)]
mod tests {
    use super::is_kebab;

    #[test]
    fn names_are_words_joined_by_single_hyphens() {
        assert!(is_kebab("endpoint-az-3"));
        for name in ["", "-a", "a-", "a--b", "A", "a_b", "--"] {
            assert!(!is_kebab(name), "{name}");
        }
    }
}
