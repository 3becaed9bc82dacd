//! Why a request fails, for a caller on the network: it states what they can do, and reveals nothing about the machine.

use takk_api::Code;
use takk_model::error::{Error, Kind};
use takk_vault::store::StoreError;
use takk_vault::{CryptoError, SecretsError};

/// The result of an operation requested over the network.
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// Why a request is rejected. None of the texts contains a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code, which determines the status.
    pub code: Code,
    /// What happened, for the caller.
    pub detail: String,
    pub hints: Vec<String>,
    /// After how many seconds to retry.
    pub retry_after: Option<u64>,
    /// The cause, only for the server's log.
    pub cause: Option<String>,
}

impl Refusal {
    /// A refusal with a code and a description.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), hints: Vec::new(), retry_after: None, cause: None }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds the cause, only for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Something does not exist, or the caller may not know of it.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(Code::NotFound, what)
    }

    /// An invalid request.
    pub fn invalid(what: impl Into<String>) -> Self {
        Self::new(Code::Invalid, what)
    }

    /// The role does not allow it.
    pub fn forbidden(what: impl Into<String>) -> Self {
        Self::new(Code::Forbidden, what)
    }

    /// The server is overloaded, although the store works.
    pub fn busy() -> Self {
        Self::new(Code::Unavailable, "the server is busy").retry_after(1).hint("try again later")
    }

    /// One person makes more requests at the same time than their share.
    pub fn too_many_at_once() -> Self {
        Self::new(Code::TooMany, "too many slow requests at once").retry_after(1).hint("send them one at a time")
    }

    /// The store is not available at the moment.
    pub fn unavailable(cause: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, "the store is unavailable").retry_after(1).caused_by(cause)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        SecretsError::from(error).into()
    }
}

impl From<SecretsError> for Refusal {
    fn from(error: SecretsError) -> Self {
        let text = error.to_string();
        match error {
            SecretsError::NoEnvironment(_) | SecretsError::NoVersion { .. } => Self::not_found(text),
            SecretsError::Changed { .. } => {
                Self::new(Code::VersionConflict, text).hint("reload the value, then repeat the change")
            }
            SecretsError::HasResources { environment, .. } => Self::new(Code::HasResources, text)
                .hint(format!("remove it first, with its data: takk provision remove RESOURCE --env {environment}")),
            SecretsError::Store(StoreError::Exists { .. }) => Self::new(Code::Exists, text),
            SecretsError::KeyReused => Self::new(Code::KeyReused, text).hint("use a new idempotency key for each request"),
            SecretsError::Tampered { .. }
            | SecretsError::AuditTampered
            | SecretsError::NotKept(_)
            | SecretsError::Store(StoreError::Forged { .. }) => Self::new(Code::Internal, text.clone())
                .hint("ask the operator of the server to run `takk store verify` and to restore a backup")
                .caused_by(text),
            other => Self::unavailable(chain(&other)),
        }
    }
}

impl From<CryptoError> for Refusal {
    fn from(error: CryptoError) -> Self {
        SecretsError::from(error).into()
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error.kind {
            Kind::Usage => Self { hints: error.hints, ..Self::invalid(error.message) },
            Kind::System | Kind::Launch(_) => Self::unavailable(chain(&error)),
            Kind::Internal => Self::new(Code::Internal, "internal error").caused_by(chain(&error)),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let error = Self::system(refusal.detail);
        let error = refusal.hints.into_iter().fold(error, Self::hint);
        match refusal.cause {
            Some(cause) => error.caused_by(cause),
            None => error,
        }
    }
}

/// The error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_does_not_learn_where_the_store_is() {
        let error = StoreError::Lock { path: "/home/ada/store.lock".into(), source: std::io::Error::other("no room") };
        let refusal = Refusal::from(error);
        assert_eq!((refusal.code, refusal.retry_after), (Code::Unavailable, Some(1)));
        assert!(!refusal.detail.contains("/home"), "{}", refusal.detail);
        assert_eq!(refusal.cause.as_deref(), Some("cannot use `/home/ada/store.lock`: no room"));
    }

    #[test]
    fn what_the_caller_can_do_something_about_is_said() {
        let changed = Refusal::from(SecretsError::Changed { name: "KEY".to_owned(), expected: 1, found: 2 });
        assert_eq!(changed.code, Code::VersionConflict);
        assert!(changed.detail.contains("version 2"), "{}", changed.detail);
        assert_eq!(Refusal::from(StoreError::Exists { what: "an environment", name: "dev".to_owned() }).code, Code::Exists);
        assert_eq!(Refusal::from(SecretsError::NoEnvironment("dev".to_owned())).code, Code::NotFound);
    }
}
