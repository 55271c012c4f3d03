//! `plaudit collect`: recording an account, or showing what would be asked.
//!
//! Turns flags into a plan and a wish, and an outcome into words and an exit
//! code. Plan, script and policy need no feature; collecting needs `live`, and
//! without it the command says so.

mod redis_cloud;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::audit::{self, RuleFlags};
use super::{Screen, Status, Stop, config};
use crate::collect::aws::plan::Plan;
use crate::collect::aws::policy::{self, Reach};
use crate::collect::aws::script;
use crate::collect::azure;
use crate::diagnostic::Diagnostic;
use crate::graph::is_account;
use crate::rules;
use crate::snapshot::arm;

/// Flags of `plaudit collect`.
#[derive(Debug, Args)]
pub(super) struct CollectArgs {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    /// Record AWS accounts into a snapshot folder, by calls that only read.
    ///
    /// Records what the rules need, or with --everything all that the product
    /// knows. Credentials come from the usual places: environment, profiles,
    /// SSO, web identities, containers, instances. Nothing is changed in the
    /// account: what is not a List, Describe or Get call is refused, but for
    /// `SearchTransitGatewayRoutes`, which only reads too.
    ///
    /// --plan, --script and --iam-policy ask nobody anything and need no
    /// credentials.
    Aws(Box<AwsArgs>),
    /// Record what Redis Cloud says about a subscription: its `PrivateLink` and its
    /// databases.
    ///
    /// Keys come from the environment: `REDISCLOUD_ACCESS_KEY` (the account key) and
    /// `REDISCLOUD_SECRET_KEY` (a user key; the role Viewer is enough). Only GET
    /// requests are made, and passwords of databases are blanked before anything is
    /// kept.
    ///
    /// --script asks nobody anything and needs no keys.
    RedisCloud(redis_cloud::RedisCloudArgs),
    /// Print a script that records subscriptions of Azure with the Azure CLI.
    ///
    /// The script asks for private endpoints, private DNS zones, networks and
    /// Redis, by commands that only list, and writes a snapshot folder. Run it
    /// again on the same folder to go on where it stopped. Whoever runs it needs
    /// the role Reader.
    Azure(AzureArgs),
}

/// Flags of `plaudit collect azure`.
#[derive(Debug, Args)]
struct AzureArgs {
    /// Print a POSIX shell script that makes the snapshot with the Azure CLI.
    #[arg(long, required_unless_present = "permissions")]
    script: bool,
    /// Print the actions that whoever runs the script must be allowed.
    #[arg(long, conflicts_with = "script")]
    permissions: bool,
    /// Subscriptions that the script asks when it is given none (default: the
    /// one that the Azure CLI is set to).
    #[arg(long, value_delimiter = ',', value_name = "ID", value_parser = subscription)]
    subscriptions: Vec<String>,
}

fn subscription(text: &str) -> Result<String, String> {
    if arm::is_subscription(text) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("expected an id such as 00000000-0000-0000-0000-000000000001".to_owned())
    }
}

fn azure(args: &AzureArgs) -> Result<Status, Stop> {
    if args.permissions {
        let actions: Vec<String> = azure::script::permissions().into_iter().collect();
        return print(&actions.join("\n"));
    }
    let options = azure::script::Options {
        subscriptions: args.subscriptions.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    print(&azure::script::script(&options))
}

/// Flags of `plaudit collect aws`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
struct AwsArgs {
    /// Folder of the snapshot; must be empty or not exist, unless --resume.
    #[arg(short, long, value_name = "DIR", required_unless_present_any = ["plan", "script", "iam_policy"])]
    out: Option<PathBuf>,
    /// Go on with the snapshot in the folder: ask only for what is missing.
    #[arg(long)]
    resume: bool,

    /// Show the calls that would be made, and make none.
    #[arg(long, help_heading = "Instead of collecting", conflicts_with_all = ["script", "iam_policy"])]
    plan: bool,
    /// Print a POSIX shell script that makes the same snapshot with the AWS CLI.
    #[arg(
        long,
        help_heading = "Instead of collecting",
        conflicts_with = "iam_policy"
    )]
    script: bool,
    /// Print the least IAM policy that permits the calls.
    #[arg(long, help_heading = "Instead of collecting")]
    iam_policy: bool,
    /// How --plan is written.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, help_heading = "Instead of collecting")]
    format: PlanFormat,

    /// Profile of the AWS configuration.
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    profile: Option<String>,
    /// Role to assume before anything else.
    #[arg(long, value_name = "ARN", value_parser = role, help_heading = "Where")]
    role_arn: Option<String>,
    /// External id that the trust policy of the roles asks for.
    #[arg(long, value_name = "ID", help_heading = "Where")]
    external_id: Option<String>,
    /// Regions, or `all` that are enabled (default: the configured one).
    #[arg(long, value_delimiter = ',', value_name = "REGION", value_parser = region, help_heading = "Where")]
    regions: Vec<String>,
    /// Accounts: a file, or `organizations` for all active ones of the
    /// organization. A line of the file is an account number, or the ARN of a
    /// role in the account; `#` begins a comment.
    #[arg(long, value_name = "FILE", help_heading = "Where")]
    accounts: Option<PathBuf>,
    /// Name of the role to assume in each account that is known by its number.
    #[arg(long, value_name = "NAME", requires = "accounts", value_parser = role_name, help_heading = "Where")]
    role_name: Option<String>,

    /// Everything that the product knows, not only what the rules need.
    #[arg(long, help_heading = "What")]
    everything: bool,
    /// Rules, codes, packs or patterns whose calls to make (default: all).
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "RULE",
        conflicts_with = "everything",
        help_heading = "What"
    )]
    select: Vec<String>,
    /// Rules, codes, packs or patterns to leave out.
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "RULE",
        conflicts_with = "everything",
        help_heading = "What"
    )]
    ignore: Vec<String>,
    /// Folder or file with more rules.
    #[arg(long = "rules", value_name = "DIR", help_heading = "What")]
    folders: Vec<PathBuf>,
    /// Configuration file (default: plaudit.yaml, if there is one).
    #[arg(long, value_name = "FILE", help_heading = "What")]
    config: Option<PathBuf>,
    /// Read no configuration file.
    #[arg(long, conflicts_with = "config", help_heading = "What")]
    no_config: bool,
    /// Whole days of endpoint metrics, where a rule or --everything needs them;
    /// `CloudWatch` charges for them.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=455), help_heading = "What")]
    metrics_days: u32,

    #[command(flatten)]
    how: HowArgs,
}

/// Flags about how to ask.
#[derive(Debug, Args)]
struct HowArgs {
    /// Attempts at each page before it is given up.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=50), help_heading = "How")]
    max_attempts: u32,
    /// Time for each attempt.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600), help_heading = "How")]
    timeout: u64,
    /// Requests a second to each service of an account and region, instead of
    /// the built-in limits (3 to 15).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = "How")]
    rate: Option<u32>,
    /// Questions that are open at the same time.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=64), help_heading = "How")]
    concurrency: u32,
    /// Time of the run, RFC 3339; the clock's by default.
    #[arg(long, value_name = "TIME", help_heading = "How")]
    now: Option<String>,
    /// No progress and no summary.
    #[arg(short, long, help_heading = "How")]
    quiet: bool,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The word that means all accounts of an organization.
const ORGANIZATIONS: &str = "organizations";
/// The word that means all regions.
const ALL: &str = "all";

fn region(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !text.is_empty() && text.len() <= 32 && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("expected a region such as eu-central-1, or all".to_owned())
    }
}

fn role(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, role]
            if is_account(account) && role.starts_with("role/") =>
        {
            Ok(text.to_owned())
        }
        _ => Err("expected arn:aws:iam::111122223333:role/name".to_owned()),
    }
}

fn role_name(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&byte);
    if !text.is_empty() && !text.starts_with("arn:") && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("expected the name of a role, without ARN and account".to_owned())
    }
}

/// Runs the command.
pub(super) fn run(args: &CollectArgs, screen: &Screen) -> Result<Status, Stop> {
    let args = match &args.from {
        From::Aws(args) => args,
        From::RedisCloud(args) => return redis_cloud::run(args, screen),
        From::Azure(args) => return azure(args),
    };
    let plan = plan(args, screen)?;
    if args.plan {
        return print(&match args.format {
            PlanFormat::Text => plan.text(),
            PlanFormat::Json => pretty(&plan.json()),
        });
    }
    if args.regions.len() > 1 && args.regions.iter().any(|region| region == ALL) {
        let problem = Diagnostic::error("--regions", "`all` stands for every region already");
        return Err(problem.help("give `all`, or names of regions").into());
    }
    if args.iam_policy {
        let organization = is_organization(args).then_some(args.role_name.as_deref());
        let reach = Reach {
            all_regions: args.regions.iter().any(|region| region == ALL),
            organization_role: organization.map(|role| role.unwrap_or("*")),
            roles: args.role_arn.as_deref().into_iter().collect(),
        };
        return print(&pretty(&policy::policy(&plan, &reach)));
    }
    if args.script {
        return print(&written(args, &plan)?);
    }
    collect(args, plan, screen)
}

fn is_organization(args: &AwsArgs) -> bool {
    args.accounts
        .as_deref()
        .is_some_and(|path| path.as_os_str() == ORGANIZATIONS)
}

fn written(args: &AwsArgs, plan: &Plan) -> Result<String, Stop> {
    if args.accounts.is_some() || args.role_arn.is_some() {
        let problem = Diagnostic::error(
            "--script",
            "a script asks in one account, as whoever runs it",
        );
        return Err(problem
            .help("make a profile for each role (role_arn, source_profile), run the script once for each, and join the folders: plaudit snapshot merge")
            .into());
    }
    if args.regions.iter().any(|region| region == ALL) {
        let problem = Diagnostic::error("--script", "a script asks in regions that are named");
        return Err(problem.help("give --regions a,b").into());
    }
    let options = script::Options {
        regions: args.regions.clone(),
        profile: args.profile.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(script::script(plan, &options))
}

/// The calls that the flags ask for.
fn plan(args: &AwsArgs, screen: &Screen) -> Result<Plan, Stop> {
    if args.everything {
        return Ok(Plan::everything(args.metrics_days));
    }
    let flags = RuleFlags {
        folders: args.folders.clone(),
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        config: args.config.clone(),
        no_config: args.no_config,
        ..RuleFlags::default()
    };
    let config = config::read(args.config.as_deref(), args.no_config)?;
    let (set, warnings) =
        rules::load_to_run(&audit::folders(&flags, &config)).map_err(Stop::Problems)?;
    if !args.how.quiet {
        screen.problems(&warnings);
    }
    let selected = rules::select(&set, &audit::selection(&flags, &config)).map_err(audit::usage)?;
    let calls: BTreeSet<rules::Call> = selected
        .iter()
        .flat_map(|selected| rules::needs(selected.rule))
        .collect();
    let calls = calls.iter().map(|call| (call.service, call.operation));
    Ok(Plan::of(calls, args.metrics_days))
}

fn pretty(value: &serde_json::Value) -> String {
    let bytes = crate::collect::folder::pretty(value);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn print(text: &str) -> Result<Status, Stop> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(Status::Clean)
}

#[cfg(not(feature = "live"))]
fn collect(_: &AwsArgs, _: Plan, _: &Screen) -> Result<Status, Stop> {
    let problem = Diagnostic::error(
        "collect aws",
        "this program was built without the feature `live` and cannot ask AWS: it contains no HTTP client",
    );
    Err(problem
        .help(
            "build it with `cargo build --release --features live`, or let the AWS CLI make the same \
            snapshot: `plaudit collect aws --script > collect.sh`, then `sh collect.sh DIR`",
        )
        .into())
}

#[cfg(feature = "live")]
use live::collect;

#[cfg(feature = "live")]
mod live;
