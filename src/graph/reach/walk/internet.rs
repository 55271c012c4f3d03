//! Ways to and from the internet: internet, egress-only and NAT gateways.
//!
//! What they translate and whom they refuse
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>). Uses
//! the model; filters are judged elsewhere.

use std::net::IpAddr;

use super::{Entered, Landing, Place, Translation, Walker};
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::filter::Identity;
use crate::graph::reach::flow::{Aspect, Protocol};
use crate::graph::reach::model::is_listed;
use crate::graph::{Node, Target};
use crate::snapshot::record::Kind;

impl Walker<'_> {
    pub(super) fn to_internet(&mut self, target: &Target, vpc: u32, subnet: Option<u32>) {
        match target {
            Target::Here(node) => match node.row() {
                Some(row) => self.out_internet(row, vpc, subnet),
                None => self.missing(*node),
            },
            Target::Elsewhere(id) => self.named(id, vpc, Kind::InternetGateway),
            Target::Nothing => {}
        }
    }

    /// Out through an internet gateway: public source, public destination.
    pub(super) fn out_internet(&mut self, row: u32, vpc: u32, subnet: Option<u32>) {
        let Some(gateway) = self.network.internet_gateways.get(row as usize) else {
            return;
        };
        self.pass(gateway.node);
        let place = Place::Resource(gateway.node);
        if !gateway.vpcs.contains(&vpc) {
            self.fault(place.clone(), Aspect::Gateway, Code::IgwRejectsSpoofed, "");
        }
        if is_private(self.destination) {
            let code = Code::IgwDestinationAddressInPrivateRange;
            self.fault(place.clone(), Aspect::Gateway, code, "");
        }
        self.block_public_access(vpc, subnet, false);
        if self.source.is_ipv4() {
            match self.network.public_of(vpc, self.source) {
                Some(public) => self.source = public,
                None if self.interfaces_seen(vpc) => {
                    let code = Code::IgwPublicIpAssociationForEgress;
                    self.fault(place, Aspect::Gateway, code, "");
                }
                None => self.doubt(
                    place,
                    Aspect::Gateway,
                    Code::IgwPublicIpAssociationForEgress,
                    vec![Need::Listing(Kind::NetworkInterface, gateway.node)],
                ),
            }
        }
        self.walk.identity = Identity::Lost;
        if self.is_ours(self.destination) {
            // A public address of these VPCs: it comes in again by its gateway.
            return self.from_internet();
        }
        self.step(Place::Internet, super::What::Passed);
        self.walk.landing = Landing::Internet;
    }

    /// Whether an interface of the snapshot has a public address.
    fn is_ours(&self, address: IpAddr) -> bool {
        if address.is_ipv4() {
            self.network.behind(address).is_some()
        } else {
            self.network.interface_of(address).is_some()
        }
    }

    /// Whether all interfaces are known that could have a public address.
    fn interfaces_seen(&self, vpc: u32) -> bool {
        let home = self.network.vpcs.get(vpc as usize);
        let known = self.network.interface_at(vpc, self.source).is_some();
        known || home.is_some_and(|home| home.interfaces_listed)
    }

    /// `Here` by kind, but not in the snapshot.
    pub(super) fn missing(&mut self, node: Node) {
        let name = self.graph.id(node);
        self.doubt(
            Place::Named(name),
            Aspect::Gateway,
            Code::SnapshotMissing,
            vec![Need::Resource(node)],
        );
    }

    /// A gateway that a route names and the snapshot does not hold: gone if
    /// all were listed.
    pub(super) fn named(&mut self, id: &str, vpc: u32, kind: Kind) {
        let home = self.network.vpcs.get(vpc as usize).map(|vpc| vpc.node);
        let place = Place::Named(id.to_owned());
        match home {
            Some(home) if is_listed(self.graph, kind, home) => {
                let detail = "it is not there any more";
                self.fault(place, Aspect::Gateway, Code::BadState, detail);
            }
            Some(home) => {
                let needs = vec![Need::Listing(kind, home)];
                self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs);
            }
            None => {}
        }
    }

    /// VPC Block Public Access, for traffic through an internet gateway. With
    /// `block-ingress` only NAT and egress-only gateways pass
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html>).
    fn block_public_access(&mut self, vpc: u32, subnet: Option<u32>, egress_only: bool) {
        let Some(home) = self.network.vpcs.get(vpc as usize) else {
            return;
        };
        let own = subnet
            .and_then(|row| self.network.subnets.get(row as usize))
            .and_then(|subnet| Some((subnet.node, subnet.public_access.clone()?)));
        let seen = own.or_else(|| Some((home.node, home.public_access.clone()?)));
        let Some((node, mode)) = seen else {
            if self.assume.defaults {
                self.assumed(Assumption::BlockPublicAccessOff);
            } else {
                self.doubt(
                    Place::Resource(home.node),
                    Aspect::Gateway,
                    Code::BlockPublicAccess,
                    vec![Need::Listing(Kind::VpcBlockPublicAccessOptions, home.node)],
                );
            }
            return;
        };
        let through_nat = self.walk.translated.is_some() || egress_only;
        let blocks = match mode.as_str() {
            "off" => false,
            "block-ingress" => !through_nat,
            _ => true,
        };
        if blocks {
            let at = self.field(node, "BlockPublicAccessStates", mode);
            self.fault_at(Aspect::Gateway, Code::BlockPublicAccess, at, "");
        }
    }

    pub(super) fn to_egress_only(&mut self, target: &Target, vpc: u32, subnet: Option<u32>) {
        let Target::Here(node) = target else {
            if let Target::Elsewhere(id) = target {
                self.named(id, vpc, Kind::EgressOnlyInternetGateway);
            }
            return;
        };
        self.pass(*node);
        if self.source.is_ipv4() {
            let place = Place::Resource(*node);
            self.fault(place, Aspect::Gateway, Code::FamilyMismatch, "");
        }
        if self.replies {
            let code = Code::EgressOnlyUnsolicitedInbound;
            return self.fault(Place::Resource(*node), Aspect::Gateway, code, "");
        }
        self.block_public_access(vpc, subnet, true);
        self.walk.identity = Identity::Lost;
        self.step(Place::Internet, super::What::Passed);
        self.walk.landing = Landing::Internet;
    }

    /// Through a NAT gateway, which gives the packet its own address.
    pub(super) fn to_nat(&mut self, target: &Target, vpc: u32, from: Option<u32>) {
        let row = match target {
            Target::Here(node) => match node.row() {
                Some(row) => row,
                None => return self.missing(*node),
            },
            Target::Elsewhere(id) => return self.named(id, vpc, Kind::NatGateway),
            Target::Nothing => return,
        };
        let Some(gateway) = self.network.nat_gateways.get(row as usize) else {
            return;
        };
        let place = Place::Resource(gateway.node);
        if self.walk.translated.is_some() {
            return self.fault(
                place,
                Aspect::Gateway,
                Code::RoutingLoop,
                "a second NAT gateway",
            );
        }
        let (Some(subnet), Some((_, address, _))) =
            (gateway.subnet, gateway.addresses.first().copied())
        else {
            // A regional NAT gateway is in no subnet of ours.
            let needs = vec![Need::Field(gateway.node, "NatGatewayAddresses")];
            return self.doubt(place, Aspect::Gateway, Code::NotModelled, needs);
        };
        if from != Some(subnet)
            && let Some(home) = self.network.subnets.get(subnet as usize)
        {
            self.step(Place::Resource(home.node), super::What::AclIn(subnet));
        }
        self.pass(gateway.node);
        if self.replies {
            // It knows connections that it began, and this is none of them.
            let code = Code::NatUnsolicitedInbound;
            return self.fault(place, Aspect::Gateway, code, "");
        }
        match gateway.state.as_deref() {
            Some("available") => {}
            Some(state) => {
                let at = self.field(gateway.node, "State", state);
                self.fault_at(Aspect::Gateway, Code::BadState, at, "");
            }
            None => self.unseen(gateway.node, "State"),
        }
        if !matches!(
            self.protocol,
            Protocol::Tcp | Protocol::Udp | Protocol::Icmp
        ) {
            self.fault(
                place.clone(),
                Aspect::Gateway,
                Code::ProtocolRestriction,
                "",
            );
        }
        let public = self.network.interface_at(vpc, self.source).is_some();
        if self.entered == Entered::Edge || (self.entered == Entered::Born && !public) {
            self.fault(place, Aspect::Gateway, Code::NgwRequiresSourceInVpc, "");
        }
        self.walk.translated = Some(Translation {
            gateway: row,
            subnet,
            address,
        });
        self.source = address;
        self.walk.identity = Identity::Lost;
        self.leave(subnet);
    }

    /// In from the internet: to the private address behind the public one.
    pub(super) fn from_internet(&mut self) {
        self.step(Place::Internet, super::What::Passed);
        self.walk.identity = Identity::Lost;
        self.destination = self.public_destination();
        let target = if self.destination.is_ipv4() {
            self.network.behind(self.destination)
        } else {
            self.network
                .interface_of(self.destination)
                .map(|row| (row, self.destination))
        };
        let Some((row, private)) = target else {
            return self.nobody_has();
        };
        let interface = self.network.interfaces.get(row as usize);
        let vpc = interface.and_then(|interface| interface.vpc).or_else(|| {
            // A NAT gateway whose interface was not listed.
            let gateways = self.network.nat_gateways.iter();
            gateways
                .filter(|gateway| gateway.addresses.iter().any(|(_, own, _)| *own == private))
                .find_map(|gateway| gateway.vpc)
        });
        let Some(vpc) = vpc else {
            return match interface.map(|interface| interface.node) {
                Some(node) => {
                    let needs = vec![Need::Listing(Kind::Vpc, node)];
                    let place = Place::Resource(node);
                    self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs)
                }
                None => self.nobody_has(),
            };
        };
        let subnet = interface.and_then(|interface| interface.subnet);
        let gateway = (0_u32..)
            .zip(&self.network.internet_gateways)
            .find(|(_, gateway)| gateway.vpcs.contains(&vpc));
        let Some((_, gateway)) = gateway else {
            let home = self.network.vpcs.get(vpc as usize).map(|vpc| vpc.node);
            if let Some(home) = home {
                let listed = is_listed(self.graph, Kind::InternetGateway, home);
                let place = Place::Resource(home);
                if listed {
                    let detail = "the VPC has no internet gateway";
                    self.fault(place, Aspect::Gateway, Code::IgwRejectsSpoofed, detail);
                } else {
                    let needs = vec![Need::Listing(Kind::InternetGateway, home)];
                    self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs);
                }
            }
            return;
        };
        self.pass(gateway.node);
        self.block_public_access(
            vpc,
            subnet,
            self.replies && self.network.nat_at(vpc, private).is_some(),
        );
        self.destination = private;
        self.entered = Entered::Edge;
        self.by_edge(gateway.node, vpc);
    }

    /// Whoever means an interface from the internet writes its public address.
    fn public_destination(&self) -> IpAddr {
        let vpc = self
            .meant
            .and_then(|row| self.network.interfaces.get(row as usize)?.vpc);
        vpc.filter(|_| self.destination.is_ipv4())
            .and_then(|vpc| self.network.public_of(vpc, self.destination))
            .unwrap_or(self.destination)
    }

    fn nobody_has(&mut self) {
        let place = Place::Named(self.destination.to_string());
        let code = Code::IgwPrivateIpAssociationForIngress;
        // Interfaces of a VPC that was not seen are not looked at.
        let unseen = [Kind::NetworkInterface, Kind::Vpc]
            .into_iter()
            .any(|kind| !self.graph.unlisted(kind).is_empty());
        if !unseen {
            return self.fault(place, Aspect::Gateway, code, "");
        }
        let near = self.network.vpcs.iter().find(|vpc| !vpc.interfaces_listed);
        let need = near.map_or_else(
            || Need::Sense("the VPCs and interfaces of every account and Region".to_owned()),
            |vpc| Need::Listing(Kind::NetworkInterface, vpc.node),
        );
        self.doubt(place, Aspect::Gateway, code, vec![need]);
    }

    /// What arrives at a gateway follows the table that names the gateway, if
    /// one does
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html>).
    pub(super) fn by_edge(&mut self, gateway: Node, vpc: u32) {
        let id = self.graph.id(gateway);
        let table = (0_u32..)
            .zip(&self.network.tables)
            .find(|(_, table)| table.vpc == Some(vpc) && table.gateways.contains(&id));
        match table {
            Some((table, _)) => self.by_table(table, vpc, None),
            None => {
                if let Some(home) = self.network.vpcs.get(vpc as usize)
                    && !home.tables_listed
                    && !self.assume.defaults
                {
                    let needs = vec![Need::Listing(Kind::RouteTable, home.node)];
                    let place = Place::Resource(home.node);
                    self.doubt(place, Aspect::Route, Code::SnapshotMissing, needs);
                }
                self.local(vpc, None);
            }
        }
    }
}

/// RFC 1918, shared and link-local space, which no internet gateway carries.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            address.is_private() || address.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(address) => {
            let [first, ..] = address.segments();
            first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
        }
    }
}
