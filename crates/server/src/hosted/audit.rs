//! The audit log of a project.

use super::authorize::AuthorizedAccess;
use super::{Hosted, Paging, Refusal, Result, names};
use takk_api::{AuditBounds, AuditEntry, Page};
use takk_vault::AuditVerified;
use takk_vault::store::AuditRow;

pub use takk_vault::store::AuditFilter;

/// How many rows of a project a search examines for one page. The next page continues from there.
const SEARCHED: usize = 20_000;
/// How many rows to fetch at a time, and the size of names, in bytes, at which a page ends: a row has up to a thousand names.
const TOGETHER: usize = 32;
const MOST_BYTES: usize = 1 << 20;

/// Who read and changed what, newest first: the rows of the project that match the filter. A token limited to some environments only sees
/// rows about those. A search that has examined many rows ends its page, even if it has found few.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, filter: AuditFilter, paging: &Paging) -> Result<Page<AuditEntry>> {
    let AuditFilter { actor, action, environment, item, .. } = &filter;
    [actor, action, environment, item].into_iter().flatten().try_for_each(|text| names::sought(text))?;
    let (mut before, size) = (paging.number()?, paging.size()?);
    let bounds = &visit.caller.token.environments;
    let within = (!bounds.is_empty()).then(|| bounds.clone());
    let filter = AuditFilter { project: Some(visit.project.clone()), within, ..filter };
    let mut log = hosted.vault.audit_log()?;
    let last = if filter.is_a_search() { log.row_back(before, &visit.project, SEARCHED - 1)? } else { None };
    let filter = AuditFilter { after: last.map(|last| last - 1), ..filter };
    let (mut items, mut bytes) = (Vec::new(), 0);
    let next = loop {
        let wanted = TOGETHER.min(size + 1 - items.len());
        let rows = log.rows_before(before, &filter, wanted)?;
        let is_all = rows.len() < wanted;
        before = rows.last().map(|row| row.number).or(before);
        bytes += rows.iter().flat_map(|row| &row.entry.items).map(String::len).sum::<usize>();
        items.extend(rows.into_iter().map(shown));
        if items.len() > size {
            items.truncate(size);
            break items.last().map(|entry: &AuditEntry| entry.id);
        }
        if is_all {
            break last;
        }
        if bytes > MOST_BYTES {
            break before;
        }
    };
    Ok(Page { items, next: next.map(|number| number.to_string()) })
}

fn shown(row: AuditRow) -> AuditEntry {
    let AuditRow { number, entry, .. } = row;
    let takk_vault::store::AuditEntry { at, actor, token, action, environment, items, request, bounds, .. } = entry;
    let bounds: Option<AuditBounds> = bounds.and_then(|bounds| serde_json::from_str(&bounds).ok());
    AuditEntry { id: number, at, actor, token, bounds, action, environment, names: items, request }
}

/// Verifies the whole log, with the rows of all projects, and all rows of people. Returns the number of rows, or the defects.
pub fn verify(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<AuditVerified> {
    if !visit.caller.token.environments.is_empty() {
        return Err(Refusal::forbidden("this token is limited to some environments, and the log covers all of them"));
    }
    let mut verified = hosted.vault.verify_audit()?;
    verified.wrong.extend(hosted.vault.verify_people()?);
    Ok(verified)
}
