//! Ingress rules as the snapshot holds them, in the terms of a question.
//!
//! Finds the columns once and reads rules, ports and prefix lists from them; may
//! use the graph and the snapshot. What follows from the rules for a source is
//! decided in the parent module.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Need;
use crate::graph::ports::Ports;
use crate::graph::{Graph, Listing, Node, prefixes};
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
    cidrs: usize,
}

/// One ingress rule, in the terms of a question.
#[derive(Debug)]
pub(super) struct Permission {
    pub(super) ports: Ports,
    pub(super) blocks: Vec<IpNet>,
    /// What of the rule is not known: it may admit more than is said here.
    pub(super) doubts: Vec<Need>,
    /// Ids of prefix lists.
    pub(super) lists: Vec<String>,
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
            cidrs: lists.column("Cidrs").unwrap_or(usize::MAX),
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
        let named = match rules.column(self.protocol) {
            Some(Column::Text(protocols)) => protocols.get(rule).copied(),
            _ => None,
        };
        let named = named.filter(|named| named.is_text());
        let mut doubts = Vec::new();
        let mut unreadable = || doubts.push(Need::Field(group, "IpPermissions"));
        // A rule without a protocol may be about any.
        let readable = match named {
            Some(named) => {
                let named = graph.snapshot().symbols.text(named);
                self.ports(rules, rule, named, protocol)?
            }
            None => None,
        };
        let unclear = readable.is_none();
        let ports = if let Some(ports) = readable {
            ports.intersection(wanted)
        } else {
            unreadable();
            wanted.clone()
        };
        if ports.is_empty() {
            return None;
        }
        let lists = [self.ipv4, self.ipv6, self.lists, self.groups];
        if !lists.iter().any(|(list, _)| is_there(rules, rule, *list)) {
            unreadable();
        }
        let mut blocks = Vec::new();
        for columns in [self.ipv4, self.ipv6] {
            for block in values(rules, rule, columns) {
                match net(graph, *block) {
                    Some(block) => blocks.push(block),
                    None => unreadable(),
                }
            }
        }
        let mut named_lists = Vec::new();
        for id in values(rules, rule, self.lists) {
            let text = graph.value_text(*id, ColumnShape::Id(Kind::ManagedPrefixList));
            let list = graph.find(Kind::ManagedPrefixList, &text, Some(group));
            match list {
                Some(list) => {
                    let (known, whole) = self.entries(graph, list);
                    blocks.extend(known);
                    if !whole {
                        doubts.push(Need::Field(list, "Entries"));
                    }
                }
                None => doubts.push(Need::Listing(Kind::ManagedPrefixList, group)),
            }
            named_lists.push(text);
        }
        let mut groups = ids(rules, rule, self.groups);
        if groups.len() < values(rules, rule, self.groups).len() {
            doubts.push(Need::Field(group, "IpPermissions"));
        }
        if unclear {
            // Whom it admits is known, but not to what.
            blocks.clear();
            groups.clear();
            named_lists.clear();
        }
        Some(Permission {
            ports,
            blocks,
            doubts,
            lists: named_lists,
            groups,
        })
    }

    /// The ports that a rule opens for a protocol: all for `-1` and for
    /// protocols without ports; a missing bound is an open bound.
    /// None if it is about another protocol; unreadable bounds give no ports.
    #[expect(
        clippy::option_option,
        reason = "another protocol is not an unreadable one"
    )]
    fn ports(
        &self,
        rules: &Table,
        rule: usize,
        named: &str,
        protocol: &str,
    ) -> Option<Option<Ports>> {
        if named == "-1" {
            return Some(Some(Ports::range(0, u16::MAX)));
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
            return Some(Some(Ports::range(0, u16::MAX)));
        }
        let bound = |column: usize, open: u16| match rules.column(column) {
            Some(Column::Int(values)) => match values.get(rule) {
                Some(&NO_INT | -1) | None => Some(open),
                Some(&value) => u16::try_from(value).ok(),
            },
            _ => Some(open),
        };
        let bounds = bound(self.from, 0).zip(bound(self.to, u16::MAX));
        Some(bounds.map(|(low, high)| Ports::range(low, high)))
    }

    /// The blocks of a prefix list that are known, and whether they are all:
    /// of its entries, or of the short form that gateway endpoints use.
    fn entries(&self, graph: &Graph, list: Node) -> (Vec<IpNet>, bool) {
        let operation = "GetManagedPrefixListEntries";
        if let Some((Column::List(lists, entries), row)) = graph.cell(list, self.entries.0)
            && lists.presence(row) == Presence::Present
            && let Some(Column::Packed(blocks)) = entries.column(self.entries.1)
        {
            let known: Vec<IpNet> = lists
                .range(row)
                .filter_map(|entry| net(graph, *blocks.get(entry)?))
                .collect();
            let whole = graph.call(Kind::ManagedPrefixList, operation, list) != Listing::Partial;
            let readable = known.len() == lists.range(row).len();
            return (known, whole && readable);
        }
        match graph.cell(list, self.cidrs) {
            Some((Column::Texts(lists), row)) if lists.presence(row) == Presence::Present => {
                let texts = lists.get(row).iter();
                let symbols = &graph.snapshot().symbols;
                let known: Vec<IpNet> = texts
                    .filter_map(|text| prefixes::parse(symbols.text(*text)))
                    .collect();
                let whole = known.len() == lists.get(row).len() && !known.is_empty();
                (known, whole)
            }
            _ => (Vec::new(), false),
        }
    }
}

/// Whether a list of a rule is there, be it empty.
fn is_there(rules: &Table, rule: usize, list: usize) -> bool {
    rules
        .column(list)
        .is_some_and(|column| column.presence(rule) == Presence::Present)
}

/// The values of one field over the entries of a list, readable or not.
fn values(table: &Table, row: usize, (list, field): (usize, usize)) -> &[Packed] {
    let Some(Column::List(lists, below)) = table.column(list) else {
        return &[];
    };
    let range = lists.range(row);
    match below.column(field) {
        Some(Column::Packed(values)) if values.len() >= range.end => {
            values.get(range).unwrap_or_default()
        }
        // Nobody in the whole input has the field.
        _ => NOTHING
            .get(..range.len().min(NOTHING.len()))
            .unwrap_or_default(),
    }
}

/// Values that are not there.
const NOTHING: &[Packed] = &[Packed::ABSENT; 64];

fn net(graph: &Graph, block: Packed) -> Option<IpNet> {
    match block.ipv4() {
        Some((address, length)) => IpNet::new(IpAddr::V4(address), length.min(32))
            .ok()
            .map(|net| net.trunc()),
        None if block.is_text() => prefixes::parse(&block.network_text(&graph.snapshot().symbols)),
        None => None,
    }
}

fn ids(table: &Table, row: usize, columns: (usize, usize)) -> Vec<Packed> {
    let all = values(table, row, columns).iter().copied();
    all.filter(|value| value.is_text()).collect()
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
                    .flatten()
                    .map_or_else(
                        || "unreadable ports".to_owned(),
                        |ports| format!("{protocol} {ports}"),
                    ),
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
