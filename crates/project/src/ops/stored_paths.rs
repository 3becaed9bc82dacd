//! takk's own store as a backend of secret paths, for chains such as `["takk", "vault"]`: what is stored under the names of paths.

use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

use takk_backends::{Backend, Deadline, Error, Fetched, Key, Proof, Result};
use takk_model::path_env_name;
use takk_plan::StoredVersion;

/// The stored versions that a plan knows. There are no values here: `check` judges them with all others, and `run` sets them itself.
#[derive(Default)]
pub(super) struct StoredPaths(HashMap<String, StoredVersion>);

impl StoredPaths {
    pub(super) fn of<'v>(stored: impl IntoIterator<Item = &'v StoredVersion>) -> Self {
        Self(stored.into_iter().map(|stored| (stored.name.clone(), stored.clone())).collect())
    }

    /// The version that a read would return. All versions are kept, counted from 1.
    fn find(&self, key: &Key) -> Proof {
        let name = path_env_name(key.path());
        let Some(stored) = self.0.get(&name) else {
            return Proof::Missing(
                Error::not_found(format!("cannot read `{key}` from takk's own store: {name} has no value"))
                    .hint("set it with `takk secrets set`"),
            );
        };
        let exists = |version: i64, changed| Proof::Exists { version: Some(version.to_string()), changed };
        let changed = u64::try_from(stored.set_at).ok().map(|set_at| UNIX_EPOCH + Duration::from_millis(set_at));
        match key.version().map(str::parse::<i64>) {
            None => exists(stored.version, changed),
            Some(Ok(version)) if version == stored.version => exists(version, changed),
            Some(Ok(version)) if (1..stored.version).contains(&version) => exists(version, None),
            Some(_) => Proof::VersionMissing(Error::not_found(format!(
                "cannot read `{key}` from takk's own store: {name} is at version {}",
                stored.version
            ))),
        }
    }
}

impl Backend for StoredPaths {
    fn name(&self) -> String {
        "takk's own store".to_owned()
    }

    fn fetch(&self, key: &Key, _deadline: Deadline) -> Result<Fetched> {
        let present = || Error::config(format!("`{key}` is in takk's own store, and is not read here"));
        Err(self.find(key).error().cloned().unwrap_or_else(present))
    }

    fn prove(&self, keys: &[Key], _deadline: Deadline) -> Vec<Proof> {
        keys.iter().map(|key| self.find(key)).collect()
    }
}
