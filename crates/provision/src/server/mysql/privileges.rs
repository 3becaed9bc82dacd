//! The rights to a database.

/// All of them, but those to grant, and to the history of versioned tables.
pub(super) const ALL: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "REFERENCES",
    "INDEX",
    "ALTER",
    "CREATE TEMPORARY TABLES",
    "LOCK TABLES",
    "CREATE VIEW",
    "SHOW VIEW",
    "CREATE ROUTINE",
    "ALTER ROUTINE",
    "EXECUTE",
    "EVENT",
    "TRIGGER",
];

/// Those of a program that does not change the schema.
pub(super) const RUN: &[&str] =
    &["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE TEMPORARY TABLES", "LOCK TABLES", "SHOW VIEW", "EXECUTE"];

/// Rights as SQL has them.
pub(super) fn list(rights: &[&str]) -> String {
    rights.join(", ")
}
