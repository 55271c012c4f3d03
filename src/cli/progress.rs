//! A progress bar for long reads; only on a terminal, only on standard error.
//!
//! Nothing depends on it: results are the same with and without.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::collect;

/// Shows how much was read.
#[derive(Debug)]
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar, or none where nobody would see it.
    pub(super) fn new(quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length();
        if let Ok(style) =
            ProgressStyle::with_template("{msg} {bar:32} {bytes}/{total_bytes} {elapsed}")
        {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Says what is done now.
    pub(super) fn say(&self, what: &'static str) {
        self.0.set_message(what);
        self.0.tick();
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl collect::Progress for Bar {
    fn files(&self, total: u64, bytes: u64) {
        self.0.set_length(bytes);
        self.0.set_message(format!("reading {total} files"));
    }

    fn read(&self, bytes: u64) {
        self.0.inc(bytes);
    }
}

/// How long the steps of a run took, for those who ask.
#[derive(Debug)]
pub(super) struct Steps(Option<Instant>);

impl Steps {
    /// Begins, if anybody wants to know.
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock is asked here and nowhere below"
    )]
    pub(super) fn start(wanted: bool) -> Self {
        Self(wanted.then(Instant::now))
    }

    /// Says how long the step took that ends now.
    pub(super) fn done(&mut self, step: &str) {
        if let Some(began) = self.0 {
            let _nobody_listens = writeln!(
                io::stderr(),
                "{step:>9} {:8.3} s",
                began.elapsed().as_secs_f64()
            );
            *self = Self::start(true);
        }
    }
}
