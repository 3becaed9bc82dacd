//! A session of an administrator: statements and results are text, and each statement has a timeout.

use std::error::Error as _;

use postgres::{Client, SimpleQueryMessage};

use crate::address::Address;
use crate::tls::{Trouble, trouble};

/// The settings at the start of a session. Nothing that an administrator does here takes longer, except a `CREATE DATABASE` on
/// a busy disk.
const BEGIN: &str = "SET statement_timeout = '2min'; SET lock_timeout = '15s'; SET client_min_messages = warning";

/// Why a server did not execute a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Nothing responds, or the connection was lost.
    #[error("no answer: {0}")]
    Unavailable(String),
    /// The certificate is not trusted.
    #[error("takk does not trust the certificate of the server: {0}")]
    Untrusted(String),
    /// TLS is required, and the server does not support it.
    #[error("the server does not offer TLS")]
    Unencrypted,
    /// The server rejected the statement.
    #[error("{message} (SQLSTATE {code})")]
    Refused { code: String, message: String, detail: Option<String> },
}

impl SessionError {
    /// The `SQLSTATE`, if the server returned one.
    pub fn code(&self) -> Option<&str> {
        if let Self::Refused { code, .. } = self { Some(code) } else { None }
    }
}

impl From<postgres::Error> for SessionError {
    fn from(error: postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            return Self::Refused {
                code: error.code().code().to_owned(),
                message: error.message().to_owned(),
                detail: error.detail().map(str::to_owned),
            };
        }
        match trouble(&error) {
            Some(Trouble::Untrusted(cause)) => Self::Untrusted(cause.to_string()),
            Some(Trouble::Unencrypted) => Self::Unencrypted,
            None => Self::Unavailable(error.source().map_or_else(|| error.to_string(), ToString::to_string)),
        }
    }
}

/// A row: the text of each column.
pub type Row = Vec<Option<String>>;

pub struct Session {
    client: Client,
}

impl Session {
    pub fn open(address: &Address) -> Result<Self, SessionError> {
        let mut client = address.connect()?;
        client.batch_execute(BEGIN)?;
        Ok(Self { client })
    }

    /// Runs statements. Several statements run in one transaction.
    pub fn run(&mut self, statements: &str) -> Result<(), SessionError> {
        Ok(self.client.batch_execute(statements)?)
    }

    /// The rows that a query returns.
    pub fn rows(&mut self, query: &str) -> Result<Vec<Row>, SessionError> {
        let mut rows = Vec::new();
        for message in self.client.simple_query(query)? {
            if let SimpleQueryMessage::Row(row) = message {
                rows.push((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect());
            }
        }
        Ok(rows)
    }
}

/// Quotes an SQL identifier.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\0', "").replace('"', "\"\""))
}

/// Quotes an SQL string, regardless of `standard_conforming_strings`.
pub fn text(value: &str) -> String {
    let escaped = value.replace('\0', "").replace('\'', "''");
    if escaped.contains('\\') { format!(" E'{}'", escaped.replace('\\', "\\\\")) } else { format!("'{escaped}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_end_early() {
        assert_eq!(quoted("shop_dev"), "\"shop_dev\"");
        assert_eq!(quoted("a\"; DROP ROLE x; --"), "\"a\"\"; DROP ROLE x; --\"");
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(text("a\\' OR 1"), " E'a\\\\'' OR 1'");
        assert_eq!(quoted("a\0b"), "\"ab\"");
    }
}
