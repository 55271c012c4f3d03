//! Which attachments follow a route table: one call per table, under the common
//! key `Associations`. An attachment follows at most one table.

use crate::snapshot::record::Kind;
use crate::snapshot::record::transit_gateway_attachment::RESOURCE_TYPES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRouteTableAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-route-table-association",
    variable: "transit_gateway_route_table_association",
    cloudformation: "AWS::EC2::TransitGatewayRouteTableAssociation",
    doc: "An attachment that follows a route table of a transit gateway.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRouteTableAssociation.html",
    id_prefix: "",
    identity: Identity::Within(&["TransitGatewayRouteTableId"]),
    id: "TransitGatewayAttachmentId",
    sources: &[Source::per_parent(
        "ec2",
        "GetTransitGatewayRouteTableAssociations",
        "Associations",
        "TransitGatewayRouteTableId",
    )],
    fields: &[
        Field::reference(
            "TransitGatewayRouteTableId",
            Kind::TransitGatewayRouteTable,
            "The route table.",
        )
        .follow_back("route_table", "associations"),
        Field::reference(
            "TransitGatewayAttachmentId",
            Kind::TransitGatewayAttachment,
            "The attachment.",
        )
        .follow_back("attachment", "route_table_associations"),
        Field::text("ResourceType", "What is attached.").values(RESOURCE_TYPES),
        Field::text("ResourceId", "The id of what is attached."),
        Field::text("State", "The table is in force while this is `associated`.").values(&[
            "associating",
            "associated",
            "disassociating",
            "disassociated",
        ]),
    ],
};
