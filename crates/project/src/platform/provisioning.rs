//! What a server creates, shows and removes itself, for the checkouts that are linked to it; and how both it and this machine report that.

use std::collections::BTreeMap;

use takk_model::error::{Error, Result};
use takk_model::{Declaration, EnvironmentName};
use takk_provision::server::Facts;
use takk_provision::{Entry, Phase, Status};
use takk_vault::SecretValue;

/// Progress to show.
pub enum Event<'e> {
    Phase {
        key: &'e str,
        phase: Phase,
    },
    Note {
        key: &'e str,
        text: &'e str,
    },
    /// It accepted a login, and its variables are set.
    Ready {
        key: &'e str,
        entry: &'e Entry,
        milliseconds: u64,
    },
    Failed {
        key: &'e str,
        error: &'e Error,
    },
    /// The user interrupted takk before it was ready.
    Interrupted {
        key: &'e str,
    },
}

/// The result.
pub struct Outcome {
    /// The live resources by key, with whether this run created or started them.
    pub live: Vec<(String, bool)>,
    pub failed: Vec<(String, Error)>,
    /// The variables for which values were generated.
    pub generated: Vec<String>,
}

/// The statements that would run for a resource.
pub struct Statements {
    pub key: String,
    pub lines: Vec<String>,
    /// The variables that it would set.
    pub variables: Vec<String>,
}

/// A resource of the ledger, and the current state of its server.
pub struct Seen {
    pub key: String,
    pub entry: Entry,
    /// The status of its server, or why it is not known.
    pub status: Result<Status, String>,
    /// Why it rejects a login, if that was checked and it does.
    pub refusal: Option<String>,
}

impl Seen {
    /// Whether the program can use it.
    pub fn is_ready(&self) -> bool {
        self.status == Ok(Status::Running) && self.refusal.is_none()
    }
}

/// An admin address that was checked.
pub struct Checked {
    pub kind: String,
    pub environment: EnvironmentName,
    /// The address without its password.
    pub shown: String,
    pub facts: CheckedFacts,
}

/// What a server said about itself and the login.
pub struct CheckedFacts {
    /// `PostgreSQL`
    pub product: String,
    /// `17.10`
    pub version: String,
    pub user: String,
    /// It may do more than takk needs: who it is, and what would be enough.
    pub too_wide: Option<String>,
    pub is_encrypted: bool,
    /// What it holds: `database`.
    pub noun: String,
    /// How many of these are there, by owner.
    pub holdings: BTreeMap<String, usize>,
    /// Those that every login may use.
    pub open_to_all: Vec<String>,
    /// How their owners can change that.
    pub open_hint: String,
}

impl From<Facts> for CheckedFacts {
    fn from(facts: Facts) -> Self {
        Self {
            product: facts.product.to_owned(),
            version: facts.version,
            user: facts.user,
            too_wide: facts.too_wide,
            is_encrypted: facts.is_encrypted,
            noun: facts.noun.to_owned(),
            holdings: facts.holdings,
            open_to_all: facts.open_to_all,
            open_hint: facts.open_hint.to_owned(),
        }
    }
}

/// An admin address that is stored.
pub struct Listed {
    pub kind: String,
    /// The address without its password.
    pub shown: String,
    pub version: i64,
    pub author: String,
    /// When it was stored, in milliseconds since 1970.
    pub written_at: i64,
}

/// What to create on servers that exist.
#[derive(Clone, Copy)]
pub struct ToCreate<'t> {
    /// Only these resources, as `kind/name` or `kind`; if empty, all that the environment lacks.
    pub resources: &'t [String],
    /// Whether to take over what has the names, and to replace values of the named resources that a person set.
    pub adopt: bool,
    /// The environment with whose data new databases begin.
    pub from: Option<&'t str>,
    /// Whether the user has interrupted takk.
    pub is_cancelled: &'t dyn Fn() -> bool,
}

/// A server that provisions. It knows the admin addresses and the credentials; here, nobody does.
pub trait Provisioning {
    /// Creates what an environment lacks according to the code that was pushed last. Calls `report` on progress.
    fn create(&mut self, environment: &str, wanted: &ToCreate<'_>, report: &mut dyn FnMut(Event<'_>)) -> Result<Outcome>;

    /// What creating them would do according to `declaration`, without doing it and without storing that.
    fn preview(&mut self, environment: &str, wanted: &ToCreate<'_>, declaration: &Declaration) -> Result<Vec<Statements>>;

    /// The resources of an environment, without their credentials. With `log_in`, the server logs in to each of them.
    fn resources(&mut self, environment: &str, log_in: bool) -> Result<Vec<Seen>>;

    /// Removes a resource, its data and its credentials.
    fn remove(&mut self, environment: &str, key: &str) -> Result<()>;

    /// Lifts the protection of a resource. Returns until when, in milliseconds since 1970.
    fn unprotect(&mut self, environment: &str, key: &str) -> Result<i64>;

    /// The values with the login that may change the schema of a database, for the variables that takk has set.
    fn migrations(&mut self, environment: &str) -> Result<Vec<(String, SecretValue)>>;

    /// Has the server check an admin address by a login, and store it.
    fn set_admin(&mut self, environment: &EnvironmentName, kind: &str, address: &SecretValue) -> Result<Checked>;

    /// The admin addresses of an environment, without their passwords.
    fn admins(&mut self, environment: &str) -> Result<Vec<Listed>>;

    /// Removes the admin address of a kind. Whether there was one.
    fn unset_admin(&mut self, environment: &str, kind: &str) -> Result<bool>;
}
