//! Routes of VPC route tables that would lead there.
//!
//! What exists already and leads there is named: a peering, a transit gateway,
//! a gateway. Uses the model; whether the rest of that way is open is not
//! asked, and where nothing leads there the change says so.

use std::net::IpAddr;

use ipnet::IpNet;

use super::edit::{Edit, RouteDestination, RouteTarget};
use super::{Blocked, Change, Party};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{Component, End};
use crate::graph::reach::model::{
    AttachmentKind, Destination, EndpointType, Hop, Origin, Peering, RouteState, RouteTable, Seen,
};
use crate::graph::{Node, Target};
use crate::snapshot::record::Kind;

/// Something that leads to an address.
struct Way {
    target: RouteTarget,
    node: Node,
    /// The block to write: no more than what lies there.
    block: IpNet,
    note: &'static str,
}

impl Blocked<'_> {
    pub(super) fn route(&self) -> Change {
        let address = self.hop.header.destination;
        let table = self
            .table()
            .and_then(Node::row)
            .and_then(|row| self.network.tables.get(row as usize));
        let Some((table, vpc)) = table.and_then(|table| Some((table, table.vpc?))) else {
            return self.nothing_to_edit();
        };
        let id = self.graph.id(table.node);
        if let Some(change) = self.endpoint_table(table, vpc, address) {
            return change;
        }
        let mut ways = self.ways(vpc, address);
        // What the other direction uses already comes first.
        ways.sort_by_key(|way| !self.is_crossed(way.node));
        let mut ways = ways.into_iter();
        let Some(way) = ways.next() else {
            return self.no_way(&id, vpc, address);
        };
        let others: Vec<String> = ways.map(|way| way.target.id().to_owned()).collect();
        let dead = self.dead_route(table, address);
        let destination = dead.as_ref().map_or_else(
            || RouteDestination::Block(way.block),
            |(destination, _)| destination.clone(),
        );
        let replace = match &dead {
            Some((_, replace)) => *replace,
            None => has_route(table, &destination),
        };
        let shown = match &destination {
            RouteDestination::Block(block) => block.to_string(),
            RouteDestination::List(list) => list.clone(),
        };
        let title = if replace {
            format!("Point {shown} of {id} to {}", way.target.id())
        } else {
            format!("Route {shown} of {id} to {}", way.target.id())
        };
        let mut notes = vec![way.note.to_owned()];
        if let Some((_, replace)) = dead {
            notes.push(if replace {
                "What the route that is there led to is gone.".to_owned()
            } else {
                "What the propagated route that is there led to is gone; a static one to the same block comes before it.".to_owned()
            });
        }
        if !others.is_empty() {
            notes.push(format!("Other ways: {}.", others.join(", ")));
        }
        let edit = Edit::Route {
            table: id,
            destination,
            target: way.target,
            replace,
        };
        notes.retain(|note| !note.is_empty());
        self.edit(table.node, title, edit, notes.join(" "))
    }

    fn is_crossed(&self, node: Node) -> bool {
        let component = Component::Resource(node);
        let mut hops = self.flow.forward.iter().chain(&self.flow.back);
        hops.any(|hop| hop.component == component)
    }

    /// A route to something that is gone: it is led elsewhere.
    pub(super) fn gone(&self) -> Option<Change> {
        let gone = matches!(&self.hop.component, Component::Named(_));
        (gone && self.check.code == Some(Code::BadState)).then(|| self.route())
    }

    /// Whether a route leads to what this hop names and the snapshot lacks.
    fn leads_here(&self, hop: &Hop) -> bool {
        let (Hop::InternetGateway(target)
        | Hop::EgressOnly(target)
        | Hop::Nat(target)
        | Hop::VpnGateway(target)
        | Hop::Peering(target)
        | Hop::Transit(target)
        | Hop::Endpoint(target)
        | Hop::Interface(target)) = hop
        else {
            return false;
        };
        matches!((target, &self.hop.component),
            (Target::Elsewhere(id), Component::Named(name)) if id == name)
    }

    /// A route that the address meets and that leads nowhere, and whether it
    /// can be replaced: a propagated route cannot.
    fn dead_route(&self, table: &RouteTable, address: IpAddr) -> Option<(RouteDestination, bool)> {
        if !matches!(self.check.code, Some(Code::BadStateRoute | Code::BadState)) {
            return None;
        }
        let dead = table.routes.iter().flatten().filter(|route| {
            (route.state == RouteState::Blackhole || self.leads_here(&route.hop))
                && self.holds(&route.destination, address)
        });
        let longest = dead.max_by_key(|route| match &route.destination {
            Destination::Block(block) => block.prefix_len(),
            _ => 0,
        })?;
        let destination = match &longest.destination {
            Destination::Block(block) => RouteDestination::Block(*block),
            Destination::List(_, id) => RouteDestination::List(id.clone()),
            Destination::Unreadable => return None,
        };
        Some((destination, longest.origin != Origin::Propagated))
    }

    fn holds(&self, destination: &Destination, address: IpAddr) -> bool {
        match destination {
            Destination::Block(block) => block.contains(&address),
            Destination::List(Some(row), _) => self
                .network
                .lists
                .get(*row as usize)
                .and_then(|list| list.blocks.as_ref())
                .is_some_and(|blocks| blocks.iter().any(|block| block.contains(&address))),
            _ => false,
        }
    }

    /// A gateway endpoint of the VPC whose service has the address: its route
    /// is not written by hand.
    fn endpoint_table(&self, table: &RouteTable, vpc: u32, address: IpAddr) -> Option<Change> {
        let endpoint = self.network.endpoints.iter().find(|endpoint| {
            endpoint.kind == EndpointType::Gateway
                && endpoint.vpc == Some(vpc)
                && endpoint.state.as_deref() == Some("available")
                && endpoint.service.as_ref().is_some_and(|service| {
                    self.network.lists.iter().any(|list| {
                        list.name == *service
                            && list
                                .blocks
                                .iter()
                                .flatten()
                                .any(|block| block.contains(&address))
                    })
                })
        })?;
        let (endpoint, table) = (self.graph.id(endpoint.node), table.node);
        let edit = Edit::EndpointTable {
            endpoint: endpoint.clone(),
            table: self.graph.id(table),
        };
        let title = format!("Give {} the routes of {endpoint}", self.graph.id(table));
        Some(self.edit(table, title, edit, String::new()))
    }

    /// What leads from a VPC to an address, the most direct first.
    fn ways(&self, vpc: u32, address: IpAddr) -> Vec<Way> {
        let mut ways = Vec::new();
        self.by_peering(vpc, address, &mut ways);
        self.by_transit(vpc, address, &mut ways);
        let ends = [&self.flow.from, &self.flow.to];
        if ends
            .into_iter()
            .any(|end| matches!(end, End::Internet(at) | End::Address(at) if *at == address))
        {
            self.by_internet(vpc, address, &mut ways);
        }
        self.by_vpn(vpc, address, &mut ways);
        ways
    }

    fn by_peering(&self, vpc: u32, address: IpAddr, ways: &mut Vec<Way>) {
        for peering in &self.network.peerings {
            let side = |one: &Target, other: &[IpNet]| {
                one.row() == Some(vpc) && other.iter().any(|block| block.contains(&address))
            };
            let Peering {
                requester,
                accepter,
                ..
            } = peering;
            let blocks = if side(&requester.vpc, &accepter.blocks) {
                &accepter.blocks
            } else if side(&accepter.vpc, &requester.blocks) {
                &requester.blocks
            } else {
                continue;
            };
            if peering.state.as_deref() != Some("active") {
                continue;
            }
            ways.push(Way {
                target: RouteTarget::Peering(self.graph.id(peering.node)),
                node: peering.node,
                block: self.narrowest(blocks, address),
                note: "",
            });
        }
    }

    /// The subnet's block of the end with this address, else the block of the
    /// VPC.
    fn narrowest(&self, blocks: &[IpNet], address: IpAddr) -> IpNet {
        let ends = [&self.flow.from, &self.flow.to].into_iter();
        let subnet = ends
            .filter_map(|end| match end {
                End::Interface(node, at) if *at == address => {
                    self.network.interfaces.get(node.row()? as usize)?.subnet
                }
                End::Subnet(node, at) if *at == address => node.row(),
                _ => None,
            })
            .find_map(|row| self.network.subnets.get(row as usize));
        let holding = |block: &&IpNet| block.contains(&address);
        subnet
            .and_then(|subnet| subnet.blocks.iter().find(holding))
            .or_else(|| blocks.iter().find(holding))
            .copied()
            .unwrap_or_else(|| IpNet::from(address))
    }

    /// Transit gateways that both this VPC and something that holds the address
    /// are attached to.
    fn by_transit(&self, vpc: u32, address: IpAddr, ways: &mut Vec<Way>) {
        for gateway in &self.network.transit_gateways {
            let id = self.graph.id(gateway.node);
            let attachments = || {
                let all = self.network.attachments.iter();
                all.filter(|attachment| {
                    attachment.gateway == id
                        && matches!(attachment.state.as_deref(), Some("available") | None)
                })
            };
            let own = attachments().any(|attachment| {
                matches!(&attachment.kind, AttachmentKind::Vpc(own) if own.vpc == Some(vpc))
            });
            if !own {
                continue;
            }
            let block = attachments().find_map(|attachment| match &attachment.kind {
                AttachmentKind::Vpc(other) if other.vpc != Some(vpc) => {
                    let other = self.network.vpcs.get(other.vpc? as usize)?;
                    let holds = other.blocks.iter().any(|block| block.contains(&address));
                    holds.then(|| self.narrowest(&other.blocks, address))
                }
                _ => None,
            });
            let listed = || {
                attachments().find_map(|attachment| {
                    let AttachmentKind::Vpc(own) = &attachment.kind else {
                        return None;
                    };
                    let Seen::There(table) = &attachment.association else {
                        return None;
                    };
                    let tables = &self.network.transit_tables;
                    let table = tables.iter().find(|known| known.id == *table)?;
                    let blocks: Vec<IpNet> = table
                        .routes
                        .iter()
                        .filter_map(|route| match &route.destination {
                            Destination::Block(block)
                                if own.vpc == Some(vpc)
                                    && block.contains(&address)
                                    && route.state.as_deref() == Some("active") =>
                            {
                                Some(*block)
                            }
                            _ => None,
                        })
                        .collect();
                    blocks.into_iter().max_by_key(IpNet::prefix_len)
                })
            };
            if let Some(block) = block.or_else(listed) {
                ways.push(Way {
                    target: RouteTarget::Transit(id),
                    node: gateway.node,
                    block,
                    note: "The transit gateway's own route tables must lead there too.",
                });
            }
        }
    }

    /// The internet gateway for a source with a public address, else a NAT
    /// gateway of the VPC.
    fn by_internet(&self, vpc: u32, address: IpAddr, ways: &mut Vec<Way>) {
        let source = self.hop.header.source;
        let everywhere = "The usual default route would send all other addresses there too; this one sends no other.";
        let public = source.is_ipv6() || self.network.public_of(vpc, source).is_some();
        let mut gateways = self.network.internet_gateways.iter();
        if public && let Some(gateway) = gateways.find(|gateway| gateway.vpcs.contains(&vpc)) {
            ways.push(Way {
                target: RouteTarget::Gateway(self.graph.id(gateway.node)),
                node: gateway.node,
                block: IpNet::from(address),
                note: everywhere,
            });
        }
        if address.is_ipv6() {
            return;
        }
        for gateway in &self.network.nat_gateways {
            let works = gateway.vpc == Some(vpc)
                && gateway.public
                && matches!(gateway.state.as_deref(), Some("available") | None);
            if works {
                ways.push(Way {
                    target: RouteTarget::Nat(self.graph.id(gateway.node)),
                    node: gateway.node,
                    block: IpNet::from(address),
                    note: "The NAT gateway charges for what it carries.",
                });
            }
        }
    }

    /// A virtual private gateway with a VPN connection to the network.
    fn by_vpn(&self, vpc: u32, address: IpAddr, ways: &mut Vec<Way>) {
        for (row, gateway) in (0_u32..).zip(&self.network.vpn_gateways) {
            if !gateway.vpcs.contains(&vpc) {
                continue;
            }
            let connections = self.network.vpn_connections.iter();
            let named = connections
                .filter(|connection| connection.vpn_gateway == Some(row))
                .flat_map(|connection| &connection.routes)
                .find(|block| block.contains(&address));
            let told = self.is_named_end(gateway.node, address);
            if named.is_none() && !told {
                continue;
            }
            ways.push(Way {
                target: RouteTarget::Gateway(self.graph.id(gateway.node)),
                node: gateway.node,
                block: named.copied().unwrap_or_else(|| IpNet::from(address)),
                note: "Route propagation of the gateway would write it too, and keep it.",
            });
        }
    }

    fn is_named_end(&self, gateway: Node, address: IpAddr) -> bool {
        let ends = [&self.flow.from, &self.flow.to];
        ends.into_iter().any(
            |end| matches!(end, End::OnPremises(Some(at), own) if *at == gateway && *own == address),
        )
    }

    fn no_way(&self, table: &str, vpc: u32, address: IpAddr) -> Change {
        let own = self
            .network
            .vpcs
            .get(vpc as usize)
            .map_or_else(String::new, |vpc| self.graph.id(vpc.node));
        let mut waiting: Vec<String> = Vec::new();
        for peering in &self.network.peerings {
            let sides = [&peering.requester, &peering.accepter];
            let here = sides.iter().any(|side| side.vpc.row() == Some(vpc));
            let there = sides
                .iter()
                .any(|side| side.blocks.iter().any(|block| block.contains(&address)));
            if here && there {
                waiting.push(format!(
                    "{} is {}",
                    self.graph.id(peering.node),
                    peering
                        .state
                        .as_deref()
                        .unwrap_or("in a state that was not seen")
                ));
            }
        }
        let seen = if waiting.is_empty() {
            String::new()
        } else {
            format!(" ({})", waiting.join(", "))
        };
        self.advice(
            format!("Give {own} a way to {address}, and {table} a route to it"),
            Party::Owner(self.graph.account(Node::new(Kind::Vpc, vpc))),
            format!(
                "No peering, transit gateway or other gateway of the snapshot leads from {own} to {address}{seen}. \
                A VPC peering is the smallest; a transit gateway serves many VPCs; neither joins VPCs whose blocks overlap."
            ),
        )
    }
}

/// Whether a table has a route to just this destination.
fn has_route(table: &RouteTable, destination: &RouteDestination) -> bool {
    let mut routes = table.routes.iter().flatten();
    routes.any(|route| {
        route.origin != Origin::Propagated
            && match (&route.destination, destination) {
                (Destination::Block(one), RouteDestination::Block(other)) => one == other,
                (Destination::List(_, one), RouteDestination::List(other)) => one == other,
                _ => false,
            }
    })
}
