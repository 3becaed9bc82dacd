//! The end of a resource on a server: its sessions, its users, its database. What is missing is skipped, so that a removal that was
//! interrupted can be repeated. What has the mark goes last, because it says whose the rest is.

use std::thread;
use std::time::Duration;

use takk_database::mysql::{Session, SessionError, quoted, text};
use takk_model::error::{Error, Result};

use super::admin::{MysqlAdmin, column, failed};
use super::found::Found;
use super::statements::{HOST, Terms};
use crate::ledger::Entry;

/// How often to look whether the sessions have ended.
const ATTEMPTS: usize = 50;
/// How long to wait between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// The session is gone already.
const UNKNOWN_SESSION: u16 = 1094;

pub(super) fn remove(admin: &MysqlAdmin, entry: &Entry) -> Result<()> {
    let (mut session, dialect, _) = admin.open()?;
    let terms = Terms::of(entry, dialect, false)?;
    let found = Found::read(&mut session, admin, entry, &terms)?;
    found.refuse_removal(entry)?;
    let doing = format!("{}: cannot remove it from the server", entry.key());
    let failed = |error: SessionError| failed(&doing, &error);
    let users: Vec<String> = found.users.keys().map(|name| text(name)).collect();
    for user in &users {
        // From here on, nobody logs in any more; but who is there stays.
        session.run(&format!("ALTER USER {user}@'{HOST}' ACCOUNT LOCK")).map_err(failed)?;
    }
    if !users.is_empty() && !end_sessions(&mut session, &users.join(", ")).map_err(failed)? {
        return Err(Error::system(format!("{doing}: some of its sessions do not end"))
            .hint("end them on the server, then run the command again: SHOW PROCESSLIST"));
    }
    let mut statements: Vec<String> = users.iter().map(|user| format!("DROP USER IF EXISTS {user}@'{HOST}'")).collect();
    if found.database.is_some() {
        let database = format!("DROP DATABASE IF EXISTS {}", quoted(&terms.database));
        // On MySQL, a user that views and procedures name cannot be dropped either.
        statements.insert(if dialect.marks_users() { 0 } else { statements.len() }, database);
    }
    statements.iter().try_for_each(|statement| session.run(statement)).map_err(failed)
}

/// Removes the database with the sessions of its users, which may still restore data. The users stay.
pub(super) fn clear(admin: &MysqlAdmin, entry: &Entry) -> Result<()> {
    let (mut session, dialect, _) = admin.open()?;
    let terms = Terms::of(entry, dialect, false)?;
    let found = Found::read(&mut session, admin, entry, &terms)?;
    found.refuse_removal(entry)?;
    let doing = format!("{}: cannot remove the data from the server", entry.key());
    let failed = |error: SessionError| failed(&doing, &error);
    let users: Vec<String> = found.users.keys().map(|name| text(name)).collect();
    if !users.is_empty() && !end_sessions(&mut session, &users.join(", ")).map_err(failed)? {
        return Err(Error::system(format!("{doing}: some of its sessions do not end"))
            .hint("end them on the server, then run the command again: SHOW PROCESSLIST"));
    }
    if found.database.is_some() {
        session.run(&format!("DROP DATABASE IF EXISTS {}", quoted(&terms.database))).map_err(failed)?;
    }
    Ok(())
}

/// Ends the sessions of users one by one, and looks until none is left: `KILL USER` of somebody without the right to it does nothing, and
/// says nothing.
fn end_sessions(session: &mut Session, users: &str) -> Result<bool, SessionError> {
    for _ in 0..ATTEMPTS {
        let rows = session.rows(&format!("SELECT ID FROM information_schema.PROCESSLIST WHERE USER IN ({users})"))?;
        if rows.is_empty() {
            return Ok(true);
        }
        for row in rows {
            match session.run(&format!("KILL CONNECTION {}", column(&row, 0))) {
                Err(error) if error.code() == Some(UNKNOWN_SESSION) => {}
                ended => ended?,
            }
        }
        thread::sleep(PAUSE);
    }
    Ok(false)
}
