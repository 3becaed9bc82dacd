//! `takk run`: the variables for a command, complete and valid, or why it cannot start.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;

use super::compose::Composer;
use super::effective::{Effective, Surroundings, Trouble, effective};
use super::export::{self, parts::Part};
use super::other_sources::OtherSources;
use super::project::ReadProject;
use crate::platform::Snapshot;
use takk_model::counted::{are, counted};
use takk_model::error::{Error, Result};
use takk_model::nearest::nearest;
use takk_model::visible::shell_word;
use takk_model::{Environment, Held, Manifest, NestedNames};
use takk_plan::{EnvironmentPlan, PlannedVariable, plan_with_values};
use takk_vault::SecretValue;

/// The maximum number of problems to list.
const SHOWN: usize = 10;

pub struct Given {
    pub variables: Vec<(String, SecretValue)>,
    /// The revision of the environment; `None` if nothing is stored in it.
    pub revision: Option<i64>,
    /// Stored names that are withheld, because they affect other programs.
    pub withheld: Vec<String>,
    plan: EnvironmentPlan,
    held: Vec<Held>,
    /// Names of variables that are parts of others and must be kept secret.
    secret_parts: Vec<String>,
}

impl Given {
    /// Identifies the state of the values, without containing any secret value. To be called before the variables are taken out.
    pub fn stamp(&self) -> Vec<String> {
        self.variables.iter().map(|(name, _)| stamp(name, &self.plan, &self.held)).collect()
    }

    /// The names of the variables whose values are secret. To be called before the variables are taken out.
    pub fn secret(&self, manifest: &Manifest) -> HashSet<String> {
        let mut secret = secret_names(manifest);
        let nested: Vec<NestedNames<'_>> = manifest.nested().map(|(_, names)| names).collect();
        let names = self.variables.iter().map(|(name, _)| name);
        secret.extend(names.filter(|name| is_secret_inside(&nested, name)).cloned());
        // Composed values contain the stored values that they are made of.
        let composed = self.plan.variables.iter().filter(|variable| !variable.composed_of.is_empty());
        secret.extend(composed.map(|variable| variable.declared.name.clone()));
        secret.extend(self.secret_parts.iter().cloned());
        let paths = self.plan.variables.iter().filter_map(|variable| variable.secret_path.as_ref());
        secret.extend(paths.map(|path| path.env.clone()));
        secret
    }
}

/// Which variables a program receives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'w> {
    /// Restricts them to those that this service reads.
    pub service: Option<&'w str>,
    /// Reserved names whose values are passed on.
    pub allowed: &'w [String],
    /// Includes the variables that a file of `takk export compose` refers to.
    pub parts: bool,
}

/// The variables that the program, or one of its services, receives in an environment. `stored` are its stored values, `inherited` the
/// names in the environment that the command inherits.
pub fn variables(
    project: &ReadProject,
    environment: &Environment,
    wanted: Wanted<'_>,
    stored: Snapshot,
    inherited: &[OsString],
) -> Result<Given> {
    let revision = stored.revision;
    let Found { effective: found, plan, held, parts } = find(project, environment, wanted, stored, inherited)?;
    if !found.troubles.is_empty() {
        return Err(stopped(&found.troubles, environment));
    }
    let secret_parts = parts.iter().filter(|part| part.secret).map(|part| part.name.clone()).collect();
    let parts = parts.into_iter().map(|part| (part.name, part.value));
    let variables = found.variables.into_iter().chain(parts).collect();
    Ok(Given { variables, revision, withheld: found.withheld, plan, held, secret_parts })
}

/// What was found for the program in an environment, complete or not.
pub struct Found {
    /// The variables, and the problems that prevent a start.
    pub effective: Effective,
    plan: EnvironmentPlan,
    held: Vec<Held>,
    parts: Vec<Part>,
}

/// Collects what there is for the program, or for one of its services, in an environment.
pub fn find(
    project: &ReadProject,
    environment: &Environment,
    wanted: Wanted<'_>,
    stored: Snapshot,
    inherited: &[OsString],
) -> Result<Found> {
    let Wanted { service, allowed, parts } = wanted;
    if let Some(service) = service {
        check_service(project, service)?;
    }
    let manifest = &project.manifest;
    let Snapshot { held, values, .. } = stored;
    let values: HashMap<String, SecretValue> = values.into_iter().collect();
    let plan = plan_with_values(manifest, environment, &held, &|name| values.get(name).map(SecretValue::expose));
    let parts = if parts {
        export::parts::parts(&Composer { manifest, environment, plan: &plan, stored: &values })?
    } else {
        Vec::new()
    };
    let beside = OtherSources::of(project, inherited);
    let has_value = |variable: &PlannedVariable| beside.has(manifest, variable, &held);
    let around = Surroundings { service, allowed, has_value: &has_value, beside: &|class| beside.names(class) };
    Ok(Found { effective: effective(manifest, environment, &plan, values, &around), plan, held, parts })
}

/// Identifies the state of one variable.
fn stamp(name: &str, plan: &EnvironmentPlan, held: &[Held]) -> String {
    let version = |name: &str| held.iter().find(|held| held.name == name).map(|held| held.version);
    if let Some(version) = version(name) {
        return format!("{name} {version}");
    }
    let made = plan.variables.iter().find(|variable| variable.declared.name == name);
    let sources: Vec<_> = made.iter().flat_map(|variable| &variable.composed_of).map(|source| version(source)).collect();
    format!("{name} {:?} {sources:?}", made.and_then(|variable| variable.value.as_ref()))
}

/// The names of the variables that the code keeps secret.
fn secret_names(manifest: &Manifest) -> HashSet<String> {
    let mut names = HashSet::new();
    for (_, field) in manifest.read_fields() {
        if field.secret {
            names.extend(field.env.iter().cloned());
        }
        names.extend(field.nested.iter().filter(|leaf| leaf.secret || field.secret).flat_map(|leaf| leaf.env.iter().cloned()));
    }
    let of_libraries = manifest.libraries.iter().filter(|variable| variable.secret);
    names.extend(of_libraries.flat_map(|variable| std::iter::once(&variable.name).chain(&variable.alternatives)).cloned());
    names
}

/// Whether a name refers to something in a field that is secret, in part or as a whole.
fn is_secret_inside(nested: &[NestedNames<'_>], name: &str) -> bool {
    nested.iter().any(|names| match names.find(name) {
        Some(inside) => names.field.secret || inside.is_secret(),
        None => names.reads(name) && names.holds_secret(),
    })
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
        None if all.is_empty() => error.hint("omit --service: no `Project(...)` lists services"),
        None => error.hint(format!("its services are {}", all.join(", "))),
    })
}

fn stopped(troubles: &[Trouble], environment: &Environment) -> Error {
    let missing = troubles.iter().filter(|trouble| matches!(trouble, Trouble::Missing { .. })).count();
    let name = &environment.name;
    let message = match (missing, troubles.len() - missing) {
        (1, 0) => format!("one required value is missing in `{name}`"),
        (missing, 0) => format!("{missing} required values are missing in `{name}`"),
        (0, 1) => format!("one value in `{name}` is not valid"),
        (0, refused) => format!("{refused} values in `{name}` are not valid"),
        (missing, refused) => {
            let (values, others) = (counted(missing, "required value"), counted(refused, "value"));
            format!("{values} {} missing in `{name}`, and {others} {} not valid", are(missing), are(refused))
        }
    };
    let mut error = Error::usage(message);
    for trouble in troubles.iter().take(SHOWN) {
        error = error.about(match trouble {
            Trouble::Missing { name, place } => format!("{name} ({})", place.short()),
            Trouble::Refused { name, refused } => {
                format!("{name} must be {}: {} ({})", refused.type_name, refused.sentence(), refused.place.short())
            }
        });
    }
    if troubles.len() > SHOWN {
        error = error.about(format!("and {} more", troubles.len() - SHOWN));
    }
    match troubles.iter().find_map(|trouble| if let Trouble::Refused { name, .. } = trouble { Some(name) } else { None }) {
        Some(refused) if missing == 0 => {
            error.hint(format!("takk secrets set {word} --env {name}", word = shell_word(refused)))
        }
        _ => error.hint(format!("takk secrets set --env {name}")),
    }
}
