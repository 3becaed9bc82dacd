//! What every backend can do: read one secret, read many at once, and prove that they exist without reading them.

use std::time::SystemTime;

use super::deadline::Deadline;
use super::error::{Error, ErrorKind, Result};
use super::key::Key;
use super::text::SecretText;

/// The response of a backend for a key.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The secret.
    pub text: SecretText,
    /// Its version, if the backend has versions.
    pub version: Option<String>,
    /// When that version was written, if the backend reports it.
    pub changed: Option<SystemTime>,
}

impl Fetched {
    /// A text from a backend without versions.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: SecretText::new(text), version: None, changed: None }
    }
}

/// What is known about a secret without its value.
#[derive(Clone, Debug)]
pub enum Proof {
    /// It exists, and this identity may read it.
    Exists {
        /// The version that a read would return.
        version: Option<String>,
        /// When that version was written.
        changed: Option<SystemTime>,
    },
    /// The path does not exist, or its entry lacks the field.
    Missing(Error),
    /// The path exists, but the pinned version does not.
    VersionMissing(Error),
    /// The version existed, and has been deleted or destroyed.
    Destroyed(Error),
    /// This identity may not read it, or the backend does not know the identity.
    NotReadable(Error),
    /// Not known, because the backend cannot be reached or the configuration is wrong.
    Unknown(Error),
}

impl Proof {
    /// What a failed read proves.
    pub fn of_error(error: Error) -> Self {
        match error.kind() {
            ErrorKind::SecretNotFound => Self::Missing(error),
            ErrorKind::Auth => Self::NotReadable(error),
            ErrorKind::Config | ErrorKind::MissingContextVariable | ErrorKind::Transient => Self::Unknown(error),
        }
    }

    /// Why it does not exist or is not known. `None` if it exists.
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

    /// A word or two, for tables.
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

/// A place to read secrets from. All calls block, respect the deadline, and may come from several threads at once.
pub trait Backend: Send + Sync {
    /// The name for messages, with its address and the identity: `Vault at https://vault.example (AppRole web)`. Contains no secret.
    fn name(&self) -> String;

    /// Reads one secret.
    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched>;

    /// Reads many secrets in as few requests as possible: one result for each key, in order. A missing name does not affect the others.
    fn fetch_many(&self, keys: &[Key], deadline: Deadline) -> Vec<Result<Fetched>> {
        keys.iter().map(|key| self.fetch(key, deadline)).collect()
    }

    /// What is known about each key without reading its value: one proof for each key, in order.
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

/// The proof of a backend that can only read: reads the value and drops it.
pub(crate) fn prove_by_reading(backend: &(impl Backend + ?Sized), keys: &[Key], deadline: Deadline) -> Vec<Proof> {
    let exists = |fetched: Fetched| Proof::Exists { version: fetched.version, changed: fetched.changed };
    backend.fetch_many(keys, deadline).into_iter().map(|result| result.map_or_else(Proof::of_error, exists)).collect()
}
