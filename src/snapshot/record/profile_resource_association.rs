//! What is in a Route 53 profile: a private zone, a resolver rule, a DNS firewall,
//! and what else profiles learn to carry. One call per profile.

use crate::snapshot::record::Kind;
use crate::snapshot::record::profile_association::STATUSES;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ProfileResourceAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "profile-resource-association",
    variable: "profile_resource_association",
    cloudformation: "AWS::Route53Profiles::ProfileResourceAssociation",
    doc: "A zone, rule or firewall that a Route 53 profile carries.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ProfileResourceAssociation.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[Source::per_parent(
        "route53profiles",
        "ListProfileResourceAssociations",
        "ProfileResourceAssociations",
        "ProfileId",
    )],
    fields: &[
        Field::text("Id", "The id, `rpr-…`."),
        Field::text("Name", "The name.").optional(),
        Field::text("OwnerId", "The account of the association."),
        Field::reference("ProfileId", Kind::Route53Profile, "The profile.")
            .follow_back("route53_profile", "resource_associations"),
        Field::text(
            "ResourceArn",
            "The ARN of what is carried; a zone's ends with `hostedzone/Z…`.",
        ),
        Field::text(
            "ResourceType",
            "What is carried, as `AWS::Route53::HostedZone`.",
        ),
        Field::text(
            "ResourceProperties",
            "More about it, as JSON: the priority of a firewall.",
        )
        .optional(),
        Field::text("Status", "It is in force while this is `COMPLETE`.").values(STATUSES),
        Field::text("StatusMessage", "The state in words.").optional(),
        Field::text("CreationTime", "When it was made, RFC 3339.").optional(),
        Field::text("ModificationTime", "When it was changed last, RFC 3339.").optional(),
    ],
};
