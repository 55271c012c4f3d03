//! The references between kinds, as the records declare them.
//!
//! Worked out once from the layouts; which resources are linked is in
//! `edges`. No data is read here.

use std::sync::OnceLock;

use crate::snapshot::layout::{ColumnShape, Level};
use crate::snapshot::record::Kind;

/// A reference from one kind to another.
#[derive(Debug)]
pub struct LinkSpec {
    /// The kind that holds the reference.
    pub from: Kind,
    /// The kind that it names.
    pub to: Kind,
    /// Path of the field: `Groups[].GroupId`.
    pub path: String,
    /// Columns from the kind's level down to the field; all but the last are
    /// lists.
    pub columns: Vec<usize>,
    /// Member function on `from`.
    pub forward: &'static str,
    /// Member function on `to`; empty when there is none.
    pub reverse: &'static str,
    /// Whether one resource can name several.
    pub many: bool,
    /// For a field that may name several kinds: the kind whose ids it stores as
    /// numbers. The link is of those ids only that begin like those of `to`.
    pub shared: Option<Kind>,
}

/// All references, in the order of the kinds and their fields.
pub fn all() -> &'static [LinkSpec] {
    static LINKS: OnceLock<Vec<LinkSpec>> = OnceLock::new();
    LINKS.get_or_init(|| {
        let mut links = Vec::new();
        for &kind in Kind::ALL {
            collect(Level::of(kind), &mut Vec::new(), &mut links);
        }
        links
    })
}

fn collect(level: &'static Level, above: &mut Vec<usize>, links: &mut Vec<LinkSpec>) {
    for (index, column) in level.columns.iter().enumerate() {
        above.push(index);
        let (to, many) = match column.shape {
            ColumnShape::Id(kind) => (Some(kind), above.len() > 1),
            ColumnShape::Ids(kind) => (Some(kind), true),
            _ => (None, false),
        };
        if let (Some(to), Some(link)) = (to, column.field.link) {
            let others = column.field.others;
            let shared = (!others.is_empty()).then_some(to);
            for (to, link) in std::iter::once((to, link)).chain(others.iter().copied()) {
                links.push(LinkSpec {
                    from: level.kind,
                    to,
                    path: path_of(level, &column.path),
                    columns: above.clone(),
                    forward: link.forward,
                    reverse: link.reverse,
                    many,
                    shared,
                });
            }
        }
        if let Some(below) = &column.level {
            collect(below, above, links);
        }
        above.pop();
    }
}

/// Path of a column from its resource.
fn path_of(level: &Level, column: &str) -> String {
    if level.path.is_empty() {
        column.to_owned()
    } else {
        format!("{}.{column}", level.path)
    }
}

/// The links that a member function of a kind follows, and the way: several
/// fields may share a name (`security_groups` of rules in both directions).
pub fn member(kind: Kind, name: &str) -> Vec<(usize, Direction)> {
    let mut found = Vec::new();
    for (index, link) in all().iter().enumerate() {
        if link.from == kind && link.forward == name {
            found.push((index, Direction::Forward));
        }
        if link.to == kind && !link.reverse.is_empty() && link.reverse == name {
            found.push((index, Direction::Reverse));
        }
    }
    found
}

/// The way a link is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the resource that holds the reference.
    Forward,
    /// From the resource that is named.
    Reverse,
}
