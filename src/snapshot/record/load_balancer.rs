//! An application, network or gateway load balancer. Its attributes (cross-zone
//! balancing among them) need one call per load balancer. Its tags are in a call
//! for tags of load balancers, target groups and more, twenty at a time.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "load-balancer",
    variable: "load_balancer",
    cloudformation: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    doc: "A load balancer; network and gateway ones can stand behind an endpoint service.",
    url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "LoadBalancerArn",
    sources: &[
        Source::list(
            "elasticloadbalancing",
            "DescribeLoadBalancers",
            "LoadBalancers",
        ),
        Source::per_parent(
            "elasticloadbalancing",
            "DescribeLoadBalancerAttributes",
            "Attributes",
            "LoadBalancerArn",
        ),
        Source::list("elasticloadbalancing", "DescribeTags", "TagDescriptions")
            .only("ResourceArn", ":loadbalancer/"),
    ],
    fields: &[
        Field::text(
            "LoadBalancerArn",
            "The ARN; the account in it is the owner.",
        )
        .also(&["ResourceArn"]),
        Field::text(
            "LoadBalancerName",
            "The name, unique in account and region.",
        ),
        Field::text("Type", "The kind of load balancer.").values(&[
            "application",
            "network",
            "gateway",
        ]),
        Field::text(
            "Scheme",
            "Whether its names resolve to public or private addresses; gateway load balancers \
            have none.",
        )
        .optional()
        .values(&["internet-facing", "internal"]),
        Field::object(
            "State",
            &[
                Field::text("Code", "`active_impaired` routes, but cannot scale.").values(&[
                    "active",
                    "provisioning",
                    "active_impaired",
                    "failed",
                ]),
                Field::text("Reason", "The state in words.").optional(),
            ],
            "Where it is in its life.",
        )
        .required(),
        Field::reference("VpcId", Kind::Vpc, "The VPC.").follow_back("vpc", "load_balancers"),
        Field::list(
            "AvailabilityZones",
            &[
                Field::text(
                    "ZoneName",
                    "The zone's name; it means another zone in another account.",
                ),
                Field::reference("SubnetId", Kind::Subnet, "The subnet.")
                    .follow_back("subnets", "load_balancers"),
                Field::list(
                    "LoadBalancerAddresses",
                    &[
                        Field::address("IpAddress", "The public IPv4 address.").optional(),
                        Field::address("PrivateIPv4Address", "The private IPv4 address.")
                            .optional(),
                        Field::address("IPv6Address", "The IPv6 address.").optional(),
                        Field::text("AllocationId", "The elastic address, if it is one.")
                            .optional(),
                    ],
                    "The addresses that were chosen for a network load balancer.",
                ),
            ],
            "The zones that it has a subnet in.",
        )
        .required(),
        Field::references(
            "SecurityGroups",
            Kind::SecurityGroup,
            "The security groups; a network load balancer may have none, and then nothing is \
            filtered.",
        )
        .follow_back("security_groups", "load_balancers"),
        Field::text(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            "Whether those groups filter what comes through PrivateLink, `on` or `off`.",
        )
        .optional()
        .values(&["on", "off"]),
        Field::text(
            "IpAddressType",
            "The kinds of addresses that clients may use.",
        )
        .values(&["ipv4", "dualstack", "dualstack-without-public-ipv4"]),
        Field::text("DNSName", "The name; gateway load balancers have none.").optional(),
        Field::text(
            "CanonicalHostedZoneId",
            "The zone of the name, as alias records need it.",
        )
        .optional(),
        Field::list(
            "Attributes",
            &[
                Field::text(
                    "Key",
                    "The attribute, as `load_balancing.cross_zone.enabled`.",
                ),
                Field::text("Value", "Its value, always text."),
            ],
            "The attributes.",
        )
        .from("DescribeLoadBalancerAttributes")
        .required(),
        Field::text("CreatedTime", "When it was made, RFC 3339."),
        Field::tags("Tags").from("DescribeTags").required(),
    ],
};
