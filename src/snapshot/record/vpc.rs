//! A virtual private cloud.
//!
//! The two DNS attributes are not in `DescribeVpcs`: each needs a call of
//! `DescribeVpcAttribute` per VPC, whose answer holds one attribute.

use crate::snapshot::record::Kind;
use crate::snapshot::record::vpc_block_public_access_options::BLOCK_MODES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpc",
    variable: "vpc",
    cloudformation: "AWS::EC2::VPC",
    doc: "A virtual private cloud.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html",
    id_prefix: "vpc-",
    identity: Identity::Global,
    id: "VpcId",
    sources: &[
        Source::list("ec2", "DescribeVpcs", "Vpcs"),
        Source::object(
            "ec2",
            "DescribeVpcAttribute",
            &["VpcId", "EnableDnsSupport"],
        ),
        Source::object(
            "ec2",
            "DescribeVpcAttribute",
            &["VpcId", "EnableDnsHostnames"],
        ),
        Source::object(
            "ec2",
            "DescribeVpcAttribute",
            &["VpcId", "EnableNetworkAddressUsageMetrics"],
        ),
    ],
    fields: &[
        Field::text("VpcId", "The id, `vpc-…`."),
        Field::text("OwnerId", "The account that owns the VPC."),
        Field::text("State", "Where the VPC is in its life.").values(&[
            "pending",
            "available",
            "deleting",
        ]),
        Field::cidr("CidrBlock", "The primary IPv4 block."),
        Field::list(
            "CidrBlockAssociationSet",
            CIDR_ASSOCIATION,
            "All IPv4 blocks, the primary one among them.",
        )
        .required(),
        Field::list(
            "Ipv6CidrBlockAssociationSet",
            IPV6_ASSOCIATION,
            "All IPv6 blocks.",
        ),
        Field::reference(
            "DhcpOptionsId",
            Kind::DhcpOptions,
            "The DHCP options in force; `default` means Amazon's.",
        )
        .follow_back("dhcp_options", "vpcs"),
        Field::text("InstanceTenancy", "`default`, `dedicated` or `host`.").values(&[
            "default",
            "dedicated",
            "host",
        ]),
        Field::bool("IsDefault", "Whether this is the region's default VPC."),
        Field::object(
            "EnableDnsSupport",
            &[
                Field::bool("Value", "Whether Amazon's resolver answers inside the VPC.")
                    .from("DescribeVpcAttribute"),
            ],
            "DNS resolution. \
            <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns-updating.html>",
        ),
        Field::object(
            "EnableDnsHostnames",
            &[Field::bool(
                "Value",
                "Whether instances get DNS names; private DNS needs both attributes.",
            )
            .from("DescribeVpcAttribute")],
            "DNS hostnames. \
            <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns-updating.html>",
        ),
        Field::object(
            "BlockPublicAccessStates",
            &[Field::text(
                "InternetGatewayBlockMode",
                "What internet gateways may not pass.",
            )
            .values(BLOCK_MODES)],
            "VPC Block Public Access as it holds here, with exclusions. Old dumps lack it.",
        )
        .required(),
        Field::tags("Tags"),
    ],
};

const CIDR_ASSOCIATION: &[Field] = &[
    Field::text("AssociationId", "The id of the association."),
    Field::cidr("CidrBlock", "The block."),
    Field::object("CidrBlockState", STATE, "Whether the block is in use."),
];

const IPV6_ASSOCIATION: &[Field] = &[
    Field::text("AssociationId", "The id of the association."),
    Field::cidr("Ipv6CidrBlock", "The block."),
    Field::object("Ipv6CidrBlockState", STATE, "Whether the block is in use."),
];

const STATE: &[Field] = &[
    Field::text("State", "`associated` while the block is in use.").values(&[
        "associating",
        "associated",
        "disassociating",
        "disassociated",
        "failing",
        "failed",
    ]),
];
