//! Corners that random networks led to, each once and by hand.
//!
//! Two or three VPCs with two subnets each, open filters and no routes but
//! local ones; a case adds what it is about and says what AWS does. Both the
//! walker and the product must say the same.

use std::net::IpAddr;

use plaudit::graph::ports::Ports;
use plaudit::graph::reach::code::Code;
use plaudit::graph::reach::flow::{Flow, Verdict};
use serde_json::Value;

use super::filter::{ICMP, Packet, TCP, UDP};
use super::network::{
    Acl, Address, Attached, Attachment, Block, Endpoint, Entry, Group, Id, Interface, List, Nat,
    Network, Peer, Peering, Route, Rule, Subnet, Table, To, Transit, TransitTable, Via, Vpc, Vpn,
};
use super::query::{self, Query};
use super::walk::Place;
use super::write::{Files, documents};

/// VPCs `10.n.0.0/16` with subnets of two zones, `10.n.0.0/24` and
/// `10.n.1.0/24`; in each an interface at `.10`, with the open group `n`.
fn plain(vpcs: usize) -> Network {
    let mut net = Network::default();
    for vpc in 0..vpcs {
        let blocks = [format!("10.{vpc}.0.0/16"), format!("2600:1f18:{vpc}::/56")];
        net.vpcs.push(Vpc {
            region: 0,
            blocks: blocks.iter().map(|block| block.parse().unwrap()).collect(),
            igw: true,
            eigw: true,
            block: Block::Off,
        });
        net.groups.push(Group {
            vpc,
            ingress: vec![rule(&["0.0.0.0/0", "::/0"])],
            egress: vec![rule(&["0.0.0.0/0", "::/0"])],
        });
        let entries = [
            (false, "0.0.0.0/0"),
            (false, "::/0"),
            (true, "0.0.0.0/0"),
            (true, "::/0"),
        ];
        let numbered = (100..).zip(entries);
        net.acls.push(Acl {
            vpc,
            default: true,
            entries: numbered
                .map(|(number, (egress, block))| entry(number, egress, true, None, block))
                .collect(),
        });
        let local = |block: &String| route(block, Via::Local);
        net.tables.push(Table {
            vpc,
            main: true,
            edge: None,
            routes: blocks.iter().map(local).collect(),
        });
        for place in 0..2 {
            let blocks = [
                format!("10.{vpc}.{place}.0/24"),
                format!("2600:1f18:{vpc}:{place}::/64"),
            ];
            net.subnets.push(Subnet {
                vpc,
                zone: place,
                blocks: blocks.iter().map(|block| block.parse().unwrap()).collect(),
                acl: vpc,
                table: None,
            });
            let own = [
                format!("10.{vpc}.{place}.10"),
                format!("2600:1f18:{vpc}:{place}::a"),
            ];
            net.interfaces.push(Interface {
                subnet: net.subnets.len() - 1,
                addresses: own.iter().map(|own| private(own)).collect(),
                prefixes: Vec::new(),
                groups: vec![vpc],
                source_dest_check: true,
                nat: false,
            });
        }
    }
    net
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn private(text: &str) -> Address {
    Address {
        private: address(text),
        public: None,
    }
}

fn rule(blocks: &[&str]) -> Rule {
    let peers = blocks
        .iter()
        .map(|block| Peer::Block(block.parse().unwrap()));
    Rule {
        protocol: None,
        from: None,
        to: None,
        peers: peers.collect(),
    }
}

fn entry(number: u16, egress: bool, allow: bool, protocol: Option<u8>, block: &str) -> Entry {
    Entry {
        number,
        egress,
        allow,
        protocol,
        block: block.parse().unwrap(),
        ports: None,
        icmp: None,
    }
}

fn route(to: &str, via: Via) -> Route {
    Route {
        to: To::Block(to.parse().unwrap()),
        via,
        propagated: false,
        blackhole: false,
    }
}

impl Network {
    /// A subnet gets an ACL of its own, with these entries before all others.
    fn guarded(&mut self, subnet: Id, entries: Vec<Entry>) {
        let mut own = self.acls[self.subnets[subnet].acl].clone();
        own.default = false;
        own.entries.extend(entries);
        self.subnets[subnet].acl = self.acls.len();
        self.acls.push(own);
    }

    /// A subnet gets a table of its own, with these routes besides the local
    /// ones.
    fn routed(&mut self, subnet: Id, routes: &[Route]) {
        let vpc = self.subnets[subnet].vpc;
        let mut own = self.tables[vpc].clone();
        own.main = false;
        own.routes.extend(routes.to_vec());
        self.subnets[subnet].table = Some(self.tables.len());
        self.tables.push(own);
    }

    /// An interface gets a group of its own.
    fn grouped(&mut self, interface: Id, ingress: Vec<Rule>) {
        let vpc = self.vpc_of(interface);
        self.interfaces[interface].groups = vec![self.groups.len()];
        let egress = self.groups[vpc].egress.clone();
        self.groups.push(Group {
            vpc,
            ingress,
            egress,
        });
    }

    fn public(&mut self, interface: Id, public: &str) {
        self.interfaces[interface].addresses[0].public = Some(public.parse().unwrap());
    }

    fn peered(&mut self) {
        self.peerings.push(Peering {
            sides: [0, 1],
            active: true,
        });
        self.tables[0]
            .routes
            .push(route("10.1.0.0/16", Via::Peering(0)));
        self.tables[1]
            .routes
            .push(route("10.0.0.0/16", Via::Peering(0)));
    }

    /// A NAT gateway in a subnet.
    fn natted(&mut self, subnet: Id, own: &str, public: Option<&str>) {
        let address = Address {
            private: address(own),
            public: public.map(|public| public.parse().unwrap()),
        };
        self.interfaces.push(Interface {
            subnet,
            addresses: vec![address],
            prefixes: Vec::new(),
            groups: Vec::new(),
            source_dest_check: false,
            nat: true,
        });
        self.nats.push(Nat {
            interface: self.interfaces.len() - 1,
            public: public.is_some(),
            available: true,
        });
    }

    /// All VPCs at one transit gateway, by all their subnets, with one table
    /// that all write into.
    fn joined(&mut self) {
        self.transits.push(Transit {
            region: 0,
            referencing: true,
        });
        self.transit_tables.push(TransitTable {
            transit: 0,
            statics: Vec::new(),
            lists: Vec::new(),
        });
        for vpc in 0..self.vpcs.len() {
            self.attached(Attached::Vpc {
                vpc,
                subnets: vec![2 * vpc, 2 * vpc + 1],
                referencing: true,
                appliance: false,
                ipv6: true,
            });
            for all in ["10.0.0.0/8", "2600:1f18::/32", "192.168.0.0/16"] {
                self.tables[vpc].routes.push(route(all, Via::Transit(0)));
            }
        }
    }

    fn attached(&mut self, to: Attached) {
        self.attachments.push(Attachment {
            transit: 0,
            available: true,
            table: Some(0),
            propagates: vec![0],
            to,
        });
    }
}

fn tcp(from: &str, to: &str) -> Packet {
    Packet {
        source: address(from),
        destination: address(to),
        protocol: TCP,
        source_port: 40000,
        port: 443,
    }
}

/// Asks both, who must agree, and gives the product's answer.
fn ask(network: &Network, from: Place, packet: Packet) -> Flow {
    let query = Query {
        from,
        to: None,
        packet,
    };
    let graph = query::read(&documents(network));
    let answer = query::walked(network, &query);
    let traffic = query::traffic(&packet, None, None);
    let flow = query::asked(network, &graph, &query, &traffic);
    let text = query::shown(&answer, &flow);
    assert_eq!(answer.there, Some(flow.there), "{text}");
    assert_eq!(answer.both, Some(flow.verdict), "{text}");
    flow
}

fn is(flow: &Flow, verdict: Verdict, codes: &[Code]) {
    let found: Vec<Code> = flow.blockers().into_iter().collect();
    assert_eq!((flow.verdict, &found[..]), (verdict, codes), "{flow:?}");
}

const FIRST: Place = Place::Interface(0);

#[test]
fn a_public_address_of_ours_is_reached_through_its_own_groups() {
    let mut net = plain(2);
    net.public(0, "54.0.0.1");
    net.public(2, "54.0.0.2");
    for vpc in 0..2 {
        net.tables[vpc]
            .routes
            .push(route("0.0.0.0/0", Via::Internet(vpc)));
    }
    let packet = tcp("10.0.0.10", "54.0.0.2");
    is(&ask(&net, FIRST, packet), Verdict::Reachable, &[]);
    // The private address of the client is not what arrives.
    net.grouped(2, vec![rule(&["10.0.0.0/8"])]);
    let shut = [Code::EniSgRulesMismatch];
    is(&ask(&net, FIRST, packet), Verdict::Blocked, &shut);
    net.grouped(2, vec![rule(&["54.0.0.1/32"])]);
    is(&ask(&net, FIRST, packet), Verdict::Reachable, &[]);
}

#[test]
fn an_ipv6_address_of_a_vpc_that_nobody_has_is_not_in_the_internet() {
    let mut net = plain(2);
    net.tables[0].routes.push(route("::/0", Via::EgressOnly(0)));
    let flow = ask(&net, FIRST, tcp("2600:1f18:0:0::a", "2600:1f18:1:0::77"));
    assert_eq!(flow.verdict, Verdict::Blocked);
    let flow = ask(&net, FIRST, tcp("2600:1f18:0:0::a", "2001:4860::8"));
    is(&flow, Verdict::Reachable, &[]);
}

#[test]
fn replies_do_not_come_from_a_nat_gateway_that_was_not_asked() {
    let mut net = plain(2);
    net.peered();
    net.natted(3, "10.1.1.20", None);
    net.routed(2, &[route("10.0.0.0/24", Via::Nat(0))]);
    let flow = ask(&net, FIRST, tcp("10.0.0.10", "10.1.0.10"));
    assert_eq!(
        (flow.there, flow.verdict),
        (Verdict::Reachable, Verdict::Blocked)
    );
    is(
        &ask(&net, Place::Interface(1), tcp("10.0.1.10", "10.1.0.10")),
        Verdict::Reachable,
        &[],
    );
}

#[test]
fn an_address_in_a_block_of_an_interface_belongs_to_its_groups() {
    let mut net = plain(1);
    net.interfaces[0]
        .prefixes
        .push("10.0.0.128/28".parse().unwrap());
    let mut named = rule(&[]);
    named.peers.push(Peer::Group(0));
    net.grouped(1, vec![named]);
    is(
        &ask(&net, FIRST, tcp("10.0.0.130", "10.0.1.10")),
        Verdict::Reachable,
        &[],
    );
}

#[test]
fn egress_only_gateways_answer_no_connections_from_outside() {
    let mut net = plain(1);
    net.tables[0].routes.push(route("::/0", Via::EgressOnly(0)));
    let flow = ask(
        &net,
        Place::Internet,
        tcp("2001:4860::8", "2600:1f18:0:0::a"),
    );
    is(
        &flow,
        Verdict::Blocked,
        &[Code::EgressOnlyUnsolicitedInbound],
    );
    // What began inside comes back, internet gateway or not.
    net.vpcs[0].igw = false;
    let flow = ask(&net, FIRST, tcp("2600:1f18:0:0::a", "2001:4860::8"));
    is(&flow, Verdict::Reachable, &[]);
}

#[test]
fn a_gateway_endpoint_carries_tcp_and_echo_of_its_own_vpc() {
    let mut net = plain(2);
    net.joined();
    net.lists.push(List {
        region: 0,
        entries: vec!["52.216.0.0/15".parse().unwrap()],
        service: true,
    });
    net.endpoints.push(Endpoint {
        vpc: 1,
        list: 0,
        tables: vec![1],
        available: true,
    });
    net.tables[1].routes.push(Route {
        to: To::List(0),
        ..route("0.0.0.0/0", Via::Endpoint(0))
    });
    net.tables[0]
        .routes
        .push(route("52.216.0.0/15", Via::Transit(0)));
    net.transit_tables[0]
        .statics
        .push(("52.216.0.0/15".parse().unwrap(), Some(1)));
    let packet = tcp("10.1.0.10", "52.216.0.9");
    let from = Place::Interface(2);
    is(&ask(&net, from, packet), Verdict::Reachable, &[]);
    let echo = Packet {
        protocol: ICMP,
        port: 0x0800,
        ..packet
    };
    is(&ask(&net, from, echo), Verdict::Reachable, &[]);
    let only = [Code::VpceGatewayProtocol];
    is(
        &ask(
            &net,
            from,
            Packet {
                port: 0x0303,
                ..echo
            },
        ),
        Verdict::Blocked,
        &only,
    );
    is(
        &ask(
            &net,
            from,
            Packet {
                protocol: UDP,
                ..packet
            },
        ),
        Verdict::Blocked,
        &only,
    );
    let far = ask(&net, FIRST, tcp("10.0.0.10", "52.216.0.9"));
    is(&far, Verdict::Blocked, &[Code::EdgeToEdgeNotSupported]);
}

#[test]
fn an_attachment_carries_ipv6_if_it_was_made_for_it() {
    let mut net = plain(2);
    net.joined();
    let packet = tcp("2600:1f18:0:0::a", "2600:1f18:1:0::a");
    is(&ask(&net, FIRST, packet), Verdict::Reachable, &[]);
    let Attached::Vpc { ipv6, .. } = &mut net.attachments[1].to else {
        unreachable!()
    };
    *ipv6 = false;
    is(
        &ask(&net, FIRST, packet),
        Verdict::Blocked,
        &[Code::ProtocolRestriction],
    );
}

#[test]
fn a_vpn_at_a_transit_gateway_needs_a_tunnel() {
    let mut net = plain(1);
    net.joined();
    net.vpns.push(Vpn {
        vgw: None,
        region: 0,
        transit: Some(0),
        routes: vec!["192.168.0.0/16".parse().unwrap()],
        up: true,
    });
    net.attached(Attached::Vpn(0));
    let packet = tcp("10.0.0.10", "192.168.0.9");
    is(&ask(&net, FIRST, packet), Verdict::Reachable, &[]);
    net.vpns[0].up = false;
    assert_eq!(ask(&net, FIRST, packet).verdict, Verdict::Blocked);
}

#[test]
fn a_prefix_list_in_a_transit_table_leads_where_it_says() {
    let mut net = plain(3);
    net.joined();
    for list in ["10.9.0.0/16", "10.1.0.0/24"] {
        net.lists.push(List {
            region: 0,
            entries: vec![list.parse().unwrap()],
            service: false,
        });
    }
    net.transit_tables[0].lists.push((1, None));
    let flow = ask(&net, FIRST, tcp("10.0.0.10", "10.1.0.10"));
    is(&flow, Verdict::Blocked, &[Code::TgwRtbBadStateRoute]);
    is(
        &ask(&net, FIRST, tcp("10.0.0.10", "10.1.1.10")),
        Verdict::Reachable,
        &[],
    );
}

#[test]
fn of_icmp_the_echo_alone_needs_a_reply() {
    let mut net = plain(1);
    let mut no_replies = entry(1, false, false, Some(ICMP), "0.0.0.0/0");
    no_replies.icmp = Some((0, -1));
    net.guarded(0, vec![no_replies]);
    let echo = Packet {
        protocol: ICMP,
        port: 0x0800,
        ..tcp("10.0.0.10", "10.0.1.10")
    };
    let shut = [Code::SubnetAclRestriction];
    is(&ask(&net, FIRST, echo), Verdict::Blocked, &shut);
    is(
        &ask(
            &net,
            FIRST,
            Packet {
                port: 0x0303,
                ..echo
            },
        ),
        Verdict::Reachable,
        &[],
    );
    let graph = query::read(&documents(&net));
    let query = Query {
        from: FIRST,
        to: None,
        packet: echo,
    };
    let all = query::traffic(&echo, Some(Ports::range(0, u16::MAX)), None);
    let flow = query::asked(&net, &graph, &query, &all);
    assert_eq!(flow.verdict, Verdict::Partial);
    assert_eq!(flow.ports.blocked, Ports::range(0x0800, 0x0800));
}

#[test]
fn a_nat_gateway_takes_any_port_from_1024() {
    let mut net = plain(1);
    net.natted(1, "10.0.1.20", Some("54.0.0.1"));
    net.routed(0, &[route("0.0.0.0/0", Via::Nat(0))]);
    net.routed(1, &[route("0.0.0.0/0", Via::Internet(0))]);
    let packet = tcp("10.0.0.10", "8.8.8.8");
    is(&ask(&net, FIRST, packet), Verdict::Reachable, &[]);
    // Replies to some of its ports are denied, though the client's pass.
    let mut high = entry(1, false, false, Some(TCP), "8.8.8.0/24");
    high.ports = Some((50000, 65535));
    net.guarded(1, vec![high]);
    assert_eq!(ask(&net, FIRST, packet).verdict, Verdict::Partial);
}

#[test]
fn in_appliance_mode_the_zone_of_the_source_decides_nothing() {
    let mut net = plain(2);
    net.joined();
    let packet = tcp("10.0.0.10", "10.1.0.10");
    // By the other zone's subnet it does not get out again.
    net.guarded(3, vec![entry(1, true, false, None, "10.1.0.0/24")]);
    is(&ask(&net, FIRST, packet), Verdict::Reachable, &[]);
    let Attached::Vpc { appliance, .. } = &mut net.attachments[1].to else {
        unreachable!()
    };
    *appliance = true;
    let flow = ask(&net, FIRST, packet);
    is(&flow, Verdict::Partial, &[Code::SubnetAclRestriction]);
}

#[test]
fn replies_through_another_appliance_are_strange_to_its_groups() {
    let mut net = plain(1);
    net.interfaces[1].source_dest_check = false;
    let third = Subnet {
        blocks: vec!["10.0.2.0/24".parse().unwrap()],
        ..net.subnets[0].clone()
    };
    net.subnets.push(third);
    net.interfaces.push(Interface {
        subnet: 2,
        addresses: vec![private("10.0.2.10")],
        ..net.interfaces[0].clone()
    });
    // There directly, back by the appliance in the second subnet.
    net.routed(2, &[route("10.0.0.0/24", Via::Interface(1))]);
    let packet = tcp("10.0.0.10", "10.0.2.10");
    is(&ask(&net, FIRST, packet), Verdict::Reachable, &[]);
    net.grouped(1, vec![rule(&["10.0.0.0/24"])]);
    is(
        &ask(&net, FIRST, packet),
        Verdict::Blocked,
        &[Code::EniSgRulesMismatch],
    );
    // Where it saw the connection begin, it lets the replies pass.
    net.routed(0, &[route("10.0.2.0/24", Via::Interface(1))]);
    is(&ask(&net, FIRST, packet), Verdict::Reachable, &[]);
}

#[test]
fn a_route_to_an_interface_that_has_the_address_ends_there() {
    let mut net = plain(1);
    net.routed(0, &[route("10.0.1.0/24", Via::Interface(1))]);
    is(
        &ask(&net, FIRST, tcp("10.0.0.10", "10.0.1.10")),
        Verdict::Reachable,
        &[],
    );
    let other = ask(&net, FIRST, tcp("10.0.0.10", "10.0.1.11"));
    assert!(
        other
            .blockers()
            .contains(&Code::EniSourceDestCheckRestriction)
    );
}

/// Asks the product alone, about documents that were changed.
fn ask_about(network: &Network, change: impl FnOnce(&mut Files), packet: Packet) -> Flow {
    let mut files = documents(network);
    change(&mut files);
    let graph = query::read(&files);
    let query = Query {
        from: FIRST,
        to: None,
        packet,
    };
    let traffic = query::traffic(&packet, None, None);
    query::asked(network, &graph, &query, &traffic)
}

fn document<'f>(files: &'f mut Files, call: &str) -> &'f mut Value {
    let mut all = files.iter_mut();
    let found = all.find(|(name, _)| name.ends_with(&format!("{call}.json")));
    found.unwrap().1
}

#[test]
fn an_entry_of_an_acl_without_its_ports_decides_nothing() {
    let mut net = plain(1);
    let mut some = entry(1, false, false, Some(TCP), "10.0.0.0/24");
    some.ports = Some((22, 22));
    net.guarded(1, vec![some]);
    let packet = tcp("10.0.0.10", "10.0.1.10");
    is(&ask_about(&net, |_| {}, packet), Verdict::Reachable, &[]);
    let flow = ask_about(
        &net,
        |files| {
            let acls = document(files, "DescribeNetworkAcls");
            for acl in acls["NetworkAcls"].as_array_mut().unwrap() {
                for entry in acl["Entries"].as_array_mut().unwrap() {
                    entry.as_object_mut().unwrap().remove("PortRange");
                }
            }
        },
        packet,
    );
    is(&flow, Verdict::Unknown, &[]);
}

#[test]
fn a_rule_that_names_a_group_is_in_doubt_where_the_end_is() {
    let mut net = plain(1);
    let mut named = rule(&[]);
    named.peers.push(Peer::Group(0));
    net.groups[0].egress = vec![named];
    let packet = tcp("10.0.0.10", "10.0.1.10");
    is(&ask_about(&net, |_| {}, packet), Verdict::Reachable, &[]);
    let less = |files: &mut Files| files.retain(|name, _| !name.contains("DescribeVpcs"));
    is(&ask_about(&net, less, packet), Verdict::Unknown, &[]);
}
