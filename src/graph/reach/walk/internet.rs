//! Ways to and from the internet: internet, egress-only and NAT gateways.
//!
//! What they translate and whom they refuse
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>). Uses
//! the model; filters are judged elsewhere.

use std::net::IpAddr;

use super::{Entered, Landing, Place, Translation, Walker, What, field};
use crate::graph::admission::Need;
use crate::graph::reach::code::{Assumption, Code};
use crate::graph::reach::filter::Identity;
use crate::graph::reach::flow::{Aspect, Protocol};
use crate::graph::reach::model::is_listed;
use crate::graph::{Node, Target};
use crate::snapshot::record::Kind;

impl Walker<'_> {
    pub(super) fn via_internet(&mut self, target: &Target, vpc: u32, subnet: Option<u32>) {
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
            if gateway.vpcs_seen {
                self.fault(place.clone(), Aspect::Gateway, Code::IgwRejectsSpoofed, "");
            } else {
                self.unseen(gateway.node, "Attachments");
            }
        }
        if is_private(self.destination) {
            let code = Code::IgwDestinationAddressInPrivateRange;
            self.fault(place.clone(), Aspect::Gateway, code, "");
        }
        self.block_public_access(vpc, subnet, self.walk.translated.is_some());
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
        if self.source.is_ipv6() && !self.is_of(vpc, self.source) {
            let place = Place::Resource(gateway.node);
            self.fault(place, Aspect::Gateway, Code::IgwRejectsSpoofed, "");
        }
        self.in_internet();
    }

    /// In the internet: it may lead to an address of the snapshot.
    fn in_internet(&mut self) {
        self.walk.identity = Identity::Lost;
        self.step(Place::Internet, What::Passed);
        // An IPv6 block of a VPC lies nowhere else, whether or not an interface
        // has the address.
        let here = self.holder(self.destination).is_some()
            || self.destination.is_ipv6()
                && (0_u32..)
                    .zip(&self.network.vpcs)
                    .any(|(vpc, _)| self.is_of(vpc, self.destination));
        let passed = self.walk.steps.iter();
        let circles = passed.filter(|step| step.place == Place::Internet).count() > 4;
        if circles {
            self.fault(Place::Internet, Aspect::Route, Code::RoutingLoop, "");
        } else if here {
            self.by_public_address();
        } else {
            self.walk.landing = Landing::Internet;
        }
    }

    fn is_of(&self, vpc: u32, address: IpAddr) -> bool {
        let home = self.network.vpcs.get(vpc as usize);
        home.is_some_and(|home| home.blocks.iter().any(|block| block.contains(&address)))
    }

    /// The interface and its own address that an address of the internet leads
    /// to.
    fn holder(&self, address: IpAddr) -> Option<(u32, IpAddr)> {
        if address.is_ipv4() {
            return self.network.behind(address);
        }
        let row = self.network.interface_of(address)?;
        Some((row, address))
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
    fn block_public_access(&mut self, vpc: u32, subnet: Option<u32>, begun_inside: bool) {
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
        let blocks = match mode.as_str() {
            "off" => false,
            "block-ingress" => !begun_inside,
            _ => true,
        };
        if blocks {
            let at = field(node, "BlockPublicAccessStates", mode);
            self.fault_at(Aspect::Gateway, Code::BlockPublicAccess, at, "");
        }
    }

    pub(super) fn via_egress_only(&mut self, target: &Target, vpc: u32, subnet: Option<u32>) {
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
        let place = Place::Resource(*node);
        if self.source.is_ipv6() && !self.is_of(vpc, self.source) {
            self.fault(place.clone(), Aspect::Gateway, Code::IgwRejectsSpoofed, "");
        }
        // "It prevents the internet from initiating an IPv6 connection with
        // your instances"
        // (<https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>).
        if self.replies && !self.memory.egress_only.contains(&vpc) {
            let detail = "it answers no connections from outside";
            self.fault(
                place,
                Aspect::Gateway,
                Code::EgressOnlyUnsolicitedInbound,
                detail,
            );
        }
        self.block_public_access(vpc, subnet, true);
        self.walk.memory.egress_only.push(vpc);
        self.in_internet();
    }

    /// Through a NAT gateway, which gives the packet its own address.
    pub(super) fn via_nat(&mut self, target: &Target, vpc: u32, from: Option<u32>) {
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
        self.enter_subnet(from, subnet);
        self.pass(gateway.node);
        if self.replies {
            // It knows connections that it began, and this is none of them.
            let code = Code::NatUnsolicitedInbound;
            return self.fault(place, Aspect::Gateway, code, "");
        }
        match gateway.state.as_deref() {
            Some("available") => {}
            Some(state) => {
                let at = field(gateway.node, "State", state);
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
    pub(super) fn in_from_internet(&mut self) {
        self.destination = self.public_destination();
        self.step(Place::Internet, What::Passed);
        self.by_public_address();
    }

    /// From the internet to whoever has the address there.
    fn by_public_address(&mut self) {
        self.walk.identity = Identity::Lost;
        let Some((row, private)) = self.holder(self.destination) else {
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
                    self.doubt(place, Aspect::Gateway, Code::SnapshotMissing, needs);
                }
                None => self.nobody_has(),
            };
        };
        let subnet = interface.and_then(|interface| interface.subnet);
        if self.replies && self.memory.egress_only.contains(&vpc) {
            self.block_public_access(vpc, subnet, true);
            self.entered = Entered::Edge;
            return self.local(vpc, None);
        }
        let gateway = (0_u32..)
            .zip(&self.network.internet_gateways)
            .find(|(_, gateway)| gateway.vpcs.contains(&vpc));
        let Some((_, gateway)) = gateway else {
            let home = self.network.vpcs.get(vpc as usize).map(|vpc| vpc.node);
            let unread = self
                .network
                .internet_gateways
                .iter()
                .find(|gateway| !gateway.vpcs_seen);
            if let Some(unread) = unread {
                self.unseen(unread.node, "Attachments");
            } else if let Some(home) = home {
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
        if let Some((table, _)) = table {
            self.by_table(table, vpc, None);
        } else {
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
