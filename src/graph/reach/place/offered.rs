//! Resource configurations and service networks as destinations.
//!
//! Each VPC of the source has ways of its own: the endpoints that lead there,
//! and the association of the VPC with a service network. Uses the model;
//! decides nothing about traffic.

use super::{Class, Finder, NoPlace, Place, Side};
use crate::graph::reach::endpoint::offered_at;
use crate::graph::reach::flow::End;
use crate::graph::reach::model::Endpoint;
use crate::graph::{Node, Target};
use crate::snapshot::record::Kind;

impl Finder<'_> {
    /// What VPC Lattice offers, as a destination.
    pub(super) fn offered(&self, node: Node, side: Side<'_>) -> Result<Place, NoPlace> {
        let Side::To(source) = side else {
            return Err(NoPlace::new(
                format!(
                    "{} begins no connections; it is reached by others",
                    self.graph.id(node)
                ),
                "name the interface, instance, subnet or address that sends",
            ));
        };
        let mut place = Place {
            node: Some(node),
            what: node.kind.spec().name.to_owned(),
            ..Place::default()
        };
        let end = End::Offered(node, offered_at(self.network, node));
        let joined = |vpc: u32| {
            let all = &self.network.lattice.vpcs;
            all.iter().any(|one| one.vpc == Some(vpc))
        };
        let vpcs = source.vpcs(self.graph);
        for vpc in &vpcs {
            let rows = self.interfaces_towards(node, *vpc);
            let members: Vec<_> = rows
                .iter()
                .flat_map(|row| self.first_addresses(*row))
                .collect();
            let mut classes = self.sorter.sort(&members);
            if classes.is_empty() || joined(*vpc) {
                classes.push(Class {
                    ends: vec![end.clone()],
                    count: 1,
                    ..Class::default()
                });
            }
            for mut class in classes {
                class.only_from = Some(*vpc);
                place.classes.push(class);
            }
        }
        if vpcs.is_empty() {
            place.classes.push(Class {
                ends: vec![end],
                count: 1,
                ..Class::default()
            });
        }
        Ok(place)
    }

    /// The interfaces of a VPC's endpoints that lead to something, or to the
    /// group that it is of.
    fn interfaces_towards(&self, node: Node, vpc: u32) -> Vec<u32> {
        let configurations = &self.network.lattice.configurations;
        let own = (node.kind == Kind::ResourceConfiguration)
            .then(|| configurations.get(node.row()? as usize))
            .flatten();
        let group = own.and_then(|own| own.group.node());
        let leads = |target: &Target| {
            let target = target.node();
            target.is_some() && (target == Some(node) || target == group)
        };
        let towards = |endpoint: &&Endpoint| {
            endpoint.vpc == Some(vpc)
                && (leads(&endpoint.configuration) || leads(&endpoint.service_network))
        };
        let endpoints = self.network.endpoints.iter().filter(towards);
        let rows = endpoints.flat_map(|endpoint| &endpoint.interfaces);
        rows.copied().collect()
    }
}
