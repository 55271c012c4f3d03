//! A flow log: what is written down about traffic, and where. What it logs is
//! named by one field, whatever it is.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Link, Source};

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "flow-log",
    variable: "flow_log",
    cloudformation: "AWS::EC2::FlowLog",
    doc: "A record of the traffic of a VPC, a subnet or an interface.",
    url: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html",
    id_prefix: "fl-",
    identity: Identity::Global,
    id: "FlowLogId",
    sources: &[Source::list("ec2", "DescribeFlowLogs", "FlowLogs")],
    fields: &[
        Field::text("FlowLogId", "The id, `fl-…`."),
        Field::reference(
            "ResourceId",
            Kind::Vpc,
            "What is logged: a VPC, a subnet, an interface, or a transit gateway or its \
            attachment, which are no links. A link that the id does not fit is unknown, so a \
            rule looks at how the id begins first.",
        )
        .follow_back("vpc", "flow_logs")
        .or(&[
            (Kind::Subnet, Link::new("subnet", "flow_logs")),
            (
                Kind::NetworkInterface,
                Link::new("network_interface", "flow_logs"),
            ),
        ]),
        Field::text("FlowLogStatus", "`ACTIVE`; there is no other.").values(&["ACTIVE"]),
        Field::text(
            "DeliverLogsStatus",
            "Whether the records arrive where they should.",
        )
        .optional()
        .values(&["SUCCESS", "FAILED"]),
        Field::text("DeliverLogsErrorMessage", "Why nothing is delivered.").optional(),
        Field::text(
            "TrafficType",
            "Which traffic is written down; transit gateways have no choice.",
        )
        .optional()
        .values(&["ACCEPT", "REJECT", "ALL"]),
        Field::text("LogDestinationType", "The kind of place it is written to.")
            .optional()
            .values(&["cloud-watch-logs", "s3", "kinesis-data-firehose"]),
        Field::text("LogDestination", "The ARN of the place.").optional(),
        Field::text("LogGroupName", "The log group, if it is one.").optional(),
        Field::text("LogFormat", "The fields of a record, in their order.").optional(),
        Field::int(
            "MaxAggregationInterval",
            "The longest time that one record may stand for, in seconds: 60 or 600.",
        )
        .optional(),
        Field::text(
            "DeliverCrossAccountRole",
            "The role that delivers to another account.",
        )
        .optional(),
        Field::text("CreationTime", "When it was made, RFC 3339."),
        Field::tags("Tags"),
    ],
};
