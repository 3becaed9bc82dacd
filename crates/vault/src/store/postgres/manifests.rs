//! Manifests in PostgreSQL.

use super::super::{ManifestRow, Result};
use super::connection::Connection;

pub(super) fn find(connection: &mut Connection, environment: i64) -> Result<Option<ManifestRow>> {
    let query = "SELECT environment, sealed, author, stored_at FROM manifests WHERE environment = $1";
    let row = connection.maybe(query, &[&environment])?;
    Ok(row.map(|row| ManifestRow { environment: row.get(0), sealed: row.get(1), author: row.get(2), stored_at: row.get(3) }))
}

pub(super) fn set(connection: &mut Connection, row: &ManifestRow) -> Result<()> {
    let query = "INSERT INTO manifests (environment, sealed, author, stored_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (environment) DO UPDATE \
                 SET sealed = excluded.sealed, author = excluded.author, stored_at = excluded.stored_at";
    connection.execute(query, &[&row.environment, &row.sealed, &row.author, &row.stored_at]).map(|_| ())
}
