//! Transactions under READ COMMITTED: the rows to be changed are locked one by one.

use super::super::{
    Accounts, AuditLog, Change, Current, EnvironmentRow, ManifestRow, Result, StoreError, Transaction, VersionRow,
};
use super::connection::Connection;
use super::values::{
    all_environments, current, environment, environment_row, fact, history, insert_versions, set_fact, version_row,
};
use super::{Rows, manifests};

/// A transaction that is rolled back unless committed.
pub(super) struct Writing<'s> {
    connection: &'s mut Connection,
    is_over: bool,
}

impl<'s> Writing<'s> {
    /// Wraps a transaction that was begun on the connection.
    pub(super) fn begun(connection: &'s mut Connection) -> Self {
        Self { connection, is_over: false }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            // If this fails, the connection is lost, and the transaction with it.
            let _ = self.connection.run("ROLLBACK");
        }
    }
}

impl Transaction for Writing<'_> {
    fn fact(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        fact(self.connection, name)
    }

    fn set_fact(&mut self, name: &str, value: &[u8]) -> Result<()> {
        set_fact(self.connection, name, value)
    }

    fn environments(&mut self) -> Result<Vec<EnvironmentRow>> {
        all_environments(self.connection)
    }

    fn environment(&mut self, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
        environment(self.connection, project, name)
    }

    fn lock_environment(&mut self, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
        // Returns what was committed while this statement waited for the lock.
        let query = "SELECT id, project, name, wrapped_key, revision, seal, created_at, expires_at FROM environments \
                     WHERE project = $1 AND name = $2 FOR UPDATE";
        Ok(self.connection.maybe(query, &[&project, &name])?.map(|row| environment_row(&row)))
    }

    fn current(&mut self, project: &str, name: &str) -> Result<Option<Current>> {
        current(self.connection, project, name)
    }

    fn kept(&mut self, environment: i64, versions: &[(&str, i64)]) -> Result<Vec<VersionRow>> {
        let query = "SELECT v.name, v.version, sealed, fingerprint, origin, author, created_at \
                     FROM unnest($2::text[], $3::bigint[]) AS wanted (name, version) \
                     JOIN versions v ON v.environment = $1 AND v.name = wanted.name AND v.version = wanted.version";
        let (names, numbers): (Vec<&str>, Vec<i64>) = versions.iter().copied().unzip();
        Ok(self.connection.rows(query, &[&environment, &names, &numbers])?.iter().map(version_row).collect())
    }

    fn history(&mut self, environment: i64, name: &str) -> Result<Vec<VersionRow>> {
        history(self.connection, environment, name)
    }

    fn versions(&mut self, environment: i64) -> Result<Vec<VersionRow>> {
        let query = "SELECT name, version, sealed, fingerprint, origin, author, created_at FROM versions \
                     WHERE environment = $1 ORDER BY name, version";
        Ok(self.connection.rows(query, &[&environment])?.iter().map(version_row).collect())
    }

    fn add_environment(&mut self, row: &EnvironmentRow, versions: &[VersionRow]) -> Result<i64> {
        let query = "INSERT INTO environments (project, name, wrapped_key, revision, seal, created_at, expires_at) \
                     VALUES ($1, $2, $3, 0, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id";
        let added = self
            .connection
            .maybe(query, &[&row.project, &row.name, &row.wrapped_key, &row.seal, &row.created_at, &row.expires_at])?;
        let taken = || StoreError::Exists { what: "an environment", name: row.name.clone() };
        let id = added.ok_or_else(taken)?.get(0);
        insert_versions(self.connection, id, versions)?;
        Ok(id)
    }

    fn write(&mut self, change: &Change) -> Result<()> {
        let query = "UPDATE environments SET revision = $4, seal = $5 WHERE id = $1 AND revision = $2 AND seal = $3";
        let Change { environment, revision_before, seal_before, revision, seal, versions } = change;
        if self.connection.execute(query, &[environment, revision_before, seal_before, revision, seal])? == 0 {
            return Err(StoreError::Conflict);
        }
        insert_versions(self.connection, *environment, versions)
    }

    fn manifest(&mut self, environment: i64) -> Result<Option<ManifestRow>> {
        manifests::find(self.connection, environment)
    }

    fn set_manifest(&mut self, row: &ManifestRow) -> Result<()> {
        manifests::set(self.connection, row)
    }

    fn remove_environment(&mut self, id: i64) -> Result<()> {
        self.connection.execute("UPDATE environments SET wrapped_key = '' WHERE id = $1", &[&id])?;
        self.connection.execute("DELETE FROM environments WHERE id = $1", &[&id])?;
        Ok(())
    }

    fn set_fingerprint(&mut self, environment: i64, row: &VersionRow) -> Result<()> {
        let query = "UPDATE versions SET fingerprint = $4 WHERE environment = $1 AND name = $2 AND version = $3";
        self.connection.execute(query, &[&environment, &row.name, &row.version, &row.fingerprint]).map(|_| ())
    }

    fn rewrite(&mut self, row: &EnvironmentRow) -> Result<()> {
        let query = "UPDATE environments SET wrapped_key = $2, revision = $3, seal = $4 WHERE id = $1";
        self.connection.execute(query, &[&row.id, &row.wrapped_key, &row.revision, &row.seal]).map(|_| ())
    }

    fn accounts(&mut self) -> Box<dyn Accounts + '_> {
        Box::new(Rows(self.connection))
    }

    fn audit(&mut self) -> Box<dyn AuditLog + '_> {
        Box::new(Rows(self.connection))
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        self.connection.run("COMMIT")?;
        self.is_over = true;
        Ok(())
    }
}
