//! Transactions. SQLite has one writer at a time: nothing that is read here changes before the end.

use rusqlite::{ErrorCode, OptionalExtension, params};

use super::super::{
    Accounts, AuditLog, Change, Current, EnvironmentRow, ManifestRow, Result, StoreError, Transaction, VersionRow,
};
use super::values::{all_environments, current_versions, fact, find_environment, history, insert_versions, version_row};
use super::{Rows, manifests};

/// A transaction that holds the write lock from the start.
pub(super) struct Writing<'s>(pub(super) rusqlite::Transaction<'s>);

impl Transaction for Writing<'_> {
    fn fact(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        fact(&self.0, name)
    }

    fn set_fact(&mut self, name: &str, value: &[u8]) -> Result<()> {
        self.0.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?1, ?2)", params![name, value])?;
        Ok(())
    }

    fn environments(&mut self) -> Result<Vec<EnvironmentRow>> {
        all_environments(&self.0)
    }

    fn environment(&mut self, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
        find_environment(&self.0, project, name)
    }

    fn lock_environment(&mut self, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
        self.environment(project, name)
    }

    fn current(&mut self, project: &str, name: &str) -> Result<Option<Current>> {
        let Some(row) = find_environment(&self.0, project, name)? else { return Ok(None) };
        let versions = current_versions(&self.0, &row)?;
        Ok(Some((row, versions)))
    }

    fn kept(&mut self, environment: i64, versions: &[(&str, i64)]) -> Result<Vec<VersionRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT name, version, sealed, fingerprint, origin, author, created_at FROM versions \
             WHERE environment = ?1 AND name = ?2 AND version = ?3",
        )?;
        let mut kept = Vec::with_capacity(versions.len());
        for (name, version) in versions {
            kept.extend(statement.query_row(params![environment, name, version], version_row).optional()?);
        }
        Ok(kept)
    }

    fn history(&mut self, environment: i64, name: &str) -> Result<Vec<VersionRow>> {
        history(&self.0, environment, name)
    }

    fn versions(&mut self, environment: i64) -> Result<Vec<VersionRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT name, version, sealed, fingerprint, origin, author, created_at FROM versions WHERE environment = ?1 \
             ORDER BY name, version",
        )?;
        let rows = statement.query_map([environment], version_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn add_environment(&mut self, row: &EnvironmentRow, versions: &[VersionRow]) -> Result<i64> {
        let added = self.0.execute(
            "INSERT INTO environments (project, name, wrapped_key, revision, seal, created_at, expires_at) \
             VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6)",
            params![row.project, row.name, row.wrapped_key, row.seal, row.created_at, row.expires_at],
        );
        match added {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(StoreError::Exists { what: "an environment", name: row.name.clone() });
            }
            other => other?,
        };
        let id = self.0.last_insert_rowid();
        insert_versions(&self.0, id, versions)?;
        Ok(id)
    }

    fn write(&mut self, change: &Change) -> Result<()> {
        let mut update = self
            .0
            .prepare_cached("UPDATE environments SET revision = ?4, seal = ?5 WHERE id = ?1 AND revision = ?2 AND seal = ?3")?;
        let Change { environment, revision_before, seal_before, revision, seal, versions } = *change;
        if update.execute(params![environment, revision_before, seal_before, revision, seal])? == 0 {
            return Err(StoreError::Conflict);
        }
        insert_versions(&self.0, environment, versions)
    }

    fn manifest(&mut self, environment: i64) -> Result<Option<ManifestRow>> {
        manifests::find(&self.0, environment)
    }

    fn set_manifest(&mut self, row: &ManifestRow) -> Result<()> {
        manifests::set(&self.0, row)
    }

    fn remove_environment(&mut self, id: i64) -> Result<()> {
        self.0.execute("UPDATE environments SET wrapped_key = x'' WHERE id = ?1", [id])?;
        self.0.execute("DELETE FROM environments WHERE id = ?1", [id])?;
        Ok(())
    }

    fn set_fingerprint(&mut self, environment: i64, row: &VersionRow) -> Result<()> {
        let mut statement = self
            .0
            .prepare_cached("UPDATE versions SET fingerprint = ?4 WHERE environment = ?1 AND name = ?2 AND version = ?3")?;
        statement.execute(params![environment, row.name, row.version, row.fingerprint])?;
        Ok(())
    }

    fn rewrite(&mut self, row: &EnvironmentRow) -> Result<()> {
        self.0.execute(
            "UPDATE environments SET wrapped_key = ?2, revision = ?3, seal = ?4 WHERE id = ?1",
            params![row.id, row.wrapped_key, row.revision, row.seal],
        )?;
        Ok(())
    }

    fn accounts(&mut self) -> Box<dyn Accounts + '_> {
        Box::new(Rows(&self.0))
    }

    fn audit(&mut self) -> Box<dyn AuditLog + '_> {
        Box::new(Rows(&self.0))
    }

    fn commit(self: Box<Self>) -> Result<()> {
        Ok(self.0.commit()?)
    }
}
