//! The attachment of a VPC: the same id as the general attachment, with the
//! subnets and options that only this call returns.

use crate::snapshot::record::Kind;
use crate::snapshot::record::transit_gateway::ENABLE;
use crate::snapshot::record::transit_gateway_attachment::STATES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayVpcAttachment.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway-vpc-attachment",
    variable: "transit_gateway_vpc_attachment",
    cloudformation: "AWS::EC2::TransitGatewayVpcAttachment",
    doc: "What joins a VPC to a transit gateway.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayVpcAttachment.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "TransitGatewayAttachmentId",
    sources: &[Source::list(
        "ec2",
        "DescribeTransitGatewayVpcAttachments",
        "TransitGatewayVpcAttachments",
    )],
    fields: &[
        Field::reference(
            "TransitGatewayAttachmentId",
            Kind::TransitGatewayAttachment,
            "The id, `tgw-attach-…`, which the general attachment has too.",
        )
        .follow_back("transit_gateway_attachment", "vpc_attachments"),
        Field::reference(
            "TransitGatewayId",
            Kind::TransitGateway,
            "The transit gateway.",
        )
        .follow_back("transit_gateway", "vpc_attachments"),
        Field::reference("VpcId", Kind::Vpc, "The VPC.")
            .follow_back("vpc", "transit_gateway_vpc_attachments"),
        Field::text("VpcOwnerId", "The account of the VPC."),
        Field::text("State", "Packets pass only while this is `available`.").values(STATES),
        Field::references(
            "SubnetIds",
            Kind::Subnet,
            "The subnets with an interface of the attachment; zones without one cannot send.",
        )
        .required()
        .follow_back("subnets", "transit_gateway_vpc_attachments"),
        Field::text("CreationTime", "When it was made, RFC 3339."),
        Field::object(
            "Options",
            &[
                Field::text(
                    "DnsSupport",
                    "Whether public DNS names resolve to private addresses across it.",
                )
                .values(ENABLE),
                Field::text(
                    "SecurityGroupReferencingSupport",
                    "Whether rules may name groups across it. Old dumps lack it.",
                )
                .values(ENABLE),
                Field::text("Ipv6Support", "Whether it carries IPv6.").values(ENABLE),
                Field::text(
                    "ApplianceModeSupport",
                    "Whether both directions of a flow stay in one zone.",
                )
                .values(ENABLE),
            ],
            "How it behaves.",
        )
        .required(),
        Field::tags("Tags"),
    ],
};
