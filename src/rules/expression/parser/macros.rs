//! The macros `has`, `all`, `exists`, `exists_one`, `map` and `filter`.
//!
//! They are expanded while parsing, as CEL has it. A macro in the wrong shape
//! is an error that does not stop the parser, so that all of them are shown.

use super::{Parser, Result, SyntaxError, Tree, tallest};
use crate::rules::expression::ast::{ComprehensionKind, ExprKind, Span};
impl Parser<'_> {
    pub(super) fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        range: Tree,
        name_span: Span,
        args: Vec<Tree>,
        span: Span,
    ) -> Result<Tree> {
        let below = range.height.max(tallest(&args));
        let (needs, example) = match kind {
            ComprehensionKind::Map => (
                "a value (with a condition between them, if wanted)",
                "value",
            ),
            _ => ("a condition", "condition"),
        };
        let name = kind.name();
        let message = format!("`{name}` needs a variable name and {needs}");
        let help = format!("write `list.{name}(item, {example})`");
        let call = Span {
            start: name_span.start,
            end: span.end,
        };
        let mut args = args.into_iter().map(|tree| tree.expr);
        let (variable, filter, body) = match (args.next(), args.next(), args.next(), args.next()) {
            (Some(variable), Some(body), None, None) => (variable, None, body),
            (Some(variable), Some(filter), Some(body), None) if kind == ComprehensionKind::Map => {
                (variable, Some(Box::new(filter)), body)
            }
            _ => return self.misused(SyntaxError::new(message, call).help(help)),
        };
        let variable_span = variable.span;
        let ExprKind::Ident(variable) = variable.kind else {
            return self.misused(SyntaxError::new(message, variable_span).help(help));
        };
        let (range, body) = (Box::new(range.expr), Box::new(body));
        let kind = ExprKind::Comprehension {
            kind,
            range,
            variable,
            variable_span,
            filter,
            body,
        };
        self.tree(kind, span, below)
    }

    pub(super) fn has(&mut self, args: Vec<Tree>, span: Span) -> Result<Tree> {
        let (below, count) = (tallest(&args), args.len());
        let mut error =
            SyntaxError::new("`has` needs one field", span).help("write `has(subnet.Tags)`");
        if let (1, Some(arg)) = (count, args.into_iter().next()) {
            error.span = arg.expr.span;
            match arg.expr.kind {
                ExprKind::Select {
                    operand,
                    field,
                    field_span,
                } => {
                    return self.tree(
                        ExprKind::Has {
                            operand,
                            field,
                            field_span,
                        },
                        span,
                        below,
                    );
                }
                ExprKind::Index { .. } => {
                    error = error.help("for the key of a map, use `\"key\" in map`");
                }
                _ => {}
            }
        }
        self.misused(error)
    }

    /// Records the error and goes on; the node is never seen.
    pub(super) fn misused(&mut self, error: SyntaxError) -> Result<Tree> {
        let span = error.span;
        self.errors.push(error);
        self.tree(ExprKind::Null, span, 0)
    }
}
