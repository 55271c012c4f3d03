//! Resources as Azure shows them: the Azure CLI, Resource Graph, and tools that
//! export what Resource Manager answers.
//!
//! Every object says what it is, in its `type` or in its id, so that lists may
//! mix types; keys are compared without case, and fields may stand in
//! `properties` or beside it. What is not modelled is counted by type. No kind
//! has code of its own here.

use std::borrow::Cow;

use serde::de::{DeserializeSeed as _, SeqAccess};
use serde_json::value::RawValue;

use crate::snapshot::FileFormat;
use crate::snapshot::arm;
use crate::snapshot::layout::Level as Columns;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Cloud;

use super::answer::Envelope;
use super::catalog::{Section, SourceRef};
use super::parent::parent_beside;
use super::peek::Peek;
use super::plan::Step;
use super::problem::Level;
use super::reader::Reader;
use super::records::{RowSeed, Rows};

/// What keys of listings begin with: `az redis list`.
const COMMAND: &str = "az ";

/// How deep resources inside resources are looked for.
const DEEP: u8 = 8;

/// Whether a key stands for the answer of a command.
pub(super) fn is_command(key: &str) -> bool {
    key.starts_with(COMMAND)
}

/// The type of a resource, in lower case; `None` if the object is none.
pub(super) fn type_of(object: &Peek<'_>) -> Option<String> {
    let id = id_of(object);
    let named = ["type", "resourceType"].iter().find_map(|key| {
        object
            .scalar(key)
            .filter(|name| is_type(name) && (id.is_some() || is_whole(object)))
    });
    named
        .map(|name| name.to_ascii_lowercase())
        .or_else(|| id.and_then(|id| arm::type_of(&id)))
}

fn id_of<'de>(object: &Peek<'de>) -> Option<Cow<'de, str>> {
    ["id", "resourceId"]
        .iter()
        .find_map(|key| object.scalar(key).filter(|id| arm::is_id(id)))
}

fn is_type(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("microsoft.")
}

/// Whether an object without an id is a resource and no mention of one.
fn is_whole(object: &Peek<'_>) -> bool {
    let has = |wanted: &str| {
        let mut keys = object.keys.iter();
        keys.any(|(key, _)| key.eq_ignore_ascii_case(wanted))
    };
    has("properties") || has("location") || has("subscriptionId")
}

/// Whether the first object of an array is a resource.
pub(super) fn is_list(raw: &str) -> bool {
    raw.starts_with('[')
        && Peek::first(raw)
            .0
            .is_some_and(|first| type_of(&first).is_some())
}

/// What a list of resources is known to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Listed {
    /// All that a command lists.
    Command,
    /// All that a query found, of any type.
    Query,
    /// An array that says nothing about itself: all of what it holds if that is
    /// of one type.
    Array,
}

/// The runs of a list, one for each kind and parent.
struct Lists {
    pointer: String,
    known: Vec<(Kind, Option<String>, u32)>,
    types: Vec<String>,
    source: Option<SourceRef>,
}

impl<'de> Reader<'de> {
    /// The section of a command.
    pub(super) fn command(
        &mut self,
        key: &str,
        section: Section,
        raw: &'de str,
        pointer: String,
        envelope: &mut Envelope<'de>,
    ) {
        if !raw.starts_with('[') {
            return self.report(Level::Incomplete, "type", |_| {
                format!("`{key}` is no list; it is left out")
            });
        }
        let source = section.source;
        let parent = parent_beside(source, envelope);
        let run = self.batch.open(source, pointer.clone(), true);
        if let Some(reading) = self.batch.run(run) {
            reading.run.parent.clone_from(&parent);
        }
        let key = parent.as_deref().map(str::to_ascii_lowercase);
        let lists = Lists {
            pointer,
            known: vec![(source.kind, key, run)],
            types: Vec::new(),
            source: Some(source),
        };
        self.listed(raw, lists, Listed::Command, envelope);
    }

    /// A list under a key that says nothing about it.
    pub(super) fn resources(
        &mut self,
        raw: &'de str,
        pointer: String,
        listed: Listed,
        envelope: &mut Envelope<'de>,
    ) {
        self.listed(raw, Lists::at(pointer), listed, envelope);
    }

    fn listed(
        &mut self,
        raw: &'de str,
        lists: Lists,
        listed: Listed,
        envelope: &mut Envelope<'de>,
    ) {
        use serde::de::Deserializer as _;
        struct Items<'a, 'e, 'de>(&'a mut Reader<'de>, Lists, Listed, &'e mut Envelope<'de>);
        impl<'de> serde::de::Visitor<'de> for Items<'_, '_, 'de> {
            type Value = ();
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of resources")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
                // A large file may go on here in the middle of the list.
                let position = self.0.resumed_at(&self.1.pointer);
                self.0
                    .resource_items(None, position, self.1, self.2, &mut seq, self.3)
            }
        }
        let items = Items(self, lists, listed, envelope);
        // The text was read once already, so that it has no errors but depth.
        if let Err(error) = serde_json::Deserializer::from_str(raw).deserialize_seq(items) {
            self.report(Level::Incomplete, "depth", |_| error.to_string());
        }
    }

    /// A root array that goes on after its first resource.
    pub(super) fn resource_array<A: SeqAccess<'de>>(
        &mut self,
        first: &'de str,
        position: u32,
        pointer: &str,
        seq: &mut A,
        envelope: &mut Envelope<'de>,
    ) -> Result<(), A::Error> {
        let lists = Lists::at(pointer.to_owned());
        self.resource_items(Some(first), position, lists, Listed::Array, seq, envelope)
    }

    fn resource_items<A: SeqAccess<'de>>(
        &mut self,
        first: Option<&'de str>,
        position: u32,
        mut lists: Lists,
        listed: Listed,
        seq: &mut A,
        envelope: &mut Envelope<'de>,
    ) -> Result<(), A::Error> {
        self.batch.format = FileFormat::Azure;
        envelope.recognised = true;
        let loose = std::mem::replace(&mut self.loose, true);
        let (mut ordinal, mut next, mut odd) = (position, first, 0_u64);
        let result = loop {
            if let Some(raw) = next.take() {
                odd += u64::from(!self.resource(raw, ordinal, &mut lists));
                ordinal = ordinal.saturating_add(1);
            }
            match seq.next_element::<&'de RawValue>() {
                Ok(Some(raw)) => next = Some(raw.get()),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.loose = loose;
        if odd > 0 {
            self.report(Level::Incomplete, "not a resource", |_| {
                format!("{odd} items are no resources of Azure: they have neither a type nor an id; they are left out")
            });
            self.batch.issues.times("not a resource", odd);
        }
        let mixed = matches!(listed, Listed::Array) && lists.types.len() > 1;
        for (_, _, run) in &lists.known {
            envelope.runs.push(*run);
            if result.is_ok() {
                self.batch.close(*run);
            }
            if let Some(reading) = self.batch.run(*run).filter(|_| mixed) {
                reading.listing = false;
            }
        }
        result
    }

    /// One item of a list; false if it is no resource.
    fn resource(&mut self, raw: &'de str, ordinal: u32, lists: &mut Lists) -> bool {
        if !raw.starts_with('{') {
            return false;
        }
        let object = Peek::object(raw);
        // The children that the Azure CLI lists may leave out everything that
        // tells their type, but not what the command is about.
        let name = type_of(&object);
        let Some(name) = name else {
            let Some(source) = lists.source else {
                return false;
            };
            self.resource_row(source.kind, raw, ordinal, &object, lists);
            return true;
        };
        let name = arm::known_type(&name).into_owned();
        if !lists.types.contains(&name) {
            lists.types.push(name.clone());
        }
        match self.catalog.of_type(&name) {
            Some(kind) if kind.spec().cloud() == Cloud::Azure => {
                self.resource_row(kind, raw, ordinal, &object, lists);
            }
            _ => self.batch.ignore(&name, 1),
        }
        self.inner_resources(&object, lists, 0);
        true
    }

    /// Resources under `resources` of another: exports put children there.
    fn inner_resources(&mut self, object: &Peek<'de>, lists: &Lists, depth: u8) {
        let inner = object
            .keys
            .iter()
            .find(|(key, raw)| key.eq_ignore_ascii_case("resources") && raw.starts_with('['));
        let Some((key, raw)) = inner.filter(|_| depth < DEEP) else {
            return;
        };
        let items: Vec<&'de RawValue> = serde_json::from_str(raw).unwrap_or_default();
        let mut below = Lists::at(format!("{}/*/{key}/*", lists.pointer));
        for item in items {
            let child = Peek::object(item.get());
            let Some(name) = type_of(&child) else {
                self.batch.ignore("resources without a type", 1);
                continue;
            };
            let name = arm::known_type(&name).into_owned();
            match self.catalog.of_type(&name) {
                Some(kind) if kind.spec().cloud() == Cloud::Azure => {
                    self.resource_row(kind, item.get(), 0, &child, &mut below);
                }
                _ => self.batch.ignore(&name, 1),
            }
            self.inner_resources(&child, &below, depth + 1);
        }
        for (_, _, run) in &below.known {
            self.batch.close(*run);
            if let Some(reading) = self.batch.run(*run) {
                reading.listing = false;
                reading.run.array = false;
            }
        }
    }

    /// Reads one resource as a row.
    fn resource_row(
        &mut self,
        kind: Kind,
        raw: &'de str,
        ordinal: u32,
        object: &Peek<'de>,
        lists: &mut Lists,
    ) {
        let id = id_of(object);
        let parent = parent_column(kind)
            .and_then(|_| id.as_deref().and_then(arm::parent))
            .map(str::to_owned);
        let run = self.resource_run(kind, parent.as_deref(), lists);
        let source = SourceRef { kind, index: 0 };
        let rows = Rows {
            ordinal,
            ..Rows::of(self, source, run)
        };
        let before = self.batch.rows(kind);
        let mut table = self.batch.take_table(kind);
        let seed = RowSeed {
            reader: self,
            table: &mut table,
            rows,
        };
        let read = seed.deserialize(&mut serde_json::Deserializer::from_str(raw));
        self.batch.put_table(kind, table);
        if let Err(error) = read {
            return self.report(Level::Incomplete, "depth", |_| error.to_string());
        }
        self.fill_text(kind, before, kind.spec().id, id.as_deref());
        if let Some(column) = parent_column(kind) {
            self.fill_text(kind, before, column, parent.as_deref());
        }
    }

    fn fill_text(&mut self, kind: Kind, row: usize, field: &'static str, text: Option<&str>) {
        let plan = self.catalog.plan_of(self.catalog.kind_plan(kind));
        if let (Step::Value(column, form), Some(text)) = (*plan.step(field, false), text) {
            self.fill_rows(kind, row..row + 1, column, form, Some(text));
        }
    }

    fn resource_run(&mut self, kind: Kind, parent: Option<&str>, lists: &mut Lists) -> u32 {
        let per_parent = kind
            .spec()
            .sources
            .first()
            .is_some_and(|source| source.parent.is_some());
        let key = parent.filter(|_| per_parent).map(str::to_ascii_lowercase);
        let known = lists.known.iter();
        let mut known = known.filter(|known| known.0 == kind && (known.1 == key || !per_parent));
        if let Some((_, _, run)) = known.next() {
            return *run;
        }
        let source = SourceRef { kind, index: 0 };
        let run = self.batch.open(source, lists.pointer.clone(), true);
        if let Some(reading) = self.batch.run(run) {
            reading.run.parent = parent.filter(|_| per_parent).map(str::to_owned);
        }
        lists.known.push((kind, key, run));
        run
    }

    /// A resource that stands alone.
    pub(super) fn lone_resource(
        &mut self,
        raw: &'de str,
        pointer: &str,
        envelope: &mut Envelope<'de>,
    ) -> bool {
        let object = Peek::object(raw);
        if type_of(&object).is_none() {
            return false;
        }
        let mut lists = Lists::at(pointer.to_owned());
        self.batch.format = FileFormat::Azure;
        let loose = std::mem::replace(&mut self.loose, true);
        self.resource(raw, 0, &mut lists);
        self.loose = loose;
        for (_, _, run) in &lists.known {
            self.batch.close(*run);
            if let Some(reading) = self.batch.run(*run) {
                reading.listing = false;
                reading.run.array = false;
            }
            envelope.runs.push(*run);
        }
        envelope.recognised = true;
        true
    }

    /// An empty array in a file that is named after a command.
    pub(super) fn nothing_listed(&mut self, envelope: &mut Envelope<'de>) {
        let Some(("az", operation)) = self.hint else {
            return;
        };
        let section = self
            .catalog
            .sections(&format!("{COMMAND}{operation}"))
            .first();
        let Some(section) = section.filter(|section| {
            section
                .source
                .source()
                .is_some_and(|source| source.parent.is_none())
        }) else {
            return;
        };
        let run = self.batch.open(section.source, String::new(), true);
        self.batch.close(run);
        self.batch.format = FileFormat::Azure;
        envelope.runs.push(run);
        envelope.recognised = true;
    }

    /// A template of a deployment says what somebody wants, not what there is.
    pub(super) fn template(&mut self, envelope: &Envelope<'de>) -> bool {
        let schema = super::finish::find(envelope, "$schema").unwrap_or_default();
        let name = if schema.contains("eploymentTemplate.json") {
            "templates of Azure deployments"
        } else if schema.contains("eploymentParameters.json") {
            "parameters of Azure deployments"
        } else {
            return false;
        };
        self.batch.format = FileFormat::Azure;
        self.batch.ignore(name, 1);
        true
    }
}

impl Lists {
    fn at(pointer: String) -> Self {
        Self {
            pointer,
            known: Vec::new(),
            types: Vec::new(),
            source: None,
        }
    }
}

/// The field that holds the resource around, for kinds whose ids go on from its
/// id.
fn parent_column(kind: Kind) -> Option<&'static str> {
    let spec = kind.spec();
    let parts = spec.cloudformation.matches('/').count();
    let first = Columns::of(kind).columns.iter().find(|column| {
        matches!(
            column.shape,
            crate::snapshot::layout::ColumnShape::Id(parent) if parent != kind
        ) && !column.path.contains('.')
    });
    first.filter(|_| parts > 1).map(|column| column.field.name)
}
