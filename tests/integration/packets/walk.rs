//! One packet through a network, hop by hop, and its reply back.
//!
//! Slow and plain on purpose: no sets of ports, no sharing, every branch that
//! AWS may take is walked. Written from AWS's documentation alone; must not
//! share code with the product, since it is what the product is held against.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use super::filter::{ICMP, ICMPV6, Packet, TCP, UDP, acl_admits, group_admits};
use super::lookup::{Found, transit_route, vpc_route};
use super::network::{Attached, Block, Edge, Id, Network, Route, To, Via, any};

/// Where a packet ends or begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Interface(Id),
    Internet,
    /// Behind a virtual private gateway.
    Vgw(Id),
    /// Behind a VPN attachment of a transit gateway.
    Attachment(Id),
    /// A service behind a gateway endpoint.
    Service(Id),
}

/// What the way was like so far; decides whether rules that name groups hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identity {
    SameVpc,
    Peering,
    /// Over one transit gateway with group referencing.
    Transit,
    Lost,
}

/// How a packet came into the VPC that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entered {
    Inside,
    Transit,
    Edge,
}

/// What a NAT gateway remembers.
#[derive(Debug, Clone, Copy)]
struct Translation {
    /// Interface of the NAT gateway.
    interface: Id,
    source: IpAddr,
    source_port: u16,
    /// The port that it took instead.
    port: u16,
}

/// A packet on its way; at the end, what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    pub packet: Packet,
    /// Where it ended, if it ended anywhere.
    pub place: Option<Place>,
    pub fails: Vec<String>,
    pub unknowns: Vec<String>,
    pub trace: Vec<String>,
    identity: Identity,
    entered: Entered,
    /// The interface that sent it, and what it was then.
    origin: Option<(Id, Packet)>,
    /// Whether it is a reply.
    reply: bool,
    /// The zone that it was sent from within the region.
    zone: Option<usize>,
    /// Interfaces that remember the connection.
    tracked: BTreeSet<Id>,
    translations: Vec<Translation>,
    /// The VPC whose egress-only gateway it left by.
    egress_only: Option<Id>,
    /// Attachments in appliance mode, and the subnets they took.
    hashed: Vec<(Id, Id)>,
    /// Whether a NAT gateway chose a port.
    pub translated: bool,
    steps: usize,
}

impl Walk {
    fn new(packet: Packet) -> Self {
        Self {
            packet,
            place: None,
            fails: Vec::new(),
            unknowns: Vec::new(),
            trace: Vec::new(),
            identity: Identity::SameVpc,
            entered: Entered::Inside,
            origin: None,
            reply: false,
            zone: None,
            tracked: BTreeSet::new(),
            translations: Vec::new(),
            egress_only: None,
            hashed: Vec::new(),
            translated: false,
            steps: 0,
        }
    }

    pub(crate) fn passes(&self) -> bool {
        self.fails.is_empty() && self.unknowns.is_empty()
    }

    fn fail(&mut self, why: impl Into<String>) {
        let why = why.into();
        self.trace.push(format!("FAIL {why}"));
        self.fails.push(why);
    }

    /// It ended where it was not meant to.
    pub(crate) fn miss(&mut self) {
        self.fail("it ends elsewhere");
    }

    fn failed(mut self, why: impl Into<String>) -> Vec<Self> {
        self.fail(why);
        vec![self]
    }

    fn undecided_but(&mut self, why: &str) {
        self.trace.push(format!("UNKNOWN {why}"));
        self.unknowns.push(why.to_owned());
    }

    fn undecided(mut self, why: &str) -> Vec<Self> {
        self.undecided_but(why);
        vec![self]
    }

    fn ends(mut self, place: Place) -> Vec<Self> {
        self.trace.push(format!("ends at {place:?}"));
        self.place = Some(place);
        vec![self]
    }

    fn step(&mut self, what: String) -> bool {
        self.trace.push(what);
        self.steps += 1;
        self.steps < 24
    }
}

/// All that may become of a packet from a place.
pub(crate) fn walk(network: &Network, from: Place, packet: Packet, nat_port: u16) -> Vec<Walk> {
    let walker = Walker { network, nat_port };
    walker.start(from, Walk::new(packet))
}

/// All that may become of the reply to a packet that arrived.
pub(crate) fn reply(network: &Network, arrived: &Walk, from: Place, sent: Packet) -> Vec<Walk> {
    let there = arrived.packet;
    let port = match (there.protocol, there.port) {
        (ICMP, 0x0800) => 0,
        (ICMPV6, 0x8000) => 0x8100,
        _ => there.source_port,
    };
    let packet = Packet {
        source: there.destination,
        destination: there.source,
        protocol: there.protocol,
        source_port: there.port,
        port,
    };
    let mut walk = Walk::new(packet);
    walk.reply = true;
    walk.tracked.clone_from(&arrived.tracked);
    walk.translations.clone_from(&arrived.translations);
    walk.egress_only = arrived.egress_only;
    walk.hashed.clone_from(&arrived.hashed);
    let walker = Walker {
        network,
        nat_port: 0,
    };
    let Some(place) = arrived.place else {
        return Vec::new();
    };
    let mut all = walker.start(place, walk);
    for back in &mut all {
        let site = |place| matches!(place, Some(Place::Vgw(_) | Place::Attachment(_)));
        // Which way a site hears from AWS is the site's affair.
        let right = back.place == Some(from) || site(back.place) && site(Some(from));
        if back.place.is_some() && !right {
            back.fail("the reply ends elsewhere");
        }
        // Who sent knows only whom it wrote to.
        if back.place.is_some() && back.packet.source != sent.destination {
            back.fail("the reply comes from another address");
        }
    }
    all
}

struct Walker<'n> {
    network: &'n Network,
    nat_port: u16,
}

impl Walker<'_> {
    fn start(&self, from: Place, mut walk: Walk) -> Vec<Walk> {
        match from {
            Place::Interface(id) => {
                walk.origin = Some((id, walk.packet));
                walk.tracked.insert(id);
                let subnet = self.network.interfaces[id].subnet;
                walk.zone = Some(self.network.subnets[subnet].zone);
                if self.network.interfaces[id].has(walk.packet.source) {
                    self.onward(subnet, walk)
                } else {
                    walk.failed("the source address is not the interface's")
                }
            }
            Place::Internet => {
                walk.identity = Identity::Lost;
                self.arrive_at_igw(walk)
            }
            Place::Vgw(id) => {
                walk.identity = Identity::Lost;
                walk.entered = Entered::Edge;
                let vgw = &self.network.vgws[id];
                if vgw.attached {
                    self.enter_vpc(vgw.vpc, Some(Edge::Vpn(id)), walk)
                } else {
                    walk.failed("the virtual private gateway is not attached")
                }
            }
            Place::Attachment(id) => {
                walk.identity = Identity::Lost;
                self.in_transit(id, walk)
            }
            Place::Service(endpoint) => {
                walk.identity = Identity::Lost;
                walk.entered = Entered::Edge;
                self.enter_vpc(self.network.endpoints[endpoint].vpc, None, walk)
            }
        }
    }

    /// From something in a subnet: to a neighbour, or by the routes.
    fn onward(&self, subnet: Id, walk: Walk) -> Vec<Walk> {
        let own = &self.network.subnets[subnet];
        if any(&own.blocks, walk.packet.destination) {
            return self.deliver(subnet, Some(subnet), walk);
        }
        self.routed(own.vpc, subnet, walk)
    }

    fn routed(&self, vpc: Id, subnet: Id, mut walk: Walk) -> Vec<Walk> {
        let destination = walk.packet.destination;
        if !walk.step(format!("subnet {subnet}: to {destination}")) {
            return walk.failed("routing loop");
        }
        let table = &self.network.tables[self.network.table_of(subnet)];
        let via = match vpc_route(self.network, table, destination) {
            Found::Via(via) => via,
            other => {
                self.acl(subnet, true, &mut walk);
                return no_route(&other, walk);
            }
        };
        walk.trace.push(format!("via {via:?}"));
        if let Via::Interface(id) = via {
            return self.to_interface(id, Some(subnet), walk);
        }
        match via {
            Via::Local => return self.local(vpc, Some(subnet), walk),
            Via::Nat(id) => return self.to_nat(id, vpc, subnet, walk),
            Via::Transit(id) => return self.to_transit(id, vpc, subnet, walk),
            _ => {}
        }
        self.acl(subnet, true, &mut walk);
        if walk.entered == Entered::Edge {
            return walk.failed("edge to edge");
        }
        match via {
            Via::Internet(id) => self.to_internet(id, vpc, walk),
            Via::EgressOnly(id) => self.to_egress_only(id, vpc, walk),
            Via::Vpn(id) => self.to_vgw(id, vpc, walk),
            Via::Peering(id) => self.to_peering(id, vpc, walk),
            Via::Endpoint(id) => self.to_endpoint(id, vpc, walk),
            Via::Local | Via::Nat(_) | Via::Transit(_) | Via::Interface(_) => unreachable!(),
        }
    }

    /// To whatever has the address in the VPC.
    fn local(&self, vpc: Id, from: Option<Id>, mut walk: Walk) -> Vec<Walk> {
        if let Some(subnet) = self.network.subnet_with(vpc, walk.packet.destination) {
            self.deliver(subnet, from, walk)
        } else {
            if let Some(from) = from {
                self.acl(from, true, &mut walk);
            }
            walk.failed("no subnet has the address")
        }
    }

    fn deliver(&self, subnet: Id, from: Option<Id>, mut walk: Walk) -> Vec<Walk> {
        self.cross(from, subnet, &mut walk);
        match self.network.interface_with(subnet, walk.packet.destination) {
            Some(interface) => self.arrive(interface, walk),
            None => walk.failed("no interface has the address"),
        }
    }

    /// The ACLs between two subnets.
    fn cross(&self, from: Option<Id>, to: Id, walk: &mut Walk) {
        if from == Some(to) {
            return;
        }
        if let Some(from) = from {
            self.acl(from, true, walk);
        }
        self.acl(to, false, walk);
    }

    fn acl(&self, subnet: Id, egress: bool, walk: &mut Walk) {
        let acl = self.network.subnets[subnet].acl;
        if !acl_admits(&self.network.acls[acl], egress, &walk.packet) {
            walk.fail(format!("acl {acl} of subnet {subnet}, egress {egress}"));
        }
    }

    fn arrive(&self, id: Id, mut walk: Walk) -> Vec<Walk> {
        let interface = &self.network.interfaces[id];
        if interface.nat {
            return self.at_nat(id, walk);
        }
        if !walk.reply {
            self.ingress(id, &mut walk);
            walk.tracked.insert(id);
            self.egress_of_origin(Some(id), &mut walk);
        } else if !walk.tracked.contains(&id) {
            self.ingress(id, &mut walk);
        }
        walk.ends(Place::Interface(id))
    }

    fn ingress(&self, id: Id, walk: &mut Walk) {
        let members = match (walk.identity, walk.origin) {
            (Identity::Lost, _) | (_, None) => &[][..],
            (_, Some((origin, _))) => &self.network.interfaces[origin].groups,
        };
        let groups = &self.network.interfaces[id].groups;
        let rules = groups
            .iter()
            .flat_map(|group| &self.network.groups[*group].ingress);
        let packet = walk.packet;
        if !group_admits(self.network, rules, &packet, packet.source, members) {
            walk.fail(format!("groups of interface {id}, ingress"));
        }
    }

    /// The groups of the sender, once it is known whom it reaches.
    fn egress_of_origin(&self, end: Option<Id>, walk: &mut Walk) {
        let Some((origin, packet)) = walk.origin.filter(|_| !walk.reply) else {
            return;
        };
        let members = match (walk.identity, end) {
            (Identity::SameVpc | Identity::Peering, Some(end)) => {
                &self.network.interfaces[end].groups[..]
            }
            _ => &[],
        };
        let groups = &self.network.interfaces[origin].groups;
        let rules = groups
            .iter()
            .flat_map(|group| &self.network.groups[*group].egress);
        if !group_admits(self.network, rules, &packet, packet.destination, members) {
            walk.fail(format!("groups of interface {origin}, egress"));
        }
    }

    /// A route that names an interface: delivery, or an appliance.
    fn to_interface(&self, id: Id, from: Option<Id>, mut walk: Walk) -> Vec<Walk> {
        let interface = &self.network.interfaces[id];
        self.cross(from, interface.subnet, &mut walk);
        if interface.has(walk.packet.destination) {
            return self.arrive(id, walk);
        }
        if interface.source_dest_check {
            return walk.failed("source and destination check");
        }
        if !walk.step(format!("through interface {id}")) {
            return walk.failed("routing loop");
        }
        if !(walk.reply && walk.tracked.contains(&id)) {
            self.ingress(id, &mut walk);
            let packet = walk.packet;
            let rules = interface
                .groups
                .iter()
                .flat_map(|group| &self.network.groups[*group].egress);
            if !group_admits(self.network, rules, &packet, packet.destination, &[]) {
                walk.fail(format!("groups of appliance {id}, egress"));
            }
        }
        if !walk.reply {
            walk.tracked.insert(id);
        }
        walk.identity = Identity::Lost;
        walk.zone = Some(self.network.subnets[interface.subnet].zone);
        self.onward(interface.subnet, walk)
    }

    fn to_nat(&self, id: Id, vpc: Id, subnet: Id, mut walk: Walk) -> Vec<Walk> {
        let nat = &self.network.nats[id];
        let interface = &self.network.interfaces[nat.interface];
        self.cross(Some(subnet), interface.subnet, &mut walk);
        if self.network.vpc_of(nat.interface) != vpc || !nat.available {
            return walk.failed("NAT gateway is not available here");
        }
        if walk.entered == Entered::Edge {
            return walk.failed("edge to NAT");
        }
        if !matches!(walk.packet.protocol, TCP | UDP | ICMP) {
            return walk.failed("NAT protocol");
        }
        if !walk.step(format!("translated by NAT {id}")) {
            return walk.failed("routing loop");
        }
        walk.translated = true;
        let packet = &mut walk.packet;
        let translation = Translation {
            interface: nat.interface,
            source: packet.source,
            source_port: packet.source_port,
            port: self.nat_port,
        };
        packet.source = interface.addresses[0].private;
        if packet.has_ports() {
            packet.source_port = self.nat_port;
        }
        if !walk.reply {
            walk.translations.push(translation);
        }
        walk.identity = Identity::Lost;
        walk.entered = Entered::Inside;
        walk.zone = Some(self.network.subnets[interface.subnet].zone);
        self.onward(interface.subnet, walk)
    }

    /// At the interface of a NAT gateway: only replies go on.
    fn at_nat(&self, id: Id, mut walk: Walk) -> Vec<Walk> {
        let known = walk.translations.last().copied().filter(|known| {
            let port = !walk.packet.has_ports() || known.port == walk.packet.port;
            walk.reply && known.interface == id && port
        });
        let Some(known) = known else {
            return walk.failed("NAT, unsolicited");
        };
        walk.translations.pop();
        walk.packet.destination = known.source;
        if walk.packet.has_ports() {
            walk.packet.port = known.source_port;
        }
        walk.trace
            .push(format!("translated back to {}", known.source));
        walk.entered = Entered::Inside;
        let subnet = self.network.interfaces[id].subnet;
        walk.zone = Some(self.network.subnets[subnet].zone);
        self.onward(subnet, walk)
    }

    fn to_internet(&self, id: Id, vpc: Id, mut walk: Walk) -> Vec<Walk> {
        if id != vpc || !self.network.vpcs[id].igw {
            return walk.failed("no such internet gateway here");
        }
        let from_nat = match walk.packet.source {
            IpAddr::V4(_) => {
                let public = self.public_of(vpc, walk.packet.source);
                let Some((interface, public)) = public else {
                    return walk.failed("no public address");
                };
                walk.packet.source = public.into();
                self.network.interfaces[interface].nat
            }
            IpAddr::V6(_) if any(&self.network.vpcs[vpc].blocks, walk.packet.source) => false,
            IpAddr::V6(_) => return walk.failed("not an address of the VPC"),
        };
        match self.network.vpcs[vpc].block {
            Block::Bidirectional => return walk.failed("block public access"),
            // Only NAT gateways and egress-only gateways begin connections.
            Block::Ingress if !from_nat => return walk.failed("block public access"),
            _ => {}
        }
        self.in_internet(walk)
    }

    /// The interface and public address of a private address of a VPC.
    fn public_of(&self, vpc: Id, private: IpAddr) -> Option<(Id, Ipv4Addr)> {
        let subnet = self.network.subnet_with(vpc, private)?;
        let interface = self.network.interface_with(subnet, private)?;
        let mut own = self.network.interfaces[interface].addresses.iter();
        let own = own.find(|own| own.private == private)?;
        Some((interface, own.public?))
    }

    fn to_egress_only(&self, id: Id, vpc: Id, mut walk: Walk) -> Vec<Walk> {
        let own = &self.network.vpcs[vpc];
        if id != vpc || !own.eigw || own.block == Block::Bidirectional {
            return walk.failed("no egress-only gateway here");
        }
        if !any(&own.blocks, walk.packet.source) {
            return walk.failed("not an address of the VPC");
        }
        if walk.reply {
            return walk.failed("connections from outside do not pass egress-only gateways");
        }
        walk.egress_only = Some(vpc);
        self.in_internet(walk)
    }

    fn in_internet(&self, walk: Walk) -> Vec<Walk> {
        let destination = walk.packet.destination;
        if is_private(destination) {
            return walk.failed("a private address in the internet");
        }
        let inside = match destination {
            IpAddr::V4(_) => self.network.behind(destination).is_some(),
            IpAddr::V6(_) => self.vpc_of_v6(destination).is_some(),
        };
        if inside {
            return self.arrive_at_igw(walk);
        }
        let mut walk = walk;
        self.egress_of_origin(None, &mut walk);
        walk.ends(Place::Internet)
    }

    fn vpc_of_v6(&self, address: IpAddr) -> Option<Id> {
        let mut vpcs = self.network.vpcs.iter();
        vpcs.position(|vpc| address.is_ipv6() && any(&vpc.blocks, address))
    }

    fn arrive_at_igw(&self, mut walk: Walk) -> Vec<Walk> {
        walk.identity = Identity::Lost;
        walk.entered = Entered::Edge;
        let destination = walk.packet.destination;
        let (vpc, to_nat) = match destination {
            IpAddr::V4(_) => {
                let Some((interface, private)) = self.network.behind(destination) else {
                    return walk.failed("nobody has the public address");
                };
                walk.packet.destination = private;
                let nat = self.network.interfaces[interface].nat;
                (self.network.vpc_of(interface), nat)
            }
            IpAddr::V6(_) => match self.vpc_of_v6(destination) {
                Some(vpc) => (vpc, false),
                None => return walk.failed("nobody has the address"),
            },
        };
        let own = &self.network.vpcs[vpc];
        let answered = walk.reply && (to_nat || walk.egress_only == Some(vpc));
        match own.block {
            Block::Bidirectional => return walk.failed("block public access"),
            Block::Ingress if !answered => return walk.failed("block public access"),
            _ => {}
        }
        if walk.reply && walk.egress_only == Some(vpc) {
            return self.enter_vpc(vpc, None, walk);
        }
        if !own.igw {
            return walk.failed("no internet gateway");
        }
        self.enter_vpc(vpc, Some(Edge::Internet), walk)
    }

    /// From a gateway into a VPC: by its edge table, or locally.
    fn enter_vpc(&self, vpc: Id, edge: Option<Edge>, mut walk: Walk) -> Vec<Walk> {
        if !walk.step(format!("into vpc {vpc}")) {
            return walk.failed("routing loop");
        }
        let table = edge.and_then(|edge| self.network.edge_table(vpc, edge));
        let Some(table) = table else {
            return self.local(vpc, None, walk);
        };
        match vpc_route(self.network, table, walk.packet.destination) {
            Found::Via(Via::Local) => self.local(vpc, None, walk),
            Found::Via(Via::Interface(id)) => self.to_interface(id, None, walk),
            Found::Via(_) => walk.failed("edge to edge"),
            other => no_route(&other, walk),
        }
    }

    fn to_vgw(&self, id: Id, vpc: Id, mut walk: Walk) -> Vec<Walk> {
        let vgw = &self.network.vgws[id];
        if vgw.vpc != vpc || !vgw.attached {
            return walk.failed("the virtual private gateway is not attached here");
        }
        let destination = walk.packet.destination;
        let tables = self.network.tables.iter();
        let mut routes = tables.flat_map(|table| &table.routes);
        let learnt = routes.any(|route: &Route| {
            let holds = matches!(route.to, To::Block(block) if block.contains(&destination));
            route.propagated && route.via == Via::Vpn(id) && holds
        });
        let vpns = self.network.vpns.iter().filter(|vpn| vpn.vgw == Some(id));
        let knowing: Vec<_> = vpns.filter(|vpn| any(&vpn.routes, destination)).collect();
        if knowing.is_empty() && !learnt {
            // Direct Connect may know it; nobody collects that.
            self.egress_of_origin(None, &mut walk);
            walk.undecided_but("behind Direct Connect, perhaps");
            return walk.ends(Place::Vgw(id));
        }
        if !knowing.iter().any(|vpn| vpn.up) {
            return walk.failed("all tunnels are down");
        }
        self.egress_of_origin(None, &mut walk);
        walk.ends(Place::Vgw(id))
    }

    fn to_peering(&self, id: Id, vpc: Id, mut walk: Walk) -> Vec<Walk> {
        let peering = &self.network.peerings[id];
        let other = match peering.sides {
            [one, other] if one == vpc => other,
            [other, two] if two == vpc => other,
            _ => return walk.failed("the peering is another's"),
        };
        if !peering.active {
            return walk.failed("the peering is not active");
        }
        let vpcs = &self.network.vpcs;
        if !any(&vpcs[other].blocks, walk.packet.destination)
            || !any(&vpcs[vpc].blocks, walk.packet.source)
        {
            return walk.failed("peering, addresses");
        }
        walk.identity = match walk.identity {
            Identity::SameVpc if vpcs[vpc].region == vpcs[other].region => Identity::Peering,
            _ => Identity::Lost,
        };
        walk.entered = Entered::Edge;
        self.enter_vpc(other, None, walk)
    }

    fn to_endpoint(&self, id: Id, vpc: Id, mut walk: Walk) -> Vec<Walk> {
        let endpoint = &self.network.endpoints[id];
        if endpoint.vpc != vpc || !endpoint.available {
            return walk.failed("the endpoint is not available here");
        }
        let packet = walk.packet;
        let carries = packet.protocol == TCP || packet.protocol == ICMP && packet.port == 0x0800;
        if !carries {
            return walk.failed("the protocol is not for gateway endpoints");
        }
        if !any(&self.network.vpcs[vpc].blocks, packet.source) || walk.entered != Entered::Inside {
            return walk.failed("gateway endpoints are for sources of the VPC");
        }
        self.egress_of_origin(None, &mut walk);
        walk.ends(Place::Service(id))
    }

    fn to_transit(&self, id: Id, vpc: Id, subnet: Id, mut walk: Walk) -> Vec<Walk> {
        if walk.entered == Entered::Edge {
            self.acl(subnet, true, &mut walk);
            return walk.failed("edge to edge");
        }
        let mut attachments = self.network.attachments.iter();
        let attachment = attachments.position(|attachment| {
            attachment.transit == id
                && matches!(&attachment.to, Attached::Vpc { vpc: own, .. } if *own == vpc)
        });
        let Some(attachment) = attachment else {
            self.acl(subnet, true, &mut walk);
            return walk.failed("not attached");
        };
        let Attached::Vpc { subnets, .. } = &self.network.attachments[attachment].to else {
            unreachable!()
        };
        self.acl(subnet, true, &mut walk);
        let zone = self.network.subnets[subnet].zone;
        let mut theirs = subnets.iter();
        let Some(theirs) = theirs.find(|own| self.network.subnets[**own].zone == zone) else {
            return walk.failed("no attachment in the zone");
        };
        self.acl(*theirs, false, &mut walk);
        walk.zone = Some(zone);
        self.in_transit(attachment, walk)
    }

    /// In a transit gateway, coming by an attachment.
    fn in_transit(&self, by: Id, mut walk: Walk) -> Vec<Walk> {
        let from = &self.network.attachments[by];
        if !from.available {
            return walk.failed("the attachment is not available");
        }
        if !carries(&from.to, &walk.packet) {
            return walk.failed("the attachment does not carry IPv6");
        }
        let Some(table) = from.table else {
            return walk.failed("no table is associated with the attachment");
        };
        if !walk.step(format!("transit table {table}, by attachment {by}")) {
            return walk.failed("routing loop");
        }
        let next = match transit_route(self.network, table, walk.packet.destination) {
            Found::Via(next) => next,
            other => return no_route(&other, walk),
        };
        let to = &self.network.attachments[next];
        if !to.available {
            return walk.failed("the next attachment is not available");
        }
        match &to.to {
            Attached::Vpn(vpn) => {
                let vpn = &self.network.vpns[*vpn];
                if !vpn.up {
                    return walk.failed("all tunnels are down");
                }
                self.egress_of_origin(None, &mut walk);
                walk.ends(Place::Attachment(next))
            }
            Attached::Vpc { .. } => self.out_of_transit(by, next, walk),
        }
    }

    fn out_of_transit(&self, by: Id, next: Id, mut walk: Walk) -> Vec<Walk> {
        let (from, to) = (
            &self.network.attachments[by],
            &self.network.attachments[next],
        );
        let Attached::Vpc {
            vpc,
            subnets,
            referencing,
            appliance,
            ..
        } = &to.to
        else {
            unreachable!()
        };
        if !carries(&to.to, &walk.packet) {
            return walk.failed("the next attachment does not carry IPv6");
        }
        let kept = matches!(
            &from.to,
            Attached::Vpc {
                referencing: true,
                ..
            }
        ) && *referencing
            && self.network.transits[to.transit].referencing;
        walk.identity = match walk.identity {
            Identity::SameVpc if kept => Identity::Transit,
            _ => Identity::Lost,
        };
        walk.entered = Entered::Transit;
        let zone_of = |subnet: &Id| self.network.subnets[*subnet].zone;
        let before = walk.hashed.iter().find(|(by, _)| *by == next && walk.reply);
        let taken = before.map(|(_, subnet)| *subnet);
        let near: Vec<Id> = subnets
            .iter()
            .copied()
            .filter(|subnet| match taken {
                Some(taken) => *subnet == taken,
                None => Some(zone_of(subnet)) == walk.zone && !*appliance,
            })
            .collect();
        let entries = if near.is_empty() { subnets } else { &near };
        if entries.is_empty() {
            return walk.failed("the attachment has no subnets");
        }
        let mut all = Vec::new();
        for subnet in entries {
            let mut walk = walk.clone();
            walk.trace
                .push(format!("into vpc {vpc} in subnet {subnet}"));
            walk.zone = Some(zone_of(subnet));
            if *appliance {
                walk.hashed.push((next, *subnet));
            }
            all.extend(self.onward(*subnet, walk));
        }
        all
    }
}

fn carries(attached: &Attached, packet: &Packet) -> bool {
    match attached {
        Attached::Vpc { ipv6, .. } => *ipv6 || packet.destination.is_ipv4(),
        Attached::Vpn(_) => packet.destination.is_ipv4(),
    }
}

fn no_route<T>(found: &Found<T>, walk: Walk) -> Vec<Walk> {
    match found {
        Found::Ambiguous => walk.undecided("two prefix lists tie"),
        Found::Blackhole => walk.failed("blackhole"),
        _ => walk.failed("no route"),
    }
}

/// RFC 1918 and RFC 6598.
fn is_private(address: IpAddr) -> bool {
    let IpAddr::V4(address) = address else {
        return false;
    };
    let [first, second, ..] = address.octets();
    address.is_private() || first == 100 && (64..128).contains(&second)
}
