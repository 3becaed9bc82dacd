//! A session of an administrator: statements as text, answers as text, each within a time that has an end.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Error, IoError, Opts, Value};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::address::Address;
use crate::session::Row;

/// The timeout of connecting, logging in included.
const PATIENCE: Duration = Duration::from_secs(10);
/// The timeout of a statement. A `DROP DATABASE` with many tables takes long on a busy disk.
const LONGEST: Duration = Duration::from_mins(2);
/// The timeout of leaving.
const FAREWELL: Duration = Duration::from_secs(1);
/// What a session begins with: a table that somebody holds is not waited for until the timeout of the statement.
const BEGIN: &str = "SET SESSION lock_wait_timeout = 15, sql_mode = 'NO_BACKSLASH_ESCAPES'";

/// Why a server did not do what it was told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Nothing answers, or the connection was lost.
    #[error("no answer: {0}")]
    Unavailable(String),
    /// The certificate is not one to trust.
    #[error("takk does not trust the certificate of the server: {0}")]
    Untrusted(String),
    /// TLS is wanted, and the server has none.
    #[error("the server does not offer TLS")]
    Unencrypted,
    /// The server refused.
    #[error("{message} (error {code})")]
    Refused { code: u16, message: String },
}

impl SessionError {
    /// The number of the error, if the server gave one.
    pub fn code(&self) -> Option<u16> {
        if let Self::Refused { code, .. } = self { Some(*code) } else { None }
    }
}

impl From<Error> for SessionError {
    fn from(error: Error) -> Self {
        match error {
            Error::Server(error) => Self::Refused { code: error.code, message: error.message },
            Error::Driver(DriverError::NoClientSslFlagFromServer) => Self::Unencrypted,
            Error::Io(IoError::Tls(error)) => Self::Untrusted(error.to_string()),
            Error::Io(IoError::Io(error)) => match error.get_ref() {
                Some(inner) if inner.is::<rustls::Error>() => Self::Untrusted(inner.to_string()),
                _ => Self::Unavailable(error.to_string()),
            },
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// A session.
pub struct Session {
    runtime: Runtime,
    /// There until it is dropped.
    connection: Option<Conn>,
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        // A server logs a client that leaves without a word.
        let _ = self.runtime.block_on(async { timeout(FAREWELL, connection.disconnect()).await });
    }
}

impl Session {
    /// Logs in.
    pub fn open(address: &Address) -> Result<Self, SessionError> {
        let failed = |error: std::io::Error| SessionError::Unavailable(error.to_string());
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let mut outcome = Err(SessionError::Unencrypted);
        for options in address.options() {
            outcome = runtime.block_on(connected(options));
            if !matches!(outcome, Err(SessionError::Unencrypted)) {
                break;
            }
        }
        let mut session = Self { runtime, connection: Some(outcome?) };
        session.run(BEGIN)?;
        Ok(session)
    }

    /// Runs one statement.
    pub fn run(&mut self, statement: &str) -> Result<(), SessionError> {
        self.rows(statement).map(|_| ())
    }

    /// The rows that a query gives.
    pub fn rows(&mut self, query: &str) -> Result<Vec<Row>, SessionError> {
        let connection = self.connection.as_mut().expect("it is there until it is dropped");
        let answer = async { timeout(LONGEST, connection.query::<mysql_async::Row, _>(query)).await };
        let rows = self.runtime.block_on(answer).map_err(|_| too_long())??;
        Ok(rows.into_iter().map(|row| row.unwrap().into_iter().map(text_of).collect()).collect())
    }
}

async fn connected(options: Opts) -> Result<Conn, SessionError> {
    Ok(timeout(PATIENCE, Conn::new(options)).await.map_err(|_| too_long())??)
}

fn too_long() -> SessionError {
    SessionError::Unavailable("it did not respond in time".to_owned())
}

/// What is sent as text comes as text.
fn text_of(value: Value) -> Option<String> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        other => Some(other.as_sql(true).trim_matches('\'').to_owned()),
    }
}

/// An identifier as SQL has it.
pub fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('\0', "").replace('`', "``"))
}

/// A text as SQL has it in a [`Session`], where a backslash is a backslash.
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\0', "").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_end_early() {
        assert_eq!(quoted("shop_dev"), "`shop_dev`");
        assert_eq!(quoted("a`; DROP USER x; -- \0"), "`a``; DROP USER x; -- `");
        assert_eq!(text("it's a \\"), "'it''s a \\'");
    }
}
