//! All environments of a project at once, for viewing side by side.

use super::authorize::{AuthorizedAccess, is_production};
use super::manifests::needed;
use super::versions::held_for;
use super::{Hosted, Result, names};
use takk_api::{Code, Held};
use takk_plan::State;
use takk_vault::SecretsError;

/// An environment with the metadata of its values.
pub struct Column {
    pub environment: String,
    pub is_production: bool,
    /// Whether the caller may read and write its values.
    pub is_open: bool,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// Every name that has or had a value, sorted.
    pub secrets: Vec<Held>,
}

impl Column {
    /// The metadata of a name in this environment.
    pub fn find(&self, name: &str) -> Option<&Held> {
        self.secrets.binary_search_by(|held| held.name.as_str().cmp(name)).ok().map(|at| &self.secrets[at])
    }
}

/// The environments that the caller may know of: first those before production, then production, then previews, each sorted by name.
pub fn columns(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<Vec<Column>> {
    let project = hosted.accounts()?.project(&visit.project)?;
    let rows = hosted.vault.store().environments(&visit.project)?;
    let mut columns = Vec::new();
    for row in rows.into_iter().filter(|row| visit.caller.covers(&row.name)) {
        let is_open = project.as_ref().is_some_and(|project| visit.may_read(project, &row.name));
        let secrets = match hosted.vault.seen(&visit.project, &row.name) {
            // It was deleted in the meantime.
            Err(SecretsError::NoEnvironment(_)) => continue,
            seen => seen?.entries.into_iter().map(|entry| held_for(entry, is_open)).collect(),
        };
        let is_production = project.as_ref().is_some_and(|project| is_production(project, &row.name));
        columns.push(Column { environment: row.name, is_production, is_open, expires_at: row.expires_at, secrets });
    }
    columns.sort_by_key(|column| (column.environment.contains('/'), column.is_production));
    Ok(columns)
}

/// Whether the caller may read and write the values of the environment that they visit, if it exists.
pub fn is_open(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<bool> {
    let exists = hosted.vault.revision(&visit.project, &visit.environment)?.is_some();
    let project = hosted.accounts()?.project(&visit.project)?;
    Ok(exists && project.is_some_and(|project| visit.may_read(&project, &visit.environment)))
}

/// An environment, and what its code needs.
pub struct Summary {
    pub column: Column,
    /// `None` if nothing was pushed, or if another version of takk wrote it in a form that this one cannot read.
    pub code: Option<CodeSummary>,
}

/// What the code needs in an environment.
pub struct CodeSummary {
    /// The required variables without a value.
    pub missing: Vec<String>,
    /// The kinds of resources with the version of each, without repetition.
    pub resources: Vec<String>,
}

/// The environments of [`columns`], each with what its code needs.
pub fn summaries(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<Vec<Summary>> {
    let mut summaries = Vec::new();
    for column in columns(hosted, visit)? {
        let within = AuthorizedAccess { environment: column.environment.clone(), ..visit.clone() };
        let needed = match needed(hosted, &within) {
            Err(refusal) if refusal.code == Code::Unavailable => None,
            needed => needed?,
        };
        let code = needed.map(|needed| {
            let missing = needed.plan.variables.iter().filter(|variable| variable.state == State::Missing);
            let mut resources: Vec<String> = Vec::new();
            for resource in &needed.plan.resources {
                let version = resource.version.as_ref().map(|answer| format!(" {}", answer.version)).unwrap_or_default();
                let text = format!("{}{version}", resource.kind);
                if !resources.contains(&text) {
                    resources.push(text);
                }
            }
            CodeSummary { missing: missing.map(|variable| variable.declared.name.clone()).collect(), resources }
        });
        summaries.push(Summary { column, code });
    }
    Ok(summaries)
}

/// Every version of a name in each of these environments, newest first.
pub fn histories(hosted: &mut Hosted, visit: &AuthorizedAccess, columns: &[Column], name: &str) -> Result<Vec<Vec<Held>>> {
    names::variable(name)?;
    let versions = columns.iter().map(|column| {
        if column.find(name).is_none() {
            return Ok(Vec::new());
        }
        let entries = hosted.vault.history(&visit.project, &column.environment, name)?.into_iter();
        Ok(entries.map(|entry| held_for(entry, column.is_open)).collect())
    });
    versions.collect()
}
