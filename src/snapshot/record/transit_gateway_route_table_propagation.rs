//! Which attachments write routes into a route table: one call per table. An
//! attachment may write into many.

use crate::snapshot::record::Kind;
use crate::snapshot::record::transit_gateway_attachment::RESOURCE_TYPES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRouteTablePropagation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-route-table-propagation",
    variable: "transit_gateway_route_table_propagation",
    cloudformation: "AWS::EC2::TransitGatewayRouteTablePropagation",
    doc: "An attachment that writes its routes into a route table of a transit gateway.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRouteTablePropagation.html",
    id_prefix: "",
    identity: Identity::Within(&["TransitGatewayRouteTableId"]),
    id: "TransitGatewayAttachmentId",
    sources: &[Source::per_parent(
        "ec2",
        "GetTransitGatewayRouteTablePropagations",
        "TransitGatewayRouteTablePropagations",
        "TransitGatewayRouteTableId",
    )],
    fields: &[
        Field::reference(
            "TransitGatewayRouteTableId",
            Kind::TransitGatewayRouteTable,
            "The route table.",
        )
        .follow_back("route_table", "propagations"),
        Field::reference(
            "TransitGatewayAttachmentId",
            Kind::TransitGatewayAttachment,
            "The attachment.",
        )
        .follow_back("attachment", "route_table_propagations"),
        Field::text("ResourceType", "What is attached.").values(RESOURCE_TYPES),
        Field::text("ResourceId", "The id of what is attached."),
        Field::text("State", "Routes are written while this is `enabled`.").values(&[
            "enabling",
            "enabled",
            "disabling",
            "disabled",
        ]),
    ],
};
