//! Whether an account blocks the internet for all VPCs of a region. The answer is
//! one object and not a list; an account that never set anything has it too.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessOptions.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-block-public-access-options",
    variable: "vpc_block_public_access_options",
    cloudformation: "AWS::EC2::VPCBlockPublicAccessOptions",
    doc: "The block on internet gateways of an account in a region.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessOptions.html",
    id_prefix: "",
    identity: Identity::Within(&["AwsRegion"]),
    id: "AwsAccountId",
    sources: &[Source::list(
        "ec2",
        "DescribeVpcBlockPublicAccessOptions",
        "VpcBlockPublicAccessOptions",
    )],
    fields: &[
        Field::text("AwsAccountId", "The account."),
        Field::text("AwsRegion", "The region."),
        Field::text(
            "InternetGatewayBlockMode",
            "What internet gateways may not pass.",
        )
        .values(BLOCK_MODES),
        Field::text("State", "Whether the mode is in force already.").values(&[
            "default-state",
            "update-in-progress",
            "update-complete",
        ]),
        Field::text("Reason", "The state in words.").optional(),
        Field::text(
            "ExclusionsAllowed",
            "Whether VPCs and subnets may be excepted.",
        )
        .optional()
        .values(&["allowed", "not-allowed"]),
        Field::text("ManagedBy", "Who decides: the account or its organisation.")
            .optional()
            .values(&["account", "declarative-policy"]),
        Field::text(
            "LastUpdateTimestamp",
            "When it was changed last, RFC 3339.",
        )
        .optional(),
    ],
};

/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html>
pub(super) const BLOCK_MODES: &[&str] = &["off", "block-bidirectional", "block-ingress"];
