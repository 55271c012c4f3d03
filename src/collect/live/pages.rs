//! Pages of an answer: where the next one begins, and all of them as one.
//!
//! Knows the five ways in which AWS says that there is more. Uses nothing; it
//! neither asks nor writes.

use serde_json::{Map, Value};

use crate::collect::aws::operation::{Operation, Paging};
use crate::collect::aws::service::Service;

/// Where a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cursor {
    /// The token of the page before.
    pub token: Option<String>,
    /// For record sets: name, type and set identifier.
    pub record: Option<(String, String, Option<String>)>,
}

/// What follows a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing.
    End,
    /// Another page.
    Page(Cursor),
    /// More, and no way to it.
    Lost,
}

/// Fields that say where the next page begins or how long a page is. They are
/// gone when the pages are one, as in the AWS CLI.
const TOKENS: &[&str] = &[
    "IsTruncated",
    "Marker",
    "MaxItems",
    "MaxResults",
    "NextMarker",
    "NextRecordIdentifier",
    "NextRecordName",
    "NextRecordType",
    "NextToken",
    "nextToken",
];

/// What follows this page.
pub(super) fn next(operation: &Operation, page: &Value) -> Next {
    let text = |name: &str| {
        let text = page.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let more = page.get("IsTruncated").and_then(Value::as_bool) == Some(true)
        || page
            .get("AdditionalRoutesAvailable")
            .and_then(Value::as_bool)
            == Some(true);
    if let (Some(name), Some(of)) = (text("NextRecordName"), text("NextRecordType")) {
        return Next::Page(Cursor {
            token: None,
            record: Some((name, of, text("NextRecordIdentifier"))),
        });
    }
    // Route 53 repeats the marker that it was given; the others mean the next.
    let marker = match operation.service {
        Service::Route53 => None,
        _ => text("Marker"),
    };
    let tokens = [
        text("NextToken"),
        text("nextToken"),
        text("NextMarker"),
        marker,
    ];
    match tokens.into_iter().flatten().next() {
        // A call that has no pages, as far as anybody knew.
        Some(_) if operation.paging == Paging::Single => Next::Lost,
        Some(token) => Next::Page(Cursor {
            token: Some(token),
            record: None,
        }),
        None if more => Next::Lost,
        None => Next::End,
    }
}

/// Whether a page is an answer to the call at all: it has one of its lists, or
/// for an answer that is one object anything, and it speaks of no error. What is
/// not recognised is never taken for an empty list.
pub(super) fn recognised(operation: &Operation, page: &Value) -> Result<(), String> {
    let Value::Object(fields) = page else {
        return Err("the answer is no object".to_owned());
    };
    let error = [
        "__type", "Error", "Errors", "error", "errors", "message", "Message",
    ];
    let error = error.iter().find(|name| fields.contains_key(**name));
    if let Some(name) = error {
        return Err(format!("the answer has `{name}`, which is no part of it"));
    }
    let has_list = |name: &&str| fields.get(*name).is_some_and(Value::is_array);
    match operation.lists {
        [] if fields.is_empty() => Err("the answer is empty".to_owned()),
        [] => Ok(()),
        lists if lists.iter().any(has_list) => Ok(()),
        lists => Err(format!(
            "the answer has no list `{}`",
            lists.join("` and no `")
        )),
    }
}

/// Adds a page to those before.
pub(super) fn join(all: &mut Value, page: Value) {
    let Value::Object(page) = page else {
        return;
    };
    if !all.is_object() {
        *all = Value::Object(Map::new());
    }
    let Value::Object(all) = all else {
        return;
    };
    for (name, value) in page {
        if TOKENS.contains(&name.as_str()) {
            continue;
        }
        match (all.get_mut(&name), value) {
            (Some(Value::Array(before)), Value::Array(more)) if name == "MetricDataResults" => {
                measured(before, more);
            }
            (Some(Value::Array(before)), Value::Array(more)) => before.extend(more),
            (Some(_), _) => {}
            (None, value) => {
                all.insert(name, value);
            }
        }
    }
}

/// A page of metrics goes on with the series of the page before.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
fn measured(before: &mut Vec<Value>, more: Vec<Value>) {
    for series in more {
        let id = series.get("Id").cloned();
        let known = before
            .iter_mut()
            .find(|known| id.is_some() && known.get("Id") == id.as_ref());
        let (Some(Value::Object(known)), Value::Object(series)) = (known, &series) else {
            before.push(series);
            continue;
        };
        for (name, value) in series {
            match (known.get_mut(name), value) {
                (Some(Value::Array(known)), Value::Array(more)) => known.extend(more.clone()),
                // `PartialData` becomes `Complete` with the last page.
                _ => {
                    known.insert(name.clone(), value.clone());
                }
            }
        }
    }
}

/// An answer without entries has its lists all the same, so that it cannot be
/// taken for something else. Some services leave out a list that is empty.
pub(super) fn with_lists(operation: &Operation, answer: &mut Value) {
    if let Value::Object(answer) = answer {
        for list in operation.lists {
            answer
                .entry(*list)
                .or_insert_with(|| Value::Array(Vec::new()));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::collect::aws::table::OPERATIONS;

    fn operation(name: &str) -> &'static Operation {
        OPERATIONS
            .iter()
            .find(|operation| operation.name == name)
            .unwrap()
    }

    fn token(token: &str) -> Next {
        Next::Page(Cursor {
            token: Some(token.to_owned()),
            record: None,
        })
    }

    #[test]
    fn the_five_ways_to_say_more() {
        let ask = |name: &str, page: Value| next(operation(name), &page);
        assert_eq!(ask("DescribeVpcs", json!({"NextToken": "a"})), token("a"));
        assert_eq!(ask("DescribeVpcs", json!({"NextToken": ""})), Next::End);
        assert_eq!(
            ask(
                "ListServiceNetworks",
                json!({"nextToken": "a", "items": []})
            ),
            token("a")
        );
        assert_eq!(
            ask("DescribeCacheClusters", json!({"Marker": "a"})),
            token("a")
        );
        assert_eq!(
            ask(
                "ListHostedZones",
                json!({"Marker": "before", "NextMarker": "a", "IsTruncated": true})
            ),
            token("a")
        );
        assert_eq!(
            ask(
                "ListHostedZones",
                json!({"Marker": "before", "IsTruncated": false})
            ),
            Next::End
        );
        assert_eq!(
            ask("ListHostedZones", json!({"IsTruncated": true})),
            Next::Lost
        );
        assert_eq!(
            ask(
                "SearchTransitGatewayRoutes",
                json!({"Routes": [], "AdditionalRoutesAvailable": true})
            ),
            Next::Lost
        );
        assert_eq!(
            ask("DescribeAvailabilityZones", json!({"NextToken": "a"})),
            Next::Lost
        );
        let records =
            json!({"NextRecordName": "a.", "NextRecordType": "A", "NextRecordIdentifier": "x"});
        assert_eq!(
            ask("ListResourceRecordSets", records),
            Next::Page(Cursor {
                token: None,
                record: Some(("a.".to_owned(), "A".to_owned(), Some("x".to_owned()))),
            })
        );
    }

    #[test]
    fn what_is_no_answer_is_not_taken_for_an_empty_list() {
        let ask = |name: &str, page: Value| recognised(operation(name), &page).is_ok();
        assert!(ask("ListServiceNetworks", json!({"items": []})));
        assert!(ask(
            "GetSubnetCidrReservations",
            json!({"SubnetIpv6CidrReservations": []})
        ));
        assert!(ask("GetServiceNetwork", json!({"id": "sn-1"})));
        for page in [
            json!({}),
            json!({"message": "Service is temporarily unavailable"}),
            json!({"items": "none"}),
            json!({"items": [], "message": "no"}),
            json!([]),
        ] {
            assert!(!ask("ListServiceNetworks", page.clone()), "{page}");
        }
        assert!(!ask("GetServiceNetwork", json!({})));
    }

    #[test]
    fn pages_become_one() {
        let mut all = Value::Null;
        join(
            &mut all,
            json!({"Vpcs": [1], "Other": "x", "NextToken": "a"}),
        );
        join(&mut all, json!({"Vpcs": [2, 3], "Other": "y"}));
        assert_eq!(all, json!({"Vpcs": [1, 2, 3], "Other": "x"}));
        let mut series =
            json!({"MetricDataResults": [{"Id": "a", "Values": [1], "StatusCode": "PartialData"}]});
        join(
            &mut series,
            json!({"MetricDataResults": [{"Id": "a", "Values": [2], "StatusCode": "Complete"}, {"Id": "b"}]}),
        );
        assert_eq!(
            series,
            json!({"MetricDataResults": [{"Id": "a", "Values": [1, 2], "StatusCode": "Complete"}, {"Id": "b"}]})
        );
        let mut empty = json!({});
        with_lists(operation("DescribeVpcs"), &mut empty);
        assert_eq!(empty, json!({"Vpcs": []}));
    }
}
