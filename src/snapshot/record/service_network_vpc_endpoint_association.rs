//! An endpoint as the owner of the service network sees it. One call per network;
//! the form of the id is not documented, so the elements are told by their keys.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_ServiceNetworkEndpointAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "service-network-vpc-endpoint-association",
    variable: "service_network_vpc_endpoint_association",
    cloudformation: "AWS::VpcLattice::ServiceNetworkVpcEndpointAssociation",
    doc: "An endpoint on a service network of the account.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_ServiceNetworkEndpointAssociation.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list(
        "vpc-lattice",
        "ListServiceNetworkVpcEndpointAssociations",
        "items",
    )
    .marked(&["vpcEndpointOwnerId", "serviceNetworkArn"])],
    fields: &[
        Field::text("id", "The id."),
        Field::reference(
            "serviceNetworkArn",
            Kind::ServiceNetwork,
            "The service network.",
        )
        .follow_back(
            "service_network",
            "service_network_vpc_endpoint_associations",
        ),
        Field::reference("vpcEndpointId", Kind::VpcEndpoint, "The endpoint.")
            .follow_back("vpc_endpoint", "service_network_vpc_endpoint_associations"),
        Field::text("vpcEndpointOwnerId", "The account of the endpoint."),
        Field::reference("vpcId", Kind::Vpc, "The VPC of the endpoint.")
            .optional()
            .follow_back("vpc", "service_network_vpc_endpoint_associations"),
        Field::text("state", "Where it is in its life.").values(&[
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
        Field::text("createdAt", "When it was made, RFC 3339."),
    ],
};
