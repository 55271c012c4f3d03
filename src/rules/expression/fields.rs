//! Reading fields of resources and entries, with the three ways a value can be
//! missing.
//!
//! The one place that turns "absent" into unknown or into the type's empty
//! value. Links are counted as complete or not here as well.

use super::check::FieldRef;
use super::trace::{Frame, Read, entry_path};
use super::types::EntryType;
use super::value::{Entry, Text, Value};
use crate::graph::admission::Need;
use crate::graph::{Direction, Graph, Listing, Node, links};
use crate::snapshot::column::{Column, Flag, Presence};
use crate::snapshot::layout::{ColumnShape, ColumnSpec, Level};
use crate::snapshot::schema::Cloud;

/// The value of a resource's field.
#[inline]
pub(super) fn of_node<'g>(
    graph: &'g Graph,
    frame: &mut Frame<'g>,
    node: Node,
    field: FieldRef,
) -> Value<'g> {
    let Some(row) = node.row() else {
        return frame.missed(Need::Resource(node));
    };
    let table = graph.snapshot().table(node.kind);
    let entry = Entry {
        entry: EntryType {
            level: field.level,
            part: "",
        },
        table,
        row: row as usize,
        owner: node,
    };
    of_entry(graph, frame, &entry, field)
}

/// The value of an entry's field.
pub(super) fn of_entry<'g>(
    graph: &'g Graph,
    frame: &mut Frame<'g>,
    entry: &Entry<'g>,
    field: FieldRef,
) -> Value<'g> {
    let (Some(spec), Some(column)) = (
        field.level.columns.get(field.column),
        entry.table.column(field.column),
    ) else {
        return Value::Unknown;
    };
    let value = present(spec, column, entry)
        .unwrap_or_else(|presence| missing(graph, frame, spec, presence, entry.owner));
    if frame.tracing() && !value.is_unknown() {
        note(graph, frame, spec, entry, &value);
    }
    value
}

fn present<'g>(
    spec: &'static ColumnSpec,
    column: &'g Column,
    entry: &Entry<'g>,
) -> Result<Value<'g>, Presence> {
    let row = entry.row;
    Ok(match column {
        Column::Text(values) => match values.get(row) {
            Some(symbol) if symbol.is_text() => Value::Text(Text::Symbol(*symbol)),
            _ => return Err(column.presence(row)),
        },
        Column::Int(values) => match values.get(row) {
            Some(&value) if column.presence(row) == Presence::Present => Value::Int(value),
            _ => return Err(column.presence(row)),
        },
        Column::Bool(values) => match values.get(row) {
            Some(Flag::True) => Value::Bool(true),
            Some(Flag::False) => Value::Bool(false),
            _ => return Err(column.presence(row)),
        },
        Column::Packed(values) => match values.get(row) {
            Some(value) if value.is_text() => match value.symbol() {
                Some(symbol) => Value::Text(Text::Symbol(symbol)),
                None => Value::Text(Text::Packed(*value, spec.shape)),
            },
            _ => return Err(column.presence(row)),
        },
        _ if column.presence(row) != Presence::Present => return Err(column.presence(row)),
        Column::Texts(lists) => Value::list(
            lists
                .get(row)
                .iter()
                .map(|symbol| Value::Text(Text::Symbol(*symbol)))
                .collect(),
            false,
        ),
        Column::Ids(lists) => Value::list(
            lists
                .get(row)
                .iter()
                .map(|id| Value::Text(Text::Packed(*id, spec.shape)))
                .collect(),
            false,
        ),
        Column::Tags(lists) => Value::Tags(lists.get(row)),
        Column::List(lists, table) => {
            let range = lists.range(row);
            let Some(level) = &spec.level else {
                return Err(Presence::Absent);
            };
            let first = Entry {
                entry: EntryType { level, part: "" },
                table,
                row: range.start,
                owner: entry.owner,
            };
            Value::Entries {
                first,
                count: range.len(),
            }
        }
    })
}

/// The value of a field that is not there: the type's empty value where AWS
/// leaves out what is empty, unknown otherwise.
fn missing<'g>(
    graph: &'g Graph,
    frame: &mut Frame<'g>,
    spec: &'static ColumnSpec,
    presence: Presence,
    owner: Node,
) -> Value<'g> {
    let answered = was_answered(graph, spec, owner);
    if presence == Presence::Unknown || spec.required() || !answered {
        return frame.missed(Need::Field(owner, &spec.path));
    }
    match spec.shape {
        ColumnShape::Text | ColumnShape::Network | ColumnShape::Id(_) => {
            Value::Text(Text::Borrowed(""))
        }
        ColumnShape::Int => Value::Int(0),
        ColumnShape::Bool => Value::Bool(false),
        ColumnShape::Tags => Value::Tags(&[]),
        ColumnShape::Texts | ColumnShape::Ids(_) | ColumnShape::List => {
            Value::list(Vec::new(), false)
        }
    }
}

/// Whether the call that a field comes from was answered for a resource. One
/// that only another call told of (attributes of a load balancer that nobody
/// listed) has nothing of the main call but its id.
fn was_answered(graph: &Graph, spec: &ColumnSpec, owner: Node) -> bool {
    if let Some(operation) = spec.operation {
        return graph.call(owner.kind, operation, owner) == Listing::Complete;
    }
    let kind = owner.kind.spec();
    let mut columns = Level::of(owner.kind).columns.iter().enumerate();
    let several = columns
        .clone()
        .any(|(_, column)| column.operation.is_some());
    !several
        || columns.any(|(number, column)| {
            column.operation.is_none()
                && column.path != kind.id
                && graph.presence(owner, number) == Presence::Present
        })
}

/// Writes down a field that was read. Lists of objects speak through their
/// entries.
fn note<'g>(
    graph: &'g Graph,
    frame: &mut Frame<'g>,
    spec: &'static ColumnSpec,
    entry: &Entry<'g>,
    value: &Value<'g>,
) {
    if matches!(value, Value::Entries { count: 1.., .. }) {
        return;
    }
    let above = entry_path(entry, graph);
    let path = spec.path.replace('.', "/");
    let path = if above.is_empty() {
        path
    } else {
        format!("{above}/{path}")
    };
    let label = if above.is_empty() {
        spec.path.clone()
    } else {
        path.replace('/', ".")
    };
    let mut read = Read::seen(entry.owner, path, label, value.display(graph));
    if let Value::Bool(value) = value {
        // A truth value is its own comparison; the other one was wanted.
        read.op = "==";
        read.expected = Some((!value).to_string());
        read.held = false;
    }
    frame.saw(read);
}

/// Whether one of the fields is there.
pub(super) fn has<'g>(
    graph: &'g Graph,
    frame: &mut Frame<'g>,
    value: &Value<'g>,
    columns: &[FieldRef],
) -> Value<'g> {
    let (table, row, owner) = match value {
        Value::Node(node) => match node.row() {
            Some(row) => (graph.snapshot().table(node.kind), row as usize, *node),
            None => return frame.missed(Need::Resource(*node)),
        },
        Value::Entry(entry) => (entry.table, entry.row, entry.owner),
        _ => return Value::Unknown,
    };
    let mut doubt = None;
    for field in columns {
        let (Some(spec), Some(column)) = (
            field.level.columns.get(field.column),
            table.column(field.column),
        ) else {
            continue;
        };
        match column.presence(row) {
            Presence::Present if !is_empty(column, row) => return Value::Bool(true),
            Presence::Present => {}
            presence => {
                let answered = was_answered(graph, spec, owner);
                if presence == Presence::Unknown || spec.required() || !answered {
                    doubt = Some(Need::Field(owner, &spec.path));
                }
            }
        }
    }
    match doubt {
        Some(need) => frame.missed(need),
        None => Value::Bool(false),
    }
}

/// `has()` of a list tells whether it holds anything, as CEL has it.
fn is_empty(column: &Column, row: usize) -> bool {
    match column {
        Column::Texts(lists) => lists.get(row).is_empty(),
        Column::Ids(lists) => lists.get(row).is_empty(),
        Column::Tags(lists) => lists.get(row).is_empty(),
        Column::List(lists, _) => lists.range(row).is_empty(),
        _ => false,
    }
}

/// Whether a link may lead to more than the snapshot shows: backwards, where
/// the other kind was not listed completely, or not for this parent.
pub(super) fn may_have_more(graph: &Graph, node: Node, link: usize, direction: Direction) -> bool {
    let Some(spec) = links::all().get(link) else {
        return true;
    };
    match direction {
        Direction::Forward => {
            // An absent list is no list: the columns tell.
            spec.columns.first().is_some_and(|column| {
                let absent = graph.presence(node, *column) != Presence::Present;
                let known = Level::of(node.kind).columns.get(*column);
                absent
                    && known.is_some_and(|column| {
                        graph.presence(node, spec.columns.first().copied().unwrap_or(0))
                            == Presence::Unknown
                            || column.required()
                    })
            })
        }
        Direction::Reverse => {
            // What names a resource of Azure may be in any subscription: a zone of
            // the hub is linked to networks of the spokes.
            let listed = match spec.from.spec().cloud() {
                Cloud::Aws => graph.listing(spec.from, node) == Listing::Complete,
                Cloud::Azure => graph.unlisted(spec.from).is_empty(),
            };
            graph.has_loose_ends(link, node) || !listed || !parent_was_asked(graph, spec, node)
        }
    }
}

/// A kind that is listed once per parent was listed for this one.
fn parent_was_asked(graph: &Graph, spec: &links::LinkSpec, node: Node) -> bool {
    let source = spec.from.spec().sources.first();
    match source.and_then(|source| source.parent) {
        Some(parent) if parent == spec.path => graph.asked_for(spec.from, node),
        _ => true,
    }
}
