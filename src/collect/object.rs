//! From JSON objects into rows.
//!
//! Follows the plans of the catalog and knows no kind. Errors come from broken
//! JSON only; rows that were complete before the break stay.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::snapshot::column::{Column, Presence};
use crate::snapshot::layout::Level as Columns;
use crate::snapshot::record::Kind;
use crate::snapshot::table::Table;

use super::batch::NOWHERE;
use super::catalog::{SourceRef, Step};
use super::problem::Level;
use super::reader::{KeySeed, Reader};
use super::value::ValueSeed;

/// Reads the fields of one object into the row that is being made; gives the
/// offset of its first key.
pub(super) struct Fields<'r, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub table: &'r mut Table,
    pub level: &'static Columns,
    pub plan: usize,
    /// The run that objects of other kinds inside this one belong to.
    pub run: u32,
}

impl<'de> DeserializeSeed<'de> for Fields<'_, 'de> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Fields<'_, 'de> {
    fn field<A: MapAccess<'de>>(&mut self, step: Step, map: &mut A) -> Result<(), A::Error> {
        let Self {
            reader,
            table,
            level,
            run,
            ..
        } = self;
        match step {
            Step::Skip => map.next_value::<IgnoredAny>().map(drop),
            Step::Value(index, _) | Step::List(index, _) if table.is_written(index) => {
                reader.report(Level::Warning, "duplicate key", |key| {
                    format!("`{key}` is in the same object twice; the first value stands")
                });
                map.next_value::<IgnoredAny>().map(drop)
            }
            Step::Value(index, form) => {
                let Some(column) = table.column_mut(index) else {
                    return map.next_value::<IgnoredAny>().map(drop);
                };
                map.next_value_seed(ValueSeed {
                    reader,
                    column,
                    form,
                })
            }
            Step::Object(plan) => map
                .next_value_seed(Fields {
                    reader,
                    table,
                    level,
                    plan,
                    run: *run,
                })
                .map(drop),
            Step::List(index, plan) => {
                let level = level
                    .columns
                    .get(index)
                    .and_then(|column| column.level.as_ref());
                let (Some(column), Some(level)) = (table.column_mut(index), level) else {
                    return map.next_value::<IgnoredAny>().map(drop);
                };
                map.next_value_seed(ListSeed {
                    reader,
                    column,
                    level,
                    plan,
                })
            }
            Step::Embedded(kind) => embedded(reader, kind, *run, map),
        }
    }
}

/// Reads objects of another kind inside an object.
fn embedded<'de, A: MapAccess<'de>>(
    reader: &mut Reader<'de>,
    kind: Kind,
    outer: u32,
    map: &mut A,
) -> Result<(), A::Error> {
    let run = reader.embedded_run(outer, kind);
    let rows = Rows {
        run,
        kind,
        level: Columns::of(kind),
        plan: reader.catalog.kind_plan(kind),
        ordinal: 0,
    };
    let mut table = reader.batch.take_table(kind);
    let result = map.next_value_seed(RowsSeed {
        reader,
        table: &mut table,
        rows,
    });
    reader.batch.put_table(kind, table);
    result.map(drop)
}

impl<'de> Visitor<'de> for Fields<'_, 'de> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<usize, A::Error> {
        let mut cursor = 0;
        let mut first = NOWHERE;
        let mut start = true;
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let at = self.reader.arrive(&key);
            if start {
                first = at;
                start = false;
            }
            let step = self.reader.step(self.plan, &mut cursor, &key);
            self.field(step, &mut map)?;
        }
        Ok(first)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<usize, A::Error> {
        while let Some(IgnoredAny) = seq.next_element()? {}
        Ok(self.other("a list"))
    }

    fn visit_str<E>(self, text: &str) -> Result<usize, E> {
        Ok(self.lone_text(text))
    }

    fn visit_bool<E>(self, _: bool) -> Result<usize, E> {
        Ok(self.other("true or false"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<usize, E> {
        Ok(self.other("a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<usize, E> {
        Ok(self.other("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<usize, E> {
        Ok(self.other("a number"))
    }

    fn visit_unit<E>(self) -> Result<usize, E> {
        Ok(NOWHERE)
    }
}

impl Fields<'_, '_> {
    /// A wrapper in one answer is a scalar in another: `State`.
    fn lone_text(self, text: &str) -> usize {
        use serde::de::value::StrDeserializer;
        let value = self
            .reader
            .catalog
            .plan_of(self.plan)
            .first_value(self.level);
        if let (true, Some((index, form))) =
            (self.reader.loose, self.reader.lone(self.plan).or(value))
            && !self.table.is_written(index)
            && let Some(column) = self.table.column_mut(index)
        {
            let seed = ValueSeed {
                reader: self.reader,
                column,
                form,
            };
            let text: StrDeserializer<'_, serde::de::value::Error> = StrDeserializer::new(text);
            let _infallible = seed.deserialize(text);
            return NOWHERE;
        }
        self.other("a text")
    }

    fn other(self, found: &str) -> usize {
        self.reader.report(Level::Warning, "type", |key| {
            format!(
                "`{key}` is {found} where an object is expected; its fields are taken as unknown"
            )
        });
        self.reader.unknown_fields(self.table, self.plan);
        NOWHERE
    }
}

/// Reads a list of objects into a column.
struct ListSeed<'r, 'de> {
    reader: &'r mut Reader<'de>,
    column: &'r mut Column,
    level: &'static Columns,
    plan: usize,
}

impl<'de> DeserializeSeed<'de> for ListSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self {
            reader,
            column,
            level,
            plan,
        } = self;
        let Column::List(_, table) = &mut *column else {
            return IgnoredAny.deserialize_into(deserializer);
        };
        let rows = Rows {
            run: u32::MAX,
            kind: level.kind,
            level,
            plan,
            ordinal: 0,
        };
        let presence = RowsSeed {
            reader,
            table,
            rows,
        }
        .deserialize(deserializer)?;
        match presence {
            Presence::Present => column.end_list(),
            missing => column.push_missing(missing),
        }
        Ok(())
    }
}

trait DeserializeInto {
    fn deserialize_into<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error>;
}

impl DeserializeInto for IgnoredAny {
    fn deserialize_into<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_ignored_any(self).map(drop)
    }
}

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
        self.reader.report(Level::Warning, "not an object", |key| {
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

/// Key of an object, for what looks at objects before reading them.
pub(super) type Key<'de> = Cow<'de, str>;
