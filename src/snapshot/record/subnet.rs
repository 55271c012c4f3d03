//! A subnet: one availability zone, at most one IPv4 block.

use crate::snapshot::record::Kind;
use crate::snapshot::record::vpc_block_public_access_options::BLOCK_MODES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "subnet",
    variable: "subnet",
    cloudformation: "AWS::EC2::Subnet",
    doc: "A range of addresses of a VPC in one availability zone.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html",
    id_prefix: "subnet-",
    identity: Identity::Global,
    id: "SubnetId",
    sources: &[Source::list("ec2", "DescribeSubnets", "Subnets")],
    fields: &[
        Field::text("SubnetId", "The id, `subnet-…`."),
        Field::text(
            "OwnerId",
            "The account that owns the subnet; a participant of a shared VPC sees another's.",
        ),
        Field::reference("VpcId", Kind::Vpc, "The VPC.").follow_back("vpc", "subnets"),
        Field::text("State", "`pending`, `available` or `unavailable`.").values(&[
            "pending",
            "available",
            "unavailable",
            "failed",
            "failed-insufficient-capacity",
        ]),
        Field::text(
            "AvailabilityZone",
            "The zone's name; it means another zone in another account.",
        ),
        Field::text(
            "AvailabilityZoneId",
            "The zone's id (`use1-az3`), the same in all accounts. Old dumps lack it; it is \
            never guessed from the name.",
        ),
        Field::cidr("CidrBlock", "The IPv4 block; absent for IPv6-only subnets.").optional(),
        Field::list(
            "Ipv6CidrBlockAssociationSet",
            IPV6_ASSOCIATION,
            "The IPv6 blocks.",
        ),
        Field::bool("Ipv6Native", "Whether the subnet has IPv6 only.").optional(),
        Field::int(
            "AvailableIpAddressCount",
            "IPv4 addresses not in use. AWS has already taken out its five; 0 for IPv6-only \
            subnets.",
        ),
        Field::bool(
            "MapPublicIpOnLaunch",
            "Whether instances get a public address.",
        )
        .optional(),
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

const IPV6_ASSOCIATION: &[Field] = &[
    Field::text("AssociationId", "The id of the association."),
    Field::cidr("Ipv6CidrBlock", "The block."),
    Field::object(
        "Ipv6CidrBlockState",
        &[Field::text(
            "State",
            "`associated` while the block is in use.",
        )],
        "Whether the block is in use.",
    ),
];
