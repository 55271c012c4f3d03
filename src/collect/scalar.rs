//! Scalars as text, and dates that a recorder wrote as objects.
//!
//! For the few values whose text is wanted whatever their type is. Knows no
//! columns.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Reads the text of a scalar; `None` for everything else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while let Some(IgnoredAny) = seq.next_element()? {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while let Some((IgnoredAny, IgnoredAny)) = map.next_entry()? {}
        Ok(None)
    }
}

/// `{"__class__": "datetime", "year": 2016, …}`, as botocore's recorder writes
/// dates.
#[derive(Debug, Default)]
pub(super) struct Date {
    class: bool,
    parts: [u32; 6],
}

impl Date {
    pub(super) fn set(&mut self, key: &str, value: &str) {
        const NAMES: [&str; 6] = ["year", "month", "day", "hour", "minute", "second"];
        self.class |= key == "__class__" && value == "datetime";
        let part = NAMES
            .iter()
            .zip(&mut self.parts)
            .find(|(name, _)| **name == key);
        if let (Some((_, part)), Ok(number)) = (part, value.parse()) {
            *part = number;
        }
    }

    /// RFC 3339.
    pub(super) fn text(&self) -> Option<String> {
        let [year, month, day, hour, minute, second] = self.parts;
        self.class.then(|| {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00")
        })
    }
}
