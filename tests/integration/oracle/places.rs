//! The networks of the oracle, and its places as ends in them.
//!
//! Names, addresses and ids become resources of the snapshot here. A place that
//! is not there, or there twice, is an error that says so.

use std::net::IpAddr;
use std::path::PathBuf;

use plaudit::collect::{self, Options};
use plaudit::graph::reach::flow::End;
use plaudit::graph::{Graph, Node};
use plaudit::snapshot::record::Kind;

use super::case::Place;
use crate::program::root;
use crate::samples::files;

/// An address of the internet, where the case names none.
const SOMEWHERE: &str = "8.8.8.8";
/// An address on premises, where neither the case nor a VPN names one.
const ON_PREMISES: &str = "198.51.100.7";

/// A network.
pub(crate) struct World {
    pub graph: Graph,
}

impl World {
    /// Reads the network of a case: a folder of Batfish's, or a file that
    /// np-guard's collector wrote.
    pub(crate) fn read(snapshot: &str) -> Result<Self, String> {
        let path = path_of(snapshot)?;
        let collected = collect::read(std::slice::from_ref(&path), &Options::default(), &())
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self {
            graph: Graph::build(collected.snapshot),
        })
    }

    /// Where traffic begins.
    pub(crate) fn source(&self, place: &Place) -> Result<End, String> {
        match place {
            Place::Instance(id, other) => {
                let interface = self.interface_of(id)?;
                self.at_interface(interface, *other)
            }
            Place::Resource(id, other) => self.at_resource(id, *other),
            Place::Named(name, address) => {
                let interfaces = self.interfaces_with(*address);
                let named = interfaces.iter().find(|node| self.is_named(**node, name));
                let interface = named.ok_or_else(|| format!("nothing `{name}` has {address}"))?;
                Ok(End::Interface(*interface, *address))
            }
            Place::InSubnet(address) => self.in_subnet(*address),
            Place::Address(address) => Ok(match self.only_interface_with(*address)? {
                Some(interface) => End::Interface(interface, *address),
                None => End::Internet(*address),
            }),
            Place::Internet(address) => Ok(End::Internet(address.unwrap_or(fixed(SOMEWHERE)))),
            Place::VpnGateway(id, address) => {
                let gateway = match id {
                    Some(id) => self.graph.find(Kind::VpnGateway, id, None),
                    None => self.only(Kind::VpnGateway)?,
                };
                let gateway = gateway.ok_or("no such virtual private gateway")?;
                Ok(End::OnPremises(Some(gateway), self.on_premises(*address)))
            }
            Place::OnPremises(address) => {
                let gateway = self.only(Kind::VpnGateway)?;
                Ok(End::OnPremises(gateway, self.on_premises(*address)))
            }
        }
    }

    /// Where traffic is meant to end. An address is that of an interface or
    /// subnet near the source before it is one of others.
    pub(crate) fn destination(&self, place: &Place, from: &End) -> Result<End, String> {
        let Place::Address(address) = place else {
            return self.source(place);
        };
        let near = self.vpc_of(from);
        let interfaces = self.interfaces_with(*address);
        let mut here = interfaces
            .iter()
            .filter(|node| near.is_some() && self.vpc(**node) == near);
        match (here.next(), interfaces.as_slice()) {
            (Some(interface), _) | (None, [interface]) => {
                return Ok(End::Interface(*interface, *address));
            }
            (None, []) => {}
            (None, _) => return Err(format!("several interfaces have {address}")),
        }
        let behind = self.interface_behind(*address);
        match (from, behind) {
            // From the internet a public address is that of the interface.
            (End::Internet(_), Some((interface, private))) => {
                Ok(End::Interface(interface, private))
            }
            _ => Ok(End::Address(*address)),
        }
    }

    fn at_interface(&self, node: Node, other: Option<IpAddr>) -> Result<End, String> {
        let entry = self.graph.entry(node).ok_or("no such interface")?;
        let Some(other) = other else {
            let own = entry
                .address("PrivateIpAddress")
                .or_else(|| addresses(&self.graph, node).into_iter().next());
            return Ok(End::Interface(node, own.ok_or("it has no address")?));
        };
        if addresses(&self.graph, node).contains(&other) {
            return Ok(End::Interface(node, other));
        }
        let subnet = entry.target("SubnetId").node().ok_or("it has no subnet")?;
        Ok(End::Subnet(subnet, other))
    }

    fn at_resource(&self, id: &str, other: Option<IpAddr>) -> Result<End, String> {
        if let Some(node) = self.graph.find(Kind::NetworkInterface, id, None) {
            return self.at_interface(node, other);
        }
        let subnet = self.graph.find(Kind::Subnet, id, None);
        let subnet = subnet.ok_or_else(|| format!("`{id}` is not in the snapshot"))?;
        let address = other.ok_or_else(|| format!("an address in `{id}` is wanted"))?;
        Ok(End::Subnet(subnet, address))
    }

    /// The interface of an instance; the first one if there are several.
    fn interface_of(&self, id: &str) -> Result<Node, String> {
        let instance = self.graph.find(Kind::Instance, id, None);
        let instance = instance.ok_or_else(|| format!("`{id}` is not in the snapshot"))?;
        self.graph
            .nodes(Kind::NetworkInterface)
            .find(|node| self.target(*node, "Attachment.InstanceId") == Some(instance))
            .ok_or_else(|| format!("`{id}` has no interface in the snapshot"))
    }

    fn target(&self, node: Node, path: &str) -> Option<Node> {
        self.graph.entry(node)?.target(path).node()
    }

    fn vpc(&self, node: Node) -> Option<Node> {
        self.target(node, "VpcId")
    }

    fn vpc_of(&self, end: &End) -> Option<Node> {
        match end {
            End::Interface(node, _) | End::Subnet(node, _) => self.vpc(*node),
            _ => None,
        }
    }

    fn interfaces_with(&self, address: IpAddr) -> Vec<Node> {
        let nodes = self.graph.nodes(Kind::NetworkInterface);
        nodes
            .filter(|node| addresses(&self.graph, *node).contains(&address))
            .collect()
    }

    fn only_interface_with(&self, address: IpAddr) -> Result<Option<Node>, String> {
        match self.interfaces_with(address).as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            _ => Err(format!("several interfaces have {address}")),
        }
    }

    /// The interface that a public address stands for, with its private one.
    fn interface_behind(&self, public: IpAddr) -> Option<(Node, IpAddr)> {
        self.graph.nodes(Kind::NetworkInterface).find_map(|node| {
            let entry = self.graph.entry(node)?;
            let mut own = entry.entries("PrivateIpAddresses").filter_map(|own| {
                (own.address("Association.PublicIp") == Some(public))
                    .then(|| own.address("PrivateIpAddress"))?
            });
            let first = || {
                (entry.address("Association.PublicIp") == Some(public))
                    .then(|| entry.address("PrivateIpAddress"))?
            };
            Some((node, own.next().or_else(first)?))
        })
    }

    /// The only subnet that holds an address.
    fn in_subnet(&self, address: IpAddr) -> Result<End, String> {
        let holds = |node: &Node| {
            let entry = self.graph.entry(*node);
            let block = entry.and_then(|entry| entry.block("CidrBlock"));
            block.is_some_and(|block| block.contains(&address))
        };
        let all: Vec<Node> = self.graph.nodes(Kind::Subnet).filter(holds).collect();
        match all.as_slice() {
            [subnet] => Ok(End::Subnet(*subnet, address)),
            [] => Err(format!("no subnet holds {address}")),
            _ => Err(format!("several subnets hold {address}")),
        }
    }

    fn only(&self, kind: Kind) -> Result<Option<Node>, String> {
        let mut nodes = self.graph.nodes(kind);
        match (nodes.next(), nodes.next()) {
            (first, None) => Ok(first),
            _ => Err(format!("several {} are in the snapshot", kind.spec().name)),
        }
    }

    /// An address behind a VPN connection: in a network that it has a route to.
    fn on_premises(&self, told: Option<IpAddr>) -> IpAddr {
        let connections = self.graph.nodes(Kind::VpnConnection);
        let mut known = connections
            .filter_map(|node| self.graph.entry(node))
            .flat_map(|entry| entry.entries("Routes"))
            .filter(|route| route.is("State", "available"))
            .filter_map(|route| route.block("DestinationCidrBlock")?.hosts().next());
        told.or_else(|| known.next()).unwrap_or(fixed(ON_PREMISES))
    }

    /// Whether an interface or its instance has a name.
    fn is_named(&self, node: Node, name: &str) -> bool {
        let instance = self.target(node, "Attachment.InstanceId");
        let tagged = |node: Node| self.graph.tag(node, "Name") == Some(name);
        tagged(node)
            || instance.is_some_and(|instance| tagged(instance) || self.graph.id(instance) == name)
            || self.graph.id(node) == name
    }
}

/// All private addresses of an interface.
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

fn fixed(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn path_of(snapshot: &str) -> Result<PathBuf, String> {
    let data = root().join("../shared/data");
    let folder = data.join("batfish/aws").join(snapshot);
    if folder.is_dir() {
        return Ok(folder);
    }
    let names = [format!("input_{snapshot}.json"), format!("{snapshot}.json")];
    let guard = data.join("npguard");
    let found = guard.is_dir().then(|| files(&guard)).and_then(|files| {
        files.into_iter().find(|file| {
            let name = file.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| names.iter().any(|wanted| wanted == name))
        })
    });
    found
        .map(|file| guard.join(file))
        .ok_or_else(|| format!("no network `{snapshot}` under ../shared/data"))
}
