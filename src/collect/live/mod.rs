//! Collecting from live accounts, into a snapshot folder.
//!
//! May use the network, the clock and the credentials that the AWS SDK finds;
//! may write what `folder` writes. It only reads from AWS and Redis Cloud, judges
//! nothing, and is in the program only with the feature `live`.

mod account;
mod ask;
mod clients;
mod kept;
mod line;
mod pace;
mod pages;
mod record;
mod redis_cloud;
mod run;
mod send;
mod stop;
mod translate;
mod walk;
mod wish;

pub use redis_cloud::{Keys, Sender};
pub use run::collect;
pub use wish::{Accounts, Error, Missing, Outcome, Progress, Regions, Wish};

/// Seconds since 1970 as RFC 3339.
pub fn time(seconds: i64) -> String {
    line::time(seconds)
}

/// Seconds since 1970 of an RFC 3339 time.
pub fn seconds(text: &str) -> Option<i64> {
    use aws_smithy_types::DateTime;
    use aws_smithy_types::date_time::Format;
    let time = DateTime::from_str(text, Format::DateTimeWithOffset).ok()?;
    Some(time.secs())
}
