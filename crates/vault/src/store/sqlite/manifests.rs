//! Manifests in SQLite.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::{ManifestRow, Result};

pub(super) fn find(connection: &Connection, environment: i64) -> Result<Option<ManifestRow>> {
    let mut statement =
        connection.prepare_cached("SELECT environment, sealed, author, stored_at FROM manifests WHERE environment = ?1")?;
    let found = statement.query_row([environment], |row| {
        Ok(ManifestRow { environment: row.get(0)?, sealed: row.get(1)?, author: row.get(2)?, stored_at: row.get(3)? })
    });
    Ok(found.optional()?)
}

pub(super) fn set(connection: &Connection, row: &ManifestRow) -> Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO manifests (environment, sealed, author, stored_at) VALUES (?1, ?2, ?3, ?4)",
        params![row.environment, row.sealed, row.author, row.stored_at],
    )?;
    Ok(())
}
