//! What can be recognised, worked out once from the descriptions of the kinds:
//! sections by key, answers by operation, and a plan for reading the objects of
//! every level.
//!
//! Uses the descriptions only. No kind has code of its own here, and nothing
//! here depends on data.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::snapshot::layout::{ColumnShape, ColumnSpec, Level};
use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Shape, Source};
use crate::snapshot::wanted::Wanted;

use super::ignored::is_service;
use super::plan::{Form, Plan, Step};

/// One API call about a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SourceRef {
    pub kind: Kind,
    pub index: u8,
}

impl SourceRef {
    /// Objects inside those of another kind have no call of their own.
    pub(super) const EMBEDDED: u8 = u8::MAX;

    pub(super) fn source(self) -> Option<&'static Source> {
        self.kind.spec().sources.get(usize::from(self.index))
    }

    /// Whether the parent of the answer is the record itself.
    pub(super) fn is_own_parent(self) -> bool {
        self.source().and_then(|source| source.parent) == Some(self.kind.spec().id)
    }
}

/// What stands under a key of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    pub source: SourceRef,
    /// For `Reservations[].Instances`: `Instances`.
    pub inner: Option<&'static str>,
}

impl Section {
    /// Whether only some of the objects are about the kind.
    pub(super) fn is_mixed(&self) -> bool {
        self.source
            .source()
            .is_some_and(|source| source.only.is_some())
    }
}

/// Where a resource says which account and region it is of.
#[derive(Debug, Default, Clone)]
pub(super) struct ScopeColumns {
    pub arns: Vec<usize>,
    pub owner: Option<usize>,
    pub zone: Option<usize>,
    pub region: Option<usize>,
}

/// Everything that can be recognised.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    sections: BTreeMap<&'static str, Vec<Section>>,
    singulars: BTreeMap<String, Kind>,
    types: BTreeMap<String, Kind>,
    operations: Vec<(String, &'static str, &'static str)>,
    plans: Vec<Plan>,
    kinds: Vec<usize>,
    scopes: Vec<ScopeColumns>,
}

impl Catalog {
    /// The one catalog.
    pub(super) fn get() -> &'static Self {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(Self::build)
    }

    fn build() -> Self {
        let mut catalog = Self::default();
        for &kind in Kind::ALL {
            let spec = kind.spec();
            let plan = catalog.plan(Level::of(kind), spec.fields);
            catalog.kinds.push(plan);
            catalog.scopes.push(scope_columns(kind));
            catalog
                .types
                .insert(spec.cloudformation.to_ascii_lowercase(), kind);
            for (source, index) in spec.sources.iter().zip(0_u8..) {
                catalog.add_source(SourceRef { kind, index }, source);
            }
        }
        catalog
            .operations
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        catalog.operations.dedup();
        catalog
    }

    fn add_source(&mut self, source: SourceRef, spec: &'static Source) {
        if !spec.given {
            self.operations
                .push((normal(spec.operation), spec.service, spec.operation));
        }
        if spec.key.is_empty() {
            return;
        }
        let (key, inner) = match spec.key.split_once("[].") {
            Some((key, inner)) => (key, Some(inner)),
            None => (spec.key, None),
        };
        self.sections
            .entry(key)
            .or_default()
            .push(Section { source, inner });
        // The inner key alone: what is around it was left out by `--query`.
        if let Some(inner) = inner {
            let section = Section {
                source,
                inner: None,
            };
            self.sections.entry(inner).or_default().push(section);
        }
        // In the singular too, a key that other calls use says nothing.
        if source.index == 0
            && spec.marks.is_empty()
            && spec.only.is_none()
            && let Some(name) = singular(inner.unwrap_or(key))
        {
            self.singulars.entry(name).or_insert(source.kind);
        }
    }

    fn plan(&mut self, level: &'static Level, fields: &'static [Field]) -> usize {
        self.plan_at(level, "", fields)
    }

    fn plan_at(&mut self, level: &'static Level, prefix: &str, fields: &'static [Field]) -> usize {
        let mut steps = Vec::new();
        for field in fields {
            let path = if prefix.is_empty() {
                field.name.to_owned()
            } else {
                format!("{prefix}.{}", field.name)
            };
            let step = match field.shape {
                Shape::Object(inner) => Step::Object(self.plan_at(level, &path, inner)),
                Shape::Embedded(kind) => Step::Embedded(kind),
                Shape::List(inner) => self.list(level, &path, inner),
                _ => value(level, &path),
            };
            steps.push((field.name, step));
            steps.extend(field.aliases.iter().map(|&alias| (alias, step)));
        }
        steps.sort_by_key(|(name, _)| *name);
        self.plans.push(Plan {
            steps,
            level: Some(level),
        });
        self.plans.len() - 1
    }

    fn list(&mut self, level: &'static Level, path: &str, inner: &'static [Field]) -> Step {
        let Some(column) = level.column(path) else {
            return Step::Skip;
        };
        let Some(below) = level
            .columns
            .get(column)
            .and_then(|column| column.level.as_ref())
        else {
            return Step::Skip;
        };
        Step::List(column, self.plan_at(below, "", inner))
    }

    /// The sections that stand under a key.
    pub(super) fn sections(&self, key: &str) -> &[Section] {
        self.sections.get(key).map_or(&[], Vec::as_slice)
    }

    /// The sections that stand under a key together, each with some of the
    /// objects.
    pub(super) fn mixed(&self, key: &str) -> Option<&[Section]> {
        let sections = self.sections(key);
        let mixed = !sections.is_empty() && sections.iter().all(Section::is_mixed);
        mixed.then_some(sections)
    }

    /// The sections whose key the longest part at the end of a key spells in
    /// another way: `DESCRIBE_SUBNETS`, `network_acls`.
    pub(super) fn alike(&self, key: &str) -> &[Section] {
        let key = normal(key);
        let known = self
            .sections
            .iter()
            .filter(|(known, _)| key.ends_with(&normal(known)));
        known
            .max_by_key(|(known, _)| known.len())
            .map_or(&[], |(_, sections)| sections.as_slice())
    }

    /// All keys of sections.
    pub(super) fn section_keys(&self) -> impl Iterator<Item = &'static str> {
        self.sections.keys().copied()
    }

    /// The kind of the object under a key in the singular (`VpcEndpoint`).
    pub(super) fn singular(&self, key: &str) -> Option<Kind> {
        self.singulars.get(key).copied()
    }

    /// The kind of a `CloudFormation` type.
    pub(super) fn of_type(&self, name: &str) -> Option<Kind> {
        self.types.get(&name.to_ascii_lowercase()).copied()
    }

    /// The plan for the objects of a kind.
    pub(super) fn kind_plan(&self, kind: Kind) -> usize {
        self.kinds.get(kind.index()).copied().unwrap_or(usize::MAX)
    }

    /// A plan.
    pub(super) fn plan_of(&self, plan: usize) -> &Plan {
        static NONE: Plan = Plan {
            steps: Vec::new(),
            level: None,
        };
        self.plans.get(plan).unwrap_or(&NONE)
    }

    /// Whether anybody wants what a step of a plan reads.
    pub(super) fn wants(&self, wanted: &Wanted, plan: usize, step: &Step) -> bool {
        let has = |column: usize| {
            let level = self.plan_of(plan).level;
            level.is_some_and(|level| {
                level
                    .columns
                    .get(column)
                    .is_some_and(|spec| wanted.has(level, spec))
            })
        };
        match *step {
            Step::Skip => false,
            Step::Embedded(_) => true,
            Step::Value(column, _) | Step::List(column, _) => has(column),
            Step::Object(inner) => {
                let mut steps = self.plan_of(inner).steps();
                steps.any(|step| self.wants(wanted, inner, &step))
            }
        }
    }

    /// Whether at most two kinds have the field.
    pub(super) fn is_rare(&self, key: &str) -> bool {
        self.kinds
            .iter()
            .filter(|plan| self.plan_of(**plan).has(key))
            .take(3)
            .count()
            < 3
    }

    /// How many plans there are.
    pub(super) fn plan_count(&self) -> usize {
        self.plans.len()
    }

    /// Where resources of a kind say which account and region they are of.
    pub(super) fn scope_columns(&self, kind: Kind) -> Option<&ScopeColumns> {
        self.scopes.get(kind.index())
    }

    /// The modelled operation that a file or folder is named after.
    pub(super) fn operation(&self, name: &str) -> Option<(&'static str, &'static str)> {
        let name = normal(name);
        let name = name.trim_end_matches(|char: char| char.is_ascii_digit());
        let named = |(operation, service, _): &&(String, &str, _)| {
            let before = name.strip_suffix(operation.as_str());
            before.is_some_and(|before| !self.is_other_service(before, service))
        };
        self.operations
            .iter()
            .find(named)
            .map(|(_, service, operation)| (*service, *operation))
    }

    /// Whether what stands before an operation in a name is a service that has
    /// another operation of the same name: `ec2.DescribeTags`.
    fn is_other_service(&self, before: &str, service: &str) -> bool {
        let before = before.strip_prefix("aws").unwrap_or(before);
        let modelled = || {
            let mut services = self.operations.iter().map(|(_, service, _)| *service);
            services.any(|service| normal(service) == before)
        };
        !before.is_empty() && before != normal(service) && (is_service(before) || modelled())
    }

    /// Bare objects that can be recognised by their keys.
    pub(super) fn marked() -> impl Iterator<Item = (SourceRef, &'static Source)> {
        Kind::ALL.iter().flat_map(|&kind| {
            let sources = kind.spec().sources.iter().zip(0_u8..);
            sources
                .filter(|(source, _)| source.key.is_empty() && !source.marks.is_empty())
                .map(move |(source, index)| (SourceRef { kind, index }, source))
        })
    }
}

fn value(level: &'static Level, path: &str) -> Step {
    let Some(column) = level.column(path) else {
        return Step::Skip;
    };
    let Some(ColumnSpec { shape, .. }) = level.columns.get(column) else {
        return Step::Skip;
    };
    let form = match shape {
        ColumnShape::Text => Form::Text,
        ColumnShape::Int => Form::Int,
        ColumnShape::Bool => Form::Bool,
        ColumnShape::Network => Form::Network,
        ColumnShape::Id(kind) => Form::Id(kind.spec().id_prefix),
        ColumnShape::Texts => Form::Texts,
        ColumnShape::Ids(kind) => Form::Ids(kind.spec().id_prefix),
        ColumnShape::Tags => Form::Tags,
        ColumnShape::List => return Step::Skip,
    };
    Step::Value(column, form)
}

fn scope_columns(kind: Kind) -> ScopeColumns {
    let level = Level::of(kind);
    let first = |paths: &[&str]| paths.iter().find_map(|path| level.column(path));
    let own_arn = format!(
        "{}Arn",
        level
            .kind
            .spec()
            .id
            .trim_end_matches("Arn")
            .trim_end_matches("Id")
    );
    let arns = [kind.spec().id, "arn", "Arn", "ARN", own_arn.as_str()];
    let mut arns: Vec<usize> = arns.iter().filter_map(|path| level.column(path)).collect();
    arns.dedup();
    ScopeColumns {
        arns,
        owner: first(&["OwnerId", "AwsAccountId"]),
        zone: first(&["AvailabilityZone", "Placement.AvailabilityZone"]),
        region: first(&["RegionName", "AwsRegion"]),
    }
}

/// `VpcEndpoints` → `VpcEndpoint`.
fn singular(key: &str) -> Option<String> {
    if let Some(stem) = key.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    let stem = key.strip_suffix('s')?;
    (stem.len() > 2 && stem != "item").then(|| stem.to_owned())
}

/// A name without case and punctuation.
pub(super) fn normal(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|char| char.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_in_names() {
        let catalog = Catalog::get();
        for name in [
            "ec2.DescribeVpcEndpoints_1",
            "ec2-describe-vpc-endpoints",
            "DescribeVpcEndpoints",
        ] {
            assert_eq!(
                catalog.operation(name),
                Some(("ec2", "DescribeVpcEndpoints")),
                "{name}"
            );
        }
        assert_eq!(catalog.operation("tgw-rtb-0123"), None);
        // Several services have operations of these names.
        let tags = Some(("elasticloadbalancing", "DescribeTags"));
        assert_eq!(catalog.operation("elbv2.DescribeTags_1"), tags);
        assert_eq!(catalog.operation("DescribeTags"), tags);
        for other in [
            "ec2.DescribeTags",
            "autoscaling-describe-tags",
            "aws-resource-explorer-2-list-resources",
            "connect.GetMetricData_1",
        ] {
            assert_eq!(catalog.operation(other), None, "{other}");
        }
        assert_eq!(catalog.singular("VpcEndpoint"), Some(Kind::VpcEndpoint));
        assert_eq!(catalog.sections("Reservations")[0].inner, Some("Instances"));
    }
}
