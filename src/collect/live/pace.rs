//! How fast a service is asked.
//!
//! Requests to one service of one account and region leave at even distances,
//! whoever sends them, and at longer ones for a while when the service
//! complains. This leaves room for the account's own work. (The SDK's adaptive
//! mode does the like for a whole client, and falls to one request in two
//! seconds when a service complains about every second one.)

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
    services: Mutex<BTreeMap<(String, String, Service), Slot>>,
}

#[derive(Debug)]
struct Slot {
    /// When the next request may leave.
    next: Instant,
    /// Part of the full rate.
    share: f64,
}

/// The least part of the full rate.
const LEAST: f64 = 0.2;
/// What a complaint leaves of the rate.
const SLOWER: f64 = 0.7;
/// What an answer adds to it.
const FASTER: f64 = 0.1;

impl Pace {
    /// At most so many requests a second to each service, instead of what the
    /// services are known to bear.
    pub(super) fn new(limit: Option<u32>) -> Arc<Self> {
        Arc::new(Self {
            limit,
            services: Mutex::default(),
        })
    }

    /// Waits until a request may leave. The first few leave at once.
    pub(super) async fn wait(&self, account: &str, region: &str, service: Service) {
        let rate = self
            .limit
            .unwrap_or_else(|| service.requests_per_second())
            .max(1);
        let at = self.with(account, region, service, |slot| {
            let distance = Duration::from_secs(1).div_f64(f64::from(rate) * slot.share);
            slot.next = slot.next.max(pause_ago()) + distance;
            slot.next
        });
        sleep_until(at).await;
    }

    /// Says how the service took it.
    pub(super) fn answered(&self, account: &str, region: &str, service: Service, complained: bool) {
        self.with(account, region, service, |slot| {
            slot.share = if complained {
                (slot.share * SLOWER).max(LEAST)
            } else {
                (slot.share + FASTER).min(1.0)
            };
        });
    }

    fn with<T>(
        &self,
        account: &str,
        region: &str,
        service: Service,
        change: impl FnOnce(&mut Slot) -> T,
    ) -> T {
        let key = (account.to_owned(), region.to_owned(), service);
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        change(services.entry(key).or_insert_with(|| Slot {
            next: pause_ago(),
            share: 1.0,
        }))
    }
}

/// A second's worth of requests may leave at once after a pause.
fn pause_ago() -> Instant {
    let now = Instant::now();
    now.checked_sub(Duration::from_secs(1)).unwrap_or(now)
}

/// Whether an error code says that the service was asked too fast.
pub(super) fn is_complaint(code: &str) -> bool {
    code.contains("Throttl")
        || matches!(
            code,
            "RequestLimitExceeded"
                | "TooManyRequestsException"
                | "LimitExceededException"
                | "SlowDown"
                | "PriorRequestNotComplete"
                | "RequestThrottled"
                | "BandwidthLimitExceeded"
        )
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
            for _ in 0..10 {
                pace.answered("1", "eu-west-1", Service::Ec2, true);
            }
            let start = Instant::now();
            pace.wait("1", "eu-west-1", Service::Ec2).await;
            let took = start.elapsed();
            assert!(
                took >= Duration::from_millis(240),
                "a fifth of the rate: {took:?}"
            );
        });
    }
}
