//! Names that EC2 gives to instances and their addresses.
//!
//! Inside the VPC, and over a peering that allows it, the public name of an
//! interface resolves to its private address
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html>,
//! <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html>).
//! Uses the graph; zones and rules come before and are not looked at here.

use std::net::IpAddr;

use super::answer::{Address, Failure, RecordType};
use super::index::at;
use super::name::Name;
use super::outside::{Known, address_in};
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::{Entry, Graph, Listing, Node};
use crate::snapshot::record::Kind;

/// The domain of EC2's names in a name: whether it is of private names, and the
/// Region.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html>
fn domain(name: &Name) -> Option<(bool, String)> {
    let rest = name.as_str().split_once('.')?.1;
    let (private, region) = match rest {
        "ec2.internal" => (true, "us-east-1"),
        "compute-1.amazonaws.com" => (false, "us-east-1"),
        _ => {
            let (region, end) = rest.split_once('.')?;
            match end {
                "compute.internal" => (true, region),
                "compute.amazonaws.com" | "compute.amazonaws.com.cn" => (false, region),
                _ => return None,
            }
        }
    };
    Some((private, region.to_owned()))
}

/// Whether a resolver knows a name by itself, so that only a rule for this very
/// domain or one below it takes it away
/// (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html>).
pub(super) fn autodefined(name: &Name) -> Option<Name> {
    domain(name)?;
    name.parent()
}

/// The answer for a name of EC2, if it is one.
pub(super) fn named(graph: &Graph, name: &Name, kind: RecordType, vpc: Node) -> Option<Known> {
    let (private, region) = domain(name)?;
    let label = name.first();
    if private {
        if let Some(ip) = address_in(label, "ip-") {
            return Some(private_name(graph, ip, &region, kind, vpc));
        }
        let by_id = label.starts_with("i-");
        return by_id.then(|| {
            let need = Need::Sense(format!(
                "whether resource names are on for the instance {label}"
            ));
            unknown(
                Code::DnsNotModelled,
                need,
                "the name of an instance by its id",
            )
        });
    }
    address_in(label, "ec2-").map(|ip| public_name(graph, ip, kind, vpc))
}

fn unknown(code: Code, need: Need, detail: &str) -> Known {
    Known {
        needs: vec![need],
        code: Some(code),
        detail: detail.to_owned(),
        ..Known::default()
    }
}

/// `ip-10-0-0-1.ec2.internal`: the address is in the name.
fn private_name(graph: &Graph, ip: IpAddr, region: &str, kind: RecordType, vpc: Node) -> Known {
    if !kind.fits(ip) {
        return only_ipv4();
    }
    let interface = interface_with(graph, vpc, |one| {
        one.entries("PrivateIpAddresses")
            .any(|place| place.address("PrivateIpAddress") == Some(ip))
    });
    let here = graph.scope(vpc).region;
    let (Some(interface), true) = (interface, here.is_empty() || here == region) else {
        let need = if graph.listing(Kind::NetworkInterface, vpc) == Listing::Complete {
            Need::Sense(format!("whether {ip} has a name outside its VPC"))
        } else {
            Need::Listing(Kind::NetworkInterface, vpc)
        };
        return unknown(
            Code::DnsNotInSnapshot,
            need,
            "no interface of this VPC has the address",
        );
    };
    Known {
        addresses: vec![Address {
            ip,
            from: None,
            interface: Some(interface),
        }],
        evidence: vec![at(interface, "PrivateIpAddresses", ip.to_string())],
        detail: "the private name of an interface; the address is in the name".to_owned(),
        ..Known::default()
    }
}

fn only_ipv4() -> Known {
    Known::nothing(
        Failure::NoData,
        Code::DnsNoRecord,
        "EC2 makes names of this form for IPv4 addresses only",
    )
}

/// `ec2-198-51-100-7.compute-1.amazonaws.com`.
fn public_name(graph: &Graph, ip: IpAddr, kind: RecordType, vpc: Node) -> Known {
    if !kind.fits(ip) {
        return only_ipv4();
    }
    let owns = |one: &Entry<'_>| one.address("Association.PublicIp") == Some(ip);
    let own = interface_with(graph, vpc, owns);
    if let Some(own) = own {
        return private_of(
            graph,
            own,
            "a public name of this VPC, which resolves to the private address inside it",
        );
    }
    match peers(graph, vpc) {
        Ok(peers) => {
            for (peer, allowed, pcx) in &peers {
                let Some(peer) = *peer else {
                    continue;
                };
                let Some(interface) = interface_with(graph, peer, owns) else {
                    continue;
                };
                return match *allowed {
                    Some(true) => private_of(
                        graph,
                        interface,
                        "a public name of a peer VPC, which allows its private address to be resolved",
                    ),
                    Some(false) => public_of(
                        graph,
                        interface,
                        ip,
                        "a public name of a peer VPC, whose side of the peering does not allow DNS resolution from here",
                    ),
                    None => unknown(
                        Code::SnapshotMissing,
                        Need::Field(
                            *pcx,
                            "AccepterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc",
                        ),
                        "a public name of a peer VPC, whose peering options are not in the snapshot",
                    ),
                };
            }
            if let Some(need) = unseen_peer(graph, &peers) {
                return unknown(
                    Code::SnapshotMissing,
                    need,
                    "the address may be of a peer VPC",
                );
            }
        }
        Err(need) => return unknown(Code::SnapshotMissing, need, "peerings were not listed"),
    }
    if graph.listing(Kind::NetworkInterface, vpc) != Listing::Complete {
        let need = Need::Listing(Kind::NetworkInterface, vpc);
        return unknown(
            Code::SnapshotMissing,
            need,
            "the address may be of this VPC",
        );
    }
    Known {
        addresses: vec![Address {
            ip,
            from: None,
            interface: None,
        }],
        code: Some(Code::DnsResolvesPublic),
        detail: "a public name of EC2; the address is in the name".to_owned(),
        ..Known::default()
    }
}

fn private_of(graph: &Graph, interface: Node, detail: &str) -> Known {
    let public = graph
        .entry(interface)
        .and_then(|one| one.text("Association.PublicIp"))
        .unwrap_or_default();
    let first = graph.entry(interface).and_then(|one| {
        one.entries("PrivateIpAddresses")
            .find_map(|place| place.address("PrivateIpAddress"))
    });
    let Some(ip) = first else {
        let need = Need::Field(interface, "PrivateIpAddresses");
        return unknown(Code::SnapshotMissing, need, detail);
    };
    Known {
        addresses: vec![Address {
            ip,
            from: None,
            interface: Some(interface),
        }],
        evidence: vec![at(interface, "Association/PublicIp", public)],
        detail: detail.to_owned(),
        ..Known::default()
    }
}

fn public_of(_: &Graph, interface: Node, ip: IpAddr, detail: &str) -> Known {
    Known {
        addresses: vec![Address {
            ip,
            from: None,
            interface: Some(interface),
        }],
        evidence: vec![at(interface, "Association/PublicIp", ip.to_string())],
        code: Some(Code::DnsResolvesPublic),
        detail: detail.to_owned(),
        ..Known::default()
    }
}

/// The first interface of a VPC that is meant, by its id.
fn interface_with(graph: &Graph, vpc: Node, is: impl Fn(&Entry<'_>) -> bool) -> Option<Node> {
    graph
        .nodes(Kind::NetworkInterface)
        .filter_map(|node| graph.entry(node))
        .filter(|one| is(one) && one.target("VpcId").node() == Some(vpc))
        .map(|one| one.node)
        .min_by_key(|node| graph.id(*node))
}

/// A peer VPC if it is in the snapshot, whether it allows resolution from here,
/// and the peering.
type Peer = (Option<Node>, Option<bool>, Node);

/// What is missing of the VPCs on the other side: one that allows nothing
/// answers nothing.
fn unseen_peer(graph: &Graph, peers: &[Peer]) -> Option<Need> {
    let mut open = peers
        .iter()
        .filter(|(_, allowed, _)| *allowed != Some(false));
    open.find_map(|(peer, _, pcx)| match peer {
        None => Some(Need::Sense(format!(
            "the interfaces of the VPC on the other side of {}",
            graph.id(*pcx)
        ))),
        Some(peer) => (graph.listing(Kind::NetworkInterface, *peer) != Listing::Complete)
            .then_some(Need::Listing(Kind::NetworkInterface, *peer)),
    })
}

/// The VPCs on the other side of active peerings.
fn peers(graph: &Graph, vpc: Node) -> Result<Vec<Peer>, Need> {
    if graph.listing(Kind::VpcPeeringConnection, vpc) != Listing::Complete {
        return Err(Need::Listing(Kind::VpcPeeringConnection, vpc));
    }
    let mut found = Vec::new();
    for node in graph.nodes(Kind::VpcPeeringConnection) {
        let Some(pcx) = graph
            .entry(node)
            .filter(|pcx| pcx.is("Status.Code", "active"))
        else {
            continue;
        };
        for (own, other) in [
            ("RequesterVpcInfo", "AccepterVpcInfo"),
            ("AccepterVpcInfo", "RequesterVpcInfo"),
        ] {
            let is_own = pcx.target(&format!("{own}.VpcId")).node() == Some(vpc);
            if is_own {
                let peer = pcx.target(&format!("{other}.VpcId")).node();
                let path = format!("{other}.PeeringOptions.AllowDnsResolutionFromRemoteVpc");
                found.push((peer, pcx.bool(&path), node));
            }
        }
    }
    found.sort_by_key(|(_, _, pcx)| graph.id(*pcx));
    Ok(found)
}
