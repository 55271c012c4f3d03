//! Collecting from live accounts, into a snapshot folder.
//!
//! May use the network, the clock and the credentials that the AWS SDK finds;
//! may write what `folder` writes. It only reads from AWS, judges nothing, and
//! is in the program only with the feature `live`.

mod account;
mod ask;
mod clients;
mod kept;
mod line;
mod pace;
mod pages;
mod record;
mod run;
mod send;
mod stop;
mod translate;
mod walk;
mod wish;

pub use run::collect;
pub use wish::{Accounts, Error, Missing, Outcome, Progress, Regions, Wish};
