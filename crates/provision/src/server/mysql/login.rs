//! The login of a program to its database, as the program will make it: with the stored credentials, and with the TLS that its variables
//! ask for.

use takk_database::mysql::{Address, Session, SessionError};

use super::super::login_url::{UrlForm, login_url};
use super::super::{MIGRATION_PASSWORD, MIGRATION_USERNAME};
use super::admin::column;
use super::privileges::RUN;
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};

const FORM: UrlForm = UrlForm { scheme: "mysql", mode: ("ssl-mode", "PREFERRED"), roots: "ssl-ca" };

/// Logs in once, and asks for the version.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let mut session = open(&login_url(entry, &FORM, "username", "password"))?;
    if entry.credentials.contains_key(MIGRATION_USERNAME) {
        open(&login_url(entry, &FORM, MIGRATION_USERNAME, MIGRATION_PASSWORD))?;
        let all = "SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES UNION SELECT PRIVILEGE_TYPE FROM \
                   information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE <> 'USAGE'";
        let rows = session.rows(all).map_err(not_ready)?;
        if let Some(more) = rows.iter().map(|row| column(row, 0)).find(|right| !RUN.contains(right)) {
            return Err(NotReady::OtherServer(format!("the login of the program has the right {more}")));
        }
    }
    let rows = session.rows("SELECT VERSION()").map_err(not_ready)?;
    let version = rows.first().and_then(|row| column(row, 0).split('-').next().map(str::to_owned));
    Ok(Accepted { version })
}

fn open(url: &str) -> Result<Session, NotReady> {
    let address = Address::parse(url).map_err(|error| NotReady::OtherServer(error.to_string()))?;
    Session::open(&address).map_err(not_ready)
}

fn not_ready(error: SessionError) -> NotReady {
    match error {
        SessionError::Unavailable(why) => NotReady::NoAnswer(why),
        // It stops, or has no connection left.
        SessionError::Refused { code: 1040 | 1053 | 1203 | 1226, message } => NotReady::Starting(message),
        SessionError::Refused { .. } => NotReady::Refused(error.to_string()),
        SessionError::Untrusted(_) | SessionError::Unencrypted => NotReady::OtherServer(error.to_string()),
    }
}
