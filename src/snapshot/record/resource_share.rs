//! A share of resources with other accounts. The account's own shares and those of
//! others need one call each, and pages may be empty before the last.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShare.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-share",
    variable: "resource_share",
    cloudformation: "AWS::RAM::ResourceShare",
    doc: "A share of resources between accounts.",
    url: "https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShare.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "resourceShareArn",
    sources: &[Source::list("ram", "GetResourceShares", "resourceShares")],
    fields: &[
        Field::text("resourceShareArn", "The ARN."),
        Field::text("name", "The name.").optional(),
        Field::text("owningAccountId", "The account that shares."),
        Field::text("status", "The share works while this is `ACTIVE`.")
            .values(&["PENDING", "ACTIVE", "FAILED", "DELETING", "DELETED"]),
        Field::text("statusMessage", "The state in words.").optional(),
        Field::bool(
            "allowExternalPrincipals",
            "Whether accounts outside the organisation may take part.",
        ),
        Field::text("featureSet", "`STANDARD`, or that it came from a policy.")
            .optional()
            .values(&["CREATED_FROM_POLICY", "PROMOTING_TO_STANDARD", "STANDARD"]),
        Field::text("creationTime", "When it was made, RFC 3339."),
        Field::text("lastUpdatedTime", "When it was changed last, RFC 3339.").optional(),
        Field::tags("tags"),
    ],
};
