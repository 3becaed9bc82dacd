//! Sessions in SQLite.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::Result;
use super::super::people::{SessionRow, UserRow};
use super::accounts::{USER, user_row};

/// The columns that [`session_row`] reads.
pub(super) const SESSION: &str = "sessions.hash, sessions.user, sessions.token, sessions.created_at, sessions.expires_at";

pub(super) fn add(connection: &Connection, row: &SessionRow) -> Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT INTO sessions (hash, user, token, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    insert.execute(params![row.hash, row.user, row.token, row.created_at, row.expires_at])?;
    Ok(())
}

pub(super) fn find(connection: &Connection, hash: &[u8]) -> Result<Option<(SessionRow, UserRow)>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {USER}, {SESSION} FROM sessions JOIN users ON users.id = sessions.user WHERE sessions.hash = ?1"
    ))?;
    let found = statement.query_row([hash], |row| Ok((session_from(row, 6)?, user_row(row)?)));
    Ok(found.optional()?)
}

pub(super) fn session_row(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    session_from(row, 0)
}

/// A session in the columns from index `first` on.
fn session_from(row: &Row<'_>, first: usize) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        hash: row.get(first)?,
        user: row.get(first + 1)?,
        token: row.get(first + 2)?,
        created_at: row.get(first + 3)?,
        expires_at: row.get(first + 4)?,
    })
}

pub(super) fn remove(connection: &Connection, hash: &[u8]) -> Result<bool> {
    Ok(connection.execute("DELETE FROM sessions WHERE hash = ?1", [hash])? > 0)
}

pub(super) fn remove_of(connection: &Connection, user: i64, except: &[u8]) -> Result<usize> {
    Ok(connection.execute("DELETE FROM sessions WHERE user = ?1 AND hash <> ?2", params![user, except])?)
}

pub(super) fn forget(connection: &Connection, expired_at: i64) -> Result<usize> {
    Ok(connection.execute("DELETE FROM sessions WHERE expires_at <= ?1", [expired_at])?)
}
