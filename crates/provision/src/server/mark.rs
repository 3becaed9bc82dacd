//! The mark: the comment on the roles and databases that takk created.

use serde::{Deserialize, Serialize};

use crate::name::Owner;

/// The start of the comment.
const BEGIN: &str = "takk ";

/// The owner of something, according to its mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub store: String,
    pub project: String,
    pub environment: String,
    pub resource: String,
}

/// The mark for everything that belongs to a resource of an environment.
pub(crate) fn mark(owner: &Owner, resource: &str) -> String {
    let Owner { store, project, environment } = owner.clone();
    let mark = Mark { store, project, environment, resource: resource.to_owned() };
    format!("{BEGIN}{}", serde_json::to_string(&mark).expect("texts are JSON"))
}

/// Parses a comment; `None` if it is not a mark of takk.
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
