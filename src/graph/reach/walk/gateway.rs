//! Ways through peerings, virtual private gateways, endpoints and appliances.
//!
//! States, whose addresses a peering carries, what lies behind a VPN
//! (<https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>,
//! <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html>). Uses the
//! model; filters are judged elsewhere.

use std::net::IpAddr;

use super::{Entered, Landing, Place, Walker, What, field};
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::filter::Identity;
use crate::graph::reach::flow::{Aspect, At, Protocol};
use crate::graph::reach::model::{EndpointType, Origin, RouteState};
use crate::graph::reach::model::{PeeringSide, Vpc, is_listed};
use crate::graph::{Node, Target};
use crate::snapshot::record::Kind;

impl Walker<'_> {
    /// A state that must be this one.
    pub(super) fn state(
        &mut self,
        node: Node,
        state: Option<&str>,
        path: &'static str,
        good: &[&str],
    ) {
        match state {
            Some(state) if good.contains(&state) => {}
            Some(state) => {
                let at = field(node, path, state);
                self.fault_at(Aspect::Gateway, Code::BadState, at, "");
            }
            None if self.assume.defaults => self.assumed(Assumption::StatesFine),
            None => self.unseen(node, path),
        }
    }

    pub(super) fn via_peering(&mut self, target: &Target, vpc: u32) {
        let row = match target {
            Target::Here(node) => match node.row() {
                Some(row) => row,
                None => return self.missing(*node),
            },
            Target::Elsewhere(id) => return self.named(id, vpc, Kind::VpcPeeringConnection),
            Target::Nothing => return,
        };
        let Some(peering) = self.network.peerings.get(row as usize) else {
            return;
        };
        let place = Place::Resource(peering.node);
        self.pass(peering.node);
        self.state(
            peering.node,
            peering.state.as_deref(),
            "Status.Code",
            &["active"],
        );
        let (own, other) = if peering.requester.vpc.row() == Some(vpc) {
            (&peering.requester, &peering.accepter)
        } else if peering.accepter.vpc.row() == Some(vpc) {
            (&peering.accepter, &peering.requester)
        } else if peering.requester.vpc == Target::Nothing
            || peering.accepter.vpc == Target::Nothing
        {
            return self.unseen(peering.node, "RequesterVpcInfo");
        } else {
            let detail = "the peering does not join this VPC";
            return self.fault(
                place,
                Aspect::Gateway,
                Code::PcxRequiresAddressInVpcCidr,
                detail,
            );
        };
        let home = self.network.vpcs.get(vpc as usize);
        let peer = other
            .vpc
            .row()
            .and_then(|row| Some((row, self.network.vpcs.get(row as usize)?)));
        let code = Code::PcxRequiresAddressInVpcCidr;
        match (
            holds(home, own, self.source),
            holds(peer.map(|(_, peer)| peer), other, self.destination),
        ) {
            (Some(false), _) | (_, Some(false)) => {
                self.fault(place.clone(), Aspect::Gateway, code, "");
            }
            (Some(true), Some(true)) => {}
            (at_home, _) => {
                let unseen = if at_home.is_none() {
                    home
                } else {
                    peer.map(|(_, peer)| peer)
                };
                let node = unseen.map_or(peering.node, |vpc| vpc.node);
                let needs = vec![Need::Field(node, blocks_of(node))];
                self.doubt(place.clone(), Aspect::Gateway, code, needs);
            }
        }
        let same = match (&own.region, &other.region) {
            (Some(one), Some(other)) => Some(one == other),
            _ => peer.and_then(|(_, peer)| {
                let home = home?;
                (!peer.region.is_empty() && !home.region.is_empty())
                    .then(|| peer.region == home.region)
            }),
        };
        self.walk.identity = match self.walk.identity {
            Identity::SameVpc => Identity::Peering(same),
            _ => Identity::Lost,
        };
        let Some((peer, _)) = peer else {
            let needs = match &other.vpc {
                Target::Elsewhere(id) => vec![Need::Sense(format!(
                    "the VPC {id}, whose account or region is not in the snapshot"
                ))],
                _ => vec![Need::Field(peering.node, "AccepterVpcInfo.VpcId")],
            };
            return self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs);
        };
        self.entered = Entered::Edge;
        // The peer VPC delivers by its local route only.
        self.local(peer, None);
    }

    pub(super) fn via_vpn_gateway(&mut self, target: &Target, vpc: u32) {
        let row = match target {
            Target::Here(node) => match node.row() {
                Some(row) => row,
                None => return self.missing(*node),
            },
            Target::Elsewhere(id) => return self.named(id, vpc, Kind::VpnGateway),
            Target::Nothing => return,
        };
        let Some(gateway) = self.network.vpn_gateways.get(row as usize) else {
            return;
        };
        let node = gateway.node;
        self.pass(node);
        self.state(node, gateway.state.as_deref(), "State", &["available"]);
        if !gateway.vpcs.contains(&vpc) && !gateway.vpcs_seen {
            self.unseen(node, "VpcAttachments");
        } else if !gateway.vpcs.contains(&vpc) {
            let detail = "it is not attached to this VPC";
            self.fault(
                Place::Resource(node),
                Aspect::Gateway,
                Code::BadState,
                detail,
            );
        }
        self.behind_vpn_gateway(row, node);
        self.walk.identity = Identity::Lost;
        self.step(Place::OnPremises, What::Passed);
        self.walk.landing = Landing::OnPremises(node);
    }

    /// Whether a network behind a virtual private gateway has the address: by a
    /// static route of a VPN connection, or by a route that was propagated.
    fn behind_vpn_gateway(&mut self, row: u32, node: Node) {
        let mut dynamic = false;
        let mut up = Some(false);
        let mut known = None;
        for connection in &self.network.vpn_connections {
            let dead = matches!(connection.state.as_deref(), Some("deleted" | "deleting"));
            if connection.vpn_gateway != Some(row) || dead {
                continue;
            }
            dynamic |= connection.static_only != Some(true);
            let routes = connection.routes.iter();
            if let Some(block) = routes
                .clone()
                .find(|block| block.contains(&self.destination))
            {
                known = Some((connection.node, block.to_string()));
                up = match (up, connection.up) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                };
            }
        }
        if let Some((connection, block)) = known {
            self.fact(
                Aspect::Route,
                connection,
                "Routes".to_owned(),
                format!("{block} behind the VPN connection"),
            );
            match up {
                Some(true) => {}
                _ if self.assume.defaults => self.assumed(Assumption::VpnTunnelsUp),
                Some(false) => {
                    let at = field(connection, "VgwTelemetry", "no tunnel is UP");
                    self.fault_at(Aspect::Gateway, Code::BadStateVpn, at, "");
                }
                None => {
                    let needs = vec![Need::Field(connection, "VgwTelemetry")];
                    let place = Place::Resource(connection);
                    self.doubt(place, Aspect::Gateway, Code::BadStateVpn, needs);
                }
            }
            return;
        }
        if let Some(at) = self.propagated(node) {
            return self.step(Place::Resource(node), What::Fact(Aspect::Route, at));
        }
        let place = Place::Resource(node);
        let listed = is_listed(self.graph, Kind::VpnConnection, node);
        if dynamic || !listed {
            let needs = vec![Need::Listing(Kind::VpnConnection, node)];
            return self.doubt(place, Aspect::Route, Code::VgwNoKnownPrefix, needs);
        }
        if self.assume.defaults {
            self.assumed(Assumption::NoDirectConnect);
            return self.fault(place, Aspect::Route, Code::VgwNoKnownPrefix, "");
        }
        let sense = "whether Direct Connect leads from the virtual private gateway to the address";
        self.doubt(
            place,
            Aspect::Route,
            Code::VgwNoKnownPrefix,
            vec![Need::Sense(sense.to_owned())],
        );
    }

    /// A route that the gateway wrote itself, by BGP or from static routes.
    fn propagated(&self, node: Node) -> Option<At> {
        let target = Target::Here(node);
        self.network.tables.iter().find_map(|table| {
            let routes = table.routes.as_ref()?.iter();
            let mut own = routes.filter(|route| {
                let leads = matches!(&route.hop, crate::graph::reach::model::Hop::VpnGateway(to) if *to == target);
                let holds = matches!(&route.destination, crate::graph::reach::model::Destination::Block(block) if block.contains(&self.destination));
                leads && holds && route.origin == Origin::Propagated && route.state == RouteState::Active
            });
            own.next().map(|route| At {
                node: table.node,
                path: format!("Routes/{}", route.position),
                shown: self.shown_route(route),
            })
        })
    }

    /// In from on premises, by a virtual private gateway or an attachment.
    pub(super) fn in_from_premises(&mut self, via: Node) {
        self.step(Place::OnPremises, What::Passed);
        self.walk.identity = Identity::Lost;
        match (via.kind, via.row()) {
            (Kind::VpnGateway, Some(row)) => {
                let Some(gateway) = self.network.vpn_gateways.get(row as usize) else {
                    return;
                };
                self.pass(via);
                self.state(via, gateway.state.as_deref(), "State", &["available"]);
                let home = gateway.vpcs.iter().copied().find(|vpc| {
                    let vpc = self.network.vpcs.get(*vpc as usize);
                    vpc.is_some_and(|vpc| {
                        vpc.blocks
                            .iter()
                            .any(|block| block.contains(&self.destination))
                    })
                });
                let Some(vpc) = home else {
                    let place = Place::Resource(via);
                    return if !gateway.vpcs_seen {
                        self.unseen(via, "VpcAttachments");
                    } else if is_listed(self.graph, Kind::Vpc, via) {
                        self.fault(place, Aspect::Route, Code::VgwNoRoute, "");
                    } else {
                        let needs = vec![Need::Listing(Kind::Vpc, via)];
                        self.doubt(place, Aspect::Route, Code::SnapshotMissing, needs);
                    };
                };
                self.entered = Entered::Edge;
                self.by_edge(via, vpc);
            }
            (_, Some(_)) => self.in_by_attachment(via),
            (_, None) => self.missing(via),
        }
    }

    pub(super) fn via_endpoint(&mut self, target: &Target, vpc: u32, from: Option<u32>) {
        let row = match target {
            Target::Here(node) => match node.row() {
                Some(row) => row,
                None => return self.missing(*node),
            },
            Target::Elsewhere(id) => return self.named(id, vpc, Kind::VpcEndpoint),
            Target::Nothing => return,
        };
        let Some(endpoint) = self.network.endpoints.get(row as usize) else {
            return;
        };
        let node = endpoint.node;
        match endpoint.kind {
            EndpointType::Gateway => {
                self.pass(node);
                self.state(node, endpoint.state.as_deref(), "State", &["available"]);
                // TCP and ICMP echo
                // (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
                match self.protocol {
                    Protocol::Tcp => {}
                    Protocol::Icmp => self.step(Place::Resource(node), What::EchoOnly),
                    _ => {
                        let place = Place::Resource(node);
                        self.fault(place, Aspect::Gateway, Code::VpceGatewayProtocol, "");
                    }
                }
                self.source_of_endpoint(node, endpoint.vpc, vpc);
                self.walk.identity = Identity::Lost;
                self.walk.landing = Landing::Endpoint(row);
            }
            EndpointType::GatewayLoadBalancer => {
                let Some(subnet) = endpoint.subnets.first().copied() else {
                    return self.unseen(node, "SubnetIds");
                };
                self.enter_subnet(from, subnet);
                self.pass(node);
                self.state(node, endpoint.state.as_deref(), "State", &["available"]);
                self.note(node, Code::PathThroughGwlbNotChecked, "");
                self.walk.identity = Identity::Lost;
                self.entered = Entered::Born;
                self.leave(subnet);
            }
            _ => {
                let sense = "what a route to an endpoint of this type does".to_owned();
                let place = Place::Resource(node);
                self.doubt(
                    place,
                    Aspect::Gateway,
                    Code::NotModelled,
                    vec![Need::Sense(sense)],
                );
            }
        }
    }

    /// Gateway endpoints are for what is in their VPC, not for what comes in
    /// over a peering, transit gateway, VPN or Direct Connect
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
    fn source_of_endpoint(&mut self, node: Node, of: Option<u32>, vpc: u32) {
        let Some(home) = self.network.vpcs.get(vpc as usize) else {
            return;
        };
        let here = home.holds(self.source);
        if here.is_none() && of == Some(vpc) && self.entered == Entered::Born {
            return self.unseen(home.node, "CidrBlock");
        }
        if of != Some(vpc) || self.entered != Entered::Born || here != Some(true) {
            let detail = "the source is not in the VPC of the endpoint";
            let place = Place::Resource(node);
            self.fault(place, Aspect::Gateway, Code::EdgeToEdgeNotSupported, detail);
        }
    }

    /// Through an appliance: an interface that forwards what is not for it.
    pub(super) fn via_appliance(&mut self, target: &Target, from: Option<u32>) {
        let Target::Here(node) = target else {
            if let Target::Elsewhere(id) = target {
                let sense = format!("the interface {id}");
                let place = Place::Named(id.clone());
                self.doubt(
                    place,
                    Aspect::Gateway,
                    Code::SnapshotMissing,
                    vec![Need::Sense(sense)],
                );
            }
            return;
        };
        let found = node
            .row()
            .and_then(|row| Some((row, self.network.interfaces.get(row as usize)?)));
        let Some((row, interface)) = found else {
            return self.missing(*node);
        };
        let Some(subnet) = interface.subnet else {
            return self.unseen(*node, "SubnetId");
        };
        self.enter_subnet(from, subnet);
        if interface.has(self.destination)
            && let Some(vpc) = interface.vpc
        {
            return self.arrive(vpc, subnet);
        }
        self.pass(*node);
        match interface.source_dest_check {
            Some(false) => {}
            Some(true) => {
                let at = field(*node, "SourceDestCheck", "true");
                let code = Code::EniSourceDestCheckRestriction;
                self.fault_at(Aspect::Gateway, code, at, "");
            }
            None => self.unseen(*node, "SourceDestCheck"),
        }
        if interface
            .status
            .as_deref()
            .is_some_and(|status| status != "in-use")
        {
            let at = field(
                *node,
                "Status",
                interface.status.clone().unwrap_or_default(),
            );
            self.fault_at(Aspect::Gateway, Code::BadState, at, "");
        }
        // To groups, replies that come another way are traffic of their own
        // (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html>).
        let known = self.replies && self.memory.appliances.contains(&row);
        if !known {
            self.step(Place::Resource(*node), What::GroupsIn(row));
        }
        self.walk.identity = Identity::Lost;
        if !known {
            self.step(Place::Resource(*node), What::GroupsOut(row));
        }
        self.walk.memory.appliances.push(row);
        let sense = "the appliance is taken to send on what it receives";
        self.note(*node, Code::NotModelled, sense);
        self.entered = Entered::Born;
        self.leave(subnet);
    }
}

/// Whether a VPC holds an address, by its own blocks or by those that the
/// peering shows; `None` if neither was seen. A VPC always has a block.
fn holds(vpc: Option<&Vpc>, side: &PeeringSide, address: IpAddr) -> Option<bool> {
    let own = vpc.map(|vpc| &vpc.blocks).filter(|own| !own.is_empty());
    let blocks = own.unwrap_or(&side.blocks);
    (!blocks.is_empty()).then(|| blocks.iter().any(|block| block.contains(&address)))
}

/// The field that holds the blocks of a VPC, or of a side of a peering.
const fn blocks_of(node: Node) -> &'static str {
    match node.kind {
        Kind::Vpc => "CidrBlockAssociationSet",
        _ => "AccepterVpcInfo.CidrBlockSet",
    }
}
