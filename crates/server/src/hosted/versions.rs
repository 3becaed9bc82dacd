//! Versions of a name.

use super::authorize::AuthorizedAccess;
use super::held::{held, held_for};
use super::{AccessRequest, Hosted, Refusal, Result, Visitor, names, unexpected};
use takk_api::{Plain, Version, VersionList};
use takk_vault::{AccessResponse, Action};

/// Every version, the newest first, without the values.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, name: &str) -> Result<VersionList> {
    names::variable(name)?;
    let versions = hosted.vault.history(&visit.project, &visit.environment, name)?;
    if versions.is_empty() {
        return Err(Refusal::not_found(format!("`{name}` was never set in `{}`", visit.environment)));
    }
    let may_read = visit.reads(hosted)?;
    Ok(VersionList { versions: versions.into_iter().map(|entry| held_for(entry, may_read)).collect() })
}

/// What a request for one version with its value asks for; the current one if none is named.
pub fn asked(visitor: Visitor, name: &str, version: Option<i64>) -> Result<AccessRequest> {
    names::variable(name)?;
    Ok(AccessRequest::new(visitor, Action::ReadVersion { name: name.to_owned(), version }))
}

pub fn one(given: AccessResponse) -> Result<Version> {
    let AccessResponse::Version(entry, value) = given else { return Err(unexpected()) };
    Ok(Version { held: held(entry), value: value.map(|value| Plain::new(value.expose().to_owned())) })
}
