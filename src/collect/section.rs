//! Sections that are two levels deep: `Reservations[].Instances`.
//!
//! Streams like flat sections do. The objects around the records are read for
//! the account that owns them and for nothing else.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::catalog::SourceRef;
use super::problem::Level;
use super::reader::{KeySeed, Reader};
use super::records::{Rows, RowsSeed};
use super::scalar::Scalar;

/// Reads the array of objects around the records.
pub(super) struct InnerSeed<'r, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub run: u32,
    pub inner: &'static str,
    pub source: SourceRef,
}

impl<'de> DeserializeSeed<'de> for InnerSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for InnerSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self {
            reader,
            run,
            inner,
            source,
        } = self;
        let mut owner = None;
        while let Some(()) = seq.next_element_seed(Around {
            reader,
            run,
            inner,
            source,
            owner: &mut owner,
        })? {}
        if let Some(owner) = owner {
            reader.place(run, Some(&owner), None);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self {
            reader,
            run,
            inner,
            source,
        } = self;
        Around {
            reader,
            run,
            inner,
            source,
            owner: &mut None,
        }
        .visit_map(map)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        wrong(self.reader);
        Ok(())
    }
}

fn wrong(reader: &mut Reader<'_>) {
    reader.report(Level::Incomplete, "not an object", |key| {
        format!("`{key}` is not a list of objects; it is left out")
    });
}

/// Reads one object around records.
struct Around<'r, 'o, 'de> {
    reader: &'r mut Reader<'de>,
    run: u32,
    inner: &'static str,
    source: SourceRef,
    owner: &'o mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Around<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Around<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self {
            reader,
            run,
            inner,
            source,
            owner,
        } = self;
        while let Some(key) = map.next_key_seed(KeySeed)? {
            reader.arrive(&key);
            if key == inner {
                let rows = Rows::of(reader, source, run);
                let mut table = reader.batch.take_table(source.kind);
                let result = map.next_value_seed(RowsSeed {
                    reader,
                    table: &mut table,
                    rows,
                });
                reader.batch.put_table(source.kind, table);
                result?;
            } else if key == "OwnerId" && owner.is_none() {
                *owner = map
                    .next_value_seed(Scalar)?
                    .map(std::borrow::Cow::into_owned);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(IgnoredAny) = seq.next_element()? {}
        wrong(self.reader);
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        wrong(self.reader);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        wrong(self.reader);
        Ok(())
    }
}
