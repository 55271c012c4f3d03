//! A stateless filter at the edge of subnets.
//!
//! Protocols are numbers written as text, and the closing refusal (32767) is
//! listed like any other entry.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "network-acl",
    variable: "network_acl",
    cloudformation: "AWS::EC2::NetworkAcl",
    doc: "A stateless, ordered list of what may enter and leave subnets.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html",
    id_prefix: "acl-",
    identity: Identity::Global,
    id: "NetworkAclId",
    sources: &[Source::list("ec2", "DescribeNetworkAcls", "NetworkAcls")],
    fields: &[
        Field::text("NetworkAclId", "The id, `acl-…`."),
        Field::text("OwnerId", "The account that owns it."),
        Field::reference("VpcId", Kind::Vpc, "The VPC.").follow_back("vpc", "network_acls"),
        Field::bool(
            "IsDefault",
            "Whether it is the VPC's default, which new subnets get.",
        ),
        Field::list(
            "Associations",
            &[
                Field::text("NetworkAclAssociationId", "The id of the association."),
                Field::reference("SubnetId", Kind::Subnet, "The subnet.")
                    .follow_back("subnets", "network_acls"),
            ],
            "The subnets that it guards; each subnet has exactly one.",
        ),
        Field::list(
            "Entries",
            ENTRIES,
            "The rules, both directions in one list.",
        )
        .required(),
        Field::tags("Tags"),
    ],
};

const ENTRIES: &[Field] = &[
    Field::int(
        "RuleNumber",
        "The place in the order; the lowest number that matches decides. 32767 is the \
        closing refusal.",
    ),
    Field::bool(
        "Egress",
        "Whether the entry is about what leaves the subnet.",
    ),
    Field::text(
        "Protocol",
        "Protocol number as text (`6` is TCP, `17` UDP), `-1` for all.",
    ),
    Field::text("RuleAction", "`allow` or `deny`.").values(&["allow", "deny"]),
    Field::cidr("CidrBlock", "The IPv4 block on the other side.").optional(),
    Field::cidr("Ipv6CidrBlock", "The IPv6 block on the other side.").optional(),
    Field::object(
        "PortRange",
        &[
            Field::int("From", "First port."),
            Field::int("To", "Last port, itself included."),
        ],
        "The destination ports; absent when the protocol has none or all are meant.",
    ),
    Field::object(
        "IcmpTypeCode",
        &[
            Field::int("Type", "ICMP type, -1 for all."),
            Field::int("Code", "ICMP code, -1 for all."),
        ],
        "ICMP type and code, for ICMP only.",
    ),
];
