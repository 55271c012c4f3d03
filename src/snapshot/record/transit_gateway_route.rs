//! A route of a transit gateway. The search is made per route table and stops at
//! 1,000 routes: `AdditionalRoutesAvailable` beside the list tells of more.

use crate::snapshot::record::Kind;
use crate::snapshot::record::transit_gateway_attachment::RESOURCE_TYPES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRoute.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-route",
    variable: "transit_gateway_route",
    cloudformation: "AWS::EC2::TransitGatewayRoute",
    doc: "A route in a route table of a transit gateway.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRoute.html",
    id_prefix: "",
    identity: Identity::Within(&["TransitGatewayRouteTableId", "PrefixListId"]),
    id: "DestinationCidrBlock",
    sources: &[Source::per_parent(
        "ec2",
        "SearchTransitGatewayRoutes",
        "Routes",
        "TransitGatewayRouteTableId",
    )],
    fields: &[
        Field::reference(
            "TransitGatewayRouteTableId",
            Kind::TransitGatewayRouteTable,
            "The route table.",
        )
        .follow_back("route_table", "routes"),
        Field::cidr("DestinationCidrBlock", "The destination."),
        Field::reference(
            "PrefixListId",
            Kind::ManagedPrefixList,
            "The prefix list that the route comes from.",
        )
        .optional()
        .follow_back("prefix_list", "transit_gateway_routes"),
        Field::list(
            "TransitGatewayAttachments",
            &[
                Field::reference(
                    "TransitGatewayAttachmentId",
                    Kind::TransitGatewayAttachment,
                    "The attachment.",
                )
                .follow_back("attachments", "routes"),
                Field::text("ResourceType", "What is attached.").values(RESOURCE_TYPES),
                Field::text("ResourceId", "The id of what is attached."),
            ],
            "Where packets go; none for a blackhole.",
        ),
        Field::text("Type", "Where the route comes from.").values(&[
            "static",
            "propagated",
            "system",
        ]),
        Field::text("State", "Packets pass only while this is `active`.").values(&[
            "pending",
            "active",
            "blackhole",
            "deleting",
            "deleted",
        ]),
    ],
};
