//! The commands of each step: create what is missing, else set it to what is stored.

use std::fmt;

use serde_json::{Value, json};
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::super::{MIGRATION_PASSWORD, MIGRATION_USERNAME};
use super::found::Found;
use crate::ledger::Entry;
use crate::login::MONGO_ADMIN;

/// The field of the custom data of a user that has the mark.
pub(super) const FIELD: &str = "takk";
/// What a user proves its password by.
pub(super) const MECHANISM: &str = "SCRAM-SHA-256";
/// What a program may do in production: everything with documents, collections and indexes.
pub(super) const RUN: &[&str] = &["readWrite"];
/// What may, in addition, change how collections are checked. Neither may create users.
pub(super) const ALL: &[&str] = &["dbAdmin", "readWrite"];

/// A command to a database.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Command {
    pub database: String,
    pub command: Value,
}

/// The command for people, as the shell takes it, without the password.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut command = self.command.clone();
        if let Some(password) = command.get_mut("pwd") {
            *password = Value::from("...");
        }
        write!(f, "db.getSiblingDB(\"{}\").runCommand({command})", self.database)
    }
}

impl Command {
    pub(super) fn new(database: &str, command: Value) -> Self {
        Self { database: database.to_owned(), command }
    }

    /// What no error may repeat.
    pub(super) fn secrets(&self) -> Vec<Zeroizing<String>> {
        self.command["pwd"].as_str().map(|password| Zeroizing::new(password.to_owned())).into_iter().collect()
    }
}

/// What is done, and written down before the next step begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// Its name in the ledger.
    pub name: &'static str,
    /// What it creates, for an error.
    pub what: &'static str,
    pub command: Command,
}

/// What is to be there.
pub(super) struct Terms {
    pub database: String,
    pub users: Vec<User>,
    pub mark: String,
}

/// A user that a program logs in as.
pub(super) struct User {
    pub name: String,
    password: Zeroizing<String>,
    pub roles: &'static [&'static str],
    step: &'static str,
}

impl Terms {
    pub(super) fn of(entry: &Entry) -> Result<Self> {
        let credential = |name: &str| {
            let value = entry.credentials.get(name).cloned();
            value.ok_or_else(|| Error::internal(format!("the ledger has no {name} of {}", entry.key())))
        };
        let has_migrations = entry.credentials.contains_key(MIGRATION_USERNAME);
        let roles = if has_migrations { RUN } else { ALL };
        let (name, password) = (credential("username")?.to_string(), credential("password")?);
        let mut users = vec![User { name, password, roles, step: "user" }];
        if has_migrations {
            let (name, password) = (credential(MIGRATION_USERNAME)?.to_string(), credential(MIGRATION_PASSWORD)?);
            users.push(User { name, password, roles: ALL, step: "migrations" });
        }
        let mark = entry.mark.clone().unwrap_or_default();
        Ok(Self { database: credential("database")?.to_string(), users, mark })
    }
}

/// The steps, in their order. A database begins to exist when a program writes to it.
pub(super) fn steps(terms: &Terms, found: &Found) -> Vec<Step> {
    let step = |user: &User| {
        let verb = if found.users.contains_key(&user.name) { "updateUser" } else { "createUser" };
        let roles: Vec<Value> = user.roles.iter().map(|role| json!({ "role": role, "db": terms.database })).collect();
        // The server hashes the password, and keeps it out of its log.
        let command = json!({
            verb: user.name,
            "pwd": user.password.as_str(),
            "customData": { FIELD: terms.mark },
            "roles": roles,
            "mechanisms": [MECHANISM],
        });
        Step { name: user.step, what: "user", command: Command::new(MONGO_ADMIN, command) }
    };
    terms.users.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_shows_a_password() {
        let command = Command::new("admin", json!({ "createUser": "a", "pwd": "s3cret" }));
        assert_eq!(command.to_string(), "db.getSiblingDB(\"admin\").runCommand({\"createUser\":\"a\",\"pwd\":\"...\"})");
    }
}
