//! Texts that name places, read.
//!
//! Tells ids, ARNs, names of caches and load balancers, blocks with their
//! qualifier and DNS names apart, and says what was expected where a text is
//! none of them. Uses the graph to look things up; what belongs to a place is
//! not decided here.

use ipnet::IpNet;

use super::{NoPlace, named};
use crate::graph::{Graph, Node, prefixes};
use crate::snapshot::record::Kind;

/// The forms that a place can be named in.
pub const FORMS: &str = "eni-…, i-…, subnet-…, sg-…, vpc-…, vpce-…, a cache or load balancer by name or \
    ARN, an address or CIDR (10.0.1.5, 10.0.0.0/16@vpc-…), internet, internet:8.8.8.8, \
    onprem:10.1.0.0/16@vgw-… or @tgw-attach-…; as destination also a DNS name, rcfg-… or sn-…";

/// Characters of the longest name that anything has: an ARN.
const LONGEST: usize = 2048;

/// What a text names.
#[derive(Debug)]
pub(super) enum Spec {
    /// A resource.
    Resource(Node),
    /// A resource that was not seen, in a snapshot that does not list all of
    /// the kind.
    Unseen(Kind),
    /// A block, whether it is written as an address, and the VPC or subnet that
    /// tells which of several is meant.
    Block(IpNet, bool, Option<Node>),
    /// The internet, or a part of it.
    Internet(Option<IpNet>),
    /// A network on premises, and the way in.
    OnPremises(IpNet, Option<Node>),
    /// A DNS name.
    Name(String),
}

/// Kinds that are places, by how their ids begin.
const PLACES: &[(&str, Kind)] = &[
    ("eni-", Kind::NetworkInterface),
    ("i-", Kind::Instance),
    ("subnet-", Kind::Subnet),
    ("sg-", Kind::SecurityGroup),
    ("vpc-", Kind::Vpc),
    ("vpce-", Kind::VpcEndpoint),
    ("rcfg-", Kind::ResourceConfiguration),
    ("sn-", Kind::ServiceNetwork),
];

/// Things on the way, by how their ids begin.
const STEPS: &[(&str, &str)] = &[
    ("rtb-", "a route table"),
    ("acl-", "a network ACL"),
    ("nat-", "a NAT gateway"),
    ("igw-", "an internet gateway"),
    ("eigw-", "an egress-only internet gateway"),
    ("pcx-", "a peering"),
    ("tgw-", "a transit gateway or attachment"),
    ("vgw-", "a virtual private gateway"),
    ("vpn-", "a VPN connection"),
    ("pl-", "a prefix list"),
];

/// Kinds that are named by ARN or by a name of their own, with the field that
/// holds the other of the two.
const NAMED: &[(Kind, &str)] = &[
    (Kind::ReplicationGroup, "ARN"),
    (Kind::CacheCluster, "ARN"),
    (Kind::ServerlessCache, "ARN"),
    (Kind::LoadBalancer, "LoadBalancerName"),
];

pub(super) fn read(graph: &Graph, text: &str) -> Result<Spec, NoPlace> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(NoPlace::new("this names no place", forms()));
    }
    if let Some(internet) = text.strip_prefix("internet") {
        if internet.is_empty() {
            return Ok(Spec::Internet(None));
        }
        if let Some(block) = internet.strip_prefix(':') {
            return block_of(block).map(|block| Spec::Internet(Some(block)));
        }
    }
    if let Some(network) = text.strip_prefix("onprem:") {
        return on_premises(graph, network);
    }
    if let Some((block, near)) = text.split_once('@') {
        let single = block.trim().parse::<std::net::IpAddr>().is_ok();
        let node = qualifier(graph, near.trim())?;
        return Ok(Spec::Block(block_of(block)?, single, Some(node)));
    }
    if let Some(block) = prefixes::parse(text) {
        let single = text.parse::<std::net::IpAddr>().is_ok();
        return Ok(Spec::Block(block, single, None));
    }
    for (prefix, kind) in PLACES {
        if text.starts_with(prefix) {
            return resource(graph, *kind, text);
        }
    }
    if let Some((_, what)) = STEPS.iter().find(|(prefix, _)| text.starts_with(prefix)) {
        return Err(NoPlace::new(
            format!("`{text}` is {what}, which traffic passes and does not begin or end at"),
            forms(),
        ));
    }
    // An ARN of what has an id of its own: the id is its end.
    if let Some((arn, id)) = text.rsplit_once('/') {
        let has_id = PLACES.iter().any(|(prefix, _)| id.starts_with(prefix));
        if arn.starts_with("arn:") && arn.contains(":ec2:") && has_id {
            return read(graph, id);
        }
    }
    by_name(graph, text)
}

/// Whether resources of a kind are places.
pub(super) fn is_place(kind: Kind) -> bool {
    let named = NAMED.iter().map(|(kind, _)| kind);
    let mut all = PLACES.iter().map(|(_, kind)| kind).chain(named);
    all.any(|known| *known == kind)
}

fn forms() -> String {
    format!("give one of: {FORMS}")
}

fn block_of(text: &str) -> Result<IpNet, NoPlace> {
    prefixes::parse(text).ok_or_else(|| {
        NoPlace::new(
            format!("`{text}` is no address and no CIDR"),
            "expected an address such as 10.0.1.5 or a CIDR such as 10.0.0.0/16",
        )
    })
}

fn resource(graph: &Graph, kind: Kind, id: &str) -> Result<Spec, NoPlace> {
    if let Some(node) = graph.find(kind, id, None) {
        return Ok(Spec::Resource(node));
    }
    if !graph.unlisted(kind).is_empty() {
        return Ok(Spec::Unseen(kind));
    }
    let name = kind.spec().name;
    let ids: Vec<String> = graph.nodes(kind).map(|node| graph.id(node)).collect();
    let help = near(id, ids.iter().map(String::as_str)).map_or_else(
        || match ids.len() {
            0 => format!("the snapshot has no {name}"),
            count => format!("the snapshot has {count} of {name}, and none with a similar id"),
        },
        |other| format!("did you mean `{other}`?"),
    );
    Err(NoPlace::new(
        format!("{name} `{id}` is not in the snapshot"),
        help,
    ))
}

/// A VPC or subnet that tells which of several blocks is meant.
fn qualifier(graph: &Graph, text: &str) -> Result<Node, NoPlace> {
    for (prefix, kind) in [("vpc-", Kind::Vpc), ("subnet-", Kind::Subnet)] {
        if text.starts_with(prefix) {
            return match resource(graph, kind, text)? {
                Spec::Resource(node) => Ok(node),
                _ => Err(NoPlace::new(
                    format!("{} `{text}` is not in the snapshot", kind.spec().name),
                    "an address behind `@` needs a VPC or subnet that was collected",
                )),
            };
        }
    }
    let gateway = ["vgw-", "tgw-attach-", "vpn-"]
        .iter()
        .any(|prefix| text.starts_with(prefix));
    let help = if gateway {
        "for a network behind a gateway write onprem:CIDR@GATEWAY"
    } else {
        "expected vpc-… or subnet-… behind `@`"
    };
    Err(NoPlace::new(
        format!("`{text}` is no VPC and no subnet"),
        help,
    ))
}

fn on_premises(graph: &Graph, text: &str) -> Result<Spec, NoPlace> {
    let Some((block, gateway)) = text.split_once('@') else {
        return Ok(Spec::OnPremises(block_of(text)?, None));
    };
    let (block, gateway) = (block_of(block)?, gateway.trim());
    let network = graph.network();
    let attachment = |id: &str| network.attachments.iter().find(|known| known.id == id);
    let node = if gateway.starts_with("vgw-") {
        graph.find(Kind::VpnGateway, gateway, None)
    } else {
        attachment(gateway).map(|attachment| attachment.node)
    };
    if let Some(node) = node {
        return Ok(Spec::OnPremises(block, Some(node)));
    }
    let vpn_gateways = graph.nodes(Kind::VpnGateway).map(|node| graph.id(node));
    let attachments = network.attachments.iter().map(|known| known.id.clone());
    let known: Vec<String> = vpn_gateways.chain(attachments).collect();
    let help = near(gateway, known.iter().map(String::as_str)).map_or_else(
        || match known.as_slice() {
            [] => "the snapshot has no virtual private gateway and no attachment".to_owned(),
            known => {
                let first: Vec<&str> = known.iter().take(8).map(String::as_str).collect();
                format!(
                    "expected vgw-… or tgw-attach-…; known: {}",
                    first.join(", ")
                )
            }
        },
        |other| format!("did you mean `{other}`?"),
    );
    Err(NoPlace::new(
        format!("`{gateway}` is no gateway or attachment of the snapshot"),
        help,
    ))
}

/// Caches, load balancers and DNS names; at the end what somebody may have
/// meant.
fn by_name(graph: &Graph, text: &str) -> Result<Spec, NoPlace> {
    let mut found = Vec::new();
    for (kind, other) in NAMED {
        found.extend(graph.nodes(*kind).filter(|node| {
            graph.id(*node) == text || graph.field_text(*node, other).as_deref() == Some(text)
        }));
    }
    match found.as_slice() {
        [] => {}
        [only] => return Ok(Spec::Resource(*only)),
        // The clusters of a group may have its name; the group holds them all.
        [group, rest @ ..]
            if group.kind == Kind::ReplicationGroup
                && rest.iter().all(|node| node.kind == Kind::CacheCluster) =>
        {
            return Ok(Spec::Resource(*group));
        }
        several => {
            let arns: Vec<String> = several
                .iter()
                .take(8)
                .map(|node| {
                    graph
                        .field_text(*node, "ARN")
                        .unwrap_or_else(|| graph.id(*node))
                })
                .collect();
            return Err(NoPlace::new(
                format!("`{text}` is the name of {} things", several.len()),
                format!("give the ARN: {}", arns.join(", ")),
            ));
        }
    }
    if is_dns_name(text) {
        return Ok(Spec::Name(text.trim_end_matches('.').to_ascii_lowercase()));
    }
    if let Some(node) = tagged(graph, text) {
        return Err(NoPlace::new(
            format!("`{text}` is a Name tag, and those need not be unique"),
            format!("use the id: {}", graph.id(node)),
        ));
    }
    let names = NAMED.iter().flat_map(|(kind, other)| {
        graph.nodes(*kind).flat_map(|node| {
            let other = graph.field_text(node, other);
            std::iter::once(graph.id(node)).chain(other)
        })
    });
    let names: Vec<String> = names.chain(["internet".to_owned()]).collect();
    let help = near(text, names.iter().map(String::as_str)).map_or_else(forms, |other| {
        format!("did you mean `{other}`? {}", forms())
    });
    Err(NoPlace::new(format!("`{text}` names no place"), help))
}

/// Whether a text could be a DNS name with more than one label.
fn is_dns_name(text: &str) -> bool {
    let labels = text.trim_end_matches('.').split('.');
    let good = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let last = text.trim_end_matches('.').rsplit('.').next();
    text.len() <= 254
        && text.trim_end_matches('.').contains('.')
        && labels.clone().all(good)
        && last.is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The first place with this `Name` tag.
fn tagged(graph: &Graph, name: &str) -> Option<Node> {
    PLACES
        .iter()
        .flat_map(|(_, kind)| graph.nodes(*kind))
        .find(|node| graph.tag(*node, "Name") == Some(name))
}

/// The name that is most like another.
fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let likeness = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    known
        .map(|other| (likeness(other), other))
        .filter(|(score, _)| *score > 0.88)
        .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(one.1)))
        .map(|(_, other)| other)
}

/// The places that hold an address, for a message.
pub(super) fn several(graph: &Graph, text: &str, vpcs: &[Node]) -> NoPlace {
    let choices: Vec<String> = vpcs
        .iter()
        .take(8)
        .map(|vpc| format!("{text}@{}", graph.id(*vpc)))
        .collect();
    let names: Vec<String> = vpcs.iter().take(8).map(|vpc| named(graph, *vpc)).collect();
    NoPlace::new(
        format!("`{text}` is in {} VPCs: {}", vpcs.len(), names.join(", ")),
        format!("say which one: {}", choices.join(" or ")),
    )
}
