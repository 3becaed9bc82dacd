//! `takk secrets history` and `rollback`: the versions of a value.

use serde::Serialize;

use super::set::check;
use crate::platform::Platform;
use takk_model::Origin;
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_model::{EnvironmentName, Manifest};
use takk_vault::{Entry, Update};

/// The metadata of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Version {
    /// The version, counted from 1.
    pub version: i64,
    /// Whether it has a value; otherwise the name was unset.
    pub is_set: bool,
    /// The newest older version with the same value, if there is one.
    pub same_as: Option<i64>,
    /// When, in milliseconds since 1970.
    pub set_at: i64,
    /// How it came to be.
    pub origin: String,
    /// Who made it.
    pub author: String,
}

/// The versions of a name, newest first.
pub fn history(platform: &mut dyn Platform, environment: &EnvironmentName, name: &str) -> Result<Vec<Version>> {
    let entries = platform.history(environment.as_str(), name)?;
    let same_as = |at: usize| {
        let fingerprint = entries[at].fingerprint.as_ref()?;
        let same = entries[at + 1..].iter().find(|older| older.fingerprint.as_ref() == Some(fingerprint))?;
        Some(same.version)
    };
    let version = |at: usize| {
        let entry = &entries[at];
        Version {
            version: entry.version,
            is_set: entry.is_set,
            same_as: same_as(at),
            set_at: entry.created_at,
            origin: entry.origin.clone(),
            author: entry.author.clone(),
        }
    };
    Ok((0..entries.len()).map(version).collect())
}

/// Restores the value of an earlier version as a new version; without `to`, the last one with a different value. Returns the earlier
/// version and the new one.
pub fn rollback(
    platform: &mut dyn Platform,
    manifest: &Manifest,
    environment: &EnvironmentName,
    name: &str,
    to: Option<i64>,
) -> Result<(i64, i64)> {
    let entries = platform.history(environment.as_str(), name)?;
    let Some(current) = entries.first() else {
        return Err(Error::usage(format!("`{name}` never had a value in `{environment}`"))
            .hint(format!("set it: `takk secrets set {word} --env {environment}`", word = shell_word(name))));
    };
    let earlier = if let Some(version) = to {
        version
    } else {
        // A version with an unknown fingerprint may differ. The platform refuses it if the user may not read it.
        let other = |entry: &&Entry| entry.is_set && (entry.fingerprint.is_none() || entry.fingerprint != current.fingerprint);
        let found = entries.iter().skip(1).find(other);
        found.map(|entry| entry.version).ok_or_else(|| {
            Error::usage(format!("`{name}` has no earlier value in `{environment}`"))
                .hint(format!("`takk secrets history {word} --env {environment}` lists its versions", word = shell_word(name)))
        })?
    };
    let Some(value) = platform.version(environment.as_str(), name, earlier)? else {
        return Err(Error::usage(format!("version {earlier} of `{name}` has no value: it was unset at that point"))
            .hint(format!("`takk secrets unset {word} --env {environment}` unsets it again", word = shell_word(name))));
    };
    check(manifest, name, value.expose())?;
    let update =
        Update { name: name.to_owned(), value: Some(value), expected: Some(current.version), origin: Origin::RolledBack };
    let versions = platform.update(environment.as_str(), &[update])?;
    Ok((earlier, versions.first().copied().unwrap_or_default()))
}
