//! What a platform reports about stored values.

use std::path::PathBuf;
use std::time::Duration;

use super::Platform;
use takk_model::error::Result;
use takk_model::{Environment, Held, Holdings, Origin};
use takk_vault::{Entry, KeySource, SecretValue};

pub type Named = Vec<(String, SecretValue)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the store of this machine.
    OwnStore {
        file: PathBuf,
        /// Where its master key is; `None` as long as nothing of the project is stored.
        key: Option<KeySource>,
    },
    Server {
        url: String,
        version: String,
        /// The name of the project there.
        project: String,
        /// As whom it is asked.
        user: String,
    },
}

/// An environment that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEnvironment {
    pub name: String,
    /// How many values it has, whether or not they can be read.
    pub values: usize,
    /// When its time is over, in milliseconds since 1970; `None` if it has none.
    pub expires_at: Option<i64>,
}

impl Snapshot {
    /// Without what leads to servers that takk created for this environment alone: nothing of it is for another one.
    #[must_use]
    pub fn without_provisioned(mut self) -> Self {
        let (provisioned, others): (Vec<Held>, Vec<Held>) =
            self.held.into_iter().partition(|held| held.origin == Origin::Provisioned.as_str());
        self.held = others;
        self.values.retain(|(name, _)| provisioned.iter().all(|held| held.name != *name));
        self
    }
}

/// An environment at one moment.
#[derive(Default)]
pub struct Snapshot {
    /// How often it was changed; `None` if it is not there.
    pub revision: Option<i64>,
    /// What is set, by name.
    pub held: Vec<Held>,
    pub values: Named,
}

/// When values may be used that were read earlier, for want of the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    pub offline: bool,
    /// How old they may be; with neither this nor `offline` they are not used.
    pub max_age: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Current,
    /// As they were read from the server at that moment, in milliseconds since 1970.
    ReadAt(i64),
}

/// What came of telling what the code needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushResult {
    /// There is nobody to be told.
    Nobody,
    Known,
    New {
        /// How many variables have no value and need one.
        missing: usize,
    },
}

/// What each of the environments holds, without making anything.
pub fn holdings(platform: &mut dyn Platform, environments: &[Environment]) -> Result<Holdings> {
    let mut holdings = Holdings::default();
    let known = platform.environments()?;
    for environment in environments.iter().filter(|one| known.iter().any(|known| known.name == one.name.as_str())) {
        holdings.add(environment.name.clone(), platform.held(environment.name.as_str())?);
    }
    Ok(holdings)
}

/// What is known of a name, if it is set.
pub fn held(entry: Entry) -> Option<Held> {
    let Entry { name, version, is_set, fingerprint, origin, author, created_at } = entry;
    is_set.then(|| Held { name, version, set_at: created_at, fingerprint: fingerprint.unwrap_or_default(), origin, author })
}
