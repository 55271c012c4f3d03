//! A serverless cache. Clients reach it through an endpoint that the service makes
//! in its subnets.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ServerlessCache.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "serverless-cache",
    variable: "serverless_cache",
    cloudformation: "AWS::ElastiCache::ServerlessCache",
    doc: "A cache of ElastiCache Serverless.",
    url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ServerlessCache.html",
    id_prefix: "",
    identity: Identity::PerRegion,
    id: "ServerlessCacheName",
    sources: &[Source::list(
        "elasticache",
        "DescribeServerlessCaches",
        "ServerlessCaches",
    )],
    fields: &[
        Field::text(
            "ServerlessCacheName",
            "The name, unique in account and region.",
        ),
        Field::text("ARN", "The ARN."),
        Field::text("Description", "What it is for, in the owner's words.").optional(),
        Field::text("Status", "Where it is in its life.").values(&[
            "creating",
            "available",
            "deleting",
            "create-failed",
            "modifying",
        ]),
        Field::text("Engine", "`redis`, `valkey` or `memcached`.").values(&[
            "redis",
            "valkey",
            "memcached",
        ]),
        Field::text(
            "ConnectionType",
            "Whether it is reached inside a VPC or publicly. Old dumps lack it.",
        )
        .values(&["vpc", "public"]),
        Field::references("SubnetIds", Kind::Subnet, "The subnets with its endpoint.")
            .required()
            .follow_back("subnets", "serverless_caches"),
        Field::references(
            "SecurityGroupIds",
            Kind::SecurityGroup,
            "The security groups of that endpoint.",
        )
        .required()
        .follow_back("security_groups", "serverless_caches"),
        Field::object("Endpoint", ENDPOINT, "Where clients connect."),
        Field::object("ReaderEndpoint", ENDPOINT, "Where clients read."),
        Field::text("UserGroupId", "The user group that may connect.").optional(),
        Field::text("NetworkType", "The kinds of addresses. Old dumps lack it.").values(&[
            "ipv4",
            "ipv6",
            "dual_stack",
        ]),
        Field::text("CreateTime", "When it was made, RFC 3339."),
    ],
};

const ENDPOINT: &[Field] = &[
    Field::text("Address", "The name."),
    Field::int("Port", "The port."),
];
