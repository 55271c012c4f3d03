//! An egress-only internet gateway; it is for IPv6 alone.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EgressOnlyInternetGateway.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "egress-only-internet-gateway",
    variable: "egress_only_internet_gateway",
    cloudformation: "AWS::EC2::EgressOnlyInternetGateway",
    doc: "The way of a VPC to the internet over IPv6, for connections from inside.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EgressOnlyInternetGateway.html",
    id_prefix: "eigw-",
    identity: Identity::Global,
    id: "EgressOnlyInternetGatewayId",
    sources: &[Source::list(
        "ec2",
        "DescribeEgressOnlyInternetGateways",
        "EgressOnlyInternetGateways",
    )],
    fields: &[
        Field::text("EgressOnlyInternetGatewayId", "The id, `eigw-…`."),
        Field::list(
            "Attachments",
            &[
                Field::reference("VpcId", Kind::Vpc, "The VPC.")
                    .follow_back("vpcs", "egress_only_internet_gateways"),
                Field::text("State", "`available` or `attached` while packets pass.").values(&[
                    "available",
                    "attaching",
                    "attached",
                    "detaching",
                    "detached",
                ]),
            ],
            "The VPC; at most one.",
        )
        .required(),
        Field::tags("Tags"),
    ],
};
