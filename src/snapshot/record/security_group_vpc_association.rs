//! The use of a security group in a VPC other than the one it was made in.
//!
//! It has no id of its own; only group and VPC together are unique.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupVpcAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "security-group-vpc-association",
    variable: "security_group_vpc_association",
    cloudformation: "AWS::EC2::SecurityGroupVpcAssociation",
    doc: "The use of a security group in a second VPC.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupVpcAssociation.html",
    id_prefix: "",
    identity: Identity::Within(&["VpcId"]),
    id: "GroupId",
    sources: &[Source::list(
        "ec2",
        "DescribeSecurityGroupVpcAssociations",
        "SecurityGroupVpcAssociations",
    )],
    fields: &[
        Field::reference("GroupId", Kind::SecurityGroup, "The security group.")
            .follow_back("security_group", "vpc_associations"),
        Field::text("GroupOwnerId", "The account that owns the group.").optional(),
        Field::reference("VpcId", Kind::Vpc, "The second VPC.")
            .follow_back("vpc", "security_group_vpc_associations"),
        Field::text("VpcOwnerId", "The account that owns the second VPC.").optional(),
        Field::text("State", "The group can be used while this is `associated`.").values(&[
            "associating",
            "associated",
            "association-failed",
            "disassociating",
            "disassociated",
            "disassociation-failed",
        ]),
        Field::text("StateReason", "Why it is in that state.").optional(),
    ],
};
