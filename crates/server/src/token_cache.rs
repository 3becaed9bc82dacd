//! A cache of tokens and sessions that were valid when they were last looked up, by their hash. It only decides who waits with whom, and
//! whether a body is read before the token is verified again.

use quick_cache::sync::Cache;

const MOST: usize = 10_000;

/// Tokens and sessions that were good when they were last looked at, and whose they are.
pub(super) struct TokenCache(Cache<Vec<u8>, i64>);

impl TokenCache {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// Whose it is, if it was good.
    pub(crate) fn find(&self, hash: &[u8]) -> Option<i64> {
        self.0.get(hash)
    }

    /// It is good, and somebody's.
    pub(crate) fn note(&self, hash: &[u8], person: i64) {
        if self.find(hash) != Some(person) {
            self.0.insert(hash.to_owned(), person);
        }
    }

    /// It is not good any more.
    pub(crate) fn forget(&self, hash: &[u8]) {
        self.0.remove(hash);
    }
}
