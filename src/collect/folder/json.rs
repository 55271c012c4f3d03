//! JSON as snapshots have it: keys sorted, one field a line, so that lines are
//! evidence and the same answer has the same bytes.
//!
//! Values to bytes and nothing else. Must not depend on the order in which keys
//! came.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::Value;

/// Bytes that a section may have before it is written in parts.
pub const PART: usize = 32 << 20;

/// A value whose keys come in the order of the alphabet.
struct Sorted<'v>(&'v Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(object) => {
                // The order of `serde_json` is a feature that any dependency can switch.
                let mut fields: Vec<(&String, &Value)> = object.iter().collect();
                fields.sort_by_key(|(key, _)| *key);
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (key, value) in fields {
                    map.serialize_entry(key, &Sorted(value))?;
                }
                map.end()
            }
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Sorted(item))?;
                }
                list.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

/// The one spelling of a value in a snapshot: keys sorted, two spaces, one field
/// a line, a line end at the end.
pub fn pretty(value: &Value) -> Vec<u8> {
    // Texts are the only keys, and memory does not refuse: it cannot fail.
    let mut bytes = serde_json::to_vec_pretty(&Sorted(value)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The same in one line, without a line end.
pub(super) fn compact(value: &Value) -> String {
    serde_json::to_string(&Sorted(value)).unwrap_or_default()
}

/// The files of a section: one of the name as it is, or, if its text would have
/// more than `limit` bytes, numbered ones (`x.0001.json`, `x.0002.json`), each a
/// whole document with a part of the longest list.
///
/// What stands beside the list is in every part, other lists in the first one
/// only. One object larger than the limit makes a part of its own.
pub fn parts(name: &str, value: &Value, limit: usize) -> Vec<(String, Vec<u8>)> {
    let whole = pretty(value);
    if whole.len() <= limit {
        return vec![(name.to_owned(), whole)];
    }
    let Some((object, key, items)) = longest_list(value) else {
        return vec![(name.to_owned(), whole)];
    };
    drop(whole);
    let mut pieces = Vec::new();
    let mut piece = Vec::new();
    let mut size = 0;
    for item in items {
        let bytes = indented_size(item);
        if size + bytes > limit && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            size = 0;
        }
        piece.push(item);
        size += bytes;
    }
    pieces.push(piece);
    let stem = name.strip_suffix(".json").unwrap_or(name);
    let numbered = pieces.into_iter().enumerate().map(|(at, piece)| {
        let fields = object.iter().filter_map(|(name, value)| match value {
            _ if name == key => Some((
                name.clone(),
                Value::Array(piece.iter().copied().cloned().collect()),
            )),
            Value::Array(_) if at > 0 => None,
            value => Some((name.clone(), value.clone())),
        });
        let document = Value::Object(fields.collect());
        (format!("{stem}.{:04}.json", at + 1), pretty(&document))
    });
    numbered.collect()
}

type Object = serde_json::Map<String, Value>;

/// The list with most objects; of equals the first of the alphabet.
fn longest_list(value: &Value) -> Option<(&Object, &str, &[Value])> {
    let object = value.as_object()?;
    let lists = object
        .iter()
        .filter_map(|(key, value)| Some((key.as_str(), value.as_array()?.as_slice())));
    let longest = lists.max_by(|a, b| a.1.len().cmp(&b.1.len()).then(b.0.cmp(a.0)))?;
    (longest.1.len() > 1).then_some((object, longest.0, longest.1))
}

/// Bytes of an object where it stands in a list: two levels further in.
fn indented_size(item: &Value) -> usize {
    let text = pretty(item);
    let lines = memchr::memchr_iter(b'\n', &text).count();
    text.len() + 4 * lines + 1
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::collect::{Options, read};
    use crate::snapshot::record::Kind;

    #[test]
    fn keys_are_sorted_and_fields_have_lines() {
        let value: Value =
            serde_json::from_str("{\"b\":[1,{\"z\":null,\"a\":\"é\"}],\"a\":{}}").unwrap();
        let text = "{\n  \"a\": {},\n  \"b\": [\n    1,\n    {\n      \"a\": \"é\",\n      \"z\": null\n    }\n  ]\n}\n";
        assert_eq!(String::from_utf8(pretty(&value)).unwrap(), text);
    }

    #[test]
    fn large_sections_are_written_in_parts_that_the_reader_joins() {
        let subnets: Vec<Value> = (0..50)
            .map(|at| json!({"SubnetId": format!("subnet-{at:04}"), "VpcId": "vpc-1", "State": "available"}))
            .collect();
        let value = json!({"Subnets": subnets, "Other": "x"});
        let folder = tempfile::tempdir().unwrap();
        let name = "aws/111122223333/us-east-1/ec2.DescribeSubnets.json";
        let files = parts(name, &value, 1500);
        assert!(files.len() > 3, "{}", files.len());
        assert_eq!(
            files[0].0,
            "aws/111122223333/us-east-1/ec2.DescribeSubnets.0001.json"
        );
        for (name, bytes) in &files {
            assert!(bytes.len() <= 1600, "{}", bytes.len());
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let collected = read(&[folder.path().to_owned()], &Options::default(), &()).unwrap();
        let table = &collected.snapshot.tables[Kind::Subnet as usize];
        assert_eq!(table.origins.len(), 50);
        assert_eq!(parts(name, &value, PART).len(), 1);
        assert_eq!(parts("x.json", &json!({"a": ["long text"]}), 1).len(), 1);
    }
}
