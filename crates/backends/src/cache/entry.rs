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

/// A value as it was read. It never changes: a later read has another one.
#[derive(Debug)]
pub struct Cached {
    /// What the backend gave.
    pub fetched: Fetched,
    /// Counts the requests of the cache: a reader that keeps what it made of the text makes it again when this is another number.
    pub serial: u64,
    /// When it was asked for.
    pub(super) asked: Instant,
}

impl Cached {
    /// How long ago it was asked for.
    pub fn age(&self) -> Duration {
        self.asked.elapsed()
    }
}

/// How a request ended.
pub(super) struct Outcome {
    pub flight: u64,
    /// The error, or the value if there is none.
    pub result: Result<Arc<Cached>, Error>,
}

/// One key of a [`Cache`](super::Cache). A reader may keep it, so that it need not be looked up.
pub struct Entry {
    pub(super) key: Key,
    pub(super) value: ArcSwapOption<Cached>,
    /// Values up to this serial are not fresh, however young they are.
    pub(super) expired: AtomicU64,
    pub(super) turn: Turn,
    /// The number of the last request that was begun.
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

    /// What it is the value of.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The value, if a reader with this ttl may use it: the way of a cached read, which takes no lock.
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

    /// The number that a request must have for its outcome to be as good as one that is begun now: the one that is under way, or the next.
    pub(super) fn useful_flight(&self) -> u64 {
        let begun = self.begun.load(Ordering::SeqCst);
        let ended = self.outcome.load().as_ref().map_or(0, |outcome| outcome.flight);
        if begun > ended { begun } else { begun + 1 }
    }

    /// The outcome of a request that has at least this number.
    pub(super) fn outcome_since(&self, flight: u64) -> Option<Result<Arc<Cached>, Error>> {
        let outcome = self.outcome.load();
        let outcome = outcome.as_ref().filter(|outcome| outcome.flight >= flight)?;
        // What was asked for before all values were marked as too old is too old as well.
        let expired = self.expired.load(Ordering::SeqCst);
        let is_useful = outcome.result.as_ref().map_or(true, |cached| cached.serial > expired);
        is_useful.then(|| outcome.result.clone())
    }

    pub(super) fn begin(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst) + 1
    }
}
