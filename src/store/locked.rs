//! A store that nobody else can write to: for what changes all of it at once.

use rusqlite::{OptionalExtension, Transaction, params};

use super::sqlite::{all_environments, current_versions, version_row};
use super::{EnvironmentRow, Result, VersionRow};

/// A store that is locked for others; what is not committed is undone.
pub struct Locked<'s> {
    transaction: Transaction<'s>,
}

impl<'s> Locked<'s> {
    pub(super) fn new(transaction: Transaction<'s>) -> Self {
        Self { transaction }
    }

    /// A fact about the store.
    pub fn fact(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let mut statement = self.transaction.prepare_cached("SELECT value FROM facts WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Sets a fact, whatever it was.
    pub fn set_fact(&self, name: &str, value: &[u8]) -> Result<()> {
        self.transaction.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?1, ?2)", params![name, value])?;
        Ok(())
    }

    /// The environments of all projects.
    pub fn environments(&self) -> Result<Vec<EnvironmentRow>> {
        all_environments(&self.transaction)
    }

    /// The current version of every name in an environment, by name.
    pub fn current(&self, environment: i64) -> Result<Vec<VersionRow>> {
        current_versions(&self.transaction, environment)
    }

    /// All versions of all names in an environment.
    pub fn versions(&self, environment: i64) -> Result<Vec<VersionRow>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT name, version, sealed, fingerprint, origin, author, created_at FROM versions WHERE environment = ?1 \
             ORDER BY name, version",
        )?;
        let rows = statement.query_map([environment], version_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Gives a version another fingerprint.
    pub fn set_fingerprint(&self, environment: i64, row: &VersionRow) -> Result<()> {
        let mut statement = self
            .transaction
            .prepare_cached("UPDATE versions SET fingerprint = ?4 WHERE environment = ?1 AND name = ?2 AND version = ?3")?;
        statement.execute(params![environment, row.name, row.version, row.fingerprint])?;
        Ok(())
    }

    /// Writes key, revision and seal of an environment.
    pub fn rewrite(&self, row: &EnvironmentRow) -> Result<()> {
        self.transaction.execute(
            "UPDATE environments SET wrapped_key = ?2, revision = ?3, seal = ?4 WHERE id = ?1",
            params![row.id, row.wrapped_key, row.revision, row.seal],
        )?;
        Ok(())
    }

    /// Makes all changes at once.
    pub fn commit(self) -> Result<()> {
        Ok(self.transaction.commit()?)
    }
}
