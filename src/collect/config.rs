//! Deliveries of AWS Config: items of all kinds in one array, with names in two
//! spellings, numbers as texts and wrapped scalars.
//!
//! The looseness is confined to this format. Uses the same plans as all other
//! input.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::snapshot::FileFormat;
use crate::snapshot::record::Kind;

use super::catalog::SourceRef;
use super::peek::{Peek, scalar};
use super::plan::Step;
use super::problem::Level;
use super::reader::Reader;
use super::records::{RowSeed, Rows};

/// What the ledger says about listings that a delivery stands for.
pub(super) const DELIVERY: &str = "AWS Config";

/// Reads `configurationItems`.
pub(super) struct ItemsSeed<'r, 'e, 'de> {
    pub reader: &'r mut Reader<'de>,
    /// The runs of the answer that the items are in.
    pub runs: &'e mut Vec<u32>,
    pub pointer: String,
}

impl<'de> DeserializeSeed<'de> for ItemsSeed<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ItemsSeed<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of configuration items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self {
            reader,
            runs: outer,
            pointer,
        } = self;
        let loose = std::mem::replace(&mut reader.loose, true);
        reader.batch.format = FileFormat::AwsConfig;
        let mut runs = Runs {
            pointer,
            known: Vec::new(),
        };
        let result = loop {
            match seq.next_element::<&'de RawValue>() {
                Ok(Some(item)) => reader.item(item.get(), &mut runs),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        reader.loose = loose;
        outer.extend(runs.known.iter().map(|(_, _, run)| *run));
        if result.is_ok() {
            for (_, _, run) in &runs.known {
                reader.batch.close(*run);
            }
        }
        result
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((serde::de::IgnoredAny, serde::de::IgnoredAny)) = map.next_entry()? {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// One run for each kind, account and region.
struct Runs {
    pointer: String,
    known: Vec<(Kind, (String, String), u32)>,
}

impl<'de> Reader<'de> {
    fn item(&mut self, raw: &'de str, runs: &mut Runs) {
        let item = Peek::object(raw);
        self.at = self.offset(raw) + 1;
        let text = |key: &str| item.scalar(key).map(Cow::into_owned).unwrap_or_default();
        if text("configurationItemStatus").starts_with("ResourceDeleted") {
            self.batch.deleted += 1;
            return;
        }
        let name = text("resourceType");
        let Some(kind) = self.catalog.of_type(&name) else {
            return self.batch.ignore(
                if name.is_empty() {
                    "configurationItems"
                } else {
                    &name
                },
                1,
            );
        };
        let Some((_, raw)) = item.keys.iter().find(|(key, _)| key == "configuration") else {
            return self.report(Level::Incomplete, "no configuration", |_| {
                format!("an item of {name} without its configuration; it is left out")
            });
        };
        let run = self.item_run(kind, (text("awsAccountId"), text("awsRegion")), runs);
        self.configuration(SourceRef { kind, index: 0 }, run, raw, &text("resourceId"));
    }

    fn item_run(&mut self, kind: Kind, scope: (String, String), runs: &mut Runs) -> u32 {
        if let Some((_, _, run)) = runs
            .known
            .iter()
            .find(|known| known.0 == kind && known.1 == scope)
        {
            return *run;
        }
        let pointer = format!("{}/*/configuration", runs.pointer);
        let run = self
            .batch
            .open(SourceRef { kind, index: 0 }, pointer, false);
        self.place(
            run,
            Some(&scope.0)
                .filter(|text| !text.is_empty())
                .map(String::as_str),
            Some(&scope.1)
                .filter(|text| !text.is_empty())
                .map(String::as_str),
        );
        if let Some(reading) = self.batch.run(run) {
            reading.detail = DELIVERY;
        }
        runs.known.push((kind, scope, run));
        run
    }

    fn configuration(&mut self, source: SourceRef, run: u32, raw: &'de str, id: &str) {
        let before = self.batch.rows(source.kind);
        self.id_follows = true;
        if raw.starts_with('{') {
            self.row(source, run, raw);
        } else if let Some(text) = scalar(raw) {
            // The configuration as a text: its places are those of the text.
            let stands_at = Some(self.offset(raw));
            let batch = std::mem::take(&mut self.batch);
            let mut inner = Reader::new(&text, batch);
            inner.loose = true;
            inner.wanted.clone_from(&self.wanted);
            inner.id_follows = true;
            inner.stands_at = stands_at;
            inner.row(source, run, &text);
            self.batch = inner.batch;
            self.moved(source.kind, run, before, raw);
        }
        self.id_follows = false;
        let plan = self.catalog.plan_of(self.catalog.kind_plan(source.kind));
        if let Step::Value(column, form) = *plan.step(source.kind.spec().id, false)
            && self.batch.rows(source.kind) > before
        {
            self.fill_rows(
                source.kind,
                before..before + 1,
                column,
                form,
                Some(id).filter(|id| !id.is_empty()),
            );
        }
    }

    /// Reads one object as a row of a run.
    fn row(&mut self, source: SourceRef, run: u32, raw: &'de str) {
        let rows = Rows::of(self, source, run);
        let mut table = self.batch.take_table(source.kind);
        let seed = RowSeed {
            reader: self,
            table: &mut table,
            rows,
        };
        let read = seed.deserialize(&mut serde_json::Deserializer::from_str(raw));
        self.batch.put_table(source.kind, table);
        if let Err(error) = read {
            self.report(Level::Incomplete, "configuration", |_| {
                format!("a configuration cannot be read: {error}")
            });
        }
    }

    /// Gives rows that were read from a text inside the document the place of
    /// that text's opening quote.
    fn moved(&mut self, kind: Kind, run: u32, before: usize, raw: &str) {
        let at = self.offset(raw);
        let mut table = self.batch.take_table(kind);
        for origin in table.origins.iter_mut().skip(before) {
            if let Some(reading) = self.batch.run(run) {
                reading.items -= 1;
                if reading.items == 0 {
                    reading.first = None;
                }
            }
            *origin = self.batch.origin(run, origin.ordinal, at, before);
        }
        self.batch.put_table(kind, table);
    }
}
