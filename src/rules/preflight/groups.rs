//! Which security groups let the clients in already.
//!
//! Exact over ports and blocks, by the same arithmetic that rules use. A group
//! that lets the whole Internet in serves, but is never chosen.

use super::{Ask, Provider};
use crate::findings::{Candidate, Fit};
use crate::graph::admission::{self, Answer, Need, Source};
use crate::graph::ports::Ports;
use crate::graph::{Graph, Listing, Node};
use crate::rules::calls;
use crate::snapshot::record::Kind;

/// The groups that serve or might, and how many do not.
pub(super) fn judge(
    graph: &Graph,
    ask: &Ask,
    ports: &Ports,
    clients: &[String],
    subnets: &[String],
) -> (Vec<Candidate>, u64) {
    let sources = sources(graph, ask, clients, subnets);
    if ports.is_empty() || sources.is_empty() {
        return (Vec::new(), 0);
    }
    let own = |group: &Node| {
        let entry = graph.entry(*group);
        entry.and_then(|entry| entry.target("VpcId").node()) == Some(ask.vpc)
    };
    let mut left = 0;
    let mut found = Vec::new();
    for group in graph.nodes(Kind::SecurityGroup).filter(own) {
        match one(graph, group, ports, &sources) {
            Some(candidate) => found.push(candidate),
            None => left += 1,
        }
    }
    found.sort_by(|a, b| (a.fit, !a.chosen, &a.id).cmp(&(b.fit, !b.chosen, &b.id)));
    if graph.listing(Kind::SecurityGroup, ask.vpc) != Listing::Complete {
        let need = Need::Listing(Kind::SecurityGroup, ask.vpc);
        found.push(Candidate {
            id: "*".to_owned(),
            name: None,
            zone: None,
            fit: Fit::Unknown,
            chosen: false,
            why: vec!["there may be groups that were not listed".to_owned()],
            reasons: vec![calls::reason(graph, &need)],
        });
    }
    let first = found.iter().position(|group| group.chosen);
    for (position, group) in found.iter_mut().enumerate() {
        group.chosen &= first == Some(position);
    }
    (found, left)
}

/// Who must be let in. The targets of a load balancer see its own addresses
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html>).
fn sources(graph: &Graph, ask: &Ask, clients: &[String], subnets: &[String]) -> Vec<Source> {
    let texts: Vec<String> = match ask.provider {
        Provider::Emqx => subnets
            .iter()
            .filter_map(|id| graph.find(Kind::Subnet, id, Some(ask.vpc)))
            .filter_map(|subnet| graph.field_text(subnet, "CidrBlock"))
            .collect(),
        _ => clients.to_vec(),
    };
    texts
        .iter()
        .filter_map(|text| Source::parse(text))
        .collect()
}

fn one(graph: &Graph, group: Node, ports: &Ports, sources: &[Source]) -> Option<Candidate> {
    let mut why = Vec::new();
    let mut reasons = Vec::new();
    let fit = match admission::closed_ports(graph, &[group], "tcp", ports, sources) {
        Answer::Known(closed) if closed.is_empty() => Fit::Fits,
        Answer::Known(_) => return None,
        Answer::Unknown(needs) => {
            reasons.extend(needs.iter().map(|need| calls::reason(graph, need)));
            Fit::Unknown
        }
    };
    let mut open = false;
    if let Answer::Known(world) = admission::world_ports(graph, &[group], "tcp", ports)
        && !world.is_empty()
    {
        open = true;
        why.push(format!("open to the whole Internet on {world}"));
    }
    if fit == Fit::Fits && !open {
        why.push(format!("lets all clients in on {ports}"));
    }
    Some(Candidate {
        id: graph.id(group),
        name: graph.field_text(group, "GroupName"),
        zone: None,
        fit,
        chosen: fit == Fit::Fits && !open,
        why,
        reasons,
    })
}
