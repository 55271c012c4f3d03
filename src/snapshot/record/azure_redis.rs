//! A cache of Azure Cache for Redis, tiers Basic, Standard and Premium.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/redis/redis/list-by-subscription>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-redis",
    variable: "azure_redis",
    cloudformation: "Microsoft.Cache/Redis",
    doc: "A cache of Azure Cache for Redis (Basic, Standard, Premium).",
    url: "https://learn.microsoft.com/en-us/rest/api/redis/redis/list-by-subscription",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "redis list", "az redis list").permitted_by("Microsoft.Cache/redis/read")],
    fields: &[
        Field::text("id", "The id of the cache.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::text("location", "The location: `westeurope`."),
        Field::tags("tags"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::text("publicNetworkAccess", "Whether it can be reached from the internet.").values(&["Enabled", "Disabled"]),
        Field::text("hostName", "`name.redis.cache.windows.net`."),
        Field::int("port", "The port without TLS.").optional(),
        Field::int("sslPort", "The port with TLS.").optional(),
        Field::bool("enableNonSslPort", "Whether the port without TLS is open."),
        Field::text("minimumTlsVersion", "`1.0`, `1.1` or `1.2`."),
        Field::text("redisVersion", "The version of Redis.").optional(),
        Field::text("staticIP", "The address of a cache that is inside a virtual network.").optional(),
        Field::reference("subnetId", Kind::AzureSubnet, "The subnet of a cache that is inside a virtual network (no private endpoint then).")
            .optional()
            .follow("subnet"),
        Field::object(
            "sku",
            &[
                Field::text("name", "`Basic`, `Standard`, `Premium`."),
                Field::text("family", "`C`, `P`.").optional(),
                Field::int("capacity", "How large.").optional(),
            ],
            "What it is sold as.",
        ),
        Field::list(
            "privateEndpointConnections",
            &[
                Field::text("id", "The id of the connection.").optional(),
                Field::text("name", "The name of the connection.").optional(),
                Field::object(
                    "privateEndpoint",
                    &[Field::reference("id", Kind::AzurePrivateEndpoint, "The endpoint.")
                        .follow_back("connected_endpoints", "redis_connections")],
                    "The endpoint that is connected, or asks to be.",
                ),
                Field::object(
                    "privateLinkServiceConnectionState",
                    &[
                        Field::text("status", "`Pending`, `Approved`, `Rejected`, `Disconnected`.")
                            .values(&["Pending", "Approved", "Rejected", "Disconnected", "Removed", "Timeout"]),
                        Field::text("description", "Why.").optional(),
                        Field::text("actionsRequired", "What the consumer must do.").optional(),
                    ],
                    "Whether the owner of the target accepted.",
                ),
                Field::text("provisioningState", "`Succeeded`.").optional(),
            ],
            "Endpoints that are connected, or ask to be, as the target sees them.",
        ),

    ],
};
