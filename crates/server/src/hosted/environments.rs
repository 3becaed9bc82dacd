//! Environments of a project.

use super::authorize::{AuthorizedAccess, is_production};
use super::changes::updates;
use super::{AccessRequest, Hosted, Paging, Refusal, Result, Visitor};
use takk_api::{EnvironmentInfo, NewEnvironment, Page};
use takk_vault::store::{EnvironmentRow, ProjectRow};
use takk_vault::{Action, SecretsError};

/// The environments that the caller may know of, sorted by name.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, paging: &Paging) -> Result<Page<EnvironmentInfo>> {
    let after = paging.name()?.unwrap_or_default();
    let rows = hosted.vault.store().environments(&visit.project)?;
    let rows = rows.into_iter().filter(|row| row.name.as_str() > after && visit.caller.covers(&row.name));
    let Page { items, next } = paging.page(rows, |row| row.name.clone())?;
    let project = hosted.accounts()?.project(&visit.project)?;
    let items = items.into_iter().map(|row| info(hosted, project.as_ref(), row)).collect::<Result<_>>()?;
    Ok(Page { items, next })
}

/// An environment, with its `ETag`.
pub fn one(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<(EnvironmentInfo, String)> {
    let row = hosted.vault.store().environment(&visit.project, &visit.environment)?;
    let row = row.ok_or_else(|| SecretsError::NoEnvironment(visit.environment.clone()))?;
    let tag = tag(row.created_at, row.revision);
    let project = hosted.accounts()?.project(&visit.project)?;
    Ok((info(hosted, project.as_ref(), row)?, tag))
}

/// The request to create an environment with its first values.
pub fn new(visitor: Visitor, new: NewEnvironment) -> Result<AccessRequest> {
    if new.expires_at.is_some_and(|end| end <= 0) {
        return Err(Refusal::invalid("`expires_at` is in the past"));
    }
    Ok(AccessRequest::new(visitor, Action::Create { expires_at: new.expires_at, updates: updates(new.changes)? }))
}

/// The request to destroy the key of an environment, and then everything in it.
pub fn end(visitor: Visitor) -> AccessRequest {
    AccessRequest::new(visitor, Action::Delete)
}

/// The `ETag` of an environment. It changes with the environment, even if that is deleted and created again.
pub(super) fn tag(created_at: i64, revision: i64) -> String {
    format!("{created_at}.{revision}")
}

fn info(hosted: &Hosted, project: Option<&ProjectRow>, row: EnvironmentRow) -> Result<EnvironmentInfo> {
    let values = hosted.vault.store().count(row.id)?;
    let EnvironmentRow { name, revision, created_at, expires_at, .. } = row;
    let is_production = project.is_some_and(|project| is_production(project, &name));
    Ok(EnvironmentInfo { name, is_production, revision, values, created_at, expires_at })
}
