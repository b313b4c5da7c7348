//! Any number of customers' tabs on one session, each with a socket of its own. Each tab notes what it is shown and when, and judges nothing.

use crate::clock;
use crate::problem::{Doing, Outcome, Problem};
use checkout_shared::session::Status;
use checkout_shared::time::Timestamp;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio_tungstenite::tungstenite::Message;

/// How many sockets are opened at once.
const BATCH: usize = 50;
/// How long a tab may take to be shown its first view.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often is looked whether all have seen something.
const TICK: Duration = Duration::from_millis(20);

/// One view, as far as anybody here cares, and when it came.
#[derive(Clone, Copy, Debug)]
pub struct Glance {
    /// When it came.
    pub at: Timestamp,
    /// Its sequence.
    pub sequence: u64,
    /// Where the order stood.
    pub status: Status,
}

/// The little of a view that is read: a thousand tabs share this machine with the Worker.
#[derive(Deserialize)]
struct Read {
    sequence: u64,
    status: Status,
}

/// Tabs on one session, until it is dropped.
#[derive(Debug, Default)]
pub struct Crowd {
    tabs: Vec<Tab>,
}

#[derive(Debug)]
struct Tab {
    seen: Arc<Mutex<Vec<Glance>>>,
    reading: AbortHandle,
}

impl Crowd {
    /// Opens tabs until there are so many, each with its first view.
    pub async fn grow(&mut self, live_url: &str, count: usize) -> Outcome {
        while self.tabs.len() < count {
            let batch = BATCH.min(count - self.tabs.len());
            for tab in join_all((0..batch).map(|_| Tab::open(live_url))).await {
                self.tabs.push(tab?);
            }
        }
        let shown = async {
            while self.tabs.iter().any(|tab| tab.seen().is_empty()) {
                tokio::time::sleep(TICK).await;
            }
        };
        tokio::time::timeout(PATIENCE, shown).await.map_err(|_| Problem::new("a tab was never shown anything"))
    }

    /// Waits until every tab has been shown a status.
    pub async fn until(&self, status: Status, patience: Duration) -> Outcome {
        let all = async {
            while self.tabs.iter().any(|tab| tab.first(status).is_none()) {
                tokio::time::sleep(TICK).await;
            }
        };
        let waited = tokio::time::timeout(patience, all).await;
        let (missing, of) = (self.tabs.len() - self.firsts(status).len(), self.tabs.len());
        waited.map_err(|_| Problem::new(format!("{missing} of {of} tabs were never shown {status:?}")))
    }

    /// When each was first shown a status; without those that were not.
    #[must_use]
    pub fn firsts(&self, status: Status) -> Vec<Timestamp> {
        self.tabs.iter().filter_map(|tab| tab.first(status)).collect()
    }

    /// Whether every tab was shown newer and newer views.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        self.tabs.iter().all(|tab| tab.seen().windows(2).all(|pair| pair[0].sequence < pair[1].sequence))
    }

    /// What each was shown last, of those that were shown anything.
    #[must_use]
    pub fn lasts(&self) -> Vec<Glance> {
        self.tabs.iter().filter_map(|tab| tab.seen().last().copied()).collect()
    }
}

impl Tab {
    async fn open(url: &str) -> Outcome<Self> {
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.doing("opening a socket")?;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        let reading = tokio::spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                let at = clock::now();
                let Message::Text(text) = message else { continue };
                let Ok(Read { sequence, status }) = serde_json::from_str(&text) else { continue };
                lock(&notes).push(Glance { at, sequence, status });
            }
        });
        Ok(Self { seen, reading: reading.abort_handle() })
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Glance>> {
        lock(&self.seen)
    }

    fn first(&self, status: Status) -> Option<Timestamp> {
        self.seen().iter().find(|glance| glance.status == status).map(|glance| glance.at)
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

fn lock(seen: &Mutex<Vec<Glance>>) -> MutexGuard<'_, Vec<Glance>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
