//! A flow as Reachability Analyzer would answer it.
//!
//! Each check becomes the component that made it, in AWS's order: interface,
//! security group, network ACL, route table on the way out, and the other way
//! round on the way in. Uses the graph and its flows; writes nothing, and what
//! is not known is left out rather than made up.

mod resource;
mod rule;

use std::net::IpAddr;

use ipnet::IpNet;

use super::calls;
use crate::findings::insights::{
    AdditionalDetail, AlternatePathHint, Analyses, Analysis, Component, Explanation, PacketHeader,
    PathComponent, PortRange, Tag,
};
use crate::graph::ports::Ports;
use crate::graph::reach::answer::Answer;
use crate::graph::reach::change::{self, Edit};
use crate::graph::reach::code::Code;
use crate::graph::reach::flow::{
    Aspect, Check, Component as Place, End, Flow, Header, Hop, Outcome, Verdict,
};
use crate::graph::{Graph, Node};
use crate::snapshot::record::Kind;

/// The analysis of a flow.
///
/// A flow that is partial counts as found, as AWS does: one packet that arrives
/// is enough. An unknown one has no verdict, and its status says so.
pub fn insights(graph: &Graph, flow: &Flow) -> Analysis {
    let writer = Writer { graph, flow };
    let found = found(flow);
    // A path that was found has none as a whole; its components may, where it
    // is narrower than what was asked.
    let explanations = flow
        .forward
        .iter()
        .map(|hop| (hop, false))
        .chain(flow.back.iter().map(|hop| (hop, true)))
        .filter(|_| found != Some(true))
        .flat_map(|(hop, back)| writer.explanations(hop, back))
        .collect();
    let unknown = found.is_none().then(|| writer.missing());
    Analysis {
        status: Some(
            if found.is_some() {
                "succeeded"
            } else {
                "failed"
            }
            .to_owned(),
        ),
        status_message: unknown,
        warning_message: writer.assumed(),
        network_path_found: found,
        forward_path_components: writer.components(&flow.forward, false),
        return_path_components: writer.components(&flow.back, true),
        explanations,
        alternate_path_hints: writer.hints(),
        tags: writer.tags(),
        ..Analysis::default()
    }
}

/// The analyses of all pairs of an answer, in their order.
pub fn insights_of(graph: &Graph, answer: &Answer) -> Analyses {
    let pairs = answer.pairs.iter();
    let mut analyses: Vec<Analysis> = pairs.map(|pair| insights(graph, &pair.flow)).collect();
    if let (Some(first), 1..) = (analyses.first_mut(), answer.left_out) {
        let left_out = format!(
            "{} more pairs of ends were not asked about.",
            answer.left_out
        );
        let warning = first.warning_message.take();
        first.warning_message = Some(match warning {
            Some(warning) => format!("{left_out} {warning}"),
            None => left_out,
        });
    }
    Analyses {
        network_insights_analyses: analyses,
    }
}

/// Whether some packet arrives and is answered; `None` if that is not known.
pub(super) fn found(flow: &Flow) -> Option<bool> {
    match flow.verdict {
        Verdict::Reachable => Some(true),
        Verdict::Partial => {
            let answered = !flow.traffic.protocol.has_ports() || !flow.client_ports.open.is_empty();
            Some(!flow.ports.open.is_empty() && answered)
        }
        Verdict::Blocked => Some(false),
        Verdict::Unknown => None,
    }
}

struct Writer<'a> {
    graph: &'a Graph,
    flow: &'a Flow,
}

impl Writer<'_> {
    fn components(&self, hops: &[Hop], back: bool) -> Vec<PathComponent> {
        let mut all: Vec<PathComponent> = Vec::new();
        for (position, hop) in hops.iter().enumerate() {
            let next = hops.get(position + 1);
            let leaves = |check: &&Check| {
                matches!(
                    check.aspect,
                    Aspect::GroupEgress | Aspect::AclEgress | Aspect::Route
                )
            };
            for check in hop.checks.iter().filter(|check| !leaves(check)) {
                all.extend(self.filter(hop, check, back));
            }
            all.extend(self.place(hop, next, back));
            for check in hop.checks.iter().filter(leaves) {
                all.extend(self.filter(hop, check, back));
            }
        }
        for (number, component) in (1..).zip(&mut all) {
            component.sequence_number = number;
        }
        all
    }

    /// The component that made a check, unless it is that of the hop.
    fn filter(&self, hop: &Hop, check: &Check, back: bool) -> Option<PathComponent> {
        let kinds = rule::filters(check.aspect);
        let at = check
            .evidence
            .iter()
            .find(|at| kinds.contains(&at.node.kind))?;
        if hop.component == Place::Resource(at.node) {
            return None;
        }
        let mut component = PathComponent {
            component: Some(self.resource(at.node)),
            vpc: self.vpc(at.node),
            ..PathComponent::default()
        };
        self.fill(&mut component, hop, check, back);
        Some(component)
    }

    fn place(&self, hop: &Hop, next: Option<&Hop>, back: bool) -> Option<PathComponent> {
        let inbound = self.header(&hop.header, back);
        let changed = next.filter(|next| next.header != hop.header);
        let outbound = changed.map(|next| self.header(&next.header, back));
        let mut component = match &hop.component {
            // AWS shows no subnets on a path.
            Place::Resource(node) if node.kind == Kind::Subnet => return None,
            Place::Resource(node) => PathComponent {
                component: Some(self.resource(*node)),
                attached_to: self.attached_to(*node),
                subnet: self.subnet(*node),
                vpc: self.vpc(*node),
                ..PathComponent::default()
            },
            Place::Named(name) => PathComponent {
                component: Some(Component {
                    id: Some(name.clone()),
                    ..Component::default()
                }),
                ..PathComponent::default()
            },
            Place::Internet | Place::OnPremises => return None,
        };
        component.inbound_header = Some(inbound);
        component.outbound_header = outbound;
        for check in &hop.checks {
            let own = check
                .evidence
                .iter()
                .any(|at| hop.component == Place::Resource(at.node));
            if own || rule::filters(check.aspect).is_empty() {
                self.fill(&mut component, hop, check, back);
            }
        }
        Some(component)
    }

    /// What a check adds to its component: the rule, details, explanations.
    fn fill(&self, component: &mut PathComponent, hop: &Hop, check: &Check, back: bool) {
        for at in &check.evidence {
            match at.node.kind {
                Kind::SecurityGroup if component.security_group_rule.is_none() => {
                    component.security_group_rule = rule::group_rule(self.graph, at);
                }
                Kind::NetworkAcl if component.acl_rule.is_none() => {
                    component.acl_rule = rule::acl_rule(self.graph, at);
                }
                Kind::RouteTable if component.route_table_route.is_none() => {
                    component.route_table_route = rule::route(self.graph, at);
                }
                Kind::TransitGatewayRoute
                    if component.transit_gateway_route_table_route.is_none() =>
                {
                    component.transit_gateway_route_table_route =
                        rule::transit_route(self.graph, at);
                }
                _ => {}
            }
        }
        if let (Outcome::Note, Some(code)) = (check.outcome, check.code) {
            component.additional_details.push(AdditionalDetail {
                additional_detail_type: code.name().to_owned(),
                component: None,
            });
        }
        if is_told(check) {
            component
                .explanations
                .push(self.explanation(hop, check, back));
        }
    }

    fn explanations(&self, hop: &Hop, back: bool) -> Vec<Explanation> {
        hop.checks
            .iter()
            .filter(|check| is_told(check))
            .map(|check| self.explanation(hop, check, back))
            .collect()
    }

    fn explanation(&self, hop: &Hop, check: &Check, back: bool) -> Explanation {
        let code = check.code.unwrap_or(Code::SnapshotMissing);
        let mut told = Explanation {
            explanation_code: Some(code.name().to_owned()),
            direction: rule::direction(check.aspect).map(str::to_owned),
            port_ranges: ranges(&check.ports, self.flow),
            protocols: vec![protocol(self.flow)],
            address: Some(hop.header.destination)
                .filter(|_| back || check.aspect == Aspect::Route)
                .filter(IpAddr::is_ipv4)
                .map(|address| address.to_string()),
            ..Explanation::default()
        };
        if check.outcome == Outcome::Unknown {
            let missing = check.needs.first();
            told.missing_component = missing.map(|need| calls::reason(self.graph, need).what);
        }
        let own = match &hop.component {
            Place::Resource(node) => Some(*node),
            _ => None,
        };
        for node in check.evidence.iter().map(|at| at.node).chain(own) {
            self.name_in(&mut told, node);
        }
        for at in &check.evidence {
            match at.node.kind {
                Kind::NetworkAcl => told.acl_rule = rule::acl_rule(self.graph, at),
                Kind::RouteTable => told.route_table_route = rule::route(self.graph, at),
                Kind::TransitGatewayRoute => {
                    told.transit_gateway_route_table_route = rule::transit_route(self.graph, at);
                }
                _ => {}
            }
        }
        told
    }

    /// Puts a resource where an explanation has its place.
    fn name_in(&self, told: &mut Explanation, node: Node) {
        let named = self.resource(node);
        let slot = match node.kind {
            Kind::SecurityGroup => {
                if !told.security_groups.contains(&named) {
                    told.security_groups.push(named);
                }
                return;
            }
            Kind::NetworkAcl => &mut told.acl,
            Kind::RouteTable => &mut told.route_table,
            Kind::Subnet => &mut told.subnet,
            Kind::Vpc => &mut told.vpc,
            Kind::NetworkInterface => {
                told.subnet = told.subnet.take().or_else(|| self.subnet(node));
                &mut told.network_interface
            }
            Kind::InternetGateway => &mut told.internet_gateway,
            Kind::NatGateway => &mut told.nat_gateway,
            Kind::VpnGateway => &mut told.vpn_gateway,
            Kind::VpnConnection => &mut told.vpn_connection,
            Kind::VpcPeeringConnection => &mut told.vpc_peering_connection,
            Kind::VpcEndpoint => &mut told.vpc_endpoint,
            Kind::TransitGateway => &mut told.transit_gateway,
            Kind::TransitGatewayRouteTable => &mut told.transit_gateway_route_table,
            Kind::TransitGatewayVpcAttachment
            | Kind::TransitGatewayAttachment
            | Kind::TransitGatewayPeeringAttachment => &mut told.transit_gateway_attachment,
            _ => &mut told.component,
        };
        *slot = slot.take().or(Some(named));
        if told.vpc.is_none() {
            told.vpc = self.vpc(node);
        }
    }

    fn header(&self, header: &Header, back: bool) -> PacketHeader {
        let traffic = &self.flow.traffic;
        let (mut to, mut from) = (
            ranges(&traffic.ports, self.flow),
            ranges(&traffic.client_ports, self.flow),
        );
        if back {
            std::mem::swap(&mut to, &mut from);
        }
        PacketHeader {
            destination_addresses: vec![IpNet::from(header.destination).to_string()],
            destination_port_ranges: to,
            protocol: Some(protocol(self.flow)),
            source_addresses: vec![IpNet::from(header.source).to_string()],
            source_port_ranges: from,
        }
    }

    /// What is not known, for the status of an analysis without a verdict.
    fn missing(&self) -> String {
        let needs = self.flow.checks(Outcome::Unknown);
        let mut texts: Vec<String> = needs
            .flat_map(|(_, check)| &check.needs)
            .map(|need| {
                let reason = calls::reason(self.graph, need);
                match reason.call {
                    Some(call) => format!("{} ({call})", reason.what),
                    None => reason.what,
                }
            })
            .collect();
        texts.sort();
        texts.dedup();
        if texts.is_empty() {
            "unknown: what decides is not in the snapshot".to_owned()
        } else {
            format!("unknown: not in the snapshot: {}", texts.join("; "))
        }
    }

    fn assumed(&self) -> Option<String> {
        let texts: Vec<&str> = self
            .flow
            .assumptions
            .iter()
            .map(|assumption| assumption.text())
            .collect();
        (!texts.is_empty()).then(|| texts.join(" "))
    }

    /// What exists and would lead there, where a route is missing.
    fn hints(&self) -> Vec<AlternatePathHint> {
        let plan = change::plan(self.graph, &[self.flow], &[]);
        let mut hints: Vec<AlternatePathHint> = plan
            .changes
            .into_iter()
            .filter_map(|change| match change.edit? {
                Edit::Route { target, .. } => Some(target.id().to_owned()),
                Edit::TransitRoute { attachment, .. } => Some(attachment),
                _ => None,
            })
            .map(|id| AlternatePathHint {
                component_id: Some(id),
                component_arn: None,
            })
            .collect();
        hints.dedup();
        hints
    }

    fn tags(&self) -> Vec<Tag> {
        let traffic = &self.flow.traffic;
        let mut tags = vec![
            ("plaudit:from", self.end(&self.flow.from)),
            ("plaudit:to", self.end(&self.flow.to)),
            ("plaudit:protocol", traffic.protocol.name()),
            ("plaudit:verdict", self.flow.verdict.name().to_owned()),
        ];
        if traffic.protocol.has_ports() {
            tags.push(("plaudit:ports", traffic.ports.to_string()));
        }
        tags.into_iter()
            .map(|(key, value)| Tag {
                key: key.to_owned(),
                value,
            })
            .collect()
    }

    fn end(&self, end: &End) -> String {
        let at = |node: &Node, address: &IpAddr| format!("{address}@{}", self.graph.id(*node));
        match end {
            End::Interface(node, address)
            | End::Subnet(node, address)
            | End::OnPremises(Some(node), address)
            | End::Offered(node, address) => at(node, address),
            End::OnPremises(None, address) => format!("onprem:{address}"),
            End::Internet(address) => format!("internet:{address}"),
            End::Address(address) => address.to_string(),
        }
    }
}

fn is_told(check: &Check) -> bool {
    matches!(check.outcome, Outcome::Fail | Outcome::Unknown)
}

fn protocol(flow: &Flow) -> String {
    flow.traffic.protocol.number().to_string()
}

fn ranges(ports: &Ports, flow: &Flow) -> Vec<PortRange> {
    if !flow.traffic.protocol.has_ports() {
        return Vec::new();
    }
    let ranges = ports.ranges().iter();
    ranges
        .map(|(low, high)| PortRange {
            from: i64::from(*low),
            to: i64::from(*high),
        })
        .collect()
}
