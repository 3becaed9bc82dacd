//! Outside services: requests to their APIs, and whether a credential works there.
//!
//! What they answer is not trusted. No text of a response gets into a message, because services repeat parts of a key in their errors: only
//! the codes of an error that the catalog knows, and the HTTP status.

mod client;
mod proof;
#[cfg(test)]
mod tests;

pub use self::client::PATIENCE;
pub(crate) use self::client::{Call, send};
pub use self::proof::{Question, Verdict, ask};
