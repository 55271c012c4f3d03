//! Operators, and the types that they take and give.
//!
//! It may use the types. Both sides are looked at before either is given up, so
//! that all errors are shown at once.

use super::{Checker, Op, Typed};
use crate::rules::expression::ast::{BinaryOp, Expr, Span, UnaryOp};
use crate::rules::expression::types::Type;

impl Checker<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Expr, span: Span) -> Option<Typed> {
        let of = self.expr(operand)?;
        let (wanted, ty): (fn(Box<Typed>) -> Op, Type) = match op {
            UnaryOp::Not => (Op::Not, Type::Bool),
            UnaryOp::Negate => (Op::Negate, Type::Int),
        };
        if of.ty != ty {
            return self.fail(
                operand.span,
                format!("`{}` needs {ty}, and this is {}", op.symbol(), of.ty),
                None,
            );
        }
        Some(self.typed(wanted(Box::new(of)), ty, span))
    }

    pub(super) fn binary(
        &mut self,
        (op, op_span): (BinaryOp, Span),
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Typed> {
        // Both sides are checked before either is given up, to show all errors.
        let (one, other) = (self.expr(left), self.expr(right));
        let (one, other) = (one?, other?);
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            for (ty, operand) in [(&one.ty, left), (&other.ty, right)] {
                if *ty != Type::Bool {
                    let symbol = op.symbol();
                    let message = format!("`{symbol}` needs bool on both sides, and this is {ty}");
                    return self.fail(operand.span, message, None);
                }
            }
        }
        let Some(meaning) = meaning(op, &one.ty, &other.ty) else {
            let message = format!(
                "`{}` cannot compare or combine {} and {}",
                op.symbol(),
                one.ty,
                other.ty
            );
            return self.fail(op_span, message, help(op, &one.ty, &other.ty));
        };
        let (left, right) = (Box::new(one), Box::new(other));
        let (op, ty) = match meaning {
            Meaning::And => (Op::And(left, right), Type::Bool),
            Meaning::Or => (Op::Or(left, right), Type::Bool),
            Meaning::Compare { folded } => (
                Op::Compare {
                    op,
                    left,
                    right,
                    folded,
                },
                Type::Bool,
            ),
            Meaning::In { folded } => (
                Op::In {
                    item: left,
                    list: right,
                    folded,
                },
                Type::Bool,
            ),
            Meaning::Arithmetic(ty) => (Op::Arithmetic { op, left, right }, ty),
        };
        Some(self.typed(op, ty, span))
    }

    pub(super) fn conditional(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        span: Span,
    ) -> Option<Typed> {
        let (test, yes, no) = (self.expr(condition), self.expr(then), self.expr(otherwise));
        let (test, yes, no) = (test?, yes?, no?);
        if test.ty != Type::Bool {
            return self.fail(
                condition.span,
                format!("the condition must be bool, and this is {}", test.ty),
                None,
            );
        }
        if !yes.ty.comparable(&no.ty) {
            return self.fail(
                otherwise.span,
                format!(
                    "both results must have one type, and these are {} and {}",
                    yes.ty, no.ty
                ),
                None,
            );
        }
        let ty = yes.ty.clone().or(no.ty.clone());
        Some(self.typed(
            Op::Conditional(Box::new(test), Box::new(yes), Box::new(no)),
            ty,
            span,
        ))
    }
}

/// What an operator does with values of two types.
enum Meaning {
    And,
    Or,
    Compare { folded: bool },
    In { folded: bool },
    Arithmetic(Type),
}

/// What an operator means between two types, if anything.
fn meaning(op: BinaryOp, left: &Type, right: &Type) -> Option<Meaning> {
    let folded = is_folded(left) || is_folded(right);
    let ints = *left == Type::Int && *right == Type::Int;
    let texts = matches!((left, right), (Type::Text { .. }, Type::Text { .. }));
    let is_list = |ty: &Type| matches!(ty, Type::List(_) | Type::Nothing);
    match op {
        BinaryOp::And => Some(Meaning::And),
        BinaryOp::Or => Some(Meaning::Or),
        BinaryOp::Eq | BinaryOp::Ne => left
            .comparable(right)
            .then_some(Meaning::Compare { folded }),
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
            (ints || texts).then_some(Meaning::Compare { folded: false })
        }
        BinaryOp::In => match (left, right) {
            (Type::Text { .. }, Type::Tags) => Some(Meaning::In { folded: false }),
            (_, Type::Nothing) => Some(Meaning::In { folded }),
            (_, Type::List(element)) if element.comparable(left) => Some(Meaning::In { folded }),
            _ => None,
        },
        BinaryOp::Add if texts => Some(Meaning::Arithmetic(Type::TEXT)),
        BinaryOp::Add if is_list(left) && is_list(right) && left.comparable(right) => {
            let ty = left.clone().or(right.clone());
            Some(Meaning::Arithmetic(ty))
        }
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
            ints.then_some(Meaning::Arithmetic(Type::Int))
        }
    }
}

/// Whether texts of this type are compared without case.
fn is_folded(ty: &Type) -> bool {
    match ty {
        Type::Text { folded } => *folded,
        Type::List(element) => matches!(**element, Type::Text { folded: true }),
        _ => false,
    }
}

/// What to write where an operator has no meaning.
fn help(op: BinaryOp, left: &Type, right: &Type) -> Option<String> {
    match (left, right) {
        (Type::Int, Type::Text { .. }) | (Type::Text { .. }, Type::Int) => {
            Some("convert one side with `int(…)` or `string(…)`".to_owned())
        }
        (_, Type::Text { .. }) if op == BinaryOp::In => {
            Some("for a part of a text use `.contains(…)`".to_owned())
        }
        _ => None,
    }
}
