//! What happened in a project.

use super::entry::Visit;
use super::{Hosted, Paging, Result, names};
use crate::secrets::AuditVerified;
use crate::wire::{AuditEntry, Page};

pub use crate::store::AuditFilter;

/// Who read and changed what, the newest first: those rows of the project that the filter leaves.
pub fn list(hosted: &mut Hosted, visit: &Visit, filter: AuditFilter, paging: &Paging) -> Result<Page<AuditEntry>> {
    let AuditFilter { actor, action, environment, item, .. } = &filter;
    [actor, action, environment, item].into_iter().flatten().try_for_each(|text| names::sought(text))?;
    let before = paging.number()?;
    let filter = AuditFilter { project: Some(visit.project.clone()), ..filter };
    let rows = hosted.vault.audit_log()?.rows_before(before, &filter, paging.size()? + 1)?;
    let entries = rows.into_iter().map(|row| {
        let crate::store::AuditEntry { at, actor, token, action, environment, items, request, .. } = row.entry;
        AuditEntry { id: row.number, at, actor, token, action, environment, names: items, request }
    });
    paging.page(entries, |entry| entry.id.to_string())
}

/// Walks the whole log, whoever's rows are in it, and all rows of people. How many rows the log has, or what is wrong.
pub fn verify(hosted: &mut Hosted) -> Result<AuditVerified> {
    let mut verified = hosted.vault.verify_audit()?;
    verified.wrong.extend(hosted.vault.verify_people()?);
    Ok(verified)
}
