//! `takk env use`: sets the default environment of a checkout. The store remembers it, not the repository.

use std::path::Path;

use crate::config::Home;
use crate::ops::environments;
use crate::ops::project::ReadProject;
use crate::platform::{FILE, Platform, existing_store, explained, made_store};
use takk_model::error::{Error, Result};
use takk_model::{Environment, EnvironmentName};
use takk_vault::store::{Store, StoreError};

/// The environment for a command: the named one, or else the one that the checkout uses, or else `dev`, or else the project's
/// first.
pub fn chosen(platform: &mut dyn Platform, name: Option<&str>, project: &ReadProject, home: &Home) -> Result<Environment> {
    if name.is_some() {
        return environments::one(name, project);
    }
    let Some(used) = remembered(project, home)? else { return environments::one(None, project) };
    let gone = || {
        Error::usage(format!("the environment in use, `{used}`, no longer exists"))
            .hint("`takk env use --clear` clears the choice; `takk env list` lists the others")
    };
    if used.starts_with("preview/") && !is_stored(platform, &used)? {
        return Err(gone());
    }
    environments::one(Some(&used), project).map_err(|_| gone())
}

/// The environment that a checkout uses, whether or not it still exists.
pub fn remembered(project: &ReadProject, home: &Home) -> Result<Option<String>> {
    let Some(store) = existing_store(home)? else { return Ok(None) };
    let name = store.fact(&fact(&project.root)).map_err(|error| explain(error, home))?;
    Ok(name.and_then(|name| String::from_utf8(name).ok()))
}

/// Records the environment that a checkout uses.
pub fn remember(platform: &mut dyn Platform, project: &ReadProject, name: &str, home: &Home) -> Result<EnvironmentName> {
    let environment = environments::one(Some(name), project)?;
    let is_preview = !project.environments.iter().any(|known| known.name == environment.name);
    if is_preview && !is_stored(platform, name)? {
        return Err(Error::usage(format!("there is no environment `{name}` yet")).hint(format!("takk env create {name}")));
    }
    made_store(home)?.set_fact(&fact(&project.root), name.as_bytes()).map_err(|error| explain(error, home))?;
    Ok(environment.name)
}

/// Forgets the environment that a checkout uses, and returns its name.
pub fn forget(project: &ReadProject, home: &Home) -> Result<Option<String>> {
    let Some(used) = remembered(project, home)? else { return Ok(None) };
    if let Some(store) = existing_store(home)? {
        store.remove_fact(&fact(&project.root)).map_err(|error| explain(error, home))?;
    }
    Ok(Some(used))
}

fn is_stored(platform: &mut dyn Platform, name: &str) -> Result<bool> {
    Ok(platform.environments()?.iter().any(|known| known.name == name))
}

/// The key in the store. The root is a canonical path.
fn fact(root: &Path) -> String {
    format!("environment in use: {}", root.display())
}

fn explain(error: StoreError, home: &Home) -> Error {
    let file = home.directory.as_deref().unwrap_or(Path::new("")).join(FILE);
    explained(error.into(), &file)
}
