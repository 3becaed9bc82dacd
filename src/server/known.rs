//! Tokens that were good when they were last looked at, by their hash. It decides nothing but whether a body is read before the token is
//! looked at again.

use quick_cache::sync::Cache;

/// How many tokens are remembered.
const MOST: usize = 10_000;

/// Tokens that were good when they were last looked at.
pub(super) struct Known(Cache<Vec<u8>, ()>);

impl Known {
    pub fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// Whether a token was good.
    pub fn is_known(&self, hash: &[u8]) -> bool {
        self.0.get(hash).is_some()
    }

    /// A token is good.
    pub fn note(&self, hash: &[u8]) {
        self.0.insert(hash.to_owned(), ());
    }

    /// A token is not good any more.
    pub fn forget(&self, hash: &[u8]) {
        self.0.remove(hash);
    }
}
