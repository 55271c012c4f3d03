//! The syntax tree of an expression, with the position of every part, and how
//! to print it again. It may use the standard library only. No name is
//! resolved here and no type is known: that is the checker's work.

use std::fmt;

/// A range of bytes in the text of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// From byte offsets; offsets beyond `u32` become its maximum.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(end).unwrap_or(u32::MAX),
        }
    }

    /// The smallest span that contains both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The part of `text` that it covers; empty when it covers no whole part.
    pub fn slice(self, text: &str) -> &str {
        let start = usize::try_from(self.start).unwrap_or(usize::MAX);
        let end = usize::try_from(self.end).unwrap_or(usize::MAX);
        text.get(start..end).unwrap_or_default()
    }
}

/// One node of the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, parentheses around it included.
    pub span: Span,
}

impl Expr {
    /// A node.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `7`, `-7`: a sign before a literal belongs to the literal.
    Int(i64),
    /// `7u`
    Uint(u64),
    /// `7.0`; always finite when it comes from the parser.
    Double(f64),
    /// `"text"`
    Text(String),
    /// `b"bytes"`
    Bytes(Vec<u8>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{k: v}`, in the order of the text.
    Map(Vec<(Expr, Expr)>),
    /// A variable.
    Ident(String),
    /// `operand.field`
    Select {
        /// What has the field.
        operand: Box<Expr>,
        /// The name of the field.
        field: String,
        /// Where the name stands.
        field_span: Span,
    },
    /// The macro `has(operand.field)`.
    Has {
        /// What may have the field.
        operand: Box<Expr>,
        /// The name of the field.
        field: String,
        /// Where the name stands.
        field_span: Span,
    },
    /// `operand[index]`
    Index {
        /// A list or a map.
        operand: Box<Expr>,
        /// A position or a key.
        index: Box<Expr>,
    },
    /// `function(args)`
    Call {
        /// The name of the function.
        function: String,
        /// Where the name stands.
        name_span: Span,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `receiver.name(args)`
    Method {
        /// What stands before the dot.
        receiver: Box<Expr>,
        /// The name of the function.
        name: String,
        /// Where the name stands.
        name_span: Span,
        /// The arguments, without the receiver.
        args: Vec<Expr>,
    },
    /// `!operand`, `-operand`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// What it applies to.
        operand: Box<Expr>,
    },
    /// `left op right`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// The left side.
        left: Box<Expr>,
        /// The right side.
        right: Box<Expr>,
    },
    /// `condition ? then : otherwise`
    Conditional {
        /// What decides.
        condition: Box<Expr>,
        /// The value if it is true.
        then: Box<Expr>,
        /// The value if it is false.
        otherwise: Box<Expr>,
    },
    /// The macros `range.all(variable, body)` and so on.
    Comprehension {
        /// Which macro.
        kind: ComprehensionKind,
        /// The list or map that is gone through.
        range: Box<Expr>,
        /// The name that stands for one element.
        variable: String,
        /// Where this name stands.
        variable_span: Span,
        /// The condition of `map` with three arguments.
        filter: Option<Box<Expr>>,
        /// The condition, or for `map` the value.
        body: Box<Expr>,
    },
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

impl UnaryOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Not => "!",
            Self::Negate => "-",
        }
    }
}

/// An operator with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`
    In,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl BinaryOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }

    /// How tightly it binds; all of them group from the left.
    pub(super) fn precedence(self) -> u8 {
        match self {
            Self::Or => OR,
            Self::And => 2,
            Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge | Self::In => 3,
            Self::Add | Self::Sub => 4,
            Self::Mul | Self::Div | Self::Rem => 5,
        }
    }
}

/// Which macro goes through a list or a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComprehensionKind {
    /// `all`: true for every element.
    All,
    /// `exists`: true for at least one.
    Exists,
    /// `exists_one`: true for exactly one.
    ExistsOne,
    /// `map`: the value for each.
    Map,
    /// `filter`: those for which it is true.
    Filter,
}

impl ComprehensionKind {
    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Exists => "exists",
            Self::ExistsOne => "exists_one",
            Self::Map => "map",
            Self::Filter => "filter",
        }
    }

    /// The macro of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::All,
            Self::Exists,
            Self::ExistsOne,
            Self::Map,
            Self::Filter,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

const CONDITIONAL: u8 = 0;
const OR: u8 = 1;
const UNARY: u8 = 6;
const MEMBER: u8 = 7;

fn precedence(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Conditional { .. } => CONDITIONAL,
        ExprKind::Binary { op, .. } => op.precedence(),
        ExprKind::Unary { .. } => UNARY,
        _ => MEMBER,
    }
}

fn is_negative(expr: &Expr) -> bool {
    match expr.kind {
        ExprKind::Int(value) => value < 0,
        ExprKind::Double(value) => value.is_sign_negative(),
        _ => false,
    }
}

/// A `-` before it would become part of the number.
fn starts_with_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_) | ExprKind::Double(_) => !is_negative(expr),
        ExprKind::Select { operand, .. } | ExprKind::Index { operand, .. } => {
            starts_with_number(operand)
        }
        ExprKind::Method {
            receiver: first, ..
        }
        | ExprKind::Comprehension { range: first, .. } => starts_with_number(first),
        _ => false,
    }
}

/// Prints CEL with no more parentheses than needed. What the parser made
/// reads back as the same tree, spans aside.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Null => f.write_str("null"),
            ExprKind::Bool(value) => write!(f, "{value}"),
            ExprKind::Int(value) => write!(f, "{value}"),
            ExprKind::Uint(value) => write!(f, "{value}u"),
            ExprKind::Double(value) => write_double(f, *value),
            ExprKind::Text(value) => write_text(f, value),
            ExprKind::Bytes(value) => write_bytes(f, value),
            ExprKind::List(items) => {
                f.write_str("[")?;
                write_list(f, items)?;
                f.write_str("]")
            }
            ExprKind::Map(entries) => {
                f.write_str("{")?;
                for (position, (key, value)) in entries.iter().enumerate() {
                    let comma = if position == 0 { "" } else { ", " };
                    write!(f, "{comma}{key}: {value}")?;
                }
                f.write_str("}")
            }
            ExprKind::Ident(name) => f.write_str(name),
            ExprKind::Select { operand, field, .. } => {
                write_member(f, operand)?;
                write_field(f, field)
            }
            ExprKind::Has { operand, field, .. } => {
                f.write_str("has(")?;
                write_member(f, operand)?;
                write_field(f, field)?;
                f.write_str(")")
            }
            ExprKind::Index { operand, index } => {
                write_member(f, operand)?;
                write!(f, "[{index}]")
            }
            ExprKind::Call { function, args, .. } => {
                write!(f, "{function}(")?;
                write_list(f, args)?;
                f.write_str(")")
            }
            ExprKind::Method {
                receiver,
                name,
                args,
                ..
            } => {
                write_member(f, receiver)?;
                write!(f, ".{name}(")?;
                write_list(f, args)?;
                f.write_str(")")
            }
            ExprKind::Unary { op, operand } => {
                f.write_str(op.symbol())?;
                let bare = match &operand.kind {
                    ExprKind::Unary { op: inner, .. } => op == inner,
                    _ => *op == UnaryOp::Not || !starts_with_number(operand),
                };
                write_operand(f, operand, bare && precedence(operand) >= UNARY)
            }
            ExprKind::Binary {
                op, left, right, ..
            } => {
                write_operand(f, left, precedence(left) >= op.precedence())?;
                write!(f, " {} ", op.symbol())?;
                write_operand(f, right, precedence(right) > op.precedence())
            }
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                write_operand(f, condition, precedence(condition) >= OR)?;
                f.write_str(" ? ")?;
                write_operand(f, then, precedence(then) >= OR)?;
                write!(f, " : {otherwise}")
            }
            ExprKind::Comprehension {
                kind,
                range,
                variable,
                filter,
                body,
                ..
            } => {
                write_member(f, range)?;
                write!(f, ".{}({variable}, ", kind.name())?;
                if let Some(filter) = filter {
                    write!(f, "{filter}, ")?;
                }
                write!(f, "{body})")
            }
        }
    }
}

fn write_operand(f: &mut fmt::Formatter<'_>, expr: &Expr, bare: bool) -> fmt::Result {
    if bare {
        write!(f, "{expr}")
    } else {
        write!(f, "({expr})")
    }
}

fn write_member(f: &mut fmt::Formatter<'_>, expr: &Expr) -> fmt::Result {
    write_operand(f, expr, precedence(expr) >= MEMBER && !is_negative(expr))
}

fn write_field(f: &mut fmt::Formatter<'_>, field: &str) -> fmt::Result {
    let mut chars = field.chars();
    let first = chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let plain = first && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain && !matches!(field, "in" | "true" | "false" | "null") {
        write!(f, ".{field}")
    } else {
        write!(f, ".`{field}`")
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, items: &[Expr]) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    Ok(())
}

fn write_double(f: &mut fmt::Formatter<'_>, value: f64) -> fmt::Result {
    let size = value.abs();
    if !value.is_finite() {
        write!(f, "double(\"{value}\")")
    } else if size == 0.0 || (1e-5..1e16).contains(&size) {
        let point = if value.fract() == 0.0 { ".0" } else { "" };
        write!(f, "{value}{point}")
    } else {
        write!(f, "{value:e}")
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in value.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

fn write_bytes(f: &mut fmt::Formatter<'_>, value: &[u8]) -> fmt::Result {
    f.write_str("b\"")?;
    for &byte in value {
        match byte {
            b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
            b' '..=b'~' => write!(f, "{}", char::from(byte))?,
            _ => write!(f, "\\x{byte:02x}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::super::parser::parse;
    use super::*;
    use proptest::prelude::*;

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
            prop_assume!(text.len() <= super::super::parser::MAX_BYTES);
            let read = parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e:?}")))?;
            prop_assert_eq!(bare(&read), expr, "{}", text);
        }

        #[test]
        fn display_is_stable(expr in tree()) {
            let text = expr.to_string();
            prop_assume!(text.len() <= super::super::parser::MAX_BYTES);
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
}
