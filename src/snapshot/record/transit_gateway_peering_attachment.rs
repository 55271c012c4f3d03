//! A peering of two transit gateways. Both sides list it under the same id; it
//! carries static routes only.

use crate::snapshot::record::Kind;
use crate::snapshot::record::transit_gateway::ENABLE;
use crate::snapshot::record::transit_gateway_attachment::STATES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayPeeringAttachment.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-peering-attachment",
    variable: "transit_gateway_peering_attachment",
    cloudformation: "AWS::EC2::TransitGatewayPeeringAttachment",
    doc: "What joins two transit gateways.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayPeeringAttachment.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "TransitGatewayAttachmentId",
    sources: &[Source::list(
        "ec2",
        "DescribeTransitGatewayPeeringAttachments",
        "TransitGatewayPeeringAttachments",
    )],
    fields: &[
        Field::reference(
            "TransitGatewayAttachmentId",
            Kind::TransitGatewayAttachment,
            "The id, `tgw-attach-…`, which the general attachment has too.",
        )
        .follow_back("transit_gateway_attachment", "peering_attachments"),
        Field::reference(
            "AccepterTransitGatewayAttachmentId",
            Kind::TransitGatewayAttachment,
            "The attachment on the side that was asked, where it is another.",
        )
        .optional()
        .follow("accepter_transit_gateway_attachment"),
        Field::object(
            "RequesterTgwInfo",
            &[
                Field::reference(
                    "TransitGatewayId",
                    Kind::TransitGateway,
                    "The transit gateway; absent when the side is a core network.",
                )
                .optional()
                .follow_back("requester_transit_gateway", "requested_peering_attachments"),
                Field::text(
                    "CoreNetworkId",
                    "The Cloud WAN core network, if the side is one.",
                )
                .optional(),
                Field::text("OwnerId", "The account of the side."),
                Field::text("Region", "The region of the side."),
            ],
            "The side that asked.",
        )
        .required(),
        Field::object(
            "AccepterTgwInfo",
            &[
                Field::reference(
                    "TransitGatewayId",
                    Kind::TransitGateway,
                    "The transit gateway; absent when the side is a core network.",
                )
                .optional()
                .follow_back("accepter_transit_gateway", "accepted_peering_attachments"),
                Field::text(
                    "CoreNetworkId",
                    "The Cloud WAN core network, if the side is one.",
                )
                .optional(),
                Field::text("OwnerId", "The account of the side."),
                Field::text("Region", "The region of the side."),
            ],
            "The side that was asked.",
        )
        .required(),
        Field::object(
            "Options",
            &[
                Field::text("DynamicRouting", "Whether routes are exchanged.")
                    .optional()
                    .values(ENABLE),
            ],
            "How it behaves.",
        ),
        Field::object(
            "Status",
            &[
                Field::text("Code", "A code.").optional(),
                Field::text("Message", "The state in words.").optional(),
            ],
            "More about the state.",
        ),
        Field::text("State", "Packets pass only while this is `available`.").values(STATES),
        Field::text("CreationTime", "When it was made, RFC 3339."),
        Field::tags("Tags"),
    ],
};
