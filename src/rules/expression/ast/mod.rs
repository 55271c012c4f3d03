//! The syntax tree of an expression, with the position of every part.
//!
//! It may use the standard library only. No name is resolved here and no type
//! is known: that is the checker's work.

mod print;
#[cfg(test)]
mod tests;

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

/// How tightly `||` binds: the least of all operators with two operands.
const OR: u8 = 1;
