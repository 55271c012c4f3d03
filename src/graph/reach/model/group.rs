//! Security groups: permissions as spans of ports and peers.
//!
//! Reads both directions of a group and keeps what it cannot read as a doubt.
//! Uses the graph; what a permission admits is decided elsewhere.

use ipnet::IpNet;

use crate::graph::reach::flow::Protocol;
use crate::graph::{Entry, Graph, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// A security group.
#[derive(Debug)]
pub struct Group {
    /// The resource.
    pub node: Node,
    /// The VPC it was made in.
    pub vpc: Option<u32>,
    /// Its id.
    pub id: String,
    /// What may come in; `None` if that was not seen.
    pub ingress: Option<Vec<Permission>>,
    /// What may go out; `None` if that was not seen.
    pub egress: Option<Vec<Permission>>,
}

/// A permission.
#[derive(Debug)]
pub struct Permission {
    /// What it is about.
    pub span: Span,
    /// Whom it admits.
    pub peers: Vec<Peer>,
    /// Whether part of it is unreadable: it may admit more.
    pub unclear: bool,
}

/// Protocol and ports that a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// All protocols.
    All,
    /// One protocol and a range of ports, for ICMP `type * 256 + code`.
    Range(Protocol, u16, u16),
    /// Nothing: a range that is the wrong way round.
    Nothing,
    /// It cannot be read.
    Unreadable,
}

/// One party of a permission.
#[derive(Debug)]
pub struct Peer {
    /// Who.
    pub kind: PeerKind,
    /// Where it stands: the name of the list and the position in it.
    pub at: (&'static str, usize),
}

/// Who is admitted.
#[derive(Debug)]
pub enum PeerKind {
    /// A block.
    Block(IpNet),
    /// The entries of a prefix list; `None` if it is not in the snapshot.
    List(Option<u32>, String),
    /// The interfaces of a group.
    Group {
        /// The group's row, if it is in the snapshot.
        row: Option<u32>,
        /// The group's id.
        id: String,
        /// The peering over which it is named, if the rule says so.
        stale: bool,
    },
    /// It cannot be read.
    Unreadable,
}

pub(super) fn groups(graph: &Graph) -> Vec<Group> {
    graph
        .nodes(Kind::SecurityGroup)
        .map(|node| {
            let entry = graph.entry(node);
            let rules = |list: &str| {
                let entry = entry.filter(|entry| entry.presence(list) == Presence::Present)?;
                Some(entry.entries(list).map(|rule| permission(&rule)).collect())
            };
            Group {
                node,
                vpc: entry.and_then(|entry| entry.target("VpcId").row()),
                id: graph.id(node),
                ingress: rules("IpPermissions"),
                egress: rules("IpPermissionsEgress"),
            }
        })
        .collect()
}

fn permission(rule: &Entry<'_>) -> Permission {
    let mut peers = Vec::new();
    let lists = [
        "IpRanges",
        "Ipv6Ranges",
        "PrefixListIds",
        "UserIdGroupPairs",
    ];
    for list in lists {
        for entry in rule.entries(list) {
            peers.push(Peer {
                kind: peer(list, &entry),
                at: (list, entry.position),
            });
        }
    }
    Permission {
        span: span(rule),
        // A rule is about somebody; whom it names was left out.
        unclear: peers.is_empty(),
        peers,
    }
}

fn peer(list: &str, entry: &Entry<'_>) -> PeerKind {
    match list {
        "IpRanges" => entry
            .block("CidrIp")
            .map_or(PeerKind::Unreadable, PeerKind::Block),
        "Ipv6Ranges" => entry
            .block("CidrIpv6")
            .map_or(PeerKind::Unreadable, PeerKind::Block),
        "PrefixListIds" => match entry.target("PrefixListId") {
            Target::Here(node) => {
                PeerKind::List(node.row(), entry.text("PrefixListId").unwrap_or_default())
            }
            Target::Elsewhere(id) => PeerKind::List(None, id),
            Target::Nothing => PeerKind::Unreadable,
        },
        _ => {
            let stale = entry
                .text("PeeringStatus")
                .is_some_and(|status| !status.eq_ignore_ascii_case("active"));
            match entry.target("GroupId") {
                Target::Here(node) => PeerKind::Group {
                    row: node.row(),
                    id: entry.text("GroupId").unwrap_or_default(),
                    stale,
                },
                Target::Elsewhere(id) => PeerKind::Group {
                    row: None,
                    id,
                    stale,
                },
                Target::Nothing => PeerKind::Unreadable,
            }
        }
    }
}

/// Reads protocol and ports of a permission. A missing or -1 bound is open; a
/// number other than those of TCP, UDP and ICMP stands for all of that protocol
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>).
fn span(rule: &Entry<'_>) -> Span {
    let Some(text) = rule.text("IpProtocol") else {
        return Span::Unreadable;
    };
    if matches!(text.trim(), "-1" | "all" | "All" | "ALL") {
        return Span::All;
    }
    let Some(protocol) = Protocol::parse(&text) else {
        return Span::Unreadable;
    };
    let bound = |path: &str| rule.int(path).filter(|value| *value != -1);
    let unknown = |path: &str| rule.presence(path) == Presence::Unknown;
    if (protocol.has_ports() || protocol.is_icmp()) && (unknown("FromPort") || unknown("ToPort")) {
        return Span::Unreadable;
    }
    span_of(protocol, bound("FromPort"), bound("ToPort"))
}

/// The span of a protocol between two bounds, where `None` is open. For ICMP
/// the bounds are type and code, and a code without a type matches nothing.
pub(super) fn span_of(protocol: Protocol, from: Option<i64>, to: Option<i64>) -> Span {
    if protocol.is_icmp() {
        let byte = |value: i64| u8::try_from(value).ok().map(u16::from);
        return match (from, to) {
            (None, None) => Span::Range(protocol, 0, u16::MAX),
            (None, Some(_)) => Span::Nothing,
            (Some(kind), None) => match byte(kind) {
                Some(kind) => Span::Range(protocol, kind << 8, kind << 8 | 0xff),
                None => Span::Unreadable,
            },
            (Some(kind), Some(code)) => match (byte(kind), byte(code)) {
                (Some(kind), Some(code)) => {
                    Span::Range(protocol, kind << 8 | code, kind << 8 | code)
                }
                _ => Span::Unreadable,
            },
        };
    }
    if !protocol.has_ports() {
        return Span::Range(protocol, 0, u16::MAX);
    }
    match (
        u16::try_from(from.unwrap_or(0)),
        u16::try_from(to.unwrap_or(i64::from(u16::MAX))),
    ) {
        (Ok(low), Ok(high)) if low <= high => Span::Range(protocol, low, high),
        (Ok(_), Ok(_)) => Span::Nothing,
        _ => Span::Unreadable,
    }
}
