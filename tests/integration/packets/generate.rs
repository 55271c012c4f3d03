//! Random small networks, with odd corners more often than life has them.
//!
//! A seed makes a network, always the same one. What is made is what AWS could
//! answer: nothing that its API refuses. Knows nothing of the product.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::filter::{ICMP, ICMPV6, TCP, UDP};
use super::network::{
    Acl, Address, Attached, Attachment, Block, Edge, Endpoint, Entry, Group, Id, Interface, List,
    Nat, Network, Peer, Peering, Route, Rule, Subnet, Table, To, Transit, TransitTable, Vgw, Via,
    Vpc, Vpn,
};

/// Random numbers from a seed (<https://prng.di.unimi.it/splitmix64.c>).
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    /// From the first to the last.
    pub(crate) fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last + 1 - first)
    }

    /// True so many times of a hundred.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = self.below(last + 1);
            all.swap(last, other);
        }
    }
}

/// Ports that rules begin and end at.
pub(crate) const PORTS: [u16; 10] = [0, 22, 80, 443, 1024, 5000, 6379, 32768, 60999, 65535];

fn block(text: &str) -> IpNet {
    text.parse().unwrap()
}

/// The network of a seed.
pub(crate) fn network(seed: u64) -> Network {
    let mut maker = Maker {
        dice: Dice(seed),
        net: Network {
            salt: seed,
            ..Network::default()
        },
        public: 0,
        open: !seed.is_multiple_of(3),
    };
    maker.vpcs();
    maker.lists();
    for vpc in 0..maker.net.vpcs.len() {
        maker.subnets(vpc);
    }
    maker.peerings();
    maker.transits();
    maker.vgws();
    maker.groups();
    maker.acls();
    maker.interfaces();
    maker.nats();
    maker.endpoints();
    maker.tables();
    maker.transit_tables();
    maker.net
}

struct Maker {
    dice: Dice,
    net: Network,
    public: u8,
    /// Whether filters let most pass, so that ways come to their end.
    open: bool,
}

impl Maker {
    fn vpcs(&mut self) {
        let two_regions = self.dice.percent(20);
        let pool = [
            "10.0.0.0/16",
            "10.1.0.0/16",
            "10.2.0.0/20",
            "172.16.0.0/16",
            "10.0.0.0/16",
        ];
        for id in 0..self.dice.between(2, 4) {
            let first = if self.dice.percent(15) {
                self.dice.pick(&pool)
            } else {
                pool[id]
            };
            let mut blocks = vec![block(first)];
            if self.dice.percent(30) {
                let third = if self.dice.percent(30) { 0 } else { id };
                blocks.push(block(&format!("100.64.{}.0/20", third * 16)));
            }
            if self.dice.percent(40) {
                blocks.push(block(&format!("2600:1f18:{id}::/56")));
            }
            let six = blocks.iter().any(|block| block.addr().is_ipv6());
            let mode = match self.dice.below(20) {
                0 => Block::Ingress,
                1 => Block::Bidirectional,
                _ => Block::Off,
            };
            let vpc = Vpc {
                region: usize::from(two_regions && self.dice.percent(50)),
                blocks,
                igw: self.dice.percent(60),
                eigw: six && self.dice.percent(40),
                block: mode,
            };
            self.net.vpcs.push(vpc);
        }
    }

    /// In each region a list of ours, another, and that of a service.
    fn lists(&mut self) {
        for region in 0..2 {
            let all = self.sample_blocks();
            for _ in 0..2 {
                let mut entries: Vec<IpNet> = Vec::new();
                for _ in 0..self.dice.between(0, 3) {
                    let entry = self.dice.pick(&all);
                    if !entries.contains(&entry) {
                        entries.push(entry);
                    }
                }
                let six = entries.first().is_some_and(|first| first.addr().is_ipv6());
                entries.retain(|entry| entry.addr().is_ipv6() == six);
                self.net.lists.push(List {
                    region,
                    entries,
                    service: false,
                });
            }
            self.net.lists.push(List {
                region,
                entries: vec![block("52.216.0.0/15"), block("3.5.0.0/19")],
                service: true,
            });
        }
    }

    /// Blocks that rules and lists are about: networks, parts of them, hosts.
    fn sample_blocks(&mut self) -> Vec<IpNet> {
        let mut all: Vec<IpNet> = [
            "0.0.0.0/0",
            "0.0.0.0/0",
            "0.0.0.0/0",
            "::/0",
            "::/0",
            "10.0.0.0/8",
            "192.168.0.0/16",
            "8.8.8.0/24",
            "100.64.0.0/10",
            "10.0.1.0/24",
            "10.1.0.0/17",
            "10.0.0.11/32",
        ]
        .map(block)
        .to_vec();
        for vpc in &self.net.vpcs {
            all.extend(&vpc.blocks);
        }
        for subnet in &self.net.subnets {
            all.extend(&subnet.blocks);
        }
        all
    }

    fn subnets(&mut self, vpc: Id) {
        let blocks = self.net.vpcs[vpc].blocks.clone();
        let fours: Vec<Ipv4Net> = blocks.iter().filter_map(|block| four(*block)).collect();
        let six = blocks.iter().find_map(|block| match block {
            IpNet::V6(block) => Some(*block),
            IpNet::V4(_) => None,
        });
        for place in 0..self.dice.between(2, 4) {
            let whole = if self.dice.percent(25) {
                fours[fours.len() - 1]
            } else {
                fours[0]
            };
            let own = whole.subnets(24).unwrap().nth(place).unwrap();
            let mut blocks = vec![IpNet::V4(own)];
            if let Some(six) = six
                && self.dice.percent(70)
            {
                let own = six.subnets(64).unwrap().nth(place).unwrap();
                blocks.push(IpNet::V6(own));
            }
            let zone = self.dice.below(3);
            self.net.subnets.push(Subnet {
                vpc,
                zone,
                blocks,
                acl: 0,
                table: None,
            });
        }
    }

    fn peerings(&mut self) {
        for one in 0..self.net.vpcs.len() {
            for other in one + 1..self.net.vpcs.len() {
                let vpcs = &self.net.vpcs;
                let apart = vpcs[one].blocks.iter().all(|own| {
                    let mut theirs = vpcs[other].blocks.iter();
                    theirs.all(|their| !own.contains(their) && !their.contains(own))
                });
                // AWS refuses to peer VPCs that overlap.
                if apart && self.dice.percent(45) {
                    let sides = if self.dice.percent(50) {
                        [one, other]
                    } else {
                        [other, one]
                    };
                    let active = self.dice.percent(92);
                    self.net.peerings.push(Peering { sides, active });
                }
            }
        }
    }

    fn transits(&mut self) {
        let count = match self.dice.below(10) {
            0..=2 => 0,
            3..=8 => 1,
            _ => 2,
        };
        for transit in 0..count {
            let referencing = self.dice.percent(60);
            let region = self.net.vpcs[0].region;
            self.net.transits.push(Transit {
                region,
                referencing,
            });
            for vpc in 0..self.net.vpcs.len() {
                if self.net.vpcs[vpc].region == region && self.dice.percent(80) {
                    let to = self.attached(vpc);
                    self.attachment(transit, to);
                }
            }
            if self.dice.percent(30) {
                self.net.vpns.push(Vpn {
                    vgw: None,
                    region,
                    transit: Some(transit),
                    routes: vec![block("192.168.0.0/16")],
                    up: self.dice.percent(90),
                });
                let to = Attached::Vpn(self.net.vpns.len() - 1);
                self.attachment(transit, to);
            }
        }
    }

    fn attachment(&mut self, transit: Id, to: Attached) {
        let available = self.dice.percent(95);
        self.net.attachments.push(Attachment {
            transit,
            available,
            table: None,
            propagates: Vec::new(),
            to,
        });
    }

    fn attached(&mut self, vpc: Id) -> Attached {
        // One subnet a zone.
        let mut zones = Vec::new();
        let mut subnets = Vec::new();
        for subnet in self.subnets_of(vpc) {
            let zone = self.net.subnets[subnet].zone;
            if !zones.contains(&zone) && self.dice.percent(80) {
                zones.push(zone);
                subnets.push(subnet);
            }
        }
        if subnets.is_empty() {
            subnets.push(self.subnets_of(vpc)[0]);
        }
        Attached::Vpc {
            vpc,
            subnets,
            referencing: self.dice.percent(70),
            appliance: self.dice.percent(10),
            ipv6: self.dice.percent(50),
        }
    }

    fn subnets_of(&self, vpc: Id) -> Vec<Id> {
        let all = 0..self.net.subnets.len();
        all.filter(|subnet| self.net.subnets[*subnet].vpc == vpc)
            .collect()
    }

    fn vgws(&mut self) {
        for vpc in 0..self.net.vpcs.len() {
            if !self.dice.percent(30) {
                continue;
            }
            let attached = self.dice.percent(92);
            self.net.vgws.push(Vgw { vpc, attached });
            for _ in 0..self.dice.between(0, 2) {
                let routes = [
                    "192.168.0.0/16",
                    "192.168.1.0/24",
                    "10.200.0.0/16",
                    "10.0.3.0/24",
                ];
                let routes = vec![block(self.dice.pick(&routes))];
                self.net.vpns.push(Vpn {
                    vgw: Some(self.net.vgws.len() - 1),
                    region: self.net.vpcs[vpc].region,
                    transit: None,
                    routes,
                    up: self.dice.percent(90),
                });
            }
        }
    }

    fn groups(&mut self) {
        for vpc in 0..self.net.vpcs.len() {
            for _ in 0..self.dice.between(1, 3) {
                self.net.groups.push(Group {
                    vpc,
                    ingress: Vec::new(),
                    egress: Vec::new(),
                });
            }
        }
        for id in 0..self.net.groups.len() {
            for _ in 0..self.dice.between(0, 4) {
                let rule = self.rule(id);
                self.net.groups[id].ingress.push(rule);
            }
            let everyone = || Rule {
                protocol: None,
                from: None,
                to: None,
                peers: vec![Peer::Block(block("0.0.0.0/0")), Peer::Block(block("::/0"))],
            };
            if self.open && self.dice.percent(55) {
                self.net.groups[id].ingress.push(everyone());
            }
            if self.dice.percent(if self.open { 90 } else { 65 }) {
                self.net.groups[id].egress.push(everyone());
            }
            for _ in 0..self.dice.between(0, 2) {
                let rule = self.rule(id);
                self.net.groups[id].egress.push(rule);
            }
        }
    }

    fn rule(&mut self, of: Id) -> Rule {
        let vpc = self.net.groups[of].vpc;
        let blocks = self.sample_blocks();
        let region = self.net.vpcs[vpc].region;
        let mut peers = Vec::new();
        for _ in 0..self.dice.between(1, 2) {
            let peer = match self.dice.below(10) {
                0 => Peer::List(region * 3 + self.dice.below(3)),
                1..=4 => Peer::Group(self.group_for(vpc)),
                _ => Peer::Block(self.dice.pick(&blocks)),
            };
            if !peers.contains(&peer) {
                peers.push(peer);
            }
        }
        let (low, high) = self.range();
        let (protocol, from, to) = match self.dice.below(12) {
            0..=2 => (None, None, None),
            3..=7 => (Some(TCP), Some(i32::from(low)), Some(i32::from(high))),
            8 => (Some(UDP), Some(i32::from(low)), Some(i32::from(high))),
            9 => {
                let kind = self.dice.pick(&[-1, 8, 0, 3]);
                let code = if kind == -1 {
                    -1
                } else {
                    self.dice.pick(&[-1, 0])
                };
                (Some(ICMP), Some(kind), Some(code))
            }
            10 => (Some(ICMPV6), Some(self.dice.pick(&[-1, 128])), Some(-1)),
            _ => (Some(47), None, None),
        };
        Rule {
            protocol,
            from,
            to,
            peers,
        }
    }

    /// A group that a rule of this VPC may name.
    fn group_for(&mut self, vpc: Id) -> Id {
        let near: Vec<Id> = (0..self.net.groups.len())
            .filter(|group| self.net.groups[*group].vpc == vpc)
            .collect();
        if self.dice.percent(50) {
            return self.dice.pick(&near);
        }
        let joined: Vec<Id> = (0..self.net.groups.len())
            .filter(|group| self.is_joined(vpc, self.net.groups[*group].vpc))
            .collect();
        self.dice
            .pick(if joined.is_empty() { &near } else { &joined })
    }

    /// Whether rules of one VPC may name groups of the other.
    fn is_joined(&self, one: Id, other: Id) -> bool {
        let net = &self.net;
        if one == other || net.vpcs[one].region != net.vpcs[other].region {
            return false;
        }
        let peered = net.peerings.iter();
        let mut peered = peered.filter(|peering| peering.active);
        let transits = |vpc: Id| {
            let here = net.attachments.iter().filter(move |attachment| {
                matches!(attachment.to, Attached::Vpc { vpc: own, .. } if own == vpc)
            });
            here.map(|attachment| attachment.transit)
        };
        peered.any(|peering| peering.sides == [one, other] || peering.sides == [other, one])
            || transits(one).any(|transit| transits(other).any(|their| their == transit))
    }

    fn range(&mut self) -> (u16, u16) {
        let (one, other) = (self.dice.pick(&PORTS), self.dice.pick(&PORTS));
        if self.dice.percent(40) {
            (one, one)
        } else {
            (one.min(other), one.max(other))
        }
    }

    fn acls(&mut self) {
        for vpc in 0..self.net.vpcs.len() {
            let first = self.net.acls.len();
            for place in 0..self.dice.between(1, 3) {
                let mut entries = Vec::new();
                for egress in [false, true] {
                    if self.dice.percent(if self.open { 20 } else { 45 }) {
                        for _ in 0..self.dice.between(1, 3) {
                            let entry = self.entry(egress);
                            let taken = entries.iter().any(|other: &Entry| {
                                other.egress == egress && other.number == entry.number
                            });
                            if !taken {
                                entries.push(entry);
                            }
                        }
                    }
                    if self.dice.percent(if self.open { 98 } else { 90 }) {
                        entries.extend(open(egress));
                    }
                }
                self.dice.shuffle(&mut entries);
                self.net.acls.push(Acl {
                    vpc,
                    default: place == 0,
                    entries,
                });
            }
            let last = self.net.acls.len() - 1;
            for subnet in self.subnets_of(vpc) {
                self.net.subnets[subnet].acl = self.dice.between(first, last);
            }
        }
    }

    fn entry(&mut self, egress: bool) -> Entry {
        let blocks = self.sample_blocks();
        let mut block = self.dice.pick(&blocks);
        let mut ports = None;
        let mut icmp = None;
        let protocol = match self.dice.below(10) {
            0..=1 => None,
            2..=6 => Some(TCP),
            7 => Some(UDP),
            8 => Some(if block.addr().is_ipv6() { ICMPV6 } else { ICMP }),
            _ => Some(47),
        };
        match protocol {
            Some(TCP | UDP) => ports = Some(self.range()),
            Some(ICMP) => {
                let kind = self.dice.pick(&[-1, 0, 8]);
                let code = if kind == -1 {
                    -1
                } else {
                    self.dice.pick(&[-1, 0])
                };
                icmp = Some((kind, code));
            }
            Some(ICMPV6) => icmp = Some((self.dice.pick(&[-1, 128, 129]), -1)),
            _ => {}
        }
        if self.dice.percent(30) {
            block = IpNet::V4(Ipv4Net::new(Ipv4Addr::UNSPECIFIED, 0).unwrap());
            if protocol == Some(ICMPV6) {
                block = IpNet::V6(Ipv6Net::new(Ipv6Addr::UNSPECIFIED, 0).unwrap());
            }
        }
        Entry {
            number: u16::try_from(self.dice.between(1, 30)).unwrap() * 10,
            egress,
            allow: self.dice.percent(50),
            protocol,
            block,
            ports,
            icmp,
        }
    }

    fn interfaces(&mut self) {
        for subnet in 0..self.net.subnets.len() {
            for place in 0..self.dice.between(1, 3) {
                self.interface(subnet, place, false);
            }
        }
    }

    fn interface(&mut self, subnet: Id, place: usize, nat: bool) -> Id {
        let vpc = self.net.subnets[subnet].vpc;
        let mut addresses = Vec::new();
        let mut prefixes = Vec::new();
        for block in self.net.subnets[subnet].blocks.clone() {
            if block.addr().is_ipv6() && (nat || self.dice.percent(20)) {
                continue;
            }
            let public = block.addr().is_ipv4() && (nat || self.dice.percent(35));
            let public = public.then(|| self.public());
            addresses.push(Address {
                private: host(block, 10 + place),
                public,
            });
            if block.addr().is_ipv4() && !nat {
                if self.dice.percent(25) {
                    let public = self.dice.percent(30).then(|| self.public());
                    addresses.push(Address {
                        private: host(block, 100 + place),
                        public,
                    });
                }
                if self.dice.percent(8) {
                    let first = host(block, 128 + 16 * place);
                    prefixes.push(IpNet::new(first, 28).unwrap());
                }
            }
        }
        let mut groups: Vec<Id> = (0..self.net.groups.len())
            .filter(|group| self.net.groups[*group].vpc == vpc)
            .collect();
        self.dice.shuffle(&mut groups);
        groups.truncate(if nat { 0 } else { self.dice.between(1, 2) });
        let source_dest_check = !nat && self.dice.percent(65);
        self.net.interfaces.push(Interface {
            subnet,
            addresses,
            prefixes,
            groups,
            source_dest_check,
            nat,
        });
        self.net.interfaces.len() - 1
    }

    fn public(&mut self) -> Ipv4Addr {
        self.public += 1;
        Ipv4Addr::new(54, 1, 1, self.public)
    }

    fn nats(&mut self) {
        for vpc in 0..self.net.vpcs.len() {
            if !self.dice.percent(45) {
                continue;
            }
            let subnets = self.subnets_of(vpc);
            let subnet = self.dice.pick(&subnets);
            let interface = self.interface(subnet, 200, true);
            let public = self.net.vpcs[vpc].igw && self.dice.percent(75);
            if !public {
                self.net.interfaces[interface].addresses[0].public = None;
            }
            let available = self.dice.percent(95);
            self.net.nats.push(Nat {
                interface,
                public,
                available,
            });
        }
    }

    fn endpoints(&mut self) {
        for vpc in 0..self.net.vpcs.len() {
            if self.dice.percent(30) {
                self.net.endpoints.push(Endpoint {
                    vpc,
                    list: self.net.vpcs[vpc].region * 3 + 2,
                    tables: Vec::new(),
                    available: self.dice.percent(92),
                });
            }
        }
    }

    fn tables(&mut self) {
        for vpc in 0..self.net.vpcs.len() {
            let first = self.net.tables.len();
            for place in 0..self.dice.between(1, 3) {
                self.table(vpc, place == 0);
            }
            let last = self.net.tables.len() - 1;
            for subnet in self.subnets_of(vpc) {
                let own = self.dice.between(first, last);
                self.net.subnets[subnet].table =
                    (own != first || self.dice.percent(20)).then_some(own);
            }
            self.edge_tables(vpc);
        }
    }

    fn locals(&self, vpc: Id) -> Vec<Route> {
        let blocks = self.net.vpcs[vpc].blocks.iter();
        blocks.map(|block| route(*block, Via::Local)).collect()
    }

    fn edge_tables(&mut self, vpc: Id) {
        let mut edges = Vec::new();
        if self.net.vpcs[vpc].igw && self.dice.percent(15) {
            edges.push(Edge::Internet);
        }
        let mut vgws = self.net.vgws.iter();
        if let Some(vgw) = vgws.position(|vgw| vgw.vpc == vpc && vgw.attached)
            && self.dice.percent(20)
        {
            edges.push(Edge::Vpn(vgw));
        }
        for edge in edges {
            let mut routes = self.locals(vpc);
            if self.dice.percent(70) {
                self.middlebox(vpc, &mut routes);
            }
            self.net.tables.push(Table {
                vpc,
                main: false,
                edge: Some(edge),
                routes,
            });
        }
    }

    /// A route to a subnet of the VPC that leads through an interface.
    fn middlebox(&mut self, vpc: Id, routes: &mut Vec<Route>) {
        let subnets = self.subnets_of(vpc);
        let subnet = self.dice.pick(&subnets);
        let blocks = self.net.subnets[subnet].blocks.clone();
        let to = self.dice.pick(&blocks);
        if let Some(id) = self.interface_of(vpc) {
            add(routes, route(to, Via::Interface(id)));
        }
    }

    /// An interface of a VPC, rather one that forwards.
    fn interface_of(&mut self, vpc: Id) -> Option<Id> {
        let all: Vec<Id> = (0..self.net.interfaces.len())
            .filter(|id| self.net.vpc_of(*id) == vpc && !self.net.interfaces[*id].nat)
            .collect();
        let forwarding: Vec<Id> = all
            .iter()
            .copied()
            .filter(|id| !self.net.interfaces[*id].source_dest_check)
            .collect();
        let rather = !forwarding.is_empty() && self.dice.percent(85);
        let from = if rather { &forwarding } else { &all };
        (!from.is_empty()).then(|| self.dice.pick(from))
    }

    fn table(&mut self, vpc: Id, main: bool) {
        let mut routes = self.locals(vpc);
        let id = self.net.tables.len();
        self.default_routes(vpc, &mut routes);
        for peering in 0..self.net.peerings.len() {
            let sides = self.net.peerings[peering].sides;
            let other = match sides {
                [one, other] if one == vpc => other,
                [other, two] if two == vpc => other,
                _ => continue,
            };
            for block in self.net.vpcs[other].blocks.clone() {
                if self.dice.percent(75) {
                    let part = self.part(block);
                    add(&mut routes, route(part, Via::Peering(peering)));
                }
            }
        }
        for transit in self.transits_of(vpc) {
            let mut all = vec![block("10.0.0.0/8"), block("192.168.0.0/16")];
            for other in &self.net.vpcs {
                all.extend(&other.blocks);
            }
            for _ in 0..self.dice.between(0, 3) {
                let to = self.dice.pick(&all);
                add(&mut routes, route(to, Via::Transit(transit)));
            }
        }
        for vgw in 0..self.net.vgws.len() {
            if self.net.vgws[vgw].vpc == vpc && self.net.vgws[vgw].attached {
                self.vgw_routes(vgw, &mut routes);
            }
        }
        if self.dice.percent(12) {
            self.middlebox(vpc, &mut routes);
        }
        if self.dice.percent(12) {
            self.list_routes(vpc, &mut routes);
        }
        for endpoint in 0..self.net.endpoints.len() {
            let own = &self.net.endpoints[endpoint];
            if own.vpc == vpc && self.dice.percent(70) {
                let to = To::List(self.net.endpoints[endpoint].list);
                self.net.endpoints[endpoint].tables.push(id);
                routes.push(Route {
                    to,
                    via: Via::Endpoint(endpoint),
                    propagated: false,
                    blackhole: false,
                });
            }
        }
        if self.dice.percent(6)
            && let Some(route) = routes
                .iter_mut()
                .rfind(|route| !matches!(route.via, Via::Local | Via::Endpoint(_)))
        {
            route.blackhole = true;
        }
        self.dice.shuffle(&mut routes);
        self.net.tables.push(Table {
            vpc,
            main,
            edge: None,
            routes,
        });
    }

    fn default_routes(&mut self, vpc: Id, routes: &mut Vec<Route>) {
        let igw = self.net.vpcs[vpc].igw;
        let mut targets = Vec::new();
        if igw {
            targets.extend([Via::Internet(vpc); 3]);
        }
        for nat in 0..self.net.nats.len() {
            if self.net.vpc_of(self.net.nats[nat].interface) == vpc {
                targets.extend([Via::Nat(nat); 2]);
            }
        }
        targets.extend(self.transits_of(vpc).into_iter().map(Via::Transit));
        if self.dice.percent(15) {
            targets.extend(self.interface_of(vpc).map(Via::Interface));
        }
        if !targets.is_empty() && self.dice.percent(85) {
            let via = self.dice.pick(&targets);
            add(routes, route(block("0.0.0.0/0"), via));
        }
        let six = self.net.vpcs[vpc]
            .blocks
            .iter()
            .any(|block| block.addr().is_ipv6());
        if !six {
            return;
        }
        let mut targets: Vec<Via> = self
            .transits_of(vpc)
            .into_iter()
            .map(Via::Transit)
            .collect();
        if igw {
            targets.push(Via::Internet(vpc));
        }
        if self.net.vpcs[vpc].eigw {
            targets.push(Via::EgressOnly(vpc));
        }
        if !targets.is_empty() {
            let via = self.dice.pick(&targets);
            add(routes, route(block("::/0"), via));
        }
    }

    fn vgw_routes(&mut self, vgw: Id, routes: &mut Vec<Route>) {
        let vpns = self.net.vpns.iter().filter(|vpn| vpn.vgw == Some(vgw));
        let known: Vec<IpNet> = vpns.flat_map(|vpn| vpn.routes.clone()).collect();
        if self.dice.percent(60) {
            for to in known {
                let propagated = Route {
                    propagated: true,
                    ..route(to, Via::Vpn(vgw))
                };
                if !routes.contains(&propagated) {
                    routes.push(propagated);
                }
            }
        }
        if self.dice.percent(40) {
            let to = self
                .dice
                .pick(&["192.168.0.0/16", "192.168.1.0/24", "10.0.0.0/8"]);
            add(routes, route(block(to), Via::Vpn(vgw)));
        }
    }

    fn list_routes(&mut self, vpc: Id, routes: &mut Vec<Route>) {
        let region = self.net.vpcs[vpc].region;
        let mut targets: Vec<Via> = self
            .transits_of(vpc)
            .into_iter()
            .map(Via::Transit)
            .collect();
        let sides = |peering: &Peering| peering.sides.contains(&vpc);
        let peerings = 0..self.net.peerings.len();
        targets.extend(
            peerings
                .filter(|id| sides(&self.net.peerings[*id]))
                .map(Via::Peering),
        );
        for list in [0, 1] {
            if !targets.is_empty() && self.dice.percent(60) {
                routes.push(Route {
                    to: To::List(region * 3 + list),
                    via: self.dice.pick(&targets),
                    propagated: false,
                    blackhole: false,
                });
            }
        }
    }

    fn transits_of(&self, vpc: Id) -> Vec<Id> {
        let here = self.net.attachments.iter().filter(
            |attachment| matches!(attachment.to, Attached::Vpc { vpc: own, .. } if own == vpc),
        );
        here.map(|attachment| attachment.transit).collect()
    }

    /// The block, or a part of it that holds its first subnets.
    fn part(&mut self, whole: IpNet) -> IpNet {
        if self.dice.percent(80) {
            return whole;
        }
        let longer = whole.prefix_len() + 2;
        IpNet::new(whole.network(), longer).unwrap()
    }

    fn transit_tables(&mut self) {
        for transit in 0..self.net.transits.len() {
            let first = self.net.transit_tables.len();
            let last = first + self.dice.below(2);
            let own: Vec<Id> = (0..self.net.attachments.len())
                .filter(|id| self.net.attachments[*id].transit == transit)
                .collect();
            for _ in first..=last {
                let table = self.transit_table(transit, &own);
                self.net.transit_tables.push(table);
            }
            for id in own {
                let associated = self.dice.percent(93);
                let table = self.dice.between(first, last);
                self.net.attachments[id].table = associated.then_some(table);
                for table in first..=last {
                    if self.dice.percent(75) {
                        self.net.attachments[id].propagates.push(table);
                    }
                }
            }
        }
    }

    fn transit_table(&mut self, transit: Id, own: &[Id]) -> TransitTable {
        let mut all = vec![block("0.0.0.0/0"), block("10.0.0.0/8"), block("8.8.8.0/24")];
        for vpc in &self.net.vpcs {
            all.extend(&vpc.blocks);
        }
        let mut statics: Vec<(IpNet, Option<Id>)> = Vec::new();
        for _ in 0..self.dice.between(0, 3) {
            let to = self.dice.pick(&all);
            let to = self.part(to);
            if statics.iter().any(|(other, _)| *other == to) || own.is_empty() {
                continue;
            }
            let target = self.dice.pick(own);
            let carries = to.addr().is_ipv4()
                || matches!(self.net.attachments[target].to, Attached::Vpc { .. });
            if carries {
                statics.push((to, (!self.dice.percent(10)).then_some(target)));
            }
        }
        let mut lists = Vec::new();
        if self.dice.percent(10) && !own.is_empty() {
            let region = self.net.transits[transit].region;
            let target = self.dice.pick(own);
            lists.push((region * 3, (!self.dice.percent(10)).then_some(target)));
        }
        TransitTable {
            transit,
            statics,
            lists,
        }
    }
}

fn route(to: IpNet, via: Via) -> Route {
    Route {
        to: To::Block(to),
        via,
        propagated: false,
        blackhole: false,
    }
}

/// Adds a route unless a written one has the same destination, or it is more
/// specific than a local one and no way to a middlebox.
fn add(routes: &mut Vec<Route>, route: Route) {
    let same = routes
        .iter()
        .any(|other| other.to == route.to && !other.propagated);
    let To::Block(to) = route.to else {
        return;
    };
    let inside = routes.iter().any(|other| {
        other.via == Via::Local && matches!(other.to, To::Block(local) if local.contains(&to))
    });
    let middlebox = matches!(route.via, Via::Interface(_) | Via::Nat(_));
    if !same && (!inside || middlebox) {
        routes.push(route);
    }
}

/// The entries that admit everything.
fn open(egress: bool) -> [Entry; 2] {
    ["0.0.0.0/0", "::/0"].map(|all| Entry {
        number: if all == "::/0" { 1001 } else { 1000 },
        egress,
        allow: true,
        protocol: None,
        block: block(all),
        ports: None,
        icmp: None,
    })
}

fn four(block: IpNet) -> Option<Ipv4Net> {
    match block {
        IpNet::V4(block) => Some(block),
        IpNet::V6(_) => None,
    }
}

/// An address of a block, by its place.
pub(crate) fn host(block: IpNet, place: usize) -> IpAddr {
    match block.network() {
        IpAddr::V4(first) => {
            let place = u32::try_from(place).unwrap();
            Ipv4Addr::from_bits(first.to_bits() + place).into()
        }
        IpAddr::V6(first) => {
            let place = u128::try_from(place).unwrap();
            Ipv6Addr::from_bits(first.to_bits() + place).into()
        }
    }
}
