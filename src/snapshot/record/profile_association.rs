//! The use of a Route 53 profile in a VPC; a VPC has one profile at most.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// What associations of profiles can be, of VPCs and of resources.
/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ProfileAssociation.html>
pub(super) const STATUSES: &[&str] = &[
    "COMPLETE", "CREATING", "UPDATING", "DELETING", "DELETED", "FAILED",
];

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ProfileAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "profile-association",
    variable: "profile_association",
    cloudformation: "AWS::Route53Profiles::ProfileAssociation",
    doc: "A VPC that takes a Route 53 profile over.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53profiles_ProfileAssociation.html",
    id_prefix: "rpassoc-",
    identity: Identity::Global,
    id: "Id",
    sources: &[Source::list(
        "route53profiles",
        "ListProfileAssociations",
        "ProfileAssociations",
    )],
    fields: &[
        Field::text("Id", "The id, `rpassoc-…`."),
        Field::text("Name", "The name.").optional(),
        Field::text("OwnerId", "The account of the association."),
        Field::reference("ProfileId", Kind::Route53Profile, "The profile.")
            .follow_back("route53_profile", "associations"),
        Field::reference("ResourceId", Kind::Vpc, "The VPC.")
            .follow_back("vpc", "profile_associations"),
        Field::text(
            "Status",
            "The profile is in force in the VPC while this is `COMPLETE`.",
        )
        .values(STATUSES),
        Field::text("StatusMessage", "The state in words.").optional(),
        Field::text("CreationTime", "When it was made, RFC 3339.").optional(),
        Field::text("ModificationTime", "When it was changed last, RFC 3339.").optional(),
    ],
};
