//! Whether a name leads where an intent wants it.
//!
//! Asks the resolver of each VPC that traffic comes from, and compares with the
//! ends that are meant. May use the graph; whether traffic then arrives is
//! asked elsewhere.

use std::collections::BTreeSet;

use crate::findings::Reason;
use crate::graph::dns::{self, Name, RecordType, Resolution, Verdict};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{End, Outcome};
use crate::graph::reach::place::Place;
use crate::graph::{Graph, Node};
use crate::rules::calls;
use crate::rules::expression::trace::Read;
use crate::rules::paths;
use crate::snapshot::record::Kind;

/// Where a name leads for those who ask.
#[derive(Debug)]
pub(super) enum Led {
    /// Where it should.
    There,
    /// Elsewhere or nowhere: why, and the evidence.
    Astray(String, Vec<Read>),
    /// That is not known.
    Unknown(Vec<Reason>),
}

/// Where a name leads in each VPC of a source, compared with destinations.
pub(super) fn leads(graph: &Graph, name: &str, source: &Place, wanted: &[&Place]) -> Vec<Led> {
    let parsed = match Name::parse(name) {
        Ok(name) => name,
        Err(bad) => {
            return vec![Led::Astray(
                format!("`{name}` is no name: {bad}"),
                Vec::new(),
            )];
        }
    };
    let vpcs = source.vpcs(graph);
    if vpcs.is_empty() {
        return vec![Led::Unknown(vec![calls::sense(format!(
            "which servers resolve {name} for {}, which is in no VPC that was seen",
            source.text
        ))])];
    }
    let is_v6 =
        !wanted.iter().any(|place| has(place, false)) && wanted.iter().any(|p| has(p, true));
    let kind = if is_v6 {
        RecordType::Aaaa
    } else {
        RecordType::A
    };
    vpcs.into_iter()
        .map(|vpc| {
            led(
                graph,
                &dns::resolve(graph, Node::new(Kind::Vpc, vpc), &parsed, kind),
                wanted,
            )
        })
        .collect()
}

fn has(place: &Place, v6: bool) -> bool {
    place.ends().any(|end| end.address().is_ipv6() == v6)
}

fn led(graph: &Graph, resolution: &Resolution, wanted: &[&Place]) -> Led {
    let here = format!(
        "{} in {}",
        resolution.name.as_str(),
        graph.id(resolution.vpc)
    );
    match resolution.verdict {
        Verdict::Answered => {}
        Verdict::Unknown => {
            let needs = resolution.needs();
            let mut reasons: Vec<Reason> = needs
                .iter()
                .map(|need| calls::reason(graph, need))
                .collect();
            if reasons.is_empty() {
                reasons.push(calls::sense(format!("what {here} resolves to")));
            }
            return Led::Unknown(reasons);
        }
        Verdict::Public | Verdict::NoAnswer(_) => {
            let code = resolution.code().map_or("", Code::name);
            let why = format!("{here}: {} {code}", resolution.verdict.text());
            return Led::Astray(why.trim_end().to_owned(), reads(resolution));
        }
    }
    let ends: Vec<&End> = wanted.iter().flat_map(|place| place.ends()).collect();
    let meant = |address: &dns::Address| {
        ends.iter().any(|end| match end {
            End::Interface(node, own) => *own == address.ip || Some(*node) == address.interface,
            other => other.address() == address.ip,
        })
    };
    // Addresses that are not seen: the endpoint itself tells.
    let nodes: BTreeSet<Node> = wanted.iter().filter_map(|place| place.node).collect();
    let others: Vec<String> = resolution
        .addresses
        .iter()
        .filter(|address| !meant(address))
        .map(|address| address.ip.to_string())
        .collect();
    if others.is_empty() && (!resolution.addresses.is_empty() || resolution.ends.is_subset(&nodes))
    {
        return Led::There;
    }
    let found = if others.is_empty() {
        let ids = resolution.ends.iter().map(|node| graph.id(*node));
        ids.collect::<Vec<_>>().join(", ")
    } else {
        others.join(", ")
    };
    let code = Code::DnsResolvesElsewhere.name();
    Led::Astray(format!("{here}: {code} {found}"), reads(resolution))
}

/// What decided the resolution.
fn reads(resolution: &Resolution) -> Vec<Read> {
    let steps = resolution.steps.iter();
    let deciding = steps.filter(|step| step.outcome != Outcome::Unknown);
    deciding
        .flat_map(|step| {
            let label = step.code.map_or("name", Code::name);
            let evidence = step.evidence.iter();
            evidence.map(|at| paths::place_of(at, label, &step.detail))
        })
        .collect()
}
