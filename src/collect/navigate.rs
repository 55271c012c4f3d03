//! From an object to a value inside it, along a path in the spelling of the
//! record descriptions.
//!
//! The document may spell keys by an alias, without case, or around the object
//! in a wrapper. Works on the object's text alone.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Cloud, Field, Shape};

use super::catalog::Catalog;
use super::object::Key;
use super::peek::scalar;
use super::position::push_part;
use super::reader::KeySeed;

/// What the object is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub kind: Kind,
    /// Keys are compared without case.
    pub loose: bool,
}

/// A value in the object's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    /// From the object to it.
    pub pointer: String,
}

/// Finds a value. A path that ends inside a value that is a scalar in this
/// document leads to that scalar.
pub(super) fn find(object: &str, path: &str, target: Target) -> Option<Found> {
    let parts: Vec<&str> = path
        .split(['/', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    if object.starts_with('"') {
        // AWS Config may hold the object as a text; its place is the text's.
        let inner = scalar(object)?;
        walk(&inner, &parts, target)?;
        return Some(Found {
            start: 0,
            end: object.len(),
            pointer: String::new(),
        });
    }
    let (value, pointer) = walk(object, &parts, target)?;
    let range = range(object, value)?;
    Some(Found {
        start: range.start,
        end: range.end,
        pointer,
    })
}

fn range(object: &str, value: &str) -> Option<Range<usize>> {
    let start = value.as_ptr().addr().checked_sub(object.as_ptr().addr())?;
    (start <= object.len()).then_some(start..start + value.len())
}

fn walk<'t>(object: &'t str, parts: &[&str], target: Target) -> Option<(&'t str, String)> {
    let mut fields = target.kind.spec().fields;
    let mut value = object;
    let mut pointer = String::new();
    for (depth, part) in parts.iter().enumerate() {
        match value.as_bytes().first()? {
            b'{' => {
                let field = fields.iter().find(|field| field.name == *part);
                let keys = Keys {
                    part,
                    field,
                    target,
                };
                let mut member = keys.member(value);
                if member.is_none() && depth == 0 {
                    member = wrapper(value, target).and_then(|(key, inner)| {
                        push_part(&mut pointer, &key);
                        keys.member(inner)
                    });
                }
                if member.is_none() && target.kind.spec().cloud() == Cloud::Azure {
                    let is = |key: &str| key.eq_ignore_ascii_case("properties");
                    member = self::member(value, is).and_then(|(key, inner)| {
                        push_part(&mut pointer, &key);
                        keys.member(inner)
                    });
                }
                let (key, inner) = member?;
                push_part(&mut pointer, &key);
                value = inner;
                fields = inside(field);
            }
            b'[' => {
                let (position, inner) = item(value, part)?;
                push_part(&mut pointer, &position.to_string());
                value = inner;
            }
            _ => break,
        }
    }
    Some((value, pointer))
}

fn inside(field: Option<&'static Field>) -> &'static [Field] {
    match field.map(|field| &field.shape) {
        Some(Shape::Object(fields) | Shape::List(fields)) => fields,
        _ => &[],
    }
}

/// `HostedZone` in the answer of `GetHostedZone`.
fn wrapper(object: &str, target: Target) -> Option<(String, &str)> {
    let catalog = Catalog::get();
    let is = |key: &str| catalog.singular(key) == Some(target.kind);
    member(object, is).filter(|(_, inner)| inner.starts_with('{'))
}

/// The spellings of a key.
struct Keys<'k> {
    part: &'k str,
    field: Option<&'static Field>,
    target: Target,
}

impl Keys<'_> {
    fn member<'t>(&self, object: &'t str) -> Option<(String, &'t str)> {
        let aliases = self.field.map_or(&[][..], |field| field.aliases);
        let exact = std::iter::once(self.part).chain(aliases.iter().copied());
        let mut found = exact
            .clone()
            .find_map(|name| member(object, |key| key == name));
        if found.is_none() && self.target.loose {
            found = exact
                .clone()
                .find_map(|name| member(object, |key| key.eq_ignore_ascii_case(name)));
        }
        found
    }
}

/// The first member of an object whose key is wanted.
fn member(object: &str, wanted: impl Fn(&str) -> bool) -> Option<(String, &str)> {
    struct Members<'s, 't, F>(F, &'s mut Option<(String, &'t str)>);
    impl<'t, F: Fn(&str) -> bool> Visitor<'t> for Members<'_, 't, F> {
        type Value = ();
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }
        fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key_seed(KeySeed)? {
                let value: &'t RawValue = map.next_value()?;
                if self.1.is_none() && (self.0)(&key) {
                    *self.1 = Some((Key::into_owned(key), value.get()));
                }
            }
            Ok(())
        }
    }
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(object);
    deserializer
        .deserialize_any(Members(wanted, &mut found))
        .ok()?;
    found
}

/// The item at a position; of tags also the one with a key.
fn item<'t>(array: &'t str, part: &str) -> Option<(usize, &'t str)> {
    struct Items<'s, 't>(&'s mut Vec<&'t str>);
    impl<'t> Visitor<'t> for Items<'_, 't> {
        type Value = ();
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an array")
        }
        fn visit_seq<A: SeqAccess<'t>>(self, mut seq: A) -> Result<(), A::Error> {
            while let Some(item) = seq.next_element::<&'t RawValue>()? {
                self.0.push(item.get());
            }
            Ok(())
        }
    }
    let mut items = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(array);
    deserializer.deserialize_any(Items(&mut items)).ok()?;
    if let Ok(position) = part.parse::<usize>()
        && let Some(item) = items.get(position)
    {
        return Some((position, item));
    }
    let tagged = |item: &&str| {
        let key = member(item, |key| key.eq_ignore_ascii_case("key"));
        key.and_then(|(_, key)| scalar(key))
            .is_some_and(|key| key == part)
    };
    let position = items.iter().position(tagged)?;
    items.get(position).map(|item| (position, *item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_values() {
        let text =
            r#"{"SubnetId": "s", "cidrBlock": "10.0.0.0/8", "Tags": [{"Key": "a", "Value": "b"}]}"#;
        let target = Target {
            kind: Kind::Subnet,
            loose: true,
        };
        let found = |path| {
            find(text, path, target).map(|found| (&text[found.start..found.end], found.pointer))
        };
        assert_eq!(found("SubnetId"), Some(("\"s\"", "/SubnetId".to_owned())));
        assert_eq!(
            found("CidrBlock"),
            Some(("\"10.0.0.0/8\"", "/cidrBlock".to_owned()))
        );
        assert_eq!(
            found("Tags/a/Value"),
            Some(("\"b\"", "/Tags/0/Value".to_owned()))
        );
        assert_eq!(
            found("Tags/0/Key"),
            Some(("\"a\"", "/Tags/0/Key".to_owned()))
        );
        assert_eq!(found("VpcId"), None);
        assert_eq!(found("").unwrap().0, text);
        let zone = r#"{"HostedZone": {"Id": "/hostedzone/Z1"}, "VPCs": [{"VPCId": "vpc-1"}]}"#;
        let target = Target {
            kind: Kind::HostedZone,
            loose: false,
        };
        assert_eq!(find(zone, "Id", target).unwrap().pointer, "/HostedZone/Id");
        assert_eq!(
            find(zone, "VPCs/0/VPCId", target).unwrap().pointer,
            "/VPCs/0/VPCId"
        );
    }
}
