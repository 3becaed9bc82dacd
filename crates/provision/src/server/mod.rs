//! Servers that exist: what is created on them belongs to one resource of one environment, by the address of an administrator.
//!
//! One module per kind of server, and the [table](KINDS) of them. What creates, repairs and removes is the [`Admin`] of a kind;
//! [`ExistingServer`] is what all kinds have in common.

mod admin;
mod existing;
mod keys;
mod mark;
pub mod postgres;

pub use self::admin::{Admin, Facts, Lack};
pub use self::existing::ExistingServer;

use takk_catalog::Server;
use takk_model::error::Result;

use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};

/// The level at which a program cannot change the schema, and its server must be reached over TLS.
pub(crate) const FULL: &str = "full";
/// The level at which logins end with their environment.
pub(crate) const TEMPORARY: &str = "temporary";
/// Credentials of the login that may change the schema, at the level `full`.
pub const MIGRATION_USERNAME: &str = "migration_username";
pub const MIGRATION_PASSWORD: &str = "migration_password";

/// A kind of server that exists.
pub struct ServerKind {
    /// The kind in the catalog: `postgres`.
    pub name: &'static str,
    /// The name of its provisioner in the ledger: `postgres-server`.
    pub ledger_name: &'static str,
    /// Reads an admin address. No error contains a part of its password.
    pub parse: fn(&str) -> Result<Box<dyn Admin>>,
    /// Logs in once as the program will, with the stored credentials and the TLS of its variables.
    pub(crate) log_in: fn(&Entry) -> Result<Accepted, NotReady>,
    /// What may keep a login out that was just created.
    pub(crate) keeps_out: &'static str,
    /// What is added to an address so that it requires TLS.
    pub tls_hint: &'static str,
}

/// The kinds on which takk creates something.
pub const KINDS: &[&ServerKind] = &[&postgres::KIND, &keys::OPENAI, &keys::OPENROUTER, &keys::LITELLM];

impl ServerKind {
    /// Whether it creates resources of a kind of the catalog.
    pub fn creates(&self, resource: &str) -> bool {
        self.name == resource || (self.makes_keys() && resource == keys::RESOURCE)
    }

    /// Whether it is an outside service that makes keys by its API.
    pub fn makes_keys(&self) -> bool {
        [keys::OPENAI.name, keys::OPENROUTER.name, keys::LITELLM.name].contains(&self.name)
    }
}

/// What the variables of a resource hold whose keys outside services make; `None` for other kinds.
pub fn made_by_api(resource: &str) -> Option<&'static Server> {
    (resource == keys::RESOURCE).then_some(&keys::PARTS)
}

/// The kind with a name of the catalog.
pub fn of_kind(name: &str) -> Option<&'static ServerKind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// The kind of an entry on a server.
pub(crate) fn of_entry(entry: &Entry) -> Option<&'static ServerKind> {
    KINDS.iter().copied().find(|kind| kind.ledger_name == entry.provisioner)
}
