//! A database of a cluster of Azure Managed Redis.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://learn.microsoft.com/en-us/rest/api/redis/databases/list-by-cluster>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "azure-redis-enterprise-database",
    variable: "azure_redis_enterprise_database",
    cloudformation: "Microsoft.Cache/redisEnterprise/databases",
    doc: "A database of a cluster of Azure Managed Redis.",
    url: "https://learn.microsoft.com/en-us/rest/api/redis/databases/list-by-cluster",
    id_prefix: "",
    identity: Identity::Global,
    id: "id",
    sources: &[Source::per_parent("az", "redisenterprise database list", "az redisenterprise database list", "clusterId").named_by("cluster-name").permitted_by("Microsoft.Cache/redisEnterprise/databases/read")],
    fields: &[
        Field::text("id", "The id of the database.").also(&["resourceId"]),
        Field::text("name", "The name.").optional(),
        Field::reference("clusterId", Kind::AzureRedisEnterprise, "The cluster, from the id.")
            .follow_back("cluster", "databases"),
        Field::text("provisioningState", "`Succeeded`, `Failed`, `Updating`, `Deleting`; absent where the answer leaves details out."),
        Field::int("port", "The port, `10000`."),
        Field::text("clientProtocol", "`Encrypted` or `Plaintext`.").values(&["Encrypted", "Plaintext"]),
        Field::text("accessKeysAuthentication", "Whether keys open it.").optional().values(&["Enabled", "Disabled"]),
        Field::text("clusteringPolicy", "`OSSCluster`, `EnterpriseCluster`, `NoCluster`.").optional(),

    ],
};
