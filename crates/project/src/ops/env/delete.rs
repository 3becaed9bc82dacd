//! `takk env delete`: destroys the key of an environment, and then everything in it.

use serde::Serialize;

use super::in_use;
use crate::config::Home;
use crate::ops::project::ReadProject;
use crate::ops::{provision, up};
use crate::platform::{Platform, StoredEnvironment, now};
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};
use takk_model::nearest::nearest;

/// An environment to delete, or that was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Doomed {
    /// Its name.
    pub name: String,
    /// How many values it has.
    pub values: usize,
}

/// The environment of that name.
pub fn one(platform: &mut dyn Platform, project: &ReadProject, name: &str) -> Result<Doomed> {
    let known = platform.environments()?;
    let named = known.iter().find(|known| known.name == name);
    named.map(doomed).ok_or_else(|| unknown(project, name, &known))
}

/// The environments that have expired.
pub fn expired(platform: &mut dyn Platform) -> Result<Vec<Doomed>> {
    let now = now();
    let known = platform.environments()?;
    Ok(known.iter().filter(|known| known.expires_at.is_some_and(|end| end <= now)).map(doomed).collect())
}

/// Deletes an environment, after the servers that takk created for it and their data. If this checkout uses it, it no longer does.
pub fn delete(platform: &mut dyn Platform, project: &ReadProject, home: &Home, doomed: &Doomed) -> Result<()> {
    delete_stored(platform, project, home, doomed)?;
    if in_use::remembered(project, home)?.as_ref() == Some(&doomed.name) {
        in_use::forget(project, home)?;
    }
    Ok(())
}

/// The same for an environment that no checkout of this machine uses.
pub fn delete_stored(platform: &mut dyn Platform, project: &ReadProject, home: &Home, doomed: &Doomed) -> Result<()> {
    if let Ok(name) = EnvironmentName::parse(&doomed.name) {
        let machine = provision::machine(platform, project, &name, home)?;
        up::removal(platform, &name, &[])?.carry_out(platform, &name, &machine, &mut |_| ())?;
    }
    platform.forget(&doomed.name)
}

fn doomed(stored: &StoredEnvironment) -> Doomed {
    Doomed { name: stored.name.clone(), values: stored.values }
}

fn unknown(project: &ReadProject, name: &str, known: &[StoredEnvironment]) -> Error {
    let configured = project.environments.iter().any(|environment| environment.name.as_str() == name);
    if configured {
        return Error::usage(format!("nothing is stored in `{name}`"))
            .hint("this environment is declared in the takk settings: remove it there");
    }
    let error = Error::usage(format!("there is no environment `{name}`"));
    match nearest(name, known.iter().map(|known| known.name.as_str())) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("run `takk env list` to list the environments"),
    }
}
