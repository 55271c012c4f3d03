//! From a typed expression to closures over one graph.
//!
//! Compiled once for each run: names are columns by now, constants are in
//! place, and evaluating allocates only where a new list or text is made. One
//! set of closures serves verdicts and traces; tracing is a flag in the frame.

mod access;
mod arithmetic;
mod comprehension;
mod logic;
mod witness;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{Constant, Op, Typed};
use super::functions::{Call, Function};
use super::trace::Frame;
use super::value::{Text, Value};
use crate::graph::Graph;

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
            Op::FactField(of, position) => self.fact_field(of, *position),
            Op::Field(of, field) => self.field(of, *field),
            Op::Part(of) => self.expr(of),
            Op::Has(of, columns) => self.has(of, columns),
            Op::HasTag(of, key) => self.has_tag(of, key),
            Op::Tag(of, key) => self.tag(of, key),
            Op::Element(of, index) => self.element(of, index),
            Op::Not(of) => self.not(of),
            Op::Negate(of) => self.negate(of),
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
                self.conditional(condition, then, otherwise)
            }
            Op::List(items) => {
                let items = self.exprs(items);
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
            } => self.comprehension(*kind, range, *slot, filter.as_deref(), body),
            Op::Link {
                from,
                links,
                to,
                many,
            } => self.link(from, links, *to, *many),
            Op::Call { function, args } => self.call(function, args),
        }
    }

    fn exprs(&self, typed: &[Typed]) -> Vec<Eval<'g>> {
        typed.iter().map(|typed| self.expr(typed)).collect()
    }

    /// A call; with an argument that is unknown the function is not asked.
    fn call(&self, function: &'static Function, args: &[Typed]) -> Eval<'g> {
        let (graph, now) = (self.context.graph, self.context.now);
        let (args, code) = (self.exprs(args), function.call);
        let of_something = function.receiver.is_some();
        Box::new(move |frame| {
            let mut values: Vec<Value<'g>> = Vec::with_capacity(args.len());
            let mut receiver_ends = frame.mark();
            for arg in &args {
                values.push(arg(frame));
                if values.len() == 1 {
                    receiver_ends = frame.mark();
                }
            }
            // What is asked about decides; what it is compared with only says
            // what the question was.
            if of_something {
                frame.context_since(receiver_ends);
            }
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
