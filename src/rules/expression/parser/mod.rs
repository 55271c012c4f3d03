//! Reads the text of an expression into its tree, as the grammar of CEL has
//! it: precedence climbing over the lexer's tokens, macros expanded on the
//! way. It may use the lexer and the tree. Names and types are not looked at
//! here, and no input may make it panic, recurse without bound or run long.

mod errors;
mod macros;
mod primary;
#[cfg(test)]
mod tests;

use super::ast::{BinaryOp, Expr, ExprKind, Span, UnaryOp};
use super::lexer::{Token, TokenKind, tokens};
pub use errors::SyntaxError;

/// The longest expression, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;
/// How many brackets and `? :` may stand inside each other.
pub const MAX_NESTING: u16 = 64;
/// How many nodes a tree may have.
pub const MAX_NODES: u32 = 4096;
/// The longest way from the root of a tree to a leaf: whoever recurses over
/// a tree goes no deeper. Chains (`a || b || …`, `a.b.c…`) count here, because
/// they group from the left.
pub const MAX_HEIGHT: u16 = 256;
/// More errors than this help nobody.
const MAX_ERRORS: usize = 16;

/// The tree of `text`, of a height of at most [`MAX_HEIGHT`].
///
/// # Errors
///
/// What is not CEL, and what is larger than the limits of this module.
pub fn parse(text: &str) -> Result<Expr, Vec<SyntaxError>> {
    if text.len() > MAX_BYTES {
        let message = format!(
            "an expression has at most {MAX_BYTES} bytes, this one {}",
            text.len()
        );
        return Err(vec![SyntaxError::new(message, Span::new(0, text.len()))]);
    }
    let tokens = tokens(text).map_err(shortened)?;
    let mut parser = Parser {
        text,
        tokens,
        position: 0,
        depth: 0,
        nodes: 0,
        errors: Vec::new(),
    };
    match parser.whole() {
        Ok(tree) if parser.errors.is_empty() => Ok(tree.expr),
        Ok(_) => Err(shortened(parser.errors)),
        Err(error) => {
            parser.errors.push(error);
            Err(shortened(parser.errors))
        }
    }
}

fn shortened(mut errors: Vec<SyntaxError>) -> Vec<SyntaxError> {
    errors.truncate(MAX_ERRORS);
    errors
}

type Result<T, E = SyntaxError> = std::result::Result<T, E>;

/// A node and its height.
struct Tree {
    expr: Expr,
    height: u16,
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    position: usize,
    depth: u16,
    nodes: u32,
    /// What is wrong but does not stop the parser: wrong use of macros.
    errors: Vec<SyntaxError>,
}

fn binary_op(kind: &TokenKind) -> Option<BinaryOp> {
    Some(match kind {
        TokenKind::Or => BinaryOp::Or,
        TokenKind::And => BinaryOp::And,
        TokenKind::Eq => BinaryOp::Eq,
        TokenKind::Ne => BinaryOp::Ne,
        TokenKind::Lt => BinaryOp::Lt,
        TokenKind::Le => BinaryOp::Le,
        TokenKind::Gt => BinaryOp::Gt,
        TokenKind::Ge => BinaryOp::Ge,
        TokenKind::In => BinaryOp::In,
        TokenKind::Plus => BinaryOp::Add,
        TokenKind::Minus => BinaryOp::Sub,
        TokenKind::Star => BinaryOp::Mul,
        TokenKind::Slash => BinaryOp::Div,
        TokenKind::Percent => BinaryOp::Rem,
        _ => return None,
    })
}

/// The tallest of several.
fn tallest(trees: &[Tree]) -> u16 {
    trees.iter().map(|tree| tree.height).max().unwrap_or(0)
}

fn exprs(trees: Vec<Tree>) -> Vec<Expr> {
    trees.into_iter().map(|tree| tree.expr).collect()
}

impl Parser<'_> {
    fn peek_at(&self, ahead: usize) -> &TokenKind {
        let token = self.tokens.get(self.position.saturating_add(ahead));
        token.map_or(&TokenKind::End, |token| &token.kind)
    }

    fn peek(&self) -> &TokenKind {
        self.peek_at(0)
    }

    fn span(&self) -> Span {
        let end = Span::new(self.text.len(), self.text.len());
        self.tokens
            .get(self.position)
            .map_or(end, |token| token.span)
    }

    /// The span of the token before this one; at the start, of this one.
    fn last_span(&self) -> Span {
        let last = self
            .position
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at));
        last.map_or_else(|| self.span(), |token| token.span)
    }

    /// Goes on to the next token and returns the span of this one.
    fn bump(&mut self) -> Span {
        let span = self.span();
        self.position += 1;
        span
    }

    fn eat(&mut self, kind: &TokenKind) -> Option<Span> {
        (self.peek() == kind).then(|| self.bump())
    }

    /// What stands here, for a message.
    fn found(&self) -> String {
        let text = self.span().slice(self.text);
        let mut short: String = text
            .chars()
            .take(24)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if short.len() < text.len() {
            short.push('…');
        }
        format!("`{short}`")
    }

    /// A node over children of at most this height.
    fn tree(&mut self, kind: ExprKind, span: Span, below: u16) -> Result<Tree> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("an expression has at most {MAX_NODES} parts");
            return Err(SyntaxError::new(message, span));
        }
        if below >= MAX_HEIGHT {
            let message = format!("a chain of more than {MAX_HEIGHT} operators is too long");
            return Err(SyntaxError::new(message, span)
                .help("for many values of one thing, use `in [ … ]`"));
        }
        Ok(Tree {
            expr: Expr::new(kind, span),
            height: below + 1,
        })
    }

    /// A leaf made of the token here.
    fn leaf(&mut self, kind: ExprKind) -> Result<Tree> {
        let span = self.bump();
        self.tree(kind, span, 0)
    }

    fn whole(&mut self) -> Result<Tree> {
        if *self.peek() == TokenKind::End {
            return Err(SyntaxError::new(
                "the expression is empty",
                Span::new(0, self.text.len()),
            ));
        }
        let tree = self.expression()?;
        match self.peek() {
            TokenKind::End => Ok(tree),
            TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace => {
                let message = format!("{} closes nothing that was opened", self.found());
                Err(SyntaxError::new(message, self.span()))
            }
            _ => Err(self.unexpected("an operator or the end")),
        }
    }

    fn expression(&mut self) -> Result<Tree> {
        if self.depth > MAX_NESTING {
            let message = format!("more than {MAX_NESTING} levels inside each other");
            return Err(SyntaxError::new(message, self.span()));
        }
        self.depth += 1;
        let result = self.conditional();
        self.depth -= 1;
        result
    }

    fn conditional(&mut self) -> Result<Tree> {
        let condition = self.binary(BinaryOp::Or.precedence())?;
        let Some(question) = self.eat(&TokenKind::Question) else {
            return Ok(condition);
        };
        let then = self.binary(BinaryOp::Or.precedence())?;
        match self.peek() {
            TokenKind::Colon => self.bump(),
            TokenKind::Question => {
                let help = "put the inner condition in parentheses: `a ? (b ? c : d) : e`";
                return Err(SyntaxError::new("a second `?` before `:`", self.span()).help(help));
            }
            TokenKind::End => {
                let message = "`?` has no `:` with the other value";
                return Err(SyntaxError::new(message, question));
            }
            _ => return Err(self.unexpected("an operator or `:`")),
        };
        let otherwise = self.expression()?;
        let span = condition.expr.span.join(otherwise.expr.span);
        let below = condition.height.max(then.height).max(otherwise.height);
        let kind = ExprKind::Conditional {
            condition: Box::new(condition.expr),
            then: Box::new(then.expr),
            otherwise: Box::new(otherwise.expr),
        };
        self.tree(kind, span, below)
    }

    /// Operators that bind at least as tightly as `minimum`.
    fn binary(&mut self, minimum: u8) -> Result<Tree> {
        let mut left = self.unary()?;
        while let Some(op) = binary_op(self.peek())
            && op.precedence() >= minimum
        {
            let op_span = self.bump();
            let right = self.binary(op.precedence() + 1)?;
            let span = left.expr.span.join(right.expr.span);
            let below = left.height.max(right.height);
            let (left_side, right_side) = (Box::new(left.expr), Box::new(right.expr));
            let kind = ExprKind::Binary {
                op,
                op_span,
                left: left_side,
                right: right_side,
            };
            left = self.tree(kind, span, below)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Tree> {
        let (token, op) = match self.peek() {
            TokenKind::Bang => (TokenKind::Bang, UnaryOp::Not),
            TokenKind::Minus => (TokenKind::Minus, UnaryOp::Negate),
            _ => return self.member(),
        };
        let mut signs = Vec::new();
        while *self.peek() == token && !self.at_negative_number() {
            signs.push(self.bump());
        }
        if matches!(self.peek(), TokenKind::Bang | TokenKind::Minus) && !self.at_negative_number() {
            let message = format!("{} cannot follow `{}`", self.found(), op.symbol());
            return Err(
                SyntaxError::new(message, self.span()).help("use parentheses: `!(-a)`, `-(!a)`")
            );
        }
        let mut tree = self.member()?;
        for sign in signs.into_iter().rev() {
            let span = sign.join(tree.expr.span);
            let kind = ExprKind::Unary {
                op,
                operand: Box::new(tree.expr),
            };
            tree = self.tree(kind, span, tree.height)?;
        }
        Ok(tree)
    }

    fn at_negative_number(&self) -> bool {
        *self.peek() == TokenKind::Minus
            && matches!(self.peek_at(1), TokenKind::Int(_) | TokenKind::Double(_))
    }

    fn member(&mut self) -> Result<Tree> {
        let mut tree = self.primary()?;
        loop {
            match self.peek() {
                TokenKind::Dot => {
                    self.bump();
                    tree = self.after_dot(tree)?;
                }
                TokenKind::LeftBracket => {
                    let opener = self.bump();
                    let index = self.expression()?;
                    let closer =
                        self.close(&TokenKind::RightBracket, opener, "an operator or `]`")?;
                    let span = tree.expr.span.join(closer);
                    let below = tree.height.max(index.height);
                    let (operand, index) = (Box::new(tree.expr), Box::new(index.expr));
                    tree = self.tree(ExprKind::Index { operand, index }, span, below)?;
                }
                TokenKind::LeftBrace => {
                    let error =
                        SyntaxError::new("messages (`Type{…}`) are not supported", self.span());
                    return Err(
                        error.help("a map is written `{\"key\": value}`, with nothing before `{`")
                    );
                }
                _ => return Ok(tree),
            }
        }
    }

    /// The arguments with their parentheses, and the span of the last one.
    fn arguments(&mut self) -> Result<(Vec<Tree>, Span)> {
        let opener = self.bump();
        self.items(opener, &TokenKind::RightParen, false)
    }

    /// Expressions up to the bracket that closes; only lists may have a comma at their end.
    fn items(&mut self, opener: Span, closer: &TokenKind, list: bool) -> Result<(Vec<Tree>, Span)> {
        let mut items = Vec::new();
        loop {
            if (items.is_empty() || list) && self.peek() == closer {
                return Ok((items, self.bump()));
            }
            if *self.peek() == TokenKind::End {
                return Err(self.unclosed(opener));
            }
            items.push(self.expression()?);
            if self.eat(&TokenKind::Comma).is_none() {
                let wanted = if list {
                    "an operator, `,` or `]`"
                } else {
                    "an operator, `,` or `)`"
                };
                return Ok((items, self.close(closer, opener, wanted)?));
            }
        }
    }

    /// The token that must come here; at the end of the text the error points to the opener.
    fn close(&mut self, kind: &TokenKind, opener: Span, wanted: &str) -> Result<Span> {
        match self.peek() {
            found if found == kind => Ok(self.bump()),
            TokenKind::End => Err(self.unclosed(opener)),
            _ => Err(self.unexpected(wanted)),
        }
    }
}
