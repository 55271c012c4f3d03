//! How fast a service is asked.
//!
//! Requests to one service of one account and region leave at even distances,
//! whoever sends them. The SDK slows down further when a service complains;
//! this keeps it from complaining, and leaves room for the account's own work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::collect::aws::service::Service;

/// The distances of all services.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Requests a second, if somebody has set it.
    limit: Option<u32>,
    /// When the next request may leave.
    next: Mutex<BTreeMap<(String, String, Service), Instant>>,
}

impl Pace {
    /// At most so many requests a second to each service, instead of what the
    /// services are known to bear.
    pub(super) fn new(limit: Option<u32>) -> Arc<Self> {
        Arc::new(Self {
            limit,
            next: Mutex::default(),
        })
    }

    /// Waits until a request may leave. The first few leave at once.
    pub(super) async fn wait(&self, account: &str, region: &str, service: Service) {
        let rate = self
            .limit
            .unwrap_or_else(|| service.requests_per_second())
            .max(1);
        let distance = Duration::from_secs(1) / rate;
        let at = {
            let key = (account.to_owned(), region.to_owned(), service);
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            // A second's worth may leave at once after a pause.
            let earliest = now.checked_sub(Duration::from_secs(1)).unwrap_or(now);
            let slot = next.entry(key).or_insert(earliest);
            let at = (*slot).max(earliest) + distance;
            *slot = at;
            at
        };
        sleep_until(at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_leave_at_even_distances() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let pace = Pace::new(Some(20));
            let start = Instant::now();
            for _ in 0..26 {
                pace.wait("1", "eu-west-1", Service::Ec2).await;
            }
            // Twenty at once, six at distances of fifty milliseconds.
            let took = start.elapsed();
            assert!(took >= Duration::from_millis(290), "{took:?}");
            pace.wait("2", "eu-west-1", Service::Ec2).await;
        });
    }
}
