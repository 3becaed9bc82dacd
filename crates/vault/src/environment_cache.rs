//! A cache of recently opened environments, as they were read or written. Before each use, their revision and seal are compared with the
//! store. Values in it are encrypted.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::people::SealCache;
use super::state::Opened;
use crate::store::EnvironmentRow;

/// How many values are kept in all: some 10 MB where they are short.
const MOST_VALUES: u64 = 20_000;
/// How many environments that is about.
const USUAL_ENVIRONMENTS: usize = 200;

/// Environments that were opened not long ago, and people who were found to be sealed, for all connections to one store.
pub struct EnvironmentCache {
    environments: Cache<i64, Arc<Opened>, ByValues>,
    pub(super) people: Arc<SealCache>,
}

#[derive(Clone)]
struct ByValues;

impl Weighter<i64, Arc<Opened>> for ByValues {
    fn weight(&self, _id: &i64, opened: &Arc<Opened>) -> u64 {
        // The row itself counts as one.
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
    /// The environment of a row that was just read, if it is known in that state.
    pub(super) fn find(&self, row: &EnvironmentRow) -> Option<Arc<Opened>> {
        self.environments.get(&row.id).filter(|opened| opened.row == *row)
    }

    /// The same, for whoever is about to change it: nobody else has it then.
    pub(super) fn take(&self, row: &EnvironmentRow) -> Option<Arc<Opened>> {
        self.environments.remove(&row.id).map(|(_, opened)| opened).filter(|opened| opened.row == *row)
    }

    /// Keeps an environment in the state that is in the store.
    pub(super) fn keep(&self, opened: &Arc<Opened>) {
        self.environments.insert(opened.row.id, Arc::clone(opened));
    }

    pub(super) fn forget(&self, id: i64) {
        self.environments.remove(&id);
    }
}
