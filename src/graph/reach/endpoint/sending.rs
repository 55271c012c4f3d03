//! How a client's traffic leaves for VPC Lattice.
//!
//! Its groups and the ACL of its subnet are asked about all addresses that a
//! service network may answer at, since which one it is AWS alone decides. Uses
//! the model and the filters; what lies beyond is looked at elsewhere.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::Landing;
use super::course::{Course, Grounds, decided};
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::filter::{self, Identity, Log, Other, Way};
use crate::graph::reach::flow::{Admitted, Aspect, End, Header, Hop, Split};
use crate::graph::reach::model::{
    AclEntry, Interface, Network, PeerKind, Permission, Subnet, shown_entry,
};
use crate::graph::reach::verdict;
use crate::snapshot::record::Kind;

/// The client, as far as the model has it.
pub(super) struct Client<'n> {
    node: Node,
    pub(super) vpc: Option<u32>,
    subnet: Option<&'n Subnet>,
    pub(super) interface: Option<&'n Interface>,
}

impl<'n> Client<'n> {
    pub(super) fn of(network: &'n Network, from: &End) -> Option<Self> {
        let (node, interface, subnet) = match from {
            End::Interface(node, _) => {
                let interface = network.interfaces.get(node.row()? as usize)?;
                (*node, Some(interface), interface.subnet)
            }
            End::Subnet(node, _) => (*node, None, node.row()),
            End::Internet(_) | End::Address(_) | End::OnPremises(..) | End::Offered(..) => {
                return None;
            }
        };
        let subnet = subnet.and_then(|row| network.subnets.get(row as usize));
        let own = interface.and_then(|interface| interface.vpc);
        Some(Self {
            node,
            vpc: own.or_else(|| subnet?.vpc),
            subnet,
            interface,
        })
    }
}

/// The client's half: its groups and the ACL of its subnet, asked about all
/// addresses that VPC Lattice may answer at.
pub(super) struct Sending<'a> {
    pub(super) network: &'a Network,
    pub(super) landing: &'a Landing<'a>,
    /// Where it may answer.
    pub(super) block: IpNet,
}

impl Sending<'_> {
    /// Out of the client's interface and subnet.
    pub(super) fn leave(&self, course: &mut Course, client: &Client<'_>) {
        course.at(client.node);
        if !self.landing.source.is_ipv4() {
            let sense = "the IPv6 addresses of VPC Lattice".to_owned();
            let grounds = Grounds::default().needing(Need::Sense(sense));
            course.doubt(Aspect::End, Code::NotModelled, grounds);
        }
        if let Some(interface) = client.interface {
            self.groups(course, interface);
        }
        let Some(subnet) = client.subnet else {
            return;
        };
        course.at(subnet.node);
        let asked = self.landing.traffic.ports.clone();
        match self.entries(course, subnet, true) {
            Ok(Some((node, entries))) => {
                let (admitted, grounds) = self.acl((node, entries), &asked, true);
                course.filter(
                    Aspect::AclEgress,
                    Code::SubnetAclRestriction,
                    &admitted,
                    grounds,
                );
            }
            Ok(None) => {}
            Err(need) => {
                let grounds = Grounds::default().needing(need);
                course.doubt(Aspect::AclEgress, Code::SnapshotMissing, grounds);
            }
        }
    }

    /// The groups of the client. The prefix list of VPC Lattice stands for its
    /// addresses, whether or not its entries were collected
    /// (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html>).
    fn groups(&self, course: &mut Course, interface: &Interface) {
        let traffic = self.landing.traffic;
        let mut log = Log::default();
        let cuts = self.group_cuts(interface);
        let mut admitted = over(self.block, &cuts, &traffic.ports, |address| {
            filter::groups(
                self.network,
                interface,
                Way::Out,
                Other {
                    unseen: false,
                    address,
                    interface: None,
                    identity: Identity::Lost,
                },
                (traffic.protocol, &traffic.ports),
                self.landing.assume,
                &mut log,
            )
        });
        let by_list = self.by_list(interface);
        admitted.open = admitted.open.union(&by_list);
        admitted.unknown = admitted.unknown.difference(&admitted.open);
        log.decided
            .sort_by_key(|rule| (rule.group, rule.permission, rule.peer));
        log.decided.dedup();
        let seen = (&log, &admitted, &traffic.ports);
        let grounds = decided(self.network, (interface, None), seen, Way::Out);
        let code = if log.any {
            Code::EniSgRulesMismatch
        } else {
            Code::SgHasNoRules
        };
        course.filter(
            Aspect::GroupEgress,
            code,
            &admitted,
            self.sense(grounds, &admitted),
        );
    }

    fn sense(&self, grounds: Grounds, admitted: &Admitted) -> Grounds {
        if admitted.unknown.is_empty() || !grounds.needs.is_empty() {
            return grounds;
        }
        let sense = format!("the address within {} that is answered at", self.block);
        grounds.needing(Need::Sense(sense))
    }

    fn rules<'n>(&'n self, interface: &'n Interface) -> impl Iterator<Item = &'n Permission> {
        let groups = interface.groups.iter().flatten();
        let groups = groups.filter_map(|row| self.network.groups.get(*row as usize));
        groups.flat_map(|group| group.egress.iter().flatten())
    }

    fn by_list(&self, interface: &Interface) -> Ports {
        let traffic = self.landing.traffic;
        let mut open = Ports::default();
        for rule in self.rules(interface) {
            let lattice = rule.peers.iter().any(|peer| match &peer.kind {
                PeerKind::List(Some(row), _) => {
                    let list = self.network.lists.get(*row as usize);
                    list.is_some_and(|list| list.name.ends_with(".vpc-lattice"))
                }
                _ => false,
            });
            if lattice {
                let ports = filter::span_ports(rule.span, traffic.protocol, &traffic.ports);
                open = open.union(&ports.unwrap_or_default());
            }
        }
        open
    }

    fn group_cuts(&self, interface: &Interface) -> Vec<IpNet> {
        let mut cuts = Vec::new();
        for peer in self.rules(interface).flat_map(|rule| &rule.peers) {
            match &peer.kind {
                PeerKind::Block(block) => cuts.push(*block),
                PeerKind::List(Some(row), _) => {
                    let list = self.network.lists.get(*row as usize);
                    cuts.extend(list.and_then(|list| list.blocks.as_deref()).unwrap_or(&[]));
                }
                _ => {}
            }
        }
        cuts
    }

    /// The entries of the ACL of a subnet; nothing where it is taken as AWS
    /// makes it.
    fn entries(
        &self,
        course: &mut Course,
        subnet: &Subnet,
        egress: bool,
    ) -> Result<Option<(Node, &[AclEntry])>, Need> {
        let acl = subnet
            .acl
            .and_then(|row| self.network.acls.get(row as usize));
        let entries = acl.and_then(|acl| {
            let entries = if egress { &acl.egress } else { &acl.ingress };
            Some((acl.node, entries.as_deref()?))
        });
        match (entries, acl) {
            (Some(entries), _) => Ok(Some(entries)),
            (None, _) if self.landing.assume.defaults => {
                course.assumptions.insert(Assumption::NetworkAclsDefault);
                Ok(None)
            }
            (None, Some(acl)) => Err(Need::Field(acl.node, "Entries")),
            (None, None) => Err(Need::Listing(Kind::NetworkAcl, subnet.node)),
        }
    }

    fn acl(
        &self,
        (node, entries): (Node, &[AclEntry]),
        asked: &Ports,
        egress: bool,
    ) -> (Admitted, Grounds) {
        let cuts: Vec<IpNet> = entries.iter().filter_map(|entry| entry.block).collect();
        let mut decided = Vec::new();
        let mut implicit = false;
        let protocol = self.landing.traffic.protocol;
        let admitted = over(self.block, &cuts, asked, |address| {
            let answer = filter::acl(entries, address, (protocol, asked));
            decided.extend(answer.decided);
            implicit |= answer.implicit;
            answer.admitted
        });
        decided.sort_unstable();
        decided.dedup();
        let mut grounds = Grounds::default();
        for entry in entries
            .iter()
            .filter(|entry| decided.contains(&entry.position))
        {
            let path = format!("Entries/{}", entry.position);
            grounds = grounds.and(node, &path, shown_entry(entry, !egress));
        }
        let grounds = if implicit {
            grounds.and(node, "Entries", "the last rule, *: deny all")
        } else {
            grounds
        };
        let grounds = self.sense(grounds, &admitted);
        (admitted, grounds)
    }

    /// The way back: the ACL of the client's subnet, about the client's ports.
    pub(super) fn replies(&self, course: &mut Course, client: &Client<'_>) -> (Split, Vec<Hop>) {
        let asked = &self.landing.traffic.client_ports;
        let all = Split {
            open: asked.clone(),
            ..Split::default()
        };
        let Some(subnet) = client.subnet else {
            return (all, Vec::new());
        };
        let header = Header {
            source: self.landing.address,
            destination: self.landing.source,
        };
        let mut way = Course::new(header, asked);
        way.at(subnet.node);
        match self.entries(course, subnet, false) {
            Ok(Some((node, entries))) => {
                let (admitted, grounds) = self.acl((node, entries), asked, false);
                way.filter(
                    Aspect::AclIngress,
                    Code::SubnetAclRestriction,
                    &admitted,
                    grounds,
                );
            }
            Ok(None) => {}
            Err(need) => {
                let grounds = Grounds::default().needing(need);
                way.doubt(Aspect::AclIngress, Code::SnapshotMissing, grounds);
            }
        }
        if !self.landing.traffic.protocol.has_ports() {
            return (all, way.forward);
        }
        let (open, unknown) = (&way.admitted.open, &way.admitted.unknown);
        (verdict::split(asked, open, unknown), way.forward)
    }
}

/// What a filter admits for all addresses of a block; what it admits for some
/// of them only is unknown. `cuts` are the blocks that it tells apart.
fn over(
    block: IpNet,
    cuts: &[IpNet],
    asked: &Ports,
    mut ask: impl FnMut(IpAddr) -> Admitted,
) -> Admitted {
    const CLASSES: usize = 256;
    let mut starts = vec![number(block.network())];
    for cut in cuts
        .iter()
        .filter(|cut| block.contains(*cut) && **cut != block)
    {
        starts.push(number(cut.network()));
        starts.extend(number(cut.broadcast()).checked_add(1));
    }
    starts.retain(|start| (number(block.network())..=number(block.broadcast())).contains(start));
    starts.sort_unstable();
    starts.dedup();
    if starts.len() > CLASSES {
        return Admitted {
            open: Ports::default(),
            unknown: asked.clone(),
        };
    }
    let mut all = asked.clone();
    let mut some = Ports::default();
    for start in starts {
        let admitted = ask(IpAddr::V4(Ipv4Addr::from(start)));
        all = all.intersection(&admitted.open);
        some = some.union(&admitted.open).union(&admitted.unknown);
    }
    Admitted {
        unknown: some.difference(&all),
        open: all,
    }
}

fn number(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => u32::from(address),
        IpAddr::V6(_) => 0,
    }
}
