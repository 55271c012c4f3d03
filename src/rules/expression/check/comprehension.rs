//! `all`, `exists`, `exists_one`, `map` and `filter`: a variable for each
//! element, and the type of the result.
//!
//! It may use the names in scope. The variable has a slot while its body is
//! checked and none after that.

use super::{Checker, Op, Typed};
use crate::rules::expression::ast::{ComprehensionKind, Expr, ExprKind, Span};
use crate::rules::expression::types::Type;

impl Checker<'_> {
    /// A macro over a list.
    pub(super) fn comprehension(&mut self, node: &ExprKind, span: Span) -> Option<Typed> {
        let ExprKind::Comprehension {
            kind,
            range,
            variable,
            variable_span,
            filter,
            body,
        } = node
        else {
            return None;
        };
        let kind = *kind;
        let over = self.expr(range)?;
        let element = self.element(kind, &over.ty, range.span)?;
        self.variable_is_new(variable, *variable_span)?;
        self.variables.push((variable.clone(), element));
        let slot = self.variables.len();
        let chosen = filter.as_ref().map(|filter| self.condition(filter, kind));
        let inner = if kind == ComprehensionKind::Map {
            self.expr(body)
        } else {
            self.condition(body, kind)
        };
        self.variables.pop();
        let (chosen, inner) = (
            chosen.map_or(Some(None), |filter| filter.map(Some))?,
            inner?,
        );
        let ty = match kind {
            ComprehensionKind::All | ComprehensionKind::Exists | ComprehensionKind::ExistsOne => {
                Type::Bool
            }
            ComprehensionKind::Filter if over.ty == Type::Tags => Type::List(Box::new(Type::TEXT)),
            ComprehensionKind::Filter => over.ty.clone(),
            ComprehensionKind::Map => Type::List(Box::new(inner.ty.clone())),
        };
        let op = Op::Comprehension {
            kind,
            range: Box::new(over),
            slot,
            filter: chosen.map(Box::new),
            body: Box::new(inner),
        };
        Some(self.typed(op, ty, span))
    }

    /// The type of the elements of what is gone through.
    fn element(&mut self, kind: ComprehensionKind, over: &Type, span: Span) -> Option<Type> {
        match over {
            Type::List(element) => Some((**element).clone()),
            Type::Nothing => Some(Type::Null),
            Type::Tags => Some(Type::TEXT),
            other => {
                let message = format!("`{}` goes through a list, and this is {other}", kind.name());
                self.fail(span, message, None)
            }
        }
    }

    /// A variable may hide another variable, and nothing else.
    fn variable_is_new(&mut self, variable: &str, span: Span) -> Option<()> {
        if variable == self.names.subject.spec().variable
            || matches!(variable, "params" | "facts")
            || self.names.lets.iter().any(|(name, _)| name == variable)
        {
            return self.fail(
                span,
                format!("`{variable}` already means something else"),
                Some("choose another name".to_owned()),
            );
        }
        Some(())
    }

    fn condition(&mut self, expr: &Expr, kind: ComprehensionKind) -> Option<Typed> {
        let typed = self.expr(expr)?;
        if typed.ty == Type::Bool {
            return Some(typed);
        }
        self.fail(
            expr.span,
            format!(
                "the condition of `{}` must be bool, and this is {}",
                kind.name(),
                typed.ty
            ),
            None,
        )
    }
}
