//! A Valkey or Redis group. It says neither VPC nor security groups: those are on
//! its member clusters and their subnet group.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "replication-group",
    variable: "replication_group",
    cloudformation: "AWS::ElastiCache::ReplicationGroup",
    doc: "Nodes of ElastiCache for Valkey or Redis that hold the same data.",
    url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html",
    id_prefix: "",
    identity: Identity::PerRegion,
    id: "ReplicationGroupId",
    sources: &[Source::list(
        "elasticache",
        "DescribeReplicationGroups",
        "ReplicationGroups",
    )],
    fields: &[
        Field::text(
            "ReplicationGroupId",
            "The name, unique in account and region.",
        ),
        Field::text("ARN", "The ARN."),
        Field::text("Description", "What it is for, in the owner's words.").optional(),
        Field::text("Status", "Where it is in its life.").values(&[
            "creating",
            "available",
            "modifying",
            "deleting",
            "create-failed",
            "snapshotting",
        ]),
        Field::text("Engine", "`redis` or `valkey`. Old dumps lack it.")
            .values(&["redis", "valkey"]),
        Field::references(
            "MemberClusters",
            Kind::CacheCluster,
            "The clusters that are its nodes.",
        )
        .required()
        .follow("cache_clusters"),
        Field::list(
            "NodeGroups",
            &[
                Field::text("NodeGroupId", "The shard, `0001` and on."),
                Field::text("Status", "Where the shard is in its life.").optional(),
                Field::object("PrimaryEndpoint", ENDPOINT, "Where the shard is written."),
                Field::object("ReaderEndpoint", ENDPOINT, "Where the shard is read."),
                Field::list(
                    "NodeGroupMembers",
                    &[
                        Field::text("CacheClusterId", "The cluster that is the node."),
                        Field::text(
                            "PreferredAvailabilityZone",
                            "The zone's name; it means another zone in another account.",
                        )
                        .optional(),
                        Field::text(
                            "CurrentRole",
                            "Whether the node is written; not said in cluster mode.",
                        )
                        .optional()
                        .values(&["primary", "replica"]),
                        Field::object("ReadEndpoint", ENDPOINT, "Where the node is read."),
                    ],
                    "The nodes of the shard.",
                ),
            ],
            "The shards.",
        ),
        Field::object(
            "ConfigurationEndpoint",
            ENDPOINT,
            "Where clients of cluster mode begin.",
        ),
        Field::bool("ClusterEnabled", "Whether data is spread over shards.").optional(),
        Field::text("AutomaticFailover", "Whether a replica takes over.")
            .optional()
            .values(&["enabled", "disabled", "enabling", "disabling"]),
        Field::text("MultiAZ", "Whether nodes are in several zones.")
            .optional()
            .values(&["enabled", "disabled"]),
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
        Field::texts("UserGroupIds", "The user groups that may connect."),
        Field::text("NetworkType", "The kinds of addresses. Old dumps lack it.").values(&[
            "ipv4",
            "ipv6",
            "dual_stack",
        ]),
    ],
};

const ENDPOINT: &[Field] = &[
    Field::text("Address", "The name."),
    Field::int("Port", "The port."),
];
