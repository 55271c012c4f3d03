//! The one interceptor: refuses what is not a read call of the table, and
//! records every answer, page and attempt.
//!
//! Sees the bytes before anybody has made sense of them, so that the digest in
//! the ledger is that of what AWS sent. Decides nothing about coverage.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use sha2::{Digest as _, Sha256};

use super::translate;
use crate::collect::aws::operation::is_read_only;
use crate::collect::aws::table::{OPENING, OPERATIONS};
use crate::collect::load::hex;

/// One answer, or the lack of one.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempt {
    /// When it was sent, by this machine's clock.
    pub started: Option<SystemTime>,
    /// Host and port that it was sent to.
    pub host: String,
    /// HTTP status; 0 if there was no answer.
    pub status: u16,
    pub content_type: String,
    /// The service's number of the request, with which AWS support and the
    /// account's trail find it again.
    pub request_id: String,
    /// The service's clock.
    pub server_date: String,
    pub code: String,
    pub message: String,
    /// What came back.
    pub body: Vec<u8>,
    /// Digest of the body, hexadecimal.
    pub sha256: String,
}

/// What was recorded of one question.
#[derive(Debug, Clone, Default)]
pub(super) struct Record(Arc<Mutex<Vec<Attempt>>>);

impl Record {
    /// The attempts so far, which are then forgotten.
    pub(super) fn take(&self) -> Vec<Attempt> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn with(&self, change: impl FnOnce(&mut Vec<Attempt>)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Records the attempts of one question.
#[derive(Debug)]
pub(super) struct Recorder(Record);

impl Recorder {
    /// A recorder, and what it records into.
    pub(super) fn new() -> (Self, Record) {
        let record = Record::default();
        (Self(record.clone()), record)
    }
}

/// Whether the program may make a call: it is in the table, and only reads.
fn is_allowed(name: &str) -> bool {
    is_read_only(name)
        && OPENING
            .iter()
            .chain(OPERATIONS)
            .any(|operation| operation.name == name)
}

#[dyn_dispatch_hint]
impl Intercept for Recorder {
    fn name(&self) -> &'static str {
        "Recorder"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let name = cfg
            .load::<Metadata>()
            .map(Metadata::name)
            .unwrap_or_default();
        if is_allowed(name) {
            Ok(())
        } else {
            Err(format!("`{name}` is refused: this program only reads").into())
        }
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempt = Attempt {
            started: Some(now()),
            ..Attempt::default()
        };
        self.0.with(|attempts| attempts.push(attempt));
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let uri = context.request().uri();
        let host = uri.split("://").nth(1).unwrap_or(uri);
        let host = host.split(['/', '?']).next().unwrap_or_default();
        self.0.with(|attempts| {
            if let Some(attempt) = attempts.last_mut() {
                host.clone_into(&mut attempt.host);
            }
        });
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let failed = context
            .output_or_error()
            .is_none_or(|output| output.is_err());
        let words = match context.output_or_error() {
            Some(Err(error)) => format!("{error:?}"),
            _ => String::new(),
        };
        self.0.with(|attempts| {
            let Some(attempt) = attempts.last_mut() else {
                return;
            };
            if let Some(response) = context.response() {
                let header =
                    |name: &str| response.headers().get(name).unwrap_or_default().to_owned();
                attempt.status = response.status().as_u16();
                attempt.content_type = header("content-type");
                attempt.request_id = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"]
                    .iter()
                    .map(|name| header(name))
                    .find(|id| !id.is_empty())
                    .unwrap_or_default();
                attempt.server_date = header("date");
                let kind = Some(header("x-amzn-errortype")).filter(|kind| !kind.is_empty());
                attempt.body = response.body().bytes().unwrap_or_default().to_vec();
                attempt.sha256 = digest(&attempt.body);
                if attempt.request_id.is_empty() {
                    attempt.request_id = request_id(&attempt.body);
                }
                if failed || attempt.status >= 400 {
                    (attempt.code, attempt.message) =
                        translate::error(&attempt.content_type, kind.as_deref(), &attempt.body);
                    let token = context
                        .request()
                        .and_then(|request| request.headers().get("x-amz-security-token"));
                    attempt.message = without_secrets(&attempt.code, &attempt.message, token);
                }
            }
            if failed && attempt.code.is_empty() {
                failure(attempt.status, &words).clone_into(&mut attempt.code);
            }
        });
        Ok(())
    }
}

/// A message without the token of the session. Complaints about signatures repeat
/// the whole request, its token among it; their first line says enough.
fn without_secrets(code: &str, message: &str, token: Option<&str>) -> String {
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let message = if code.contains("Signature") {
        first(message)
    } else {
        message.to_owned()
    };
    match token.filter(|token| !token.is_empty()) {
        Some(token) => message.replace(token, "(redacted)"),
        None => message,
    }
}

/// A word for an attempt that has no error code of AWS.
fn failure(status: u16, words: &str) -> &'static str {
    let words = words.to_ascii_lowercase();
    match status {
        0 if words.contains("timeout") || words.contains("timed out") => "Timeout",
        0 if words.contains("dns") || words.contains("lookup") => "NoSuchHost",
        0 => "ConnectionFailed",
        200..=299 => "UnreadableAnswer",
        _ => "NotFromAws",
    }
}

/// EC2 and the query services also write the number of a request into the
/// answer.
fn request_id(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..4096).unwrap_or(body));
    let tail = String::from_utf8_lossy(
        body.get(body.len().saturating_sub(512)..)
            .unwrap_or_default(),
    );
    let find = |text: &str| {
        ["<requestId>", "<RequestId>", "<RequestID>"]
            .iter()
            .find_map(|open| {
                let (_, rest) = text.split_once(open)?;
                let (id, _) = rest.split_once('<')?;
                (id.len() <= 64).then(|| id.to_owned())
            })
    };
    find(&text).or_else(|| find(&tail)).unwrap_or_default()
}

/// SHA-256, hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a ledger says when a call was made"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Does not ask again where a page of HTML says that nobody there speaks the
/// language of AWS: it will be the same page. Gateways that are overloaded
/// answer so too, with other statuses, and are asked again.
#[derive(Debug)]
pub(super) struct NotAws;

impl ClassifyRetry for NotAws {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else {
            return RetryAction::NoActionIndicated;
        };
        let html = response
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"));
        if html && matches!(response.status().as_u16(), 404 | 405 | 500 | 501) {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "Not AWS"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_before(RetryClassifierPriority::http_status_code_classifier())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_of_the_table_are_allowed() {
        assert!(is_allowed("DescribeVpcs") && is_allowed("GetCallerIdentity"));
        for name in [
            "",
            "CreateVpc",
            "GetPasswordData",
            "GetSessionToken",
            "DescribeInstanceAttribute",
        ] {
            assert!(!is_allowed(name), "{name}");
        }
    }

    #[test]
    fn messages_repeat_no_token() {
        let message = "does not match\nThe Canonical String was x-amz-security-token:T0K\nhost:x";
        assert_eq!(
            without_secrets("SignatureDoesNotMatch", message, None),
            "does not match"
        );
        assert_eq!(
            without_secrets("AccessDenied", "no, T0K may not", Some("T0K")),
            "no, (redacted) may not"
        );
    }

    #[test]
    fn request_ids_are_found_in_answers() {
        let front = b"<DescribeVpcsResponse><requestId>a-1</requestId></DescribeVpcsResponse>";
        assert_eq!(request_id(front), "a-1");
        let mut back = vec![b' '; 10_000];
        back.extend_from_slice(b"<ResponseMetadata><RequestId>b-2</RequestId></ResponseMetadata>");
        assert_eq!(request_id(&back), "b-2");
        assert_eq!(request_id(b"{}"), "");
    }
}
