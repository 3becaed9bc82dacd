//! Versions as input and output: what to write, and what is known without the value.

use super::SecretValue;
use crate::store::VersionRow;
use serde::{Deserialize, Serialize};
use takk_model::Origin;

/// What the names of ledger entries begin with. No variable of a program has such a name.
pub(super) const LEDGER_PREFIX: &str = "resource:";

/// What the names of admin addresses begin with. No variable has such a name either.
pub(super) const ADMIN_PREFIX: &str = "admin:";

/// A new value for a name, or none any more.
pub struct Update {
    pub name: String,
    /// Its value; `None` unsets it.
    pub value: Option<SecretValue>,
    /// The version that it must have now, 0 for none; `None` where that does not matter.
    pub expected: Option<i64>,
    /// How the value came to be.
    pub origin: Origin,
}

impl Update {
    /// Another one of the same content.
    pub(super) fn copy(&self) -> Self {
        let value = self.value.as_ref().map(|value| SecretValue::from(value.expose()));
        Self { name: self.name.clone(), value, expected: self.expected, origin: self.origin }
    }
}

/// What a change came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// How often the environment was changed, this change included; 0 if it was created.
    pub revision: i64,
    /// The new version of each name, in the order of the updates.
    pub versions: Vec<i64>,
}

/// What is known of a version without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// Counts from 1.
    pub version: i64,
    /// Whether there is a value; else it was unset.
    pub is_set: bool,
    /// Equal for equal values of a project, whatever the environment.
    pub fingerprint: Option<Vec<u8>>,
    /// How it came to be.
    pub origin: String,
    pub author: String,
    /// When, in milliseconds since 1970.
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

/// Whether a row is a version of a value, and neither an entry of the ledger nor an admin address.
pub(super) fn is_value(row: &VersionRow) -> bool {
    !row.name.starts_with(LEDGER_PREFIX) && !row.name.starts_with(ADMIN_PREFIX)
}
