//! Settings of the VPC, and shares that wait to be accepted.
//!
//! Private names need both DNS attributes
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html>). It may use
//! the graph; nothing is changed here.

use super::{Ask, Provider};
use crate::findings::{Candidate, Fit};
use crate::graph::Graph;
use crate::graph::admission::Need;
use crate::rules::calls;
use crate::snapshot::record::Kind;

/// The DNS attributes, and the options of the CLI for those that are off.
pub(super) fn judge(
    graph: &Graph,
    ask: &Ask,
    missing: &mut Vec<String>,
) -> (Vec<Candidate>, Vec<&'static str>) {
    // Load balancers of a service need no names in the VPC.
    if ask.provider == Provider::Emqx {
        return (Vec::new(), Vec::new());
    }
    let (mut settings, mut off) = (Vec::new(), Vec::new());
    for (name, path, option) in [
        (
            "enableDnsSupport",
            "EnableDnsSupport.Value",
            "--enable-dns-support",
        ),
        (
            "enableDnsHostnames",
            "EnableDnsHostnames.Value",
            "--enable-dns-hostnames",
        ),
    ] {
        let value = graph.entry(ask.vpc).and_then(|entry| entry.bool(path));
        let need = Need::Field(ask.vpc, path);
        settings.push(Candidate {
            id: name.to_owned(),
            name: None,
            zone: None,
            fit: match value {
                Some(true) => Fit::Fits,
                Some(false) => Fit::DoesNotFit,
                None => Fit::Unknown,
            },
            chosen: false,
            why: match value {
                Some(true) => vec!["on".to_owned()],
                Some(false) => vec!["off; wanted: on, for private names".to_owned()],
                None => vec!["not seen; wanted: on, for private names".to_owned()],
            },
            reasons: match value {
                None => vec![calls::reason(graph, &need)],
                Some(_) => Vec::new(),
            },
        });
        if value == Some(false) {
            off.push(option);
            missing.push(format!(
                "{name}: the commands turn it on, for the whole VPC"
            ));
        }
    }
    (settings, off)
}

/// Invitations to shares that wait, in the region of the VPC: Redis Cloud shares
/// its resource configuration by one
/// (<https://redis.io/docs/latest/operate/rc/security/aws-privatelink/>).
pub(super) fn invitations(graph: &Graph, ask: &Ask, missing: &mut Vec<String>) -> Vec<String> {
    if ask.provider != Provider::RedisCloud {
        return Vec::new();
    }
    let here = graph.scope(ask.vpc).region;
    let waiting = graph.nodes(Kind::ResourceShareInvitation).filter(|node| {
        let entry = graph.entry(*node);
        graph.scope(*node).region == here
            && entry.is_some_and(|entry| entry.is("status", "PENDING"))
    });
    let mut arns: Vec<String> = waiting.map(|node| graph.id(node)).collect();
    arns.sort();
    if !arns.is_empty() {
        missing.push(format!(
            "a look at {}: accept only the one of Redis Cloud",
            if arns.len() == 1 {
                "the invitation that waits"
            } else {
                "the invitations that wait"
            }
        ));
    }
    arns
}
