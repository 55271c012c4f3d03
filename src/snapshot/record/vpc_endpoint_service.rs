//! An endpoint service as a consumer sees it, AWS's own among them.
//!
//! Zone names are those of the account that asks. A few names (`….s3`,
//! `….dynamodb`) stand for two services, one for Gateway and one for Interface
//! endpoints.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ServiceDetail.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-service",
    variable: "vpc_endpoint_service",
    cloudformation: "AWS::EC2::VPCEndpointServiceDetail",
    doc: "A service that an endpoint can be made for.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ServiceDetail.html",
    id_prefix: "",
    identity: Identity::Within(&["ServiceId"]),
    id: "ServiceName",
    sources: &[Source::list(
        "ec2",
        "DescribeVpcEndpointServices",
        "ServiceDetails",
    )],
    fields: &[
        Field::text("ServiceName", "The name that endpoints use."),
        Field::text("ServiceId", "The id, `vpce-svc-…`."),
        Field::list(
            "ServiceType",
            SERVICE_TYPE,
            "The types of endpoints that it takes.",
        )
        .required(),
        Field::text(
            "ServiceRegion",
            "The region of the service. Old dumps lack it.",
        ),
        Field::texts(
            "AvailabilityZones",
            "The names of its zones, as the account that asks knows them.",
        )
        .required(),
        Field::texts(
            "AvailabilityZoneIds",
            "The ids of its zones, the same in all accounts. Old dumps lack them; they are \
            never guessed from the names.",
        )
        .required(),
        Field::text("Owner", "The account that offers it, or `amazon`."),
        Field::texts(
            "BaseEndpointDnsNames",
            "What the names of its endpoints end with.",
        ),
        Field::text("PrivateDnsName", "The service's own name, if it has one.").optional(),
        Field::list(
            "PrivateDnsNames",
            &[Field::text("PrivateDnsName", "The name.")],
            "The service's own names.",
        ),
        Field::text(
            "PrivateDnsNameVerificationState",
            "Whether the provider has proved that the name is its own; consumers cannot use \
            private DNS before.",
        )
        .optional()
        .values(&["pendingVerification", "verified", "failed"]),
        Field::bool(
            "VpcEndpointPolicySupported",
            "Whether endpoint policies have an effect.",
        ),
        Field::bool(
            "AcceptanceRequired",
            "Whether the provider must accept each endpoint.",
        ),
        Field::texts(
            "SupportedIpAddressTypes",
            "The kinds of addresses that it takes.",
        )
        .required()
        .values(&["ipv4", "ipv6"]),
        Field::tags("Tags"),
    ],
};

const SERVICE_TYPE: &[Field] = &[Field::text("ServiceType", "The type.").values(&[
    "Interface",
    "Gateway",
    "GatewayLoadBalancer",
])];
