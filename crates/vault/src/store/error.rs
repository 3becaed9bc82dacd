//! Why a store cannot be used. No message contains a value.

use std::path::{Path, PathBuf};

/// The result of an operation on a store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened or created.
    #[error("cannot open the store `{}`", path.display())]
    Open { path: PathBuf, source: rusqlite::Error },
    /// The URL of a database is invalid.
    #[error("invalid database URL: {why}")]
    Address {
        /// The reason. Contains no part of a password.
        why: String,
    },
    /// The file is a database of another program.
    #[error("`{}` is not a takk store", path.display())]
    Foreign { path: PathBuf },
    /// A later version of takk created the store.
    #[error("the store `{}` has schema version {found}, but this takk supports only up to {known}", path.display())]
    Newer {
        path: PathBuf,
        found: i64,
        /// The newest schema that this version supports.
        known: i64,
    },
    /// An earlier version of takk created the store, and this operation must not change its schema.
    #[error("the store `{}` has schema version {found}, but this takk requires {known}", path.display())]
    Older {
        /// The file, or the URL of the database.
        path: PathBuf,
        found: i64,
        /// The schema that is needed.
        known: i64,
    },
    /// Somebody else has changed the environment in the meantime.
    #[error("another process changed the environment at the same time")]
    Conflict,
    /// The name is already taken.
    #[error("{what} `{name}` already exists")]
    Exists {
        /// What has the name, with its article.
        what: &'static str,
        name: String,
    },
    /// A row contains a value that only a later version, or another program, can have written.
    #[error("a row of `{table}` contains `{word}`, which this version of takk does not support")]
    Unknown { table: &'static str, word: String },
    /// Rows of people, or their seals, are not what takk wrote.
    #[error("cannot authenticate {what}: something other than takk changed the database, or it is damaged")]
    Forged { what: String },
    /// The lock file cannot be used.
    #[error("cannot use `{}`", path.display())]
    Lock { path: PathBuf, source: std::io::Error },
    /// A file next to the store, or a copy of it, cannot be read or written.
    #[error("cannot {doing} `{}`", path.display())]
    File { doing: &'static str, path: PathBuf, source: std::io::Error },
    /// Another process keeps the store locked.
    #[error("the store is locked by another process")]
    Locked,
    /// The disk is full, or the file is read-only.
    #[error("cannot write to the store")]
    Unwritable(#[source] Cause),
    #[error("the store is damaged")]
    Damaged(#[source] Cause),
    /// The database cannot be reached, or the connection was lost. A commit in progress may or may not have succeeded; the next use
    /// reconnects.
    #[error("cannot connect to the database")]
    Unavailable(#[source] Cause),
    /// The certificate of a database is not trusted, or TLS negotiation fails.
    #[error("takk does not trust the certificate of the database")]
    Untrusted(#[source] Cause),
    /// TLS is required, but the database does not support it.
    #[error("the database does not offer TLS")]
    Unencrypted,
    /// Any other error of the database.
    #[error("the store reported an error")]
    Database(#[source] Cause),
}

impl StoreError {
    /// The same error about another file, of which the one in question is a copy.
    #[must_use]
    pub fn about(self, file: &Path) -> Self {
        let path = file.to_owned();
        match self {
            Self::Open { source, .. } => Self::Open { path, source },
            Self::Foreign { .. } => Self::Foreign { path },
            Self::Newer { found, known, .. } => Self::Newer { path, found, known },
            Self::Older { found, known, .. } => Self::Older { path, found, known },
            Self::File { doing, source, .. } => Self::File { doing, path, source },
            other => other,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked,
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(error.into()),
            Some(Code::DiskFull | Code::ReadOnly | Code::SystemIoFailure | Code::PermissionDenied) => {
                Self::Unwritable(error.into())
            }
            _ => Self::Database(error.into()),
        }
    }
}
