//! Calls of functions, and links, which are written like calls.
//!
//! It may use the table of functions and the links. What a function answers is
//! its own business; here only its signature counts.

use super::{Checker, Op, Typed};
use crate::graph::{Direction, links};
use crate::rules::expression::ast::{Expr, Span};
use crate::rules::expression::functions::{self, Function};
use crate::rules::expression::suggest;
use crate::rules::expression::types::Type;

impl Checker<'_> {
    pub(super) fn method(
        &mut self,
        receiver: &Expr,
        name: &str,
        name_span: Span,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let from = self.expr(receiver)?;
        if let Type::Resource(kind) = from.ty {
            let links = links::member(kind, name);
            if let Some((first, direction)) = links.first().copied() {
                if let Some(extra) = args.first() {
                    return self.fail(
                        extra.span,
                        format!("the link `{name}()` takes no arguments"),
                        None,
                    );
                }
                let spec = links::all().get(first)?;
                let (to, many) = match direction {
                    Direction::Forward => (spec.to, spec.many || links.len() > 1),
                    Direction::Reverse => (spec.from, true),
                };
                let ty = if many {
                    Type::List(Box::new(Type::Resource(to)))
                } else {
                    Type::Resource(to)
                };
                return Some(self.typed(
                    Op::Link {
                        from: Box::new(from),
                        links,
                        to,
                        many,
                    },
                    ty,
                    span,
                ));
            }
        }
        self.call(Some((receiver, from)), name, name_span, args, span)
    }

    pub(super) fn call(
        &mut self,
        receiver: Option<(&Expr, Typed)>,
        name: &str,
        name_span: Span,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let mut typed = Vec::new();
        for arg in args {
            typed.push(self.expr(arg)?);
        }
        let named: Vec<&'static Function> = functions::all()
            .filter(|function| {
                function.name == name && function.receiver.is_some() == receiver.is_some()
            })
            .collect();
        if named.is_empty() {
            return self.no_function(
                receiver.as_ref().map(|(_, typed)| &typed.ty),
                name,
                name_span,
            );
        }
        let fits = |function: &&&'static Function| {
            function.args.len() == typed.len()
                && function
                    .args
                    .iter()
                    .zip(&typed)
                    .all(|(accepts, arg)| accepts.fits(&arg.ty))
                && receiver.as_ref().is_none_or(|(_, from)| {
                    function
                        .receiver
                        .is_some_and(|accepts| accepts.fits(&from.ty))
                })
        };
        let Some(function) = named.iter().find(fits).copied() else {
            let seen: Vec<String> = typed.iter().map(|arg| arg.ty.to_string()).collect();
            let on = receiver
                .as_ref()
                .map_or_else(String::new, |(_, from)| format!(" of {}", from.ty));
            let help = named
                .iter()
                .map(|function| format!("`{}`", function.signature()))
                .collect::<Vec<_>>()
                .join(" or ");
            return self.fail(
                name_span,
                format!("`{name}`{on} does not take ({})", seen.join(", ")),
                Some(format!("it is {help}")),
            );
        };
        let ty = function
            .gives
            .of(receiver.as_ref().map(|(_, from)| &from.ty));
        let args = receiver
            .into_iter()
            .map(|(_, from)| from)
            .chain(typed)
            .collect();
        Some(self.typed(Op::Call { function, args }, ty, span))
    }

    fn no_function(&mut self, receiver: Option<&Type>, name: &str, span: Span) -> Option<Typed> {
        let mut known: Vec<&str> = functions::all()
            .filter(|function| match (function.receiver, receiver) {
                (Some(accepts), Some(ty)) => accepts.fits(ty),
                (None, None) => true,
                _ => false,
            })
            .map(|function| function.name)
            .collect();
        if let Some(Type::Resource(kind)) = receiver {
            for link in links::all() {
                known.extend((link.from == *kind).then_some(link.forward));
                known
                    .extend((link.to == *kind && !link.reverse.is_empty()).then_some(link.reverse));
            }
        }
        let help = match name {
            "existsOne" => "write `exists_one`".to_owned(),
            "not" => "write `!`".to_owned(),
            _ => suggest::among(name, known.into_iter()),
        };
        let message = receiver.map_or_else(
            || format!("unknown function `{name}`"),
            |ty| format!("a {ty} has no function `{name}`"),
        );
        self.fail(span, message, Some(help))
    }
}
