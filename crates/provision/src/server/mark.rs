//! The comment that tells what takk created: on a role, and on a database.

use serde::{Deserialize, Serialize};

use crate::ledger::Entry;
use crate::name::Owner;

/// What the comment begins with.
const BEGIN: &str = "takk ";

/// Whose something is, as its comment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub store: String,
    pub project: String,
    pub environment: String,
    pub resource: String,
}

impl Mark {
    /// Whose it is, seen from an entry: `for postgres/default of `shop` in `dev`, from another store`.
    pub(crate) fn whose(&self, entry: &Entry) -> String {
        let is_same = entry.mark.as_deref().and_then(read).is_some_and(|own| own.store == self.store);
        let store = if is_same { "this store" } else { "another store" };
        format!("for {} of `{}` in `{}`, from {store}", self.resource, self.project, self.environment)
    }
}

/// The comment on what belongs to a resource of an environment.
pub(crate) fn mark(owner: &Owner, resource: &str) -> String {
    let Owner { store, project, environment } = owner.clone();
    let mark = Mark { store, project, environment, resource: resource.to_owned() };
    format!("{BEGIN}{}", serde_json::to_string(&mark).expect("texts are JSON"))
}

/// What a comment says, if it is one of takk.
pub(crate) fn read(comment: &str) -> Option<Mark> {
    serde_json::from_str(comment.strip_prefix(BEGIN)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let owner = Owner { store: "01".to_owned(), project: "it's \"a\" shop".to_owned(), environment: "dev".to_owned() };
        let comment = mark(&owner, "postgres/default");
        assert_eq!(read(&comment).map(|mark| mark.project), Some(owner.project));
        for other in ["", "takk", "takk {}", "made by takk", "{\"store\":\"01\"}"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
