//! Errors of the API as problem documents (RFC 9457), `application/problem+json`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error. It never contains a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A stable code as a URI reference: `/problems/version-conflict`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short description of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong in this request.
    pub detail: String,
    /// What to do about it, one command or sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// The ID of the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The codes of problems. Each has one HTTP status, and its meaning never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The token is missing, unknown, revoked or expired.
    Unauthenticated,
    /// The role or the token does not allow this.
    Forbidden,
    /// It does not exist, or the caller has no access to it.
    NotFound,
    /// It does not support this method.
    MethodNotAllowed,
    /// The request did not arrive in time.
    TooSlow,
    /// The current version is not the expected one.
    VersionConflict,
    /// It already exists.
    Exists,
    /// The environment has resources, which would be forgotten with it.
    HasResources,
    /// The last owner of a project cannot be removed.
    LastOwner,
    /// The request is larger than the server accepts.
    TooLarge,
    /// The body is not JSON.
    NotJson,
    /// The request is invalid.
    Invalid,
    /// The client's takk is too old for the server.
    OutdatedClient,
    /// The idempotency key was already used for a different request.
    KeyReused,
    /// Too many failed attempts.
    TooMany,
    /// The server or its store is unavailable.
    Unavailable,
    /// Internal error.
    Internal,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 17] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TooSlow,
        Self::VersionConflict,
        Self::Exists,
        Self::HasResources,
        Self::LastOwner,
        Self::TooLarge,
        Self::NotJson,
        Self::Invalid,
        Self::OutdatedClient,
        Self::KeyReused,
        Self::TooMany,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The code, a short description, and its HTTP status.
    const fn facts(self) -> (&'static str, &'static str, u16) {
        match self {
            Self::Unauthenticated => ("unauthenticated", "not signed in", 401),
            Self::Forbidden => ("forbidden", "forbidden", 403),
            Self::NotFound => ("not-found", "not found", 404),
            Self::MethodNotAllowed => ("method-not-allowed", "method not allowed", 405),
            Self::TooSlow => ("too-slow", "request timeout", 408),
            Self::VersionConflict => ("version-conflict", "version conflict", 409),
            Self::Exists => ("exists", "already exists", 409),
            Self::HasResources => ("has-resources", "it has resources", 409),
            Self::LastOwner => ("last-owner", "last owner", 409),
            Self::TooLarge => ("too-large", "request too large", 413),
            Self::NotJson => ("not-json", "request body must be JSON", 415),
            Self::Invalid => ("invalid", "invalid request", 400),
            Self::OutdatedClient => ("outdated-client", "takk client is too old", 400),
            Self::KeyReused => ("key-reused", "idempotency key reused", 422),
            Self::TooMany => ("too-many", "too many failed attempts", 429),
            Self::Unavailable => ("unavailable", "unavailable", 503),
            Self::Internal => ("internal", "internal error", 500),
        }
    }

    /// The code as it appears in a document: after `/problems/`.
    pub const fn as_str(self) -> &'static str {
        self.facts().0
    }

    /// A short description.
    pub const fn title(self) -> &'static str {
        self.facts().1
    }

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        self.facts().2
    }

    /// The code of a document's `type`.
    pub fn of(kind: &str) -> Option<Self> {
        let name = kind.strip_prefix("/problems/")?;
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_by_its_name() {
        for code in Code::ALL {
            assert_eq!(Code::of(&format!("/problems/{}", code.as_str())), Some(code));
        }
        assert_eq!(Code::of("/problems/other"), None);
        assert_eq!(Code::of("about:blank"), None);
    }
}
