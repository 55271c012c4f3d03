//! A VPC Lattice service network. Who may use it, and whether it can be shared, is
//! in the call per network only; how many resources it has, in the list only.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetServiceNetwork.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "service-network",
    variable: "service_network",
    cloudformation: "AWS::VpcLattice::ServiceNetwork",
    doc: "A named set of services and resources that VPCs join as one.",
    url: "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_GetServiceNetwork.html",
    id_prefix: "sn-",
    identity: Identity::Global,
    id: "id",
    sources: &[
        Source::list("vpc-lattice", "ListServiceNetworks", "items"),
        Source::object(
            "vpc-lattice",
            "GetServiceNetwork",
            &["arn", "numberOfAssociatedVPCs"],
        ),
    ],
    fields: &[
        Field::text("id", "The id, `sn-…`."),
        Field::text("arn", "The ARN; the account in it is the owner."),
        Field::text("name", "The name."),
        Field::text("authType", "Whether an auth policy is enforced.")
            .from("GetServiceNetwork")
            .values(&["NONE", "AWS_IAM"]),
        Field::object(
            "sharingConfig",
            &[
                Field::bool("enabled", "Whether it can be shared with other accounts.")
                    .from("GetServiceNetwork"),
            ],
            "Whether it can be shared.",
        )
        .from("GetServiceNetwork"),
        Field::int("numberOfAssociatedVPCs", "How many VPCs are associated."),
        Field::int(
            "numberOfAssociatedServices",
            "How many services are associated.",
        ),
        Field::int(
            "numberOfAssociatedResourceConfigurations",
            "How many resource configurations are associated; the call per network does not say.",
        )
        .from("ListServiceNetworks"),
        Field::text("createdAt", "When it was made, RFC 3339."),
    ],
};
