//! The interfaces that a resource stands for.
//!
//! An instance, a subnet, a group, an endpoint, a load balancer or a cache is a
//! set of interfaces. Services write whose an interface is into its
//! description. Uses the model and the graph; decides nothing about traffic.

use std::net::IpAddr;

use super::addresses::count_of;
use super::{Finder, NoPlace, Place, Side, named};
use crate::graph::admission::Need;
use crate::graph::reach::model::{EndpointType, Interface};
use crate::graph::{Listing, Node};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// Interfaces that are named for what they do not show.
const NEEDS: usize = 8;

/// Which interfaces of a set count.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sieve {
    /// Those that begin connections.
    Begin,
    /// Those that connections can be meant for.
    End,
}

impl Sieve {
    pub(super) const fn of(side: Side<'_>) -> Self {
        match side {
            Side::From => Self::Begin,
            Side::To(_) => Self::End,
        }
    }

    /// Why an interface does not count.
    fn excludes(self, interface: &Interface) -> Option<&'static str> {
        if interface.status.as_deref() == Some("available") {
            return Some("attached to nothing");
        }
        match interface.kind.as_str() {
            "natgateway" | "transitgateway" => Some("of NAT gateways and transit gateways"),
            "gatewayloadbalancerendpoint" => Some("of Gateway Load Balancer endpoints"),
            "vpcendpoint" if matches!(self, Self::Begin) => {
                Some("of endpoints, which begin no connections")
            }
            _ if matches!(self, Self::Begin) && interface.endpoint.is_some() => {
                Some("of endpoints, which begin no connections")
            }
            _ => None,
        }
    }
}

impl Finder<'_> {
    pub(super) fn resource(&self, node: Node, side: Side<'_>) -> Result<Place, NoPlace> {
        if matches!(
            node.kind,
            Kind::ResourceConfiguration | Kind::ServiceNetwork
        ) {
            return self.offered(node, side);
        }
        let row = node.row();
        let mut place = Place {
            node: Some(node),
            ..Place::default()
        };
        let rows = match node.kind {
            Kind::NetworkInterface => row.into_iter().collect(),
            Kind::VpcEndpoint => self.endpoint(node, &mut place)?,
            Kind::LoadBalancer => self.load_balancer(node, &mut place),
            Kind::CacheCluster | Kind::ReplicationGroup => self.cache(node, &mut place),
            Kind::ServerlessCache => self.serverless(node, &mut place),
            Kind::Instance => {
                let rows = self
                    .rows(|interface| interface.instance.is_some() && interface.instance == row);
                if rows.is_empty() {
                    self.doubt_interfaces(node, &mut place);
                }
                rows
            }
            kind => {
                self.doubt_interfaces(node, &mut place);
                let rows = self.rows(|interface| match kind {
                    Kind::Subnet => interface.subnet == row,
                    Kind::Vpc => interface.vpc == row,
                    _ => interface.groups.contains(&row),
                });
                self.doubt_members(node, &mut place);
                let members = self.with_addresses(&rows, &mut place);
                let members = self.sift(members, Sieve::of(side), &mut place);
                return self.set(node, &members, place);
            }
        };
        if !place.classes.is_empty() {
            return Ok(place);
        }
        let members = self.with_addresses(&rows, &mut place);
        if members.is_empty() && place.needs.is_empty() {
            return Err(NoPlace::new(
                format!(
                    "{} has no interface with an address",
                    named(self.graph, node)
                ),
                "traffic begins and ends at interfaces",
            ));
        }
        place.what = format!(
            "{}, {}",
            node.kind.spec().name,
            count_of(rows.len(), "interface")
        );
        place.classes = self.sorter.sort(&members);
        Ok(place)
    }

    /// A subnet, VPC or group with its interfaces.
    fn set(
        &self,
        node: Node,
        members: &[(u32, IpAddr)],
        mut place: Place,
    ) -> Result<Place, NoPlace> {
        if members.is_empty() && place.needs.is_empty() {
            if node.kind == Kind::Subnet {
                return self.empty_subnet(node, place);
            }
            let left_out = if place.notes.is_empty() {
                String::new()
            } else {
                format!(" ({})", place.notes.join("; "))
            };
            return Err(NoPlace::new(
                format!(
                    "{} has no interface that counts{left_out}",
                    named(self.graph, node)
                ),
                "name a single interface, or an address: 10.0.1.5@vpc-…",
            ));
        }
        let mut rows: Vec<u32> = members.iter().map(|(row, _)| *row).collect();
        rows.dedup();
        place.what = format!(
            "{}, {}",
            node.kind.spec().name,
            count_of(rows.len(), "interface")
        );
        place.classes = self.sorter.sort(members);
        Ok(place)
    }

    /// A subnet without interfaces stands for its addresses.
    fn empty_subnet(&self, node: Node, place: Place) -> Result<Place, NoPlace> {
        let subnet = node
            .row()
            .and_then(|row| self.network.subnets.get(row as usize));
        let block = subnet.and_then(|subnet| subnet.blocks.first().copied());
        let Some(block) = block else {
            return Err(NoPlace::new(
                format!(
                    "the block of {} is not in the snapshot",
                    named(self.graph, node)
                ),
                "collect DescribeSubnets again",
            ));
        };
        let from = Place::default();
        let found = self.block(block, false, Some(node), Side::To(&from))?;
        Ok(Place {
            node: Some(node),
            what: format!("subnet, {}", found.what),
            notes: place.notes.into_iter().chain(found.notes).collect(),
            ..found
        })
    }

    /// Leaves out interfaces that are no ends, and says how many.
    pub(super) fn sift(
        &self,
        members: Vec<(u32, IpAddr)>,
        sieve: Sieve,
        place: &mut Place,
    ) -> Vec<(u32, IpAddr)> {
        let mut kept = Vec::new();
        let mut left: std::collections::BTreeMap<&str, std::collections::BTreeSet<u32>> =
            std::collections::BTreeMap::new();
        for (row, address) in members {
            let interface = self.network.interfaces.get(row as usize);
            match interface.and_then(|interface| sieve.excludes(interface)) {
                Some(why) => {
                    left.entry(why).or_default().insert(row);
                }
                None => kept.push((row, address)),
            }
        }
        for (why, rows) in left {
            let count = count_of(rows.len(), "interface");
            place.notes.push(format!("{count} left out: {why}"));
        }
        kept
    }

    fn rows(&self, wanted: impl Fn(&Interface) -> bool) -> Vec<u32> {
        (0_u32..)
            .zip(&self.network.interfaces)
            .filter(|(_, interface)| wanted(interface))
            .map(|(row, _)| row)
            .collect()
    }

    fn with_addresses(&self, rows: &[u32], place: &mut Place) -> Vec<(u32, IpAddr)> {
        for row in rows {
            self.doubt_addresses(*row, place);
        }
        rows.iter()
            .flat_map(|row| self.first_addresses(*row))
            .collect()
    }

    /// An interface may have addresses that the source does not show.
    pub(super) fn doubt_addresses(&self, row: u32, place: &mut Place) {
        let Some(interface) = self.network.interfaces.get(row as usize) else {
            return;
        };
        if interface.addresses.is_empty()
            && !self.shows(interface.node, "PrivateIpAddresses")
            && place.needs.len() < NEEDS
        {
            place
                .needs
                .push(Need::Field(interface.node, "PrivateIpAddresses"));
        }
    }

    fn shows(&self, node: Node, field: &str) -> bool {
        self.graph
            .entry(node)
            .is_some_and(|entry| entry.presence(field) == Presence::Present)
    }

    /// Interfaces that do not say where they are, or in which groups, may be
    /// members too.
    fn doubt_members(&self, node: Node, place: &mut Place) {
        let scope = self.graph.scope_number(node);
        for interface in &self.network.interfaces {
            let (missing, field) = match node.kind {
                Kind::Subnet => (interface.subnet.is_none(), "SubnetId"),
                Kind::Vpc => (interface.vpc.is_none(), "VpcId"),
                _ => (!interface.groups_seen, "Groups"),
            };
            if missing
                && self.graph.scope_number(interface.node) == scope
                && !self.shows(interface.node, field)
                && place.needs.len() < NEEDS
            {
                place.needs.push(Need::Field(interface.node, field));
            }
        }
    }

    /// Interfaces may exist that were not listed.
    fn doubt_interfaces(&self, node: Node, place: &mut Place) {
        if self.graph.listing(Kind::NetworkInterface, node) != Listing::Complete {
            place
                .needs
                .push(Need::Listing(Kind::NetworkInterface, node));
        }
    }

    fn endpoint(&self, node: Node, place: &mut Place) -> Result<Vec<u32>, NoPlace> {
        let endpoint = node
            .row()
            .and_then(|row| self.network.endpoints.get(row as usize));
        let Some(endpoint) = endpoint else {
            return Ok(Vec::new());
        };
        match endpoint.kind {
            EndpointType::GatewayLoadBalancer => {
                return Err(NoPlace::new(
                    format!(
                        "{} is a Gateway Load Balancer endpoint, which traffic passes and does \
                         not end at",
                        named(self.graph, node)
                    ),
                    "name what lies behind it",
                ));
            }
            EndpointType::Gateway => {
                self.gateway_endpoint(node, endpoint.service.as_deref(), place);
                return Ok(Vec::new());
            }
            _ => {}
        }
        if !endpoint.interfaces_seen {
            place.needs.push(Need::Field(node, "NetworkInterfaceIds"));
        }
        if !endpoint.strangers.is_empty() {
            place
                .needs
                .push(Need::Listing(Kind::NetworkInterface, node));
            place.notes.push(format!(
                "{} not in the snapshot: {}",
                count_of(endpoint.strangers.len(), "interface"),
                endpoint.strangers.join(", ")
            ));
        }
        Ok(endpoint.interfaces.clone())
    }

    /// Traffic to a gateway endpoint is traffic to the addresses of its
    /// service, by a prefix list
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
    fn gateway_endpoint(&self, node: Node, service: Option<&str>, place: &mut Place) {
        "gateway endpoint: the addresses of its service".clone_into(&mut place.what);
        let list = self
            .network
            .lists
            .iter()
            .find(|list| Some(list.name.as_str()) == service);
        match list.map(|list| (list, &list.blocks)) {
            Some((_, Some(blocks))) => {
                for block in blocks {
                    place.classes.extend(self.internet(Some(*block)).classes);
                }
            }
            Some((list, None)) => place.needs.push(Need::Field(list.node, list.field)),
            None => place
                .needs
                .push(Need::Listing(Kind::ManagedPrefixList, node)),
        }
        if place.classes.is_empty() && place.needs.is_empty() {
            place.needs.push(Need::Sense(format!(
                "the addresses behind {}",
                self.graph.id(node)
            )));
        }
    }

    /// Interfaces whose description is one of these, near a resource.
    fn described(&self, near: Node, texts: &[String], place: &mut Place) -> Vec<u32> {
        let scope = self.graph.scope_number(near);
        let rows = self.rows(|interface| {
            self.graph.scope_number(interface.node) == scope
                && self
                    .graph
                    .field_text(interface.node, "Description")
                    .is_some_and(|text| texts.contains(&text))
        });
        self.doubt_interfaces(near, place);
        if rows.is_empty() && place.needs.is_empty() {
            place.needs.push(Need::Sense(format!(
                "which interfaces are those of {}: none is described as `{}`",
                self.graph.id(near),
                texts.first().map_or("", String::as_str)
            )));
        }
        rows
    }

    /// Interfaces of a load balancer are described by the end of its ARN:
    /// `ELB app/web/50dc6c495c0c9188`
    /// (<https://repost.aws/knowledge-center/elb-find-load-balancer-ip>).
    fn load_balancer(&self, node: Node, place: &mut Place) -> Vec<u32> {
        let arn = self.graph.id(node);
        let tail = arn
            .split_once(":loadbalancer/")
            .map_or("", |(_, tail)| tail);
        self.described(node, &[format!("ELB {tail}")], place)
    }

    /// Interfaces of cache nodes are described by the cluster: `ElastiCache
    /// web-001`, in older ones with a plus between.
    fn cache(&self, node: Node, place: &mut Place) -> Vec<u32> {
        let clusters: Vec<String> = if node.kind == Kind::CacheCluster {
            vec![self.graph.id(node)]
        } else {
            self.graph
                .entry(node)
                .map(|entry| entry.texts("MemberClusters"))
                .unwrap_or_default()
        };
        let texts: Vec<String> = clusters
            .iter()
            .flat_map(|id| [format!("ElastiCache {id}"), format!("ElastiCache+{id}")])
            .collect();
        self.described(node, &texts, place)
    }

    /// A serverless cache is behind an interface endpoint that ElastiCache
    /// makes in its subnets with its groups
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.corecomponents.html>).
    fn serverless(&self, node: Node, place: &mut Place) -> Vec<u32> {
        let sorted = |path: &str, of: Node| {
            let mut ids = self
                .graph
                .entry(of)
                .map(|entry| entry.texts(path))
                .unwrap_or_default();
            ids.sort();
            ids
        };
        let (subnets, groups) = (sorted("SubnetIds", node), sorted("SecurityGroupIds", node));
        let scope = self.graph.scope_number(node);
        let fits: Vec<_> = self
            .network
            .endpoints
            .iter()
            .filter(|endpoint| {
                let mut ids = self.graph.entry_texts(endpoint.node, "Groups", "GroupId");
                ids.sort();
                endpoint.kind == EndpointType::Interface
                    && self.graph.scope_number(endpoint.node) == scope
                    && sorted("SubnetIds", endpoint.node) == subnets
                    && ids == groups
                    && endpoint
                        .service
                        .as_deref()
                        .is_some_and(|service| service.contains("elasticache.serverless"))
            })
            .collect();
        match fits.as_slice() {
            [only] => only.interfaces.clone(),
            found => {
                place.needs.push(Need::Sense(format!(
                    "which endpoint is that of {}: {} have its subnets and groups; name the \
                     endpoint (vpce-…)",
                    self.graph.id(node),
                    found.len()
                )));
                Vec::new()
            }
        }
    }
}
