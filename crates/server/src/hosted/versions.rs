//! Versions of a name, and their metadata.

use std::fmt::Write;

use super::authorize::AuthorizedAccess;
use super::{AccessRequest, Hosted, Refusal, Result, Visitor, names, unexpected};
use takk_api::{Held, Plain, Version, VersionList};
use takk_vault::{AccessResponse, Action, Entry};

/// All versions, newest first, without the values.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, name: &str) -> Result<VersionList> {
    names::variable(name)?;
    let versions = hosted.vault.history(&visit.project, &visit.environment, name)?;
    if versions.is_empty() {
        return Err(Refusal::not_found(format!("`{name}` was never set in `{}`", visit.environment)));
    }
    let may_read = visit.reads(hosted)?;
    Ok(VersionList { versions: versions.into_iter().map(|entry| held_for(entry, may_read)).collect() })
}

/// A request for one version with its value; the current one by default.
pub fn asked(visitor: Visitor, name: &str, version: Option<i64>) -> Result<AccessRequest> {
    names::variable(name)?;
    Ok(AccessRequest::new(visitor, Action::ReadVersion { name: name.to_owned(), version }))
}

pub fn one(given: AccessResponse) -> Result<Version> {
    let AccessResponse::Version(entry, value) = given else { return Err(unexpected()) };
    Ok(Version { held: held(entry), value: value.map(|value| Plain::new(value.expose().to_owned())) })
}

/// An entry of the store, for the API. A caller who may not read the value gets no fingerprint: they could compare it with those of values
/// of their own.
pub(super) fn held_for(entry: Entry, may_read: bool) -> Held {
    let held = held(entry);
    Held { fingerprint: held.fingerprint.filter(|_| may_read), ..held }
}

/// The same for a caller who gets the value.
pub(super) fn held(entry: Entry) -> Held {
    let Entry { name, version, is_set, fingerprint, origin, author, created_at } = entry;
    let fingerprint = fingerprint.map(|bytes| hexadecimal(&bytes));
    Held { name, version, is_set, set_at: created_at, fingerprint, origin, author }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all text");
        text
    })
}
