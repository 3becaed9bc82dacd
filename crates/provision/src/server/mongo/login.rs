//! The login of a program to its server, with the stored credentials, and over TLS if its variables say so.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::{MIGRATION_PASSWORD, MIGRATION_USERNAME};
use super::ENCRYPTED;
use super::admin::list;
use super::steps::{ALL, RUN};
use crate::ledger::Entry;
use crate::login::{Accepted, MONGO_ADMIN, MOST_OF_MESSAGE, MongoSession, NotReady, Tls};

/// The timeout of a login.
const LONGEST: Duration = Duration::from_secs(10);

/// Logs in once, and asks for the version.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let has_migrations = entry.credentials.contains_key(MIGRATION_USERNAME);
    let version = once(entry, "username", "password", if has_migrations { RUN } else { ALL })?;
    if has_migrations {
        once(entry, MIGRATION_USERNAME, MIGRATION_PASSWORD, ALL)?;
    }
    Ok(Accepted { version })
}

/// Fails if a login has more roles than it should have.
fn refuse_more(found: &[Value], roles: &[&str], database: &str) -> Result<(), NotReady> {
    let is_known = |one: &&Value| one["db"] == database && roles.iter().any(|role| one["role"] == *role);
    match found.iter().find(|one| !is_known(one)) {
        Some(role) => Err(NotReady::OtherServer(format!("the login of the program has another role: {role}"))),
        None => Ok(()),
    }
}

fn once(entry: &Entry, username: &str, password: &str, roles: &[&str]) -> Result<Option<String>, NotReady> {
    let credential = |name: &str| entry.credentials.get(name).map(|value| value.as_str()).unwrap_or_default();
    let is_encrypted = entry.ssl_mode.as_deref() == Some(ENCRYPTED);
    let tls = if is_encrypted { Some(Tls::verified(entry.ssl_roots.as_deref())?) } else { None };
    let (port, deadline) = (entry.port.unwrap_or_default(), Instant::now() + LONGEST);
    let mut session = MongoSession::open(entry.host(), port, tls.as_ref(), deadline, MOST_OF_MESSAGE)?;
    session.authenticate(MONGO_ADMIN, credential(username), credential(password))?;
    // It may do that if it has its role, and nothing otherwise.
    session.run(credential("database"), &json!({ "listCollections": 1, "nameOnly": true }), &[])?;
    let status = session.run(MONGO_ADMIN, &json!({ "connectionStatus": 1 }), &[])?;
    refuse_more(list(&status["authInfo"]["authenticatedUserRoles"]), roles, credential("database"))?;
    let build = session.run(MONGO_ADMIN, &json!({ "buildInfo": 1 }), &[])?;
    Ok(build.get("version").and_then(Value::as_str).map(str::to_owned))
}
