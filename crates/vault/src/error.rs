//! Why a value cannot be read or stored. No message contains a value or a key.

use takk_crypto::CryptoError;

use crate::store::StoreError;

/// The result of reading or writing values.
pub type Result<T, E = SecretsError> = std::result::Result<T, E>;

/// Why a value cannot be read or stored.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key cannot be read, or a value cannot be encrypted.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The store has another master key.
    #[error("the master key does not match this store")]
    WrongMasterKey,
    /// The store was rekeyed while it was in use.
    #[error("the master key of the store changed while this command was running")]
    Rekeyed,
    /// The environment does not exist.
    #[error("there is no environment `{0}`")]
    NoEnvironment(String),
    /// A row is not what takk wrote.
    #[error("`{name}` in `{environment}` fails authentication: something other than takk changed the store, or it is damaged")]
    Tampered {
        environment: String,
        /// The name, or `the environment`.
        name: String,
    },
    /// The end of the audit log, or its key, is not what takk wrote.
    #[error("the audit log fails authentication: something other than takk changed the store, or it is damaged")]
    AuditTampered,
    /// A different request used the same idempotency key.
    #[error("the idempotency key was already used for another request")]
    KeyReused,
    /// Somebody else has changed the value in the meantime.
    #[error("`{name}` has changed: expected version {expected}, but it has version {found}")]
    Changed {
        name: String,
        /// The version that was expected; 0 for none.
        expected: i64,
        /// The version that was found.
        found: i64,
    },
    /// What takk created for the environment still exists.
    #[error("`{environment}` still has {resources}")]
    HasResources { environment: String, resources: String },
    /// The version does not exist.
    #[error("`{name}` has no version {version}")]
    NoVersion { name: String, version: i64 },
    /// What was written could not be read back.
    #[error("`{0}` was written but cannot be read back; it is not stored")]
    NotKept(String),
}
