//! A Route 53 profile: zones, resolver rules and DNS firewalls that many VPCs take
//! over together. What is in it and who has it are kinds of their own.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ProfileSummary.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "route53-profile",
    variable: "route53_profile",
    cloudformation: "AWS::Route53Profiles::Profile",
    doc: "A set of DNS settings that VPCs take over.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ProfileSummary.html",
    id_prefix: "rp-",
    identity: Identity::Global,
    id: "Id",
    sources: &[Source::list(
        "route53profiles",
        "ListProfiles",
        "ProfileSummaries",
    )],
    fields: &[
        Field::text("Id", "The id, `rp-…`."),
        Field::text("Arn", "The ARN; the account in it is the owner."),
        Field::text("Name", "The name.").optional(),
        Field::text(
            "ShareStatus",
            "Whether it is another account's, or others have it too.",
        )
        .values(&["NOT_SHARED", "SHARED_WITH_ME", "SHARED_BY_ME"]),
    ],
};
