//! Lists whose objects are about several kinds: tags of load balancers and of
//! target groups, metrics of endpoints and of anything else.
//!
//! Each object is looked at and goes to the kind that it is about; the others
//! are counted as known and not modelled. Knows no kind: the descriptions of
//! the sources say which objects are whose.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::catalog::Section;
use super::peek::Peek;
use super::problem::Level;
use super::reader::Reader;
use super::records::{RowSeed, Rows};

/// Reads the list; gives the runs that it opened.
pub(super) struct MixedSeed<'r, 's, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub sections: &'s [Section],
    pub key: &'s str,
    pub pointer: String,
}

impl<'de> DeserializeSeed<'de> for MixedSeed<'_, '_, 'de> {
    type Value = Vec<u32>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<u32>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MixedSeed<'_, '_, 'de> {
    type Value = Vec<u32>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<u32>, A::Error> {
        let key_at = self.reader.at;
        let mut sorting = Sorting {
            runs: vec![None; self.sections.len()],
            ordinal: self.reader.resumed_at(&self.pointer),
            strangers: 0,
            odd: 0,
            list: self,
        };
        while let Some(item) = seq.next_element::<&'de RawValue>()? {
            sorting.item(item.get());
        }
        if sorting.ordinal == 0 {
            // The call was made and has nothing to say.
            sorting.run(0);
        }
        let Sorting {
            runs,
            strangers,
            odd,
            list,
            ..
        } = sorting;
        let MixedSeed { reader, key, .. } = list;
        reader.at = key_at;
        if strangers > 0 {
            reader.batch.ignore(key, strangers);
        }
        if odd > 0 {
            reader.report(Level::Incomplete, "not an object", |key| {
                format!("`{key}` has items that are not objects ({odd}); they are left out")
            });
        }
        let runs: Vec<u32> = runs.into_iter().flatten().collect();
        for run in &runs {
            reader.batch.close(*run);
        }
        Ok(runs)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<u32>, A::Error> {
        while let Some((IgnoredAny, IgnoredAny)) = map.next_entry()? {}
        Ok(self.wrong("an object"))
    }

    fn visit_str<E>(self, _: &str) -> Result<Vec<u32>, E> {
        Ok(self.wrong("a text"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Vec<u32>, E> {
        Ok(self.wrong("true or false"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Vec<u32>, E> {
        Ok(self.wrong("a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Vec<u32>, E> {
        Ok(self.wrong("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Vec<u32>, E> {
        Ok(self.wrong("a number"))
    }

    fn visit_unit<E>(self) -> Result<Vec<u32>, E> {
        Ok(Vec::new())
    }
}

impl MixedSeed<'_, '_, '_> {
    fn wrong(self, found: &str) -> Vec<u32> {
        self.reader.report(Level::Incomplete, "type", |key| {
            format!("`{key}` is {found} where a list of objects is expected; it is left out")
        });
        Vec::new()
    }
}

/// The list while its objects are told apart.
struct Sorting<'r, 's, 'de> {
    list: MixedSeed<'r, 's, 'de>,
    /// Of each section: its run, once it has an object.
    runs: Vec<Option<u32>>,
    ordinal: u32,
    /// Objects about nothing that is modelled.
    strangers: u64,
    odd: u64,
}

impl<'de> Sorting<'_, '_, 'de> {
    fn item(&mut self, raw: &'de str) {
        let ordinal = self.ordinal;
        self.ordinal = ordinal.saturating_add(1);
        if !raw.starts_with('{') {
            self.odd += 1;
            return;
        }
        let object = Peek::object(raw);
        let about = |section: &Section| {
            let only = section.source.source().and_then(|source| source.only);
            only.is_some_and(|only| {
                object
                    .scalar(only.field)
                    .is_some_and(|value| value.contains(only.holds))
            })
        };
        let Some(section) = self.list.sections.iter().position(about) else {
            self.strangers += 1;
            return;
        };
        if let Some(run) = self.run(section) {
            self.row(section, run, ordinal, raw);
        }
    }

    /// The run of a section, opened when it is needed first.
    fn run(&mut self, section: usize) -> Option<u32> {
        let source = self.list.sections.get(section)?.source;
        let slot = self.runs.get_mut(section)?;
        let MixedSeed {
            reader, pointer, ..
        } = &mut self.list;
        Some(*slot.get_or_insert_with(|| reader.batch.open(source, pointer.clone(), true)))
    }

    fn row(&mut self, section: usize, run: u32, ordinal: u32, raw: &'de str) {
        let Some(source) = self
            .list
            .sections
            .get(section)
            .map(|section| section.source)
        else {
            return;
        };
        let reader = &mut *self.list.reader;
        let rows = Rows {
            ordinal,
            ..Rows::of(reader, source, run)
        };
        let mut table = reader.batch.take_table(source.kind);
        let seed = RowSeed {
            reader,
            table: &mut table,
            rows,
        };
        // The text was read once already, so that it has no errors but depth.
        let read = seed.deserialize(&mut serde_json::Deserializer::from_str(raw));
        reader.batch.put_table(source.kind, table);
        if let Err(error) = read {
            reader.report(Level::Incomplete, "depth", |_| error.to_string());
        }
    }
}
