//! From a typed expression to closures over one graph.
//!
//! Compiled once for each run: names are columns by now, constants are in
//! place, and evaluating allocates only where a new list or text is made. One
//! set of closures serves verdicts and traces; tracing is a flag in the frame.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::{BinaryOp, ComprehensionKind};
use super::check::{Constant, FieldRef, Op, Typed};
use super::fields;
use super::functions::Call;
use super::trace::{Frame, Read};
use super::types::Type;
use super::value::{List, Text, Value};
use crate::graph::admission::Need;
use crate::graph::{Direction, Graph, Listing, Node, links};
use crate::snapshot::record::Kind;

/// A compiled expression.
pub type Eval<'g> = Box<dyn Fn(&mut Frame<'g>) -> Value<'g> + Send + Sync + 'g>;

/// The compiled `let`s before an expression, in order.
pub type Lets<'g> = Arc<Vec<Arc<Eval<'g>>>>;

/// What expressions are compiled against.
#[derive(Debug, Clone)]
pub struct Context<'g> {
    /// The network.
    pub graph: &'g Graph,
    /// The time of the run, RFC 3339, if it has one.
    pub now: Option<&'g str>,
    /// Values of parameters and facts.
    pub given: Arc<BTreeMap<String, Value<'g>>>,
}

/// Compiles an expression; `lets` are the compiled `let`s before it.
pub fn compile<'g>(typed: &Typed, context: &Context<'g>, lets: &Lets<'g>) -> Eval<'g> {
    Compiler { context, lets }.expr(typed)
}

struct Compiler<'c, 'g> {
    context: &'c Context<'g>,
    lets: &'c Lets<'g>,
}

impl<'g> Compiler<'_, 'g> {
    fn expr(&self, typed: &Typed) -> Eval<'g> {
        let graph = self.context.graph;
        match &typed.op {
            Op::Constant(constant) => constant_value(constant, graph),
            Op::Variable(slot) => {
                let slot = *slot;
                Box::new(move |frame| frame.slots.get(slot).cloned().unwrap_or(Value::Unknown))
            }
            Op::Let(position) => self.let_value(*position),
            Op::Param(name) => given(self.context.given.get(&format!("params.{name}"))),
            Op::Fact(name) => given(self.context.given.get(&format!("facts.{name}"))),
            Op::FactField(of, position) => {
                let (of, position) = (self.expr(of), *position);
                Box::new(move |frame| match of(frame) {
                    Value::Fact(fields) => fields.get(position).cloned().unwrap_or(Value::Unknown),
                    _ => Value::Unknown,
                })
            }
            Op::Field(of, field) => self.field(of, *field),
            Op::Part(of) => self.expr(of),
            Op::Has(of, columns) => self.has(of, columns),
            Op::HasTag(of, key) => {
                let (of, key) = (self.expr(of), graph.symbol(key));
                Box::new(move |frame| match of(frame) {
                    Value::Tags(tags) => {
                        Value::Bool(tags.iter().any(|(name, _)| Some(*name) == key))
                    }
                    _ => Value::Unknown,
                })
            }
            Op::Tag(of, key) => self.tag(of, key),
            Op::Element(of, index) => self.element(of, index),
            Op::Not(of) => {
                let of = self.expr(of);
                Box::new(move |frame| {
                    of(frame)
                        .truth()
                        .map_or(Value::Unknown, |value| Value::Bool(!value))
                })
            }
            Op::Negate(of) => {
                let of = self.expr(of);
                Box::new(move |frame| match of(frame) {
                    Value::Int(value) => value
                        .checked_neg()
                        .map_or_else(|| overflow(frame), Value::Int),
                    _ => Value::Unknown,
                })
            }
            Op::And(left, right) => self.logic(left, right, false),
            Op::Or(left, right) => self.logic(left, right, true),
            Op::Compare {
                op,
                left,
                right,
                folded,
            } => self.compare(*op, left, right, *folded),
            Op::In { item, list, folded } => self.within(item, list, *folded),
            Op::Arithmetic { op, left, right } => self.arithmetic(*op, left, right),
            Op::Conditional(condition, then, otherwise) => {
                let (condition, then, otherwise) =
                    (self.expr(condition), self.expr(then), self.expr(otherwise));
                Box::new(move |frame| {
                    let mark = frame.mark();
                    let test = condition(frame).truth();
                    frame.context_since(mark);
                    match test {
                        Some(true) => then(frame),
                        Some(false) => otherwise(frame),
                        None => Value::Unknown,
                    }
                })
            }
            Op::List(items) => {
                let items: Vec<Eval<'g>> = items.iter().map(|item| self.expr(item)).collect();
                Box::new(move |frame| {
                    Value::list(items.iter().map(|item| item(frame)).collect(), false)
                })
            }
            Op::Comprehension {
                kind,
                range,
                slot,
                filter,
                body,
            } => {
                let filter = filter.as_ref().map(|filter| self.expr(filter));
                comprehension(
                    graph,
                    *kind,
                    self.expr(range),
                    *slot,
                    filter,
                    self.expr(body),
                )
            }
            Op::Link {
                from,
                links,
                to,
                many,
            } => self.link(from, links, *to, *many),
            Op::Call { function, args } => {
                let args: Vec<Eval<'g>> = args.iter().map(|arg| self.expr(arg)).collect();
                let (now, code) = (self.context.now, function.call);
                Box::new(move |frame| {
                    let values: Vec<Value<'g>> = args.iter().map(|arg| arg(frame)).collect();
                    if values.iter().any(Value::is_unknown) {
                        return Value::Unknown;
                    }
                    code(
                        &Call {
                            graph,
                            now,
                            args: &values,
                        },
                        frame,
                    )
                })
            }
        }
    }

    /// A `let` is worked out when it is first asked for; a trace wants to see
    /// what it rests on, so it is worked out again.
    fn let_value(&self, position: usize) -> Eval<'g> {
        let lets = Arc::clone(self.lets);
        Box::new(move |frame| {
            if let (false, Some(Some(value))) = (frame.tracing(), frame.lets.get(position)) {
                return value.clone();
            }
            let value = lets
                .get(position)
                .map_or(Value::Unknown, |code| code(frame));
            if let Some(slot) = frame.lets.get_mut(position) {
                *slot = Some(value.clone());
            }
            value
        })
    }

    fn field(&self, of: &Typed, field: FieldRef) -> Eval<'g> {
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

    fn has(&self, of: &Typed, columns: &[FieldRef]) -> Eval<'g> {
        let (graph, of, columns) = (self.context.graph, self.expr(of), columns.to_vec());
        Box::new(move |frame| match of(frame) {
            Value::Unknown => Value::Unknown,
            value => fields::has(graph, frame, &value, &columns),
        })
    }

    fn tag(&self, of: &Typed, key: &Typed) -> Eval<'g> {
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

    fn element(&self, of: &Typed, index: &Typed) -> Eval<'g> {
        let (graph, of, index) = (self.context.graph, self.expr(of), self.expr(index));
        Box::new(move |frame| {
            let (list, Value::Int(index)) = (of(frame), index(frame)) else {
                return Value::Unknown;
            };
            let (items, _) = list.items(graph);
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

    /// `&&` and `||`: `deciding` is the value that one side alone can give. What
    /// did not decide leaves the trace.
    fn logic(&self, left: &Typed, right: &Typed, deciding: bool) -> Eval<'g> {
        let (left, right) = (self.expr(left), self.expr(right));
        Box::new(move |frame| {
            let start = frame.mark();
            let one = left(frame).truth();
            if one == Some(deciding) {
                return Value::Bool(deciding);
            }
            let middle = frame.mark();
            let other = right(frame).truth();
            match (one, other) {
                (_, Some(value)) if value == deciding => {
                    frame.forget_between(start, middle);
                    Value::Bool(deciding)
                }
                (None, None) => Value::Unknown,
                (None, Some(_)) => {
                    frame.forget(middle);
                    Value::Unknown
                }
                (Some(_), None) => {
                    frame.forget_between(start, middle);
                    Value::Unknown
                }
                _ => Value::Bool(!deciding),
            }
        })
    }

    fn compare(&self, op: BinaryOp, left: &Typed, right: &Typed, folded: bool) -> Eval<'g> {
        let graph = self.context.graph;
        let witness = Witness::new(left, right, op);
        let (left, right) = (self.expr(left), self.expr(right));
        Box::new(move |frame| {
            let start = frame.mark();
            let one = left(frame);
            let middle = frame.mark();
            let other = right(frame);
            let Some(result) = compare(op, &one, &other, folded, graph) else {
                return unsized_list(frame, graph, [&one, &other]);
            };
            if frame.tracing() {
                witness.write(frame, graph, (start, middle), (&one, &other), result);
            }
            Value::Bool(result)
        })
    }

    fn within(&self, item: &Typed, list: &Typed, folded: bool) -> Eval<'g> {
        let graph = self.context.graph;
        let witness = Witness::new(item, list, BinaryOp::In);
        let (item, list) = (self.expr(item), self.expr(list));
        Box::new(move |frame| {
            let start = frame.mark();
            let one = item(frame);
            let middle = frame.mark();
            let many = list(frame);
            if one.is_unknown() || many.is_unknown() {
                return Value::Unknown;
            }
            let mut found = Some(false);
            let open = many.each(graph, &mut |element| {
                match element.same(&one, folded, graph) {
                    Some(true) => found = Some(true),
                    None if found == Some(false) => found = None,
                    _ => {}
                }
                found != Some(true)
            });
            let found = if open && found == Some(false) {
                None
            } else {
                found
            };
            match found {
                Some(found) => {
                    if frame.tracing() {
                        witness.write(frame, graph, (start, middle), (&one, &many), found);
                    }
                    Value::Bool(found)
                }
                None => Value::Unknown,
            }
        })
    }

    fn arithmetic(&self, op: BinaryOp, left: &Typed, right: &Typed) -> Eval<'g> {
        let graph = self.context.graph;
        let (left, right) = (self.expr(left), self.expr(right));
        Box::new(move |frame| match (left(frame), right(frame)) {
            (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
            (Value::Int(one), Value::Int(other)) => {
                let result = match op {
                    BinaryOp::Add => one.checked_add(other),
                    BinaryOp::Sub => one.checked_sub(other),
                    BinaryOp::Mul => one.checked_mul(other),
                    BinaryOp::Div => one.checked_div(other),
                    _ => one.checked_rem(other),
                };
                result.map_or_else(|| overflow(frame), Value::Int)
            }
            (Value::Text(one), Value::Text(other)) => {
                Value::text(format!("{}{}", one.read(graph), other.read(graph)))
            }
            (one, other) => {
                let ((mut items, one_open), (more, other_open)) =
                    (one.items(graph), other.items(graph));
                items.extend(more);
                Value::list(items, one_open || other_open)
            }
        })
    }

    fn link(
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
            .noting_gaps(frame, graph, node, to)
        })
    }
}

impl<'g> Value<'g> {
    /// A list that may have more: write down which listing is missing.
    fn noting_gaps(self, frame: &mut Frame<'g>, graph: &'g Graph, near: Node, kind: Kind) -> Self {
        let open = match &self {
            Self::Nodes { open, .. } => *open,
            Self::List(list) => list.open,
            _ => false,
        };
        if open && frame.tracing() {
            // The list itself is good; the event counts only if the verdict
            // turns out unknown.
            let _still_a_list = frame.missed(
                if graph.listing(kind, near) == Listing::Complete
                    && kind
                        .spec()
                        .sources
                        .first()
                        .is_some_and(|source| source.parent.is_some())
                {
                    Need::Resource(near)
                } else {
                    Need::Listing(kind, near)
                },
            );
        }
        self
    }
}

fn constant_value<'g>(constant: &Constant, graph: &'g Graph) -> Eval<'g> {
    let value = match constant {
        Constant::Null => Value::Null,
        Constant::Bool(value) => Value::Bool(*value),
        Constant::Int(value) => Value::Int(*value),
        // As a symbol, comparing with a field is comparing numbers.
        Constant::Text(text) => Value::Text(
            graph
                .symbol(text)
                .map_or_else(|| Text::Shared(Arc::clone(text)), Text::Symbol),
        ),
    };
    Box::new(move |_| value.clone())
}

fn given<'g>(value: Option<&Value<'g>>) -> Eval<'g> {
    let value = value.cloned().unwrap_or(Value::Unknown);
    Box::new(move |_| value.clone())
}

fn overflow<'g>(frame: &mut Frame<'g>) -> Value<'g> {
    frame.missed(Need::Sense(
        "arithmetic beyond 64 bits, or a division by zero".to_owned(),
    ))
}

/// Comparing a list that may have more is unknown; so is an unknown value, but
/// that has said so itself.
fn unsized_list<'g>(frame: &mut Frame<'g>, graph: &'g Graph, values: [&Value<'g>; 2]) -> Value<'g> {
    if values
        .iter()
        .all(|value| !value.is_unknown() && value.size(graph).is_some())
    {
        return frame.missed(Need::Sense("a list with unknown elements".to_owned()));
    }
    Value::Unknown
}

fn compare<'g>(
    op: BinaryOp,
    one: &Value<'g>,
    other: &Value<'g>,
    folded: bool,
    graph: &'g Graph,
) -> Option<bool> {
    use std::cmp::Ordering;
    let ordering = match (op, one, other) {
        (BinaryOp::Eq, ..) => return one.same(other, folded, graph),
        (BinaryOp::Ne, ..) => return one.same(other, folded, graph).map(|same| !same),
        (_, Value::Int(one), Value::Int(other)) => one.cmp(other),
        (_, Value::Text(one), Value::Text(other)) => one.read(graph).cmp(&other.read(graph)),
        _ => return None,
    };
    Some(match op {
        BinaryOp::Lt => ordering == Ordering::Less,
        BinaryOp::Le => ordering != Ordering::Greater,
        BinaryOp::Gt => ordering == Ordering::Greater,
        _ => ordering != Ordering::Less,
    })
}

/// What a comparison writes into the trace.
struct Witness {
    /// A field on the left; else on the right.
    left_is_field: bool,
    right_is_field: bool,
    of_the_network: bool,
    op: &'static str,
    mirrored: &'static str,
    label: Arc<str>,
}

impl Witness {
    fn new(left: &Typed, right: &Typed, op: BinaryOp) -> Self {
        let is_field = |typed: &Typed| {
            matches!(typed.op, Op::Field(..)) && !matches!(typed.ty, Type::List(_) | Type::Tags)
        };
        let mirrored = match op {
            BinaryOp::Lt => ">",
            BinaryOp::Le => ">=",
            BinaryOp::Gt => "<",
            BinaryOp::Ge => "<=",
            other => other.symbol(),
        };
        let (left_is_field, right_is_field) = (is_field(left), is_field(right));
        let of_the_network = of_the_network(left);
        Self {
            left_is_field,
            right_is_field,
            of_the_network,
            op: op.symbol(),
            mirrored,
            label: Arc::clone(&left.text),
        }
    }

    fn write<'g>(
        &self,
        frame: &mut Frame<'g>,
        graph: &'g Graph,
        (start, middle): (usize, usize),
        (one, other): (&Value<'g>, &Value<'g>),
        held: bool,
    ) {
        if self.left_is_field {
            // The right side was read after the left; the left's own read is
            // the last before the middle.
            if let Some(read) = frame.last_read_between(start, middle) {
                read.op = self.op;
                read.held = held;
                read.expected = Some(other.display(graph));
            }
        } else if self.right_is_field {
            if let Some(read) = frame.last_read(middle) {
                read.op = self.mirrored;
                read.held = held;
                read.expected = Some(one.display(graph));
            }
        } else if self.of_the_network && !frame.read_since(start) {
            let mut read = Read::seen(frame.subject, "", &*self.label, one.display(graph));
            read.op = self.op;
            read.held = held;
            read.expected = Some(other.display(graph));
            frame.saw(read);
        }
    }
}

/// Whether an expression looks at resources, and not only at parameters,
/// facts and constants.
fn of_the_network(typed: &Typed) -> bool {
    let mut found = false;
    super::check::walk(typed, &mut |part| {
        found |= matches!(part.op, Op::Let(_) | Op::Variable(_))
            && !matches!(part.ty, Type::FactEntry(_));
    });
    found
}

fn comprehension<'g>(
    graph: &'g Graph,
    kind: ComprehensionKind,
    range: Eval<'g>,
    slot: usize,
    filter: Option<Eval<'g>>,
    body: Eval<'g>,
) -> Eval<'g> {
    Box::new(move |frame| {
        let start = frame.mark();
        let over = range(frame);
        if over.is_unknown() {
            return Value::Unknown;
        }
        let mut state = State {
            kind,
            found: 0,
            doubtful: false,
            items: Vec::new(),
            kept: Vec::new(),
        };
        let before = frame.mark();
        let outer = frame.slots.get(slot).cloned();
        let open = over.each(graph, &mut |element| {
            if let Some(place) = frame.slots.get_mut(slot) {
                *place = element.clone();
            }
            let mark = frame.mark();
            if let Some(filter) = &filter
                && filter(frame).truth() == Some(false)
            {
                frame.forget(mark);
                return true;
            }
            let value = body(frame);
            state.take(frame, mark, element, value)
        });
        if let (Some(place), Some(outer)) = (frame.slots.get_mut(slot), outer) {
            *place = outer;
        }
        state.finish(frame, (start, before), open)
    })
}

/// The state of a comprehension.
struct State<'g> {
    kind: ComprehensionKind,
    found: usize,
    doubtful: bool,
    items: Vec<Value<'g>>,
    kept: Vec<(usize, usize)>,
}

/// Elements that one comprehension shows in the evidence.
const SHOWN: usize = 50;

impl<'g> State<'g> {
    /// Takes the value for one element; false when the result is decided and
    /// nobody wants to see more.
    fn take(
        &mut self,
        frame: &mut Frame<'g>,
        mark: usize,
        element: Value<'g>,
        value: Value<'g>,
    ) -> bool {
        let truth = value.truth();
        let decides = match self.kind {
            ComprehensionKind::All => truth == Some(false),
            ComprehensionKind::Exists
            | ComprehensionKind::ExistsOne
            | ComprehensionKind::Filter => truth == Some(true),
            ComprehensionKind::Map => {
                self.items.push(value);
                return true;
            }
        };
        if truth.is_none() {
            self.doubtful = true;
        }
        if decides {
            self.found += 1;
            if self.kind == ComprehensionKind::Filter {
                self.items.push(element);
            }
        }
        // What did not decide leaves the trace; for `exists` all that failed is
        // the evidence that there is none.
        let keep = decides || truth.is_none() || self.kind == ComprehensionKind::Exists;
        if keep && self.kept.len() < SHOWN {
            self.kept.push((mark, frame.mark()));
        } else {
            frame.forget(mark);
        }
        frame.tracing()
            || !decides
            || !matches!(
                self.kind,
                ComprehensionKind::All | ComprehensionKind::Exists
            )
    }

    fn finish(
        self,
        frame: &mut Frame<'g>,
        (start, before): (usize, usize),
        open: bool,
    ) -> Value<'g> {
        let doubtful = self.doubtful || open;
        match self.kind {
            ComprehensionKind::All if self.found > 0 => decided(frame, (start, before), false),
            ComprehensionKind::Exists if self.found > 0 => decided(frame, (start, before), true),
            ComprehensionKind::All if !doubtful => Value::Bool(true),
            ComprehensionKind::Exists if !doubtful => Value::Bool(false),
            ComprehensionKind::ExistsOne if self.found > 1 => Value::Bool(false),
            ComprehensionKind::ExistsOne if !doubtful => Value::Bool(self.found == 1),
            ComprehensionKind::Filter => Value::List(Arc::new(List {
                items: self.items,
                open: doubtful,
            })),
            ComprehensionKind::Map => Value::List(Arc::new(List {
                items: self.items,
                open,
            })),
            _ => Value::Unknown,
        }
    }
}

/// An element decided: what was missing from the rest of the list no longer
/// matters.
fn decided<'g>(frame: &mut Frame<'g>, (start, before): (usize, usize), value: bool) -> Value<'g> {
    frame.forget_missed(start, before);
    Value::Bool(value)
}
