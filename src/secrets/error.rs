//! Why a value cannot be read or kept. No message holds a value or a key.

use std::path::PathBuf;

use crate::store::StoreError;

/// The result of a door to values.
pub type Result<T, E = SecretsError> = std::result::Result<T, E>;

/// Why a value cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store was made with another master key.
    #[error("the master key does not fit this store")]
    WrongMasterKey,
    /// The store got a new master key while it was in use.
    #[error("the store has a new master key since this command began")]
    Rekeyed,
    /// The master key is not one.
    #[error("a master key is 32 bytes, written as 64 hexadecimal digits")]
    InvalidMasterKey,
    /// The store has a master key, and it is nowhere to be found.
    #[error("the master key of this store is nowhere to be found{}", trouble.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    NoMasterKey {
        /// Why the keyring could not be asked.
        trouble: Option<String>,
    },
    /// The file of the master key cannot be used.
    #[error("cannot use the master key in `{}`", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file for a new master key is there already.
    #[error("`{}` is there already", .0.display())]
    KeyFileExists(PathBuf),
    /// Others can read the file of the master key.
    #[error("others can read the master key in `{}` (mode {mode:03o})", path.display())]
    OpenKeyFile {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// There is no such environment.
    #[error("there is no environment `{0}`")]
    NoEnvironment(String),
    /// A row is not the one that was written.
    #[error("`{name}` in `{environment}` is not what was stored: the store was changed by something else, or is damaged")]
    Tampered {
        /// The environment.
        environment: String,
        /// The name, or `the environment`.
        name: String,
    },
    /// The end of the audit log, or its key, is not what was written.
    #[error("the audit log is not what was written: the store was changed by something else, or is damaged")]
    AuditTampered,
    /// A request came again with the same key, and is another one.
    #[error("the key of this request was used for another one")]
    KeyReused,
    /// Somebody else changed the value meanwhile.
    #[error("`{name}` was changed meanwhile: it has version {found}, and version {expected} was expected")]
    Changed {
        /// The name.
        name: String,
        /// The version that was expected; 0 for none.
        expected: i64,
        /// The version that is there.
        found: i64,
    },
    /// There is no such version.
    #[error("`{name}` has no version {version}")]
    NoVersion {
        /// The name.
        name: String,
        /// The version.
        version: i64,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    Random(String),
    /// What was written cannot be read back.
    #[error("`{0}` was written and cannot be read back; it is not stored")]
    NotKept(String),
}
