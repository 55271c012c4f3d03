//! A Lattice service in a service network. The service itself is not modelled; who
//! joins the network reaches it.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_ServiceNetworkServiceAssociationSummary.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "service-network-service-association",
    variable: "service_network_service_association",
    cloudformation: "AWS::VpcLattice::ServiceNetworkServiceAssociation",
    doc: "A service that a service network offers.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_ServiceNetworkServiceAssociationSummary.html",
    id_prefix: "snsa-",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list(
        "vpc-lattice",
        "ListServiceNetworkServiceAssociations",
        "items",
    )],
    fields: &[
        Field::text("id", "The id, `snsa-…`."),
        Field::text("arn", "The ARN."),
        Field::text("status", "The association works while this is `ACTIVE`.").values(&[
            "CREATE_IN_PROGRESS",
            "ACTIVE",
            "DELETE_IN_PROGRESS",
            "CREATE_FAILED",
            "DELETE_FAILED",
        ]),
        Field::reference(
            "serviceNetworkArn",
            Kind::ServiceNetwork,
            "The service network.",
        )
        .follow_back("service_network", "service_associations"),
        Field::text("serviceNetworkName", "The name of the service network.").optional(),
        Field::text("serviceArn", "The ARN of the service; the account in it owns it."),
        Field::text("serviceName", "The name of the service.").optional(),
        Field::object(
            "dnsEntry",
            &[
                Field::text("domainName", "The name.").optional(),
                Field::text("hostedZoneId", "The zone of the name.").optional(),
            ],
            "The name that AWS gave it.",
        ),
        Field::text("customDomainName", "The name of its own, if it has one.").optional(),
        Field::text("createdBy", "The account that made it."),
        Field::text("createdAt", "When it was made, RFC 3339."),
    ],
};
