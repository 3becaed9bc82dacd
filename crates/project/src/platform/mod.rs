//! Where the values of a project are stored: on this machine, or on a server. The verbs use a [`Platform`] and do not know which it is.

pub mod address;
mod embedded;
mod explained;
pub mod link;
mod own_store;
mod place;
pub mod private_table;
mod stored;

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

pub use self::address::Address;
pub use self::embedded::{Embedded, stored_under};
pub use self::explained::{explained, explained_of_database};
pub use self::link::{ByToken, Checkout, Decision, Link, NewProject, OwnProject, Question, ServerProject};
pub use self::own_store::{
    FILE, directory, existing_file, existing_store, made_store, make_directory, unlocked, unlocked_database, with_key_places,
};
pub use self::stored::{Allowed, Freshness, Location, Named, PushResult, Snapshot, StoredEnvironment, held, holdings};
use takk_model::error::{Error, Result};
use takk_model::{Declaration, Held};
use takk_vault::{AdminRow, Entry, LedgerChange, LedgerRow, SecretValue, Update};

/// The values of one project.
pub trait Platform {
    /// The address of the server that keeps them; `None` if that is the store of this machine.
    fn server(&self) -> Option<&str>;

    /// Finds out whether it can be used, and where it is.
    fn locate(&mut self) -> Result<Location>;

    /// Looks at what is there now: a store may have got another master key, or be another file.
    fn refresh(&mut self);

    /// The environments that are there, by name; no value is looked at.
    fn environments(&mut self) -> Result<Vec<StoredEnvironment>>;

    /// The current version of every name, those that were unset included; nothing if the environment is not there.
    fn entries(&mut self, environment: &str) -> Result<Vec<Entry>>;

    /// Everything that is set in an environment, with the values; nothing if it is not there.
    fn snapshot(&mut self, environment: &str) -> Result<Snapshot>;

    /// The same for a command that is to run, and how fresh it is: from what was read earlier, where that is `allowed`.
    fn snapshot_for_run(&mut self, environment: &str, _allowed: Allowed) -> Result<(Snapshot, Freshness)> {
        Ok((self.snapshot(environment)?, Freshness::Current))
    }

    /// How often an environment was changed; `None` if it is not there.
    fn revision(&mut self, environment: &str) -> Result<Option<i64>>;

    /// The current value of a name.
    fn value(&mut self, environment: &str, name: &str) -> Result<Option<SecretValue>>;

    /// All versions of a name, the newest first.
    fn history(&mut self, environment: &str, name: &str) -> Result<Vec<Entry>>;

    /// The value that a name had in a version; `None` if it was unset there.
    fn version(&mut self, environment: &str, name: &str, version: i64) -> Result<Option<SecretValue>>;

    /// Changes values, all of them or none; an environment that is not there is made. Gives the new versions.
    fn update(&mut self, environment: &str, updates: &[Update]) -> Result<Vec<i64>>;

    /// Makes an environment with a moment at which its time is over and its first values, in one change. Whether it was new.
    fn create(&mut self, environment: &str, expires_at: Option<i64>, updates: &[Update]) -> Result<bool>;

    /// Destroys the key of an environment, and then everything in it.
    fn forget(&mut self, environment: &str) -> Result<()>;

    /// Tells a server what the code needs in an environment, which is made if it is not there. The store of this machine is told
    /// nothing: where it is, the code is.
    fn declare(&mut self, _environment: &str, _declaration: &Declaration) -> Result<PushResult> {
        Ok(PushResult::Nobody)
    }

    /// The ledger of an environment: what takk created for it on this machine. A server keeps none.
    fn ledger(&mut self, _environment: &str) -> Result<Vec<LedgerRow>> {
        Ok(Vec::new())
    }

    /// Changes an entry of the ledger together with values, all or nothing. Gives its new version, and those of the values.
    fn change_ledger(&mut self, _environment: &str, _change: &LedgerChange<'_>) -> Result<(i64, Vec<i64>)> {
        Err(Error::internal("a server keeps no ledger"))
    }

    /// The admin addresses of an environment. A server keeps none.
    fn admin_addresses(&mut self, _environment: &str) -> Result<Vec<AdminRow>> {
        Ok(Vec::new())
    }

    /// Stores the admin address of a kind of server; `None` removes it.
    fn set_admin_address(&mut self, _environment: &str, _kind: &str, _address: Option<&SecretValue>) -> Result<()> {
        Err(Error::internal("a server keeps no admin addresses"))
    }

    /// The identifier of the store, and the name of the project in it, with which what is created is labelled.
    fn owner(&mut self) -> Result<(String, String)> {
        Err(Error::internal("a server keeps no ledger"))
    }

    /// What an environment holds; nothing if it is not there.
    fn held(&mut self, environment: &str) -> Result<Vec<Held>> {
        Ok(self.entries(environment)?.into_iter().filter_map(stored::held).collect())
    }

    /// The version of every name, also of those that were unset.
    fn versions(&mut self, environment: &str) -> Result<HashMap<String, i64>> {
        Ok(self.entries(environment)?.into_iter().map(|entry| (entry.name, entry.version)).collect())
    }

    /// The values of an environment by name.
    fn values(&mut self, environment: &str) -> Result<Named> {
        Ok(self.snapshot(environment)?.values)
    }
}

/// Milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
