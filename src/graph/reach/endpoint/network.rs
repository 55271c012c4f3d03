//! Service networks behind an endpoint.
//!
//! An endpoint of this type has one block of addresses for services and single
//! addresses for resources
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/access-with-service-network-endpoint.html>);
//! which resource answers at which address AWS does not say, so all of them are
//! asked. Uses the model; VPCs that join a service network are looked at
//! elsewhere.

use super::Asking;
use super::configuration::{accessibility, lattice_status, shorten, status};
use super::course::{Course, Grounds, absent};
use super::gateway::owner_not_seen;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::Aspect;
use crate::graph::reach::model::{Configuration, ConfigurationType, Endpoint, NetworkMember};
use crate::graph::{Listing, Node, Target};
use crate::snapshot::record::Kind;

impl Asking<'_> {
    /// What a service network endpoint leads to.
    pub(super) fn service_network(&self, course: &mut Course, endpoint: &Endpoint) {
        let near = endpoint.node;
        let network = match &endpoint.service_network {
            Target::Here(node) => *node,
            Target::Elsewhere(id) => {
                let need = absent(self.graph, Kind::ServiceNetwork, id, near);
                let grounds = Grounds::words(format!("{id} is not in the snapshot"));
                course.doubt(
                    Aspect::Provider,
                    Code::SnapshotMissing,
                    grounds.needing(need),
                );
                return;
            }
            Target::Nothing => {
                let need = Need::Field(near, "ServiceNetworkArn");
                let grounds = Grounds::default().needing(need);
                course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
                return;
            }
        };
        course.at(network);
        if self.is_for_services() {
            self.services_of(course, network);
        } else {
            self.resources_of(course, network, None);
        }
    }

    /// Whether the address is in a block that the endpoint took for services.
    fn is_for_services(&self) -> bool {
        let address = self.landing.address;
        let interface = self.network.interfaces.get(self.landing.interface as usize);
        interface.is_some_and(|interface| {
            let blocks = &interface.prefixes;
            blocks.iter().any(|block| block.contains(&address))
        })
    }

    /// Services of VPC Lattice: whether there are any. On which ports they
    /// listen is not collected.
    pub(super) fn services_of(&self, course: &mut Course, network: Node) {
        let all = &self.network.lattice.services;
        let mut members = members(all, network).peekable();
        if members.peek().is_none() {
            self.nobody(course, Kind::ServiceNetworkServiceAssociation, network);
            return;
        }
        let active = |member: &&NetworkMember| member.status.as_deref() == Some("active");
        let Some(member) = members.find(active) else {
            let grounds = Grounds::words("no association of a service is active");
            course.fail(Aspect::Provider, Code::BadState, grounds);
            return;
        };
        let grounds = Grounds::field(member.node, "status", "a service is associated");
        let sense = "the listeners of the services of the service network".to_owned();
        let grounds = grounds.needing(Need::Sense(sense));
        course.doubt(Aspect::Provider, Code::NotModelled, grounds);
    }

    /// Resources of a service network; with `only`, that one.
    pub(super) fn resources_of(&self, course: &mut Course, network: Node, only: Option<Node>) {
        let lattice = &self.network.lattice;
        let kind = Kind::ServiceNetworkResourceAssociation;
        let mut ways = Vec::new();
        let mut offered = Ports::default();
        let mut unseen: Vec<Need> = Vec::new();
        for member in members(&lattice.resources, network) {
            let row = match &member.configuration {
                Target::Here(node) if only.is_none_or(|only| only == *node) => node.row(),
                Target::Here(_) | Target::Nothing => continue,
                Target::Elsewhere(id) => {
                    let kind = Kind::ResourceConfiguration;
                    unseen.push(absent(self.graph, kind, id, member.node));
                    continue;
                }
            };
            let Some(named) = row.and_then(|row| lattice.configurations.get(row as usize)) else {
                continue;
            };
            if named.kind == ConfigurationType::Group {
                // Children of another account's group are associations at best.
                unseen.extend(self.unseen_children(named));
                let arn = self.graph.entry(named.node);
                let arn = arn.and_then(|entry| entry.text("arn")).unwrap_or_default();
                if owner_not_seen(self.graph, &arn) {
                    let what = "the resources of another account's group, and their ports";
                    unseen.push(Need::Sense(what.to_owned()));
                }
            }
            for configuration in self.resources(named) {
                let ports = self.offered(configuration);
                let ports = ports.as_ref().unwrap_or(course.asked());
                let share = ports.intersection(course.asked());
                offered = offered.union(&share);
                if !share.is_empty() {
                    ways.push(self.member(course, member, configuration, &share));
                }
            }
        }
        if self.graph.listing(kind, network) != Listing::Complete {
            unseen.push(Need::Listing(kind, network));
        }
        let rest = course.asked().difference(&offered);
        if !rest.is_empty() && unseen.is_empty() {
            let detail = format!("no resource of the service network offers {rest}");
            let grounds = Grounds::words(detail);
            let code = Code::RcfgPortNotAllowed;
            course.fail_ports(Aspect::Provider, code, rest.clone(), grounds);
        } else if !rest.is_empty() {
            let grounds =
                Grounds::words("resources of the service network are not in the snapshot");
            let grounds = unseen.into_iter().fold(grounds, Grounds::needing);
            course.doubt_ports(
                Aspect::Provider,
                Code::SnapshotMissing,
                rest.clone(),
                grounds,
            );
        }
        let ways = shorten(course, ways);
        course.any_of(ways, &rest);
    }

    /// The resources that a configuration stands for.
    fn resources<'c>(&'c self, configuration: &'c Configuration) -> Vec<&'c Configuration> {
        if configuration.kind != ConfigurationType::Group {
            return vec![configuration];
        }
        let rows = &self.network.lattice.configurations;
        let children = configuration.children.iter();
        children.filter_map(|row| rows.get(*row as usize)).collect()
    }

    fn member(
        &self,
        course: &Course,
        member: &NetworkMember,
        configuration: &Configuration,
        share: &Ports,
    ) -> Course {
        let mut way = Course::new(course.header().clone(), share);
        way.at(member.node);
        lattice_status(
            &mut way,
            member.node,
            member.status.as_deref(),
            "the association with the service network",
        );
        way.at(configuration.node);
        status(&mut way, configuration);
        let lattice = &self.network.lattice;
        let mut associations = lattice.of_endpoint(self.landing.endpoint);
        let own = associations
            .find(|association| association.configuration.node() == Some(configuration.node));
        if let Some(association) = own {
            accessibility(&mut way, association);
        }
        self.ports(&mut way, configuration);
        self.gateway(&mut way, configuration);
        way
    }

    fn nobody(&self, course: &mut Course, kind: Kind, network: Node) {
        if self.graph.listing(kind, network) == Listing::Complete {
            let grounds = Grounds::words("the service network has no such association");
            course.fail(Aspect::Provider, Code::RcfgInaccessible, grounds);
        } else {
            let grounds = Grounds::default().needing(Need::Listing(kind, network));
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        }
    }
}

/// The members of a service network.
pub(super) fn members(
    all: &[NetworkMember],
    network: Node,
) -> impl Iterator<Item = &NetworkMember> {
    all.iter()
        .filter(move |member| member.network.node() == Some(network))
}
