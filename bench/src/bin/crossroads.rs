//! Writes a made-up network of many clients and many endpoints.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use plaudit_bench::crossroads::{Options, generate};

/// Write a made-up network for `plaudit matrix`.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Interfaces of clients.
    #[arg(long, default_value_t = 10_000)]
    clients: u64,
    /// Endpoints, with three interfaces each.
    #[arg(long, default_value_t = 1_000)]
    endpoints: u64,
    /// VPCs, at most 4,000.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=4000))]
    vpcs: u64,
    /// A set of security groups for every client instead of ten a VPC.
    #[arg(long)]
    random_sets: bool,
    /// The folder to write; it must be empty or not exist.
    #[arg(long)]
    out: PathBuf,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = Options {
        clients: arguments.clients,
        endpoints: arguments.endpoints,
        vpcs: arguments.vpcs,
        random_sets: arguments.random_sets,
        seed: arguments.seed,
    };
    let taken = std::fs::read_dir(&arguments.out).is_ok_and(|mut folder| folder.next().is_some());
    let written = if taken {
        Err("the folder is not empty".to_owned())
    } else {
        generate(&options, &arguments.out).map_err(|error| error.to_string())
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("crossroads: {}: {error}", arguments.out.display());
            ExitCode::from(2)
        }
    }
}
