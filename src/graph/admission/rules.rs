//! Ingress rules as the snapshot holds them, in the terms of a question.
//!
//! Finds the columns once and reads rules, ports and prefix lists from them; may
//! use the graph and the snapshot. What follows from the rules for a source is
//! decided in the parent module.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Need;
use crate::graph::ports::Ports;
use crate::graph::{Graph, Node, prefixes};
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
pub(super) struct Permission {
    pub(super) ports: Ports,
    pub(super) blocks: Vec<IpNet>,
    /// Prefix lists whose entries are not known.
    pub(super) closed_lists: Vec<Node>,
    pub(super) lists: Vec<Node>,
    pub(super) groups: Vec<Packed>,
}
impl GroupIndex {
    pub(in crate::graph) fn build(_graph: &Graph) -> Self {
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
    pub(super) fn permissions(
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
