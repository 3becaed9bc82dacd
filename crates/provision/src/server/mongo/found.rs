//! What already has the names that a resource needs, and whose it is.
//!
//! The custom data of a user has its mark. A database has no comment: it is takk's if one of its users is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use takk_model::error::{Error, Result};

use super::super::conflict::check_foreign;
use super::super::mark;
use super::admin::{MongoAdmin, failed, list};
use super::steps::{FIELD, MECHANISM, Terms, User};
use crate::ledger::Entry;
use crate::login::{MONGO_ADMIN, MongoError, MongoSession};
use takk_model::counted::counted;

/// How many collections are counted.
const MOST_COLLECTIONS: u32 = 10_000;

/// A user.
pub(super) struct Account {
    mark: String,
    /// Its roles: a name, and the database that it is for.
    roles: BTreeSet<(String, String)>,
    has_mechanism: bool,
}

/// What is there.
pub(super) struct Found {
    pub users: BTreeMap<String, Account>,
    /// How many collections the database has, and views.
    pub collections: usize,
    mark: String,
}

impl Found {
    /// Looks for it.
    pub(super) fn read(session: &mut MongoSession, admin: &MongoAdmin, entry: &Entry, terms: &Terms) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(session, terms).map_err(|error| failed(&doing, &error))
    }

    fn ask(session: &mut MongoSession, terms: &Terms) -> Result<Self, MongoError> {
        let names: Vec<Value> = terms.users.iter().map(|user| json!({ "user": user.name, "db": MONGO_ADMIN })).collect();
        let listed = session.run(MONGO_ADMIN, &json!({ "usersInfo": names }), &[])?;
        let users = list(&listed["users"]).iter().map(|user| (text(&user["user"]), Account::of(user))).collect();
        let listed = session.run(
            &terms.database,
            &json!({ "listCollections": 1, "nameOnly": true, "cursor": { "batchSize": MOST_COLLECTIONS } }),
            &[],
        )?;
        let names = list(&listed["cursor"]["firstBatch"]).iter().map(|one| text(&one["name"]));
        let collections = names.filter(|name| !name.starts_with("system.")).count();
        Ok(Self { users, collections, mark: terms.mark.clone() })
    }

    fn is_ours(&self, account: &Account) -> bool {
        account.mark == self.mark
    }

    /// Whether all of it is there, and its users have the roles that they should have.
    pub(super) fn is_whole(&self, terms: &Terms) -> bool {
        terms.users.iter().all(|user| {
            let account = self.users.get(&user.name).filter(|account| self.is_ours(account) && account.has_mechanism);
            account.is_some_and(|account| account.roles == expected(user, terms))
        })
    }

    /// Stops where something of somebody else has one of the names, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, entry: &Entry, terms: &Terms, adopts: bool) -> Result<()> {
        let key = entry.key();
        let is_elsewhere = |account: &Account| account.roles.iter().any(|(_, database)| *database != terms.database);
        let elsewhere = |(_, account): &(&String, &Account)| !self.is_ours(account) && is_elsewhere(account);
        if let Some((name, _)) = self.users.iter().find(elsewhere) {
            return Err(Error::usage(format!(
                "{key}: the user {name} exists, and has roles in other databases: takk does not take it over"
            ))
            .hint("rename it, or give the project another name"));
        }
        check_foreign(&key, self.foreign(entry, terms), adopts)
    }

    /// What belongs to somebody else.
    pub(super) fn foreign(&self, entry: &Entry, terms: &Terms) -> Vec<String> {
        let theirs = self.users.iter().filter(|(_, account)| !self.is_ours(account));
        let mut facts: Vec<String> =
            theirs.map(|(name, account)| mark::whose(&format!("the user {name}"), &account.mark, entry)).collect();
        if self.collections > 0 && !self.users.values().any(|account| self.is_ours(account)) {
            let count = self.collections;
            facts.push(format!("takk did not create the database {}; it has {}", terms.database, counted(count, "collection")));
        }
        facts
    }
}

impl Account {
    fn of(user: &Value) -> Self {
        Self {
            mark: text(&user["customData"][FIELD]),
            roles: list(&user["roles"]).iter().map(|role| (text(&role["role"]), text(&role["db"]))).collect(),
            has_mechanism: list(&user["mechanisms"]).iter().any(|mechanism| mechanism == MECHANISM),
        }
    }
}

/// The roles that a user should have.
fn expected(user: &User, terms: &Terms) -> BTreeSet<(String, String)> {
    user.roles.iter().map(|role| ((*role).to_owned(), terms.database.clone())).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
