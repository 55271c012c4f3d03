//! Writes JSON as the AWS CLI prints it, or the same without white space.
//!
//! A serialiser of values would hold a gigabyte of them, and the layout of the
//! AWS CLI (four spaces, `[]` for an empty list) must come out to the byte.

use std::fmt::{self, Display, Write as _};

/// JSON that grows at its end.
#[derive(Debug)]
pub struct Json {
    bytes: Vec<u8>,
    indent: bool,
    depth: usize,
    /// Nothing has been written yet into the innermost object or list.
    fresh: bool,
}

impl Json {
    /// Nothing yet.
    pub fn new(indent: bool) -> Self {
        Self {
            bytes: Vec::new(),
            indent,
            depth: 0,
            fresh: true,
        }
    }

    /// What has been written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.depth = 0;
        self.fresh = true;
    }

    /// Opens an object (`{`) or a list (`[`) that [`Json::close`] closes.
    pub fn open(&mut self, bracket: char) {
        self.bytes.push(bracket as u8);
        self.depth += 1;
        self.fresh = true;
    }

    /// Closes the innermost object (`}`) or list (`]`).
    pub fn close(&mut self, bracket: char) {
        self.depth -= 1;
        if !self.fresh {
            self.line();
        }
        self.bytes.push(bracket as u8);
        self.fresh = false;
    }

    /// Ends the text as the AWS CLI does.
    pub fn newline(&mut self) {
        self.bytes.push(b'\n');
    }

    /// Adds bytes that another writer made at the same depth.
    pub fn element(&mut self, bytes: &[u8]) {
        self.next();
        self.bytes.extend_from_slice(bytes);
    }

    /// Forgets everything but the depth, for the next element.
    pub fn restart(&mut self) {
        self.bytes.clear();
        self.fresh = true;
    }

    /// A writer for an element at the present depth.
    #[must_use]
    pub fn nested(&self) -> Self {
        Self {
            bytes: Vec::new(),
            indent: self.indent,
            depth: self.depth,
            fresh: true,
        }
    }

    /// The name of a field; its value follows.
    pub fn key(&mut self, key: &str) {
        self.next();
        self.quoted(key);
        self.bytes
            .extend_from_slice(if self.indent { b": " } else { b":" });
    }

    /// An object as an element of a list, or on its own.
    pub fn item(&mut self, fields: impl FnOnce(&mut Self)) {
        self.next();
        self.open('{');
        fields(self);
        self.close('}');
    }

    /// A text as an element of a list.
    pub fn text_item(&mut self, value: impl Display) {
        self.next();
        self.quoted(value);
    }

    /// A field that is an object.
    pub fn object(&mut self, key: &str, fields: impl FnOnce(&mut Self)) {
        self.key(key);
        self.open('{');
        fields(self);
        self.close('}');
    }

    /// A field that is a list.
    pub fn list(&mut self, key: &str, elements: impl FnOnce(&mut Self)) {
        self.key(key);
        self.open('[');
        elements(self);
        self.close(']');
    }

    /// A field that is a list of texts.
    pub fn texts<T: Display>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        self.list(key, |list| {
            for value in values {
                list.text_item(value);
            }
        });
    }

    /// A field that is a text.
    pub fn text(&mut self, key: &str, value: impl Display) {
        self.key(key);
        self.quoted(value);
    }

    /// A field that is a whole number.
    pub fn int(&mut self, key: &str, value: impl Display) {
        self.key(key);
        // Writing into a vector cannot fail.
        let _ = write!(Escaped(&mut self.bytes), "{value}");
    }

    /// A field that is true or false.
    pub fn bool(&mut self, key: &str, value: bool) {
        self.key(key);
        self.bytes
            .extend_from_slice(if value { b"true" } else { b"false" });
    }

    /// A field that is null.
    pub fn null(&mut self, key: &str) {
        self.key(key);
        self.bytes.extend_from_slice(b"null");
    }

    fn next(&mut self) {
        if self.depth == 0 {
            return;
        }
        if !self.fresh {
            self.bytes.push(b',');
        }
        self.fresh = false;
        self.line();
    }

    fn line(&mut self) {
        const SPACES: &[u8] = b"                                                                ";
        if self.indent {
            self.bytes.push(b'\n');
            for _ in 0..self.depth {
                self.bytes.extend_from_slice(&SPACES[..4]);
            }
        }
    }

    fn quoted(&mut self, value: impl Display) {
        self.bytes.push(b'"');
        // Writing into a vector cannot fail.
        let _ = write!(Escaped(&mut self.bytes), "{value}");
        self.bytes.push(b'"');
    }
}

struct Escaped<'a>(&'a mut Vec<u8>);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text
            .bytes()
            .any(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
        {
            self.0.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        for byte in text.bytes() {
            match byte {
                b'"' => self.0.extend_from_slice(b"\\\""),
                b'\\' => self.0.extend_from_slice(b"\\\\"),
                b'\n' => self.0.extend_from_slice(b"\\n"),
                b'\t' => self.0.extend_from_slice(b"\\t"),
                byte if byte < b' ' => self
                    .0
                    .extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
                byte => self.0.push(byte),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(indent: bool) -> String {
        let mut json = Json::new(indent);
        json.item(|top| {
            top.text("quote", "a\"b\\c\nd\u{1}");
            top.list("none", |_| {});
            top.list("two", |list| {
                list.item(|item| item.int("n", 7));
                list.text_item("x");
            });
            top.object("empty", |_| {});
            top.bool("yes", true);
            top.null("nothing");
        });
        String::from_utf8(json.bytes).unwrap()
    }

    #[test]
    fn compact() {
        assert_eq!(
            sample(false),
            r#"{"quote":"a\"b\\c\nd\u0001","none":[],"two":[{"n":7},"x"],"empty":{},"yes":true,"nothing":null}"#
        );
    }

    #[test]
    fn as_the_aws_cli_prints_it() {
        let value: serde_json::Value = serde_json::from_str(&sample(true)).unwrap();
        assert_eq!(
            value,
            serde_json::from_str::<serde_json::Value>(&sample(false)).unwrap()
        );
        let expected = "{\n    \"quote\": \"a\\\"b\\\\c\\nd\\u0001\",\n    \"none\": [],\n    \"two\": [\n        {\n            \"n\": 7\n        },\n        \"x\"\n    ],\n    \"empty\": {},\n    \"yes\": true,\n    \"nothing\": null\n}";
        assert_eq!(sample(true), expected);
    }
}
