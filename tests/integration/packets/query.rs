//! Questions about a network, and both answers to them: the walker's and the
//! product's.
//!
//! Translates ends and packets and compares verdicts; decides nothing itself.
#![expect(
    clippy::use_debug,
    reason = "ways are shown to whoever reads a failed test"
)]

use std::fmt::Write as _;
use std::net::IpAddr;

use plaudit::collect::{self, Options};
use plaudit::graph::ports::Ports;
use plaudit::graph::reach::flow::{Assume, End, Flow, Outcome, Protocol, Traffic, Verdict};
use plaudit::graph::{Graph, Node};
use plaudit::snapshot::record::Kind;
use tempfile::TempDir;

use super::filter::{ICMP, ICMPV6, Packet, TCP, UDP};
use super::generate::{Dice, PORTS, host};
use super::network::{Attached, Id, Network};
use super::walk::{Place, Walk, reply, walk};
use super::write::{Files, save};

/// Reads documents as the product does.
pub(crate) fn read(files: &Files) -> Graph {
    let folder = TempDir::new().unwrap();
    save(files, folder.path());
    let options = Options {
        threads: Some(1),
        ..Options::default()
    };
    let collected = collect::read(&[folder.path().to_owned()], &options, &()).unwrap();
    Graph::build(collected.snapshot)
}

/// From where to where, and what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query {
    pub from: Place,
    /// The interface or gateway that is meant; else wherever routes lead.
    pub to: Option<Place>,
    pub packet: Packet,
}

/// What the walker says about one packet and its reply.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub there: Option<Verdict>,
    pub both: Option<Verdict>,
    pub forward: Vec<Walk>,
    pub back: Vec<Walk>,
}

/// A random question.
pub(crate) fn query(network: &Network, dice: &mut Dice) -> Query {
    loop {
        let Some((from, source)) = source(network, dice) else {
            continue;
        };
        let (to, destination) = destination(network, dice);
        if source.is_ipv4() != destination.is_ipv4() || source == destination {
            continue;
        }
        let protocol = match dice.below(10) {
            0..=5 => TCP,
            6 => UDP,
            7..=8 if source.is_ipv6() => ICMPV6,
            7..=8 => ICMP,
            _ => 47,
        };
        let port = match protocol {
            ICMP => dice.pick(&[0x0800, 0x0800, 0x0303]),
            ICMPV6 => dice.pick(&[0x8000, 0x8000, 0x0104]),
            _ => near(dice),
        };
        // Whoever means an interface from the internet writes its public address.
        let destination = match (from, to) {
            (Place::Internet, Some(Place::Interface(id))) => {
                let mut own = network.interfaces[id].addresses.iter();
                let own = own.find(|own| own.private == destination);
                own.and_then(|own| own.public)
                    .map_or(destination, IpAddr::V4)
            }
            _ => destination,
        };
        let packet = Packet {
            source,
            destination,
            protocol,
            source_port: near(dice).max(1024),
            port,
        };
        return Query { from, to, packet };
    }
}

/// A port at a boundary or beside it.
pub(crate) fn near(dice: &mut Dice) -> u16 {
    let port = dice.pick(&PORTS);
    match dice.below(3) {
        0 => port,
        1 => port.saturating_sub(1),
        _ => port.saturating_add(1),
    }
}

fn address_of(network: &Network, id: Id, dice: &mut Dice) -> Option<IpAddr> {
    let own = &network.interfaces[id];
    if !own.prefixes.is_empty() && dice.percent(30) {
        return Some(host(own.prefixes[0], 3));
    }
    let addresses = &own.addresses;
    (!addresses.is_empty()).then(|| addresses[dice.below(addresses.len())].private)
}

fn source(network: &Network, dice: &mut Dice) -> Option<(Place, IpAddr)> {
    let outside = |text: &str| text.parse::<IpAddr>().unwrap();
    match dice.below(20) {
        0..=2 => {
            let address = dice.pick(&["8.8.8.8", "198.51.100.9", "2001:4860::8"]);
            Some((Place::Internet, outside(address)))
        }
        3 if !network.vgws.is_empty() => {
            let address = outside(dice.pick(&["192.168.1.9", "192.168.2.9", "10.200.0.9"]));
            Some((Place::Vgw(dice.below(network.vgws.len())), address))
        }
        4 => {
            let mut all = network.attachments.iter();
            let vpn = all.position(|own| matches!(own.to, Attached::Vpn(_)))?;
            Some((Place::Attachment(vpn), outside("192.168.2.9")))
        }
        _ => {
            let id = dice.below(network.interfaces.len());
            let address = address_of(network, id, dice)?;
            (!network.interfaces[id].nat).then_some((Place::Interface(id), address))
        }
    }
}

fn destination(network: &Network, dice: &mut Dice) -> (Option<Place>, IpAddr) {
    let outside = |text: &str| text.parse::<IpAddr>().unwrap();
    loop {
        match dice.below(20) {
            0..=1 => {
                return (
                    Some(Place::Internet),
                    outside(dice.pick(&["8.8.8.8", "2001:4860::8"])),
                );
            }
            2 => {
                return (
                    None,
                    outside(dice.pick(&["8.8.8.8", "192.168.1.9", "192.168.2.9", "10.0.3.77"])),
                );
            }
            3 => return (None, outside("52.216.0.9")),
            4 => {
                let subnet = dice.below(network.subnets.len());
                let blocks = &network.subnets[subnet].blocks;
                return (None, host(blocks[dice.below(blocks.len())], 77));
            }
            5..=6 => {
                let id = dice.below(network.interfaces.len());
                let mut public = network.interfaces[id].addresses.iter();
                if let Some(public) = public.find_map(|own| own.public) {
                    return (None, public.into());
                }
            }
            _ => {
                let id = dice.below(network.interfaces.len());
                if let Some(address) = address_of(network, id, dice) {
                    let named = dice.percent(60).then_some(Place::Interface(id));
                    return (named, address);
                }
            }
        }
    }
}

/// Ports that a NAT gateway may take, so that every rule is met on either side.
fn nat_ports() -> Vec<u16> {
    let mut all: Vec<u16> = PORTS
        .iter()
        .flat_map(|port| [port.saturating_sub(1), *port, port.saturating_add(1)])
        .filter(|port| *port >= 1024)
        .collect();
    all.dedup();
    all
}

/// The walker's answer.
pub(crate) fn walked(network: &Network, query: &Query) -> Answer {
    let mut forward = Vec::new();
    let mut back = Vec::new();
    let mut first = true;
    for port in nat_ports() {
        let there = arrived(network, query, port);
        let translated = there.iter().any(|walk| walk.translated);
        let arriving = there.iter().filter(|walk| walk.place.is_some());
        back.extend(arriving.flat_map(|walk| reply(network, walk, query.from, query.packet)));
        if first {
            forward = there;
            first = false;
        }
        if !translated {
            break;
        }
    }
    let there = verdict(&forward);
    let answered = answered(query.packet);
    let both = match (there, answered) {
        (_, false) => there,
        (there, true) => both(there, verdict(&back)),
    };
    Answer {
        there,
        both,
        forward,
        back,
    }
}

/// Whether AWS's filters see a reply: to all but messages of ICMP that are no
/// requests.
fn answered(packet: Packet) -> bool {
    !packet.is_icmp() || matches!(packet.port, 0x0800 | 0x8000)
}

fn arrived(network: &Network, query: &Query, port: u16) -> Vec<Walk> {
    let mut all = walk(network, query.from, query.packet, port);
    for walk in &mut all {
        let elsewhere = query.to.is_some() && walk.place.is_some() && walk.place != query.to;
        if elsewhere {
            walk.miss();
        }
    }
    all
}

/// None where branches differ in what is not known.
fn verdict(walks: &[Walk]) -> Option<Verdict> {
    if walks.iter().all(|walk| !walk.fails.is_empty()) {
        return Some(Verdict::Blocked);
    }
    if walks.iter().all(Walk::passes) {
        return Some(Verdict::Reachable);
    }
    if walks
        .iter()
        .any(|walk| walk.fails.is_empty() && !walk.unknowns.is_empty())
    {
        let all = walks.len() == 1;
        return all.then_some(Verdict::Unknown);
    }
    Some(Verdict::Partial)
}

fn both(there: Option<Verdict>, back: Option<Verdict>) -> Option<Verdict> {
    use Verdict::{Blocked, Partial, Reachable, Unknown};
    match (there?, back) {
        (Blocked, _) | (_, Some(Blocked)) => Some(Blocked),
        (_, None) => None,
        (Unknown, _) | (_, Some(Unknown)) => Some(Unknown),
        (Partial, _) | (_, Some(Partial)) => Some(Partial),
        (Reachable, Some(Reachable)) => Some(Reachable),
    }
}

/// A question in the product's words.
pub(crate) struct Asked {
    pub from: End,
    pub to: End,
}

pub(crate) fn ends(network: &Network, graph: &Graph, query: &Query) -> Asked {
    let find = |kind: Kind, prefix: &str, id: Id| -> Option<Node> {
        graph.find(kind, &network.id(prefix, id), None)
    };
    let end = |place: Option<Place>, address: IpAddr| match place {
        Some(Place::Interface(id)) => find(Kind::NetworkInterface, "eni", id)
            .map_or(End::Address(address), |node| End::Interface(node, address)),
        Some(Place::Internet) => End::Internet(address),
        Some(Place::Vgw(id)) => End::OnPremises(find(Kind::VpnGateway, "vgw", id), address),
        Some(Place::Attachment(id)) => End::OnPremises(
            find(Kind::TransitGatewayAttachment, "tgw-attach", id),
            address,
        ),
        Some(Place::Service(_)) | None => End::Address(address),
    };
    Asked {
        from: end(Some(query.from), query.packet.source),
        to: end(query.to, query.packet.destination),
    }
}

pub(crate) fn traffic(packet: &Packet, ports: Option<Ports>, clients: Option<Ports>) -> Traffic {
    let one = Ports::range(packet.port, packet.port);
    let client = Ports::range(packet.source_port, packet.source_port);
    let protocol = Protocol::from_number(packet.protocol);
    let all = Ports::range(0, u16::MAX);
    Traffic {
        protocol,
        ports: if packet.protocol == 47 {
            all
        } else {
            ports.unwrap_or(one)
        },
        client_ports: clients.unwrap_or(client),
    }
}

pub(crate) fn asked(network: &Network, graph: &Graph, query: &Query, traffic: &Traffic) -> Flow {
    let ends = ends(network, graph, query);
    let assume = Assume::default();
    graph
        .network()
        .flow(graph, &ends.from, &ends.to, traffic, assume)
}

/// The two ways beside each other, for whoever must decide who is right.
pub(crate) fn shown(answer: &Answer, flow: &Flow) -> String {
    let mut out = String::new();
    writeln!(
        out,
        "  walker there {:?} both {:?}; product there {:?} both {:?}",
        answer.there, answer.both, flow.there, flow.verdict
    )
    .unwrap();
    for (name, walks) in [("there", &answer.forward), ("back", &answer.back)] {
        for walk in walks.iter().take(3) {
            writeln!(out, "    {name}: {}", walk.trace.join(" > ")).unwrap();
        }
    }
    for (name, hops) in [("there", &flow.forward), ("back", &flow.back)] {
        write!(out, "    product {name}:").unwrap();
        for hop in hops {
            write!(out, " > {:?}", hop.component).unwrap();
            for check in hop
                .checks
                .iter()
                .filter(|check| check.outcome != Outcome::Pass)
            {
                let code = check.code.map_or("", |code| code.name());
                write!(
                    out,
                    " [{:?} {:?} {code} {} {:?}]",
                    check.outcome, check.aspect, check.detail, check.needs
                )
                .unwrap();
            }
        }
        writeln!(out).unwrap();
    }
    writeln!(out, "    assumed {:?}", flow.assumptions).unwrap();
    out
}
