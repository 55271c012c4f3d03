//! What lies beyond the interface of an endpoint.
//!
//! The traffic has arrived at the interface; here it is asked whether the
//! endpoint carries it on, and whether what stands behind answers: a service
//! with its load balancers, a resource configuration with its gateway, a
//! service network. Uses the model, the filters and the walk; rules and reports
//! are unknown here.
//!
//! # When the provider is another account
//!
//! A consumer sees the state of its endpoint, and for Lattice whether each
//! resource is accessible; AWS sets both from what it knows of both sides. So
//! where the provider's half is not in the snapshot, these decide, and a note
//! says what was not examined. Where a part of the provider's half is in the
//! snapshot and another part is not, that other part is unknown, as anywhere.

mod association;
mod balancer;
mod configuration;
mod course;
mod gateway;
mod network;
mod origin;
mod sending;
mod service;
mod targets;

use std::collections::BTreeSet;
use std::net::IpAddr;

pub use association::{association_flow, is_offered, offered_at};
pub use service::client_filters;

use super::code::{Assumption, Code};
use super::flow::{Admitted, Aspect, Assume, End, Header, Hop, Protocol, Traffic};
use super::model::{Accessibility, Endpoint, EndpointType, Network};
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::{Graph, Node};
use course::{Course, Grounds};

/// Endpoints in a row that are followed; load balancers may lead to endpoints,
/// and in a circle.
const MAX_DEPTH: u8 = 3;

/// Traffic that has arrived at an interface of an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Landing<'a> {
    /// Row of the endpoint.
    pub endpoint: u32,
    /// Row of the interface.
    pub interface: u32,
    /// Where it comes from.
    pub client: &'a End,
    /// Its source address on arrival.
    pub source: IpAddr,
    /// The address that it arrived at.
    pub address: IpAddr,
    /// What is sent.
    pub traffic: &'a Traffic,
    /// What may be taken for granted.
    pub assume: Assume,
    /// How many endpoints the traffic has passed before: load balancers may
    /// lead to endpoints again.
    pub depth: u8,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// The way on.
    pub forward: Vec<Hop>,
    /// The way of the replies, as far as the interface.
    pub back: Vec<Hop>,
    /// The ports that pass. What is in neither of its sets does not.
    pub admitted: Admitted,
    /// Ports among the open ones that pass only sometimes: to some of the
    /// targets, or with replies to some of the ports of whoever asks.
    pub sometimes: Ports,
    /// What was taken for granted.
    pub assumptions: BTreeSet<Assumption>,
}

/// Follows traffic beyond the interface of an endpoint.
pub fn beyond(graph: &Graph, network: &Network, landing: &Landing<'_>) -> Beyond {
    let header = Header {
        source: landing.source,
        destination: landing.address,
    };
    let mut course = Course::new(header, &landing.traffic.ports);
    if let Some(endpoint) = network.endpoints.get(landing.endpoint as usize) {
        let asking = Asking {
            graph,
            network,
            landing,
            endpoint: Some(endpoint),
            near: endpoint.node,
        };
        asking.follow(&mut course, endpoint);
    }
    Beyond {
        forward: course.forward,
        back: course.back,
        admitted: course.admitted,
        sometimes: course.sometimes,
        assumptions: course.assumptions,
    }
}

/// One question.
#[derive(Clone, Copy)]
struct Asking<'a> {
    graph: &'a Graph,
    network: &'a Network,
    landing: &'a Landing<'a>,
    /// The endpoint; none where a VPC joined a service network.
    endpoint: Option<&'a Endpoint>,
    /// The endpoint, or what takes its place.
    near: Node,
}

impl Asking<'_> {
    fn follow(&self, course: &mut Course, endpoint: &Endpoint) {
        course.at(endpoint.node);
        if self.landing.depth >= MAX_DEPTH {
            let sense = "what lies behind so many endpoints in a row".to_owned();
            let grounds = Grounds::default().needing(Need::Sense(sense));
            course.doubt(Aspect::Gateway, Code::RoutingLoop, grounds);
            return;
        }
        self.state(course, endpoint);
        match endpoint.kind {
            EndpointType::Interface => {
                self.protocols(course, &[Protocol::Tcp, Protocol::Udp]);
                self.service(course, endpoint);
            }
            EndpointType::Resource => {
                self.protocols(course, &[Protocol::Tcp]);
                self.resource(course, endpoint);
            }
            EndpointType::ServiceNetwork => {
                self.protocols(course, &[Protocol::Tcp]);
                self.service_network(course, endpoint);
            }
            // Routes lead to these; their interfaces are no destinations.
            EndpointType::Gateway | EndpointType::GatewayLoadBalancer => {}
            EndpointType::Tunnel | EndpointType::Other => course.doubt(
                Aspect::Gateway,
                Code::NotModelled,
                Grounds::words("endpoints of this type are not modelled")
                    .needing(Need::Field(endpoint.node, "VpcEndpointType")),
            ),
        }
    }

    /// Endpoints carry TCP, to services of providers UDP too, and do not
    /// answer to ping
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html>).
    fn protocols(&self, course: &mut Course, carried: &[Protocol]) {
        let asked = self.landing.traffic.protocol;
        if carried.contains(&asked) {
            return;
        }
        let names: Vec<String> = carried.iter().map(|protocol| protocol.name()).collect();
        let detail = format!(
            "the endpoint carries {}, and {} was asked",
            names.join(" and "),
            asked.name()
        );
        let grounds = Grounds::field(self.near, "VpcEndpointType", "").saying(detail);
        course.fail(Aspect::Gateway, Code::ProtocolRestriction, grounds);
    }

    /// The state of the endpoint
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html>).
    /// A provider's list of connections stands in where the endpoint itself
    /// does not say. What `partial` means is documented nowhere; for endpoints
    /// with associations these say which of them work.
    fn state(&self, course: &mut Course, endpoint: &Endpoint) {
        let node = endpoint.node;
        let connection = self.network.services.connection(&self.graph.id(node));
        let (state, grounds) = match (&endpoint.state, connection) {
            (Some(state), _) => (
                Some(state),
                Grounds::field(node, "State", format!("state {state}")),
            ),
            (None, Some(connection)) => (
                connection.state.as_ref(),
                Grounds::field(connection.node, "VpcEndpointState", "the provider's view"),
            ),
            (None, None) => (None, Grounds::default()),
        };
        let Some(state) = state else {
            if self.landing.assume.defaults {
                course.assumptions.insert(Assumption::StatesFine);
            } else {
                let grounds = grounds.needing(Need::Field(node, "State"));
                course.doubt(Aspect::Gateway, Code::SnapshotMissing, grounds);
            }
            return;
        };
        match state.as_str() {
            "available" => course.pass(Aspect::Gateway, grounds),
            "pendingacceptance" => {
                course.fail(Aspect::Gateway, Code::VpcePendingAcceptance, grounds);
            }
            "partial" if self.has_accessible_association() => {
                let grounds = grounds.saying("some of what is behind it works, and some does not");
                course.note(Some(Code::BadState), grounds);
            }
            "partial" => {
                let sense = "what AWS means by the endpoint state `partial`";
                let grounds = grounds.needing(Need::Sense(sense.to_owned()));
                course.doubt(Aspect::Gateway, Code::BadState, grounds);
            }
            other => {
                let grounds = grounds.saying(format!("its state is {other}"));
                course.fail(Aspect::Gateway, Code::BadState, grounds);
            }
        }
    }

    fn has_accessible_association(&self) -> bool {
        self.network
            .lattice
            .of_endpoint(self.landing.endpoint)
            .any(|association| association.accessibility == Accessibility::Yes)
    }
}
