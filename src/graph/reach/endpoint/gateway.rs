//! Resource gateways: from an endpoint to the resource itself.
//!
//! A zone in common with the endpoint, the gateway's groups, and the way from
//! its subnets to the resource
//! (<https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html>).
//! Uses the model and the walk; which ports are offered is not asked here.

use std::net::IpAddr;

use super::Asking;
use super::configuration::{first_of_equals, lattice_status, shorten};
use super::course::{Course, Grounds, absent};
use super::origin::Origin;
use crate::graph::admission::Need;
use crate::graph::dns::{self, Name, RecordType};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::Aspect;
use crate::graph::reach::model::{
    Configuration, ConfigurationType, Definition, Endpoint, ResourceGateway,
};
use crate::graph::{Graph, Listing, Node, Target};
use crate::snapshot::record::Kind;

impl Asking<'_> {
    /// From a configuration's gateway to its resource.
    pub(super) fn gateway(&self, course: &mut Course, configuration: &Configuration) {
        let lattice = &self.network.lattice;
        let gateway = match lattice.gateway_of(configuration) {
            Target::Here(node) => node.row(),
            Target::Elsewhere(id) => {
                self.gateway_elsewhere(course, configuration, id);
                return;
            }
            Target::Nothing => {
                provider_not_seen(course, "the resource gateway, its groups and the resource");
                return;
            }
        };
        let Some(gateway) = gateway.and_then(|row| lattice.gateways.get(row as usize)) else {
            return;
        };
        course.at(gateway.node);
        let status = gateway.status.as_deref();
        lattice_status(course, gateway.node, status, "the resource gateway");
        let subnets = match self.endpoint {
            Some(endpoint) => self.common_zone(course, gateway, endpoint),
            None => gateway.subnets.clone(),
        };
        let Some(addresses) = self.resource_addresses(course, configuration, gateway) else {
            return;
        };
        let mut ways = Vec::new();
        for subnet in subnets {
            let origin = self.gateway_in(gateway, subnet);
            for address in &addresses {
                let to = self.end_at(gateway.vpc, *address);
                ways.extend(self.ways(&origin, &to, self.landing.traffic, None));
            }
        }
        let asked = course.asked().clone();
        for way in &mut ways {
            way.confine(&asked);
        }
        let ways = shorten(course, ways);
        course.one_of(first_of_equals(ways));
    }

    /// A gateway that is not in the snapshot: gone, not collected, or another
    /// account's.
    fn gateway_elsewhere(&self, course: &mut Course, configuration: &Configuration, id: &str) {
        let node = configuration.node;
        let entry = self.graph.entry(node);
        let arn = entry.and_then(|entry| entry.text("arn"));
        let arn = arn.unwrap_or_default();
        if owner_not_seen(self.graph, &arn) {
            provider_not_seen(course, "the resource gateway, its groups and the resource");
            return;
        }
        let own = owner(&arn) == Some(self.graph.scope(node).account.as_str());
        let grounds = Grounds::field(node, "resourceGatewayId", id);
        if own && self.graph.listing(Kind::ResourceGateway, node) == Listing::Complete {
            let grounds = grounds.saying(format!("the resource gateway {id} does not exist"));
            course.fail(Aspect::Provider, Code::BadState, grounds);
        } else {
            let need = absent(self.graph, Kind::ResourceGateway, id, node);
            course.doubt(
                Aspect::Provider,
                Code::SnapshotMissing,
                grounds.needing(need),
            );
        }
    }

    fn gateway_in<'g>(&self, gateway: &'g ResourceGateway, subnet: u32) -> Origin<'g> {
        let interfaces = gateway.interfaces.iter().copied();
        let here = |row: &u32| {
            let interface = self.network.interfaces.get(*row as usize);
            interface.is_some_and(|interface| interface.subnet == Some(subnet))
        };
        Origin {
            node: gateway.node,
            vpc: gateway.vpc,
            subnet,
            interfaces: interfaces.filter(here).collect(),
            addresses: Vec::new(),
            groups: &gateway.groups,
            egress: Code::RgwSgEgress,
        }
    }

    /// Endpoint and gateway need a zone in common. Gives the subnets of the
    /// gateway that the traffic may come from: those in the zone of the
    /// interface, else those in other common zones.
    fn common_zone(
        &self,
        course: &mut Course,
        gateway: &ResourceGateway,
        endpoint: &Endpoint,
    ) -> Vec<u32> {
        let ours = self.endpoint_subnets(endpoint);
        let own = self.interface_subnet();
        let (mut here, mut common) = (Vec::new(), Vec::new());
        let mut needs = self.unseen_subnets(gateway, &ours);
        for subnet in &gateway.subnets {
            match own.and_then(|own| self.same_zone(own, *subnet)) {
                Some(true) => here.push(*subnet),
                _ => match self.any_same_zone(&ours, *subnet) {
                    Ok(true) => common.push(*subnet),
                    Ok(false) => {}
                    Err(need) => needs.push(need),
                },
            }
        }
        let zones = |subnets: &[u32]| {
            let mut zones: Vec<&str> = subnets.iter().map(|row| self.zone_shown(*row)).collect();
            zones.sort_unstable();
            zones.dedup();
            zones.join(", ")
        };
        let grounds = Grounds::field(self.near, "SubnetIds", zones(&ours)).and(
            gateway.node,
            "subnetIds",
            zones(&gateway.subnets),
        );
        if !here.is_empty() {
            course.pass(Aspect::Provider, grounds);
            return here;
        }
        if !common.is_empty() {
            let detail = "the gateway has no subnet in the zone of this interface";
            let code = Some(Code::AvailabilityZoneCrossed);
            course.note(code, grounds.saying(detail));
            return common;
        }
        if needs.is_empty() {
            let detail = format!(
                "the endpoint is in {}, the gateway in {}",
                zones(&ours),
                zones(&gateway.subnets)
            );
            let code = Code::RgwNoAzOverlap;
            course.fail(Aspect::Provider, code, grounds.saying(detail));
        } else {
            let grounds = needs.into_iter().fold(grounds, Grounds::needing);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        }
        gateway.subnets.clone()
    }

    fn unseen_subnets(&self, gateway: &ResourceGateway, ours: &[u32]) -> Vec<Need> {
        let strangers = gateway.strangers.iter();
        let mut needs: Vec<Need> = strangers
            .map(|id| absent(self.graph, Kind::Subnet, id, gateway.node))
            .collect();
        if !gateway.subnets_seen {
            needs.push(Need::Field(gateway.node, "subnetIds"));
        }
        if ours.is_empty() {
            needs.push(Need::Field(self.near, "SubnetIds"));
        }
        needs
    }

    /// The subnets of the endpoint, by its own list or by its interfaces.
    fn endpoint_subnets(&self, endpoint: &Endpoint) -> Vec<u32> {
        let mut subnets = endpoint.subnets.clone();
        let interfaces = endpoint.interfaces.iter();
        subnets.extend(interfaces.filter_map(|row| {
            let interface = self.network.interfaces.get(*row as usize)?;
            interface.subnet
        }));
        subnets.extend(self.interface_subnet());
        subnets.sort_unstable();
        subnets.dedup();
        subnets
    }

    /// The subnet of the interface that the traffic arrived at.
    pub(super) fn interface_subnet(&self) -> Option<u32> {
        let rows = &self.network.interfaces;
        rows.get(self.landing.interface as usize)?.subnet
    }

    fn zone_shown(&self, subnet: u32) -> &str {
        let subnet = self.network.subnets.get(subnet as usize);
        subnet
            .and_then(|subnet| subnet.zone.as_ref())
            .map_or("(zone not known)", |zone| zone.shown())
    }

    fn same_zone(&self, one: u32, other: u32) -> Option<bool> {
        let zone = |row: u32| self.network.subnets.get(row as usize)?.zone.as_ref();
        zone(one)?.same(zone(other)?)
    }

    /// Whether a subnet is in the zone of one of several, or what would tell.
    fn any_same_zone(&self, ours: &[u32], other: u32) -> Result<bool, Need> {
        let answers: Vec<Option<bool>> =
            ours.iter().map(|own| self.same_zone(*own, other)).collect();
        if answers.contains(&Some(true)) {
            return Ok(true);
        }
        let unclear = answers.iter().position(Option::is_none);
        let Some(unclear) = unclear.and_then(|position| ours.get(position)) else {
            return Ok(false);
        };
        let has_id = |row: u32| {
            let zone = self.network.subnets.get(row as usize)?.zone.as_ref()?;
            zone.id.as_ref()
        };
        let row = if has_id(*unclear).is_some() {
            other
        } else {
            *unclear
        };
        let node = self
            .network
            .subnets
            .get(row as usize)
            .map(|subnet| subnet.node);
        Err(node.map_or_else(
            || Need::Sense("the zones of the endpoint and of the gateway".to_owned()),
            |node| Need::Field(node, "AvailabilityZoneId"),
        ))
    }

    /// The addresses of the resource, or the doubt that their absence leaves.
    fn resource_addresses(
        &self,
        course: &mut Course,
        configuration: &Configuration,
        gateway: &ResourceGateway,
    ) -> Option<Vec<IpAddr>> {
        let node = configuration.node;
        let path = "resourceConfigurationDefinition";
        let (detail, need) = match &configuration.definition {
            Definition::Address(address) => return Some(vec![*address]),
            Definition::Name(name) => return self.resolve(course, (node, name), gateway),
            Definition::Arn(arn) => {
                let detail = format!("the addresses of {arn} are not known");
                (detail, Need::Sense(format!("the addresses of {arn}")))
            }
            Definition::Blocks(_) | Definition::Nothing => {
                let kind = configuration.kind;
                if kind == ConfigurationType::Group {
                    return None;
                }
                (String::new(), Need::Field(node, path))
            }
        };
        let grounds = Grounds::field(node, path, "").saying(detail).needing(need);
        course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        None
    }

    /// What the name of a resource resolves to. A gateway that resolves inside
    /// its VPC asks there; publicly resolved names are not in a snapshot
    /// (<https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html>).
    fn resolve(
        &self,
        course: &mut Course,
        (node, name): (Node, &str),
        gateway: &ResourceGateway,
    ) -> Option<Vec<IpAddr>> {
        let path = "resourceConfigurationDefinition.dnsResource.domainName";
        let grounds = Grounds::field(node, path, name);
        let unknown = format!("the addresses of {name}, the resource, are not known");
        let vpc = gateway
            .vpc
            .and_then(|vpc| self.network.vpcs.get(vpc as usize));
        let (Some(vpc), Ok(asked)) = (vpc.filter(|_| gateway.resolves_in_vpc), Name::parse(name))
        else {
            let need = Need::Sense(format!("the addresses that {name} resolves to"));
            let grounds = grounds.saying(unknown).needing(need);
            course.doubt(Aspect::Name, Code::SnapshotMissing, grounds);
            return None;
        };
        let found = dns::resolve(self.graph, vpc.node, &asked, RecordType::A);
        course.assumptions.extend(&found.assumptions);
        match found.verdict {
            dns::Verdict::Answered => {
                course.pass(Aspect::Name, grounds);
                Some(found.addresses.iter().map(|address| address.ip).collect())
            }
            dns::Verdict::NoAnswer(_) => {
                let code = found.code().unwrap_or(Code::DnsNoRecord);
                let detail = format!("{name} does not resolve in the VPC of the gateway");
                course.fail(Aspect::Name, code, grounds.saying(detail));
                None
            }
            dns::Verdict::Public | dns::Verdict::Unknown => {
                let need = Need::Sense(format!("the addresses that {name} resolves to"));
                let needs = found.needs().into_iter().chain([need]);
                let grounds = needs.fold(grounds.saying(unknown), Grounds::needing);
                course.doubt(Aspect::Name, Code::SnapshotMissing, grounds);
                None
            }
        }
    }
}

/// The account in an ARN.
fn owner(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

/// Whether the account in an ARN is none of those that the snapshot shows.
pub(super) fn owner_not_seen(graph: &Graph, arn: &str) -> bool {
    let scopes = &graph.snapshot().scopes;
    owner(arn).is_some_and(|owner| scopes.iter().all(|scope| scope.account != owner))
}

/// Says what of the provider's half nobody could look at.
pub(super) fn provider_not_seen(course: &mut Course, what: &str) {
    let detail = format!("the provider's half is not in the snapshot: {what}");
    course.note(Some(Code::SnapshotMissing), Grounds::words(detail));
}
