//! The login of a program to its database over HTTP, with the stored credentials, and over TLS if its variables say so.

use takk_model::error::Error;

use super::super::http::Failure;
use super::super::{MIGRATION_PASSWORD, MIGRATION_USERNAME};
use super::HTTP;
use super::api::{self, Api, Refusal};
use super::rights::OF_SCHEMA;
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};

/// Logs in once, and asks for the version.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let database = entry.credentials.get("database").map(|name| name.as_str()).unwrap_or_default();
    let ask = |api: &Api| api.rows_in("SELECT version()", Some(database)).map_err(not_ready);
    let program = client(entry, "username", "password")?;
    let version = ask(&program)?.into_iter().flatten().next();
    if entry.credentials.contains_key(MIGRATION_USERNAME) {
        ask(&client(entry, MIGRATION_USERNAME, MIGRATION_PASSWORD)?)?;
        refuse_schema(&program, database)?;
    }
    Ok(Accepted { version })
}

/// Fails if the program's login may change the schema. Servers before 24.11 cannot be asked.
fn refuse_schema(program: &Api, database: &str) -> Result<(), NotReady> {
    for right in OF_SCHEMA {
        match program.rows(&format!("CHECK GRANT {right} ON {}.*", super::admin::quoted(database))) {
            Ok(rows) if rows.iter().flatten().any(|answer| answer == "1") => {
                return Err(NotReady::OtherServer(format!("the login of the program has the right {right}")));
            }
            Ok(_) => {}
            Err(refusal) if refusal.code() == Some(api::SYNTAX_ERROR) => return Ok(()),
            Err(refusal) => return Err(not_ready(refusal)),
        }
    }
    Ok(())
}

fn client(entry: &Entry, username: &str, password: &str) -> Result<Api, NotReady> {
    let credential = |name: &str| entry.credentials.get(name).cloned().unwrap_or_default();
    let scheme = if entry.ssl_mode.is_some() { "https" } else { "http" };
    let host = entry.placeholder("host", true).unwrap_or_default();
    let port = entry.ports.get(HTTP).copied().unwrap_or_default();
    let failed = |error: Error| NotReady::OtherServer(error.to_string());
    let base = format!("{scheme}://{host}:{port}");
    Api::new(&base, entry.ssl_roots.as_deref(), &credential(username), &credential(password)).map_err(failed)
}

fn not_ready(refusal: Refusal) -> NotReady {
    match refusal {
        Refusal::Said { code, message } if code == api::TOO_MANY_QUERIES => NotReady::Starting(message),
        Refusal::Said { code, message }
            if api::OF_LOGINS.contains(&code) || [api::ACCESS_DENIED, api::UNKNOWN_DATABASE].contains(&code) =>
        {
            NotReady::Refused(message)
        }
        Refusal::Said { message, .. } | Refusal::Other(message) => NotReady::OtherServer(message),
        Refusal::Failed(Failure::NoAnswer(why)) => NotReady::NoAnswer(why),
        Refusal::Failed(Failure::Untrusted(why) | Failure::Other(why)) => NotReady::OtherServer(why),
    }
}
