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
            let Some(body) = body.filter(Value::is_object) else {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::folder::Existing;
    use crate::snapshot::record::Kind;

    /// Gives prepared answers, in order, by the beginning of the path.
    struct Script {
        answers: Vec<(&'static str, u16, String)>,
        asked: Vec<String>,
        waited: Duration,
    }

    impl Ask for Script {
        fn get(&mut self, path: &str) -> Answer {
            self.asked.push(path.to_owned());
            let next = self.answers.iter().position(|(of, ..)| path.contains(of));
            let (_, status, body) = match next {
                Some(at) if self.answers[at].1 == 299 => self.answers[at].clone(),
                Some(at) => self.answers.remove(at),
                None => ("", 0, String::new()),
            };
            Answer {
                status,
                body: body.into_bytes(),
                trouble: "ConnectionFailed",
                ..Answer::default()
            }
        }

        fn pause(&mut self, time: Duration) {
            self.waited += time;
        }

        fn host(&self) -> String {
            "127.0.0.1".to_owned()
        }
    }

    struct Done {
        gathered: Gathered,
        script: Script,
        folder: tempfile::TempDir,
    }

    impl Done {
        #[expect(clippy::disallowed_methods, reason = "a test reads what was written")]
        fn file(&self, name: &str) -> String {
            std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
        }

        fn outcomes(&self) -> Vec<String> {
            let ledger = self.file("ledger.jsonl");
            let lines = ledger
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap());
            lines
                .map(|line| {
                    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
                    format!(
                        "{} {} {} {}",
                        text("operation"),
                        line["page"],
                        text("outcome"),
                        text("error_code")
                    )
                    .trim_end()
                    .to_owned()
                })
                .collect()
        }
    }

    fn run(answers: Vec<(&'static str, u16, String)>) -> Done {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer::create(folder.path(), Existing::Refuse).unwrap();
        let mut script = Script {
            answers,
            asked: Vec::new(),
            waited: Duration::ZERO,
        };
        let subject = Subject {
            subscription: 48_213,
            region: None,
        };
        let limits = Limits {
            attempts: 3,
            task: Duration::from_secs(10),
            pages: 3,
        };
        let created = "2026-11-20T08:00:00Z";
        let gathered = gather(&mut script, subject, limits, &writer, created).unwrap();
        Done {
            gathered,
            script,
            folder,
        }
    }

    fn page(first: u64, databases: u64) -> String {
        let databases = first..first + databases;
        let list =
            databases.map(|id| json!({"databaseId": id, "security": {"password": "hunter2"}}));
        let list: Vec<Value> = list.collect();
        json!({"accountId": 1, "subscription": [{"subscriptionId": 48213, "databases": list}]})
            .to_string()
    }

    fn task(status: &str, response: &Value) -> String {
        json!({"taskId": "a-1", "commandType": "privateLinkGetRequest", "status": status, "response": response})
            .to_string()
    }

    fn done() -> String {
        let link = json!({"status": "active", "subscriptionId": 48213, "principals": [], "connections": [], "databases": [], "shareArn": "x"});
        task("processing-completed", &json!({"resource": link}))
    }

    #[test]
    fn pages_are_asked_for_until_the_last_one_and_tasks_until_they_are_done() {
        let run = run(vec![
            ("offset=0", 200, page(0, 100)),
            ("offset=100", 200, page(100, 3)),
            ("private-link", 202, task("received", &Value::Null)),
            (
                "tasks/a-1",
                200,
                task("processing-in-progress", &Value::Null),
            ),
            ("tasks/a-1", 200, done()),
        ]);
        assert_eq!(run.gathered.missing, []);
        assert_eq!((run.gathered.databases, run.gathered.files), (103, 3));
        assert_eq!(run.gathered.redacted, 103);
        assert_eq!(
            run.outcomes(),
            [
                "GetPrivateLink 1 complete",
                "GetSubscriptionDatabases 1 more",
                "GetSubscriptionDatabases 2 complete"
            ]
        );
        let link = run.file("redis-cloud/redis-cloud.GetPrivateLink/48213.json");
        assert!(link.contains("\"subscriptionId\": 48213"), "{link}");
        let databases = run.file("redis-cloud/redis-cloud.GetSubscriptionDatabases/48213_1.json");
        assert!(databases.contains("(redacted)") && !databases.contains("hunter2"));
        assert!(run.file("manifest.json").contains("\"complete\": true"));
        for path in &run.script.asked {
            assert!(super::super::ask::is_allowed(path), "{path}");
        }
        // What was written is what the reader knows, and no secret with it.
        let all = crate::collect::read(
            &[run.folder.path().to_owned()],
            &crate::collect::Options::default(),
            &(),
        )
        .unwrap();
        assert!(all.problems.is_empty(), "{:?}", all.problems);
        assert_eq!(all.snapshot.table(Kind::RedisCloudDatabase).rows(), 103);
        assert_eq!(all.snapshot.table(Kind::RedisCloudPrivateLink).rows(), 1);
    }

    #[test]
    fn a_page_beyond_the_last_one_is_no_failure() {
        let run = run(vec![
            ("offset=0", 200, page(0, 100)),
            ("offset=100", 404, "{}".to_owned()),
            ("private-link", 200, done()),
        ]);
        assert_eq!(run.gathered.missing, []);
        assert_eq!(run.gathered.databases, 100);
    }

    #[test]
    fn not_found_means_none_only_for_a_subscription_that_exists() {
        let none = r#"{"status": 404, "error": "Not Found", "path": "/v1/subscriptions/48213/private-link"}"#;
        let known = run(vec![
            ("databases", 200, page(0, 1)),
            ("private-link", 404, none.to_owned()),
        ]);
        assert_eq!(known.gathered.missing, []);
        let unknown = run(vec![
            ("databases", 404, "{}".to_owned()),
            ("private-link", 404, none.to_owned()),
        ]);
        assert_eq!(unknown.gathered.missing.len(), 2);
        assert!(
            unknown
                .file("manifest.json")
                .contains("\"complete\": false")
        );
    }

    #[test]
    fn what_passes_is_asked_again_and_what_does_not_is_not() {
        let busy = run(vec![
            ("databases", 429, String::new()),
            ("databases", 503, "<html>".to_owned()),
            ("databases", 200, page(0, 0)),
            ("private-link", 200, done()),
        ]);
        assert_eq!(busy.gathered.missing, []);
        assert_eq!(busy.script.waited.as_secs(), 3);
        assert_eq!(busy.outcomes().len(), 4);
        for (status, code, outcome) in [
            (401, "HTTP 401", "denied"),
            (403, "HTTP 403", "denied"),
            (400, "HTTP 400", "failed"),
            (302, "HTTP 302 (a redirection is not followed)", "failed"),
        ] {
            let run = run(vec![
                ("databases", status, "{}".to_owned()),
                ("private-link", 200, done()),
            ]);
            assert_eq!(run.gathered.missing[0].code, code);
            assert_eq!(run.script.asked.len(), 2, "{status}");
            let line = format!("GetSubscriptionDatabases 1 {outcome} {code}");
            assert!(run.outcomes().contains(&line), "{:?}", run.outcomes());
        }
    }

    #[test]
    fn nothing_is_asked_for_ever() {
        let dead = run(Vec::new());
        assert_eq!(dead.gathered.missing.len(), 2);
        assert_eq!(dead.script.asked.len(), 6);
        // 299: the same answer every time.
        let slow = run(vec![
            ("databases", 200, page(0, 0)),
            ("private-link", 202, task("received", &Value::Null)),
            ("tasks/a-1", 299, task("received", &Value::Null)),
        ]);
        assert_eq!(slow.gathered.missing[0].code, "TaskNotFinished");
        assert!(slow.script.waited < Duration::from_secs(20));
        let endless = run(vec![
            ("databases", 299, page(0, 100)),
            ("private-link", 200, done()),
        ]);
        assert_eq!(endless.gathered.missing[0].code, "TooManyPages");
        let html = run(vec![
            ("databases", 200, "<html>".to_owned()),
            ("private-link", 200, "<html>".to_owned()),
        ]);
        assert_eq!(html.gathered.missing[0].code, "NotFromRedisCloud");
    }
}
