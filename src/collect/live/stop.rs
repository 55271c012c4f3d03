//! The wish to stop: Ctrl-C, or SIGTERM from whoever runs the program.
//!
//! The first one lets a run end in order, with a snapshot that says what is
//! missing; the second one ends the program. Uses the signals of the process
//! and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Whether to stop.
#[derive(Debug, Default)]
pub(super) struct Stop {
    wanted: AtomicBool,
    told: Notify,
}

impl Stop {
    /// Listens to the signals of the process.
    pub(super) fn listen() -> Arc<Self> {
        let stop = Arc::new(Self::default());
        let listener = stop.clone();
        tokio::spawn(async move {
            signal().await;
            listener.wanted.store(true, Ordering::SeqCst);
            listener.told.notify_waiters();
            signal().await;
            end();
        });
        stop
    }

    /// Whether somebody wants to stop.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::SeqCst)
    }

    /// Waits until somebody wants to stop.
    pub(super) async fn wanted(&self) {
        let told = self.told.notified();
        tokio::pin!(told);
        // Before the look, or a wish between the two would be missed.
        told.as_mut().enable();
        if !self.is_wanted() {
            told.await;
        }
    }
}

#[expect(clippy::exit, reason = "the second signal means now")]
fn end() {
    std::process::exit(130);
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => interrupt.await,
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
