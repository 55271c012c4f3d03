//! What may be asked of Redis Cloud, where, and what an answer means for the next
//! step.
//!
//! Texts, numbers and JSON only. Must not send anything and must not know keys:
//! whoever sends asks here first whether the path is one of the few that only read.

use std::time::Duration;

use serde_json::Value;

/// Where the API is, unless somebody says otherwise.
/// <https://redis.io/docs/latest/operate/rc/api/>
pub const BASE: &str = "https://api.redislabs.com/v1";
/// The variables that the vendor's own Terraform provider and Go client read.
/// <https://registry.terraform.io/providers/RedisLabs/rediscloud/latest/docs>
pub const ACCESS_KEY: &str = "REDISCLOUD_ACCESS_KEY";
/// The second of the two keys.
pub const SECRET_KEY: &str = "REDISCLOUD_SECRET_KEY";
/// The variable for another address.
pub const URL: &str = "REDISCLOUD_URL";
/// Databases of one page.
pub const PAGE: u64 = 100;

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The subscription.
    pub subscription: u64,
    /// The region of an Active-Active subscription.
    pub region: Option<u64>,
}

impl Subject {
    /// The path of the question about the `PrivateLink`.
    pub fn link(&self) -> String {
        let Self {
            subscription,
            region,
        } = self;
        match region {
            Some(region) => format!("/subscriptions/{subscription}/regions/{region}/private-link"),
            None => format!("/subscriptions/{subscription}/private-link"),
        }
    }

    /// The path of a page of databases.
    pub fn databases(&self, offset: u64) -> String {
        let subscription = self.subscription;
        format!("/subscriptions/{subscription}/databases?offset={offset}&limit={PAGE}")
    }

    /// The name of files about it.
    pub fn name(&self) -> String {
        match self.region {
            Some(region) => format!("{}-{region}", self.subscription),
            None => self.subscription.to_string(),
        }
    }
}

/// The path of a task; `None` if the id is none.
pub fn task(id: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let good = !id.is_empty() && id.len() <= 64 && id.bytes().all(fits);
    good.then(|| format!("/tasks/{id}"))
}

/// Whether a path is one that is asked: all others are refused, whatever asks.
pub fn is_allowed(path: &str) -> bool {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let number = |text: &str| {
        !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["", "tasks", id] => query.is_empty() && task(id).is_some(),
        ["", "subscriptions", of, "private-link"] => query.is_empty() && number(of),
        ["", "subscriptions", of, "regions", region, "private-link"] => {
            query.is_empty() && number(of) && number(region)
        }
        ["", "subscriptions", of, "databases"] => {
            let known = |part: &str| {
                let value = part
                    .strip_prefix("offset=")
                    .or_else(|| part.strip_prefix("limit="));
                value.is_some_and(number)
            };
            number(of) && query.split('&').all(known)
        }
        _ => false,
    }
}

/// Checks an address of the API: https, or http to this machine, which only tests
/// have. Gives it without a slash at the end.
pub fn base(text: &str) -> Result<String, String> {
    let plain = text.trim_end_matches('/');
    let odd = |char: char| char.is_whitespace() || char.is_control() || "?#@\\".contains(char);
    if plain.contains(odd) {
        return Err("expected an address without user, query and spaces".to_owned());
    }
    let host = |rest: &str| rest.split('/').next().unwrap_or_default().to_owned();
    if let Some(rest) = plain.strip_prefix("https://") {
        if host(rest).is_empty() {
            return Err(format!("expected a host, such as {BASE}"));
        }
        return Ok(plain.to_owned());
    }
    let Some(rest) = plain.strip_prefix("http://") else {
        return Err(format!("expected https://…, such as {BASE}"));
    };
    let host = host(rest);
    let name = match host.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    if matches!(name, "127.0.0.1" | "localhost" | "::1") {
        Ok(plain.to_owned())
    } else {
        Err("keys are not sent over http: expected https://…".to_owned())
    }
}

/// One answer, or why there is none.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// HTTP status; 0 if nothing came.
    pub status: u16,
    /// The type of the body, in lower case.
    pub content_type: String,
    /// Seconds that the server wants to be left alone.
    pub retry_after: Option<u64>,
    /// The server's clock, as it wrote it.
    pub server_date: String,
    /// The server's number for the request.
    pub request_id: String,
    /// The body.
    pub body: Vec<u8>,
    /// A word for what went wrong before a status came: `Timeout`.
    pub trouble: &'static str,
    /// When it was asked, RFC 3339.
    pub started: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    fn is_html(&self) -> bool {
        self.content_type.starts_with("text/html") || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Whether asking again may help.
    pub fn is_passing(&self) -> bool {
        matches!(self.status, 429 | 500 | 502 | 503 | 504)
            || (self.status == 0 && !matches!(self.trouble, "Refused" | "TooLarge"))
    }

    /// How long to wait before the attempt after this one, the first of which is 1.
    pub fn pause(&self, attempt: u32) -> Duration {
        let own = 1_u64 << attempt.saturating_sub(1).min(5);
        Duration::from_secs(self.retry_after.unwrap_or(own).clamp(1, 60))
    }

    /// A code for what is wrong, if anything is.
    pub fn code(&self) -> Option<String> {
        match self.status {
            0 => Some(self.trouble.to_owned()),
            200..=299 if self.json().is_some() => None,
            200..=299 if self.is_html() => Some("NotFromRedisCloud".to_owned()),
            200..=299 => Some("UnreadableAnswer".to_owned()),
            300..=399 => Some(format!(
                "HTTP {} (a redirection is not followed)",
                self.status
            )),
            status => Some(format!("HTTP {status}")),
        }
    }

    /// What the server says is wrong, in its words.
    pub fn words(&self) -> String {
        if self.is_html() {
            return "the answer is a page of HTML, as a proxy or a portal gives it".to_owned();
        }
        let body = self.json().unwrap_or_default();
        let known = ["description", "message", "error"];
        let word = known.iter().find_map(|key| body.get(key)?.as_str());
        word.unwrap_or_default().to_owned()
    }

    /// What a person may do about it.
    pub fn advice(status: u16, code: &str) -> &'static str {
        match status {
            401 => {
                "the keys are not taken: look at REDISCLOUD_ACCESS_KEY (the account key) and REDISCLOUD_SECRET_KEY (a user key), and whether the API is enabled for the account"
            }
            403 => {
                "the keys may not do that: the user key needs the role Viewer or more, and its list of allowed addresses must hold this machine's"
            }
            404 => {
                "look at the number of the subscription, and whether the keys are of its account; --region-id is for Active-Active subscriptions only"
            }
            429 => {
                "Redis Cloud asks for fewer requests (400 a minute for an account): try again later"
            }
            500.. => "Redis Cloud could not answer: try again later",
            _ if code == "Timeout" => {
                "nothing came in time: give --timeout more seconds, or look at proxies and firewalls"
            }
            _ if code == "ConnectionFailed" => {
                "the host could not be reached: look at names, proxies and firewalls"
            }
            _ if code == "NotFromRedisCloud" => {
                "something between here and Redis Cloud answered: look at proxies and at the address of the API"
            }
            _ if code == "TaskNotFinished" => {
                "the task took too long: try again, or give --task-timeout more seconds"
            }
            _ => "",
        }
    }
}

/// What a task says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The body is the answer, or a task that has ended.
    Done,
    /// Ask for this path again.
    Wait(String),
    /// It ended with an error of this code.
    Failed(String),
}

/// What to do after an answer about a `PrivateLink` or a task.
pub fn step(body: &Value) -> Step {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("taskId").is_empty() {
        return Step::Done;
    }
    match text("status") {
        "processing-completed" => Step::Done,
        "processing-error" => {
            let error = body.pointer("/response/error");
            let code = error.and_then(|error| error.get("type")?.as_str());
            match code {
                Some(super::NOT_FOUND) => Step::Done,
                code => Step::Failed(code.unwrap_or("processing-error").to_owned()),
            }
        }
        _ => {
            task(text("taskId")).map_or(Step::Failed("a task without an id".to_owned()), Step::Wait)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_paths_that_read_are_allowed() {
        let subject = Subject {
            subscription: 48_213,
            region: Some(1),
        };
        let plain = Subject {
            region: None,
            ..subject
        };
        for path in [subject.link(), plain.link(), plain.databases(100)] {
            assert!(is_allowed(&path), "{path}");
        }
        assert!(is_allowed("/tasks/502fc31f-fd44-4cb0-a429-07882309a971"));
        for path in [
            "",
            "/",
            "/tasks/",
            "/tasks/../users",
            "/tasks/a?b",
            "/subscriptions/1",
            "/subscriptions/1/private-link/principals",
            "/subscriptions/1/private-link/connections/disassociate",
            "/subscriptions/x/databases",
            "/subscriptions/1/databases?offset=1&limit=2&x=3",
            "/subscriptions/1/databases/2",
            "/cloud-accounts",
        ] {
            assert!(!is_allowed(path), "{path}");
        }
    }

    #[test]
    fn keys_are_sent_over_https_or_to_this_machine() {
        assert_eq!(base("https://api.redislabs.com/v1/").unwrap(), BASE);
        for good in [
            "http://127.0.0.1:8080/v1",
            "http://localhost:1",
            "http://[::1]:9/v1",
        ] {
            assert_eq!(base(good).unwrap(), good);
        }
        for bad in [
            "",
            "api.redislabs.com",
            "ftp://x",
            "https://",
            "http://example.com/v1",
            "http://127.0.0.1.example.com",
            "http://localhost@evil.example",
            "https://x y",
            "https://x/?a",
        ] {
            assert!(base(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tasks_tell_what_to_do_next() {
        assert_eq!(step(&json!({"status": "active"})), Step::Done);
        let task = |status: &str| json!({"taskId": "a-1", "status": status});
        assert_eq!(step(&task("received")), Step::Wait("/tasks/a-1".to_owned()));
        assert_eq!(step(&task("processing-completed")), Step::Done);
        let gone = json!({"taskId": "a", "status": "processing-error", "response": {"error": {"type": "PRIVATELINK_SERVICE_NOT_FOUND"}}});
        assert_eq!(step(&gone), Step::Done);
        let other = json!({"taskId": "a", "status": "processing-error", "response": {"error": {"type": "FORBIDDEN"}}});
        assert_eq!(step(&other), Step::Failed("FORBIDDEN".to_owned()));
        let odd = json!({"taskId": "../x", "status": "received"});
        assert!(matches!(step(&odd), Step::Failed(_)));
    }

    #[test]
    fn answers_say_what_is_wrong_and_when_to_ask_again() {
        let answer = |status: u16, kind: &str, body: &str| Answer {
            status,
            content_type: kind.to_owned(),
            body: body.as_bytes().to_vec(),
            ..Answer::default()
        };
        assert_eq!(answer(200, "application/json", "{}").code(), None);
        let html = answer(200, "text/html", "<html>");
        assert_eq!(html.code().unwrap(), "NotFromRedisCloud");
        assert!(!html.is_passing());
        assert_eq!(answer(200, "", "{").code().unwrap(), "UnreadableAnswer");
        assert!(answer(503, "text/html", "<p>").is_passing());
        let busy = Answer {
            retry_after: Some(7),
            ..answer(429, "", "")
        };
        assert_eq!(busy.pause(1).as_secs(), 7);
        assert_eq!(answer(500, "", "").pause(3).as_secs(), 4);
        let long = Answer {
            retry_after: Some(86_400),
            ..answer(429, "", "")
        };
        assert_eq!(long.pause(1).as_secs(), 60);
        assert!(answer(401, "", r#"{"message": "no"}"#).words() == "no");
    }
}
