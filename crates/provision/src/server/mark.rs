//! The mark: the comment on the roles and databases that takk created.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::ledger::Entry;
use crate::name::{Owner, hexadecimal};

/// The start of the comment.
const BEGIN: &str = "takk ";
/// What a tag begins with.
const TAG: &str = "takk:";
/// How many digits of a hash identify a mark.
const DIGITS: usize = 32;

/// The owner of something, according to its mark.
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

/// Parses a comment; `None` if it is not a mark of takk.
pub(crate) fn read(comment: &str) -> Option<Mark> {
    serde_json::from_str(comment.strip_prefix(BEGIN)?).ok()
}

/// A short text that stands for a mark, where a server has no room for it.
pub(crate) fn tag(mark: &str) -> String {
    let hash = hexadecimal(digest(&SHA256, mark.as_bytes()).as_ref());
    format!("{TAG}{}", &hash[..DIGITS])
}

/// Whether a text is a tag of takk.
pub(crate) fn is_tag(text: &str) -> bool {
    text.starts_with(TAG)
}

/// Whose something is that an entry does not have, for people. `what` names it: `the role shop_dev`.
pub(crate) fn whose(what: &str, comment: &str, entry: &Entry) -> String {
    let Some(mark) = read(comment) else { return format!("takk did not create {what}") };
    format!("takk created {what} {}", mark.whose(entry))
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
