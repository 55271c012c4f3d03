//! A resolver endpoint. Its addresses and subnets need one call per endpoint.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverEndpoint.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resolver-endpoint",
    variable: "resolver_endpoint",
    cloudformation: "AWS::Route53Resolver::ResolverEndpoint",
    doc: "Where DNS queries enter or leave a VPC.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverEndpoint.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[
        Source::list(
            "route53resolver",
            "ListResolverEndpoints",
            "ResolverEndpoints",
        ),
        Source::per_parent(
            "route53resolver",
            "ListResolverEndpointIpAddresses",
            "IpAddresses",
            "Id",
        ),
    ],
    fields: &[
        Field::text("Id", "The id, `rslvr-in-…` or `rslvr-out-…`."),
        Field::text("Arn", "The ARN."),
        Field::text("Name", "The name.").optional(),
        Field::text("Direction", "Whether queries come in or go out.").values(&[
            "INBOUND",
            "OUTBOUND",
            "INBOUND_DELEGATION",
        ]),
        Field::text("Status", "Where it is in its life.").values(&[
            "CREATING",
            "OPERATIONAL",
            "UPDATING",
            "AUTO_RECOVERING",
            "ACTION_NEEDED",
            "DELETING",
        ]),
        Field::text("StatusMessage", "The state in words.").optional(),
        Field::reference("HostVPCId", Kind::Vpc, "The VPC.")
            .follow_back("vpc", "resolver_endpoints"),
        Field::references(
            "SecurityGroupIds",
            Kind::SecurityGroup,
            "The security groups of its interfaces.",
        )
        .required()
        .follow_back("security_groups", "resolver_endpoints"),
        Field::int("IpAddressCount", "How many addresses it has."),
        Field::text(
            "ResolverEndpointType",
            "The kinds of addresses. Old dumps lack it.",
        )
        .values(&["IPV4", "IPV6", "DUALSTACK"]),
        Field::texts(
            "Protocols",
            "The protocols that it speaks; answers without them are from when there was only \
            `Do53`.",
        )
        .values(&["DoH", "Do53", "DoH-FIPS"]),
        Field::list(
            "IpAddresses",
            &[
                Field::text("IpId", "The id of the address."),
                Field::reference("SubnetId", Kind::Subnet, "The subnet.")
                    .follow_back("subnets", "resolver_endpoints"),
                Field::address("Ip", "The IPv4 address.").optional(),
                Field::address("Ipv6", "The IPv6 address.").optional(),
                Field::text("Status", "The address answers while this is `ATTACHED`.").values(&[
                    "CREATING",
                    "FAILED_CREATION",
                    "FAILED_CREATION_INSUFFICIENT_EC2_CAPACITY_IN_OUTPOST",
                    "ATTACHING",
                    "ATTACHED",
                    "REMAP_DETACHING",
                    "REMAP_ATTACHING",
                    "DETACHING",
                    "FAILED_RESOURCE_GONE",
                    "DELETING",
                    "DELETE_FAILED_FAS_EXPIRED",
                    "UPDATING",
                    "UPDATE_FAILED",
                    "ISOLATED",
                ]),
            ],
            "The addresses.",
        )
        .from("ListResolverEndpointIpAddresses")
        .required(),
    ],
};
