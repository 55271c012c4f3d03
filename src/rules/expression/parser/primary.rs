//! What an expression is made of: literals, names, calls, lists, maps and what
//! follows a dot.
//!
//! It may use the parser and the tree. Operators are the parser's own, macros
//! have a file of their own.

use super::errors::operator_for;
use super::{Parser, Result, SyntaxError, Tree, exprs, tallest};
use crate::rules::expression::ast::{ComprehensionKind, ExprKind};
use crate::rules::expression::lexer::{TokenKind, is_reserved};
impl Parser<'_> {
    /// A field or a method of `operand`.
    pub(super) fn after_dot(&mut self, operand: Tree) -> Result<Tree> {
        let (name, quoted) = match self.peek() {
            TokenKind::Ident(name) => (name.clone(), false),
            TokenKind::Quoted(name) => (name.clone(), true),
            TokenKind::In | TokenKind::True | TokenKind::False | TokenKind::Null => {
                let word = self.span().slice(self.text);
                let error =
                    SyntaxError::new(format!("`{word}` is a word of the language"), self.span());
                return Err(error.help(format!("write the field in backquotes: .`{word}`")));
            }
            TokenKind::Question => {
                let error =
                    SyntaxError::new("optional fields (`.?`) are not supported", self.span());
                return Err(error.help("use `has(a.b) ? a.b : other`"));
            }
            _ if matches!(operand.expr.kind, ExprKind::Int(_)) => {
                let error = SyntaxError::new("a number cannot end with a point", self.last_span());
                return Err(error.help("write a digit after it: `1.0`"));
            }
            TokenKind::End => {
                let message = "a field name is missing after `.`";
                return Err(SyntaxError::new(message, self.last_span()));
            }
            _ => return Err(self.unexpected("a field name after `.`")),
        };
        let name_span = self.bump();
        if *self.peek() != TokenKind::LeftParen {
            let span = operand.expr.span.join(name_span);
            let (field, field_span, below) = (name, name_span, operand.height);
            let operand = Box::new(operand.expr);
            return self.tree(
                ExprKind::Select {
                    operand,
                    field,
                    field_span,
                },
                span,
                below,
            );
        }
        if quoted {
            let message = "a name in backquotes cannot be called";
            return Err(SyntaxError::new(message, name_span));
        }
        let (args, closer) = self.arguments()?;
        let span = operand.expr.span.join(closer);
        if let Some(kind) = ComprehensionKind::from_name(&name) {
            return self.comprehension(kind, operand, name_span, args, span);
        }
        let below = operand.height.max(tallest(&args));
        let (receiver, args) = (Box::new(operand.expr), exprs(args));
        self.tree(
            ExprKind::Method {
                receiver,
                name,
                name_span,
                args,
            },
            span,
            below,
        )
    }

    pub(super) fn primary(&mut self) -> Result<Tree> {
        match self.peek() {
            TokenKind::Null => self.leaf(ExprKind::Null),
            TokenKind::True => self.leaf(ExprKind::Bool(true)),
            TokenKind::False => self.leaf(ExprKind::Bool(false)),
            &TokenKind::Uint(value) => self.leaf(ExprKind::Uint(value)),
            &TokenKind::Double(value) => self.leaf(ExprKind::Double(value)),
            TokenKind::Text(value) => {
                let value = value.clone();
                self.leaf(ExprKind::Text(value))
            }
            TokenKind::Bytes(value) => {
                let value = value.clone();
                self.leaf(ExprKind::Bytes(value))
            }
            &TokenKind::Int(value) => match i64::try_from(value) {
                Ok(value) => self.leaf(ExprKind::Int(value)),
                Err(_) => Err(self.too_large(self.span())),
            },
            TokenKind::Minus if self.at_negative_number() => self.negative_number(),
            TokenKind::Ident(name) => {
                let name = name.clone();
                self.name(name)
            }
            TokenKind::LeftParen => {
                let opener = self.bump();
                let mut tree = self.expression()?;
                let closer = self.close(&TokenKind::RightParen, opener, "an operator or `)`")?;
                tree.expr.span = opener.join(closer);
                Ok(tree)
            }
            TokenKind::LeftBracket => {
                let opener = self.bump();
                let (items, closer) = self.items(opener, &TokenKind::RightBracket, true)?;
                let below = tallest(&items);
                self.tree(ExprKind::List(exprs(items)), opener.join(closer), below)
            }
            TokenKind::LeftBrace => self.map(),
            _ => Err(self.no_value()),
        }
    }

    fn negative_number(&mut self) -> Result<Tree> {
        let sign = self.bump();
        let span = sign.join(self.span());
        let kind = match *self.peek() {
            TokenKind::Int(value) => match 0_i64.checked_sub_unsigned(value) {
                Some(value) => ExprKind::Int(value),
                None => return Err(self.too_large(span)),
            },
            TokenKind::Double(value) => ExprKind::Double(-value),
            _ => return Err(self.no_value()),
        };
        let mut tree = self.leaf(kind)?;
        tree.expr.span = span;
        Ok(tree)
    }

    /// A variable or a call.
    fn name(&mut self, name: String) -> Result<Tree> {
        if is_reserved(&name) {
            let error = SyntaxError::new(format!("`{name}` is a reserved word"), self.span());
            return Err(match operator_for(&name) {
                Some(help) => error.help(help),
                None => error,
            });
        }
        let name_span = self.bump();
        if *self.peek() != TokenKind::LeftParen {
            return self.tree(ExprKind::Ident(name), name_span, 0);
        }
        let (args, closer) = self.arguments()?;
        let span = name_span.join(closer);
        if name == "has" {
            return self.has(args, span);
        }
        if ComprehensionKind::from_name(&name).is_some() {
            let error =
                SyntaxError::new(format!("`{name}` goes through a list or a map"), name_span);
            return self.misused(error.help(format!("write `list.{name}(item, …)`")));
        }
        let below = tallest(&args);
        let kind = ExprKind::Call {
            function: name,
            name_span,
            args: exprs(args),
        };
        self.tree(kind, span, below)
    }

    fn map(&mut self) -> Result<Tree> {
        let opener = self.bump();
        let (mut entries, mut below) = (Vec::new(), 0);
        let closer = loop {
            if let Some(closer) = self.eat(&TokenKind::RightBrace) {
                break closer;
            }
            if *self.peek() == TokenKind::End {
                return Err(self.unclosed(opener));
            }
            let key = self.expression()?;
            self.close(&TokenKind::Colon, opener, "`:` and a value")?;
            let value = self.expression()?;
            below = below.max(key.height).max(value.height);
            entries.push((key.expr, value.expr));
            if self.eat(&TokenKind::Comma).is_none() {
                break self.close(&TokenKind::RightBrace, opener, "an operator, `,` or `}`")?;
            }
        };
        self.tree(ExprKind::Map(entries), opener.join(closer), below)
    }
}
