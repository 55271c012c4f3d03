//! `plaudit collect redis-cloud`: recording what Redis Cloud says about a
//! subscription.
//!
//! Turns flags and environment into a question, and what came of it into words and
//! an exit code. The script needs no feature; collecting needs `live`, and without
//! it the command says so. Keys are read here, and must not be shown.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{Screen, Status, Stop};
use crate::collect::redis_cloud::ask::{self, Subject};
use crate::collect::redis_cloud::script;
#[cfg(not(feature = "live"))]
use crate::diagnostic::Diagnostic;

/// Flags of `plaudit collect redis-cloud`.
#[derive(Debug, Args)]
pub(super) struct RedisCloudArgs {
    /// Number of the subscription.
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(u64).range(1..))]
    subscription: u64,
    /// Number of the region, for an Active-Active subscription.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    region_id: Option<u64>,
    /// Folder of the snapshot; must be empty or not exist.
    #[arg(short, long, value_name = "DIR", required_unless_present = "script")]
    out: Option<PathBuf>,
    /// Print a POSIX shell script that makes the same snapshot with curl and jq.
    #[arg(long, help_heading = "Instead of collecting")]
    script: bool,

    /// Attempts at each request before it is given up.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=20), help_heading = "How")]
    max_attempts: u32,
    /// Time for each attempt.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600), help_heading = "How")]
    timeout: u64,
    /// Time for the task that has the answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600), help_heading = "How")]
    task_timeout: u64,
    /// Address of the API (default: `REDISCLOUD_URL`, or <https://api.redislabs.com/v1>).
    #[arg(long, value_name = "URL", value_parser = ask::base, help_heading = "How")]
    api_url: Option<String>,
    /// Time of the run, RFC 3339; the clock's by default.
    #[arg(long, value_name = "TIME", help_heading = "How")]
    now: Option<String>,
    /// No summary.
    #[arg(short, long, help_heading = "How")]
    quiet: bool,
}

/// Runs the command.
pub(super) fn run(args: &RedisCloudArgs, screen: &Screen) -> Result<Status, Stop> {
    let subject = Subject {
        subscription: args.subscription,
        region: args.region_id,
    };
    if args.script {
        return super::print(&script::script(subject, env!("CARGO_PKG_VERSION")));
    }
    collect(args, subject, screen)
}

#[cfg(not(feature = "live"))]
fn collect(args: &RedisCloudArgs, _: Subject, _: &Screen) -> Result<Status, Stop> {
    let problem = Diagnostic::error(
        "collect redis-cloud",
        "this program was built without the feature `live` and cannot ask Redis Cloud: it contains no HTTP client",
    );
    let subscription = args.subscription;
    let region = args
        .region_id
        .map_or_else(String::new, |region| format!(" --region-id {region}"));
    Err(problem
        .help(format!(
            "build it with `cargo build --release --features live`, or let curl make the same snapshot: \
            `plaudit collect redis-cloud --subscription {subscription}{region} --script > collect.sh`, then `sh collect.sh DIR`",
        ))
        .into())
}

#[cfg(feature = "live")]
use live::collect;

#[cfg(feature = "live")]
mod live {
    use std::fmt::Write as _;
    use std::io::Write as _;
    use std::time::Duration;

    use super::RedisCloudArgs;
    use crate::cli::{Screen, Status, Stop};
    use crate::collect::folder::{Existing, Writer};
    use crate::collect::live::{Keys, Sender};
    use crate::collect::redis_cloud::ask::{
        ACCESS_KEY, Answer, BASE, SECRET_KEY, Subject, URL, base,
    };
    use crate::collect::redis_cloud::gather::{Gathered, Limits, gather};
    use crate::diagnostic::Diagnostic;

    /// Collects, and says how it went.
    pub(super) fn collect(
        args: &RedisCloudArgs,
        subject: Subject,
        _: &Screen,
    ) -> Result<Status, Stop> {
        let keys = keys()?;
        let created = super::super::live::started(args.now.as_deref())?;
        let out = args.out.clone().unwrap_or_default();
        let failed = |error: &dyn std::fmt::Display| -> Stop {
            Diagnostic::error("collect redis-cloud", error.to_string()).into()
        };
        let writer = Writer::create(&out, Existing::Refuse).map_err(|error| {
            let problem = Diagnostic::error("collect redis-cloud", error.to_string());
            match error.help() {
                Some(_) => problem.help("name a folder that is empty or does not exist"),
                None => problem,
            }
        })?;
        let timeout = Duration::from_secs(args.timeout);
        let mut sender =
            Sender::new(address(args)?, keys, timeout).map_err(|error| failed(&error))?;
        let limits = Limits {
            attempts: args.max_attempts,
            task: Duration::from_secs(args.task_timeout),
            pages: 1000,
        };
        let gathered = gather(&mut sender, subject, limits, &writer, &created)
            .map_err(|error| failed(&error))?;
        if !args.quiet {
            let text = summary(&out.display().to_string(), &gathered);
            std::io::stdout().write_all(text.as_bytes())?;
        }
        Ok(if gathered.missing.is_empty() {
            Status::Clean
        } else {
            Status::Incomplete
        })
    }

    /// The address of the API.
    fn address(args: &RedisCloudArgs) -> Result<String, Stop> {
        if let Some(url) = &args.api_url {
            return Ok(url.clone());
        }
        let given = variable(URL);
        if given.is_empty() {
            return Ok(BASE.to_owned());
        }
        base(&given).map_err(|words| Diagnostic::error(URL, words).into())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the command line reads the environment"
    )]
    fn variable(name: &str) -> String {
        std::env::var(name).unwrap_or_default().trim().to_owned()
    }

    /// The keys of the environment; all that is wrong with them at once.
    fn keys() -> Result<Keys, Stop> {
        let mut problems = Vec::new();
        let mut key = |name: &'static str, what: &str| {
            let value = variable(name);
            let good = |byte: u8| byte.is_ascii_graphic();
            let wrong = if value.is_empty() {
                Some("it is not set")
            } else if !value.bytes().all(good) || value.len() > 512 {
                Some("it has characters that no key has")
            } else {
                None
            };
            if let Some(wrong) = wrong {
                let problem = Diagnostic::error(name, wrong);
                problems.push(problem.help(format!("set it to the {what} of Redis Cloud's API: console, Access Management, API Keys")));
            }
            value
        };
        let (access, secret) = (key(ACCESS_KEY, "account key"), key(SECRET_KEY, "user key"));
        if problems.is_empty() {
            Ok(Keys { access, secret })
        } else {
            Err(Stop::Problems(problems))
        }
    }

    fn summary(out: &str, gathered: &Gathered) -> String {
        let Gathered {
            missing,
            databases,
            files,
            redacted,
        } = gathered;
        let mut text = format!("{files} answers in {out}: {databases} databases");
        if *redacted > 0 {
            let _cannot_fail = write!(text, ", {redacted} secrets blanked");
        }
        text.push('\n');
        for one in missing {
            let words = if one.words.is_empty() {
                String::new()
            } else {
                format!(": {}", plain(&one.words))
            };
            let _cannot_fail = writeln!(
                text,
                "missing: {} ({}){words}",
                one.operation,
                plain(&one.code)
            );
            let advice = Answer::advice(one.status, &one.code);
            if !advice.is_empty() {
                let _cannot_fail = writeln!(text, "  = help: {advice}");
            }
        }
        text
    }

    /// Words of a server, without what moves a terminal's cursor.
    fn plain(text: &str) -> String {
        text.chars()
            .map(|char| if char.is_control() { ' ' } else { char })
            .collect()
    }
}
