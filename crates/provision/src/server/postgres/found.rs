//! What already has the names that a resource needs, and who owns it.

use std::collections::BTreeMap;

use takk_database::{Session, SessionError, text};
use takk_model::error::{Error, Result};

use super::super::conflict::check_foreign;
use super::super::{TEMPORARY, mark};
use super::admin::{PostgresAdmin, Server, column, failed};
use crate::ledger::Entry;
use takk_model::counted::counted;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    pub is_ours: bool,
    is_superuser: bool,
    comment: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Database {
    pub owner: String,
    pub is_ours: bool,
    /// Its content, as a phrase for people.
    content: String,
}

/// What exists already.
pub(super) struct Found {
    pub server: Server,
    pub roles: BTreeMap<String, Role>,
    pub database: Option<Database>,
    /// When the logins expire, in the server's format.
    pub valid_until: String,
}

/// The names of the roles of an entry, the logins first.
pub(super) fn role_names(entry: &Entry) -> Vec<String> {
    let named = ["username", "migration_username", "run_role", "owner"].iter().filter_map(|name| entry.credentials.get(*name));
    named.map(|name| name.to_string()).collect()
}

impl Found {
    /// Looks up the roles and the database.
    pub(super) fn read(session: &mut Session, admin: &PostgresAdmin, entry: &Entry, server: Server) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(session, admin, entry, server).map_err(|error| failed(&doing, &error))
    }

    fn ask(session: &mut Session, admin: &PostgresAdmin, entry: &Entry, server: Server) -> Result<Self, SessionError> {
        let ours = entry.mark.as_deref().unwrap_or_default();
        let names = role_names(entry);
        let list: Vec<String> = names.iter().map(|name| text(name)).collect();
        let rows = session.rows(&format!(
            "SELECT rolname, rolsuper, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname IN ({})",
            list.join(", ")
        ))?;
        let role = |row: &takk_database::Row| {
            let comment = column(row, 2).to_owned();
            Role { is_ours: comment == ours, is_superuser: column(row, 1) == "t", comment }
        };
        let roles: BTreeMap<String, Role> = rows.iter().map(|row| (column(row, 0).to_owned(), role(row))).collect();
        let name = entry.credentials.get("database").map(|name| name.to_string()).unwrap_or_default();
        let owner = entry.credentials.get("owner").map(|name| name.to_string()).unwrap_or_default();
        let rows = session.rows(&format!(
            "SELECT pg_get_userbyid(datdba), shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = {}",
            text(&name)
        ))?;
        let database = rows.first().map(|row| {
            let of = column(row, 0).to_owned();
            // takk may have been killed after creating it and before adding the comment.
            let is_fresh = of == owner && column(row, 1).is_empty() && roles.get(&owner).is_some_and(|role| role.is_ours);
            let is_ours = column(row, 1) == ours || is_fresh;
            let content = if is_ours { String::new() } else { content(admin, &name) };
            Database { owner: of, is_ours, content }
        });
        let valid_until = match entry.ends_at.filter(|_| entry.level == TEMPORARY) {
            Some(end) => {
                let rows = session.rows(&format!(
                    "SELECT to_char(to_timestamp({end}::float8 / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS\"+00\"')"
                ))?;
                rows.first().map(|row| column(row, 0).to_owned()).unwrap_or_default()
            }
            None => "infinity".to_owned(),
        };
        Ok(Self { server, roles, database, valid_until })
    }

    pub(super) fn has(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }

    /// Fails if one of the names belongs to somebody else, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, entry: &Entry, adopts: bool) -> Result<()> {
        let key = entry.key();
        let supers = self.roles.iter().find(|(_, role)| !role.is_ours && role.is_superuser);
        if let Some((name, _)) = supers {
            return Err(Error::usage(format!("{key}: the role {name} exists, and is a superuser: takk does not take it over"))
                .hint("rename it, or give the project another name"));
        }
        let mut facts = Vec::new();
        if let Some(database) = self.database.as_ref().filter(|database| !database.is_ours) {
            let name = entry.credentials.get("database").map(|name| name.to_string()).unwrap_or_default();
            facts.push(format!("the database {name} belongs to \"{}\", and has {}", database.owner, database.content));
        }
        for (name, role) in self.roles.iter().filter(|(_, role)| !role.is_ours) {
            facts.push(mark::whose(&format!("the role {name}"), &role.comment, entry));
        }
        check_foreign(&key, facts, adopts)
    }
}

/// The content of somebody else's database.
fn content(admin: &PostgresAdmin, database: &str) -> String {
    let count = || -> Result<String, SessionError> {
        let mut session = Session::open(&admin.address.with_database(database))?;
        let rows = session.rows(
            "SELECT count(*), pg_size_pretty(pg_database_size(current_database())) FROM pg_class c JOIN pg_namespace n ON \
             n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')",
        )?;
        let row = rows.into_iter().next().unwrap_or_default();
        Ok(format!("{} in {}", counted(column(&row, 0), "table"), column(&row, 1)))
    };
    count().unwrap_or_else(|_| "tables that this login may not count".to_owned())
}
