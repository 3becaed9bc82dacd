//! Who somebody is elsewhere, as an issuer of OpenID Connect says it: people who sign in there, and programs such as CI jobs that
//! bring a token of theirs. What an issuer says is believed once its signature is verified, and only for whom it is meant.

mod claims;
mod error;
mod fetch;
mod issuers;
mod job;
mod metadata;
mod sign_in;
mod signature;
mod verify;

pub use self::claims::{Claims, issuer_of};
pub use self::error::{OidcError, Result};
pub use self::fetch::is_askable;
pub use self::issuers::Issuers;
pub use self::job::job_token;
pub use self::sign_in::{Elsewhere, Person};
