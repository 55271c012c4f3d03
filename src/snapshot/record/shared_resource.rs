//! A resource that is shared: by the account, or with it. Each needs a call of its
//! own, with `SELF` and with `OTHER-ACCOUNTS` as the owner; a resource is there once
//! for each share that it is in.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/ram/latest/APIReference/API_Resource.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "shared-resource",
    variable: "shared_resource",
    cloudformation: "AWS::RAM::SharedResource",
    doc: "A resource in a share that the account owns or takes part in.",
    url: "https://docs.aws.amazon.com/ram/latest/APIReference/API_Resource.html",
    id_prefix: "",
    identity: Identity::Within(&["resourceShareArn"]),
    id: "arn",
    sources: &[Source::list("ram", "ListResources", "resources")
        .marked(&["arn", "resourceShareArn"])],
    fields: &[
        Field::text("arn", "The ARN; the account in it is the owner."),
        Field::text(
            "type",
            "The kind of resource, as `vpc-lattice:ResourceConfiguration`.",
        ),
        Field::reference("resourceShareArn", Kind::ResourceShare, "The share.")
            .follow_back("resource_share", "resources"),
        Field::text(
            "resourceGroupArn",
            "The resource group that brought it into the share.",
        )
        .optional(),
        Field::text("status", "It can be used while this is `AVAILABLE`.")
            .optional()
            .values(&[
                "AVAILABLE",
                "ZONAL_RESOURCE_INACCESSIBLE",
                "LIMIT_EXCEEDED",
                "UNAVAILABLE",
                "PENDING",
            ]),
        Field::text("statusMessage", "The state in words.").optional(),
        Field::text(
            "resourceRegionScope",
            "Whether it is of one region or of all.",
        )
        .optional()
        .values(&["REGIONAL", "GLOBAL"]),
        Field::text("creationTime", "When it was shared, RFC 3339.").optional(),
        Field::text("lastUpdatedTime", "When that was changed last, RFC 3339.").optional(),
    ],
};
