//! The store in PostgreSQL, for many servers at once. A write is on the database's disk before it is acknowledged.

mod accounts;
mod audit;
mod connection;
mod manifests;
mod migrations;
mod seals;
mod sign_ins;
mod transaction;
mod values;

use std::cell::RefCell;
use std::time::Duration;

use takk_database::Address;
pub use takk_database::shown_address;

use self::connection::Connection;
use self::migrations::{migrate, newest, schema};
use self::transaction::Writing;
use self::values::{all_environments, current, environment, environment_row, fact, history, set_fact};
use super::{
    Accounts, AuditLog, Current, Durability, EnvironmentRow, ManifestRow, Result, Store, StoreError, Transaction, VersionRow,
};

/// The settings of each connection: the same lock timeout as with SQLite, and commits that wait for the disk.
const SESSION: &str = "SET lock_timeout = '10s'; SET client_min_messages = warning; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// Begins a change. Changes and rekeys exclude each other, and so do changes and transactions that change people, because people determine
/// who may do what.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; LOCK TABLE environments IN ROW EXCLUSIVE MODE; \
     LOCK TABLE members IN ROW SHARE MODE";

/// Begins a change of people, which excludes all other changes.
const BEGIN_PEOPLE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; LOCK TABLE environments IN ROW EXCLUSIVE MODE; \
     LOCK TABLE members IN EXCLUSIVE MODE";

/// Begins a change whose commit does not wait for the disk. The database writes its log at most three times `wal_writer_delay` later, by
/// default 0.6 seconds.
const BEGIN_LATER: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = off; \
     LOCK TABLE environments IN ROW EXCLUSIVE MODE; LOCK TABLE members IN ROW SHARE MODE";

/// Begins a change of everything.
const LOCK: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; LOCK TABLE environments IN EXCLUSIVE MODE";

/// A connection that responded more recently than this is not checked before use.
const FRESH: Duration = Duration::from_secs(1);

/// A store in a PostgreSQL database, for one thread at a time. Other threads open their own connections.
pub struct Postgres {
    address: Address,
    /// `None` after the connection was lost.
    connection: RefCell<Option<Connection>>,
}

/// The rows of people and the audit log, within a transaction or without.
struct Rows<'c>(&'c mut Connection);

impl Postgres {
    /// Opens the database at a URL such as `postgresql://user:password@host:5432/takk?sslmode=verify-full`, and creates missing tables.
    pub fn open(url: &str) -> Result<Self> {
        let address = Address::parse(url)?;
        let mut connection = connect(&address)?;
        migrate(&mut connection, &address.shown)?;
        Ok(Self { address, connection: RefCell::new(Some(connection)) })
    }

    /// Opens the database if it contains a store with the newest schema, without changing it; `None` if it is empty.
    pub fn open_existing(url: &str) -> Result<Option<Self>> {
        let address = Address::parse(url)?;
        let mut connection = connect(&address)?;
        match schema(&mut connection, &address.shown)? {
            0 => Ok(None),
            found if found < newest() => Err(StoreError::Older { path: address.shown.into(), found, known: newest() }),
            _ => Ok(Some(Self { address, connection: RefCell::new(Some(connection)) })),
        }
    }

    /// Reads something. If an idle connection was lost, reconnects once.
    fn reading<T>(&self, read: impl Fn(&mut Connection) -> Result<T>) -> Result<T> {
        let mut slot = self.connection.borrow_mut();
        let is_old = slot.as_ref().is_some_and(|connection| !connection.is_closed());
        match attempt(&self.address, &mut slot, &read) {
            Err(StoreError::Unavailable(_)) if is_old => attempt(&self.address, &mut slot, &read),
            other => other,
        }
    }

    /// A connection that has recently responded.
    fn connection(&mut self) -> Result<&mut Connection> {
        self.reading(|connection| if connection.idle() < FRESH { Ok(()) } else { connection.run("") })?;
        Ok(self.connection.get_mut().as_mut().expect("it is there, or was just made"))
    }

    fn begun(&mut self, statements: &str) -> Result<Box<dyn Transaction + '_>> {
        let slot = self.connection.get_mut();
        let is_old = slot.as_ref().is_some_and(|connection| !connection.is_closed());
        let begin = |connection: &mut Connection| connection.run(statements);
        match attempt(&self.address, slot, &begin) {
            // Nothing was done on it yet, so it is safe to retry.
            Err(StoreError::Unavailable(_)) if is_old => attempt(&self.address, slot, &begin)?,
            other => other?,
        }
        Ok(Box::new(Writing::begun(slot.as_mut().expect("it just answered"))))
    }
}

/// Does something on the connection, connecting first if necessary. Drops the connection if it is lost.
fn attempt<T>(address: &Address, slot: &mut Option<Connection>, work: &impl Fn(&mut Connection) -> Result<T>) -> Result<T> {
    if slot.as_ref().is_some_and(Connection::is_closed) {
        *slot = None;
    }
    let connection = match slot {
        Some(connection) => connection,
        None => slot.insert(connect(address)?),
    };
    let done = work(connection);
    if matches!(done, Err(StoreError::Unavailable(_))) {
        *slot = None;
    }
    done
}

fn connect(address: &Address) -> Result<Connection> {
    let mut connection = Connection::new(address.connect().map_err(StoreError::from)?);
    connection.run(SESSION)?;
    Ok(connection)
}

impl From<Postgres> for Box<dyn Store> {
    fn from(store: Postgres) -> Self {
        Box::new(store)
    }
}

impl Store for Postgres {
    fn fact(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.reading(|connection| fact(connection, name))
    }

    fn keep_fact(&self, name: &str, value: &[u8]) -> Result<Vec<u8>> {
        let query = "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.reading(|connection| {
            connection.execute(query, &[&name, &value])?;
            Ok(fact(connection, name)?.unwrap_or_default())
        })
    }

    fn set_fact(&self, name: &str, value: &[u8]) -> Result<()> {
        self.reading(|connection| set_fact(connection, name, value))
    }

    fn remove_fact(&self, name: &str) -> Result<bool> {
        self.reading(|connection| Ok(connection.execute("DELETE FROM facts WHERE name = $1", &[&name])? > 0))
    }

    fn schema(&self) -> Result<i64> {
        self.reading(|connection| schema(connection, &self.address.shown))
    }

    fn size(&self) -> Result<u64> {
        let query = "SELECT sum(pg_total_relation_size(quote_ident(tablename)::regclass))::bigint FROM pg_tables \
                     WHERE schemaname = current_schema()";
        let size: Option<i64> = self.reading(|connection| Ok(connection.one(query, &[])?.get(0)))?;
        Ok(size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default())
    }

    fn environment(&self, project: &str, name: &str) -> Result<Option<EnvironmentRow>> {
        self.reading(|connection| environment(connection, project, name))
    }

    fn environments(&self, project: &str) -> Result<Vec<EnvironmentRow>> {
        let query = "SELECT id, project, name, wrapped_key, revision, seal, created_at, expires_at FROM environments \
                     WHERE project = $1 ORDER BY name";
        self.reading(|connection| Ok(connection.rows(query, &[&project])?.iter().map(environment_row).collect()))
    }

    fn all_environments(&self) -> Result<Vec<EnvironmentRow>> {
        self.reading(all_environments)
    }

    fn count(&self, environment: i64) -> Result<usize> {
        let query = "SELECT count(*) FROM (SELECT DISTINCT ON (name) sealed FROM versions WHERE environment = $1 \
                     AND name NOT LIKE 'resource:%' AND name NOT LIKE 'admin:%' ORDER BY name DESC, version DESC) AS current WHERE sealed IS NOT NULL";
        let count: i64 = self.reading(|connection| Ok(connection.one(query, &[&environment])?.get(0)))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    fn current(&mut self, project: &str, name: &str) -> Result<Option<Current>> {
        self.reading(|connection| current(connection, project, name))
    }

    fn history(&self, environment: i64, name: &str) -> Result<Vec<VersionRow>> {
        self.reading(|connection| history(connection, environment, name))
    }

    fn manifest(&self, environment: i64) -> Result<Option<ManifestRow>> {
        self.reading(|connection| manifests::find(connection, environment))
    }

    /// Settings that risk data for speed.
    fn defects(&self) -> Result<Vec<String>> {
        let query = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'";
        let rows = self.reading(|connection| connection.rows(query, &[]))?;
        Ok(rows
            .iter()
            .map(|row| format!("the database runs with {} = off, so it can lose committed changes", row.get::<_, &str>(0)))
            .collect())
    }

    /// PostgreSQL cannot do this on demand: deleted data disappears with vacuum and old backups. No key that decrypts it is left.
    fn write_back(&self) -> Result<()> {
        Ok(())
    }

    fn accounts(&mut self) -> Result<Box<dyn Accounts + '_>> {
        Ok(Box::new(Rows(self.connection()?)))
    }

    fn audit(&mut self) -> Result<Box<dyn AuditLog + '_>> {
        Ok(Box::new(Rows(self.connection()?)))
    }

    fn begin(&mut self, durability: Durability) -> Result<Box<dyn Transaction + '_>> {
        self.begun(match durability {
            Durability::Synced => BEGIN,
            Durability::Deferred => BEGIN_LATER,
        })
    }

    fn begin_people(&mut self) -> Result<Box<dyn Transaction + '_>> {
        self.begun(BEGIN_PEOPLE)
    }

    fn lock(&mut self) -> Result<Box<dyn Transaction + '_>> {
        self.begun(LOCK)
    }
}
