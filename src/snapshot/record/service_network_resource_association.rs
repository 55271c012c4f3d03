//! A resource configuration in a service network. Unlike other Lattice objects it
//! can be `PARTIAL`: some children of a group work and others do not.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetServiceNetworkResourceAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "service-network-resource-association",
    variable: "service_network_resource_association",
    cloudformation: "AWS::VpcLattice::ServiceNetworkResourceAssociation",
    doc: "A resource configuration that a service network offers.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetServiceNetworkResourceAssociation.html",
    id_prefix: "snra-",
    identity: Identity::Global,
    id: "id",
    sources: &[
        Source::list(
            "vpc-lattice",
            "ListServiceNetworkResourceAssociations",
            "items",
        ),
        Source::object(
            "vpc-lattice",
            "GetServiceNetworkResourceAssociation",
            &["resourceConfigurationArn", "serviceNetworkArn"],
        ),
    ],
    fields: &[
        Field::text("id", "The id, `snra-…`."),
        Field::text("arn", "The ARN."),
        Field::text("status", "The association works while this is `ACTIVE`.").values(&[
            "CREATE_IN_PROGRESS",
            "ACTIVE",
            "PARTIAL",
            "DELETE_IN_PROGRESS",
            "CREATE_FAILED",
            "DELETE_FAILED",
        ]),
        Field::reference(
            "serviceNetworkArn",
            Kind::ServiceNetwork,
            "The service network.",
        )
        .follow_back("service_network", "resource_associations"),
        Field::text("serviceNetworkName", "The name of the service network.").optional(),
        Field::reference(
            "resourceConfigurationArn",
            Kind::ResourceConfiguration,
            "The resource configuration.",
        )
        .follow_back("resource_configuration", "service_network_associations"),
        Field::text(
            "resourceConfigurationName",
            "The name of the resource configuration.",
        )
        .optional(),
        Field::object("dnsEntry", DNS_ENTRY, "The public name."),
        Field::object("privateDnsEntry", DNS_ENTRY, "The private name."),
        Field::bool(
            "privateDnsEnabled",
            "Whether private names are made; if not, no endpoint or VPC can have them. Old \
            dumps lack it.",
        ),
        Field::bool(
            "isManagedAssociation",
            "Whether a service made it and manages it; then it is not the user's to delete.",
        ),
        Field::text(
            "domainVerificationStatus",
            "Whether the provider has proved that the domain is its own.",
        )
        .optional()
        .from("GetServiceNetworkResourceAssociation")
        .values(&["VERIFIED", "PENDING", "VERIFICATION_TIMED_OUT"]),
        Field::text("createdBy", "The account that made it."),
        Field::text("createdAt", "When it was made, RFC 3339."),
        Field::text("failureCode", "The error code, if it failed.").optional(),
        Field::text("failureReason", "Why it failed.")
            .optional()
            .from("GetServiceNetworkResourceAssociation"),
    ],
};

const DNS_ENTRY: &[Field] = &[
    Field::text("domainName", "The name.").optional(),
    Field::text(
        "hostedZoneId",
        "The zone of the name, as alias records need it.",
    )
    .optional(),
];
