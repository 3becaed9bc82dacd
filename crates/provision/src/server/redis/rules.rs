//! The rules of a user, and the commands of each step.

use ring::digest::{SHA256, digest};
use takk_model::error::{Error, Result};

use super::admin::SEVEN;
use crate::ledger::Entry;
use crate::name::hexadecimal;

/// What is shown in the place of a hash.
const MASKED: &str = "#...";

/// What is to be there.
pub(super) struct Terms {
    pub user: String,
    /// What the server checks the password with.
    pub hash: String,
    /// What the names of its keys and channels begin with.
    pub prefix: String,
    /// The key that says whose it is. The user has no right to it.
    pub mark_key: String,
    pub mark: String,
}

impl Terms {
    pub(super) fn of(entry: &Entry) -> Result<Self> {
        let credential = |name: &str| {
            let value = entry.credentials.get(name);
            value.ok_or_else(|| Error::internal(format!("the ledger has no {name} of {}", entry.key())))
        };
        let user = credential("username")?.to_string();
        let hash = hexadecimal(digest(&SHA256, credential("password")?.as_bytes()).as_ref());
        let (prefix, mark_key) = (format!("{user}:"), format!("takk:owner:{user}"));
        Ok(Self { user, hash, prefix, mark_key, mark: entry.mark.clone().unwrap_or_default() })
    }

    /// The command that marks it.
    pub(super) fn marking(&self) -> [&str; 3] {
        ["SET", &self.mark_key, &self.mark]
    }

    /// The command that creates the user, or sets it to what is stored, in one go. The password is sent as its hash, so that no log, and no
    /// `MONITOR`, ever shows it.
    pub(super) fn setting(&self, major: u32, hides_hash: bool) -> Vec<String> {
        let hash = if hides_hash { MASKED.to_owned() } else { format!("#{}", self.hash) };
        let mut words: Vec<String> = ["ACL", "SETUSER", &self.user, "reset", "on"].map(str::to_owned).into();
        words.extend([hash, format!("~{}*", self.prefix), format!("&{}*", self.prefix)]);
        words.extend(commands(major).iter().map(|rule| (*rule).to_owned()));
        words
    }
}

/// What the user may run: everything that works on its own keys, and what clients ask as they connect. `SORT` reads any key in Redis 6;
/// functions are those of all users.
fn commands(major: u32) -> &'static [&'static str] {
    if major < SEVEN {
        &["+@all", "-@admin", "-@dangerous", "+info"]
    } else {
        &["+@all", "-@admin", "-@dangerous", "-function", "+info", "+sort", "+sort_ro"]
    }
}
