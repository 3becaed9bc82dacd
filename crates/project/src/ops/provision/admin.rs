//! `takk provision admin`: the logins with which takk creates databases on servers that exist. They are stored separately from
//! values, after they are checked.

use crate::config::Level;
use crate::ops::project::ReadProject;
pub use crate::platform::{Checked, Listed};

use crate::platform::Platform;
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};
use takk_provision::server::{Admin, KINDS, ServerKind, of_kind};
use takk_vault::SecretValue;

/// The maximum number of bases of an environment.
const MOST_BASES: usize = 8;

/// Checks an address by a login, and stores it.
///
/// # Errors
///
/// If nothing could be created with it. It is then not stored.
pub fn set(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &EnvironmentName,
    kind: &str,
    address: &SecretValue,
) -> Result<Checked> {
    if let Some(server) = platform.provisioning() {
        return server.set_admin(environment, known(kind)?.name, address);
    }
    let kind = known(kind)?;
    let admin = (kind.parse)(address.expose().trim())?;
    if project.config.policy(environment.as_str()).level == Level::Full && !admin.address().requires_tls {
        return Err(without_tls(environment, kind));
    }
    let facts = admin.facts()?;
    facts.refuse_lacks(admin.address().shown)?;
    platform.set_admin_address(environment.as_str(), kind.name, Some(&SecretValue::from(address.expose().trim())))?;
    let (kind, shown) = (kind.name.to_owned(), admin.address().shown.to_owned());
    Ok(Checked { kind, environment: environment.clone(), shown, facts: facts.into() })
}

/// The admin addresses of an environment.
pub fn list(platform: &mut dyn Platform, environment: &EnvironmentName) -> Result<Vec<Listed>> {
    if let Some(server) = platform.provisioning() {
        return server.admins(environment.as_str());
    }
    let rows = platform.admin_addresses(environment.as_str())?;
    let listed = rows.into_iter().map(|row| {
        let admin = known(&row.kind).and_then(|kind| (kind.parse)(row.address.expose()));
        let shown = admin.map_or_else(|error| error.message, |admin| admin.address().shown.to_owned());
        Listed { kind: row.kind, shown, version: row.version, author: row.author, written_at: row.written_at }
    });
    Ok(listed.collect())
}

/// Removes the admin address of a kind. Returns whether there was one.
pub fn unset(platform: &mut dyn Platform, environment: &EnvironmentName, kind: &str) -> Result<bool> {
    let kind = known(kind)?.name;
    if let Some(server) = platform.provisioning() {
        return server.unset_admin(environment.as_str(), kind);
    }
    if !platform.admin_addresses(environment.as_str())?.iter().any(|row| row.kind == kind) {
        return Ok(false);
    }
    platform.set_admin_address(environment.as_str(), kind, None)?;
    Ok(true)
}

/// The admin for a kind of server: that of the environment itself, or else of the nearest environment on which it is based.
pub(super) fn find(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &EnvironmentName,
    kind: &ServerKind,
) -> Result<Option<Box<dyn Admin>>> {
    Ok(nearest(platform, project, environment, kind)?.map(|(_, admin)| admin))
}

/// The same, with the environment whose address it is.
pub fn nearest(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &EnvironmentName,
    kind: &ServerKind,
) -> Result<Option<(EnvironmentName, Box<dyn Admin>)>> {
    let mut name = environment.clone();
    for _ in 0..MOST_BASES {
        let row = platform.admin_addresses(name.as_str())?.into_iter().find(|row| row.kind == kind.name);
        if let Some(row) = row {
            return (kind.parse)(row.address.expose()).map(|admin| Some((name, admin)));
        }
        let Some(base) = project.config.policy(name.as_str()).base else { break };
        name = base;
    }
    Ok(None)
}

/// The error for an address of an environment of the level `full`.
pub(super) fn without_tls(environment: &EnvironmentName, kind: &ServerKind) -> Error {
    Error::usage(format!("`{environment}` has the level `full`, and the admin address of {} does not require TLS", kind.name))
        .hint(kind.tls_remedy)
}

/// The kinds of servers that can have an admin address.
pub(super) fn kinds() -> String {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    names.join(", ")
}

/// How the address of each kind of server is written, for the help.
pub fn forms() -> String {
    // A longer one continues below its beginning.
    let row = |kind: &&ServerKind| format!("  {:<10} {}\n", kind.name, kind.address_form.replace(", ", ",\n             "));
    format!("Addresses:\n{}", KINDS.iter().map(row).collect::<String>())
}

fn known(kind: &str) -> Result<&'static ServerKind> {
    of_kind(kind).ok_or_else(|| {
        Error::usage(format!("takk creates nothing on existing servers of `{kind}`")).hint(format!("it can for {}", kinds()))
    })
}
