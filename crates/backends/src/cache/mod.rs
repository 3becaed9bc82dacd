//! The values that were read: a cached read takes no lock, and one request at a time is under way for a key.

mod entry;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::backend::{Backend, Fetched};
use super::deadline::Deadline;
use super::error::{Error, Result};
use super::fork::Taken;
use super::key::Key;
use super::ttl::Ttl;

use entry::Outcome;
pub use entry::{Cached, Entry};

/// Called with a key and its new value after a read returned a different text than before.
pub type Listener = Arc<dyn Fn(&Key, &Cached) + Send + Sync>;

/// What to do if the value is missing or stale.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions {
    /// Whether to return a stale value instead of a `Transient` error.
    pub stale_on_error: bool,
    /// When the result is no longer needed.
    pub deadline: Deadline,
}

/// The result of a read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The value.
    pub cached: Arc<Cached>,
    /// Why the value is older than its ttl allows: the error that `stale_on_error` suppressed.
    pub stale: Option<Error>,
}

/// What is known about a cached value, for people.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path and its pinned version.
    pub key: Key,
    /// The version that was read.
    pub version: Option<String>,
    /// When that version was written.
    pub changed: Option<std::time::SystemTime>,
    /// The time since it was requested.
    pub age: Duration,
    /// How often it was read from the cache.
    pub hits: u64,
    /// Why the last request failed, if it did. The value is then from an earlier one.
    pub last_error: Option<Error>,
}

/// A backend with a cache.
pub struct Cache {
    backend: Arc<dyn Backend>,
    entries: ArcSwap<HashMap<Key, Arc<Entry>>>,
    serial: AtomicU64,
    listeners: ArcSwap<Vec<(u64, Listener)>>,
}

impl Cache {
    /// An empty cache.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend, entries: ArcSwap::default(), serial: AtomicU64::new(0), listeners: ArcSwap::default() }
    }

    /// The backend.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }

    /// The entry of a key, created if necessary. The lookup takes some 50 ns, which readers save by keeping the entry.
    pub fn entry(&self, key: &Key) -> Arc<Entry> {
        if let Some(entry) = self.entries.load().get(key) {
            return Arc::clone(entry);
        }
        let made = Arc::new(Entry::new(key.clone()));
        self.entries.rcu(|entries| {
            let mut entries = HashMap::clone(entries);
            entries.entry(key.clone()).or_insert_with(|| Arc::clone(&made));
            entries
        });
        self.entries.load().get(key).map_or(made, Arc::clone)
    }

    /// Reads a key: from the cache if its value is fresh for this ttl, otherwise from the backend.
    pub fn read(&self, key: &Key, ttl: Ttl, options: ReadOptions) -> Result<Read> {
        self.read_entry(&self.entry(key), ttl, options)
    }

    /// The same for an entry that a reader kept. All threads that miss on a key share one request and its outcome, even an error.
    pub fn read_entry(&self, entry: &Arc<Entry>, ttl: Ttl, options: ReadOptions) -> Result<Read> {
        if let Some(cached) = entry.fresh(ttl) {
            return Ok(Read { cached, stale: None });
        }
        if ttl == Ttl::Never {
            let serial = self.next_serial();
            let asked = Instant::now();
            let fetched = self.backend.fetch(&entry.key, options.deadline)?;
            return Ok(Read { cached: Arc::new(Cached { fetched, serial, asked }), stale: None });
        }
        let useful = entry.useful_flight();
        let _turn = self.turn(entry, options)?;
        let result = match entry.outcome_since(useful) {
            Some(result) => result,
            None => match entry.fresh(ttl) {
                Some(cached) => Ok(cached),
                None => self.fetch(entry, options.deadline),
            },
        };
        or_stale(entry, result, options)
    }

    /// Asks the backend regardless of the cache. On failure, the cached value stays.
    pub fn refresh(&self, key: &Key, options: ReadOptions) -> Result<Read> {
        let entry = self.entry(key);
        let _turn = self.turn(&entry, options)?;
        let result = self.fetch(&entry, options.deadline);
        or_stale(&entry, result, options)
    }

    /// Reads many keys, with one batch for those that are not fresh: one result for each, in order.
    pub fn read_many(&self, wanted: &[(Key, Ttl)], options: ReadOptions) -> Vec<Result<Read>> {
        let entries: Vec<_> = wanted.iter().map(|(key, _)| self.entry(key)).collect();
        let mut results: Vec<Option<Result<Read>>> = entries
            .iter()
            .zip(wanted)
            .map(|(entry, (_, ttl))| entry.fresh(*ttl).map(|cached| Ok(Read { cached, stale: None })))
            .collect();
        let mut missing: Vec<&Arc<Entry>> =
            entries.iter().zip(&results).filter(|(_, result)| result.is_none()).map(|(entry, _)| entry).collect();
        // Sorted by key, so that two batches cannot deadlock.
        missing.sort_by(|one, other| one.key.cmp(&other.key));
        missing.dedup_by(|one, other| one.key == other.key);
        let fetched = self.fetch_many(&missing, options);
        for (entry, result) in entries.iter().zip(&mut results) {
            if result.is_none() {
                *result = fetched.get(&entry.key).cloned();
            }
        }
        let unanswered = || Err(Error::transient(format!("{} returned no result", self.backend.name())));
        results.into_iter().map(|result| result.unwrap_or_else(unanswered)).collect()
    }

    /// Expires all values. They stay available for `stale_on_error`.
    pub fn expire_all(&self) {
        let last = self.serial.load(Ordering::SeqCst);
        for entry in self.entries.load().values() {
            entry.expired.store(last, Ordering::SeqCst);
        }
    }

    /// The content of the cache, by key.
    pub fn sources(&self) -> Vec<Source> {
        let entries = self.entries.load();
        let mut sources: Vec<_> = entries.values().filter_map(|entry| source(entry)).collect();
        sources.sort_by(|one, other| one.key.cmp(&other.key));
        sources
    }

    /// Calls `listener` on the reading thread whenever a read returns a different text than before. Returns an ID for
    /// [`unsubscribe`](Self::unsubscribe).
    #[allow(clippy::needless_pass_by_value, reason = "the cache keeps it")]
    pub fn subscribe(&self, listener: Listener) -> u64 {
        let id = self.next_serial();
        self.listeners.rcu(|listeners| {
            let mut listeners = Vec::clone(listeners);
            listeners.push((id, Arc::clone(&listener)));
            listeners
        });
        id
    }

    /// Removes a listener.
    pub fn unsubscribe(&self, id: u64) {
        self.listeners.rcu(|listeners| listeners.iter().filter(|(known, _)| *known != id).cloned().collect::<Vec<_>>());
    }

    fn next_serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn turn(&self, entry: &Entry, options: ReadOptions) -> Result<Taken> {
        entry.turn.take(options.deadline).ok_or_else(|| {
            let message =
                format!("cannot read `{}` from {}: another thread is still reading it", entry.key, self.backend.name());
            Error::transient(message).hint("give it more time, or try again")
        })
    }

    /// Asks the backend for one key. The caller holds its turn.
    fn fetch(&self, entry: &Arc<Entry>, deadline: Deadline) -> Result<Arc<Cached>> {
        let (flight, serial, asked) = (entry.begin(), self.next_serial(), Instant::now());
        let result = self.backend.fetch(&entry.key, deadline);
        self.keep(entry, flight, result.map(|fetched| Cached { fetched, serial, asked }))
    }

    /// Asks the backend for all keys that no other thread is reading, and waits for those threads.
    fn fetch_many(&self, missing: &[&Arc<Entry>], options: ReadOptions) -> HashMap<Key, Result<Read>> {
        let mut results = HashMap::new();
        let (mut turns, mut flights) = (Vec::new(), Vec::new());
        // Determined before waiting for any turn: requests that others complete in the meantime are as good as new ones.
        let useful: Vec<u64> = missing.iter().map(|entry| entry.useful_flight()).collect();
        for (entry, useful) in missing.iter().zip(useful) {
            match self.turn(entry, options) {
                Ok(turn) => {
                    if let Some(result) = entry.outcome_since(useful) {
                        results.insert(entry.key.clone(), or_stale(entry, result, options));
                    } else {
                        turns.push(turn);
                        flights.push((*entry, entry.begin(), self.next_serial()));
                    }
                }
                Err(error) => {
                    results.insert(entry.key.clone(), Err(error));
                }
            }
        }
        let keys: Vec<Key> = flights.iter().map(|(entry, ..)| entry.key.clone()).collect();
        let asked = Instant::now();
        let answers = if keys.is_empty() { Vec::new() } else { self.backend.fetch_many(&keys, options.deadline) };
        for ((entry, flight, serial), answer) in flights.into_iter().zip(answers) {
            let result = self.keep(entry, flight, answer.map(|fetched| Cached { fetched, serial, asked }));
            results.insert(entry.key.clone(), or_stale(entry, result, options));
        }
        drop(turns);
        results
    }

    /// Stores the outcome of a request, with its value if there is one.
    fn keep(&self, entry: &Entry, flight: u64, result: Result<Cached>) -> Result<Arc<Cached>> {
        let result = result.map(Arc::new);
        if let Ok(cached) = &result {
            let before = entry.value.swap(Some(Arc::clone(cached)));
            let is_other = before.is_some_and(|before| !before.fetched.text.is_same(&cached.fetched.text));
            if is_other {
                self.listeners.load().iter().for_each(|(_, listener)| listener(&entry.key, cached));
            }
        }
        entry.outcome.store(Some(Arc::new(Outcome { flight, result: result.clone() })));
        result
    }
}

/// The result, or the stale value if the reader prefers it.
fn or_stale(entry: &Entry, result: Result<Arc<Cached>>, options: ReadOptions) -> Result<Read> {
    match result {
        Ok(cached) => Ok(Read { cached, stale: None }),
        Err(error) if options.stale_on_error && error.is_transient() => match entry.value.load_full() {
            Some(cached) => Ok(Read { cached, stale: Some(error) }),
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

fn source(entry: &Entry) -> Option<Source> {
    let cached = entry.value.load_full()?;
    let Fetched { version, changed, .. } = &cached.fetched;
    let outcome = entry.outcome.load();
    Some(Source {
        key: entry.key.clone(),
        version: version.clone(),
        changed: *changed,
        age: cached.age(),
        hits: entry.hits.load(Ordering::Relaxed),
        last_error: outcome.as_ref().and_then(|outcome| outcome.result.as_ref().err().cloned()),
    })
}
