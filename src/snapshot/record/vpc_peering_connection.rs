//! A peering of two VPCs.
//!
//! Both sides list it under the same id, each with what it may see of the other:
//! blocks only while it is active, options only where they are set.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnection.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc-peering-connection",
    variable: "vpc_peering_connection",
    cloudformation: "AWS::EC2::VPCPeeringConnection",
    doc: "A route between two VPCs.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnection.html",
    id_prefix: "pcx-",
    identity: Identity::Global,
    id: "VpcPeeringConnectionId",
    sources: &[Source::list(
        "ec2",
        "DescribeVpcPeeringConnections",
        "VpcPeeringConnections",
    )],
    fields: &[
        Field::text("VpcPeeringConnectionId", "The id, `pcx-…`."),
        Field::object(
            "Status",
            &[
                Field::text("Code", "Packets pass only while this is `active`.").values(&[
                    "initiating-request",
                    "pending-acceptance",
                    "active",
                    "deleted",
                    "rejected",
                    "failed",
                    "expired",
                    "provisioning",
                    "deleting",
                ]),
                Field::text("Message", "The state in words.").optional(),
            ],
            "Where the peering is in its life.",
        )
        .required(),
        Field::text("ExpirationTime", "Until when it can be accepted, RFC 3339.").optional(),
        Field::object("RequesterVpcInfo", REQUESTER, "The side that asked.").required(),
        Field::object("AccepterVpcInfo", ACCEPTER, "The side that was asked.").required(),
        Field::tags("Tags"),
    ],
};

const REQUESTER: &[Field] = &[
    Field::reference("VpcId", Kind::Vpc, "The VPC that asked.")
        .follow_back("requester_vpc", "requested_vpc_peering_connections"),
    Field::text("OwnerId", "The account of the VPC."),
    Field::text("Region", "The region of the VPC. Old dumps lack it."),
    Field::cidr(
        "CidrBlock",
        "The primary IPv4 block; known while the peering is active.",
    )
    .optional(),
    Field::list(
        "CidrBlockSet",
        CIDR_BLOCK_SET,
        "All IPv4 blocks; known while the peering is active.",
    ),
    Field::list(
        "Ipv6CidrBlockSet",
        IPV6_CIDR_BLOCK_SET,
        "All IPv6 blocks; known while the peering is active.",
    ),
    Field::object(
        "PeeringOptions",
        PEERING_OPTIONS,
        "What this side allows; often only its own account sees it.",
    )
    .required(),
];

const ACCEPTER: &[Field] = &[
    Field::reference("VpcId", Kind::Vpc, "The VPC that was asked.")
        .follow_back("accepter_vpc", "accepted_vpc_peering_connections"),
    Field::text("OwnerId", "The account of the VPC."),
    Field::text("Region", "The region of the VPC. Old dumps lack it."),
    Field::cidr(
        "CidrBlock",
        "The primary IPv4 block; known while the peering is active.",
    )
    .optional(),
    Field::list(
        "CidrBlockSet",
        CIDR_BLOCK_SET,
        "All IPv4 blocks; known while the peering is active.",
    ),
    Field::list(
        "Ipv6CidrBlockSet",
        IPV6_CIDR_BLOCK_SET,
        "All IPv6 blocks; known while the peering is active.",
    ),
    Field::object(
        "PeeringOptions",
        PEERING_OPTIONS,
        "What this side allows; often only its own account sees it.",
    )
    .required(),
];

const CIDR_BLOCK_SET: &[Field] = &[Field::cidr("CidrBlock", "The block.")];

const IPV6_CIDR_BLOCK_SET: &[Field] = &[Field::cidr("Ipv6CidrBlock", "The block.")];

const PEERING_OPTIONS: &[Field] = &[Field::bool(
    "AllowDnsResolutionFromRemoteVpc",
    "Whether this side's public DNS names resolve to private addresses when the other side asks.",
)];
