//! Free addresses of a subnet, as blocks.
//!
//! A service-network endpoint takes a contiguous /28 of a subnet
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/access-with-service-network-endpoint.html>);
//! the count of free addresses says nothing about contiguity. Exact over the
//! addresses of interfaces and the reservations; it never guesses either.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::admission::{Answer, Need};
use super::{Direction, Graph, Listing, Node, links};
use crate::snapshot::column::Column;
use crate::snapshot::layout::Level;
use crate::snapshot::packed::NO_LENGTH;
use crate::snapshot::record::Kind;

/// The aligned free blocks of a length (16 to 28) in a subnet, ascending, at
/// most 64 of them. The first four addresses and the last are AWS's
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
pub fn free_blocks(graph: &Graph, subnet: Node, length: u8) -> Answer<Vec<String>> {
    let mut needs = Vec::new();
    for kind in [Kind::NetworkInterface, Kind::SubnetCidrReservation] {
        let unasked = kind == Kind::SubnetCidrReservation && !graph.asked_for(kind, subnet);
        if unasked || graph.listing(kind, subnet) != Listing::Complete {
            needs.push(Need::Listing(kind, subnet));
        }
    }
    let Some(text) = graph.field_text(subnet, "CidrBlock") else {
        return Answer::Unknown(vec![Need::Field(subnet, "CidrBlock")]);
    };
    let Ok(block) = text.parse::<Ipv4Net>() else {
        return Answer::Unknown(vec![Need::Field(subnet, "CidrBlock")]);
    };
    if length < block.prefix_len() {
        return Answer::Known(Vec::new());
    }
    let (interfaces, kept) = (held(graph, subnet), reservations(graph, subnet, &mut needs));
    let free = graph.field_int(subnet, "AvailableIpAddressCount");
    if free.is_some_and(|free| free < 1 << (32 - u32::from(length)).min(31)) {
        return Answer::Known(Vec::new());
    }
    // Interfaces of other accounts in a shared subnet are not listed, and old
    // answers leave addresses out; the count knows of them.
    let unheld = i64::from(block.broadcast().to_bits() - block.network().to_bits()) + 1
        - 5
        - size(&interfaces);
    if free.is_some_and(|free| free + size(&kept) < unheld) {
        needs.push(Need::Sense(
            "addresses in use that no interface shows".to_owned(),
        ));
    }
    let mut taken = reserved(block);
    taken.extend(interfaces);
    taken.extend(kept);
    taken.sort_unstable();
    let candidates: Vec<Ipv4Net> = block
        .subnets(length)
        .map(|blocks| {
            blocks
                .filter(|block| is_free(*block, &taken))
                .take(64)
                .collect()
        })
        .unwrap_or_default();
    // Nothing that was not seen could make room.
    if candidates.is_empty() || needs.is_empty() {
        return Answer::Known(candidates.iter().map(ToString::to_string).collect());
    }
    Answer::Unknown(needs)
}

fn is_free(block: Ipv4Net, taken: &[(u32, u32)]) -> bool {
    let (low, high) = (u32::from(block.network()), u32::from(block.broadcast()));
    !taken.iter().any(|(from, to)| *from <= high && *to >= low)
}

/// AWS's five addresses of a subnet.
fn reserved(block: Ipv4Net) -> Vec<(u32, u32)> {
    let (first, last) = (u32::from(block.network()), u32::from(block.broadcast()));
    vec![(first, first.saturating_add(3).min(last)), (last, last)]
}

/// How many addresses ranges hold, each counted once.
fn size(ranges: &[(u32, u32)]) -> i64 {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut next = 0_i64;
    let mut count = 0;
    for (from, to) in sorted {
        let (from, end) = (i64::from(from).max(next), i64::from(to) + 1);
        count += (end - from).max(0);
        next = next.max(end);
    }
    count
}

/// Ranges that interfaces hold.
fn held(graph: &Graph, subnet: Node) -> Vec<(u32, u32)> {
    let mut taken = Vec::new();
    for (link, direction) in links::member(Kind::Subnet, "network_interfaces") {
        for &number in graph.linked(link, direction, subnet) {
            let interface = graph.node(Kind::NetworkInterface, number);
            taken.extend(listed(
                graph,
                interface,
                "PrivateIpAddresses",
                "PrivateIpAddress",
            ));
            taken.extend(listed(graph, interface, "Ipv4Prefixes", "Ipv4Prefix"));
        }
    }
    taken
}

/// Ranges that reservations keep for something else. One of type `prefix` is
/// room for blocks, so it takes nothing.
fn reservations(graph: &Graph, subnet: Node, needs: &mut Vec<Need>) -> Vec<(u32, u32)> {
    let mut taken = Vec::new();
    for (index, link) in links::all().iter().enumerate() {
        if link.from != Kind::SubnetCidrReservation || link.to != Kind::Subnet {
            continue;
        }
        for &number in graph.linked(index, Direction::Reverse, subnet) {
            let reservation = graph.node(Kind::SubnetCidrReservation, number);
            let kind = graph.field_text(reservation, "ReservationType");
            if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("prefix")) {
                continue;
            }
            match graph
                .field_text(reservation, "Cidr")
                .map(|text| text.parse::<Ipv4Net>())
            {
                Some(Ok(block)) => {
                    taken.push((block.network().to_bits(), block.broadcast().to_bits()));
                }
                // An IPv6 reservation takes no IPv4 address.
                Some(Err(_))
                    if graph
                        .field_text(reservation, "Cidr")
                        .is_some_and(|text| text.contains(':')) => {}
                _ => needs.push(Need::Field(reservation, "Cidr")),
            }
        }
    }
    taken
}

fn listed(graph: &Graph, node: Node, list: &str, field: &str) -> Vec<(u32, u32)> {
    let level = Level::of(node.kind);
    let Some(column) = level.column(list) else {
        return Vec::new();
    };
    let inner = level
        .columns
        .get(column)
        .and_then(|column| column.level.as_ref())
        .and_then(|level| level.column(field));
    let (Some((Column::List(lists, entries), row)), Some(inner)) =
        (graph.cell(node, column), inner)
    else {
        return Vec::new();
    };
    let Some(Column::Packed(values)) = entries.column(inner) else {
        return Vec::new();
    };
    values
        .get(lists.range(row))
        .unwrap_or_default()
        .iter()
        .filter_map(|value| value.ipv4())
        .map(range)
        .collect()
}

fn range((address, length): (Ipv4Addr, u8)) -> (u32, u32) {
    let first = u32::from(address);
    if length == NO_LENGTH {
        return (first, first);
    }
    Ipv4Net::new(address, length.min(32)).map_or((first, first), |net| {
        (u32::from(net.network()), u32::from(net.broadcast()))
    })
}
