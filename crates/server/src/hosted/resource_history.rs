//! What became of the credentials of a resource: the versions of its variables, and what was done to it.

use super::authorize::AuthorizedAccess;
use super::{Hosted, Paging, Result, audit};
use takk_model::{Origin, Role};
use takk_vault::Entry;
use takk_vault::store::AuditFilter;

/// How many rows of the audit log are read.
const MOST_AUDITED: usize = 100;
/// How many variables of a resource are looked up.
const MOST_VARIABLES: usize = 50;

/// Something that happened to a resource or one of its variables. It never contains a value.
pub struct Happening {
    /// In milliseconds since 1970.
    pub at: i64,
    pub author: String,
    pub what: &'static str,
    /// The variable and its version.
    pub variable: Option<(String, i64)>,
}

/// The history of a resource with these variables, newest first. Only those who may read the audit log learn what is recorded there alone.
pub fn history(hosted: &mut Hosted, visit: &AuthorizedAccess, key: &str, names: &[String]) -> Result<Vec<Happening>> {
    let mut all = Vec::new();
    for name in names.iter().take(MOST_VARIABLES) {
        let versions = hosted.vault.history(&visit.project, &visit.environment, name)?;
        all.extend(of_versions(&versions));
    }
    if visit.role >= Role::Operator {
        let (item, environment) = (Some(key.to_owned()), Some(visit.environment.clone()));
        let filter = AuditFilter { item, environment, ..AuditFilter::default() };
        let page = audit::list(hosted, visit, filter, &Paging { cursor: None, limit: Some(MOST_AUDITED) })?;
        all.extend(
            page.items
                .into_iter()
                .filter_map(|row| Some(Happening { at: row.at, author: row.actor, what: done(&row.action)?, variable: None })),
        );
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(all)
}

/// The versions of one variable, newest first.
fn of_versions(versions: &[Entry]) -> impl Iterator<Item = Happening> {
    versions.iter().enumerate().map(|(at, version)| Happening {
        at: version.created_at,
        author: version.author.clone(),
        what: stored(version, versions.get(at + 1)),
        variable: Some((version.name.clone(), version.version)),
    })
}

/// Where a version came from. `before` is the previous one.
fn stored(version: &Entry, before: Option<&Entry>) -> &'static str {
    let is_of_takk = |entry: &Entry| entry.origin == Origin::Provisioned.as_str();
    let origin = Origin::ALL.into_iter().find(|origin| origin.as_str() == version.origin);
    match origin {
        _ if !version.is_set && is_of_takk(version) => "Removed by takk",
        _ if !version.is_set => "Unset",
        Some(Origin::Provisioned) if before.is_some_and(|before| before.is_set && is_of_takk(before)) => "Renewed by takk",
        Some(Origin::Provisioned) => "Created by takk",
        Some(Origin::Generated) => "Generated",
        Some(Origin::Imported) => "Imported from a file",
        Some(Origin::Promoted) => "Copied from another environment",
        Some(Origin::RolledBack) => "Rolled back to an earlier version",
        Some(Origin::Set) | None => "Set by hand",
    }
}

/// What a row of the audit log says of a resource.
fn done(action: &str) -> Option<&'static str> {
    Some(match action {
        "resource.reserve" => "Credentials generated",
        "resource.create" => "Created on the server",
        "resource.change" => "Repaired or updated",
        "resource.unprotect" => "Protection lifted for an hour",
        "resource.retire" => "Removal started",
        "resource.remove" => "Removed with its data",
        "connection.test" => "Address tested with a login",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_say_where_they_came_from() {
        let version = |version: i64, origin: &str, is_set: bool| Entry {
            name: "DATABASE_URL".to_owned(),
            version,
            is_set,
            fingerprint: None,
            origin: origin.to_owned(),
            author: "ada".to_owned(),
            created_at: version,
        };
        let versions = [
            version(6, "set", true),
            version(5, "provisioned", false),
            version(4, "provisioned", true),
            version(3, "provisioned", true),
            version(2, "set", false),
            version(1, "promoted", true),
        ];
        let said: Vec<&str> = of_versions(&versions).map(|one| one.what).collect();
        let expected = [
            "Set by hand",
            "Removed by takk",
            "Renewed by takk",
            "Created by takk",
            "Unset",
            "Copied from another environment",
        ];
        assert_eq!(said, expected);
    }
}
