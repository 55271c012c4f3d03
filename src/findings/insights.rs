//! An analysis of a path in the shape of EC2's Reachability Analyzer.
//!
//! The members that we write and compare, in the spelling of
//! `DescribeNetworkInsightsAnalyses`; programs that read that answer read ours
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInsightsAnalysis.html>).
//! Plain data that is read and written by `serde`; nothing is judged here.

use serde::{Deserialize, Serialize};

/// The answer of `describe-network-insights-analyses`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Analyses {
    /// The analyses.
    pub network_insights_analyses: Vec<Analysis>,
}

/// One analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Analysis {
    /// `nia-…`; ours have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_insights_analysis_id: Option<String>,
    /// `nip-…`: what was asked; ours have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_insights_path_id: Option<String>,
    /// Components that the path had to pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filter_in_arns: Vec<String>,
    /// Components that the path had to leave out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filter_out_arns: Vec<String>,
    /// `running`, `succeeded`, `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// What to keep in mind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning_message: Option<String>,
    /// Whether the destination is reachable; absent if that is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_path_found: Option<bool>,
    /// The way there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forward_path_components: Vec<PathComponent>,
    /// The way back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub return_path_components: Vec<PathComponent>,
    /// Why it is not reachable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explanations: Vec<Explanation>,
    /// Components through which there would be a way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternate_path_hints: Vec<AlternatePathHint>,
    /// What was asked, in ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// The answer of `describe-network-insights-paths`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Path {
    /// `nip-…`.
    pub network_insights_path_id: String,
    /// The source: an id.
    pub source: Option<String>,
    /// The destination: an id.
    pub destination: Option<String>,
    /// The source address.
    pub source_ip: Option<String>,
    /// The destination address.
    pub destination_ip: Option<String>,
    /// `tcp` or `udp`.
    pub protocol: Option<String>,
    /// The destination port.
    pub destination_port: Option<i64>,
    /// What the packet looks like at the source.
    pub filter_at_source: Option<PathFilter>,
    /// What the packet looks like at the destination.
    pub filter_at_destination: Option<PathFilter>,
}

/// What a packet looks like at one end of a path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PathFilter {
    /// The source address.
    pub source_address: Option<String>,
    /// The source ports.
    pub source_port_range: Option<FilterPortRange>,
    /// The destination address.
    pub destination_address: Option<String>,
    /// The destination ports.
    pub destination_port_range: Option<FilterPortRange>,
}

/// Ports of a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FilterPortRange {
    /// The first.
    pub from_port: Option<i64>,
    /// The last.
    pub to_port: Option<i64>,
}

/// A component of a path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PathComponent {
    /// Its number, from 1.
    pub sequence_number: i64,
    /// The entry that decides, if it is a network ACL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl_rule: Option<AclRule>,
    /// What it is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attached_to: Option<Component>,
    /// The component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<Component>,
    /// The packet as it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_header: Option<PacketHeader>,
    /// The packet as it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_header: Option<PacketHeader>,
    /// The route that decides, if it is a route table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_table_route: Option<RouteTableRoute>,
    /// The rule that decides, if it is a security group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_rule: Option<SecurityGroupRule>,
    /// The subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet: Option<Component>,
    /// The VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<Component>,
    /// What to know besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional_details: Vec<AdditionalDetail>,
    /// The route that decides, if it is a route table of a transit gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_gateway_route_table_route: Option<TransitGatewayRouteTableRoute>,
    /// Why the packet goes no further.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explanations: Vec<Explanation>,
}

/// Something to know about a component.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdditionalDetail {
    /// Its code.
    pub additional_detail_type: String,
    /// The component that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<Component>,
}

/// A resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Component {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Ports from one to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PortRange {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
}

/// A packet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PacketHeader {
    /// Where it goes, as blocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub destination_addresses: Vec<String>,
    /// To which ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub destination_port_ranges: Vec<PortRange>,
    /// The protocol, by its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Where it comes from, as blocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_addresses: Vec<String>,
    /// From which ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_port_ranges: Vec<PortRange>,
}

/// An entry of a network ACL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AclRule {
    /// Whom it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// Whether it is about what leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress: Option<bool>,
    /// The ports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_range: Option<PortRange>,
    /// The protocol, `all` for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// `allow` or `deny`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_action: Option<String>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_number: Option<i64>,
}

/// A rule of a security group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SecurityGroupRule {
    /// The block that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// `egress` or `ingress`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// The group that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_id: Option<String>,
    /// The ports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_range: Option<PortRange>,
    /// The prefix list that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix_list_id: Option<String>,
    /// The protocol, `all` for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
}

/// A route of a route table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteTableRoute {
    /// Where to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_cidr: Option<String>,
    /// Where to, as a prefix list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_prefix_list_id: Option<String>,
    /// Through this egress-only internet gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress_only_internet_gateway_id: Option<String>,
    /// Through this gateway, or `local`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<String>,
    /// Through this instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// Through this NAT gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat_gateway_id: Option<String>,
    /// Through this interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface_id: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Through this transit gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_gateway_id: Option<String>,
    /// Through this peering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_peering_connection_id: Option<String>,
    /// `active` or `blackhole`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Through this carrier gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier_gateway_id: Option<String>,
    /// Through this core network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core_network_arn: Option<String>,
    /// Through this local gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_gateway_id: Option<String>,
}

/// A route of a transit gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitGatewayRouteTableRoute {
    /// Where to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_cidr: Option<String>,
    /// `active` or `blackhole`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `static` or `propagated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_origin: Option<String>,
    /// Where to, as a prefix list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix_list_id: Option<String>,
    /// Through this attachment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
    /// What is attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// What kind of thing is attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
}

/// Why a path is not reachable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Explanation {
    /// The network ACL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl: Option<Component>,
    /// Its entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl_rule: Option<AclRule>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<Component>,
    /// `egress` or `ingress`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// The code; those that begin with `X_` are ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation_code: Option<String>,
    /// The internet gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internet_gateway: Option<Component>,
    /// What is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_component: Option<String>,
    /// The NAT gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat_gateway: Option<Component>,
    /// The interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface: Option<Component>,
    /// The peering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_peering_connection: Option<Component>,
    /// The ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub port_ranges: Vec<PortRange>,
    /// The protocols.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub protocols: Vec<String>,
    /// The route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_table_route: Option<RouteTableRoute>,
    /// The route table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_table: Option<Component>,
    /// The security group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group: Option<Component>,
    /// The rule of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group_rule: Option<SecurityGroupRule>,
    /// The security groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<Component>,
    /// The state that something is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet: Option<Component>,
    /// The VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<Component>,
    /// The endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_endpoint: Option<Component>,
    /// The VPN connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpn_connection: Option<Component>,
    /// The virtual private gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpn_gateway: Option<Component>,
    /// The transit gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_gateway: Option<Component>,
    /// The route table of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_gateway_route_table: Option<Component>,
    /// The route of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_gateway_route_table_route: Option<TransitGatewayRouteTableRoute>,
    /// The attachment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_gateway_attachment: Option<Component>,
}

/// A component through which there would be a way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AlternatePathHint {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_id: Option<String>,
    /// Its ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_arn: Option<String>,
}

/// A tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}
