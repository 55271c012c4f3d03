//! Lines of the ledger: what was asked, what came back, what it means.
//!
//! Turns attempts into lines and into nothing else; page tokens and credentials
//! never get into one.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value, json};

use super::record::Attempt;
use super::send::{Question, Trouble};
use crate::collect::failure::is_denied;
use crate::collect::outcome::Outcome;

/// How a question ended that has no answer.
pub(super) fn outcome(trouble: &Trouble) -> Outcome {
    if is_denied(&trouble.code) {
        return Outcome::Denied;
    }
    // A service that is not in a region has no host there; an operation that
    // a region does not know yet is refused by name.
    let unsupported = matches!(
        trouble.code.as_str(),
        "InvalidAction" | "NoSuchHost" | "UnknownOperationException" | "UnsupportedOperation"
    );
    if unsupported {
        Outcome::Unsupported
    } else {
        Outcome::Failed
    }
}

/// Where a question is asked, and by whom.
#[derive(Debug, Clone, Default)]
pub(super) struct Asker {
    pub account: String,
    /// Region, or `global`.
    pub region: String,
    pub principal: String,
}

/// Longest message of an error that a ledger keeps.
const MESSAGE: usize = 1000;

/// What every line about a question has.
pub(super) fn base(asker: &Asker, question: &Question) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("service".into(), question.operation.service.name().into());
    line.insert("operation".into(), question.operation.name.into());
    line.insert("account".into(), asker.account.as_str().into());
    line.insert("region".into(), asker.region.as_str().into());
    line.insert("principal_arn".into(), asker.principal.as_str().into());
    if let Some(each) = &question.operation.each {
        match question.ids.as_slice() {
            [] => {}
            [id] if each.batch == 1 => {
                line.insert("parent".into(), each.name(id).into());
            }
            ids => {
                line.insert("parents".into(), json!(ids));
            }
        }
    }
    let params = params(question);
    if !params.is_empty() {
        line.insert("params".into(), Value::Object(params));
    }
    line
}

fn params(question: &Question) -> Map<String, Value> {
    let mut params = Map::new();
    let operation = question.operation;
    if let (Some((name, _)), Some(value)) = (operation.variants, question.variant) {
        params.insert(name.into(), value.into());
    }
    if let (Some(each), [id]) = (&operation.each, question.ids.as_slice())
        && each.batch == 1
    {
        params.insert(each.parameter.into(), id.as_str().into());
    }
    if operation.name == "ListHostedZonesByVPC" {
        params.insert("VPCRegion".into(), question.region.as_str().into());
    }
    if operation.name == "GetMetricData" {
        let (start, end) = question.window;
        params.insert("StartTime".into(), time(start).into());
        params.insert("EndTime".into(), time(end).into());
    }
    params
}

/// Adds what an attempt brought.
pub(super) fn attempt(line: &mut Map<String, Value>, attempt: &Attempt) {
    if let Some(started) = attempt.started {
        line.insert("started".into(), millis(started).into());
    }
    line.insert("endpoint_host".into(), attempt.host.as_str().into());
    let text = |text: &str| match text {
        "" => Value::Null,
        text => Value::String(text.chars().take(MESSAGE).collect()),
    };
    let status = (attempt.status > 0).then_some(attempt.status);
    line.insert("http_status".into(), json!(status));
    line.insert("error_code".into(), text(&attempt.code));
    if !attempt.message.is_empty() {
        line.insert("error_message".into(), text(&attempt.message));
    }
    line.insert("request_id".into(), text(&attempt.request_id));
    line.insert("server_date".into(), text(&attempt.server_date));
    if attempt.status > 0 {
        line.insert("raw_bytes".into(), attempt.body.len().into());
        line.insert("raw_sha256".into(), attempt.sha256.as_str().into());
    }
}

/// Ends a line.
pub(super) fn end(mut line: Map<String, Value>, end: Outcome) -> String {
    line.insert("outcome".into(), end.word().into());
    line.insert("has_more".into(), (end == Outcome::More).into());
    Value::Object(line).to_string()
}

/// Ends the line of a call that has no answer, with the reason.
pub(super) fn ended(
    mut line: Map<String, Value>,
    how: Outcome,
    code: &str,
    message: &str,
) -> String {
    line.insert("error_code".into(), code.into());
    let message: String = message.chars().take(MESSAGE).collect();
    if !message.is_empty() {
        line.insert("error_message".into(), message.into());
    }
    line.insert("items".into(), 0.into());
    end(line, how)
}

/// Seconds since 1970 as RFC 3339.
pub(super) fn time(seconds: i64) -> String {
    DateTime::from_secs(seconds)
        .fmt(Format::DateTime)
        .unwrap_or_else(|_| seconds.to_string())
}

fn millis(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = i64::try_from(since.as_millis()).unwrap_or_default();
    DateTime::from_millis(millis)
        .fmt(Format::DateTime)
        .unwrap_or_else(|_| millis.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::send::TroubleKind;
    use super::*;

    fn trouble(kind: TroubleKind, code: &str) -> Trouble {
        Trouble {
            kind,
            code: code.to_owned(),
            message: String::new(),
        }
    }

    #[test]
    fn ends_of_troubles() {
        let end = |kind, code| outcome(&trouble(kind, code)).word();
        assert_eq!(end(TroubleKind::Answer, "UnauthorizedOperation"), "denied");
        assert_eq!(end(TroubleKind::Answer, "AccessDeniedException"), "denied");
        assert_eq!(end(TroubleKind::Answer, "RequestLimitExceeded"), "failed");
        assert_eq!(end(TroubleKind::Answer, "InvalidAction"), "unsupported");
        assert_eq!(end(TroubleKind::Connection, "NoSuchHost"), "unsupported");
        assert_eq!(end(TroubleKind::Timeout, "Timeout"), "failed");
    }

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(time(1_767_323_045), "2026-01-02T03:04:05Z");
    }
}
