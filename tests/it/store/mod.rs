//! What every store must do, as stories that run against each of them.

mod admin;
mod arrivals;
mod audit;
mod batches;
pub(crate) mod cluster;
mod lost;
mod manifests;
mod people;
mod served;
mod tls;
mod transactions;
mod upgrade;
mod values;
mod writer;

use std::sync::Arc;

use postgres::{Client, NoTls, SimpleQueryMessage};
use rusqlite::Connection;
use takk_model::Origin;
use takk_vault::store::{Postgres, Sqlite, Store};
use takk_vault::{EnvironmentCache, MasterKey, SecretValue, SystemRandom, Update, Vault};

use self::cluster::Cluster;

/// The master key of all tests here.
const MASTER: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// The time at which everything here happens.
const NOW: i64 = 1_700_000_000_000;

/// A place with a store that only one test uses.
pub(crate) trait Place: Sync {
    /// Opens the store again.
    fn store(&self) -> Box<dyn Store>;

    /// Runs statements behind takk's back and returns how many rows the last one changed.
    fn run(&self, statements: &str) -> usize;

    /// The store with the master key of the tests.
    fn vault(&self) -> Vault {
        let master = MasterKey::from_hex(MASTER).expect("a key");
        Vault::open(self.store(), master, Box::new(SystemRandom), Box::new(|| NOW)).expect("the key fits")
    }

    /// The same as a connection of a server, which caches decrypted keys.
    fn connection(&self, recent: &Arc<EnvironmentCache>) -> Vault {
        let mut vault = self.vault();
        vault.remember(Arc::clone(recent));
        vault
    }
}

/// A SQLite file.
struct File(tempfile::TempDir);

impl File {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("store.db")
    }
}

impl Place for File {
    fn store(&self) -> Box<dyn Store> {
        Box::new(Sqlite::open(&self.path()).expect("it opens"))
    }

    fn run(&self, statements: &str) -> usize {
        let connection = Connection::open(self.path()).expect("it opens");
        connection.execute_batch(statements).unwrap_or_else(|error| panic!("{statements}: {error}"));
        usize::try_from(connection.changes()).expect("small")
    }
}

/// A PostgreSQL database, by its URL.
struct Database(String);

impl Database {
    /// `None` without PostgreSQL.
    fn new() -> Option<Self> {
        Some(Self(Cluster::shared()?.database()))
    }
}

impl Place for Database {
    fn store(&self) -> Box<dyn Store> {
        Box::new(Postgres::open(&self.0).unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error))))
    }

    fn run(&self, statements: &str) -> usize {
        let mut client = Client::connect(&self.0, NoTls).expect("it answers");
        let messages = client.simple_query(statements).unwrap_or_else(|error| panic!("{statements}: {error}"));
        let changed = messages.iter().rev().find_map(|message| match message {
            SimpleQueryMessage::CommandComplete(changed) => usize::try_from(*changed).ok(),
            _ => None,
        });
        changed.unwrap_or_default()
    }
}

/// Runs a story against each store.
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $story() { super::$story(&crate::store::File::new()); })*
        }
        mod postgres {
            $(#[test] fn $story() {
                if let Some(place) = crate::store::Database::new() {
                    super::$story(&place);
                }
            })*
        }
    };
}
use stories;

fn update(name: &str, value: Option<&str>, expected: Option<i64>) -> Update {
    Update { name: name.to_owned(), value: value.map(SecretValue::from), expected, origin: Origin::Set }
}

fn get(vault: &mut Vault, environment: &str, name: &str) -> Option<String> {
    vault.get("shop", environment, name).expect("it is read").map(|(value, _)| value.expose().to_owned())
}
