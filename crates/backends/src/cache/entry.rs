//! One key of the cache: its value, and the request that is under way for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use crate::backend::Fetched;
use crate::error::Error;
use crate::fork::Turn;
use crate::key::Key;
use crate::ttl::Ttl;

/// A value that was read. It is immutable: a later read creates another one.
#[derive(Debug)]
pub struct Cached {
    /// The response of the backend.
    pub fetched: Fetched,
    /// The number of the cache's request. Readers that cache a conversion of the text repeat it when this number changes.
    pub serial: u64,
    /// When it was requested.
    pub(super) asked: Instant,
}

impl Cached {
    /// The time since it was requested.
    pub fn age(&self) -> Duration {
        self.asked.elapsed()
    }
}

/// The result of a request.
pub(super) struct Outcome {
    pub flight: u64,
    /// The error, or else the value.
    pub result: Result<Arc<Cached>, Error>,
}

/// One key of a [`Cache`](super::Cache). Readers may keep it to avoid lookups.
pub struct Entry {
    pub(super) key: Key,
    pub(super) value: ArcSwapOption<Cached>,
    /// Values up to this serial are stale, regardless of their age.
    pub(super) expired: AtomicU64,
    pub(super) turn: Turn,
    /// The number of the last request that was started.
    pub(super) begun: AtomicU64,
    pub(super) outcome: ArcSwapOption<Outcome>,
    pub(super) hits: AtomicU64,
}

impl Entry {
    pub(super) fn new(key: Key) -> Self {
        Self {
            key,
            value: ArcSwapOption::empty(),
            expired: AtomicU64::new(0),
            turn: Turn::new(),
            begun: AtomicU64::new(0),
            outcome: ArcSwapOption::empty(),
            hits: AtomicU64::new(0),
        }
    }

    /// Its key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The value, if it is fresh enough for this ttl: the path of a cached read, which takes no lock.
    pub fn fresh(&self, ttl: Ttl) -> Option<Arc<Cached>> {
        let value = self.value.load();
        let cached = value.as_ref()?;
        let is_young = match ttl {
            Ttl::Forever => true,
            Ttl::Never => false,
            Ttl::For(duration) => cached.asked.elapsed() < duration,
        };
        if !is_young || cached.serial <= self.expired.load(Ordering::Relaxed) {
            return None;
        }
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(Arc::clone(cached))
    }

    /// The smallest number of a request whose outcome is as good as that of one started now: the one in flight, or the next.
    pub(super) fn useful_flight(&self) -> u64 {
        let begun = self.begun.load(Ordering::SeqCst);
        let ended = self.outcome.load().as_ref().map_or(0, |outcome| outcome.flight);
        if begun > ended { begun } else { begun + 1 }
    }

    /// The outcome of a request with at least this number.
    pub(super) fn outcome_since(&self, flight: u64) -> Option<Result<Arc<Cached>, Error>> {
        let outcome = self.outcome.load();
        let outcome = outcome.as_ref().filter(|outcome| outcome.flight >= flight)?;
        // A value requested before all values were expired has expired as well.
        let expired = self.expired.load(Ordering::SeqCst);
        let is_useful = outcome.result.as_ref().map_or(true, |cached| cached.serial > expired);
        is_useful.then(|| outcome.result.clone())
    }

    pub(super) fn begin(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst) + 1
    }
}
