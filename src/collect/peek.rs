//! A look at an object before it is read: its keys, its ids, and which kind
//! they fit best.
//!
//! Used where the key above does not tell, so never on the way of large
//! listings. Reads the first object of an array only.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Cloud, Source};

use super::catalog::{Catalog, SourceRef};
use super::object::Key;
use super::reader::KeySeed;

/// The keys of an object.
#[derive(Debug, Default)]
pub(super) struct Peek<'de> {
    pub keys: Vec<(Key<'de>, &'de str)>,
}

/// Keys that are looked at.
const KEYS: usize = 128;

impl<'de> Peek<'de> {
    /// Looks at an object.
    pub(super) fn object(text: &'de str) -> Self {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        deserializer
            .deserialize_any(ObjectVisitor)
            .unwrap_or_default()
    }

    /// Looks at the first object of an array, and says how many items there
    /// are, up to two.
    pub(super) fn first(text: &'de str) -> (Option<Self>, usize) {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let mut seen = (None, 0);
        // It stops after two items, which serde takes for an error.
        let _stopped = deserializer.deserialize_any(FirstVisitor(&mut seen));
        let (first, items) = seen;
        (
            first
                .filter(|first| first.starts_with('{'))
                .map(Self::object),
            items,
        )
    }

    /// The text of a scalar, quotes removed.
    pub(super) fn scalar(&self, key: &str) -> Option<Cow<'de, str>> {
        let (_, raw) = self
            .keys
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        scalar(raw)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|(name, _)| name == key)
    }

    /// The kind whose record this is, and the call that gives its fields.
    pub(super) fn record(&self, catalog: &Catalog) -> Option<SourceRef> {
        let fits = |&kind: &Kind| Some((self.fit(catalog, kind)?, kind));
        let best = Kind::ALL
            .iter()
            .filter_map(fits)
            .max_by_key(|(fit, kind)| (*fit, std::cmp::Reverse(*kind)));
        best.map(|(_, kind)| self.source(kind))
    }

    /// The call whose answer it is, if the answer is one bare object.
    pub(super) fn marked(&self) -> Option<(SourceRef, &'static Source)> {
        let marked =
            Catalog::marked().filter(|(_, source)| source.marks.iter().all(|mark| self.has(mark)));
        marked
            .filter(|(source, _)| self.id_fits(source.kind))
            .max_by_key(|(_, source)| source.marks.len())
    }

    /// How many fields it shares with a kind, if it can be one of it.
    fn fit(&self, catalog: &Catalog, kind: Kind) -> Option<usize> {
        let spec = kind.spec();
        if spec.cloud() == Cloud::Azure {
            // Resources of Azure say what they are.
            return None;
        }
        let plan = catalog.plan_of(catalog.kind_plan(kind));
        let id = spec.id.split('.').next().unwrap_or_default();
        let fields = spec.fields.iter().filter(|field| field.name == id);
        let mut spellings = fields.flat_map(|field| field.aliases);
        let given = self.has(id) || spellings.any(|alias| self.has(alias));
        if !given || !self.id_fits(kind) {
            return None;
        }
        let section = |(key, raw): &(Key<'_>, &str)| {
            raw.starts_with('[') && !plan.has(key) && !catalog.sections(key).is_empty()
        };
        let shared = self.keys.iter().filter(|(key, _)| plan.has(key)).count();
        // An answer about one record has little more than its id beside sections.
        if shared < 4 && self.keys.iter().any(section) {
            return None;
        }
        let enough = if spec.id_prefix.is_empty() {
            // The id looks like any other: a field must that few kinds have.
            let rare = self
                .keys
                .iter()
                .any(|(key, _)| plan.has(key) && catalog.is_rare(key));
            rare && shared >= 2 && shared * 5 >= self.keys.len() * 2
        } else {
            shared >= 5 || shared * 3 >= self.keys.len()
        };
        enough.then_some(shared)
    }

    /// Whether the id, if there is one, looks like one of the kind.
    pub(super) fn id_fits(&self, kind: Kind) -> bool {
        let spec = kind.spec();
        let Some(id) = self.scalar(spec.id) else {
            return true;
        };
        let arn = spec.id.ends_with("Arn") || spec.id.ends_with("ARN");
        id.starts_with(spec.id_prefix) && (!arn || id.starts_with("arn:"))
    }

    /// Which call of a kind gives the fields that are there.
    fn source(&self, kind: Kind) -> SourceRef {
        let spec = kind.spec();
        let given = |operation: &str| {
            let own = spec
                .fields
                .iter()
                .filter(|field| field.operation == Some(operation));
            own.filter(|field| self.has(field.name)).count()
        };
        let sources = spec.sources.iter().zip(0_u8..);
        let scored =
            sources.map(|(source, index)| (given(source.operation), std::cmp::Reverse(index)));
        let index = scored.max().map_or(0, |(_, index)| index.0);
        SourceRef { kind, index }
    }

    /// Whether it has a key that is a section of an answer.
    pub(super) fn is_envelope(&self, catalog: &Catalog) -> bool {
        self.keys
            .iter()
            .any(|(key, _)| !catalog.sections(key).is_empty())
    }
}

/// The text of a scalar in JSON, quotes removed; `None` for containers and null.
pub(super) fn scalar(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str::<Key<'_>>(raw)
            .ok()
            .map(|text| Cow::Owned(text.into_owned())),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(raw)),
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Peek<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Peek<'de>, A::Error> {
        let mut peek = Peek::default();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let value: &'de RawValue = map.next_value()?;
            if peek.keys.len() < KEYS {
                peek.keys.push((key, value.get()));
            }
        }
        Ok(peek)
    }
}

struct FirstVisitor<'s, 'de>(&'s mut (Option<&'de str>, usize));

impl<'de> Visitor<'de> for FirstVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let first: Option<&'de RawValue> = seq.next_element()?;
        let more = first.is_some() && seq.next_element::<IgnoredAny>()?.is_some();
        *self.0 = (
            first.map(RawValue::get),
            usize::from(first.is_some()) + usize::from(more),
        );
        Ok(())
    }
}
