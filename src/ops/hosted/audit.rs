//! What happened in a project.

use super::entry::Visit;
use super::{Hosted, Paging, Refusal, Result, names};
use crate::secrets::AuditVerified;
use crate::wire::{AuditBounds, AuditEntry, Page};

pub use crate::store::AuditFilter;

/// Who read and changed what, the newest first: those rows of the project that the filter leaves. A token for some environments sees what
/// happened there, and nothing else.
pub fn list(hosted: &mut Hosted, visit: &Visit, filter: AuditFilter, paging: &Paging) -> Result<Page<AuditEntry>> {
    let AuditFilter { actor, action, environment, item, .. } = &filter;
    [actor, action, environment, item].into_iter().flatten().try_for_each(|text| names::sought(text))?;
    let before = paging.number()?;
    let bounds = &visit.caller.token.environments;
    let within = (!bounds.is_empty()).then(|| bounds.clone());
    let filter = AuditFilter { project: Some(visit.project.clone()), within, ..filter };
    let rows = hosted.vault.audit_log()?.rows_before(before, &filter, paging.size()? + 1)?;
    let entries = rows.into_iter().map(|row| {
        let crate::store::AuditEntry { at, actor, token, action, environment, items, request, bounds, .. } = row.entry;
        let bounds: Option<AuditBounds> = bounds.and_then(|bounds| serde_json::from_str(&bounds).ok());
        AuditEntry { id: row.number, at, actor, token, bounds, action, environment, names: items, request }
    });
    paging.page(entries, |entry| entry.id.to_string())
}

/// Walks the whole log, whoever's rows are in it. How many rows there are, or what is wrong with them.
pub fn verify(hosted: &mut Hosted, visit: &Visit) -> Result<AuditVerified> {
    if !visit.caller.token.environments.is_empty() {
        return Err(Refusal::forbidden("this token is for some environments only, and the log is about all"));
    }
    Ok(hosted.vault.verify_audit()?)
}
