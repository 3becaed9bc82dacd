//! Servers that exist: an administrator's address creates on them what belongs to one resource of one environment.
//!
//! One module per kind of server, and the [table](KINDS) of them. The [`Admin`] of a kind creates, repairs and removes;
//! [`ExistingServer`] is what all kinds have in common.

mod admin;
mod existing;
mod mark;
pub mod postgres;

pub use self::admin::{Admin, Facts, Lack};
pub use self::existing::ExistingServer;

use takk_model::error::Result;

use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};

/// The level at which a program cannot change the schema, and must reach its server over TLS.
pub(crate) const FULL: &str = "full";
/// The level at which logins expire with their environment.
pub(crate) const TEMPORARY: &str = "temporary";
/// The credentials of the login that may change the schema, at the level `full`.
pub const MIGRATION_USERNAME: &str = "migration_username";
pub const MIGRATION_PASSWORD: &str = "migration_password";

/// A kind of server that exists.
pub struct ServerKind {
    /// The kind in the catalog: `postgres`.
    pub name: &'static str,
    /// The name of its provisioner in the ledger: `postgres-server`.
    pub ledger_name: &'static str,
    /// Parses an admin address. No error contains a part of its password.
    pub parse: fn(&str) -> Result<Box<dyn Admin>>,
    /// Logs in once like the program, with the stored credentials and the TLS settings of its variables.
    pub(crate) log_in: fn(&Entry) -> Result<Accepted, NotReady>,
    /// What may prevent a new login from connecting.
    pub(crate) keeps_out: &'static str,
    /// What to add to an address so that it requires TLS.
    pub tls_hint: &'static str,
}

/// The kinds of servers on which takk creates resources.
pub const KINDS: &[&ServerKind] = &[&postgres::KIND];

/// The kind with that name in the catalog.
pub fn of_kind(name: &str) -> Option<&'static ServerKind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// The kind of server that an entry is on.
pub(crate) fn of_entry(entry: &Entry) -> Option<&'static ServerKind> {
    KINDS.iter().copied().find(|kind| kind.ledger_name == entry.provisioner)
}
