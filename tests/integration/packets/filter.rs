//! Whether security groups and network ACLs let one packet pass.
//!
//! One packet, one rule after the other, as AWS's user guide tells it
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>).
//! Must not share code with the product.

use std::net::IpAddr;

use super::network::{Acl, Id, Network, Peer, Rule, any};

pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const ICMP: u8 = 1;
pub(crate) const ICMPV6: u8 = 58;

/// What a packet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: u8,
    pub source_port: u16,
    /// For ICMP `type * 256 + code`.
    pub port: u16,
}

impl Packet {
    pub(crate) fn has_ports(&self) -> bool {
        matches!(self.protocol, TCP | UDP)
    }

    pub(crate) fn is_icmp(&self) -> bool {
        matches!(self.protocol, ICMP | ICMPV6)
    }

    fn icmp(&self) -> (i32, i32) {
        (i32::from(self.port >> 8), i32::from(self.port & 255))
    }
}

/// Whether a rule of a group is about what the packet carries.
fn carries(rule: &Rule, packet: &Packet) -> bool {
    let Some(protocol) = rule.protocol else {
        return true;
    };
    if protocol != packet.protocol {
        return false;
    }
    let bound = |value: Option<i32>| value.filter(|value| *value != -1);
    let (from, to) = (bound(rule.from), bound(rule.to));
    if packet.has_ports() {
        let port = i32::from(packet.port);
        from.is_none_or(|from| from <= port) && to.is_none_or(|to| port <= to)
    } else if packet.is_icmp() {
        let (kind, code) = packet.icmp();
        match (from, to) {
            (None, to) => to.is_none(),
            (Some(from), to) => from == kind && to.is_none_or(|to| to == code),
        }
    } else {
        true
    }
}

/// Whether any rule lets the packet pass. `members` are the groups of the
/// interface at the other end, if its identity arrives.
pub(crate) fn group_admits<'r>(
    network: &Network,
    mut rules: impl Iterator<Item = &'r Rule>,
    packet: &Packet,
    peer: IpAddr,
    members: &[Id],
) -> bool {
    rules.any(|rule| {
        carries(rule, packet)
            && rule.peers.iter().any(|allowed| match allowed {
                Peer::Block(block) => block.contains(&peer),
                Peer::List(list) => any(&network.lists[*list].entries, peer),
                Peer::Group(group) => members.contains(group),
            })
    })
}

/// Whether an ACL lets the packet pass in one direction.
pub(crate) fn acl_admits(acl: &Acl, egress: bool, packet: &Packet) -> bool {
    let peer = if egress {
        packet.destination
    } else {
        packet.source
    };
    let mut entries: Vec<_> = acl
        .entries
        .iter()
        .filter(|entry| entry.egress == egress)
        .collect();
    entries.sort_by_key(|entry| entry.number);
    let first = entries.into_iter().find(|entry| {
        let kind = match (entry.protocol, entry.ports, entry.icmp) {
            (None, ..) => true,
            (Some(protocol), ..) if protocol != packet.protocol => false,
            (_, Some((low, high)), _) if packet.has_ports() => (low..=high).contains(&packet.port),
            (_, _, Some((kind, code))) if packet.is_icmp() => {
                let (own, detail) = packet.icmp();
                (kind == -1 || i32::from(kind) == own) && (code == -1 || i32::from(code) == detail)
            }
            _ => true,
        };
        kind && entry.block.contains(&peer)
    });
    first.is_some_and(|entry| entry.allow)
}
