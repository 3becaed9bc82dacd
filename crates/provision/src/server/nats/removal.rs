//! The end of an account: its sessions, its streams, and then itself. What is missing is skipped, so that a removal that was interrupted can
//! be repeated.

use serde_json::{Value, json};
use takk_model::error::{Error, Result};

use super::admin::{NatsAdmin, failed, refusal};
use super::claims::Terms;
use super::found::Found;
use super::nkey::Key;
use super::session::{Session, SessionError};
use super::update;
use crate::ledger::Entry;

/// How often to look for streams that are still there: a response has the names of up to 1024.
const ATTEMPTS: usize = 100;
const AGAIN: &str = "run the command again";

pub(super) fn remove(admin: &NatsAdmin, entry: &Entry) -> Result<()> {
    let terms = Terms::of(entry)?;
    let mut session = admin.open()?;
    let found = Found::read(&mut session, admin, entry, &terms)?;
    found.refuse_removal(entry, &terms)?;
    let Some(own) = &found.own else { return Ok(()) };
    // From here on, nobody logs in any more.
    let claims = terms.revoking(own, session.has_jetstream);
    update(admin, &mut session, entry, &terms.dated(claims, Some(own)))?;
    if session.has_jetstream {
        // A server keeps them on its disk when the account is gone.
        let doing = format!("{}: cannot remove its streams", entry.key());
        let (key, jwt) = terms.remover(entry, own)?;
        let is_empty = delete_streams(admin, &jwt, &key).map_err(|error| failed(&doing, &error))?;
        if !is_empty {
            return Err(Error::system(format!("{doing}: new ones appear")).hint(AGAIN));
        }
    }
    let doing = format!("{}: cannot remove its account from the server", entry.key());
    let said = admin.delete(&mut session, &[&terms.account]).map_err(|error| failed(&doing, &error))?;
    match refusal(&said) {
        Some(said) => Err(Error::usage(format!("{doing}: {said}")).hint(AGAIN)),
        None => Ok(()),
    }
}

/// Deletes the streams of an account, as one of its users. Returns whether there are none left.
fn delete_streams(admin: &NatsAdmin, jwt: &str, key: &Key) -> Result<bool, SessionError> {
    let mut session = Session::open(&admin.address.place, jwt, key)?;
    for _ in 0..ATTEMPTS {
        let names = streams(&mut session)?;
        if names.is_empty() {
            return Ok(true);
        }
        let subjects: Vec<String> = names.iter().map(|name| format!("$JS.API.STREAM.DELETE.{name}")).collect();
        session.ask_all(&subjects, b"")?;
    }
    Ok(false)
}

/// The names of some streams; empty if there are none, or the account may have none.
fn streams(session: &mut Session) -> Result<Vec<String>, SessionError> {
    match session.ask_json("$JS.API.STREAM.NAMES", json!({ "offset": 0 }).to_string().as_bytes()) {
        Ok(said) => {
            let names = said["streams"].as_array().map(Vec::as_slice).unwrap_or_default();
            Ok(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Err(SessionError::NoResponders(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
