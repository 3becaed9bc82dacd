//! `takk env list`: the environments of a project, configured or stored. It needs no master key.

use serde::Serialize;

use super::in_use;
use crate::config::Home;
use crate::ops::project::ReadProject;
use crate::platform::Platform;
use takk_model::error::Result;

/// An environment of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, as a program reads it")]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Whether this checkout uses it.
    pub in_use: bool,
    /// Whether the settings declare it; otherwise only the store has it.
    pub configured: bool,
    /// Whether the store has it.
    pub stored: bool,
    /// How many values it has.
    pub values: usize,
    /// The base domain of its external service URLs.
    pub domain: Option<String>,
    /// The environment that it is based on.
    pub base: Option<String>,
    /// The level of its credentials: `temporary`, `low-privilege`, `full`.
    pub level: &'static str,
    /// Its lifetime in seconds after its creation, from the settings.
    pub ttl: Option<u64>,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// Whether it has expired.
    pub expired: bool,
}

/// The environments of a project: the configured ones in order, then those that only the store has.
pub fn list(platform: &mut dyn Platform, project: &ReadProject, home: &Home, now: i64) -> Result<Vec<Listed>> {
    let in_use = in_use::remembered(project, home)?;
    let stored = platform.environments()?;
    let configured = || project.environments.iter().map(|environment| environment.name.as_str());
    let others = stored.iter().map(|row| row.name.as_str()).filter(|name| !configured().any(|known| known == *name));
    let listed = |name: &str| {
        let row = stored.iter().find(|row| row.name == name);
        let policy = project.config.policy(name);
        let expires_at = row.and_then(|row| row.expires_at);
        Listed {
            name: name.to_owned(),
            in_use: in_use.as_deref() == Some(name),
            configured: configured().any(|known| known == name),
            stored: row.is_some(),
            values: row.map_or(0, |row| row.values),
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
