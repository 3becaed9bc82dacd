//! Removes a resource from a server: its sessions, its database, its roles. Skips what is missing, so that an interrupted
//! removal can be repeated.

use takk_database::{Session, SessionError, quoted, text};
use takk_model::error::{Error, Result};

use super::admin::{PostgresAdmin, failed};
use super::found::{Found, role_names};
use crate::ledger::Entry;

pub(super) fn remove(admin: &PostgresAdmin, entry: &Entry) -> Result<()> {
    let (mut session, server) = admin.open()?;
    let found = Found::read(&mut session, admin, entry, server)?;
    refuse_foreign(&found, entry)?;
    let doing = format!("{}: cannot remove it from the server", entry.key());
    carry_out(&mut session, &found, entry).map_err(|error| {
        let failure = failed(&doing, &error);
        match error.code() {
            // One of its roles owns something in another database.
            Some("2BP01") => failure.hint("in that database, as its owner: DROP OWNED BY the role"),
            // Since PostgreSQL 16, an admin may only manage the roles that it created.
            Some("42501") => failure.hint(format!(
                "use the admin that created it, or as a superuser, for each role: GRANT ... TO {} WITH ADMIN OPTION",
                quoted(&found.server.about.user)
            )),
            _ => failure,
        }
    })
}

/// Removes the database with its sessions, which may still restore data. The roles stay.
pub(super) fn clear(admin: &PostgresAdmin, entry: &Entry) -> Result<()> {
    let (mut session, server) = admin.open()?;
    let found = Found::read(&mut session, admin, entry, server)?;
    refuse_foreign(&found, entry)?;
    let doing = format!("{}: cannot remove the data from the server", entry.key());
    drop_database(&mut session, &found, entry).map_err(|error| failed(&doing, &error))
}

fn drop_database(session: &mut Session, found: &Found, entry: &Entry) -> Result<(), SessionError> {
    if found.database.is_none() {
        return Ok(());
    }
    let name = entry.credentials.get("database").map(|name| name.to_string()).unwrap_or_default();
    session.run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(&name)))
}

/// Fails if somebody else owns any of it by now.
fn refuse_foreign(found: &Found, entry: &Entry) -> Result<()> {
    let roles = found.roles.iter().filter(|(_, role)| !role.is_ours).map(|(name, _)| format!("the role {name}"));
    let database = found.database.iter().filter(|database| !database.is_ours);
    let database = database.map(|database| format!("its database, which belongs to \"{}\"", database.owner));
    let foreign: Vec<String> = database.chain(roles).collect();
    if foreign.is_empty() {
        return Ok(());
    }
    let error = Error::usage(format!("{}: not all of it is marked as takk's, so takk removes nothing", entry.key()));
    let error = foreign.into_iter().fold(error, Error::about);
    Err(error.hint("to take it over first: takk provision --adopt"))
}

fn carry_out(session: &mut Session, found: &Found, entry: &Entry) -> Result<(), SessionError> {
    let roles: Vec<String> = role_names(entry).into_iter().filter(|name| found.has(name)).collect();
    let options = if found.server.version_number >= 160_000 { " WITH INHERIT TRUE, SET TRUE" } else { "" };
    for role in &roles {
        // From now on, nobody can log in with it.
        session.run(&format!("ALTER ROLE {} NOLOGIN", quoted(role)))?;
        if !found.server.is_superuser() {
            session.run(&format!("GRANT {} TO CURRENT_USER{options}", quoted(role)))?;
        }
        session.rows(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {}", text(role)))?;
    }
    drop_database(session, found, entry)?;
    for role in &roles {
        session.run(&format!("DROP ROLE IF EXISTS {}", quoted(role)))?;
    }
    Ok(())
}
