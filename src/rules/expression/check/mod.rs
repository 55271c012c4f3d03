//! From a syntax tree to a typed one: names are resolved, types are checked.
//!
//! All that can be wrong with an expression is found here, before any data is
//! seen; an expression that passes cannot fail by type while it runs. Nothing
//! is evaluated.

mod calls;
mod comprehension;
mod fields;
mod operators;
#[cfg(test)]
mod tests;
mod typed;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::{Expr, ExprKind, Span};
use super::suggest;
use super::types::{FactShape, FactType, Type};
use crate::snapshot::record::Kind;
pub use typed::{Constant, FieldRef, Op, Typed, slots, walk};

/// Something wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeError {
    /// What.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to do.
    pub help: Option<String>,
}

/// The type of a parameter or of a fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// One value.
    One(FactType),
    /// A list of values.
    Many(FactType),
    /// A table.
    Table(Arc<FactShape>),
}

impl Given {
    fn ty(&self) -> Type {
        match self {
            Self::One(ty) => Type::from(*ty),
            Self::Many(ty) => Type::List(Box::new(Type::from(*ty))),
            Self::Table(shape) => Type::List(Box::new(Type::FactEntry(Arc::clone(shape)))),
        }
    }
}

/// The names that an expression may use.
#[derive(Debug, Clone)]
pub struct Names {
    /// The resource's variable and kind; slot 0.
    pub subject: Kind,
    /// Parameters of the rule.
    pub params: BTreeMap<String, Given>,
    /// Facts that the rule names.
    pub facts: BTreeMap<String, Given>,
    /// `let`s so far, in order.
    pub lets: Vec<(String, Type)>,
}

/// Checks an expression. `text` is what it was parsed from.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(expr: &Expr, text: &str, names: &Names) -> Result<Typed, Vec<TypeError>> {
    let mut checker = Checker {
        text,
        names,
        variables: Vec::new(),
        errors: Vec::new(),
    };
    match checker.expr(expr) {
        Some(typed) if checker.errors.is_empty() => Ok(typed),
        _ => Err(checker.errors),
    }
}

struct Checker<'c> {
    text: &'c str,
    names: &'c Names,
    variables: Vec<(String, Type)>,
    errors: Vec<TypeError>,
}

impl Checker<'_> {
    fn fail<T>(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Option<T> {
        self.errors.push(TypeError {
            message: message.into(),
            span,
            help,
        });
        None
    }

    fn typed(&self, op: Op, ty: Type, span: Span) -> Typed {
        Typed {
            op,
            ty,
            text: span.slice(self.text).into(),
        }
    }

    fn expr(&mut self, expr: &Expr) -> Option<Typed> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Some(self.constant(Constant::Null, Type::Null, span)),
            ExprKind::Bool(value) => Some(self.constant(Constant::Bool(*value), Type::Bool, span)),
            ExprKind::Int(value) => Some(self.constant(Constant::Int(*value), Type::Int, span)),
            ExprKind::Text(text) => {
                Some(self.constant(Constant::Text(text.as_str().into()), Type::TEXT, span))
            }
            ExprKind::Uint(_) | ExprKind::Double(_) | ExprKind::Bytes(_) | ExprKind::Map(_) => {
                self.not_used(&expr.kind, span)
            }
            ExprKind::List(items) => self.list(items, span),
            ExprKind::Ident(name) => self.ident(name, span),
            ExprKind::Select {
                operand,
                field,
                field_span,
            } => self.select(operand, field, *field_span, span),
            ExprKind::Has {
                operand,
                field,
                field_span,
            } => self.has(operand, field, *field_span, span),
            ExprKind::Index { operand, index } => self.index(operand, index, span),
            ExprKind::Call {
                function,
                name_span,
                args,
            } => self.call(None, function, *name_span, args, span),
            ExprKind::Method {
                receiver,
                name,
                name_span,
                args,
            } => self.method(receiver, name, *name_span, args, span),
            ExprKind::Unary { op, operand } => self.unary(*op, operand, span),
            ExprKind::Binary {
                op,
                op_span,
                left,
                right,
            } => self.binary((*op, *op_span), left, right, span),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise, span),
            ExprKind::Comprehension { .. } => self.comprehension(&expr.kind, span),
        }
    }

    fn constant(&self, constant: Constant, ty: Type, span: Span) -> Typed {
        self.typed(Op::Constant(constant), ty, span)
    }

    /// Literals of CEL that no rule needs.
    fn not_used(&mut self, kind: &ExprKind, span: Span) -> Option<Typed> {
        let (message, help) = match kind {
            ExprKind::Uint(_) => (
                "unsigned numbers are not used here",
                Some("leave out the `u`"),
            ),
            ExprKind::Double(_) => ("fractions are not used here", Some("use a whole number")),
            ExprKind::Bytes(_) => (
                "bytes are not used here",
                Some("use a text, without the `b`"),
            ),
            _ => ("map literals are not used here", None),
        };
        self.fail(span, message, help.map(str::to_owned))
    }

    fn list(&mut self, items: &[Expr], span: Span) -> Option<Typed> {
        let mut typed = Vec::new();
        for item in items {
            typed.push(self.expr(item)?);
        }
        let Some(first) = typed.first() else {
            return Some(self.typed(Op::List(typed), Type::Nothing, span));
        };
        let element = first.ty.clone();
        if let Some((odd, item)) = typed
            .iter()
            .zip(items)
            .find(|(item, _)| !item.ty.comparable(&element))
        {
            let message = format!("a list of {element} cannot hold {}", odd.ty);
            return self.fail(item.span, message, None);
        }
        let element = typed
            .iter()
            .fold(element, |all, item| all.or(item.ty.clone()));
        Some(self.typed(Op::List(typed), Type::List(Box::new(element)), span))
    }

    fn ident(&mut self, name: &str, span: Span) -> Option<Typed> {
        if let Some(position) = self
            .variables
            .iter()
            .rposition(|(variable, _)| variable == name)
        {
            let ty = self
                .variables
                .get(position)
                .map_or(Type::Null, |(_, ty)| ty.clone());
            return Some(self.typed(Op::Variable(position + 1), ty, span));
        }
        if name == self.names.subject.spec().variable {
            return Some(self.typed(Op::Variable(0), Type::Resource(self.names.subject), span));
        }
        if let Some(position) = self.names.lets.iter().position(|(known, _)| known == name) {
            let ty = self
                .names
                .lets
                .get(position)
                .map_or(Type::Null, |(_, ty)| ty.clone());
            return Some(self.typed(Op::Let(position), ty, span));
        }
        let mut known: Vec<&str> = self
            .variables
            .iter()
            .map(|(variable, _)| variable.as_str())
            .collect();
        known.push(self.names.subject.spec().variable);
        known.extend(self.names.lets.iter().map(|(name, _)| name.as_str()));
        known.extend(["params", "facts"]);
        let help = match name {
            "params" | "facts" => format!("write `{name}.<name>`"),
            _ => suggest::among(name, known.iter().copied()),
        };
        self.fail(span, format!("unknown variable `{name}`"), Some(help))
    }
}
