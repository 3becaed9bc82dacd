//! `takk push`: declares to the server what the code needs in an environment.

use serde::Serialize;

use super::project::ReadProject;
use crate::platform::{Platform, PushResult};
use takk_model::error::{Error, Kind, Result};
use takk_model::{Declaration, Environment, EnvironmentName};

/// The result for one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pushed {
    pub environment: EnvironmentName,
    /// Whether the declaration was new to the server.
    pub changed: bool,
    /// How many required variables have no value there, if the server said so.
    pub missing: Option<usize>,
    /// Why the server rejected it.
    pub refused: Option<String>,
}

/// Sends the server the declarations of these environments.
pub fn push(platform: &mut dyn Platform, project: &ReadProject, environments: &[Environment]) -> Result<Vec<Pushed>> {
    environments.iter().map(|environment| one(platform, project, environment)).collect()
}

/// The same for every environment of the project on the server, except those that the user may not change. If there are none yet, sends
/// `first`.
pub fn push_all(platform: &mut dyn Platform, project: &ReadProject, first: Environment) -> Result<Vec<Pushed>> {
    if platform.server().is_none() {
        return Err(nobody());
    }
    let known = platform.environments()?;
    let mut environments: Vec<Environment> = known.iter().filter_map(|stored| declared(project, &stored.name)).collect();
    if known.is_empty() {
        environments.push(first);
    }
    let mut all = Vec::new();
    for environment in environments {
        match one(platform, project, &environment) {
            Err(error) if error.kind == Kind::Usage => {
                all.push(Pushed { environment: environment.name, changed: false, missing: None, refused: Some(error.message) });
            }
            other => all.push(other?),
        }
    }
    Ok(all)
}

/// An environment of the server as the project configures it; `None` if the project does not have it.
fn declared(project: &ReadProject, name: &str) -> Option<Environment> {
    let known = project.config.environment(name).map(std::borrow::Cow::into_owned);
    known.or_else(|| project.environments.iter().find(|known| known.name.as_str() == name).cloned())
}

fn one(platform: &mut dyn Platform, project: &ReadProject, environment: &Environment) -> Result<Pushed> {
    let declaration = declaration(project, environment);
    let told = platform.declare(environment.name.as_str(), &declaration)?;
    let (changed, missing) = match told {
        PushResult::Nobody => return Err(nobody()),
        PushResult::Known => (false, None),
        PushResult::New { missing } => (true, Some(missing)),
    };
    Ok(Pushed { environment: environment.name.clone(), changed, missing, refused: None })
}

/// What the code needs in an environment, with what the project's settings say about it.
pub fn declaration(project: &ReadProject, environment: &Environment) -> Declaration {
    let name = environment.name.as_str();
    let bases = project.config.bases(name).iter().map(ToString::to_string).collect();
    Declaration::new(&project.manifest, environment).with_policy(project.config.policy(name).level.as_str(), bases)
}

fn nobody() -> Error {
    Error::usage("this checkout is not linked to a server")
        .hint("link it: takk link https://takk.example.org")
        .hint("without a server, run `takk plan` to see what is missing")
}
