//! The contents of the rows of a store.

/// An environment of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentRow {
    /// Its number in this store.
    pub id: i64,
    /// The project it belongs to.
    pub project: String,
    pub name: String,
    /// Its data key, wrapped by the master key.
    pub wrapped_key: Vec<u8>,
    /// How often it was changed.
    pub revision: i64,
    /// What authenticates its current values.
    pub seal: Vec<u8>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When its time is over, in milliseconds since 1970; `None` if it has none.
    pub expires_at: Option<i64>,
}

impl EnvironmentRow {
    /// From how many changes on looking up each name by itself is faster than reading every version.
    const MANY_CHANGES: i64 = 1000;

    /// Whether there are so many versions that its names are looked up one by one.
    pub(super) fn has_long_history(&self) -> bool {
        self.revision >= Self::MANY_CHANGES
    }
}

/// One version of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    pub name: String,
    /// Counts from 1.
    pub version: i64,
    /// Nonce and ciphertext; `None` where the value was unset.
    pub sealed: Option<Vec<u8>>,
    /// Equal values of one project have equal fingerprints.
    pub fingerprint: Option<Vec<u8>>,
    /// How it came to be.
    pub origin: String,
    pub author: String,
    /// When, in milliseconds since 1970.
    pub created_at: i64,
}

/// What the code says that an environment needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestRow {
    pub environment: i64,
    pub sealed: Vec<u8>,
    pub author: String,
    /// When, in milliseconds since 1970.
    pub stored_at: i64,
}

/// What changes of an environment write, all of it or nothing.
#[derive(Clone, Debug)]
pub struct Change<'c> {
    pub environment: i64,
    /// Its revision before: another one means that somebody else was faster.
    pub revision_before: i64,
    /// Its seal before: another one means that it is another state with the same revision.
    pub seal_before: &'c [u8],
    /// Its revision after the last change.
    pub revision: i64,
    /// What authenticates the values after the last change.
    pub seal: &'c [u8],
    pub versions: &'c [VersionRow],
}
