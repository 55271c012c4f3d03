//! Reads the text of an expression into its tree, as the grammar of CEL has
//! it: precedence climbing over the lexer's tokens, macros expanded on the
//! way. It may use the lexer and the tree. Names and types are not looked at
//! here, and no input may make it panic, recurse without bound or run long.

use super::ast::{BinaryOp, ComprehensionKind, Expr, ExprKind, Span, UnaryOp};
use super::lexer::{Token, TokenKind, is_reserved, tokens};

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

/// What is wrong with the text of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// One sentence without a full stop.
    pub message: String,
    /// What it is about.
    pub span: Span,
    /// What to write instead.
    pub help: Option<String>,
}

impl SyntaxError {
    pub(super) fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            span,
            help: None,
        }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

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

/// What to write instead of a word that other languages have as an operator.
fn operator_for(word: &str) -> Option<&'static str> {
    Some(match word {
        "and" | "AND" => "use `&&`",
        "or" | "OR" => "use `||`",
        "not" | "NOT" => "use `!`: `!(a in b)`",
        "is" | "eq" => "use `==`",
        "mod" => "use `%`",
        "if" | "then" | "else" => "use `condition ? value : other`",
        _ => return None,
    })
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

    /// A field or a method of `operand`.
    fn after_dot(&mut self, operand: Tree) -> Result<Tree> {
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

    fn comprehension(
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

    fn has(&mut self, args: Vec<Tree>, span: Span) -> Result<Tree> {
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
    fn misused(&mut self, error: SyntaxError) -> Result<Tree> {
        let span = error.span;
        self.errors.push(error);
        self.tree(ExprKind::Null, span, 0)
    }

    fn primary(&mut self) -> Result<Tree> {
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

    fn too_large(&self, span: Span) -> SyntaxError {
        let message = format!("`{}` does not fit in an int", span.slice(self.text));
        SyntaxError::new(message, span).help("the largest int is 9223372036854775807")
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

    /// The token that must come here; at the end of the text the error points to the opener.
    fn close(&mut self, kind: &TokenKind, opener: Span, wanted: &str) -> Result<Span> {
        match self.peek() {
            found if found == kind => Ok(self.bump()),
            TokenKind::End => Err(self.unclosed(opener)),
            _ => Err(self.unexpected(wanted)),
        }
    }

    fn unclosed(&self, opener: Span) -> SyntaxError {
        let message = format!("`{}` is never closed", opener.slice(self.text));
        SyntaxError::new(message, opener)
    }

    /// The error where a value has to begin.
    fn no_value(&self) -> SyntaxError {
        let span = self.span();
        match self.peek() {
            TokenKind::End => {
                let last = self.last_span();
                let message = format!("a value is missing after `{}`", last.slice(self.text));
                SyntaxError::new(message, last)
            }
            TokenKind::Dot => {
                let error = SyntaxError::new("a name cannot begin with `.`", span);
                error.help("names have no package here: leave the `.` out")
            }
            TokenKind::Question => SyntaxError::new("a value is missing before `?`", span),
            TokenKind::Quoted(_) => {
                SyntaxError::new("a name in backquotes may stand only after `.`", span)
            }
            kind => {
                let error =
                    SyntaxError::new(format!("a value is expected, not {}", self.found()), span);
                let last = self.last_span().slice(self.text);
                match (last, kind) {
                    ("<", TokenKind::Gt) => error.help("use `!=`"),
                    ("?", TokenKind::Colon) => error.help("write `a ? b : c`"),
                    _ => error,
                }
            }
        }
    }

    /// The error where an operator or a bracket has to come.
    fn unexpected(&self, wanted: &str) -> SyntaxError {
        let (span, last) = (self.span(), self.last_span());
        let before = last.slice(self.text);
        if matches!(before, "not" | "NOT") {
            return SyntaxError::new(format!("`{before}` is not an operator"), last)
                .help("use `!`");
        }
        let error = |message: String| SyntaxError::new(message, span);
        let word = span.slice(self.text);
        if let Some(help) = operator_for(word) {
            return error(format!("`{word}` is not an operator")).help(help);
        }
        match self.peek() {
            TokenKind::Bang => {
                error(format!("{wanted} is expected, not `!`")).help("use `!=`, or `!(a in b)`")
            }
            TokenKind::Double(_) if self.found().starts_with("`.") => {
                error("a field cannot be a number".into()).help("use `list[0]` for an element")
            }
            TokenKind::Text(_) if matches!(before, "rb" | "rB" | "Rb" | "RB") => {
                error("a raw bytes literal begins with `br`".into()).help("write br\"…\"")
            }
            TokenKind::LeftParen => error("only names can be called".into()),
            _ => error(format!("{wanted} is expected, not {}", self.found())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Tables are text, one row a line: `expression  =>  what is expected`,
    // or just expressions with three spaces between them.
    const GROUPING: &str = r#"
a || b && c  =>  (|| a (&& b c))
a && b || c  =>  (|| (&& a b) c)
a || b || c  =>  (|| (|| a b) c)
a && b == c  =>  (&& a (== b c))
a == b == c  =>  (== (== a b) c)
a < b + c  =>  (< a (+ b c))
a in b && c  =>  (&& (in a b) c)
a + b in c  =>  (in (+ a b) c)
a - b - c  =>  (- (- a b) c)
a + b * c % d / e  =>  (+ a (/ (% (* b c) d) e))
(a + b) * c  =>  (* (+ a b) c)
a != b || a <= b || a >= b || a > b  =>  (|| (|| (|| (!= a b) (<= a b)) (>= a b)) (> a b))
!a.b  =>  (! (. a b))
!!a && b  =>  (&& (! (! a)) b)
-a * b  =>  (* (- a) b)
--a  =>  (- (- a))
a - -b  =>  (- a (- b))
-5  =>  -5
- 5  =>  -5
--5  =>  (- -5)
!-5  =>  (! -5)
-(5)  =>  (- 5)
-5u  =>  (- 5u)
1-5  =>  (- 1 5)
1 - -5.5  =>  (- 1 -5.5)
-5.size  =>  (. -5 size)
a ? b : c ? d : e  =>  (? a b (? c d e))
a || b ? c && d : e || f  =>  (? (|| a b) (&& c d) (|| e f))
a.b[c].d(e, f).g  =>  (. (method ([] (. a b) c) d e f) g)
f() + g(a, b ? c : d)  =>  (+ (call f ) (call g a (? b c d)))
[a, [b], ]  =>  [a [b]]
{'a': 1, b: {}, }  =>  {"a":1 b:{}}
a.for.if  =>  (. (. a for) if)
a.`in` . `x-y`  =>  (. (. a in) x-y)
-9223372036854775808  =>  -9223372036854775808
-0x8000000000000000  =>  -9223372036854775808
9223372036854775807  =>  9223372036854775807
18446744073709551615u  =>  18446744073709551615u
b'a' == b"a"  =>  (== b"a" b"a")
null == true  =>  (== null true)
"#;

    const MACROS: &str = r"
has(a.b)  =>  (has a b)
has(a.b().c.`d-e`)  =>  (has (. (method a b ) c) d-e)
a.all(x, x > 1)  =>  (all a x (> x 1))
a.b().exists(x, x.exists(y, y))  =>  (exists (method a b ) x (exists x y y))
[1].exists_one(x, true)  =>  (exists_one [1] x true)
a.map(x, x + 1)  =>  (map a x (+ x 1))
a.map(x, x > 1, x + 1)  =>  (map a x (> x 1) (+ x 1))
a.filter(x, x).size()  =>  (method (filter a x x) size )
a.all  =>  (. a all)
a.has(b.c)  =>  (method a has (. b c))
map  =>  map
";

    const ERRORS: &str = r#"
a and b  =>  `and` is not an operator @ and ? `&&`
f(a or b)  =>  `or` is not an operator @ or ? `||`
not a  =>  `not` is not an operator @ not ? `!`
(a not in b)  =>  `not` is not an operator @ not ? `!(a in b)`
a ! b  =>  an operator or the end is expected, not `!` @ ! ? `!=`
a <> b  =>  a value is expected, not `>` @ > ? `!=`
a b  =>  an operator or the end is expected, not `b` @ b
a 'b'  =>  an operator or the end is expected, not `'b'` @ 'b'
a)  =>  `)` closes nothing that was opened @ )
a]  =>  `]` closes nothing that was opened @ ]
(a  =>  `(` is never closed @ (
f(a, [b)  =>  an operator, `,` or `]` is expected, not `)` @ )
f(a, [b  =>  `[` is never closed @ [
f(  =>  `(` is never closed @ (
f(a  =>  `(` is never closed @ (
a[0  =>  `[` is never closed @ [
{'a': 1  =>  `{` is never closed @ {
{'a'  =>  `{` is never closed @ {
{'a'}  =>  `:` and a value is expected, not `}` @ }
(a b)  =>  an operator or `)` is expected, not `b` @ b
f(a,)  =>  a value is expected, not `)` @ )
f(,a)  =>  a value is expected, not `,` @ ,
()  =>  a value is expected, not `)` @ )
[,]  =>  a value is expected, not `,` @ ,
a[]  =>  a value is expected, not `]` @ ]
a &&  =>  a value is missing after `&&` @ &&
&& a  =>  a value is expected, not `&&` @ &&
a + * b  =>  a value is expected, not `*` @ *
a.  =>  a field name is missing after `.` @ .
a.1b  =>  `.1b` is not a number @ .1b
a.0  =>  a field cannot be a number @ .0 ? list[0]
1.  =>  a number cannot end with a point @ . ? `1.0`
a.in  =>  `in` is a word of the language @ in ? `in`
a.'b'  =>  a field name after `.` is expected, not `'b'` @ 'b'
a.`b`()  =>  a name in backquotes cannot be called @ `b`
`b`  =>  a name in backquotes may stand only after `.` @ `b`
.a  =>  a name cannot begin with `.` @ . ? leave the `.` out
a.?b  =>  optional fields (`.?`) are not supported @ ? ? has(a.b)
a[?0]  =>  a value is missing before `?` @ ?
a ? b  =>  `?` has no `:` with the other value @ ?
a ? b :   =>  a value is missing after `:` @ :
a ? b c  =>  an operator or `:` is expected, not `c` @ c
a ? : c  =>  a value is expected, not `:` @ :
a ? b ?c : d : e  =>  a second `?` before `:` @ ? ? parentheses
!-a  =>  `-` cannot follow `!` @ - ? !(-a)
-!a  =>  `!` cannot follow `-` @ ! ? -(!a)
if == 1  =>  `if` is a reserved word @ if ? condition ? value
while(a)  =>  `while` is a reserved word @ while
A.B{c: 1}  =>  messages (`Type{…}`) are not supported @ { ? a map
(a)(b)  =>  only names can be called @ (
rb'a'  =>  a raw bytes literal begins with `br` @ 'a' ? br"
9223372036854775808  =>  `9223372036854775808` does not fit in an int @ 9223372036854775808 ? largest
-9223372036854775809  =>  `-9223372036854775809` does not fit in an int @ -9223372036854775809
-(9223372036854775808)  =>  `9223372036854775808` does not fit in an int @ 9223372036854775808
has(a)  =>  `has` needs one field @ a ? has(subnet.Tags)
has(a[0])  =>  `has` needs one field @ a[0] ? in map
has(a.b, c.d)  =>  `has` needs one field @ has(a.b, c.d)
has()  =>  `has` needs one field @ has()
a.all(x)  =>  `all` needs a variable name and a condition @ all(x) ? list.all(item, condition)
a.filter(x, y, z)  =>  `filter` needs a variable name and a condition @ filter(x, y, z)
a.exists(1, x)  =>  `exists` needs a variable name and a condition @ 1
a.exists_one(x.y, x)  =>  `exists_one` needs a variable name and a condition @ x.y
a.map()  =>  `map` needs a variable name and a value (with a condition between them, if wanted) @ map() ? list.map(item, value)
all(a, x, x)  =>  `all` goes through a list or a map @ all ? list.all(item, …)
"#;

    /// What this parser and the crate `cel` both take.
    const VALID: &str = r#"
0   0u   -1   1.5   -2.5e-3   .5   0x55   -0x55   0xffu   true   null   ''   "a'b"   r'\d+'   b'\xff'
'\u00ff\U0001f431\x41\101'   []   {}   [1, 2,]   {'k': 1, 'l': 2,}   a.b.c   a['b'][0]   a.for   size(a)
a.size()   a // comment   9223372036854775807   -9223372036854775808   18446744073709551615u   br'x'   1 . a
a || b || c && d   !a   !!a   !(a && b)   a ? b : c   a ? b : c ? d : e   a ? (b ? c : d) : e
true && false || true   has(a.b)   has(a.b.c)   [1, 2].all(x, x > 0)   a.exists(x, x)
a.exists_one(x, x == 1)   a.map(x, x * 2)   a.map(x, x > 1, x * 2)   a.filter(x, x.all(y, y))
{'a': 1}.all(k, k != '')   'a' + 'b'   'abc'.contains('b')   a.startsWith('x') && a.endsWith('y')
a.matches(r'^a.*')   1 + 2 * 3 - 4 / 5 % 6   -a + --a   -(1)   1 - -1   [1] + [2]   1 in [1, 2]
'a' in {'a': 1}   a == b == c   a < b < c   a <= 1 && a >= 2 || a != 3u   [[1], [2]][0][0]
"#;

    /// What both refuse.
    const INVALID: &str = r"
1 +   * 1   a b   a.   a..b   a.in   in   for   while(a)   (a   a)   [1   {1: 2   {1}   {1: }   f(a,)   f(,)
a[   a[]   ()   a &   a & b   a | b   a = b   a === b   a ? b   a ? b :   a : b   a ? b ? c : d : e
a && && b   !   -   a !   'a   '\q'   '\8'   '\x4'   '\u12'   b'\u0041'   '\U00110000'   9223372036854775808
-9223372036854775809   18446744073709551616u   0x   1.2.3   a.'b'   a.1   has(a)   has(a[0])   has(1)
a.all(1, x)   a.exists(x.y, x)   a.map('x', x)   a not in b   a and b   @   a; b   #a   a $ b   1..2   a(b)(c)
-!a   !-a
";

    /// What only `cel` takes: names with a leading dot and messages, which need packages and types
    /// that are not here; macros in the wrong shape, which are calls to it; slips.
    const ONLY_CEL: &str = r"
.a
A{b: 1}
A.B{}
has()
has(a.b, c.d)
all(a, x, y)
map(a)
a.all(x)
a.filter(x, y, z)
[,]
{,}
1in [1]
";

    /// What only this parser takes: names in backquotes, surrogate pairs, and the sign of the
    /// smallest int as part of the literal wherever it stands. The specification has all three.
    const ONLY_HERE: &str = r"
a.`b-c`
has(a.`in`)
'\ud83d\udc31'
--9223372036854775808
";

    /// The rows of a table, cut at the arrow.
    fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let lines = table.lines().filter(|line| !line.is_empty());
        lines.map(|line| line.split_once("  =>  ").unwrap())
    }

    /// The tree as nested prefix calls, which show how operators group.
    fn shape(e: &Expr) -> String {
        let list = |items: &[Expr]| items.iter().map(shape).collect::<Vec<_>>().join(" ");
        match &e.kind {
            ExprKind::Unary { op, operand } => format!("({} {})", op.symbol(), shape(operand)),
            ExprKind::Binary {
                op, left, right, ..
            } => {
                format!("({} {} {})", op.symbol(), shape(left), shape(right))
            }
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                format!(
                    "(? {} {} {})",
                    shape(condition),
                    shape(then),
                    shape(otherwise)
                )
            }
            ExprKind::Select { operand, field, .. } => format!("(. {} {field})", shape(operand)),
            ExprKind::Has { operand, field, .. } => format!("(has {} {field})", shape(operand)),
            ExprKind::Index { operand, index } => {
                format!("([] {} {})", shape(operand), shape(index))
            }
            ExprKind::Call { function, args, .. } => format!("(call {function} {})", list(args)),
            ExprKind::Method {
                receiver,
                name,
                args,
                ..
            } => {
                format!("(method {} {name} {})", shape(receiver), list(args))
            }
            ExprKind::List(items) => format!("[{}]", list(items)),
            ExprKind::Map(entries) => {
                let pair = |(k, v): &(Expr, Expr)| format!("{}:{}", shape(k), shape(v));
                format!(
                    "{{{}}}",
                    entries.iter().map(pair).collect::<Vec<_>>().join(" ")
                )
            }
            ExprKind::Comprehension {
                kind,
                range,
                variable,
                filter,
                body,
                ..
            } => {
                let filter = filter
                    .as_ref()
                    .map_or(String::new(), |f| format!(" {}", shape(f)));
                format!(
                    "({} {} {variable}{filter} {})",
                    kind.name(),
                    shape(range),
                    shape(body)
                )
            }
            _ => e.to_string(),
        }
    }

    fn shaped(text: &str) -> String {
        shape(&parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}")))
    }

    #[test]
    fn precedence_and_grouping() {
        for (text, expected) in rows(GROUPING) {
            assert_eq!(shaped(text), expected, "{text}");
        }
    }

    #[test]
    fn macros_become_nodes() {
        for (text, expected) in rows(MACROS) {
            assert_eq!(shaped(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_cover_the_text_of_each_part() {
        let text = " (a.Bc + 'ö') == f( x ) ";
        let tree = parse(text).unwrap();
        assert_eq!(tree.span.slice(text), "(a.Bc + 'ö') == f( x )");
        let ExprKind::Binary {
            op_span,
            left,
            right,
            ..
        } = tree.kind
        else {
            panic!()
        };
        assert_eq!(
            (left.span.slice(text), op_span.slice(text)),
            ("(a.Bc + 'ö')", "==")
        );
        assert_eq!(right.span.slice(text), "f( x )");
        let ExprKind::Call {
            name_span, args, ..
        } = right.kind
        else {
            panic!()
        };
        assert_eq!(
            (name_span.slice(text), args[0].span.slice(text)),
            ("f", "x")
        );
        let ExprKind::Binary { left, right, .. } = left.kind else {
            panic!()
        };
        assert_eq!(
            (left.span.slice(text), right.span.slice(text)),
            ("a.Bc", "'ö'")
        );
        let ExprKind::Select { field_span, .. } = left.kind else {
            panic!()
        };
        assert_eq!(field_span.slice(text), "Bc");

        let ExprKind::Unary { operand, .. } = parse("! !a").unwrap().kind else {
            panic!()
        };
        assert_eq!(operand.span, Span::new(2, 4));

        let text = "has(a.b) && xs.all(it, - 5 < it[0].f())";
        let tree = parse(text).unwrap();
        let ExprKind::Binary { left, right, .. } = tree.kind else {
            panic!()
        };
        assert_eq!(left.span.slice(text), "has(a.b)");
        assert_eq!(right.span.slice(text), "xs.all(it, - 5 < it[0].f())");
        let ExprKind::Comprehension {
            variable_span,
            body,
            ..
        } = right.kind
        else {
            panic!()
        };
        assert_eq!(variable_span.slice(text), "it");
        let ExprKind::Binary { left, right, .. } = body.kind else {
            panic!()
        };
        assert_eq!(
            (left.span.slice(text), right.span.slice(text)),
            ("- 5", "it[0].f()")
        );
        let ExprKind::Method {
            receiver,
            name_span,
            ..
        } = right.kind
        else {
            panic!()
        };
        assert_eq!(
            (receiver.span.slice(text), name_span.slice(text)),
            ("it[0]", "f")
        );
    }

    #[test]
    fn errors_point_to_the_place_and_help() {
        for (text, rest) in rows(ERRORS) {
            let (message, rest) = rest.split_once(" @ ").unwrap();
            let (place, help) = rest.split_once(" ? ").unwrap_or((rest, ""));
            let errors = parse(text).expect_err(text);
            let found = &errors[0];
            assert_eq!(found.message, message, "{text}");
            assert_eq!(found.span.slice(text), place, "{text}: {found:?}");
            let found_help = found.help.as_deref().unwrap_or_default();
            assert!(found_help.contains(help), "{text}: {found:?}");
        }
        for text in ["", " // a", "\n"] {
            let error = SyntaxError::new("the expression is empty", Span::new(0, text.len()));
            assert_eq!(parse(text), Err(vec![error]));
        }
        let errors = parse("a.all(x) && has(b) && (c").unwrap_err();
        let messages: Vec<_> = errors.iter().map(|e| e.message.as_str()).collect();
        let all = "`all` needs a variable name and a condition";
        assert_eq!(
            messages,
            [all, "`has` needs one field", "`(` is never closed"]
        );
        assert_eq!(
            parse(&";".repeat(999)).map_err(|e| e.len()),
            Err(MAX_ERRORS)
        );
    }

    #[test]
    fn limits() {
        let nested = |n: usize, a: &str, b: &str| format!("{}1{}", a.repeat(n), b.repeat(n));
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("f(", ")"),
            ("{1:", "}"),
            ("a[", "]"),
            ("a ? b : ", ""),
            ("a.all(x, ", ")"),
        ] {
            let n = usize::from(MAX_NESTING);
            assert!(parse(&nested(n, open, close)).is_ok(), "{open}");
            let error = parse(&nested(n + 1, open, close)).unwrap_err();
            assert_eq!(
                error[0].message, "more than 64 levels inside each other",
                "{open}"
            );
            let bomb = nested(MAX_BYTES / 16, open, close);
            assert_eq!(
                parse(&bomb).unwrap_err()[0].message,
                error[0].message,
                "{open}"
            );
        }
        assert!(parse(&nested(MAX_BYTES - 1, "(", "")).is_err());
        let n = usize::from(MAX_HEIGHT) - 1;
        for (start, link) in [
            ("a", " || a"),
            ("a", ".b"),
            ("a", "[0]"),
            ("a", ".f()"),
            ("a", "-a"),
        ] {
            assert!(
                parse(&format!("{start}{}", link.repeat(n))).is_ok(),
                "{link}"
            );
            let error = parse(&format!("{start}{}", link.repeat(n + 1))).unwrap_err();
            assert_eq!(
                error[0].message,
                "a chain of more than 256 operators is too long"
            );
        }
        for sign in ["!", "-"] {
            assert!(parse(&format!("{}a", sign.repeat(n))).is_ok());
            assert!(parse(&format!("{}a", sign.repeat(n + 1))).is_err());
            assert!(parse(&sign.repeat(MAX_BYTES)).is_err());
        }
        let wide = |n: usize| format!("[{}]", "a,".repeat(n));
        assert!(parse(&wide(4095)).is_ok());
        assert_eq!(
            parse(&wide(4096)).unwrap_err()[0].message,
            "an expression has at most 4096 parts"
        );
        assert!(parse(&format!("'{}'", "x".repeat(MAX_BYTES - 2))).is_ok());
        let long = format!("'{}'", "x".repeat(MAX_BYTES - 1));
        let error = parse(&long).unwrap_err();
        assert_eq!(
            error[0].message,
            "an expression has at most 16384 bytes, this one 16385"
        );
    }

    #[test]
    fn accepts_what_the_cel_crate_accepts() {
        let more = ["a // comment\n+ b", "  a\n\t+ b", "'''a\n'b'''"];
        let less = ["", " ", "// a", "'a\nb'"];
        let cells = |table: &'static str| {
            let cells = table.lines().flat_map(|line| line.split("   "));
            cells.filter(|cell| !cell.is_empty())
        };
        assert_eq!((cells(VALID).count(), cells(INVALID).count()), (63, 63));
        for (text, ours, theirs) in (cells(VALID).chain(more).map(|text| (text, true, true)))
            .chain(cells(INVALID).chain(less).map(|text| (text, false, false)))
            .chain(cells(ONLY_CEL).map(|text| (text, false, true)))
            .chain(cells(ONLY_HERE).map(|text| (text, true, false)))
        {
            assert_eq!(parse(text).is_ok(), ours, "plaudit: {text}");
            assert_eq!(cel::Program::compile(text).is_ok(), theirs, "cel: {text}");
        }
    }

    const WORDS: [&str; 44] = [
        "a",
        "b.c",
        "x",
        "has(",
        "all(",
        ".map(",
        ".exists(x,",
        "f(",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        ".",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "==",
        "!=",
        "<",
        "<=",
        "in",
        "&&",
        "||",
        "1",
        "-9223372036854775808",
        "2u",
        "3.5",
        "'s'",
        "b'x'",
        "r\"\\\"",
        "null",
        "true",
        "if",
        "`q`",
        "//",
        "\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

        #[test]
        fn never_panics_on_characters(text in any::<String>()) {
            check_errors(&text)?;
        }

        #[test]
        fn never_panics_on_tokens(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..30)) {
            check_errors(&words.concat())?;
            check_errors(&words.join(" "))?;
        }
    }

    /// Errors lie in the text, on whole characters.
    fn check_errors(text: &str) -> std::result::Result<(), TestCaseError> {
        for error in parse(text).err().unwrap_or_default() {
            let (start, end) = (error.span.start as usize, error.span.end as usize);
            prop_assert!(text.get(start..end).is_some(), "{:?}: {:?}", text, error);
        }
        Ok(())
    }
}
