//! Errors of an issuer, or of a token that claims to come from one. No message contains a token.

use thiserror::Error;

/// The result of asking an issuer.
pub type Result<T, E = OidcError> = std::result::Result<T, E>;

/// Why an identity could not be verified.
#[derive(Debug, Error)]
pub enum OidcError {
    /// The issuer does not respond, or not as expected.
    #[error("cannot reach {address}: {cause}")]
    Unreachable { address: String, cause: String },
    /// The token is not from the issuer, not for us, or expired.
    #[error("rejected: {0}")]
    Refused(String),
}

impl OidcError {
    #[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
    pub(super) fn unreachable(address: &str, cause: impl ToString) -> Self {
        Self::Unreachable { address: address.to_owned(), cause: cause.to_string() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
    pub(super) fn refused(why: impl ToString) -> Self {
        Self::Refused(why.to_string())
    }
}
