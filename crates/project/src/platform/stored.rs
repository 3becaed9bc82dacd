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
        /// Where its master key is; `None` if the project has no values yet.
        key: Option<KeySource>,
    },
    Server {
        url: String,
        version: String,
        /// The name of the project there.
        project: String,
        /// The user at the server.
        user: String,
    },
}

/// An environment in the store or on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEnvironment {
    pub name: String,
    /// How many values it has, whether or not they may be read.
    pub values: usize,
    /// When it expires, in milliseconds since 1970; `None` if it does not.
    pub expires_at: Option<i64>,
}

impl Snapshot {
    /// Without values that point to servers which takk created for this environment: they are of no use to another one.
    #[must_use]
    pub fn without_provisioned(mut self) -> Self {
        let (provisioned, others): (Vec<Held>, Vec<Held>) =
            self.held.into_iter().partition(|held| held.origin == Origin::Provisioned.as_str());
        self.held = others;
        self.values.retain(|(name, _)| provisioned.iter().all(|held| held.name != *name));
        self
    }
}

/// An environment at one point in time.
#[derive(Default)]
pub struct Snapshot {
    /// Its revision; `None` if it does not exist.
    pub revision: Option<i64>,
    /// What is set, by name.
    pub held: Vec<Held>,
    pub values: Named,
}

/// Which cached values may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    pub offline: bool,
    /// Their maximum age if the server cannot be reached; without this or `offline`, they are not used.
    pub max_age: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Current,
    /// Read from the server at that time, in milliseconds since 1970.
    ReadAt(i64),
}

/// The result of sending a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushResult {
    /// There is no server to send it to.
    Nobody,
    Known,
    New {
        /// How many required variables have no value.
        missing: usize,
    },
}

/// What each of the environments holds. Creates nothing.
pub fn holdings(platform: &mut dyn Platform, environments: &[Environment]) -> Result<Holdings> {
    let mut holdings = Holdings::default();
    let known = platform.environments()?;
    for environment in environments.iter().filter(|one| known.iter().any(|known| known.name == one.name.as_str())) {
        holdings.add(environment.name.clone(), platform.held(environment.name.as_str())?);
    }
    Ok(holdings)
}

/// The metadata of a name, if it is set.
pub fn held(entry: Entry) -> Option<Held> {
    let Entry { name, version, is_set, fingerprint, origin, author, created_at } = entry;
    is_set.then(|| Held { name, version, set_at: created_at, fingerprint: fingerprint.unwrap_or_default(), origin, author })
}
