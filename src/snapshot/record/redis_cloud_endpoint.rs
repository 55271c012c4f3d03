//! An entry that the discovery script of Redis Cloud prints inside a VPC: a name
//! and a port that clients use.
//!
//! The script's keys have hyphens, which expressions cannot have; they are read as
//! other names of the fields.

use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://redis.io/docs/latest/operate/rc/security/aws-privatelink/>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "redis-cloud-endpoint",
    variable: "redis_cloud_endpoint",
    cloudformation: "RedisCloud::Discovery::Endpoint",
    doc: "A database or the metrics, as the discovery script of Redis Cloud finds them from a VPC.",
    url: "https://redis.io/docs/latest/operate/rc/security/aws-privatelink/",
    id_prefix: "",
    identity: Identity::Global,
    id: "private_dns_entry",
    sources: &[Source::list("redis-cloud-script", "DiscoverEndpoints", "RedisCloudEndpoints")],
    fields: &[
        Field::text("private_dns_entry", "The private name, which clients use.")
            .also(&["private-dns-entry"]),
        Field::text("type", "What is there.").values(&["database", "metrics"]),
        Field::text("dns_entry", "The public name of the same.")
            .optional()
            .also(&["dns-entry"]),
        Field::int("port", "The port."),
        Field::text("database_id", "The database, a number; the metrics have none.").optional(),
    ],
};
