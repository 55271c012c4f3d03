//! Which interfaces are clients, and which are asked about together.
//!
//! A target is an endpoint with all of its interfaces, or another interface; a
//! client is an interface that begins connections. Uses the model; places that
//! people name are read elsewhere.

use std::collections::BTreeSet;

use crate::graph::Node;
use crate::graph::reach::model::{Endpoint, EndpointType, Interface, Network};
use crate::snapshot::record::Kind;

/// What clients want to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The endpoint, or what else was named.
    pub node: Node,
    /// Its interfaces, by row.
    pub interfaces: Vec<u32>,
    /// Whether there are more of them, or may be, that were not seen.
    pub unseen: bool,
}

/// All endpoints that have interfaces, by VPC.
pub fn endpoints(network: &Network) -> Vec<Target> {
    let mut targets: Vec<(Option<u32>, Target)> = network
        .endpoints
        .iter()
        .filter(|endpoint| has_interfaces(endpoint))
        .map(|endpoint| (endpoint.vpc, of_endpoint(endpoint)))
        .collect();
    targets.sort_by_key(|(vpc, _)| vpc.unwrap_or(u32::MAX));
    targets.into_iter().map(|(_, target)| target).collect()
}

/// Gateway endpoints are reached through routes, and Gateway Load Balancer
/// endpoints are on the way to something else
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html>).
fn has_interfaces(endpoint: &Endpoint) -> bool {
    !matches!(
        endpoint.kind,
        EndpointType::Gateway | EndpointType::GatewayLoadBalancer
    )
}

fn of_endpoint(endpoint: &Endpoint) -> Target {
    Target {
        node: endpoint.node,
        interfaces: endpoint.interfaces.clone(),
        unseen: !endpoint.interfaces_seen || !endpoint.strangers.is_empty(),
    }
}

/// Interfaces as targets: each endpoint once, and the others one by one.
pub fn of_interfaces(network: &Network, rows: &[u32]) -> Vec<Target> {
    let mut endpoints: BTreeSet<u32> = BTreeSet::new();
    let mut targets = Vec::new();
    for row in rows {
        let Some(interface) = network.interfaces.get(*row as usize) else {
            continue;
        };
        let endpoint = interface
            .endpoint
            .and_then(|row| Some((row, network.endpoints.get(row as usize)?)))
            .filter(|(_, endpoint)| has_interfaces(endpoint));
        match endpoint {
            Some((row, endpoint)) if endpoints.insert(row) => {
                targets.push(of_endpoint(endpoint));
            }
            None if ends(interface) => targets.push(Target {
                node: Node::new(Kind::NetworkInterface, *row),
                interfaces: vec![*row],
                unseen: false,
            }),
            Some(_) | None => {}
        }
    }
    targets
}

/// All interfaces that begin connections, by row.
pub fn clients(network: &Network) -> Vec<u32> {
    (0_u32..)
        .zip(&network.interfaces)
        .filter(|(_, interface)| begins(interface))
        .map(|(row, _)| row)
        .collect()
}

/// Whether an interface begins connections: it is attached to something, and
/// not to an endpoint or a gateway, which only carry those of others.
pub fn begins(interface: &Interface) -> bool {
    interface.endpoint.is_none() && ends(interface) && interface.kind != "vpcendpoint"
}

/// Whether connections can be meant for an interface.
fn ends(interface: &Interface) -> bool {
    interface.status.as_deref() != Some("available")
        && !matches!(
            interface.kind.as_str(),
            "natgateway" | "transitgateway" | "gatewayloadbalancerendpoint"
        )
}
