//! Cuts the text of an expression into tokens, as the lexis of CEL has it.
//! It may use the tree's spans and the parser's error type. What tokens mean
//! together is the parser's work and is not decided here.

use super::ast::Span;
use super::parser::SyntaxError;

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

/// The kind of a string literal.
#[derive(Clone, Copy)]
struct Literal {
    /// Backslashes mean themselves.
    raw: bool,
    /// `b"…"`
    bytes: bool,
}

/// What an escape sequence stands for.
enum Escaped {
    Char(char),
    /// `\xHH` and octal: a code point in a string, a byte in bytes.
    Octet(u8),
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

    fn number(&mut self, start: usize) -> Option<TokenKind> {
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
    fn string(&mut self, start: usize, quote: char, literal: Literal) -> Option<TokenKind> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind as T;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        let tokens = tokens(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        let mut kinds: Vec<_> = tokens.into_iter().map(|t| t.kind).collect();
        assert_eq!(kinds.pop(), Some(T::End));
        kinds
    }

    fn one(text: &str) -> TokenKind {
        let mut kinds = kinds(text);
        assert_eq!(kinds.len(), 1, "{text}");
        kinds.remove(0)
    }

    fn text(value: &str) -> TokenKind {
        T::Text(value.into())
    }

    #[test]
    fn operators_and_words() {
        assert_eq!(
            kinds("|| && == != < <= > >= in + - * / % ! ? : , . ( ) [ ] { } null true false x for"),
            vec![
                T::Or,
                T::And,
                T::Eq,
                T::Ne,
                T::Lt,
                T::Le,
                T::Gt,
                T::Ge,
                T::In,
                T::Plus,
                T::Minus,
                T::Star,
                T::Slash,
                T::Percent,
                T::Bang,
                T::Question,
                T::Colon,
                T::Comma,
                T::Dot,
                T::LeftParen,
                T::RightParen,
                T::LeftBracket,
                T::RightBracket,
                T::LeftBrace,
                T::RightBrace,
                T::Null,
                T::True,
                T::False,
                T::Ident("x".into()),
                T::Ident("for".into()),
            ]
        );
        assert_eq!(kinds("!!a"), vec![T::Bang, T::Bang, T::Ident("a".into())]);
        assert_eq!(one("_inTrue9"), T::Ident("_inTrue9".into()));
        assert_eq!(one("`a-b.c/d e`"), T::Quoted("a-b.c/d e".into()));
    }

    #[test]
    fn numbers() {
        assert_eq!(one("0"), T::Int(0));
        assert_eq!(one("007"), T::Int(7));
        assert_eq!(one("9223372036854775808"), T::Int(1 << 63));
        assert_eq!(one("0xFfu"), T::Uint(255));
        assert_eq!(one("0x2a"), T::Int(42));
        assert_eq!(one("18446744073709551615U"), T::Uint(u64::MAX));
        for (text, value) in [
            ("1.5", 1.5),
            (".5", 0.5),
            ("1e3", 1e3),
            ("1.5E-3", 1.5e-3),
            ("2e+2", 200.0),
        ] {
            assert_eq!(one(text), T::Double(value), "{text}");
        }
        assert_eq!(
            kinds("1.size"),
            vec![T::Int(1), T::Dot, T::Ident("size".into())]
        );
        assert_eq!(
            kinds("a.b"),
            vec![T::Ident("a".into()), T::Dot, T::Ident("b".into())]
        );
        assert_eq!(kinds("1-2"), vec![T::Int(1), T::Minus, T::Int(2)]);
    }

    #[test]
    fn strings() {
        for (source, value) in [
            (r#""""#, ""),
            ("''", ""),
            ("''''''", ""),
            (r#""a'b""#, "a'b"),
            (r#"'a"b'"#, "a\"b"),
            (r"'\a\b\f\n\r\t\v\\\?\`'", "\u{7}\u{8}\u{c}\n\r\t\u{b}\\?`"),
            (r"'\'' ", "'"),
            (r#""\"""#, "\""),
            (r"'\x41\X42\u0043\U00000044\105\377'", "ABCDE\u{ff}"),
            (r"'\ud83d\udc31\U0001f431'", "🐱🐱"),
            (r#"r"\n""#, r"\n"),
            (r"R'\'", r"\"),
            ("'''a'b''c\n\"'''", "a'b''c\n\""),
            ("\"\"\"a\r\nb\rc\"\"\"", "a\nb\nc"),
            (r#""""\"""""#, "\""),
            (r#"r"""a\"b""""#, r#"a\"b"#),
            ("'größe 🐱'", "größe 🐱"),
            ("'a // b'", "a // b"),
        ] {
            assert_eq!(one(source), text(value), "{source}");
        }
        for (source, value) in [
            ("b'abc'", b"abc".as_slice()),
            ("B\"ÿ\"", &[0xc3, 0xbf]),
            (r"b'\303\277\xff\n'", &[0xc3, 0xbf, 0xff, b'\n']),
            (r"bR'\n'", br"\n"),
            ("b'''a\n'''", b"a\n"),
        ] {
            assert_eq!(one(source), T::Bytes(value.into()), "{source}");
        }
        assert_eq!(kinds("r 'a'"), vec![T::Ident("r".into()), text("a")]);
    }

    #[test]
    fn blanks_comments_and_spans() {
        let found = tokens("a // b\n\t== 'ö'\u{c}\r\n// c").unwrap();
        let spans: Vec<_> = found.iter().map(|t| (t.span.start, t.span.end)).collect();
        assert_eq!(spans, vec![(0, 1), (8, 10), (11, 15), (22, 22)]);
    }

    #[test]
    fn errors_have_spans_and_help() {
        for (source, message, start, end, help) in [
            ("a = 1", "`=` is not an operator", 2, 3, "`==`"),
            ("a & b", "`&` is not an operator", 2, 3, "`&&`"),
            ("a | b", "`|` is not an operator", 2, 3, "`||`"),
            ("a === b", "`=` is not an operator", 4, 5, "`==`"),
            ("a ; b", "unexpected character `;`", 2, 3, ""),
            ("a\u{a0}b", "unexpected character U+00A0", 1, 3, "spaces"),
            ("größe", "unexpected character `ö`", 2, 4, "a-z"),
            ("“a", "`“` is not a quote", 0, 3, "straight"),
            ("x == 'abc", "the string is not closed", 5, 9, "ends with '"),
            ("'abc\n'''", "the string is not closed", 0, 4, "ends with '"),
            ("'''abc", "the string is not closed", 0, 3, "'''"),
            (r"r'\''", "the string is not closed", 4, 5, ""),
            (
                r"'a\d'",
                r"`\d` is not an escape sequence",
                2,
                4,
                "raw string",
            ),
            (r"'a\8'", r"`\8` is not an escape sequence", 2, 4, ""),
            (
                r"'\400'",
                r"an octal escape has three digits, at most `\377`",
                1,
                3,
                "",
            ),
            (
                r"'\12'",
                r"an octal escape has three digits, at most `\377`",
                1,
                3,
                "",
            ),
            (r"'\x4'", "the escape needs 2 hexadecimal digits", 1, 4, ""),
            (
                r"'\u00g'",
                "the escape needs 4 hexadecimal digits",
                1,
                5,
                "",
            ),
            (
                r"'\U00110000'",
                "the escape is not a Unicode character",
                1,
                11,
                "",
            ),
            (
                r"'\ud83d'",
                "the escape is not a Unicode character",
                1,
                7,
                "",
            ),
            (
                r"'\ud83d\u0041'",
                "the escape is not a Unicode character",
                1,
                13,
                "",
            ),
            (r"b'\u0041'", r"`\u` is not for bytes", 2, 4, r"\xHH"),
            ("'a\\", "`\\` has nothing to escape", 2, 3, ""),
            ("1_000", "`1_000` is not a number", 0, 5, "42"),
            ("0x", "`0x` is not a number", 0, 2, ""),
            ("0xu", "`0xu` is not a number", 0, 3, ""),
            ("1e", "`1e` is not a number", 0, 2, ""),
            ("1.5u", "`1.5u` is not a number", 0, 4, ""),
            (
                "18446744073709551616",
                "the number does not fit in 64 bits",
                0,
                20,
                "",
            ),
            (
                "1 + 1e999",
                "the number is too large for a double",
                4,
                9,
                "",
            ),
            ("a.`b", "a name in backquotes is not complete", 2, 4, ""),
            ("``", "a name in backquotes is not complete", 0, 1, ""),
        ] {
            let errors = tokens(source).expect_err(source);
            let first = &errors[0];
            assert_eq!(first.message, message, "{source}");
            assert_eq!((first.span.start, first.span.end), (start, end), "{source}");
            assert!(
                first.help.as_deref().unwrap_or_default().contains(help),
                "{source}: {first:?}"
            );
        }
        assert_eq!(tokens("a = 1 && b = 2").map_err(|e| e.len()), Err(2));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn spans_are_ordered_and_on_characters(text in "(\\PC|[\\\\'\"brux0-9. \n`]){0,40}") {
            if let Ok(tokens) = tokens(&text) {
                let mut end = 0;
                for token in tokens {
                    prop_assert!(token.span.start >= end);
                    prop_assert!(token.kind == T::End || token.span.end > token.span.start);
                    prop_assert!(text.get(token.span.start as usize..token.span.end as usize).is_some());
                    end = token.span.end;
                }
            }
        }
    }
}
