//! From a question to a request of the AWS SDK.
//!
//! One line an operation, by service. Uses the clients and the interceptor that
//! records what comes back; the typed answers of the SDK are dropped, because
//! the snapshot keeps what AWS sent and not what an SDK of some month knew.

mod ec2;
mod lattice;
mod other;
mod route53;

use std::future::Future;
use std::pin::Pin;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::clients::Clients;
use super::pages::Cursor;
use super::record::Recorder;
use crate::collect::aws::operation::Operation;
use crate::collect::aws::service::Service;

/// A question: one operation about one thing, one page of the answer.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub operation: &'static Operation,
    /// What it is about; several for calls that take several.
    pub ids: Vec<String>,
    /// The number of the call among those that take several, from 1.
    pub batch: usize,
    /// The value of the argument that differs between variants.
    pub variant: Option<&'static str>,
    /// The region that the things asked about are in.
    pub region: String,
    /// For metrics: which days, in seconds since 1970.
    pub window: (i64, i64),
    /// For metrics: what each endpoint's metrics are filed under.
    pub dimensions: Vec<Dimensions>,
}

/// The dimensions of an endpoint's metrics. `CloudWatch` finds nothing unless all
/// four are given
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dimensions {
    pub endpoint: String,
    pub vpc: String,
    pub kind: String,
    pub service: String,
}

impl Question {
    /// The question about an account and region as a whole.
    pub(super) fn of(operation: &'static Operation, region: &str) -> Self {
        Self {
            operation,
            ids: Vec::new(),
            batch: 0,
            variant: None,
            region: region.to_owned(),
            window: (0, 0),
            dimensions: Vec::new(),
        }
    }

    /// The one id that the question is about.
    fn id(&self) -> Option<String> {
        self.ids.first().cloned()
    }

    /// The variant as a type of the SDK.
    fn variant<T: From<&'static str>>(&self) -> Option<T> {
        self.variant.map(T::from)
    }
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// What went wrong.
    pub kind: TroubleKind,
    /// The API's error code; empty if there is none.
    pub code: String,
    /// In words.
    pub message: String,
}

/// What went wrong with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TroubleKind {
    /// AWS answered with an error.
    Answer,
    /// The answer could not be understood.
    Response,
    /// No connection, or one that broke.
    Connection,
    /// No answer in time.
    Timeout,
    /// The request was never sent: no credentials, or a call that is not
    /// allowed here.
    Unsent,
}

impl Trouble {
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    fn of<E, R>(error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let kind = match &error {
            SdkError::ServiceError(_) => TroubleKind::Answer,
            SdkError::ResponseError(_) => TroubleKind::Response,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => TroubleKind::Timeout,
            SdkError::DispatchFailure(_) => TroubleKind::Connection,
            SdkError::TimeoutError(_) => TroubleKind::Timeout,
            _ => TroubleKind::Unsent,
        };
        let code = error.code().unwrap_or_default().to_owned();
        let message = match (kind, error.message()) {
            (TroubleKind::Answer, Some(message)) => message.to_owned(),
            _ => chain(&error),
        };
        Self {
            kind,
            code,
            message,
        }
    }
}

/// The reasons of an error, outermost first.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next.filter(|_| words.len() < 8) {
        let text = error.to_string();
        if words.last() != Some(&text) {
            words.push(text);
        }
        next = error.source();
    }
    words.join(": ")
}

/// A request on its way.
pub(super) type Sending = Pin<Box<dyn Future<Output = Result<(), Trouble>> + Send>>;

/// Sends a request of the SDK, and records what comes back.
macro_rules! send {
    ($recorder:expr, $request:expr) => {{
        let request = $request;
        Box::pin(async move {
            let sent = request.customize().interceptor($recorder).send().await;
            sent.map(drop)
                .map_err(crate::collect::live::send::Trouble::of)
        })
    }};
}
use send;

/// Asks. `None` if the operation has no request here, which a test rules out.
pub(super) fn request(
    clients: &Clients,
    question: &Question,
    page: Cursor,
    recorder: Recorder,
) -> Option<Sending> {
    match question.operation.service {
        Service::Ec2 => ec2::request(&clients.ec2, question, page.token, recorder),
        Service::VpcLattice => {
            lattice::request(&clients.vpc_lattice, question, page.token, recorder)
        }
        Service::Route53 => route53::request(&clients.route53, question, page, recorder),
        _ => other::request(clients, question, page.token, recorder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::aws::table::{OPENING, OPERATIONS};

    #[test]
    fn every_operation_has_a_request() {
        let clients = Clients::for_tests();
        for operation in OPENING.iter().chain(OPERATIONS) {
            let question = Question {
                ids: vec!["x".to_owned()],
                batch: 1,
                variant: operation
                    .variants
                    .and_then(|(_, values)| values.first().copied()),
                window: (0, 86_400),
                ..Question::of(operation, "eu-central-1")
            };
            let (recorder, _) = Recorder::new();
            let sending = request(&clients, &question, Cursor::default(), recorder);
            assert!(sending.is_some(), "{}", operation.name);
        }
    }

    #[test]
    fn no_other_call_leaves_the_program() {
        let clients = Clients::for_tests();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        for name in ["create_vpc", "GetPasswordData"] {
            let (recorder, record) = Recorder::new();
            let sending: Sending = if name == "create_vpc" {
                send!(recorder, clients.ec2.create_vpc().cidr_block("10.0.0.0/16"))
            } else {
                // Begins with `Get` and is no call of ours all the same.
                send!(recorder, clients.ec2.get_password_data().instance_id("i-1"))
            };
            let trouble = runtime.block_on(sending).unwrap_err();
            assert!(
                trouble.message.contains("only reads"),
                "{}",
                trouble.message
            );
            assert!(record.take().is_empty(), "nothing was sent");
        }
    }
}
