//! VPC endpoints of every type, and what Resource and `ServiceNetwork` endpoints
//! are associated with.

use std::fmt;
use std::io;

use super::interface::{Interfaces, Purpose};
use super::lattice;
use super::network::{Network, created};
use super::place::{Block, Id, Place, REGIONS, Share};
use super::security::{group, group_name};
use super::{Made, tags};
use crate::json::Json;
use crate::random::Random;
use crate::section::Folder;

const SERVICES: &[&str] = &[
    "ec2",
    "ec2messages",
    "ssm",
    "ssmmessages",
    "logs",
    "monitoring",
    "kms",
    "secretsmanager",
    "sts",
    "sqs",
    "sns",
    "ecr.api",
    "ecr.dkr",
    "events",
    "kinesis-streams",
    "kinesis-firehose",
    "lambda",
    "elasticloadbalancing",
    "autoscaling",
    "execute-api",
    "athena",
    "glue",
    "states",
    "rds",
    "elasticache",
    "bedrock-runtime",
];

const POLICY: &str = "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n      \"Principal\": \"*\", \n      \"Resource\": \"*\"\n    }\n  ]\n}";

/// The type of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Interface,
    Gateway,
    GatewayLoadBalancer,
    Resource,
    ServiceNetwork,
    Tunnel,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Interface => "Interface",
            Self::Gateway => "Gateway",
            Self::GatewayLoadBalancer => "GatewayLoadBalancer",
            Self::Resource => "Resource",
            Self::ServiceNetwork => "ServiceNetwork",
            Self::Tunnel => "Tunnel",
        }
    }
}

/// Where an endpoint leads.
#[derive(Debug)]
pub(super) enum Target<'a> {
    /// A service by name.
    Service(String),
    /// A service of somebody else, by the number in its name.
    Partner(Id),
    /// A resource configuration: where it is, and its number there.
    Configuration(Provider<'a>, u64),
    /// A service network: where it is, and its number there.
    Network(&'a Place, u64),
}

/// A place of the estate, or an account outside of it.
#[derive(Debug)]
pub(super) enum Provider<'a> {
    Inside(&'a Place),
    Outside(Box<Place>),
}

impl Provider<'_> {
    fn place(&self) -> &Place {
        match self {
            Self::Inside(place) => place,
            Self::Outside(place) => place,
        }
    }
}

/// An endpoint.
#[derive(Debug)]
pub(super) struct Endpoint<'a> {
    pub(super) id: Id,
    pub(super) kind: Kind,
    pub(super) vpc: usize,
    target: Target<'a>,
    state: &'static str,
    subnets: Vec<usize>,
    prefixes: Vec<(usize, Block)>,
    interfaces: Vec<usize>,
    groups: Vec<u64>,
    /// Numbers of the route tables of a Gateway endpoint.
    pub(super) tables: Vec<u64>,
    private_dns: bool,
    /// Without interfaces: some states have none, some endpoints have lost theirs.
    bare: bool,
    associations: usize,
}

impl Endpoint<'_> {
    /// The groups of its interfaces.
    pub(super) fn groups(&self) -> &[u64] {
        &self.groups
    }

    /// Amazon's prefix list of the service of a Gateway endpoint.
    pub(super) fn prefix_list(&self, place: &Place) -> &'static str {
        let dynamodb = matches!(&self.target, Target::Service(name) if name == "dynamodb");
        place.region.gateway_lists[usize::from(dynamodb)]
    }

    /// Whether alias records point at it: it leads to somebody else's service.
    pub(super) fn has_alias(&self) -> bool {
        matches!(self.target, Target::Partner(_)) && self.kind == Kind::Interface
    }

    /// Whether it is of any use.
    pub(super) fn works(&self) -> bool {
        self.state == "available" && !self.interfaces.is_empty()
    }

    /// Its regional name.
    pub(super) fn dns_name(&self, place: &Place) -> String {
        self.dns_label(place, "")
    }

    fn dns_label(&self, place: &Place, zone: &str) -> String {
        let (id, region) = (self.id, place.region.name);
        let suffix = id.bits() as u32;
        match &self.target {
            Target::Service(name) => {
                format!("{id}-{suffix:08x}{zone}.{name}.{region}.vpce.amazonaws.com")
            }
            Target::Partner(service) => {
                format!("{id}-{suffix:08x}{zone}.{service}.{region}.vpce.amazonaws.com")
            }
            Target::Configuration(provider, number) => {
                let resource = provider.place().id("rcfg-", *number);
                format!(
                    "{id}.{resource}.{:07x}.vpc-lattice-rsc.{region}.on.aws",
                    suffix >> 4
                )
            }
            Target::Network(network, number) => {
                let network = network.id("sn-", *number);
                format!(
                    "{id}.{network}.{:07x}.vpc-lattice-rsc.{region}.on.aws",
                    suffix >> 4
                )
            }
        }
    }

    fn service_name(&self, place: &Place) -> Option<String> {
        let region = place.region.name;
        match &self.target {
            Target::Service(name) => Some(format!("com.amazonaws.{region}.{name}")),
            Target::Partner(service) => Some(format!("com.amazonaws.vpce.{region}.{service}")),
            Target::Configuration(..) | Target::Network(..) => None,
        }
    }

    /// The resources that it could be associated with, each by its place and number.
    fn resources(&self) -> Vec<(&Place, u64)> {
        match &self.target {
            Target::Configuration(provider, number) => lattice::resources_of(*number)
                .into_iter()
                .map(|number| (provider.place(), number))
                .collect(),
            Target::Network(place, network) => lattice::resources_in(place, *network)
                .into_iter()
                .map(|number| (*place, number))
                .collect(),
            Target::Service(_) | Target::Partner(_) => Vec::new(),
        }
    }
}

/// Decides what endpoints there are and takes their addresses.
pub(super) fn plan<'a>(
    place: &'a Place,
    places: &[&'a Place],
    network: &mut Network,
    interfaces: &mut Interfaces<'_>,
) -> Vec<Endpoint<'a>> {
    let mut random = place.random("endpoints");
    let near: Vec<&Place> = places
        .iter()
        .copied()
        .filter(|other| other.region.name == place.region.name)
        .collect();
    let mut used: Vec<Vec<&str>> = vec![Vec::new(); network.vpcs.len()];
    let mut endpoints: Vec<Endpoint<'a>> = (0..place.share.endpoints)
        .map(|number| {
            // Not the same number for each VPC: some are hubs.
            let vpc = (random
                .below(network.vpcs.len() as u64)
                .min(random.below(network.vpcs.len() as u64 * 2))) as usize;
            let mut kind = [
                Kind::Interface,
                Kind::Gateway,
                Kind::GatewayLoadBalancer,
                Kind::Resource,
                Kind::ServiceNetwork,
                Kind::Tunnel,
            ][random.weighted(&[640, 90, 30, 150, 80, 10])];
            let gateway = ["s3", "dynamodb"]
                .into_iter()
                .find(|service| !used[vpc].contains(service));
            if kind == Kind::Gateway && gateway.is_none() {
                kind = Kind::Interface;
            }
            let (target, private_dns) = match kind {
                Kind::Gateway => {
                    let service = gateway.unwrap_or("s3");
                    used[vpc].push(service);
                    (Target::Service(service.to_owned()), false)
                }
                Kind::Interface if random.permille(700) => {
                    let service = random.pick(SERVICES);
                    // Two endpoints of one service cannot both have its private name.
                    let first = !used[vpc].contains(&service);
                    used[vpc].push(service);
                    (Target::Service(service.to_owned()), first)
                }
                Kind::Interface | Kind::GatewayLoadBalancer | Kind::Tunnel => {
                    (Target::Partner(partner(place, random.below(40))), false)
                }
                Kind::Resource => (resource(place, &near, &mut random), true),
                Kind::ServiceNetwork => {
                    let other = random.pick(&near);
                    (
                        Target::Network(other, random.below(other.share.networks)),
                        true,
                    )
                }
            };
            let state = state(kind, &mut random);
            let tables = if kind == Kind::Gateway {
                tables(network, vpc, &mut random)
            } else {
                Vec::new()
            };
            Endpoint {
                id: place.id("vpce-", number),
                kind,
                vpc,
                target,
                state,
                subnets: Vec::new(),
                prefixes: Vec::new(),
                interfaces: Vec::new(),
                groups: Vec::new(),
                tables,
                private_dns,
                bare: matches!(state, "failed" | "expired" | "pending") || random.permille(5),
                associations: 0,
            }
        })
        .collect();
    choose_subnets(network, &mut endpoints, &mut random);
    add_interfaces(network, &mut endpoints, interfaces, &mut random);
    associate(place, &mut endpoints, &mut random);
    endpoints
}

/// A service of another organisation.
fn partner(place: &Place, number: u64) -> Id {
    outside(place).id("vpce-svc-", number)
}

/// An account that is not in the estate, in the same region.
fn outside(place: &Place) -> Place {
    let region = REGIONS
        .iter()
        .position(|region| region.name == place.region.name)
        .unwrap_or_default() as u64;
    let share = Share {
        configurations: 64,
        ..Share::default()
    };
    Place::new(
        place.seed,
        1_000_000 + region,
        1_000_000,
        place.region,
        share,
    )
}

fn resource<'a>(place: &'a Place, near: &[&'a Place], random: &mut Random) -> Target<'a> {
    let provider = match random.weighted(&[550, 300, 150]) {
        0 => Provider::Inside(place),
        1 => Provider::Inside(random.pick(near)),
        _ => Provider::Outside(Box::new(outside(place))),
    };
    let number = random.pick(&lattice::reachable(provider.place()));
    Target::Configuration(provider, number)
}

fn tables(network: &Network, vpc: usize, random: &mut Random) -> Vec<u64> {
    let tables = network.vpcs[vpc].tables.clone();
    // Gateway endpoints without any route table do nothing, and happen.
    if random.permille(10) {
        return Vec::new();
    }
    tables.filter(|_| random.permille(800)).collect()
}

fn state(kind: Kind, random: &mut Random) -> &'static str {
    if kind == Kind::Gateway {
        return "available";
    }
    let states = [
        "available",
        "rejected",
        "pendingAcceptance",
        "failed",
        "expired",
        "pending",
        "deleting",
    ];
    states[random.weighted(&[971, 9, 8, 5, 3, 2, 2])]
}

/// Prefixes are blocks, so they are taken before single addresses are.
fn choose_subnets(network: &mut Network, endpoints: &mut [Endpoint<'_>], random: &mut Random) {
    for endpoint in endpoints
        .iter_mut()
        .filter(|endpoint| endpoint.kind != Kind::Gateway)
    {
        let mut candidates: Vec<usize> = network.vpcs[endpoint.vpc].subnets.clone().collect();
        random.shuffle(&mut candidates);
        let wanted = match endpoint.kind {
            Kind::GatewayLoadBalancer | Kind::Tunnel => 1,
            _ => random.between(2, 3) as usize,
        };
        for number in candidates {
            let zone = network.subnets[number].zone;
            // One subnet in a zone, and not one that is full.
            let taken = endpoint
                .subnets
                .iter()
                .any(|&other| network.subnets[other].zone == zone);
            if taken || network.subnets[number].free() < 40 && random.permille(900) {
                continue;
            }
            if endpoint.kind == Kind::ServiceNetwork && !endpoint.bare {
                match network.subnets[number].take_prefix() {
                    Some(block) => endpoint.prefixes.push((number, block)),
                    None => continue,
                }
            }
            endpoint.subnets.push(number);
            if endpoint.subnets.len() == wanted {
                break;
            }
        }
    }
}

fn add_interfaces(
    network: &mut Network,
    endpoints: &mut [Endpoint<'_>],
    interfaces: &mut Interfaces<'_>,
    random: &mut Random,
) {
    for (number, endpoint) in endpoints.iter_mut().enumerate() {
        if endpoint.kind == Kind::Gateway {
            continue;
        }
        let candidates = network.vpcs[endpoint.vpc].endpoint_groups();
        let first = candidates.start;
        let pairs = (candidates.end - candidates.start) / 2;
        // Odd positions admit 443, even ones the ports of databases.
        let data = u64::from(endpoint.kind == Kind::Resource);
        if matches!(
            endpoint.kind,
            Kind::Interface | Kind::Resource | Kind::ServiceNetwork
        ) {
            endpoint
                .groups
                .push(first + 2 * random.below(pairs.max(1)) + data);
        }
        if endpoint.bare {
            continue;
        }
        for &subnet in &endpoint.subnets {
            let prefix = endpoint
                .prefixes
                .iter()
                .find(|(at, _)| *at == subnet)
                .map(|(_, block)| *block);
            if let Some(interface) =
                interfaces.add(network, subnet, Purpose::Endpoint { number, prefix })
            {
                endpoint.interfaces.push(interface);
            }
        }
        // An endpoint lists only subnets in which it is.
        if endpoint.interfaces.len() < endpoint.subnets.len() {
            endpoint.subnets = endpoint
                .interfaces
                .iter()
                .map(|&interface| interfaces.subnet_of(interface))
                .collect();
            endpoint
                .prefixes
                .retain(|(at, _)| endpoint.subnets.contains(at));
        }
    }
}

/// Deals the associations: one to each endpoint that can have one, then second
/// and third ones until there are as many as wanted.
fn associate(place: &Place, endpoints: &mut [Endpoint<'_>], random: &mut Random) {
    let mut left = place.share.associations;
    let able: Vec<(usize, usize)> = (endpoints.iter().enumerate())
        .filter(|(_, endpoint)| endpoint.works())
        .map(|(number, endpoint)| (number, endpoint.resources().len()))
        // Some are associated with nothing any more.
        .filter(|&(_, resources)| resources > 0 && !random.permille(25))
        .collect();
    for round in 0..5 {
        for &(number, resources) in &able {
            if left > 0 && round < resources {
                endpoints[number].associations += 1;
                left -= 1;
            }
        }
    }
}

/// Writes endpoints and associations.
pub(super) fn write(
    place: &Place,
    network: &Network,
    endpoints: &[Endpoint<'_>],
    folder: &mut Folder,
    made: &mut Made,
) -> io::Result<()> {
    let mut order: Vec<&Endpoint<'_>> = endpoints.iter().collect();
    place.random("order of endpoints").shuffle(&mut order);
    let mut section = folder.section("ec2.DescribeVpcEndpoints", Some("VpcEndpoints"));
    for endpoint in &order {
        section.push(|json| write_endpoint(json, place, network, endpoint))?;
        if matches!(endpoint.state, "rejected" | "failed" | "expired") {
            made.plant("endpoints rejected, failed or expired", 1);
        } else if endpoint.kind != Kind::Gateway && endpoint.state == "available" {
            made.plant(
                "available endpoints without interfaces",
                u64::from(endpoint.interfaces.is_empty()),
            );
            let idle = !endpoint.resources().is_empty() && endpoint.associations == 0;
            made.plant("available endpoints without associations", u64::from(idle));
        }
        let lattice = matches!(endpoint.kind, Kind::Resource | Kind::ServiceNetwork);
        let zones = endpoint
            .subnets
            .iter()
            .map(|&subnet| &place.zones[network.subnets[subnet].zone]);
        if lattice && zones.into_iter().any(|zone| zone.unsupported) {
            made.plant(
                "Resource and ServiceNetwork endpoints in an unsupported zone",
                1,
            );
        }
    }
    made.add("VPC endpoints", section.finish()?);

    let mut section = folder.section(
        "ec2.DescribeVpcEndpointAssociations",
        Some("VpcEndpointAssociations"),
    );
    let mut number = 0;
    for endpoint in order {
        for (other, resource) in endpoint.resources().into_iter().take(endpoint.associations) {
            section
                .push(|json| write_association(json, place, endpoint, number, other, resource))?;
            number += 1;
        }
    }
    made.add("endpoint associations", section.finish()?);
    Ok(())
}

fn write_endpoint(json: &mut Json, place: &Place, network: &Network, endpoint: &Endpoint<'_>) {
    let vpc = &network.vpcs[endpoint.vpc];
    let gateway = endpoint.kind == Kind::Gateway;
    json.text("VpcEndpointId", endpoint.id);
    json.text("VpcEndpointType", endpoint.kind.name());
    json.text("VpcId", vpc.id);
    if let Some(name) = endpoint.service_name(place) {
        json.text("ServiceName", name);
    }
    json.text("State", endpoint.state);
    if matches!(endpoint.target, Target::Service(_)) {
        json.text("PolicyDocument", POLICY);
    }
    json.texts(
        "RouteTableIds",
        endpoint.tables.iter().map(|&table| place.id("rtb-", table)),
    );
    json.texts(
        "SubnetIds",
        endpoint
            .subnets
            .iter()
            .map(|&subnet| network.subnets[subnet].id),
    );
    json.list("Groups", |list| {
        for &number in &endpoint.groups {
            list.item(|item| {
                item.text("GroupId", group(place, number));
                item.text("GroupName", group_name(vpc, number));
            });
        }
    });
    if !gateway {
        json.text("IpAddressType", "ipv4");
        json.object("DnsOptions", |options| {
            options.text("DnsRecordIpType", "ipv4");
            if matches!(endpoint.kind, Kind::Resource | Kind::ServiceNetwork) {
                options.text("PrivateDnsPreference", "VERIFIED_DOMAINS_ONLY");
            }
        });
    }
    json.bool("PrivateDnsEnabled", endpoint.private_dns);
    json.bool("RequesterManaged", false);
    json.texts(
        "NetworkInterfaceIds",
        endpoint
            .interfaces
            .iter()
            .map(|&number| place.id("eni-", number as u64)),
    );
    json.list("DnsEntries", |list| {
        write_names(list, place, network, endpoint);
    });
    json.text("CreationTimestamp", created(endpoint.id));
    let target: &dyn fmt::Display = match &endpoint.target {
        Target::Service(name) => name,
        Target::Partner(_) => &"partner",
        Target::Configuration(..) => &"resource",
        Target::Network(..) => &"network",
    };
    tags(
        json,
        "Tags",
        format_args!("{}-{target}", vpc.name()),
        vpc.environment,
        vpc.owner,
    );
    json.text("OwnerId", &place.account);
    if endpoint.state == "failed" {
        json.object("LastError", |error| {
            error.text("Message", "Security group does not exist.");
            error.text("Code", "InvalidSecurityGroupID.NotFound");
        });
    }
    if !endpoint.prefixes.is_empty() {
        json.list("Ipv4Prefixes", |list| {
            for (subnet, block) in &endpoint.prefixes {
                list.item(|item| {
                    item.text("SubnetId", network.subnets[*subnet].id);
                    item.texts("IpPrefixes", [block]);
                });
            }
        });
    }
    match &endpoint.target {
        Target::Configuration(provider, number) => {
            json.text(
                "ResourceConfigurationArn",
                lattice::configuration(provider.place(), *number),
            );
        }
        Target::Network(other, number) => json.text(
            "ServiceNetworkArn",
            lattice::service_network(other, *number),
        ),
        Target::Service(_) | Target::Partner(_) => json.text("ServiceRegion", place.region.name),
    }
}

fn write_names(list: &mut Json, place: &Place, network: &Network, endpoint: &Endpoint<'_>) {
    let mut entry = |name: &dyn fmt::Display, zone: &dyn fmt::Display| {
        list.item(|item| {
            item.text("DnsName", name);
            item.text("HostedZoneId", zone);
        });
    };
    match endpoint.kind {
        Kind::Interface => {
            entry(&endpoint.dns_name(place), &place.region.endpoint_zone);
            for &subnet in &endpoint.subnets {
                let zone = format!("-{}", place.zones[network.subnets[subnet].zone].name);
                entry(
                    &endpoint.dns_label(place, &zone),
                    &place.region.endpoint_zone,
                );
            }
            if let (true, Target::Service(name)) = (endpoint.private_dns, &endpoint.target) {
                let zone = format_args!("Z0{:016X}", endpoint.id.bits().rotate_left(17));
                entry(
                    &format_args!("{name}.{}.amazonaws.com", place.region.name),
                    &zone,
                );
            }
        }
        Kind::Resource => entry(&endpoint.dns_name(place), &"Z03265862FOUNWMZOKUF4"),
        Kind::Gateway | Kind::GatewayLoadBalancer | Kind::ServiceNetwork | Kind::Tunnel => {}
    }
}

fn write_association(
    json: &mut Json,
    place: &Place,
    endpoint: &Endpoint<'_>,
    number: u64,
    other: &Place,
    resource: u64,
) {
    let id = place.id("vpce-rsc-asc-", number);
    json.text("Id", id);
    json.text("VpcEndpointId", endpoint.id);
    if let Target::Network(network, number) = &endpoint.target {
        json.text(
            "ServiceNetworkArn",
            lattice::service_network(network, *number),
        );
        json.text(
            "ServiceNetworkName",
            lattice::network_name(network, *number),
        );
    }
    // One of the spellings that the documentation shows, and the other.
    let accessibility = if id.bits().is_multiple_of(7) {
        "AVAILABLE"
    } else {
        "Accessible"
    };
    json.text("AssociatedResourceAccessibility", accessibility);
    json.object("DnsEntry", |entry| {
        let (id, region) = (endpoint.id, place.region.name);
        let configuration = other.id("rcfg-", resource);
        let suffix = id.bits() as u32 >> 4;
        entry.text(
            "DnsName",
            format_args!("{id}.{configuration}.{suffix:07x}.vpc-lattice-rsc.{region}.on.aws"),
        );
        entry.text("HostedZoneId", "Z03265862FOUNWMZOKUF4");
    });
    json.text(
        "AssociatedResourceArn",
        lattice::configuration(other, resource),
    );
    if (1..4).contains(&(resource % 8)) {
        json.text(
            "ResourceConfigurationGroupArn",
            lattice::configuration(other, resource - resource % 8),
        );
    }
    json.list("Tags", |_| {});
}
