//! What is decided when an answer was read to its end: sections whose key says
//! too little, bare objects, errors, pages, parents.
//!
//! Everything here looks at parts that are small or were skipped over once; the
//! large listings are in columns by now.

use serde::de::DeserializeSeed as _;

use crate::snapshot::FileFormat;
use crate::snapshot::record::Kind;

use super::answer::{Envelope, Part};
use super::bookkeeping::Manifest;
use super::catalog::SourceRef;
use super::config::DELIVERY;
use super::ignored;
use super::peek::{Peek, scalar};
use super::problem::Level;
use super::reader::Reader;
use super::records::{RowSeed, Rows};

impl<'de> Reader<'de> {
    /// Decides what is still open in an answer; whether it was recognised.
    pub(super) fn finish(
        &mut self,
        mut envelope: Envelope<'de>,
        raw: &'de str,
        pointer: &str,
        depth: u8,
    ) -> bool {
        if raw.starts_with('[') {
            return envelope.recognised;
        }
        if self.template(&envelope)
            || self.identity(&envelope)
            || self.failure(&envelope)
            || self.manifest(&envelope, raw, depth)
            || self.redis_cloud(&envelope, raw, pointer)
        {
            return true;
        }
        // A recorder's wrapper is no level of its own.
        let whole = depth == 0 || pointer == "/data";
        if whole && envelope.sections.is_empty() && self.other_resource(&envelope) {
            return true;
        }
        let named = |key| find(&envelope, key).is_some();
        if envelope.sections.is_empty()
            && ["id", "resourceId", "type", "resourceType"]
                .into_iter()
                .any(named)
            && self.lone_resource(raw, pointer, &mut envelope)
        {
            return true;
        }
        let mut bare = None;
        if envelope.sections.is_empty() && !envelope.recognised {
            bare = self.bare(&mut envelope, raw, pointer);
        }
        let parts = match bare {
            None if whole => self.fields_of_unknown(&mut envelope),
            _ => Vec::new(),
        };
        if bare.is_none() {
            for part in std::mem::take(&mut envelope.parts) {
                self.part(&part, &mut envelope, raw, depth);
            }
        }
        let truncated = is_truncated(&envelope);
        // The history of a resource is no delivery of all of them.
        let delivery = ["configSnapshotId", "fileVersion"]
            .iter()
            .any(|key| find(&envelope, key).is_some());
        self.batch.truncated |= truncated && matches!(pointer, "" | "/data");
        for &run in &envelope.runs {
            if let Some(reading) = self.batch.run(run) {
                reading.truncated = truncated;
                reading.run.narrowed = self.narrowed;
                reading.listing &= delivery || reading.detail != DELIVERY;
            }
            self.parent(run, &envelope);
        }
        if !envelope.recognised && whole && (envelope.parts_seen == 0 || !parts.is_empty()) {
            self.nothing(&envelope, &parts);
        }
        envelope.recognised
    }

    /// Keys of arrays and objects that are fields of an object of an unknown
    /// kind, and no sections: it has scalars of its own, and none of them is
    /// known.
    fn fields_of_unknown(&self, envelope: &mut Envelope<'de>) -> Vec<String> {
        envelope.parts_seen = envelope.parts.len();
        let own = |(key, _): &(super::object::Key<'_>, &str)| {
            !ignored::is_sibling(key) && *key != "status_code"
        };
        let known = |part: &Part<'_>| {
            !self.catalog.sections(&part.key).is_empty()
                || ignored::is(&part.key, part.raw)
                || self.catalog.singular(&part.key).is_some()
                || self.alike(part).is_some()
                || self.is_answer(part.raw)
        };
        let unknown = !envelope.recognised
            && envelope.sections.is_empty()
            && envelope.scalars.iter().filter(|scalar| own(scalar)).count() >= 2
            && !envelope.parts.iter().any(known);
        if !unknown {
            return Vec::new();
        }
        let parts = std::mem::take(&mut envelope.parts);
        parts
            .into_iter()
            .map(|part| part.key.into_owned())
            .collect()
    }

    /// One resource of a kind that is known and not modelled.
    fn other_resource(&mut self, envelope: &Envelope<'de>) -> bool {
        let arn = find(envelope, "arn");
        let Some(kind) = arn.as_deref().and_then(ignored::resource) else {
            return false;
        };
        self.batch.format = FileFormat::AwsCli;
        self.batch.ignore(kind, 1);
        true
    }

    /// `get-caller-identity` names the account of all that lies around it.
    fn identity(&mut self, envelope: &Envelope<'de>) -> bool {
        let text = |key: &str| find(envelope, key);
        let (Some(account), Some(_), Some(_)) = (text("Account"), text("Arn"), text("UserId"))
        else {
            return false;
        };
        self.batch.format = FileFormat::AwsCli;
        self.batch.identity = Some(account);
        true
    }

    fn manifest(&mut self, envelope: &Envelope<'de>, raw: &'de str, depth: u8) -> bool {
        let format =
            find(envelope, "format").filter(|format| format.starts_with("plaudit-snapshot/"));
        let Some(format) = format.filter(|_| depth == 0) else {
            return false;
        };
        self.batch.format = FileFormat::Bookkeeping;
        match Manifest::parse(raw, &format) {
            Ok(manifest) => self.batch.manifest = Some(manifest),
            Err(message) => self
                .batch
                .issues
                .add(Level::Incomplete, "manifest", None, || message),
        }
        true
    }

    /// An answer that is one object.
    fn bare(&mut self, envelope: &mut Envelope<'de>, raw: &'de str, pointer: &str) -> Option<()> {
        let peek = Peek::object(raw);
        if let Some((source, spec)) = peek.marked() {
            // `GetHostedZone`: the object is in a wrapper, with siblings.
            let wrapper = spec
                .marks
                .iter()
                .find(|mark| self.catalog.singular(mark) == Some(source.kind));
            let inner = wrapper.and_then(|mark| peek.keys.iter().find(|(key, _)| key == mark));
            self.single(
                source,
                pointer,
                raw,
                inner.map(|(_, raw)| *raw),
                true,
                envelope,
            );
            return Some(());
        }
        if let Some(source) = self.named_after(&peek) {
            self.single(source, pointer, raw, None, true, envelope);
            return Some(());
        }
        let source = peek.record(self.catalog)?;
        let plan = self.catalog.plan_of(self.catalog.kind_plan(source.kind));
        let shared = peek.keys.iter().filter(|(key, _)| plan.has(key)).count();
        let needed = if source.kind.spec().id_prefix.is_empty() {
            5
        } else {
            3
        };
        if shared < needed {
            return None;
        }
        self.single(source, pointer, raw, None, false, envelope);
        Some(())
    }

    /// The call that a file or its folder is named after, if it answers with one
    /// object and this one has the id of its kind. Services leave out keys that
    /// would betray the call: those of a group, or without associations.
    fn named_after(&self, peek: &Peek<'_>) -> Option<SourceRef> {
        let (service, operation) = self.hint?;
        let mut sources = Kind::ALL.iter().flat_map(|&kind| {
            let spec = kind.spec();
            let sources = spec.sources.iter().zip(0_u8..);
            sources.map(move |(source, index)| (spec.id, source, SourceRef { kind, index }))
        });
        let (_, _, found) = sources.find(|(id, source, _)| {
            let called = (source.service, source.operation) == (service, operation);
            called && source.key.is_empty() && peek.keys.iter().any(|(key, _)| key == id)
        })?;
        Some(found)
    }

    /// Reads one object as one row.
    pub(super) fn single(
        &mut self,
        source: SourceRef,
        pointer: &str,
        raw: &'de str,
        inner: Option<&'de str>,
        listing: bool,
        envelope: &mut Envelope<'de>,
    ) -> u32 {
        self.batch.format = FileFormat::AwsCli;
        let run = self.batch.open(source, pointer.to_owned(), false);
        if let Some(reading) = self.batch.run(run) {
            reading.listing = listing;
        }
        envelope.runs.push(run);
        envelope.recognised = true;
        let rows = Rows::of(self, source, run);
        let mut table = self.batch.take_table(source.kind);
        if let Some(inner) = inner {
            let fields = super::object::Fields {
                reader: self,
                table: &mut table,
                level: rows.level,
                plan: rows.plan,
                run,
            };
            // The text was read once already, so that it has no errors but depth.
            let _read = fields.deserialize(&mut serde_json::Deserializer::from_str(inner));
        }
        let seed = RowSeed {
            reader: self,
            table: &mut table,
            rows,
        };
        let read = seed.deserialize(&mut serde_json::Deserializer::from_str(raw));
        self.batch.put_table(source.kind, table);
        if read.is_ok() {
            self.batch.close(run);
        }
        run
    }

    /// Reports an object that is neither an answer nor a record.
    fn nothing(&mut self, envelope: &Envelope<'de>, parts: &[String]) {
        if self.batch.format != FileFormat::Unknown {
            return;
        }
        let keys = envelope.scalars.iter().map(|(key, _)| key.as_ref());
        if let Some(key) = keys.clone().find(|key| ignored::is_answer(key)) {
            self.batch.format = FileFormat::AwsCli;
            return self.batch.ignore(key, 1);
        }

        let keys: Vec<&str> = keys
            .chain(parts.iter().map(String::as_str))
            .take(8)
            .collect();
        let (level, message) = if keys.is_empty() {
            (Level::Note, "an empty object".to_owned())
        } else {
            (
                Level::Warning,
                format!(
                    "an object that is not recognised, with the keys {}",
                    keys.join(", ")
                ),
            )
        };
        self.batch
            .issues
            .add(level, "not recognised", None, || message);
    }
}

pub(super) fn find(envelope: &Envelope<'_>, key: &str) -> Option<String> {
    let (_, raw) = envelope
        .scalars
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    scalar(raw)
        .map(std::borrow::Cow::into_owned)
        .filter(|text| !text.is_empty())
}

/// Whether another page follows.
fn is_truncated(envelope: &Envelope<'_>) -> bool {
    let token = [
        "NextToken",
        "NextMarker",
        "nextLink",
        "skip_token",
        "skipToken",
        "$skipToken",
    ]
    .iter()
    .any(|key| find(envelope, key).is_some());
    // Resource Graph says how many there are besides how many it gave.
    let count = |key| find(envelope, key).and_then(|text| text.parse::<u64>().ok());
    let less = count("count")
        .zip(count("total_records").or_else(|| count("totalRecords")))
        .is_some_and(|(given, all)| given < all);
    let flag = ["IsTruncated", "AdditionalRoutesAvailable", "Truncated"];
    token
        || less
        || flag
            .iter()
            .any(|key| find(envelope, key).as_deref() == Some("true"))
}
