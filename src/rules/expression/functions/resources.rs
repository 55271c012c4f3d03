//! Questions that every resource answers: is it there, whose is it, where.
//!
//! Uses the graph's coverage so that "not there" is said only where a complete
//! listing proves it.

use super::{Accepts, Call, Function, Gives};
use crate::graph::admission::Need;
use crate::graph::{Listing, Node};
use crate::rules::expression::trace::{Frame, Read};
use crate::rules::expression::value::{Text, Value};
use crate::snapshot::column::Presence;
use crate::snapshot::layout::{ColumnShape, Level};
use crate::snapshot::record::Kind;
use crate::snapshot::schema::Cloud;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "found",
        receiver: Some(Accepts::AnyResource),
        args: &[],
        gives: Gives::Bool,
        doc: "Whether the resource is in the snapshot; false only where its kind was listed completely in the account and region that should have it, unknown otherwise.",
        example: "endpoint.resource_configuration().found()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: found,
    },
    Function {
        name: "account",
        receiver: Some(Accepts::AnyResource),
        args: &[],
        gives: Gives::Text,
        doc: "The account that owns the resource; empty if no input tells.",
        example: "endpoint.vpc().account()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, _| {
            node(call).map_or(Value::Unknown, |node| Value::text(call.graph.account(node)))
        },
    },
    Function {
        name: "region",
        receiver: Some(Accepts::AnyResource),
        args: &[],
        gives: Gives::Text,
        doc: "The region the resource was seen in, `global` for services without regions; empty if no input tells.",
        example: "endpoint.region()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, _| {
            node(call).map_or(Value::Unknown, |node| {
                Value::text(call.graph.scope(node).region)
            })
        },
    },
    Function {
        name: "owner",
        receiver: Some(Accepts::AnyResource),
        args: &[],
        gives: Gives::Text,
        doc: "The owner that a tag names (Owner, Team, …); empty if none does. Unknown where tags have a call of their own that was not made.",
        example: "endpoint.owner() != \"\"",
        reads: &[],
        follows: &[],
        whole: &[],
        call: owner,
    },
    Function {
        name: "namesakes",
        receiver: Some(Accepts::Resource(Kind::AzurePrivateDnsZone)),
        args: &[],
        gives: Gives::Resources(Kind::AzurePrivateDnsZone),
        doc: "Other private zones of Azure with the same name, in any resource group or subscription; there may be more where zones were not listed.",
        example: "azure_private_dns_zone.namesakes().size() == 0",
        reads: &[(Kind::AzurePrivateDnsZone, "name")],
        follows: &[],
        whole: &[],
        call: namesakes,
    },
];

fn namesakes<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(node) = node(call) else {
        return Value::Unknown;
    };
    let name = |node: Node| call.graph.field_text(node, "name");
    let Some(wanted) = name(node) else {
        return frame.missed(Need::Field(node, "name"));
    };
    let others = call.graph.nodes(node.kind).filter(|other| {
        *other != node && name(*other).is_some_and(|name| name.eq_ignore_ascii_case(&wanted))
    });
    let found = others.map(Value::Node).collect();
    let open = !call.graph.unlisted(node.kind).is_empty();
    if open {
        frame.missed(Need::Listing(node.kind, node));
    }
    Value::list(found, open)
}

fn owner<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(node) = node(call) else {
        return Value::Unknown;
    };
    let mut columns = Level::of(node.kind).columns.iter().enumerate();
    let unseen = columns.find(|(index, column)| {
        column.shape == ColumnShape::Tags
            && column.required()
            && call.graph.presence(node, *index) != Presence::Present
    });
    if let Some((_, column)) = unseen {
        return frame.missed(Need::Field(node, &column.path));
    }
    call.graph.owner(node).map_or_else(
        || Value::text(""),
        |owner| Value::Text(Text::Borrowed(owner)),
    )
}

fn node(call: &Call<'_, '_>) -> Option<Node> {
    match call.args.first() {
        Some(Value::Node(node)) => Some(*node),
        _ => None,
    }
}

fn found<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(node) = node(call) else {
        return Value::Unknown;
    };
    let answer = if node.row().is_some() {
        true
    } else {
        // What another account owns is not in this account's listings.
        // Ids of Azure say in which subscription, and each has its own listings.
        let azure = node.kind.spec().cloud() == Cloud::Azure;
        let foreign = !azure && call.graph.account(node) != call.graph.scope(node).account;
        let elsewhere = call.graph.is_named_elsewhere(node);
        if foreign || elsewhere || call.graph.home_listing(node) != Listing::Complete {
            return frame.missed(Need::Resource(node));
        }
        false
    };
    if frame.tracing() {
        let actual = if answer {
            "in the snapshot"
        } else {
            "not in the snapshot, though its kind was listed completely"
        };
        frame.saw(Read::seen(node, "", "presence", actual));
    }
    Value::Bool(answer)
}
