//! Versions as input and output: what to write, and what is known without the value.

use super::SecretValue;
use crate::store::VersionRow;
use serde::{Deserialize, Serialize};
use takk_model::Origin;

/// The prefix of the names of ledger entries, which no variable can have.
pub(super) const LEDGER_PREFIX: &str = "resource:";

/// The prefix of the names of admin addresses. No variable has such a name.
pub(super) const ADMIN_PREFIX: &str = "admin:";

/// A new value for a name, or its removal.
pub struct Update {
    pub name: String,
    /// The new value; `None` unsets the name.
    pub value: Option<SecretValue>,
    /// The version that the name must have, 0 for none; `None` for any.
    pub expected: Option<i64>,
    /// The origin of the value.
    pub origin: Origin,
}

impl Update {
    /// A copy with the same content.
    pub(super) fn copy(&self) -> Self {
        let value = self.value.as_ref().map(|value| SecretValue::from(value.expose()));
        Self { name: self.name.clone(), value, expected: self.expected, origin: self.origin }
    }
}

/// The result of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The revision of the environment after the change; 0 if it was created.
    pub revision: i64,
    /// The new version of each name, in the order of the updates.
    pub versions: Vec<i64>,
}

/// The metadata of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// The version, counted from 1.
    pub version: i64,
    /// Whether it has a value; otherwise the name was unset.
    pub is_set: bool,
    /// Equal for equal values within a project, across environments.
    pub fingerprint: Option<Vec<u8>>,
    /// Its origin.
    pub origin: String,
    pub author: String,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
}

impl From<VersionRow> for Entry {
    fn from(row: VersionRow) -> Self {
        Self {
            name: row.name,
            version: row.version,
            is_set: row.sealed.is_some(),
            fingerprint: row.fingerprint,
            origin: row.origin,
            author: row.author,
            created_at: row.created_at,
        }
    }
}

/// Whether a row is a version of a value, rather than an entry of the ledger or an admin address.
pub(super) fn is_value(row: &VersionRow) -> bool {
    !row.name.starts_with(LEDGER_PREFIX) && !row.name.starts_with(ADMIN_PREFIX)
}
