//! Name servers by address: the VPC's own resolver, inbound endpoints of others,
//! and servers that nobody here knows.
//!
//! DHCP options and FORWARD rules name servers by address only; an address that
//! an inbound resolver endpoint of the snapshot has leads into its VPC
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-inbound-queries.html>).
//! Uses the index; the servers are not asked here.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::index::{Index, at};
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::At;
use crate::graph::{Graph, Listing, Node, Target};
use crate::snapshot::record::Kind;

/// A resolver that a question goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Server {
    pub(super) vpc: Node,
    /// Whether it is reached through an inbound endpoint.
    pub(super) inbound: bool,
}

/// Where questions go.
#[derive(Debug)]
pub(super) struct Servers {
    pub(super) all: BTreeSet<Server>,
    pub(super) evidence: Vec<At>,
    pub(super) detail: String,
}

/// Why it is not known where questions go.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) code: Code,
    pub(super) evidence: Vec<At>,
    pub(super) needs: Vec<Need>,
    pub(super) detail: String,
}

/// The servers that interfaces of a VPC learn by DHCP
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html>).
pub(super) fn of_vpc(graph: &Graph, index: &Index, vpc: Node) -> Result<Servers, Lost> {
    let own = Server {
        vpc,
        inbound: false,
    };
    let amazon = |evidence| Servers {
        all: BTreeSet::from([own]),
        evidence,
        detail: "DHCP options name Amazon's resolver".to_owned(),
    };
    let missing = |need: Need, detail: &str| Lost {
        code: Code::SnapshotMissing,
        evidence: Vec::new(),
        needs: vec![need],
        detail: detail.to_owned(),
    };
    let entry = graph.entry(vpc);
    let Some(entry) = entry else {
        return Err(missing(
            Need::Resource(vpc),
            "the VPC is not in the snapshot",
        ));
    };
    let options = match entry.target("DhcpOptionsId") {
        Target::Here(options) => options,
        // No set of options: Amazon's own.
        Target::Elsewhere(id) if id == "default" => {
            return Ok(amazon(vec![at(vpc, "DhcpOptionsId", "default")]));
        }
        Target::Elsewhere(_) => {
            let need = Need::Listing(Kind::DhcpOptions, vpc);
            return Err(missing(need, "the DHCP options are not in the snapshot"));
        }
        Target::Nothing => {
            let need = Need::Field(vpc, "DhcpOptionsId");
            return Err(missing(need, "the VPC does not show its DHCP options"));
        }
    };
    let named = names(graph, options);
    if named.is_empty() {
        return Err(Lost {
            code: Code::DnsCustomServers,
            evidence: vec![at(options, "", "no domain-name-servers")],
            needs: vec![Need::Sense(
                "which name servers the instances use".to_owned(),
            )],
            detail: "the DHCP options name no server".to_owned(),
        });
    }
    let amazons = |text: &str| text.eq_ignore_ascii_case("AmazonProvidedDNS");
    if named.iter().all(|(text, _)| amazons(text)) {
        return Ok(amazon(named.into_iter().map(|(_, place)| place).collect()));
    }
    let second = entry.block("CidrBlock").and_then(plus_two);
    let mut addresses = Vec::new();
    let mut servers = BTreeSet::new();
    for (text, place) in named {
        let address = text.trim().parse::<IpAddr>().ok();
        if amazons(&text) || address.is_some_and(|ip| is_amazon(ip) || Some(ip) == second) {
            servers.insert(own);
        } else {
            addresses.push((address, text, place));
        }
    }
    let mut found = to(graph, index, vpc, addresses).map_err(|lost| Lost {
        code: Code::DnsCustomServers,
        ..lost
    })?;
    found.all.extend(servers);
    Ok(found)
}

/// The texts of `domain-name-servers`, with their places.
fn names(graph: &Graph, options: Node) -> Vec<(String, At)> {
    let mut found = Vec::new();
    let Some(entry) = graph.entry(options) else {
        return found;
    };
    for option in entry.entries("DhcpConfigurations") {
        if !option.is("Key", "domain-name-servers") {
            continue;
        }
        for value in option.entries("Values") {
            if let Some(text) = value.text("Value") {
                let path = format!(
                    "DhcpConfigurations/{}/Values/{}/Value",
                    option.position, value.position
                );
                found.push((text.clone(), at(options, path, text)));
            }
        }
    }
    found
}

/// The servers that a FORWARD rule sends questions to.
pub(super) fn of_rule(graph: &Graph, index: &Index, rule: Node) -> Result<Servers, Lost> {
    let mut addresses = Vec::new();
    for target in graph
        .entry(rule)
        .into_iter()
        .flat_map(|rule| rule.entries("TargetIps"))
    {
        for field in ["Ip", "Ipv6"] {
            if let Some(text) = target.text(field) {
                let path = format!("TargetIps/{}/{field}", target.position);
                addresses.push((text.parse().ok(), text.clone(), at(rule, path, text)));
            }
        }
    }
    if addresses.is_empty() {
        return Err(Lost {
            code: Code::DnsForwardedOffsite,
            evidence: Vec::new(),
            needs: vec![Need::Field(rule, "TargetIps")],
            detail: "the rule shows no servers".to_owned(),
        });
    }
    to(graph, index, rule, addresses)
}

/// The VPCs behind addresses; one that leads nowhere known spoils all, since
/// any server may answer.
fn to(
    graph: &Graph,
    index: &Index,
    near: Node,
    addresses: Vec<(Option<IpAddr>, String, At)>,
) -> Result<Servers, Lost> {
    let mut servers = BTreeSet::new();
    let mut evidence = Vec::new();
    let mut strangers = Vec::new();
    let mut needs = Vec::new();
    for (address, text, place) in addresses {
        evidence.push(place);
        match address.map(|address| behind(graph, index, near, address)) {
            Some(Ok((vpc, endpoint))) => {
                servers.insert(Server { vpc, inbound: true });
                evidence.push(endpoint);
            }
            Some(Err(need)) => {
                strangers.push(text);
                needs.extend(need);
            }
            None => strangers.push(text),
        }
    }
    if strangers.is_empty() {
        return Ok(Servers {
            all: servers,
            evidence,
            detail: "the servers are inbound resolver endpoints".to_owned(),
        });
    }
    let list = strangers.join(", ");
    needs.push(Need::Sense(format!("what the name servers {list} answer")));
    Err(Lost {
        code: Code::DnsForwardedOffsite,
        evidence,
        needs,
        detail: format!("questions go to {list}, of which the snapshot knows nothing"),
    })
}

/// The VPC of the one inbound endpoint that has the address.
fn behind(
    graph: &Graph,
    index: &Index,
    near: Node,
    address: IpAddr,
) -> Result<(Node, At), Option<Need>> {
    let endpoints: Vec<Node> = index
        .inbound
        .get(&address)
        .into_iter()
        .flatten()
        .copied()
        .collect();
    let [endpoint] = endpoints.as_slice() else {
        // None, or one in each of several VPCs with the same addresses.
        let complete = graph.listing(Kind::ResolverEndpoint, near) == Listing::Complete;
        let unseen = endpoints.is_empty() && !complete;
        return Err(unseen.then_some(Need::Listing(Kind::ResolverEndpoint, near)));
    };
    let entry = graph.entry(*endpoint).ok_or(None)?;
    let works = [
        "OPERATIONAL",
        "UPDATING",
        "ACTION_NEEDED",
        "AUTO_RECOVERING",
    ];
    if !works.iter().any(|state| entry.is("Status", state)) {
        return Err(Some(Need::Field(*endpoint, "Status")));
    }
    let vpc = entry.target("HostVPCId").node();
    vpc.map(|vpc| (vpc, at(*endpoint, "HostVPCId", graph.id(vpc))))
        .ok_or(Some(Need::Field(*endpoint, "HostVPCId")))
}

/// Addresses at which Amazon's resolver answers in every VPC
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>).
fn is_amazon(address: IpAddr) -> bool {
    const V4: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);
    const V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253);
    address == IpAddr::V4(V4) || address == IpAddr::V6(V6)
}

/// The base of the VPC's primary block, plus two.
fn plus_two(block: IpNet) -> Option<IpAddr> {
    match block {
        IpNet::V4(block) => {
            let base = u32::from(block.network());
            Some(IpAddr::V4(Ipv4Addr::from(base.checked_add(2)?)))
        }
        IpNet::V6(_) => None,
    }
}
