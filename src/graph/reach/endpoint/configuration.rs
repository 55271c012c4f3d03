//! Resource configurations: is it accessible, does it offer the port, and does
//! its gateway reach it.
//!
//! A group stands for its children, each of which has its own name, ports and
//! association with the endpoint. Uses the model; gateways are looked into
//! elsewhere, and endpoint services have nothing to do here.

use super::Asking;
use super::course::{Course, Grounds, absent};
use super::gateway::{owner_not_seen, provider_not_seen};
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::Aspect;
use crate::graph::reach::model::{
    Accessibility, Configuration, ConfigurationType, Endpoint, EndpointAssociation,
};
use crate::graph::{Listing, Node, Target};
use crate::snapshot::record::Kind;

/// How many resources of a group, of a service network or of a target group
/// have their ways written down; verdicts are about all of them.
const SHOWN: usize = 8;

impl Asking<'_> {
    /// What a resource endpoint leads to.
    pub(super) fn resource(&self, course: &mut Course, endpoint: &Endpoint) {
        let node = endpoint.node;
        let configuration = self.configuration_of(course, &endpoint.configuration, node);
        let Some(configuration) = configuration else {
            return;
        };
        course.at(configuration.node);
        status(course, configuration);
        match configuration.kind {
            ConfigurationType::Group => self.group(course, configuration),
            ConfigurationType::Cidr => cidr(course, configuration),
            _ => {
                self.accessible(course, configuration);
                self.ports(course, configuration);
                self.gateway(course, configuration);
            }
        }
    }

    /// The configuration that is named, or the doubt that it leaves.
    pub(super) fn configuration_of(
        &self,
        course: &mut Course,
        target: &Target,
        near: Node,
    ) -> Option<&Configuration> {
        let row = match target {
            Target::Here(node) => node.row(),
            Target::Elsewhere(id) => {
                let kind = Kind::ResourceConfiguration;
                let listed = self.graph.listing(kind, near) == Listing::Complete;
                if listed && owner_not_seen(self.graph, id) {
                    self.accessible_at_all(course);
                    provider_not_seen(course, "the resource configuration and its ports");
                } else {
                    let detail = "it is not in the snapshot, so its ports are not known";
                    let need = absent(self.graph, kind, id, near);
                    let grounds = Grounds::words(detail).needing(need);
                    course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
                }
                None
            }
            Target::Nothing => {
                let need = Need::Field(near, "ResourceConfigurationArn");
                let grounds = Grounds::default().needing(need);
                course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
                None
            }
        };
        let rows = &self.network.lattice.configurations;
        row.and_then(|row| rows.get(row as usize))
    }

    /// The children of a group. One that the snapshot does not show may offer
    /// any port.
    fn group(&self, course: &mut Course, group: &Configuration) {
        let lattice = &self.network.lattice;
        let mut ways = Vec::new();
        let mut offered = Ports::default();
        for child in &group.children {
            let Some(child) = lattice.configurations.get(*child as usize) else {
                continue;
            };
            let ports = self.offered(child);
            let ours = ports.as_ref().unwrap_or(course.asked());
            let ours = ours.intersection(course.asked());
            offered = offered.union(&ours);
            if !ours.is_empty() {
                ways.push(self.child(course, child, &ours));
            }
        }
        let rest = course.asked().difference(&offered);
        self.rest_of_group(course, group, &rest);
        let ways = shorten(course, ways);
        course.any_of(ways, &rest);
    }

    /// Ports that no child in the snapshot offers. Consumers of a group see its
    /// children only as associations of their endpoint; which ports these have
    /// is the provider's half.
    fn rest_of_group(&self, course: &mut Course, group: &Configuration, rest: &Ports) {
        if rest.is_empty() {
            return;
        }
        let unseen = self.unseen_children(group);
        let arn = self.graph.entry(group.node);
        let arn = arn.and_then(|entry| entry.text("arn")).unwrap_or_default();
        if owner_not_seen(self.graph, &arn) {
            self.accessible_at_all(course);
            provider_not_seen(course, "the resources of the group and their ports");
            return;
        }
        let grounds = Grounds::field(group.node, "type", "GROUP");
        if unseen.is_empty() {
            let detail = format!("no resource of the group offers {rest}");
            course.fail_ports(
                Aspect::Provider,
                Code::RcfgPortNotAllowed,
                rest.clone(),
                grounds.saying(detail),
            );
        } else {
            let grounds = unseen.into_iter().fold(grounds, Grounds::needing);
            let grounds = grounds.saying("resources of the group are not in the snapshot");
            course.doubt_ports(
                Aspect::Provider,
                Code::SnapshotMissing,
                rest.clone(),
                grounds,
            );
        }
    }

    /// Whether AWS says of anything behind the endpoint that it can be reached:
    /// all that a consumer sees of what another account shares as a group.
    fn accessible_at_all(&self, course: &mut Course) {
        let lattice = &self.network.lattice;
        let all = || lattice.of_endpoint(self.landing.endpoint);
        let working = all().find(|one| one.accessibility == Accessibility::Yes);
        let doubtful = all().find(|one| one.accessibility == Accessibility::Unknown);
        match working.or(doubtful).or_else(|| all().next()) {
            Some(association) => accessibility(course, association),
            None => self.no_association(course, None),
        }
        if working.is_some() {
            let failed = all().filter(|one| one.accessibility == Accessibility::Failed);
            let failed = failed.count();
            if failed > 0 {
                let detail = format!("{failed} of {} resources cannot be reached", all().count());
                course.note(Some(Code::RcfgInaccessible), Grounds::words(detail));
            }
        }
    }

    fn child(&self, course: &Course, child: &Configuration, ports: &Ports) -> Course {
        let mut way = Course::new(course.header().clone(), ports);
        way.at(child.node);
        status(&mut way, child);
        self.accessible(&mut way, child);
        self.ports(&mut way, child);
        self.gateway(&mut way, child);
        way
    }

    /// What would show all children of a group; nothing if they are all there.
    pub(super) fn unseen_children(&self, group: &Configuration) -> Vec<Need> {
        let mut needs = Vec::new();
        let listing = self.graph.listing(Kind::ResourceConfiguration, group.node);
        if listing != Listing::Complete {
            needs.push(Need::Listing(Kind::ResourceConfiguration, group.node));
        }
        let lattice = &self.network.lattice;
        for association in lattice.of_endpoint(self.landing.endpoint) {
            if let Target::Elsewhere(id) = &association.configuration {
                let kind = Kind::ResourceConfiguration;
                needs.push(absent(self.graph, kind, id, self.near));
            }
        }
        needs.sort();
        needs.dedup();
        needs
    }

    /// AWS says of each resource whether it can be reached through the
    /// endpoint
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpointAssociation.html>).
    pub(super) fn accessible(&self, course: &mut Course, configuration: &Configuration) {
        let node = configuration.node;
        let lattice = &self.network.lattice;
        let mut associations = lattice.of_endpoint(self.landing.endpoint);
        let association =
            associations.find(|association| association.configuration.node() == Some(node));
        match association {
            Some(association) => accessibility(course, association),
            None => self.no_association(course, Some(node)),
        }
    }

    fn no_association(&self, course: &mut Course, configuration: Option<Node>) {
        let node = self.near;
        let kind = Kind::VpcEndpointAssociation;
        if self.graph.listing(kind, node) == Listing::Complete {
            let what = configuration.map_or_else(
                || "a resource".to_owned(),
                |configuration| self.graph.id(configuration),
            );
            let detail = format!("no association of the endpoint names {what}");
            let grounds = Grounds::words(detail);
            course.fail(Aspect::Provider, Code::RcfgInaccessible, grounds);
        } else {
            let grounds = Grounds::default().needing(Need::Listing(kind, node));
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        }
    }

    /// The ports that a configuration offers: a child without its own offers
    /// its group's
    /// (<https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceConfiguration.html>).
    /// `None` if they were not seen.
    pub(super) fn offered(&self, configuration: &Configuration) -> Option<Ports> {
        let own = configuration.ports.clone();
        if own.as_ref().is_some_and(|ports| !ports.is_empty()) {
            return own;
        }
        let rows = &self.network.lattice.configurations;
        let group = configuration.group.row()?;
        let ports = rows.get(group as usize)?.ports.clone();
        ports.filter(|ports| !ports.is_empty())
    }

    pub(super) fn ports(&self, course: &mut Course, configuration: &Configuration) {
        let node = configuration.node;
        let Some(offered) = self.offered(configuration) else {
            // A resource by its ARN has the port of its service.
            let grounds = Grounds::default().needing(Need::Field(node, "portRanges"));
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return;
        };
        let closed = course.asked().difference(&offered);
        let grounds = Grounds::field(node, "portRanges", format!("offers {offered}"));
        if closed.is_empty() {
            course.pass(Aspect::Provider, grounds);
        } else {
            let grounds = grounds.saying(format!("it offers {offered}, and not {closed}"));
            course.fail_ports(Aspect::Provider, Code::RcfgPortNotAllowed, closed, grounds);
        }
    }
}

/// Works while `ACTIVE`
/// (<https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetResourceConfiguration.html>).
/// Whether the old one serves while it is changed, or after that failed, is
/// not documented.
pub(super) fn status(course: &mut Course, configuration: &Configuration) {
    lattice_status(
        course,
        configuration.node,
        configuration.status.as_deref(),
        "the resource configuration",
    );
}

fn cidr(course: &mut Course, configuration: &Configuration) {
    let detail = "blocks of addresses need a tunnel endpoint, which is not modelled";
    let need = Need::Sense(detail.to_owned());
    let grounds = Grounds::field(configuration.node, "type", "CIDR").needing(need);
    course.doubt(Aspect::Provider, Code::NotModelled, grounds.saying(detail));
}

pub(super) fn accessibility(course: &mut Course, association: &EndpointAssociation) {
    let shown = format!("accessibility {}", association.word);
    let path = "AssociatedResourceAccessibility";
    let grounds = Grounds::field(association.node, path, shown);
    match association.accessibility {
        Accessibility::Yes => course.pass(Aspect::Provider, grounds),
        Accessibility::Pending | Accessibility::Failed => {
            let grounds = match &association.failure {
                Some(failure) => grounds
                    .and(association.node, "FailureCode", failure.clone())
                    .saying(failure.clone()),
                None => grounds,
            };
            course.fail(Aspect::Provider, Code::RcfgInaccessible, grounds);
        }
        Accessibility::Unknown => {
            let grounds = Grounds::default().needing(Need::Field(association.node, path));
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        }
    }
}

/// Configurations, gateways and associations work while `ACTIVE`.
pub(super) fn lattice_status(course: &mut Course, node: Node, status: Option<&str>, what: &str) {
    let Some(status) = status else {
        let grounds = Grounds::default().needing(Need::Field(node, "status"));
        course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        return;
    };
    let grounds = Grounds::field(node, "status", format!("status {status}"));
    match status {
        "active" => course.pass(Aspect::Provider, grounds),
        "update_in_progress" | "update_failed" | "delete_failed" | "partial" => {
            let sense = format!("whether {what} serves while its status is {status}");
            let grounds = grounds.needing(Need::Sense(sense));
            course.doubt(Aspect::Provider, Code::BadState, grounds);
        }
        other => {
            let grounds = grounds.saying(format!("{what} has the status {other}"));
            course.fail(Aspect::Provider, Code::BadState, grounds);
        }
    }
}

/// Keeps the hops of the first few ways, those that are stopped before others,
/// and says how many are left out.
pub(super) fn shorten(course: &mut Course, mut ways: Vec<Course>) -> Vec<Course> {
    let clean = |way: &Course| way.admitted.open == *way.asked() && way.sometimes.is_empty();
    let mut order: Vec<usize> = (0..ways.len()).collect();
    order.sort_by_key(|position| ways.get(*position).is_some_and(clean));
    for position in order.into_iter().skip(SHOWN) {
        if let Some(way) = ways.get_mut(position) {
            way.forward.clear();
            way.back.clear();
        }
    }
    if ways.len() > SHOWN {
        let detail = format!("{SHOWN} of {} ways are shown", ways.len());
        course.note(None, Grounds::words(detail));
    }
    ways
}

/// One way is enough to show where all of them pass.
pub(super) fn first_of_equals(mut ways: Vec<Course>) -> Vec<Course> {
    let clean = |way: &Course| way.admitted.open == *way.asked() && way.sometimes.is_empty();
    if ways.iter().all(clean) {
        for way in ways.iter_mut().skip(1) {
            way.forward.clear();
            way.back.clear();
        }
    }
    ways
}
