//! What was asked for and what came back, per account, region and operation.
//!
//! Absence of a resource proves something only where the call that lists it
//! was complete; this is the place that knows. It holds no resources and makes
//! no verdicts.

use std::collections::BTreeMap;

use super::arm;
use super::schema::Cloud;

/// Account and region of a call or a resource; in Azure the subscription and
/// the location. Empty texts mean that no input tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// Account number, or id of the subscription in lower case.
    pub account: String,
    /// Region, or `global`.
    pub region: String,
}

impl Scope {
    /// The cloud that it is of, if its account tells.
    pub fn cloud(&self) -> Option<Cloud> {
        if self.account.is_empty() {
            None
        } else if arm::is_subscription(&self.account) {
            Some(Cloud::Azure)
        } else {
            Some(Cloud::Aws)
        }
    }
}

/// The cloud that a service is of.
pub fn cloud_of(service: &str) -> Cloud {
    if service == "az" {
        Cloud::Azure
    } else {
        Cloud::Aws
    }
}

/// What came back from a call, worst first: two answers about the same call
/// are as good as the worse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallOutcome {
    /// Refused.
    Denied,
    /// Failed for another reason.
    Failed,
    /// A page is missing or a file is broken.
    Partial,
    /// All of it.
    Complete,
}

/// One operation in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What came back.
    pub outcome: CallOutcome,
    /// Objects.
    pub items: u64,
    /// Files.
    pub files: u64,
    /// Whether a file that the operator brought says so, rather than a recorded
    /// call.
    pub asserted: bool,
    /// Error code, or what is missing.
    pub detail: String,
}

/// Service and operation: `("ec2", "DescribeSubnets")`.
pub type Operation = (String, String);

/// All calls.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    calls: BTreeMap<Scope, BTreeMap<Operation, Call>>,
}

impl Ledger {
    /// Records an answer. Several answers about one call (pages, one answer per
    /// parent) add up; the worst outcome stands.
    pub fn add(&mut self, scope: &Scope, service: &str, operation: &str, call: Call) {
        let calls = self.calls.entry(scope.clone()).or_default();
        match calls.entry((service.to_owned(), operation.to_owned())) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(call);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                known.items += call.items;
                known.files += call.files;
                known.asserted |= call.asserted;
                if call.outcome < known.outcome {
                    known.outcome = call.outcome;
                    known.detail = call.detail;
                }
            }
        }
    }

    /// The call in this scope. A call whose account or region no input tells
    /// speaks for all.
    pub fn call(&self, scope: &Scope, service: &str, operation: &str) -> Option<&Call> {
        let key = (service.to_owned(), operation.to_owned());
        let global = is_global(service).then_some("global");
        [
            (scope.account.as_str(), global.unwrap_or(&scope.region)),
            (&scope.account, ""),
            ("", global.unwrap_or(&scope.region)),
            ("", ""),
        ]
        .into_iter()
        .filter_map(|(account, region)| {
            self.calls.get(&Scope {
                account: account.to_owned(),
                region: region.to_owned(),
            })
        })
        .find_map(|calls| calls.get(&key))
    }

    /// All calls in the order of scope and operation.
    pub fn iter(&self) -> impl Iterator<Item = (&Scope, &Operation, &Call)> {
        self.calls.iter().flat_map(|(scope, calls)| {
            calls
                .iter()
                .map(move |(operation, call)| (scope, operation, call))
        })
    }

    /// All scopes that have a call.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.calls.keys()
    }
}

/// Whether a service has one endpoint for all regions, or knows none of AWS's.
/// Commands of the Azure CLI (`az`) list a subscription in all its locations.
pub fn is_global(service: &str) -> bool {
    matches!(service, "route53" | "iam" | "sts" | "organizations" | "az") || is_foreign(service)
}

/// Whether a service is of Redis Cloud. Nobody is expected to have asked it: only
/// input that has an answer of the service raises the question what it left out.
pub fn is_foreign(service: &str) -> bool {
    matches!(service, "redis-cloud" | "redis-cloud-script")
}
