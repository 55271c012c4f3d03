//! Whether a flow is one that an entry of a scope means.
//!
//! A question about one flow and one entry; three answers. May use the graph;
//! which flows there are is not asked here
//! (<https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/packet-header-statement.html>).

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Addresses, Components, Header, Pattern, Scope, Side};
use crate::findings::Reason;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::flow::{Aspect, Component, End, Flow, Outcome, Protocol};
use crate::graph::reach::model::{Attachment, AttachmentKind};
use crate::graph::{Graph, Node};
use crate::rules::calls;
use crate::snapshot::record::Kind;

/// Whether something is so.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Match {
    Yes,
    No,
    /// It may be: why nobody knows.
    Unknown(String),
}

/// What resources with these ids may be in a scope.
const ENDS: &[&str] = &["eni-", "i-", "sg-", "subnet-", "vpc-"];

/// Whether an id names something at which traffic begins, or ends.
pub(super) fn is_end(id: &str, from: bool) -> bool {
    ENDS.iter().any(|prefix| id.starts_with(prefix)) || !from && id.starts_with("vpce-")
}

/// Whether networks that are no VPCs lie behind an attachment.
pub(super) const fn leads_outside(attachment: &Attachment) -> bool {
    matches!(
        attachment.kind,
        AttachmentKind::Vpn(_) | AttachmentKind::DirectConnect(_)
    )
}

/// All blocks that a scope speaks about, by which ends must be told apart.
pub(super) fn blocks(graph: &Graph, scope: &Scope, reasons: &mut Vec<Reason>) -> Vec<IpNet> {
    let mut found = Vec::new();
    for pattern in scope.matches.iter().chain(&scope.excludes) {
        for header in [&pattern.source.header, &pattern.destination.header] {
            for addresses in [&header.sources, &header.destinations]
                .into_iter()
                .flatten()
            {
                match addresses {
                    Addresses::Blocks(blocks) => found.extend(blocks),
                    Addresses::Lists(lists) => {
                        for list in lists {
                            match entries(graph, list) {
                                Ok(blocks) => found.extend(blocks),
                                Err(need) => reasons.push(calls::reason(graph, &need)),
                            }
                        }
                    }
                }
            }
        }
    }
    found
}

/// The blocks of a prefix list.
fn entries<'g>(graph: &'g Graph, id: &str) -> Result<&'g [IpNet], Need> {
    let list = graph.network().lists.iter().find(|list| list.id == id);
    let Some(list) = list else {
        return Err(Need::Sense(format!("prefix list {id}")));
    };
    let blocks = list.blocks.as_deref();
    blocks.ok_or(Need::Field(list.node, list.field))
}

/// Whether a flow is one that an entry means, whatever its ports.
pub(super) fn matches(graph: &Graph, pattern: &Pattern, flow: &Flow) -> Match {
    let mut unknown = None;
    let protocol = protocols(pattern).contains(&flow.traffic.protocol);
    let mut answers = vec![if protocol { Match::Yes } else { Match::No }];
    answers.push(end(graph, &pattern.source.resources, &flow.from, flow));
    answers.push(end(graph, &pattern.destination.resources, &flow.to, flow));
    answers.push(headers(graph, pattern, flow));
    for through in &pattern.through {
        answers.push(passes(graph, through, flow));
    }
    // AWS refuses what is not understood here, or knows more than this program.
    if let Some(what) = pattern.unsupported.first() {
        answers.push(Match::Unknown(format!("{what}, which is not followed")));
    }
    for answer in answers {
        match answer {
            Match::No => return Match::No,
            Match::Yes => {}
            Match::Unknown(why) => unknown = unknown.or(Some(why)),
        }
    }
    unknown.map_or(Match::Yes, Match::Unknown)
}

fn any(answers: impl Iterator<Item = Match>) -> Match {
    let mut unknown = Match::No;
    for answer in answers {
        match answer {
            Match::Yes => return Match::Yes,
            Match::No => {}
            other @ Match::Unknown(_) => unknown = other,
        }
    }
    unknown
}

const fn yes(truth: bool) -> Match {
    if truth { Match::Yes } else { Match::No }
}

fn end(graph: &Graph, wanted: &Components, end: &End, flow: &Flow) -> Match {
    match wanted {
        Components::Any => Match::Yes,
        Components::Ids(ids) => any(ids.iter().map(|id| end_is(graph, id, end, flow))),
        Components::Types(types) => any(types.iter().map(|ty| end_is_a(graph, ty, end))),
    }
}

/// Whether an end is a resource or in it.
fn end_is(graph: &Graph, id: &str, end: &End, flow: &Flow) -> Match {
    if id.starts_with("igw-") {
        return match end {
            End::Internet(_) => settled(yes(passes_id(graph, id, flow)), flow),
            _ => Match::No,
        };
    }
    match end {
        End::OnPremises(Some(gateway), _) => yes(graph.id(*gateway) == id),
        End::OnPremises(None, _) => settled(yes(passes_id(graph, id, flow)), flow),
        End::Internet(_) | End::Address(_) => Match::No,
        End::Offered(node, _) => yes(graph.id(*node) == id),
        End::Subnet(node, _) => {
            let subnet = node
                .row()
                .and_then(|row| graph.network().subnets.get(row as usize));
            let vpc = subnet.and_then(|subnet| subnet.vpc);
            yes(graph.id(*node) == id || is_row(graph, Kind::Vpc, vpc, id))
        }
        End::Interface(node, _) => {
            if graph.id(*node) == id {
                return Match::Yes;
            }
            let interface = node
                .row()
                .and_then(|row| graph.network().interfaces.get(row as usize));
            let Some(interface) = interface else {
                return Match::Unknown(format!("whether {} is in {id}", graph.id(*node)));
            };
            let mut groups = interface.groups.iter();
            let held = is_row(graph, Kind::Instance, interface.instance, id)
                || is_row(graph, Kind::Subnet, interface.subnet, id)
                || is_row(graph, Kind::Vpc, interface.vpc, id)
                || is_row(graph, Kind::VpcEndpoint, interface.endpoint, id)
                || groups.any(|group| is_row(graph, Kind::SecurityGroup, *group, id))
                || interface.strangers.iter().any(|group| group == id);
            yes(held)
        }
    }
}

fn is_row(graph: &Graph, kind: Kind, row: Option<u32>, id: &str) -> bool {
    row.is_some_and(|row| graph.id(Node::new(kind, row)) == id)
}

fn end_is_a(graph: &Graph, ty: &str, end: &End) -> Match {
    let interface = match end {
        End::Interface(node, _) => node
            .row()
            .and_then(|row| graph.network().interfaces.get(row as usize)),
        _ => None,
    };
    let gateway = match end {
        End::OnPremises(Some(gateway), _) => Some(graph.id(*gateway)),
        _ => None,
    };
    let behind = |prefix: &str| gateway.as_ref().is_some_and(|id| id.starts_with(prefix));
    match ty {
        "AWS::EC2::InternetGateway" => yes(matches!(end, End::Internet(_))),
        "AWS::EC2::NetworkInterface" | "AWS::EC2::SecurityGroup" => {
            yes(matches!(end, End::Interface(..)))
        }
        "AWS::EC2::Subnet" | "AWS::EC2::VPC" => {
            yes(matches!(end, End::Interface(..) | End::Subnet(..)))
        }
        "AWS::EC2::Instance" => yes(interface.is_some_and(|known| known.instance.is_some())),
        "AWS::EC2::VPCEndpoint" => yes(interface.is_some_and(|known| known.endpoint.is_some())),
        "AWS::EC2::VPNGateway" => yes(behind("vgw-")),
        "AWS::EC2::TransitGatewayAttachment" => yes(behind("tgw-attach-")),
        other => Match::Unknown(format!("paths that begin or end at {other}")),
    }
}

/// Whether a path passes one of some components.
fn passes(graph: &Graph, wanted: &Components, flow: &Flow) -> Match {
    let found = match wanted {
        Components::Any => Match::Yes,
        Components::Ids(ids) => yes(ids.iter().any(|id| passes_id(graph, id, flow))),
        Components::Types(types) => any(types.iter().map(|ty| passes_a(graph, ty, flow))),
    };
    settled(found, flow)
}

/// A way that is not known to its end may pass, where it was not seen, what it is
/// not seen to pass.
fn settled(found: Match, flow: &Flow) -> Match {
    match found {
        Match::No if is_lost(flow) => Match::Unknown("where the path leads".to_owned()),
        found => found,
    }
}

/// Whether something on the way there that decides where it leads was not seen.
fn is_lost(flow: &Flow) -> bool {
    flow.checks(Outcome::Unknown)
        .any(|(_, check)| matches!(check.aspect, Aspect::Route | Aspect::Gateway | Aspect::End))
}

fn passed<'f>(graph: &'f Graph, flow: &'f Flow) -> impl Iterator<Item = String> + 'f {
    let hops = flow.forward.iter();
    hops.filter_map(|hop| match &hop.component {
        Component::Resource(node) => Some(graph.id(*node)),
        Component::Named(id) => Some(id.clone()),
        Component::Internet | Component::OnPremises => None,
    })
}

fn passes_id(graph: &Graph, id: &str, flow: &Flow) -> bool {
    passed(graph, flow).any(|passed| passed == id)
}

fn passes_a(graph: &Graph, ty: &str, flow: &Flow) -> Match {
    let prefix = match ty {
        "AWS::EC2::InternetGateway" => "igw-",
        "AWS::EC2::NatGateway" => "nat-",
        "AWS::EC2::TransitGatewayAttachment" => "tgw-attach-",
        "AWS::EC2::VPCEndpoint" => "vpce-",
        "AWS::EC2::VPCPeeringConnection" => "pcx-",
        "AWS::EC2::VPNGateway" => "vgw-",
        "AWS::EC2::NetworkInterface" => "eni-",
        "AWS::ElasticLoadBalancing::LoadBalancer" | "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            "arn:aws:elasticloadbalancing"
        }
        other => return Match::Unknown(format!("paths through {other}")),
    };
    yes(passed(graph, flow).any(|id| id.starts_with(prefix)))
}

/// The packet as it leaves, and as it arrives.
fn headers(graph: &Graph, pattern: &Pattern, flow: &Flow) -> Match {
    let whole = (flow.from.address(), flow.to.address());
    let pair = |hop: Option<&crate::graph::reach::flow::Hop>| {
        hop.map_or(whole, |hop| (hop.header.source, hop.header.destination))
    };
    let sides = [
        (&pattern.source, pair(flow.forward.first()), false),
        (&pattern.destination, pair(flow.forward.last()), true),
    ];
    let mut unknown = Match::Yes;
    for (Side { header, .. }, (source, destination), at_end) in sides {
        let wanted = [
            (&header.sources, source),
            (&header.destinations, destination),
        ];
        for (addresses, address) in wanted {
            let held = held(graph, addresses.as_ref(), address);
            match if at_end { settled(held, flow) } else { held } {
                Match::No => return Match::No,
                Match::Yes => {}
                other @ Match::Unknown(_) => unknown = other,
            }
        }
    }
    unknown
}

fn held(graph: &Graph, wanted: Option<&Addresses>, address: IpAddr) -> Match {
    match wanted {
        None => Match::Yes,
        Some(Addresses::Blocks(blocks)) => yes(blocks.iter().any(|block| block.contains(&address))),
        Some(Addresses::Lists(lists)) => any(lists.iter().map(|list| match entries(graph, list) {
            Ok(blocks) => yes(blocks.iter().any(|block| block.contains(&address))),
            Err(_) => Match::Unknown(format!("whether {address} is in {list}")),
        })),
    }
}

/// The protocols that an entry means: both sides must, TCP and UDP if neither
/// says.
pub(super) fn protocols(pattern: &Pattern) -> Vec<Protocol> {
    let named = |header: &Header, protocol: &Protocol| {
        let protocols = header.protocols.as_ref();
        protocols.is_none_or(|protocols| protocols.contains(protocol))
    };
    [Protocol::Tcp, Protocol::Udp]
        .into_iter()
        .filter(|protocol| {
            named(&pattern.source.header, protocol) && named(&pattern.destination.header, protocol)
        })
        .collect()
}

/// The destination ports that an entry means.
pub(super) fn ports(pattern: &Pattern) -> Ports {
    let mut ports = Ports::range(0, u16::MAX);
    for header in [&pattern.source.header, &pattern.destination.header] {
        if let Some(wanted) = &header.destination_ports {
            ports = ports.intersection(wanted);
        }
    }
    ports
}

/// The source ports that an entry means, if it says so.
pub(super) fn client_ports(pattern: &Pattern) -> Option<Ports> {
    let headers = [&pattern.source.header, &pattern.destination.header];
    let mut wanted = headers.into_iter().filter_map(|h| h.source_ports.as_ref());
    let first = wanted.next()?.clone();
    Some(wanted.fold(first, |ports, more| ports.intersection(more)))
}
