//! The contents of the rows of a store.

/// An environment of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentRow {
    /// Its ID, assigned by the store.
    pub id: i64,
    /// The project it belongs to.
    pub project: String,
    pub name: String,
    /// Its data key, wrapped by the master key.
    pub wrapped_key: Vec<u8>,
    /// The number of changes.
    pub revision: i64,
    /// The code that authenticates its current values.
    pub seal: Vec<u8>,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it expires, in milliseconds since 1970; `None` if it does not.
    pub expires_at: Option<i64>,
}

impl EnvironmentRow {
    /// From this many changes on, looking up each name is faster than reading every version.
    const MANY_CHANGES: i64 = 1000;

    /// Whether there are so many versions that names should be looked up one by one.
    pub(super) fn has_long_history(&self) -> bool {
        self.revision >= Self::MANY_CHANGES
    }
}

/// One version of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    pub name: String,
    /// The version, counted from 1.
    pub version: i64,
    /// Nonce and ciphertext; `None` if the name was unset.
    pub sealed: Option<Vec<u8>>,
    /// Equal values of a project have equal fingerprints.
    pub fingerprint: Option<Vec<u8>>,
    /// Its origin.
    pub origin: String,
    pub author: String,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
}

/// The stored manifest of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestRow {
    pub environment: i64,
    pub sealed: Vec<u8>,
    pub author: String,
    /// When it was stored, in milliseconds since 1970.
    pub stored_at: i64,
}

/// The rows that a change of an environment writes, in one transaction.
#[derive(Clone, Debug)]
pub struct Change<'c> {
    pub environment: i64,
    /// Its revision before the change. Any other value means a conflict.
    pub revision_before: i64,
    /// Its seal before the change. Any other value means a different state with the same revision.
    pub seal_before: &'c [u8],
    /// Its revision after the change.
    pub revision: i64,
    /// Its seal after the change.
    pub seal: &'c [u8],
    pub versions: &'c [VersionRow],
}
