//! How the resolver of a VPC or of a Route 53 profile behaves. Only what was once
//! changed has one: a VPC without has the defaults.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Link, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverConfig.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resolver-config",
    variable: "resolver_config",
    cloudformation: "AWS::Route53Resolver::ResolverConfig",
    doc: "How the resolver of a VPC answers for reverse names.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverConfig.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[Source::list(
        "route53resolver",
        "ListResolverConfigs",
        "ResolverConfigs",
    )],
    fields: &[
        Field::text("Id", "The id of the configuration."),
        Field::reference(
            "ResourceId",
            Kind::Vpc,
            "The VPC or the Route 53 profile. A link that the id does not fit is unknown.",
        )
        .follow_back("vpc", "resolver_configs")
        .or(&[(
            Kind::Route53Profile,
            Link::new("route53_profile", "resolver_configs"),
        )]),
        Field::text("OwnerId", "The account of the VPC or profile."),
        Field::text(
            "AutodefinedReverse",
            "Whether reverse names of private addresses have rules that AWS makes.",
        )
        .values(&[
            "ENABLING",
            "ENABLED",
            "DISABLING",
            "DISABLED",
            "UPDATING_TO_USE_LOCAL_RESOURCE_SETTING",
            "USE_LOCAL_RESOURCE_SETTING",
        ]),
    ],
};
