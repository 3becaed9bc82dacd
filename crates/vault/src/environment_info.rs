//! An environment at one moment, without its values.

use std::sync::Arc;

use super::entry::is_value;
use super::{Entry, Result, Vault};

/// The metadata of an environment at one point in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentInfo {
    /// Its revision.
    pub revision: i64,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// The current version of every name, including unset ones, sorted by name.
    pub entries: Vec<Entry>,
}

impl Vault {
    /// The metadata of an environment at one point in time.
    pub fn seen(&mut self, project: &str, environment: &str) -> Result<EnvironmentInfo> {
        let opened = Arc::unwrap_or_clone(self.load(project, environment)?);
        let (revision, created_at) = (opened.row.revision, opened.row.created_at);
        Ok(EnvironmentInfo {
            revision,
            created_at,
            entries: opened.current.into_iter().filter(is_value).map(Entry::from).collect(),
        })
    }
}
