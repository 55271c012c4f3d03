//! Which calls are made, in which order, and in words.
//!
//! Picks entries of the table and adds what they need: to ask about each VPC,
//! the VPCs must be listed. Nothing here asks.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::operation::{Operation, Paging};
use super::table::{METRICS, OPENING, OPERATIONS};

/// The calls of one run, for each account and region.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In the order of the table; what a call rests on is among them.
    pub operations: Vec<&'static Operation>,
    /// Days of metrics; none if 0.
    pub metrics_days: u32,
}

impl Plan {
    /// Every call of the table.
    pub fn everything(metrics_days: u32) -> Self {
        Self::new(OPERATIONS.iter().collect(), metrics_days)
    }

    /// The calls with these services (as in IAM actions) and names, and those
    /// that they rest on.
    pub fn of<'c>(calls: impl IntoIterator<Item = (&'c str, &'c str)>, metrics_days: u32) -> Self {
        let calls: BTreeSet<(&str, &str)> = calls.into_iter().collect();
        let mut names: BTreeSet<(&str, &str)> = calls
            .into_iter()
            .filter_map(|call| {
                let mut known = OPERATIONS
                    .iter()
                    .map(|known| (known.service.name(), known.name));
                known.find(|known| *known == call)
            })
            .collect();
        loop {
            let needed: Vec<(&str, &str)> = OPERATIONS
                .iter()
                .filter(|operation| names.contains(&(operation.service.name(), operation.name)))
                .filter_map(|operation| parent(operation))
                .map(|parent| (parent.service.name(), parent.name))
                .filter(|parent| !names.contains(parent))
                .collect();
            if needed.is_empty() {
                break;
            }
            names.extend(needed);
        }
        let chosen = OPERATIONS
            .iter()
            .filter(|operation| names.contains(&(operation.service.name(), operation.name)));
        Self::new(chosen.collect(), metrics_days)
    }

    fn new(operations: Vec<&'static Operation>, metrics_days: u32) -> Self {
        let measured =
            |operation: &&Operation| metrics_days > 0 || operation.name != "GetMetricData";
        Self {
            operations: operations.into_iter().filter(measured).collect(),
            metrics_days,
        }
    }

    /// The calls that are made once per account and region.
    pub fn roots(&self) -> impl Iterator<Item = &'static Operation> + '_ {
        self.operations
            .iter()
            .copied()
            .filter(|operation| operation.each.is_none())
    }

    /// The calls that are made for each of what another one lists.
    pub fn children<'p>(&'p self, of: &'p str) -> impl Iterator<Item = &'static Operation> + 'p {
        let each = move |operation: &&'static Operation| {
            operation.each.as_ref().is_some_and(|each| each.of == of)
        };
        self.operations.iter().copied().filter(each)
    }

    /// For people: one line a call.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut put = |line: std::fmt::Arguments<'_>| {
            let _cannot_fail = writeln!(text, "{line}");
        };
        let width = self
            .operations
            .iter()
            .map(|operation| operation.stem().len());
        let width = width.max().unwrap_or(0);
        put(format_args!("Before all else:"));
        put(format_args!(
            "  {:width$}  who asks",
            "sts.GetCallerIdentity"
        ));
        put(format_args!("Once an account, in one region for all:"));
        for operation in self
            .roots()
            .filter(|operation| operation.service.is_global())
        {
            put(format_args!(
                "  {:width$}  {}",
                operation.stem(),
                often(operation)
            ));
        }
        put(format_args!("Once an account and region:"));
        for operation in self
            .roots()
            .filter(|operation| !operation.service.is_global())
        {
            put(format_args!(
                "  {:width$}  {}",
                operation.stem(),
                often(operation)
            ));
        }
        put(format_args!("For each of what those list:"));
        for operation in &self.operations {
            if operation.each.is_some() {
                put(format_args!(
                    "  {:width$}  {}",
                    operation.stem(),
                    often(operation)
                ));
            }
        }
        let roots = self.roots().map(calls).sum::<usize>();
        put(format_args!(
            "\n{} operations; {} calls for an account and region in which nothing is listed, and one more for each further page.",
            self.operations.len() + 1,
            roots + 1
        ));
        if self.metrics_days > 0
            && self
                .operations
                .iter()
                .any(|one| one.name == "GetMetricData")
        {
            put(format_args!(
                "Metrics of {} days cost about $0.01 for 200 endpoints ({} metrics each at $0.01 per 1,000); --metrics-days 0 leaves them out.",
                self.metrics_days,
                METRICS.len()
            ));
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let operations: Vec<Value> = OPENING
            .iter()
            .chain(self.operations.iter().copied())
            .map(|operation| {
                json!({
                    "service": operation.service.name(),
                    "operation": operation.name,
                    "action": format!("{}:{}", operation.service.name(), operation.name),
                    "global": operation.service.is_global(),
                    "why": opening(operation).then(|| why(operation)),
                    "paged": operation.paging != Paging::Single,
                    "for_each": operation.each.as_ref().map(|each| json!({
                        "operation": each.of,
                        "list": each.list,
                        "id": each.id,
                        "only": each.only.map(|(field, values)| json!({"field": field, "values": values})),
                        "own": each.own,
                        "parameter": each.parameter,
                        "batch": each.batch,
                    })),
                    "variants": operation.variants.map(|(parameter, values)| json!({"parameter": parameter, "values": values})),
                })
            })
            .collect();
        json!({"operations": operations, "metrics_days": self.metrics_days})
    }
}

/// The call that lists what another one is made for.
fn parent(operation: &Operation) -> Option<&'static Operation> {
    let each = operation.each.as_ref()?;
    OPERATIONS.iter().find(|other| other.name == each.of)
}

fn opening(operation: &Operation) -> bool {
    OPENING.iter().any(|one| std::ptr::eq(one, operation))
}

/// When a call is made that comes before the others.
fn why(operation: &Operation) -> &'static str {
    match operation.name {
        "DescribeRegions" => "once an account, with --regions all",
        "ListAccounts" => "once, with --accounts organizations",
        _ => "once an account: who asks",
    }
}

/// Calls for one thing.
fn calls(operation: &Operation) -> usize {
    operation.variants.map_or(1, |(_, values)| values.len())
}

fn often(operation: &Operation) -> String {
    let mut words = Vec::new();
    if let Some(each) = &operation.each {
        let thing = format!("{}.{}", each.list.trim_end_matches('s'), each.id);
        words.push(match each.batch {
            1 => format!("for each {thing} of {}", each.of),
            batch => format!("for every {batch} {thing} of {}", each.of),
        });
        if let Some((field, values)) = each.only {
            words.push(format!("where {field} is {}", values.join(" or ")));
        }
        if each.own {
            words.push("of the same account".to_owned());
        }
    }
    if let Some((parameter, values)) = operation.variants {
        words.push(format!("{parameter} {}", values.join(" and ")));
    }
    if operation.paging != Paging::Single {
        words.push("by page".to_owned());
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_rests_on_is_planned() {
        let plan = Plan::of(
            [
                ("vpc-lattice", "GetServiceNetworkVpcAssociation"),
                ("ec2", "DescribeNothing"),
            ],
            30,
        );
        let names: Vec<&str> = plan
            .operations
            .iter()
            .map(|operation| operation.name)
            .collect();
        assert_eq!(
            names,
            [
                "ListServiceNetworks",
                "ListServiceNetworkVpcAssociations",
                "GetServiceNetworkVpcAssociation"
            ]
        );
        assert_eq!(plan.roots().count(), 1);
        assert_eq!(plan.children("ListServiceNetworks").count(), 1);
    }

    #[test]
    fn metrics_are_left_out_when_nobody_wants_days() {
        assert_eq!(
            Plan::everything(1).operations.len(),
            Plan::everything(0).operations.len() + 1
        );
        assert!(Plan::everything(30).text().contains("--metrics-days 0"));
    }
}
