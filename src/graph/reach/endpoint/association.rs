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
use super::sending::{Client, Sending};
use super::{Asking, Landing};
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::reach::filter::{self, Identity, Log, Other, Way};
use crate::graph::reach::flow::{
    Aspect, Assume, Component, End, Flow, Header, Hop, Split, Traffic, Verdict,
};
use crate::graph::reach::model::{Network, VpcAssociation};
use crate::graph::reach::verdict;
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
enum Offered {
    /// A resource configuration.
    Configuration(Node),
    /// Whatever a service network offers.
    Network(Node),
    /// Whatever answers at an address of VPC Lattice.
    Address,
}

/// Whether a destination is something that VPC Lattice offers to the VPC of
/// the source, and not an interface.
pub fn is_offered(to: &End) -> bool {
    match to {
        End::Offered(..) => true,
        End::Address(IpAddr::V4(address)) => {
            SERVICES.contains(address) || RESOURCES.contains(address)
        }
        _ => false,
    }
}

/// The first of the addresses at which a resource configuration or a service
/// network may answer in VPCs that joined it.
pub fn offered_at(network: &Network, node: Node) -> IpAddr {
    block_of(network, node).addr()
}

/// The flow from a client to what its VPC's service network offers, which
/// [`is_offered`] tells.
pub fn association_flow(
    graph: &Graph,
    network: &Network,
    from: &End,
    to: &End,
    traffic: &Traffic,
    assume: Assume,
) -> Flow {
    let (offered, block) = match to {
        End::Offered(node, _) if node.kind == Kind::ResourceConfiguration => {
            (Offered::Configuration(*node), IpNet::V4(RESOURCES))
        }
        End::Offered(node, _) => (Offered::Network(*node), block_of(network, *node)),
        other => (Offered::Address, IpNet::from(other.address())),
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
    flow(from, to.clone(), traffic, course, (replies, back))
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
            return offered == Offered::Address;
        };
        match offered {
            Offered::Address => true,
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
            Offered::Network(_) | Offered::Address => self.resources_of(course, network, None),
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
                unseen: false,
                address: self.landing.source,
                interface: client.and_then(|client| client.interface),
                identity: Identity::SameVpc,
            },
            (traffic.protocol, &traffic.ports),
            self.landing.assume,
            &mut log,
        );
        let grounds = decided(
            self.network,
            (&stand_in, Some(association.groups.field)),
            (&log, &admitted, &traffic.ports),
            Way::In,
        );
        let grounds = if association.groups.seen && association.groups.rows.is_empty() {
            grounds.and(node, "", "no groups: all of the VPC may use it")
        } else {
            grounds
        };
        course.filter(
            Aspect::GroupIngress,
            Code::SnvaSgMismatch,
            &admitted,
            grounds,
        );
    }
}

/// The flow that the two halves make.
fn flow(
    from: &End,
    to: End,
    traffic: &Traffic,
    course: Course,
    (client_ports, back): (Split, Vec<Hop>),
) -> Flow {
    let (open, unknown) = (&course.admitted.open, &course.admitted.unknown);
    let ports = verdict::split(&traffic.ports, open, unknown);
    let mut there = verdict::verdict(&traffic.ports, open, unknown);
    if there == Verdict::Reachable && !course.sometimes.is_empty() {
        there = Verdict::Partial;
    }
    let mut whole = course.back;
    whole.extend(back);
    Flow {
        from: from.clone(),
        to,
        traffic: traffic.clone(),
        verdict: verdict::with_replies(there, &client_ports),
        there,
        ports: verdict::ports_with(ports, &client_ports),
        client_ports,
        forward: course.forward,
        back: whole,
        assumptions: course.assumptions,
    }
}
