//! Resources as an analysis names them: id, ARN, name, and where they are.
//!
//! An ARN is made only where account and region are known, by the formats of
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>.
//! Uses the graph; decides nothing.

use super::Writer;
use crate::findings::insights::Component;
use crate::graph::Node;
use crate::rules::explain::partition;
use crate::snapshot::record::Kind;

impl Writer<'_> {
    pub(super) fn resource(&self, node: Node) -> Component {
        let id = self.graph.id(node);
        Component {
            arn: self.arn(node, &id),
            id: Some(id),
            name: self
                .graph
                .tag(node, "Name")
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
        }
    }

    fn arn(&self, node: Node, id: &str) -> Option<String> {
        if id.starts_with("arn:") {
            return Some(id.to_owned());
        }
        let kind = match node.kind {
            Kind::NetworkInterface => "network-interface",
            Kind::SecurityGroup => "security-group",
            Kind::NetworkAcl => "network-acl",
            Kind::RouteTable => "route-table",
            Kind::Subnet => "subnet",
            Kind::Vpc => "vpc",
            Kind::Instance => "instance",
            Kind::InternetGateway => "internet-gateway",
            Kind::EgressOnlyInternetGateway => "egress-only-internet-gateway",
            Kind::NatGateway => "natgateway",
            Kind::VpnGateway => "vpn-gateway",
            Kind::VpnConnection => "vpn-connection",
            Kind::VpcPeeringConnection => "vpc-peering-connection",
            Kind::VpcEndpoint => "vpc-endpoint",
            Kind::TransitGateway => "transit-gateway",
            Kind::TransitGatewayVpcAttachment
            | Kind::TransitGatewayAttachment
            | Kind::TransitGatewayPeeringAttachment => "transit-gateway-attachment",
            Kind::TransitGatewayRouteTable => "transit-gateway-route-table",
            Kind::ManagedPrefixList => "prefix-list",
            _ => return None,
        };
        let (account, region) = (self.graph.account(node), self.graph.scope(node).region);
        let known = !account.is_empty() && !region.is_empty() && region != "global";
        known.then(|| {
            let partition = partition(&region);
            format!("arn:{partition}:ec2:{region}:{account}:{kind}/{id}")
        })
    }

    fn of(&self, node: Node, field: &str) -> Option<Component> {
        let node = self.graph.entry(node)?.target(field).node()?;
        Some(self.resource(node))
    }

    pub(super) fn vpc(&self, node: Node) -> Option<Component> {
        if node.kind == Kind::Vpc {
            return Some(self.resource(node));
        }
        self.of(node, "VpcId")
    }

    pub(super) fn subnet(&self, node: Node) -> Option<Component> {
        self.of(node, "SubnetId")
    }

    pub(super) fn attached_to(&self, node: Node) -> Option<Component> {
        if node.kind != Kind::NetworkInterface {
            return None;
        }
        self.of(node, "Attachment.InstanceId")
    }
}
