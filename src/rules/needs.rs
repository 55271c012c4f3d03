//! Which API calls a rule rests on.
//!
//! Read off the typed expressions, so that it cannot be forgotten: fields and
//! links name their kinds, kinds name their calls.

use std::collections::BTreeSet;

use super::expression::check::{Op, Typed, walk};
use super::expression::functions::{self, NETWORK};
use super::expression::types::Type;
use super::rule::{Part, Rule};
use crate::graph::{Direction, links};
use crate::snapshot::layout::{ColumnShape, ColumnSpec, Level};
use crate::snapshot::record::Kind;

/// One API call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// Service as in IAM actions.
    pub service: &'static str,
    /// Operation.
    pub operation: &'static str,
    /// IAM action that permits it.
    pub action: String,
}

/// The calls that a rule rests on, in order.
pub fn needs(rule: &Rule) -> BTreeSet<Call> {
    let mut calls = BTreeSet::new();
    add(rule.kind, None, &mut calls);
    let holes = rule.message.iter().filter_map(|part| {
        if let Part::Hole(typed) = part {
            Some(typed)
        } else {
            None
        }
    });
    for typed in rule
        .when
        .iter()
        .chain(rule.lets.iter().map(|(_, typed)| typed))
        .chain([&rule.check])
        .chain(holes)
    {
        walk(typed, &mut |typed| of(typed, &mut calls));
    }
    calls
}

/// The calls that any intent rests on: all that make up a network.
pub fn needs_of_intents() -> BTreeSet<Call> {
    let mut calls = BTreeSet::new();
    for kind in NETWORK {
        whole(*kind, &mut calls);
    }
    calls
}

fn of(typed: &Typed, calls: &mut BTreeSet<Call>) {
    match &typed.op {
        Op::Field(_, field) => {
            if let Some(spec) = field.level.columns.get(field.column) {
                column(field.level, spec, calls);
            }
        }
        Op::Has(_, columns) => {
            for field in columns {
                if let Some(spec) = field.level.columns.get(field.column) {
                    column(field.level, spec, calls);
                }
            }
        }
        Op::Link {
            links: followed, ..
        } => {
            for (link, direction) in followed {
                if let Some(spec) = links::all().get(*link) {
                    add(
                        if *direction == Direction::Forward {
                            spec.to
                        } else {
                            spec.from
                        },
                        None,
                        calls,
                    );
                }
            }
        }
        Op::Call { function, args } => {
            if let ("owner", Some(Type::Resource(kind))) =
                (function.name, args.first().map(|arg| &arg.ty))
            {
                let level = Level::of(*kind);
                let tags = level.columns.iter();
                tags.filter(|spec| spec.shape == ColumnShape::Tags)
                    .for_each(|spec| column(level, spec, calls));
            }
            for &(kind, operation) in behind(function.name) {
                add(kind, operation, calls);
            }
            for kind in functions::whole(function, args) {
                whole(kind, calls);
            }
        }
        _ => {}
    }
}

/// All calls that a kind is made of, but those for tags.
fn whole(kind: Kind, calls: &mut BTreeSet<Call>) {
    add(kind, None, calls);
    let level = Level::of(kind);
    for spec in &level.columns {
        if spec.shape != ColumnShape::Tags && !is_older_listing(kind, spec.operation) {
            column(level, spec, calls);
        }
    }
}

/// Whether a call lists the same as the first one of the kind, under the same
/// key: whoever makes the first needs no other.
fn is_older_listing(kind: Kind, operation: Option<&str>) -> bool {
    let sources = kind.spec().sources;
    let (Some(first), Some(operation)) = (sources.first(), operation) else {
        return false;
    };
    let same = |source: &&crate::snapshot::schema::Source| source.operation == operation;
    first.operation != operation
        && sources
            .iter()
            .find(same)
            .is_some_and(|source| source.key == first.key && source.parent.is_none())
}

fn column(level: &Level, spec: &ColumnSpec, calls: &mut BTreeSet<Call>) {
    add(level.kind, spec.operation, calls);
}

fn add(kind: Kind, operation: Option<&str>, calls: &mut BTreeSet<Call>) {
    let source = kind
        .spec()
        .calls()
        .find(|source| operation.is_none_or(|operation| source.operation == operation));
    calls.extend(source.map(|source| Call {
        service: source.service,
        operation: source.operation,
        action: source.iam_action(),
    }));
}

/// Kinds that a function looks at besides those of its arguments, and the call
/// where it is not the one that lists them.
fn behind(function: &str) -> &'static [(Kind, Option<&'static str>)] {
    match function {
        "free_blocks" => &[
            (Kind::NetworkInterface, None),
            (Kind::SubnetCidrReservation, None),
        ],
        "admits" | "closed_ports" | "open_ports" | "world_ports" | "admitted_cidrs"
        | "admitted_groups" => &[
            (Kind::SecurityGroup, None),
            (Kind::ManagedPrefixList, None),
            (Kind::ManagedPrefixList, Some("GetManagedPrefixListEntries")),
        ],
        "dns_records" => &[(Kind::HostedZone, None), (Kind::ResourceRecordSet, None)],
        "resolves_to" | "resolution" | "answers" => &[
            (Kind::NetworkInterface, None),
            (Kind::LoadBalancer, None),
            (Kind::VpcPeeringConnection, None),
        ],
        "target_endpoint" | "target_endpoint_missing" => &[(Kind::VpcEndpoint, None)],
        _ => &[],
    }
}
