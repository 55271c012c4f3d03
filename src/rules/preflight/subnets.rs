//! Which subnets serve, and why the others do not.
//!
//! Asks about state, zone and free addresses, and picks one subnet a zone: the
//! one with most room. It may use the graph and facts; nothing is made here.

use std::collections::BTreeSet;

use super::{Ask, Provider, number};
use crate::findings::{Candidate, Fit};
use crate::graph::admission::Need;
use crate::graph::{Graph, Listing, Node};
use crate::rules::calls;
use crate::rules::expression::check::Given;
use crate::rules::rule::{Datum, FactValue, RuleSet};
use crate::snapshot::column::Presence;
use crate::snapshot::record::Kind;

/// What a subnet must have.
struct Demand {
    free: i64,
    /// Who asks for that many addresses.
    source: String,
    /// Zones in which it cannot be made: id and why.
    closed: Vec<(String, String)>,
    /// The only zones in which it can be made, and who says so.
    only: Option<(Vec<String>, String)>,
    /// What would tell in which zones it can be made.
    unseen: Option<Need>,
}

pub(super) fn judge(
    graph: &Graph,
    set: &RuleSet,
    ask: &Ask,
    missing: &mut Vec<String>,
) -> Vec<Candidate> {
    let demand = demand(graph, set, ask);
    let own = |subnet: &Node| {
        let entry = graph.entry(*subnet);
        entry.and_then(|entry| entry.target("VpcId").node()) == Some(ask.vpc)
    };
    let nodes = graph.nodes(Kind::Subnet).filter(own);
    let mut found: Vec<(i64, Candidate)> = nodes
        .map(|subnet| {
            let free = graph.field_int(subnet, "AvailableIpAddressCount");
            (free.unwrap_or(-1), one(graph, subnet, &demand))
        })
        .collect();
    // Those that fit first, and of those the ones with most room.
    found.sort_by(|(free, a), (other, b)| {
        let by = (a.fit, &a.zone, -free).cmp(&(b.fit, &b.zone, -other));
        by.then_with(|| a.id.cmp(&b.id))
    });
    let mut zones = BTreeSet::new();
    for (_, subnet) in &mut found {
        if subnet.fit == Fit::Fits {
            subnet.chosen = zones.insert(subnet.zone.clone());
            if !subnet.chosen {
                subnet
                    .why
                    .push("another subnet of the zone has more room".to_owned());
            }
        }
    }
    let mut subnets: Vec<Candidate> = found.into_iter().map(|(_, subnet)| subnet).collect();
    if graph.listing(Kind::Subnet, ask.vpc) != Listing::Complete {
        subnets.push(unlisted(graph, ask));
    }
    say(ask, &subnets, missing);
    subnets
}

/// What is wrong with all of them together.
fn say(ask: &Ask, subnets: &[Candidate], missing: &mut Vec<String>) {
    let chosen: Vec<&Candidate> = subnets.iter().filter(|subnet| subnet.chosen).collect();
    for zone in &ask.az_ids {
        if !chosen
            .iter()
            .any(|subnet| subnet.zone.as_ref() == Some(zone))
        {
            missing.push(format!("a subnet in {zone} that fits"));
        }
    }
    if chosen.is_empty() && ask.az_ids.is_empty() {
        missing.push("a subnet that fits".to_owned());
    }
    // Automatic failover needs a second zone
    // (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html).
    if ask.provider == Provider::ElastiCache && chosen.len() == 1 {
        missing.push("a subnet in a second zone, for automatic failover".to_owned());
    }
}

fn unlisted(graph: &Graph, ask: &Ask) -> Candidate {
    Candidate {
        id: "*".to_owned(),
        name: None,
        zone: None,
        fit: Fit::Unknown,
        chosen: false,
        why: vec!["there may be subnets that were not listed".to_owned()],
        reasons: vec![calls::reason(graph, &Need::Listing(Kind::Subnet, ask.vpc))],
    }
}

fn demand(graph: &Graph, set: &RuleSet, ask: &Ask) -> Demand {
    let mut demand = Demand {
        free: 1,
        source: "one for the interface".to_owned(),
        closed: Vec::new(),
        only: None,
        unseen: None,
    };
    if !ask.az_ids.is_empty() {
        demand.only = Some((ask.az_ids.clone(), "as asked".to_owned()));
    }
    match ask.provider {
        Provider::RedisCloud => {
            if let Some((free, as_of)) = number(set, "resource_endpoint_free_addresses") {
                demand.free = free;
                demand.source = format!("Redis Cloud asks for them, as of {as_of}");
            }
            demand.closed = closed_zones(set);
        }
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html
        Provider::Emqx => {
            demand.free = 8;
            "a Network Load Balancer needs them".clone_into(&mut demand.source);
        }
        Provider::Zilliz if demand.only.is_none() => {
            demand.only = service_zones(graph, ask);
            if demand.only.is_none() && ask.target.is_some() {
                demand.unseen = Some(Need::Listing(Kind::VpcEndpointService, ask.vpc));
            }
        }
        Provider::Zilliz | Provider::ElastiCache => {}
    }
    demand
}

/// Zones without VPC Lattice, of which no source says otherwise.
fn closed_zones(set: &RuleSet) -> Vec<(String, String)> {
    let Some(fact) = set.facts.get("lattice_availability_zones") else {
        return Vec::new();
    };
    let (FactValue::Table(rows), Given::Table(shape)) = (&fact.value, &fact.given) else {
        return Vec::new();
    };
    let column = |name: &str| shape.fields.iter().position(|(field, _)| field == name);
    let (Some(id), Some(status)) = (column("az_id"), column("status")) else {
        return Vec::new();
    };
    let text = |row: &[Datum], column: usize| match row.get(column) {
        Some(Datum::Text(text)) => Some(text.clone()),
        _ => None,
    };
    rows.iter()
        .filter(|row| text(row, status).as_deref() == Some("unsupported"))
        .filter_map(|row| text(row, id))
        .map(|id| (id, format!("it has no VPC Lattice, as of {}", fact.as_of)))
        .collect()
}

/// The zones of the service, if it was listed with their ids.
fn service_zones(graph: &Graph, ask: &Ask) -> Option<(Vec<String>, String)> {
    let service = ask.target.as_ref()?;
    let node = graph
        .nodes(Kind::VpcEndpointService)
        .find(|node| graph.id(*node) == *service)?;
    let zones = graph.entry(node)?.texts("AvailabilityZoneIds");
    (!zones.is_empty()).then(|| (zones, format!("{service} is offered in them")))
}

fn one(graph: &Graph, subnet: Node, demand: &Demand) -> Candidate {
    let entry = graph.entry(subnet);
    let zone = entry.and_then(|entry| entry.text("AvailabilityZoneId"));
    let (mut why, mut needs, mut against) = (Vec::new(), Vec::new(), false);
    match entry.and_then(|entry| entry.text("State")) {
        Some(state) if !state.eq_ignore_ascii_case("available") => {
            against = true;
            why.push(format!("its state is {state}"));
        }
        Some(_) => {}
        None => needs.push(Need::Field(subnet, "State")),
    }
    let no_ipv4 = entry.is_some_and(|entry| entry.presence("CidrBlock") == Presence::Absent);
    if no_ipv4 {
        against = true;
        why.push("it has no IPv4".to_owned());
    }
    against |= in_zone(subnet, zone.as_deref(), demand, &mut why, &mut needs);
    match graph.field_int(subnet, "AvailableIpAddressCount") {
        Some(free) if free < demand.free => {
            against = true;
            let (wanted, source) = (demand.free, &demand.source);
            why.push(format!(
                "{free} free addresses; wanted: {wanted} ({source})"
            ));
        }
        Some(free) => why.push(format!("{free} free addresses")),
        None => needs.push(Need::Field(subnet, "AvailableIpAddressCount")),
    }
    if let Some(need) = &demand.unseen {
        why.push("whether the service is in its zone is not known; --az-ids says so".to_owned());
        needs.push(need.clone());
    }
    let fit = match (against, needs.is_empty()) {
        (true, _) => Fit::DoesNotFit,
        (false, false) => Fit::Unknown,
        (false, true) => Fit::Fits,
    };
    let reasons = needs.iter().filter(|_| fit == Fit::Unknown);
    Candidate {
        id: graph.id(subnet),
        name: graph.tag(subnet, "Name").map(str::to_owned),
        zone,
        fit,
        chosen: false,
        why,
        reasons: reasons.map(|need| calls::reason(graph, need)).collect(),
    }
}

/// Whether the zone speaks against a subnet.
fn in_zone(
    subnet: Node,
    zone: Option<&str>,
    demand: &Demand,
    why: &mut Vec<String>,
    needs: &mut Vec<Need>,
) -> bool {
    let matters = !demand.closed.is_empty() || demand.only.is_some();
    let Some(zone) = zone else {
        if matters {
            needs.push(Need::Field(subnet, "AvailabilityZoneId"));
        }
        return false;
    };
    let mut against = false;
    if let Some((_, reason)) = demand.closed.iter().find(|(id, _)| id == zone) {
        why.push(format!("{zone}: {reason}"));
        against = true;
    }
    if let Some((only, source)) = &demand.only
        && !only.iter().any(|id| id == zone)
    {
        why.push(format!("{zone}; wanted: {} ({source})", only.join(", ")));
        against = true;
    }
    against
}
