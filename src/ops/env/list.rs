//! `takk env list`: the environments of a project, configured or stored. No master key is needed.

use schemars::JsonSchema;
use serde::Serialize;

use super::in_use;
use crate::config::Home;
use crate::error::Result;
use crate::ops::platform::{existing_file, existing_store, explained};
use crate::ops::project::ReadProject;
use crate::store::{EnvironmentRow, Store, StoreError};

/// An environment of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, as a program reads it")]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Whether it is the one in use in this checkout.
    pub in_use: bool,
    /// Whether the settings of takk declare it; else only the store knows it.
    pub configured: bool,
    /// Whether the store knows it.
    pub stored: bool,
    /// How many values are stored for it.
    pub values: usize,
    /// The base domain of its external service URLs.
    pub domain: Option<String>,
    /// The environment that it is a variant of.
    pub base: Option<String>,
    /// How strong its credentials are: `temporary`, `low-privilege`, `full`.
    pub level: &'static str,
    /// How many seconds it lives once it is made, as the settings say.
    pub ttl: Option<u64>,
    /// When its time is over, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// Whether its time is over.
    pub expired: bool,
}

/// The environments of a project: those that are configured in their order, then those that only the store knows.
pub fn list(project: &ReadProject, home: &Home, now: i64) -> Result<Vec<Listed>> {
    let in_use = in_use::remembered(project, home)?;
    let stored = stored(project, home)?;
    let configured = || project.environments.iter().map(|environment| environment.name.as_str());
    let others = stored.iter().map(|(row, _)| row.name.as_str()).filter(|name| !configured().any(|known| known == *name));
    let listed = |name: &str| {
        let row = stored.iter().find(|(row, _)| row.name == name);
        let policy = project.config.policy(name);
        let expires_at = row.and_then(|(row, _)| row.expires_at);
        Listed {
            name: name.to_owned(),
            in_use: in_use.as_deref() == Some(name),
            configured: configured().any(|known| known == name),
            stored: row.is_some(),
            values: row.map_or(0, |(_, values)| *values),
            domain: project.config.environment(name).and_then(|environment| environment.domain.clone()),
            base: policy.base.map(|base| base.to_string()),
            level: policy.level.as_str(),
            ttl: policy.ttl.map(|ttl| ttl.as_secs()),
            expires_at,
            expired: expires_at.is_some_and(|end| end <= now),
        }
    };
    Ok(configured().chain(others).map(listed).collect())
}

/// The environments of a project that the store knows, each with its number of values.
fn stored(project: &ReadProject, home: &Home) -> Result<Vec<(EnvironmentRow, usize)>> {
    let (Some(store), Some(file)) = (existing_store(home)?, existing_file(home)) else { return Ok(Vec::new()) };
    let counted = || -> Result<_, StoreError> {
        let rows = store.environments(&project.manifest.project.name)?;
        rows.into_iter().map(|row| store.count(row.id).map(|count| (row, count))).collect()
    };
    counted().map_err(|error: StoreError| explained(error.into(), &file))
}
