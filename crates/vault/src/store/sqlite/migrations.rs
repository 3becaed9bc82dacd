//! The schema and its migrations. A migration is one file; it never changes after its release.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::super::{Result, StoreError};

/// Every migration in order: the first `n` of them create schema `n`.
pub(super) const MIGRATIONS: [&str; 7] = [
    include_str!("../migrations/sqlite/0001.sql"),
    include_str!("../migrations/sqlite/0002.sql"),
    include_str!("../migrations/sqlite/0003.sql"),
    include_str!("../migrations/sqlite/0004.sql"),
    include_str!("../migrations/sqlite/0005.sql"),
    include_str!("../migrations/sqlite/0006.sql"),
    include_str!("../migrations/sqlite/0007.sql"),
];

/// "takk" in ASCII, in the header of the database file.
const APPLICATION: i64 = 0x7461_6b6b;

/// Migrates the database to the newest schema. Leaves a database of another program, or of a later version, unchanged.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    // In one transaction, for a consistent view: another process may be creating the tables right now.
    if schema(&*connection.transaction()?, path)? == known {
        return Ok(());
    }
    // Another process may be doing the same, so the schema is checked again under the lock.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = schema(&transaction, path)?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(done).unwrap_or(usize::MAX)) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// The schema of the database; 0 for an empty one.
pub(super) fn schema(connection: &Connection, path: &Path) -> Result<i64> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (application, found) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    match (application, found) {
        (0, 0) if tables == 0 => Ok(0),
        (APPLICATION, 1..) if found <= known => Ok(found),
        (APPLICATION, _) if found > known => Err(StoreError::Newer { path: path.to_owned(), found, known }),
        _ => Err(StoreError::Foreign { path: path.to_owned() }),
    }
}
