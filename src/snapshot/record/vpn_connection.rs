//! A site-to-site VPN.
//!
//! The answer holds pre-shared keys, in the tunnel options and in the text of the
//! customer gateway's configuration. Neither has a field here, so no key is kept.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnConnection.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "vpn-connection",
    variable: "vpn_connection",
    cloudformation: "AWS::EC2::VPNConnection",
    doc: "A VPN between a virtual private or transit gateway and a site.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnConnection.html",
    id_prefix: "vpn-",
    identity: Identity::Global,
    id: "VpnConnectionId",
    sources: &[Source::list(
        "ec2",
        "DescribeVpnConnections",
        "VpnConnections",
    )],
    fields: &[
        Field::text("VpnConnectionId", "The id, `vpn-…`."),
        Field::text("State", "Where it is in its life.").values(&[
            "pending",
            "available",
            "deleting",
            "deleted",
        ]),
        Field::text("Type", "The kind of VPN.").values(&["ipsec.1"]),
        Field::text("Category", "`VPN`, or `VPN-Classic` for old ones.")
            .optional()
            .values(&["VPN", "VPN-Classic"]),
        Field::reference(
            "CustomerGatewayId",
            Kind::CustomerGateway,
            "The device at the site.",
        )
        .optional()
        .follow_back("customer_gateway", "vpn_connections"),
        Field::reference(
            "VpnGatewayId",
            Kind::VpnGateway,
            "The virtual private gateway, if the VPN ends at one.",
        )
        .optional()
        .follow_back("vpn_gateway", "vpn_connections"),
        Field::reference(
            "TransitGatewayId",
            Kind::TransitGateway,
            "The transit gateway, if the VPN ends at one.",
        )
        .optional()
        .follow_back("transit_gateway", "vpn_connections"),
        Field::text(
            "CoreNetworkArn",
            "The Cloud WAN core network, if the VPN ends at one.",
        )
        .optional(),
        Field::text(
            "GatewayAssociationState",
            "Whether it is joined to its gateway.",
        )
        .optional()
        .values(&[
            "associated",
            "not-associated",
            "associating",
            "disassociating",
        ]),
        Field::object(
            "Options",
            OPTIONS,
            "How it behaves, without the tunnels' keys.",
        ),
        Field::list("Routes", ROUTES, "The static routes to the site."),
        Field::list(
            "VgwTelemetry",
            TELEMETRY,
            "The state of each tunnel when the call was made.",
        )
        .required(),
        Field::tags("Tags"),
    ],
};

const OPTIONS: &[Field] = &[
    Field::bool(
        "StaticRoutesOnly",
        "Whether routes are written by hand instead of BGP.",
    ),
    Field::cidr(
        "LocalIpv4NetworkCidr",
        "The IPv4 block on the site's side that may be spoken for.",
    )
    .optional(),
    Field::cidr(
        "RemoteIpv4NetworkCidr",
        "The IPv4 block on the AWS side that may be spoken for.",
    )
    .optional(),
    Field::cidr(
        "LocalIpv6NetworkCidr",
        "The IPv6 block on the site's side that may be spoken for.",
    )
    .optional(),
    Field::cidr(
        "RemoteIpv6NetworkCidr",
        "The IPv6 block on the AWS side that may be spoken for.",
    )
    .optional(),
    Field::text(
        "OutsideIpAddressType",
        "Whether the tunnels run over public or private addresses.",
    )
    .optional()
    .values(&["PublicIpv4", "PrivateIpv4", "Ipv6"]),
    Field::text("TunnelInsideIpVersion", "What the tunnels carry.")
        .optional()
        .values(&["ipv4", "ipv6"]),
];

const ROUTES: &[Field] = &[
    Field::cidr("DestinationCidrBlock", "The destination at the site."),
    Field::text("Source", "Where the route comes from.")
        .optional()
        .values(&["Static"]),
    Field::text("State", "The route is in force while this is `available`.").values(&[
        "pending",
        "available",
        "deleting",
        "deleted",
    ]),
];

const TELEMETRY: &[Field] = &[
    Field::address("OutsideIpAddress", "The tunnel's address on the AWS side."),
    Field::text("Status", "`UP` while the tunnel carries packets.").values(&["UP", "DOWN"]),
    Field::text("StatusMessage", "The state in words.").optional(),
    Field::int(
        "AcceptedRouteCount",
        "Routes learnt by BGP; 0 for static VPNs.",
    ),
    Field::text("LastStatusChange", "When the state changed last, RFC 3339."),
];
