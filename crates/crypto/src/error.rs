//! Why a key is unavailable, or a text cannot be sealed. No message contains a value or a key.

use std::path::PathBuf;

/// The result of an operation that needs a key.
pub type Result<T, E = CryptoError> = std::result::Result<T, E>;

/// Why a key is not available, or a text cannot be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// The master key is malformed.
    #[error("a master key must be 32 bytes, written as 64 hexadecimal digits")]
    InvalidMasterKey,
    /// The store has a master key, but it cannot be found.
    #[error("cannot find the master key of this store{}", trouble.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    NoMasterKey {
        /// Why the keyring is not available.
        trouble: Option<String>,
    },
    /// The file of the master key cannot be used.
    #[error("cannot use the master key in `{}`", path.display())]
    KeyFile { path: PathBuf, source: std::io::Error },
    /// The file for a new master key already exists.
    #[error("`{}` already exists", .0.display())]
    KeyFileExists(PathBuf),
    /// Others can read the file of the master key.
    #[error("other users can read the master key in `{}` (mode {mode:03o})", path.display())]
    OpenKeyFile { path: PathBuf, mode: u32 },
    /// The operating system cannot provide random bytes.
    #[error("cannot read random bytes from the operating system: {0}")]
    Random(String),
    /// A text cannot be encrypted because it is longer than the cipher allows.
    #[error("the value is too long to encrypt")]
    TooLong,
}
