//! Extensions of a database that the program uses.

use serde::{Deserialize, Serialize};

use super::Place;

/// The longest identifier of PostgreSQL, in bytes.
const LONGEST: usize = 63;

/// An extension that the code uses in a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Extension {
    /// Its name on the server: `vector`, `uuid-ossp`.
    pub name: String,
    /// What shows that the code uses it: `imports pgvector`, `CREATE EXTENSION`.
    pub evidence: String,
    /// Whether the code does not say in which of several databases. takk then creates it in none of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ambiguous: bool,
    /// Where the evidence is first seen.
    pub place: Place,
}

impl Extension {
    /// `needs the extension vector (app/models.py:3)`; `None` if there is none.
    pub fn listed(extensions: &[Self]) -> Option<String> {
        let named = |extension: &Self| {
            let doubt = if extension.ambiguous { ", if it is this database" } else { "" };
            format!("{} ({}{doubt})", extension.name, extension.place.short())
        };
        let noun = if extensions.len() == 1 { "extension" } else { "extensions" };
        (!extensions.is_empty())
            .then(|| format!("needs the {noun} {}", extensions.iter().map(named).collect::<Vec<_>>().join(", ")))
    }

    /// Whether a text can be the name of an extension. PostgreSQL allows more, but its own and all common ones consist of these
    /// characters, and whatever else a text contains is not meant as a name.
    pub fn is_name(text: &str) -> bool {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        text.len() <= LONGEST
            && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && text.chars().all(is_plain)
            && !text.ends_with('-')
            && !text.contains("--")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_name_is_one() {
        for name in ["vector", "uuid-ossp", "pg_trgm", "h3", "_own", "Mixed"] {
            assert!(Extension::is_name(name), "{name}");
        }
        for text in ["", "-a", "a-", "a--b", "x\"; DROP DATABASE shop; --", "{}", "%s", "a b", "a/b", "é", &"x".repeat(64)] {
            assert!(!Extension::is_name(text), "{text}");
        }
    }
}
