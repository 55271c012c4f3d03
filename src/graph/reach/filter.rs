//! What security groups and network ACLs admit, as sets of ports.
//!
//! Groups only allow and all groups of an interface count together; an ACL's
//! lowest number that matches decides
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>). Uses the
//! model; the way of the traffic is found elsewhere.

use std::net::IpAddr;

use super::code::{Assumption, Code};
use super::flow::{Admitted, Assume, Protocol};
use super::model::{AclEntry, Interface, Network, Peer, PeerKind, Permission, Span};
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::snapshot::record::Kind;

/// Which way traffic passes an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// Into it.
    In,
    /// Out of it.
    Out,
}

/// Whether, along a path, rules that name a group know the other side's groups.
/// AWS's table of cases is at
/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing>
/// and <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Within a VPC.
    SameVpc,
    /// Over a peering; whether within a region, if known.
    Peering(Option<bool>),
    /// Over one transit gateway; whether the option is on everywhere, if known.
    Transit(Option<bool>),
    /// Lost on the way.
    Lost,
}

/// One rule that decided, for evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// Row of the group.
    pub group: u32,
    /// Position of the permission.
    pub permission: usize,
    /// The list of the peer and the position in it.
    pub peer: (&'static str, usize),
}

/// What was learned while groups were asked.
#[derive(Debug, Default)]
pub struct Log {
    /// Rules that admit.
    pub decided: Vec<Decided>,
    /// What was not seen.
    pub needs: Vec<Need>,
    /// Why rules that name the other side do not count.
    pub codes: Vec<Code>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
    /// Whether there is any rule in this direction.
    pub any: bool,
}

/// The other side, as rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Other<'n> {
    /// Its private address.
    pub address: IpAddr,
    /// Its interface, if it is one.
    pub interface: Option<&'n Interface>,
    /// Whether it may be one that is not known, since the way there was not
    /// seen to its end.
    pub unseen: bool,
    /// Whether groups are known along the path.
    pub identity: Identity,
}

/// The ports of a span among those asked; `None` if it cannot be read.
pub fn span_ports(span: Span, protocol: Protocol, asked: &Ports) -> Option<Ports> {
    match span {
        Span::All => Some(asked.clone()),
        Span::Range(of, low, high) if of == protocol => {
            Some(Ports::range(low, high).intersection(asked))
        }
        Span::Range(..) | Span::Nothing => Some(Ports::default()),
        Span::Unreadable => None,
    }
}

/// What the groups of an interface admit.
pub fn groups(
    network: &Network,
    interface: &Interface,
    way: Way,
    other: Other<'_>,
    traffic: (Protocol, &Ports),
    assume: Assume,
    log: &mut Log,
) -> Admitted {
    let asking = Asking {
        network,
        way,
        other,
        assume,
        target_is_endpoint: way == Way::In && interface.is_endpoint(),
        addresses: true,
    };
    asking.groups(interface, traffic, log)
}

/// What rules that name groups admit, for any address of the other side's
/// interface. What rules with addresses admit besides is [`groups`] without an
/// interface on the other side; the two together are all.
pub fn references(
    network: &Network,
    interface: &Interface,
    way: Way,
    other: Other<'_>,
    traffic: (Protocol, &Ports),
    assume: Assume,
    log: &mut Log,
) -> Admitted {
    let asking = Asking {
        network,
        way,
        other,
        assume,
        target_is_endpoint: way == Way::In && interface.is_endpoint(),
        addresses: false,
    };
    asking.groups(interface, traffic, log)
}

struct Asking<'n> {
    network: &'n Network,
    way: Way,
    other: Other<'n>,
    assume: Assume,
    target_is_endpoint: bool,
    /// Whether rules with addresses count.
    addresses: bool,
}

/// Whether a peer of a rule is the other side.
enum Match {
    Yes,
    No,
    Maybe(Option<Need>),
}

impl Asking<'_> {
    fn groups(
        &self,
        interface: &Interface,
        (protocol, asked): (Protocol, &Ports),
        log: &mut Log,
    ) -> Admitted {
        let mut admitted = Admitted::default();
        if !interface.groups_seen {
            log.needs.push(Need::Field(interface.node, "Groups"));
            admitted.unknown = asked.clone();
            return admitted;
        }
        // Interfaces of some services carry no group and are not filtered.
        if interface.groups.is_empty() {
            log.any = true;
            admitted.open = asked.clone();
            return admitted;
        }
        for row in &interface.groups {
            let group = row.and_then(|row| Some((row, self.network.groups.get(row as usize)?)));
            let Some((row, group)) = group else {
                log.needs
                    .push(Need::Listing(Kind::SecurityGroup, interface.node));
                admitted.unknown = admitted.unknown.union(asked);
                continue;
            };
            let (rules, field) = match self.way {
                Way::In => (&group.ingress, "IpPermissions"),
                Way::Out => (&group.egress, "IpPermissionsEgress"),
            };
            let Some(rules) = rules else {
                log.needs.push(Need::Field(group.node, field));
                admitted.unknown = admitted.unknown.union(asked);
                continue;
            };
            log.any |= !rules.is_empty();
            for (position, rule) in rules.iter().enumerate() {
                let doubt = Need::Field(group.node, field);
                let at = (row, position);
                self.rule(rule, at, &doubt, (protocol, asked), &mut admitted, log);
            }
        }
        admitted.unknown = admitted.unknown.difference(&admitted.open);
        admitted
    }

    fn rule(
        &self,
        rule: &Permission,
        (group, position): (u32, usize),
        doubt: &Need,
        (protocol, asked): (Protocol, &Ports),
        admitted: &mut Admitted,
        log: &mut Log,
    ) {
        let (ports, readable) = match span_ports(rule.span, protocol, asked) {
            Some(ports) => (ports, true),
            None => (asked.clone(), false),
        };
        if ports.is_empty() {
            return;
        }
        if rule.unclear {
            admitted.unknown = std::mem::take(&mut admitted.unknown).union(&ports);
            log.needs.push(doubt.clone());
        }
        for peer in &rule.peers {
            match self.peer(peer, log) {
                Match::Yes if readable => {
                    if !ports.difference(&admitted.open).is_empty() {
                        log.decided.push(Decided {
                            group,
                            permission: position,
                            peer: peer.at,
                        });
                        admitted.open = std::mem::take(&mut admitted.open).union(&ports);
                    }
                }
                Match::Yes => {
                    admitted.unknown = std::mem::take(&mut admitted.unknown).union(&ports);
                    log.needs.push(doubt.clone());
                }
                Match::Maybe(need) => {
                    admitted.unknown = std::mem::take(&mut admitted.unknown).union(&ports);
                    log.needs.push(need.unwrap_or_else(|| doubt.clone()));
                }
                Match::No => {}
            }
        }
    }

    fn peer(&self, peer: &Peer, log: &mut Log) -> Match {
        match &peer.kind {
            PeerKind::Block(_) | PeerKind::List(..) if !self.addresses => Match::No,
            PeerKind::Block(block) if block.contains(&self.other.address) => Match::Yes,
            PeerKind::Block(_) => Match::No,
            PeerKind::List(Some(row), _) => match self.network.lists.get(*row as usize) {
                Some(list) => match &list.blocks {
                    Some(blocks) if blocks.iter().any(|b| b.contains(&self.other.address)) => {
                        Match::Yes
                    }
                    Some(_) => Match::No,
                    None => Match::Maybe(Some(Need::Field(list.node, list.field))),
                },
                None => Match::Maybe(None),
            },
            PeerKind::List(None, id) => Match::Maybe(Some(Need::Sense(format!(
                "the entries of prefix list {id}"
            )))),
            PeerKind::Group { row, id, stale } => self.group(*row, id, *stale, log),
            PeerKind::Unreadable => Match::Maybe(None),
        }
    }

    /// A rule that names a group admits the interfaces of the group, by their
    /// private addresses, where the path carries the identity.
    fn group(&self, row: Option<u32>, id: &str, stale: bool, log: &mut Log) -> Match {
        let Some(interface) = self.other.interface else {
            return if self.other.unseen {
                Match::Maybe(Some(Need::Sense(
                    "which interface the traffic arrives at".to_owned(),
                )))
            } else {
                Match::No
            };
        };
        let member = match row {
            Some(_) => interface.groups.contains(&row),
            None => interface.strangers.iter().any(|stranger| stranger == id),
        };
        if !interface.groups_seen {
            return Match::Maybe(Some(Need::Field(interface.node, "Groups")));
        }
        if !member {
            return Match::No;
        }
        let lost = |log: &mut Log, code: Code| {
            if !log.codes.contains(&code) {
                log.codes.push(code);
            }
            Match::No
        };
        match self.other.identity {
            Identity::Peering(_) if stale => lost(log, Code::UnknownPeeredSgs),
            Identity::Peering(Some(true)) => {
                if self.target_is_endpoint {
                    log.assumptions.push(Assumption::PeeringReferenceToEndpoint);
                }
                Match::Yes
            }
            Identity::Peering(None) => Match::Maybe(Some(Need::Sense(
                "whether the peering joins VPCs of one Region".to_owned(),
            ))),
            Identity::Transit(_) if self.way == Way::Out || self.target_is_endpoint => {
                lost(log, Code::SgReferencesNotPreserved)
            }
            Identity::SameVpc | Identity::Transit(Some(true)) => Match::Yes,
            Identity::Transit(Some(false)) => lost(log, Code::SgReferencingSupport),
            Identity::Transit(None) if self.assume.defaults => {
                log.assumptions.push(Assumption::SecurityGroupReferencingOff);
                lost(log, Code::SgReferencingSupport)
            }
            Identity::Transit(None) => Match::Maybe(Some(Need::Sense(
                "the option SecurityGroupReferencingSupport of the transit gateway and of both attachments".to_owned(),
            ))),
            Identity::Peering(Some(false)) | Identity::Lost => {
                lost(log, Code::SgReferencesNotPreserved)
            }
        }
    }
}

/// What an ACL admits; positions of the entries that decide, and whether the
/// last, implicit one does.
#[derive(Debug, Default)]
pub struct AclAnswer {
    /// What is admitted.
    pub admitted: Admitted,
    /// Positions of entries that decide, in the order of their numbers.
    pub decided: Vec<usize>,
    /// Whether the implicit last entry denies some of it.
    pub implicit: bool,
}

/// What the entries of an ACL admit for an address.
pub fn acl(
    entries: &[AclEntry],
    address: IpAddr,
    (protocol, asked): (Protocol, &Ports),
) -> AclAnswer {
    let mut answer = AclAnswer::default();
    let mut rest = asked.clone();
    // Ports about which an entry that cannot be read may have decided already.
    let mut doubtful = Ports::default();
    for entry in entries {
        if rest.is_empty() {
            break;
        }
        if entry.block.is_some_and(|block| !block.contains(&address)) {
            continue;
        }
        let ports = span_ports(entry.span, protocol, &rest);
        let unreadable = entry.block.is_none() || ports.is_none() || entry.allow.is_none();
        let ports = ports.unwrap_or_else(|| rest.clone());
        if ports.is_empty() {
            continue;
        }
        answer.decided.push(entry.position);
        if unreadable {
            doubtful = doubtful.union(&ports);
            continue;
        }
        answer.admitted.unknown = answer
            .admitted
            .unknown
            .union(&ports.intersection(&doubtful));
        if entry.allow == Some(true) {
            answer.admitted.open = answer.admitted.open.union(&ports.difference(&doubtful));
        }
        rest = rest.difference(&ports);
    }
    answer.implicit = !rest.is_empty();
    answer.admitted.unknown = answer.admitted.unknown.union(&rest.intersection(&doubtful));
    answer
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn entry(number: i64, span: Span, block: &str, allow: bool) -> AclEntry {
        AclEntry {
            number,
            span,
            block: block.parse().ok(),
            allow: Some(allow),
            position: usize::try_from(number).unwrap(),
        }
    }

    const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

    #[test]
    fn the_lowest_number_decides() {
        let tcp = |low, high| Span::Range(Protocol::Tcp, low, high);
        let entries = [
            entry(1, tcp(80, 90), "10.0.0.0/8", false),
            entry(2, tcp(0, 1000), "0.0.0.0/0", true),
        ];
        let answer = acl(&entries, PEER, (Protocol::Tcp, &Ports::range(70, 2000)));
        assert_eq!(answer.admitted.open.to_string(), "70-79, 91-1000");
        assert!(answer.implicit && answer.admitted.unknown.is_empty());
        assert_eq!(answer.decided, [1, 2]);
    }

    #[test]
    fn an_entry_that_cannot_be_read_leaves_doubt() {
        let mut odd = entry(1, Span::Unreadable, "10.0.0.0/8", true);
        let allow = entry(2, Span::All, "0.0.0.0/0", true);
        let asked = Ports::range(1, 9);
        let answer = acl(&[odd.clone(), allow.clone()], PEER, (Protocol::Tcp, &asked));
        assert_eq!(answer.admitted.unknown, asked);
        assert!(answer.admitted.open.is_empty());
        // It is about somebody else.
        odd.block = "192.168.0.0/16".parse().ok();
        let answer = acl(&[odd, allow], PEER, (Protocol::Tcp, &asked));
        assert_eq!(answer.admitted.open, asked);
    }

    #[test]
    fn protocol_zero_matches_only_rules_for_all() {
        let asked = Ports::range(0, u16::MAX);
        let zero = Protocol::from_number(0);
        assert_eq!(span_ports(Span::All, zero, &asked), Some(asked.clone()));
        let tcp = Span::Range(Protocol::Tcp, 0, u16::MAX);
        assert_eq!(span_ports(tcp, zero, &asked), Some(Ports::default()));
    }
}
