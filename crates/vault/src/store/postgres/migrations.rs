//! The schema and its migrations. Replicas may start at once: one of them migrates, and the others wait for it.

use super::super::{Result, StoreError};
use super::connection::Connection;

/// Every migration in order: the first `n` of them create schema `n`.
const MIGRATIONS: [&str; 5] = [
    include_str!("../migrations/postgres/0001.sql"),
    include_str!("../migrations/postgres/0002.sql"),
    include_str!("../migrations/postgres/0003.sql"),
    include_str!("../migrations/postgres/0004.sql"),
    include_str!("../migrations/postgres/0005.sql"),
];

/// The ID of the advisory lock for migrations: "takk" in ASCII.
const LOCK: i64 = 0x7461_6b6b;

pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Migrates the database to the newest schema. Leaves a database of another program, or of a later version, unchanged.
pub(super) fn migrate(connection: &mut Connection, address: &str) -> Result<()> {
    if version(connection)? == Some(newest()) {
        return Ok(());
    }
    // Existing tables are only checked under the lock, because another process may be creating them. The lock is taken before the
    // transaction begins, so that the transaction sees what was committed before.
    connection.run(&format!("SELECT pg_advisory_lock({LOCK})"))?;
    connection.run("BEGIN")?;
    let migrated = migrate_locked(connection, address);
    connection.run(if migrated.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    connection.run(&format!("SELECT pg_advisory_unlock({LOCK})"))?;
    migrated
}

fn migrate_locked(connection: &mut Connection, address: &str) -> Result<()> {
    let done = schema(connection, address)?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(done).unwrap_or(usize::MAX)) {
        connection.run(migration)?;
    }
    connection.execute("UPDATE takk_schema SET version = $1", &[&newest()])?;
    Ok(())
}

/// The schema of the database; 0 if it has no tables.
pub(super) fn schema(connection: &mut Connection, address: &str) -> Result<i64> {
    match version(connection)? {
        Some(found) if found > newest() => Err(StoreError::Newer { path: address.into(), found, known: newest() }),
        Some(found) => Ok(found),
        None => {
            let query = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
            let others: i64 = connection.one(query, &[])?.get(0);
            if others == 0 { Ok(0) } else { Err(StoreError::Foreign { path: address.into() }) }
        }
    }
}

/// The schema version that the database records.
fn version(connection: &mut Connection) -> Result<Option<i64>> {
    // Queries the catalog: `to_regclass` may return a result from before the lock, when the table did not exist yet.
    let query = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'takk_schema')";
    let is_there: bool = connection.one(query, &[])?.get(0);
    if !is_there {
        return Ok(None);
    }
    Ok(Some(connection.one("SELECT version FROM takk_schema", &[])?.get(0)))
}
