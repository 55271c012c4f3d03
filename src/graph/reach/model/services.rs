//! Endpoint services and the load balancers behind them.
//!
//! What a provider offers, who is connected, and what stands behind: listeners,
//! target groups, targets. Uses the graph; decides nothing, and keeps what was
//! not seen as not seen.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Zone;
use super::members::{Members, members};
use crate::graph::{Entry, Graph, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// An endpoint service, as its provider or as a consumer sees it.
#[derive(Debug)]
pub struct Service {
    /// The resource.
    pub node: Node,
    /// `vpce-svc-…`, if it has one.
    pub id: String,
    /// `ServiceState`, in lower case; consumers do not see it.
    pub state: Option<String>,
    /// Zones that it is offered in; `None` if not seen.
    pub zones: Option<Vec<Zone>>,
    /// The load balancers behind it; consumers do not see them.
    pub balancers: Vec<Target>,
    /// Whether its load balancers are gateway load balancers.
    pub gateway: bool,
}

/// An endpoint that is connected, or wants to be, as the provider sees it.
#[derive(Debug)]
pub struct Connection {
    /// The resource.
    pub node: Node,
    /// `VpcEndpointState`, in lower case.
    pub state: Option<String>,
}

/// A load balancer.
#[derive(Debug)]
pub struct LoadBalancer {
    /// The resource.
    pub node: Node,
    /// `network`, `application` or `gateway`, in lower case.
    pub kind: String,
    /// `State.Code`, in lower case.
    pub state: Option<String>,
    /// The VPC.
    pub vpc: Option<u32>,
    /// Its zones; `None` if not seen.
    pub zones: Option<Vec<BalancerZone>>,
    /// Its security groups; one without any filters nothing.
    pub groups: Members,
    /// `EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic`. It is on where
    /// the answer does not say
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html>);
    /// `None` if it cannot be read.
    pub enforced: Option<bool>,
    /// `load_balancing.cross_zone.enabled`; `None` if not seen.
    pub cross_zone: Option<bool>,
    /// Its interfaces, as far as their description tells.
    pub interfaces: Vec<u32>,
    /// Its listeners.
    pub listeners: Vec<u32>,
}

/// A zone of a load balancer.
#[derive(Debug)]
pub struct BalancerZone {
    /// The zone, by its name and by the id of its subnet.
    pub zone: Zone,
    /// The subnet, if it is in the snapshot.
    pub subnet: Option<u32>,
    /// Private addresses that were chosen for it.
    pub addresses: Vec<IpAddr>,
    /// Position among the zones of the source.
    pub position: usize,
}

/// A listener.
#[derive(Debug)]
pub struct Listener {
    /// The resource.
    pub node: Node,
    /// The port.
    pub port: Option<u16>,
    /// The protocol, in lower case.
    pub protocol: Option<String>,
    /// Target groups that get traffic; `None` if that was not seen.
    pub groups: Option<Vec<Target>>,
}

/// Whether traffic may change zones on its way to the targets of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrossZone {
    /// As the group says.
    Own(bool),
    /// As the load balancer says.
    Inherited,
    /// It was not seen.
    Unknown,
}

/// A target group.
#[derive(Debug)]
pub struct TargetGroup {
    /// The resource.
    pub node: Node,
    /// `instance`, `ip`, `alb` or `lambda`, in lower case.
    pub kind: String,
    /// The protocol towards targets, in lower case.
    pub protocol: Option<String>,
    /// The port of targets that name none.
    pub port: Option<u16>,
    /// The VPC.
    pub vpc: Option<u32>,
    /// Whether traffic may change zones.
    pub cross_zone: CrossZone,
    /// Its targets.
    pub targets: Vec<u32>,
    /// Whether its targets were asked for.
    pub targets_seen: bool,
}

/// A target, with its health.
#[derive(Debug)]
pub struct Health {
    /// The resource.
    pub node: Node,
    /// An instance, an address or an ARN.
    pub id: String,
    /// Its port, if it names one.
    pub port: Option<u16>,
    /// The zone that was told with the target; `all` for those outside the VPC.
    pub zone: Option<String>,
    /// `TargetHealth.State`, in lower case.
    pub state: Option<String>,
    /// Why, as a code.
    pub reason: Option<String>,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Services {
    /// Services of the snapshot's accounts, by row.
    pub offered: Vec<Service>,
    /// Services as consumers see them, by row.
    pub seen: Vec<Service>,
    /// Connections, by row.
    pub connections: Vec<Connection>,
    /// Load balancers, by row.
    pub balancers: Vec<LoadBalancer>,
    /// Listeners, by row.
    pub listeners: Vec<Listener>,
    /// Target groups, by row.
    pub groups: Vec<TargetGroup>,
    /// Targets, by row.
    pub targets: Vec<Health>,
    /// Instances' first interfaces, by the id of the instance. Looked up, never
    /// iterated.
    instances: HashMap<String, u32, FxBuildHasher>,
    /// Connections by the id of the endpoint. Looked up, never iterated.
    by_endpoint: HashMap<String, Vec<u32>, FxBuildHasher>,
}

impl Services {
    /// The connection of an endpoint, as the provider sees it.
    pub fn connection(&self, endpoint: &str) -> Option<&Connection> {
        let rows = self.by_endpoint.get(endpoint)?;
        rows.first()
            .and_then(|row| self.connections.get(*row as usize))
    }

    /// The first interface of an instance.
    pub fn instance(&self, id: &str) -> Option<u32> {
        self.instances.get(id).copied()
    }

    /// The load balancer with an ARN.
    pub fn balancer(&self, graph: &Graph, arn: &str) -> Option<&LoadBalancer> {
        let node = graph.find(Kind::LoadBalancer, arn, None)?;
        self.balancers.get(node.row()? as usize)
    }
}

/// Takes it out of the graph. `described` finds interfaces by a word of their
/// description.
pub(super) fn build(
    graph: &Graph,
    described: &HashMap<String, Vec<u32>, FxBuildHasher>,
) -> Services {
    let mut services = Services {
        offered: services(graph, Kind::VpcEndpointServiceConfiguration),
        seen: services(graph, Kind::VpcEndpointService),
        balancers: balancers(graph, described),
        groups: graph
            .nodes(Kind::TargetGroup)
            .map(|node| target_group(graph, node))
            .collect(),
        ..Services::default()
    };
    for (row, node) in (0_u32..).zip(graph.nodes(Kind::VpcEndpointConnection)) {
        let entry = graph.entry(node);
        services.connections.push(Connection {
            node,
            state: lower(entry, "VpcEndpointState"),
        });
        let endpoint = entry.and_then(|entry| entry.text("VpcEndpointId"));
        let rows = services.by_endpoint.entry(endpoint.unwrap_or_default());
        rows.or_default().push(row);
    }
    for (row, node) in (0_u32..).zip(graph.nodes(Kind::Listener)) {
        let entry = graph.entry(node);
        let balancer = entry.and_then(|entry| entry.target("LoadBalancerArn").row());
        if let Some(balancer) = balancer.and_then(|row| services.balancers.get_mut(row as usize)) {
            balancer.listeners.push(row);
        }
        services.listeners.push(listener(node, entry));
    }
    for (row, node) in (0_u32..).zip(graph.nodes(Kind::TargetHealth)) {
        let entry = graph.entry(node);
        let group = entry.and_then(|entry| entry.target("TargetGroupArn").row());
        if let Some(group) = group.and_then(|row| services.groups.get_mut(row as usize)) {
            group.targets.push(row);
        }
        services.targets.push(health(node, entry));
    }
    services.instances = instances(graph);
    services
}

/// Interfaces by what their description says that they are of: `ELB
/// net/name/id` and texts with an id of a resource gateway.
pub(super) fn described(graph: &Graph) -> HashMap<String, Vec<u32>, FxBuildHasher> {
    let mut found: HashMap<String, Vec<u32>, FxBuildHasher> = HashMap::default();
    for (row, node) in (0_u32..).zip(graph.nodes(Kind::NetworkInterface)) {
        let text = graph
            .entry(node)
            .and_then(|entry| entry.text("Description"));
        let Some(text) = text else {
            continue;
        };
        let word = text.strip_prefix("ELB ").map(str::to_owned).or_else(|| {
            let is_part = |part: char| part.is_ascii_alphanumeric() || part == '-';
            let mut words = text.split(|part| !is_part(part));
            words
                .find(|word| word.starts_with("rgw-"))
                .map(str::to_owned)
        });
        if let Some(word) = word {
            found.entry(word).or_default().push(row);
        }
    }
    found
}

fn lower(entry: Option<Entry<'_>>, path: &str) -> Option<String> {
    entry?.text(path).map(|text| text.to_ascii_lowercase())
}

fn port(entry: Option<Entry<'_>>, path: &str) -> Option<u16> {
    u16::try_from(entry?.int(path)?).ok()
}

fn services(graph: &Graph, kind: Kind) -> Vec<Service> {
    graph
        .nodes(kind)
        .map(|node| {
            let entry = graph.entry(node);
            let listed = |path: &str| {
                let entry = entry.filter(|entry| entry.presence(path) == Presence::Present)?;
                Some(entry.texts(path))
            };
            let account = graph.scope(node).account;
            // The two lists are not promised to be in the same order.
            let zones = match (listed("AvailabilityZoneIds"), listed("AvailabilityZones")) {
                (Some(ids), _) if !ids.is_empty() => Some(zones(ids, true, &account)),
                (_, Some(names)) => Some(zones(names, false, &account)),
                _ => None,
            };
            let types = entry.iter().flat_map(|entry| entry.entries("ServiceType"));
            let mut types = types;
            Service {
                node,
                id: entry
                    .and_then(|entry| entry.text("ServiceId"))
                    .unwrap_or_default(),
                state: lower(entry, "ServiceState"),
                zones,
                balancers: entry
                    .map_or_else(Vec::new, |entry| entry.targets("NetworkLoadBalancerArns")),
                gateway: types.any(|kind| kind.is("ServiceType", "GatewayLoadBalancer")),
            }
        })
        .collect()
}

fn zones(texts: Vec<String>, ids: bool, account: &str) -> Vec<Zone> {
    let zone = |text: String| {
        let (id, name) = if ids {
            (Some(text), None)
        } else {
            (None, Some(text))
        };
        Zone {
            id,
            name,
            account: account.to_owned(),
        }
    };
    texts.into_iter().map(zone).collect()
}

fn balancers(
    graph: &Graph,
    described: &HashMap<String, Vec<u32>, FxBuildHasher>,
) -> Vec<LoadBalancer> {
    graph
        .nodes(Kind::LoadBalancer)
        .map(|node| {
            let entry = graph.entry(node);
            let arn = graph.id(node);
            let name = arn
                .split_once(":loadbalancer/")
                .map_or("", |(_, name)| name);
            let field = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic";
            let enforced = match lower(entry, field).as_deref() {
                Some("on") => Some(true),
                Some("off") => Some(false),
                Some(_) => None,
                None => entry
                    .is_some_and(|entry| entry.presence(field) != Presence::Unknown)
                    .then_some(true),
            };
            LoadBalancer {
                node,
                kind: lower(entry, "Type").unwrap_or_default(),
                state: lower(entry, "State.Code"),
                vpc: entry.and_then(|entry| entry.target("VpcId").row()),
                zones: balancer_zones(graph, node),
                groups: members(entry, "SecurityGroups", false),
                enforced,
                cross_zone: attribute(entry, "load_balancing.cross_zone.enabled")
                    .and_then(|value| value.parse().ok()),
                interfaces: described.get(name).cloned().unwrap_or_default(),
                listeners: Vec::new(),
            }
        })
        .collect()
}

fn balancer_zones(graph: &Graph, node: Node) -> Option<Vec<BalancerZone>> {
    let entry = graph
        .entry(node)
        .filter(|entry| entry.presence("AvailabilityZones") == Presence::Present)?;
    let account = graph.account(node);
    let zones = entry.entries("AvailabilityZones").map(|zone| {
        let subnet = zone.target("SubnetId").node();
        let subnet_entry = subnet.and_then(|subnet| graph.entry(subnet));
        let addresses = zone.entries("LoadBalancerAddresses");
        let private = |address: Entry<'_>| {
            let v4 = address.address("PrivateIPv4Address");
            v4.or_else(|| address.address("IPv6Address"))
        };
        BalancerZone {
            zone: Zone {
                id: subnet_entry.and_then(|subnet| subnet.text("AvailabilityZoneId")),
                name: zone.text("ZoneName"),
                account: account.clone(),
            },
            subnet: subnet.and_then(Node::row),
            addresses: addresses.filter_map(private).collect(),
            position: zone.position,
        }
    });
    Some(zones.collect())
}

/// The value of an attribute, in lower case; `None` if it was not seen.
fn attribute(entry: Option<Entry<'_>>, key: &str) -> Option<String> {
    let mut attributes = entry?.entries("Attributes");
    attributes
        .find(|attribute| attribute.is("Key", key))
        .and_then(|attribute| attribute.text("Value"))
        .map(|value| value.to_ascii_lowercase())
}

fn listener(node: Node, entry: Option<Entry<'_>>) -> Listener {
    Listener {
        node,
        port: port(entry, "Port"),
        protocol: lower(entry, "Protocol"),
        groups: entry.and_then(|entry| forwards(&entry)),
    }
}

/// The target groups of the forward action; one of weight 0 gets nothing.
fn forwards(entry: &Entry<'_>) -> Option<Vec<Target>> {
    if entry.presence("DefaultActions") != Presence::Present {
        return None;
    }
    let mut found: Vec<Target> = Vec::new();
    for action in entry.entries("DefaultActions") {
        let mut weighted = action.entries("ForwardConfig.TargetGroups").peekable();
        if weighted.peek().is_none() {
            found.push(action.target("TargetGroupArn"));
        }
        let some = weighted.filter(|group| group.int("Weight") != Some(0));
        found.extend(some.map(|group| group.target("TargetGroupArn")));
    }
    found.retain(|target| *target != Target::Nothing);
    found.dedup();
    Some(found)
}

fn target_group(graph: &Graph, node: Node) -> TargetGroup {
    let entry = graph.entry(node);
    let seen = entry.is_some_and(|entry| entry.presence("Attributes") == Presence::Present);
    let cross_zone = match attribute(entry, "load_balancing.cross_zone.enabled").as_deref() {
        Some("true") => CrossZone::Own(true),
        Some("false") => CrossZone::Own(false),
        Some("use_load_balancer_configuration") => CrossZone::Inherited,
        // The attribute did not exist once; then the load balancer's holds.
        None if seen => CrossZone::Inherited,
        _ => CrossZone::Unknown,
    };
    TargetGroup {
        node,
        kind: lower(entry, "TargetType").unwrap_or_default(),
        protocol: lower(entry, "Protocol"),
        port: port(entry, "Port"),
        vpc: entry.and_then(|entry| entry.target("VpcId").row()),
        cross_zone,
        targets: Vec::new(),
        targets_seen: graph.asked_for(Kind::TargetHealth, node),
    }
}

fn health(node: Node, entry: Option<Entry<'_>>) -> Health {
    Health {
        node,
        id: entry
            .and_then(|entry| entry.text("Target.Id"))
            .unwrap_or_default(),
        port: port(entry, "Target.Port"),
        zone: entry.and_then(|entry| entry.text("Target.AvailabilityZone")),
        state: lower(entry, "TargetHealth.State"),
        reason: entry.and_then(|entry| entry.text("TargetHealth.Reason")),
    }
}

/// The interface of each instance with the lowest device index: what is
/// registered by instance is reached there
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html>).
/// An instance with several interfaces whose order was not seen has none here.
fn instances(graph: &Graph) -> HashMap<String, u32, FxBuildHasher> {
    let mut all: BTreeMap<String, Vec<(Option<i64>, u32)>> = BTreeMap::new();
    for (row, node) in (0_u32..).zip(graph.nodes(Kind::NetworkInterface)) {
        let entry = graph.entry(node);
        let instance = entry.and_then(|entry| entry.text("Attachment.InstanceId"));
        if let (Some(entry), Some(instance)) = (entry, instance) {
            let index = entry.int("Attachment.DeviceIndex");
            all.entry(instance).or_default().push((index, row));
        }
    }
    let first = |interfaces: Vec<(Option<i64>, u32)>| match interfaces.as_slice() {
        [(_, row)] => Some(*row),
        several => {
            let known = several.iter().map(|(index, row)| Some(((*index)?, *row)));
            let known: Option<Vec<(i64, u32)>> = known.collect();
            known?.into_iter().min().map(|(_, row)| row)
        }
    };
    all.into_iter()
        .filter_map(|(instance, interfaces)| Some((instance, first(interfaces)?)))
        .collect()
}
