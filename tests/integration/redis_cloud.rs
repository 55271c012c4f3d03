//! `plaudit collect redis-cloud` without the feature `live`: what it says, and the
//! script, which is run against a small server on the loopback address. And the
//! vendor's own sample answers, if they lie beside the repository.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use crate::program::{plaudit, root};

const ACCESS: &str = "A3accesskey";
const SECRET: &str = "S2secretkey";

/// Answers of one path, by what the path contains: status, headers, body.
type Answers = Vec<(&'static str, u16, &'static str, String)>;

/// A server that gives prepared answers in order; the last one of a path stays.
struct Stub {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Stub {
    fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (heard, ended) = (asked.clone(), stop.clone());
        thread::spawn(move || {
            let mut answers = answers;
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                if let Ok(stream) = stream {
                    serve(stream, &mut answers, &heard);
                }
            }
        });
        Self { port, asked, stop }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // The last connection wakes the server up.
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(mut stream: TcpStream, answers: &mut Answers, heard: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let at = answers.iter().position(|(of, ..)| path.contains(of));
    let (_, status, headers, body) = match at {
        Some(at) if answers.iter().filter(|one| path.contains(one.0)).count() > 1 => {
            answers.remove(at)
        }
        Some(at) => answers[at].clone(),
        None => ("", 404, "", "{}".to_owned()),
    };
    heard.lock().unwrap().push(request);
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
    let _sent = stream.write_all(answer.as_bytes());
}

fn script(extra: &[&str]) -> String {
    let args = [
        "collect",
        "redis-cloud",
        "--subscription",
        "48213",
        "--script",
    ];
    let run = plaudit(args).args(extra).run();
    assert_eq!(run.code, 0, "{}", run.err);
    String::from_utf8(run.out).unwrap()
}

/// Whether the programs are here that the script needs.
fn tools() -> bool {
    let here = |name: &str| Command::new(name).arg("--version").output().is_ok();
    let all = here("sh") || Path::new("/bin/sh").exists();
    let all = all && here("curl") && here("jq");
    if !all {
        println!("skipped: the script needs sh, curl and jq, and one is not here");
    }
    all
}

/// Runs the script; gives its exit code, what it said, and its folder.
fn run(stub: &Stub, extra: &[&str]) -> (i32, String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("collect.sh");
    fs::write(&file, script(extra)).unwrap();
    let output = Command::new("sh")
        .arg(&file)
        .arg(folder.path().join("out"))
        .env("REDISCLOUD_ACCESS_KEY", ACCESS)
        .env("REDISCLOUD_SECRET_KEY", SECRET)
        .env(
            "REDISCLOUD_URL",
            format!("http://127.0.0.1:{}/v1", stub.port),
        )
        .env("no_proxy", "127.0.0.1")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(!said.contains(ACCESS) && !said.contains(SECRET), "{said}");
    (output.status.code().unwrap(), said, folder)
}

fn page(first: u64, count: u64) -> String {
    let list: Vec<Value> = (first..first + count)
        .map(|id| json!({"databaseId": id, "name": "a", "security": {"password": "hunter2 \" x"}}))
        .collect();
    json!({"accountId": 1, "subscription": [{"subscriptionId": 48213, "databases": list}]})
        .to_string()
}

fn task(status: &str, response: &Value) -> String {
    json!({"taskId": "a-1", "commandType": "privateLinkGetRequest", "status": status, "response": response})
        .to_string()
}

fn done() -> String {
    let link = json!({"status": "active", "subscriptionId": 48213, "shareArn": "x", "principals": [], "connections": [], "databases": []});
    task("processing-completed", &json!({"resource": link}))
}

#[test]
fn without_the_feature_it_says_how_to_get_it() {
    let args = [
        "collect",
        "redis-cloud",
        "--subscription",
        "7",
        "--region-id",
        "2",
        "-o",
        "x",
    ];
    let run = plaudit(args).run();
    if run.err.contains("REDISCLOUD_ACCESS_KEY") {
        println!("skipped: this program has the feature `live`");
        return;
    }
    assert_eq!(run.code, 2);
    assert!(run.err.contains("--features live"), "{}", run.err);
    assert!(
        run.err.contains("--subscription 7 --region-id 2 --script"),
        "{}",
        run.err
    );
}

#[test]
fn flags_that_are_wrong_are_refused() {
    for (args, words) in [
        (&["--subscription", "x", "--script"][..], "invalid"),
        (&["--subscription", "0", "--script"], "0"),
        (&["--script"], "--subscription"),
        (&["--subscription", "1"], "--out"),
        (
            &[
                "--subscription",
                "1",
                "--script",
                "--api-url",
                "http://example.com",
            ],
            "https",
        ),
    ] {
        let run = plaudit(["collect", "redis-cloud"]).args(args).run();
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.err.contains(words), "{args:?}: {}", run.err);
    }
}

#[test]
fn the_script_makes_a_snapshot_that_is_whole_and_keeps_no_secret() {
    if !tools() {
        return;
    }
    let stub = Stub::start(vec![
        ("offset=0", 200, "", page(0, 100)),
        ("offset=100", 429, "retry-after: 1\r\n", String::new()),
        ("offset=100", 200, "", page(100, 2)),
        ("private-link", 202, "", task("received", &Value::Null)),
        (
            "tasks/a-1",
            200,
            "",
            task("processing-in-progress", &Value::Null),
        ),
        ("tasks/a-1", 200, "", done()),
    ]);
    let (code, said, folder) = run(&stub, &[]);
    assert_eq!(code, 0, "{said}");
    let out = folder.path().join("out");
    let verified = plaudit(["snapshot", "verify"]).arg(&out).run();
    assert_eq!(verified.code, 0, "{}", verified.err);
    for request in stub.asked() {
        assert!(request.starts_with("GET /v1/"), "{request}");
        assert!(
            request.contains(&format!("x-api-key: {ACCESS}")),
            "{request}"
        );
    }
    for file in crate::samples::files(&out) {
        let text = fs::read_to_string(out.join(&file)).unwrap();
        for secret in [ACCESS, SECRET, "hunter2"] {
            assert!(!text.contains(secret), "{}", file.display());
        }
    }
    let report = plaudit(["audit", "--no-config", "-f", "json"])
        .arg(&out)
        .run();
    let report = report.json();
    let calls: Vec<(&str, &str, u64)> = report["coverage"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|call| call["service"] == "redis-cloud")
        .map(|call| {
            (
                call["operation"].as_str().unwrap(),
                call["outcome"].as_str().unwrap(),
                call["items"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        calls,
        [
            ("GetPrivateLink", "complete", 1),
            ("GetSubscriptionDatabases", "complete", 102)
        ]
    );
}

#[test]
fn the_script_says_what_is_missing() {
    if !tools() {
        return;
    }
    let stub = Stub::start(vec![
        ("databases", 403, "", r#"{"message": "no"}"#.to_owned()),
        ("private-link", 200, "", "<html>".to_owned()),
    ]);
    let (code, said, folder) = run(&stub, &["--region-id", "2"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("HTTP 403"), "{said}");
    let ledger = fs::read_to_string(folder.path().join("out/ledger.jsonl")).unwrap();
    assert!(ledger.contains("\"outcome\":\"denied\""), "{ledger}");
    assert!(
        stub.asked()
            .iter()
            .any(|request| request.contains("/subscriptions/48213/regions/2/private-link"))
    );
}

/// What each of the vendor's sample bodies is: read, none, no answer yet, or known
/// and not read; by the number that its name begins with.
const SAMPLES: &[(&str, &str)] = &[
    ("01 03 06 08 10 13", "no answer yet"),
    ("02 09", "link"),
    ("05 07 12 14 19 22", "none"),
    ("04 11", "not of which subscription"),
    ("15 16 17 18 20 21 23 24", "ignored"),
];

#[test]
fn every_sample_of_the_vendor_is_recognised_or_refused_with_a_reason() {
    let folder = root().join("../shared/data/RedisLabs+rediscloud-go-api/derived-from-go-literals");
    if !folder.exists() {
        println!("skipped: no ../shared/data/RedisLabs+rediscloud-go-api beside the repository");
        return;
    }
    let mut seen = 0;
    for file in crate::samples::files(&folder) {
        let name = file.to_string_lossy().into_owned();
        let Some((_, wanted)) = SAMPLES
            .iter()
            .find(|(numbers, _)| numbers.split(' ').any(|number| name.starts_with(number)))
        else {
            continue;
        };
        let report = plaudit(["audit", "--no-config", "-f", "json", "--include", "pass"])
            .arg(folder.join(&file))
            .run()
            .json();
        assert_eq!(report["inputs"][0]["format"], "redis-cloud", "{name}");
        let problems = report["problems"].to_string();
        let asked = report["coverage"].to_string().contains("GetPrivateLink");
        let is = match *wanted {
            "link" | "none" => asked && !problems.contains("incomplete"),
            "ignored" => report["ignored"].to_string().contains("task of"),
            words => problems.contains(words) && !asked,
        };
        assert!(is, "{name} should be {wanted}: {problems}");
        seen += 1;
    }
    assert_eq!(seen, 24);
}
