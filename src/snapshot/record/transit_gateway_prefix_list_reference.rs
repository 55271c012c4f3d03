//! A prefix list that a route table of a transit gateway routes as one. One call
//! per table; each entry repeats the table.

use crate::snapshot::record::Kind;
use crate::snapshot::record::transit_gateway_attachment::RESOURCE_TYPES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayPrefixListReference.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-prefix-list-reference",
    variable: "transit_gateway_prefix_list_reference",
    cloudformation: "AWS::EC2::TransitGatewayPrefixListReference",
    doc: "A prefix list in a route table of a transit gateway.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayPrefixListReference.html",
    id_prefix: "",
    identity: Identity::Within(&["TransitGatewayRouteTableId"]),
    id: "PrefixListId",
    sources: &[Source::list(
        "ec2",
        "GetTransitGatewayPrefixListReferences",
        "TransitGatewayPrefixListReferences",
    )],
    fields: &[
        Field::reference(
            "TransitGatewayRouteTableId",
            Kind::TransitGatewayRouteTable,
            "The route table.",
        )
        .follow_back("route_table", "prefix_list_references"),
        Field::reference("PrefixListId", Kind::ManagedPrefixList, "The prefix list.")
            .follow_back("prefix_list", "transit_gateway_prefix_list_references"),
        Field::text("PrefixListOwnerId", "The account of the prefix list.").optional(),
        Field::text(
            "State",
            "The reference is in force while this is `available`.",
        )
        .values(&["pending", "available", "modifying", "deleting"]),
        Field::bool("Blackhole", "Whether packets to the list are dropped."),
        Field::object(
            "TransitGatewayAttachment",
            &[
                Field::reference(
                    "TransitGatewayAttachmentId",
                    Kind::TransitGatewayAttachment,
                    "The attachment.",
                )
                .optional()
                .follow_back("attachment", "prefix_list_references"),
                Field::text("ResourceType", "What is attached.")
                    .optional()
                    .values(RESOURCE_TYPES),
                Field::text("ResourceId", "The id of what is attached.").optional(),
            ],
            "Where packets go; absent for a blackhole.",
        ),
    ],
};
