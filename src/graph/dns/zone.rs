//! What one hosted zone answers: exact records, wildcards, nothing.
//!
//! A name exists if it or one below it has records; the wildcard right below the
//! closest existing ancestor answers for what does not exist (RFC 4592, and
//! <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html#domain-name-format-asterisk>).
//! Uses the index; aliases and CNAMEs are handed back, not followed.

use super::answer::{Address, Failure, RecordType};
use super::index::{Index, Records, Zone, at, zone_id};
use super::name::Name;
use crate::graph::admission::Need;
use crate::graph::reach::flow::At;
use crate::graph::{Entry, Graph, Node};
use crate::snapshot::record::Kind;

/// Most record sets and values that one name may have; Route 53 allows a
/// hundred values and a hundred sets.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html>
const MOST: usize = 400;

/// One of the answers of a zone.
#[derive(Debug)]
pub(super) enum Part {
    /// An address.
    Address(Address),
    /// Another name, whose answer is given in place: a record of the same zone,
    /// or a name of AWS.
    Alias {
        target: Name,
        here: bool,
        record: Node,
    },
    /// Another name that the client asks for next.
    Cname(Name),
}

/// What a zone answers.
#[derive(Debug)]
pub(super) enum Look {
    /// One or several of these; with several record sets any may answer.
    Parts {
        parts: Vec<Part>,
        evidence: Vec<At>,
        /// Whether a routing policy or health chooses among them.
        routed: bool,
    },
    /// Name servers of a subdomain are to be asked.
    Delegated(Name, At),
    Nothing(Failure),
    Unknown(Need),
}

/// Asks a zone for a name that is within it.
pub(super) fn look(
    graph: &Graph,
    index: &Index,
    zone: &Zone,
    name: &Name,
    kind: RecordType,
) -> Look {
    if !graph.asked_about(Kind::ResourceRecordSet, &zone.id) {
        return Look::Unknown(Need::Listing(Kind::ResourceRecordSet, zone.node));
    }
    let Some(records) = index.records.get(&zone.id) else {
        return Look::Nothing(if *name == zone.name {
            Failure::NoData
        } else {
            Failure::NoName
        });
    };
    if let Some((domain, place)) = delegation(graph, records, zone, name) {
        return Look::Delegated(domain, place);
    }
    let Some(owner) = owner(records, zone, name) else {
        return Look::Nothing(Failure::NoName);
    };
    let rows = records.by_name.get(&owner).map_or(&[][..], Vec::as_slice);
    let of_type = |wanted: &str| -> Vec<Entry<'_>> {
        let mut sets: Vec<Entry<'_>> = rows
            .iter()
            .filter_map(|row| graph.entry(Node::new(Kind::ResourceRecordSet, *row)))
            .filter(|set| set.is("Type", wanted))
            .collect();
        sets.sort_by_cached_key(|set| set.text("SetIdentifier"));
        sets
    };
    let mut sets = of_type(kind.name());
    if sets.is_empty() {
        sets = of_type("CNAME");
    }
    if sets.is_empty() {
        return Look::Nothing(Failure::NoData);
    }
    parts(zone, &sets, kind)
}

/// The name whose records answer: the name itself, or a wildcard.
fn owner(records: &Records, zone: &Zone, name: &Name) -> Option<Name> {
    let mut closest = name.clone();
    while closest != zone.name && !records.exists(&closest) {
        closest = closest.parent()?;
    }
    if closest == *name {
        return Some(closest);
    }
    let wildcard = closest.wildcard();
    records.by_name.contains_key(&wildcard).then_some(wildcard)
}

/// The subdomain that NS records below the top of the zone hand to others
/// (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-routing-traffic-for-subdomains.html>).
fn delegation(graph: &Graph, records: &Records, zone: &Zone, name: &Name) -> Option<(Name, At)> {
    let mut domain = name.clone();
    while domain != zone.name {
        for row in records.by_name.get(&domain).into_iter().flatten() {
            let node = Node::new(Kind::ResourceRecordSet, *row);
            if graph.entry(node).is_some_and(|set| set.is("Type", "NS")) {
                let place = at(node, "Name", domain.to_string());
                return Some((domain, place));
            }
        }
        domain = domain.parent()?;
    }
    None
}

fn parts(zone: &Zone, sets: &[Entry<'_>], kind: RecordType) -> Look {
    let mut parts = Vec::new();
    let mut evidence = Vec::new();
    let mut unreadable = None;
    for set in sets.iter().take(MOST) {
        let record = set.node;
        if let Some(text) = set
            .text("AliasTarget.DNSName")
            .filter(|text| !text.is_empty())
        {
            evidence.push(at(record, "AliasTarget/DNSName", text.clone()));
            let target = crate::graph::normal_dns_name(&text);
            let owner = set.text("AliasTarget.HostedZoneId").unwrap_or_default();
            match Name::parse(&target) {
                Ok(target) => parts.push(Part::Alias {
                    target,
                    here: zone_id(&owner) == zone.id,
                    record,
                }),
                Err(_) => unreadable = Some(record),
            }
            continue;
        }
        for value in set.entries("ResourceRecords").take(MOST) {
            let path = format!("ResourceRecords/{}/Value", value.position);
            let text = value.text("Value").unwrap_or_default();
            evidence.push(at(record, path, text.clone()));
            let part = if set.is("Type", "CNAME") {
                Name::parse(&text).ok().map(Part::Cname)
            } else {
                let ip = text.trim().parse().ok().filter(|ip| kind.fits(*ip));
                ip.map(|ip| {
                    Part::Address(Address {
                        ip,
                        from: Some(record),
                        interface: None,
                    })
                })
            };
            match part {
                Some(part) => parts.push(part),
                None => unreadable = Some(record),
            }
        }
    }
    if let (true, Some(record)) = (parts.is_empty(), unreadable) {
        return Look::Unknown(Need::Field(record, "ResourceRecords"));
    }
    if parts.is_empty() {
        return match sets.first() {
            Some(set) => Look::Unknown(Need::Field(set.node, "ResourceRecords")),
            None => Look::Nothing(Failure::NoData),
        };
    }
    evidence.truncate(20);
    let routed = sets.len() > 1 || sets.iter().any(|set| set.text("HealthCheckId").is_some());
    Look::Parts {
        parts,
        evidence,
        routed,
    }
}
