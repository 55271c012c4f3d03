//! Runs the real program, with an environment that holds nothing but what a
//! test sets, and a deadline.
//!
//! No test starts the program in another way.

use std::ffi::{OsStr, OsString};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Nothing that is given to the program here may take longer.
const DEADLINE: Duration = Duration::from_mins(2);

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A run that is being prepared.
pub(crate) struct Program {
    args: Vec<OsString>,
    folder: PathBuf,
    env: Vec<(&'static str, &'static str)>,
    stdin: Vec<u8>,
}

/// How a run went.
pub(crate) struct Outcome {
    /// Exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: Vec<u8>,
    /// Standard error.
    pub(crate) err: String,
}

/// Prepares a run in the repository's own folder.
pub(crate) fn plaudit<I>(args: I) -> Program
where
    I: IntoIterator,
    I::Item: AsRef<OsStr>,
{
    Program {
        args: args
            .into_iter()
            .map(|arg| arg.as_ref().to_owned())
            .collect(),
        folder: root().to_owned(),
        env: vec![("COLUMNS", "100")],
        stdin: Vec::new(),
    }
}

impl Program {
    /// Adds an argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds several arguments.
    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(OsString::from));
        self
    }

    /// Runs in another folder.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }

    /// Gives standard input.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// The command, for tests that talk to the process themselves.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plaudit"));
        command
            .args(&self.args)
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end. A panic of the program fails the test.
    pub(crate) fn run(self) -> Outcome {
        let mut child = self.command().spawn().expect("the program starts");
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let input = self.stdin.clone();
        // A program that does not read its input closes it; that is no error.
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let reader = thread::spawn(move || {
            let mut out = Vec::new();
            stdout.read_to_end(&mut out).map(|_| out)
        });
        let listener = thread::spawn(move || {
            let mut err = Vec::new();
            stderr.read_to_end(&mut err).map(|_| err)
        });
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > DEADLINE {
                child.kill().unwrap();
                panic!("still running after {DEADLINE:?}: {:?}", self.args);
            }
            thread::sleep(Duration::from_millis(2));
        };
        writer.join().unwrap();
        let out = reader.join().unwrap().unwrap();
        let err = String::from_utf8(listener.join().unwrap().unwrap()).expect("UTF-8 on stderr");
        let code = status
            .code()
            .unwrap_or_else(|| panic!("ended by {status}: {:?}\n{err}", self.args));
        assert!(
            !err.contains("panicked at") && code != 101,
            "it panicked: {:?}\n{err}",
            self.args
        );
        Outcome { code, out, err }
    }
}

impl Outcome {
    /// Standard output as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("UTF-8 on stdout")
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| {
            panic!("no JSON: {error}; exit {}\n{}", self.code, self.err);
        })
    }

    /// Expects an exit code.
    pub(crate) fn ends_with(self, code: i32) -> Self {
        let text = self.text();
        let tail = text.char_indices().rev().nth(1500).map_or(0, |(at, _)| at);
        assert_eq!(self.code, code, "…{}\n{}", &text[tail..], self.err);
        self
    }
}
