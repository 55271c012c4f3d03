//! What `CloudWatch` counted about an endpoint: one metric, day by day.
//!
//! The question is part of the answer's meaning: the label of a query is the id of
//! the endpoint, and its id begins with the metric (`bytesProcessed_vpce_0…`).
//! Results whose label names no endpoint answer other questions and are left out.
//! Without traffic there is no value at all, and kinds of endpoints that have no
//! metrics have none either: an endpoint without any result was not asked about.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "metric-data-result",
    variable: "metric_data_result",
    cloudformation: "AWS::CloudWatch::MetricDataResult",
    doc: "The values of one metric of an endpoint.",
    url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html",
    id_prefix: "",
    identity: Identity::PerRegion,
    id: "Id",
    sources: &[
        Source::list("cloudwatch", "GetMetricData", "MetricDataResults").only("Label", "vpce-"),
    ],
    fields: &[
        Field::text(
            "Id",
            "The metric and the endpoint, as `activeConnections_vpce_0…`; also `newConnections`, \
            `bytesProcessed`, `packetsDropped`, `rstPacketsReceived`. Names of the metrics: \
            <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html>",
        ),
        Field::reference("Label", Kind::VpcEndpoint, "The endpoint.")
            .follow_back("vpc_endpoint", "metrics"),
        Field::text(
            "StatusCode",
            "All values are there only if this is `Complete`.",
        )
        .values(&["Complete", "InternalError", "PartialData", "Forbidden"]),
        Field::texts(
            "Timestamps",
            "The beginnings of the days that have a value, RFC 3339.",
        )
        .required(),
        Field::texts(
            "Values",
            "The sum of each of these days, as text: numbers of connections, bytes or packets. \
            Days without traffic are missing.",
        )
        .required(),
        Field::list(
            "Messages",
            &[
                Field::text("Code", "What is wrong, as a code.").optional(),
                Field::text("Value", "What is wrong, in words.").optional(),
            ],
            "What is wrong with the answer, if anything.",
        ),
    ],
};
