//! From JSON values into columns.
//!
//! Every seed here accepts every JSON value: what does not fit becomes an
//! unknown value and a problem, never an error, so that one odd value does not
//! cost the rest of a file. Nothing here knows a kind.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::snapshot::column::{Column, Flag, NO_INT, Presence, UNKNOWN_INT};
use crate::snapshot::packed::Packed;

use super::item::{Item, Tag, push_tag};
use super::plan::Form;
use super::problem::Level;
use super::reader::{KeySeed, Reader};
use super::scalar::{Date, Scalar, epoch};

/// Reads one value into a column.
pub(super) struct ValueSeed<'r, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub column: &'r mut Column,
    pub form: Form,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ValueSeed<'_, '_> {
    fn text(self, text: &str) {
        let symbols = &mut self.reader.batch.symbols;
        match (self.form, &mut *self.column) {
            (Form::Text, Column::Text(values)) => {
                let symbol = Reader::intern(symbols, values.last().copied(), text);
                values.push(symbol);
            }
            (Form::Id(prefix), Column::Packed(values)) => {
                values.push(Packed::id(text, prefix, symbols));
            }
            (Form::Network, Column::Packed(values)) => values.push(Packed::network(text, symbols)),
            (Form::Int, Column::Int(values)) => match text.trim().parse() {
                Ok(number) if number != NO_INT && number != UNKNOWN_INT => values.push(number),
                _ => self.wrong("a text"),
            },
            (Form::Bool, Column::Bool(values)) => match text {
                _ if text.eq_ignore_ascii_case("true") => values.push(Flag::True),
                _ if text.eq_ignore_ascii_case("false") => values.push(Flag::False),
                _ => self.wrong("a text"),
            },
            _ => self.wrong("a text"),
        }
    }

    /// A time that is written as a number.
    fn time(&self, seconds: f64) -> Option<String> {
        if !matches!(self.form, Form::Text) {
            return None;
        }
        let key = self.reader.key();
        let named = ["Time", "Timestamp", "At", "Date", "timestamp"]
            .iter()
            .any(|end| key.ends_with(end));
        epoch(seconds).filter(|_| named)
    }

    fn number(self, number: Option<i64>, text: fmt::Arguments<'_>) {
        match (self.form, &mut *self.column, number) {
            (Form::Int, Column::Int(values), Some(number))
                if number != NO_INT && number != UNKNOWN_INT =>
            {
                values.push(number);
            }
            // Protocol and account numbers that a tool wrote without quotes, and ids
            // that are numbers.
            (Form::Text | Form::Id(""), _, Some(_)) => self.text(&text.to_string()),
            _ => self.wrong("a number"),
        }
    }

    fn wrong(self, found: &str) {
        let wanted = match self.form {
            Form::Text => "a text",
            Form::Int => "a whole number",
            Form::Bool => "true or false",
            Form::Network => "an address or block",
            Form::Id(_) => "an id",
            Form::Texts => "a list of texts",
            Form::Ids(_) => "a list of ids",
            Form::Tags => "a list of tags",
        };
        self.column.push_missing(Presence::Unknown);
        self.reader.report(Level::Warning, "type", |key| {
            format!("`{key}` is {found} where {wanted} is expected; its value is taken as unknown")
        });
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        match (self.form, &mut *self.column) {
            (Form::Bool, Column::Bool(values)) => {
                values.push(if value { Flag::True } else { Flag::False });
            }
            _ => self.wrong("true or false"),
        }
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        let seconds = u32::try_from(value).map(f64::from);
        match seconds.ok().and_then(|seconds| self.time(seconds)) {
            Some(time) => self.text(&time),
            None => self.number(i64::try_from(value).ok(), format_args!("{value}")),
        }
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.number(Some(value), format_args!("{value}"));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // Some tools write all numbers with a fraction.
        let whole = format!("{value:.0}")
            .parse()
            .ok()
            .filter(|_| value.fract() == 0.0);
        match self.time(value) {
            Some(time) => self.text(&time),
            None => self.number(whole, format_args!("{value}")),
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.column.push_missing(Presence::Absent);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let reader = self.reader;
        match (self.form, self.column) {
            (Form::Texts | Form::Ids(_), column) => {
                while let Some(()) = seq.next_element_seed(Item {
                    reader,
                    column,
                    form: self.form,
                })? {}
                end_list(column);
            }
            (Form::Tags, column) => {
                let mut place = 0;
                while let Some(()) = seq.next_element_seed(Tag {
                    reader,
                    column,
                    place,
                })? {
                    place += 1;
                }
                end_list(column);
            }
            (form, column) => {
                while let Some(IgnoredAny) = seq.next_element()? {}
                ValueSeed {
                    reader,
                    column,
                    form,
                }
                .wrong("a list");
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self {
            reader,
            column,
            form,
        } = self;
        if matches!(form, Form::Tags) {
            let mut place = 0;
            while let Some(key) = map.next_key_seed(KeySeed)? {
                let value = map.next_value_seed(Scalar)?.unwrap_or_default();
                push_tag(reader, column, place, &key, &value);
                place += 1;
            }
            end_list(column);
            return Ok(());
        }
        let mut date = Date::default();
        let mut only = None;
        let mut keys = 0;
        while let Some(key) = map.next_key_seed(KeySeed)? {
            keys += 1;
            let value = map.next_value_seed(Scalar)?;
            if key.eq_ignore_ascii_case("value") {
                only = value;
            } else if let Some(value) = value {
                date.set(&key, &value);
            }
        }
        let seed = ValueSeed {
            reader,
            column,
            form,
        };
        match (only, date.text()) {
            // AWS Config wraps some scalars.
            (Some(value), _) if keys == 1 => seed.text(&value),
            // Recorded answers of botocore have dates as objects.
            (_, Some(text)) => seed.text(&text),
            _ => seed.wrong("an object"),
        }
        Ok(())
    }
}

fn end_list(column: &mut Column) {
    match column {
        Column::Texts(lists) => lists.end(Presence::Present),
        Column::Ids(lists) => lists.end(Presence::Present),
        Column::Tags(lists) => lists.end(Presence::Present),
        other => other.push_missing(Presence::Unknown),
    }
}
