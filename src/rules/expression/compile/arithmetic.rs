//! Arithmetic, and `+` of texts and lists.
//!
//! It may use values and the trace. What does not fit in 64 bits and a division
//! by zero are unknown; nothing wraps around and nothing panics.

use super::{Compiler, Eval};
use crate::graph::admission::Need;
use crate::rules::expression::ast::BinaryOp;
use crate::rules::expression::check::Typed;
use crate::rules::expression::trace::Frame;
use crate::rules::expression::value::Value;

impl<'g> Compiler<'_, 'g> {
    pub(super) fn negate(&self, of: &Typed) -> Eval<'g> {
        let of = self.expr(of);
        Box::new(move |frame| match of(frame) {
            Value::Int(value) => value
                .checked_neg()
                .map_or_else(|| overflow(frame), Value::Int),
            _ => Value::Unknown,
        })
    }

    pub(super) fn arithmetic(&self, op: BinaryOp, left: &Typed, right: &Typed) -> Eval<'g> {
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
}

fn overflow<'g>(frame: &mut Frame<'g>) -> Value<'g> {
    frame.missed(Need::Sense(
        "arithmetic beyond 64 bits, or a division by zero".to_owned(),
    ))
}
