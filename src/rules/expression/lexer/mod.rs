//! Cuts the text of an expression into tokens, as the lexis of CEL has it.
//! It may use the tree's spans and the parser's error type. What tokens mean
//! together is the parser's work and is not decided here.

mod literal;
#[cfg(test)]
mod tests;

use super::ast::Span;
use super::parser::SyntaxError;
use literal::Literal;

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Null,
    True,
    False,
    /// Without its sign: the parser decides whether it fits.
    Int(u64),
    Uint(u64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// Reserved words included: they may name fields.
    Ident(String),
    /// A field name in backquotes.
    Quoted(String),
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Bang,
    Question,
    Colon,
    Comma,
    Dot,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    /// After the last token, always there.
    End,
}

/// Words that CEL keeps for the languages around it: no variable or function
/// may have such a name, a field may.
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "as" | "break"
            | "const"
            | "continue"
            | "else"
            | "for"
            | "function"
            | "if"
            | "import"
            | "let"
            | "loop"
            | "package"
            | "namespace"
            | "return"
            | "var"
            | "void"
            | "while"
    )
}

/// All tokens of `text`, the last one `End`, or all errors.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Vec<SyntaxError>> {
    let mut lexer = Lexer {
        text,
        position: 0,
        errors: Vec::new(),
    };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank();
        let start = lexer.position;
        let Some(first) = lexer.bump() else { break };
        if let Some(kind) = lexer.token(start, first) {
            let span = lexer.span_from(start);
            tokens.push(Token { kind, span });
        }
    }
    tokens.push(Token {
        kind: TokenKind::End,
        span: Span::new(text.len(), text.len()),
    });
    if lexer.errors.is_empty() {
        Ok(tokens)
    } else {
        Err(lexer.errors)
    }
}

struct Lexer<'a> {
    text: &'a str,
    position: usize,
    errors: Vec<SyntaxError>,
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.position += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.position += expected.len();
        }
        found
    }

    fn skip_while(&mut self, accept: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&accept) {
            self.bump();
        }
    }

    fn skip_blank(&mut self) {
        loop {
            self.skip_while(|c| matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' '));
            if !self.eat("//") {
                break;
            }
            self.skip_while(|c| c != '\n' && c != '\r');
        }
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.position)
    }

    fn slice_from(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    /// Records an error from `start` to here.
    fn fail<T>(&mut self, start: usize, message: impl Into<String>, help: &str) -> Option<T> {
        let error = SyntaxError::new(message, self.span_from(start));
        self.errors.push(if help.is_empty() {
            error
        } else {
            error.help(help)
        });
        None
    }

    /// The token that begins with `first`; nothing when it was an error.
    fn token(&mut self, start: usize, first: char) -> Option<TokenKind> {
        Some(match first {
            '(' => TokenKind::LeftParen,
            ')' => TokenKind::RightParen,
            '[' => TokenKind::LeftBracket,
            ']' => TokenKind::RightBracket,
            '{' => TokenKind::LeftBrace,
            '}' => TokenKind::RightBrace,
            ',' => TokenKind::Comma,
            ':' => TokenKind::Colon,
            '?' => TokenKind::Question,
            '+' => TokenKind::Plus,
            '-' => TokenKind::Minus,
            '*' => TokenKind::Star,
            '/' => TokenKind::Slash,
            '%' => TokenKind::Percent,
            '!' if self.eat("=") => TokenKind::Ne,
            '!' => TokenKind::Bang,
            '<' if self.eat("=") => TokenKind::Le,
            '<' => TokenKind::Lt,
            '>' if self.eat("=") => TokenKind::Ge,
            '>' => TokenKind::Gt,
            '=' if self.eat("=") => TokenKind::Eq,
            '&' if self.eat("&") => TokenKind::And,
            '|' if self.eat("|") => TokenKind::Or,
            '=' => return self.fail(start, "`=` is not an operator", "use `==` to compare"),
            '&' => return self.fail(start, "`&` is not an operator", "use `&&`"),
            '|' => return self.fail(start, "`|` is not an operator", "use `||`"),
            '.' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => TokenKind::Dot,
            '.' | '0'..='9' => return self.number(start),
            '"' | '\'' => {
                return self.string(
                    start,
                    first,
                    Literal {
                        raw: false,
                        bytes: false,
                    },
                );
            }
            '`' => return self.quoted(start),
            c if is_word(c) => return self.word(start),
            '“' | '”' | '„' | '‘' | '’' | '«' | '»' => {
                let message = format!("`{first}` is not a quote");
                return self.fail(start, message, "use straight quotes: \" or '");
            }
            c if c.is_alphabetic() => {
                let message = format!("unexpected character `{c}`");
                return self.fail(start, message, "names are made of a-z, A-Z, 0-9 and `_`");
            }
            c if c.is_control() || c.is_whitespace() => {
                let message = format!("unexpected character U+{:04X}", u32::from(c));
                return self.fail(start, message, "use plain spaces");
            }
            c => return self.fail(start, format!("unexpected character `{c}`"), ""),
        })
    }

    fn word(&mut self, start: usize) -> Option<TokenKind> {
        self.skip_while(is_word);
        let word = self.slice_from(start);
        if let Some(quote @ ('"' | '\'')) = self.peek() {
            let literal = match word {
                "r" | "R" => Some(Literal {
                    raw: true,
                    bytes: false,
                }),
                "b" | "B" => Some(Literal {
                    raw: false,
                    bytes: true,
                }),
                "br" | "bR" | "Br" | "BR" => Some(Literal {
                    raw: true,
                    bytes: true,
                }),
                _ => None,
            };
            if let Some(literal) = literal {
                self.bump();
                return self.string(start, quote, literal);
            }
        }
        Some(match word {
            "null" => TokenKind::Null,
            "true" => TokenKind::True,
            "false" => TokenKind::False,
            "in" => TokenKind::In,
            _ => TokenKind::Ident(word.to_owned()),
        })
    }

    fn quoted(&mut self, start: usize) -> Option<TokenKind> {
        let first = self.position;
        self.skip_while(|c| is_word(c) || matches!(c, '-' | '.' | '/' | ' '));
        let name = self.slice_from(first).to_owned();
        if name.is_empty() || !self.eat("`") {
            return self.fail(
                start,
                "a name in backquotes is not complete",
                "it has letters, digits, `_`, `-`, `.`, `/` and spaces, then a backquote",
            );
        }
        Some(TokenKind::Quoted(name))
    }
}
