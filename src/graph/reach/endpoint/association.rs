//! Clients of a VPC that joined a service network.
//!
//! Their traffic leaves for addresses that belong to VPC Lattice and to no
//! interface; only clients inside the VPC have that way
//! (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html>).
//! Routes to these addresses are made by AWS and are not looked at. Uses the
//! model and the filters; endpoints to service networks are looked at
//! elsewhere.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

use super::configuration::lattice_status;
use super::course::{Course, Grounds, decided};
use super::network::members;
use super::{Asking, Landing};
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::filter::{self, Identity, Log, Other, Way};
use crate::graph::reach::flow::{
    Admitted, Aspect, Assume, Component, End, Flow, Header, Hop, Split, Traffic, Verdict,
};
use crate::graph::reach::model::{AclEntry, Network, PeerKind, Subnet, VpcAssociation};
use crate::graph::{Graph, Listing, Node};
use crate::snapshot::record::Kind;

/// Where services of a service network answer
/// (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/how-it-works.html>).
const SERVICES: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 171, 0), 24);

/// Where its resources answer
/// (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html>).
const RESOURCES: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(129, 224, 0, 0), 17);

/// What a client of a service network asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// A resource configuration.
    Configuration(Node),
    /// Whatever a service network offers.
    Network(Node),
    /// An address of VPC Lattice.
    Address(IpAddr),
}

/// Whether an address is one of VPC Lattice.
pub fn is_lattice_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => SERVICES.contains(&address) || RESOURCES.contains(&address),
        IpAddr::V6(_) => false,
    }
}

/// The flow from a client to what its VPC's service network offers.
pub fn association_flow(
    graph: &Graph,
    network: &Network,
    from: &End,
    offered: Offered,
    traffic: &Traffic,
    assume: Assume,
) -> Flow {
    let block = match offered {
        Offered::Address(address) => IpNet::from(address),
        Offered::Configuration(_) => IpNet::V4(RESOURCES),
        Offered::Network(node) => block_of(network, node),
    };
    let landing = Landing {
        endpoint: u32::MAX,
        interface: u32::MAX,
        client: from,
        source: from.address(),
        address: block.addr(),
        traffic,
        assume,
        depth: 0,
    };
    let header = Header {
        source: landing.source,
        destination: landing.address,
    };
    let mut course = Course::new(header, &traffic.ports);
    let client = Client::of(network, from);
    let mut replies = Split {
        open: traffic.client_ports.clone(),
        ..Split::default()
    };
    let mut back = Vec::new();
    if let Some(client) = &client {
        let sending = Sending {
            graph,
            network,
            landing: &landing,
            block,
        };
        sending.leave(&mut course, client);
        (replies, back) = sending.replies(&mut course, client);
    }
    let vpc = client.as_ref().and_then(|client| client.vpc);
    let near = find(graph, network, &mut course, vpc, offered);
    if let Some(association) = near {
        let asking = Asking {
            graph,
            network,
            landing: &landing,
            endpoint: None,
            near: association.node,
        };
        asking.joined(&mut course, association, client.as_ref(), offered);
    }
    let to = End::Lattice(near.map(|association| association.node), landing.address);
    flow(from, to, traffic, course, (replies, back))
}

/// Resources and services answer in different blocks; a network that has
/// resources is asked about these.
fn block_of(network: &Network, node: Node) -> IpNet {
    let lattice = &network.lattice;
    let resources = members(&lattice.resources, node).next().is_some();
    let services = members(&lattice.services, node).next().is_some();
    IpNet::V4(if services && !resources {
        SERVICES
    } else {
        RESOURCES
    })
}

/// The client, as far as the model has it.
struct Client<'n> {
    node: Node,
    vpc: Option<u32>,
    subnet: Option<&'n Subnet>,
    interface: Option<&'n crate::graph::reach::model::Interface>,
}

impl<'n> Client<'n> {
    fn of(network: &'n Network, from: &End) -> Option<Self> {
        let (node, interface, subnet) = match from {
            End::Interface(node, _) => {
                let interface = network.interfaces.get(node.row()? as usize)?;
                (*node, Some(interface), interface.subnet)
            }
            End::Subnet(node, _) => (*node, None, node.row()),
            End::Internet(_) | End::OnPremises(..) | End::Lattice(..) => return None,
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

/// The association of the client's VPC that leads to what is asked for.
fn find<'n>(
    graph: &Graph,
    network: &'n Network,
    course: &mut Course,
    vpc: Option<u32>,
    offered: Offered,
) -> Option<&'n VpcAssociation> {
    let lattice = &network.lattice;
    let offers = |association: &&VpcAssociation| {
        let Some(node) = association.network.node() else {
            return matches!(offered, Offered::Address(_));
        };
        match offered {
            Offered::Address(_) => true,
            Offered::Network(wanted) => wanted == node,
            Offered::Configuration(wanted) => {
                let mut resources = members(&lattice.resources, node);
                resources.any(|member| {
                    let named = member.configuration.node();
                    named == Some(wanted) || named == group_of(network, wanted)
                })
            }
        }
    };
    let own = |association: &&VpcAssociation| vpc.is_some() && association.vpc == vpc;
    let found = lattice.vpcs.iter().filter(own).find(offers);
    if found.is_some() {
        return found;
    }
    course.reach(Component::Named("VPC Lattice".to_owned()));
    let kind = Kind::ServiceNetworkVpcAssociation;
    let near = vpc.and_then(|vpc| network.vpcs.get(vpc as usize));
    if let Some(near) = near.filter(|vpc| graph.listing(kind, vpc.node) != Listing::Complete) {
        let grounds = Grounds::default().needing(Need::Listing(kind, near.node));
        course.doubt(Aspect::Gateway, Code::SnapshotMissing, grounds);
        return None;
    }
    let elsewhere = lattice.vpcs.iter().find(offers);
    let code = if elsewhere.is_some() {
        Code::SnvaNotTransitive
    } else {
        Code::RcfgInaccessible
    };
    let grounds = match elsewhere {
        Some(other) => Grounds::field(other.node, "vpcId", "the association of another VPC"),
        None => Grounds::default(),
    };
    let detail = "the client is in no VPC that is associated with the service network";
    course.fail(Aspect::Gateway, code, grounds.saying(detail));
    None
}

fn group_of(network: &Network, configuration: Node) -> Option<Node> {
    let rows = &network.lattice.configurations;
    rows.get(configuration.row()? as usize)?.group.node()
}

impl Asking<'_> {
    /// From the association to what it offers.
    fn joined(
        &self,
        course: &mut Course,
        association: &VpcAssociation,
        client: Option<&Client<'_>>,
        offered: Offered,
    ) {
        course.at(association.node);
        let status = association.status.as_deref();
        lattice_status(
            course,
            association.node,
            status,
            "the association of the VPC",
        );
        self.association_groups(course, association, client);
        let Some(network) = association.network.node() else {
            let need = Need::Field(association.node, "serviceNetworkArn");
            let grounds = Grounds::default().needing(need);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return;
        };
        course.at(network);
        let for_services = match self.landing.address {
            IpAddr::V4(address) => SERVICES.contains(&address),
            IpAddr::V6(_) => false,
        };
        match offered {
            _ if for_services => self.services_of(course, network),
            Offered::Configuration(node) => self.resources_of(course, network, Some(node)),
            Offered::Network(_) | Offered::Address(_) => self.resources_of(course, network, None),
        }
    }

    /// The groups of the association: without any, all of the VPC may use it
    /// (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html>).
    fn association_groups(
        &self,
        course: &mut Course,
        association: &VpcAssociation,
        client: Option<&Client<'_>>,
    ) {
        let node = association.node;
        let stand_in = association.groups.as_interface(node, association.vpc, None);
        let traffic = self.landing.traffic;
        let mut log = Log::default();
        let admitted = filter::groups(
            self.network,
            &stand_in,
            Way::In,
            Other {
                address: self.landing.source,
                interface: client.and_then(|client| client.interface),
                identity: Identity::SameVpc,
            },
            (traffic.protocol, &traffic.ports),
            self.landing.assume,
            &mut log,
        );
        let groups = Some((node, &association.groups));
        let grounds = decided(self.network, &log, Way::In, groups);
        let grounds = grounds.and(node, "securityGroupIds", "");
        course.filter(
            Aspect::GroupIngress,
            Code::SnvaSgMismatch,
            &admitted,
            grounds,
        );
    }
}

/// The client's half: its groups and the ACL of its subnet, asked about all
/// addresses that VPC Lattice may answer at.
struct Sending<'a> {
    graph: &'a Graph,
    network: &'a Network,
    landing: &'a Landing<'a>,
    block: IpNet,
}

impl Sending<'_> {
    fn leave(&self, course: &mut Course, client: &Client<'_>) {
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
                let (admitted, grounds) = self.acl(node, entries, &asked);
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
    fn groups(&self, course: &mut Course, interface: &crate::graph::reach::model::Interface) {
        let traffic = self.landing.traffic;
        let mut log = Log::default();
        let cuts = self.group_cuts(interface);
        let mut admitted = over(self.block, &cuts, &traffic.ports, |address| {
            filter::groups(
                self.network,
                interface,
                Way::Out,
                Other {
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
        let grounds = decided(self.network, &log, Way::Out, None);
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

    fn rules<'n>(
        &'n self,
        interface: &'n crate::graph::reach::model::Interface,
    ) -> impl Iterator<Item = &'n crate::graph::reach::model::Permission> {
        let groups = interface.groups.iter().flatten();
        let groups = groups.filter_map(|row| self.network.groups.get(*row as usize));
        groups.flat_map(|group| group.egress.iter().flatten())
    }

    fn by_list(&self, interface: &crate::graph::reach::model::Interface) -> Ports {
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

    fn group_cuts(&self, interface: &crate::graph::reach::model::Interface) -> Vec<IpNet> {
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

    fn acl(&self, node: Node, entries: &[AclEntry], asked: &Ports) -> (Admitted, Grounds) {
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
        let grounds = decided
            .into_iter()
            .fold(Grounds::default(), |grounds, entry| {
                grounds.and(node, &format!("Entries/{entry}"), "")
            });
        let grounds = if implicit {
            grounds.and(
                node,
                "Entries",
                "the last entry denies what no other allows",
            )
        } else {
            grounds
        };
        let grounds = self.sense(grounds, &admitted);
        (admitted, grounds)
    }

    /// The way back: the ACL of the client's subnet, about the client's ports.
    fn replies(&self, course: &mut Course, client: &Client<'_>) -> (Split, Vec<Hop>) {
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
                let (admitted, grounds) = self.acl(node, entries, asked);
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
        (split(asked, &way.admitted), way.forward)
    }
}

fn split(asked: &Ports, admitted: &Admitted) -> Split {
    Split {
        open: admitted.open.clone(),
        unknown: admitted.unknown.clone(),
        blocked: asked
            .difference(&admitted.open)
            .difference(&admitted.unknown),
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

/// The flow that the two halves make.
fn flow(
    from: &End,
    to: End,
    traffic: &Traffic,
    course: Course,
    (client_ports, mut back): (Split, Vec<Hop>),
) -> Flow {
    let ports = split(&traffic.ports, &course.admitted);
    let there = verdict(&ports, !course.sometimes.is_empty());
    let verdict = match (there, verdict(&client_ports, false)) {
        (Verdict::Blocked, _) | (_, Verdict::Blocked) => Verdict::Blocked,
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        (Verdict::Reachable, Verdict::Reachable) => Verdict::Reachable,
        _ => Verdict::Partial,
    };
    let mut whole = course.back;
    whole.append(&mut back);
    Flow {
        from: from.clone(),
        to,
        traffic: traffic.clone(),
        verdict,
        there,
        ports,
        client_ports,
        forward: course.forward,
        back: whole,
        assumptions: course.assumptions,
    }
}

fn verdict(ports: &Split, sometimes: bool) -> Verdict {
    match (
        ports.open.is_empty(),
        ports.unknown.is_empty(),
        ports.blocked.is_empty(),
    ) {
        (false, true, true) if !sometimes => Verdict::Reachable,
        (false, true, _) => Verdict::Partial,
        (true, true, _) => Verdict::Blocked,
        (false, false, false) => Verdict::Partial,
        _ => Verdict::Unknown,
    }
}
