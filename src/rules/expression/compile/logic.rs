//! Truth values: `!`, `&&`, `||`, `? :`, comparisons and `in`.
//!
//! It may use values and the trace. Unknown spreads only where it can change
//! the result, and what did not decide leaves the trace.

use std::cmp::Ordering;

use super::witness::Witness;
use super::{Compiler, Eval};
use crate::graph::Graph;
use crate::graph::admission::Need;
use crate::rules::expression::ast::BinaryOp;
use crate::rules::expression::check::Typed;
use crate::rules::expression::trace::Frame;
use crate::rules::expression::value::Value;

impl<'g> Compiler<'_, 'g> {
    pub(super) fn not(&self, of: &Typed) -> Eval<'g> {
        let of = self.expr(of);
        Box::new(move |frame| {
            of(frame)
                .truth()
                .map_or(Value::Unknown, |value| Value::Bool(!value))
        })
    }

    /// `? :`: what only chose between two ways is context in the trace.
    pub(super) fn conditional(
        &self,
        condition: &Typed,
        then: &Typed,
        otherwise: &Typed,
    ) -> Eval<'g> {
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

    /// `&&` and `||`: `deciding` is the value that one side alone can give. What
    /// did not decide leaves the trace.
    pub(super) fn logic(&self, left: &Typed, right: &Typed, deciding: bool) -> Eval<'g> {
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

    pub(super) fn compare(
        &self,
        op: BinaryOp,
        left: &Typed,
        right: &Typed,
        folded: bool,
    ) -> Eval<'g> {
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

    pub(super) fn within(&self, item: &Typed, list: &Typed, folded: bool) -> Eval<'g> {
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
