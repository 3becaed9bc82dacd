//! `takk provision admin`: the logins with which takk creates things on servers that exist. They are stored apart from values, and checked
//! before they are.

use crate::config::Level;
use crate::ops::project::ReadProject;
use crate::platform::Platform;
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};
use takk_provision::server::{Admin, Facts, KINDS, ServerKind, of_kind};
use takk_vault::SecretValue;

/// How many bases of an environment are looked at.
const MOST_BASES: usize = 8;

/// An admin address that was checked.
pub struct Checked {
    pub kind: String,
    pub environment: EnvironmentName,
    /// The address without its password.
    pub shown: String,
    pub facts: Facts,
}

/// An admin address that is stored.
pub struct Listed {
    pub kind: String,
    /// The address without its password.
    pub shown: String,
    pub version: i64,
    pub author: String,
    /// When it was stored, in milliseconds since 1970.
    pub written_at: i64,
}

/// Checks an address by a login, and stores it.
///
/// # Errors
///
/// If nothing could be created with it; nothing is stored then.
pub fn set(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &EnvironmentName,
    kind: &str,
    address: &SecretValue,
) -> Result<Checked> {
    refuse_server(platform)?;
    let kind = known(kind)?;
    let admin = (kind.parse)(address.expose().trim())?;
    if project.config.policy(environment.as_str()).level == Level::Full && !admin.requires_tls() {
        return Err(without_tls(environment, kind));
    }
    let facts = admin.facts()?;
    facts.refuse_lacks(admin.shown())?;
    platform.set_admin_address(environment.as_str(), kind.name, Some(&SecretValue::from(address.expose().trim())))?;
    Ok(Checked { kind: kind.name.to_owned(), environment: environment.clone(), shown: admin.shown().to_owned(), facts })
}

/// The admin addresses of an environment.
pub fn list(platform: &mut dyn Platform, environment: &EnvironmentName) -> Result<Vec<Listed>> {
    refuse_server(platform)?;
    let rows = platform.admin_addresses(environment.as_str())?;
    let listed = rows.into_iter().map(|row| {
        let admin = known(&row.kind).and_then(|kind| (kind.parse)(row.address.expose()));
        let shown = admin.map_or_else(|error| error.message, |admin| admin.shown().to_owned());
        Listed { kind: row.kind, shown, version: row.version, author: row.author, written_at: row.written_at }
    });
    Ok(listed.collect())
}

/// Removes the admin address of a kind. Whether there was one.
pub fn unset(platform: &mut dyn Platform, environment: &EnvironmentName, kind: &str) -> Result<bool> {
    refuse_server(platform)?;
    let kind = known(kind)?.name;
    if !platform.admin_addresses(environment.as_str())?.iter().any(|row| row.kind == kind) {
        return Ok(false);
    }
    platform.set_admin_address(environment.as_str(), kind, None)?;
    Ok(true)
}

/// The admin of a kind of server: that of the environment itself, else of the nearest one that it is based on.
pub(super) fn find(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &EnvironmentName,
    kind: &ServerKind,
) -> Result<Option<Box<dyn Admin>>> {
    let mut name = environment.clone();
    for _ in 0..MOST_BASES {
        let row = platform.admin_addresses(name.as_str())?.into_iter().find(|row| row.kind == kind.name);
        if let Some(row) = row {
            return (kind.parse)(row.address.expose()).map(Some);
        }
        let Some(base) = project.config.policy(name.as_str()).base else { break };
        name = base;
    }
    Ok(None)
}

/// Admin addresses are in the store of this machine.
pub(super) fn refuse_server(platform: &dyn Platform) -> Result<()> {
    let Some(server) = platform.server() else { return Ok(()) };
    Err(Error::usage(format!("the values of this checkout are on {server}, which creates nothing on other servers"))
        .hint("use a checkout that is not linked, or set the values with `takk secrets set`"))
}

/// The error for an address of an environment of the level `full`.
pub(super) fn without_tls(environment: &EnvironmentName, kind: &ServerKind) -> Error {
    Error::usage(format!("`{environment}` has the level `full`, and the admin address of {} does not require TLS", kind.name))
        .hint(kind.tls_hint)
}

/// The names of the kinds of servers for which there are admin addresses.
pub(super) fn kinds() -> String {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    names.join(", ")
}

fn known(kind: &str) -> Result<&'static ServerKind> {
    of_kind(kind).ok_or_else(|| {
        Error::usage(format!("takk creates nothing on existing servers of `{kind}`")).hint(format!("it can for {}", kinds()))
    })
}
