//! An attachment of any type, with what all types have. Subnets of VPC
//! attachments and the far side of peerings are in calls of their own.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayAttachment.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-attachment",
    variable: "transit_gateway_attachment",
    cloudformation: "AWS::EC2::TransitGatewayAttachment",
    doc: "What joins a network to a transit gateway.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayAttachment.html",
    id_prefix: "tgw-attach-",
    identity: Identity::Global,
    id: "TransitGatewayAttachmentId",
    sources: &[Source::list(
        "ec2",
        "DescribeTransitGatewayAttachments",
        "TransitGatewayAttachments",
    )],
    fields: &[
        Field::text("TransitGatewayAttachmentId", "The id, `tgw-attach-…`."),
        Field::reference(
            "TransitGatewayId",
            Kind::TransitGateway,
            "The transit gateway.",
        )
        .follow_back("transit_gateway", "attachments"),
        Field::text(
            "TransitGatewayOwnerId",
            "The account of the transit gateway.",
        ),
        Field::text("ResourceType", "What is attached.").values(RESOURCE_TYPES),
        Field::text(
            "ResourceId",
            "The id of what is attached: a VPC, VPN connection, transit gateway or Direct \
            Connect gateway.",
        ),
        Field::text("ResourceOwnerId", "The account of what is attached."),
        Field::text("State", "Packets pass only while this is `available`.").values(STATES),
        Field::object(
            "Association",
            &[
                Field::reference(
                    "TransitGatewayRouteTableId",
                    Kind::TransitGatewayRouteTable,
                    "The route table.",
                )
                .optional()
                .follow_back("route_table", "attachments"),
                Field::text("State", "`associated` while the table is in force.")
                    .optional()
                    .values(&[
                        "associating",
                        "associated",
                        "disassociating",
                        "disassociated",
                    ]),
            ],
            "The route table that packets from here follow; without one they are dropped. \
            Only the owner of the transit gateway sees it.",
        ),
        Field::text("CreationTime", "When it was made, RFC 3339."),
        Field::tags("Tags"),
    ],
};

/// The states of all attachments.
pub(super) const STATES: &[&str] = &[
    "initiating",
    "initiatingRequest",
    "pendingAcceptance",
    "rollingBack",
    "pending",
    "available",
    "modifying",
    "deleting",
    "deleted",
    "failed",
    "rejected",
    "rejecting",
    "failing",
];

/// What can be attached.
pub(super) const RESOURCE_TYPES: &[&str] = &[
    "vpc",
    "vpn",
    "vpn-concentrator",
    "direct-connect-gateway",
    "connect",
    "peering",
    "tgw-peering",
    "network-function",
    "client-vpn",
];
