//! Endpoint services: is the endpoint connected, and is the service in its
//! zone.
//!
//! Services of AWS have nothing behind them that anybody could look at. Uses
//! the model; load balancers are looked into elsewhere.

use super::Asking;
use super::course::{Course, Grounds, absent};
use super::gateway::provider_not_seen;
use crate::graph::admission::Need;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::Aspect;
use crate::graph::reach::model::{Endpoint, Network, Service, Zone};
use crate::graph::{Listing, Target};
use crate::snapshot::record::Kind;

/// The load balancers behind an endpoint whose groups look at its clients, by
/// row. Nothing else beyond an endpoint depends on who the client is.
pub fn client_filters(network: &Network, endpoint: &Endpoint) -> Vec<u32> {
    let id = endpoint.service.as_deref().and_then(service_id);
    let services = &network.services;
    let offered = id.and_then(|id| services.offered.iter().find(|service| service.id == id));
    let targets = offered.into_iter().flat_map(|service| &service.balancers);
    targets
        .filter_map(Target::row)
        .filter(|row| {
            let balancer = services.balancers.get(*row as usize);
            balancer.is_some_and(|balancer| balancer.enforced != Some(false))
        })
        .collect()
}

impl Asking<'_> {
    /// What an interface endpoint leads to.
    pub(super) fn service(&self, course: &mut Course, endpoint: &Endpoint) {
        let Some(name) = &endpoint.service else {
            let need = Need::Field(endpoint.node, "ServiceName");
            let grounds = Grounds::default().needing(need);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return;
        };
        let Some(id) = service_id(name) else {
            return;
        };
        let services = &self.network.services;
        let offered = services.offered.iter().find(|service| service.id == id);
        let seen = services.seen.iter().find(|service| service.id == id);
        if let Some(service) = offered {
            course.at(service.node);
            self.connection(course, service);
            service_state(course, service);
        } else if let Some(service) = seen {
            course.at(service.node);
        }
        let in_zone = self.zone(course, offered, seen);
        let Some(service) = offered else {
            provider_not_seen(course, "the service's load balancers and their targets");
            return;
        };
        // Where no load balancer is, the way ends.
        if !in_zone {
            return;
        }
        self.balancers(course, service);
    }

    /// Whether the provider lists the endpoint as connected
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html>).
    fn connection(&self, course: &mut Course, service: &Service) {
        let endpoint = self.near;
        let services = &self.network.services;
        let Some(connection) = services.connection(&self.graph.id(endpoint)) else {
            // The state of the endpoint says it too, so a list that was not
            // seen leaves no doubt.
            let kind = Kind::VpcEndpointConnection;
            if self.graph.listing(kind, service.node) == Listing::Complete {
                let detail = "the service lists no connection of this endpoint";
                let grounds = Grounds::words(detail);
                course.fail(Aspect::Provider, Code::VpceConnectionMissing, grounds);
            }
            return;
        };
        let path = "VpcEndpointState";
        let Some(state) = connection.state.as_deref() else {
            return;
        };
        let grounds = Grounds::field(connection.node, path, format!("connection {state}"));
        match state {
            "available" => course.pass(Aspect::Provider, grounds),
            "pendingacceptance" => {
                course.fail(Aspect::Provider, Code::VpcePendingAcceptance, grounds);
            }
            other => {
                let grounds = grounds.saying(format!("the provider's view of it is {other}"));
                course.fail(Aspect::Provider, Code::VpceConnectionMissing, grounds);
            }
        }
    }

    /// Whether the service is in the zone of the interface. Zones are compared
    /// by id; a name means the same zone in one account only. An endpoint on a
    /// service of another Region need not share zones with it
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html>).
    /// False if it surely is not.
    fn zone(&self, course: &mut Course, offered: Option<&Service>, seen: Option<&Service>) -> bool {
        let with_zones = |service: &&Service| service.zones.is_some();
        let best = offered.filter(with_zones).or(seen.filter(with_zones));
        let Some(service) = best.or(offered) else {
            return true;
        };
        if self.is_cross_region() {
            return true;
        }
        let own = self.interface_zone();
        let zones = service.zones.as_deref();
        let answers: Vec<Option<bool>> = zones
            .unwrap_or_default()
            .iter()
            .map(|zone| own.and_then(|own| own.same(zone)))
            .collect();
        let shown = own.map_or("(zone not known)", Zone::shown);
        let all: Vec<&str> = zones.unwrap_or_default().iter().map(Zone::shown).collect();
        let by_id = zones.is_some_and(|zones| zones.iter().any(|zone| zone.id.is_some()));
        let path = if by_id {
            "AvailabilityZoneIds"
        } else {
            "AvailabilityZones"
        };
        let grounds = Grounds::field(service.node, path, all.join(", "));
        if answers.contains(&Some(true)) {
            course.pass(Aspect::Provider, grounds);
        } else if all.is_empty() || own.is_none() || answers.contains(&None) {
            // What the consumer cannot compare is no doubt: AWS refuses
            // subnets outside the service's zones.
            if offered.is_some() {
                let need = self.zone_need(service, by_id);
                course.doubt(
                    Aspect::Provider,
                    Code::SnapshotMissing,
                    grounds.needing(need),
                );
            }
        } else {
            let detail = format!(
                "the interface is in {shown}, the service in {}",
                all.join(", ")
            );
            let code = Code::VpceServiceNotInstalledInAz;
            course.fail(Aspect::Provider, code, grounds.saying(detail));
            return false;
        }
        true
    }

    fn zone_need(&self, service: &Service, by_id: bool) -> Need {
        let subnet = self.interface_subnet();
        let subnet = subnet.and_then(|row| self.network.subnets.get(row as usize));
        match subnet {
            Some(subnet) if by_id => Need::Field(subnet.node, "AvailabilityZoneId"),
            _ => Need::Field(service.node, "AvailabilityZoneIds"),
        }
    }

    /// The zone of the interface that the traffic arrived at.
    pub(super) fn interface_zone(&self) -> Option<&Zone> {
        let subnet = self.interface_subnet()?;
        self.network.subnets.get(subnet as usize)?.zone.as_ref()
    }

    /// Whether the service is in another Region than the endpoint.
    pub(super) fn is_cross_region(&self) -> bool {
        let node = self.near;
        let entry = self.graph.entry(node);
        let region = entry.and_then(|entry| entry.text("ServiceRegion"));
        region.is_some_and(|region| region != self.graph.scope(node).region)
    }

    /// The load balancers behind a service. Several serve alike; which of them
    /// gets a connection is not ours to say.
    fn balancers(&self, course: &mut Course, service: &Service) {
        if service.balancers.is_empty() {
            let need = Need::Field(service.node, "NetworkLoadBalancerArns");
            let grounds = Grounds::default().needing(need);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return;
        }
        let mut ways = Vec::new();
        for target in &service.balancers {
            let mut way = Course::new(course.header().clone(), course.asked());
            let row = match target {
                Target::Here(node) => node.row(),
                Target::Elsewhere(id) => {
                    let need = absent(self.graph, Kind::LoadBalancer, id, service.node);
                    let path = "NetworkLoadBalancerArns";
                    let grounds = Grounds::field(service.node, path, id.clone()).needing(need);
                    course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
                    None
                }
                Target::Nothing => None,
            };
            let rows = &self.network.services.balancers;
            if let Some(balancer) = row.and_then(|row| rows.get(row as usize)) {
                self.balancer(&mut way, balancer);
                ways.push(way);
            }
        }
        course.one_of(ways);
    }
}

fn service_state(course: &mut Course, service: &Service) {
    let Some(state) = service.state.as_deref() else {
        let grounds = Grounds::default().needing(Need::Field(service.node, "ServiceState"));
        course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        return;
    };
    let grounds = Grounds::field(service.node, "ServiceState", format!("state {state}"));
    if state == "available" {
        course.pass(Aspect::Provider, grounds);
    } else {
        let grounds = grounds.saying(format!("the service is {state}"));
        course.fail(Aspect::Provider, Code::BadState, grounds);
    }
}

/// The id in the name of a service of a provider:
/// `com.amazonaws.vpce.<region>.vpce-svc-…`. Services of AWS have none.
fn service_id(name: &str) -> Option<&str> {
    name.rsplit('.')
        .next()
        .filter(|last| last.starts_with("vpce-svc-"))
}

#[cfg(test)]
mod tests {
    use super::service_id;

    #[test]
    fn services_of_aws_have_no_id() {
        assert_eq!(
            service_id("com.amazonaws.vpce.us-east-1.vpce-svc-0123"),
            Some("vpce-svc-0123")
        );
        assert_eq!(service_id("com.amazonaws.us-east-1.s3"), None);
        assert_eq!(service_id("aws.sagemaker.us-east-1.notebook"), None);
    }
}
