//! One rule of a security group, with one source or destination.
//!
//! It says nothing that the group does not say; it has the id that evidence and
//! fixes need.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "security-group-rule",
    variable: "security_group_rule",
    cloudformation: "AWS::EC2::SecurityGroupRule",
    doc: "One rule of a security group.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html",
    id_prefix: "sgr-",
    identity: Identity::Global,
    id: "SecurityGroupRuleId",
    sources: &[Source::list(
        "ec2",
        "DescribeSecurityGroupRules",
        "SecurityGroupRules",
    )],
    fields: &[
        Field::text("SecurityGroupRuleId", "The id, `sgr-…`."),
        Field::reference(
            "GroupId",
            Kind::SecurityGroup,
            "The group that the rule belongs to.",
        )
        .follow_back("security_group", "rules"),
        Field::text("GroupOwnerId", "The account that owns the group."),
        Field::bool("IsEgress", "Whether the rule is about what goes out."),
        Field::text(
            "IpProtocol",
            "`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all.",
        ),
        Field::int("FromPort", "First port, or ICMP type; -1 means all.").optional(),
        Field::int(
            "ToPort",
            "Last port, itself included, or ICMP code; -1 means all.",
        )
        .optional(),
        Field::cidr("CidrIpv4", "The IPv4 block on the other side.").optional(),
        Field::cidr("CidrIpv6", "The IPv6 block on the other side.").optional(),
        Field::reference(
            "PrefixListId",
            Kind::ManagedPrefixList,
            "The prefix list on the other side.",
        )
        .optional()
        .follow_back("prefix_list", "security_group_rules"),
        Field::object(
            "ReferencedGroupInfo",
            &[
                Field::reference(
                    "GroupId",
                    Kind::SecurityGroup,
                    "The group; it stands for the private addresses of its interfaces.",
                )
                .follow_back("referenced_security_group", "referencing_rules"),
                Field::text("UserId", "The account of the group.").optional(),
                Field::reference(
                    "VpcId",
                    Kind::Vpc,
                    "The VPC of the group, where it is another's.",
                )
                .optional()
                .follow("referenced_vpc"),
                Field::reference(
                    "VpcPeeringConnectionId",
                    Kind::VpcPeeringConnection,
                    "The peering that leads to the group.",
                )
                .optional()
                .follow_back("vpc_peering_connection", "security_group_rules"),
                Field::text(
                    "PeeringStatus",
                    "The state of that peering; a rule over one that is not `active` is stale.",
                )
                .optional(),
            ],
            "The group on the other side.",
        ),
        Field::text("Description", "What the rule is for, in the owner's words.").optional(),
        Field::tags("Tags"),
    ],
};
