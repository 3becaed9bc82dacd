//! What already has the names that a resource needs, and whose it is.
//!
//! A database has a comment, and users have none. A user is takk's if its database is, or if the server checks its password with the hash of
//! the one in the ledger, which nobody else knows.

use std::collections::{BTreeMap, BTreeSet};

use takk_database::mysql::{Session, SessionError, text};
use takk_model::error::{Error, Result};

use super::super::mark;
use super::admin::{MysqlAdmin, column, failed};
use super::statements::{HOST, Terms};
use crate::ledger::Entry;

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct User {
    pub is_ours: bool,
    /// It has rights on the whole server.
    is_wide: bool,
    /// Its rights, each with the database as a grant has it.
    pub rights: BTreeSet<(String, String)>,
}

/// The database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Database {
    pub is_ours: bool,
    comment: String,
    /// What is in it, for people.
    content: String,
}

/// What is there.
pub(super) struct Found {
    pub users: BTreeMap<String, User>,
    pub database: Option<Database>,
    /// Accounts that have one of the names, and log in from some hosts only.
    others: Vec<String>,
}

impl Found {
    /// Looks for it.
    pub(super) fn read(session: &mut Session, admin: &MysqlAdmin, entry: &Entry, terms: &Terms) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(session, terms).map_err(|error| failed(&doing, &error))
    }

    fn ask(session: &mut Session, terms: &Terms) -> Result<Self, SessionError> {
        let name = text(&terms.database);
        let rows =
            session.rows(&format!("SELECT SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = {name}"))?;
        let database = match rows.first().map(|row| column(row, 0).to_owned()) {
            Some(comment) => {
                let is_ours = comment == terms.mark;
                let content = if is_ours { String::new() } else { content(session, &name)? };
                Some(Database { is_ours, comment, content })
            }
            None => None,
        };
        let has_ours = database.as_ref().is_some_and(|database| database.is_ours);
        let names: Vec<String> = terms.users.iter().map(|user| text(&user.name)).collect();
        let rows = session.rows(&format!(
            "SELECT User, Host, authentication_string, is_role FROM mysql.user WHERE User IN ({})",
            names.join(", ")
        ))?;
        let (mut users, mut others) = (BTreeMap::new(), Vec::new());
        for row in rows {
            let (name, host) = (column(&row, 0), column(&row, 1));
            if host != HOST || column(&row, 3) == "Y" {
                others.push(format!("'{name}'@'{host}'"));
                continue;
            }
            let knows = terms.users.iter().any(|user| user.name == name && user.hash == column(&row, 2));
            let mut user = User { is_ours: has_ours || knows, ..User::default() };
            let grantee = text(&format!("'{name}'@'{HOST}'"));
            let on_server = session.rows(&format!(
                "SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = {grantee} AND PRIVILEGE_TYPE <> 'USAGE'"
            ))?;
            user.is_wide = !on_server.is_empty();
            let rights = session.rows(&format!(
                "SELECT TABLE_SCHEMA, PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = {grantee}"
            ))?;
            user.rights = rights.iter().map(|row| (column(row, 0).to_owned(), column(row, 1).to_owned())).collect();
            users.insert(name.to_owned(), user);
        }
        Ok(Self { users, database, others })
    }

    /// Whether a user has more rights than it should.
    pub(super) fn has_more(&self, user: &str, rights: &BTreeSet<(String, String)>) -> bool {
        self.users.get(user).is_some_and(|user| user.is_wide || !user.rights.is_subset(rights))
    }

    /// Stops where something of somebody else has one of the names, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, entry: &Entry, database: &str, adopts: bool) -> Result<()> {
        let key = entry.key();
        if let Some(other) = self.others.first() {
            return Err(Error::usage(format!("{key}: the account {other} exists, which takk did not create"))
                .hint("a login from there would be its: rename it, or give the project another name"));
        }
        if let Some((name, _)) = self.users.iter().find(|(_, user)| !user.is_ours && user.is_wide) {
            return Err(Error::usage(format!(
                "{key}: the user {name} exists, and has rights on the whole server: takk does not take it over"
            ))
            .hint("rename it, or give the project another name"));
        }
        let mut facts = Vec::new();
        if let Some(found) = self.database.as_ref().filter(|database| !database.is_ours) {
            facts.push(match mark::read(&found.comment) {
                Some(mark) => format!("takk created the database {database} {}", mark.whose(entry)),
                None => format!("takk did not create the database {database}, which has {}", found.content),
            });
        }
        facts.extend(self.foreign_users().map(|name| format!("takk did not create the user {name}")));
        if facts.is_empty() || adopts {
            return Ok(());
        }
        let error = Error::usage(format!("{key}: its names are in use on the server"));
        let error = facts.into_iter().fold(error, Error::about);
        Err(error.hint("to take all of it over: --adopt; else rename what is there, or give the project another name"))
    }

    fn foreign_users(&self) -> impl Iterator<Item = &str> {
        self.users.iter().filter(|(_, user)| !user.is_ours).map(|(name, _)| name.as_str())
    }

    /// What was given away or taken since is not removed.
    pub(super) fn refuse_removal(&self, entry: &Entry) -> Result<()> {
        let database = self.database.iter().filter(|database| !database.is_ours).map(|_| "its database".to_owned());
        let foreign: Vec<String> = database.chain(self.foreign_users().map(|name| format!("the user {name}"))).collect();
        if foreign.is_empty() {
            return Ok(());
        }
        let error = Error::usage(format!("{}: not all of it is marked as takk's, so takk removes nothing", entry.key()));
        let error = foreign.into_iter().fold(error, Error::about);
        Err(error.hint("to take it over first: takk provision --adopt"))
    }
}

/// What is in a database of somebody else.
fn content(session: &mut Session, name: &str) -> Result<String, SessionError> {
    let rows = session.rows(&format!(
        "SELECT COUNT(*), COALESCE(ROUND(SUM(DATA_LENGTH + INDEX_LENGTH) / 1048576), 0) FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = {name}"
    ))?;
    let row = rows.into_iter().next().unwrap_or_default();
    Ok(format!("{} tables in {} MB", column(&row, 0), column(&row, 1)))
}
