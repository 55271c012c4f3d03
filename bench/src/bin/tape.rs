//! The reference that audits are measured against: the same bytes, read and
//! parsed by simd-json into its tape on the same number of threads, and nothing
//! done with them.
//!
//! A ratio to a well-known parser says more than seconds do: it survives a
//! change of machine. Half of the time of the plain call is memory that the
//! kernel hands out and takes back for every file, so `--with tuned` keeps all
//! buffers, as somebody would who wants the last drop. `--with serde` skips
//! through everything with `serde_json`; `--with read` only reads.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use rustix::time::{ClockId, clock_gettime};
use serde::de::IgnoredAny;
use simd_json::{Buffers, INPUT_PADDING, Tape};

/// Parse files in parallel and throw the result away.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Files, and folders whose `.json` files are taken, at any depth.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How many threads parse.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// What each file is given to.
    #[arg(long = "with", value_enum, default_value_t = With::Tape)]
    with: With,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum With {
    /// simd-json, `to_tape`, with fresh memory for each file.
    Tape,
    /// simd-json, `fill_tape_padded`, with memory that each thread keeps.
    Tuned,
    /// `serde_json`, skipping every value.
    Serde,
    /// Nothing: read only.
    Read,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("tape: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<String, String> {
    let start = Instant::now();
    let mut files = Vec::new();
    for path in &arguments.paths {
        collect(path, true, &mut files)?;
    }
    // The largest first, each thread the next: no thread waits long for another.
    files.sort_by(|one, other| other.cmp(one));
    let next = AtomicUsize::new(0);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads)
        .build()
        .map_err(|error| error.to_string())?;
    let results: Vec<Result<u64, String>> = pool.broadcast(|_| {
        let mut worker = Worker::new(arguments.with);
        let mut bytes = 0;
        while let Some((_, path)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            bytes += worker
                .parse(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(bytes)
    });
    let mut bytes = 0;
    for result in results {
        bytes += result?;
    }
    let wall = start.elapsed().as_secs_f64();
    let clock = clock_gettime(ClockId::ProcessCPUTime);
    let cpu = clock.tv_sec as f64 + clock.tv_nsec as f64 / 1e9;
    let (threads, with) = (
        arguments.threads,
        format!("{:?}", arguments.with).to_lowercase(),
    );
    let speed = bytes as f64 / 1e6 / cpu;
    Ok(format!(
        "with={with} threads={threads} files={} bytes={bytes} wall={wall:.3} cpu={cpu:.3} mb_per_cpu_second={speed:.0}",
        files.len()
    ))
}

/// Adds a file, or the JSON files of a folder, with their sizes.
fn collect(path: &Path, named: bool, files: &mut Vec<(u64, PathBuf)>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path).map_err(failed)? {
            collect(&entry.map_err(failed)?.path(), false, files)?;
        }
    } else if named
        || path
            .extension()
            .is_some_and(|extension| extension == "json")
    {
        files.push((metadata.len(), path.to_owned()));
    }
    Ok(())
}

/// What a thread keeps from one file to the next, if it keeps anything.
struct Worker {
    with: With,
    text: Vec<u8>,
    buffers: Buffers,
    tape: Tape<'static>,
}

impl Worker {
    fn new(with: With) -> Self {
        Self {
            with,
            text: Vec::new(),
            buffers: Buffers::default(),
            tape: Tape::null(),
        }
    }

    fn parse(&mut self, path: &Path) -> Result<u64, String> {
        if let With::Tuned = self.with {
            return self.tuned(path);
        }
        let mut text = fs::read(path).map_err(|error| error.to_string())?;
        match self.with {
            With::Tape => {
                let tape = simd_json::to_tape(&mut text).map_err(|error| error.to_string())?;
                std::hint::black_box(&tape);
            }
            With::Serde => {
                let skipped: IgnoredAny =
                    serde_json::from_slice(&text).map_err(|error| error.to_string())?;
                std::hint::black_box(&skipped);
            }
            With::Read | With::Tuned => {
                std::hint::black_box(&text);
            }
        }
        Ok(text.len() as u64)
    }

    fn tuned(&mut self, path: &Path) -> Result<u64, String> {
        let Self {
            text,
            buffers,
            tape,
            ..
        } = self;
        text.clear();
        let length = File::open(path)
            .and_then(|mut file| file.read_to_end(text))
            .map_err(|error| error.to_string())?;
        text.resize(length + INPUT_PADDING, 0);
        let mut filled = std::mem::replace(tape, Tape(Vec::new())).reset();
        simd_json::fill_tape_padded(text, length, buffers, &mut filled)
            .map_err(|error| error.to_string())?;
        std::hint::black_box(&filled);
        *tape = filled.reset();
        Ok(length as u64)
    }
}
