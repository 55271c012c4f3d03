//! A resource or a principal in a share, as the owner sees it: one call for
//! resources and one for principals. It has no id; only share and entity together
//! are unique.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShareAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resource-share-association",
    variable: "resource_share_association",
    cloudformation: "AWS::RAM::ResourceShareAssociation",
    doc: "A resource or a principal that is part of a share.",
    url: "https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShareAssociation.html",
    id_prefix: "",
    identity: Identity::Within(&["resourceShareArn"]),
    id: "associatedEntity",
    sources: &[Source::list(
        "ram",
        "GetResourceShareAssociations",
        "resourceShareAssociations",
    )],
    fields: &[
        Field::reference("resourceShareArn", Kind::ResourceShare, "The share.")
            .follow_back("resource_share", "associations"),
        Field::text("resourceShareName", "The name of the share.").optional(),
        Field::text(
            "associatedEntity",
            "The ARN of the resource, or the account, organisation or ARN of the principal.",
        ),
        Field::text(
            "associationType",
            "Whether the entity is a resource or a principal.",
        )
        .values(&["PRINCIPAL", "RESOURCE", "SOURCE"]),
        Field::text(
            "status",
            "The association works while this is `ASSOCIATED`.",
        )
        .values(&[
            "ASSOCIATING",
            "ASSOCIATED",
            "FAILED",
            "DISASSOCIATING",
            "DISASSOCIATED",
            "SUSPENDED",
            "SUSPENDING",
            "RESTORING",
        ]),
        Field::text("statusMessage", "The state in words.").optional(),
        Field::bool(
            "external",
            "Whether the principal is outside the organisation.",
        ),
        Field::text("creationTime", "When it was made, RFC 3339."),
    ],
};
