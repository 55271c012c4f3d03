//! Printing and reading back, on trees made at random and on a table. Spans are
//! left out of the comparison.

use proptest::prelude::*;

use super::*;
use crate::rules::expression::parser::{MAX_BYTES, parse};

/// The same tree with all spans zero.
fn bare(expr: &Expr) -> Expr {
    let boxed = |e: &Expr| Box::new(bare(e));
    let all = |list: &[Expr]| list.iter().map(bare).collect::<Vec<_>>();
    let zero = Span::default();
    let mut kind = expr.kind.clone();
    match &mut kind {
        ExprKind::List(items) => *items = all(items),
        ExprKind::Map(entries) => {
            *entries = entries.iter().map(|(k, v)| (bare(k), bare(v))).collect();
        }
        ExprKind::Select {
            operand,
            field_span,
            ..
        }
        | ExprKind::Has {
            operand,
            field_span,
            ..
        } => {
            (*operand, *field_span) = (boxed(operand), zero);
        }
        ExprKind::Index { operand, index } => {
            (*operand, *index) = (boxed(operand), boxed(index));
        }
        ExprKind::Call {
            name_span, args, ..
        } => (*name_span, *args) = (zero, all(args)),
        ExprKind::Method {
            receiver,
            name_span,
            args,
            ..
        } => {
            (*receiver, *name_span, *args) = (boxed(receiver), zero, all(args));
        }
        ExprKind::Unary { operand, .. } => *operand = boxed(operand),
        ExprKind::Binary {
            op_span,
            left,
            right,
            ..
        } => {
            (*op_span, *left, *right) = (zero, boxed(left), boxed(right));
        }
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            (*condition, *then, *otherwise) = (boxed(condition), boxed(then), boxed(otherwise));
        }
        ExprKind::Comprehension {
            range,
            variable_span,
            filter,
            body,
            ..
        } => {
            (*range, *variable_span, *body) = (boxed(range), zero, boxed(body));
            *filter = filter.as_deref().map(boxed);
        }
        _ => {}
    }
    Expr::new(kind, zero)
}

fn name() -> impl Strategy<Value = String> {
    "[a-z_][a-zA-Z0-9_]{0,4}x" // the last letter keeps clear of macros and reserved words
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![4 => name(), 1 => "[a-z0-9_./ -]{1,5}", 1 => Just("in".into()), 1 => Just("for".into())]
}

fn binary_op() -> impl Strategy<Value = BinaryOp> {
    use BinaryOp::{Add, And, Div, Eq, Ge, Gt, In, Le, Lt, Mul, Ne, Or, Rem, Sub};
    proptest::sample::select(vec![
        Or, And, Eq, Ne, Lt, Le, Gt, Ge, In, Add, Sub, Mul, Div, Rem,
    ])
}

fn comprehension() -> impl Strategy<Value = ComprehensionKind> {
    use ComprehensionKind::{All, Exists, ExistsOne, Filter, Map};
    proptest::sample::select(vec![All, Exists, ExistsOne, Map, Filter])
}

fn tree() -> impl Strategy<Value = Expr> {
    let finite = any::<f64>().prop_filter("finite", |value| value.is_finite());
    let leaf = prop_oneof![
        Just(ExprKind::Null),
        any::<bool>().prop_map(ExprKind::Bool),
        any::<i64>().prop_map(ExprKind::Int),
        (-3i64..3).prop_map(ExprKind::Int),
        any::<u64>().prop_map(ExprKind::Uint),
        finite.prop_map(ExprKind::Double),
        (-9i32..9).prop_map(|n| ExprKind::Double(f64::from(n) / 2.0)),
        any::<String>().prop_map(ExprKind::Text),
        any::<Vec<u8>>().prop_map(ExprKind::Bytes),
        name().prop_map(ExprKind::Ident),
    ];
    let zero = Span::default();
    let leaf = leaf.prop_map(move |kind| Expr::new(kind, zero));
    leaf.prop_recursive(6, 48, 3, move |inner| {
        let boxed = inner.clone().prop_map(Box::new).boxed();
        let args = prop::collection::vec(inner.clone(), 0..3).boxed();
        let not = prop_oneof![Just(UnaryOp::Not), Just(UnaryOp::Negate)];
        prop_oneof![
            1 => args.clone().prop_map(ExprKind::List),
            1 => prop::collection::vec((inner.clone(), inner), 0..3).prop_map(ExprKind::Map),
            1 => (boxed.clone(), field()).prop_map(move |(operand, field)| {
                ExprKind::Select { operand, field, field_span: zero }
            }),
            1 => (boxed.clone(), field()).prop_map(move |(operand, field)| {
                ExprKind::Has { operand, field, field_span: zero }
            }),
            1 => (boxed.clone(), boxed.clone())
                .prop_map(|(operand, index)| ExprKind::Index { operand, index }),
            1 => (name(), args.clone()).prop_map(move |(function, args)| {
                ExprKind::Call { function, name_span: zero, args }
            }),
            1 => (boxed.clone(), name(), args).prop_map(move |(receiver, name, args)| {
                ExprKind::Method { receiver, name, name_span: zero, args }
            }),
            3 => (not, boxed.clone()).prop_map(|(op, operand)| ExprKind::Unary { op, operand }),
            5 => (binary_op(), boxed.clone(), boxed.clone()).prop_map(
                move |(op, left, right)| ExprKind::Binary { op, op_span: zero, left, right }
            ),
            2 => (boxed.clone(), boxed.clone(), boxed.clone()).prop_map(
                |(condition, then, otherwise)| {
                    ExprKind::Conditional { condition, then, otherwise }
                }
            ),
            2 => (comprehension(), boxed.clone(), name(), boxed.clone(), boxed, any::<bool>())
                .prop_map(move |(kind, range, variable, filter, body, long)| {
                    let long = long && kind == ComprehensionKind::Map;
                    let filter = long.then_some(filter);
                    ExprKind::Comprehension {
                        kind, range, variable, variable_span: zero, filter, body,
                    }
                }),
        ]
        .prop_map(move |kind| Expr::new(kind, zero))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn display_reads_back(expr in tree()) {
        let text = expr.to_string();
        // Larger than an expression may be: nothing to compare.
        prop_assume!(text.len() <= MAX_BYTES);
        let read = parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e:?}")))?;
        prop_assert_eq!(bare(&read), expr, "{}", text);
    }

    #[test]
    fn display_is_stable(expr in tree()) {
        let text = expr.to_string();
        prop_assume!(text.len() <= MAX_BYTES);
        prop_assert_eq!(parse(&text).map(|e| e.to_string()), Ok(text));
    }
}

#[test]
fn parentheses_are_minimal() {
    for (text, printed) in [
        ("((a))", "a"),
        ("(a * b) + c", "a * b + c"),
        ("a * (b + c)", "a * (b + c)"),
        ("(a - b) - c", "a - b - c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a || (b && c)", "a || b && c"),
        ("(a || b) && c", "(a || b) && c"),
        ("!(a == b)", "!(a == b)"),
        ("!(a.b)", "!a.b"),
        ("!(!a)", "!!a"),
        ("!(-a)", "!(-a)"),
        ("-(!a)", "-(!a)"),
        ("-(5)", "-(5)"),
        ("-(5).a", "-(5.a)"),
        ("(-5).a", "(-5).a"),
        ("- 5", "-5"),
        ("--5", "--5"),
        ("1 - -5", "1 - -5"),
        (
            "(a ? b : c) ? (d ? e : f) : (g ? h : i)",
            "(a ? b : c) ? (d ? e : f) : g ? h : i",
        ),
        ("{(a ? b : c): (d)}", "{a ? b : c: d}"),
        ("'it\\'s \"x\"'", "\"it's \\\"x\\\"\""),
        ("b'\\x00a'", "b\"\\x00a\""),
        ("1e300 + 5e-1 + 0.000001", "1e300 + 0.5 + 1e-6"),
        ("a.`b-c` . in_", "a.`b-c`.in_"),
        ("[1,2,].map(x,x>1,x*2)", "[1, 2].map(x, x > 1, x * 2)"),
        ("has ( a . b )", "has(a.b)"),
    ] {
        assert_eq!(
            parse(text).map(|e| e.to_string()),
            Ok(printed.into()),
            "{text}"
        );
    }
}

#[test]
fn numbers_that_no_text_makes_print_as_calls() {
    let print = |value| Expr::new(ExprKind::Double(value), Span::default()).to_string();
    assert_eq!(print(f64::INFINITY), "double(\"inf\")");
    assert_eq!(print(f64::NAN), "double(\"NaN\")");
}

#[test]
fn spans_join_and_slice() {
    let (a, b) = (Span::new(2, 4), Span::new(6, 7));
    assert_eq!(a.join(b), Span::new(2, 7));
    assert_eq!(b.join(a), Span::new(2, 7));
    assert_eq!(a.slice("abcdef"), "cd");
    assert_eq!(b.slice("abc"), "");
}

#[test]
fn names_of_macros_read_back() {
    for name in ["all", "exists", "exists_one", "map", "filter"] {
        assert_eq!(
            ComprehensionKind::from_name(name).map(ComprehensionKind::name),
            Some(name)
        );
    }
    assert_eq!(ComprehensionKind::from_name("any"), None);
}
