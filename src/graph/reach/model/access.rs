//! Network ACLs and prefix lists.
//!
//! Entries of an ACL in the order of their numbers, which is not the order of
//! the source. Uses the graph; what an entry matches is decided elsewhere.

use ipnet::IpNet;

use super::group::{Span, span_of};
use super::{Network, Subnet};
use crate::graph::reach::flow::Protocol;
use crate::graph::{Entry, Graph, Node};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// A network ACL.
#[derive(Debug)]
pub struct Acl {
    /// The resource.
    pub node: Node,
    /// The VPC.
    pub vpc: Option<u32>,
    /// Whether subnets without an ACL follow it.
    pub is_default: bool,
    /// Subnets that are associated with it.
    pub subnets: Vec<u32>,
    /// Whether all of them were seen.
    pub subnets_seen: bool,
    /// Entries for what leaves a subnet, by number; `None` if not seen.
    pub egress: Option<Vec<AclEntry>>,
    /// Entries for what enters a subnet, by number; `None` if not seen.
    pub ingress: Option<Vec<AclEntry>>,
}

/// An entry of a network ACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclEntry {
    /// Its number; the lowest that matches decides.
    pub number: i64,
    /// What it is about.
    pub span: Span,
    /// Whom it is about; `None` if that cannot be read.
    pub block: Option<IpNet>,
    /// Whether it allows; `None` if that cannot be read.
    pub allow: Option<bool>,
    /// Position among the entries of the source.
    pub position: usize,
}

/// A prefix list.
#[derive(Debug)]
pub struct PrefixList {
    /// The resource.
    pub node: Node,
    /// Its id.
    pub id: String,
    /// Its name: `com.amazonaws.us-east-1.s3` for one of AWS's.
    pub name: String,
    /// Its blocks, with their positions; `None` if they were not seen.
    pub blocks: Option<Vec<IpNet>>,
    /// The list of the source that holds the blocks.
    pub field: &'static str,
}

pub(super) fn acls(graph: &Graph) -> Vec<Acl> {
    graph
        .nodes(Kind::NetworkAcl)
        .map(|node| {
            let entry = graph.entry(node);
            let entries = |egress: bool| {
                let entry = entry.filter(|entry| entry.presence("Entries") == Presence::Present)?;
                let mut entries: Vec<AclEntry> = entry
                    .entries("Entries")
                    .filter(|rule| rule.bool("Egress").is_none_or(|way| way == egress))
                    .map(|rule| acl_entry(&rule))
                    .collect();
                entries.sort_by_key(|entry| (entry.number, entry.position));
                Some(entries)
            };
            Acl {
                node,
                vpc: entry.and_then(|entry| entry.target("VpcId").row()),
                is_default: entry
                    .and_then(|entry| entry.bool("IsDefault"))
                    .unwrap_or(false),
                subnets: entry
                    .iter()
                    .flat_map(|entry| entry.entries("Associations"))
                    .filter_map(|association| association.target("SubnetId").row())
                    .collect(),
                subnets_seen: entry.is_some_and(|entry| {
                    entry.presence("Associations") == Presence::Present
                        && entry
                            .entries("Associations")
                            .all(|association| association.text("SubnetId").is_some())
                }),
                egress: entries(true),
                ingress: entries(false),
            }
        })
        .collect()
}

fn acl_entry(rule: &Entry<'_>) -> AclEntry {
    let action = rule.text("RuleAction");
    AclEntry {
        number: rule.int("RuleNumber").unwrap_or(i64::MIN),
        span: acl_span(rule),
        block: rule
            .block("CidrBlock")
            .or_else(|| rule.block("Ipv6CidrBlock")),
        // An entry whose direction or number is not known decides nothing.
        allow: action
            .filter(|_| rule.bool("Egress").is_some() && rule.int("RuleNumber").is_some())
            .and_then(|action| match action.to_ascii_lowercase().as_str() {
                "allow" => Some(true),
                "deny" => Some(false),
                _ => None,
            }),
        position: rule.position,
    }
}

fn acl_span(rule: &Entry<'_>) -> Span {
    let Some(text) = rule.text("Protocol") else {
        return Span::Unreadable;
    };
    if text.trim() == "-1" {
        return Span::All;
    }
    let Some(protocol) = Protocol::parse(&text) else {
        return Span::Unreadable;
    };
    // AWS wants types and ports where the protocol has them, and no code
    // without a type
    // (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html>).
    // An entry may refuse, so one that is not as AWS makes it is not passed
    // over.
    let (first, second) = if protocol.is_icmp() {
        ("IcmpTypeCode.Type", "IcmpTypeCode.Code")
    } else if protocol.has_ports() {
        ("PortRange.From", "PortRange.To")
    } else {
        return span_of(protocol, None, None);
    };
    let (Some(first), Some(second)) = (rule.int(first), rule.int(second)) else {
        return Span::Unreadable;
    };
    let open = |value: i64| (value != -1).then_some(value);
    let span = match (open(first), open(second)) {
        (None, Some(_)) if protocol.is_icmp() => Span::Nothing,
        (first, second) => span_of(protocol, first, second),
    };
    match span {
        Span::Nothing => Span::Unreadable,
        span => span,
    }
}

pub(super) fn lists(graph: &Graph) -> Vec<PrefixList> {
    graph
        .nodes(Kind::ManagedPrefixList)
        .map(|node| {
            let entry = graph.entry(node);
            let present =
                |list: &str| entry.is_some_and(|entry| entry.presence(list) == Presence::Present);
            let (blocks, field) = if present("Entries") {
                let entries = entry.iter().flat_map(|entry| entry.entries("Entries"));
                // An entry that cannot be read spoils the list.
                (
                    entries.map(|entry| entry.block("Cidr")).collect(),
                    "Entries",
                )
            } else if present("Cidrs") {
                let texts = entry.iter().flat_map(|entry| entry.texts("Cidrs"));
                let blocks = texts.map(|text| crate::graph::prefixes::parse(&text));
                (blocks.collect(), "Cidrs")
            } else {
                (None, "Entries")
            };
            PrefixList {
                node,
                id: graph.id(node),
                name: entry
                    .and_then(|entry| entry.text("PrefixListName"))
                    .unwrap_or_default(),
                blocks,
                field,
            }
        })
        .collect()
}

/// The ACL that a subnet follows, if it is known.
pub fn acl_of<'n>(network: &'n Network, subnet: &Subnet) -> Option<&'n Acl> {
    network.acls.get(subnet.acl? as usize)
}
