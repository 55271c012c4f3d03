//! Asks Redis Cloud about one subscription and writes the answers down.
//!
//! Decides what is asked next, how often, and what an answer is worth; sending and
//! waiting is the business of whoever implements [`Ask`], so that all of this is
//! tested without a network. Must not read the clock, and never sees a key.

use std::time::Duration;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::ask::{Answer, PAGE, Step, Subject, step};
use crate::collect::failure::is_denied;
use crate::collect::folder::{Draft, Error, Redaction, Tool, Writer, secrets};
use crate::collect::load::hex;
use crate::collect::outcome::Outcome;

/// Sends and waits.
pub trait Ask {
    /// One GET of a path below the address of the API.
    fn get(&mut self, path: &str) -> Answer;
    /// Waits.
    fn pause(&mut self, time: Duration);
    /// The host that is asked, for the ledger.
    fn host(&self) -> String;
    /// Whether somebody wants to stop.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Bounds.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Attempts at each request.
    pub attempts: u32,
    /// How long a task is waited for.
    pub task: Duration,
    /// Pages of databases.
    pub pages: u64,
}

/// A call that has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The call.
    pub operation: &'static str,
    /// HTTP status, 0 if none came.
    pub status: u16,
    /// What is wrong, as a code.
    pub code: String,
    /// What is wrong, in the server's words.
    pub words: String,
}

/// How it went.
#[derive(Debug, Default)]
pub struct Gathered {
    /// What is missing.
    pub missing: Vec<Missing>,
    /// Databases that were listed.
    pub databases: u64,
    /// Files that were written, books aside.
    pub files: u64,
    /// Secrets that were taken out.
    pub redacted: u64,
}

const SERVICE: &str = super::SERVICE;
const LINKS: &str = super::LINKS;
const DATABASES: &str = "GetSubscriptionDatabases";

/// Asks all there is to ask, and seals the snapshot.
pub fn gather(
    ask: &mut dyn Ask,
    subject: Subject,
    limits: Limits,
    writer: &Writer,
    created: &str,
) -> Result<Gathered, Error> {
    let mut run = Run {
        ask,
        subject,
        limits,
        writer,
        lines: Vec::new(),
        redactions: Vec::new(),
        gathered: Gathered::default(),
    };
    let seen = run.databases()?;
    run.link(seen)?;
    let Run {
        lines,
        redactions,
        mut gathered,
        ..
    } = run;
    gathered.redacted = redactions.iter().map(|one| one.count).sum();
    writer.seal(&Draft {
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        created: created.to_owned(),
        complete: gathered.missing.is_empty(),
        regions: vec!["global".to_owned()],
        redactions,
        ledger: lines,
        ..Draft::default()
    })?;
    Ok(gathered)
}

struct Run<'a> {
    ask: &'a mut dyn Ask,
    subject: Subject,
    limits: Limits,
    writer: &'a Writer,
    lines: Vec<String>,
    redactions: Vec<Redaction>,
    gathered: Gathered,
}

impl Run<'_> {
    /// Lists the databases; whether Redis Cloud knows the subscription.
    fn databases(&mut self) -> Result<bool, Error> {
        let mut offset = 0;
        for page in 1..=self.limits.pages {
            let path = self.subject.databases(offset);
            let answer = self.patiently(DATABASES, page, &path)?;
            // Beyond the last page there is nothing to be found.
            if answer.status == 404 && page > 1 {
                return self.end(DATABASES, page, &answer).map(|()| true);
            }
            let (None, Some(body)) = (answer.code(), answer.json()) else {
                self.fail(DATABASES, page, &answer, None)?;
                return Ok(answer.status != 404);
            };
            let items = count(&body);
            let more = items >= PAGE;
            if more && page == self.limits.pages {
                self.fail(DATABASES, page, &answer, Some("TooManyPages"))?;
                return Ok(true);
            }
            self.keep(DATABASES, page, &answer, body, items, more)?;
            self.gathered.databases += items;
            if !more {
                return Ok(true);
            }
            offset += PAGE;
        }
        Ok(true)
    }

    /// Asks for the `PrivateLink`, and waits for the task that has it.
    fn link(&mut self, subscription_exists: bool) -> Result<(), Error> {
        let mut path = self.subject.link();
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_secs(1);
        loop {
            let answer = self.patiently(LINKS, 1, &path)?;
            let body = answer.json();
            let Some(body) = body.filter(|body| body.is_object()) else {
                return self.fail(LINKS, 1, &answer, None);
            };
            if answer.code().is_some() {
                // It says that there is none, if there is such a subscription.
                let none = answer.status == 404 && subscription_exists;
                let asked = body.get("path").is_some() && !path.starts_with("/tasks/");
                if none && asked {
                    return self.keep(LINKS, 1, &answer, body, 0, false);
                }
                return self.fail(LINKS, 1, &answer, None);
            }
            match step(&body) {
                Step::Done => return self.keep(LINKS, 1, &answer, body, 1, false),
                Step::Failed(code) => return self.fail(LINKS, 1, &answer, Some(&code)),
                Step::Wait(_) if waited >= self.limits.task || self.ask.is_stopped() => {
                    return self.fail(LINKS, 1, &answer, Some("TaskNotFinished"));
                }
                Step::Wait(next) => {
                    path = next;
                    self.ask.pause(pause);
                    waited += pause;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    /// Asks until there is an answer that will not change by asking again.
    fn patiently(&mut self, operation: &str, page: u64, path: &str) -> Result<Answer, Error> {
        for attempt in 1..self.limits.attempts {
            let answer = self.ask.get(path);
            if !answer.is_passing() || self.ask.is_stopped() {
                return Ok(answer);
            }
            let mut line = self.line(operation, page, &answer);
            line.insert("attempt".into(), attempt.into());
            line.insert("error_code".into(), json!(answer.code()));
            self.write(line, Outcome::Retried)?;
            self.ask.pause(answer.pause(attempt));
        }
        Ok(self.ask.get(path))
    }

    fn keep(
        &mut self,
        operation: &'static str,
        page: u64,
        answer: &Answer,
        body: Value,
        items: u64,
        more: bool,
    ) -> Result<(), Error> {
        let name = self.subject.name();
        let file = match operation {
            LINKS => format!("redis-cloud/{SERVICE}.{operation}/{name}.json"),
            _ => format!("redis-cloud/{SERVICE}.{operation}/{name}_{page}.json"),
        };
        let mut body = self.with_subject(operation, body);
        let removed = secrets::remove(&mut body, SERVICE, operation);
        self.redactions
            .extend(removed.iter().map(|one| one.in_file(&file)));
        self.writer.put_section(&file, &body)?;
        self.gathered.files += 1;
        let mut line = self.line(operation, page, answer);
        line.insert("items".into(), items.into());
        line.insert("file".into(), file.into());
        let outcome = if more {
            Outcome::More
        } else {
            Outcome::Complete
        };
        self.write(line, outcome)
    }

    /// A task does not repeat what it was asked about.
    fn with_subject(&self, operation: &str, body: Value) -> Value {
        let Value::Object(mut body) = body else {
            return body;
        };
        if operation == LINKS {
            let subscription = self.subject.subscription.into();
            body.entry("subscriptionId").or_insert(subscription);
            if let Some(region) = self.subject.region {
                body.entry("regionId").or_insert(region.into());
            }
        }
        Value::Object(body)
    }

    /// A page that is not there because the one before was the last.
    fn end(&mut self, operation: &'static str, page: u64, answer: &Answer) -> Result<(), Error> {
        let mut line = self.line(operation, page, answer);
        line.insert("items".into(), 0.into());
        self.write(line, Outcome::Complete)
    }

    fn fail(
        &mut self,
        operation: &'static str,
        page: u64,
        answer: &Answer,
        code: Option<&str>,
    ) -> Result<(), Error> {
        let own = answer.code().unwrap_or_else(|| "NoAnswer".to_owned());
        let code = code.map_or(own, str::to_owned);
        let words: String = answer.words().chars().take(500).collect();
        let mut line = self.line(operation, page, answer);
        line.insert("error_code".into(), code.as_str().into());
        if !words.is_empty() {
            line.insert("error_message".into(), words.as_str().into());
        }
        line.insert("items".into(), 0.into());
        let outcome = if is_denied(&code) {
            Outcome::Denied
        } else if self.ask.is_stopped() {
            Outcome::Interrupted
        } else {
            Outcome::Failed
        };
        self.gathered.missing.push(Missing {
            operation,
            status: answer.status,
            code,
            words,
        });
        self.write(line, outcome)
    }

    fn line(&self, operation: &str, page: u64, answer: &Answer) -> Map<String, Value> {
        let mut params = Map::new();
        params.insert("subscriptionId".into(), self.subject.subscription.into());
        if let Some(region) = self.subject.region.filter(|_| operation == LINKS) {
            params.insert("regionId".into(), region.into());
        }
        let text = |text: &str| match text {
            "" => Value::Null,
            text => text.into(),
        };
        let mut line = Map::new();
        line.insert("service".into(), SERVICE.into());
        line.insert("operation".into(), operation.into());
        line.insert("region".into(), "global".into());
        line.insert("parent".into(), self.subject.name().into());
        line.insert("params".into(), Value::Object(params));
        line.insert("page".into(), page.into());
        line.insert("started".into(), text(&answer.started));
        line.insert("endpoint_host".into(), self.ask.host().into());
        line.insert(
            "http_status".into(),
            json!((answer.status > 0).then_some(answer.status)),
        );
        line.insert("request_id".into(), text(&answer.request_id));
        line.insert("server_date".into(), text(&answer.server_date));
        if answer.status > 0 {
            line.insert("raw_bytes".into(), answer.body.len().into());
            let digest = hex(&Sha256::digest(&answer.body));
            line.insert("raw_sha256".into(), digest.into());
        }
        line
    }

    fn write(&mut self, mut line: Map<String, Value>, outcome: Outcome) -> Result<(), Error> {
        line.insert("outcome".into(), outcome.word().into());
        line.insert("has_more".into(), (outcome == Outcome::More).into());
        let line = Value::Object(line).to_string();
        self.writer.append_ledger(&line)?;
        self.lines.push(line);
        Ok(())
    }
}

/// Databases of a page.
fn count(body: &Value) -> u64 {
    let subscriptions = match body.get("subscription") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let databases = subscriptions
        .iter()
        .filter_map(|of| of.get("databases")?.as_array());
    databases.map(|list| list.len() as u64).sum()
}
