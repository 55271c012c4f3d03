//! A listener of a load balancer. The answer may hold the client secret of a login
//! provider; it has no field here, so none is kept.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Listener.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "listener",
    variable: "listener",
    cloudformation: "AWS::ElasticLoadBalancingV2::Listener",
    doc: "A port that a load balancer listens on, and where it forwards to.",
    url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Listener.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "ListenerArn",
    sources: &[Source::list(
        "elasticloadbalancing",
        "DescribeListeners",
        "Listeners",
    )],
    fields: &[
        Field::text("ListenerArn", "The ARN."),
        Field::reference("LoadBalancerArn", Kind::LoadBalancer, "The load balancer.")
            .follow_back("load_balancer", "listeners"),
        Field::int(
            "Port",
            "The port; listeners of gateway load balancers have none.",
        )
        .optional(),
        Field::text(
            "Protocol",
            "The protocol; listeners of gateway load balancers have none.",
        )
        .optional()
        .values(&[
            "HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC",
        ]),
        Field::text("SslPolicy", "The versions and ciphers that are accepted.").optional(),
        Field::list(
            "DefaultActions",
            &[
                Field::text("Type", "What is done.").values(&[
                    "forward",
                    "authenticate-oidc",
                    "authenticate-cognito",
                    "redirect",
                    "fixed-response",
                    "jwt-validation",
                ]),
                Field::int("Order", "The place among several actions, smallest first.").optional(),
                Field::reference(
                    "TargetGroupArn",
                    Kind::TargetGroup,
                    "The target group, where there is just one.",
                )
                .optional()
                .follow_back("target_groups", "listeners"),
                Field::object(
                    "ForwardConfig",
                    &[Field::list(
                        "TargetGroups",
                        &[
                            Field::reference(
                                "TargetGroupArn",
                                Kind::TargetGroup,
                                "The target group.",
                            )
                            .follow_back("weighted_target_groups", "weighted_listeners"),
                            Field::int("Weight", "The share of the traffic, 0 to 999.").optional(),
                        ],
                        "The target groups; a single one is listed here too.",
                    )],
                    "How traffic is divided.",
                ),
            ],
            "What is done with connections that no rule claims.",
        )
        .required(),
    ],
};
