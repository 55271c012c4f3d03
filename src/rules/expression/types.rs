//! Types of expressions, made from the descriptions of the records.
//!
//! Pure data and its names; the checker assigns them. No values live here.

use std::fmt;
use std::sync::Arc;

use crate::snapshot::layout::{ColumnShape, ColumnSpec, Level};
use crate::snapshot::record::Kind;

/// The type of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// `null`
    Null,
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// Text. Values of AWS's enumerations are compared without case.
    Text {
        /// Whether it comes from a field with known values.
        folded: bool,
    },
    /// A list.
    List(Box<Type>),
    /// A list literal without elements.
    Nothing,
    /// A resource.
    Resource(Kind),
    /// An object inside a resource: an entry of a list, or a named part.
    Entry(EntryType),
    /// Tags, by key.
    Tags,
    /// One entry of a fact table.
    FactEntry(Arc<FactShape>),
}

/// The type of an object inside a resource.
#[derive(Debug, Clone, Copy)]
pub struct EntryType {
    /// The level it is on.
    pub level: &'static Level,
    /// Path of the part within the level, without the trailing dot; empty for
    /// a whole entry.
    pub part: &'static str,
}

impl PartialEq for EntryType {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.level, other.level) && self.part == other.part
    }
}

/// Fields of the entries of a fact table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactShape {
    /// Name of the table.
    pub name: String,
    /// Names and types (text, int, bool), in order.
    pub fields: Vec<(String, FactType)>,
}

/// The type of one value of a fact table or a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactType {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// Text.
    Text,
}

impl Type {
    /// Plain text.
    pub const TEXT: Self = Self::Text { folded: false };

    /// The type of a column's values, from the fact that they are there.
    pub fn of_column(column: &'static ColumnSpec) -> Self {
        match column.shape {
            ColumnShape::Text => Self::Text {
                folded: !column.field.values.is_empty(),
            },
            ColumnShape::Int => Self::Int,
            ColumnShape::Bool => Self::Bool,
            ColumnShape::Network | ColumnShape::Id(_) => Self::TEXT,
            ColumnShape::Texts | ColumnShape::Ids(_) => Self::List(Box::new(Self::Text {
                folded: !column.field.values.is_empty(),
            })),
            ColumnShape::Tags => Self::Tags,
            ColumnShape::List => column.level.as_ref().map_or(Self::Nothing, |level| {
                Self::List(Box::new(Self::Entry(EntryType { level, part: "" })))
            }),
        }
    }

    /// The type of something that is of one of two comparable types: text that
    /// may be an enumeration's is compared without case wherever it came from.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Text { folded: one }, Self::Text { folded: other }) => Self::Text {
                folded: one || other,
            },
            (Self::List(one), Self::List(other)) => Self::List(Box::new(one.or(*other))),
            (Self::Nothing, other) => other,
            (one, _) => one,
        }
    }

    /// Whether values of the two types can be equal.
    pub fn comparable(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text { .. }, Self::Text { .. })
            | (Self::Nothing, Self::List(_) | Self::Nothing)
            | (Self::List(_), Self::Nothing) => true,
            (Self::List(one), Self::List(other)) => one.comparable(other),
            (Self::Tags | Self::Entry(_) | Self::FactEntry(_), _) => false,
            _ => self == other,
        }
    }
}

impl From<FactType> for Type {
    fn from(fact: FactType) -> Self {
        match fact {
            FactType::Bool => Self::Bool,
            FactType::Int => Self::Int,
            FactType::Text => Self::TEXT,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Text { .. } => f.write_str("text"),
            Self::List(element) => write!(f, "list of {element}"),
            Self::Nothing => f.write_str("empty list"),
            Self::Resource(kind) => f.write_str(kind.spec().name),
            Self::Entry(entry) => {
                let name = [
                    entry.level.kind.spec().variable,
                    &entry.level.path,
                    entry.part,
                ]
                .map(|part| part.trim_end_matches("[]"));
                f.write_str(
                    &name
                        .iter()
                        .filter(|part| !part.is_empty())
                        .copied()
                        .collect::<Vec<_>>()
                        .join("."),
                )
            }
            Self::Tags => f.write_str("tags"),
            Self::FactEntry(shape) => write!(f, "entry of facts.{}", shape.name),
        }
    }
}
