//! `takk env delete`: the key of an environment is destroyed, and then everything in it.

use schemars::JsonSchema;
use serde::Serialize;

use super::in_use;
use crate::config::Home;
use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::ops::platform::{Platform, now};
use crate::ops::project::ReadProject;

/// An environment that is to be deleted, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Doomed {
    /// Its name.
    pub name: String,
    /// How many values it has.
    pub values: usize,
}

/// The environment of that name.
pub fn one(platform: Option<&mut Platform>, project: &ReadProject, name: &str) -> Result<Doomed> {
    let known = platform.as_ref().map(|platform| platform.environments()).transpose()?.unwrap_or_default();
    match platform {
        Some(platform) if known.iter().any(|known| known == name) => doomed(platform, name),
        _ => Err(unknown(project, name, &known)),
    }
}

/// The environments whose time is over.
pub fn expired(platform: Option<&mut Platform>) -> Result<Vec<Doomed>> {
    let Some(platform) = platform else { return Ok(Vec::new()) };
    let names = platform.expired(now())?;
    names.iter().map(|name| doomed(platform, name)).collect()
}

/// Deletes an environment. One that is in use in this checkout is not in use any more.
pub fn delete(platform: &mut Platform, project: &ReadProject, home: &Home, doomed: &Doomed) -> Result<()> {
    platform.forget(&doomed.name)?;
    if in_use::remembered(project, home)?.as_ref() == Some(&doomed.name) {
        in_use::forget(project, home)?;
    }
    Ok(())
}

fn doomed(platform: &mut Platform, name: &str) -> Result<Doomed> {
    Ok(Doomed { name: name.to_owned(), values: platform.count(name)? })
}

fn unknown(project: &ReadProject, name: &str, known: &[String]) -> Error {
    let configured = project.environments.iter().any(|environment| environment.name.as_str() == name);
    if configured {
        return Error::usage(format!("nothing is stored in `{name}`"))
            .hint("an environment that the settings of takk declare is removed there");
    }
    let error = Error::usage(format!("there is no environment `{name}`"));
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`takk env list` lists the environments"),
    }
}
