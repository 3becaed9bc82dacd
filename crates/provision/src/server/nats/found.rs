//! What already has the name that a resource needs, and whose it is.
//!
//! A server knows accounts by their keys, and their names are in their JWTs. So takk reads the JWT of every account, and an account that has
//! the name is looked at.

use serde_json::Value;
use takk_model::error::{Error, Result};

use super::super::mark;
use super::admin::{NatsAdmin, failed};
use super::claims::{Terms, text};
use super::jwt::claims;
use super::session::{Session, SessionError};
use crate::ledger::Entry;

/// The subject that lists accounts.
pub(super) const LIST: &str = "$SYS.REQ.CLAIMS.LIST";

/// What is there.
pub(super) struct Found {
    /// The claims of the account of the entry.
    pub own: Option<Value>,
    /// Those of accounts with its name, if it has none.
    others: Vec<Value>,
}

/// The subject on which the JWT of an account is asked for.
pub(super) fn lookup(account: &str) -> String {
    format!("$SYS.REQ.ACCOUNT.{account}.CLAIMS.LOOKUP")
}

/// The public keys of all accounts.
pub(super) fn accounts(session: &mut Session) -> Result<Vec<String>, SessionError> {
    let said = session.ask_json(LIST, b"")?;
    let keys =
        said["data"].as_array().ok_or_else(|| SessionError::OtherServer(format!("its answer to {LIST} has no accounts")))?;
    // What is not a key could be a subject with wildcards.
    let is_key = |key: &&str| key.len() == 56 && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    Ok(keys.iter().filter_map(Value::as_str).filter(is_key).map(str::to_owned).collect())
}

impl Found {
    /// Looks for it.
    pub(super) fn read(session: &mut Session, admin: &NatsAdmin, entry: &Entry, terms: &Terms) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(session, terms).map_err(|error| failed(&doing, &error))
    }

    fn ask(session: &mut Session, terms: &Terms) -> Result<Self, SessionError> {
        // A server answers with nothing for what it does not have.
        if let Some(own) = claims_of(&session.ask(&lookup(&terms.account), b"")?) {
            return Ok(Self { own: Some(own), others: Vec::new() });
        }
        let subjects: Vec<String> = accounts(session)?.iter().map(|account| lookup(account)).collect();
        let all = session.ask_all(&subjects, b"")?;
        let has_name = |claims: &Value| claims["name"] == terms.name.as_str();
        Ok(Self { own: None, others: all.iter().filter_map(|jwt| claims_of(jwt)).filter(has_name).collect() })
    }

    /// Whether the account is marked as that of the entry.
    fn is_marked(&self, terms: &Terms) -> bool {
        text(self.own.as_ref(), "description") == terms.mark
    }

    /// What belongs to somebody else.
    fn foreign(&self, terms: &Terms) -> Vec<&Value> {
        match &self.own {
            Some(own) if !self.is_marked(terms) => vec![own],
            Some(_) => Vec::new(),
            None => self.others.iter().collect(),
        }
    }

    /// Stops where something of somebody else has the name, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, admin: &NatsAdmin, entry: &Entry, terms: &Terms, adopts: bool) -> Result<()> {
        let foreign = self.foreign(terms);
        if foreign.is_empty() {
            return Ok(());
        }
        let key = entry.key();
        let about = |error| foreign.iter().fold(error, |error: Error, claims| error.about(whose(claims, entry)));
        let rename = "rename what is there, or give the project another name";
        if foreign.iter().any(|claims| claims["sub"] == admin.address.account.as_str()) {
            return Err(about(Error::usage(format!("{key}: the system account has its name, and takk never takes that over")))
                .hint(rename));
        }
        if !adopts {
            let error = Error::usage(format!("{key}: its name is in use on the server"));
            return Err(about(error).hint(format!("to take the account over: --adopt; else {rename}")));
        }
        if foreign.len() > 1 {
            let error = Error::usage(format!("{key}: several accounts have its name, and takk can take over only one"));
            return Err(about(error).hint(rename));
        }
        Ok(())
    }

    /// The account of somebody else that is taken over.
    pub(super) fn adopted(&self, terms: &Terms) -> Option<&Value> {
        self.foreign(terms).into_iter().next()
    }

    /// What was given away or taken since is not removed.
    pub(super) fn refuse_removal(&self, entry: &Entry, terms: &Terms) -> Result<()> {
        match &self.own {
            Some(own) if !self.is_marked(terms) => {
                let error =
                    Error::usage(format!("{}: its account is not marked as takk's, so takk removes nothing", entry.key()));
                Err(error.about(whose(own, entry)).hint("to take it over first: takk provision --adopt"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the account is as it is to be.
    pub(super) fn is_whole(&self, terms: &Terms, has_jetstream: bool) -> bool {
        let Some(own) = &self.own else { return false };
        self.is_marked(terms) && *own == terms.account_claims(Some(own), has_jetstream)
    }
}

fn claims_of(jwt: &[u8]) -> Option<Value> {
    claims(std::str::from_utf8(jwt).ok()?)
}

/// Whose an account is, for people.
fn whose(claims: &Value, entry: &Entry) -> String {
    let name = claims["name"].as_str().unwrap_or_default();
    let account = format!("the account {name} ({})", claims["sub"].as_str().unwrap_or_default());
    mark::whose(&crate::login::cleaned(account.as_bytes(), &[]), text(Some(claims), "description"), entry)
}
