//! The records of one name and type. One call per zone; the answer does not repeat
//! it. Names are escaped (`\052` is `*`) and end with a dot; only zone, name, type
//! and set identifier together are unique.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-record-set",
    variable: "resource_record_set",
    cloudformation: "AWS::Route53::RecordSet",
    doc: "What a hosted zone answers for one name and type.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
    id_prefix: "",
    identity: Identity::Within(&["HostedZoneId", "Type", "SetIdentifier"]),
    id: "Name",
    sources: &[Source::per_parent(
        "route53",
        "ListResourceRecordSets",
        "ResourceRecordSets",
        "HostedZoneId",
    )],
    fields: &[
        Field::reference("HostedZoneId", Kind::HostedZone, "The zone.")
            .follow_back("hosted_zone", "resource_record_sets"),
        Field::text("Name", "The name, escaped, with a closing dot."),
        Field::text("Type", "The type of the records.").values(&[
            "SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA",
            "DS", "TLSA", "SSHFP", "SVCB", "HTTPS",
        ]),
        Field::text(
            "SetIdentifier",
            "What tells sets of the same name and type apart under a routing policy.",
        )
        .optional(),
        Field::int("Weight", "The share of answers under weighted routing.").optional(),
        Field::text("Region", "The region under latency routing.").optional(),
        Field::text("Failover", "The role under failover routing.")
            .optional()
            .values(&["PRIMARY", "SECONDARY"]),
        Field::bool(
            "MultiValueAnswer",
            "Whether several healthy sets are answered together.",
        )
        .optional(),
        Field::int(
            "TTL",
            "How long answers may be kept, in seconds; aliases have none.",
        )
        .optional(),
        Field::list(
            "ResourceRecords",
            &[Field::text("Value", "The value as in a zone file.")],
            "The values; none for an alias.",
        ),
        Field::object(
            "AliasTarget",
            &[
                Field::text(
                    "HostedZoneId",
                    "The zone of the target, which for AWS's own names is AWS's.",
                ),
                Field::text(
                    "DNSName",
                    "The name of the target, usually with a closing dot.",
                ),
                Field::bool(
                    "EvaluateTargetHealth",
                    "Whether an unhealthy target is left out.",
                ),
            ],
            "What the name is an alias of.",
        ),
        Field::text(
            "HealthCheckId",
            "The health check that decides whether it is answered.",
        )
        .optional(),
    ],
};
