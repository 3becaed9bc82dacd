//! The sessions that are open with the users of a resource. The server does not say when they were opened, only for how long they have been
//! doing what they do.

use takk_database::mysql::text;
use takk_model::error::Result;

use super::super::OpenSession;
use super::admin::{MysqlAdmin, column, failed};
use super::found::Found;
use super::statements::Terms;
use crate::ledger::Entry;

pub(super) fn read(admin: &MysqlAdmin, entry: &Entry) -> Result<Vec<OpenSession>> {
    let (mut session, dialect, _) = admin.open()?;
    let terms = Terms::of(entry, dialect, false)?;
    let found = Found::read(&mut session, admin, entry, &terms)?;
    // A user that is no longer takk's is somebody else's, and so are its sessions.
    let names: Vec<String> = found.users.iter().filter(|(_, user)| user.is_ours).map(|(name, _)| text(name)).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    // Without the statement (`INFO`), which may contain values.
    let query = format!(
        "SELECT USER, HOST, COMMAND, STATE, TIME FROM information_schema.PROCESSLIST WHERE USER IN ({}) ORDER BY ID",
        names.join(", ")
    );
    let rows = session.rows(&query);
    let rows = rows.map_err(|error| failed(&format!("{}: cannot read its open sessions", entry.key()), &error))?;
    let session = |row: &takk_database::Row| {
        let said = |place: usize| Some(column(row, place).to_owned()).filter(|text| !text.is_empty());
        let state: Vec<String> = [said(2), said(3)].into_iter().flatten().collect();
        OpenSession {
            user: column(row, 0).to_owned(),
            address: said(1),
            state: Some(state.join(", ")).filter(|text| !text.is_empty()),
            state_for: column(row, 4).parse().ok(),
            ..OpenSession::default()
        }
    };
    Ok(rows.iter().map(session).collect())
}
