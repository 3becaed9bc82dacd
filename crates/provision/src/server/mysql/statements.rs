//! The statements of each step: create what is missing, else set it to what is stored.

use std::collections::BTreeSet;

use takk_database::mysql::{quoted, text};
use takk_model::error::{Error, Result};

use super::super::{MIGRATION_PASSWORD, MIGRATION_USERNAME};
use super::dialect::Dialect;
use super::found::Found;
use super::privileges::{ALL, RUN, list};
use crate::ledger::Entry;

/// From where users log in: whoever can reach the server, as on other kinds of servers.
pub(super) const HOST: &str = "%";
/// How many connections a program of a development environment may have at once, so that one that leaks them does not stop the others.
const CONNECTIONS: u32 = 20;
/// As many as the server has.
const UNLIMITED: u32 = 0;
/// What is shown in the place of a hash.
const MASKED: &str = "'*...'";
/// The step that creates the users.
pub(super) const USERS: &str = "users";

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub text: String,
    /// The same without what a password is checked with.
    pub shown: String,
}

/// What is done, and written down before the next step begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name in the ledger.
    pub name: &'static str,
    /// What it creates, for an error.
    pub what: &'static str,
    pub statements: Vec<Statement>,
}

/// What is to be there.
pub(super) struct Terms {
    pub dialect: Dialect,
    pub database: String,
    pub users: Vec<User>,
    pub mark: String,
    /// Whether the server is to refuse logins without TLS.
    requires_tls: bool,
}

/// A user that a program logs in as.
pub(super) struct User {
    pub name: String,
    /// What the server checks the password with.
    pub hash: String,
    privileges: &'static [&'static str],
    /// How many connections it may have.
    connections: u32,
}

impl Terms {
    pub(super) fn of(entry: &Entry, dialect: Dialect, requires_tls: bool) -> Result<Self> {
        let credential = |name: &str| {
            let value = entry.credentials.get(name);
            value.ok_or_else(|| Error::internal(format!("the ledger has no {name} of {}", entry.key())))
        };
        let user = |name: &str, password: &str, privileges, connections| -> Result<User> {
            let name = credential(name)?.to_string();
            Ok(User { hash: dialect.hash(&name, credential(password)?), name, privileges, connections })
        };
        let users = if entry.credentials.contains_key(MIGRATION_USERNAME) {
            vec![user("username", "password", RUN, UNLIMITED)?, user(MIGRATION_USERNAME, MIGRATION_PASSWORD, ALL, UNLIMITED)?]
        } else {
            vec![user("username", "password", ALL, CONNECTIONS)?]
        };
        let database = credential("database")?.to_string();
        Ok(Self { dialect, database, users, mark: entry.mark.clone().unwrap_or_default(), requires_tls })
    }
}

fn plain(text: String) -> Statement {
    Statement { shown: text.clone(), text }
}

/// The steps, in their order. What has the mark comes first.
pub(super) fn steps(terms: &Terms, found: &Found) -> Vec<Step> {
    let users = terms.users.iter().flat_map(|user| user_statements(user, terms, found)).collect();
    let rights = terms.users.iter().flat_map(|user| rights_statements(user, terms, found)).collect();
    let mut steps = vec![
        Step { name: "database", what: "database", statements: database(terms, found) },
        Step { name: USERS, what: "user", statements: users },
        Step { name: "rights", what: "rights of the user", statements: rights },
    ];
    if terms.dialect.marks_users() {
        steps.swap(0, 1);
    }
    steps
}

fn database(terms: &Terms, found: &Found) -> Vec<Statement> {
    let (name, comment) = (quoted(&terms.database), terms.dialect.comment_on_database(&terms.mark));
    match found.database {
        None => vec![plain(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4{comment}"))],
        Some(_) if comment.is_empty() => Vec::new(),
        Some(_) => vec![plain(format!("ALTER DATABASE {name}{comment}"))],
    }
}

fn account(name: &str) -> String {
    format!("{}@{}", text(name), text(HOST))
}

fn user_statements(user: &User, terms: &Terms, found: &Found) -> Vec<Statement> {
    let written = |hash: &str| {
        let verb = if found.users.contains_key(&user.name) { "ALTER" } else { "CREATE" };
        let tls = if terms.requires_tls { "SSL" } else { "NONE" };
        format!(
            "{verb} USER {} {} REQUIRE {tls} WITH MAX_USER_CONNECTIONS {} ACCOUNT UNLOCK{}",
            account(&user.name),
            terms.dialect.identified(hash),
            user.connections,
            terms.dialect.comment_on_user(&terms.mark)
        )
    };
    vec![Statement { text: written(&text(&user.hash)), shown: written(MASKED) }]
}

fn rights_statements(user: &User, terms: &Terms, found: &Found) -> Vec<Statement> {
    let (account, database) = (account(&user.name), terms.dialect.pattern(&terms.database));
    let mut statements = Vec::new();
    let rights: BTreeSet<(String, String)> =
        user.privileges.iter().map(|right| (database.trim_matches('`').to_owned(), (*right).to_owned())).collect();
    if found.has_more(&user.name, &rights) {
        statements.push(plain(format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM {account}")));
    }
    statements.push(plain(format!("GRANT {} ON {database}.* TO {account}", list(user.privileges))));
    statements
}
