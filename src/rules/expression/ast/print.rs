//! Prints a tree as CEL again, with no more parentheses than needed.
//!
//! It may use the tree and the standard library. It neither shortens nor
//! judges: what the parser made reads back as the same tree, spans aside.

use std::fmt;

use super::{Expr, ExprKind, OR, UnaryOp};

const CONDITIONAL: u8 = 0;
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
            ExprKind::Ident(name) => f.write_str(name),
            ExprKind::List(items) => write_within(f, "[", items, "]"),
            ExprKind::Map(entries) => write_map(f, entries),
            ExprKind::Unary { .. } | ExprKind::Binary { .. } | ExprKind::Conditional { .. } => {
                write_operator(f, &self.kind)
            }
            _ => write_access(f, &self.kind),
        }
    }
}

/// Fields, elements, calls and macros: what binds most tightly.
fn write_access(f: &mut fmt::Formatter<'_>, kind: &ExprKind) -> fmt::Result {
    match kind {
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
            f.write_str(function)?;
            write_within(f, "(", args, ")")
        }
        ExprKind::Method {
            receiver,
            name,
            args,
            ..
        } => {
            write_member(f, receiver)?;
            write!(f, ".{name}")?;
            write_within(f, "(", args, ")")
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
        _ => Ok(()),
    }
}

/// Operators, with parentheses where an operand binds less tightly.
fn write_operator(f: &mut fmt::Formatter<'_>, kind: &ExprKind) -> fmt::Result {
    match kind {
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
        _ => Ok(()),
    }
}

fn write_map(f: &mut fmt::Formatter<'_>, entries: &[(Expr, Expr)]) -> fmt::Result {
    f.write_str("{")?;
    for (position, (key, value)) in entries.iter().enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        write!(f, "{comma}{key}: {value}")?;
    }
    f.write_str("}")
}

fn write_within(
    f: &mut fmt::Formatter<'_>,
    open: &str,
    items: &[Expr],
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (position, item) in items.iter().enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    f.write_str(close)
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
