//! An EC2 instance.
//!
//! Instances are two levels deep in an answer, and their owner is written on the
//! reservation around them. A terminated instance is listed for about an hour
//! without VPC, subnet and interfaces.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "instance",
    variable: "instance",
    cloudformation: "AWS::EC2::Instance",
    doc: "A virtual machine.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html",
    id_prefix: "i-",
    identity: Identity::Global,
    id: "InstanceId",
    sources: &[Source::list(
        "ec2",
        "DescribeInstances",
        "Reservations[].Instances",
    )],
    fields: &[
        Field::text("InstanceId", "The id, `i-…`."),
        Field::object(
            "State",
            &[
                Field::text("Name", "A stopped instance keeps its private addresses.").values(&[
                    "pending",
                    "running",
                    "shutting-down",
                    "terminated",
                    "stopping",
                    "stopped",
                ]),
            ],
            "Where the instance is in its life.",
        )
        .required(),
        Field::text("InstanceType", "The size, as `m7g.large`."),
        Field::text(
            "PlatformDetails",
            "The operating system as it is billed (`Linux/UNIX`, `Windows`); it decides \
            the ephemeral ports.",
        ),
        Field::text("LaunchTime", "When it was last started, RFC 3339."),
        Field::object(
            "Placement",
            &[
                Field::text(
                    "AvailabilityZone",
                    "The zone's name; it means another zone in another account.",
                ),
                Field::text(
                    "AvailabilityZoneId",
                    "The zone's id, the same in all accounts. Old dumps lack it; it is never \
                    guessed from the name.",
                ),
            ],
            "Where it runs.",
        )
        .required(),
        Field::reference("VpcId", Kind::Vpc, "The VPC.")
            .optional()
            .follow_back("vpc", "instances"),
        Field::reference(
            "SubnetId",
            Kind::Subnet,
            "The subnet of the primary interface.",
        )
        .optional()
        .follow_back("subnet", "instances"),
        Field::address("PrivateIpAddress", "The primary IPv4 address.").optional(),
        Field::address("PublicIpAddress", "The public IPv4 address, if it has one.").optional(),
        Field::list(
            "SecurityGroups",
            &[
                Field::reference("GroupId", Kind::SecurityGroup, "The security group.")
                    .follow_back("security_groups", "instances"),
                Field::text("GroupName", "Its name.").optional(),
            ],
            "The security groups of the primary interface; others may have others.",
        ),
        Field::embedded(
            "NetworkInterfaces",
            Kind::NetworkInterface,
            "The interfaces.",
        ),
        Field::tags("Tags"),
    ],
};
