//! What security groups let in: who, on which ports.
//!
//! Groups only allow, all groups of an interface count together, and a rule
//! names its sources as blocks, prefix lists or groups
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>).
//! The arithmetic is exact over ranges and blocks. Network ACLs and routes are
//! not considered here; the reading of the rules is the work of `rules`.

mod rules;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::ports::Ports;
use super::{Graph, Node, prefixes};
use crate::snapshot::layout::ColumnShape;
use crate::snapshot::record::Kind;
use rules::Permission;
pub use rules::{GroupIndex, describe_ingress};

/// Who is asked about.
#[derive(Debug, Clone)]
pub enum Source {
    /// Everybody in a block.
    Block(IpNet),
    /// The interfaces of a security group.
    Group(String),
    /// The entries of a prefix list.
    List(String),
}

/// An answer that may rest on data that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// It does not.
    Known(T),
    /// It does: what would be needed.
    Unknown(Vec<Need>),
}

/// Something that an answer would need.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The resource itself.
    Resource(Node),
    /// A field of a resource, by path.
    Field(Node, &'static str),
    /// A list of all resources of a kind where a resource was seen.
    Listing(Kind, Node),
    /// Nothing that could be collected: what was asked, and why it has no
    /// answer.
    Sense(String),
}

impl Source {
    /// Reads a source as rules write it: a block, an address, `sg-…`, `pl-…`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with("sg-") {
            Some(Self::Group(text.to_owned()))
        } else if text.starts_with("pl-") {
            Some(Self::List(text.to_owned()))
        } else {
            prefixes::parse(text).map(Self::Block)
        }
    }
}

/// Everybody, in each family.
pub fn world() -> [IpNet; 2] {
    let everybody = [
        IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    ];
    everybody.map(|address| IpNet::new_assert(address, 0))
}
/// The ports of `wanted` that some of the sources cannot use.
pub fn closed_ports(
    graph: &Graph,
    groups: &[Node],
    protocol: &str,
    wanted: &Ports,
    sources: &[Source],
) -> Answer<Ports> {
    let index = graph.groups();
    let (permissions, mut needs) = index.permissions(graph, groups, protocol, wanted);
    let mut closed = Ports::default();
    let mut doubtful = false;
    for (low, high) in segments(wanted, &permissions) {
        let here: Vec<&Permission> = permissions
            .iter()
            .filter(|permission| contains(&permission.ports, low))
            .collect();
        if sources.iter().all(|source| admitted(graph, &here, source)) {
            continue;
        }
        let doubts = here.iter().flat_map(|permission| permission.doubts.clone());
        needs.extend(doubts);
        doubtful |= !needs.is_empty();
        closed.insert(low, high);
    }
    answer(closed, doubtful, needs)
}

/// The ports of `wanted` that anybody at all can use.
pub fn open_ports(graph: &Graph, groups: &[Node], protocol: &str, wanted: &Ports) -> Answer<Ports> {
    let (permissions, needs) = graph.groups().permissions(graph, groups, protocol, wanted);
    let open = permissions
        .iter()
        .filter(|permission| {
            !(permission.blocks.is_empty()
                && permission.groups.is_empty()
                && permission.lists.is_empty())
        })
        .fold(Ports::default(), |open, permission| {
            open.union(&permission.ports)
        });
    let mut needs = needs;
    needs.extend(
        permissions
            .iter()
            .flat_map(|permission| permission.doubts.clone()),
    );
    let all = wanted.difference(&open).is_empty();
    answer(open, !all && !needs.is_empty(), needs)
}

/// The ports of `wanted` that are open to all of IPv4 or all of IPv6.
pub fn world_ports(
    graph: &Graph,
    groups: &[Node],
    protocol: &str,
    wanted: &Ports,
) -> Answer<Ports> {
    let (permissions, mut needs) = graph.groups().permissions(graph, groups, protocol, wanted);
    needs.extend(
        permissions
            .iter()
            .flat_map(|permission| permission.doubts.clone()),
    );
    let mut open = Ports::default();
    for (low, high) in segments(wanted, &permissions) {
        let blocks: Vec<IpNet> = permissions
            .iter()
            .filter(|permission| contains(&permission.ports, low))
            .flat_map(|permission| permission.blocks.clone())
            .collect();
        if world()
            .into_iter()
            .any(|family| prefixes::covered(family, &blocks))
        {
            open.insert(low, high);
        }
    }
    // What is open stays open whatever else there is; only a clean answer can
    // be spoilt by what was not seen.
    let doubtful = open.is_empty() && !needs.is_empty();
    answer(open, doubtful, needs)
}

/// Who is admitted to at least one of the ports: blocks and prefix lists, or
/// security groups, as texts in order.
pub fn admitted_sources(
    graph: &Graph,
    groups: &[Node],
    protocol: &str,
    wanted: &Ports,
    by_group: bool,
) -> Answer<Vec<String>> {
    let (permissions, mut needs) = graph.groups().permissions(graph, groups, protocol, wanted);
    needs.extend(
        permissions
            .iter()
            .flat_map(|permission| permission.doubts.clone()),
    );
    let mut sources = BTreeSet::new();
    for permission in &permissions {
        if by_group {
            sources.extend(
                permission
                    .groups
                    .iter()
                    .map(|group| graph.value_text(*group, ColumnShape::Id(Kind::SecurityGroup))),
            );
        } else {
            sources.extend(permission.blocks.iter().map(ToString::to_string));
        }
    }
    let doubtful = !needs.is_empty();
    answer(sources.into_iter().collect(), doubtful, needs)
}
fn answer<T>(value: T, doubtful: bool, mut needs: Vec<Need>) -> Answer<T> {
    if doubtful {
        needs.sort();
        needs.dedup();
        Answer::Unknown(needs)
    } else {
        Answer::Known(value)
    }
}

fn contains(ports: &Ports, port: u16) -> bool {
    ports
        .ranges()
        .iter()
        .any(|(low, high)| (*low..=*high).contains(&port))
}

/// Cuts the wanted ports where rules begin and end, so that each piece is
/// treated alike by all rules.
fn segments(wanted: &Ports, permissions: &[Permission]) -> Vec<(u16, u16)> {
    let mut starts: BTreeSet<u16> = BTreeSet::new();
    for (low, high) in permissions
        .iter()
        .flat_map(|permission| permission.ports.ranges())
    {
        starts.insert(*low);
        starts.extend(high.checked_add(1));
    }
    let mut out = Vec::new();
    for &(low, high) in wanted.ranges() {
        let mut start = low;
        for &cut in starts.range(low..=high) {
            if cut > start {
                out.push((start, cut - 1));
                start = cut;
            }
        }
        out.push((start, high));
    }
    out
}

fn admitted(graph: &Graph, permissions: &[&Permission], source: &Source) -> bool {
    match source {
        Source::Block(block) => {
            let blocks: Vec<IpNet> = permissions
                .iter()
                .flat_map(|permission| permission.blocks.iter().copied())
                .collect();
            prefixes::covered(*block, &blocks)
        }
        Source::Group(id) => permissions
            .iter()
            .flat_map(|permission| &permission.groups)
            .any(|group| graph.value_text(*group, ColumnShape::Id(Kind::SecurityGroup)) == *id),
        Source::List(id) => permissions
            .iter()
            .flat_map(|permission| &permission.lists)
            .any(|list| list == id),
    }
}
