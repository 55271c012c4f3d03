//! What is decided when an answer was read to its end: sections whose key says
//! too little, bare objects, errors, pages, parents.
//!
//! Everything here looks at parts that are small or were skipped over once; the
//! large listings are in columns by now.

use serde::de::DeserializeSeed as _;

use crate::snapshot::FileFormat;
use crate::snapshot::ledger::CallOutcome;
use crate::snapshot::schema::Shape;

use super::answer::{Envelope, Part};
use super::batch::Reported;
use super::bookkeeping::Manifest;
use super::catalog::{Section, SourceRef, Step};
use super::ignored;
use super::object::{RowSeed, Rows, RowsSeed};
use super::peek::{Peek, scalar};
use super::problem::Level;
use super::reader::Reader;

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
        if self.identity(&envelope)
            || self.failure(&envelope)
            || self.manifest(&envelope, raw, depth)
        {
            return true;
        }
        let mut bare = None;
        if envelope.sections.is_empty() && !envelope.recognised {
            bare = self.bare(&mut envelope, raw, pointer);
        }
        let parts = self.fields_of_unknown(&mut envelope, bare.is_some(), depth);
        if bare.is_none() {
            for part in std::mem::take(&mut envelope.parts) {
                self.part(part, &mut envelope, raw, depth);
            }
        }
        let truncated = is_truncated(&envelope);
        self.batch.truncated |= truncated && matches!(pointer, "" | "/data");
        for &run in &envelope.runs {
            if let Some(reading) = self.batch.run(run) {
                reading.truncated = truncated;
            }
            self.parent(run, &envelope);
        }
        if !envelope.recognised && depth == 0 && (envelope.parts_seen == 0 || !parts.is_empty()) {
            self.nothing(&envelope, &parts);
        }
        envelope.recognised
    }

    /// Keys of arrays and objects that are fields of an object of an unknown
    /// kind, and no sections: it has scalars of its own, and none of them is
    /// known.
    fn fields_of_unknown(
        &self,
        envelope: &mut Envelope<'de>,
        bare: bool,
        depth: u8,
    ) -> Vec<String> {
        envelope.parts_seen = envelope.parts.len();
        let own = |(key, _): &(super::object::Key<'_>, &str)| {
            !ignored::is_sibling(key) && *key != "status_code"
        };
        let known = |part: &Part<'_>| {
            !self.catalog.sections(&part.key).is_empty()
                || ignored::is(&part.key, part.raw)
                || self.catalog.singular(&part.key).is_some()
                || self.is_answer(part.raw)
        };
        let unknown = !bare
            && depth == 0
            && !envelope.recognised
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

    /// An answer that is an error.
    fn failure(&mut self, envelope: &Envelope<'de>) -> bool {
        let part = |name: &str| {
            envelope
                .parts
                .iter()
                .find(|part| part.key == name)
                .map(|part| part.raw)
        };
        let recorded = part("data").map(Peek::object);
        let inner = recorded
            .as_ref()
            .and_then(|data| data.keys.iter().find(|(key, _)| key == "Error"));
        let error = part("Error")
            .or(inner.map(|(_, raw)| *raw))
            .map(Peek::object);
        let code = error
            .as_ref()
            .and_then(|error| error.scalar("Code"))
            .map(std::borrow::Cow::into_owned);
        let status = find(envelope, "status_code").and_then(|status| status.parse::<u32>().ok());
        let Some(code) = code.or_else(|| {
            status
                .filter(|status| *status >= 400)
                .map(|status| format!("HTTP {status}"))
        }) else {
            return false;
        };
        if status.is_some_and(|status| status < 400) {
            return false;
        }
        self.batch.format = FileFormat::AwsCli;
        let outcome = if is_denied(&code) {
            CallOutcome::Denied
        } else {
            CallOutcome::Failed
        };
        let named = self
            .hint
            .map(|(service, operation)| (service.to_owned(), operation.to_owned()));
        let named = named.or_else(|| self.names.iter().find_map(|name| operation_in(&name.name)));
        let Some((service, operation)) = named else {
            self.report(Level::Incomplete, "error without operation", |_| {
                format!("the answer is the error {code}, and the file's name does not tell of which call")
            });
            return true;
        };
        self.batch.calls.push(Reported {
            service,
            operation,
            account: String::new(),
            region: String::new(),
            outcome,
            items: 0,
            asserted: true,
            detail: code,
        });
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
        if let Some((source, spec)) = peek.marked(self.catalog) {
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

    /// Reads one object as one row.
    fn single(
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

    /// An array or object whose key did not tell enough.
    fn part(&mut self, part: Part<'de>, envelope: &mut Envelope<'de>, raw: &'de str, depth: u8) {
        let at = self.offset(part.raw);
        self.at = match &part.key {
            super::object::Key::Borrowed(key) => self.offset(key),
            super::object::Key::Owned(_) => at,
        };
        let key_at = self.at;
        let mut pointer = part.around.clone();
        super::position::push_part(&mut pointer, &part.key);
        let sections = self.catalog.sections(&part.key);
        let section = self.pick(sections, &part, envelope);
        if let Some(section) = section.or_else(|| self.alike(&part)) {
            envelope.recognised = true;
            return self.chosen(section, &part, pointer, raw, envelope);
        }
        if ignored::is(&part.key, part.raw) || self.is_unmodelled(&part) {
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
            (recorded || self.is_answer(part.raw)).then(|| self.nested(part.raw, pointer, depth));
        self.at = key_at;
        if known.flatten() == Some(true) {
            envelope.recognised = true;
        } else {
            self.unknown(&part);
        }
    }

    /// Whether it is a listing of a call that is known and not modelled, under a
    /// key that says nothing.
    fn is_unmodelled(&self, part: &Part<'de>) -> bool {
        if !ignored::is_common(&part.key) {
            return false;
        }
        let named = self
            .names
            .iter()
            .any(|name| ignored::is_operation(&name.name));
        let (first, _) = Peek::first(part.raw);
        let arn = first.and_then(|first| first.scalar("arn"));
        named || arn.is_some_and(|arn| ignored::is_resource(&arn))
    }

    /// Whether it pays to read what stands under a key that is not known.
    fn is_answer(&self, raw: &'de str) -> bool {
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
        if let Some(section) = self.catalog.sections(&part.key).first() {
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
        let (first, items) = Peek::first(part.raw);
        let named = sections.iter().find(|section| {
            let source = section.source.source();
            source.is_some_and(|source| Some((source.service, source.operation)) == self.hint)
        });
        if let Some(named) = named {
            return Some(*named);
        }
        if items == 0 {
            let beside =
                |section: &&Section| self.parent_beside(section.source, envelope).is_some();
            let same = sections.iter().all(|other| {
                sections
                    .first()
                    .is_some_and(|one| one.source.kind == other.source.kind)
            });
            return sections
                .iter()
                .find(beside)
                .or_else(|| sections.first().filter(|_| same))
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
    fn alike(&self, part: &Part<'de>) -> Option<Section> {
        if !part.raw.starts_with('[') || ignored::is(&part.key, part.raw) {
            return None;
        }
        let sections = self.catalog.alike(&part.key);
        let (first, _) = sections
            .is_empty()
            .then_some((None, 0))
            .unwrap_or_else(|| Peek::first(part.raw));
        let first = first?;
        let whole = |section: &&Section| {
            let source = section.source;
            let id = source.kind.spec().id.split('.').next().unwrap_or_default();
            section.inner.is_none()
                && !source.is_own_parent()
                && first.has(id)
                && self
                    .fits(source, &part.key, &first, &Envelope::default())
                    .is_some()
        };
        sections.iter().find(whole).copied()
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
        let beside = self.parent_beside(source, envelope).is_some();
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

    /// The id of the parent that an answer is about, beside the section.
    pub(super) fn parent_beside(
        &self,
        source: SourceRef,
        envelope: &Envelope<'de>,
    ) -> Option<String> {
        let parent = source.source()?.parent?;
        let field = source
            .kind
            .spec()
            .fields
            .iter()
            .find(|field| field.name == parent);
        let aliases = field.map_or(&[][..], |field| field.aliases);
        std::iter::once(&parent)
            .chain(aliases)
            .find_map(|name| find(envelope, name))
    }

    /// Fills in the parent that the objects of a run do not repeat.
    fn parent(&mut self, run: u32, envelope: &Envelope<'de>) {
        let Some(reading) = self.batch.run(run) else {
            return;
        };
        let source = SourceRef {
            kind: reading.run.kind,
            index: reading.run.source,
        };
        let Some(parent) = source.source().and_then(|source| source.parent) else {
            return;
        };
        let plan = self.catalog.plan_of(self.catalog.kind_plan(source.kind));
        let Step::Value(column, form) = plan.step(parent, false) else {
            return;
        };
        let beside = self.parent_beside(source, envelope);
        let value = beside.or_else(|| self.parent_named(source, parent));
        if let (Some(value), Some(reading)) = (&value, self.batch.run(run)) {
            reading.run.parent = Some(value.clone());
        }
        let lacking = self.fill(run, column, form, value.as_deref());
        let Some(reading) = self.batch.run(run) else {
            return;
        };
        let pointer = reading.run.pointer.clone();
        let first = usize::try_from(reading.run.base)
            .ok()
            .filter(|_| reading.based);
        if lacking && value.is_none() {
            if let Some(reading) = self.batch.run(run) {
                reading.truncated = true;
            }
            if let Some(first) = first {
                self.at = first.saturating_sub(2);
            }
            let name = source.kind.spec().name;
            self.report(Level::Incomplete, "no parent", |_| {
                format!(
                    "cannot tell which `{parent}` the objects at `{pointer}` ({name}) belong to"
                )
            });
            self.batch.issues.help("no parent", || {
                format!("name the file after it, or wrap the answer as {{\"{parent}\": \"…\", …}}")
            });
        }
    }

    /// The parent that the file or its folder is named after.
    fn parent_named(&self, source: SourceRef, parent: &str) -> Option<String> {
        let field = source
            .kind
            .spec()
            .fields
            .iter()
            .find(|field| field.name == parent)?;
        let prefix = match field.shape {
            Shape::Reference(kind) => kind.spec().id_prefix,
            _ => source.kind.spec().id_prefix,
        };
        let fits = |name: &super::reader::ParentName| match prefix {
            "" if parent.ends_with("Arn") => name.name.starts_with("arn:"),
            "" => name.certain,
            prefix => name.name.starts_with(prefix),
        };
        self.names
            .iter()
            .find(|name| fits(name))
            .map(|name| name.name.clone())
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

fn find(envelope: &Envelope<'_>, key: &str) -> Option<String> {
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
    let token = ["NextToken", "NextMarker"]
        .iter()
        .any(|key| find(envelope, key).is_some());
    let flag = ["IsTruncated", "AdditionalRoutesAvailable", "Truncated"];
    token
        || flag
            .iter()
            .any(|key| find(envelope, key).as_deref() == Some("true"))
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

pub(super) fn is_denied(code: &str) -> bool {
    let code = code.strip_prefix("Client.").unwrap_or(code);
    code.starts_with("AccessDenied")
        || matches!(
            code,
            "UnauthorizedOperation"
                | "AuthFailure"
                | "Unauthorized"
                | "NotAuthorized"
                | "UnauthorizedAccess"
                | "OptInRequired"
                | "HTTP 403"
                | "HTTP 401"
        )
}

/// `ec2.DescribeVpcs_1` and `ec2-describe-vpcs` as service and operation.
fn operation_in(name: &str) -> Option<(String, String)> {
    let (service, operation) = name.split_once('.').or_else(|| name.split_once('-'))?;
    let operation = operation
        .trim_end_matches(|char: char| char.is_ascii_digit())
        .trim_end_matches(['_', '.', '-']);
    let pascal: String = operation
        .split('-')
        .map(|word| {
            word.chars()
                .take(1)
                .flat_map(char::to_uppercase)
                .chain(word.chars().skip(1))
                .collect::<String>()
        })
        .collect();
    (!service.is_empty() && !pascal.is_empty()).then(|| (service.to_owned(), pascal))
}
