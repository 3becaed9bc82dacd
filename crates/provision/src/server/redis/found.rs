//! What already has the names that a resource needs, and whose it is.
//!
//! Neither users nor keys have comments: a key outside of the prefix says whose they are. A user is also takk's if the server checks its
//! password with the hash of the one in the ledger, which nobody else knows: a server that keeps nothing on its disk loses the key.

use takk_model::counted::counted;
use takk_model::error::{Error, Result};

use super::super::conflict::check_foreign;
use super::super::mark;
use super::admin::{RedisAdmin, failed};
use super::keys::count;
use super::rules::Terms;
use super::session::{Reply, Session, SessionError};
use crate::ledger::Entry;

/// How many keys of somebody else are counted.
const MOST: usize = 10_000;

/// What is there.
pub(super) struct Found {
    /// What the key says that marks it.
    mark: Option<String>,
    pub has_user: bool,
    /// What belongs to somebody else, in words.
    foreign: Vec<String>,
}

impl Found {
    /// Looks for it.
    pub(super) fn read(session: &mut Session, admin: &RedisAdmin, entry: &Entry, terms: &Terms) -> Result<Self> {
        let doing = format!("{}: cannot look at {}", entry.key(), admin.address.shown);
        Self::ask(session, entry, terms).map_err(|error| failed(&doing, &error))
    }

    fn ask(session: &mut Session, entry: &Entry, terms: &Terms) -> Result<Self, SessionError> {
        let said = session.ask(&["GET", &terms.mark_key])?;
        let mark = Some(said.text().to_owned()).filter(|text| !text.is_empty());
        let user = session.ask(&["ACL", "GETUSER", &terms.user])?;
        let has_user = !user.list().is_empty();
        let knows = user.list().iter().flat_map(Reply::list).any(|hash| hash.text() == terms.hash);
        let mut foreign = Vec::new();
        match &mark {
            Some(mark) if *mark == terms.mark => {}
            Some(other) => foreign.push(match mark::read(other) {
                Some(mark) => format!("takk created the user {} {}", terms.user, mark.whose(entry)),
                None => format!("the key {} says so", terms.mark_key),
            }),
            None if knows => {}
            None => {
                if has_user {
                    foreign.push(format!("takk did not create the user {}", terms.user));
                }
                let keys = count(session, &terms.prefix, MOST)?;
                if keys > 0 {
                    let more = if keys >= MOST { "more than " } else { "" };
                    foreign.push(format!("the prefix {} is used by {more}{}", terms.prefix, counted(keys, "key")));
                }
            }
        }
        Ok(Self { mark, has_user, foreign })
    }

    /// Stops where something of somebody else has one of the names, unless it is to be taken over.
    pub(super) fn refuse_foreign(&self, entry: &Entry, adopts: bool) -> Result<()> {
        check_foreign(&entry.key(), self.foreign.clone(), adopts)
    }

    /// Whether it exists, and nothing of it belongs to somebody else.
    pub(super) fn is_ours(&self) -> bool {
        self.has_user && self.foreign.is_empty()
    }

    /// What was given away or taken since is not removed.
    pub(super) fn refuse_removal(&self, entry: &Entry) -> Result<()> {
        // Keys whose mark and user are gone were the program's.
        if self.foreign.is_empty() || (self.mark.is_none() && !self.has_user) {
            return Ok(());
        }
        let error = Error::usage(format!("{}: not all of it is marked as takk's, so takk removes nothing", entry.key()));
        let error = self.foreign.iter().cloned().fold(error, Error::about);
        Err(error.hint("to take it over first: takk provision --adopt"))
    }
}
