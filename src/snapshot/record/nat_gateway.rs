//! A NAT gateway. Deleted ones stay listed for about an hour; regional ones have
//! no subnet.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "nat-gateway",
    variable: "nat_gateway",
    cloudformation: "AWS::EC2::NatGateway",
    doc: "A gateway that hides private addresses behind its own.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html",
    id_prefix: "nat-",
    identity: Identity::Global,
    id: "NatGatewayId",
    sources: &[Source::list("ec2", "DescribeNatGateways", "NatGateways")],
    fields: &[
        Field::text("NatGatewayId", "The id, `nat-…`."),
        Field::reference("VpcId", Kind::Vpc, "The VPC.").follow_back("vpc", "nat_gateways"),
        Field::reference(
            "SubnetId",
            Kind::Subnet,
            "The subnet; absent for regional gateways.",
        )
        .optional()
        .follow_back("subnet", "nat_gateways"),
        Field::text("State", "Packets pass only while this is `available`.").values(&[
            "pending",
            "failed",
            "available",
            "deleting",
            "deleted",
        ]),
        Field::text(
            "ConnectivityType",
            "`public` leads to the internet, `private` to other networks.",
        )
        .optional()
        .values(&["private", "public"]),
        Field::text(
            "AvailabilityMode",
            "Whether it is in one zone or in all of the region; absent means one.",
        )
        .optional()
        .values(&["zonal", "regional"]),
        Field::reference(
            "RouteTableId",
            Kind::RouteTable,
            "The route table of a regional gateway.",
        )
        .optional()
        .follow("route_table"),
        Field::list(
            "NatGatewayAddresses",
            &[
                Field::reference(
                    "NetworkInterfaceId",
                    Kind::NetworkInterface,
                    "The interface.",
                )
                .optional()
                .follow_back("network_interfaces", "nat_gateways"),
                Field::address("PrivateIp", "The private address.").optional(),
                Field::address("PublicIp", "The public address, of public gateways.").optional(),
                Field::bool("IsPrimary", "Whether it is the first address.").optional(),
            ],
            "The addresses that traffic comes from.",
        ),
        Field::text("CreateTime", "When it was made, RFC 3339."),
        Field::text("FailureCode", "The error code, if it failed.").optional(),
        Field::text("FailureMessage", "Why it failed.").optional(),
        Field::tags("Tags"),
    ],
};
