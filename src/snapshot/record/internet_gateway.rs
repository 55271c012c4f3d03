//! An internet gateway. Its attachment is `available`, a value that the SDK's
//! enumeration does not have.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGateway.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "internet-gateway",
    variable: "internet_gateway",
    cloudformation: "AWS::EC2::InternetGateway",
    doc: "The way of a VPC to and from the internet.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGateway.html",
    id_prefix: "igw-",
    identity: Identity::Global,
    id: "InternetGatewayId",
    sources: &[Source::list(
        "ec2",
        "DescribeInternetGateways",
        "InternetGateways",
    )],
    fields: &[
        Field::text("InternetGatewayId", "The id, `igw-…`."),
        Field::text("OwnerId", "The account that owns it."),
        Field::list(
            "Attachments",
            &[
                Field::reference("VpcId", Kind::Vpc, "The VPC.")
                    .follow_back("vpcs", "internet_gateways"),
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
