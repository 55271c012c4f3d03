//! A cluster of Azure Managed Redis, or of the Enterprise tiers before it.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/redis/redis-enterprise/list>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-redis-enterprise",
    variable: "azure_redis_enterprise",
    cloudformation: "Microsoft.Cache/redisEnterprise",
    doc: "A cluster of Azure Managed Redis, or of the Enterprise tiers of Azure Cache for Redis.",
    url: "https://learn.microsoft.com/en-us/rest/api/redis/redis-enterprise/list",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::list("az", "redisenterprise list", "az redisenterprise list").permitted_by("Microsoft.Cache/redisEnterprise/read")],
    fields: &[
        Field::text("id", "The id of the cluster.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::text("location", "The location: `westeurope`."),
        Field::tags("tags"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::text("publicNetworkAccess", "Whether it can be reached from the internet; null on clusters that an older API made.").values(&["Enabled", "Disabled"]),
        Field::text("hostName", "`name.region.redis.azure.net`, or `name.region.redisenterprise.cache.azure.net`."),
        Field::text("kind", "`v1` for the Enterprise tiers, `v2` for Azure Managed Redis.").optional(),
        Field::text("resourceState", "`Running`.").optional(),
        Field::text("minimumTlsVersion", "`1.0`, `1.1` or `1.2`."),
        Field::object(
            "sku",
            &[
                Field::text("name", "`Enterprise_E10`, `EnterpriseFlash_F300`, `Balanced_B10`, `MemoryOptimized_M10` and others."),
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
                        .follow_back("connected_endpoints", "redis_enterprise_connections")],
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
