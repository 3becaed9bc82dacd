//! Why the address of a database cannot be used.

use std::path::PathBuf;

/// Why an address cannot be used. Contains no part of a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    #[error("invalid database URL: {why}")]
    Invalid { why: String },
    /// The file with the certificates cannot be read.
    #[error("cannot read `{}`", path.display())]
    File { path: PathBuf, source: std::io::Error },
}
