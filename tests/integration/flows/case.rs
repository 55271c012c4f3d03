//! Cases of `flows.yaml` as values, and their places as ends in a network.
//!
//! The schema is described in `fixtures/README.md`. Reads the file and finds
//! resources by id or by the tag `Name`; what is not understood, not there or
//! there twice is an error.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use plaudit::graph::ports::Ports;
use plaudit::graph::reach::code::Assumption;
use plaudit::graph::reach::flow::{Assume, End, Protocol, Traffic, Verdict};
use plaudit::graph::{Graph, Node, Target};
use plaudit::snapshot::record::Kind;
use serde::Deserialize;

/// A question with its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub name: String,
    pub from: String,
    pub to: String,
    pub protocol: String,
    #[serde(default)]
    pub ports: Option<String>,
    #[serde(default)]
    pub client_ports: Option<String>,
    #[serde(default)]
    pub assume: Option<String>,
    pub verdict: String,
    #[serde(default)]
    pub there: Option<String>,
    #[serde(default)]
    pub open: Option<String>,
    #[serde(default)]
    pub unknown: Option<String>,
    #[serde(default)]
    pub replies: Option<String>,
    #[serde(default)]
    pub blockers: Vec<String>,
    #[serde(default)]
    pub unseen: Vec<String>,
    #[serde(default)]
    pub notes: Vec<String>,
    #[serde(default)]
    pub assumptions: Vec<String>,
    #[serde(default)]
    pub ends: Option<String>,
    pub why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    flows: Vec<Case>,
}

/// Reads a file of cases.
pub(super) fn read(path: &Path) -> Result<Vec<Case>, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let file: File = serde_yaml::from_str(&text).map_err(|error| error.to_string())?;
    let mut wrong = Vec::new();
    for case in &file.flows {
        let checks = [
            case.traffic().err(),
            verdict(&case.verdict).err(),
            case.there.as_deref().and_then(|there| verdict(there).err()),
            (!matches!(case.assume.as_deref(), None | Some("defaults")))
                .then(|| "`assume` is `defaults` or not there".to_owned()),
        ];
        let checks = checks.into_iter().flatten();
        wrong.extend(checks.map(|error| format!("{}: {error}", case.name)));
    }
    if wrong.is_empty() {
        Ok(file.flows)
    } else {
        Err(wrong.join("\n"))
    }
}

impl Case {
    /// What is sent.
    pub(super) fn traffic(&self) -> Result<Traffic, String> {
        let protocol = Protocol::parse(&self.protocol)
            .ok_or_else(|| format!("`{}` is no protocol", self.protocol))?;
        let ports = match &self.ports {
            Some(text) => ports(protocol, text)?,
            None if protocol.has_ports() => return Err("`ports` are wanted".to_owned()),
            None => Ports::range(0, u16::MAX),
        };
        let mut traffic = Traffic::new(protocol, ports);
        if let Some(clients) = &self.client_ports {
            traffic.client_ports = self::ports(protocol, clients)?;
        }
        Ok(traffic)
    }

    /// What may be taken for granted.
    pub(super) fn assume(&self) -> Assume {
        Assume {
            defaults: self.assume.as_deref() == Some("defaults"),
        }
    }
}

/// `443, 8000-8010`; for ICMP types with codes, `8/0, 3`; `none`.
pub(super) fn ports(protocol: Protocol, text: &str) -> Result<Ports, String> {
    let mut found = Ports::default();
    if text == "none" {
        return Ok(found);
    }
    for part in text.split(',').map(str::trim) {
        let unreadable = || format!("`{part}` is no range of ports");
        let number = |text: &str| text.trim().parse::<u16>().map_err(|_| unreadable());
        let (low, high) = if protocol.is_icmp() {
            let byte = |text: &str| text.trim().parse::<u8>().map_err(|_| unreadable());
            if let Some((kind, code)) = part.split_once('/') {
                let value = u16::from(byte(kind)?) << 8 | u16::from(byte(code)?);
                (value, value)
            } else {
                let kind = u16::from(byte(part)?) << 8;
                (kind, kind | 0xff)
            }
        } else {
            let (low, high) = part.split_once('-').unwrap_or((part, part));
            (number(low)?, number(high)?)
        };
        if low > high {
            return Err(unreadable());
        }
        found.insert(low, high);
    }
    Ok(found)
}

pub(super) fn verdict(text: &str) -> Result<Verdict, String> {
    [
        Verdict::Reachable,
        Verdict::Partial,
        Verdict::Blocked,
        Verdict::Unknown,
    ]
    .into_iter()
    .find(|verdict| verdict.name() == text)
    .ok_or_else(|| format!("`{text}` is no verdict"))
}

/// The names of what was taken for granted, sorted.
pub(super) fn assumed<'f>(assumptions: impl IntoIterator<Item = &'f Assumption>) -> Vec<String> {
    let names = assumptions.into_iter().map(|one| one.name().to_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// A place in words as an end: `web`, `web 10.0.0.7`, `subnet apps 10.0.0.99`,
/// `address 10.0.0.7`, `internet 198.51.100.7`, `on-premises 172.16.0.9 via
/// site`. A bare address of an interface is its first one in the family of the
/// other end.
pub(super) fn end(graph: &Graph, text: &str, other: Option<&End>) -> Result<End, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let address = |text: &str| {
        text.parse::<IpAddr>()
            .map_err(|_| format!("`{text}` is no address"))
    };
    match words.as_slice() {
        ["internet", text] => Ok(End::Internet(address(text)?)),
        ["address", text] => Ok(End::Address(address(text)?)),
        ["on-premises", text] => Ok(End::OnPremises(None, address(text)?)),
        ["on-premises", text, "via", name] => {
            let kinds = [Kind::VpnGateway, Kind::TransitGatewayAttachment];
            Ok(End::OnPremises(
                Some(named(graph, &kinds, name)?),
                address(text)?,
            ))
        }
        ["subnet", name, text] => Ok(End::Subnet(
            named(graph, &[Kind::Subnet], name)?,
            address(text)?,
        )),
        [name, text] => Ok(End::Interface(interface(graph, name)?, address(text)?)),
        [name] => {
            let node = interface(graph, name)?;
            let mut own = addresses(graph, node).into_iter();
            let family = other.map(|other| other.address().is_ipv4());
            let first = own.find(|own| family.is_none_or(|four| own.is_ipv4() == four));
            Ok(End::Interface(
                node,
                first.ok_or(format!("`{name}` has no address"))?,
            ))
        }
        _ => Err(format!("`{text}` is no place that is known")),
    }
}

/// An interface by its own name or id, or that of an endpoint with one
/// interface.
fn interface(graph: &Graph, name: &str) -> Result<Node, String> {
    let own = named(graph, &[Kind::NetworkInterface], name);
    let Ok(endpoint) = named(graph, &[Kind::VpcEndpoint], name) else {
        return own;
    };
    let entry = graph.entry(endpoint);
    let interfaces = entry.map(|entry| entry.targets("NetworkInterfaceIds"));
    let nodes: Vec<Node> = interfaces
        .iter()
        .flatten()
        .filter_map(Target::node)
        .collect();
    match (own, nodes.as_slice()) {
        (Ok(node), _) => Ok(node),
        (_, [only]) => Ok(*only),
        _ => Err(format!("`{name}` has {} interfaces", nodes.len())),
    }
}

fn named(graph: &Graph, kinds: &[Kind], name: &str) -> Result<Node, String> {
    let all = kinds.iter().flat_map(|kind| graph.nodes(*kind));
    let found: Vec<Node> = all
        .filter(|node| graph.id(*node) == name || graph.tag(*node, "Name") == Some(name))
        .collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(format!("`{name}` is not in the snapshot")),
        _ => Err(format!("`{name}` is there {} times", found.len())),
    }
}

fn addresses(graph: &Graph, node: Node) -> Vec<IpAddr> {
    let Some(entry) = graph.entry(node) else {
        return Vec::new();
    };
    let mut found: Vec<IpAddr> = entry.address("PrivateIpAddress").into_iter().collect();
    for (list, field) in [
        ("PrivateIpAddresses", "PrivateIpAddress"),
        ("Ipv6Addresses", "Ipv6Address"),
    ] {
        found.extend(entry.entries(list).filter_map(|own| own.address(field)));
    }
    found
}
