//! The way of a packet by routes, and the filters that stand on it.
//!
//! A walk goes on where filters may stop a packet, since filters are judged
//! afterwards, and stops where no way leads on. Uses the model and route
//! lookup; it opens no ports and weighs nothing.

mod gateway;
mod internet;
mod transit;

pub use internet::is_private;

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::code::{Assumption, Code};
use super::filter::Identity;
use super::flow::{Aspect, Assume, At, End, Outcome, Protocol};
use super::lookup::{self, Found};
use super::model::{EndpointType, Hop, Network, RouteState};
use crate::graph::admission::Need;
use crate::graph::{Graph, Node, Target};
use crate::snapshot::record::Kind;

/// Components that a packet passes at most; longer ways are taken for circles.
const MAX_STEPS: usize = 96;

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
}

/// Finds the way.
pub fn walk(graph: &Graph, network: &Network, journey: &Journey<'_>, assume: Assume) -> Walk {
    let mut walker = Walker {
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
        walk: Walk {
            steps: Vec::new(),
            landing: Landing::Nowhere,
            identity: Identity::SameVpc,
            assumptions: BTreeSet::new(),
            choices: 1,
            translated: None,
        },
    };
    if journey.source.is_ipv4() == journey.destination.is_ipv4() {
        walker.begin(journey.from);
    } else {
        let place = walker.place_of(journey.from);
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

impl<'g> Walker<'g> {
    fn step(&mut self, place: Place, what: What) {
        self.walk.steps.push(Step {
            place,
            source: self.source,
            destination: self.destination,
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

    fn place_of(&self, end: &End) -> Place {
        match end {
            End::Interface(node, _) | End::Subnet(node, _) | End::OnPremises(Some(node), _) => {
                Place::Resource(*node)
            }
            End::Internet(_) => Place::Internet,
            End::OnPremises(None, _) => Place::OnPremises,
            End::Address(address) => Place::Named(address.to_string()),
        }
    }

    fn begin(&mut self, from: &End) {
        match from {
            End::Interface(node, _) => match node.row() {
                Some(row) => self.begin_interface(row, *node),
                None => self.missing_start(*node),
            },
            End::Subnet(node, _) => match node.row() {
                Some(row) => {
                    self.pass(*node);
                    self.leave(row);
                }
                None => self.missing_start(*node),
            },
            End::Internet(_) => self.from_internet(),
            End::OnPremises(Some(node), _) => self.from_premises(*node),
            End::OnPremises(None, _) => {
                self.doubt(
                    Place::OnPremises,
                    Aspect::End,
                    Code::SnapshotMissing,
                    vec![Need::Sense(
                        "by which gateway traffic from on premises comes in".to_owned(),
                    )],
                );
            }
            End::Address(address) => {
                let place = Place::Named(address.to_string());
                self.fault(place, Aspect::End, Code::NothingThere, "");
            }
        }
    }

    fn missing_start(&mut self, node: Node) {
        let name = self.graph.id(node);
        self.doubt(
            Place::Named(name),
            Aspect::End,
            Code::SnapshotMissing,
            vec![Need::Resource(node)],
        );
    }

    fn begin_interface(&mut self, row: u32, node: Node) {
        let Some(interface) = self.network.interfaces.get(row as usize) else {
            return self.missing_start(node);
        };
        self.pass(node);
        let own = interface.addresses.contains(&self.source)
            || interface
                .prefixes
                .iter()
                .any(|block| block.contains(&self.source));
        if !own {
            match interface.source_dest_check {
                Some(false) => {}
                Some(true) => {
                    let at = self.field(node, "SourceDestCheck", "true");
                    self.fault_at(Aspect::End, Code::EniAddressRestriction, at, "");
                }
                None => self.doubt(
                    Place::Resource(node),
                    Aspect::End,
                    Code::EniAddressRestriction,
                    vec![Need::Field(node, "SourceDestCheck")],
                ),
            }
        }
        if !self.replies {
            if interface.is_endpoint() {
                self.fault(
                    Place::Resource(node),
                    Aspect::End,
                    Code::VpceIntraVpcTraffic,
                    "",
                );
            }
            self.step(Place::Resource(node), What::GroupsOut(row));
        }
        match interface.subnet {
            Some(subnet) => self.leave(subnet),
            None => self.doubt(
                Place::Resource(node),
                Aspect::End,
                Code::SnapshotMissing,
                vec![Need::Field(node, "SubnetId")],
            ),
        }
    }

    fn field(&self, node: Node, path: &str, shown: impl Into<String>) -> At {
        At {
            node,
            path: path.to_owned(),
            shown: format!("{path}: {}", shown.into()),
        }
    }

    /// Out of an interface or gateway in a subnet: to a neighbour, or by the
    /// subnet's ACL and route table.
    fn leave(&mut self, row: u32) {
        let Some(subnet) = self.network.subnets.get(row as usize) else {
            return;
        };
        if subnet
            .blocks
            .iter()
            .any(|block| block.contains(&self.destination))
        {
            return match subnet.vpc {
                Some(vpc) => self.arrive(vpc, row),
                None => self.unseen(subnet.node, "VpcId"),
            };
        }
        self.step(Place::Resource(subnet.node), What::AclOut(row));
        self.route_from(row);
    }

    fn unseen(&mut self, node: Node, field: &'static str) {
        self.doubt(
            Place::Resource(node),
            Aspect::Route,
            Code::SnapshotMissing,
            vec![Need::Field(node, field)],
        );
    }

    /// By the route table that a subnet follows.
    fn route_from(&mut self, row: u32) {
        let Some(subnet) = self.network.subnets.get(row as usize) else {
            return;
        };
        let Some(vpc) = subnet.vpc else {
            return self.unseen(subnet.node, "VpcId");
        };
        if never_forwarded(self.destination) {
            let place = Place::Resource(subnet.node);
            return self.fault(place, Aspect::Route, Code::LinkLocalNotForwarded, "");
        }
        match subnet.table {
            Some(table) => self.by_table(table, vpc, Some(row)),
            None => self.without_table(vpc, row),
        }
    }

    /// No route table was seen: unknown, or what AWS makes if that may be
    /// assumed.
    fn without_table(&mut self, vpc: u32, row: u32) {
        let (Some(subnet), Some(home)) = (
            self.network.subnets.get(row as usize),
            self.network.vpcs.get(vpc as usize),
        ) else {
            return;
        };
        let need = Need::Listing(Kind::RouteTable, subnet.node);
        let unseen = self
            .network
            .tables
            .iter()
            .all(|table| table.vpc != Some(vpc));
        if !(self.assume.defaults && unseen) {
            return self.doubt(
                Place::Resource(subnet.node),
                Aspect::Route,
                Code::SnapshotMissing,
                vec![need],
            );
        }
        self.assumed(Assumption::RouteTablesDefault);
        if home
            .blocks
            .iter()
            .any(|block| block.contains(&self.destination))
        {
            return self.local(vpc, Some(row));
        }
        let gateway = (0_u32..)
            .zip(&self.network.internet_gateways)
            .find(|(_, gateway)| gateway.vpcs.contains(&vpc));
        match gateway.filter(|_| subnet.maps_public) {
            Some((gateway, _)) => self.out_internet(gateway, vpc, Some(row)),
            None => self.fault(
                Place::Resource(subnet.node),
                Aspect::Route,
                Code::NoRouteToDestination,
                "",
            ),
        }
    }

    /// By a route table.
    fn by_table(&mut self, row: u32, vpc: u32, subnet: Option<u32>) {
        let Some(table) = self.network.tables.get(row as usize) else {
            return;
        };
        let found = match lookup::route(self.network, table, self.destination) {
            Found::Route(found) => found,
            Found::Nothing => {
                let at = self.field(table.node, "Routes", "none to this address");
                return self.fault_at(Aspect::Route, Code::NoRouteToDestination, at, "");
            }
            Found::Unknown(needs) => {
                let place = Place::Resource(table.node);
                return self.doubt(place, Aspect::Route, Code::SnapshotMissing, needs);
            }
            Found::Ambiguous(_) => {
                let place = Place::Resource(table.node);
                let sense = "which of two prefix lists AWS follows".to_owned();
                let needs = vec![Need::Sense(sense)];
                return self.doubt(place, Aspect::Route, Code::AmbiguousPrefixListRoute, needs);
            }
        };
        let Some(route) = table.routes.as_ref().and_then(|routes| routes.get(found)) else {
            return;
        };
        let at = At {
            node: table.node,
            path: format!("Routes/{}", route.position),
            shown: self.shown_route(route),
        };
        match route.state {
            RouteState::Blackhole => {
                return self.fault_at(Aspect::Route, Code::BadStateRoute, at, "");
            }
            RouteState::Unknown => {
                self.doubt(
                    Place::Resource(table.node),
                    Aspect::Route,
                    Code::BadStateRoute,
                    vec![Need::Field(table.node, "Routes")],
                );
            }
            RouteState::Active | RouteState::Filtered => {
                self.step(Place::Resource(table.node), What::Fact(Aspect::Route, at));
            }
        }
        if self.walk.steps.len() > MAX_STEPS || self.circles(table.node) {
            let place = Place::Resource(table.node);
            return self.fault(place, Aspect::Route, Code::RoutingLoop, "");
        }
        self.forward(&route.hop, vpc, subnet);
    }

    /// Whether a table was asked too often: packets pass one twice behind
    /// appliances, not more.
    fn circles(&mut self, node: Node) -> bool {
        self.visited.push(node);
        self.visited.iter().filter(|seen| **seen == node).count() > 4
    }

    fn forward(&mut self, hop: &Hop, vpc: u32, subnet: Option<u32>) {
        // What came in by an edge leaves by no other
        // (<https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations>).
        let ends_here = match hop {
            Hop::Local | Hop::Interface(_) => true,
            Hop::Endpoint(target) => self.inspects(target),
            _ => false,
        };
        if self.entered == Entered::Edge && !ends_here {
            let place = self
                .network
                .vpcs
                .get(vpc as usize)
                .map_or(Place::Named(String::new()), |vpc| Place::Resource(vpc.node));
            return self.fault(place, Aspect::Gateway, Code::EdgeToEdgeNotSupported, "");
        }
        match hop {
            Hop::Local => self.local(vpc, subnet),
            Hop::InternetGateway(target) => self.to_internet(target, vpc, subnet),
            Hop::EgressOnly(target) => self.to_egress_only(target, vpc, subnet),
            Hop::Nat(target) => self.to_nat(target, vpc, subnet),
            Hop::VpnGateway(target) => self.to_vpn_gateway(target, vpc),
            Hop::Peering(target) => self.to_peering(target, vpc),
            Hop::Transit(target) => self.to_transit(target, vpc, subnet),
            Hop::Endpoint(target) => self.to_endpoint(target, vpc, subnet),
            Hop::Interface(target) => self.to_appliance(target, subnet),
            Hop::Other(id) => {
                let sense = format!("where {} leads", id);
                self.doubt(
                    Place::Named(id.clone()),
                    Aspect::Route,
                    Code::NotModelled,
                    vec![Need::Sense(sense)],
                );
            }
        }
    }

    /// Whether appliances stand behind an endpoint, to which gateways may send
    /// what comes in; of one that was not seen it is not known otherwise.
    fn inspects(&self, target: &Target) -> bool {
        let endpoint = target
            .row()
            .and_then(|row| self.network.endpoints.get(row as usize));
        endpoint.is_none_or(|endpoint| endpoint.kind == EndpointType::GatewayLoadBalancer)
    }

    /// Within a VPC, from another subnet or from a gateway.
    fn local(&mut self, vpc: u32, from: Option<u32>) {
        let Some(home) = self.network.vpcs.get(vpc as usize) else {
            return;
        };
        let Some(row) = self.network.subnet_at(vpc, self.destination) else {
            let place = Place::Resource(home.node);
            return if home.subnets_listed {
                self.fault(place, Aspect::Route, Code::NoSubnetForAddress, "")
            } else {
                let needs = vec![Need::Listing(Kind::Subnet, home.node)];
                self.doubt(place, Aspect::Route, Code::SnapshotMissing, needs);
            };
        };
        if from != Some(row)
            && let Some(subnet) = self.network.subnets.get(row as usize)
        {
            self.step(Place::Resource(subnet.node), What::AclIn(row));
        }
        self.arrive(vpc, row);
    }

    /// In the subnet of the destination.
    fn arrive(&mut self, vpc: u32, row: u32) {
        let (Some(home), Some(subnet)) = (
            self.network.vpcs.get(vpc as usize),
            self.network.subnets.get(row as usize),
        ) else {
            return;
        };
        if let Some(gateway) = self.network.nat_at(vpc, self.destination) {
            return self.arrive_nat(gateway);
        }
        let Some(found) = self.network.interface_at(vpc, self.destination) else {
            let place = Place::Resource(subnet.node);
            // Instances of other accounts in a shared subnet are not listed
            // either, but then the subnet is another account's.
            return if home.interfaces_listed {
                self.fault(place, Aspect::End, Code::NoEniForAddress, "")
            } else {
                let needs = vec![Need::Listing(Kind::NetworkInterface, subnet.node)];
                self.doubt(place, Aspect::End, Code::SnapshotMissing, needs);
            };
        };
        let Some(interface) = self.network.interfaces.get(found as usize) else {
            return;
        };
        self.pass(interface.node);
        if let Some(meant) = self.meant.filter(|meant| *meant != found) {
            let name = self
                .network
                .interfaces
                .get(meant as usize)
                .map_or_else(String::new, |meant| self.graph.id(meant.node));
            let place = Place::Resource(interface.node);
            let detail = format!("meant was {name}");
            self.fault(place, Aspect::End, Code::DeliveredElsewhere, detail);
        }
        if !self.replies {
            if interface.is_nat_gateway() {
                // Of a gateway that was not listed itself.
                let place = Place::Resource(interface.node);
                self.fault(place, Aspect::Gateway, Code::NatUnsolicitedInbound, "");
            }
            self.step(Place::Resource(interface.node), What::GroupsIn(found));
        }
        self.walk.landing = Landing::Interface(found);
    }

    fn arrive_nat(&mut self, row: u32) {
        let Some(gateway) = self.network.nat_gateways.get(row as usize) else {
            return;
        };
        self.pass(gateway.node);
        if !self.replies {
            let place = Place::Resource(gateway.node);
            self.fault(place, Aspect::Gateway, Code::NatUnsolicitedInbound, "");
        }
        self.walk.landing = Landing::Nat(row);
    }

    fn shown_route(&self, route: &super::model::Route) -> String {
        use super::model::Destination;
        let to = match &route.destination {
            Destination::Block(block) => block.to_string(),
            Destination::List(_, id) => id.clone(),
            Destination::Unreadable => "(unreadable)".to_owned(),
        };
        format!("{to} → {}", self.hop_name(&route.hop))
    }

    fn hop_name(&self, hop: &Hop) -> String {
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

/// Ranges that AWS keeps for itself and never forwards
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html>).
fn never_forwarded(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            a == 169 && b == 254 && (168..=171).contains(&c)
        }
        IpAddr::V6(address) => matches!(address.segments(), [0xfd00, 0xec2, ..]),
    }
}
