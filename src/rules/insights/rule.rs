//! Rules, entries and routes as an analysis shows them.
//!
//! Read from the place that a check names as what decided. Uses the graph; a
//! place that cannot be read gives nothing.

use crate::findings::insights::{
    AclRule, PortRange, RouteTableRoute, SecurityGroupRule, TransitGatewayRouteTableRoute,
};
use crate::graph::reach::flow::{Aspect, At};
use crate::graph::{Entry, Graph};
use crate::snapshot::record::Kind;

/// The kinds whose rules a check of this aspect asks.
pub(super) const fn filters(aspect: Aspect) -> &'static [Kind] {
    match aspect {
        Aspect::GroupEgress | Aspect::GroupIngress => &[Kind::SecurityGroup],
        Aspect::AclEgress | Aspect::AclIngress => &[Kind::NetworkAcl],
        Aspect::Route => &[Kind::RouteTable, Kind::TransitGatewayRouteTable],
        _ => &[],
    }
}

/// The direction of a check, for those that have one.
pub(super) const fn direction(aspect: Aspect) -> Option<&'static str> {
    match aspect {
        Aspect::GroupEgress | Aspect::AclEgress => Some("egress"),
        Aspect::GroupIngress | Aspect::AclIngress => Some("ingress"),
        _ => None,
    }
}

/// The entry of a list of the resource: the number after the list's name.
fn entry<'g>(graph: &'g Graph, at: &At, list: &str) -> Option<Entry<'g>> {
    let mut parts = at.path.split('/');
    if parts.next() != Some(list) {
        return None;
    }
    let position: usize = parts.next()?.parse().ok()?;
    graph.entry(at.node)?.entries(list).nth(position)
}

fn ports(entry: &Entry<'_>, from: &str, to: &str) -> Option<PortRange> {
    let (from, to) = (entry.int(from)?, entry.int(to)?);
    (from >= 0 && to >= 0).then_some(PortRange { from, to })
}

/// AWS writes `all` for all protocols.
fn protocol(entry: &Entry<'_>, field: &str) -> Option<String> {
    let text = entry.text(field)?;
    Some(if text == "-1" { "all".to_owned() } else { text })
}

/// `IpPermissions/2/IpRanges/0` of a group.
pub(super) fn group_rule(graph: &Graph, at: &At) -> Option<SecurityGroupRule> {
    let (list, direction) = if at.path.starts_with("IpPermissionsEgress") {
        ("IpPermissionsEgress", "egress")
    } else {
        ("IpPermissions", "ingress")
    };
    let rule = entry(graph, at, list)?;
    let mut parts = at.path.split('/').skip(2);
    let mut told = SecurityGroupRule {
        direction: Some(direction.to_owned()),
        port_range: ports(&rule, "FromPort", "ToPort"),
        protocol: protocol(&rule, "IpProtocol"),
        ..SecurityGroupRule::default()
    };
    if let (Some(peers), Some(Ok(position))) = (parts.next(), parts.next().map(str::parse::<usize>))
        && let Some(peer) = rule.entries(peers).nth(position)
    {
        told.cidr = peer.text("CidrIp").or_else(|| peer.text("CidrIpv6"));
        told.security_group_id = peer.text("GroupId");
        told.prefix_list_id = peer.text("PrefixListId");
    }
    Some(told)
}

/// `Entries/3` of a network ACL.
pub(super) fn acl_rule(graph: &Graph, at: &At) -> Option<AclRule> {
    let rule = entry(graph, at, "Entries")?;
    Some(AclRule {
        cidr: rule
            .text("CidrBlock")
            .or_else(|| rule.text("Ipv6CidrBlock")),
        egress: rule.bool("Egress"),
        port_range: ports(&rule, "PortRange.From", "PortRange.To"),
        protocol: protocol(&rule, "Protocol"),
        rule_action: rule.text("RuleAction"),
        rule_number: rule.int("RuleNumber"),
    })
}

/// `Routes/3` of a route table.
pub(super) fn route(graph: &Graph, at: &At) -> Option<RouteTableRoute> {
    let route = entry(graph, at, "Routes")?;
    Some(RouteTableRoute {
        destination_cidr: route
            .text("DestinationCidrBlock")
            .or_else(|| route.text("DestinationIpv6CidrBlock")),
        destination_prefix_list_id: route.text("DestinationPrefixListId"),
        egress_only_internet_gateway_id: route.text("EgressOnlyInternetGatewayId"),
        gateway_id: route.text("GatewayId"),
        instance_id: route.text("InstanceId"),
        nat_gateway_id: route.text("NatGatewayId"),
        network_interface_id: route.text("NetworkInterfaceId"),
        origin: route.text("Origin"),
        transit_gateway_id: route.text("TransitGatewayId"),
        vpc_peering_connection_id: route.text("VpcPeeringConnectionId"),
        state: route.text("State"),
        carrier_gateway_id: route.text("CarrierGatewayId"),
        core_network_arn: route.text("CoreNetworkArn"),
        local_gateway_id: route.text("LocalGatewayId"),
    })
}

/// A route of a transit gateway, which is a resource of its own here.
pub(super) fn transit_route(graph: &Graph, at: &At) -> Option<TransitGatewayRouteTableRoute> {
    let route = graph.entry(at.node)?;
    let attachment = route.entries("TransitGatewayAttachments").next();
    let of = |field: &str| attachment.and_then(|attachment| attachment.text(field));
    Some(TransitGatewayRouteTableRoute {
        destination_cidr: route.text("DestinationCidrBlock"),
        state: route.text("State"),
        route_origin: route.text("Type"),
        prefix_list_id: route.text("PrefixListId"),
        attachment_id: of("TransitGatewayAttachmentId"),
        resource_id: of("ResourceId"),
        resource_type: of("ResourceType"),
    })
}
