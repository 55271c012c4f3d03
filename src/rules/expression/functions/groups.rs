//! What security groups let in.
//!
//! The decisions are in [`graph::admission`](crate::graph::admission); this
//! gives them to expressions, and their rules to the evidence.

use super::{Accepts, Call, Function, Gives, answered, senseless};
use crate::graph::Node;
use crate::graph::admission::{self, Answer, Source};
use crate::graph::ports::Ports;
use crate::rules::expression::trace::{Frame, Read};
use crate::rules::expression::value::Value;
use crate::snapshot::record::Kind;

const GROUPS: Option<Accepts> = Some(Accepts::OneOrMore(Kind::SecurityGroup));

/// The ingress rules of groups and what they name.
const RULES: &[(Kind, &str)] = &[
    (Kind::SecurityGroup, "IpPermissions[].IpProtocol"),
    (Kind::SecurityGroup, "IpPermissions[].FromPort"),
    (Kind::SecurityGroup, "IpPermissions[].ToPort"),
    (Kind::SecurityGroup, "IpPermissions[].IpRanges[].CidrIp"),
    (Kind::SecurityGroup, "IpPermissions[].Ipv6Ranges[].CidrIpv6"),
    (
        Kind::SecurityGroup,
        "IpPermissions[].PrefixListIds[].PrefixListId",
    ),
    (
        Kind::SecurityGroup,
        "IpPermissions[].UserIdGroupPairs[].GroupId",
    ),
    (Kind::ManagedPrefixList, "Entries[].Cidr"),
    (Kind::ManagedPrefixList, "Cidrs"),
];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "admits",
        receiver: GROUPS,
        args: &[Accepts::Text, Accepts::Int, Accepts::Int, Accepts::Text],
        gives: Gives::Bool,
        doc: "Whether the groups together let the whole source (CIDR block, address, `sg-…` or `pl-…`) in on every port of the range.",
        example: "endpoint.security_groups().admits(\"tcp\", 10000, 19999, \"10.0.0.0/16\")",
        reads: RULES,
        follows: &[],
        whole: &[],
        call: |call, frame| {
            let source = call.text(4);
            closed(call, frame, vec![source], |closed| {
                Value::Bool(closed.is_empty())
            })
        },
    },
    Function {
        name: "closed_ports",
        receiver: GROUPS,
        args: &[Accepts::Text, Accepts::Int, Accepts::Int, Accepts::Texts],
        gives: Gives::Text,
        doc: "The ports of the range that some of the sources cannot use, such as `10000-11999, 15000`; empty if there are none.",
        example: "endpoint.security_groups().closed_ports(\"tcp\", 10000, 19999, endpoint.vpc().cidrs())",
        reads: RULES,
        follows: &[],
        whole: &[],
        call: |call, frame| match call.texts(4) {
            Some(sources) => closed(call, frame, sources, |closed| {
                Value::text(closed.to_string())
            }),
            None => Value::Unknown,
        },
    },
    Function {
        name: "open_ports",
        receiver: GROUPS,
        args: &[Accepts::Text, Accepts::Int, Accepts::Int],
        gives: Gives::Text,
        doc: "The ports of the range that anybody at all can use; empty if nobody can use any.",
        example: "endpoint.security_groups().open_ports(\"tcp\", 10000, 19999)",
        reads: RULES,
        follows: &[],
        whole: &[],
        call: |call, frame| {
            ask(
                call,
                frame,
                |groups, protocol, ports| {
                    admission::open_ports(call.graph, groups, protocol, ports)
                },
                |open, ports| ports.difference(open).is_empty(),
                |open| Value::text(open.to_string()),
            )
        },
    },
    Function {
        name: "world_ports",
        receiver: GROUPS,
        args: &[Accepts::Text, Accepts::Int, Accepts::Int],
        gives: Gives::Text,
        doc: "The ports of the range that are open to all of IPv4 or all of IPv6, by one block or by several together; empty if there are none.",
        example: "endpoint.security_groups().world_ports(\"tcp\", 0, 65535)",
        reads: RULES,
        follows: &[],
        whole: &[],
        call: |call, frame| {
            ask(
                call,
                frame,
                |groups, protocol, ports| {
                    admission::world_ports(call.graph, groups, protocol, ports)
                },
                |open, ports| ports.difference(open).is_empty(),
                |open| Value::text(open.to_string()),
            )
        },
    },
    Function {
        name: "admitted_cidrs",
        receiver: GROUPS,
        args: &[Accepts::Text, Accepts::Int, Accepts::Int],
        gives: Gives::Texts,
        doc: "The blocks (entries of prefix lists among them) that are let in on at least one port of the range.",
        example: "endpoint.security_groups().admitted_cidrs(\"tcp\", 10000, 19999)",
        reads: RULES,
        follows: &[],
        whole: &[],
        call: |call, frame| {
            ask(
                call,
                frame,
                |groups, protocol, ports| {
                    admission::admitted_sources(call.graph, groups, protocol, ports, false)
                },
                |_, _| false,
                Value::texts,
            )
        },
    },
    Function {
        name: "admitted_groups",
        receiver: GROUPS,
        args: &[Accepts::Text, Accepts::Int, Accepts::Int],
        gives: Gives::Texts,
        doc: "The security groups that are let in on at least one port of the range.",
        example: "endpoint.security_groups().admitted_groups(\"tcp\", 10000, 19999)",
        reads: RULES,
        follows: &[],
        whole: &[],
        call: |call, frame| {
            ask(
                call,
                frame,
                |groups, protocol, ports| {
                    admission::admitted_sources(call.graph, groups, protocol, ports, true)
                },
                |_, _| false,
                Value::texts,
            )
        },
    },
];

fn closed<'g>(
    call: &Call<'_, 'g>,
    frame: &mut Frame<'g>,
    sources: Vec<String>,
    value: impl FnOnce(Ports) -> Value<'g>,
) -> Value<'g> {
    let mut parsed = Vec::new();
    for source in sources {
        match Source::parse(&source) {
            Some(source) => parsed.push(source),
            None => {
                return senseless(
                    frame,
                    format!("`{source}` as a CIDR block, a security group or a prefix list"),
                );
            }
        }
    }
    ask(
        call,
        frame,
        |groups, protocol, ports| {
            admission::closed_ports(call.graph, groups, protocol, ports, &parsed)
        },
        |closed, _| closed.is_empty(),
        value,
    )
}

/// Asks about groups. `stands` tells whether an answer would stand if there
/// were more groups than are seen.
fn ask<'g, T>(
    call: &Call<'_, 'g>,
    frame: &mut Frame<'g>,
    question: impl FnOnce(&[Node], &str, &Ports) -> Answer<T>,
    stands: impl FnOnce(&T, &Ports) -> bool,
    value: impl FnOnce(T) -> Value<'g>,
) -> Value<'g> {
    let (Ok(low), Ok(high)) = (u16::try_from(call.int(2)), u16::try_from(call.int(3))) else {
        return senseless(frame, format!("ports {} to {}", call.int(2), call.int(3)));
    };
    if low > high {
        return senseless(frame, format!("ports {low} to {high}"));
    }
    let (items, open) = match call.args.first() {
        Some(Value::Node(group)) => (vec![Value::Node(*group)], false),
        Some(list) => list.items(call.graph),
        None => (Vec::new(), false),
    };
    let as_node = |item: &Value<'g>| match item {
        Value::Node(node) => Some(*node),
        _ => None,
    };
    let groups: Vec<Node> = items.iter().filter_map(as_node).collect();
    if frame.tracing() {
        for &group in &groups {
            show_rules(call, frame, group);
        }
    }
    let ports = Ports::range(low, high);
    let answer = question(&groups, &call.text(1), &ports);
    let all_seen = !open && groups.len() == items.len();
    match answer {
        Answer::Known(known) if !all_seen && !stands(&known, &ports) => Value::Unknown,
        answer => answered(answer, frame, value),
    }
}

/// The ingress rules of a group, as evidence.
fn show_rules<'g>(call: &Call<'_, 'g>, frame: &mut Frame<'g>, group: Node) {
    if group.row().is_some() && !frame.has_seen(group, "IpPermissions") {
        let actual = admission::describe_ingress(call.graph, group);
        frame.saw(Read::seen(group, "IpPermissions", "IpPermissions", actual));
    }
}
