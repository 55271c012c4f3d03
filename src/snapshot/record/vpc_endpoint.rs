//! VPC endpoints of all six types; one call lists them all.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint",
    variable: "endpoint",
    cloudformation: "AWS::EC2::VPCEndpoint",
    doc: "A private way from a VPC to a service, a resource or a service network.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html",
    id_prefix: "vpce-",
    identity: Identity::Global,
    id: "VpcEndpointId",
    sources: &[Source::list("ec2", "DescribeVpcEndpoints", "VpcEndpoints")],
    fields: &[
        Field::text("VpcEndpointId", "The id, `vpce-…`."),
        Field::text(
            "VpcEndpointType",
            "What the endpoint leads to; answers without it are from before types existed.",
        )
        .values(&[
            "Interface",
            "Gateway",
            "GatewayLoadBalancer",
            "Resource",
            "ServiceNetwork",
            "Tunnel",
        ]),
        Field::text("OwnerId", "The account that owns the endpoint."),
        // The SDK's enum is PascalCase, the wire and the CLI are camelCase; all
        // texts with known values are compared without case.
        Field::text(
            "State",
            "Where the endpoint is in its life. It costs money in every state.",
        )
        .values(&[
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
        Field::reference("VpcId", Kind::Vpc, "The VPC.").follow_back("vpc", "vpc_endpoints"),
        Field::text("ServiceName", "The service, for types that lead to one.").optional(),
        Field::text(
            "ServiceRegion",
            "The region of the service, if it is another.",
        )
        .optional(),
        Field::reference(
            "ResourceConfigurationArn",
            Kind::ResourceConfiguration,
            "What a Resource endpoint leads to.",
        )
        .optional()
        .follow_back("resource_configuration", "vpc_endpoints"),
        Field::reference(
            "ServiceNetworkArn",
            Kind::ServiceNetwork,
            "What a ServiceNetwork endpoint leads to.",
        )
        .optional()
        .follow_back("service_network", "vpc_endpoints"),
        Field::references(
            "SubnetIds",
            Kind::Subnet,
            "The subnets with an interface of the endpoint.",
        )
        .required()
        .follow_back("subnets", "vpc_endpoints"),
        Field::references(
            "RouteTableIds",
            Kind::RouteTable,
            "The route tables of a Gateway endpoint.",
        )
        .follow_back("route_tables", "vpc_endpoints"),
        Field::list(
            "Groups",
            &[
                Field::reference("GroupId", Kind::SecurityGroup, "The security group.")
                    .follow_back("security_groups", "vpc_endpoints"),
                Field::text("GroupName", "Its name.").optional(),
            ],
            "The security groups of the endpoint's interfaces.",
        )
        .required(),
        Field::references(
            "NetworkInterfaceIds",
            Kind::NetworkInterface,
            "The endpoint's interfaces.",
        )
        .required()
        .follow_back("network_interfaces", "vpc_endpoints"),
        Field::text("IpAddressType", "`ipv4`, `ipv6` or `dualstack`.")
            .optional()
            .values(&["ipv4", "ipv6", "dualstack", "service-defined"]),
        Field::bool(
            "PrivateDnsEnabled",
            "Whether the service's own names resolve to the endpoint inside the VPC.",
        ),
        Field::object("DnsOptions", DNS_OPTIONS, "How names are made."),
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
        )
        .required(),
        Field::list(
            "Ipv4Prefixes",
            IPV4_PREFIXES,
            "The blocks that a ServiceNetwork endpoint took.",
        ),
        Field::list(
            "Ipv6Prefixes",
            IPV6_PREFIXES,
            "The IPv6 blocks that a ServiceNetwork endpoint took.",
        ),
        Field::text("CreationTimestamp", "When it was created, RFC 3339."),
        Field::object(
            "LastError",
            &[
                Field::text("Code", "The error code.").optional(),
                Field::text("Message", "The error message.").optional(),
            ],
            "The last error.",
        ),
        Field::text("FailureReason", "Why it failed.").optional(),
        Field::bool(
            "RequesterManaged",
            "Whether a service made it and manages it; then it is not the user's to delete.",
        ),
        Field::text("PolicyDocument", "The endpoint policy.").optional(),
        Field::tags("Tags"),
    ],
};

const DNS_OPTIONS: &[Field] = &[
    Field::text("DnsRecordIpType", "Which records are made.")
        .optional()
        .values(&["ipv4", "ipv6", "dualstack", "service-defined"]),
    Field::bool(
        "PrivateDnsOnlyForInboundResolverEndpoint",
        "Whether only an inbound resolver sees the private names.",
    )
    .optional(),
    Field::text(
        "PrivateDnsPreference",
        "Whose private names are accepted; VERIFIED_DOMAINS_ONLY where it is not set.",
    )
    .optional()
    .values(&[
        "VERIFIED_DOMAINS_ONLY",
        "ALL_DOMAINS",
        "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
        "SPECIFIED_DOMAINS_ONLY",
    ]),
    Field::texts(
        "PrivateDnsSpecifiedDomains",
        "The domains that are accepted, if the preference names them.",
    ),
];

const IPV4_PREFIXES: &[Field] = &[
    Field::reference("SubnetId", Kind::Subnet, "The subnet.").follow("ipv4_prefix_subnets"),
    Field::texts("IpPrefixes", "The blocks."),
];

const IPV6_PREFIXES: &[Field] = &[
    Field::reference("SubnetId", Kind::Subnet, "The subnet.").follow("ipv6_prefix_subnets"),
    Field::texts("IpPrefixes", "The blocks."),
];
