//! Servers of MySQL and MariaDB: their addresses, and sessions of an administrator.

mod address;
mod session;

pub use address::{Address, SslMode};
pub use session::{Session, SessionError, quoted, text};
