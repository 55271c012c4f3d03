//! A typed expression, and how to go through its parts.
//!
//! Plain data that the checker makes and the compiler reads; who wants to know
//! what a rule rests on walks over it. Nothing is checked or evaluated here.

use std::sync::Arc;

use crate::graph::Direction;
use crate::rules::expression::ast::{BinaryOp, ComprehensionKind};
use crate::rules::expression::functions::Function;
use crate::rules::expression::types::Type;
use crate::snapshot::layout::Level;
use crate::snapshot::record::Kind;

/// A typed expression.
#[derive(Debug, Clone)]
pub struct Typed {
    /// What it does.
    pub op: Op,
    /// The type of its value.
    pub ty: Type,
    /// How it was written, for the evidence.
    pub text: Arc<str>,
}

/// What a typed expression does.
#[derive(Debug, Clone)]
pub enum Op {
    /// A constant.
    Constant(Constant),
    /// A variable, by slot.
    Variable(usize),
    /// A `let` of the rule, by position.
    Let(usize),
    /// A parameter, by name.
    Param(String),
    /// A fact, by name.
    Fact(String),
    /// A field of a fact's entry, by position.
    FactField(Box<Typed>, usize),
    /// A column of a resource or entry.
    Field(Box<Typed>, FieldRef),
    /// A named part of a resource or entry; the value is that of the whole.
    Part(Box<Typed>),
    /// Whether columns of a resource or entry are there: any of them.
    Has(Box<Typed>, Vec<FieldRef>),
    /// Whether a tag is there.
    HasTag(Box<Typed>, String),
    /// The value of a tag.
    Tag(Box<Typed>, Box<Typed>),
    /// An element of a list.
    Element(Box<Typed>, Box<Typed>),
    /// `!a`
    Not(Box<Typed>),
    /// `-a`
    Negate(Box<Typed>),
    /// `a && b`
    And(Box<Typed>, Box<Typed>),
    /// `a || b`
    Or(Box<Typed>, Box<Typed>),
    /// A comparison; `folded` ignores case.
    Compare {
        /// Which comparison.
        op: BinaryOp,
        /// The left side.
        left: Box<Typed>,
        /// The right side.
        right: Box<Typed>,
        /// Whether the case of ASCII letters does not count.
        folded: bool,
    },
    /// `a in b`; `folded` ignores case.
    In {
        /// What is looked for.
        item: Box<Typed>,
        /// A list, or tags, whose keys are meant.
        list: Box<Typed>,
        /// Whether the case of ASCII letters does not count.
        folded: bool,
    },
    /// Arithmetic, and `+` of texts and lists.
    Arithmetic {
        /// Which operation.
        op: BinaryOp,
        /// The left side.
        left: Box<Typed>,
        /// The right side.
        right: Box<Typed>,
    },
    /// `a ? b : c`
    Conditional(Box<Typed>, Box<Typed>, Box<Typed>),
    /// A list literal.
    List(Vec<Typed>),
    /// `all`, `exists`, …
    Comprehension {
        /// Which macro.
        kind: ComprehensionKind,
        /// What is gone through: a list, or tags.
        range: Box<Typed>,
        /// The slot of the variable; 0 is the rule's resource.
        slot: usize,
        /// The condition of `map` with three arguments.
        filter: Option<Box<Typed>>,
        /// The condition, or for `map` the value.
        body: Box<Typed>,
    },
    /// A link that is followed.
    Link {
        /// The resource it starts from.
        from: Box<Typed>,
        /// The references behind the name, by position in `links::all()`, and
        /// the way they are followed.
        links: Vec<(usize, Direction)>,
        /// The kind it leads to.
        to: Kind,
        /// Whether it gives a list.
        many: bool,
    },
    /// A function.
    Call {
        /// Which function.
        function: &'static Function,
        /// The receiver, if there is one, and the arguments.
        args: Vec<Typed>,
    },
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// `null`
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(Arc<str>),
}

/// A column of a level.
#[derive(Debug, Clone, Copy)]
pub struct FieldRef {
    /// The level.
    pub level: &'static Level,
    /// Position among its columns.
    pub column: usize,
}

/// How many slots an expression needs: the subject and the deepest nesting of
/// comprehensions.
pub fn slots(typed: &Typed) -> usize {
    let mut most = 1;
    walk(typed, &mut |typed| {
        if let Op::Comprehension { slot, .. } = typed.op {
            most = most.max(slot + 1);
        }
    });
    most
}

/// Shows a typed expression and all its parts.
pub fn walk(typed: &Typed, show: &mut dyn FnMut(&Typed)) {
    show(typed);
    let mut each = |part: &Typed| walk(part, show);
    match &typed.op {
        Op::Constant(_) | Op::Variable(_) | Op::Let(_) | Op::Param(_) | Op::Fact(_) => {}
        Op::FactField(of, _)
        | Op::Field(of, _)
        | Op::Part(of)
        | Op::Has(of, _)
        | Op::HasTag(of, _)
        | Op::Not(of)
        | Op::Negate(of) => each(of),
        Op::Tag(one, other)
        | Op::Element(one, other)
        | Op::And(one, other)
        | Op::Or(one, other) => {
            each(one);
            each(other);
        }
        Op::Compare { left, right, .. } | Op::Arithmetic { left, right, .. } => {
            each(left);
            each(right);
        }
        Op::In { item, list, .. } => {
            each(item);
            each(list);
        }
        Op::Conditional(condition, then, otherwise) => {
            each(condition);
            each(then);
            each(otherwise);
        }
        Op::List(items) | Op::Call { args: items, .. } => items.iter().for_each(each),
        Op::Comprehension {
            range,
            filter,
            body,
            ..
        } => {
            each(range);
            if let Some(filter) = filter {
                each(filter);
            }
            each(body);
        }
        Op::Link { from, .. } => each(from),
    }
}
