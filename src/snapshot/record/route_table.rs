//! A route table.
//!
//! A subnet that is in no table's associations follows the table whose
//! association is `Main`. The target of a route is in one of many fields, and
//! `GatewayId` alone may hold `local`, `igw-…`, `vgw-…` or `vpce-…`.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "route-table",
    variable: "route_table",
    cloudformation: "AWS::EC2::RouteTable",
    doc: "Where the packets of subnets go next.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html",
    id_prefix: "rtb-",
    identity: Identity::Global,
    id: "RouteTableId",
    sources: &[Source::list("ec2", "DescribeRouteTables", "RouteTables")],
    fields: &[
        Field::text("RouteTableId", "The id, `rtb-…`."),
        Field::text("OwnerId", "The account that owns it."),
        Field::reference("VpcId", Kind::Vpc, "The VPC.").follow_back("vpc", "route_tables"),
        Field::list(
            "Associations",
            &[
                Field::text("RouteTableAssociationId", "The id of the association."),
                Field::bool(
                    "Main",
                    "Whether the table is for all subnets that have none of their own.",
                ),
                Field::reference(
                    "SubnetId",
                    Kind::Subnet,
                    "The subnet; absent for the main association and for gateways.",
                )
                .optional()
                .follow_back("subnets", "route_tables"),
                Field::text(
                    "GatewayId",
                    "The internet or virtual private gateway whose arriving packets follow the \
                    table.",
                )
                .optional(),
                Field::object(
                    "AssociationState",
                    &[
                        Field::text("State", "`associated` while the table is in force.").values(
                            &[
                                "associating",
                                "associated",
                                "disassociating",
                                "disassociated",
                                "failed",
                            ],
                        ),
                    ],
                    "Whether the table is in force.",
                ),
            ],
            "What follows the table. Subnets that use the main table without saying so are \
            not listed.",
        )
        .required(),
        Field::list(
            "PropagatingVgws",
            &[Field::reference(
                "GatewayId",
                Kind::VpnGateway,
                "The virtual private gateway.",
            )
            .follow_back("propagating_vpn_gateways", "route_tables")],
            "The virtual private gateways that write routes into the table.",
        ),
        Field::list(
            "Routes",
            ROUTES,
            "The routes; the most specific destination wins.",
        )
        .required(),
        Field::tags("Tags"),
    ],
};

const ROUTES: &[Field] = &[
    Field::cidr("DestinationCidrBlock", "The IPv4 destination.").optional(),
    Field::cidr("DestinationIpv6CidrBlock", "The IPv6 destination.").optional(),
    Field::reference(
        "DestinationPrefixListId",
        Kind::ManagedPrefixList,
        "The prefix list that is the destination.",
    )
    .optional()
    .follow_back("destination_prefix_lists", "route_tables"),
    Field::text(
        "GatewayId",
        "`local`, an internet gateway, a virtual private gateway or a gateway endpoint.",
    )
    .optional(),
    Field::reference(
        "NatGatewayId",
        Kind::NatGateway,
        "The NAT gateway that is the target.",
    )
    .optional()
    .follow_back("nat_gateways", "route_tables"),
    Field::reference(
        "TransitGatewayId",
        Kind::TransitGateway,
        "The transit gateway that is the target.",
    )
    .optional()
    .follow_back("transit_gateways", "vpc_route_tables"),
    Field::reference(
        "VpcPeeringConnectionId",
        Kind::VpcPeeringConnection,
        "The peering that is the target.",
    )
    .optional()
    .follow_back("vpc_peering_connections", "route_tables"),
    Field::reference(
        "NetworkInterfaceId",
        Kind::NetworkInterface,
        "The interface that is the target.",
    )
    .optional()
    .follow_back("network_interfaces", "route_tables"),
    Field::reference(
        "InstanceId",
        Kind::Instance,
        "The instance of the interface that is the target.",
    )
    .optional()
    .follow_back("instances", "route_tables"),
    Field::reference(
        "EgressOnlyInternetGatewayId",
        Kind::EgressOnlyInternetGateway,
        "The egress-only internet gateway that is the target.",
    )
    .optional()
    .follow_back("egress_only_internet_gateways", "route_tables"),
    Field::text(
        "LocalGatewayId",
        "The local gateway of an Outpost that is the target.",
    )
    .optional(),
    Field::text(
        "CarrierGatewayId",
        "The carrier gateway that is the target.",
    )
    .optional(),
    Field::text(
        "CoreNetworkArn",
        "The Cloud WAN core network that is the target.",
    )
    .optional(),
    Field::text(
        "OdbNetworkArn",
        "The Oracle Database@AWS network that is the target.",
    )
    .optional(),
    Field::text(
        "Origin",
        "Who wrote the route; `EnableVgwRoutePropagation` marks a propagated one.",
    )
    .values(&[
        "CreateRouteTable",
        "CreateRoute",
        "EnableVgwRoutePropagation",
        "Advertisement",
    ]),
    Field::text("State", "Packets pass only while this is `active`.").values(&[
        "active",
        "blackhole",
        "filtered",
    ]),
];
