//! A database of Redis Cloud, as `/subscriptions/{id}/databases` lists it.
//!
//! The vendor's own spelling, and only what connectivity rests on: passwords,
//! client certificates and backup paths have no field here and are never kept.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://redis.io/docs/latest/operate/rc/api/api-reference/>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "redis-cloud-database",
    variable: "redis_cloud_database",
    cloudformation: "RedisCloud::Subscription::Database",
    doc: "A database of a Redis Cloud subscription.",
    url: "https://redis.io/docs/latest/operate/rc/api/examples/manage-databases/",
    id_prefix: "",
    identity: Identity::Within(&["subscriptionId"]),
    id: "databaseId",
    sources: &[Source::list(
        "redis-cloud",
        "GetSubscriptionDatabases",
        "RedisCloudDatabases",
    )],
    fields: &[
        Field::text("databaseId", "The database, a number."),
        Field::text("subscriptionId", "The subscription, a number."),
        Field::text("name", "The name.").optional(),
        Field::text("status", "Where it is; it answers while this is `active`.")
            .optional()
            .values(&[
                "pending",
                "active",
                "active-change-pending",
                "import-pending",
                "delete-pending",
                "recovery",
                "error",
            ]),
        Field::text("provider", "The cloud that it is in.")
            .optional()
            .values(&["AWS", "GCP", "Azure"]),
        Field::text(
            "region",
            "The region that it is in; an Active-Active database has several and none here.",
        )
        .optional(),
        Field::text(
            "privateEndpoint",
            "Its private name and port; absent while it is not `active`.",
        )
        .optional(),
        Field::text(
            "publicEndpoint",
            "Its public name and port, where there is one.",
        )
        .optional(),
        Field::bool(
            "supportOSSClusterApi",
            "Whether clients speak to its shards themselves.",
        )
        .optional(),
        Field::object(
            "security",
            &[
                Field::texts(
                    "sourceIps",
                    "The blocks that it answers; `0.0.0.0/0` is everybody.",
                ),
                Field::bool("enableTls", "Whether clients must use TLS.").optional(),
            ],
            "Who it answers.",
        ),
    ],
};
