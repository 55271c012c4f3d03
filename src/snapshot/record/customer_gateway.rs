//! The customer's end of VPNs, as AWS was told about it.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CustomerGateway.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "customer-gateway",
    variable: "customer_gateway",
    cloudformation: "AWS::EC2::CustomerGateway",
    doc: "The device at the other end of a VPN.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CustomerGateway.html",
    id_prefix: "cgw-",
    identity: Identity::Global,
    id: "CustomerGatewayId",
    sources: &[Source::list(
        "ec2",
        "DescribeCustomerGateways",
        "CustomerGateways",
    )],
    fields: &[
        Field::text("CustomerGatewayId", "The id, `cgw-…`."),
        Field::text("State", "Where it is in its life.").values(&[
            "pending",
            "available",
            "deleting",
            "deleted",
        ]),
        Field::text("Type", "The kind of VPN.").values(&["ipsec.1"]),
        Field::address(
            "IpAddress",
            "The address of the device; absent where a certificate stands for it.",
        )
        .optional(),
        Field::text(
            "BgpAsn",
            "The AS number of the site; two-byte numbers only.",
        )
        .optional(),
        Field::text(
            "BgpAsnExtended",
            "The AS number of the site, where it takes four bytes.",
        )
        .optional(),
        Field::text("DeviceName", "The name of the device.").optional(),
        Field::tags("Tags"),
    ],
};
