//! One test program for everything that needs more than one stage.
//!
//! Each module asks one kind of question; the program is run as its users run
//! it, with an environment of its own. Tests of a single file live in that file.
#![expect(
    clippy::disallowed_methods,
    reason = "tests read the repository and its fixtures"
)]
#![expect(clippy::print_stdout, reason = "a test that skips something says so")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that stops half way has failed, which is what it is for"
)]
#![expect(
    clippy::use_debug,
    clippy::cast_possible_truncation,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "failures show values, and models of networks are written plainly"
)]

mod analyzer;
mod architecture;
mod azure;
mod bad_input;
mod change;
mod change_words;
mod cli;
mod collect;
mod dependencies;
mod determinism;
mod docs;
mod flows;
mod intents;
mod kinds;
mod ledger;
mod matrix;
mod oracle;
mod packets;
mod preflight;
mod program;
mod reach;
mod reach_provider;
mod real_data;
mod redis_cloud;
mod resolve;
mod rules;
mod samples;
mod scenarios;
mod snapshot;
mod wanted;
