//! A cache of tokens and sessions that were valid when they were last looked up, by their hash. It only decides who waits with whom, and
//! whether a body is read before the token is verified again.

use quick_cache::sync::Cache;

const MOST: usize = 10_000;

/// Tokens and sessions that were valid when last checked, with their users.
pub struct TokenCache(Cache<Vec<u8>, i64>);

impl TokenCache {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// The user, if it was valid.
    pub(crate) fn find(&self, hash: &[u8]) -> Option<i64> {
        self.0.get(hash)
    }

    /// Records that it is valid, with its user.
    pub fn note(&self, hash: &[u8], person: i64) {
        if self.find(hash) != Some(person) {
            self.0.insert(hash.to_owned(), person);
        }
    }

    /// Removes one that is no longer valid.
    pub fn forget(&self, hash: &[u8]) {
        self.0.remove(hash);
    }
}
