//! Load balancers behind an endpoint service: state, groups, listeners.
//!
//! Uses the model and the filters; targets are looked into elsewhere.

use super::Asking;
use super::course::{Course, Grounds, absent, decided};
use super::origin::Origin;
use crate::graph::admission::Need;
use crate::graph::ports::Ports;
use crate::graph::reach::code::Code;
use crate::graph::reach::filter::{self, Identity, Log, Other, Way};
use crate::graph::reach::flow::{Aspect, End, Protocol};
use crate::graph::reach::model::{BalancerZone, Listener, LoadBalancer};
use crate::graph::{Listing, Target};
use crate::snapshot::record::Kind;

/// Listeners of a load balancer and target groups of a listener that are
/// followed; AWS's quotas are 50 and 5
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html>).
const LISTENERS: usize = 64;
const GROUPS: usize = 16;

impl Asking<'_> {
    /// A network load balancer, as traffic from PrivateLink meets it.
    pub(super) fn balancer(&self, course: &mut Course, balancer: &LoadBalancer) {
        course.at(balancer.node);
        balancer_state(course, balancer);
        self.enforced(course, balancer);
        let zones = self.nodes_of(course, balancer);
        let ways = self.listeners(course, balancer, &zones);
        let rest = ways.iter().fold(course.asked().clone(), |rest, way| {
            rest.difference(way.asked())
        });
        course.any_of(ways, &rest);
    }

    /// The groups of the load balancer. On traffic through PrivateLink they
    /// hold for the client's private address, unless that is switched off, and
    /// rules that name groups hold for nobody
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html>).
    fn enforced(&self, course: &mut Course, balancer: &LoadBalancer) {
        let switch = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic";
        let node = balancer.node;
        if balancer.groups.seen && balancer.groups.rows.is_empty() {
            let grounds = Grounds::field(node, "", "no groups, so nothing is filtered");
            course.pass(Aspect::GroupIngress, grounds);
            return;
        }
        if balancer.enforced == Some(false) {
            let grounds = Grounds::field(node, switch, "off");
            course.pass(Aspect::GroupIngress, grounds);
            return;
        }
        let client = match self.landing.client {
            End::Interface(node, address) if *address == self.landing.source => node.row(),
            _ => None,
        };
        let mut log = Log::default();
        let stand_in = balancer.groups.as_interface(node, balancer.vpc, None);
        let traffic = self.landing.traffic;
        let mut admitted = filter::groups(
            self.network,
            &stand_in,
            Way::In,
            Other {
                unseen: false,
                address: self.landing.source,
                interface: client.and_then(|row| self.network.interfaces.get(row as usize)),
                identity: Identity::Lost,
            },
            (traffic.protocol, &traffic.ports),
            self.landing.assume,
            &mut log,
        );
        let mut grounds = decided(
            self.network,
            (&stand_in, Some(balancer.groups.field)),
            (&log, &admitted, &traffic.ports),
            Way::In,
        );
        if balancer.enforced.is_none() {
            admitted.unknown = traffic.ports.difference(&admitted.open);
            grounds = grounds.needing(Need::Field(node, switch));
        }
        let closed = !traffic.ports.difference(&admitted.open).is_empty();
        if closed && log.codes.contains(&Code::SgReferencesNotPreserved) {
            let detail = "a rule of the load balancer names a group of the client, and groups \
                          are not known through PrivateLink";
            let code = Some(Code::SgReferencesNotPreserved);
            course.note(code, Grounds::words(detail));
        }
        let detail = format!(
            "the load balancer's groups are asked about {}, the client's address",
            self.landing.source
        );
        let grounds = if closed {
            grounds.saying(detail)
        } else {
            grounds
        };
        course.filter(
            Aspect::GroupIngress,
            Code::PlNlbSgEnforced,
            &admitted,
            grounds,
        );
    }

    /// The nodes of the load balancer that the traffic may come to: that in
    /// the zone of the interface; from another Region, any. Without one the way
    /// ends here.
    fn nodes_of<'b>(
        &self,
        course: &mut Course,
        balancer: &'b LoadBalancer,
    ) -> Vec<&'b BalancerZone> {
        let Some(zones) = &balancer.zones else {
            let grounds = Grounds::default();
            let need = Need::Field(balancer.node, "AvailabilityZones");
            course.doubt(
                Aspect::Provider,
                Code::SnapshotMissing,
                grounds.needing(need),
            );
            return Vec::new();
        };
        if self.is_cross_region() {
            return zones.iter().collect();
        }
        let own = self.interface_zone();
        let same = |zone: &BalancerZone| own.and_then(|own| own.same(&zone.zone));
        let here: Vec<&BalancerZone> = zones
            .iter()
            .filter(|zone| same(zone) == Some(true))
            .collect();
        if !here.is_empty() {
            return here;
        }
        let shown: Vec<&str> = zones.iter().map(|zone| zone.zone.shown()).collect();
        let grounds = Grounds::field(balancer.node, "AvailabilityZones", shown.join(", "));
        if let Some(unclear) = zones.iter().find(|zone| same(zone).is_none()) {
            let subnet = unclear
                .subnet
                .and_then(|row| self.network.subnets.get(row as usize));
            let need = match subnet {
                Some(subnet) if own.is_some() => Need::Field(subnet.node, "AvailabilityZoneId"),
                _ => Need::Listing(Kind::Subnet, balancer.node),
            };
            course.doubt(
                Aspect::Provider,
                Code::SnapshotMissing,
                grounds.needing(need),
            );
        } else {
            let grounds = grounds.saying(format!("the load balancer is in {}", shown.join(", ")));
            let code = Code::VpceServiceNotInstalledInAz;
            course.fail(Aspect::Provider, code, grounds);
        }
        Vec::new()
    }

    /// The listeners for the asked ports, each with its share of them.
    fn listeners(
        &self,
        course: &mut Course,
        balancer: &LoadBalancer,
        zones: &[&BalancerZone],
    ) -> Vec<Course> {
        let mut ways = Vec::new();
        let (mut served, mut unclear) = (Ports::default(), Vec::new());
        let rows = &self.network.services.listeners;
        let listeners = balancer.listeners.iter();
        for listener in listeners.filter_map(|row| rows.get(*row as usize)) {
            let protocol = self.landing.traffic.protocol;
            match (listener.port, listens(listener, protocol)) {
                (Some(port), Some(true)) => {
                    let share = Ports::range(port, port).intersection(course.asked());
                    if share.is_empty() || !served.intersection(&share).is_empty() {
                        continue;
                    }
                    if ways.len() < LISTENERS {
                        served = served.union(&share);
                        let mut way = Course::new(course.header().clone(), &share);
                        self.listener(&mut way, balancer, listener, zones);
                        ways.push(way);
                    } else {
                        let sense = format!("listeners beyond the first {LISTENERS}");
                        unclear.push(Need::Sense(sense));
                    }
                }
                (_, Some(false)) => {}
                (None, _) => unclear.push(Need::Field(listener.node, "Port")),
                (Some(_), None) => unclear.push(Need::Field(listener.node, "Protocol")),
            }
        }
        if self.graph.listing(Kind::Listener, balancer.node) != Listing::Complete {
            unclear.push(Need::Listing(Kind::Listener, balancer.node));
        }
        let rest = course.asked().difference(&served);
        if !rest.is_empty() {
            self.unserved(course, balancer, rest, unclear);
        }
        ways
    }

    fn unserved(
        &self,
        course: &mut Course,
        balancer: &LoadBalancer,
        rest: Ports,
        unclear: Vec<Need>,
    ) {
        if !unclear.is_empty() {
            let grounds = unclear
                .into_iter()
                .fold(Grounds::default(), Grounds::needing);
            course.doubt_ports(Aspect::Provider, Code::SnapshotMissing, rest, grounds);
            return;
        }
        let rows = &self.network.services.listeners;
        let listeners = balancer.listeners.iter();
        let mut grounds = Grounds::default();
        let mut all = Vec::new();
        for listener in listeners.filter_map(|row| rows.get(*row as usize)) {
            let protocol = listener.protocol.as_deref().unwrap_or("?");
            let port = listener
                .port
                .map_or_else(String::new, |port| port.to_string());
            let shown = format!("{protocol} {port}");
            grounds = grounds.and(listener.node, "Port", shown.clone());
            all.push(shown);
        }
        let asked = self.landing.traffic.protocol.name();
        let detail = if all.is_empty() {
            "it has no listeners".to_owned()
        } else {
            format!(
                "it listens on {}, and not on {asked} {rest}",
                all.join(", ")
            )
        };
        let code = Code::Elbv2ListenersMismatch;
        course.fail_ports(Aspect::Provider, code, rest, grounds.saying(detail));
    }

    /// One listener: its target groups share what it gets.
    fn listener(
        &self,
        course: &mut Course,
        balancer: &LoadBalancer,
        listener: &Listener,
        zones: &[&BalancerZone],
    ) {
        course.at(listener.node);
        let port = listener
            .port
            .map_or_else(String::new, |port| port.to_string());
        course.pass(
            Aspect::Provider,
            Grounds::field(listener.node, "Port", port),
        );
        let Some(groups) = &listener.groups else {
            let need = Need::Field(listener.node, "DefaultActions");
            let grounds = Grounds::default().needing(need);
            course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
            return;
        };
        let mut ways = Vec::new();
        if groups.len() > GROUPS {
            let need = Need::Sense(format!("target groups beyond the first {GROUPS}"));
            let grounds = Grounds::default().needing(need);
            course.doubt(Aspect::Provider, Code::NotModelled, grounds);
        }
        for target in groups.iter().take(GROUPS) {
            let row = match target {
                Target::Here(node) => node.row(),
                Target::Elsewhere(id) => {
                    let need = absent(self.graph, Kind::TargetGroup, id, listener.node);
                    let grounds = Grounds::words(id.clone()).needing(need);
                    course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
                    None
                }
                Target::Nothing => None,
            };
            let rows = &self.network.services.groups;
            let Some(group) = row.and_then(|row| rows.get(row as usize)) else {
                continue;
            };
            for zone in zones {
                let mut way = Course::new(course.header().clone(), course.asked());
                self.targets(&mut way, balancer, group, zone);
                ways.push(way);
            }
        }
        if groups.is_empty() {
            let grounds = Grounds::field(listener.node, "DefaultActions", "no target group");
            course.fail(Aspect::Provider, Code::Elbv2NoTargetsInAz, grounds);
        }
        course.one_of(ways);
    }

    /// Where the traffic of a load balancer starts in a zone.
    pub(super) fn node_in<'b>(
        &self,
        balancer: &'b LoadBalancer,
        zone: &BalancerZone,
        subnet: u32,
    ) -> Origin<'b> {
        let here = |row: &u32| {
            let interface = self.network.interfaces.get(*row as usize);
            interface.is_some_and(|interface| interface.subnet == Some(subnet))
        };
        Origin {
            node: balancer.node,
            vpc: balancer.vpc,
            subnet,
            interfaces: balancer.interfaces.iter().copied().filter(here).collect(),
            addresses: zone.addresses.clone(),
            groups: &balancer.groups,
            egress: Code::EniSgRulesMismatch,
        }
    }
}

/// An impaired load balancer routes, it only cannot grow
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html>).
fn balancer_state(course: &mut Course, balancer: &LoadBalancer) {
    let node = balancer.node;
    let Some(state) = balancer.state.as_deref() else {
        let grounds = Grounds::default().needing(Need::Field(node, "State.Code"));
        course.doubt(Aspect::Provider, Code::SnapshotMissing, grounds);
        return;
    };
    let grounds = Grounds::field(node, "State/Code", format!("state {state}"));
    if matches!(state, "active" | "active_impaired") {
        course.pass(Aspect::Provider, grounds);
    } else {
        let grounds = grounds.saying(format!("the load balancer is {state}"));
        course.fail(Aspect::Provider, Code::BadState, grounds);
    }
}

/// Whether a listener takes a protocol; `None` if that is not known
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html>).
fn listens(listener: &Listener, asked: Protocol) -> Option<bool> {
    let protocol = listener.protocol.as_deref()?;
    let (tcp, udp) = match protocol {
        "tcp" | "tls" | "http" | "https" => (true, false),
        "udp" | "quic" => (false, true),
        "tcp_udp" | "tcp_quic" => (true, true),
        "geneve" => (false, false),
        _ => return None,
    };
    Some(match asked {
        Protocol::Tcp => tcp,
        Protocol::Udp => udp,
        _ => false,
    })
}
