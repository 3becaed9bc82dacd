//! Reading and writing environments and versions, in a transaction and outside of one.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::{EnvironmentRow, Result, VersionRow};

/// A fact about the store.
pub(super) fn fact(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached("SELECT value FROM facts WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Writes versions of values of an environment.
pub(super) fn insert_versions(transaction: &Connection, environment: i64, versions: &[VersionRow]) -> Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO versions (environment, name, version, sealed, fingerprint, origin, author, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for row in versions {
        insert.execute(params![
            environment,
            row.name,
            row.version,
            row.sealed,
            row.fingerprint,
            row.origin,
            row.author,
            row.created_at
        ])?;
    }
    Ok(())
}

/// The start of every query for environments, with the columns that [`environment_row`] reads.
pub(super) const ENVIRONMENTS: &str =
    "SELECT id, project, name, wrapped_key, revision, seal, created_at, expires_at FROM environments";

/// The environments of all projects, sorted by project and name.
pub(super) fn all_environments(connection: &Connection) -> Result<Vec<EnvironmentRow>> {
    let mut statement = connection.prepare_cached(&format!("{ENVIRONMENTS} ORDER BY project, name"))?;
    let rows = statement.query_map([], environment_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The current version of every name in an environment, sorted by name.
pub(super) fn current_versions(connection: &Connection, environment: &EnvironmentRow) -> Result<Vec<VersionRow>> {
    // The first query goes from name to name, reading only the last version of each; the second reads every version.
    let query = if environment.has_long_history() {
        "WITH RECURSIVE names (name) AS (\
             SELECT min(name) FROM versions WHERE environment = ?1 \
             UNION ALL \
             SELECT (SELECT min(name) FROM versions WHERE environment = ?1 AND name > names.name) FROM names WHERE name IS NOT NULL\
         ) \
         SELECT name, version, sealed, fingerprint, origin, author, created_at FROM names CROSS JOIN versions USING (name) \
         WHERE environment = ?1 AND version = (\
             SELECT max(version) FROM versions WHERE environment = ?1 AND versions.name = names.name\
         ) ORDER BY name"
    } else {
        "SELECT name, max(version), sealed, fingerprint, origin, author, created_at FROM versions \
         WHERE environment = ?1 GROUP BY name ORDER BY name"
    };
    let mut statement = connection.prepare_cached(query)?;
    let rows = statement.query_map([environment.id], version_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// All versions of a name, newest first.
pub(super) fn history(connection: &Connection, environment: i64, name: &str) -> Result<Vec<VersionRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, version, sealed, fingerprint, origin, author, created_at FROM versions \
         WHERE environment = ?1 AND name = ?2 ORDER BY version DESC",
    )?;
    let rows = statement.query_map(params![environment, name], version_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The environment of that name.
pub(super) fn find_environment(connection: &Connection, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
    let mut statement = connection.prepare_cached(&format!("{ENVIRONMENTS} WHERE project = ?1 AND name = ?2"))?;
    Ok(statement.query_row([project, name], environment_row).optional()?)
}

pub(super) fn environment_row(row: &Row<'_>) -> rusqlite::Result<EnvironmentRow> {
    Ok(EnvironmentRow {
        id: row.get(0)?,
        project: row.get(1)?,
        name: row.get(2)?,
        wrapped_key: row.get(3)?,
        revision: row.get(4)?,
        seal: row.get(5)?,
        created_at: row.get(6)?,
        expires_at: row.get(7)?,
    })
}

pub(super) fn version_row(row: &Row<'_>) -> rusqlite::Result<VersionRow> {
    Ok(VersionRow {
        name: row.get(0)?,
        version: row.get(1)?,
        sealed: row.get(2)?,
        fingerprint: row.get(3)?,
        origin: row.get(4)?,
        author: row.get(5)?,
        created_at: row.get(6)?,
    })
}
