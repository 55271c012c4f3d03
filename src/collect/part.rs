//! Arrays and objects whose key says too little: what they are, and reading
//! them.
//!
//! Decides by the file's name, by what stands beside, and by a look at the
//! first object, in that order. What nothing explains is reported.

use serde::de::DeserializeSeed as _;

use crate::snapshot::FileFormat;

use super::answer::{Envelope, Part};
use super::catalog::{self, Section, SourceRef};
use super::ignored;
use super::object::Key;
use super::parent::parent_beside;
use super::peek::Peek;
use super::problem::Level;
use super::reader::Reader;
use super::records::RowsSeed;

impl<'de> Reader<'de> {
    /// An array or object whose key did not tell enough.
    pub(super) fn part(
        &mut self,
        part: &Part<'de>,
        envelope: &mut Envelope<'de>,
        raw: &'de str,
        depth: u8,
    ) {
        let at = self.offset(part.raw);
        self.at = match &part.key {
            Key::Borrowed(key) => self.offset(key),
            Key::Owned(_) => at,
        };
        let key_at = self.at;
        let mut pointer = part.around.clone();
        super::position::push_part(&mut pointer, &part.key);
        if let Some(section) = self.folded_section(part) {
            return self.folded(section, part, &pointer, envelope, depth);
        }
        let sections = self.catalog.sections(&part.key);
        let section = self.pick(sections, part, envelope);
        if let Some(section) = section.or_else(|| self.alike(part)) {
            envelope.recognised = true;
            return self.chosen(section, part, pointer, raw, envelope);
        }
        if ignored::is(&part.key, part.raw) || self.is_unmodelled(part) {
            envelope.recognised = true;
            self.batch.format = FileFormat::AwsCli;
            let items = count(part.raw);
            return self.batch.ignore(&part.key, items);
        }
        if let Some(kind) = self
            .catalog
            .singular(&part.key)
            .filter(|_| part.raw.starts_with('{'))
        {
            self.single(
                SourceRef { kind, index: 0 },
                &pointer,
                part.raw,
                None,
                false,
                envelope,
            );
            self.at = key_at;
            self.report(Level::Note, "not a listing", |key| {
                format!("`{key}` is one object and not a listing: it is read, and says nothing about others")
            });
            return;
        }
        let recorded = depth == 0 && part.key == "data" && part.raw.starts_with('{');
        let known =
            (recorded || self.is_answer(part.raw)).then(|| self.nested(part.raw, &pointer, depth));
        self.at = key_at;
        if recorded || known.flatten() == Some(true) {
            envelope.recognised = true;
        } else {
            self.unknown(part);
        }
    }

    /// Whether it is a listing of a call that is known and not modelled, under a
    /// key that says nothing.
    fn is_unmodelled(&self, part: &Part<'de>) -> bool {
        if !ignored::is_common(&part.key) {
            return false;
        }
        let (first, _) = Peek::first(part.raw);
        let arn = first.and_then(|first| first.scalar("arn"));
        self.is_named_unmodelled() || arn.is_some_and(|arn| ignored::resource(&arn).is_some())
    }

    /// Whether the file is named after a call that is known and not modelled.
    fn is_named_unmodelled(&self) -> bool {
        let mut names = self.names.iter();
        names.any(|name| ignored::is_operation(&name.name))
    }

    /// Whether it pays to read what stands under a key that is not known.
    pub(super) fn is_answer(&self, raw: &'de str) -> bool {
        if raw.starts_with('{') {
            return Peek::object(raw).is_envelope(self.catalog);
        }
        let (first, _) = Peek::first(raw);
        let inner_array = raw
            .get(1..)
            .is_some_and(|rest| rest.trim_start().starts_with('['));
        inner_array
            || first.is_some_and(|first| {
                first.is_envelope(self.catalog) || first.record(self.catalog).is_some()
            })
    }

    fn unknown(&mut self, part: &Part<'de>) {
        let empty = count(part.raw) == 0;
        let called = |section: &&Section| section.source.source().is_none_or(|one| !one.given);
        if let Some(section) = self.catalog.sections(&part.key).iter().find(called) {
            self.report(Level::Incomplete, "ambiguous section", |key| {
                format!("cannot tell which call answered with this `{key}`; it is left out")
            });
            let source = section.source.source();
            let name = source.map_or(String::new(), |source| {
                format!("{}.{}", source.service, source.operation)
            });
            return self.batch.issues.help("ambiguous section", || {
                format!("name the file after the call: `{name}.json`")
            });
        }
        let level = if empty {
            Level::Note
        } else {
            Level::Incomplete
        };
        self.report(
            level,
            if empty {
                "empty section"
            } else {
                "unknown section"
            },
            |key| format!("unknown section `{key}`; nothing in it is read"),
        );
        let keys = self.catalog.section_keys().chain(ignored::sections());
        let close = keys
            .map(|known| (strsim::osa_distance(known, &part.key), known))
            .min();
        if let Some((distance, known)) =
            close.filter(|(distance, _)| *distance <= 2 && part.key.len() > 4)
            && distance > 0
        {
            self.batch
                .issues
                .help("unknown section", || format!("did you mean `{known}`?"));
        }
    }

    /// The section that a part is, from the file's name, what is beside it and
    /// what is in it.
    fn pick(
        &self,
        sections: &[Section],
        part: &Part<'de>,
        envelope: &Envelope<'de>,
    ) -> Option<Section> {
        if sections.is_empty() || !part.raw.starts_with('[') {
            return None;
        }
        if ignored::is_common(&part.key) && self.is_named_unmodelled() {
            return None;
        }
        let (first, items) = Peek::first(part.raw);
        let named = sections.iter().find(|section| {
            let source = section.source.source();
            source.is_some_and(|source| Some((source.service, source.operation)) == self.hint)
        });
        if let Some(named) = named {
            return Some(*named);
        }
        if items == 0 {
            let beside = |section: &&Section| parent_beside(section.source, envelope).is_some();
            let same = sections.iter().all(|other| {
                sections
                    .first()
                    .is_some_and(|one| one.source.kind == other.source.kind)
            });
            // Nothing in it tells, if other services use the key too.
            let alone = same && !ignored::is(&part.key, part.raw);
            return sections
                .iter()
                .find(beside)
                .or_else(|| sections.first().filter(|_| alone))
                .copied();
        }
        let first = first?;
        let score = |section: &Section| self.fits(section.source, &part.key, &first, envelope);
        let scored = sections
            .iter()
            .filter_map(|section| Some((score(section)?, section)));
        scored
            .rev()
            .max_by_key(|(score, _)| *score)
            .map(|(_, section)| *section)
    }

    /// The section whose key a key ends with: `DESCRIBE_SUBNETS`.
    pub(super) fn alike(&self, part: &Part<'de>) -> Option<Section> {
        if !part.raw.starts_with('[') || ignored::is(&part.key, part.raw) {
            return None;
        }
        let sections = self.catalog.alike(&part.key);
        if sections.is_empty() {
            return None;
        }
        let (first, _) = Peek::first(part.raw);
        let first = first?;
        let whole = |section: &&Section| {
            let source = section.source;
            let id = source.kind.spec().id.split('.').next().unwrap_or_default();
            section.inner.is_none()
                && !section.is_mixed()
                && !source.is_own_parent()
                && first.has(id)
                && (self.is_masked(source, &part.key, &first)
                    || self
                        .fits(source, &part.key, &first, &Envelope::default())
                        .is_some())
        };
        sections.iter().find(whole).copied()
    }

    /// Whether key and fields leave no doubt although the id looks like none:
    /// who publishes a dump may write `SubnetId:72` for it.
    fn is_masked(&self, source: SourceRef, key: &str, first: &Peek<'de>) -> bool {
        let spelled = source.source().is_some_and(|source| {
            let known = source
                .key
                .split_once("[].")
                .map_or(source.key, |(_, key)| key);
            catalog::normal(known) == catalog::normal(key)
        });
        let plan = self.catalog.plan_of(self.catalog.kind_plan(source.kind));
        let shared = first.keys.iter().filter(|(key, _)| plan.has(key)).count();
        spelled && (shared >= 5 || shared * 2 > first.keys.len())
    }

    /// How well the first object of an array fits a source.
    fn fits(
        &self,
        source: SourceRef,
        key: &str,
        first: &Peek<'de>,
        envelope: &Envelope<'de>,
    ) -> Option<usize> {
        let spec = source.source()?;
        let own = source.is_own_parent();
        let mut plan = self.catalog.plan_of(self.catalog.kind_plan(source.kind));
        if own {
            plan = self.catalog.plan_of(plan.list(key)?);
        } else if !first.id_fits(source.kind) {
            return None;
        }
        let shared = first.keys.iter().filter(|(key, _)| plan.has(key)).count();
        let marked = !spec.key.is_empty() && !spec.marks.is_empty();
        if shared == 0
            || (shared * 3 < first.keys.len() && (shared < 5 || own))
            || (marked && !spec.marks.iter().all(|mark| first.has(mark)))
        {
            return None;
        }
        let fields = source.kind.spec().fields.iter();
        let given = fields
            .filter(|field| field.operation == Some(spec.operation) && first.has(field.name))
            .count();
        let beside = parent_beside(source, envelope).is_some();
        Some(shared + 50 * given + 100 * usize::from(beside) + 50 * usize::from(marked))
    }

    /// Reads a section that was decided for.
    fn chosen(
        &mut self,
        section: Section,
        part: &Part<'de>,
        pointer: String,
        raw: &'de str,
        envelope: &mut Envelope<'de>,
    ) {
        let source = section.source;
        self.batch.format = FileFormat::AwsCli;
        if source.is_own_parent() {
            // The whole answer is about one record: its own list, and its id.
            self.id_follows = true;
            self.single(source, &part.around, raw, None, true, envelope);
            self.id_follows = false;
            return;
        }
        let run = self.batch.open(source, pointer, true);
        envelope.runs.push(run);
        let rows = self.rows_of(source, run);
        let mut table = self.batch.take_table(source.kind);
        let seed = RowsSeed {
            reader: self,
            table: &mut table,
            rows,
        };
        let read = seed.deserialize(&mut serde_json::Deserializer::from_str(part.raw));
        self.batch.put_table(source.kind, table);
        if read.is_ok() {
            self.batch.close(run);
        }
    }
}

/// Items of an array, keys of an object.
fn count(raw: &str) -> u64 {
    struct Count;
    impl<'de> serde::de::Visitor<'de> for Count {
        type Value = u64;
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an array or object")
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<u64, A::Error> {
            let mut items = 0;
            while let Some(serde::de::IgnoredAny) = seq.next_element()? {
                items += 1;
            }
            Ok(items)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
            let mut items = 0;
            while let Some((serde::de::IgnoredAny, serde::de::IgnoredAny)) = map.next_entry()? {
                items = 1;
            }
            Ok(items)
        }
    }
    use serde::de::Deserializer as _;
    serde_json::Deserializer::from_str(raw)
        .deserialize_any(Count)
        .unwrap_or(0)
}
