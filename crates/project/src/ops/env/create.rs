//! `takk env create`: creates an environment with its own key, empty or with the values of another one.

use std::time::Duration;

use serde::Serialize;

use super::name;
use crate::ops::environments;
use crate::ops::project::ReadProject;
use crate::platform::{Platform, now};
use takk_catalog::reserved;
use takk_model::Origin;
use takk_model::error::{Error, Result};
use takk_model::{Environment, EnvironmentName};
use takk_vault::{SecretValue, Update};

/// An environment to create.
pub struct Wanted {
    /// The environment.
    pub environment: Environment,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// The environment to copy from, and its values.
    pub copy: Option<(EnvironmentName, Vec<(String, SecretValue)>)>,
}

/// An environment that was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Created {
    /// Its name.
    pub name: EnvironmentName,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// The environment whose values were copied.
    pub from: Option<EnvironmentName>,
    /// How many values it has.
    pub values: usize,
}

/// The environment that `typed` names; without it, the preview of the branch that CI builds or that is checked out.
pub fn environment(typed: Option<&str>, project: &ReadProject, of_build: Option<String>) -> Result<Environment> {
    let typed = match typed {
        Some(typed) => typed.to_owned(),
        None => name::of_checkout(project, of_build)?.to_string(),
    };
    environments::one(Some(&typed), project).map_err(|error| {
        let branch = typed.strip_prefix("preview/").unwrap_or(&typed);
        match name::of_branch(branch) {
            Some(name) => error.hint(format!("for a preview: takk env create {name}")),
            None => error,
        }
    })
}

/// Prepares the creation without changing anything. Without `ttl`, the settings determine the lifetime.
pub fn prepare(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: Environment,
    from: Option<&str>,
    ttl: Option<Duration>,
) -> Result<Wanted> {
    let name = &environment.name;
    let ttl = ttl.or(project.config.policy(name.as_str()).ttl);
    let expires_at = ttl.map(|ttl| now().saturating_add(i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX)));
    let known = platform.environments()?;
    if known.iter().any(|known| known.name == name.as_str()) {
        return Err(Error::usage(format!("environment `{name}` already exists"))
            .hint(format!("takk secrets list --env {name}"))
            .hint(format!("to start over: takk env delete {name}")));
    }
    let copy = match from {
        Some(from) => {
            let from = environments::one(Some(from), project)?.name;
            let mut values = platform.snapshot(from.as_str())?.without_provisioned().values;
            values.retain(|(name, _)| reserved(name).is_none());
            if values.is_empty() {
                return Err(Error::usage(format!("`{from}` has no values to copy"))
                    .hint("omit --from, or pass another environment: `takk env list` lists them"));
            }
            Some((from, values))
        }
        None => None,
    };
    Ok(Wanted { environment, expires_at, copy })
}

/// Creates it, and stores its values under a new data key.
pub fn create(platform: &mut dyn Platform, wanted: Wanted) -> Result<Created> {
    let name = wanted.environment.name;
    let mut created = Created { name: name.clone(), expires_at: wanted.expires_at, from: None, values: 0 };
    let mut updates: Vec<Update> = Vec::new();
    if let Some((from, values)) = wanted.copy {
        let update = |(name, value)| Update { name, value: Some(value), expected: Some(0), origin: Origin::Promoted };
        updates.extend(values.into_iter().map(update));
        created.from = Some(from);
        created.values = updates.len();
    }
    if !platform.create(name.as_str(), wanted.expires_at, &updates)? {
        return Err(Error::usage(format!("environment `{name}` already exists")).hint("`takk env list` lists them"));
    }
    Ok(created)
}
