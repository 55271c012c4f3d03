//! What an analysis of AWS asked, in our terms.
//!
//! Source, destination, protocol and port come from the path that the analysis
//! names, else from the packet headers of its components. Uses the graph; an
//! analysis whose question cannot be told is not compared, and says why.

use std::net::IpAddr;

use super::Asked;
use crate::findings::insights::{Analysis, FilterPortRange, PacketHeader, Path, PortRange};
use crate::graph::ports::Ports;
use crate::graph::reach::flow::{End, Protocol, Traffic};
use crate::graph::{Direction, Graph, Node, links};
use crate::snapshot::record::Kind;

/// A question that can be asked of our engine.
#[derive(Debug)]
pub(super) struct Question {
    /// It in words.
    pub shown: String,
    /// All pairs of ends that are meant.
    pub pairs: Vec<(End, End)>,
    /// The traffic.
    pub traffic: Traffic,
    /// What to know about it.
    pub notes: Vec<String>,
}

/// More pairs than these are not asked.
const MOST_PAIRS: usize = 256;

/// Reads the question of an analysis.
///
/// # Errors
/// Why it cannot be compared, in words.
pub(super) fn question(
    graph: &Graph,
    asked: &Asked,
    analysis: &Analysis,
) -> Result<Question, String> {
    if let Some(status) = analysis
        .status
        .as_deref()
        .filter(|text| *text != "succeeded")
    {
        let why = analysis.status_message.as_deref().unwrap_or_default();
        return Err(format!("The analysis is {status}. {why}")
            .trim_end()
            .to_owned());
    }
    if !analysis.filter_in_arns.is_empty() || !analysis.filter_out_arns.is_empty() {
        return Err(
            "The analysis was made with filters for components, which we do not have.".to_owned(),
        );
    }
    let embedded = embedded(analysis);
    let path = match analysis.network_insights_path_id.as_deref() {
        Some(id) => asked.paths.get(id).or(embedded.as_ref()).ok_or_else(|| {
            format!("The path {id} is not given: add the output of `aws ec2 describe-network-insights-paths --network-insights-path-ids {id}`.")
        })?,
        None => embedded
            .as_ref()
            .ok_or("The analysis names no path and has no components.")?,
    };
    let mut notes = Vec::new();
    let traffic = traffic(analysis, path, &mut notes)?;
    let header = first_header(analysis);
    let source_at = path
        .filter_at_source
        .as_ref()
        .and_then(|filter| filter.source_address.as_deref())
        .or(path.source_ip.as_deref());
    let destination_at = path
        .filter_at_destination
        .as_ref()
        .and_then(|filter| filter.destination_address.as_deref())
        .or(path.destination_ip.as_deref());
    let from = ends(
        graph,
        "source",
        path.source.as_deref(),
        source_at.or(single(
            header.map(|header| header.source_addresses.as_slice()),
        )),
    )?;
    let to = ends(
        graph,
        "destination",
        path.destination.as_deref(),
        destination_at.or(single(
            header.map(|header| header.destination_addresses.as_slice()),
        )),
    )?;
    let mut pairs = Vec::new();
    for one in &from {
        for other in &to {
            pairs.push((one.clone(), other.clone()));
        }
    }
    if pairs.len() > MOST_PAIRS {
        return Err(format!("It is about {} pairs of interfaces.", pairs.len()));
    }
    let name = |id: Option<&String>, at: Option<&str>| {
        id.map(String::as_str).or(at).unwrap_or("?").to_owned()
    };
    let shown = format!(
        "{} to {}, {}{}",
        name(path.source.as_ref(), source_at),
        name(path.destination.as_ref(), destination_at),
        traffic.protocol.name(),
        if traffic.ports == Ports::range(0, u16::MAX) {
            String::new()
        } else {
            format!(" {}", traffic.ports)
        }
    );
    Ok(Question {
        shown,
        pairs,
        traffic,
        notes,
    })
}

/// A path as the first and last component of an analysis tell it.
fn embedded(analysis: &Analysis) -> Option<Path> {
    let id = |component: &crate::findings::insights::PathComponent| {
        component.component.as_ref()?.id.clone()
    };
    let components = &analysis.forward_path_components;
    let (first, last) = (components.first()?, components.last()?);
    (components.len() > 1).then_some(())?;
    Some(Path {
        source: Some(id(first)?),
        destination: Some(id(last)?),
        ..Path::default()
    })
}

fn first_header(analysis: &Analysis) -> Option<&PacketHeader> {
    let components = analysis.forward_path_components.iter();
    let mut headers = components.filter_map(|component| {
        component
            .outbound_header
            .as_ref()
            .or(component.inbound_header.as_ref())
    });
    headers.find(|header| !header.destination_addresses.is_empty())
}

/// The address of a list of one.
fn single(addresses: Option<&[String]>) -> Option<&str> {
    match addresses? {
        [only] => only.strip_suffix("/32").or(only.strip_suffix("/128")),
        _ => None,
    }
}

fn traffic(analysis: &Analysis, path: &Path, notes: &mut Vec<String>) -> Result<Traffic, String> {
    let headers = analysis.forward_path_components.iter();
    let headers: Vec<&PacketHeader> = headers
        .filter_map(|component| {
            component
                .inbound_header
                .as_ref()
                .or(component.outbound_header.as_ref())
        })
        .collect();
    let named = path
        .protocol
        .as_deref()
        .or_else(|| headers.iter().find_map(|header| header.protocol.as_deref()));
    let protocol = named
        .and_then(Protocol::parse)
        .ok_or("Neither the path nor a component names the protocol.")?;
    let filter = |range: Option<&FilterPortRange>| {
        let range = range?;
        ports_between(range.from_port?, range.to_port?)
    };
    let at_destination = path.filter_at_destination.as_ref();
    let at_source = path.filter_at_source.as_ref();
    let ports = path
        .destination_port
        .and_then(|port| ports_between(port, port))
        .or_else(|| filter(at_destination?.destination_port_range.as_ref()))
        .or_else(|| filter(at_source?.destination_port_range.as_ref()));
    let ports = match ports {
        Some(ports) => ports,
        None if path.protocol.is_some() => {
            notes.push("The path names no port, so any will do.".to_owned());
            Ports::range(0, u16::MAX)
        }
        // Without the path, the packet that AWS shows is what was asked.
        None => headers
            .iter()
            .find(|header| !header.destination_port_ranges.is_empty())
            .map_or_else(
                || Ports::range(0, u16::MAX),
                |header| union(&header.destination_port_ranges),
            ),
    };
    let mut traffic = Traffic::new(protocol, ports);
    if let Some(client) = at_source.and_then(|at| filter(at.source_port_range.as_ref())) {
        traffic.client_ports = client;
    }
    Ok(traffic)
}

fn ports_between(from: i64, to: i64) -> Option<Ports> {
    let ports = Ports::range(u16::try_from(from).ok()?, u16::try_from(to).ok()?);
    (!ports.is_empty()).then_some(ports)
}

fn union(ranges: &[PortRange]) -> Ports {
    let each = ranges
        .iter()
        .filter_map(|range| ports_between(range.from, range.to));
    each.fold(Ports::default(), |all, next| all.union(&next))
}

/// What one end of a path is in the snapshot.
fn ends(
    graph: &Graph,
    side: &str,
    named: Option<&str>,
    address: Option<&str>,
) -> Result<Vec<End>, String> {
    let address: Option<IpAddr> = address.and_then(|text| text.parse().ok());
    let Some(named) = named else {
        let address = address.ok_or(format!("The path names no {side}."))?;
        return at_address(graph, side, address);
    };
    // An ARN ends with the id.
    let id = named.rsplit('/').next().unwrap_or(named);
    let gone = || format!("The {side} {id} is not in the snapshot.");
    let find = |kind: Kind| graph.find(kind, id, None).ok_or_else(gone);
    let needs_address = || {
        address.ok_or_else(|| {
            format!("The {side} {id} stands for many addresses, and the path names none.")
        })
    };
    let prefix = id.split_once('-').map_or(id, |(prefix, _)| prefix);
    match prefix {
        "eni" => interfaces(graph, &[find(Kind::NetworkInterface)?], address).ok_or_else(gone),
        "i" => {
            let instance = find(Kind::Instance)?;
            let own: Vec<Node> = links::member(Kind::Instance, "network_interfaces")
                .into_iter()
                .filter(|(_, direction)| *direction == Direction::Reverse)
                .flat_map(|(link, direction)| graph.linked(link, direction, instance).iter())
                .map(|row| graph.node(Kind::NetworkInterface, *row))
                .collect();
            interfaces(graph, &own, address)
                .ok_or_else(|| format!("No interface of {id} is in the snapshot."))
        }
        "vpce" => {
            let endpoint = find(Kind::VpcEndpoint)?;
            let network = graph.network();
            let own = endpoint
                .row()
                .and_then(|row| network.endpoints.get(row as usize))
                .map(|endpoint| endpoint.interfaces.as_slice())
                .unwrap_or_default();
            let own: Vec<Node> = own
                .iter()
                .map(|row| Node::new(Kind::NetworkInterface, *row))
                .collect();
            interfaces(graph, &own, address)
                .ok_or_else(|| format!("No interface of {id} is in the snapshot."))
        }
        "igw" => {
            find(Kind::InternetGateway)?;
            Ok(vec![End::Internet(needs_address()?)])
        }
        "vgw" => Ok(vec![End::OnPremises(
            Some(find(Kind::VpnGateway)?),
            needs_address()?,
        )]),
        _ => Err(format!("We do not compare paths whose {side} is {id}.")),
    }
}

/// The interfaces with the address that is meant: that of the path, else their
/// first.
fn interfaces(graph: &Graph, nodes: &[Node], address: Option<IpAddr>) -> Option<Vec<End>> {
    let network = graph.network();
    let known = nodes.iter().filter_map(|node| {
        let interface = network.interfaces.get(node.row()? as usize)?;
        Some((*node, interface))
    });
    let mut all: Vec<End> = Vec::new();
    let mut with_address: Vec<End> = Vec::new();
    for (node, interface) in known {
        // Reachability Analyzer sees IPv4 only.
        let first = interface.addresses.iter().find(|own| own.is_ipv4());
        let first = first.or_else(|| interface.addresses.first())?;
        all.push(End::Interface(node, *first));
        let meant = address.filter(|address| interface.addresses.contains(address));
        with_address.extend(meant.map(|address| End::Interface(node, address)));
    }
    let ends = if with_address.is_empty() {
        all
    } else {
        with_address
    };
    (!ends.is_empty()).then_some(ends)
}

/// An address without a resource: an interface if only one has it, the internet
/// if it is public.
fn at_address(graph: &Graph, side: &str, address: IpAddr) -> Result<Vec<End>, String> {
    let network = graph.network();
    let holders: Vec<End> = network
        .interfaces
        .iter()
        .filter(|interface| interface.addresses.contains(&address))
        .map(|interface| End::Interface(interface.node, address))
        .collect();
    match holders.as_slice() {
        [_] => Ok(holders),
        [] if is_public(address) => Ok(vec![End::Internet(address)]),
        [] if side == "destination" => Ok(vec![End::Address(address)]),
        [] => Err(format!("The {side} {address} is not in the snapshot.")),
        several => Err(format!(
            "{} interfaces have the {side} address {address}.",
            several.len()
        )),
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || shared)
        }
        IpAddr::V6(v6) => v6
            .segments()
            .first()
            .is_some_and(|first| first & 0xe000 == 0x2000),
    }
}
