//! Writes a made-up estate as the AWS CLI would have printed it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use plaudit_bench::estate::{Options, generate};

/// Write a made-up estate: a snapshot folder with any number of resources.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// About how many resources; the mix stays the same.
    #[arg(long, default_value_t = 10_000)]
    resources: u64,
    /// The folder to write; it must be empty or not exist.
    #[arg(long)]
    out: PathBuf,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Four spaces a level, as the AWS CLI prints, instead of no white space.
    #[arg(long)]
    indent: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("estate: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments {
        resources,
        out,
        seed,
        indent,
    } = arguments;
    let shown = out.display().to_string();
    let failed = |error: std::io::Error| format!("{shown}: {error}");
    std::fs::create_dir_all(&out).map_err(failed)?;
    // A file of another estate in the folder would be read as part of this one.
    if std::fs::read_dir(&out).map_err(failed)?.next().is_some() {
        return Err(format!("{shown} is not empty"));
    }
    let start = Instant::now();
    let made = generate(&Options {
        resources,
        seed,
        indent,
        out,
    })
    .map_err(failed)?;
    let seconds = start.elapsed().as_secs_f64();

    let bytes: u64 = made.files.iter().map(|file| file.bytes).sum();
    let largest = made
        .files
        .iter()
        .map(|file| file.bytes)
        .max()
        .unwrap_or_default();
    for (kind, count) in &made.resources {
        println!("{count:>10}  {kind}");
    }
    println!("planted:");
    for (defect, count) in &made.planted {
        println!("{count:>10}  {defect}");
    }
    println!(
        "{bytes} bytes in {} files, the largest {largest}; {seconds:.1} s; {shown}",
        made.files.len()
    );
    Ok(())
}
