//! A consumer's endpoint as the provider of the service sees it. The id is that of
//! the endpoint, which usually belongs to another account.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpointConnection.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-connection",
    variable: "vpc_endpoint_connection",
    cloudformation: "AWS::EC2::VPCEndpointConnection",
    doc: "An endpoint of a consumer that is connected, or asks to be, to a service of the account.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpointConnection.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "VpcEndpointId",
    sources: &[Source::list(
        "ec2",
        "DescribeVpcEndpointConnections",
        "VpcEndpointConnections",
    )],
    fields: &[
        Field::reference(
            "VpcEndpointId",
            Kind::VpcEndpoint,
            "The consumer's endpoint.",
        )
        .follow_back("vpc_endpoint", "vpc_endpoint_connections"),
        Field::text("VpcEndpointConnectionId", "The id of the connection.").optional(),
        Field::reference(
            "ServiceId",
            Kind::VpcEndpointServiceConfiguration,
            "The service.",
        )
        .follow_back("vpc_endpoint_service_configuration", "vpc_endpoint_connections"),
        Field::text("VpcEndpointOwner", "The consumer's account."),
        Field::text("VpcEndpointState", "Where the connection is in its life.").values(&[
            "pendingAcceptance",
            "pending",
            "available",
            "deleting",
            "deleted",
            "rejected",
            "failed",
            "expired",
            "partial",
        ]),
        Field::text(
            "VpcEndpointRegion",
            "The region of the endpoint, if it is another.",
        )
        .optional(),
        Field::text("CreationTimestamp", "When the endpoint was made, RFC 3339."),
        Field::list(
            "DnsEntries",
            &[
                Field::text("DnsName", "The name."),
                Field::text(
                    "HostedZoneId",
                    "The zone of the name, as alias records need it.",
                )
                .optional(),
            ],
            "The names that resolve to the endpoint.",
        ),
        Field::references(
            "NetworkLoadBalancerArns",
            Kind::LoadBalancer,
            "The network load balancers behind the service.",
        )
        .follow_back("network_load_balancers", "vpc_endpoint_connections"),
        Field::references(
            "GatewayLoadBalancerArns",
            Kind::LoadBalancer,
            "The gateway load balancers behind the service.",
        )
        .follow_back("gateway_load_balancers", "gateway_vpc_endpoint_connections"),
        Field::text("IpAddressType", "`ipv4`, `ipv6` or `dualstack`.")
            .optional()
            .values(&["ipv4", "dualstack", "ipv6"]),
        Field::reference(
            "TransitGatewayAttachmentId",
            Kind::TransitGatewayAttachment,
            "The consumer's transit gateway attachment, where that is what connects.",
        )
        .optional()
        .follow_back("transit_gateway_attachment", "vpc_endpoint_connections"),
        Field::tags("Tags"),
    ],
};
