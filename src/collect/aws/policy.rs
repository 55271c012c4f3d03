//! The least that an identity must be allowed for a plan.
//!
//! Follows from the plan: one action an operation, and what some actions need
//! besides. Grants nothing that the plan does not call.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::plan::Plan;
use super::service::Service;

/// What the policy is for besides the plan.
#[derive(Debug, Clone, Default)]
pub struct Reach<'r> {
    /// Whether the regions of an account are listed.
    pub all_regions: bool,
    /// Name of the role that is assumed in the accounts of an organization.
    pub organization_role: Option<&'r str>,
    /// ARNs of roles that are assumed.
    pub roles: Vec<&'r str>,
}

/// Actions that are only allowed together with others.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html>,
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53resolver.html>
fn dependent(service: Service, operation: &str) -> &'static [&'static str] {
    match (service, operation) {
        (Service::Route53, "ListHostedZonesByVPC") | (Service::Route53Resolver, _) => {
            &["ec2:DescribeVpcs"]
        }
        _ => &[],
    }
}

/// The IAM actions of a plan, sorted.
pub fn actions(plan: &Plan, reach: &Reach<'_>) -> BTreeSet<String> {
    let mut actions: BTreeSet<String> = plan
        .operations
        .iter()
        .flat_map(|operation| {
            let own = format!("{}:{}", operation.service.name(), operation.name);
            let others = dependent(operation.service, operation.name);
            others.iter().map(|&other| other.to_owned()).chain([own])
        })
        .collect();
    // Always allowed, unless somebody denies it; named all the same.
    actions.insert("sts:GetCallerIdentity".to_owned());
    if reach.all_regions {
        actions.insert("ec2:DescribeRegions".to_owned());
    }
    if reach.organization_role.is_some() {
        actions.insert("organizations:ListAccounts".to_owned());
    }
    actions
}

/// The policy document.
pub fn policy(plan: &Plan, reach: &Reach<'_>) -> Value {
    let mut by_service: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for action in actions(plan, reach) {
        let service = action.split(':').next().unwrap_or_default().to_owned();
        by_service.entry(service).or_default().push(action);
    }
    let mut statements: Vec<Value> = by_service
        .into_iter()
        .map(|(service, actions)| {
            json!({
                "Sid": sid(&service),
                "Effect": "Allow",
                "Action": actions,
                "Resource": "*",
            })
        })
        .collect();
    let mut roles: Vec<String> = reach.roles.iter().map(|&role| role.to_owned()).collect();
    roles.extend(
        reach
            .organization_role
            .map(|role| format!("arn:*:iam::*:role/{}", role.trim_start_matches('/'))),
    );
    if !roles.is_empty() {
        statements.push(json!({
            "Sid": "PlauditEnterAccounts",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Resource": roles,
        }));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// `vpc-lattice` as `PlauditVpcLattice`; a statement's id has letters and digits.
fn sid(service: &str) -> String {
    let words = service.split('-').map(|word| {
        let mut chars = word.chars();
        let first = chars.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    });
    format!("Plaudit{}", words.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_granted_that_is_not_called() {
        let plan = Plan::of([("route53", "ListHostedZonesByVPC")], 0);
        let actions: Vec<String> = actions(&plan, &Reach::default()).into_iter().collect();
        assert_eq!(
            actions,
            [
                "ec2:DescribeVpcs",
                "route53:ListHostedZonesByVPC",
                "sts:GetCallerIdentity"
            ]
        );
    }

    #[test]
    fn no_action_writes() {
        let reach = Reach {
            all_regions: true,
            organization_role: Some("reader"),
            roles: Vec::new(),
        };
        for action in actions(&Plan::everything(30), &reach) {
            let name = action.split(':').nth(1).unwrap();
            assert!(
                crate::collect::aws::operation::is_read_only(name),
                "{action}"
            );
        }
        let policy = policy(&Plan::everything(30), &reach);
        // A managed policy has at most 6,144 characters without white space:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        assert!(
            policy.to_string().len() < 6144,
            "{}",
            policy.to_string().len()
        );
        let statements = policy["Statement"].as_array().unwrap();
        assert!(
            statements
                .iter()
                .any(|one| one["Sid"] == "PlauditVpcLattice")
        );
        assert_eq!(
            statements.last().unwrap()["Action"],
            json!(["sts:AssumeRole"])
        );
    }
}
