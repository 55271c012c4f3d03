//! Kinds that functions look at as a whole.
//!
//! Named once, so that what an audit keeps and what it asks for follow from one
//! list. May use the kinds; no function belongs here.

use crate::snapshot::record::Kind;

/// Kinds that make up a network: all that may decide whether traffic arrives.
pub const NETWORK: &[Kind] = &[
    Kind::Vpc,
    Kind::Subnet,
    Kind::RouteTable,
    Kind::NetworkAcl,
    Kind::SecurityGroup,
    Kind::SecurityGroupVpcAssociation,
    Kind::ManagedPrefixList,
    Kind::NetworkInterface,
    Kind::Instance,
    Kind::InternetGateway,
    Kind::EgressOnlyInternetGateway,
    Kind::NatGateway,
    Kind::VpnGateway,
    Kind::VpnConnection,
    Kind::VpcPeeringConnection,
    Kind::TransitGateway,
    Kind::TransitGatewayAttachment,
    Kind::TransitGatewayVpcAttachment,
    Kind::TransitGatewayPeeringAttachment,
    Kind::TransitGatewayRouteTable,
    Kind::TransitGatewayRoute,
    Kind::TransitGatewayRouteTableAssociation,
    Kind::TransitGatewayRouteTablePropagation,
    Kind::TransitGatewayPrefixListReference,
    Kind::VpcBlockPublicAccessOptions,
    Kind::VpcEndpoint,
    Kind::VpcEndpointAssociation,
    Kind::VpcEndpointService,
    Kind::VpcEndpointServiceConfiguration,
    Kind::VpcEndpointConnection,
    Kind::ResourceConfiguration,
    Kind::ResourceGateway,
    Kind::ServiceNetwork,
    Kind::ServiceNetworkResourceAssociation,
    Kind::ServiceNetworkServiceAssociation,
    Kind::ServiceNetworkVpcAssociation,
    Kind::ServiceNetworkVpcEndpointAssociation,
    Kind::LoadBalancer,
    Kind::Listener,
    Kind::TargetGroup,
    Kind::TargetHealth,
];
