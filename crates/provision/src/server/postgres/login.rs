//! The login of a program to its database, just as the program logs in: with the stored credentials, and with the TLS settings
//! of its variables.

use takk_database::{Address, Session, SessionError};

use super::super::login_url::{UrlForm, login_url};
use super::super::{MIGRATION_PASSWORD, MIGRATION_USERNAME};
use super::admin::column;
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};

const FORM: UrlForm = UrlForm { scheme: "postgresql", mode: ("sslmode", "prefer"), roots: "sslrootcert" };

/// Logs in once, and queries the version.
pub(crate) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let mut session = open(&own_url(entry))?;
    if entry.credentials.contains_key(MIGRATION_USERNAME) {
        open(&login_url(entry, &FORM, MIGRATION_USERNAME, MIGRATION_PASSWORD))?;
        let may = "SELECT has_schema_privilege(current_user, oid, 'CREATE') FROM pg_namespace WHERE nspname = 'public'";
        if session.rows(may).map_err(not_ready)?.iter().any(|row| column(row, 0) == "t") {
            return Err(NotReady::OtherServer("the login of the program may create tables in the schema public".to_owned()));
        }
    }
    let rows = session.rows("SHOW server_version").map_err(not_ready)?;
    let version = rows.first().and_then(|row| column(row, 0).split_whitespace().next().map(str::to_owned));
    Ok(Accepted { version })
}

/// The URL of the login of a program.
pub(crate) fn own_url(entry: &Entry) -> zeroize::Zeroizing<String> {
    login_url(entry, &FORM, "username", "password")
}

pub(super) fn open(url: &str) -> Result<Session, NotReady> {
    let address = Address::parse(url).map_err(|error| NotReady::OtherServer(error.to_string()))?;
    Session::open(&address).map_err(not_ready)
}

pub(super) fn not_ready(error: SessionError) -> NotReady {
    match error {
        SessionError::Unavailable(why) => NotReady::NoAnswer(why),
        // It is starting or stopping, or has no free connection.
        SessionError::Refused { code, message, .. } if matches!(code.as_str(), "57P01" | "57P02" | "57P03" | "53300") => {
            NotReady::Starting(message)
        }
        SessionError::Refused { .. } => NotReady::Refused(error.to_string()),
        SessionError::Untrusted(_) | SessionError::Unencrypted => NotReady::OtherServer(error.to_string()),
    }
}
