//! What stands behind a Resource or `ServiceNetwork` endpoint, as its owner sees it:
//! one entry per resource or service.
//!
//! `AssociatedResourceAccessibility` is free text: the documentation filters by
//! `AVAILABLE`, `PENDING` and `FAILED` and shows `Accessible`.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpointAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-endpoint-association",
    variable: "vpc_endpoint_association",
    cloudformation: "AWS::EC2::VPCEndpointAssociation",
    doc: "A resource or service that an endpoint makes reachable.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpointAssociation.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[Source::list(
        "ec2",
        "DescribeVpcEndpointAssociations",
        "VpcEndpointAssociations",
    )],
    fields: &[
        Field::text("Id", "The id of the association."),
        Field::reference("VpcEndpointId", Kind::VpcEndpoint, "The endpoint.")
            .follow_back("vpc_endpoint", "associations"),
        Field::reference(
            "ServiceNetworkArn",
            Kind::ServiceNetwork,
            "The service network, for `ServiceNetwork` endpoints.",
        )
        .optional()
        .follow_back("service_network", "vpc_endpoint_associations"),
        Field::text("ServiceNetworkName", "The name of the service network.").optional(),
        Field::reference(
            "AssociatedResourceArn",
            Kind::ResourceConfiguration,
            "What is reachable; behind a service network it may be a Lattice service instead.",
        )
        .optional()
        .follow_back("resource_configuration", "vpc_endpoint_associations"),
        Field::reference(
            "ResourceConfigurationGroupArn",
            Kind::ResourceConfiguration,
            "The group that the resource configuration is a child of.",
        )
        .optional()
        .follow_back(
            "resource_configuration_group",
            "child_vpc_endpoint_associations",
        ),
        Field::text(
            "AssociatedResourceAccessibility",
            "Whether it can be reached; both `Accessible` and `AVAILABLE` say yes.",
        )
        .values(&["Accessible", "AVAILABLE", "PENDING", "FAILED"]),
        Field::object(
            "DnsEntry",
            DNS_ENTRY,
            "The public name that resolves to the endpoint.",
        ),
        Field::object(
            "PrivateDnsEntry",
            DNS_ENTRY,
            "The private name that resolves to the endpoint inside the VPC.",
        ),
        Field::text("FailureCode", "The error code, if it failed.").optional(),
        Field::text("FailureReason", "Why it failed.").optional(),
        Field::tags("Tags"),
    ],
};

const DNS_ENTRY: &[Field] = &[
    Field::text("DnsName", "The name.").optional(),
    Field::text(
        "HostedZoneId",
        "The zone of the name, as alias records need it.",
    )
    .optional(),
];
