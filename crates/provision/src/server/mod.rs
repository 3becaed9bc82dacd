//! Servers that exist: an administrator's address creates on them what belongs to one resource of one environment.
//!
//! One module per kind of server, and the [table](KINDS) of them. The [`Admin`] of a kind creates, repairs and removes;
//! [`ExistingServer`] is what all kinds have in common.

mod admin;
mod aws;
pub mod clickhouse;
mod conflict;
mod existing;
mod http;
pub mod kafka;
mod keys;
mod login_url;
mod mark;
pub mod mongo;
pub mod mysql;
pub mod nats;
pub mod opensearch;
pub mod postgres;
pub mod rabbitmq;
pub mod redis;
pub mod s3;
mod scram_url;
pub mod sqs;
mod tls;

pub use self::admin::{Admin, AdminAddress, Facts, Lack, OpenSession};
pub use self::existing::ExistingServer;

use std::time::Duration;

use takk_catalog::Server;
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
    /// How an admin address gets to require TLS, as a sentence for people.
    pub tls_remedy: &'static str,
    /// How an admin address is written.
    pub address_form: &'static str,
    /// Parts of a resource whose values differ from those of a server that takk runs, as in the catalog: the part, and its text with
    /// placeholders.
    pub parts: &'static [(&'static str, &'static str)],
    /// How long the server may take until it knows a new login everywhere.
    pub(crate) settles: Duration,
    /// Whether it was only tested with servers that answer as documented, and not with a complete one.
    pub(crate) is_experimental: bool,
}

/// The kinds on which takk creates something.
pub const KINDS: &[&ServerKind] = &[
    &clickhouse::KIND,
    &kafka::KIND,
    &mongo::KIND,
    &mysql::MARIADB,
    &mysql::MYSQL,
    &nats::KIND,
    &opensearch::KIND,
    &postgres::KIND,
    &rabbitmq::KIND,
    &redis::KIND,
    &s3::KIND,
    &sqs::KIND,
    &keys::OPENAI,
    &keys::OPENROUTER,
    &keys::LITELLM,
];

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

/// The part without which no program can log in to such a server that exists, and what to declare for it; `None` where a URL is enough.
pub fn login_part(resource: &str) -> Option<(&'static str, &'static str)> {
    match resource {
        "kafka" => Some(kafka::LOGIN_PART),
        "nats" => Some(nats::LOGIN_PART),
        _ => None,
    }
}

/// The kind with that name in the catalog.
pub fn of_kind(name: &str) -> Option<&'static ServerKind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// The text with placeholders of a part of an entry, where it is not that of the catalog.
pub fn part_of(entry: &Entry, part: &str) -> Option<&'static str> {
    of_entry(entry)?.parts.iter().find(|(name, _)| *name == part).map(|(_, text)| *text)
}

/// The kind of an entry on a server.
pub(crate) fn of_entry(entry: &Entry) -> Option<&'static ServerKind> {
    KINDS.iter().copied().find(|kind| kind.ledger_name == entry.provisioner)
}
