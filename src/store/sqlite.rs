//! The store in one SQLite file. Every write is on the disk before it is acknowledged: WAL with full synchronisation.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, TransactionBehavior, params};

use super::lock::{self, Lock};
use super::locked::Locked;
use super::migrations::{migrate, schema};
use super::{Change, EnvironmentRow, Result, StoreError, VersionRow};

/// How long a lock of another process is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A store in one file.
pub struct Sqlite {
    connection: Connection,
    path: PathBuf,
    /// Released after the connection, which is dropped first.
    _lock: Option<Lock>,
}

impl Sqlite {
    /// Opens the file, or makes it for its owner alone. Its directory must be there.
    pub fn open(path: &Path) -> Result<Self> {
        let lock = lock::shared(path)?;
        Ok(Self { _lock: lock, ..Self::open_unlocked(path)? })
    }

    /// Opens the file without saying so to others: one that nobody else knows, or that is locked already.
    pub(super) fn open_unlocked(path: &Path) -> Result<Self> {
        // SQLite gives the files beside it the same permissions. Whatever fails here fails again below, with SQLite's own words.
        let _ = lock::private().open(path);
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            Ok(connection)
        };
        let mut connection = open().map_err(|source| StoreError::Open { path: PathBuf::from(path), source })?;
        // Foreign databases are told apart before anything is written into them.
        migrate(&mut connection, path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "secure_delete", true)?;
        Ok(Self { connection, path: path.to_owned(), _lock: None })
    }

    /// A fact about the store.
    pub fn fact(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM facts WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Keeps a fact, unless it is there already. Gives the one that is kept.
    pub fn keep_fact(&self, name: &str, value: &[u8]) -> Result<Vec<u8>> {
        self.connection.execute("INSERT OR IGNORE INTO facts (name, value) VALUES (?1, ?2)", params![name, value])?;
        Ok(self.fact(name)?.unwrap_or_default())
    }

    /// Sets a fact, whatever it was.
    pub fn set_fact(&self, name: &str, value: &[u8]) -> Result<()> {
        self.connection.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?1, ?2)", params![name, value])?;
        Ok(())
    }

    /// Removes a fact. Whether there was one.
    pub fn remove_fact(&self, name: &str) -> Result<bool> {
        Ok(self.connection.execute("DELETE FROM facts WHERE name = ?1", [name])? > 0)
    }

    /// The version of the schema.
    pub fn schema(&self) -> Result<i64> {
        schema(&self.connection, &self.path)
    }

    /// Adds an environment; `id` and `revision` are the store's to give.
    pub fn add_environment(&mut self, row: &EnvironmentRow, versions: &[VersionRow]) -> Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let added = transaction.execute(
            "INSERT INTO environments (project, name, wrapped_key, revision, seal, created_at, expires_at) \
             VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6)",
            params![row.project, row.name, row.wrapped_key, row.seal, row.created_at, row.expires_at],
        );
        match added {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(StoreError::Exists(row.name.clone()));
            }
            other => other?,
        };
        insert_versions(&transaction, transaction.last_insert_rowid(), versions)?;
        Ok(transaction.commit()?)
    }

    /// The environment of that name.
    pub fn environment(&self, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
        find_environment(&self.connection, project, name)
    }

    /// The environments of a project, by name.
    pub fn environments(&self, project: &str) -> Result<Vec<EnvironmentRow>> {
        let mut statement = self.connection.prepare_cached(&format!("{ENVIRONMENTS} WHERE project = ?1 ORDER BY name"))?;
        let rows = statement.query_map([project], environment_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The environments of all projects, by project and name.
    pub fn all_environments(&self) -> Result<Vec<EnvironmentRow>> {
        all_environments(&self.connection)
    }

    /// How many values an environment has, without a look at what authenticates them.
    pub fn count(&self, environment: i64) -> Result<usize> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) FROM (SELECT sealed, max(version) FROM versions WHERE environment = ?1 GROUP BY name) \
             WHERE sealed IS NOT NULL",
        )?;
        let count: i64 = statement.query_row([environment], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Removes an environment with all its values: its key first, so that nothing can be read even if the rest fails.
    pub fn remove_environment(&mut self, id: i64) -> Result<()> {
        self.connection.execute("UPDATE environments SET wrapped_key = x'' WHERE id = ?1", [id])?;
        self.connection.execute("DELETE FROM environments WHERE id = ?1", [id])?;
        // What was in the log is overwritten too.
        self.write_back()
    }

    /// Writes what is in the log into the main file, and empties the log.
    pub fn write_back(&self) -> Result<()> {
        let busy: i64 = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(StoreError::Locked) }
    }

    /// Writes a copy as it is at one moment, into a file that is empty. Others may write meanwhile.
    pub(super) fn copy_into(&self, path: &Path) -> Result<()> {
        self.connection.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        Ok(())
    }

    /// Keeps everybody else from writing until what is returned is dropped.
    pub fn lock(&mut self) -> Result<Locked<'_>> {
        Ok(Locked::new(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?))
    }

    /// An environment together with the current version of every name in it, as they were at one moment.
    pub fn current(&mut self, project: &str, name: &str) -> Result<Option<(EnvironmentRow, Vec<VersionRow>)>> {
        let transaction = self.connection.transaction()?;
        let found = find_environment(&transaction, project, name)?;
        let Some(environment) = found else { return Ok(None) };
        let versions = current_versions(&transaction, environment.id)?;
        transaction.commit()?;
        Ok(Some((environment, versions)))
    }

    /// All versions of a name, the newest first.
    pub fn history(&self, environment: i64, name: &str) -> Result<Vec<VersionRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT name, version, sealed, fingerprint, origin, author, created_at FROM versions \
             WHERE environment = ?1 AND name = ?2 ORDER BY version DESC",
        )?;
        let rows = statement.query_map(params![environment, name], version_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Writes a change, all of it or nothing. [`StoreError::Conflict`] if the environment has another revision by now.
    pub fn write(&mut self, change: &Change) -> Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let updated = transaction.execute(
            "UPDATE environments SET revision = revision + 1, seal = ?3 WHERE id = ?1 AND revision = ?2 AND seal = ?4",
            params![change.environment, change.revision, change.seal, change.seal_before],
        )?;
        if updated == 0 {
            return Err(StoreError::Conflict);
        }
        insert_versions(&transaction, change.environment, &change.versions)?;
        transaction.commit()?;
        Ok(())
    }

    /// What SQLite itself finds wrong with the file; empty if nothing.
    pub fn defects(&self) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }
}

/// Writes versions of values of an environment.
fn insert_versions(transaction: &Connection, environment: i64, versions: &[VersionRow]) -> Result<()> {
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

/// The beginning of every question about environments, with the columns that [`environment_row`] reads.
const ENVIRONMENTS: &str = "SELECT id, project, name, wrapped_key, revision, seal, created_at, expires_at FROM environments";

/// The environments of all projects, by project and name.
pub(super) fn all_environments(connection: &Connection) -> Result<Vec<EnvironmentRow>> {
    let mut statement = connection.prepare_cached(&format!("{ENVIRONMENTS} ORDER BY project, name"))?;
    let rows = statement.query_map([], environment_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The current version of every name in an environment, by name.
pub(super) fn current_versions(connection: &Connection, environment: i64) -> Result<Vec<VersionRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, max(version), sealed, fingerprint, origin, author, created_at FROM versions \
         WHERE environment = ?1 GROUP BY name ORDER BY name",
    )?;
    let rows = statement.query_map([environment], version_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn find_environment(connection: &Connection, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
    let mut statement = connection.prepare_cached(&format!("{ENVIRONMENTS} WHERE project = ?1 AND name = ?2"))?;
    Ok(statement.query_row([project, name], environment_row).optional()?)
}

fn environment_row(row: &Row<'_>) -> rusqlite::Result<EnvironmentRow> {
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
