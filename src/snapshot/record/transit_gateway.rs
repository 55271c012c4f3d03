//! A transit gateway. An account that it is shared with lists it too.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGateway.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "transit-gateway",
    variable: "transit_gateway",
    cloudformation: "AWS::EC2::TransitGateway",
    doc: "A router between VPCs, VPNs and Direct Connect.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGateway.html",
    id_prefix: "tgw-",
    identity: Identity::Global,
    id: "TransitGatewayId",
    sources: &[Source::list(
        "ec2",
        "DescribeTransitGateways",
        "TransitGateways",
    )],
    fields: &[
        Field::text("TransitGatewayId", "The id, `tgw-…`."),
        Field::text("TransitGatewayArn", "The ARN."),
        Field::text("OwnerId", "The account that owns it."),
        Field::text("State", "Where it is in its life.").values(&[
            "pending",
            "available",
            "modifying",
            "deleting",
            "deleted",
        ]),
        Field::text("Description", "What it is for, in the owner's words.").optional(),
        Field::text("CreationTime", "When it was made, RFC 3339."),
        Field::object("Options", OPTIONS, "How it behaves.").required(),
        Field::tags("Tags"),
    ],
};

const OPTIONS: &[Field] = &[
    Field::int("AmazonSideAsn", "The AS number of Amazon's side."),
    Field::texts(
        "TransitGatewayCidrBlocks",
        "The blocks that are its own, in CIDR notation.",
    ),
    Field::text(
        "AutoAcceptSharedAttachments",
        "Whether attachments of other accounts are accepted unasked.",
    )
    .values(ENABLE),
    Field::text(
        "DefaultRouteTableAssociation",
        "Whether new attachments follow the default route table.",
    )
    .values(ENABLE),
    Field::reference(
        "AssociationDefaultRouteTableId",
        Kind::TransitGatewayRouteTable,
        "The route table that new attachments follow.",
    )
    .optional()
    .follow("default_association_route_table"),
    Field::text(
        "DefaultRouteTablePropagation",
        "Whether new attachments write into the default route table.",
    )
    .values(ENABLE),
    Field::reference(
        "PropagationDefaultRouteTableId",
        Kind::TransitGatewayRouteTable,
        "The route table that new attachments write into.",
    )
    .optional()
    .follow("default_propagation_route_table"),
    Field::text(
        "VpnEcmpSupport",
        "Whether traffic is spread over equal VPN tunnels.",
    )
    .values(ENABLE),
    Field::text(
        "DnsSupport",
        "Whether public DNS names of attached VPCs resolve to private addresses.",
    )
    .values(ENABLE),
    Field::text(
        "SecurityGroupReferencingSupport",
        "Whether rules may name groups of other attached VPCs. Old dumps lack it.",
    )
    .values(ENABLE),
    Field::text("MulticastSupport", "Whether it carries multicast.")
        .optional()
        .values(ENABLE),
];

/// How transit gateways write yes and no.
pub(super) const ENABLE: &[&str] = &["enable", "disable"];
