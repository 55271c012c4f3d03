//! Arrays of objects, each a row: the records of a kind, or the entries of a
//! list.
//!
//! What is in an object is for `object`. Items that are no objects are counted.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::snapshot::column::Presence;
use crate::snapshot::layout::Level as Columns;
use crate::snapshot::record::Kind;
use crate::snapshot::table::Table;

use super::catalog::SourceRef;
use super::object::Fields;
use super::problem::Level;
use super::reader::Reader;

/// Rows that stand one after another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    /// The run they belong to, [`u32::MAX`] for entries of a list.
    pub run: u32,
    pub kind: Kind,
    pub level: &'static Columns,
    pub plan: usize,
    pub ordinal: u32,
}

impl Rows {
    /// Rows of a kind.
    pub(super) fn of(reader: &Reader<'_>, source: SourceRef, run: u32) -> Self {
        let kind = source.kind;
        Self {
            run,
            kind,
            level: Columns::of(kind),
            plan: reader.catalog.kind_plan(kind),
            ordinal: 0,
        }
    }
}

/// Reads an array of objects, each a row. Says whether there was one.
pub(super) struct RowsSeed<'r, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub table: &'r mut Table,
    pub rows: Rows,
}

impl<'de> DeserializeSeed<'de> for RowsSeed<'_, 'de> {
    type Value = Presence;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Presence, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl RowsSeed<'_, '_> {
    fn odd(&mut self, odd: u64) {
        if odd == 0 {
            return;
        }
        self.reader
            .report(Level::Incomplete, "not an object", |key| {
                format!("`{key}` has items that are not objects ({odd}); they are left out")
            });
        self.reader.batch.issues.times("not an object", odd);
    }

    fn wrong(self, found: &str) -> Presence {
        self.reader.report(Level::Warning, "type", |key| {
            format!(
                "`{key}` is {found} where a list of objects is expected; it is taken as unknown"
            )
        });
        Presence::Unknown
    }
}

impl<'de> Visitor<'de> for RowsSeed<'_, 'de> {
    type Value = Presence;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Presence, A::Error> {
        let outer = self.reader.at;
        let mut rows = self.rows;
        let mut odd = 0;
        while let Some(object) = seq.next_element_seed(RowSeed {
            reader: self.reader,
            table: self.table,
            rows,
        })? {
            odd += u64::from(!object);
            rows.ordinal = rows.ordinal.saturating_add(1);
        }
        self.reader.at = outer;
        self.odd(odd);
        Ok(Presence::Present)
    }

    // One object where a list is expected: it is the list's only one.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Presence, A::Error> {
        if let Some(reading) = self.reader.batch.run(self.rows.run) {
            reading.run.array = false;
        }
        let seed = RowSeed {
            reader: self.reader,
            table: self.table,
            rows: self.rows,
        };
        seed.visit_map(map).map(|_| Presence::Present)
    }

    fn visit_unit<E>(self) -> Result<Presence, E> {
        Ok(Presence::Absent)
    }

    fn visit_str<E>(self, _: &str) -> Result<Presence, E> {
        Ok(self.wrong("a text"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Presence, E> {
        Ok(self.wrong("true or false"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Presence, E> {
        Ok(self.wrong("a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Presence, E> {
        Ok(self.wrong("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Presence, E> {
        Ok(self.wrong("a number"))
    }
}

/// Reads one object as a row; says whether it was one.
pub(super) struct RowSeed<'r, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub table: &'r mut Table,
    pub rows: Rows,
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_, 'de> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_, 'de> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        let Self {
            reader,
            table,
            rows,
        } = self;
        let fields = Fields {
            reader,
            table,
            level: rows.level,
            plan: rows.plan,
            run: rows.run,
        };
        let first = fields.visit_map(map)?;
        reader.end_row(table, rows, first);
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        while let Some(IgnoredAny) = seq.next_element()? {}
        Ok(false)
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        let Self {
            reader,
            table,
            rows,
        } = self;
        // AWS Config has lists of texts where the API has objects: `ipRanges`.
        if !reader.loose || rows.run != u32::MAX {
            return Ok(false);
        }
        let fields = Fields {
            reader,
            table,
            level: rows.level,
            plan: rows.plan,
            run: rows.run,
        };
        fields.lone_text(text);
        table.end_row();
        Ok(true)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}
