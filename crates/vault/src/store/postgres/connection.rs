//! A connection to PostgreSQL, with its prepared statements.

use std::collections::HashMap;
use std::error::Error as _;
use std::time::{Duration, Instant};

use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, Row, Statement};
use takk_database::{AddressError, Trouble, trouble};

use super::super::{Result, StoreError};

/// The parameters of a statement.
pub(super) type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

/// A connection, which prepares every statement once.
pub(super) struct Connection {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    used: Instant,
}

impl Connection {
    pub(super) fn new(client: Client) -> Self {
        Self { client, statements: HashMap::new(), used: Instant::now() }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// How long it has been idle.
    pub(super) fn idle(&self) -> Duration {
        self.used.elapsed()
    }

    /// Runs statements without parameters or results.
    pub(super) fn run(&mut self, statements: &str) -> Result<()> {
        self.client.batch_execute(statements)?;
        self.used = Instant::now();
        Ok(())
    }

    /// Runs a statement, and returns how many rows it affected.
    pub(super) fn execute(&mut self, query: &'static str, parameters: Parameters) -> Result<usize> {
        let statement = self.prepared(query)?;
        let changed = self.client.execute(&statement, parameters)?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// The rows of a query.
    pub(super) fn rows(&mut self, query: &'static str, parameters: Parameters) -> Result<Vec<Row>> {
        let statement = self.prepared(query)?;
        Ok(self.client.query(&statement, parameters)?)
    }

    /// The row of a query, if there is one.
    pub(super) fn maybe(&mut self, query: &'static str, parameters: Parameters) -> Result<Option<Row>> {
        let statement = self.prepared(query)?;
        Ok(self.client.query_opt(&statement, parameters)?)
    }

    /// The row of a query that always returns one.
    pub(super) fn one(&mut self, query: &'static str, parameters: Parameters) -> Result<Row> {
        let statement = self.prepared(query)?;
        Ok(self.client.query_one(&statement, parameters)?)
    }

    fn prepared(&mut self, query: &'static str) -> Result<Statement> {
        self.used = Instant::now();
        if let Some(statement) = self.statements.get(query) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(query)?;
        self.statements.insert(query, statement.clone());
        Ok(statement)
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        let Some(code) = error.code() else {
            if let Some(trouble) = trouble(&error) {
                return match trouble {
                    Trouble::Untrusted(cause) => Self::Untrusted(cause),
                    Trouble::Unencrypted => Self::Unencrypted,
                };
            }
            let is_lost = error.is_closed() || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
            return if is_lost { Self::Unavailable(error.into()) } else { Self::Database(error.into()) };
        };
        let code = code.clone();
        // Only the message: the details may contain parts of rows.
        let cause = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned()).into();
        match code {
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Self::Conflict,
            SqlState::LOCK_NOT_AVAILABLE => Self::Locked,
            SqlState::DISK_FULL | SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::INSUFFICIENT_PRIVILEGE => {
                Self::Unwritable(cause)
            }
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => Self::Damaged(cause),
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::TOO_MANY_CONNECTIONS => Self::Unavailable(cause),
            // Class 08 stands for connection errors.
            code if code.code().starts_with("08") => Self::Unavailable(cause),
            _ => Self::Database(cause),
        }
    }
}

impl From<AddressError> for StoreError {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::Invalid { why } => Self::Address { why },
            AddressError::File { path, source } => Self::File { doing: "read", path, source },
        }
    }
}
