//! What an answer is: a listing with its sections, a wrapper around one, a bare
//! object, an array of any of them.
//!
//! Recognises by content first and by name where the content does not tell.
//! Known sections go straight into columns; only what is not known is looked
//! at before it is read. No kind has code of its own here.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::snapshot::FileFormat;

use super::catalog::{Section, SourceRef};
use super::config::ItemsSeed;
use super::ignored;
use super::mixed::MixedSeed;
use super::object::Key;
use super::peek::Peek;
use super::problem::Level;
use super::reader::{KeySeed, Reader};
use super::records::{RowSeed, Rows, RowsSeed};
use super::redis_cloud;
use super::resource_manager;
use super::section::InnerSeed;

/// What was found in one answer besides the sections that were read.
#[derive(Debug, Default)]
pub(super) struct Envelope<'de> {
    /// Its scalars, as JSON.
    pub scalars: Vec<(Key<'de>, &'de str)>,
    /// Arrays and objects under keys that are not known or say too little.
    pub parts: Vec<Part<'de>>,
    /// Runs of its sections.
    pub runs: Vec<u32>,
    /// Keys of sections that were read.
    pub sections: Vec<&'static str>,
    /// How many parts there were.
    pub parts_seen: usize,
    /// Whether anything was recognised.
    pub recognised: bool,
}

impl Envelope<'_> {
    /// Takes note of a section that is about to be read; false if the object
    /// had it before.
    fn begin(&mut self, section: Section, reader: &mut Reader<'_>) -> bool {
        let name = section.source.source().map_or("", |source| source.key);
        if self.sections.contains(&name) {
            reader.report(Level::Incomplete, "duplicate section", |key| {
                format!("`{key}` is in the same object twice; the second one is left out")
            });
            return false;
        }
        self.sections.push(name);
        self.recognised = true;
        reader.batch.format = FileFormat::AwsCli;
        true
    }
}

/// An array or object that is not read yet.
#[derive(Debug, Clone)]
pub(super) struct Part<'de> {
    pub key: Key<'de>,
    /// Pointer of the object that it is in.
    pub around: String,
    pub raw: &'de str,
}

/// How deep answers may be inside answers; no tool makes more.
pub(super) const NESTED: u8 = 6;

/// Reads an answer, or an array of them.
pub(super) struct AnswerSeed<'r, 'e, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub envelope: &'e mut Envelope<'de>,
    pub pointer: String,
    pub depth: u8,
}

impl<'de> DeserializeSeed<'de> for AnswerSeed<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnswerSeed<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or array")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(KeySeed)? {
            self.reader.arrive(&key);
            self.entry(key, &mut map)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self {
            reader,
            envelope,
            pointer,
            depth,
        } = self;
        let Some(first) = seq.next_element::<&'de RawValue>()? else {
            if depth == 0 {
                reader.nothing_listed(envelope);
            }
            return Ok(());
        };
        let resumed = reader
            .resumed
            .as_ref()
            .filter(|(array, _)| *array == pointer)
            .map(|(_, position)| *position);
        let object = first.get().starts_with('{');
        if object && resource_manager::type_of(&Peek::object(first.get())).is_some() {
            let position = resumed.unwrap_or(0);
            return reader.resource_array(first.get(), position, &pointer, &mut seq, envelope);
        }
        let source = match resumed {
            Some(_) if depth == 0 => reader.resumed_source,
            _ if object => {
                // Answers of calls that are made once per object, in one array.
                let peek = Peek::object(first.get());
                let single = peek.marked().is_some() || redis_cloud::is_answer(&peek);
                if single {
                    None
                } else {
                    peek.record(reader.catalog)
                }
            }
            _ => None,
        };
        if let Some(source) = source {
            return reader.records(
                source,
                &pointer,
                first.get(),
                resumed.unwrap_or(0),
                &mut seq,
                envelope,
            );
        }
        let mut position = u64::from(resumed.unwrap_or(0));
        let mut next = Some(first);
        let mut odd = 0;
        while let Some(item) = next {
            let at = reader.offset(item.get());
            let known = reader.nested(item.get(), &format!("{pointer}/{position}"), depth);
            match known {
                Some(known) => envelope.recognised |= known,
                None => odd += 1,
            }
            reader.at = at;
            position += 1;
            next = seq.next_element()?;
        }
        if odd > 0 {
            reader.report(Level::Warning, "not an object", |_| {
                format!("{odd} items are neither objects nor arrays; they are left out")
            });
        }
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

impl<'de> AnswerSeed<'_, '_, 'de> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Key<'de>, map: &mut A) -> Result<(), A::Error> {
        if resource_manager::is_command(&key) {
            // Its parent may stand behind it.
            let raw = map.next_value::<&'de RawValue>()?.get();
            let around = self.pointer.clone();
            self.envelope.parts.push(Part { key, around, raw });
            return Ok(());
        }
        if let Some(section) = self.reader.certain(&key) {
            return self.section(&key, section, map);
        }
        let catalog = self.reader.catalog;
        if let Some(sections) = catalog.mixed(&key) {
            return self.mixed(&key, sections, map);
        }
        match key.as_ref() {
            "configurationItems" => {
                self.envelope.recognised = true;
                let pointer = format!("{}/configurationItems", self.pointer);
                map.next_value_seed(ItemsSeed {
                    reader: self.reader,
                    runs: &mut self.envelope.runs,
                    pointer,
                })
            }
            "ResponseMetadata" => map.next_value::<IgnoredAny>().map(drop),
            _ => {
                let raw = map.next_value::<&'de RawValue>()?.get();
                if !raw.starts_with(['{', '[']) {
                    self.envelope.scalars.push((key, raw));
                } else if !ignored::is_sibling(&key) {
                    self.envelope.parts.push(Part {
                        key,
                        around: self.pointer.clone(),
                        raw,
                    });
                }
                Ok(())
            }
        }
    }

    /// Reads a section whose objects are about several kinds.
    fn mixed<A: MapAccess<'de>>(
        &mut self,
        key: &Key<'de>,
        sections: &[Section],
        map: &mut A,
    ) -> Result<(), A::Error> {
        let Self {
            reader,
            envelope,
            pointer,
            ..
        } = self;
        let Some(first) = sections.first() else {
            return map.next_value::<IgnoredAny>().map(drop);
        };
        if !envelope.begin(*first, reader) {
            return map.next_value::<IgnoredAny>().map(drop);
        }
        let mut pointer = pointer.clone();
        super::position::push_part(&mut pointer, key);
        let runs = map.next_value_seed(MixedSeed {
            reader,
            sections,
            key,
            pointer,
        })?;
        envelope.runs.extend(runs);
        Ok(())
    }

    /// Reads a section straight into columns.
    fn section<A: MapAccess<'de>>(
        &mut self,
        key: &Key<'de>,
        section: Section,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let Self {
            reader,
            envelope,
            pointer,
            ..
        } = self;
        if !envelope.begin(section, reader) {
            return map.next_value::<IgnoredAny>().map(drop);
        }
        let mut pointer = pointer.clone();
        super::position::push_part(&mut pointer, key);
        if let Some(inner) = section.inner {
            let run = reader
                .batch
                .open(section.source, format!("{pointer}/*/{inner}/*"), false);
            envelope.runs.push(run);
            map.next_value_seed(InnerSeed {
                reader,
                run,
                inner,
                source: section.source,
            })?;
            reader.batch.close(run);
            return Ok(());
        }
        let run = reader.batch.open(section.source, pointer, true);
        envelope.runs.push(run);
        let rows = reader.rows_of(section.source, run);
        let mut table = reader.batch.take_table(section.source.kind);
        let result = map.next_value_seed(RowsSeed {
            reader,
            table: &mut table,
            rows,
        });
        reader.batch.put_table(section.source.kind, table);
        result?;
        reader.batch.close(run);
        Ok(())
    }
}

impl<'de> Reader<'de> {
    /// The section that a key stands for, where the key and the file's name
    /// leave no doubt.
    fn certain(&self, key: &str) -> Option<Section> {
        let sections = self.catalog.sections(key);
        let named = |section: &&Section| {
            let source = section.source.source();
            source.is_some_and(|source| Some((source.service, source.operation)) == self.hint)
        };
        let own = |section: &Section| section.source.is_own_parent();
        match sections {
            [] => None,
            [only]
                if only.source.source().is_some_and(|source| {
                    source.parent.is_none() && source.only.is_none() && !source.given
                }) && !ignored::is_common(key) =>
            {
                Some(*only)
            }
            _ => sections
                .iter()
                .find(named)
                .copied()
                .filter(|section| !own(section) && !section.is_mixed()),
        }
    }

    /// The rows of a run, from where the document goes on.
    pub(super) fn rows_of(&self, source: SourceRef, run: u32) -> Rows {
        let pointer = self
            .batch
            .runs
            .get(run as usize)
            .map(|reading| reading.run.pointer.as_str());
        Rows {
            ordinal: pointer.map_or(0, |pointer| self.resumed_at(pointer)),
            ..Rows::of(self, source, run)
        }
    }

    /// Position of the first item of an array in this text: 0 unless the array
    /// goes on here.
    pub(super) fn resumed_at(&self, pointer: &str) -> u32 {
        let resumed = self.resumed.as_ref();
        resumed
            .filter(|(array, _)| array == pointer)
            .map_or(0, |(_, position)| *position)
    }

    /// Reads an array of records whose first one was looked at.
    fn records<A: SeqAccess<'de>>(
        &mut self,
        source: SourceRef,
        pointer: &str,
        first: &'de str,
        position: u32,
        seq: &mut A,
        envelope: &mut Envelope<'de>,
    ) -> Result<(), A::Error> {
        self.batch.format = FileFormat::AwsCli;
        let run = self.batch.open(source, pointer.to_owned(), true);
        envelope.runs.push(run);
        envelope.recognised = true;
        let mut rows = Rows {
            ordinal: position,
            ..Rows::of(self, source, run)
        };
        let mut table = self.batch.take_table(source.kind);
        let mut deserializer = serde_json::Deserializer::from_str(first);
        // The text was read once already, so that it has no errors but depth.
        let object = RowSeed {
            reader: self,
            table: &mut table,
            rows,
        }
        .deserialize(&mut deserializer);
        let mut odd = u64::from(!object.unwrap_or(false));
        let result = loop {
            rows.ordinal = rows.ordinal.saturating_add(1);
            match seq.next_element_seed(RowSeed {
                reader: self,
                table: &mut table,
                rows,
            }) {
                Ok(Some(object)) => odd += u64::from(!object),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.batch.put_table(source.kind, table);
        result?;
        self.batch.close(run);
        if odd > 0 {
            self.report(Level::Warning, "not an object", |_| {
                format!("{odd} items are not objects; they are left out")
            });
            self.batch.issues.times("not an object", odd);
        }
        Ok(())
    }

    /// Reads an answer inside an array or under a key that is not known.
    /// `None` for scalars, otherwise whether it was recognised.
    pub(super) fn nested(&mut self, raw: &'de str, pointer: &str, depth: u8) -> Option<bool> {
        if !raw.starts_with(['{', '[']) {
            return None;
        }
        if depth >= NESTED {
            return Some(false);
        }
        let mut envelope = Envelope::default();
        let mut deserializer = serde_json::Deserializer::from_str(raw);
        let seed = AnswerSeed {
            reader: self,
            envelope: &mut envelope,
            pointer: pointer.to_owned(),
            depth: depth + 1,
        };
        if let Err(error) = seed.deserialize(&mut deserializer) {
            let at = self.offset(raw);
            self.batch
                .issues
                .add(Level::Incomplete, "depth", Some(at), || error.to_string());
        }
        Some(self.finish(envelope, raw, pointer, depth + 1))
    }
}
