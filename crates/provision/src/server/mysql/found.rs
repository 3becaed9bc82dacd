//! What already has the names that a resource needs, and whose it is.
//!
//! On MariaDB, a database has a comment, and users have none. A user is takk's if its database is, or if the server checks its password with
//! the hash of the one in the ledger, which nobody else knows. On MySQL, it is the other way round: users have comments, and a database is
//! takk's if its user is.

use std::collections::{BTreeMap, BTreeSet};

use takk_database::mysql::{Session, SessionError, text};
use takk_model::error::{Error, Result};

use super::super::conflict::check_foreign;
use super::super::mark;
use super::admin::{MysqlAdmin, column, failed};
use super::statements::{HOST, Terms, USERS};
use crate::ledger::Entry;
use takk_model::counted::counted;

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct User {
    pub is_ours: bool,
    /// It has rights on the whole server, or those of a role.
    is_wide: bool,
    /// Its rights, each with the database as a grant has it.
    pub rights: BTreeSet<(String, String)>,
    comment: String,
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
        Self::ask(session, entry, terms).map_err(|error| failed(&doing, &error))
    }

    fn ask(session: &mut Session, entry: &Entry, terms: &Terms) -> Result<Self, SessionError> {
        let mut found = Self { users: BTreeMap::new(), database: None, others: Vec::new() };
        found.read_users(session, terms)?;
        found.database = if terms.dialect.marks_users() {
            found.database_of_users(session, entry, terms)?
        } else {
            marked_database(session, terms)?
        };
        if !terms.dialect.marks_users() && found.database.as_ref().is_some_and(|database| database.is_ours) {
            found.users.values_mut().for_each(|user| user.is_ours = true);
        }
        Ok(found)
    }

    fn read_users(&mut self, session: &mut Session, terms: &Terms) -> Result<(), SessionError> {
        let names: Vec<String> = terms.users.iter().map(|user| text(&user.name)).collect();
        for row in session.rows(&terms.dialect.accounts(&names.join(", ")))? {
            let (name, host) = (column(&row, 0), column(&row, 1));
            if host != HOST || column(&row, 3) == "Y" {
                self.others.push(format!("'{name}'@'{host}'"));
                continue;
            }
            let comment = column(&row, 4).to_owned();
            let knows = terms.users.iter().any(|user| user.name == name && user.hash == column(&row, 2));
            let is_marked = terms.dialect.marks_users() && comment == terms.mark;
            let grantee = text(&format!("'{name}'@'{HOST}'"));
            let on_server = session.rows(&format!(
                "SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = {grantee} AND PRIVILEGE_TYPE <> 'USAGE'"
            ))?;
            let roles = session.rows(&terms.dialect.roles(name, HOST))?;
            let rights = session.rows(&format!(
                "SELECT TABLE_SCHEMA, PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = {grantee}"
            ))?;
            let user = User {
                is_ours: is_marked || knows,
                is_wide: !on_server.is_empty() || !roles.is_empty(),
                rights: rights.iter().map(|row| (column(row, 0).to_owned(), column(row, 1).to_owned())).collect(),
                comment,
            };
            self.users.insert(name.to_owned(), user);
        }
        Ok(())
    }

    /// The database on MySQL, where the mark of its user says whose it is. It says that before the database exists; so one in which there
    /// is something, and which takk has not written down as created, is somebody else's.
    fn database_of_users(&self, session: &mut Session, entry: &Entry, terms: &Terms) -> Result<Option<Database>, SessionError> {
        let name = text(&terms.database);
        if session.rows(&format!("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = {name}"))?.is_empty() {
            return Ok(None);
        }
        let user = terms.users.iter().find_map(|user| self.users.get(&user.name));
        let is_written_down = entry.step.as_deref().is_some_and(|step| step != USERS);
        let is_ours = user.is_some_and(|user| user.is_ours) && (is_written_down || is_empty(session, &name)?);
        let content = if is_ours { String::new() } else { content(session, &name)? };
        // Our own mark on the user says nothing about a database that is not ours.
        let comment = user.map(|user| user.comment.clone()).filter(|comment| *comment != terms.mark).unwrap_or_default();
        Ok(Some(Database { is_ours, comment, content }))
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
        check_foreign(&key, facts, adopts)
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

/// The database on MariaDB, which has the mark itself.
fn marked_database(session: &mut Session, terms: &Terms) -> Result<Option<Database>, SessionError> {
    let name = text(&terms.database);
    let rows = session.rows(&format!("SELECT SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = {name}"))?;
    let Some(comment) = rows.first().map(|row| column(row, 0).to_owned()) else { return Ok(None) };
    let is_ours = comment == terms.mark;
    let content = if is_ours { String::new() } else { content(session, &name)? };
    Ok(Some(Database { is_ours, comment, content }))
}

/// Whether there is nothing in a database: no table, view, routine or event.
fn is_empty(session: &mut Session, name: &str) -> Result<bool, SessionError> {
    let of = [("TABLES", "TABLE_SCHEMA"), ("ROUTINES", "ROUTINE_SCHEMA"), ("EVENTS", "EVENT_SCHEMA")];
    let all = of.map(|(table, column)| format!("SELECT 1 FROM information_schema.{table} WHERE {column} = {name}"));
    Ok(session.rows(&format!("{} LIMIT 1", all.join(" UNION ALL ")))?.is_empty())
}

/// What is in a database of somebody else.
fn content(session: &mut Session, name: &str) -> Result<String, SessionError> {
    let rows = session.rows(&format!(
        "SELECT COUNT(*), COALESCE(ROUND(SUM(DATA_LENGTH + INDEX_LENGTH) / 1048576), 0) FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = {name}"
    ))?;
    let row = rows.into_iter().next().unwrap_or_default();
    Ok(format!("{} in {} MB", counted(column(&row, 0), "table"), column(&row, 1)))
}
