//! Sends questions to Redis Cloud over HTTPS, with the client that the AWS SDK
//! brings.
//!
//! Knows the keys, puts them into two headers and nowhere else, and takes them out
//! of whatever comes back. Follows no redirection, so that the keys go to one host
//! only. What to ask and what an answer means is decided in
//! [`redis_cloud`](crate::collect::redis_cloud).

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::http::{Request, Response};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::runtime::Runtime;

use super::line;
use crate::collect::redis_cloud::ask::{Answer, is_allowed};
use crate::collect::redis_cloud::gather::Ask;

/// Largest answer, in bytes.
const LARGEST: usize = 64 << 20;

/// The two keys of the API.
#[derive(Clone)]
pub struct Keys {
    /// The account key.
    pub access: String,
    /// The user key.
    pub secret: String,
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keys")
    }
}

/// Sends questions to one address of the API.
#[derive(Debug)]
pub struct Sender {
    base: String,
    keys: Keys,
    timeout: Duration,
    connector: Connector,
    runtime: Runtime,
}

impl Sender {
    /// For an address that was checked.
    pub fn new(base: String, keys: Keys, timeout: Duration) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let connector = {
            let _entered = runtime.enter();
            Connector::builder()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build()
        };
        Ok(Self {
            base,
            keys,
            timeout,
            connector,
            runtime,
        })
    }

    async fn send(&self, path: &str) -> Answer {
        let started = now();
        let sent = tokio::time::timeout(self.timeout, self.exchange(path)).await;
        let mut answer = sent.unwrap_or_else(|_| trouble("Timeout"));
        answer.started = started;
        answer
    }

    async fn exchange(&self, path: &str) -> Answer {
        let Ok(mut request) = Request::get(format!("{}{path}", self.base)) else {
            return trouble("Refused");
        };
        let headers = request.headers_mut();
        let own = [
            ("x-api-key", self.keys.access.clone()),
            ("x-api-secret-key", self.keys.secret.clone()),
            ("accept", "application/json".to_owned()),
            (
                "user-agent",
                concat!("plaudit/", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
        ];
        for (name, value) in own {
            if headers.try_insert(name, value).is_err() {
                return trouble("Refused");
            }
        }
        match self.connector.call(request).await {
            Ok(response) => self.answer(response).await,
            Err(error) if error.is_timeout() => trouble("Timeout"),
            Err(_) => trouble("ConnectionFailed"),
        }
    }

    async fn answer(&self, response: Response<SdkBody>) -> Answer {
        let header = |name: &str| response.headers().get(name).unwrap_or_default().to_owned();
        let mut answer = Answer {
            status: response.status().as_u16(),
            content_type: header("content-type").to_ascii_lowercase(),
            retry_after: header("retry-after").trim().parse().ok(),
            server_date: header("date"),
            request_id: header("x-request-id"),
            ..Answer::default()
        };
        let mut body = ByteStream::new(response.into_body());
        while let Some(chunk) = body.next().await {
            let Ok(chunk) = chunk else {
                return trouble("ConnectionFailed");
            };
            if answer.body.len() + chunk.len() > LARGEST {
                return trouble("TooLarge");
            }
            answer.body.extend_from_slice(&chunk);
        }
        answer.body = self.without_keys(answer.body);
        answer
    }

    /// Servers repeat what they were sent when they complain.
    fn without_keys(&self, body: Vec<u8>) -> Vec<u8> {
        let keys = [&self.keys.access, &self.keys.secret];
        let text = String::from_utf8_lossy(&body);
        if !keys.iter().any(|key| text.contains(key.as_str())) {
            drop(text);
            return body;
        }
        let text = keys.iter().fold(text.into_owned(), |text, key| {
            text.replace(key.as_str(), "(redacted)")
        });
        text.into_bytes()
    }
}

impl Ask for Sender {
    fn get(&mut self, path: &str) -> Answer {
        if is_allowed(path) {
            self.runtime.block_on(self.send(path))
        } else {
            trouble("Refused")
        }
    }

    fn pause(&mut self, time: Duration) {
        // A timer is made inside the runtime only.
        self.runtime
            .block_on(async move { tokio::time::sleep(time).await });
    }

    fn host(&self) -> String {
        let host = self.base.split("://").nth(1).unwrap_or_default();
        host.split('/').next().unwrap_or_default().to_owned()
    }
}

fn trouble(trouble: &'static str) -> Answer {
    Answer {
        trouble,
        ..Answer::default()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a ledger says when a call was made"
)]
fn now() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    line::time(i64::try_from(since.as_secs()).unwrap_or_default())
}
