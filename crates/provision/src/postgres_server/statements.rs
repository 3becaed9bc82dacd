//! The statements of each step: create what is missing, else set it to what is stored.

use postgres_protocol::password::scram_sha_256;
use takk_database::{quoted, text};
use takk_model::error::{Error, Result};

use super::found::Found;
use crate::ledger::Entry;

/// How many connections a program of a development environment may have at once, so that one that leaks them does not stop the others.
const CONNECTIONS: u32 = 20;
/// What is shown in the place of a password.
const MASKED: &str = "'SCRAM-SHA-256$...'";

/// Where the statements of a step run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the database of the admin address, in one transaction.
    Server,
    /// There too, outside of a transaction: it is one statement.
    Alone,
    /// In the database of the resource.
    Database,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub text: String,
    /// The same without a password.
    pub shown: String,
}

/// What is done, and written down before the next step begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name in the ledger.
    pub name: &'static str,
    /// What it creates, for an error.
    pub what: &'static str,
    pub place: Place,
    pub statements: Vec<Statement>,
}

impl Step {
    /// All statements, as they are sent.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.statements.iter().map(|statement| statement.text.as_str()).collect();
        texts.join(";\n")
    }
}

/// What is to be there.
pub(super) struct Terms {
    pub database: String,
    owner: String,
    login: String,
    password: String,
    mark: String,
}

impl Terms {
    pub(super) fn of(entry: &Entry, _: &Found) -> Result<Self> {
        let credential = |name: &str| {
            let value = entry.credentials.get(name).map(|value| value.to_string());
            value.ok_or_else(|| Error::internal(format!("the ledger has no {name} of {}", entry.key())))
        };
        // The server gets what a password is checked with, and no log ever the password itself.
        let password = scram_sha_256(credential("password")?.as_bytes());
        Ok(Self {
            database: credential("database")?,
            owner: credential("owner")?,
            login: credential("username")?,
            password,
            mark: entry.mark.clone().unwrap_or_default(),
        })
    }
}

fn plain(text: String) -> Statement {
    Statement { shown: text.clone(), text }
}

/// Membership for the admin itself: without it, it may neither create a database for the owner nor end the sessions of a login. A superuser
/// needs none.
fn membership(role: &str, found: &Found) -> Option<Statement> {
    if found.facts.is_superuser {
        return None;
    }
    // Before 16, inheriting is a property of the member.
    let options = if found.facts.version_number >= 160_000 { " WITH INHERIT TRUE, SET TRUE" } else { "" };
    Some(plain(format!("GRANT {} TO CURRENT_USER{options}", quoted(role))))
}

fn comment(what: &str, name: &str, terms: &Terms) -> Statement {
    plain(format!("COMMENT ON {what} {} IS {}", quoted(name), text(&terms.mark).trim()))
}

/// The steps, in their order.
pub(super) fn steps(terms: &Terms, found: &Found) -> Vec<Step> {
    let mut steps = vec![owner(terms, found)];
    if found.database.is_none() {
        let create = format!("CREATE DATABASE {} OWNER {}", quoted(&terms.database), quoted(&terms.owner));
        steps.push(Step { name: "database", what: "database", place: Place::Alone, statements: vec![plain(create)] });
    }
    steps.push(rights(terms, found));
    steps.push(login(terms, found));
    steps.push(schema(terms, found));
    steps
}

fn owner(terms: &Terms, found: &Found) -> Step {
    let name = quoted(&terms.owner);
    let verb = if found.has(&terms.owner) { "ALTER" } else { "CREATE" };
    let mut statements = vec![
        plain(format!("{verb} ROLE {name} NOLOGIN NOCREATEDB NOCREATEROLE INHERIT")),
        comment("ROLE", &terms.owner, terms),
    ];
    statements.extend(membership(&terms.owner, found));
    Step { name: "owner", what: "owner role", place: Place::Server, statements }
}

/// Who may do what with the database as a whole.
fn rights(terms: &Terms, found: &Found) -> Step {
    let (database, owner) = (quoted(&terms.database), quoted(&terms.owner));
    let mut statements = Vec::new();
    if let Some(before) = found.database.as_ref().filter(|database| database.owner != terms.owner) {
        // Its tables stay with whoever they belong to, and the new owner may use them as that one may.
        statements.extend(membership(&before.owner, found));
        statements.push(plain(format!("GRANT {} TO {owner}", quoted(&before.owner))));
        statements.push(plain(format!("ALTER DATABASE {database} OWNER TO {owner}")));
    }
    statements.push(plain(format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC")));
    statements.push(comment("DATABASE", &terms.database, terms));
    Step { name: "rights", what: "rights of the database", place: Place::Server, statements }
}

fn login(terms: &Terms, found: &Found) -> Step {
    let (name, owner) = (quoted(&terms.login), quoted(&terms.owner));
    let is_there = found.has(&terms.login);
    let written = |password: &str| {
        let verb = if is_there { "ALTER" } else { "CREATE" };
        let end = text(&found.valid_until);
        format!(
            "{verb} ROLE {name} LOGIN NOCREATEDB NOCREATEROLE INHERIT CONNECTION LIMIT {CONNECTIONS} PASSWORD {password} VALID UNTIL {end}"
        )
    };
    let mut statements = vec![
        Statement { text: written(&text(&terms.password)), shown: written(MASKED) },
        plain(format!("GRANT {owner} TO {name}")),
        // What it creates belongs to the owner, and so to every login that comes after it.
        plain(format!("ALTER ROLE {name} SET role = {}", text(&terms.owner))),
        comment("ROLE", &terms.login, terms),
    ];
    statements.extend(membership(&terms.login, found));
    Step { name: "logins", what: "login", place: Place::Server, statements }
}

/// Until PostgreSQL 15, everybody may create tables in the schema `public`. Where its owner is a superuser, only one can change that; nobody
/// else may connect to the database anyway.
fn schema(terms: &Terms, found: &Found) -> Step {
    let owner = quoted(&terms.owner);
    let mut statements = Vec::new();
    if found.facts.is_superuser {
        statements.push(plain("CREATE SCHEMA IF NOT EXISTS public".to_owned()));
        statements.push(plain(format!("GRANT ALL ON SCHEMA public TO {owner}")));
    } else {
        statements.push(plain(format!("SET ROLE {owner}")));
        statements.push(plain("CREATE SCHEMA IF NOT EXISTS public".to_owned()));
    }
    if found.facts.is_superuser || found.facts.version_number >= 150_000 {
        statements.push(plain("REVOKE ALL ON SCHEMA public FROM PUBLIC".to_owned()));
    }
    Step { name: "schema", what: "rights of the schema", place: Place::Database, statements }
}
