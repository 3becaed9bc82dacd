//! A cache of recent plans, shared by all connections to one store.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::manifests::Needed;

/// The maximum total size of cached manifests. A plan takes some ten times the size of its manifest in memory.
const MOST_BYTES: u64 = 3 << 20;
/// The expected number of environments.
const USUAL: usize = 100;

/// Everything that a plan depends on. If any of it changes, the plan is computed again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PlanKey {
    pub project: String,
    /// The environment, which may have been deleted and created again.
    pub environment: String,
    pub created_at: i64,
    pub revision: i64,
    /// The hash of the manifest.
    pub manifest: String,
}

pub(super) struct Plans(Cache<PlanKey, (u64, Arc<Needed>), ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<PlanKey, (u64, Arc<Needed>)> for ByBytes {
    fn weight(&self, _key: &PlanKey, (bytes, _): &(u64, Arc<Needed>)) -> u64 {
        bytes.saturating_add(1)
    }
}

impl Default for Plans {
    fn default() -> Self {
        Self(Cache::with_weighter(USUAL, MOST_BYTES, ByBytes))
    }
}

impl Plans {
    pub(super) fn find(&self, key: &PlanKey) -> Option<Arc<Needed>> {
        self.0.get(key).map(|(_, needed)| needed)
    }

    /// Caches the plan of a manifest of that size.
    pub(super) fn keep(&self, key: PlanKey, bytes: usize, needed: &Arc<Needed>) {
        self.0.insert(key, (u64::try_from(bytes).unwrap_or(u64::MAX), Arc::clone(needed)));
    }
}
