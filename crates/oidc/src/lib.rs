//! Identities from OpenID Connect issuers: people who sign in there, and programs such as CI jobs that bring an identity token. A token is
//! trusted only after its signature is verified, and only by the audience it names.

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
