//! Who reaches whom.
//!
//! The decisions are in [`graph::reach`](crate::graph::reach); this gives them
//! to expressions, and what decided to the evidence.

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
    Kind::ServiceNetworkResourceAssociation,
    Kind::ServiceNetworkServiceAssociation,
    Kind::ServiceNetworkVpcAssociation,
    Kind::ServiceNetworkVpcEndpointAssociation,
    Kind::LoadBalancer,
    Kind::Listener,
    Kind::TargetGroup,
    Kind::TargetHealth,
];
