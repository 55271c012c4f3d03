//! Collecting, as the command line sees it: flags to a wish, an outcome to
//! words.
//!
//! Asks the clock once, for the time of the run. All asking is in the collector.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use indicatif::{ProgressBar, ProgressStyle};

use super::{ALL, AwsArgs, is_organization, role};
use crate::cli::{Screen, Status, Stop};
use crate::collect::aws::plan::Plan;
use crate::collect::live::{self, Accounts, Error, Missing, Outcome, Progress, Regions, Wish};
use crate::diagnostic::Diagnostic;
use crate::graph::is_account;

/// Collects, and says how it went.
pub(super) fn collect(args: &AwsArgs, plan: Plan, screen: &Screen) -> Result<Status, Stop> {
    let wish = wish(args, plan)?;
    let bar = Arc::new(Bar::new(args.how.quiet));
    let outcome = live::collect(&wish, bar.clone());
    bar.0.finish_and_clear();
    let outcome = outcome.map_err(|error| explained(&error))?;
    if !args.how.quiet {
        io::stdout().write_all(summary(&wish.out, &outcome, screen).as_bytes())?;
    }
    Ok(if outcome.complete {
        Status::Clean
    } else {
        Status::Incomplete
    })
}

fn wish(args: &AwsArgs, plan: Plan) -> Result<Wish, Stop> {
    let regions = match args.regions.as_slice() {
        [] => Regions::Configured,
        [all] if all == ALL => Regions::All,
        names => {
            let mut names = names.to_vec();
            let mut seen = std::collections::BTreeSet::new();
            names.retain(|name| seen.insert(name.clone()));
            Regions::Named(names)
        }
    };
    Ok(Wish {
        out: args.out.clone().unwrap_or_default(),
        resume: args.resume,
        plan,
        profile: args.profile.clone(),
        role_arn: args.role_arn.clone(),
        external_id: args.external_id.clone(),
        regions,
        accounts: accounts(args)?,
        max_attempts: args.how.max_attempts,
        timeout: Duration::from_secs(args.how.timeout),
        rate: args.how.rate,
        concurrency: args.how.concurrency as usize,
        now: now(args.how.now.as_deref())?,
    })
}

/// When the run began, RFC 3339.
pub(super) fn started(given: Option<&str>) -> Result<String, Stop> {
    Ok(live::time(now(given)?))
}

/// Seconds since 1970.
fn now(given: Option<&str>) -> Result<i64, Stop> {
    let Some(text) = given else {
        return Ok(clock());
    };
    live::seconds(text).ok_or_else(|| {
        Diagnostic::error("--now", format!("`{text}` is no time"))
            .help("expected a time such as 2026-01-31T08:00:00Z")
            .into()
    })
}

#[expect(clippy::disallowed_methods, reason = "the time of the run")]
fn clock() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

fn accounts(args: &AwsArgs) -> Result<Accounts, Stop> {
    let Some(path) = &args.accounts else {
        return Ok(Accounts::Own);
    };
    if is_organization(args) {
        let Some(role) = &args.role_name else {
            let problem = Diagnostic::error(
                "--accounts organizations",
                "nobody says by which role the accounts are entered",
            );
            return Err(problem
                .help("give --role-name NAME: a role that each account has and that trusts you")
                .into());
        };
        return Ok(Accounts::Organization { role: role.clone() });
    }
    listed(path, args.role_name.as_deref())
}

/// Accounts in a file. All mistakes at once.
#[expect(clippy::disallowed_methods, reason = "a file that a flag names")]
fn listed(path: &Path, role_name: Option<&str>) -> Result<Accounts, Stop> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Diagnostic::error(&shown, format!("cannot read the accounts: {error}")).help(
            "name a file with an account number or a role's ARN on each line, or `organizations`",
        )
    })?;
    let mut accounts: Vec<(String, Option<String>)> = Vec::new();
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let account = if is_account(line) {
            (line.to_owned(), role_name.map(str::to_owned))
        } else if let Ok(arn) = role(line) {
            (
                arn.split(':').nth(4).unwrap_or_default().to_owned(),
                Some(arn),
            )
        } else {
            let message = format!(
                "`{}` is no account number and no ARN of a role",
                line.escape_debug()
            );
            problems.push(
                Diagnostic::error(format!("{shown}:{number}"), message)
                    .help("expected 111122223333 or arn:aws:iam::111122223333:role/name"),
            );
            continue;
        };
        if accounts.iter().any(|known| known.0 == account.0) {
            let message = format!("the account {} is there twice", account.0);
            problems.push(Diagnostic::error(format!("{shown}:{number}"), message));
        } else {
            accounts.push(account);
        }
    }
    if accounts.is_empty() && problems.is_empty() {
        problems.push(Diagnostic::error(&shown, "there is no account in the file"));
    }
    if problems.is_empty() {
        Ok(Accounts::Listed(accounts))
    } else {
        Err(Stop::Problems(problems))
    }
}

fn explained(error: &Error) -> Diagnostic {
    let help = match error {
        Error::NoRegion => {
            "give --regions eu-central-1, or set a region in the profile or in AWS_REGION".to_owned()
        }
        Error::Identity(words) if words.contains("credentials") => {
            "log in (`aws sso login`), name a profile (--profile), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; \
            `aws sts get-caller-identity` must work"
                .to_owned()
        }
        Error::Identity(_) => "`aws sts get-caller-identity` must work with the same profile and region".to_owned(),
        Error::Organization(_) => {
            "only the management account and delegated administrators may call organizations:ListAccounts; \
            or give a file: --accounts accounts.txt"
                .to_owned()
        }
        Error::Regions(_) => "allow ec2:DescribeRegions, or name the regions: --regions a,b".to_owned(),
        Error::Folder(error) => error.help().unwrap_or("the folder must be writable").to_owned(),
        Error::Start(_) => "see the message of the system".to_owned(),
    };
    Diagnostic::error("collect aws", error.to_string()).help(help)
}

/// What was collected and what was not.
fn summary(out: &Path, outcome: &Outcome, screen: &Screen) -> String {
    let mut text = String::new();
    let plural = |count: u64, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    };
    let mut facts = vec![
        plural(outcome.files as u64, "file", "files"),
        plural(outcome.requests, "request", "requests"),
        plural(outcome.accounts as u64, "account", "accounts"),
        plural(outcome.regions as u64, "region", "regions"),
    ];
    if outcome.kept > 0 {
        facts.push(format!(
            "{} kept from before",
            plural(outcome.kept, "answer", "answers")
        ));
    }
    if outcome.redacted > 0 {
        facts.push(format!(
            "{} redacted",
            plural(outcome.redacted, "secret", "secrets")
        ));
    }
    let _cannot_fail = writeln!(text, "{}: {}", out.display(), facts.join(", "));
    if outcome.complete {
        text.push_str("complete: every planned call was answered to its end\n");
    } else {
        let calls = outcome.missing.iter().map(|missing| missing.calls).sum();
        let stopped = if outcome.interrupted { "stopped; " } else { "" };
        let _cannot_fail = writeln!(
            text,
            "incomplete: {stopped}{} not collected",
            plural(calls, "call", "calls")
        );
        let failed: Vec<&Missing> = outcome
            .missing
            .iter()
            .filter(|one| {
                // Who stopped the run knows why the rest is missing.
                !(outcome.interrupted
                    && matches!(one.outcome.as_str(), "interrupted" | "not-asked"))
            })
            .collect();
        text.push_str(&table(&failed, screen.width));
        let _cannot_fail = write!(
            text,
            "to ask again for what is missing, and for nothing else: the same command with --resume\nto audit what is there: plaudit audit {}\n",
            out.display()
        );
    }
    text
}

/// Calls that are shown of what is missing.
const SHOWN: usize = 60;

/// What is missing, by reason.
fn table(missing: &[&Missing], width: usize) -> String {
    let mut reasons: BTreeMap<(&str, &str, &str), Vec<&Missing>> = BTreeMap::new();
    for &one in missing.iter().take(SHOWN) {
        let reason = (&*one.outcome, &*one.code, &*one.message);
        reasons.entry(reason).or_default().push(one);
    }
    let mut text = String::new();
    for ((outcome, code, message), calls) in reasons {
        let message: String = message.chars().flat_map(char::escape_debug).collect();
        let line = format!("  {outcome} {code}: {message}");
        let cut: String = line.chars().take(width.max(60)).collect();
        text.push_str(cut.trim_end_matches([' ', ':']));
        text.push('\n');
        for one in calls {
            let times = if one.calls > 1 {
                format!(" ×{}", one.calls)
            } else {
                String::new()
            };
            let _cannot_fail = writeln!(
                text,
                "    {} {:15} {}:{}{times}",
                one.account, one.region, one.service, one.operation
            );
        }
    }
    if missing.len() > SHOWN {
        let more = missing.len() - SHOWN;
        let _cannot_fail = writeln!(text, "  and {more} more; all are in ledger.jsonl");
    }
    text
}

/// Shows how many questions are answered.
struct Bar(ProgressBar);

impl Bar {
    fn new(quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) =
            ProgressStyle::with_template("asking {bar:32} {pos}/{len} {elapsed} {wide_msg}")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }
}

impl Progress for Bar {
    fn planned(&self, more: u64) {
        self.0.inc_length(more);
    }

    fn answered(&self, what: &str) {
        self.0.set_message(what.to_owned());
        self.0.inc(1);
    }
}
