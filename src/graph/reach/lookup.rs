//! Which route wins, in a VPC and in a transit gateway.
//!
//! The order is AWS's
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>,
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>).
//! Uses the model; what happens at the target of a route is not decided here.

use std::net::IpAddr;

use ipnet::IpNet;

use super::model::{
    AttachmentKind, Destination, Hop, Network, Origin, Prefixes, Route, RouteState, RouteTable,
    TransitRoute, TransitTable,
};
use crate::graph::admission::Need;
use crate::snapshot::record::Kind;

/// What a lookup found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// The route that wins.
    Route(T),
    /// There is none.
    Nothing,
    /// What decides was not seen.
    Unknown(Vec<Need>),
    /// AWS picks one of several.
    Ambiguous(Vec<T>),
}

/// A route that holds an address, while the winner is sought.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    length: u8,
    rank: u8,
    index: usize,
    local: bool,
    propagated: bool,
    list: bool,
}

/// Finds the route of a table for an address: the position among its routes.
pub fn route(network: &Network, table: &RouteTable, address: IpAddr) -> Found<usize> {
    let Some(routes) = &table.routes else {
        return Found::Unknown(vec![Need::Field(table.node, "Routes")]);
    };
    let mut candidates = Vec::new();
    let mut doubts: Vec<(Need, Doubt)> = Vec::new();
    for (index, route) in at(&table.index, routes, address) {
        if route.state == RouteState::Filtered {
            continue;
        }
        match length(network, &route.destination, address) {
            Length::Holds(length) => candidates.push(candidate(route, length, index)),
            Length::Not => {}
            Length::Unknown(need) => {
                let need = need.unwrap_or(Need::Field(table.node, "Routes"));
                doubts.push((need, Doubt { index }));
            }
        }
    }
    let best = winners(&candidates);
    // A destination that was not seen could be more specific than the winner;
    // nothing is more specific than a single address.
    let longest = best.first().map_or(0, |best| best.length);
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let settled = longest == bits
        || doubts.is_empty()
        || best.first().is_some_and(|best| {
            doubts
                .iter()
                .all(|(_, doubt)| same_way(routes, best.index, doubt.index))
        });
    if !settled {
        return Found::Unknown(doubts.into_iter().map(|(need, _)| need).collect());
    }
    match best.as_slice() {
        [] => Found::Nothing,
        [only] => Found::Route(only.index),
        [first, rest @ ..] => {
            if rest
                .iter()
                .all(|other| same_way(routes, first.index, other.index))
            {
                Found::Route(first.index)
            } else {
                Found::Ambiguous(best.iter().map(|best| best.index).collect())
            }
        }
    }
}

/// The entries of a list that may hold an address, with their positions.
fn at<'l, T>(
    index: &Prefixes,
    list: &'l [T],
    address: IpAddr,
) -> impl Iterator<Item = (usize, &'l T)> + use<'l, T> {
    let positions = index.at(address).into_iter();
    positions.filter_map(|position| {
        let position = position as usize;
        Some((position, list.get(position)?))
    })
}

#[derive(Debug, Clone, Copy)]
struct Doubt {
    index: usize,
}

fn same_way(routes: &[Route], one: usize, other: usize) -> bool {
    match (routes.get(one), routes.get(other)) {
        (Some(one), Some(other)) => one.hop == other.hop && one.state == other.state,
        _ => false,
    }
}

fn candidate(route: &Route, length: u8, index: usize) -> Candidate {
    let list = matches!(route.destination, Destination::List(..));
    let propagated = route.origin == Origin::Propagated;
    Candidate {
        length,
        rank: match (propagated, list) {
            (false, false) => 0,
            (false, true) => 1,
            (true, _) => 2,
        },
        index,
        local: route.hop == Hop::Local,
        propagated,
        list,
    }
}

/// The best candidates: several only where AWS does not say which wins.
fn winners(candidates: &[Candidate]) -> Vec<Candidate> {
    let locals = candidates.iter().filter(|candidate| candidate.local);
    let local = locals.max_by_key(|candidate| candidate.length);
    let considered = candidates.iter().filter(|candidate| {
        // The local route beats propagated ones, even more specific ones
        // (<https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>).
        !(candidate.propagated && local.is_some())
    });
    let considered: Vec<Candidate> = considered.copied().collect();
    let longest = considered.iter().map(|candidate| candidate.length).max();
    let longest = considered
        .iter()
        .filter(|candidate| Some(candidate.length) == longest);
    let longest: Vec<Candidate> = longest.copied().collect();
    let rank = longest.iter().map(|candidate| candidate.rank).min();
    let mut best: Vec<Candidate> = longest
        .into_iter()
        .filter(|candidate| Some(candidate.rank) == rank)
        .collect();
    // Two blocks by hand cannot be equal; only lists and propagated routes tie.
    if best
        .first()
        .is_some_and(|first| !first.list && !first.propagated)
    {
        best.truncate(1);
    }
    best
}

enum Length {
    Holds(u8),
    Not,
    Unknown(Option<Need>),
}

fn length(network: &Network, destination: &Destination, address: IpAddr) -> Length {
    match destination {
        Destination::Block(block) if block.contains(&address) => Length::Holds(block.prefix_len()),
        Destination::Block(_) => Length::Not,
        Destination::List(Some(row), _) => match network.lists.get(*row as usize) {
            Some(list) => match &list.blocks {
                Some(blocks) => longest(blocks, address).map_or(Length::Not, Length::Holds),
                None => Length::Unknown(Some(Need::Field(list.node, list.field))),
            },
            None => Length::Unknown(None),
        },
        Destination::List(None, _) | Destination::Unreadable => Length::Unknown(None),
    }
}

fn longest(blocks: &[IpNet], address: IpAddr) -> Option<u8> {
    let holding = blocks.iter().filter(|block| block.contains(&address));
    holding.map(IpNet::prefix_len).max()
}

/// What a transit gateway does with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransitHop {
    /// A route that was seen: its position among those of the table.
    Listed(usize),
    /// A route that follows from a propagation: the attachment's id and the
    /// block.
    Derived(String, IpNet),
}

/// Finds the route of a transit gateway for an address.
pub fn transit(network: &Network, table: &TransitTable, address: IpAddr) -> Found<TransitHop> {
    let mut candidates: Vec<(u8, u8, TransitHop)> = Vec::new();
    let mut needs = Vec::new();
    for (index, route) in at(&table.index, &table.routes, address) {
        if !matches!(route.state.as_deref(), Some("active" | "blackhole") | None) {
            continue;
        }
        match length(network, &route.destination, address) {
            Length::Holds(length) => {
                candidates.push((length, rank(route), TransitHop::Listed(index)));
            }
            Length::Not => {}
            Length::Unknown(need) => {
                needs.push(need.unwrap_or(Need::Resource(route.node)));
            }
        }
    }
    if !table.complete {
        derive(network, table, address, &mut candidates, &mut needs);
    }
    let best = candidates
        .iter()
        .map(|(length, rank, _)| (*length, std::cmp::Reverse(*rank)))
        .max();
    let bits = if address.is_ipv4() { 32 } else { 128 };
    if !needs.is_empty() && best.is_none_or(|(length, _)| length < bits) {
        return Found::Unknown(needs);
    }
    let Some((length, std::cmp::Reverse(rank))) = best else {
        return Found::Nothing;
    };
    let mut winners: Vec<TransitHop> = candidates
        .into_iter()
        .filter(|(other, order, _)| *other == length && *order == rank)
        .map(|(_, _, hop)| hop)
        .collect();
    winners.dedup_by(|other, first| same_attachment(table, first, other));
    match winners.len() {
        1 => winners.pop().map_or(Found::Nothing, Found::Route),
        _ => Found::Ambiguous(winners),
    }
}

/// Whether two routes lead the same way.
fn same_attachment(table: &TransitTable, one: &TransitHop, other: &TransitHop) -> bool {
    let way = |hop: &TransitHop| match hop {
        TransitHop::Listed(index) => table
            .routes
            .get(*index)
            .map(|route| (route.attachments.clone(), route.state.clone())),
        TransitHop::Derived(id, _) => Some((vec![id.clone()], Some("active".to_owned()))),
    };
    way(one) == way(other)
}

/// The order among routes to the same block: by hand, by list, propagated by
/// VPC, Direct Connect, Connect, VPN.
fn rank(route: &TransitRoute) -> u8 {
    match (route.is_static, route.list.is_some()) {
        (true, false) => 0,
        (true, true) => 1,
        (false, _) => match route.resource_type.as_str() {
            "vpc" => 2,
            "direct-connect-gateway" => 3,
            "connect" => 4,
            "vpn" => 5,
            _ => 6,
        },
    }
}

/// Routes that follow from propagations, where the table's routes were not
/// listed as a whole: a VPC's attachment propagates all of its blocks.
fn derive(
    network: &Network,
    table: &TransitTable,
    address: IpAddr,
    candidates: &mut Vec<(u8, u8, TransitHop)>,
    needs: &mut Vec<Need>,
) {
    if !table.static_complete {
        needs.push(Need::Listing(Kind::TransitGatewayRoute, table.node));
    }
    let Some(propagations) = &table.propagations else {
        needs.push(Need::Listing(
            Kind::TransitGatewayRouteTablePropagation,
            table.node,
        ));
        return;
    };
    for (_, id) in at(&table.propagated, propagations, address) {
        let Some(attachment) = network.attachments_by_id(id).next() else {
            needs.push(Need::Listing(Kind::TransitGatewayAttachment, table.node));
            continue;
        };
        let vpc = match &attachment.kind {
            AttachmentKind::Vpc(vpc) => vpc.vpc.and_then(|vpc| network.vpcs.get(vpc as usize)),
            _ => None,
        };
        match vpc {
            // A VPC always has a block; one that shows none was not seen.
            Some(vpc) if vpc.blocks.is_empty() => {
                needs.push(Need::Field(vpc.node, "CidrBlockAssociationSet"));
            }
            Some(vpc) => {
                let holding = vpc.blocks.iter().filter(|block| block.contains(&address));
                for block in holding {
                    let hop = TransitHop::Derived(id.clone(), *block);
                    if !candidates.iter().any(|(_, _, known)| *known == hop) {
                        candidates.push((block.prefix_len(), 2, hop));
                    }
                }
            }
            // What a VPN or another account's VPC propagates is not known.
            None => needs.push(Need::Resource(attachment.node)),
        }
    }
}
