//! A whole run: who asks, which accounts and regions, all questions, the seal.
//!
//! May use the clock and the network through the modules beside it. What went
//! wrong in one account or region is recorded and does not end the others.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_config::SdkConfig;
use serde::Deserialize as _;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::account;
use super::ask::{Answered, Found, Place, Run};
use super::clients::Clients;
use super::kept::{Call, Kept};
use super::line::{self, Asker};
use super::pace::Pace;
use super::record::Attempt;
use super::send::Question;
use super::stop::Stop;
use super::walk::Walk;
use super::wish::{self, Accounts, Error, Missing, Progress, Regions, Wish};
use crate::collect::aws::operation::Operation;
use crate::collect::aws::table::OPENING;
use crate::collect::folder::{Draft, Existing, Principal, Redaction, Tool, Writer};
use crate::collect::outcome::Outcome;
use crate::collect::scope::is_account;

/// Collects, and writes the snapshot.
pub fn collect(wish: &Wish, progress: Arc<dyn Progress>) -> Result<wish::Outcome, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(run(wish, progress));
    // Questions that were dropped on the way out do not hold the program.
    runtime.shutdown_background();
    outcome
}

/// An account, and how to ask in it.
#[derive(Debug, Clone)]
struct Account {
    number: String,
    principal: String,
    config: SdkConfig,
}

/// Seconds of a day.
const DAY: i64 = 86_400;

async fn run(wish: &Wish, progress: Arc<dyn Progress>) -> Result<wish::Outcome, Error> {
    let config = account::own(wish).await?;
    // Whoever has no credentials gets no folder either.
    let first = introduce(config).await.map_err(Error::Identity)?;
    let existing = if wish.resume {
        Existing::Resume
    } else {
        Existing::Refuse
    };
    let writer = Writer::create(&wish.out, existing)?;
    let previous = writer.previous().cloned();
    let run = Arc::new(Run {
        kept: Kept::new(writer.recorded(), previous.as_ref()),
        writer,
        pace: Pace::new(wish.rate),
        permits: Semaphore::new(wish.concurrency.clamp(1, 64)),
        stop: Stop::listen(),
        progress,
        found: Mutex::new(Found::default()),
        requests: AtomicU64::new(0),
        answers_kept: AtomicU64::new(0),
    });
    let gathered = gather(wish, &run, first).await;
    let mut found = run.with(std::mem::take);
    // What was recorded until something failed is sealed all the same.
    let (failed, (principals, scopes)) = match gathered {
        Ok(gathered) => (None, gathered),
        Err(error) => (Some(error), Default::default()),
    };
    if let Some(error) = found.broken.take() {
        return Err(error.into());
    }
    let made = made(&read(&found.lines));
    found.lines.extend(run.kept.others(&made));
    let lines = read(&found.lines);
    let missing = missing(&lines);
    let interrupted = run.stop.is_wanted();
    let complete = missing.is_empty() && !interrupted && failed.is_none() && found.lost == 0;
    let redactions = redactions(&lines);
    let resumed = previous.is_some();
    let before = previous.unwrap_or_default();
    let draft = Draft {
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        created: if resumed {
            before.created
        } else {
            line::time(wish.now)
        },
        complete,
        accounts: with(
            before.accounts,
            scopes.iter().map(|(account, _)| account.clone()),
        ),
        regions: with(
            before.regions,
            scopes.iter().map(|(_, region)| region.clone()),
        ),
        principals: with(before.principals, principals),
        redactions: redactions.clone(),
        ledger: found.lines,
    };
    let manifest = run.writer.seal(&draft)?;
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(wish::Outcome {
        complete,
        interrupted,
        accounts: scopes
            .iter()
            .filter(|(_, region)| region == "global")
            .count(),
        regions: scopes
            .iter()
            .filter(|(_, region)| region != "global")
            .count(),
        requests: run.requests.load(Ordering::Relaxed),
        kept: run.answers_kept.load(Ordering::Relaxed),
        files: manifest.files.len(),
        redacted: redactions.iter().map(|one| one.count).sum(),
        missing,
    })
}

fn with<T>(mut before: Vec<T>, more: impl IntoIterator<Item = T>) -> Vec<T> {
    before.extend(more);
    before
}

/// Lines as values. All of them are this program's own, or were read before.
fn read(lines: &[String]) -> Vec<Value> {
    let values = lines.iter().map(|line| serde_json::from_str(line));
    values.filter_map(Result::ok).collect()
}

/// A text of a line; empty if it has none.
fn text(line: &Value, name: &str) -> String {
    let text = line.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// What was taken out of the answers that lines are about.
fn redactions(lines: &[Value]) -> Vec<Redaction> {
    let listed = lines.iter().filter_map(|line| line.get("redactions"));
    listed
        .filter_map(|listed| Vec::<Redaction>::deserialize(listed).ok())
        .flatten()
        .collect()
}

/// The calls that lines are about.
fn made(lines: &[Value]) -> BTreeSet<Call> {
    let call = |line| {
        (
            text(line, "account"),
            text(line, "region"),
            text(line, "service"),
            text(line, "operation"),
        )
    };
    lines.iter().map(call).collect()
}

type Scopes = Vec<(String, String)>;

/// Asks in all accounts and regions; says as whom, and where.
async fn gather(
    wish: &Wish,
    run: &Arc<Run>,
    first: Introduction,
) -> Result<(Vec<Principal>, Scopes), Error> {
    let accounts = accounts(wish, run, first.record(run)).await?;
    let mut scopes = Scopes::new();
    let mut unlisted = String::new();
    let mut walks = JoinSet::new();
    let plan = Arc::new(wish.plan.clone());
    let end = wish.now.div_euclid(DAY) * DAY;
    let window = (end - i64::from(wish.plan.metrics_days) * DAY, end);
    for account in &accounts {
        let regions = match regions(wish, run, account).await {
            Ok(regions) => regions,
            Err(words) => {
                // The ledger has the line; the other accounts are asked all the same.
                unlisted = words;
                continue;
            }
        };
        let global = Arc::new(place(account, regions.first().map(String::as_str), true));
        let mut walk = Walk {
            run: run.clone(),
            plan: plan.clone(),
            here: global.clone(),
            global: global.clone(),
            roots_are_global: true,
            window,
        };
        scopes.push((account.number.clone(), "global".to_owned()));
        walks.spawn(walk.clone().go());
        walk.roots_are_global = false;
        for region in &regions {
            scopes.push((account.number.clone(), region.clone()));
            walk.here = Arc::new(place(account, Some(region), false));
            walks.spawn(walk.clone().go());
        }
    }
    while let Some(done) = walks.join_next().await {
        if done.is_err() {
            run.with(|found| found.lost += 1);
        }
    }
    if scopes.is_empty() && !unlisted.is_empty() && !run.stop.is_wanted() {
        return Err(Error::Regions(unlisted));
    }
    let principals = accounts.into_iter().map(|account| Principal {
        account: account.number,
        arn: account.principal,
    });
    Ok((principals.collect(), scopes))
}

fn place(account: &Account, region: Option<&str>, global: bool) -> Place {
    let config = match region {
        Some(region) => account::in_region(&account.config, region),
        None => account.config.clone(),
    };
    let name = if global { Some("global") } else { region };
    Place {
        asker: Asker {
            account: account.number.clone(),
            region: name.unwrap_or_default().to_owned(),
            principal: account.principal.clone(),
        },
        clients: Clients::new(&config),
    }
}

fn opening(name: &str) -> Option<&'static Operation> {
    OPENING.iter().find(|operation| operation.name == name)
}

/// Asks one of the calls that come before the others.
async fn ask(run: &Arc<Run>, place: Place, name: &str) -> Result<Value, String> {
    let operation = opening(name).ok_or("no such call")?;
    let question = Question::of(operation, &place.asker.region);
    run.progress.planned(1);
    let Answered { answer, .. } = run.clone().ask(Arc::new(place), question).await;
    answer
}

/// Somebody who is known, and the answer that says so.
struct Introduction {
    account: Account,
    answer: (Value, Vec<Attempt>),
}

/// Whose credentials these are. Asked even when a run is resumed, since they may
/// be another's.
async fn introduce(config: SdkConfig) -> Result<Introduction, String> {
    let operation = opening("GetCallerIdentity").ok_or("no such call")?;
    let clients = Clients::new(&config);
    let answer = Run::introduce(&clients, &Question::of(operation, "global")).await?;
    let text = |name: &str| {
        let text = answer.0.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (number, principal) = (text("Account"), text("Arn"));
    if !is_account(&number) {
        return Err(format!("`{number}` is no account number"));
    }
    Ok(Introduction {
        account: Account {
            number,
            principal,
            config,
        },
        answer,
    })
}

impl Introduction {
    /// Writes the answer down.
    fn record(self, run: &Run) -> Account {
        if let Some(operation) = opening("GetCallerIdentity") {
            let place = place(&self.account, None, true);
            run.introduced(&place, &Question::of(operation, "global"), self.answer);
        }
        self.account
    }
}

/// The accounts to ask in. One that cannot be entered is recorded as missing.
async fn accounts(wish: &Wish, run: &Arc<Run>, own: Account) -> Result<Vec<Account>, Error> {
    let listed: Vec<(String, Option<String>)> = match &wish.accounts {
        Accounts::Own => return Ok(vec![own]),
        Accounts::Listed(listed) => listed.clone(),
        Accounts::Organization { role } => {
            let answer = ask(run, place(&own, None, true), "ListAccounts").await;
            let answer = match answer {
                Err(_) if run.stop.is_wanted() => return Ok(Vec::new()),
                answer => answer.map_err(Error::Organization)?,
            };
            let members = members(&answer).into_iter();
            members
                .map(|account| (account, Some(role.clone())))
                .collect()
        }
    };
    let listed = listed.into_iter().map(|(number, role)| {
        // A name means that role in each account but the caller's own.
        let role = role.filter(|role| number != own.number || role.starts_with("arn:"));
        let role = role.map(|role| {
            if role.starts_with("arn:") {
                role
            } else {
                account::role_arn(&own.principal, &number, &role)
            }
        });
        (number, role)
    });
    let listed: Vec<(String, Option<String>)> = listed.collect();
    let mut accounts = Vec::new();
    for (number, role) in listed {
        let entered = match &role {
            _ if number == own.number && role.is_none() => Ok(own.clone()),
            Some(role) => {
                let external_id = wish.external_id.as_deref();
                let config = account::assume(&own.config, role, external_id).await;
                tokio::select! {
                    biased;
                    () = run.stop.wanted() => Err("the run was stopped".to_owned()),
                    known = introduce(config) => known.map(|known| known.record(run)),
                }
            }
            None => Err("no role is named for it".to_owned()),
        };
        match entered {
            Ok(account) if account.number == number => accounts.push(account),
            Ok(account) => {
                let words = format!("the role is of the account {}", account.number);
                not_entered(run, &own, &number, &words);
            }
            Err(words) => not_entered(run, &own, &number, &words),
        }
    }
    Ok(accounts)
}

/// Active accounts of an organization.
fn members(answer: &Value) -> Vec<String> {
    let accounts = answer.get("Accounts").and_then(Value::as_array);
    let text = |account: &Value, name: &str| account.get(name)?.as_str().map(str::to_owned);
    let mut members: Vec<String> = accounts
        .into_iter()
        .flatten()
        .filter(|account| {
            // `State` replaces `Status`, which AWS retired in September 2026.
            let state = text(account, "State").or_else(|| text(account, "Status"));
            state.is_none_or(|state| state == "ACTIVE")
        })
        .filter_map(|account| text(account, "Id"))
        .collect();
    members.sort();
    members
}

/// An account that cannot be entered: nothing of it is known, and the ledger
/// says so.
fn not_entered(run: &Arc<Run>, own: &Account, number: &str, words: &str) {
    let Some(operation) = opening("GetCallerIdentity") else {
        return;
    };
    let asker = Asker {
        account: number.to_owned(),
        region: "global".to_owned(),
        principal: own.principal.clone(),
    };
    let words = format!("the account cannot be entered: {words}");
    run.not_asked(&asker, &Question::of(operation, "global"), &words);
}

/// The regions to ask in; the reason in words if they cannot be told.
async fn regions(wish: &Wish, run: &Arc<Run>, account: &Account) -> Result<Vec<String>, String> {
    let configured = account.config.region();
    let configured = configured.map(ToString::to_string).unwrap_or_default();
    match &wish.regions {
        Regions::Configured => Ok(vec![configured]),
        Regions::Named(regions) => Ok(regions.clone()),
        Regions::All => {
            let place = place(account, Some(&configured), false);
            let asker = place.asker.clone();
            let answer = ask(run, place, "DescribeRegions").await?;
            let regions = answer.get("Regions").and_then(Value::as_array);
            let names = regions.into_iter().flatten();
            let names =
                names.filter_map(|region| region.get("RegionName")?.as_str().map(str::to_owned));
            let mut names: Vec<String> = names.collect();
            names.sort();
            if names.is_empty() {
                let words = "the account has no region, says the answer";
                if let Some(operation) = opening("DescribeRegions") {
                    run.not_asked(&asker, &Question::of(operation, &configured), words);
                }
                return Err(words.to_owned());
            }
            Ok(names)
        }
    }
}

/// What the lines say is missing, by call.
fn missing(lines: &[Value]) -> Vec<Missing> {
    let mut missing: Vec<Missing> = Vec::new();
    for line in lines {
        let text = |name: &str| text(line, name);
        let outcome = text("outcome");
        if Outcome::of(&outcome).is_good() {
            continue;
        }
        missing.push(Missing {
            account: text("account"),
            region: text("region"),
            service: text("service"),
            operation: text("operation"),
            outcome,
            code: text("error_code"),
            message: text("error_message"),
            calls: 1,
        });
    }
    missing.sort();
    missing.dedup_by(|next, first| {
        let same = (&next.account, &next.region, &next.service, &next.operation)
            == (
                &first.account,
                &first.region,
                &first.service,
                &first.operation,
            )
            && next.outcome == first.outcome
            && next.code == first.code;
        if same {
            first.calls += next.calls;
        }
        same
    });
    missing
}
