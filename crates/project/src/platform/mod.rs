//! Where the values of a project are stored: on this machine, or on a server. The verbs use a [`Platform`] and do not know which it is.

pub mod address;
mod embedded;
mod explained;
pub mod link;
mod own_store;
mod place;
pub mod private_table;
mod provisioning;
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
pub use self::provisioning::{
    Checked, CheckedFacts, Event, Listed, Outcome, Provisioning, Seen, Sessions, Statements, ToCreate,
};
pub use self::stored::{Allowed, Freshness, Location, Named, PushResult, Snapshot, StoredEnvironment, held, holdings};
use takk_model::error::{Error, Result};
use takk_model::{Declaration, Held};
use takk_vault::{AdminRow, Entry, LedgerChange, LedgerRow, SecretValue, Update};

/// Access to the values of one project.
pub trait Platform {
    /// The URL of the server; `None` for the store of this machine.
    fn server(&self) -> Option<&str>;

    /// Checks whether it can be used, and says where it is.
    fn locate(&mut self) -> Result<Location>;

    /// Discards what is known: a store may have a new master key, or be replaced.
    fn refresh(&mut self);

    /// The environments by name, without values.
    fn environments(&mut self) -> Result<Vec<StoredEnvironment>>;

    /// The current version of every name, including unset ones; empty if the environment does not exist.
    fn entries(&mut self, environment: &str) -> Result<Vec<Entry>>;

    /// All values that are set in an environment; empty if it does not exist.
    fn snapshot(&mut self, environment: &str) -> Result<Snapshot>;

    /// The same for a command to run, with its freshness: from earlier reads if `allowed`.
    fn snapshot_for_run(&mut self, environment: &str, _allowed: Allowed) -> Result<(Snapshot, Freshness)> {
        Ok((self.snapshot(environment)?, Freshness::Current))
    }

    /// The revision of an environment; `None` if it does not exist.
    fn revision(&mut self, environment: &str) -> Result<Option<i64>>;

    /// The current value of a name.
    fn value(&mut self, environment: &str, name: &str) -> Result<Option<SecretValue>>;

    /// All versions of a name, newest first.
    fn history(&mut self, environment: &str, name: &str) -> Result<Vec<Entry>>;

    /// The value of a version of a name; `None` if it was unset.
    fn version(&mut self, environment: &str, name: &str, version: i64) -> Result<Option<SecretValue>>;

    /// Changes values in one transaction, creating the environment if necessary. Returns the new versions.
    fn update(&mut self, environment: &str, updates: &[Update]) -> Result<Vec<i64>>;

    /// Creates an environment with an expiry and its first values in one transaction. Returns whether it was new.
    fn create(&mut self, environment: &str, expires_at: Option<i64>, updates: &[Update]) -> Result<bool>;

    /// Destroys the key of an environment, and then everything in it.
    fn forget(&mut self, environment: &str) -> Result<()>;

    /// Declares what the code needs in an environment, which is created if necessary. The store of this machine does not need to know,
    /// since the code is on the same machine.
    fn declare(&mut self, _environment: &str, _declaration: &Declaration) -> Result<PushResult> {
        Ok(PushResult::Nobody)
    }

    /// The server, if it creates and removes resources itself: then this process has no ledger.
    fn provisioning(&mut self) -> Option<&mut dyn Provisioning> {
        None
    }

    /// The ledger of an environment: what takk created for it, with the credentials.
    fn ledger(&mut self, _environment: &str) -> Result<Vec<LedgerRow>> {
        Ok(Vec::new())
    }

    /// Changes an entry of the ledger and values in one transaction. Returns the new versions of the entry and the values.
    fn change_ledger(&mut self, _environment: &str, _change: &LedgerChange<'_>) -> Result<(i64, Vec<i64>)> {
        Err(Error::internal("the server keeps the ledger"))
    }

    /// The admin addresses of an environment, with their passwords.
    fn admin_addresses(&mut self, _environment: &str) -> Result<Vec<AdminRow>> {
        Ok(Vec::new())
    }

    /// Stores the admin address of a kind of server; `None` removes it.
    fn set_admin_address(&mut self, _environment: &str, _kind: &str, _address: Option<&SecretValue>) -> Result<()> {
        Err(Error::internal("the server keeps the admin addresses"))
    }

    /// The identifier of the store, and the name of the project in it, which label everything that takk creates.
    fn owner(&mut self) -> Result<(String, String)> {
        Err(Error::internal("the server keeps the ledger"))
    }

    /// What an environment holds; empty if it does not exist.
    fn held(&mut self, environment: &str) -> Result<Vec<Held>> {
        Ok(self.entries(environment)?.into_iter().filter_map(stored::held).collect())
    }

    /// The version of every name, including unset ones.
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
