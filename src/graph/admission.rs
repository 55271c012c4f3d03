//! What security groups let in: who, on which ports.
//!
//! Groups only allow, all groups of an interface count together, and a rule
//! names its sources as blocks, prefix lists or groups
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>).
//! The arithmetic is exact over ranges and blocks. Network ACLs and routes are
//! not considered here.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::ports::Ports;
use super::{Graph, Node, prefixes};
use crate::snapshot::column::{Column, NO_INT, Presence};
use crate::snapshot::layout::{ColumnShape, Level};
use crate::snapshot::packed::Packed;
use crate::snapshot::record::Kind;
use crate::snapshot::symbol::Symbol;
use crate::snapshot::table::Table;

/// Columns of the ingress rules, found once.
#[derive(Debug, Default)]
pub struct GroupIndex {
    ingress: usize,
    protocol: usize,
    from: usize,
    to: usize,
    ipv4: (usize, usize),
    ipv6: (usize, usize),
    lists: (usize, usize),
    groups: (usize, usize),
    entries: (usize, usize),
}

/// One ingress rule, in the terms of a question.
#[derive(Debug)]
struct Permission {
    ports: Ports,
    blocks: Vec<IpNet>,
    /// Prefix lists whose entries are not known.
    closed_lists: Vec<Node>,
    lists: Vec<Node>,
    groups: Vec<Packed>,
}

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

impl GroupIndex {
    pub(super) fn build(_graph: &Graph) -> Self {
        let level = Level::of(Kind::SecurityGroup);
        let ingress = level.column("IpPermissions").unwrap_or(usize::MAX);
        let Some(rules) = level
            .columns
            .get(ingress)
            .and_then(|column| column.level.as_ref())
        else {
            return Self::default();
        };
        let list = |name: &str, field: &str| {
            let column = rules.column(name).unwrap_or(usize::MAX);
            let inner = rules
                .columns
                .get(column)
                .and_then(|column| column.level.as_ref())
                .and_then(|level| level.column(field));
            (column, inner.unwrap_or(usize::MAX))
        };
        let lists = Level::of(Kind::ManagedPrefixList);
        let entries = lists.column("Entries").unwrap_or(usize::MAX);
        let cidr = lists
            .columns
            .get(entries)
            .and_then(|column| column.level.as_ref())
            .and_then(|level| level.column("Cidr"));
        Self {
            ingress,
            protocol: rules.column("IpProtocol").unwrap_or(usize::MAX),
            from: rules.column("FromPort").unwrap_or(usize::MAX),
            to: rules.column("ToPort").unwrap_or(usize::MAX),
            ipv4: list("IpRanges", "CidrIp"),
            ipv6: list("Ipv6Ranges", "CidrIpv6"),
            lists: list("PrefixListIds", "PrefixListId"),
            groups: list("UserIdGroupPairs", "GroupId"),
            entries: (entries, cidr.unwrap_or(usize::MAX)),
        }
    }

    /// The column of the ingress rules, for evidence.
    pub const fn ingress_column(&self) -> usize {
        self.ingress
    }

    /// All rules of the groups that let the protocol in on some of the ports.
    fn permissions(
        &self,
        graph: &Graph,
        groups: &[Node],
        protocol: &str,
        wanted: &Ports,
    ) -> (Vec<Permission>, Vec<Need>) {
        let mut all = Vec::new();
        let mut needs = Vec::new();
        if groups.is_empty() {
            needs.push(Need::Sense(
                "ingress of no security group at all".to_owned(),
            ));
        }
        for &group in groups {
            match graph.cell(group, self.ingress) {
                Some((Column::List(lists, rules), row))
                    if lists.presence(row) == Presence::Present =>
                {
                    all.extend(lists.range(row).filter_map(|rule| {
                        self.permission(graph, group, rules, rule, protocol, wanted)
                    }));
                }
                Some(_) => needs.push(Need::Field(group, "IpPermissions")),
                None => needs.push(Need::Resource(group)),
            }
        }
        (all, needs)
    }

    fn permission(
        &self,
        graph: &Graph,
        group: Node,
        rules: &Table,
        rule: usize,
        protocol: &str,
        wanted: &Ports,
    ) -> Option<Permission> {
        let Some(Column::Text(protocols)) = rules.column(self.protocol) else {
            return None;
        };
        let named = graph
            .snapshot()
            .symbols
            .text(protocols.get(rule).copied().unwrap_or(Symbol::ABSENT));
        let ports = self
            .ports(rules, rule, named, protocol)?
            .intersection(wanted);
        if ports.is_empty() {
            return None;
        }
        let mut permission = Permission {
            ports,
            blocks: Vec::new(),
            closed_lists: Vec::new(),
            lists: Vec::new(),
            groups: ids(rules, rule, self.groups),
        };
        for columns in [self.ipv4, self.ipv6] {
            permission.blocks.extend(
                ids(rules, rule, columns)
                    .into_iter()
                    .filter_map(|block| net(graph, block)),
            );
        }
        for id in ids(rules, rule, self.lists) {
            let text = graph.value_text(id, ColumnShape::Id(Kind::ManagedPrefixList));
            if let Some(list) = graph.find(Kind::ManagedPrefixList, &text, Some(group)) {
                match self.entries(graph, list) {
                    Some(blocks) => permission.blocks.extend(blocks),
                    None => permission.closed_lists.push(list),
                }
                permission.lists.push(list);
            }
        }
        Some(permission)
    }

    /// The ports that a rule opens for a protocol: all for `-1` and for
    /// protocols without ports; a missing bound is an open bound.
    fn ports(&self, rules: &Table, rule: usize, named: &str, protocol: &str) -> Option<Ports> {
        if named == "-1" {
            return Some(Ports::range(0, u16::MAX));
        }
        let number = |name: &str| match name {
            "icmp" => "1".to_owned(),
            "tcp" => "6".to_owned(),
            "udp" => "17".to_owned(),
            "icmpv6" => "58".to_owned(),
            other => other.to_owned(),
        };
        let wanted = number(&protocol.to_ascii_lowercase());
        if number(&named.to_ascii_lowercase()) != wanted {
            return None;
        }
        if wanted != "6" && wanted != "17" {
            return Some(Ports::range(0, u16::MAX));
        }
        let bound = |column: usize, open: u16| match rules.column(column) {
            Some(Column::Int(values)) => match values.get(rule) {
                Some(&NO_INT | -1) | None => Some(open),
                Some(&value) => u16::try_from(value).ok(),
            },
            _ => Some(open),
        };
        Some(Ports::range(
            bound(self.from, 0)?,
            bound(self.to, u16::MAX)?,
        ))
    }

    /// The blocks of a prefix list, if its entries were collected.
    fn entries(&self, graph: &Graph, list: Node) -> Option<Vec<IpNet>> {
        let (Column::List(lists, entries), row) = graph.cell(list, self.entries.0)? else {
            return None;
        };
        if lists.presence(row) != Presence::Present {
            return None;
        }
        let Some(Column::Packed(blocks)) = entries.column(self.entries.1) else {
            return None;
        };
        Some(
            lists
                .range(row)
                .filter_map(|entry| net(graph, *blocks.get(entry)?))
                .collect(),
        )
    }
}

fn net(graph: &Graph, block: Packed) -> Option<IpNet> {
    match block.ipv4() {
        Some((address, length)) => IpNet::new(IpAddr::V4(address), length.min(32))
            .ok()
            .map(|net| net.trunc()),
        None => prefixes::parse(&block.network_text(&graph.snapshot().symbols)),
    }
}

fn ids(table: &Table, row: usize, (list, field): (usize, usize)) -> Vec<Packed> {
    let Some(Column::List(lists, below)) = table.column(list) else {
        return Vec::new();
    };
    let Some(Column::Packed(values)) = below.column(field) else {
        return Vec::new();
    };
    values
        .get(lists.range(row))
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|value| value.is_text())
        .collect()
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
        let lists: Vec<Need> = here
            .iter()
            .flat_map(|permission| &permission.closed_lists)
            .map(|list| Need::Field(*list, "Entries"))
            .collect();
        doubtful |= !lists.is_empty() || !needs.is_empty();
        needs.extend(lists);
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
    let (permissions, needs) = graph.groups().permissions(graph, groups, protocol, wanted);
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
    let (permissions, needs) = graph.groups().permissions(graph, groups, protocol, wanted);
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
            sources.extend(permission.closed_lists.iter().map(|list| graph.id(*list)));
        }
    }
    let doubtful = !needs.is_empty();
    answer(sources.into_iter().collect(), doubtful, needs)
}

/// The ingress rules of a group in one line: `tcp 443 from 10.0.0.0/16; …`.
pub fn describe_ingress(graph: &Graph, group: Node) -> String {
    let index = graph.groups();
    let Some((Column::List(lists, rules), row)) = graph.cell(group, index.ingress) else {
        return "not known".to_owned();
    };
    let text = |column: usize, rule: usize| match rules.column(column) {
        Some(Column::Text(values)) => graph
            .snapshot()
            .symbols
            .text(values.get(rule).copied().unwrap_or(Symbol::ABSENT))
            .to_owned(),
        _ => String::new(),
    };
    let described: Vec<String> = lists
        .range(row)
        .map(|rule| {
            let protocol = text(index.protocol, rule);
            let ports = match protocol.as_str() {
                "-1" => "all".to_owned(),
                // Their bounds are types and codes, not ports.
                "icmp" | "icmpv6" | "1" | "58" => protocol,
                _ => index
                    .ports(rules, rule, &protocol, &protocol)
                    .map_or_else(String::new, |ports| format!("{protocol} {ports}")),
            };
            let named = |columns, kind| {
                ids(rules, rule, columns)
                    .into_iter()
                    .map(move |id| graph.value_text(id, ColumnShape::Id(kind)))
            };
            let blocks = [index.ipv4, index.ipv6]
                .into_iter()
                .flat_map(|columns| ids(rules, rule, columns));
            let sources: Vec<String> = blocks
                .map(|block| block.network_text(&graph.snapshot().symbols))
                .chain(named(index.lists, Kind::ManagedPrefixList))
                .chain(named(index.groups, Kind::SecurityGroup))
                .collect();
            format!(
                "{ports} from {}",
                if sources.is_empty() {
                    "nobody".to_owned()
                } else {
                    sources.join(", ")
                }
            )
        })
        .collect();
    if described.is_empty() {
        "no rules".to_owned()
    } else {
        described.join("; ")
    }
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
            .any(|list| graph.id(*list) == *id),
    }
}
