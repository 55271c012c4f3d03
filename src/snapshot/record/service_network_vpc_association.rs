//! A VPC that joined a service network without an endpoint. Its security groups
//! are in the call per association only.

use crate::snapshot::record::Kind;
use crate::snapshot::record::resource_configuration::STATUSES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetServiceNetworkVpcAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "service-network-vpc-association",
    variable: "service_network_vpc_association",
    cloudformation: "AWS::VpcLattice::ServiceNetworkVpcAssociation",
    doc: "A VPC that joined a service network.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetServiceNetworkVpcAssociation.html",
    id_prefix: "snva-",
    identity: Identity::Global,
    id: "id",
    sources: &[
        Source::list("vpc-lattice", "ListServiceNetworkVpcAssociations", "items"),
        Source::object(
            "vpc-lattice",
            "GetServiceNetworkVpcAssociation",
            &["serviceNetworkArn", "vpcId"],
        ),
    ],
    fields: &[
        Field::text("id", "The id, `snva-…`."),
        Field::text("arn", "The ARN."),
        Field::text("status", "The association works while this is `ACTIVE`.").values(STATUSES),
        Field::reference(
            "serviceNetworkArn",
            Kind::ServiceNetwork,
            "The service network.",
        )
        .follow_back("service_network", "vpc_associations"),
        Field::text("serviceNetworkName", "The name of the service network.").optional(),
        Field::reference("vpcId", Kind::Vpc, "The VPC.")
            .also(&["vpcIdentifier"])
            .follow_back("vpc", "service_network_vpc_associations"),
        Field::references(
            "securityGroupIds",
            Kind::SecurityGroup,
            "The security groups that decide what in the VPC may use it.",
        )
        .from("GetServiceNetworkVpcAssociation")
        .required()
        .follow_back("security_groups", "service_network_vpc_associations"),
        Field::bool(
            "privateDnsEnabled",
            "Whether private names of resources resolve in the VPC. Old dumps lack it.",
        ),
        Field::object(
            "dnsOptions",
            &[
                Field::text(
                    "privateDnsPreference",
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
                    "privateDnsSpecifiedDomains",
                    "The domains that are accepted, if the preference names them.",
                ),
            ],
            "Which private names are accepted.",
        ),
        Field::text("createdBy", "The account that made it."),
        Field::text("createdAt", "When it was made, RFC 3339."),
        Field::text("failureCode", "The error code, if it failed.")
            .optional()
            .from("GetServiceNetworkVpcAssociation"),
        Field::text("failureMessage", "Why it failed.")
            .optional()
            .from("GetServiceNetworkVpcAssociation"),
    ],
};
