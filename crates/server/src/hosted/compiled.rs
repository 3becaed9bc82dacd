//! Deployments of the published client (takk 0.1.40): a compiled project, which becomes the manifest of an environment. That client
//! identifies projects and environments by UUIDs; these are derived from their names, so that nothing has to be stored.

use uuid::{Builder, Uuid};

use super::authorize::{self, AuthorizedAccess, Caller, Need};
use super::resources::{self, Prepared};
use super::{Hosted, Refusal, Result, manifests, names, projects};
use takk_analysis::{CompiledProject, manifest_of_compiled};
use takk_api::ProvisionRequest;
use takk_model::counted::{are, counted};
use takk_model::{Declaration, Surroundings};
use takk_plan::State;
use takk_vault::request_digest;

/// The response to that client after it submitted a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Updated {
    pub project: Uuid,
    pub environment: Uuid,
    /// How many values are missing.
    pub missing: usize,
}

/// Parses a compiled project. Does not need the store, and takes a while.
pub fn read(text: &[u8]) -> Result<Declaration> {
    Declaration::check_text(text).map_err(|error| manifests::unreadable(&error))?;
    let compiled: CompiledProject = serde_json::from_slice(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Refusal::invalid(format!("the body is not a compiled project of takk 0.1.40: {place}"))
    })?;
    let declaration = Declaration { manifest: manifest_of_compiled(compiled), environment: Surroundings::default() };
    Ok(declaration.without_secrets())
}

/// Stores what a compiled project needs in one of its environments. Creates the project if it does not exist and the caller may create one.
pub fn update(
    hosted: &mut Hosted,
    caller: Caller,
    project: &str,
    environment: &str,
    declaration: &Declaration,
) -> Result<AuthorizedAccess> {
    names::environment(environment)?;
    projects::put(hosted, &caller, project)?;
    let visit = authorize::enter(hosted, caller, Need::Values, project.to_owned(), Some(environment.to_owned()))?;
    manifests::keep(hosted, &visit, declaration)?;
    Ok(visit)
}

/// The response after storing it.
pub fn updated(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<Updated> {
    let missing = manifests::needed(hosted, visit)?.map_or(0, |needed| needed.missing());
    let (project, environment) = (&visit.project, &visit.environment);
    Ok(Updated { project: project_id(project), environment: environment_id(project, environment), missing })
}

/// Whether an environment is ready to run the program, for the response to a deployment: lists what is missing.
pub fn readiness(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<(bool, Vec<String>)> {
    let none = || Refusal::not_found(format!("nothing has been deployed to `{}`", visit.environment));
    let needed = manifests::needed(hosted, visit)?.ok_or_else(none)?;
    let mut lines = Vec::new();
    for resource in &needed.plan.resources {
        let version = resource.version.as_ref().map(|answer| format!(" {}", answer.version)).unwrap_or_default();
        let variables = resource.variables.join(", ");
        lines.push(format!("{}{version} `{}` for {variables}", resource.kind, resource.name));
    }
    let missing = needed.plan.variables.iter().filter(|variable| variable.state == State::Missing);
    let missing: Vec<&str> = missing.map(|variable| variable.declared.name.as_str()).collect();
    if missing.is_empty() {
        lines.push(format!(
            "`{}` has all values: `takk run --env {}` starts a program with them",
            visit.environment, visit.environment
        ));
    } else {
        let values = counted(missing.len(), "value");
        lines.push(format!("{values} {} missing in `{}`: {}", are(missing.len()), visit.environment, missing.join(", ")));
    }
    Ok((missing.is_empty(), lines))
}

/// The request to create what an environment lacks, from a caller who may.
pub fn prepared(hosted: &mut Hosted, caller: Caller, id: Uuid) -> Result<Prepared> {
    let AuthorizedAccess { caller, project, environment, .. } = located(hosted, caller, id)?;
    let visit = authorize::enter(hosted, caller, Need::Values, project, Some(environment))?;
    resources::prepare(hosted, visit, ProvisionRequest::default())
}

/// The environment with that UUID, for a caller who may know of it.
pub fn located(hosted: &mut Hosted, caller: Caller, id: Uuid) -> Result<AuthorizedAccess> {
    let rows = hosted.vault.store().all_environments()?;
    let found = rows.into_iter().find(|row| environment_id(&row.project, &row.name) == id);
    let unknown = || {
        Refusal::not_found("there is no such environment, or you do not have access to it")
            .hint("run `takk deploy` to create it")
    };
    let row = found.ok_or_else(unknown)?;
    authorize::enter(hosted, caller, Need::Names, row.project, Some(row.name)).map_err(|_| unknown())
}

/// The UUID of a project.
fn project_id(project: &str) -> Uuid {
    id_of(&[b"project", project.as_bytes()])
}

/// The UUID of an environment.
pub fn environment_id(project: &str, environment: &str) -> Uuid {
    id_of(&[b"environment", project.as_bytes(), environment.as_bytes()])
}

/// A version 8 UUID derived from names (RFC 9562, 5.8).
fn id_of(parts: &[&[u8]]) -> Uuid {
    let digest = request_digest(parts);
    let bytes = digest.first_chunk().expect("SHA-256 has 32 bytes");
    Builder::from_custom_bytes(*bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_ids_of_their_own() {
        let ids =
            [environment_id("shop", "dev"), environment_id("shop", "prod"), environment_id("shopd", "ev"), project_id("shop")];
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(id.get_version_num(), 8);
            assert!(!ids[..at].contains(id));
        }
        assert_eq!(environment_id("shop", "dev"), ids[0]);
    }
}
