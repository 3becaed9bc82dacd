//! `takk env list`: the environments of a project, configured or stored. It needs no master key.

use schemars::JsonSchema;
use serde::Serialize;

use super::in_use;
use crate::config::Home;
use crate::ops::project::ReadProject;
use crate::platform::Platform;
use takk_model::error::Result;

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
