//! What Route 53 Profiles bring to a VPC: zones, rules, endpoints.
//!
//! Whether a profile's zone or the VPC's own comes first for the same name is
//! left open here; the view calls it a tie
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/profiles.html>).
//! Uses the index and adds to a view; nothing is asked.

use super::hidden;
use super::index::{Force, Index, at, force, zone_id};
use super::view::{Over, Under, View, both, of};
use crate::graph::admission::Need;
use crate::graph::{Entry, Graph, Listing, Node};
use crate::snapshot::record::Kind;

/// The states in which an association is gone or never came to be.
const GONE: &[&str] = &["FAILED", "DELETED"];

pub(super) fn add(graph: &Graph, index: &Index, vpc: Node, view: &mut View) {
    for &node in of(&index.profiles_of, vpc) {
        let Some(entry) = graph.entry(node) else {
            continue;
        };
        let in_force = force(&entry, "Status", &["COMPLETE"], GONE);
        if in_force == Force::No {
            continue;
        }
        let Some(profile) = entry.text("ProfileId") else {
            let need = Need::Field(node, "ProfileId");
            view.doubt(Over::Both, Under::Anything, need);
            continue;
        };
        for &resource in index
            .in_profile
            .get(&profile)
            .map_or(&[][..], Vec::as_slice)
        {
            if let Some(resource) = graph.entry(resource) {
                carried(graph, index, view, &resource, node, &in_force);
            }
        }
        if !graph.asked_about(Kind::ProfileResourceAssociation, &profile) {
            let near = entry.target("ProfileId").node().unwrap_or(node);
            let need = Need::Listing(Kind::ProfileResourceAssociation, near);
            view.doubt(Over::Both, Under::Anything, need);
        }
    }
    if graph.listing(Kind::ProfileAssociation, vpc) != Listing::Complete {
        let need = Need::Listing(Kind::ProfileAssociation, vpc);
        view.doubt(Over::Both, Under::Anything, need);
    }
}

/// One thing that a profile carries, told by its ARN.
fn carried(
    graph: &Graph,
    index: &Index,
    view: &mut View,
    resource: &Entry<'_>,
    profile: Node,
    in_force: &Force,
) {
    let in_force = both(
        in_force.clone(),
        force(resource, "Status", &["COMPLETE"], GONE),
    );
    if in_force == Force::No {
        return;
    }
    let Some(arn) = resource.text("ResourceArn") else {
        let need = Need::Field(resource.node, "ResourceArn");
        view.doubt(Over::Both, Under::Anything, need);
        return;
    };
    let id = zone_id(&arn);
    let evidence = at(resource.node, "ResourceArn", arn.clone());
    if arn.contains("hostedzone/") {
        view.zone(index, &id, Some(profile), in_force, evidence);
    } else if arn.contains("resolver-rule/") {
        if let Some(rule) = graph.find(Kind::ResolverRule, &id, None) {
            view.rule(graph, rule, Some(profile), in_force, vec![evidence]);
        } else {
            let need = Need::Listing(Kind::ResolverRule, resource.node);
            view.doubt(Over::Rules, Under::Anything, need);
        }
    } else if arn.contains("vpc-endpoint/") {
        if let Some(endpoint) = graph.find(Kind::VpcEndpoint, &id, None) {
            hidden::endpoint(graph, index, endpoint, Some((profile, in_force)), view);
        } else {
            let need = Need::Listing(Kind::VpcEndpoint, resource.node);
            view.doubt(Over::Zones, Under::Anything, need);
        }
    } else if arn.contains("firewall-rule-group") {
        view.firewalls.push(resource.node);
    }
}
