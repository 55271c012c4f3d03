//! A virtual private gateway: the end of VPNs and Direct Connect at a VPC.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnGateway.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpn-gateway",
    variable: "vpn_gateway",
    cloudformation: "AWS::EC2::VPNGateway",
    doc: "The gateway of a VPC towards VPNs and Direct Connect.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnGateway.html",
    id_prefix: "vgw-",
    identity: Identity::Global,
    id: "VpnGatewayId",
    sources: &[Source::list("ec2", "DescribeVpnGateways", "VpnGateways")],
    fields: &[
        Field::text("VpnGatewayId", "The id, `vgw-…`."),
        Field::text("State", "Where it is in its life.").values(&[
            "pending",
            "available",
            "deleting",
            "deleted",
        ]),
        Field::text("Type", "The kind of VPN.").values(&["ipsec.1"]),
        Field::int("AmazonSideAsn", "The AS number of Amazon's side.").optional(),
        Field::list(
            "VpcAttachments",
            &[
                Field::reference("VpcId", Kind::Vpc, "The VPC.")
                    .follow_back("vpcs", "vpn_gateways"),
                Field::text("State", "Packets pass only while this is `attached`.").values(&[
                    "attaching",
                    "attached",
                    "detaching",
                    "detached",
                ]),
            ],
            "The VPCs; at most one is attached, earlier ones may still be listed.",
        ),
        Field::tags("Tags"),
    ],
};
