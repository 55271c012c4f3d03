//! Writes a made-up Terraform plan.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use plaudit_bench::plan::{Options, generate};

/// Write a made-up Terraform plan, as `terraform show -json` prints it.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// How many resources, rounded up to whole stacks of twelve.
    #[arg(long, default_value_t = 12_000)]
    resources: u64,
    /// The file to write.
    #[arg(long)]
    out: PathBuf,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Also write the attributes that are null, as a real provider does.
    #[arg(long)]
    nulls: bool,
}

fn main() -> ExitCode {
    let Arguments {
        resources,
        out,
        seed,
        nulls,
    } = Arguments::parse();
    let plan = generate(&Options {
        resources,
        seed,
        nulls,
    });
    match std::fs::write(&out, &plan.bytes) {
        Ok(()) => {
            println!(
                "{} resources, {} bytes; {}",
                plan.resources,
                plan.bytes.len(),
                out.display()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("plan: {}: {error}", out.display());
            ExitCode::from(2)
        }
    }
}
