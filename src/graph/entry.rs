//! Resources and the entries of their lists, read by the names of fields.
//!
//! For code that looks at many fields of one object, such as the model of
//! reachability; uses the columns of the snapshot and nothing else. What is
//! read here is not judged, and a value that is not there is `None`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Graph, Node, edges, prefixes};
use crate::snapshot::column::{Column, Flag, NO_INT, Presence, UNKNOWN_INT};
use crate::snapshot::layout::{ColumnShape, ColumnSpec, Level};
use crate::snapshot::packed::Packed;
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Shape;
use crate::snapshot::symbol::Symbol;
use crate::snapshot::table::Table;

/// A resource, or an entry of one of its lists.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'g> {
    graph: &'g Graph,
    level: &'static Level,
    table: &'g Table,
    row: usize,
    /// Position in its list, from 0.
    pub position: usize,
    /// The resource that it belongs to.
    pub node: Node,
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A resource of the snapshot.
    Here(Node),
    /// Something that is named and not in the snapshot.
    Elsewhere(String),
    /// The field is not there or not readable.
    Nothing,
}

impl Target {
    /// The row of the resource, if it is in the snapshot.
    pub fn row(&self) -> Option<u32> {
        match self {
            Self::Here(node) => node.row(),
            _ => None,
        }
    }

    /// The resource, if it is in the snapshot.
    pub const fn node(&self) -> Option<Node> {
        match self {
            Self::Here(node) => Some(*node),
            _ => None,
        }
    }
}

impl Graph {
    /// The fields of a resource; `None` if it is not in the snapshot.
    pub fn entry(&self, node: Node) -> Option<Entry<'_>> {
        Some(Entry {
            graph: self,
            level: Level::of(node.kind),
            table: self.snapshot.table(node.kind),
            row: node.row()? as usize,
            position: 0,
            node,
        })
    }
}

impl<'g> Entry<'g> {
    fn column(&self, path: &str) -> Option<(&'g Column, &'static ColumnSpec)> {
        let index = self.level.column(path)?;
        Some((self.table.column(index)?, self.level.columns.get(index)?))
    }

    fn packed(&self, path: &str) -> Option<(Packed, &'static ColumnSpec)> {
        let (Column::Packed(values), spec) = self.column(path)? else {
            return None;
        };
        let value = *values.get(self.row)?;
        value.is_text().then_some((value, spec))
    }

    /// Whether a field is there.
    pub fn presence(&self, path: &str) -> Presence {
        self.column(path)
            .map_or(Presence::Absent, |(column, _)| column.presence(self.row))
    }

    /// A text, an id, an address or a block, as it is spelled.
    pub fn text(&self, path: &str) -> Option<String> {
        match self.column(path)? {
            (Column::Text(values), _) => values
                .get(self.row)
                .filter(|value| value.is_text())
                .map(|value| self.symbol(*value).to_owned()),
            (Column::Packed(_), _) => {
                let (value, spec) = self.packed(path)?;
                Some(self.graph.value_text(value, spec.shape))
            }
            _ => None,
        }
    }

    /// Whether a text is there and is this one, in any case.
    pub fn is(&self, path: &str, wanted: &str) -> bool {
        match self.column(path) {
            Some((Column::Text(values), _)) => values.get(self.row).is_some_and(|value| {
                value.is_text() && self.symbol(*value).eq_ignore_ascii_case(wanted)
            }),
            _ => self
                .text(path)
                .is_some_and(|text| text.eq_ignore_ascii_case(wanted)),
        }
    }

    fn symbol(&self, symbol: Symbol) -> &'g str {
        self.graph.snapshot.symbols.text(symbol)
    }

    /// A whole number.
    pub fn int(&self, path: &str) -> Option<i64> {
        let (Column::Int(values), _) = self.column(path)? else {
            return None;
        };
        let value = *values.get(self.row)?;
        (value != NO_INT && value != UNKNOWN_INT).then_some(value)
    }

    /// A truth value.
    pub fn bool(&self, path: &str) -> Option<bool> {
        let (Column::Bool(values), _) = self.column(path)? else {
            return None;
        };
        match values.get(self.row)? {
            Flag::True => Some(true),
            Flag::False => Some(false),
            Flag::Absent | Flag::Unknown => None,
        }
    }

    /// A block, host bits cut off; an address is a block of one.
    pub fn block(&self, path: &str) -> Option<IpNet> {
        prefixes::parse(&self.text(path)?)
    }

    /// An address.
    pub fn address(&self, path: &str) -> Option<IpAddr> {
        if let Some((value, NO_PREFIX)) = self.packed(path).and_then(|(value, _)| value.ipv4()) {
            return Some(IpAddr::V4(value));
        }
        self.text(path)?.parse().ok()
    }

    /// A list of texts or of ids; empty if it is not there.
    pub fn texts(&self, path: &str) -> Vec<String> {
        match self.column(path) {
            Some((Column::Texts(lists), _)) => lists
                .get(self.row)
                .iter()
                .filter(|value| value.is_text())
                .map(|value| self.symbol(*value).to_owned())
                .collect(),
            Some((Column::Ids(lists), spec)) => lists
                .get(self.row)
                .iter()
                .map(|value| self.graph.value_text(*value, spec.shape))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The resource that a reference names.
    pub fn target(&self, path: &str) -> Target {
        let Some((value, spec)) = self.packed(path) else {
            return Target::Nothing;
        };
        let ColumnShape::Id(kind) = spec.shape else {
            return Target::Nothing;
        };
        match spec.field.shape {
            Shape::Reference(of) if of != kind => self.find_by_text(kind, value, of),
            _ => self.find(kind, value),
        }
    }

    /// An id that is a reference too is spelled as its own kind's ids are.
    fn find_by_text(&self, kind: Kind, id: Packed, of: Kind) -> Target {
        let text = self.graph.value_text(id, ColumnShape::Id(kind));
        let found = self.graph.find(of, &text, Some(self.node));
        found.map_or(Target::Elsewhere(text), Target::Here)
    }

    /// The resources that a list of references names.
    pub fn targets(&self, path: &str) -> Vec<Target> {
        let Some((Column::Ids(lists), spec)) = self.column(path) else {
            return Vec::new();
        };
        let ColumnShape::Ids(kind) = spec.shape else {
            return Vec::new();
        };
        let ids = lists.get(self.row).iter();
        ids.map(|id| self.find(kind, *id)).collect()
    }

    fn find(&self, kind: Kind, id: Packed) -> Target {
        let graph = self.graph;
        let index = graph.indexes.of(kind, &graph.snapshot);
        let scope = graph.scope_number(self.node);
        match edges::find(kind, id, scope, index, &graph.snapshot) {
            Some(row) => Target::Here(Node::new(kind, row)),
            None => Target::Elsewhere(graph.value_text(id, ColumnShape::Id(kind))),
        }
    }

    /// The entries of a list of objects, in the order of the source; none if it
    /// is not there, which [`presence`](Self::presence) tells.
    pub fn entries(&self, path: &str) -> impl ExactSizeIterator<Item = Entry<'g>> + use<'g> {
        let (range, below) = match self.column(path) {
            Some((Column::List(lists, table), spec)) => (
                lists.range(self.row),
                spec.level.as_ref().map(|level| (level, &**table)),
            ),
            _ => (0..0, None),
        };
        let (graph, node, first) = (self.graph, self.node, range.start);
        let (level, table) = below.unwrap_or((self.level, self.table));
        range.map(move |row| Entry {
            graph,
            level,
            table,
            row,
            position: row - first,
            node,
        })
    }
}

const NO_PREFIX: u8 = crate::snapshot::packed::NO_LENGTH;
