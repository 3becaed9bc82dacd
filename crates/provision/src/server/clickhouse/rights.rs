//! Rights of ClickHouse, and how they contain each other.

use std::collections::{BTreeMap, BTreeSet};

/// What the admin needs itself. The rest it passes on.
pub(super) const OWN: &[&str] =
    &["CREATE DATABASE", "DROP DATABASE", "CREATE USER", "ALTER USER", "DROP USER", "SHOW USERS", "SHOW ROLES", "KILL QUERY"];

/// All rights to a database, but those to the database itself: whoever may drop it can create it anew, without the mark.
pub(super) const ALL: &[&str] = &[
    "SHOW",
    "SELECT",
    "INSERT",
    "ALTER TABLE",
    "ALTER VIEW",
    "CREATE TABLE",
    "CREATE VIEW",
    "CREATE DICTIONARY",
    "DROP TABLE",
    "DROP VIEW",
    "DROP DICTIONARY",
    "TRUNCATE",
    "OPTIMIZE",
    "dictGet",
];

/// Those of a program that does not change the schema. ClickHouse changes and deletes rows by `ALTER`.
pub(super) const RUN: &[&str] = &["SHOW", "SELECT", "INSERT", "ALTER UPDATE", "ALTER DELETE", "dictGet"];

/// Those that a program of the level `full` must not have, each of which stands for a way to change the schema.
pub(super) const OF_SCHEMA: &[&str] = &["CREATE TABLE", "ALTER ADD COLUMN", "DROP TABLE", "TRUNCATE"];

/// Rights as SQL has them.
pub(super) fn list(rights: &[&str]) -> String {
    rights.join(", ")
}

/// The rights of a login on the whole server.
pub(super) struct Rights {
    /// Each with whether it may be passed on.
    pub granted: BTreeSet<(String, bool)>,
    /// The group of each right, which contains it.
    pub groups: BTreeMap<String, String>,
}

impl Rights {
    /// Those that are missing of some. Whoever has a group has all that is in it.
    pub(super) fn missing(&self, wanted: &'static [&'static str], to_pass_on: bool) -> Vec<&'static str> {
        wanted.iter().copied().filter(|right| !self.has(right, to_pass_on)).collect()
    }

    pub(super) fn has(&self, right: &str, to_pass_on: bool) -> bool {
        // Each group is one step nearer to `ALL`; a cycle would have more steps than there are rights.
        let up = |name: &&str| self.groups.get(*name).map(String::as_str).filter(|group| !group.is_empty());
        let mut chain = std::iter::successors(Some(right), up).take(self.groups.len() + 1);
        chain.any(|name| {
            let owned = |passes: bool| self.granted.contains(&(name.to_owned(), passes));
            owned(true) || (!to_pass_on && owned(false))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_contains_its_rights() {
        let granted = [("ALTER", false), ("SELECT", true)].map(|(name, passes)| (name.to_owned(), passes)).into();
        let groups = [("ALTER TABLE", "ALTER"), ("ALTER", "ALL"), ("SELECT", "ALL"), ("ALL", "ALL")];
        let groups = groups.map(|(name, group)| (name.to_owned(), group.to_owned())).into();
        let rights = Rights { granted, groups };
        assert!(rights.has("ALTER TABLE", false) && !rights.has("ALTER TABLE", true));
        assert!(rights.has("SELECT", false) && rights.has("SELECT", true) && !rights.has("INSERT", false));
        assert_eq!(rights.missing(&["SELECT", "ALTER TABLE"], true), ["ALTER TABLE"]);
    }
}
