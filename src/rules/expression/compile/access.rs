//! Fields, tags, elements and links: where expressions touch the graph.
//!
//! It may use the graph and the reading of fields. What is missing becomes
//! unknown and is written down; nothing is compared here.

use super::{Compiler, Eval};
use crate::graph::admission::Need;
use crate::graph::{Direction, Graph, Listing, Node, links};
use crate::rules::expression::check::{FieldRef, Op, Typed};
use crate::rules::expression::fields;
use crate::rules::expression::trace::Frame;
use crate::rules::expression::value::{Text, Value};
use crate::snapshot::record::Kind;

impl<'g> Compiler<'_, 'g> {
    pub(super) fn field(&self, of: &Typed, field: FieldRef) -> Eval<'g> {
        let graph = self.context.graph;
        // The subject's own fields are most of what rules read.
        if matches!(of.op, Op::Variable(0)) {
            return Box::new(move |frame| {
                let subject = frame.subject;
                fields::of_node(graph, frame, subject, field)
            });
        }
        let of = self.expr(of);
        Box::new(move |frame| match of(frame) {
            Value::Node(node) => fields::of_node(graph, frame, node, field),
            Value::Entry(entry) => fields::of_entry(graph, frame, &entry, field),
            _ => Value::Unknown,
        })
    }

    pub(super) fn has(&self, of: &Typed, columns: &[FieldRef]) -> Eval<'g> {
        let (graph, of, columns) = (self.context.graph, self.expr(of), columns.to_vec());
        Box::new(move |frame| match of(frame) {
            Value::Unknown => Value::Unknown,
            value => fields::has(graph, frame, &value, &columns),
        })
    }

    pub(super) fn has_tag(&self, of: &Typed, key: &str) -> Eval<'g> {
        let (of, key) = (self.expr(of), self.context.graph.symbol(key));
        Box::new(move |frame| match of(frame) {
            Value::Tags(tags) => Value::Bool(tags.iter().any(|(name, _)| Some(*name) == key)),
            _ => Value::Unknown,
        })
    }

    pub(super) fn fact_field(&self, of: &Typed, position: usize) -> Eval<'g> {
        let of = self.expr(of);
        Box::new(move |frame| match of(frame) {
            Value::Fact(fields) => fields.get(position).cloned().unwrap_or(Value::Unknown),
            _ => Value::Unknown,
        })
    }

    pub(super) fn tag(&self, of: &Typed, key: &Typed) -> Eval<'g> {
        let (graph, of, key) = (self.context.graph, self.expr(of), self.expr(key));
        Box::new(move |frame| match (of(frame), key(frame)) {
            (Value::Tags(tags), Value::Text(key)) => {
                let key = key.read(graph);
                let symbols = &graph.snapshot().symbols;
                let value = tags.iter().find(|(name, _)| symbols.text(*name) == key);
                Value::Text(value.map_or(Text::Borrowed(""), |(_, value)| Text::Symbol(*value)))
            }
            _ => Value::Unknown,
        })
    }

    pub(super) fn element(&self, of: &Typed, index: &Typed) -> Eval<'g> {
        let (graph, of, index) = (self.context.graph, self.expr(of), self.expr(index));
        Box::new(move |frame| {
            let (list, Value::Int(index)) = (of(frame), index(frame)) else {
                return Value::Unknown;
            };
            let (items, open) = list.items(graph);
            // What is not seen may stand anywhere.
            if open {
                return Value::Unknown;
            }
            let found = usize::try_from(index)
                .ok()
                .and_then(|index| items.get(index).cloned());
            found.unwrap_or_else(|| {
                frame.missed(Need::Sense(format!(
                    "element {index} of a list of {}",
                    items.len()
                )))
            })
        })
    }

    pub(super) fn link(
        &self,
        from: &Typed,
        followed: &[(usize, Direction)],
        to: Kind,
        many: bool,
    ) -> Eval<'g> {
        let (graph, from, followed) = (self.context.graph, self.expr(from), followed.to_vec());
        Box::new(move |frame| {
            let Value::Node(node) = from(frame) else {
                return Value::Unknown;
            };
            if node.row().is_none() {
                return frame.missed(Need::Resource(node));
            }
            if let (false, Some((link, direction))) = (many, followed.first()) {
                return match graph.linked(*link, *direction, node).first() {
                    Some(&number) => Value::Node(graph.node(to, number)),
                    None => frame.missed(Need::Field(
                        node,
                        links::all()
                            .get(*link)
                            .map_or("", |spec| spec.path.as_str()),
                    )),
                };
            }
            let open = followed
                .iter()
                .any(|(link, direction)| fields::may_have_more(graph, node, *link, *direction));
            match followed.as_slice() {
                [(link, direction)] => Value::Nodes {
                    kind: to,
                    rows: graph.linked(*link, *direction, node),
                    open,
                },
                several => {
                    let mut nodes: Vec<Node> = several
                        .iter()
                        .flat_map(|(link, direction)| {
                            graph
                                .linked(*link, *direction, node)
                                .iter()
                                .map(|&number| graph.node(to, number))
                        })
                        .collect();
                    nodes.sort_unstable();
                    nodes.dedup();
                    Value::list(nodes.into_iter().map(Value::Node).collect(), open)
                }
            }
            .noting_gaps(frame, graph, node, &followed)
        })
    }
}

impl<'g> Value<'g> {
    /// A list that may have more: write down what is missing, the field on the
    /// way there or the listing on the way back.
    fn noting_gaps(
        self,
        frame: &mut Frame<'g>,
        graph: &'g Graph,
        near: Node,
        followed: &[(usize, Direction)],
    ) -> Self {
        let open = match &self {
            Self::Nodes { open, .. } => *open,
            Self::List(list) => list.open,
            _ => false,
        };
        if open && frame.tracing() {
            // The list itself is good; the event counts only if the verdict
            // turns out unknown.
            for (link, direction) in followed {
                let Some(spec) = links::all().get(*link) else {
                    continue;
                };
                let per_parent = spec.from.spec().sources.first();
                let per_parent = per_parent.is_some_and(|source| source.parent.is_some());
                let need = match direction {
                    Direction::Forward => Need::Field(near, &spec.path),
                    Direction::Reverse
                        if per_parent && graph.listing(spec.from, near) == Listing::Complete =>
                    {
                        Need::Resource(near)
                    }
                    Direction::Reverse => Need::Listing(spec.from, near),
                };
                let _still_a_list = frame.missed(need);
            }
        }
        self
    }
}
