//! What is wrong with the text of an expression, and what to write instead.
//!
//! It may look at the tokens around the place. It decides nothing: whoever
//! calls it has already found that the text cannot go on this way.

use super::Parser;
use crate::rules::expression::ast::Span;
use crate::rules::expression::lexer::TokenKind;

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
    pub(in crate::rules::expression) fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            span,
            help: None,
        }
    }

    pub(in crate::rules::expression) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

/// What to write instead of a word that other languages have as an operator.
pub(super) fn operator_for(word: &str) -> Option<&'static str> {
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

impl Parser<'_> {
    pub(super) fn too_large(&self, span: Span) -> SyntaxError {
        let message = format!("`{}` does not fit in an int", span.slice(self.text));
        SyntaxError::new(message, span).help("the largest int is 9223372036854775807")
    }

    pub(super) fn unclosed(&self, opener: Span) -> SyntaxError {
        let message = format!("`{}` is never closed", opener.slice(self.text));
        SyntaxError::new(message, opener)
    }

    /// The error where a value has to begin.
    pub(super) fn no_value(&self) -> SyntaxError {
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
    pub(super) fn unexpected(&self, wanted: &str) -> SyntaxError {
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
