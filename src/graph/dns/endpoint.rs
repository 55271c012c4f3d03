//! Private names of resources behind VPC Lattice, and addresses of endpoints.
//!
//! A consumer's preference and the provider's proof decide whether a name is
//! made (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html>).
//! Uses the index; who is asked for a name is not decided here.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::answer::{Address, RecordType};
use super::hidden::{Allowed, Names, Private};
use super::index::{Index, at, is_there};
use super::name::Name;
use super::view::{Under, of};
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::{Entry, Graph, Listing, Node, Target};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// Whose private names a consumer accepts.
struct Preference {
    word: String,
    domains: Vec<Name>,
}

impl Preference {
    /// `VERIFIED_DOMAINS_ONLY` where nothing is set.
    fn read(entry: &Entry<'_>, word: &str, domains: &str) -> Self {
        Self {
            word: entry
                .text(word)
                .unwrap_or_else(|| "VERIFIED_DOMAINS_ONLY".to_owned()),
            domains: entry
                .texts(domains)
                .into_iter()
                .filter_map(|domain| Name::parse(&domain).ok())
                .collect(),
        }
    }

    fn has(&self, part: &str) -> bool {
        self.word.to_ascii_uppercase().contains(part)
    }

    /// Whether the domain is named, itself or by a wildcard.
    fn specifies(&self, name: &Name) -> bool {
        self.domains
            .iter()
            .any(|domain| match domain.under_wildcard() {
                Some(under) => name.is_within(&under) && *name != under,
                None => name == domain,
            })
    }

    fn allows(&self, names: &[&Name], verified: &Verified) -> Allowed {
        if self.has("ALL_DOMAINS") {
            return Allowed::Yes;
        }
        if self.has("SPECIFIED") && names.iter().any(|name| self.specifies(name)) {
            return Allowed::Yes;
        }
        if !self.has("VERIFIED") {
            return Allowed::No(Code::DnsPreferenceExcludes);
        }
        match verified {
            Verified::Yes => Allowed::Yes,
            Verified::No => Allowed::No(Code::DnsDomainNotVerified),
            Verified::Unknown(need) => Allowed::Maybe(vec![need.clone()]),
        }
    }
}

/// Whether a provider has proved that a domain is its own.
enum Verified {
    Yes,
    No,
    Unknown(Need),
}

/// One resource and what makes its names.
struct Offer<'g> {
    resource: Option<Entry<'g>>,
    group: Option<Entry<'g>>,
    /// Whether it is known that there is a group, seen or not.
    in_group: bool,
    /// The name as the consumer's endpoint shows it, with the place.
    shown: Option<(Name, Node, &'static str)>,
    /// Whether AWS shows a private zone for it.
    has_zone: bool,
    /// The share in a service network.
    share: Option<Entry<'g>>,
}

/// Names of a Resource or `ServiceNetwork` endpoint.
pub(super) fn resource_names(graph: &Graph, index: &Index, entry: &Entry<'_>) -> Names {
    let preference = Preference::read(
        entry,
        "DnsOptions.PrivateDnsPreference",
        "DnsOptions.PrivateDnsSpecifiedDomains",
    );
    let through_network = entry.is("VpcEndpointType", "ServiceNetwork");
    let mut found = Names::default();
    let mut seen: BTreeSet<Node> = BTreeSet::new();
    for &node in of(&index.behind, entry.node) {
        let Some(behind) = graph.entry(node) else {
            continue;
        };
        let resource = behind.target("AssociatedResourceArn");
        seen.extend(resource.node());
        let share = through_network
            .then(|| {
                let arn = behind.text("AssociatedResourceArn")?;
                share(graph, index, &entry.text("ServiceNetworkArn")?, &arn)
            })
            .flatten();
        let group = behind.target("ResourceConfigurationGroupArn");
        let offer = Offer {
            resource: resource.node().and_then(|node| graph.entry(node)),
            in_group: group != Target::Nothing,
            group: group.node().and_then(|node| graph.entry(node)),
            shown: Name::read(behind.text("PrivateDnsEntry.DnsName"))
                .map(|name| (name, node, "PrivateDnsEntry/DnsName")),
            has_zone: behind.text("PrivateDnsEntry.HostedZoneId").is_some(),
            share,
        };
        take(&offer, &preference, through_network, &mut found);
    }
    let complete = graph.listing(Kind::VpcEndpointAssociation, entry.node) == Listing::Complete;
    if !complete {
        let known = single(graph, entry).filter(|known| !seen.contains(&known.node));
        if let Some(resource) = known {
            let offer = Offer {
                resource: Some(resource),
                group: None,
                in_group: false,
                shown: None,
                has_zone: false,
                share: None,
            };
            take(&offer, &preference, false, &mut found);
        }
        let need = Need::Listing(Kind::VpcEndpointAssociation, entry.node);
        found.doubts.push((Under::Anything, need));
    }
    found
}

/// The one resource that an endpoint leads to, if it is no group.
fn single<'g>(graph: &'g Graph, entry: &Entry<'_>) -> Option<Entry<'g>> {
    let resource = graph.entry(entry.target("ResourceConfigurationArn").node()?)?;
    resource.is("type", "SINGLE").then_some(resource)
}

/// The association of a resource with a service network.
fn share<'g>(graph: &'g Graph, index: &Index, network: &str, resource: &str) -> Option<Entry<'g>> {
    let shares = index.shares.get(resource)?;
    shares
        .iter()
        .filter_map(|node| graph.entry(*node))
        .find(|share| share.text("serviceNetworkArn").as_deref() == Some(network))
}

/// Names that a service network gives to an associated VPC.
pub(super) fn network_names(graph: &Graph, index: &Index, entry: &Entry<'_>) -> Names {
    let preference = Preference::read(
        entry,
        "dnsOptions.privateDnsPreference",
        "dnsOptions.privateDnsSpecifiedDomains",
    );
    let mut found = Names::default();
    let Some(network) = entry.text("serviceNetworkArn") else {
        let need = Need::Field(entry.node, "serviceNetworkArn");
        found.doubts.push((Under::Anything, need));
        return found;
    };
    let shares = index.shares.values().flatten();
    for share in shares.filter_map(|node| graph.entry(*node)) {
        if share.text("serviceNetworkArn").as_deref() != Some(network.as_str()) {
            continue;
        }
        let resource = share.target("resourceConfigurationArn").node();
        let resource = resource.and_then(|node| graph.entry(node));
        let group = resource.map(|one| one.target("resourceConfigurationGroupId"));
        let offer = Offer {
            in_group: group
                .as_ref()
                .is_some_and(|group| *group != Target::Nothing),
            group: group.and_then(|group| graph.entry(group.node()?)),
            resource,
            shown: Name::read(share.text("privateDnsEntry.domainName"))
                .map(|name| (name, share.node, "privateDnsEntry/domainName")),
            has_zone: share.text("privateDnsEntry.hostedZoneId").is_some(),
            share: Some(share),
        };
        take(&offer, &preference, true, &mut found);
    }
    if graph.listing(Kind::ServiceNetworkResourceAssociation, entry.node) != Listing::Complete {
        let need = Need::Listing(Kind::ServiceNetworkResourceAssociation, entry.node);
        found.doubts.push((Under::Anything, need));
    }
    found
}

/// Adds the private name of one resource, if it has one.
fn take(offer: &Offer<'_>, preference: &Preference, through_network: bool, found: &mut Names) {
    let custom = offer.resource.and_then(|one| {
        Some((
            Name::read(one.text("customDomainName"))?,
            one.node,
            "customDomainName",
        ))
    });
    let Some((name, node, path)) = offer.shown.clone().or(custom) else {
        // AWS shows a consumer the private name of each association that has one.
        return;
    };
    let group_domain = offer
        .group
        .and_then(|group| Name::read(group.text("groupDomain")));
    let mut evidence = vec![at(node, path, name.to_string())];
    if let (Some(group), Some(domain)) = (offer.group, &group_domain) {
        evidence.push(at(group.node, "groupDomain", domain.to_string()));
    }
    // Only the group knows the zone that its children are in; what is beside
    // them in that zone does not exist.
    let zone = group_domain.clone().filter(|domain| name.is_within(domain));
    if let (None, None, true, Some(parent)) = (&zone, offer.group, offer.in_group, name.parent()) {
        let need = Need::Sense(format!("the group domain above {name}"));
        found.doubts.push((Under::Domain(parent), need));
    }
    let by_arn = offer.resource.is_some_and(|one| one.is("type", "ARN"));
    let without_domain = offer.group.is_some() && group_domain.is_none() && !offer.has_zone;
    let verified = verified(offer);
    let names: Vec<&Name> = [Some(&name), group_domain.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let mut allowed = if by_arn {
        Allowed::Yes
    } else if without_domain {
        Allowed::No(Code::DnsPrivateDnsOff)
    } else {
        preference.allows(&names, &verified)
    };
    if through_network {
        allowed = shared(offer, allowed, &mut evidence);
    }
    found.names.push(Private {
        zone: zone.unwrap_or_else(|| name.clone()),
        name,
        allowed,
        evidence,
    });
}

/// What the association with the service network says comes before what the
/// endpoint says.
fn shared(
    offer: &Offer<'_>,
    allowed: Allowed,
    evidence: &mut Vec<crate::graph::reach::flow::At>,
) -> Allowed {
    let Some(share) = &offer.share else {
        if offer.has_zone {
            return allowed;
        }
        let near = offer.resource.map(|one| one.node);
        let need = near.map_or_else(
            || {
                Need::Sense(
                    "whether the resource has private DNS in its service network".to_owned(),
                )
            },
            |near| Need::Listing(Kind::ServiceNetworkResourceAssociation, near),
        );
        return maybe(allowed, need);
    };
    match share.bool("privateDnsEnabled") {
        Some(true) => allowed,
        Some(false) => {
            evidence.push(at(share.node, "privateDnsEnabled", "false"));
            Allowed::No(Code::DnsPrivateDnsOff)
        }
        None => maybe(allowed, Need::Field(share.node, "privateDnsEnabled")),
    }
}

fn maybe(allowed: Allowed, need: Need) -> Allowed {
    match allowed {
        Allowed::No(code) => Allowed::No(code),
        Allowed::Yes => Allowed::Maybe(vec![need]),
        Allowed::Maybe(mut needs) => {
            needs.push(need);
            Allowed::Maybe(needs)
        }
    }
}

/// Whether the provider has proved its domain: the group's word holds for its
/// children.
fn verified(offer: &Offer<'_>) -> Verified {
    let told = [
        offer.group.map(|one| (one, "domainVerificationStatus")),
        offer.resource.map(|one| (one, "domainVerificationStatus")),
        offer.share.map(|one| (one, "domainVerificationStatus")),
    ];
    for (entry, field) in told.into_iter().flatten() {
        if let Some(state) = entry.text(field) {
            return if state.eq_ignore_ascii_case("VERIFIED") {
                Verified::Yes
            } else {
                Verified::No
            };
        }
    }
    // A zone that AWS shows was made.
    if offer.has_zone {
        return Verified::Yes;
    }
    let Some(entry) = offer.group.or(offer.resource) else {
        return Verified::Unknown(Need::Sense(
            "whether the provider has verified its domain".to_owned(),
        ));
    };
    // The call per configuration was made, and it names no proof.
    let asked = is_there(&entry, "portRanges");
    if asked && entry.presence("domainVerificationId") == Presence::Absent {
        return Verified::No;
    }
    Verified::Unknown(Need::Field(entry.node, "domainVerificationStatus"))
}

/// The addresses that the names of an endpoint have.
pub(super) struct Ends {
    pub(super) addresses: Vec<Address>,
    /// What is missing of them.
    pub(super) needs: Vec<Need>,
}

/// Addresses of an endpoint; of one zone, if the name is a zone's
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html>).
pub(super) fn addresses(
    graph: &Graph,
    endpoint: &Entry<'_>,
    kind: RecordType,
    zone: Option<&str>,
) -> Ends {
    let mut ends = Ends {
        addresses: Vec::new(),
        needs: Vec::new(),
    };
    if !answers(endpoint, kind) {
        return ends;
    }
    let interfaces = endpoint.targets("NetworkInterfaceIds");
    if endpoint.presence("NetworkInterfaceIds") != Presence::Present {
        ends.needs
            .push(Need::Field(endpoint.node, "NetworkInterfaceIds"));
    }
    for target in interfaces {
        let Some(interface) = target.node().and_then(|node| graph.entry(node)) else {
            ends.needs
                .push(Need::Listing(Kind::NetworkInterface, endpoint.node));
            continue;
        };
        match (zone, interface.text("AvailabilityZone")) {
            (Some(zone), Some(here)) if here != zone => continue,
            (Some(_), None) => {
                ends.needs
                    .push(Need::Field(interface.node, "AvailabilityZone"));
                continue;
            }
            _ => {}
        }
        of_interface(endpoint, &interface, kind, &mut ends);
    }
    ends.needs.sort();
    ends.needs.dedup();
    ends
}

fn of_interface(endpoint: &Entry<'_>, interface: &Entry<'_>, kind: RecordType, ends: &mut Ends) {
    let (list, field, prefixes) = match kind {
        RecordType::A => ("PrivateIpAddresses", "PrivateIpAddress", "Ipv4Prefixes"),
        RecordType::Aaaa => ("Ipv6Addresses", "Ipv6Address", "Ipv6Prefixes"),
    };
    let found: Vec<IpAddr> = interface
        .entries(list)
        .filter_map(|place| place.address(field))
        .collect();
    let several = found.len() > 1 || interface.entries(prefixes).len() > 0;
    if several && !endpoint.is("VpcEndpointType", "Interface") {
        // Each resource has an address of its own there, and no call says which.
        ends.needs.push(Need::Sense(format!(
            "which address of {} belongs to the name",
            interface.text("NetworkInterfaceId").unwrap_or_default()
        )));
        return;
    }
    if found.is_empty() {
        let path = if kind == RecordType::A {
            "PrivateIpAddresses"
        } else {
            "Ipv6Addresses"
        };
        ends.needs.push(Need::Field(interface.node, path));
    }
    ends.addresses.extend(found.into_iter().map(|ip| Address {
        ip,
        from: Some(endpoint.node),
        interface: Some(interface.node),
    }));
}

/// Whether an endpoint has records of a type. Endpoints from before there was a
/// choice have IPv4 records
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptions.html>).
fn answers(endpoint: &Entry<'_>, kind: RecordType) -> bool {
    let word = endpoint
        .text("DnsOptions.DnsRecordIpType")
        .filter(|word| !word.eq_ignore_ascii_case("service-defined"))
        .or_else(|| endpoint.text("IpAddressType"))
        .unwrap_or_else(|| "ipv4".to_owned())
        .to_ascii_lowercase();
    match kind {
        RecordType::A => word != "ipv6",
        RecordType::Aaaa => word != "ipv4",
    }
}
