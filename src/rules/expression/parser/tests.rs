//! Trees, places and messages, compared with tables and with the crate `cel`.
//! No input may make the parser panic.

use proptest::prelude::*;

use super::*;
use crate::rules::expression::ast::Span;

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

/// Pieces of expressions; a line break comes on top.
const WORDS: &str = "a b.c x has( all( .map( .exists(x, f( ( ) [ ] { } , : ? . ! - + * / % == != < <= in && || \
    1 -9223372036854775808 2u 3.5 's' b'x' r\"\\\" null true if `q` //";

fn words() -> Vec<&'static str> {
    WORDS.split_whitespace().chain(["\n"]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn never_panics_on_characters(text in any::<String>()) {
        check_errors(&text)?;
    }

    #[test]
    fn never_panics_on_tokens(words in prop::collection::vec(prop::sample::select(words()), 0..30)) {
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
