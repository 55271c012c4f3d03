//! A route table of a transit gateway. Its routes, associations and propagations
//! need one call each per table.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRouteTable.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-route-table",
    variable: "transit_gateway_route_table",
    cloudformation: "AWS::EC2::TransitGatewayRouteTable",
    doc: "Where a transit gateway sends packets next.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRouteTable.html",
    id_prefix: "tgw-rtb-",
    identity: Identity::Global,
    id: "TransitGatewayRouteTableId",
    sources: &[Source::list(
        "ec2",
        "DescribeTransitGatewayRouteTables",
        "TransitGatewayRouteTables",
    )],
    fields: &[
        Field::text("TransitGatewayRouteTableId", "The id, `tgw-rtb-…`."),
        Field::reference(
            "TransitGatewayId",
            Kind::TransitGateway,
            "The transit gateway.",
        )
        .follow_back("transit_gateway", "route_tables"),
        Field::text("State", "Where it is in its life.").values(&[
            "pending",
            "available",
            "deleting",
            "deleted",
        ]),
        Field::bool(
            "DefaultAssociationRouteTable",
            "Whether new attachments follow it.",
        ),
        Field::bool(
            "DefaultPropagationRouteTable",
            "Whether new attachments write into it.",
        ),
        Field::text("CreationTime", "When it was made, RFC 3339."),
        Field::tags("Tags"),
    ],
};
