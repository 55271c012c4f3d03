//! Target groups: which targets a node of a load balancer sends to, and whether
//! it reaches them.
//!
//! Health as the load balancer found it, zones, and the way from its node to
//! each target. What comes through PrivateLink has the load balancer's address
//! as its source, whatever the group says about client addresses
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html>).
//! Uses the model and the walk; listeners are not known here.

use super::Asking;
use super::configuration::{first_of_equals, shorten};
use super::course::{Course, Grounds, absent};
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{Aspect, End, Protocol, Traffic};
use crate::graph::reach::model::{BalancerZone, CrossZone, Health, LoadBalancer, TargetGroup};
use crate::snapshot::record::Kind;

/// Most targets of a group that are followed, by how many endpoints were passed
/// before.
const FOLLOWED: [usize; 3] = [128, 16, 4];

/// A target, as a node of the load balancer sees it.
struct Seen<'a> {
    target: &'a Health,
    /// Whether it is in the zone of the node; `None` if that is not known.
    local: Option<bool>,
    ends: Vec<End>,
}

/// Which targets a node sends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It does.
    Served,
    /// It would, if it could change zones.
    OtherZone,
    /// It does not.
    Unfit,
    /// That is not known.
    Unclear,
}

impl Asking<'_> {
    /// The targets of a group, for one node of the load balancer.
    pub(super) fn targets(
        &self,
        course: &mut Course,
        balancer: &LoadBalancer,
        group: &TargetGroup,
        zone: &BalancerZone,
    ) {
        course.at(group.node);
        if !group.targets_seen {
            let need = Need::Listing(Kind::TargetHealth, group.node);
            let grounds = Grounds::default().needing(need);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return;
        }
        let rows = &self.network.services.targets;
        let targets = group
            .targets
            .iter()
            .filter_map(|row| rows.get(*row as usize));
        let seen: Vec<Seen<'_>> = targets
            .map(|target| self.seen(group, target, zone))
            .collect();
        let cross_zone = match group.cross_zone {
            CrossZone::Own(on) => Some(on),
            CrossZone::Inherited => balancer.cross_zone,
            CrossZone::Unknown => None,
        };
        let standings: Vec<Standing> = seen.iter().map(|seen| standing(seen, cross_zone)).collect();
        let chosen = self.choose(course, (balancer, group, zone), &seen, &standings);
        let Some(subnet) = zone.subnet else {
            let need = Need::Listing(Kind::Subnet, balancer.node);
            let grounds = Grounds::default().needing(need);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return;
        };
        let origin = self.node_in(balancer, zone, subnet);
        let mut ways = Vec::new();
        let followed = FOLLOWED.get(usize::from(self.landing.depth));
        let followed = followed.copied().unwrap_or(1);
        for seen in chosen.iter().take(followed) {
            let Some(traffic) = self.towards(course, group, seen.target) else {
                continue;
            };
            for end in &seen.ends {
                ways.extend(self.ways(&origin, end, &traffic, Some(course.asked())));
            }
        }
        if let Some(left) = chosen.len().checked_sub(followed).filter(|left| *left > 0) {
            let need = Need::Sense(format!("{left} targets beyond the first {followed}"));
            let grounds = Grounds::words(format!("{left} targets were not followed"));
            course.doubt(Aspect::Provider, Code::NotModelled, grounds.needing(need));
        }
        let ways = first_of_equals(shorten(course, ways));
        course.one_of(ways);
    }

    /// Says how the group stands, and gives the targets to follow. Where none
    /// is served, those in the zone are followed all the same: what stops the
    /// traffic may be what makes them unhealthy.
    fn choose<'s, 'a>(
        &self,
        course: &mut Course,
        (balancer, group, zone): (&LoadBalancer, &TargetGroup, &BalancerZone),
        seen: &'s [Seen<'a>],
        standings: &[Standing],
    ) -> Vec<&'s Seen<'a>> {
        let with = |wanted: Standing| -> Vec<&'s Seen<'a>> {
            let both = seen.iter().zip(standings);
            both.filter(|(_, standing)| **standing == wanted)
                .map(|(seen, _)| seen)
                .collect()
        };
        let served = with(Standing::Served);
        let (unclear, others) = (with(Standing::Unclear), with(Standing::OtherZone));
        let grounds = evidence(seen);
        let shown = zone.zone.shown();
        if !served.is_empty() {
            let detail = format!("{} of {} targets get traffic", served.len(), seen.len());
            course.pass(Aspect::Provider, grounds.saying(detail));
            let code = Some(Code::AvailabilityZoneCrossed);
            if served.iter().all(|seen| seen.local == Some(false)) {
                let detail = format!("no target that gets traffic is in {shown}");
                course.note(code, Grounds::words(detail));
            }
            self.resolvable(course, &served);
            return served;
        }
        if !unclear.is_empty() {
            let grounds = doubts(&unclear, balancer, group)
                .into_iter()
                .fold(grounds, Grounds::needing);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return unclear;
        }
        if !others.is_empty() {
            let detail = format!(
                "{} of {} targets are healthy, none of them in {shown}",
                others.len(),
                seen.len()
            );
            let grounds = grounds.and(
                balancer.node,
                "Attributes",
                "load_balancing.cross_zone.enabled is off",
            );
            let code = Code::ElbNotCrosszone;
            course.fail(Aspect::Provider, code, grounds.saying(detail));
            return others;
        }
        let detail = if seen.is_empty() {
            "no target is registered".to_owned()
        } else {
            format!("none of {} targets is healthy: {}", seen.len(), words(seen))
        };
        let code = Code::Elbv2NoTargetsInAz;
        course.fail(Aspect::Provider, code, grounds.saying(detail));
        let local = seen.iter().filter(|seen| seen.local != Some(false));
        local.collect()
    }

    /// A target whose interface is not in the snapshot leaves a doubt.
    fn resolvable(&self, course: &mut Course, served: &[&Seen<'_>]) {
        let Some(lost) = served.iter().find(|seen| seen.ends.is_empty()) else {
            return;
        };
        let (node, id) = (lost.target.node, lost.target.id.as_str());
        let need = if id.starts_with("i-") {
            absent(
                self.graph,
                Kind::NetworkInterface,
                &format!("of {id}"),
                node,
            )
        } else {
            Need::Sense(format!("the addresses of {id}"))
        };
        let grounds = Grounds::field(node, "Target/Id", id).needing(need);
        course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
    }

    fn seen<'a>(&self, group: &TargetGroup, target: &'a Health, zone: &BalancerZone) -> Seen<'a> {
        let ends = self.ends(group, target);
        let zones = ends.iter().map(|end| self.zone_of_end(end, zone));
        let mut local = zones.fold(None, |found: Option<bool>, here| found.or(here));
        if let Some(told) = &target.zone {
            let everywhere = told.eq_ignore_ascii_case("all");
            let told = zone.zone.name.as_deref().map(|name| name == told);
            local = if everywhere {
                Some(true)
            } else {
                local.or(told)
            };
        }
        // An application load balancer has nodes in all of its zones.
        if group.kind == "alb" {
            local = Some(true);
        }
        Seen {
            target,
            local,
            ends,
        }
    }

    fn zone_of_end(&self, end: &End, zone: &BalancerZone) -> Option<bool> {
        let subnet = match end {
            End::Interface(node, _) => {
                let interface = self.network.interfaces.get(node.row()? as usize)?;
                interface.subnet?
            }
            End::Subnet(node, _) => node.row()?,
            End::Internet(_) | End::Address(_) | End::OnPremises(..) | End::Offered(..) => {
                return None;
            }
        };
        let subnet = self.network.subnets.get(subnet as usize)?;
        subnet.zone.as_ref()?.same(&zone.zone)
    }

    /// The ends that a target stands for: one, or the nodes of an application
    /// load balancer.
    fn ends(&self, group: &TargetGroup, target: &Health) -> Vec<End> {
        let services = &self.network.services;
        let interface = |row: &u32| {
            let interface = self.network.interfaces.get(*row as usize)?;
            Some(End::Interface(
                interface.node,
                *interface.addresses.first()?,
            ))
        };
        match group.kind.as_str() {
            "instance" => {
                let row = services.instance(&target.id);
                row.iter().filter_map(interface).collect()
            }
            "alb" => {
                let balancer = services.balancer(self.graph, &target.id);
                let rows = balancer.iter().flat_map(|balancer| &balancer.interfaces);
                rows.filter_map(interface).collect()
            }
            _ => {
                let address = target.id.parse().ok();
                let end = address.map(|address| self.end_at(group.vpc, address));
                end.into_iter().collect()
            }
        }
    }

    /// What the load balancer sends to a target.
    fn towards(
        &self,
        course: &mut Course,
        group: &TargetGroup,
        target: &Health,
    ) -> Option<Traffic> {
        let protocol = match group.protocol.as_deref() {
            Some("tcp" | "tls" | "http" | "https") => Some(Protocol::Tcp),
            Some("udp" | "quic") => Some(Protocol::Udp),
            Some("tcp_udp" | "tcp_quic") => Some(self.landing.traffic.protocol),
            _ => None,
        };
        let port = target.port.or(group.port);
        if let (Some(protocol), Some(port)) = (protocol, port) {
            return Some(Traffic::new(protocol, Ports::range(port, port)));
        }
        let field = if protocol.is_none() {
            "Protocol"
        } else {
            "Port"
        };
        let need = Need::Field(group.node, field);
        let grounds = Grounds::default().needing(need);
        course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        None
    }
}

/// A target gets traffic while it is healthy; across zones only if that is on
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-cross-zone.html>).
/// That all targets get traffic when all are unhealthy is no service, and is
/// not taken for one.
fn standing(seen: &Seen<'_>, cross_zone: Option<bool>) -> Standing {
    match seen.target.state.as_deref() {
        Some("healthy") => {}
        Some("initial" | "unavailable") | None => return Standing::Unclear,
        Some(_) => return Standing::Unfit,
    }
    match (seen.local, cross_zone) {
        (Some(true), _) | (_, Some(true)) => Standing::Served,
        (Some(false), Some(false)) => Standing::OtherZone,
        _ => Standing::Unclear,
    }
}

fn evidence(seen: &[Seen<'_>]) -> Grounds {
    let mut grounds = Grounds::default();
    for seen in seen.iter().take(8) {
        let state = seen.target.state.as_deref().unwrap_or("health not known");
        let shown = format!("{} {state}", seen.target.id);
        grounds = grounds.and(seen.target.node, "TargetHealth/State", shown);
    }
    grounds
}

fn doubts(unclear: &[&Seen<'_>], balancer: &LoadBalancer, group: &TargetGroup) -> Vec<Need> {
    let mut needs = Vec::new();
    for seen in unclear {
        let node = seen.target.node;
        match seen.target.state.as_deref() {
            None => needs.push(Need::Field(node, "TargetHealth.State")),
            Some("healthy") if seen.local.is_none() => {
                needs.push(Need::Field(node, "Target.AvailabilityZone"));
            }
            Some("healthy") if group.cross_zone == CrossZone::Unknown => {
                needs.push(Need::Field(group.node, "Attributes"));
            }
            Some("healthy") => needs.push(Need::Field(balancer.node, "Attributes")),
            Some(state) => {
                let id = &seen.target.id;
                needs.push(Need::Sense(format!(
                    "the health of {id}, which is {state} so far"
                )));
            }
        }
    }
    needs.sort();
    needs.dedup();
    needs
}

/// The states of targets with their reasons, each once.
fn words(seen: &[Seen<'_>]) -> String {
    let mut words: Vec<String> = Vec::new();
    for seen in seen {
        let state = seen.target.state.as_deref().unwrap_or("not known");
        let word = match &seen.target.reason {
            Some(reason) => format!("{state} ({reason})"),
            None => state.to_owned(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.sort();
    words.join(", ")
}
