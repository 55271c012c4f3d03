//! What a comparison writes into the trace, for the evidence.
//!
//! It may use the trace and the graph. It changes no value: with or without a
//! trace an expression gives the same.

use std::sync::Arc;

use crate::graph::Graph;
use crate::rules::expression::ast::BinaryOp;
use crate::rules::expression::check::{Op, Typed, walk};
use crate::rules::expression::trace::{Frame, Read};
use crate::rules::expression::types::Type;
use crate::rules::expression::value::Value;

/// What a comparison writes into the trace.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent questions about the two sides"
)]
pub(super) struct Witness {
    /// A field on the left; else on the right.
    left_is_field: bool,
    right_is_field: bool,
    of_the_network: bool,
    /// A `let`, whose name says what it is.
    left_is_named: bool,
    op: &'static str,
    mirrored: &'static str,
    label: Arc<str>,
}

impl Witness {
    pub(super) fn new(left: &Typed, right: &Typed, op: BinaryOp) -> Self {
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
            left_is_named: matches!(left.op, Op::Let(_)),
            op: op.symbol(),
            mirrored,
            label: Arc::clone(&left.text),
        }
    }

    pub(super) fn write<'g>(
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
        } else if self.of_the_network && (self.left_is_named || !frame.read_since(start)) {
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
    walk(typed, &mut |part| {
        found |= matches!(part.op, Op::Let(_) | Op::Variable(_))
            && !matches!(part.ty, Type::FactEntry(_));
    });
    found
}
