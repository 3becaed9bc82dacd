//! Reading and writing environments and versions, in a transaction and outside of one.

use postgres::Row;

use super::super::{Current, EnvironmentRow, Result, VersionRow};
use super::connection::Connection;

/// An environment with the current version of every name: a single statement, for a consistent snapshot. Reads every version.
const CURRENT: &str = "SELECT e.id, e.project, e.name, e.wrapped_key, e.revision, e.seal, e.created_at, e.expires_at, \
     v.name, v.version, v.sealed, v.fingerprint, v.origin, v.author, v.created_at FROM environments e \
     LEFT JOIN LATERAL (SELECT DISTINCT ON (name) name, version, sealed, fingerprint, origin, author, created_at \
     FROM versions WHERE environment = e.id ORDER BY name DESC, version DESC) v ON TRUE \
     WHERE e.project = $1 AND e.name = $2";

/// The same for names with many versions: goes from name to name, reading only the last version of each.
const CURRENT_OF_MANY: &str = "SELECT e.id, e.project, e.name, e.wrapped_key, e.revision, e.seal, e.created_at, e.expires_at, \
     v.name, v.version, v.sealed, v.fingerprint, v.origin, v.author, v.created_at FROM environments e \
     LEFT JOIN LATERAL (\
         WITH RECURSIVE names AS (\
             SELECT min(name) AS name FROM versions WHERE environment = e.id \
             UNION ALL \
             SELECT (SELECT min(name) FROM versions WHERE environment = e.id AND name > names.name) FROM names \
             WHERE names.name IS NOT NULL\
         ) \
         SELECT last.* FROM names CROSS JOIN LATERAL (\
             SELECT name, version, sealed, fingerprint, origin, author, created_at FROM versions \
             WHERE environment = e.id AND name = names.name ORDER BY version DESC LIMIT 1\
         ) last\
     ) v ON TRUE WHERE e.project = $1 AND e.name = $2";

/// A fact about the store.
pub(super) fn fact(connection: &mut Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let row = connection.maybe("SELECT value FROM facts WHERE name = $1", &[&name])?;
    Ok(row.map(|row| row.get(0)))
}

/// Sets a fact, replacing any previous value.
pub(super) fn set_fact(connection: &mut Connection, name: &str, value: &[u8]) -> Result<()> {
    let query = "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection.execute(query, &[&name, &value]).map(|_| ())
}

/// An environment with the current version of every name, sorted by name.
pub(super) fn current(connection: &mut Connection, project: &str, name: &str) -> Result<Option<Current>> {
    let Some(known) = environment(connection, project, name)? else { return Ok(None) };
    let query = if known.has_long_history() { CURRENT_OF_MANY } else { CURRENT };
    let rows = connection.rows(query, &[&project, &name])?;
    let Some(first) = rows.first() else { return Ok(None) };
    let environment = environment_row(first);
    let is_there = |row: &&Row| row.get::<_, Option<&str>>(8).is_some();
    let mut versions: Vec<VersionRow> = rows.iter().filter(is_there).map(|row| version_row_from(row, 8)).collect();
    versions.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Some((environment, versions)))
}

/// The environment of that name.
pub(super) fn environment(connection: &mut Connection, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
    let query = "SELECT id, project, name, wrapped_key, revision, seal, created_at, expires_at FROM environments \
                 WHERE project = $1 AND name = $2";
    Ok(connection.maybe(query, &[&project, &name])?.map(|row| environment_row(&row)))
}

/// All versions of a name, newest first.
pub(super) fn history(connection: &mut Connection, environment: i64, name: &str) -> Result<Vec<VersionRow>> {
    let query = "SELECT name, version, sealed, fingerprint, origin, author, created_at FROM versions \
                 WHERE environment = $1 AND name = $2 ORDER BY version DESC";
    Ok(connection.rows(query, &[&environment, &name])?.iter().map(version_row).collect())
}

/// The environments of all projects, sorted by project and name.
pub(super) fn all_environments(connection: &mut Connection) -> Result<Vec<EnvironmentRow>> {
    let query = "SELECT id, project, name, wrapped_key, revision, seal, created_at, expires_at FROM environments \
                 ORDER BY project, name";
    Ok(connection.rows(query, &[])?.iter().map(environment_row).collect())
}

/// Writes versions of values of an environment in one statement.
pub(super) fn insert_versions(connection: &mut Connection, environment: i64, rows: &[VersionRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let query = "INSERT INTO versions (environment, name, version, sealed, fingerprint, origin, author, created_at) \
                 SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bytea[], $6::text[], $7::text[], \
                 $8::bigint[])";
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let versions: Vec<i64> = rows.iter().map(|row| row.version).collect();
    let sealed: Vec<Option<&[u8]>> = rows.iter().map(|row| row.sealed.as_deref()).collect();
    let fingerprints: Vec<Option<&[u8]>> = rows.iter().map(|row| row.fingerprint.as_deref()).collect();
    let origins: Vec<&str> = rows.iter().map(|row| row.origin.as_str()).collect();
    let authors: Vec<&str> = rows.iter().map(|row| row.author.as_str()).collect();
    let moments: Vec<i64> = rows.iter().map(|row| row.created_at).collect();
    connection
        .execute(query, &[&environment, &names, &versions, &sealed, &fingerprints, &origins, &authors, &moments])
        .map(|_| ())
}

pub(super) fn environment_row(row: &Row) -> EnvironmentRow {
    EnvironmentRow {
        id: row.get(0),
        project: row.get(1),
        name: row.get(2),
        wrapped_key: row.get(3),
        revision: row.get(4),
        seal: row.get(5),
        created_at: row.get(6),
        expires_at: row.get(7),
    }
}

pub(super) fn version_row(row: &Row) -> VersionRow {
    version_row_from(row, 0)
}

/// A version in the columns from index `first` on.
fn version_row_from(row: &Row, first: usize) -> VersionRow {
    VersionRow {
        name: row.get(first),
        version: row.get(first + 1),
        sealed: row.get(first + 2),
        fingerprint: row.get(first + 3),
        origin: row.get(first + 4),
        author: row.get(first + 5),
        created_at: row.get(first + 6),
    }
}
