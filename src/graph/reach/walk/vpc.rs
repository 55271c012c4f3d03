//! Ways within a VPC: out of a subnet, by its route table, to an interface.
//!
//! Which table and ACL stand where
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>). Uses
//! the model and route lookup; gateways have files of their own.

use std::net::IpAddr;

use super::{Entered, Landing, MAX_STEPS, Place, Walker, What, field};
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::flow::{Aspect, At, End};
use crate::graph::reach::lookup::{self, Found};
use crate::graph::reach::model::{EndpointType, Hop, RouteState};
use crate::graph::{Node, Target};
use crate::snapshot::record::Kind;

impl Walker<'_> {
    pub(super) fn begin(&mut self, from: &End) {
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
            End::Internet(_) => self.in_from_internet(),
            End::OnPremises(Some(node), _) => self.in_from_premises(*node),
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
            End::Address(address) | End::Offered(_, address) => {
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
        if !interface.has(self.source) {
            match interface.source_dest_check {
                Some(false) => {}
                Some(true) => {
                    let at = field(node, "SourceDestCheck", "true");
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

    /// Out of an interface or gateway in a subnet: to a neighbour, or by the
    /// subnet's ACL and route table.
    pub(super) fn leave(&mut self, row: u32) {
        let Some(subnet) = self.network.subnets.get(row as usize) else {
            return;
        };
        if subnet.blocks.is_empty() {
            // Whether it is to a neighbour is not known.
            return self.unseen(subnet.node, "CidrBlock");
        }
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

    /// Into a subnet, from another one or from a gateway. ACLs stand between
    /// subnets and not within one
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>).
    pub(super) fn enter_subnet(&mut self, from: Option<u32>, subnet: u32) {
        if from != Some(subnet) {
            if let Some(home) = self.network.subnets.get(subnet as usize) {
                self.step(Place::Resource(home.node), What::AclIn(subnet));
            }
            return;
        }
        let mut steps = self.walk.steps.iter_mut().rev();
        let left = steps.find(|step| matches!(step.what, What::AclOut(row) if row == subnet));
        if let Some(step) = left {
            step.what = What::Passed;
        }
    }

    pub(super) fn unseen(&mut self, node: Node, field: &'static str) {
        self.doubt(
            Place::Resource(node),
            Aspect::Route,
            Code::SnapshotMissing,
            vec![Need::Field(node, field)],
        );
    }

    /// By the route table that a subnet follows.
    pub(super) fn route_from(&mut self, row: u32) {
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
    pub(super) fn by_table(&mut self, row: u32, vpc: u32, subnet: Option<u32>) {
        let Some(table) = self.network.tables.get(row as usize) else {
            return;
        };
        let found = match lookup::route(self.network, table, self.destination) {
            Found::Route(found) => found,
            Found::Nothing => {
                let at = field(table.node, "Routes", "none to this address");
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
            path: if self.told {
                format!("Routes/{}", route.position)
            } else {
                String::new()
            },
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
            // What is not modelled says so itself.
            Hop::Local | Hop::Interface(_) | Hop::Other(_) => true,
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
            Hop::InternetGateway(target) => self.via_internet(target, vpc, subnet),
            Hop::EgressOnly(target) => self.via_egress_only(target, vpc, subnet),
            Hop::Nat(target) => self.via_nat(target, vpc, subnet),
            Hop::VpnGateway(target) => self.via_vpn_gateway(target, vpc),
            Hop::Peering(target) => self.via_peering(target, vpc),
            Hop::Transit(target) => self.via_transit(target, vpc, subnet),
            Hop::Endpoint(target) => self.via_endpoint(target, vpc, subnet),
            Hop::Interface(target) => self.via_appliance(target, subnet),
            Hop::Other(id) => {
                let sense = format!("where {id} leads");
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
        endpoint.is_none_or(|endpoint| {
            matches!(
                endpoint.kind,
                EndpointType::GatewayLoadBalancer | EndpointType::Other
            )
        })
    }

    /// Within a VPC, from another subnet or from a gateway.
    pub(super) fn local(&mut self, vpc: u32, from: Option<u32>) {
        let Some(home) = self.network.vpcs.get(vpc as usize) else {
            return;
        };
        let Some(row) = self.network.subnet_at(vpc, self.destination) else {
            let place = Place::Resource(home.node);
            // A subnet of which too little was seen may hold it.
            let unread = self.network.subnets.iter().find(|subnet| {
                !subnet.vpc_seen || (subnet.vpc == Some(vpc) && subnet.blocks.is_empty())
            });
            return if let Some(unread) = unread {
                let field = if unread.vpc_seen {
                    "CidrBlock"
                } else {
                    "VpcId"
                };
                self.unseen(unread.node, field);
            } else if home.subnets_listed {
                self.fault(place, Aspect::Route, Code::NoSubnetForAddress, "");
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
    pub(super) fn arrive(&mut self, vpc: u32, row: u32) {
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
            // Where traffic began at an address of a subnet, that address is
            // taken to be somebody's.
            if self.replies && self.meant.is_none() {
                self.pass(subnet.node);
                self.walk.landing = Landing::Subnet(row);
                return;
            }
            // Instances of other accounts in a shared subnet are not listed
            // either, but then the subnet is another account's.
            let unread = self.network.interfaces.iter().find(|interface| {
                !interface.addresses_seen && interface.subnet.is_none_or(|own| own == row)
            });
            return if let Some(unread) = unread {
                let needs = vec![Need::Field(unread.node, "PrivateIpAddresses")];
                self.doubt(place, Aspect::End, Code::SnapshotMissing, needs);
            } else if home.interfaces_listed {
                self.fault(place, Aspect::End, Code::NoEniForAddress, "");
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
