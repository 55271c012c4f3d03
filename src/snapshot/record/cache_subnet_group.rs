//! The subnets that clusters may be in; the only place that names the VPC of a
//! cluster.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheSubnetGroup.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "cache-subnet-group",
    variable: "cache_subnet_group",
    cloudformation: "AWS::ElastiCache::SubnetGroup",
    doc: "Subnets that ElastiCache clusters may be in.",
    url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheSubnetGroup.html",
    id_prefix: "",
    identity: Identity::PerRegion,
    id: "CacheSubnetGroupName",
    sources: &[Source::list(
        "elasticache",
        "DescribeCacheSubnetGroups",
        "CacheSubnetGroups",
    )],
    fields: &[
        Field::text(
            "CacheSubnetGroupName",
            "The name, unique in account and region.",
        ),
        Field::text("ARN", "The ARN."),
        Field::text(
            "CacheSubnetGroupDescription",
            "What it is for, in the owner's words.",
        )
        .optional(),
        Field::reference("VpcId", Kind::Vpc, "The VPC.").follow_back("vpc", "cache_subnet_groups"),
        Field::list(
            "Subnets",
            &[
                Field::reference("SubnetIdentifier", Kind::Subnet, "The subnet.")
                    .follow_back("subnets", "cache_subnet_groups"),
                Field::object(
                    "SubnetAvailabilityZone",
                    &[Field::text(
                        "Name",
                        "The zone's name; it means another zone in another account.",
                    )],
                    "The zone.",
                ),
            ],
            "The subnets.",
        )
        .required(),
        Field::texts(
            "SupportedNetworkTypes",
            "The kinds of addresses that all of them have.",
        )
        .values(&["ipv4", "ipv6", "dual_stack"]),
    ],
};
