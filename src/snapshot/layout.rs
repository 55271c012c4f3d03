//! How the fields of a kind become columns.
//!
//! Objects are flattened into their parent, lists become a level of their own.
//! Worked out once from the [`KindSpec`](super::schema::KindSpec)s; nothing
//! here depends on data.

use std::sync::OnceLock;

use super::record::Kind;
use super::schema::{Absent, Field, Shape};

/// One level of objects: the resources of a kind, or the entries of a list.
#[derive(Debug)]
pub struct Level {
    /// The kind that it belongs to.
    pub kind: Kind,
    /// Path of the list from the resource: `IpPermissions[].IpRanges[]`; empty
    /// for the resources themselves.
    pub path: String,
    /// Columns in the order of the fields.
    pub columns: Vec<ColumnSpec>,
}

/// One column of a level.
#[derive(Debug)]
pub struct ColumnSpec {
    /// Path within the level: `DnsOptions.PrivateDnsPreference`.
    pub path: String,
    /// The description of the field.
    pub field: &'static Field,
    /// The operation that returns it, if not the first source of the kind; an
    /// object's operation holds for all that is in it.
    pub operation: Option<&'static str>,
    /// What is stored.
    pub shape: ColumnShape,
    /// For lists: the level of their entries.
    pub level: Option<Level>,
}

/// How a column is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnShape {
    /// Symbols.
    Text,
    /// Numbers.
    Int,
    /// Truth values.
    Bool,
    /// Packed addresses and blocks.
    Network,
    /// Packed ids of a kind.
    Id(Kind),
    /// Lists of symbols.
    Texts,
    /// Lists of packed ids of a kind.
    Ids(Kind),
    /// Key and value symbols.
    Tags,
    /// Entries of their own level.
    List,
}

impl ColumnSpec {
    /// Whether a source that does not hold it does not know it.
    pub fn required(&self) -> bool {
        self.field.absent == Absent::Unknown
    }
}

impl Level {
    /// The level of a kind's resources.
    pub fn of(kind: Kind) -> &'static Self {
        static LEVELS: OnceLock<Vec<Level>> = OnceLock::new();
        let levels = LEVELS.get_or_init(|| {
            Kind::ALL
                .iter()
                .map(|&kind| Self::new(kind, String::new(), kind.spec().fields))
                .collect()
        });
        // One level was made for each kind, in the order of the kinds.
        #[expect(clippy::indexing_slicing, reason = "one entry per kind, made above")]
        &levels[kind.index()]
    }

    /// The column with this path.
    pub fn column(&self, path: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.path == path)
    }

    /// The column that holds the kind's id.
    pub fn id_column(&self) -> usize {
        self.column(self.kind.spec().id).unwrap_or(usize::MAX)
    }

    fn new(kind: Kind, path: String, fields: &'static [Field]) -> Self {
        let mut level = Self {
            kind,
            path,
            columns: Vec::new(),
        };
        level.add("", fields, None);
        level
    }

    fn add(&mut self, prefix: &str, fields: &'static [Field], operation: Option<&'static str>) {
        for field in fields {
            let path = if prefix.is_empty() {
                field.name.to_owned()
            } else {
                format!("{prefix}.{}", field.name)
            };
            let operation = field.operation.or(operation);
            let is_id = self.path.is_empty() && path == self.kind.spec().id;
            let shape = match field.shape {
                Shape::Object(inner) => {
                    self.add(&path, inner, operation);
                    continue;
                }
                // Embedded objects are resources of their own kind.
                Shape::Embedded(_) => continue,
                _ if is_id => ColumnShape::Id(self.kind),
                Shape::Text => ColumnShape::Text,
                Shape::Int => ColumnShape::Int,
                Shape::Bool => ColumnShape::Bool,
                Shape::Address | Shape::Cidr => ColumnShape::Network,
                Shape::Reference(kind) => ColumnShape::Id(kind),
                Shape::Texts => ColumnShape::Texts,
                Shape::References(kind) => ColumnShape::Ids(kind),
                Shape::Tags => ColumnShape::Tags,
                Shape::List(_) => ColumnShape::List,
            };
            let level = match field.shape {
                Shape::List(inner) => {
                    let below = if self.path.is_empty() {
                        format!("{path}[]")
                    } else {
                        format!("{}.{path}[]", self.path)
                    };
                    Some(Self::new(self.kind, below, inner))
                }
                _ => None,
            };
            self.columns.push(ColumnSpec {
                path,
                field,
                operation,
                shape,
                level,
            });
        }
    }
}
