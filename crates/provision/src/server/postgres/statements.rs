//! The statements of each step, which create what is missing, and otherwise change it to what is stored.

use postgres_protocol::password::scram_sha_256;
use takk_database::{quoted, text};
use takk_model::error::{Error, Result};

use super::super::{MIGRATION_PASSWORD, MIGRATION_USERNAME};
use super::found::Found;
use crate::ledger::Entry;

/// The maximum number of connections of a program in a development environment, so that a program that leaks them does not
/// block the others.
const CONNECTIONS: i32 = 20;
/// No limit but the server's.
const UNLIMITED: i32 = -1;
/// The text that replaces a password.
const MASKED: &str = "'SCRAM-SHA-256$...'";

/// Where the statements of a step run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the database of the admin address, in one transaction.
    Server,
    /// In the same database, but outside of a transaction; a single statement.
    Alone,
    /// In the database of the resource.
    Database,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub text: String,
    /// The statement without a password.
    pub shown: String,
}

/// A unit of work, which is recorded before the next one starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name in the ledger.
    pub name: &'static str,
    /// What it creates, for error messages.
    pub what: &'static str,
    pub place: Place,
    pub statements: Vec<Statement>,
}

impl Step {
    /// All statements, as the server receives them.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.statements.iter().map(|statement| statement.text.as_str()).collect();
        texts.join(";\n")
    }
}

/// What should exist.
pub(super) struct Terms {
    pub database: String,
    pub owner: String,
    logins: Vec<Login>,
    /// The role with the rights of a program that does not change the schema.
    run_role: Option<String>,
    mark: String,
}

/// A role with which a program logs in.
struct Login {
    name: String,
    /// What the server uses to check the password.
    verifier: String,
    /// The role whose rights it has.
    role: String,
    /// Whether that role owns what it creates.
    acts_as_role: bool,
    /// The maximum number of its connections.
    connections: i32,
}

impl Terms {
    pub(super) fn of(entry: &Entry) -> Result<Self> {
        let credential = |name: &str| {
            let value = entry.credentials.get(name).map(|value| value.to_string());
            value.ok_or_else(|| Error::internal(format!("the ledger has no {name} of {}", entry.key())))
        };
        let owner = credential("owner")?;
        let run_role = entry.credentials.get("run_role").map(|name| name.to_string());
        let login = |name: &str, password: &str, role: &str, connections: i32| -> Result<Login> {
            // The server receives only a password verifier, so the password itself is never in a log.
            let verifier = scram_sha_256(credential(password)?.as_bytes());
            Ok(Login { name: credential(name)?, verifier, role: role.to_owned(), acts_as_role: role == owner, connections })
        };
        let logins = match &run_role {
            Some(run_role) => vec![
                login("username", "password", run_role, UNLIMITED)?,
                login(MIGRATION_USERNAME, MIGRATION_PASSWORD, &owner, UNLIMITED)?,
            ],
            None => vec![login("username", "password", &owner, CONNECTIONS)?],
        };
        Ok(Self { database: credential("database")?, owner, logins, run_role, mark: entry.mark.clone().unwrap_or_default() })
    }
}

fn plain(text: String) -> Statement {
    Statement { shown: text.clone(), text }
}

/// Makes the admin itself a member of a role: otherwise, it can neither create a database for the owner nor end the sessions of
/// a login. A superuser does not need this.
fn membership(role: &str, found: &Found) -> Option<Statement> {
    if found.server.is_superuser() {
        return None;
    }
    // Before 16, inheritance is a property of the member.
    let options = if found.server.version_number >= 160_000 { " WITH INHERIT TRUE, SET TRUE" } else { "" };
    Some(plain(format!("GRANT {} TO CURRENT_USER{options}", quoted(role))))
}

fn comment(what: &str, name: &str, terms: &Terms) -> Statement {
    plain(format!("COMMENT ON {what} {} IS {}", quoted(name), text(&terms.mark).trim()))
}

/// The steps, in order.
pub(super) fn steps(terms: &Terms, found: &Found) -> Vec<Step> {
    let mut steps = vec![owner(terms, found)];
    if found.database.is_none() {
        let create = format!("CREATE DATABASE {} OWNER {}", quoted(&terms.database), quoted(&terms.owner));
        steps.push(Step { name: "database", what: "database", place: Place::Alone, statements: vec![plain(create)] });
    }
    steps.push(rights(terms, found));
    steps.push(logins(terms, found));
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
    if let Some(role) = &terms.run_role {
        let verb = if found.has(role) { "ALTER" } else { "CREATE" };
        statements.push(plain(format!("{verb} ROLE {} NOLOGIN NOCREATEDB NOCREATEROLE INHERIT", quoted(role))));
        statements.push(comment("ROLE", role, terms));
    }
    Step { name: "owner", what: "owner role", place: Place::Server, statements }
}

/// The rights to the database as a whole.
fn rights(terms: &Terms, found: &Found) -> Step {
    let (database, owner) = (quoted(&terms.database), quoted(&terms.owner));
    let mut statements = Vec::new();
    if let Some(before) = found.database.as_ref().filter(|database| database.owner != terms.owner) {
        // Its tables keep their owner, and the new owner gets that role's rights to them.
        statements.extend(membership(&before.owner, found));
        statements.push(plain(format!("GRANT {} TO {owner}", quoted(&before.owner))));
        statements.push(plain(format!("ALTER DATABASE {database} OWNER TO {owner}")));
    }
    statements.push(plain(format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC")));
    if let Some(role) = &terms.run_role {
        statements.push(plain(format!("GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {}", quoted(role))));
    }
    statements.push(comment("DATABASE", &terms.database, terms));
    Step { name: "rights", what: "rights of the database", place: Place::Server, statements }
}

fn logins(terms: &Terms, found: &Found) -> Step {
    let statements = terms.logins.iter().flat_map(|login| login_statements(login, terms, found)).collect();
    Step { name: "logins", what: "login", place: Place::Server, statements }
}

fn login_statements(login: &Login, terms: &Terms, found: &Found) -> Vec<Statement> {
    let (name, role) = (quoted(&login.name), quoted(&login.role));
    let written = |password: &str| {
        let verb = if found.has(&login.name) { "ALTER" } else { "CREATE" };
        let (limit, end) = (login.connections, text(&found.valid_until));
        format!(
            "{verb} ROLE {name} LOGIN NOCREATEDB NOCREATEROLE INHERIT CONNECTION LIMIT {limit} PASSWORD {password} VALID UNTIL {end}"
        )
    };
    let mut statements = vec![
        Statement { text: written(&text(&login.verifier)), shown: written(MASKED) },
        plain(format!("GRANT {role} TO {name}")),
    ];
    if login.acts_as_role {
        // The owner role owns what this login creates, so later logins can use it.
        statements.push(plain(format!("ALTER ROLE {name} SET role = {}", text(&login.role))));
    }
    statements.push(comment("ROLE", &login.name, terms));
    statements.extend(membership(&login.name, found));
    statements
}

/// Before PostgreSQL 15, everyone may create tables in the schema `public`. If a superuser owns it, only a superuser can change
/// that; but nobody else can connect to the database anyway.
fn schema(terms: &Terms, found: &Found) -> Step {
    let owner = quoted(&terms.owner);
    let mut statements = Vec::new();
    if found.server.is_superuser() {
        statements.push(plain("CREATE SCHEMA IF NOT EXISTS public".to_owned()));
        statements.push(plain(format!("GRANT ALL ON SCHEMA public TO {owner}")));
    } else {
        statements.push(plain(format!("SET ROLE {owner}")));
        statements.push(plain("CREATE SCHEMA IF NOT EXISTS public".to_owned()));
    }
    if found.server.is_superuser() || found.server.version_number >= 150_000 {
        statements.push(plain("REVOKE ALL ON SCHEMA public FROM PUBLIC".to_owned()));
    }
    if let Some(role) = &terms.run_role {
        statements.extend(run_rights(&owner, &quoted(role)).map(plain));
    }
    Step { name: "schema", what: "rights of the schema", place: Place::Database, statements }
}

/// The rights of a program that does not change the schema: to what exists, and to what migrations will create.
fn run_rights(owner: &str, role: &str) -> impl Iterator<Item = String> {
    let there = [
        "USAGE ON SCHEMA public",
        "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
        "USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public",
    ];
    let later = ["USAGE ON SCHEMAS", "SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"];
    let there = there.map(|rights| format!("GRANT {rights} TO {role}"));
    let later = later.map(|rights| format!("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT {rights} TO {role}"));
    there.into_iter().chain(later)
}
