//! Servers of PostgreSQL, and of MySQL and MariaDB: their addresses, TLS, and sessions that run the statements of an
//! administrator. Other crates decide what to store.

mod address;
mod address_error;
pub mod mysql;
mod session;
mod tls;

pub use address::{Address, shown_address};
pub use address_error::AddressError;
pub use session::{Row, Session, SessionError, quoted, text};
pub use tls::{Cause, Trouble, client_config, trouble};
