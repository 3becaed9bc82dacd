//! The store in one SQLite file. Every write is on disk before it is acknowledged: WAL with full synchronization.

mod accounts;
mod audit;
mod files;
mod lock;
mod manifests;
mod migrations;
mod replace;
mod seals;
mod sessions;
mod sign_ins;
mod transaction;
mod values;

pub use replace::{Candidate, Replaced};

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use self::lock::Lock;
use self::migrations::{migrate, schema};
use self::transaction::Writing;
use self::values::{ENVIRONMENTS, all_environments, current_versions, environment_row, fact, find_environment, history};
use super::{
    Accounts, AuditLog, Current, Durability, EnvironmentRow, ManifestRow, Result, Store, StoreError, Transaction, VersionRow,
};

/// How long to wait for another process' lock.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A store in a file.
pub struct Sqlite {
    connection: Connection,
    path: PathBuf,
    /// What a commit currently waits for.
    durability: Durability,
    /// Released after the connection, which is dropped first.
    _lock: Option<Lock>,
}

impl Sqlite {
    /// Opens the file, or creates it, accessible only to its owner. Its directory must exist.
    pub fn open(path: &Path) -> Result<Self> {
        let lock = lock::shared(path)?;
        Ok(Self { _lock: lock, ..Self::open_unlocked(path)? })
    }

    /// Opens the file without taking the lock: for a file that nobody else knows, or whose lock is already held.
    pub(super) fn open_unlocked(path: &Path) -> Result<Self> {
        // If this fails, opening the file below fails with SQLite's own message.
        let _ = files::make(path);
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            Ok(connection)
        };
        let mut connection = open().map_err(|source| StoreError::Open { path: PathBuf::from(path), source })?;
        // Detects databases of other programs before anything is written to them.
        migrate(&mut connection, path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", level(Durability::Synced))?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "secure_delete", true)?;
        Ok(Self { connection, path: path.to_owned(), durability: Durability::Synced, _lock: None })
    }

    /// Copies a consistent snapshot into an empty file, while others may write.
    pub(super) fn copy_into(&self, path: &Path) -> Result<()> {
        self.connection.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        Ok(())
    }
}

/// The name of the level in SQLite: <https://sqlite.org/pragma.html#pragma_synchronous>, for a write-ahead log.
fn level(durability: Durability) -> &'static str {
    match durability {
        Durability::Synced => "FULL",
        Durability::Deferred => "NORMAL",
    }
}

/// The rows of people and the audit log, within a transaction or without.
struct Rows<'c>(&'c Connection);

impl From<Sqlite> for Box<dyn Store> {
    fn from(store: Sqlite) -> Self {
        Box::new(store)
    }
}

impl Store for Sqlite {
    fn fact(&self, name: &str) -> Result<Option<Vec<u8>>> {
        fact(&self.connection, name)
    }

    fn keep_fact(&self, name: &str, value: &[u8]) -> Result<Vec<u8>> {
        self.connection.execute("INSERT OR IGNORE INTO facts (name, value) VALUES (?1, ?2)", params![name, value])?;
        Ok(self.fact(name)?.unwrap_or_default())
    }

    fn set_fact(&self, name: &str, value: &[u8]) -> Result<()> {
        self.connection.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?1, ?2)", params![name, value])?;
        Ok(())
    }

    fn remove_fact(&self, name: &str) -> Result<bool> {
        Ok(self.connection.execute("DELETE FROM facts WHERE name = ?1", [name])? > 0)
    }

    fn schema(&self) -> Result<i64> {
        schema(&self.connection, &self.path)
    }

    /// The file and its write-ahead log.
    fn size(&self) -> Result<u64> {
        let files = [self.path.clone(), files::with_end(&self.path, "-wal")];
        Ok(files.iter().filter_map(|file| file.metadata().ok()).map(|facts| facts.len()).sum())
    }

    fn environment(&self, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
        find_environment(&self.connection, project, name)
    }

    fn environments(&self, project: &str) -> Result<Vec<EnvironmentRow>> {
        let mut statement = self.connection.prepare_cached(&format!("{ENVIRONMENTS} WHERE project = ?1 ORDER BY name"))?;
        let rows = statement.query_map([project], environment_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn all_environments(&self) -> Result<Vec<EnvironmentRow>> {
        all_environments(&self.connection)
    }

    fn count(&self, environment: i64) -> Result<usize> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) FROM (SELECT sealed, max(version) FROM versions WHERE environment = ?1 \
             AND name NOT LIKE 'resource:%' AND name NOT LIKE 'admin:%' GROUP BY name) \
             WHERE sealed IS NOT NULL",
        )?;
        let count: i64 = statement.query_row([environment], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    fn write_back(&self) -> Result<()> {
        let busy: i64 = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(StoreError::Locked) }
    }

    fn current(&mut self, project: &str, name: &str) -> Result<Option<Current>> {
        let transaction = self.connection.transaction()?;
        let found = find_environment(&transaction, project, name)?;
        let Some(environment) = found else { return Ok(None) };
        let versions = current_versions(&transaction, &environment)?;
        transaction.commit()?;
        Ok(Some((environment, versions)))
    }

    fn history(&self, environment: i64, name: &str) -> Result<Vec<VersionRow>> {
        history(&self.connection, environment, name)
    }

    fn manifest(&self, environment: i64) -> Result<Option<ManifestRow>> {
        manifests::find(&self.connection, environment)
    }

    fn defects(&self) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    fn accounts(&mut self) -> Result<Box<dyn Accounts + '_>> {
        Ok(Box::new(Rows(&self.connection)))
    }

    fn audit(&mut self) -> Result<Box<dyn AuditLog + '_>> {
        Ok(Box::new(Rows(&self.connection)))
    }

    /// A commit that waits for the disk also makes earlier deferred ones durable, because they share one log.
    fn begin(&mut self, durability: Durability) -> Result<Box<dyn Transaction + '_>> {
        if durability != self.durability {
            self.connection.pragma_update(None, "synchronous", level(durability))?;
            self.durability = durability;
        }
        Ok(Box::new(Writing(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)))
    }

    /// SQLite allows only one writer anyway.
    fn begin_people(&mut self) -> Result<Box<dyn Transaction + '_>> {
        self.begin(Durability::Synced)
    }

    /// SQLite allows only one writer anyway.
    fn lock(&mut self) -> Result<Box<dyn Transaction + '_>> {
        self.begin(Durability::Synced)
    }
}

#[cfg(test)]
mod tests;
