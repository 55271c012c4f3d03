//! A consumer's endpoint as the provider of the resource sees it. One call per
//! resource configuration; the consumer's view is `DescribeVpcEndpointAssociations`.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_ResourceEndpointAssociationSummary.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-endpoint-association",
    variable: "resource_endpoint_association",
    cloudformation: "AWS::VpcLattice::ResourceEndpointAssociation",
    doc: "A consumer's endpoint on a resource configuration of the account.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_ResourceEndpointAssociationSummary.html",
    id_prefix: "rea-",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list(
        "vpc-lattice",
        "ListResourceEndpointAssociations",
        "items",
    )],
    fields: &[
        Field::text("id", "The id, `rea-…`."),
        Field::text("arn", "The ARN."),
        Field::reference(
            "resourceConfigurationArn",
            Kind::ResourceConfiguration,
            "The resource configuration.",
        )
        .follow_back("resource_configuration", "endpoint_associations"),
        Field::text(
            "resourceConfigurationName",
            "The name of the resource configuration.",
        )
        .optional(),
        Field::reference(
            "vpcEndpointId",
            Kind::VpcEndpoint,
            "The consumer's endpoint.",
        )
        .follow_back("vpc_endpoint", "resource_endpoint_associations"),
        Field::text("vpcEndpointOwner", "The consumer's account."),
        Field::list(
            "payerResponsibility",
            &[
                Field::text("scope", "Which charges.").values(&["ResourceGatewayCharges"]),
                Field::text("payerResponsibilityType", "Who pays them.")
                    .values(&["VpcEndpointAccount", "ResourceGatewayAccount"]),
            ],
            "Who pays for what.",
        ),
        Field::text("createdBy", "The account that made it.").optional(),
        Field::text("createdAt", "When it was made, RFC 3339."),
    ],
};
