//! Answers of Redis Cloud's API: tasks, the PrivateLink of a subscription, its
//! databases, and errors.
//!
//! Recognises them by their content and reads what is in them into the columns
//! that the records declare; whatever has no field there, passwords above all, is
//! skipped. Must not judge: a task that is not finished is no answer, and "there
//! is no PrivateLink" is one.

pub mod ask;
pub mod gather;
pub mod script;

use serde::de::DeserializeSeed as _;
use serde_json::value::RawValue;

use crate::snapshot::FileFormat;
use crate::snapshot::ledger::CallOutcome;
use crate::snapshot::record::Kind;

use crate::collect::answer::Envelope;
use crate::collect::batch::Reported;
use crate::collect::catalog::SourceRef;
use crate::collect::finish::find;
use crate::collect::peek::Peek;
use crate::collect::plan::Step;
use crate::collect::problem::Level;
use crate::collect::reader::Reader;
use crate::collect::records::{RowSeed, Rows, RowsSeed};

/// The service as the ledger names it.
const SERVICE: &str = "redis-cloud";
/// The call about the PrivateLink of a subscription, or of a region of it.
const LINKS: &str = "GetPrivateLink";
/// The error of a task that says that there is no PrivateLink.
pub(super) const NOT_FOUND: &str = "PRIVATELINK_SERVICE_NOT_FOUND";
/// Keys that only the PrivateLink of a subscription has together; three of them
/// leave no doubt.
const LINK: &[&str] = &[
    "resourceConfigurationId",
    "resourceConfigurationArn",
    "shareArn",
    "shareName",
    "principals",
    "connections",
];

/// What an answer is about.
#[derive(Debug, Default, Clone)]
struct About {
    subscription: Option<String>,
    region: Option<String>,
}

impl About {
    /// The subscription and the region in the path of a request:
    /// `/v1/subscriptions/1/regions/2/private-link`.
    fn of_path(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').collect();
        let after = |name: &str| {
            let at = parts.iter().position(|part| *part == name)?;
            let next = parts.get(at + 1)?;
            let digits = !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| (*next).to_owned())
        };
        Self {
            subscription: after("subscriptions"),
            region: after("regions"),
        }
    }
}

impl<'de> Reader<'de> {
    /// Reads an answer of Redis Cloud; whether it is one.
    pub(super) fn redis_cloud(
        &mut self,
        envelope: &Envelope<'de>,
        raw: &'de str,
        pointer: &str,
    ) -> bool {
        let known = self.task(envelope, pointer)
            || self.link(envelope, raw, pointer)
            || self.no_link(envelope, pointer)
            || self.databases(envelope, pointer)
            || self.refusal(envelope, pointer);
        if known {
            self.batch.format = FileFormat::RedisCloud;
        }
        known
    }

    /// Everything about PrivateLink is answered by a task, which has the answer
    /// when it is done.
    fn task(&mut self, envelope: &Envelope<'de>, pointer: &str) -> bool {
        let (Some(id), Some(command), Some(status)) = (
            find(envelope, "taskId"),
            find(envelope, "commandType"),
            find(envelope, "status"),
        ) else {
            return false;
        };
        let lower = command.to_ascii_lowercase();
        if lower.trim_start_matches("activeactive") != "privatelinkgetrequest" {
            // Scripts, and what became of changes.
            self.batch.ignore(&format!("task of {command}"), 1);
            return true;
        }
        let response = envelope.parts.iter().find(|part| part.key == "response");
        let response = response.map(|part| Peek::object(part.raw));
        let part = |name: &str| {
            let keys = response.as_ref().map(|response| response.keys.iter());
            keys.and_then(|mut keys| keys.find(|(key, _)| key == name))
                .map(|(_, raw)| *raw)
        };
        let about = About {
            subscription: find(envelope, "subscriptionId").or_else(|| {
                let id = response.as_ref()?.scalar("resourceId")?;
                Some(id.into_owned())
            }),
            region: find(envelope, "regionId"),
        };
        let inside = |name: &str| format!("{pointer}/response/{name}");
        match (status.as_str(), part("resource"), part("error")) {
            ("processing-completed", Some(resource), _) => {
                let peek = Peek::object(resource);
                if is_link(|key| peek.has(key)) {
                    self.link_row(resource, &inside("resource"), &about);
                } else if peek.keys.iter().all(|(key, _)| key == "links") {
                    self.none(&inside("resource"), about);
                } else {
                    self.odd_task(&id, "its `resource` is no PrivateLink");
                }
            }
            ("processing-error", _, Some(error)) => {
                let code = Peek::object(error).scalar("type").unwrap_or_default();
                if code == NOT_FOUND {
                    self.none(&inside("error"), about);
                } else {
                    let code = if code.is_empty() {
                        "processing-error".into()
                    } else {
                        code
                    };
                    self.failed(LINKS, CallOutcome::Failed, &code);
                }
            }
            ("initialized" | "received" | "processing-in-progress", ..) => {
                self.odd_task(&id, &format!("it is `{status}`"));
            }
            _ => self.odd_task(&id, &format!("it is `{status}` and has no answer")),
        }
        true
    }

    fn odd_task(&mut self, id: &str, why: &str) {
        self.report(Level::Warning, "task", |_| {
            format!("the task {id} is no answer yet: {why}; nothing in it is read")
        });
        self.batch.issues.help("task", || {
            format!(
                "ask for /tasks/{id} until its status is processing-completed, and keep that answer"
            )
        });
    }

    /// The PrivateLink itself, without a task around it.
    fn link(&mut self, envelope: &Envelope<'de>, raw: &'de str, pointer: &str) -> bool {
        let has = |key: &str| {
            let scalars = envelope.scalars.iter().any(|(name, _)| name == key);
            scalars || envelope.parts.iter().any(|part| part.key == key)
        };
        if !is_link(has) {
            return false;
        }
        let about = About {
            subscription: self.named(),
            region: None,
        };
        self.link_row(raw, pointer, &about);
        true
    }

    /// `{"links": []}` in a file that is named after the call.
    fn no_link(&mut self, envelope: &Envelope<'de>, pointer: &str) -> bool {
        if self.hint != Some((SERVICE, LINKS)) {
            return false;
        }
        let scalars = envelope.scalars.iter();
        let mut scalars = scalars.filter(|(key, _)| key != "subscriptionId" && key != "regionId");
        let empty = scalars.next().is_none()
            && envelope.parts.iter().any(|part| part.key == "links")
            && envelope.parts.iter().all(|part| part.key == "links");
        if !empty {
            return false;
        }
        let about = About {
            subscription: find(envelope, "subscriptionId"),
            region: find(envelope, "regionId"),
        };
        self.none(pointer, about);
        true
    }

    /// The listing of databases: subscriptions, each with its databases.
    fn databases(&mut self, envelope: &Envelope<'de>, pointer: &str) -> bool {
        let part = envelope
            .parts
            .iter()
            .find(|part| part.key == "subscription");
        let (Some(part), Some(_)) = (part, find(envelope, "accountId")) else {
            return false;
        };
        let items: Vec<&'de RawValue> = if part.raw.starts_with('[') {
            serde_json::from_str(part.raw).unwrap_or_default()
        } else {
            serde_json::from_str(part.raw).map_or_else(|_| Vec::new(), |one| vec![one])
        };
        let mut read = false;
        for (position, item) in items.iter().enumerate() {
            let peek = Peek::object(item.get());
            let list = peek.keys.iter().find(|(key, _)| key == "databases");
            if let Some((_, list)) = list {
                let at = if part.raw.starts_with('[') {
                    format!("{pointer}/subscription/{position}/databases")
                } else {
                    format!("{pointer}/subscription/databases")
                };
                let subscription = peek.scalar("subscriptionId");
                self.database_rows(list, at, subscription.as_deref());
                read = true;
            }
        }
        if items.is_empty() {
            // An account without subscriptions was asked all the same.
            let run = self
                .batch
                .open(DATABASES, format!("{pointer}/subscription"), true);
            self.batch.close(run);
            read = true;
        }
        read
    }

    fn database_rows(&mut self, list: &'de str, pointer: String, subscription: Option<&str>) {
        let run = self.batch.open(DATABASES, pointer, true);
        let rows = Rows::of(self, DATABASES, run);
        let mut table = self.batch.take_table(DATABASES.kind);
        let seed = RowsSeed {
            reader: self,
            table: &mut table,
            rows,
        };
        let read = seed.deserialize(&mut serde_json::Deserializer::from_str(list));
        self.batch.put_table(DATABASES.kind, table);
        if read.is_ok() {
            self.batch.close(run);
        }
        self.set(run, DATABASES, "subscriptionId", subscription);
        if let Some(reading) = self.batch.run(run) {
            reading.run.parent = subscription.map(str::to_owned);
        }
    }

    /// A body of HTTP's own errors: `{"status": 404, "error": "Not Found",
    /// "path": "/v1/subscriptions/1/private-link"}`.
    fn refusal(&mut self, envelope: &Envelope<'de>, pointer: &str) -> bool {
        let (Some(status), Some(path), Some(_)) = (
            find(envelope, "status").and_then(|status| status.parse::<u32>().ok()),
            find(envelope, "path"),
            find(envelope, "error"),
        ) else {
            return false;
        };
        if status < 400 || !path.contains("/subscriptions/") {
            return false;
        }
        let about = About::of_path(&path);
        let link = path.trim_end_matches('/').ends_with("/private-link");
        let outcome = if matches!(status, 401 | 403) {
            CallOutcome::Denied
        } else {
            CallOutcome::Failed
        };
        let code = format!("HTTP {status}");
        if link && status == 404 {
            self.none(pointer, about);
        } else if link {
            self.failed(LINKS, outcome, &code);
        } else if path.contains("/databases") {
            self.failed("GetSubscriptionDatabases", outcome, &code);
        } else {
            self.batch.ignore(&format!("{code} of {path}"), 1);
        }
        true
    }

    fn failed(&mut self, operation: &str, outcome: CallOutcome, code: &str) {
        self.batch.calls.push(Reported {
            file: None,
            parts: 1,
            service: SERVICE.to_owned(),
            operation: operation.to_owned(),
            account: String::new(),
            region: String::new(),
            outcome,
            items: 0,
            asserted: true,
            detail: code.to_owned(),
        });
    }

    /// The answer that a subscription has no PrivateLink: a row that has the
    /// subscription and nothing else.
    fn none(&mut self, pointer: &str, mut about: About) {
        about.subscription = about.subscription.or_else(|| self.named());
        if about.subscription.is_none() {
            self.report(Level::Incomplete, "no subscription", |_| {
                "the answer says that there is no PrivateLink, and not of which subscription"
                    .to_owned()
            });
            return self.batch.issues.help("no subscription", || {
                "write `\"subscriptionId\": …` beside `taskId`, or name the file redis-cloud.GetPrivateLink/<subscription>.json".to_owned()
            });
        }
        self.link_row("{}", pointer, &about);
    }

    /// Reads one PrivateLink; what it does not say itself is filled in.
    fn link_row(&mut self, raw: &'de str, pointer: &str, about: &About) {
        let source = SourceRef {
            kind: Kind::RedisCloudPrivateLink,
            index: 0,
        };
        let run = self.batch.open(source, pointer.to_owned(), false);
        let rows = Rows::of(self, source, run);
        let mut table = self.batch.take_table(source.kind);
        let follows = std::mem::replace(&mut self.id_follows, about.subscription.is_some());
        let seed = RowSeed {
            reader: self,
            table: &mut table,
            rows,
        };
        let read = seed.deserialize(&mut serde_json::Deserializer::from_str(raw));
        self.id_follows = follows;
        self.batch.put_table(source.kind, table);
        if read.is_ok() {
            self.batch.close(run);
        }
        self.set(run, source, "subscriptionId", about.subscription.as_deref());
        self.set(run, source, "regionId", about.region.as_deref());
    }

    /// Fills a field in those rows of a run that lack it.
    fn set(&mut self, run: u32, source: SourceRef, field: &str, value: Option<&str>) {
        let plan = self.catalog.plan_of(self.catalog.kind_plan(source.kind));
        if let (Step::Value(column, form), Some(value)) = (*plan.step(field, false), value) {
            self.fill(run, column, form, Some(value));
        }
    }

    /// The subscription that the file is named after.
    fn named(&self) -> Option<String> {
        let mut names = self.names.iter().filter(|name| name.certain);
        let digits =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        names
            .find(|name| digits(&name.name))
            .map(|name| name.name.clone())
    }
}

const DATABASES: SourceRef = SourceRef {
    kind: Kind::RedisCloudDatabase,
    index: 0,
};

/// Whether it is an answer that has to be read by itself, also in an array.
pub(super) fn is_answer(peek: &Peek<'_>) -> bool {
    is_link(|key| peek.has(key))
}

fn is_link(has: impl Fn(&str) -> bool) -> bool {
    LINK.iter().filter(|key| has(key)).count() >= 3
}
