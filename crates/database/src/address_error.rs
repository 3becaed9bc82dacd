//! Why an address of a database cannot be used.

use std::path::PathBuf;

/// Why an address cannot be used. It holds no part of a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    #[error("invalid database URL: {why}")]
    Invalid { why: String },
    /// The file of certificates that it names cannot be read.
    #[error("cannot read `{}`", path.display())]
    File { path: PathBuf, source: std::io::Error },
}
