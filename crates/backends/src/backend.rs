//! What every backend can do: read one secret, read many at once, and prove that they are there without reading them.

use std::time::SystemTime;

use super::deadline::Deadline;
use super::error::{Error, ErrorKind, Result};
use super::key::Key;
use super::text::SecretText;

/// What a backend gave for a key.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The secret.
    pub text: SecretText,
    /// The version that it is, where the backend has versions.
    pub version: Option<String>,
    /// When that version was written, where the backend says so.
    pub changed: Option<SystemTime>,
}

impl Fetched {
    /// A text of a backend without versions.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: SecretText::new(text), version: None, changed: None }
    }
}

/// What is known of a secret without its value.
#[derive(Clone, Debug)]
pub enum Proof {
    /// It exists, and this identity may read it.
    Exists {
        /// The version that a read would give.
        version: Option<String>,
        /// When that version was written.
        changed: Option<SystemTime>,
    },
    /// There is nothing at this path, or the entry has no such field.
    Missing(Error),
    /// The path exists, and the pinned version does not.
    VersionMissing(Error),
    /// The version existed, and was deleted or destroyed.
    Destroyed(Error),
    /// The backend does not let this identity read it, or does not know the identity.
    NotReadable(Error),
    /// It could not be found out, and why: the backend cannot be reached, or the configuration is wrong.
    Unknown(Error),
}

impl Proof {
    /// What a read that failed proves.
    pub fn of_error(error: Error) -> Self {
        match error.kind() {
            ErrorKind::SecretNotFound => Self::Missing(error),
            ErrorKind::Auth => Self::NotReadable(error),
            ErrorKind::Config | ErrorKind::MissingContextVariable | ErrorKind::Transient => Self::Unknown(error),
        }
    }

    /// Why it is not there or not known. `None` if it exists.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Exists { .. } => None,
            Self::Missing(error)
            | Self::VersionMissing(error)
            | Self::Destroyed(error)
            | Self::NotReadable(error)
            | Self::Unknown(error) => Some(error),
        }
    }

    /// The finding in a word or two, for tables.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "exists",
            Self::Missing(_) => "missing",
            Self::VersionMissing(_) => "version missing",
            Self::Destroyed(_) => "destroyed",
            Self::NotReadable(_) => "not readable",
            Self::Unknown(_) => "not checked",
        }
    }
}

/// Where secrets are read. All calls block, respect the deadline, and may come from several threads at once.
pub trait Backend: Send + Sync {
    /// What messages call it, with its address and who asks: `Vault at https://vault.example (AppRole web)`. No secret is in it.
    fn name(&self) -> String;

    /// Reads one secret.
    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched>;

    /// Reads many, in as few requests as the backend allows: one result for each key, in their order. A name that is missing does not
    /// lose the others.
    fn fetch_many(&self, keys: &[Key], deadline: Deadline) -> Vec<Result<Fetched>> {
        keys.iter().map(|key| self.fetch(key, deadline)).collect()
    }

    /// What is known of each key, without reading its value: one proof for each key, in their order.
    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof>;
}

impl<B: Backend + ?Sized> Backend for std::sync::Arc<B> {
    fn name(&self) -> String {
        (**self).name()
    }

    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched> {
        (**self).fetch(key, deadline)
    }

    fn fetch_many(&self, keys: &[Key], deadline: Deadline) -> Vec<Result<Fetched>> {
        (**self).fetch_many(keys, deadline)
    }

    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
        (**self).prove(keys, deadline)
    }
}

/// The proof of a backend that can only read: the value is read and dropped.
pub(crate) fn prove_by_reading(backend: &(impl Backend + ?Sized), keys: &[Key], deadline: Deadline) -> Vec<Proof> {
    let exists = |fetched: Fetched| Proof::Exists { version: fetched.version, changed: fetched.changed };
    backend.fetch_many(keys, deadline).into_iter().map(|result| result.map_or_else(Proof::of_error, exists)).collect()
}
