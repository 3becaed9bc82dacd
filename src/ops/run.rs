//! `takk run`: the variables for a command, complete and valid, or why it cannot start.

use std::ffi::OsString;

use super::effective::{Surroundings, Trouble, effective};
use super::platform::{Platform, holdings};
use super::project::ReadProject;
use crate::config::Home;
use crate::error::{Error, Result};
use crate::model::Environment;
use crate::nearest::nearest;
use crate::plan::{PlannedVariable, plan};
use crate::secrets::SecretValue;

/// How many troubles are named.
const SHOWN: usize = 10;

/// The variables that the program, or one service of it, gets in an environment. `inherited` are the names in the environment that the
/// command inherits.
pub fn variables(
    project: &ReadProject,
    environment: &Environment,
    service: Option<&str>,
    home: &Home,
    inherited: &[OsString],
) -> Result<Vec<(String, SecretValue)>> {
    if let Some(service) = service {
        check_service(project, service)?;
    }
    let name = &environment.name;
    let manifest = &project.manifest;
    let held = holdings(home, &manifest.project.name, std::slice::from_ref(environment))?;
    let values = match Platform::existing(home, &manifest.project.name)? {
        Some(mut platform) => platform.values(name.as_str())?,
        None => Vec::new(),
    };
    let plan = plan(manifest, environment, held.of(name));
    let has_value = |variable: &PlannedVariable| is_inherited(variable, inherited);
    let around = Surroundings { service, has_value: &has_value };
    let found = effective(manifest, &plan, values, &around);
    if found.troubles.is_empty() { Ok(found.variables) } else { Err(stopped(&found.troubles, environment)) }
}

/// Whether the command inherits a value under one of the variable's names. Names of another case count: pydantic ignores it unless a
/// class says otherwise.
fn is_inherited(variable: &PlannedVariable, inherited: &[OsString]) -> bool {
    let is_there = |name: &str| inherited.iter().any(|known| known.eq_ignore_ascii_case(name));
    let leaves = || variable.declared.nested.iter().filter(|leaf| leaf.required);
    variable.declared.names().any(is_there)
        || (leaves().next().is_some() && leaves().all(|leaf| leaf.env.iter().any(|name| is_there(name))))
}

fn check_service(project: &ReadProject, service: &str) -> Result<()> {
    let names = || project.manifest.services.iter().map(|service| service.name.as_str());
    if names().any(|name| name == service) {
        return Ok(());
    }
    let error = Error::usage(format!("the project has no service `{service}`"));
    let near = nearest(service, names()).map(|near| format!("did you mean `{near}`?"));
    let all: Vec<&str> = names().collect();
    Err(match near {
        Some(near) => error.hint(near),
        None if all.is_empty() => error.hint("leave --service out: no `Project(...)` lists services"),
        None => error.hint(format!("its services are {}", all.join(", "))),
    })
}

fn stopped(troubles: &[Trouble], environment: &Environment) -> Error {
    let missing = troubles.iter().filter(|trouble| matches!(trouble, Trouble::Missing { .. })).count();
    let name = &environment.name;
    let message = match (missing, troubles.len() - missing) {
        (1, 0) => format!("one required value is missing in `{name}`"),
        (missing, 0) => format!("{missing} required values are missing in `{name}`"),
        (0, 1) => format!("one value in `{name}` is not what the program accepts"),
        (0, refused) => format!("{refused} values in `{name}` are not what the program accepts"),
        (missing, refused) => format!("{missing} required values are missing in `{name}`, and {refused} are not accepted"),
    };
    let mut error = Error::usage(message);
    for trouble in troubles.iter().take(SHOWN) {
        error = error.about(match trouble {
            Trouble::Missing { name, place } => format!("{name} ({})", place.short()),
            Trouble::Refused { name, refused } => {
                format!("{name} is no {}: {} ({})", refused.type_name, refused.sentence(), refused.place.short())
            }
        });
    }
    if troubles.len() > SHOWN {
        error = error.about(format!("and {} more", troubles.len() - SHOWN));
    }
    match troubles.iter().find_map(|trouble| if let Trouble::Refused { name, .. } = trouble { Some(name) } else { None }) {
        Some(refused) if missing == 0 => error.hint(format!("takk secrets set {refused} --env {name}")),
        _ => error.hint(format!("takk secrets set --env {name}")),
    }
}
