//! A backend for tests: returns the values that a test provides, and records the requested keys.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::backend::{Backend, Fetched, Proof};
use super::deadline::Deadline;
use super::error::{Error, Result};
use super::key::Key;

/// Values by path, values by path and version, and a record of all requested keys.
#[derive(Default)]
pub struct Mock {
    data: Mutex<HashMap<Key, String>>,
    calls: Mutex<Vec<Key>>,
}

impl Mock {
    /// With values of paths, and values of versions.
    pub fn new<P: Into<String>, V: Into<String>>(
        data: impl IntoIterator<Item = (P, V)>,
        versions: impl IntoIterator<Item = ((P, P), V)>,
    ) -> Self {
        let plain = data.into_iter().map(|(path, value)| (Key::new(path), value.into()));
        let pinned = versions.into_iter().map(|((path, version), value)| (Key::pinned(path, Some(version)), value.into()));
        Self { data: Mutex::new(plain.chain(pinned).collect()), calls: Mutex::default() }
    }

    /// Sets a value.
    pub fn set(&self, key: Key, value: impl Into<String>) {
        self.data.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value.into());
    }

    /// The requested keys, in order; proofs are not recorded.
    pub fn calls(&self) -> Vec<Key> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Clears the record of requests.
    pub fn reset_calls(&self) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn value(&self, key: &Key) -> Result<Fetched> {
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let value =
            data.get(key).map(|value| Fetched { version: key.version().map(str::to_owned), ..Fetched::new(value.clone()) });
        value.ok_or_else(|| Error::not_found(format!("the mock backend has no value for `{key}`")).hint("add it to its data"))
    }
}

impl Backend for Mock {
    fn name(&self) -> String {
        "the mock backend".to_owned()
    }

    fn fetch(&self, key: &Key, _deadline: Deadline) -> Result<Fetched> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(key.clone());
        self.value(key)
    }

    fn prove(&self, keys: &[Key], _deadline: Deadline) -> Vec<Proof> {
        let exists = |fetched: Fetched| Proof::Exists { version: fetched.version, changed: None };
        keys.iter().map(|key| self.value(key).map_or_else(Proof::of_error, exists)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_versions_and_remembers_calls() {
        let mock = Mock::new([("/a", "1")], [(("/a", "2"), "two")]);
        let (plain, pinned, missing) = (Key::new("/a"), Key::pinned("/a", Some("2")), Key::pinned("/a", Some("3")));
        let keys = [plain.clone(), pinned.clone(), missing.clone()];
        let read = mock.fetch_many(&keys, Deadline::NONE);
        let texts: Vec<_> = read.iter().map(|read| read.as_ref().ok().map(|read| read.text.expose())).collect();
        assert_eq!(texts, [Some("1"), Some("two"), None]);
        assert_eq!(mock.calls(), keys);
        mock.reset_calls();
        mock.set(missing.clone(), "three");
        assert!(matches!(mock.prove(&[missing], Deadline::NONE)[..], [Proof::Exists { .. }]) && mock.calls().is_empty());
    }
}
