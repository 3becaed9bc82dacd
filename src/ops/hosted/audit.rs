//! What happened in a project.

use super::entry::Visit;
use super::{Hosted, Paging, Result};
use crate::secrets::AuditVerified;
use crate::wire::{AuditEntry, Page};

/// Who read and changed what, the newest first.
pub fn list(hosted: &mut Hosted, visit: &Visit, paging: &Paging) -> Result<Page<AuditEntry>> {
    let before = paging.number()?;
    let rows = hosted.vault.audit_log()?.rows_before(before, Some(&visit.project), paging.size()? + 1)?;
    let entries = rows.into_iter().map(|row| {
        let crate::store::AuditEntry { at, actor, token, action, environment, items, request, .. } = row.entry;
        AuditEntry { id: row.number, at, actor, token, action, environment, names: items, request }
    });
    paging.page(entries, |entry| entry.id.to_string())
}

/// Walks the whole log, whoever's rows are in it. How many rows there are, or what is wrong with them.
pub fn verify(hosted: &mut Hosted) -> Result<AuditVerified> {
    Ok(hosted.vault.verify_audit()?)
}
