//! Which route wins for one address.
//!
//! VPC tables by <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>,
//! transit gateways by <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>.
//! Must not share code with the product.

use std::net::IpAddr;

use ipnet::IpNet;

use super::network::{Attached, Id, Network, Route, Table, To, Via};

/// What a table says about an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<T> {
    Via(T),
    Blackhole,
    Nothing,
    /// AWS picks one, and nobody knows which.
    Ambiguous,
}

pub(crate) fn vpc_route(network: &Network, table: &Table, address: IpAddr) -> Found<Via> {
    // Prefix length and rank of each candidate.
    let mut candidates: Vec<(u8, u8, &Route)> = Vec::new();
    for route in &table.routes {
        let length = match route.to {
            To::Block(block) => block.contains(&address).then(|| block.prefix_len()),
            To::List(list) => {
                let entries = network.lists[list].entries.iter();
                let holding = entries.filter(|entry| entry.contains(&address));
                holding.map(IpNet::prefix_len).max()
            }
        };
        let rank = match (route.to, route.propagated) {
            (To::Block(_), false) => 0,
            (To::List(_), false) => 1,
            (_, true) => 2,
        };
        candidates.extend(length.map(|length| (length, rank, route)));
    }
    // Local routes win over propagated ones, however specific.
    if candidates
        .iter()
        .any(|(_, _, route)| route.via == Via::Local)
    {
        candidates.retain(|(_, _, route)| !route.propagated);
    }
    let Some(longest) = candidates.iter().map(|(length, ..)| *length).max() else {
        return Found::Nothing;
    };
    candidates.retain(|(length, ..)| *length == longest);
    let best = candidates.iter().map(|(_, rank, _)| *rank).min();
    candidates.retain(|(_, rank, _)| Some(*rank) == best);
    let (_, _, first) = candidates[0];
    let same = |(_, _, route): &(u8, u8, &Route)| {
        route.via == first.via && route.blackhole == first.blackhole
    };
    if !candidates.iter().all(same) {
        return Found::Ambiguous;
    }
    if first.blackhole {
        Found::Blackhole
    } else {
        Found::Via(first.via)
    }
}

/// All routes of a transit gateway's table: block, rank, attachment.
pub(crate) fn transit_routes(network: &Network, table: Id) -> Vec<(IpNet, u8, Option<Id>)> {
    let own = &network.transit_tables[table];
    let mut routes: Vec<(IpNet, u8, Option<Id>)> = Vec::new();
    routes.extend(own.statics.iter().map(|(block, to)| (*block, 0, *to)));
    for (list, to) in &own.lists {
        let entries = network.lists[*list].entries.iter();
        routes.extend(entries.map(|entry| (*entry, 1, *to)));
    }
    for (id, attachment) in network.attachments.iter().enumerate() {
        if !attachment.propagates.contains(&table) || !attachment.available {
            continue;
        }
        let (blocks, rank) = match &attachment.to {
            Attached::Vpc { vpc, .. } => (&network.vpcs[*vpc].blocks, 2),
            Attached::Vpn(vpn) => (&network.vpns[*vpn].routes, 3),
        };
        for block in blocks {
            // The block of a later VPC is not propagated a second time.
            let taken = routes
                .iter()
                .any(|(other, other_rank, _)| *other_rank == rank && other == block);
            if !taken {
                routes.push((*block, rank, Some(id)));
            }
        }
    }
    routes
}

pub(crate) fn transit_route(network: &Network, table: Id, address: IpAddr) -> Found<Id> {
    let routes = transit_routes(network, table);
    let holding = routes.iter().filter(|(block, ..)| block.contains(&address));
    let best = holding.min_by_key(|(block, rank, _)| (u8::MAX - block.prefix_len(), *rank));
    match best {
        None => Found::Nothing,
        Some((_, _, None)) => Found::Blackhole,
        Some((_, _, Some(attachment))) => Found::Via(*attachment),
    }
}
