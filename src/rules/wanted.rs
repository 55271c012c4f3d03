//! Which fields and links the chosen rules ask for.
//!
//! Read off the typed expressions and the declarations of the functions; what
//! the findings show of a resource comes with the kinds that rules speak of.
//! Reading and linking leave out the rest.

use super::expression::check::{Op, Typed, walk};
use super::expression::functions::{self, Function};
use super::expression::types::Type;
use super::intent::Intent;
use super::rule::Part;
use super::select::Selected;
use crate::graph::{OWNER_FIELDS, links};
use crate::snapshot::layout::{ColumnShape, Level};
use crate::snapshot::record::Kind;
use crate::snapshot::wanted::Wanted;

/// Everything that these rules ask for.
pub fn wanted(rules: &[Selected<'_>]) -> Wanted {
    let mut wanted = Wanted::basic();
    for selected in rules {
        let rule = selected.rule;
        subject(rule.kind, &mut wanted);
        let holes = rule.message.iter().filter_map(|part| {
            if let Part::Hole(typed) = part {
                Some(typed)
            } else {
                None
            }
        });
        let lets = rule.lets.iter().map(|(_, typed)| typed);
        for typed in rule
            .when
            .iter()
            .chain(lets)
            .chain([&rule.check])
            .chain(holes)
        {
            walk(typed, &mut |typed| expression(typed, &mut wanted));
        }
    }
    wanted
}

/// Everything that a function of expressions asks for, and what names a VPC.
pub fn wanted_by(name: &str) -> Wanted {
    let mut wanted = Wanted::basic();
    for function in functions::all().filter(|function| function.name == name) {
        of_function(function, &mut wanted);
    }
    subject(Kind::Vpc, &mut wanted);
    wanted
}

/// What a function declares.
fn of_function(function: &Function, wanted: &mut Wanted) {
    for (kind, path) in function.reads {
        wanted.field(*kind, path);
    }
    for (kind, path) in function.follows {
        wanted.link(*kind, path);
    }
    function.whole.iter().for_each(|kind| whole(*kind, wanted));
}

/// Everything that intents ask for besides: the network as a whole, the names
/// that lead into it, and the tags by which ends are picked and called.
pub fn wanted_by_intents(intents: &[Intent], wanted: &mut Wanted) {
    if intents.is_empty() {
        return;
    }
    for kind in Kind::ALL {
        whole(*kind, wanted);
        tags(*kind, wanted);
    }
}

/// Fields behind the functions that every resource has.
fn of_any_resource(function: &str, kind: Kind, wanted: &mut Wanted) {
    match function {
        "owner" => tags(kind, wanted),
        "account" | "found" => OWNER_FIELDS
            .iter()
            .for_each(|field| wanted.field(kind, field)),
        _ => {}
    }
}

/// A kind with all that the API says of it. Tags are people's words, which no
/// network obeys.
fn whole(kind: Kind, wanted: &mut Wanted) {
    let level = Level::of(kind);
    for (index, column) in level.columns.iter().enumerate() {
        if column.shape != ColumnShape::Tags {
            wanted.whole(level, index);
        }
    }
    for link in links::all().iter().filter(|link| link.from == kind) {
        wanted.link(kind, &link.path);
    }
}

fn tags(kind: Kind, wanted: &mut Wanted) {
    let level = Level::of(kind);
    for (index, column) in level.columns.iter().enumerate() {
        if column.shape == ColumnShape::Tags {
            wanted.whole(level, index);
        }
    }
}

/// What a finding shows of the resource that it is about.
fn subject(kind: Kind, wanted: &mut Wanted) {
    tags(kind, wanted);
    for field in OWNER_FIELDS {
        wanted.field(kind, field);
    }
    for link in links::all() {
        if link.from == kind && link.forward == "vpc" {
            wanted.link(kind, &link.path);
        }
    }
}

fn expression(typed: &Typed, wanted: &mut Wanted) {
    match &typed.op {
        Op::Field(_, field) => {
            // A list of objects is read with all that is in it only through
            // fields of its entries; the list itself needs no more than its
            // length.
            if let Some(spec) = field.level.columns.get(field.column) {
                wanted.field(field.level.kind, &Wanted::path(field.level, spec));
            }
        }
        Op::Has(_, fields) => {
            for field in fields {
                if let Some(spec) = field.level.columns.get(field.column) {
                    wanted.field(field.level.kind, &Wanted::path(field.level, spec));
                }
            }
        }
        Op::Link {
            links: followed, ..
        } => {
            for (link, _) in followed {
                if let Some(spec) = links::all().get(*link) {
                    wanted.link(spec.from, &spec.path);
                }
            }
        }
        Op::Call { function, args } => {
            of_function(function, wanted);
            for kind in functions::whole(function, args) {
                whole(kind, wanted);
            }
            if let Some(Type::Resource(kind)) = args.first().map(|arg| &arg.ty) {
                of_any_resource(function.name, *kind, wanted);
            }
        }
        _ => {}
    }
}
