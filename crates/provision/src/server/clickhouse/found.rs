//! What already has the names that a resource needs, and whose it is.

use std::collections::{BTreeMap, BTreeSet};

use takk_model::error::{Error, Result};

use super::super::conflict::check_foreign;
use super::super::mark;
use super::admin::{ClickhouseAdmin, text};
use super::api::{Api, Refusal};
use super::statements::{Terms, User};
use crate::ledger::Entry;
use takk_model::counted::counted;

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    pub is_ours: bool,
    /// Its rights, as the server lists them.
    rights: BTreeSet<Right>,
    /// How many roles it has.
    roles: usize,
}

/// A right: to what, and whether it is more or less than the plain right to a whole database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Right {
    name: String,
    /// Empty for the whole server.
    database: String,
    is_plain: bool,
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
    pub users: BTreeMap<String, Account>,
    pub database: Option<Database>,
}

impl Found {
    /// Looks for it.
    pub(super) fn read(admin: &ClickhouseAdmin, entry: &Entry, terms: &Terms) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        let error = |refusal: Refusal| refusal.error(&doing);
        let database = database(admin, terms).map_err(error)?;
        let mut found = Self { users: accounts(admin, terms).map_err(error)?, database };
        let has_ours = found.database.as_ref().is_some_and(|database| database.is_ours);
        for user in &terms.users {
            if let Some(account) = found.users.get_mut(&user.name) {
                account.is_ours = has_ours || knows(admin, user)?;
            }
        }
        Ok(found)
    }

    /// Whether all of it is there, and its users have the rights that they should have.
    pub(super) fn is_whole(&self, terms: &Terms) -> bool {
        let has_database = self.database.as_ref().is_some_and(|database| database.is_ours);
        let is_right = |user: &User| {
            let account = self.users.get(&user.name).filter(|account| account.is_ours && account.roles == 0);
            account.is_some_and(|account| account.rights == expected(user, terms))
        };
        has_database && terms.users.iter().all(is_right)
    }

    /// Whether a user has other rights than it should have, beyond missing ones.
    pub(super) fn has_more(&self, user: &User, terms: &Terms) -> bool {
        self.users.get(&user.name).is_some_and(|account| !account.rights.is_subset(&expected(user, terms)))
    }

    /// Stops where something of somebody else has one of the names, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, entry: &Entry, terms: &Terms, adopts: bool) -> Result<()> {
        let key = entry.key();
        let is_wide = |account: &&Account| !account.is_ours && account.rights.iter().any(|right| right.database.is_empty());
        if let Some((name, _)) = self.users.iter().find(|(_, account)| is_wide(account)) {
            return Err(Error::usage(format!(
                "{key}: the user {name} exists, and has rights on the whole server: takk does not take it over"
            ))
            .hint("rename it, or give the project another name"));
        }
        if let Some((name, account)) = self.users.iter().find(|(_, account)| account.roles > 0) {
            let roles = account.roles;
            return Err(Error::usage(format!(
                "{key}: the user {name} has {}, which takk did not give it",
                counted(roles, "role")
            ))
            .hint(format!("as an administrator: REVOKE ALL FROM {name}")));
        }
        check_foreign(&key, self.foreign(entry, terms), adopts)
    }

    /// What belongs to somebody else.
    pub(super) fn foreign(&self, entry: &Entry, terms: &Terms) -> Vec<String> {
        let mut facts = Vec::new();
        if let Some(found) = self.database.as_ref().filter(|database| !database.is_ours) {
            let what = format!("the database {}", terms.database);
            facts.push(format!("{}; it has {}", mark::whose(&what, &found.comment, entry), found.content));
        }
        let foreign = self.users.iter().filter(|(_, account)| !account.is_ours);
        facts.extend(foreign.map(|(name, _)| format!("takk did not create the user {name}")));
        facts
    }
}

/// The rights that a user should have.
fn expected(user: &User, terms: &Terms) -> BTreeSet<Right> {
    let right = |name: &&str| Right { name: (*name).to_owned(), database: terms.database.clone(), is_plain: true };
    user.rights.iter().map(right).collect()
}

fn database(admin: &ClickhouseAdmin, terms: &Terms) -> Result<Option<Database>, Refusal> {
    let name = text(&terms.database);
    let rows = admin.api.rows(&format!("SELECT comment FROM system.databases WHERE name = {name}"))?;
    let Some(comment) = rows.into_iter().next().map(|row| row.into_iter().next().unwrap_or_default()) else { return Ok(None) };
    if comment == terms.mark {
        return Ok(Some(Database { is_ours: true, comment, content: String::new() }));
    }
    let rows = admin.api.rows(&format!(
        "SELECT count(), intDiv(ifNull(sum(total_bytes), 0), 1048576) FROM system.tables WHERE database = {name}"
    ))?;
    let [tables, size] = rows.into_iter().next().and_then(|row| row.try_into().ok()).unwrap_or_default();
    Ok(Some(Database { is_ours: false, comment, content: format!("{} in {size} MB", counted(tables, "table")) }))
}

fn accounts(admin: &ClickhouseAdmin, terms: &Terms) -> Result<BTreeMap<String, Account>, Refusal> {
    let names: Vec<String> = terms.users.iter().map(|user| text(&user.name)).collect();
    let names = names.join(", ");
    let rows = admin.api.rows(&format!("SELECT name FROM system.users WHERE name IN ({names})"))?;
    let mut accounts: BTreeMap<String, Account> = rows.into_iter().flatten().map(|name| (name, Account::default())).collect();
    if accounts.is_empty() {
        return Ok(accounts);
    }
    let rows = admin.api.rows(&format!(
        "SELECT user_name, access_type, database, table IS NULL AND column IS NULL AND is_partial_revoke = 0 AND grant_option = 0 \
         FROM system.grants WHERE user_name IN ({names})"
    ))?;
    for row in rows {
        let Ok([user, name, database, is_plain]) = <[String; 4]>::try_from(row) else { continue };
        if let Some(account) = accounts.get_mut(&user) {
            account.rights.insert(Right { name, database, is_plain: is_plain == "1" });
        }
    }
    let rows = admin.api.rows(&format!("SELECT user_name FROM system.role_grants WHERE user_name IN ({names})"))?;
    for user in rows.into_iter().flatten() {
        accounts.entry(user).and_modify(|account| account.roles += 1);
    }
    Ok(accounts)
}

/// Whether a user logs in with the password in the ledger.
fn knows(admin: &ClickhouseAdmin, user: &User) -> Result<bool> {
    let api = Api::new(&admin.address.base, admin.address.roots.as_deref(), &user.name, &user.password)?;
    Ok(api.rows("SELECT 1").is_ok())
}
