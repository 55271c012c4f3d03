//! Items of lists of texts, ids and tags.
//!
//! Like all values, an item that does not fit is unknown or left out, with a
//! problem, and never an error.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::snapshot::column::Column;
use crate::snapshot::packed::Packed;
use crate::snapshot::symbol::Symbol;

use super::plan::Form;
use super::problem::Level;
use super::reader::{KeySeed, Reader};
use super::scalar::Scalar;

/// Reads one item of a list of texts or ids.
pub(super) struct Item<'r, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub column: &'r mut Column,
    pub form: Form,
}

impl Item<'_, '_> {
    fn text(self, text: &str) {
        let symbols = &mut self.reader.batch.symbols;
        match (self.form, self.column) {
            (Form::Ids(prefix), Column::Ids(lists)) => {
                lists.push(Packed::id(text, prefix, symbols));
            }
            (_, Column::Texts(lists)) => lists.push(symbols.intern(text)),
            _ => {}
        }
    }

    fn wrong(self) {
        match self.column {
            Column::Texts(lists) => lists.push(Symbol::UNKNOWN),
            Column::Ids(lists) => lists.push(Packed::UNKNOWN),
            _ => {}
        }
        self.reader.report(Level::Warning, "item", |key| {
            format!("`{key}` has an item that is not a text; it is taken as unknown")
        });
    }
}

impl<'de> DeserializeSeed<'de> for Item<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an item")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.text(&value.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.text(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // Measured values: 0.0 and 0 are the same text.
        match self.form {
            Form::Texts => self.text(&value.to_string()),
            _ => self.wrong(),
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.wrong();
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.wrong();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(IgnoredAny) = seq.next_element()? {}
        self.wrong();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut only = None;
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let value = map.next_value_seed(Scalar)?;
            only = only.or(value.filter(|_| key.eq_ignore_ascii_case("value")));
        }
        match only {
            Some(value) => self.text(&value),
            None => self.wrong(),
        }
        Ok(())
    }
}

/// Reads one tag.
pub(super) struct Tag<'r, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub column: &'r mut Column,
    pub place: usize,
}

pub(super) fn push_tag(
    reader: &mut Reader<'_>,
    column: &mut Column,
    place: usize,
    key: &str,
    value: &str,
) {
    let key = reader.tag_key(place, key);
    if let Column::Tags(lists) = column {
        lists.push((key, reader.batch.symbols.intern(value)));
    }
}

impl<'de> DeserializeSeed<'de> for Tag<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tag<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a tag")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut tag_key, mut tag_value) = (None, Symbol::ABSENT);
        while let Some(key) = map.next_key_seed(KeySeed)? {
            if key.eq_ignore_ascii_case("key") {
                let text = map.next_value_seed(Scalar)?;
                tag_key = text.map(|text| self.reader.tag_key(self.place, &text));
            } else if key.eq_ignore_ascii_case("value") {
                let text = map.next_value_seed(Scalar)?;
                tag_value = text.map_or(Symbol::ABSENT, |text| {
                    self.reader.batch.symbols.intern(&text)
                });
            } else {
                let _: IgnoredAny = map.next_value()?;
            }
        }
        match (tag_key, &mut *self.column) {
            (Some(key), Column::Tags(lists)) => lists.push((key, tag_value)),
            _ => not_a_tag(self.reader),
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(IgnoredAny) = seq.next_element()? {}
        not_a_tag(self.reader);
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        not_a_tag(self.reader);
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        not_a_tag(self.reader);
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        not_a_tag(self.reader);
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        not_a_tag(self.reader);
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        not_a_tag(self.reader);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        not_a_tag(self.reader);
        Ok(())
    }
}

fn not_a_tag(reader: &mut Reader<'_>) {
    reader.report(Level::Warning, "tag", |key| {
        format!("`{key}` has an item that is not a tag; it is left out")
    });
}
