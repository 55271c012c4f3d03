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
use crate::snapshot::schema::Cloud;
use crate::snapshot::table::Table;

use super::batch::NOWHERE;
use super::plan::Step;
use super::problem::Level;
use super::reader::{Reader, StepSeed};
use super::records::{Rows, RowsSeed};
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
    fn field<A: MapAccess<'de>>(&mut self, step: &Step, map: &mut A) -> Result<(), A::Error> {
        let Self {
            reader,
            table,
            level,
            run,
            ..
        } = self;
        match *step {
            Step::Skip => map.next_value::<IgnoredAny>().map(drop),
            Step::Value(index, form) => match table.vacant_mut(index) {
                Some(column) => map.next_value_seed(ValueSeed {
                    reader,
                    column,
                    form,
                }),
                // Exports of Azure have some fields under two names.
                None if level.kind.spec().cloud() == Cloud::Azure => {
                    map.next_value::<IgnoredAny>().map(drop)
                }
                None => twice(reader, map),
            },
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
                let spec = level.columns.get(index);
                let level = spec.and_then(|column| column.level.as_ref());
                match (table.vacant_mut(index), level) {
                    (Some(column), Some(level)) => map.next_value_seed(ListSeed {
                        reader,
                        column,
                        level,
                        plan,
                    }),
                    _ => twice(reader, map),
                }
            }
            Step::Embedded(kind) => embedded(reader, kind, *run, map),
            Step::Same => map
                .next_value_seed(Fields {
                    reader,
                    table,
                    level,
                    plan: self.plan,
                    run: *run,
                })
                .map(drop),
        }
    }
}

/// Skips a value that the row has already.
#[cold]
fn twice<'de, A: MapAccess<'de>>(reader: &mut Reader<'de>, map: &mut A) -> Result<(), A::Error> {
    reader.report(Level::Warning, "duplicate key", |key| {
        format!("`{key}` is in the same object twice; the first value stands")
    });
    map.next_value::<IgnoredAny>().map(drop)
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
        let mut first = None;
        let mut order = self.reader.take_order(self.plan);
        while let Some(step) = map.next_key_seed(StepSeed {
            reader: self.reader,
            plan: self.plan,
            order: &mut order,
            cursor: &mut cursor,
            first: &mut first,
        })? {
            self.field(step, &mut map)?;
        }
        self.reader.put_order(self.plan, order);
        Ok(first.unwrap_or(NOWHERE))
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
    pub(super) fn lone_text(self, text: &str) -> usize {
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

/// Key of an object, for what looks at objects before reading them.
pub(super) type Key<'de> = Cow<'de, str>;
