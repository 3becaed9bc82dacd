//! Why a store cannot be used. No message contains a value.

use std::path::{Path, PathBuf};

/// The result of a store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened or made.
    #[error("cannot open the store `{}`", path.display())]
    Open { path: PathBuf, source: rusqlite::Error },
    /// The address of a database is not one.
    #[error("invalid database URL: {why}")]
    Address {
        /// Why. It holds no part of a password.
        why: String,
    },
    /// The file is a database of something else.
    #[error("`{}` is not a takk store", path.display())]
    Foreign { path: PathBuf },
    /// A later takk made the store.
    #[error("the store `{}` has schema version {found}, but this takk supports only up to {known}", path.display())]
    Newer {
        path: PathBuf,
        found: i64,
        /// The newest schema that is known.
        known: i64,
    },
    /// An earlier takk made the store, and whoever looks at it is not to change its schema.
    #[error("the store `{}` has schema version {found}, but this takk requires {known}", path.display())]
    Older {
        /// The file, or the address of the database.
        path: PathBuf,
        found: i64,
        /// The schema that is needed.
        known: i64,
    },
    /// Somebody else changed the environment meanwhile.
    #[error("another process changed the environment at the same time")]
    Conflict,
    /// There is one of that name.
    #[error("{what} `{name}` already exists")]
    Exists {
        /// A what, with its article.
        what: &'static str,
        name: String,
    },
    /// A row says something that only a later takk, or something else, can have written.
    #[error("a row of `{table}` contains `{word}`, which this version of takk does not support")]
    Unknown { table: &'static str, word: String },
    /// Rows of people, or what authenticates them, are not what was written.
    #[error("cannot authenticate {what}: something other than takk changed the database, or it is damaged")]
    Forged { what: String },
    /// The file that tells who uses the store cannot be used.
    #[error("cannot use `{}`", path.display())]
    Lock { path: PathBuf, source: std::io::Error },
    /// A file beside the store, or a copy of it, cannot be read or written.
    #[error("cannot {doing} `{}`", path.display())]
    File { doing: &'static str, path: PathBuf, source: std::io::Error },
    /// Another process keeps the store locked.
    #[error("the store is locked by another process")]
    Locked,
    /// There is no room left, or the file cannot be written.
    #[error("cannot write to the store")]
    Unwritable(#[source] Cause),
    #[error("the store is damaged")]
    Damaged(#[source] Cause),
    /// The database cannot be reached, or the connection was lost. What was about to be committed may or may not be; the next use
    /// connects again.
    #[error("cannot connect to the database")]
    Unavailable(#[source] Cause),
    /// The certificate of a database is not one to trust, or its TLS is none that can be spoken.
    #[error("takk does not trust the certificate of the database")]
    Untrusted(#[source] Cause),
    /// TLS is wanted, and the database has none.
    #[error("the database does not offer TLS")]
    Unencrypted,
    /// Anything else that the database says.
    #[error("the store reported an error")]
    Database(#[source] Cause),
}

impl StoreError {
    /// The error as one about another file: the one that the file in question is a copy of.
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
