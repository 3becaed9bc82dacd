//! The audit log in PostgreSQL.

use postgres::Row;

use super::super::Result;
use super::super::audit::{AuditEntry, AuditFilter, AuditHead, AuditLog, AuditRow};
use super::super::people::{names, written};
use super::Rows;
use super::connection::Parameters;

impl AuditLog for Rows<'_> {
    fn head(&mut self) -> Result<AuditHead> {
        let row = self.0.one("SELECT number, link, seal FROM audit_head FOR UPDATE", &[])?;
        Ok(AuditHead { number: row.get(0), link: row.get(1), seal: row.get(2) })
    }

    fn append(&mut self, rows: &[AuditRow], head: &AuditHead) -> Result<()> {
        let query = "WITH head AS (UPDATE audit_head SET number = $12, link = $13, seal = $14) \
                     INSERT INTO audit (number, at, actor, token, action, project, environment, items, request, link, bounds) \
                     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], \
                     $7::text[], $8::text[], $9::text[], $10::bytea[], $11::text[])";
        let entries: Vec<&AuditEntry> = rows.iter().map(|row| &row.entry).collect();
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        let moments: Vec<i64> = entries.iter().map(|entry| entry.at).collect();
        let actors: Vec<&str> = entries.iter().map(|entry| entry.actor.as_str()).collect();
        let tokens: Vec<Option<i64>> = entries.iter().map(|entry| entry.token).collect();
        let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
        let projects: Vec<Option<&str>> = entries.iter().map(|entry| entry.project.as_deref()).collect();
        let environments: Vec<Option<&str>> = entries.iter().map(|entry| entry.environment.as_deref()).collect();
        let items: Vec<String> = entries.iter().map(|entry| written(&entry.items)).collect();
        let requests: Vec<Option<&str>> = entries.iter().map(|entry| entry.request.as_deref()).collect();
        let links: Vec<&[u8]> = rows.iter().map(|row| row.link.as_slice()).collect();
        let bounds: Vec<Option<&str>> = entries.iter().map(|entry| entry.bounds.as_deref()).collect();
        let columns: Parameters =
            &[&numbers, &moments, &actors, &tokens, &actions, &projects, &environments, &items, &requests, &links, &bounds];
        let end: Parameters = &[&head.number, &head.link, &head.seal];
        self.0.execute(query, &[columns, end].concat()).map(|_| ())
    }

    fn rows_after(&mut self, after: i64, limit: usize) -> Result<Vec<AuditRow>> {
        let query = "SELECT number, at, actor, token, action, project, environment, items, request, link, bounds FROM audit \
                     WHERE number > $1 ORDER BY number LIMIT $2";
        self.0.rows(query, &[&after, &i64::try_from(limit).unwrap_or(i64::MAX)])?.iter().map(audit_row).collect()
    }

    fn rows_before(&mut self, before: Option<i64>, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRow>> {
        let (before, limit) = (before.unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let AuditFilter { project, actor, action, environment, within, item, since, until, after } = filter;
        let query = "SELECT number, at, actor, token, action, project, environment, items, request, link, bounds FROM audit \
                     WHERE ($1::text IS NULL OR project = $1) AND number < $2 AND number > $11 AND ($4::text IS NULL OR actor = $4) \
                     AND ($5::text IS NULL OR starts_with(action, $5)) AND ($6::text IS NULL OR environment = $6) \
                     AND ($7::text IS NULL OR EXISTS (SELECT 1 FROM json_array_elements_text(items::json) AS item \
                     WHERE item = $7 OR starts_with(item, $7 || '@'))) \
                     AND ($8::bigint IS NULL OR at >= $8) AND ($9::bigint IS NULL OR at < $9) \
                     AND ($10::text[] IS NULL OR environment = ANY($10)) \
                     ORDER BY number DESC LIMIT $3";
        let after = after.unwrap_or_default();
        let asked: [&(dyn postgres::types::ToSql + Sync); 11] =
            [project, &before, &limit, actor, action, environment, item, since, until, within, &after];
        self.0.rows(query, &asked)?.iter().map(audit_row).collect()
    }

    fn row_back(&mut self, before: Option<i64>, project: &str, rows: usize) -> Result<Option<i64>> {
        let (before, rows) = (before.unwrap_or(i64::MAX), i64::try_from(rows).unwrap_or(i64::MAX));
        let query = "SELECT number FROM audit WHERE project = $1 AND number < $2 ORDER BY number DESC LIMIT 1 OFFSET $3";
        Ok(self.0.maybe(query, &[&project, &before, &rows])?.map(|row| row.get(0)))
    }
}

fn audit_row(row: &Row) -> Result<AuditRow> {
    let entry = AuditEntry {
        at: row.get(1),
        actor: row.get(2),
        token: row.get(3),
        action: row.get(4),
        project: row.get(5),
        environment: row.get(6),
        items: names("audit", row.get(7))?,
        request: row.get(8),
        bounds: row.get(10),
    };
    Ok(AuditRow { number: row.get(0), entry, link: row.get(9) })
}
