//! A security group with its rules folded by protocol and ports.
//!
//! A permission without ports speaks of all ports. The ids of the single rules
//! are in `DescribeSecurityGroupRules` only.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "security-group",
    variable: "security_group",
    cloudformation: "AWS::EC2::SecurityGroup",
    doc: "A stateful list of what may reach, and be reached from, the interfaces that \
        carry it.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html",
    id_prefix: "sg-",
    identity: Identity::Global,
    id: "GroupId",
    sources: &[Source::list(
        "ec2",
        "DescribeSecurityGroups",
        "SecurityGroups",
    )],
    fields: &[
        Field::text("GroupId", "The id, `sg-…`."),
        Field::text(
            "GroupName",
            "The name, unique within the VPC; `default` is the group that interfaces get when \
            none is named.",
        ),
        Field::text("Description", "What it is for, in the owner's words.").optional(),
        Field::text("OwnerId", "The account that owns the group."),
        Field::reference(
            "VpcId",
            Kind::Vpc,
            "The VPC it was made in; `DescribeSecurityGroupVpcAssociations` knows others.",
        )
        .follow_back("vpc", "security_groups"),
        Field::list(
            "IpPermissions",
            INGRESS,
            "What may come in. An empty list admits nothing.",
        )
        .required(),
        Field::list(
            "IpPermissionsEgress",
            EGRESS,
            "What may go out. An empty list lets nothing out.",
        )
        .required(),
        Field::tags("Tags"),
    ],
};

const INGRESS: &[Field] = &[
    Field::text(
        "IpProtocol",
        "`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all.",
    ),
    Field::int(
        "FromPort",
        "First port, or ICMP type; -1 means all types. Absent when all protocols are meant.",
    )
    .optional(),
    Field::int(
        "ToPort",
        "Last port, itself included, or ICMP code; -1 means all codes. Absent when all \
        protocols are meant.",
    )
    .optional(),
    Field::list("IpRanges", IP_RANGES, "The IPv4 blocks on the other side."),
    Field::list(
        "Ipv6Ranges",
        IPV6_RANGES,
        "The IPv6 blocks on the other side.",
    ),
    Field::list(
        "PrefixListIds",
        &[
            Field::reference("PrefixListId", Kind::ManagedPrefixList, "The prefix list.")
                .follow_back("ingress_prefix_lists", "ingress_security_groups"),
            Field::text("Description", "What the rule is for, in the owner's words.").optional(),
        ],
        "The prefix lists on the other side.",
    ),
    Field::list(
        "UserIdGroupPairs",
        &[
            Field::reference(
                "GroupId",
                Kind::SecurityGroup,
                "The group; it stands for the private addresses of its interfaces.",
            )
            .follow_back("ingress_security_groups", "ingress_referrers"),
            Field::text("UserId", "The account of the group.").optional(),
            Field::reference(
                "VpcId",
                Kind::Vpc,
                "The VPC of the group, where it is another's.",
            )
            .optional()
            .follow("ingress_peer_vpcs"),
            Field::reference(
                "VpcPeeringConnectionId",
                Kind::VpcPeeringConnection,
                "The peering that leads to the group.",
            )
            .optional()
            .follow("ingress_vpc_peering_connections"),
            Field::text(
                "PeeringStatus",
                "The state of that peering; a rule over one that is not `active` is stale.",
            )
            .optional(),
            Field::text("Description", "What the rule is for, in the owner's words.").optional(),
        ],
        "The groups on the other side.",
    ),
];

const EGRESS: &[Field] = &[
    Field::text(
        "IpProtocol",
        "`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all.",
    ),
    Field::int(
        "FromPort",
        "First port, or ICMP type; -1 means all types. Absent when all protocols are meant.",
    )
    .optional(),
    Field::int(
        "ToPort",
        "Last port, itself included, or ICMP code; -1 means all codes. Absent when all \
        protocols are meant.",
    )
    .optional(),
    Field::list("IpRanges", IP_RANGES, "The IPv4 blocks on the other side."),
    Field::list(
        "Ipv6Ranges",
        IPV6_RANGES,
        "The IPv6 blocks on the other side.",
    ),
    Field::list(
        "PrefixListIds",
        &[
            Field::reference("PrefixListId", Kind::ManagedPrefixList, "The prefix list.")
                .follow_back("egress_prefix_lists", "egress_security_groups"),
            Field::text("Description", "What the rule is for, in the owner's words.").optional(),
        ],
        "The prefix lists on the other side.",
    ),
    Field::list(
        "UserIdGroupPairs",
        &[
            Field::reference(
                "GroupId",
                Kind::SecurityGroup,
                "The group; it stands for the private addresses of its interfaces.",
            )
            .follow_back("egress_security_groups", "egress_referrers"),
            Field::text("UserId", "The account of the group.").optional(),
            Field::reference(
                "VpcId",
                Kind::Vpc,
                "The VPC of the group, where it is another's.",
            )
            .optional()
            .follow("egress_peer_vpcs"),
            Field::reference(
                "VpcPeeringConnectionId",
                Kind::VpcPeeringConnection,
                "The peering that leads to the group.",
            )
            .optional()
            .follow("egress_vpc_peering_connections"),
            Field::text(
                "PeeringStatus",
                "The state of that peering; a rule over one that is not `active` is stale.",
            )
            .optional(),
            Field::text("Description", "What the rule is for, in the owner's words.").optional(),
        ],
        "The groups on the other side.",
    ),
];

const IP_RANGES: &[Field] = &[
    Field::cidr("CidrIp", "The IPv4 block."),
    Field::text("Description", "What the rule is for, in the owner's words.").optional(),
];

const IPV6_RANGES: &[Field] = &[
    Field::cidr("CidrIpv6", "The IPv6 block."),
    Field::text("Description", "What the rule is for, in the owner's words.").optional(),
];
