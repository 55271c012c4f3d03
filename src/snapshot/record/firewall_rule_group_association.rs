//! A DNS firewall in front of the resolver of a VPC. What its rules say is in calls
//! of their own, which are not modelled.

use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Field, Identity, KindSpec, Source};

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_FirewallRuleGroupAssociation.html>
pub(super) const SPEC: KindSpec = KindSpec {
    name: "firewall-rule-group-association",
    variable: "firewall_rule_group_association",
    cloudformation: "AWS::Route53Resolver::FirewallRuleGroupAssociation",
    doc: "A group of DNS firewall rules that a VPC obeys.",
    url: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_FirewallRuleGroupAssociation.html",
    id_prefix: "rslvr-frgassoc-",
    identity: Identity::Global,
    id: "Id",
    sources: &[Source::list(
        "route53resolver",
        "ListFirewallRuleGroupAssociations",
        "FirewallRuleGroupAssociations",
    )],
    fields: &[
        Field::text("Id", "The id, `rslvr-frgassoc-…`."),
        Field::text("Arn", "The ARN."),
        Field::text("Name", "The name.").optional(),
        Field::text("FirewallRuleGroupId", "The group of rules."),
        Field::reference("VpcId", Kind::Vpc, "The VPC.")
            .follow_back("vpc", "firewall_rule_group_associations"),
        Field::int("Priority", "Groups of lower numbers are asked first."),
        Field::text(
            "MutationProtection",
            "Whether it is guarded against being taken away.",
        )
        .optional()
        .values(&["ENABLED", "DISABLED"]),
        Field::text(
            "ManagedOwnerName",
            "The service that made it, if one did; then it is not the user's to change.",
        )
        .optional(),
        Field::text("Status", "The rules are in force while this is `COMPLETE`.")
            .values(&["COMPLETE", "DELETING", "UPDATING"]),
        Field::text("StatusMessage", "The state in words.").optional(),
        Field::text("CreationTime", "When it was made, RFC 3339.").optional(),
    ],
};
