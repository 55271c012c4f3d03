//! A target and its health when the call was made. One call per target group; the
//! answer does not repeat it. A target may be registered once per port.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "target-health",
    variable: "target_health",
    cloudformation: "AWS::ElasticLoadBalancingV2::TargetHealth",
    doc: "A target of a target group, with its health.",
    url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html",
    id_prefix: "",
    identity: Identity::Within(&["TargetGroupArn", "Target.Port"]),
    id: "Target.Id",
    sources: &[Source::per_parent(
        "elasticloadbalancing",
        "DescribeTargetHealth",
        "TargetHealthDescriptions",
        "TargetGroupArn",
    )],
    fields: &[
        Field::reference("TargetGroupArn", Kind::TargetGroup, "The target group.")
            .follow_back("target_group", "targets"),
        Field::object(
            "Target",
            &[
                Field::text(
                    "Id",
                    "An instance, an address, or the ARN of a function or load balancer, by the \
                    type of the group.",
                ),
                Field::int("Port", "The port; functions have none.").optional(),
                Field::text(
                    "AvailabilityZone",
                    "The zone's name, or `all`, for targets by address.",
                )
                .optional(),
            ],
            "The target.",
        )
        .required(),
        Field::text("HealthCheckPort", "The port of the check.").optional(),
        Field::object(
            "TargetHealth",
            &[
                Field::text(
                    "State",
                    "`healthy` targets get traffic; if none is healthy, all do.",
                )
                .values(&[
                    "initial",
                    "healthy",
                    "unhealthy",
                    "unhealthy.draining",
                    "unused",
                    "draining",
                    "unavailable",
                ]),
                Field::text("Reason", "Why, as a code.")
                    .optional()
                    .values(&[
                        "Elb.RegistrationInProgress",
                        "Elb.InitialHealthChecking",
                        "Target.ResponseCodeMismatch",
                        "Target.Timeout",
                        "Target.FailedHealthChecks",
                        "Target.NotRegistered",
                        "Target.NotInUse",
                        "Target.DeregistrationInProgress",
                        "Target.InvalidState",
                        "Target.IpUnusable",
                        "Target.HealthCheckDisabled",
                        "Elb.InternalError",
                    ]),
                Field::text("Description", "Why, in words.").optional(),
            ],
            "The health.",
        )
        .required(),
    ],
};
