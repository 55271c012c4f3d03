//! Values while an expression runs.
//!
//! Small and copied freely; texts stay in the tables until somebody must read
//! them. `Unknown` is a value like any other, and a list may say that it is
//! open: what it holds is there, and there may be more.

use std::borrow::Cow;
use std::sync::Arc;

use super::types::EntryType;
use crate::graph::{Graph, Node};
use crate::snapshot::layout::ColumnShape;
use crate::snapshot::packed::Packed;
use crate::snapshot::record::Kind;
use crate::snapshot::symbol::Symbol;
use crate::snapshot::table::Table;

/// A value.
#[derive(Debug, Clone)]
pub enum Value<'g> {
    /// Not known.
    Unknown,
    /// `null`
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(Text<'g>),
    /// A resource, in the snapshot or only named.
    Node(Node),
    /// Resources of a kind.
    Nodes {
        /// The kind.
        kind: Kind,
        /// Numbers, for [`Graph::node`].
        rows: &'g [u32],
        /// Whether there may be more.
        open: bool,
    },
    /// An object inside a resource.
    Entry(Entry<'g>),
    /// Entries of a list inside a resource, one after another.
    Entries {
        /// The first.
        first: Entry<'g>,
        /// How many.
        count: usize,
    },
    /// Any other list.
    List(Arc<List<'g>>),
    /// Tags: key and value symbols.
    Tags(&'g [(Symbol, Symbol)]),
    /// An entry of a fact table.
    Fact(Arc<Vec<Value<'g>>>),
}

/// A list that was made by an expression.
#[derive(Debug, Clone, Default)]
pub struct List<'g> {
    /// What it holds.
    pub items: Vec<Value<'g>>,
    /// Whether there may be more.
    pub open: bool,
}

/// An object inside a resource.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'g> {
    /// What it is.
    pub entry: EntryType,
    /// The table of its level.
    pub table: &'g Table,
    /// Its row there.
    pub row: usize,
    /// The resource that it is part of.
    pub owner: Node,
}

/// A text, wherever it is.
#[derive(Debug, Clone)]
pub enum Text<'g> {
    /// In the table of symbols.
    Symbol(Symbol),
    /// Packed, with the shape that tells how.
    Packed(Packed, ColumnShape),
    /// Made by an expression, or a constant.
    Shared(Arc<str>),
    /// Of the graph.
    Borrowed(&'g str),
}

impl<'g> Text<'g> {
    /// The characters.
    pub fn read(&self, graph: &'g Graph) -> Cow<'g, str> {
        match self {
            Self::Symbol(symbol) => Cow::Borrowed(graph.snapshot().symbols.text(*symbol)),
            Self::Packed(packed, shape) => Cow::Owned(graph.value_text(*packed, *shape)),
            Self::Shared(text) => Cow::Owned(text.to_string()),
            Self::Borrowed(text) => Cow::Borrowed(text),
        }
    }

    /// Whether two texts are the same; `folded` ignores the case of ASCII.
    pub fn same(&self, other: &Self, folded: bool, graph: &'g Graph) -> bool {
        match (self, other) {
            (Self::Symbol(one), Self::Symbol(other)) if one == other => true,
            (Self::Symbol(_), Self::Symbol(_)) if !folded => false,
            (Self::Packed(one, shape), Self::Packed(other, other_shape))
                if shape == other_shape =>
            {
                one == other
            }
            _ => {
                let (one, other) = (self.view(graph), other.view(graph));
                if folded {
                    one.eq_ignore_ascii_case(&other)
                } else {
                    one == other
                }
            }
        }
    }

    fn view<'t>(&'t self, graph: &'t Graph) -> Cow<'t, str> {
        match self {
            Self::Symbol(symbol) => Cow::Borrowed(graph.snapshot().symbols.text(*symbol)),
            Self::Packed(packed, shape) => Cow::Owned(graph.value_text(*packed, *shape)),
            Self::Shared(text) => Cow::Borrowed(text),
            Self::Borrowed(text) => Cow::Borrowed(text),
        }
    }
}

impl<'g> Value<'g> {
    /// A text made by an expression.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(Text::Shared(text.into()))
    }

    /// A list of texts made by an expression.
    pub fn texts(texts: impl IntoIterator<Item = String>) -> Self {
        Self::list(texts.into_iter().map(Self::text).collect(), false)
    }

    /// A list.
    pub fn list(items: Vec<Self>, open: bool) -> Self {
        Self::List(Arc::new(List { items, open }))
    }

    /// Whether it is not known.
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// True, false or unknown.
    pub const fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Shows the elements of a list in order until `show` returns false.
    /// Returns whether the list is open.
    pub fn each(&self, graph: &'g Graph, show: &mut dyn FnMut(Self) -> bool) -> bool {
        match self {
            Self::Nodes { kind, rows, open } => {
                for &row in *rows {
                    if !show(Self::Node(graph.node(*kind, row))) {
                        break;
                    }
                }
                *open
            }
            Self::Entries { first, count } => {
                for offset in 0..*count {
                    if !show(Self::Entry(Entry {
                        row: first.row + offset,
                        ..*first
                    })) {
                        break;
                    }
                }
                false
            }
            Self::List(list) => {
                for item in &list.items {
                    if !show(item.clone()) {
                        break;
                    }
                }
                list.open
            }
            Self::Tags(tags) => {
                for (key, _) in *tags {
                    if !show(Self::Text(Text::Symbol(*key))) {
                        break;
                    }
                }
                false
            }
            _ => false,
        }
    }

    /// The elements of a list, and whether there may be more.
    pub fn items(&self, graph: &'g Graph) -> (Vec<Self>, bool) {
        let mut items = Vec::new();
        let open = self.each(graph, &mut |item| {
            items.push(item);
            true
        });
        (items, open)
    }

    /// How many elements a list has; `None` if that is not known.
    pub fn size(&self, graph: &'g Graph) -> Option<i64> {
        let count = match self {
            Self::Nodes {
                rows, open: false, ..
            } => rows.len(),
            Self::Entries { count, .. } => *count,
            Self::List(list) if !list.open => list.items.len(),
            Self::Tags(tags) => tags.len(),
            Self::Text(text) => text.read(graph).chars().count(),
            _ => return None,
        };
        i64::try_from(count).ok()
    }

    /// Whether two values are the same; unknown parts make it unknown unless
    /// something else differs.
    pub fn same(&self, other: &Self, folded: bool, graph: &'g Graph) -> Option<bool> {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => None,
            (Self::Null, Self::Null) => Some(true),
            (Self::Bool(one), Self::Bool(other)) => Some(one == other),
            (Self::Int(one), Self::Int(other)) => Some(one == other),
            (Self::Text(one), Self::Text(other)) => Some(one.same(other, folded, graph)),
            (Self::Node(one), Self::Node(other)) => Some(one == other),
            _ => {
                let ((one, one_open), (other, other_open)) =
                    (self.items(graph), other.items(graph));
                if one_open || other_open {
                    return None;
                }
                if one.len() != other.len() {
                    return Some(false);
                }
                one.iter().zip(&other).try_fold(true, |same, (one, other)| {
                    Some(same && one.same(other, folded, graph)?)
                })
            }
        }
    }

    /// As people read it: texts without quotes, lists joined by commas.
    pub fn display(&self, graph: &'g Graph) -> String {
        match self {
            Self::Unknown => "unknown".to_owned(),
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Text(text) => text.read(graph).into_owned(),
            Self::Node(node) => graph.id(*node),
            Self::Entry(entry) => graph.id(entry.owner),
            Self::Fact(fields) => join(fields.iter().map(|field| field.display(graph))),
            Self::Tags(tags) => join(tags.iter().map(|(key, value)| {
                let symbols = &graph.snapshot().symbols;
                format!("{}={}", symbols.text(*key), symbols.text(*value))
            })),
            Self::Nodes { .. } | Self::Entries { .. } | Self::List(_) => {
                let (items, open) = self.items(graph);
                let mut text = join(items.iter().map(|item| item.display(graph)));
                if open {
                    text.push_str(if text.is_empty() { "unknown" } else { ", …" });
                }
                text
            }
        }
    }
}

fn join(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}
