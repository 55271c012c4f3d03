//! An elastic network interface.
//!
//! There may be millions, so only what questions about connectivity need is
//! kept. Inside `DescribeInstances` the same objects have fewer fields and say
//! neither zone nor tags.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "network-interface",
    variable: "network_interface",
    cloudformation: "AWS::EC2::NetworkInterface",
    doc: "An interface in a subnet, with its addresses and security groups.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html",
    id_prefix: "eni-",
    identity: Identity::Global,
    id: "NetworkInterfaceId",
    sources: &[Source::list(
        "ec2",
        "DescribeNetworkInterfaces",
        "NetworkInterfaces",
    )],
    fields: &[
        Field::text("NetworkInterfaceId", "The id, `eni-…`."),
        Field::text("OwnerId", "The account that owns it."),
        Field::text("InterfaceType", "What made it; `interface` for plain ones.").values(&[
            "interface",
            "natGateway",
            "nat_gateway",
            "efa",
            "efa-only",
            "trunk",
            "load_balancer",
            "network_load_balancer",
            "vpc_endpoint",
            "branch",
            "transit_gateway",
            "lambda",
            "quicksight",
            "global_accelerator_managed",
            "api_gateway_managed",
            "gateway_load_balancer",
            "gateway_load_balancer_endpoint",
            "iot_rules_managed",
            "aws_codestar_connections_managed",
        ]),
        Field::text(
            "Description",
            "What it is for; services write the name of their resource here.",
        )
        .optional(),
        Field::text("Status", "`in-use` while it is attached to something.").values(&[
            "available",
            "associated",
            "attaching",
            "in-use",
            "detaching",
        ]),
        Field::bool(
            "RequesterManaged",
            "Whether a service made it and manages it; then it is not the user's to delete.",
        ),
        Field::reference("SubnetId", Kind::Subnet, "The subnet.")
            .follow_back("subnet", "network_interfaces"),
        Field::reference("VpcId", Kind::Vpc, "The VPC.").follow_back("vpc", "network_interfaces"),
        Field::text(
            "AvailabilityZone",
            "The zone's name; it means another zone in another account.",
        ),
        Field::text(
            "AvailabilityZoneId",
            "The zone's id, the same in all accounts. Old dumps lack it; it is never guessed \
            from the name.",
        ),
        Field::address("PrivateIpAddress", "The primary IPv4 address, if it has one.").optional(),
        Field::list(
            "PrivateIpAddresses",
            &[
                Field::address("PrivateIpAddress", "The IPv4 address."),
                Field::bool("Primary", "Whether it is the primary one."),
                Field::object(
                    "Association",
                    &[Field::address("PublicIp", "The public IPv4 address.").optional()],
                    "The public address that stands for this one on the internet, if any.",
                ),
            ],
            "The IPv4 addresses; none for an IPv6-only interface.",
        ),
        Field::list(
            "Ipv4Prefixes",
            &[Field::cidr("Ipv4Prefix", "The block, a /28.")],
            "The IPv4 blocks that the interface holds.",
        ),
        Field::list(
            "Ipv6Addresses",
            &[Field::address("Ipv6Address", "The IPv6 address.")],
            "The IPv6 addresses.",
        ),
        Field::list(
            "Ipv6Prefixes",
            &[Field::cidr("Ipv6Prefix", "The block, a /80.")],
            "The IPv6 blocks that the interface holds.",
        ),
        Field::object(
            "Association",
            &[Field::address("PublicIp", "The public IPv4 address.").optional()],
            "The public address of its primary address, if it has one.",
        ),
        Field::list(
            "Groups",
            &[
                Field::reference("GroupId", Kind::SecurityGroup, "The security group.")
                    .follow_back("security_groups", "network_interfaces"),
            ],
            "The security groups; what any of them admits is admitted.",
        ),
        Field::object(
            "Attachment",
            &[
                Field::reference(
                    "InstanceId",
                    Kind::Instance,
                    "The instance; absent for interfaces of services.",
                )
                .optional()
                .follow_back("instance", "network_interfaces"),
                Field::int(
                    "DeviceIndex",
                    "The place among the instance's interfaces; 0 is the primary one.",
                ),
                Field::text("Status", "Packets pass while this is `attached`.").values(&[
                    "attaching",
                    "attached",
                    "detaching",
                    "detached",
                ]),
            ],
            "What it is attached to, if anything.",
        ),
        Field::bool(
            "SourceDestCheck",
            "Whether packets that are neither from nor to its own addresses are dropped.",
        ),
        Field::bool(
            "DenyAllIgwTraffic",
            "Whether nothing from the internet reaches its IPv6 addresses.",
        )
        .optional(),
        Field::tags("TagSet").required(),
    ],
};
