//! A cluster: one node of a replication group, or Memcached with all its nodes.
//! Nodes are in the answer only if they were asked for (`ShowCacheNodeInfo`).

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheCluster.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "cache-cluster",
    variable: "cache_cluster",
    cloudformation: "AWS::ElastiCache::CacheCluster",
    doc: "A node of a replication group, or a Memcached cluster.",
    url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheCluster.html",
    id_prefix: "",
    identity: Identity::PerRegion,
    id: "CacheClusterId",
    sources: &[Source::list(
        "elasticache",
        "DescribeCacheClusters",
        "CacheClusters",
    )],
    fields: &[
        Field::text("CacheClusterId", "The name, unique in account and region."),
        Field::text("ARN", "The ARN."),
        Field::text("CacheClusterStatus", "Where it is in its life.").values(&[
            "available",
            "creating",
            "deleted",
            "deleting",
            "incompatible-network",
            "modifying",
            "rebooting cluster nodes",
            "restore-failed",
            "snapshotting",
        ]),
        Field::text("Engine", "`redis`, `valkey` or `memcached`.").values(&[
            "redis",
            "valkey",
            "memcached",
        ]),
        Field::text("EngineVersion", "The version."),
        Field::reference(
            "ReplicationGroupId",
            Kind::ReplicationGroup,
            "The replication group; Memcached has none.",
        )
        .optional()
        .follow("replication_group"),
        Field::reference(
            "CacheSubnetGroupName",
            Kind::CacheSubnetGroup,
            "The subnet group, which knows the VPC.",
        )
        .optional()
        .follow_back("cache_subnet_group", "cache_clusters"),
        Field::list(
            "SecurityGroups",
            &[
                Field::reference(
                    "SecurityGroupId",
                    Kind::SecurityGroup,
                    "The security group.",
                )
                .follow_back("security_groups", "cache_clusters"),
                Field::text("Status", "`active` while the group is in force.").optional(),
            ],
            "The security groups.",
        )
        .required(),
        Field::text(
            "PreferredAvailabilityZone",
            "The zone's name, or `Multiple`; a name means another zone in another account.",
        )
        .optional(),
        Field::int(
            "NumCacheNodes",
            "How many nodes it has; 1 for Valkey and Redis.",
        ),
        Field::list(
            "CacheNodes",
            &[
                Field::text("CacheNodeId", "The node, `0001` and on."),
                Field::text("CacheNodeStatus", "Where the node is in its life."),
                Field::object("Endpoint", ENDPOINT, "Where clients connect."),
                Field::text(
                    "CustomerAvailabilityZone",
                    "The zone's name; it means another zone in another account.",
                )
                .optional(),
            ],
            "The nodes.",
        )
        .required(),
        Field::object(
            "ConfigurationEndpoint",
            ENDPOINT,
            "Where clients of Memcached find the nodes.",
        ),
        Field::bool(
            "TransitEncryptionEnabled",
            "Whether connections may be encrypted; it does not change the port.",
        ),
        Field::text(
            "TransitEncryptionMode",
            "Whether connections must be encrypted.",
        )
        .optional()
        .values(&["preferred", "required"]),
        Field::bool(
            "AtRestEncryptionEnabled",
            "Whether data at rest is encrypted.",
        ),
        Field::bool("AuthTokenEnabled", "Whether clients must show a password."),
        Field::text("NetworkType", "The kinds of addresses. Old dumps lack it.").values(&[
            "ipv4",
            "ipv6",
            "dual_stack",
        ]),
        Field::text("CacheClusterCreateTime", "When it was made, RFC 3339.").optional(),
    ],
};

const ENDPOINT: &[Field] = &[
    Field::text("Address", "The name."),
    Field::int("Port", "The port."),
];
