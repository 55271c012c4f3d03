//! Entries of network ACLs that would let through what is denied.
//!
//! Before the entry that denies, for exactly the ports that are missing and
//! the peer's address. Uses the model; that the lowest number decides is known
//! here, and nothing else of the evaluation.

use std::net::IpAddr;

use ipnet::IpNet;

use super::edit::{Edit, Peer, PortRanges, ranges};
use super::group::{described, shown_block};
use super::{Blocked, Change, Party};
use crate::graph::Node;
use crate::graph::ports::Ports;
use crate::graph::reach::filter::span_ports;
use crate::graph::reach::flow::Protocol;
use crate::graph::reach::model::{Acl, AclEntry};
use crate::snapshot::record::Kind;

/// The last number that a person may use; 32767 is AWS's own
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>).
const LAST_NUMBER: i64 = 32_766;

impl Blocked<'_> {
    pub(super) fn acl_entries(&self, egress: bool) -> Change {
        let header = &self.hop.header;
        let address = if egress {
            header.destination
        } else {
            header.source
        };
        let acl = self.acl(egress);
        let entries = acl.and_then(|acl| {
            let entries = if egress { &acl.egress } else { &acl.ingress };
            Some((acl, entries.as_ref()?))
        });
        let Some((acl, entries)) = entries else {
            return self.nothing_to_edit();
        };
        let protocol = self.flow.traffic.protocol;
        let ports = self.missing();
        let id = self.graph.id(acl.node);
        let Peer::Block(block) = self.address_block(address) else {
            return self.nothing_to_edit();
        };
        let wanted = ranges(protocol, &ports);
        let denies = deciding(entries, address, self.flow.traffic.protocol, &ports);
        let count = if protocol.has_ports() || protocol.is_icmp() {
            wanted.len()
        } else {
            1
        };
        let title = format!(
            "Let {id} allow {} {} {}",
            described(protocol, &ports),
            if egress { "out to" } else { "in from" },
            shown_block(block),
        );
        if let Some(known) = self.same_entries(&id, egress, &wanted, block) {
            return known.clone();
        }
        let taken = self.taken(&id, egress);
        let Some(numbers) = free_numbers(entries, &taken, denies, count) else {
            return self.advice(
                title,
                Party::Owner(self.graph.account(acl.node)),
                format!(
                    "No {count} free rule number{} before rule {}, which denies it: give that rule a higher number first.",
                    if count == 1 { "" } else { "s" },
                    denies.unwrap_or_default(),
                ),
            );
        };
        let mut notes = vec![match denies {
            Some(number) => format!("Rule {number} denies it, so the entry needs a lower number."),
            None => "No entry allows it, so the last one, `*`, denies it.".to_owned(),
        }];
        if self.back {
            notes.push(
                "These are the ports that clients send from; an ACL does not remember connections."
                    .to_owned(),
            );
        }
        // The quota is 20 entries a direction unless raised
        // (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>).
        if entries.len() + count > 21 {
            notes.push(format!(
                "The ACL has {} entries in this direction; the quota is 20 unless it was raised.",
                entries.len()
            ));
        }
        let edit = Edit::AclEntries {
            acl: id,
            egress,
            numbers,
            protocol,
            ports: wanted,
            block,
        };
        self.edit(acl.node, title, edit, notes.join(" "))
    }

    /// The change of another flow that this one needs too.
    fn same_entries(
        &self,
        id: &str,
        way: bool,
        wanted: &PortRanges,
        whom: IpNet,
    ) -> Option<&Change> {
        self.so_far.iter().find(|change| {
            matches!(&change.edit, Some(Edit::AclEntries { acl, egress, protocol, ports, block, .. })
                if acl == id && *egress == way && ports == wanted && *block == whom
                    && *protocol == self.flow.traffic.protocol)
        })
    }

    /// Numbers that changes before this one take.
    fn taken(&self, id: &str, way: bool) -> Vec<i64> {
        let edits = self.so_far.iter().filter_map(|change| match &change.edit {
            Some(Edit::AclEntries {
                acl,
                egress,
                numbers,
                ..
            }) if acl == id && *egress == way => Some(numbers),
            _ => None,
        });
        edits.flatten().copied().collect()
    }

    /// The ACL that was checked: named by the evidence or the hop, or that of
    /// the subnet.
    fn acl(&self, egress: bool) -> Option<&Acl> {
        if let Some(node) = self.resource(&[Kind::NetworkAcl]) {
            return self.network.acls.get(node.row()? as usize);
        }
        let subnet = self
            .resource(&[Kind::Subnet])
            .and_then(Node::row)
            .or_else(|| {
                let interface = self.resource(&[Kind::NetworkInterface])?.row()?;
                self.network.interfaces.get(interface as usize)?.subnet
            })
            .or_else(|| {
                let header = &self.hop.header;
                let own = if egress {
                    header.source
                } else {
                    header.destination
                };
                self.network
                    .interfaces
                    .get(self.end_at(own)? as usize)?
                    .subnet
            })?;
        let subnet = self.network.subnets.get(subnet as usize)?;
        self.network.acls.get(subnet.acl? as usize)
    }
}

/// The lowest number of an entry that denies some of the ports.
fn deciding(
    entries: &[AclEntry],
    address: IpAddr,
    protocol: Protocol,
    ports: &Ports,
) -> Option<i64> {
    let mut rest = ports.clone();
    for entry in entries {
        if entry.block.is_some_and(|block| !block.contains(&address)) {
            continue;
        }
        let Some(met) = span_ports(entry.span, protocol, &rest) else {
            continue;
        };
        if met.is_empty() {
            continue;
        }
        // AWS shows its own last entry too.
        if entry.number > LAST_NUMBER {
            return None;
        }
        if entry.allow == Some(false) {
            return Some(entry.number);
        }
        rest = rest.difference(&met);
    }
    None
}

/// Numbers that are not taken: right before the entry that denies, else after
/// all others.
fn free_numbers(
    entries: &[AclEntry],
    taken: &[i64],
    before: Option<i64>,
    count: usize,
) -> Option<Vec<i64>> {
    let free = |number: &i64| {
        entries.iter().all(|entry| entry.number != *number) && !taken.contains(number)
    };
    let mut numbers: Vec<i64> = if let Some(deny) = before {
        (1..deny).rev().filter(free).take(count).collect()
    } else {
        let numbers = entries.iter().map(|entry| entry.number);
        let last = numbers.filter(|number| *number <= LAST_NUMBER).max();
        let first = (last.unwrap_or(0).max(0) / 10 + 1) * 10;
        let after = (first..=LAST_NUMBER).step_by(10);
        let any = (1..=LAST_NUMBER).rev();
        after.chain(any).filter(free).take(count).collect()
    };
    numbers.sort_unstable();
    numbers.dedup();
    (numbers.len() == count).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reach::model::Span;

    fn entry(number: i64, low: u16, high: u16, allow: bool) -> AclEntry {
        AclEntry {
            number,
            span: Span::Range(Protocol::Tcp, low, high),
            block: "0.0.0.0/0".parse().ok(),
            allow: Some(allow),
            position: 0,
        }
    }

    #[test]
    fn a_number_is_free_and_before_the_one_that_denies() {
        let entries = [entry(99, 1, 9, true), entry(100, 0, u16::MAX, false)];
        let address = "10.0.0.1".parse().unwrap();
        let deny = deciding(&entries, address, Protocol::Tcp, &Ports::range(5, 20));
        assert_eq!(deny, Some(100));
        assert_eq!(free_numbers(&entries, &[], deny, 2), Some(vec![97, 98]));
        assert_eq!(free_numbers(&entries, &[98], deny, 1), Some(vec![97]));
        assert_eq!(
            deciding(&entries, address, Protocol::Tcp, &Ports::range(5, 6)),
            None
        );
        assert_eq!(
            deciding(&entries, address, Protocol::Udp, &Ports::range(5, 20)),
            None
        );
        assert_eq!(free_numbers(&entries, &[], None, 2), Some(vec![110, 120]));
        assert_eq!(
            free_numbers(&[entry(1, 0, 9, false)], &[], Some(1), 1),
            None
        );
        let last = [entry(LAST_NUMBER, 0, 9, true)];
        assert_eq!(
            free_numbers(&last, &[], None, 1),
            Some(vec![LAST_NUMBER - 1])
        );
    }
}
