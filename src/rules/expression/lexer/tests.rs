//! Tokens of texts, and the places of their errors. What tokens mean together
//! is not tested here.

use proptest::prelude::*;

use super::TokenKind as T;
use super::*;

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
