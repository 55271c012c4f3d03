//! Names that everybody can resolve: endpoints, instances, load balancers,
//! public zones and services of AWS.
//!
//! Public DNS is not in a snapshot; what follows from the snapshot all the same
//! is answered here, and the rest is unknown. Uses the index; private zones and
//! rules are not looked at.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use super::answer::{Address, Failure, RecordType};
use super::endpoint;
use super::index::{Index, at};
use super::name::Name;
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::At;
use crate::graph::{Entry, Graph, Listing, Node, vpc_endpoint_id_in};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// What is known of a public name.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) addresses: Vec<Address>,
    /// Endpoints and load balancers that it leads to.
    pub(super) ends: BTreeSet<Node>,
    pub(super) evidence: Vec<At>,
    /// What is missing of the addresses.
    pub(super) needs: Vec<Need>,
    /// Why there is no address.
    pub(super) failure: Option<Failure>,
    /// Whether the addresses are public and not in the snapshot.
    pub(super) public: bool,
    pub(super) code: Option<Code>,
    pub(super) detail: String,
}

impl Known {
    fn missing(code: Code, need: Need, detail: impl Into<String>) -> Self {
        Self {
            needs: vec![need],
            code: Some(code),
            detail: detail.into(),
            ..Self::default()
        }
    }

    pub(super) fn nothing(failure: Failure, code: Code, detail: impl Into<String>) -> Self {
        Self {
            failure: Some(failure),
            code: Some(code),
            detail: detail.into(),
            ..Self::default()
        }
    }
}

/// A name that AWS makes, if it is one: asked from a VPC.
pub(super) fn aws(
    graph: &Graph,
    index: &Index,
    name: &Name,
    kind: RecordType,
    vpc: Node,
) -> Option<Known> {
    if let Some(known) = of_endpoint(graph, index, name, kind) {
        return Some(known);
    }
    if let Some(&balancer) = index.balancers.get(name) {
        return graph
            .entry(balancer)
            .map(|one| of_balancer(graph, &one, kind));
    }
    super::instance::named(graph, name, kind, vpc).or_else(|| service(index, name))
}

/// `vpce-…-….us-east-1.vpce.amazonaws.com`, `….vpc-lattice-rsc.us-east-1.on.aws`.
fn of_endpoint(graph: &Graph, index: &Index, name: &Name, kind: RecordType) -> Option<Known> {
    let text = name.as_str();
    let of_aws = [".vpce.amazonaws.com", ".vpce.amazonaws.com.cn", ".on.aws"];
    let id = of_aws
        .iter()
        .any(|end| text.ends_with(end))
        .then(|| vpc_endpoint_id_in(text))??;
    let places = places(index, name);
    let Some(node) = graph.find(Kind::VpcEndpoint, id, None) else {
        let detail = format!("{id} is not in the snapshot");
        let near = places.first().map(|place| place.node);
        let need = near.map_or_else(
            || Need::Sense(format!("the endpoint {id}, which another account may have")),
            |near| Need::Listing(Kind::VpcEndpoint, near),
        );
        return Some(Known::missing(Code::SnapshotMissing, need, detail));
    };
    let entry = graph.entry(node)?;
    if entry.is("State", "deleted") {
        let detail = format!("{id} is deleted, and its names with it");
        return Some(Known {
            evidence: vec![at(node, "State", "deleted")],
            ..Known::nothing(Failure::NoName, Code::BadState, detail)
        });
    }
    if places.is_empty() {
        return Some(unnamed(graph, &entry, id));
    }
    let zone = zone_in(graph, &entry, name);
    let found = endpoint::addresses(graph, &entry, kind, zone.as_deref());
    let failure = (found.addresses.is_empty() && found.needs.is_empty()).then_some(Failure::NoData);
    let shown = if zone.is_some() {
        "a zonal name of"
    } else {
        "a name of"
    };
    Some(Known {
        addresses: found.addresses,
        ends: BTreeSet::from([node]),
        evidence: places,
        needs: found.needs,
        code: failure.map(|_| Code::DnsNoRecord),
        failure,
        detail: format!("{shown} {id}, which public DNS answers with its private addresses"),
        ..Known::default()
    })
}

/// Where a name of an endpoint stands; a wildcard stands for what is below it.
fn places(index: &Index, name: &Name) -> Vec<At> {
    let mut wanted = Some(name.clone());
    let mut first = true;
    while let Some(here) = wanted {
        let key = if first { here.clone() } else { here.wildcard() };
        if let Some(places) = index.public.get(&key) {
            let mut places = places.clone();
            places.sort();
            return places;
        }
        first = false;
        wanted = here.parent();
    }
    Vec::new()
}

/// A name with the id of an endpoint that does not show it.
fn unnamed(graph: &Graph, entry: &Entry<'_>, id: &str) -> Known {
    let node = entry.node;
    if entry.presence("DnsEntries") != Presence::Present {
        let detail = format!("the names of {id} are not in the snapshot");
        return Known::missing(
            Code::SnapshotMissing,
            Need::Field(node, "DnsEntries"),
            detail,
        );
    }
    if graph.listing(Kind::VpcEndpointAssociation, node) != Listing::Complete {
        let need = Need::Listing(Kind::VpcEndpointAssociation, node);
        let detail = format!("what is behind {id} was not listed");
        return Known::missing(Code::SnapshotMissing, need, detail);
    }
    Known {
        evidence: vec![at(node, "DnsEntries", "no such name")],
        ..Known::nothing(
            Failure::NoName,
            Code::DnsNoRecord,
            format!("{id} has no such name"),
        )
    }
}

/// The zone in a zonal name: `us-east-1a` of `vpce-0ab-1a2b3c4d-us-east-1a.…`.
fn zone_in(graph: &Graph, endpoint: &Entry<'_>, name: &Name) -> Option<String> {
    let label = name
        .as_str()
        .split('.')
        .find(|label| label.starts_with("vpce-"))?;
    // The id, the token, then the zone.
    let zone = label.splitn(4, '-').nth(3)?;
    if !zone.contains('-') || label.contains("-snra-") {
        return None;
    }
    let known = endpoint.targets("NetworkInterfaceIds").into_iter();
    let zones: Vec<String> = known
        .filter_map(|target| graph.entry(target.node()?)?.text("AvailabilityZone"))
        .collect();
    // Local zones have longer names.
    zones
        .into_iter()
        .find(|known| label.ends_with(&format!("-{known}")))
        .or_else(|| Some(zone.to_owned()))
}

/// A load balancer: an internal one has the addresses of its interfaces
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html>).
fn of_balancer(graph: &Graph, balancer: &Entry<'_>, kind: RecordType) -> Known {
    let node = balancer.node;
    let evidence = vec![at(
        node,
        "DNSName",
        balancer.text("DNSName").unwrap_or_default(),
    )];
    if !balancer.is("Scheme", "internal") {
        let public = balancer.is("Scheme", "internet-facing");
        return Known {
            evidence,
            needs: if public {
                Vec::new()
            } else {
                vec![Need::Field(node, "Scheme")]
            },
            public,
            code: Some(if public {
                Code::DnsResolvesPublic
            } else {
                Code::SnapshotMissing
            }),
            detail: "the name of an internet-facing load balancer".to_owned(),
            ..Known::default()
        };
    }
    let arn = balancer.text("LoadBalancerArn").unwrap_or_default();
    let tail = arn.split_once("loadbalancer/").map_or("", |(_, tail)| tail);
    let description = format!("ELB {tail}");
    let mut addresses = Vec::new();
    for node in graph.nodes(Kind::NetworkInterface) {
        let Some(interface) = graph
            .entry(node)
            .filter(|one| one.is("Description", &description))
        else {
            continue;
        };
        let (list, field) = match kind {
            RecordType::A => ("PrivateIpAddresses", "PrivateIpAddress"),
            RecordType::Aaaa => ("Ipv6Addresses", "Ipv6Address"),
        };
        addresses.extend(interface.entries(list).filter_map(|place| {
            Some(Address {
                ip: place.address(field)?,
                from: Some(balancer.node),
                interface: Some(node),
            })
        }));
    }
    let complete = graph.listing(Kind::NetworkInterface, node) == Listing::Complete;
    let needs = if addresses.is_empty() || !complete {
        vec![Need::Listing(Kind::NetworkInterface, node)]
    } else {
        Vec::new()
    };
    Known {
        addresses,
        ends: BTreeSet::from([node]),
        evidence,
        needs,
        detail: "the name of an internal load balancer".to_owned(),
        ..Known::default()
    }
}

/// A name that services have for everybody.
fn service(index: &Index, name: &Name) -> Option<Known> {
    let mut evidence: Vec<At> = index
        .service_names
        .get(name)
        .or_else(|| {
            let mut above = name.parent();
            std::iter::from_fn(|| {
                let here = above.take()?;
                above = here.parent();
                Some(here.wildcard())
            })
            .find_map(|wildcard| index.service_names.get(&wildcard))
        })
        .cloned()
        .unwrap_or_default();
    evidence.sort();
    evidence.truncate(1);
    (!evidence.is_empty() || is_service_default(name)).then(|| Known {
        evidence,
        public: true,
        code: Some(Code::DnsResolvesPublic),
        detail: "a name of an AWS service, which public DNS answers with public addresses"
            .to_owned(),
        ..Known::default()
    })
}

/// `sts.us-east-1.amazonaws.com`: the standard form of a service's name
/// (<https://docs.aws.amazon.com/general/latest/gr/rande.html>).
fn is_service_default(name: &Name) -> bool {
    const SERVICES: &[&str] = &[
        "autoscaling",
        "cloudformation",
        "dynamodb",
        "ec2",
        "ec2messages",
        "ecs",
        "elasticache",
        "elasticloadbalancing",
        "events",
        "kinesis",
        "kms",
        "lambda",
        "logs",
        "monitoring",
        "rds",
        "s3",
        "secretsmanager",
        "sns",
        "sqs",
        "ssm",
        "ssmmessages",
        "sts",
    ];
    let text = name.as_str();
    let rest = text
        .strip_suffix(".amazonaws.com")
        .or_else(|| text.strip_suffix(".amazonaws.com.cn"));
    let Some((service, region)) = rest.and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let parts: Vec<&str> = region.split('-').collect();
    let number = parts.last().is_some_and(|part| part.parse::<u8>().is_ok());
    SERVICES.contains(&service) && number && parts.len() >= 3 && !region.contains('.')
}

/// Top-level domains that public DNS will never have
/// (RFC 6761, RFC 8375, and `internal` by ICANN's board,
/// <https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en>).
pub(super) fn is_never_public(name: &Name) -> bool {
    [
        "internal",
        "local",
        "test",
        "invalid",
        "example",
        "home.arpa",
    ]
    .iter()
    .filter_map(|domain| Name::parse(domain).ok())
    .any(|domain| name.is_within(&domain))
}

/// The IPv4 address in a label: `ip-10-0-0-1`, `ec2-198-51-100-7`.
pub(super) fn address_in(label: &str, prefix: &str) -> Option<IpAddr> {
    let digits = label.strip_prefix(prefix)?.replace('-', ".");
    digits.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}
