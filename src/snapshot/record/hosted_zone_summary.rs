//! A zone as a VPC sees it, whoever owns it: zones of other accounts, and those that
//! services keep for endpoints. One call per VPC; the answer does not repeat it.
//! Zones that come through Route 53 Profiles are missing.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZoneSummary.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "hosted-zone-summary",
    variable: "hosted_zone_summary",
    cloudformation: "AWS::Route53::HostedZoneSummary",
    doc: "A private zone that a VPC sees.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZoneSummary.html",
    id_prefix: "",
    identity: Identity::Within(&["VPCId"]),
    id: "HostedZoneId",
    sources: &[Source::per_parent(
        "route53",
        "ListHostedZonesByVPC",
        "HostedZoneSummaries",
        "VPCId",
    )],
    fields: &[
        Field::reference("HostedZoneId", Kind::HostedZone, "The zone, `Z…`.")
            .follow_back("hosted_zone", "summaries"),
        Field::reference("VPCId", Kind::Vpc, "The VPC.")
            .follow_back("vpc", "hosted_zone_summaries"),
        Field::text("Name", "The domain, with a closing dot."),
        Field::object(
            "Owner",
            &[
                Field::text("OwningAccount", "The account, if an account owns it.").optional(),
                Field::text("OwningService", "The service, if one owns it.").optional(),
            ],
            "Who owns the zone.",
        )
        .required(),
    ],
};
