//! From a syntax tree to a typed one: names are resolved, types are checked.
//!
//! All that can be wrong with an expression is found here, before any data is
//! seen; an expression that passes cannot fail by type while it runs. Nothing
//! is evaluated.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::{BinaryOp, ComprehensionKind, Expr, ExprKind, Span, UnaryOp};
use super::functions::{self, Function};
use super::suggest;
use super::types::{EntryType, FactShape, FactType, Type};
use crate::graph::Direction;
use crate::graph::links;
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
        op: BinaryOp,
        left: Box<Typed>,
        right: Box<Typed>,
        folded: bool,
    },
    /// `a in b`; `folded` ignores case.
    In {
        item: Box<Typed>,
        list: Box<Typed>,
        folded: bool,
    },
    /// Arithmetic, and `+` of texts and lists.
    Arithmetic {
        op: BinaryOp,
        left: Box<Typed>,
        right: Box<Typed>,
    },
    /// `a ? b : c`
    Conditional(Box<Typed>, Box<Typed>, Box<Typed>),
    /// A list literal.
    List(Vec<Typed>),
    /// `all`, `exists`, …
    Comprehension {
        kind: ComprehensionKind,
        range: Box<Typed>,
        slot: usize,
        filter: Option<Box<Typed>>,
        body: Box<Typed>,
    },
    /// A link that is followed.
    Link {
        from: Box<Typed>,
        links: Vec<(usize, Direction)>,
        to: Kind,
        many: bool,
    },
    /// A function.
    Call {
        function: &'static Function,
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

/// Something wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeError {
    /// What.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to do.
    pub help: Option<String>,
}

/// The type of a parameter or of a fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// One value.
    One(FactType),
    /// A list of values.
    Many(FactType),
    /// A table.
    Table(Arc<FactShape>),
}

impl Given {
    fn ty(&self) -> Type {
        match self {
            Self::One(ty) => Type::from(*ty),
            Self::Many(ty) => Type::List(Box::new(Type::from(*ty))),
            Self::Table(shape) => Type::List(Box::new(Type::FactEntry(Arc::clone(shape)))),
        }
    }
}

/// The names that an expression may use.
#[derive(Debug, Clone)]
pub struct Names {
    /// The resource's variable and kind; slot 0.
    pub subject: Kind,
    /// Parameters of the rule.
    pub params: BTreeMap<String, Given>,
    /// Facts that the rule names.
    pub facts: BTreeMap<String, Given>,
    /// `let`s so far, in order.
    pub lets: Vec<(String, Type)>,
}

/// Checks an expression. `text` is what it was parsed from.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(expr: &Expr, text: &str, names: &Names) -> Result<Typed, Vec<TypeError>> {
    let mut checker = Checker {
        text,
        names,
        variables: Vec::new(),
        errors: Vec::new(),
    };
    match checker.expr(expr) {
        Some(typed) if checker.errors.is_empty() => Ok(typed),
        _ => Err(checker.errors),
    }
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
        Op::Conditional(condition, then, otherwise) => [condition, then, otherwise]
            .into_iter()
            .for_each(|part| each(part)),
        Op::List(items) | Op::Call { args: items, .. } => items.iter().for_each(each),
        Op::Comprehension {
            range,
            filter,
            body,
            ..
        } => {
            each(range);
            filter.iter().for_each(|filter| each(filter));
            each(body);
        }
        Op::Link { from, .. } => each(from),
    }
}

struct Checker<'c> {
    text: &'c str,
    names: &'c Names,
    variables: Vec<(String, Type)>,
    errors: Vec<TypeError>,
}

impl Checker<'_> {
    fn fail<T>(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Option<T> {
        self.errors.push(TypeError {
            message: message.into(),
            span,
            help,
        });
        None
    }

    fn typed(&self, op: Op, ty: Type, span: Span) -> Typed {
        Typed {
            op,
            ty,
            text: span.slice(self.text).into(),
        }
    }

    fn expr(&mut self, expr: &Expr) -> Option<Typed> {
        let span = expr.span;
        let (op, ty) = match &expr.kind {
            ExprKind::Null => (Op::Constant(Constant::Null), Type::Null),
            ExprKind::Bool(value) => (Op::Constant(Constant::Bool(*value)), Type::Bool),
            ExprKind::Int(value) => (Op::Constant(Constant::Int(*value)), Type::Int),
            ExprKind::Text(text) => (
                Op::Constant(Constant::Text(text.as_str().into())),
                Type::TEXT,
            ),
            ExprKind::Uint(_) => {
                return self.fail(
                    span,
                    "unsigned numbers are not used here",
                    Some("leave out the `u`".to_owned()),
                );
            }
            ExprKind::Double(_) => {
                return self.fail(
                    span,
                    "fractions are not used here",
                    Some("use a whole number".to_owned()),
                );
            }
            ExprKind::Bytes(_) => {
                return self.fail(
                    span,
                    "bytes are not used here",
                    Some("use a text, without the `b`".to_owned()),
                );
            }
            ExprKind::Map(_) => return self.fail(span, "map literals are not used here", None),
            ExprKind::List(items) => return self.list(items, span),
            ExprKind::Ident(name) => return self.ident(name, span),
            ExprKind::Select {
                operand,
                field,
                field_span,
            } => return self.select(operand, field, *field_span, span),
            ExprKind::Has {
                operand,
                field,
                field_span,
            } => return self.has(operand, field, *field_span, span),
            ExprKind::Index { operand, index } => return self.index(operand, index, span),
            ExprKind::Call {
                function,
                name_span,
                args,
            } => return self.call(None, function, *name_span, args, span),
            ExprKind::Method {
                receiver,
                name,
                name_span,
                args,
            } => return self.method(receiver, name, *name_span, args, span),
            ExprKind::Unary { op, operand } => return self.unary(*op, operand, span),
            ExprKind::Binary {
                op,
                op_span,
                left,
                right,
            } => return self.binary(*op, *op_span, left, right, span),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => return self.conditional(condition, then, otherwise, span),
            ExprKind::Comprehension {
                kind,
                range,
                variable,
                variable_span,
                filter,
                body,
            } => {
                return self.comprehension(
                    *kind,
                    range,
                    (variable, *variable_span),
                    filter.as_deref(),
                    body,
                    span,
                );
            }
        };
        Some(self.typed(op, ty, span))
    }

    fn list(&mut self, items: &[Expr], span: Span) -> Option<Typed> {
        let mut typed = Vec::new();
        for item in items {
            typed.push(self.expr(item)?);
        }
        let Some(first) = typed.first() else {
            return Some(self.typed(Op::List(typed), Type::Nothing, span));
        };
        let element = first.ty.clone();
        if let Some((odd, item)) = typed
            .iter()
            .zip(items)
            .find(|(item, _)| !item.ty.comparable(&element))
        {
            let message = format!("a list of {element} cannot hold {}", odd.ty);
            return self.fail(item.span, message, None);
        }
        Some(self.typed(Op::List(typed), Type::List(Box::new(element)), span))
    }

    fn ident(&mut self, name: &str, span: Span) -> Option<Typed> {
        if let Some(position) = self
            .variables
            .iter()
            .rposition(|(variable, _)| variable == name)
        {
            let ty = self
                .variables
                .get(position)
                .map_or(Type::Null, |(_, ty)| ty.clone());
            return Some(self.typed(Op::Variable(position + 1), ty, span));
        }
        if name == self.names.subject.spec().variable {
            return Some(self.typed(Op::Variable(0), Type::Resource(self.names.subject), span));
        }
        if let Some(position) = self.names.lets.iter().position(|(known, _)| known == name) {
            let ty = self
                .names
                .lets
                .get(position)
                .map_or(Type::Null, |(_, ty)| ty.clone());
            return Some(self.typed(Op::Let(position), ty, span));
        }
        let mut known: Vec<&str> = self
            .variables
            .iter()
            .map(|(variable, _)| variable.as_str())
            .collect();
        known.push(self.names.subject.spec().variable);
        known.extend(self.names.lets.iter().map(|(name, _)| name.as_str()));
        known.extend(["params", "facts"]);
        let help = match name {
            "params" | "facts" => format!("write `{name}.<name>`"),
            _ => suggest::among(name, known.iter().copied()),
        };
        self.fail(span, format!("unknown variable `{name}`"), Some(help))
    }

    fn select(
        &mut self,
        operand: &Expr,
        field: &str,
        field_span: Span,
        span: Span,
    ) -> Option<Typed> {
        if let ExprKind::Ident(table) = &operand.kind {
            if table == "params" {
                return self.given(
                    &self.names.params.clone(),
                    "parameter",
                    field,
                    field_span,
                    span,
                    Op::Param,
                );
            }
            if table == "facts" {
                return self.given(
                    &self.names.facts.clone(),
                    "fact",
                    field,
                    field_span,
                    span,
                    Op::Fact,
                );
            }
        }
        let of = self.expr(operand)?;
        match of.ty.clone() {
            Type::FactEntry(shape) => {
                let Some(position) = shape.fields.iter().position(|(name, _)| name == field) else {
                    let help =
                        suggest::among(field, shape.fields.iter().map(|(name, _)| name.as_str()));
                    return self.fail(
                        field_span,
                        format!("the entries of `facts.{}` have no `{field}`", shape.name),
                        Some(help),
                    );
                };
                let ty = shape
                    .fields
                    .get(position)
                    .map_or(Type::Null, |(_, ty)| Type::from(*ty));
                Some(self.typed(Op::FactField(Box::new(of), position), ty, span))
            }
            Type::Tags => {
                let key = self.typed(
                    Op::Constant(Constant::Text(field.into())),
                    Type::TEXT,
                    field_span,
                );
                Some(self.typed(Op::Tag(Box::new(of), Box::new(key)), Type::TEXT, span))
            }
            _ => match self.field(&of.ty, field, field_span)? {
                Found::Column(reference, ty) => {
                    Some(self.typed(Op::Field(Box::new(of), reference), ty, span))
                }
                Found::Part(entry, _) => {
                    Some(self.typed(Op::Part(Box::new(of)), Type::Entry(entry), span))
                }
            },
        }
    }

    fn given(
        &mut self,
        known: &BTreeMap<String, Given>,
        what: &str,
        name: &str,
        name_span: Span,
        span: Span,
        op: fn(String) -> Op,
    ) -> Option<Typed> {
        let Some(given) = known.get(name) else {
            let help = if known.is_empty() {
                format!("the rule declares no {what}s")
            } else {
                suggest::among(name, known.keys().map(String::as_str))
            };
            return self.fail(
                name_span,
                format!("the rule has no {what} `{name}`"),
                Some(help),
            );
        };
        Some(self.typed(op(name.to_owned()), given.ty(), span))
    }

    /// Finds a field of a resource or entry.
    fn field(&mut self, of: &Type, field: &str, span: Span) -> Option<Found> {
        let (level, part) = match of {
            Type::Resource(kind) => (Level::of(*kind), ""),
            Type::Entry(entry) => (entry.level, entry.part),
            Type::List(_) => {
                return self.fail(
                    span,
                    format!("a {of} has no fields"),
                    Some(format!(
                        "use `.map(x, x.{field})`, `.all(…)` or `.exists(…)`"
                    )),
                );
            }
            _ => return self.fail(span, format!("a value of type {of} has no fields"), None),
        };
        let path = if part.is_empty() {
            field.to_owned()
        } else {
            format!("{part}.{field}")
        };
        if let Some(column) = level.column(&path) {
            let ty = level
                .columns
                .get(column)
                .map_or(Type::Null, Type::of_column);
            return Some(Found::Column(FieldRef { level, column }, ty));
        }
        let below = format!("{path}.");
        let columns: Vec<FieldRef> = (0..level.columns.len())
            .filter(|column| {
                level
                    .columns
                    .get(*column)
                    .is_some_and(|spec| spec.path.starts_with(&below))
            })
            .map(|column| FieldRef { level, column })
            .collect();
        if let Some(first) = columns
            .first()
            .and_then(|first| level.columns.get(first.column))
        {
            // The path of any column below begins with the part's path.
            let part = first.path.get(..path.len()).unwrap_or_default();
            return Some(Found::Part(EntryType { level, part }, columns));
        }
        let prefix = if part.is_empty() {
            String::new()
        } else {
            format!("{part}.")
        };
        let mut known: Vec<&str> = level
            .columns
            .iter()
            .filter_map(|spec| spec.path.strip_prefix(&prefix)?.split('.').next())
            .collect();
        known.dedup();
        let link = match of {
            Type::Resource(kind) if !links::member(*kind, field).is_empty() => {
                Some(format!("`{field}` is a link: write `{field}()`"))
            }
            _ => None,
        };
        let help = link.unwrap_or_else(|| suggest::among(field, known.into_iter()));
        self.fail(span, format!("a {of} has no field `{field}`"), Some(help))
    }

    fn has(&mut self, operand: &Expr, field: &str, field_span: Span, span: Span) -> Option<Typed> {
        let of = self.expr(operand)?;
        if of.ty == Type::Tags {
            return Some(self.typed(Op::HasTag(Box::new(of), field.to_owned()), Type::Bool, span));
        }
        let columns = match self.field(&of.ty, field, field_span)? {
            Found::Column(reference, _) => vec![reference],
            Found::Part(_, columns) => columns,
        };
        Some(self.typed(Op::Has(Box::new(of), columns), Type::Bool, span))
    }

    fn index(&mut self, operand: &Expr, index: &Expr, span: Span) -> Option<Typed> {
        let (of, at) = (self.expr(operand)?, self.expr(index)?);
        match (&of.ty, &at.ty) {
            (Type::Tags, Type::Text { .. }) => {
                Some(self.typed(Op::Tag(Box::new(of), Box::new(at)), Type::TEXT, span))
            }
            (Type::List(element), Type::Int) => {
                let ty = (**element).clone();
                Some(self.typed(Op::Element(Box::new(of), Box::new(at)), ty, span))
            }
            (Type::Tags, _) => self.fail(
                index.span,
                format!("tags are found by text, not by {}", at.ty),
                None,
            ),
            (Type::List(_), _) => self.fail(
                index.span,
                format!("elements of a list are found by int, not by {}", at.ty),
                None,
            ),
            _ => {
                let message = format!("a value of type {} has no elements", of.ty);
                self.fail(operand.span, message, None)
            }
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr, span: Span) -> Option<Typed> {
        let of = self.expr(operand)?;
        let (wanted, ty): (fn(Box<Typed>) -> Op, Type) = match op {
            UnaryOp::Not => (Op::Not, Type::Bool),
            UnaryOp::Negate => (Op::Negate, Type::Int),
        };
        if of.ty != ty {
            return self.fail(
                operand.span,
                format!("`{}` needs {ty}, and this is {}", op.symbol(), of.ty),
                None,
            );
        }
        Some(self.typed(wanted(Box::new(of)), ty, span))
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<Typed> {
        // Both sides are checked before either is given up, to show all errors.
        let (one, other) = (self.expr(left), self.expr(right));
        let (one, other) = (one?, other?);
        let (l, r) = (one.ty.clone(), other.ty.clone());
        let folded = |ty: &Type| match ty {
            Type::Text { folded } => *folded,
            Type::List(element) => matches!(**element, Type::Text { folded: true }),
            _ => false,
        };
        let fold = folded(&l) || folded(&r);
        let (left_box, right_box) = (Box::new(one), Box::new(other));
        let (result, ty) = match op {
            BinaryOp::And | BinaryOp::Or => {
                for (ty, operand) in [(&l, left), (&r, right)] {
                    if *ty != Type::Bool {
                        return self.fail(
                            operand.span,
                            format!(
                                "`{}` needs bool on both sides, and this is {ty}",
                                op.symbol()
                            ),
                            None,
                        );
                    }
                }
                (
                    if op == BinaryOp::And {
                        Op::And(left_box, right_box)
                    } else {
                        Op::Or(left_box, right_box)
                    },
                    Type::Bool,
                )
            }
            BinaryOp::Eq | BinaryOp::Ne if l.comparable(&r) => (
                Op::Compare {
                    op,
                    left: left_box,
                    right: right_box,
                    folded: fold,
                },
                Type::Bool,
            ),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge
                if l == Type::Int && r == Type::Int
                    || matches!((&l, &r), (Type::Text { .. }, Type::Text { .. })) =>
            {
                (
                    Op::Compare {
                        op,
                        left: left_box,
                        right: right_box,
                        folded: false,
                    },
                    Type::Bool,
                )
            }
            BinaryOp::In if matches!((&l, &r), (Type::Text { .. }, Type::Tags)) => (
                Op::In {
                    item: left_box,
                    list: right_box,
                    folded: false,
                },
                Type::Bool,
            ),
            BinaryOp::In
                if r == Type::Nothing
                    || matches!(&r, Type::List(element) if element.comparable(&l)) =>
            {
                (
                    Op::In {
                        item: left_box,
                        list: right_box,
                        folded: fold,
                    },
                    Type::Bool,
                )
            }
            BinaryOp::Add if matches!((&l, &r), (Type::Text { .. }, Type::Text { .. })) => (
                Op::Arithmetic {
                    op,
                    left: left_box,
                    right: right_box,
                },
                Type::TEXT,
            ),
            BinaryOp::Add
                if matches!(
                    (&l, &r),
                    (Type::List(_) | Type::Nothing, Type::List(_) | Type::Nothing)
                ) && l.comparable(&r) =>
            {
                let ty = if l == Type::Nothing { r } else { l };
                (
                    Op::Arithmetic {
                        op,
                        left: left_box,
                        right: right_box,
                    },
                    ty,
                )
            }
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem
                if l == Type::Int && r == Type::Int =>
            {
                (
                    Op::Arithmetic {
                        op,
                        left: left_box,
                        right: right_box,
                    },
                    Type::Int,
                )
            }
            _ => {
                let help = match (&l, &r) {
                    (Type::Int, Type::Text { .. }) | (Type::Text { .. }, Type::Int) => {
                        Some("convert one side with `int(…)` or `string(…)`".to_owned())
                    }
                    (_, Type::Text { .. }) if op == BinaryOp::In => {
                        Some("for a part of a text use `.contains(…)`".to_owned())
                    }
                    _ => None,
                };
                return self.fail(
                    op_span,
                    format!("`{}` cannot compare or combine {l} and {r}", op.symbol()),
                    help,
                );
            }
        };
        Some(self.typed(result, ty, span))
    }

    fn conditional(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        span: Span,
    ) -> Option<Typed> {
        let (test, yes, no) = (self.expr(condition), self.expr(then), self.expr(otherwise));
        let (test, yes, no) = (test?, yes?, no?);
        if test.ty != Type::Bool {
            return self.fail(
                condition.span,
                format!("the condition must be bool, and this is {}", test.ty),
                None,
            );
        }
        if !yes.ty.comparable(&no.ty) {
            return self.fail(
                otherwise.span,
                format!(
                    "both results must have one type, and these are {} and {}",
                    yes.ty, no.ty
                ),
                None,
            );
        }
        let ty = if yes.ty == Type::Nothing {
            no.ty.clone()
        } else {
            yes.ty.clone()
        };
        Some(self.typed(
            Op::Conditional(Box::new(test), Box::new(yes), Box::new(no)),
            ty,
            span,
        ))
    }

    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        range: &Expr,
        (variable, variable_span): (&str, Span),
        filter: Option<&Expr>,
        body: &Expr,
        span: Span,
    ) -> Option<Typed> {
        let over = self.expr(range)?;
        let element = match &over.ty {
            Type::List(element) => (**element).clone(),
            Type::Nothing => Type::Null,
            Type::Tags => Type::TEXT,
            other => {
                let message = format!("`{}` goes through a list, and this is {other}", kind.name());
                return self.fail(range.span, message, None);
            }
        };
        if variable == self.names.subject.spec().variable
            || matches!(variable, "params" | "facts")
            || self.names.lets.iter().any(|(name, _)| name == variable)
        {
            return self.fail(
                variable_span,
                format!("`{variable}` already means something else"),
                Some("choose another name".to_owned()),
            );
        }
        self.variables.push((variable.to_owned(), element));
        let slot = self.variables.len();
        let chosen = filter.map(|filter| self.condition(filter, kind));
        let inner = if kind == ComprehensionKind::Map {
            self.expr(body)
        } else {
            self.condition(body, kind)
        };
        self.variables.pop();
        let (chosen, inner) = (
            chosen.map_or(Some(None), |filter| filter.map(Some))?,
            inner?,
        );
        let ty = match kind {
            ComprehensionKind::All | ComprehensionKind::Exists | ComprehensionKind::ExistsOne => {
                Type::Bool
            }
            ComprehensionKind::Filter => {
                if over.ty == Type::Tags {
                    Type::List(Box::new(Type::TEXT))
                } else {
                    over.ty.clone()
                }
            }
            ComprehensionKind::Map => Type::List(Box::new(inner.ty.clone())),
        };
        let op = Op::Comprehension {
            kind,
            range: Box::new(over),
            slot,
            filter: chosen.map(Box::new),
            body: Box::new(inner),
        };
        Some(self.typed(op, ty, span))
    }

    fn condition(&mut self, expr: &Expr, kind: ComprehensionKind) -> Option<Typed> {
        let typed = self.expr(expr)?;
        if typed.ty == Type::Bool {
            return Some(typed);
        }
        self.fail(
            expr.span,
            format!(
                "the condition of `{}` must be bool, and this is {}",
                kind.name(),
                typed.ty
            ),
            None,
        )
    }

    fn method(
        &mut self,
        receiver: &Expr,
        name: &str,
        name_span: Span,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let from = self.expr(receiver)?;
        if let Type::Resource(kind) = from.ty {
            let links = links::member(kind, name);
            if let Some((first, direction)) = links.first().copied() {
                if let Some(extra) = args.first() {
                    return self.fail(
                        extra.span,
                        format!("the link `{name}()` takes no arguments"),
                        None,
                    );
                }
                let spec = links::all().get(first)?;
                let (to, many) = match direction {
                    Direction::Forward => (spec.to, spec.many || links.len() > 1),
                    Direction::Reverse => (spec.from, true),
                };
                let ty = if many {
                    Type::List(Box::new(Type::Resource(to)))
                } else {
                    Type::Resource(to)
                };
                return Some(self.typed(
                    Op::Link {
                        from: Box::new(from),
                        links,
                        to,
                        many,
                    },
                    ty,
                    span,
                ));
            }
        }
        self.call(Some((receiver, from)), name, name_span, args, span)
    }

    fn call(
        &mut self,
        receiver: Option<(&Expr, Typed)>,
        name: &str,
        name_span: Span,
        args: &[Expr],
        span: Span,
    ) -> Option<Typed> {
        let mut typed = Vec::new();
        for arg in args {
            typed.push(self.expr(arg)?);
        }
        let named: Vec<&'static Function> = functions::all()
            .filter(|function| {
                function.name == name && function.receiver.is_some() == receiver.is_some()
            })
            .collect();
        if named.is_empty() {
            return self.no_function(
                receiver.as_ref().map(|(_, typed)| &typed.ty),
                name,
                name_span,
            );
        }
        let fits = |function: &&&'static Function| {
            function.args.len() == typed.len()
                && function
                    .args
                    .iter()
                    .zip(&typed)
                    .all(|(accepts, arg)| accepts.fits(&arg.ty))
                && receiver.as_ref().is_none_or(|(_, from)| {
                    function
                        .receiver
                        .is_some_and(|accepts| accepts.fits(&from.ty))
                })
        };
        let Some(function) = named.iter().find(fits).copied() else {
            let seen: Vec<String> = typed.iter().map(|arg| arg.ty.to_string()).collect();
            let on = receiver
                .as_ref()
                .map_or_else(String::new, |(_, from)| format!(" of {}", from.ty));
            let help = named
                .iter()
                .map(|function| format!("`{}`", function.signature()))
                .collect::<Vec<_>>()
                .join(" or ");
            return self.fail(
                name_span,
                format!("`{name}`{on} does not take ({})", seen.join(", ")),
                Some(format!("it is {help}")),
            );
        };
        let ty = function
            .gives
            .of(receiver.as_ref().map(|(_, from)| &from.ty));
        let args = receiver
            .into_iter()
            .map(|(_, from)| from)
            .chain(typed)
            .collect();
        Some(self.typed(Op::Call { function, args }, ty, span))
    }

    fn no_function(&mut self, receiver: Option<&Type>, name: &str, span: Span) -> Option<Typed> {
        let mut known: Vec<&str> = functions::all()
            .filter(|function| match (function.receiver, receiver) {
                (Some(accepts), Some(ty)) => accepts.fits(ty),
                (None, None) => true,
                _ => false,
            })
            .map(|function| function.name)
            .collect();
        if let Some(Type::Resource(kind)) = receiver {
            for link in links::all() {
                known.extend((link.from == *kind).then_some(link.forward));
                known
                    .extend((link.to == *kind && !link.reverse.is_empty()).then_some(link.reverse));
            }
        }
        let help = match name {
            "existsOne" => "write `exists_one`".to_owned(),
            "not" => "write `!`".to_owned(),
            _ => suggest::among(name, known.into_iter()),
        };
        let message = receiver.map_or_else(
            || format!("unknown function `{name}`"),
            |ty| format!("a {ty} has no function `{name}`"),
        );
        self.fail(span, message, Some(help))
    }
}

enum Found {
    Column(FieldRef, Type),
    Part(EntryType, Vec<FieldRef>),
}
