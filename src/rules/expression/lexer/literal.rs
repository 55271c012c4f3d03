//! Numbers, texts and bytes as CEL writes them, with their escapes.
//!
//! It may use the lexer and nothing else. A literal that is wrong becomes an
//! error with its place; reading goes on wherever that does not mislead.

use super::{Lexer, TokenKind, is_word};
use crate::rules::expression::ast::Span;
use crate::rules::expression::parser::SyntaxError;

/// The kind of a string literal.
#[derive(Clone, Copy)]
pub(super) struct Literal {
    /// Backslashes mean themselves.
    pub(super) raw: bool,
    /// `b"…"`
    pub(super) bytes: bool,
}

/// What an escape sequence stands for.
enum Escaped {
    Char(char),
    /// `\xHH` and octal: a code point in a string, a byte in bytes.
    Octet(u8),
}

impl Lexer<'_> {
    pub(super) fn number(&mut self, start: usize) -> Option<TokenKind> {
        let digit = |c: char| c.is_ascii_digit();
        let digit_after =
            |text: &str, at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        self.position = start;
        let hex = self.eat("0x");
        let mut double = false;
        if hex {
            self.skip_while(|c| c.is_ascii_hexdigit());
        } else {
            self.skip_while(digit);
            if self.peek() == Some('.') && digit_after(self.rest(), 1) {
                double = true;
                self.bump();
                self.skip_while(digit);
            }
            if let Some('e' | 'E') = self.peek() {
                let sign = usize::from(matches!(self.rest().as_bytes().get(1), Some(b'+' | b'-')));
                if digit_after(self.rest(), 1 + sign) {
                    double = true;
                    self.position += 1 + sign;
                    self.skip_while(digit);
                }
            }
        }
        let digits = self.slice_from(start);
        let unsigned = !double && (self.eat("u") || self.eat("U"));
        if self.peek().is_some_and(is_word) || digits == "0x" {
            self.skip_while(is_word);
            let message = format!("`{}` is not a number", self.slice_from(start));
            return self.fail(
                start,
                message,
                "numbers look like 42, 0x2a, 42u, 4.2 or 4.2e1",
            );
        }
        if double {
            return match digits.parse::<f64>() {
                Ok(value) if value.is_finite() => Some(TokenKind::Double(value)),
                _ => self.fail(start, "the number is too large for a double", ""),
            };
        }
        let value = match digits.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        match value {
            Ok(value) if unsigned => Some(TokenKind::Uint(value)),
            Ok(value) => Some(TokenKind::Int(value)),
            Err(_) => self.fail(start, "the number does not fit in 64 bits", ""),
        }
    }

    /// The rest of a literal whose first quote was read.
    pub(super) fn string(
        &mut self,
        start: usize,
        quote: char,
        literal: Literal,
    ) -> Option<TokenKind> {
        let (single, triple) = if quote == '"' {
            ("\"", "\"\"\"")
        } else {
            ("'", "'''")
        };
        let long = self.eat(triple.get(1..).unwrap_or_default());
        let closing = if long { triple } else { single };
        let opened = self.position;
        let mut content = Vec::new();
        while !self.eat(closing) {
            let before = self.position;
            let next = self.bump().filter(|c| long || !matches!(c, '\n' | '\r'));
            match next {
                None => {
                    let end = if long { opened } else { before };
                    let help = format!("it ends with {closing}");
                    let error = SyntaxError::new("the string is not closed", Span::new(start, end));
                    self.errors.push(error.help(help));
                    // What follows is the string's: errors in it would mislead.
                    self.position = self.text.len();
                    return None;
                }
                Some('\r') => {
                    self.eat("\n");
                    content.push(b'\n');
                }
                Some('\\') if !literal.raw => match self.escape(before, literal.bytes) {
                    Some(Escaped::Octet(byte)) if literal.bytes => content.push(byte),
                    Some(Escaped::Octet(byte)) => push(&mut content, char::from(byte)),
                    Some(Escaped::Char(c)) => push(&mut content, c),
                    None => {} // recorded; the literal goes on
                },
                Some(c) => push(&mut content, c),
            }
        }
        Some(finish(content, literal))
    }

    /// An escape sequence whose backslash was read.
    fn escape(&mut self, start: usize, bytes: bool) -> Option<Escaped> {
        let c = match self.peek() {
            Some(c) if c != '\n' && c != '\r' => c,
            _ => return self.fail(start, "`\\` has nothing to escape", "write `\\\\`"),
        };
        self.bump();
        Some(Escaped::Char(match c {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '\\' | '?' | '"' | '\'' | '`' => c,
            'x' | 'X' => {
                let value = self.digits(start, 2)?;
                return u8::try_from(value).ok().map(Escaped::Octet);
            }
            'u' | 'U' if bytes => {
                let help = "write its bytes: `\\xHH`";
                return self.fail(start, format!("`\\{c}` is not for bytes"), help);
            }
            'u' => self.code_point_16(start)?,
            'U' => {
                let value = self.digits(start, 8)?;
                self.code_point(start, value)?
            }
            '0'..='7' => {
                self.position -= 1;
                let digits = self.rest().get(..3).unwrap_or_default();
                let octal = digits.bytes().all(|b| matches!(b, b'0'..=b'7'));
                let value = if octal {
                    u8::from_str_radix(digits, 8).ok()
                } else {
                    None
                };
                self.position += if value.is_some() { 3 } else { 1 };
                let Some(value) = value else {
                    return self.fail(
                        start,
                        "an octal escape has three digits, at most `\\377`",
                        "",
                    );
                };
                return Some(Escaped::Octet(value));
            }
            _ => {
                let message = format!("`\\{c}` is not an escape sequence");
                let help = "write `\\\\` for a backslash, or a raw string: r\"…\"";
                return self.fail(start, message, help);
            }
        }))
    }

    /// `\uHHHH`, or two of them that make one code point.
    fn code_point_16(&mut self, start: usize) -> Option<char> {
        let high = self.digits(start, 4)?;
        if !matches!(high, 0xD800..=0xDBFF) || !self.eat("\\u") {
            return self.code_point(start, high);
        }
        let low = self.digits(start, 4)?;
        if !matches!(low, 0xDC00..=0xDFFF) {
            return self.code_point(start, high);
        }
        self.code_point(start, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    }

    fn code_point(&mut self, start: usize, value: u32) -> Option<char> {
        match char::from_u32(value) {
            Some(c) => Some(c),
            None => self.fail(start, "the escape is not a Unicode character", ""),
        }
    }

    fn digits(&mut self, start: usize, count: usize) -> Option<u32> {
        let first = self.position;
        while self.position < first + count && self.peek().is_some_and(|c| c.is_ascii_hexdigit()) {
            self.bump();
        }
        match u32::from_str_radix(self.slice_from(first), 16) {
            Ok(value) if self.position == first + count => Some(value),
            _ => self.fail(
                start,
                format!("the escape needs {count} hexadecimal digits"),
                "",
            ),
        }
    }
}

fn push(content: &mut Vec<u8>, c: char) {
    content.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn finish(content: Vec<u8>, literal: Literal) -> TokenKind {
    if literal.bytes {
        TokenKind::Bytes(content)
    } else {
        // Only whole characters were pushed.
        TokenKind::Text(String::from_utf8_lossy(&content).into_owned())
    }
}
