//! The sessions that are open with the logins of a resource. The admin is a member of these roles, so the server tells it about them.

use takk_database::text;
use takk_model::error::Result;

use super::super::OpenSession;
use super::admin::{PostgresAdmin, column, failed};
use super::found::Found;
use crate::ledger::Entry;

pub(super) fn read(admin: &PostgresAdmin, entry: &Entry) -> Result<Vec<OpenSession>> {
    let (mut session, server) = admin.open()?;
    let found = Found::read(&mut session, admin, entry, server)?;
    // A role that is no longer takk's is somebody else's, and so are its sessions.
    let ours = found.roles.iter().filter(|(_, role)| role.is_ours);
    let names: Vec<String> = ours.map(|(name, _)| text(name)).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    // Without the statement, which may contain values.
    let query = format!(
        "SELECT usename, CASE family(client_addr) WHEN 6 THEN '[' || host(client_addr) || ']' ELSE host(client_addr) END || ':' || \
         client_port, application_name, (extract(epoch FROM backend_start) * 1000)::bigint, state, \
         greatest(0, extract(epoch FROM clock_timestamp() - state_change))::bigint \
         FROM pg_stat_activity WHERE usename IN ({}) ORDER BY backend_start, pid",
        names.join(", ")
    );
    let rows = session.rows(&query);
    let rows = rows.map_err(|error| failed(&format!("{}: cannot read its open sessions", entry.key()), &error))?;
    let session = |row: &takk_database::Row| {
        let said = |place: usize| Some(column(row, place).to_owned()).filter(|text| !text.is_empty());
        let number = |place: usize| column(row, place).parse().ok();
        OpenSession {
            user: column(row, 0).to_owned(),
            address: said(1),
            application: said(2),
            opened_at: number(3),
            state: said(4),
            state_for: number(5),
        }
    };
    Ok(rows.iter().map(session).collect())
}
