//! Which fields and links anybody will ask for.
//!
//! An audit knows its rules before it reads, so what no rule asks for need not
//! be kept: objects are still counted, checked and found again, and a million
//! interfaces take a third of the memory. It only names; reading and linking
//! obey it.

use std::collections::BTreeSet;

use super::layout::{ColumnSpec, Level};
use super::record::Kind;
use super::schema::Identity;

/// Fields and links that are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Paths as in [`Wanted::path`].
    fields: BTreeSet<(Kind, String)>,
    /// Paths of the references that are followed, there or back.
    links: BTreeSet<(Kind, String)>,
}

impl Wanted {
    /// What is wanted of every kind, whatever the rules: what tells resources
    /// apart, and what tells account and region.
    pub fn basic() -> Self {
        let mut wanted = Self::default();
        for &kind in Kind::ALL {
            let spec = kind.spec();
            wanted.field(kind, spec.id);
            if let Identity::Within(fields) = spec.identity {
                for field in fields {
                    wanted.field(kind, field);
                }
            }
            for source in spec.sources {
                if let Some(parent) = source.parent {
                    wanted.field(kind, parent);
                }
            }
            for column in &Level::of(kind).columns {
                // Unknown values of enumerations are reported even where no
                // rule looks at them.
                if is_about_scope(column) || !column.field.values.is_empty() {
                    wanted.field(kind, &column.path);
                }
            }
        }
        wanted
    }

    /// Wants a field: `Groups[].GroupId`; the lists on the way come with it.
    pub fn field(&mut self, kind: Kind, path: &str) {
        let mut from = 0;
        while let Some(at) = path.get(from..).and_then(|rest| rest.find("[]")) {
            let list = path.get(..from + at).unwrap_or_default();
            self.fields.insert((kind, list.to_owned()));
            from += at + 2;
        }
        self.fields.insert((kind, path.to_owned()));
    }

    /// Wants a list with all that is in it.
    pub fn whole(&mut self, level: &Level, column: usize) {
        let Some(spec) = level.columns.get(column) else {
            return;
        };
        self.field(level.kind, &Self::path(level, spec));
        if let Some(below) = &spec.level {
            for column in 0..below.columns.len() {
                self.whole(below, column);
            }
        }
    }

    /// Wants a reference to be followed, by the path of its field.
    pub fn link(&mut self, kind: Kind, path: &str) {
        self.field(kind, path);
        self.links.insert((kind, path.to_owned()));
    }

    /// Whether a column is wanted.
    pub fn has(&self, level: &Level, column: &ColumnSpec) -> bool {
        self.fields
            .contains(&(level.kind, Self::path(level, column)))
    }

    /// Whether a reference is followed.
    pub fn has_link(&self, kind: Kind, path: &str) -> bool {
        self.links.contains(&(kind, path.to_owned()))
    }

    /// Path of a column from its resource: `Groups[].GroupId`.
    pub fn path(level: &Level, column: &ColumnSpec) -> String {
        if level.path.is_empty() {
            column.path.clone()
        } else {
            format!("{}.{}", level.path, column.path)
        }
    }
}

/// Whether a field may tell the account or the region of a resource.
fn is_about_scope(column: &ColumnSpec) -> bool {
    const NAMES: &[&str] = &[
        "OwnerId",
        "VpcEndpointOwner",
        "OwnerAccount",
        "AvailabilityZone",
        "Placement.AvailabilityZone",
        "RegionName",
        "AwsAccountId",
        "AwsRegion",
        "location",
    ];
    NAMES.contains(&column.path.as_str()) || column.path.to_ascii_lowercase().ends_with("arn")
}
