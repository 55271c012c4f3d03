//! A resolver rule, the account's own, one shared with it, or AWS's own
//! (`rslvr-autodefined-rr-…`).

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverRule.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "resolver-rule",
    variable: "resolver_rule",
    cloudformation: "AWS::Route53Resolver::ResolverRule",
    doc: "Where queries for a domain are sent.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverRule.html",
    id_prefix: "",
    identity: Identity::Global,
    id: "Id",
    sources: &[Source::list(
        "route53resolver",
        "ListResolverRules",
        "ResolverRules",
    )],
    fields: &[
        Field::text(
            "Id",
            "The id, `rslvr-rr-…`, or `rslvr-autodefined-rr-…` for AWS's own.",
        ),
        Field::text("Arn", "The ARN."),
        Field::text("Name", "The name.").optional(),
        Field::text(
            "DomainName",
            "The domain, with a closing dot; the most specific rule wins.",
        )
        .optional(),
        Field::text("RuleType", "What is done with the queries.").values(&[
            "FORWARD",
            "SYSTEM",
            "RECURSIVE",
            "DELEGATE",
        ]),
        Field::text("Status", "The rule is in force while this is `COMPLETE`.")
            .values(&["COMPLETE", "DELETING", "UPDATING", "FAILED"]),
        Field::text(
            "OwnerId",
            "The account that owns it; AWS's own have a name instead of a number.",
        ),
        Field::text("ShareStatus", "Whether it is shared.")
            .optional()
            .values(&["NOT_SHARED", "SHARED_WITH_ME", "SHARED_BY_ME"]),
        Field::reference(
            "ResolverEndpointId",
            Kind::ResolverEndpoint,
            "The outbound endpoint that forwards.",
        )
        .optional()
        .follow_back("resolver_endpoint", "rules"),
        Field::list(
            "TargetIps",
            &[
                Field::address("Ip", "The IPv4 address.").optional(),
                Field::address("Ipv6", "The IPv6 address.").optional(),
                Field::int("Port", "The port; 53 where it is not set.").optional(),
                Field::text("Protocol", "The protocol; `Do53` where it is not set.")
                    .optional()
                    .values(&["DoH", "Do53", "DoH-FIPS"]),
            ],
            "The servers that queries are forwarded to.",
        ),
        Field::text(
            "DelegationRecord",
            "The name servers that a DELEGATE rule matches.",
        )
        .optional(),
    ],
};
