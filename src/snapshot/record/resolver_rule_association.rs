//! The use of a resolver rule in a VPC; AWS's own rules have associations too.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverRuleAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resolver-rule-association",
    variable: "resolver_rule_association",
    cloudformation: "AWS::Route53Resolver::ResolverRuleAssociation",
    doc: "A VPC that follows a resolver rule.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverRuleAssociation.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[Source::list(
        "route53resolver",
        "ListResolverRuleAssociations",
        "ResolverRuleAssociations",
    )],
    fields: &[
        Field::text(
            "Id",
            "The id, `rslvr-rrassoc-…`, or `rslvr-autodefined-assoc-…` for AWS's own.",
        ),
        Field::text("Name", "The name.").optional(),
        Field::reference("ResolverRuleId", Kind::ResolverRule, "The rule.")
            .follow_back("resolver_rule", "associations"),
        Field::reference("VPCId", Kind::Vpc, "The VPC.")
            .follow_back("vpc", "resolver_rule_associations"),
        Field::text(
            "Status",
            "The rule is in force in the VPC while this is `COMPLETE`.",
        )
        .values(&["CREATING", "COMPLETE", "DELETING", "FAILED", "OVERRIDDEN"]),
        Field::text("StatusMessage", "The state in words.").optional(),
    ],
};
