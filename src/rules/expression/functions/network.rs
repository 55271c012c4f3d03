//! Questions about blocks of addresses.
//!
//! The arithmetic is in [`graph::prefixes`](crate::graph::prefixes) and
//! [`graph::blocks`](crate::graph::blocks); this gives it to expressions.

use super::{Accepts, Call, Function, Gives, answered, senseless};
use crate::graph::Node;
use crate::graph::admission::{Answer, Need};
use crate::graph::{blocks, prefixes};
use crate::rules::expression::trace::{Frame, Read};
use crate::rules::expression::value::Value;
use crate::snapshot::column::{Column, Presence};
use crate::snapshot::layout::Level;
use crate::snapshot::record::Kind;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "prefix_length",
        receiver: Some(Accepts::Text),
        args: &[],
        gives: Gives::Int,
        doc: "The length of a CIDR block's prefix; unknown if the text is no block.",
        example: "subnet.CidrBlock.prefix_length()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, frame| match prefixes::parse(&call.text(0)) {
            Some(block) => Value::Int(i64::from(block.prefix_len())),
            None => senseless(frame, format!("`{}` as a CIDR block", call.text(0))),
        },
    },
    Function {
        name: "usable_addresses",
        receiver: Some(Accepts::Text),
        args: &[],
        gives: Gives::Int,
        doc: "IPv4 addresses of a subnet's block without AWS's five (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).",
        example: "subnet.CidrBlock.usable_addresses()",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, frame| match prefixes::parse(&call.text(0)) {
            Some(ipnet::IpNet::V4(block)) => {
                Value::Int(((1_i64 << (32 - u32::from(block.prefix_len()))) - 5).max(0))
            }
            _ => senseless(frame, format!("`{}` as an IPv4 block", call.text(0))),
        },
    },
    Function {
        name: "contains_block",
        receiver: Some(Accepts::Text),
        args: &[Accepts::Text],
        gives: Gives::Bool,
        doc: "Whether a CIDR block contains another block or an address.",
        example: "vpc.CidrBlock.contains_block(subnet.CidrBlock)",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, frame| match (
            prefixes::parse(&call.text(0)),
            prefixes::parse(&call.text(1)),
        ) {
            (Some(one), Some(other)) => Value::Bool(one.contains(&other)),
            _ => senseless(
                frame,
                format!("`{}` or `{}` as a CIDR block", call.text(0), call.text(1)),
            ),
        },
    },
    Function {
        name: "overlaps_block",
        receiver: Some(Accepts::Text),
        args: &[Accepts::Text],
        gives: Gives::Bool,
        doc: "Whether two CIDR blocks share an address.",
        example: "vpc.CidrBlock.overlaps_block(\"10.0.0.0/8\")",
        reads: &[],
        follows: &[],
        whole: &[],
        call: |call, frame| match (
            prefixes::parse(&call.text(0)),
            prefixes::parse(&call.text(1)),
        ) {
            (Some(one), Some(other)) => Value::Bool(prefixes::overlaps(one, other)),
            _ => senseless(
                frame,
                format!("`{}` or `{}` as a CIDR block", call.text(0), call.text(1)),
            ),
        },
    },
    Function {
        name: "cidrs",
        receiver: Some(Accepts::Resource(Kind::Vpc)),
        args: &[],
        gives: Gives::Texts,
        doc: "All IPv4 and IPv6 blocks that are associated with the VPC.",
        example: "endpoint.vpc().cidrs()",
        reads: &[
            (Kind::Vpc, "CidrBlock"),
            (Kind::Vpc, "CidrBlockAssociationSet[].CidrBlock"),
            (Kind::Vpc, "CidrBlockAssociationSet[].CidrBlockState.State"),
            (Kind::Vpc, "Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock"),
            (
                Kind::Vpc,
                "Ipv6CidrBlockAssociationSet[].Ipv6CidrBlockState.State",
            ),
        ],
        follows: &[],
        whole: &[],
        call: cidrs,
    },
    Function {
        name: "free_blocks",
        receiver: Some(Accepts::Resource(Kind::Subnet)),
        args: &[Accepts::Int],
        gives: Gives::Texts,
        doc: "The aligned free IPv4 blocks of a length, at most 64; unknown unless the interfaces and the CIDR reservations were listed.",
        example: "subnet.free_blocks(28).size() > 0",
        reads: &[
            (Kind::Subnet, "CidrBlock"),
            (Kind::Subnet, "AvailableIpAddressCount"),
            (
                Kind::NetworkInterface,
                "PrivateIpAddresses[].PrivateIpAddress",
            ),
            (Kind::NetworkInterface, "Ipv4Prefixes[].Ipv4Prefix"),
            (Kind::SubnetCidrReservation, "Cidr"),
            (Kind::SubnetCidrReservation, "ReservationType"),
        ],
        follows: &[
            (Kind::NetworkInterface, "SubnetId"),
            (Kind::SubnetCidrReservation, "SubnetId"),
        ],
        whole: &[],
        call: |call, frame| {
            let Some(Value::Node(subnet)) = call.args.first() else {
                return Value::Unknown;
            };
            match u8::try_from(call.int(1)) {
                Ok(length @ 16..=32) => {
                    let free = blocks::free_blocks(call.graph, *subnet, length);
                    if let (true, Answer::Known(blocks)) = (frame.tracing(), &free) {
                        let block = call
                            .graph
                            .field_text(*subnet, "CidrBlock")
                            .unwrap_or_default();
                        frame.saw(Read::seen(*subnet, "CidrBlock", "CidrBlock", block));
                        frame.saw(Read::seen(
                            *subnet,
                            "",
                            format!("free /{length} blocks"),
                            blocks.join(", "),
                        ));
                    }
                    answered(free, frame, Value::texts)
                }
                _ => senseless(frame, "blocks of a length that is not from 16 to 32"),
            }
        },
    },
];

fn cidrs<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>) -> Value<'g> {
    let Some(Value::Node(vpc)) = call.args.first() else {
        return Value::Unknown;
    };
    if vpc.row().is_none() {
        return frame.missed(Need::Resource(*vpc));
    }
    let mut found = Vec::new();
    for (list, block, state, needed) in [
        (
            "CidrBlockAssociationSet",
            "CidrBlock",
            "CidrBlockState.State",
            true,
        ),
        (
            "Ipv6CidrBlockAssociationSet",
            "Ipv6CidrBlock",
            "Ipv6CidrBlockState.State",
            false,
        ),
    ] {
        match associated(call, *vpc, list, block, state) {
            Some(blocks) => found.extend(blocks),
            // Dumps from before secondary blocks existed have the primary one.
            None if needed => match call.graph.field_text(*vpc, "CidrBlock") {
                Some(block) => found.push(block),
                None => return frame.missed(Need::Field(*vpc, "CidrBlock")),
            },
            None => {}
        }
    }
    found.sort();
    found.dedup();
    if frame.tracing() {
        frame.saw(Read::seen(*vpc, "CidrBlock", "CidrBlock", found.join(", ")));
    }
    Value::texts(found)
}

fn associated(
    call: &Call<'_, '_>,
    vpc: Node,
    list: &str,
    block: &str,
    state: &str,
) -> Option<Vec<String>> {
    let level = Level::of(Kind::Vpc);
    let column = level.column(list)?;
    let below = level.columns.get(column)?.level.as_ref()?;
    let (Column::List(lists, entries), row) = call.graph.cell(vpc, column)? else {
        return None;
    };
    if lists.presence(row) != Presence::Present {
        return None;
    }
    let (block, state) = (below.column(block)?, below.column(state)?);
    let (Column::Packed(blocks), Column::Text(states)) =
        (entries.column(block)?, entries.column(state)?)
    else {
        return None;
    };
    let symbols = &call.graph.snapshot().symbols;
    let mut found = Vec::new();
    for entry in lists.range(row) {
        let state = states
            .get(entry)
            .filter(|state| state.is_text())
            .map_or("associated", |state| symbols.text(*state));
        if let Some(block) = blocks
            .get(entry)
            .filter(|block| block.is_text() && state.eq_ignore_ascii_case("associated"))
        {
            found.push(block.network_text(symbols));
        }
    }
    Some(found)
}
