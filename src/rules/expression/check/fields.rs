//! What follows a dot or stands in brackets: fields, tags, parameters, facts
//! and elements.
//!
//! It may use the layouts of the records and the links, to say what somebody
//! may have meant. Whether a value is there is not known yet.

use std::collections::BTreeMap;

use super::{Checker, Constant, FieldRef, Given, Op, Typed};
use crate::graph::links;
use crate::rules::expression::ast::{Expr, ExprKind, Span};
use crate::rules::expression::suggest;
use crate::rules::expression::types::{EntryType, FactShape, Type};
use crate::snapshot::layout::Level;

impl Checker<'_> {
    pub(super) fn select(
        &mut self,
        operand: &Expr,
        field: &str,
        field_span: Span,
        span: Span,
    ) -> Option<Typed> {
        if let ExprKind::Ident(table) = &operand.kind {
            if table == "params" {
                return self.given(
                    &self.names.params.clone(),
                    "parameter",
                    field,
                    field_span,
                    span,
                    Op::Param,
                );
            }
            if table == "facts" {
                return self.given(
                    &self.names.facts.clone(),
                    "fact",
                    field,
                    field_span,
                    span,
                    Op::Fact,
                );
            }
        }
        let of = self.expr(operand)?;
        match of.ty.clone() {
            Type::FactEntry(shape) => self.fact_field(of, &shape, field, field_span, span),
            Type::Tags => {
                let key = self.typed(
                    Op::Constant(Constant::Text(field.into())),
                    Type::TEXT,
                    field_span,
                );
                Some(self.typed(Op::Tag(Box::new(of), Box::new(key)), Type::TEXT, span))
            }
            _ => match self.field(&of.ty, field, field_span)? {
                Found::Column(reference, ty) => {
                    Some(self.typed(Op::Field(Box::new(of), reference), ty, span))
                }
                Found::Part(entry, _) => {
                    Some(self.typed(Op::Part(Box::new(of)), Type::Entry(entry), span))
                }
            },
        }
    }

    fn fact_field(
        &mut self,
        of: Typed,
        shape: &FactShape,
        field: &str,
        field_span: Span,
        span: Span,
    ) -> Option<Typed> {
        let known = || shape.fields.iter().map(|(name, _)| name.as_str());
        let Some(position) = known().position(|name| name == field) else {
            return self.fail(
                field_span,
                format!("the entries of `facts.{}` have no `{field}`", shape.name),
                Some(suggest::among(field, known())),
            );
        };
        let ty = shape
            .fields
            .get(position)
            .map_or(Type::Null, |(_, ty)| Type::from(*ty));
        Some(self.typed(Op::FactField(Box::new(of), position), ty, span))
    }

    fn given(
        &mut self,
        known: &BTreeMap<String, Given>,
        what: &str,
        name: &str,
        name_span: Span,
        span: Span,
        op: fn(String) -> Op,
    ) -> Option<Typed> {
        let Some(given) = known.get(name) else {
            let help = if known.is_empty() {
                format!("the rule declares no {what}s")
            } else {
                suggest::among(name, known.keys().map(String::as_str))
            };
            return self.fail(
                name_span,
                format!("the rule has no {what} `{name}`"),
                Some(help),
            );
        };
        Some(self.typed(op(name.to_owned()), given.ty(), span))
    }

    /// Finds a field of a resource or entry.
    fn field(&mut self, of: &Type, field: &str, span: Span) -> Option<Found> {
        let (level, part) = match of {
            Type::Resource(kind) => (Level::of(*kind), ""),
            Type::Entry(entry) => (entry.level, entry.part),
            Type::List(_) => {
                return self.fail(
                    span,
                    format!("a {of} has no fields"),
                    Some(format!(
                        "use `.map(x, x.{field})`, `.all(…)` or `.exists(…)`"
                    )),
                );
            }
            _ => return self.fail(span, format!("a value of type {of} has no fields"), None),
        };
        let path = if part.is_empty() {
            field.to_owned()
        } else {
            format!("{part}.{field}")
        };
        if let Some(column) = level.column(&path) {
            let ty = level
                .columns
                .get(column)
                .map_or(Type::Null, Type::of_column);
            return Some(Found::Column(FieldRef { level, column }, ty));
        }
        let below = format!("{path}.");
        let columns: Vec<FieldRef> = (0..level.columns.len())
            .filter(|column| {
                level
                    .columns
                    .get(*column)
                    .is_some_and(|spec| spec.path.starts_with(&below))
            })
            .map(|column| FieldRef { level, column })
            .collect();
        if let Some(first) = columns
            .first()
            .and_then(|first| level.columns.get(first.column))
        {
            // The path of any column below begins with the part's path.
            let part = first.path.get(..path.len()).unwrap_or_default();
            return Some(Found::Part(EntryType { level, part }, columns));
        }
        let help = known_fields(of, level, part, field);
        self.fail(span, format!("a {of} has no field `{field}`"), Some(help))
    }

    pub(super) fn has(
        &mut self,
        operand: &Expr,
        field: &str,
        field_span: Span,
        span: Span,
    ) -> Option<Typed> {
        let of = self.expr(operand)?;
        if of.ty == Type::Tags {
            return Some(self.typed(Op::HasTag(Box::new(of), field.to_owned()), Type::Bool, span));
        }
        let columns = match self.field(&of.ty, field, field_span)? {
            Found::Column(reference, _) => vec![reference],
            Found::Part(_, columns) => columns,
        };
        Some(self.typed(Op::Has(Box::new(of), columns), Type::Bool, span))
    }

    pub(super) fn index(&mut self, operand: &Expr, index: &Expr, span: Span) -> Option<Typed> {
        let (of, at) = (self.expr(operand)?, self.expr(index)?);
        match (&of.ty, &at.ty) {
            (Type::Tags, Type::Text { .. }) => {
                Some(self.typed(Op::Tag(Box::new(of), Box::new(at)), Type::TEXT, span))
            }
            (Type::List(element), Type::Int) => {
                let ty = (**element).clone();
                Some(self.typed(Op::Element(Box::new(of), Box::new(at)), ty, span))
            }
            (Type::Tags, _) => self.fail(
                index.span,
                format!("tags are found by text, not by {}", at.ty),
                None,
            ),
            (Type::List(_), _) => self.fail(
                index.span,
                format!("elements of a list are found by int, not by {}", at.ty),
                None,
            ),
            _ => {
                let message = format!("a value of type {} has no elements", of.ty);
                self.fail(operand.span, message, None)
            }
        }
    }
}

/// What a field is: a column, or a part with columns below it.
enum Found {
    Column(FieldRef, Type),
    Part(EntryType, Vec<FieldRef>),
}

/// What somebody may have meant by a field that is not there.
fn known_fields(of: &Type, level: &Level, part: &str, field: &str) -> String {
    if let Type::Resource(kind) = of
        && !links::member(*kind, field).is_empty()
    {
        return format!("`{field}` is a link: write `{field}()`");
    }
    let prefix = if part.is_empty() {
        String::new()
    } else {
        format!("{part}.")
    };
    let known = level
        .columns
        .iter()
        .filter_map(|spec| spec.path.strip_prefix(&prefix)?.split('.').next());
    suggest::among(field, known)
}
