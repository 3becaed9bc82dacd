//! What is to be there: the claims of an account and of its user.

use serde_json::{Value, json};
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::super::{FULL, TEMPORARY};
use super::jwt::signed;
use super::nkey::{Key, Role, seed};
use crate::ledger::Entry;

/// Names of credentials of an entry.
pub(super) const ACCOUNT: &str = "account";
pub(super) const CREDS: &str = "creds";
const NAME: &str = "name";
const ACCOUNT_SEED: &str = "account_seed";
const SIGNING_SEED: &str = "signing_seed";
const USER_SEED: &str = "user_seed";
/// How many random characters a seed is made from.
pub(super) const RANDOM: usize = 64;
/// The maximum number of connections of an account, below the level `full`.
const CONNECTIONS: i64 = 100;
/// What a user may not do in its account: look at the sessions of others.
const DENIED: [&str; 2] = ["$SYS.REQ.ACCOUNT.>", "$SYS.REQ.SERVER.>"];

/// The keys of a resource.
pub(super) struct Terms {
    pub name: String,
    /// The public key of the account, which is what NATS calls an account by.
    pub account: String,
    /// Whether the account was somebody else's before it was adopted.
    pub is_adopted: bool,
    /// With which its users are signed.
    pub signing: Key,
    pub user: Key,
    pub mark: String,
    is_full: bool,
    /// When the credentials were made, and until when they are valid, in seconds since 1970.
    issued: i64,
    until: Option<i64>,
}

/// Makes up the keys of a new entry.
pub(super) fn make_up(entry: &mut Entry, name: &str, mut random: impl FnMut(usize) -> Result<Zeroizing<String>>) -> Result<()> {
    for (key, role) in [(ACCOUNT_SEED, Role::Account), (SIGNING_SEED, Role::Account), (USER_SEED, Role::User)] {
        entry.credentials.insert(key.to_owned(), seed(role, &random(RANDOM)?));
    }
    let account = own_account(entry)?;
    let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
    set(ACCOUNT, account);
    set(NAME, name.to_owned());
    write_creds(entry)
}

/// Writes the credentials that programs get: the JWT of the user, and its key.
pub(super) fn write_creds(entry: &mut Entry) -> Result<()> {
    let terms = Terms::of(entry)?;
    let seed = credential(entry, USER_SEED)?;
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n",
        terms.user_jwt()
    );
    entry.credentials.insert(CREDS.to_owned(), Zeroizing::new(text));
    Ok(())
}

/// The account of an entry's own key.
fn own_account(entry: &Entry) -> Result<String> {
    Ok(key(entry, ACCOUNT_SEED, Role::Account)?.public())
}

pub(super) fn credential<'e>(entry: &'e Entry, name: &str) -> Result<&'e str> {
    let value = entry.credentials.get(name).map(|value| value.as_str());
    value.ok_or_else(|| Error::internal(format!("the ledger has no {name} of {}", entry.key())))
}

fn key(entry: &Entry, name: &str, role: Role) -> Result<Key> {
    let key = Key::parse(credential(entry, name)?, role);
    key.ok_or_else(|| Error::internal(format!("the {name} of {} in the ledger is none", entry.key())))
}

impl Terms {
    pub(super) fn of(entry: &Entry) -> Result<Self> {
        let account = credential(entry, ACCOUNT)?.to_owned();
        Ok(Self {
            name: credential(entry, NAME)?.to_owned(),
            is_adopted: account != own_account(entry)?,
            account,
            signing: key(entry, SIGNING_SEED, Role::Account)?,
            user: key(entry, USER_SEED, Role::User)?,
            mark: entry.mark.clone().unwrap_or_default(),
            is_full: entry.level == FULL,
            issued: entry.reserved_at / 1000,
            until: entry.ends_at.filter(|_| entry.level == TEMPORARY).map(|until| until / 1000),
        })
    }

    /// The JWT with which the program logs in.
    pub(super) fn user_jwt(&self) -> String {
        let mut claims = self.of_user(&self.user, "1");
        claims["nats"]["pub"] = json!({ "deny": DENIED });
        if let Some(until) = self.until {
            claims["exp"] = until.into();
        }
        signed(claims, &self.signing)
    }

    /// A user of the account for a removal, and its JWT, which is younger than what revokes all users of before.
    pub(super) fn remover(&self, entry: &Entry, found: &Value) -> Result<(Key, String)> {
        let seed = seed(Role::User, &format!("remover {}", credential(entry, SIGNING_SEED)?));
        let key = Key::parse(&seed, Role::User).ok_or_else(|| Error::internal("a new key is none"))?;
        let mut claims = self.of_user(&key, "remover");
        let revoked = found["nats"]["revocations"]["*"].as_i64().unwrap_or_default();
        claims["iat"] = self.issued.max(revoked.saturating_add(1)).into();
        Ok((key, signed(claims, &self.signing)))
    }

    fn of_user(&self, user: &Key, suffix: &str) -> Value {
        json!({
            "sub": user.public(), "name": format!("{}_{suffix}", self.name), "iat": self.issued,
            "nats": {
                "type": "user", "version": 2, "issuer_account": self.account, "subs": -1, "data": -1, "payload": -1,
                "pub": {}, "sub": {},
            },
        })
    }

    /// The claims of the account, changed from those that it has. Of an adopted one, what its owner has set stays.
    pub(super) fn account_claims(&self, found: Option<&Value>, has_jetstream: bool) -> Value {
        let mut claims =
            found.cloned().unwrap_or_else(|| json!({ "sub": self.account, "nats": { "type": "account", "version": 2 } }));
        let signing = self.signing.public();
        let nats = &mut claims["nats"];
        nats["description"] = self.mark.clone().into();
        if !self.is_adopted {
            let jetstream = has_jetstream || nats["limits"]["disk_storage"] == -1;
            nats["limits"] = self.limits(jetstream);
            nats["signing_keys"] = json!([signing]);
        } else if !signing_keys(nats).contains(&signing) {
            // What another takk signs with is its own no longer.
            let mut keys = if super::super::mark::read(text(found, "description")).is_some() { Vec::new() } else { all(nats) };
            keys.push(signing.into());
            nats["signing_keys"] = keys.into();
        }
        let revoked = |user: &str| self.is_adopted && user != self.user.public();
        if let Some(nats) = nats.as_object_mut()
            && let Some(mut users) = nats.remove("revocations").as_mut().and_then(Value::as_object_mut).map(std::mem::take)
        {
            // An account of takk has no other user that could be revoked.
            users.retain(|user, _| revoked(user));
            if !users.is_empty() {
                nats.insert("revocations".to_owned(), users.into());
            }
        }
        if !self.is_adopted {
            claims["name"] = self.name.clone().into();
        }
        claims
    }

    /// The same claims, after which the sessions of the user have ended.
    pub(super) fn revoking(&self, found: &Value, has_jetstream: bool) -> Value {
        let mut claims = self.account_claims(Some(found), has_jetstream);
        claims["nats"]["revocations"][self.user.public()] = self.issued.into();
        claims
    }

    /// Dates claims: a server only replaces a JWT with one that is not older.
    pub(super) fn dated(&self, mut claims: Value, found: Option<&Value>) -> Value {
        let before = found.and_then(|found| found["iat"].as_i64()).map_or(0, |issued| issued.saturating_add(1));
        claims["iat"] = self.issued.max(before).into();
        claims
    }

    fn limits(&self, has_jetstream: bool) -> Value {
        let storage = if has_jetstream { -1 } else { 0 };
        json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
            "conn": if self.is_full { -1 } else { CONNECTIONS }, "leaf": 0, "disallow_bearer": true,
            "mem_storage": storage, "disk_storage": storage, "streams": storage, "consumer": storage,
        })
    }
}

/// A text in the claims of an account.
pub(super) fn text<'c>(claims: Option<&'c Value>, name: &str) -> &'c str {
    claims.and_then(|claims| claims["nats"][name].as_str()).unwrap_or_default()
}

fn all(nats: &Value) -> Vec<Value> {
    nats["signing_keys"].as_array().cloned().unwrap_or_default()
}

/// The public keys with which users of an account are signed. One with a scope is an object.
fn signing_keys(nats: &Value) -> Vec<String> {
    let name = |key: &Value| key.as_str().or(key["key"].as_str()).map(str::to_owned);
    all(nats).iter().filter_map(name).collect()
}
