//! The audit log in SQLite.

use rusqlite::{OptionalExtension, Row, params};

use super::super::Result;
use super::super::audit::{AuditEntry, AuditFilter, AuditHead, AuditLog, AuditRow};
use super::super::people::written;
use super::Rows;
use super::accounts::names;

/// The start of every query for rows, with the columns that [`audit_row`] reads.
const ROWS: &str = "SELECT number, at, actor, token, action, project, environment, items, request, link, bounds FROM audit";
/// The conditions besides the project and the position. An affected value ends with its version.
const FILTER: &str = "AND (?4 IS NULL OR actor = ?4) AND (?5 IS NULL OR substr(action, 1, length(?5)) = ?5) \
     AND (?6 IS NULL OR environment = ?6) AND (?7 IS NULL OR EXISTS (SELECT 1 FROM json_each(items) \
     WHERE value = ?7 OR substr(value, 1, length(?7) + 1) = ?7 || '@')) \
     AND (?8 IS NULL OR at >= ?8) AND (?9 IS NULL OR at < ?9) \
     AND (?10 IS NULL OR environment IN (SELECT value FROM json_each(?10)))";

impl AuditLog for Rows<'_> {
    fn head(&mut self) -> Result<AuditHead> {
        let mut statement = self.0.prepare_cached("SELECT number, link, seal FROM audit_head")?;
        let head = |row: &Row<'_>| Ok(AuditHead { number: row.get(0)?, link: row.get(1)?, seal: row.get(2)? });
        Ok(statement.query_row([], head)?)
    }

    fn append(&mut self, rows: &[AuditRow], head: &AuditHead) -> Result<()> {
        let mut insert = self.0.prepare_cached(
            "INSERT INTO audit (number, at, actor, token, action, project, environment, items, request, link, bounds) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        for AuditRow { number, entry, link } in rows {
            insert.execute(params![
                number,
                entry.at,
                entry.actor,
                entry.token,
                entry.action,
                entry.project,
                entry.environment,
                written(&entry.items),
                entry.request,
                link,
                entry.bounds
            ])?;
        }
        let mut update = self.0.prepare_cached("UPDATE audit_head SET number = ?1, link = ?2, seal = ?3")?;
        update.execute(params![head.number, head.link, head.seal])?;
        Ok(())
    }

    fn rows_after(&mut self, after: i64, limit: usize) -> Result<Vec<AuditRow>> {
        let mut statement = self.0.prepare_cached(&format!("{ROWS} WHERE number > ?1 ORDER BY number LIMIT ?2"))?;
        let rows = statement.query_map(params![after, i64::try_from(limit).unwrap_or(i64::MAX)], audit_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn rows_before(&mut self, before: Option<i64>, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRow>> {
        let (before, limit) = (before.unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let AuditFilter { project, actor, action, environment, within, item, since, until, after } = filter;
        let within = within.as_deref().map(written);
        let after = after.unwrap_or_default();
        // Two queries, so that each can use its index.
        let of_project = if project.is_some() { "project = ?1" } else { "?1 IS NULL" };
        let query =
            format!("{ROWS} WHERE {of_project} AND number < ?2 AND number > ?11 {FILTER} ORDER BY number DESC LIMIT ?3");
        let mut statement = self.0.prepare_cached(&query)?;
        let asked = params![project, before, limit, actor, action, environment, item, since, until, within, after];
        let rows = statement.query_map(asked, audit_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn row_back(&mut self, before: Option<i64>, project: &str, rows: usize) -> Result<Option<i64>> {
        let (before, rows) = (before.unwrap_or(i64::MAX), i64::try_from(rows).unwrap_or(i64::MAX));
        let query = "SELECT number FROM audit WHERE project = ?1 AND number < ?2 ORDER BY number DESC LIMIT 1 OFFSET ?3";
        let mut statement = self.0.prepare_cached(query)?;
        Ok(statement.query_row(params![project, before, rows], |row| row.get(0)).optional()?)
    }
}

fn audit_row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    let entry = AuditEntry {
        at: row.get(1)?,
        actor: row.get(2)?,
        token: row.get(3)?,
        action: row.get(4)?,
        project: row.get(5)?,
        environment: row.get(6)?,
        items: names(row, 7)?,
        request: row.get(8)?,
        bounds: row.get(10)?,
    };
    Ok(AuditRow { number: row.get(0)?, entry, link: row.get(9)? })
}
