//! The way of a packet by routes, and the filters that stand on it.
//!
//! A walk goes on where filters may stop a packet, since filters are judged
//! afterwards, and stops where no way leads on. Uses the model and route
//! lookup; it opens no ports and weighs nothing.

mod gateway;
mod internet;
mod transit;
mod vpc;

pub use internet::is_private;

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::code::{Assumption, Code};
use super::filter::Identity;
use super::flow::{Aspect, Assume, At, End, Outcome, Protocol};
use super::model::{Hop, Network};
use crate::graph::admission::Need;
use crate::graph::{Graph, Node};

/// Components that a packet passes at most; longer ways are taken for circles.
const MAX_STEPS: usize = 96;

/// Steps of a way through a transit gateway, with room to spare.
const USUAL_STEPS: usize = 20;

/// A way.
#[derive(Debug, Clone)]
pub struct Walk {
    /// What is passed, in order.
    pub steps: Vec<Step>,
    /// Where it ends.
    pub landing: Landing,
    /// Whether rules that name groups know the other side.
    pub identity: Identity,
    /// What was taken for granted.
    pub assumptions: BTreeSet<Assumption>,
    /// How many ways there are where AWS may choose: attachment subnets.
    pub choices: usize,
    /// Where a NAT gateway changed the source, if one did.
    pub translated: Option<Translation>,
    /// What the components on the way remember.
    pub memory: Memory,
}

/// What components on the way remember of traffic, so that its replies pass
/// them.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// Rows of the interfaces of appliances.
    pub appliances: Vec<u32>,
    /// Attachments in appliance mode, and the rows of the subnets they took.
    pub hashed: Vec<(Node, u32)>,
    /// Rows of the VPCs whose egress-only internet gateway was passed.
    pub egress_only: Vec<u32>,
}

/// A change of the source address by a NAT gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Translation {
    /// Row of the NAT gateway.
    pub gateway: u32,
    /// The subnet that it is in.
    pub subnet: u32,
    /// Its private address.
    pub address: IpAddr,
}

/// Something that is passed.
#[derive(Debug, Clone)]
pub struct Step {
    /// What.
    pub place: Place,
    /// Source address on arrival.
    pub source: IpAddr,
    /// Destination address on arrival.
    pub destination: IpAddr,
    /// Whether rules that name groups know the source, this far.
    pub identity: Identity,
    /// What stands there.
    pub what: What,
}

/// Where a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A resource.
    Resource(Node),
    /// Something that is named and not in the snapshot.
    Named(String),
    /// The internet.
    Internet,
    /// On premises.
    OnPremises,
}

/// What a step is about.
#[derive(Debug, Clone)]
pub enum What {
    /// It is passed and nothing is to be decided.
    Passed,
    /// Groups of an interface, by row, on the way out.
    GroupsOut(u32),
    /// Groups of an interface, by row, on the way in.
    GroupsIn(u32),
    /// The ACL of a subnet, by row, on the way out.
    AclOut(u32),
    /// The ACL of a subnet, by row, on the way in.
    AclIn(u32),
    /// Of ICMP only requests for an echo pass.
    EchoOnly,
    /// A route or a setting that lets it pass.
    Fact(Aspect, At),
    /// Nothing passes.
    Fault(Fault),
}

/// Why nothing passes, or perhaps nothing.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What kind of thing it is.
    pub aspect: Aspect,
    /// Whether it is sure.
    pub outcome: Outcome,
    /// Why.
    pub code: Code,
    /// What decided.
    pub at: Option<At>,
    /// What was not seen.
    pub needs: Vec<Need>,
    /// The particulars.
    pub detail: String,
}

/// Where a way ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    /// At an interface, by row.
    Interface(u32),
    /// In a subnet, by row, at an address that replies are for and that no
    /// interface in the snapshot has.
    Subnet(u32),
    /// At the private address of a NAT gateway, by row.
    Nat(u32),
    /// In the internet.
    Internet,
    /// On premises, behind this gateway or attachment.
    OnPremises(Node),
    /// At a gateway endpoint, by row.
    Endpoint(u32),
    /// Nowhere.
    Nowhere,
}

/// How a packet came into the VPC that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entered {
    /// It began there, or an appliance sent it on.
    Born,
    /// Over a peering, an internet or virtual private gateway.
    Edge,
    /// Over a transit gateway attachment: what follows is like at home.
    Transit,
}

pub(super) struct Walker<'g> {
    /// Whether what decides is written down in words.
    told: bool,
    graph: &'g Graph,
    network: &'g Network,
    assume: Assume,
    protocol: Protocol,
    /// Whether these are replies: groups know the connection.
    replies: bool,
    choice: usize,
    source: IpAddr,
    destination: IpAddr,
    /// The interface that is meant, where it is told.
    meant: Option<u32>,
    entered: Entered,
    visited: Vec<Node>,
    /// What is remembered of the traffic that these are the replies to.
    memory: Memory,
    walk: Walk,
}

/// Where a walk begins and what it carries.
#[derive(Debug, Clone)]
pub struct Journey<'q> {
    /// From where.
    pub from: &'q End,
    /// The source address, where it is not that of the end.
    pub source: IpAddr,
    /// The destination address.
    pub destination: IpAddr,
    /// The interface that is meant, where it is told.
    pub meant: Option<u32>,
    /// The protocol.
    pub protocol: Protocol,
    /// Whether these are replies.
    pub replies: bool,
    /// Which of several ways to take, from 0.
    pub choice: usize,
    /// What is remembered of the traffic that these are the replies to.
    pub memory: Memory,
}

/// Finds the way.
pub fn walk(graph: &Graph, network: &Network, journey: &Journey<'_>, assume: Assume) -> Walk {
    walked(graph, network, journey, assume, true)
}

/// Finds the way, and does not put into words what decides on it: for those who
/// walk a million ways.
pub fn bare(graph: &Graph, network: &Network, journey: &Journey<'_>, assume: Assume) -> Walk {
    walked(graph, network, journey, assume, false)
}

fn walked(
    graph: &Graph,
    network: &Network,
    journey: &Journey<'_>,
    assume: Assume,
    told: bool,
) -> Walk {
    let mut walker = Walker {
        told,
        graph,
        network,
        assume,
        protocol: journey.protocol,
        replies: journey.replies,
        choice: journey.choice,
        source: journey.source,
        destination: journey.destination,
        meant: journey.meant,
        entered: Entered::Born,
        visited: Vec::new(),
        memory: journey.memory.clone(),
        walk: Walk {
            steps: Vec::with_capacity(USUAL_STEPS),
            landing: Landing::Nowhere,
            identity: Identity::SameVpc,
            assumptions: BTreeSet::new(),
            choices: 1,
            translated: None,
            memory: Memory::default(),
        },
    };
    if journey.source.is_ipv4() == journey.destination.is_ipv4() {
        walker.begin(journey.from);
    } else {
        let place = Walker::place_of(journey.from);
        walker.fault(place, Aspect::End, Code::FamilyMismatch, "");
    }
    walker.walk
}

/// The way of replies from a NAT gateway to the client behind it.
pub fn from_nat(
    graph: &Graph,
    network: &Network,
    nat: Translation,
    journey: &Journey<'_>,
    assume: Assume,
) -> Walk {
    let end = network.subnets.get(nat.subnet as usize).map_or_else(
        || End::Address(nat.address),
        |subnet| End::Subnet(subnet.node, nat.address),
    );
    let journey = Journey {
        from: &end,
        ..journey.clone()
    };
    walk(graph, network, &journey, assume)
}

impl Walker<'_> {
    fn step(&mut self, place: Place, what: What) {
        self.walk.steps.push(Step {
            place,
            source: self.source,
            destination: self.destination,
            identity: self.walk.identity,
            what,
        });
    }

    fn pass(&mut self, node: Node) {
        self.step(Place::Resource(node), What::Passed);
    }

    fn fact(&mut self, aspect: Aspect, node: Node, path: String, shown: String) {
        let at = At { node, path, shown };
        self.step(Place::Resource(node), What::Fact(aspect, at));
    }

    /// Nothing passes here; the walk may go on, to find what else stands in
    /// the way.
    fn fault(&mut self, place: Place, aspect: Aspect, code: Code, detail: impl Into<String>) {
        self.step(
            place,
            What::Fault(Fault {
                aspect,
                outcome: Outcome::Fail,
                code,
                at: None,
                needs: Vec::new(),
                detail: detail.into(),
            }),
        );
    }

    fn fault_at(&mut self, aspect: Aspect, code: Code, at: At, detail: impl Into<String>) {
        self.step(
            Place::Resource(at.node),
            What::Fault(Fault {
                aspect,
                outcome: Outcome::Fail,
                code,
                at: Some(at),
                needs: Vec::new(),
                detail: detail.into(),
            }),
        );
    }

    /// Whether it passes is not known.
    fn doubt(&mut self, place: Place, aspect: Aspect, code: Code, needs: Vec<Need>) {
        self.step(
            place,
            What::Fault(Fault {
                aspect,
                outcome: Outcome::Unknown,
                code,
                at: None,
                needs,
                detail: String::new(),
            }),
        );
    }

    /// It passes, and there is something to know.
    fn note(&mut self, node: Node, code: Code, detail: impl Into<String>) {
        self.step(
            Place::Resource(node),
            What::Fault(Fault {
                aspect: Aspect::Gateway,
                outcome: Outcome::Note,
                code,
                at: None,
                needs: Vec::new(),
                detail: detail.into(),
            }),
        );
    }

    fn assumed(&mut self, assumption: Assumption) {
        self.walk.assumptions.insert(assumption);
    }

    fn place_of(end: &End) -> Place {
        match end {
            End::Interface(node, _)
            | End::Subnet(node, _)
            | End::OnPremises(Some(node), _)
            | End::Offered(node, _) => Place::Resource(*node),
            End::Internet(_) => Place::Internet,
            End::OnPremises(None, _) => Place::OnPremises,
            End::Address(address) => Place::Named(address.to_string()),
        }
    }

    fn shown_route(&self, route: &super::model::Route) -> String {
        use super::model::Destination;
        if !self.told {
            return String::new();
        }
        let to = match &route.destination {
            Destination::Block(block) => block.to_string(),
            Destination::List(_, id) => id.clone(),
            Destination::Unreadable => "(unreadable)".to_owned(),
        };
        format!("{to} → {}", self.hop_name(&route.hop))
    }

    fn hop_name(&self, hop: &Hop) -> String {
        use crate::graph::Target;
        let target = match hop {
            Hop::Local => return "local".to_owned(),
            Hop::Other(id) => return id.clone(),
            Hop::InternetGateway(target)
            | Hop::EgressOnly(target)
            | Hop::Nat(target)
            | Hop::VpnGateway(target)
            | Hop::Peering(target)
            | Hop::Transit(target)
            | Hop::Endpoint(target)
            | Hop::Interface(target) => target,
        };
        match target {
            Target::Here(node) => self.graph.id(*node),
            Target::Elsewhere(id) => id.clone(),
            Target::Nothing => "(nothing)".to_owned(),
        }
    }
}

/// A field that decided, with its value.
fn field(node: Node, path: &str, shown: impl Into<String>) -> At {
    At {
        node,
        path: path.to_owned(),
        shown: format!("{path}: {}", shown.into()),
    }
}
