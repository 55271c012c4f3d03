//! A target group. Which targets it has, and whether they are healthy, needs one
//! call per group, and so do its attributes. Its tags are in a call for tags of
//! load balancers, target groups and more, twenty at a time.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "target-group",
    variable: "target_group",
    cloudformation: "AWS::ElasticLoadBalancingV2::TargetGroup",
    doc: "Targets that a load balancer forwards to.",
    url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "TargetGroupArn",
    sources: &[
        Source::list(
            "elasticloadbalancing",
            "DescribeTargetGroups",
            "TargetGroups",
        ),
        Source::per_parent(
            "elasticloadbalancing",
            "DescribeTargetGroupAttributes",
            "Attributes",
            "TargetGroupArn",
        ),
        Source::list("elasticloadbalancing", "DescribeTags", "TagDescriptions")
            .only("ResourceArn", ":targetgroup/"),
    ],
    fields: &[
        Field::text("TargetGroupArn", "The ARN.").also(&["ResourceArn"]),
        Field::text("TargetGroupName", "The name, unique in account and region."),
        Field::text("TargetType", "What its targets are.")
            .values(&["instance", "ip", "lambda", "alb"]),
        Field::text(
            "Protocol",
            "The protocol towards the targets; functions have none.",
        )
        .optional()
        .values(&[
            "HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC",
        ]),
        Field::int(
            "Port",
            "The port of targets that name none; functions have none.",
        )
        .optional(),
        Field::reference("VpcId", Kind::Vpc, "The VPC; functions have none.")
            .optional()
            .follow_back("vpc", "target_groups"),
        Field::references(
            "LoadBalancerArns",
            Kind::LoadBalancer,
            "The load balancers that forward to it; at most one.",
        )
        .required()
        .follow_back("load_balancers", "target_groups"),
        Field::text("IpAddressType", "The kind of addresses of its targets.")
            .optional()
            .values(&["ipv4", "ipv6"]),
        Field::bool("HealthCheckEnabled", "Whether targets are checked."),
        Field::text("HealthCheckProtocol", "The protocol of the check.")
            .optional()
            .values(&[
                "HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC",
            ]),
        Field::text(
            "HealthCheckPort",
            "The port of the check, or `traffic-port` for the target's own.",
        )
        .optional(),
        Field::text("HealthCheckPath", "The path of the check, for HTTP.").optional(),
        Field::int(
            "HealthCheckIntervalSeconds",
            "Time between checks, in seconds.",
        )
        .optional(),
        Field::int(
            "HealthyThresholdCount",
            "Passed checks in a row that make a target healthy.",
        )
        .optional(),
        Field::int(
            "UnhealthyThresholdCount",
            "Failed checks in a row that make a target unhealthy.",
        )
        .optional(),
        Field::list(
            "Attributes",
            &[
                Field::text("Key", "The attribute, as `preserve_client_ip.enabled`."),
                Field::text("Value", "Its value, always text."),
            ],
            "The attributes.",
        )
        .from("DescribeTargetGroupAttributes")
        .required(),
        Field::tags("Tags").from("DescribeTags").required(),
    ],
};
