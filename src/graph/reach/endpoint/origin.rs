//! Ways from a managed interface, of a gateway or a load balancer, to what
//! stands behind.
//!
//! Where the interface is in the snapshot, traffic starts there. Where it is
//! not, it starts anywhere in the subnet: the addresses of the subnet are cut
//! into classes that nothing on the way tells apart, and what holds for some
//! classes only is unknown. Uses the model, the filters and the walk; what is
//! behind is chosen elsewhere.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::Asking;
use super::course::{Course, Grounds, decided};
use crate::graph::Node;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::evaluate::Within;
use crate::graph::reach::filter::{self, Identity, Log, Other, Way};
use crate::graph::reach::flow::{Admitted, Aspect, End, Flow, Header, Outcome, Traffic};
use crate::graph::reach::model::{Destination, Interface, Members, PeerKind};
use crate::snapshot::record::Kind;

/// Most classes of addresses that one subnet is cut into.
const CLASSES: usize = 64;

/// Where traffic of the provider's half starts.
#[derive(Debug)]
pub(super) struct Origin<'a> {
    /// The gateway or the load balancer.
    pub(super) node: Node,
    /// Its VPC.
    pub(super) vpc: Option<u32>,
    /// The subnet.
    pub(super) subnet: u32,
    /// Its interfaces in the subnet that are in the snapshot.
    pub(super) interfaces: Vec<u32>,
    /// Its addresses in the subnet, if they are known otherwise.
    pub(super) addresses: Vec<IpAddr>,
    /// Its security groups.
    pub(super) groups: &'a Members,
    /// What it is called when these let nothing out.
    pub(super) egress: Code,
}

impl Asking<'_> {
    /// The end at an address: an interface of the VPC, else wherever the routes
    /// of the VPC lead.
    pub(super) fn end_at(&self, vpc: Option<u32>, address: IpAddr) -> End {
        let row = vpc.and_then(|vpc| self.network.interface_at(vpc, address));
        let interface = row.and_then(|row| self.network.interfaces.get(row as usize));
        interface.map_or(End::Address(address), |interface| {
            End::Interface(interface.node, address)
        })
    }

    /// The ways from an origin to an end; several where it has several
    /// addresses.
    pub(super) fn ways(
        &self,
        origin: &Origin<'_>,
        to: &End,
        traffic: &Traffic,
        port: Option<&Ports>,
    ) -> Vec<Course> {
        let mut ways = Vec::new();
        for row in &origin.interfaces {
            let Some(interface) = self.network.interfaces.get(*row as usize) else {
                continue;
            };
            for address in &interface.addresses {
                if address.is_ipv4() == to.address().is_ipv4() {
                    let from = End::Interface(interface.node, *address);
                    let mut flow = self.walk(&from, to, traffic, None);
                    rename_egress(&mut flow, origin.egress);
                    ways.push(Course::of_flow(flow, port));
                }
            }
        }
        if ways.is_empty() {
            ways.push(self.somewhere_in(origin, to, traffic, port));
        }
        ways
    }

    fn walk(&self, from: &End, to: &End, traffic: &Traffic, source: Option<&Interface>) -> Flow {
        let within = Within {
            depth: self.landing.depth.saturating_add(1),
            source,
        };
        let (graph, assume) = (self.graph, self.landing.assume);
        self.network
            .flow_within(graph, from, to, (traffic, assume), within)
    }

    /// The way from addresses of a subnet.
    fn somewhere_in(
        &self,
        origin: &Origin<'_>,
        to: &End,
        traffic: &Traffic,
        port: Option<&Ports>,
    ) -> Course {
        let asked = port.unwrap_or(&traffic.ports);
        let header = Header {
            source: self.landing.source,
            destination: to.address(),
        };
        let mut course = Course::new(header, asked);
        course.at(origin.node);
        let stand_in = origin.groups.as_interface(origin.node, origin.vpc, None);
        self.egress(&mut course, origin, &stand_in, to, traffic, port);
        let Some(subnet) = self.network.subnets.get(origin.subnet as usize) else {
            return course;
        };
        let addresses = self.classes(origin, to);
        let need = Need::Listing(Kind::NetworkInterface, origin.node);
        if addresses.is_empty() {
            let grounds = Grounds::words("its addresses are not known").needing(need);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return course;
        }
        let ways: Vec<Course> = addresses
            .iter()
            .map(|address| {
                let from = End::Subnet(subnet.node, *address);
                let source = Interface {
                    addresses: vec![*address],
                    ..stand_in.clone()
                };
                let flow = self.walk(&from, to, traffic, Some(&source));
                Course::of_flow(flow, port)
            })
            .collect();
        let differ = ways.iter().any(|way| {
            ways.first()
                .is_some_and(|first| way.admitted != first.admitted)
        });
        course.one_of(ways);
        if differ && !course.sometimes.is_empty() {
            let ports = course.sometimes.clone();
            let detail = "it passes from some addresses of the subnet, and its own are not known";
            let grounds = Grounds::words(detail).needing(need);
            course.doubt_ports(Aspect::Provider, Code::SnapshotMissing, ports, grounds);
        }
        course
    }

    /// The origin's groups, on the way out.
    fn egress(
        &self,
        course: &mut Course,
        origin: &Origin<'_>,
        stand_in: &Interface,
        to: &End,
        traffic: &Traffic,
        port: Option<&Ports>,
    ) {
        let mut log = Log::default();
        let admitted = filter::groups(
            self.network,
            stand_in,
            Way::Out,
            self.other(origin, to),
            (traffic.protocol, &traffic.ports),
            self.landing.assume,
            &mut log,
        );
        let grounds = decided(
            self.network,
            (stand_in, Some(origin.groups.field)),
            (&log, &admitted, &traffic.ports),
            Way::Out,
        );
        let admitted = translated(admitted, port);
        course.filter(Aspect::GroupEgress, origin.egress, &admitted, grounds);
    }

    /// An end, as the rules of an origin's groups see it.
    fn other(&self, origin: &Origin<'_>, end: &End) -> Other<'_> {
        let interface = match end {
            End::Interface(node, _) => node.row(),
            _ => None,
        };
        let interface = interface.and_then(|row| self.network.interfaces.get(row as usize));
        let same = interface.is_some_and(|interface| interface.vpc == origin.vpc);
        Other {
            unseen: false,
            address: end.address(),
            interface,
            identity: if same {
                Identity::SameVpc
            } else {
                Identity::Lost
            },
        }
    }

    /// One address of each class of a subnet's addresses.
    fn classes(&self, origin: &Origin<'_>, to: &End) -> Vec<IpAddr> {
        let family = to.address().is_ipv4();
        let known = origin.addresses.iter().copied();
        let known: Vec<IpAddr> = known.filter(|own| own.is_ipv4() == family).collect();
        if !known.is_empty() {
            return known;
        }
        let subnet = self.network.subnets.get(origin.subnet as usize);
        let blocks = subnet.iter().flat_map(|subnet| &subnet.blocks);
        let block = blocks
            .copied()
            .find(|block| block.addr().is_ipv4() == family);
        let Some(block) = block else {
            return Vec::new();
        };
        let mut starts = BTreeSet::new();
        for cut in self.cuts(origin, to) {
            if block.contains(&cut) && cut.prefix_len() > block.prefix_len() {
                starts.insert(number(cut.network()));
                starts.extend(number(cut.broadcast()).checked_add(1));
            }
        }
        // AWS keeps the first four addresses of a subnet and the last
        // (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
        let first = number(block.network()).saturating_add(4);
        let last = number(block.broadcast()).saturating_sub(1);
        starts.insert(first);
        let starts: Vec<u128> = starts
            .into_iter()
            .filter(|start| (first..=last).contains(start))
            .collect();
        if starts.len() > CLASSES {
            return Vec::new();
        }
        let addresses = starts.into_iter().map(|start| address(start, family));
        addresses.collect()
    }

    /// The blocks that tell addresses of the origin's subnet apart: those of
    /// the target's groups, of both subnets' ACLs, and of all route tables of
    /// the VPCs on the way, which are few.
    fn cuts(&self, origin: &Origin<'_>, to: &End) -> Vec<IpNet> {
        let network = self.network;
        let mut cuts = Vec::new();
        let target = match to {
            End::Interface(node, _) => node.row(),
            _ => None,
        };
        let target = target.and_then(|row| network.interfaces.get(row as usize));
        let groups = target.iter().flat_map(|target| target.groups.iter());
        for group in groups.flatten() {
            let group = network.groups.get(*group as usize);
            let rules = group.and_then(|group| group.ingress.as_ref());
            for peer in rules
                .iter()
                .flat_map(|rules| rules.iter())
                .flat_map(|rule| &rule.peers)
            {
                match &peer.kind {
                    PeerKind::Block(block) => cuts.push(*block),
                    PeerKind::List(Some(row), _) => {
                        let list = network.lists.get(*row as usize);
                        cuts.extend(list.and_then(|list| list.blocks.as_deref()).unwrap_or(&[]));
                    }
                    _ => {}
                }
            }
        }
        let subnets = [Some(origin.subnet), target.and_then(|target| target.subnet)];
        for subnet in subnets.into_iter().flatten() {
            let acl = network.subnets.get(subnet as usize);
            let acl = acl.and_then(|subnet| network.acls.get(subnet.acl? as usize));
            let lists = acl.iter().flat_map(|acl| [&acl.egress, &acl.ingress]);
            for entries in lists.flatten() {
                cuts.extend(entries.iter().filter_map(|entry| entry.block));
            }
        }
        let vpcs = [origin.vpc, target.and_then(|target| target.vpc)];
        for table in network
            .tables
            .iter()
            .filter(|table| vpcs.contains(&table.vpc))
        {
            for route in table.routes.iter().flatten() {
                if let Destination::Block(block) = &route.destination {
                    cuts.push(*block);
                }
            }
        }
        cuts
    }
}

/// What a filter admits, in terms of the one port of ours that it stands for.
fn translated(admitted: Admitted, port: Option<&Ports>) -> Admitted {
    let Some(port) = port else {
        return admitted;
    };
    let ours = |theirs: &Ports| {
        if theirs.is_empty() {
            Ports::default()
        } else {
            port.clone()
        }
    };
    Admitted {
        open: ours(&admitted.open),
        unknown: ours(&admitted.unknown),
    }
}

/// The first filter on the way is the origin's own groups; they have a code of
/// their own.
fn rename_egress(flow: &mut Flow, code: Code) {
    let first = flow.forward.first_mut();
    let checks = first.map_or(&mut [][..], |hop| hop.checks.as_mut_slice());
    for check in checks {
        if check.aspect == Aspect::GroupEgress && check.outcome == Outcome::Fail {
            check.code = Some(code);
        }
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

fn address(number: u128, v4: bool) -> IpAddr {
    if v4 {
        IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)))
    } else {
        IpAddr::V6(Ipv6Addr::from(number))
    }
}
