//! A cache of recently opened environments, as they were read or written. Before each use, their revision and seal are compared with the
//! store. Values in it are encrypted.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::people::SealCache;
use super::state::Opened;
use crate::store::EnvironmentRow;

/// The maximum number of cached values: some 10 MB if they are short.
const MOST_VALUES: u64 = 20_000;
/// The expected number of environments.
const USUAL_ENVIRONMENTS: usize = 200;

/// A cache of recently opened environments, and of verified rows of people, shared by all connections to a store.
pub struct EnvironmentCache {
    environments: Cache<i64, Arc<Opened>, ByValues>,
    pub(super) people: Arc<SealCache>,
}

#[derive(Clone)]
struct ByValues;

impl Weighter<i64, Arc<Opened>> for ByValues {
    fn weight(&self, _id: &i64, opened: &Arc<Opened>) -> u64 {
        // The row itself counts as one value.
        u64::try_from(opened.current.len()).unwrap_or(u64::MAX).saturating_add(1)
    }
}

impl Default for EnvironmentCache {
    fn default() -> Self {
        let environments = Cache::with_weighter(USUAL_ENVIRONMENTS, MOST_VALUES, ByValues);
        Self { environments, people: Arc::default() }
    }
}

impl EnvironmentCache {
    /// The cached environment of a row that was just read, if it has the same state.
    pub(super) fn find(&self, row: &EnvironmentRow) -> Option<Arc<Opened>> {
        self.environments.get(&row.id).filter(|opened| opened.row == *row)
    }

    /// The same for a caller who is about to change it: removes it from the cache.
    pub(super) fn take(&self, row: &EnvironmentRow) -> Option<Arc<Opened>> {
        self.environments.remove(&row.id).map(|(_, opened)| opened).filter(|opened| opened.row == *row)
    }

    /// Caches an environment in the state in which it is stored.
    pub(super) fn keep(&self, opened: &Arc<Opened>) {
        self.environments.insert(opened.row.id, Arc::clone(opened));
    }

    pub(super) fn forget(&self, id: i64) {
        self.environments.remove(&id);
    }
}
