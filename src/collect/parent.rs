//! The parent that an answer is about and does not repeat: beside the section,
//! in an envelope, or in the name of the file.
//!
//! Fills it into the rows of the answer, or says that it is missing.

use crate::snapshot::arm;
use crate::snapshot::schema::{Cloud, Shape};

use super::answer::Envelope;
use super::catalog::SourceRef;
use super::finish::find;
use super::plan::Step;
use super::problem::Level;
use super::reader::{ParentName, Reader};

/// The id of the parent that an answer is about, beside the section.
pub(super) fn parent_beside(source: SourceRef, envelope: &Envelope<'_>) -> Option<String> {
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

impl<'de> Reader<'de> {
    /// Fills in the parent that the objects of a run do not repeat.
    pub(super) fn parent(&mut self, run: u32, envelope: &Envelope<'de>) {
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
        let Step::Value(column, form) = *plan.step(parent, false) else {
            return;
        };
        let beside = parent_beside(source, envelope);
        let value = beside.or_else(|| self.parent_named(source, parent));
        if let (Some(value), Some(reading)) = (&value, self.batch.run(run))
            && reading.run.parent.is_none()
        {
            reading.run.parent = Some(value.clone());
        }
        let lacking = self.fill(run, column, form, value.as_deref());
        let Some(reading) = self.batch.run(run) else {
            return;
        };
        let pointer = reading.run.pointer.clone();
        let first = reading.first.and_then(|first| usize::try_from(first).ok());
        let known = reading.run.parent.is_some();
        if lacking && value.is_none() && !known {
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
        let azure = source.kind.spec().cloud() == Cloud::Azure;
        let fits = |name: &ParentName| match prefix {
            "" if azure => arm::is_id(&name.name),
            "" if parent.ends_with("Arn") => name.name.starts_with("arn:"),
            "" => name.certain,
            prefix => name.name.starts_with(prefix),
        };
        self.names
            .iter()
            .find(|name| fits(name))
            .map(|name| name.name.clone())
    }
}
