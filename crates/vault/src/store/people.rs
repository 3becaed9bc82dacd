//! Rows of people: users, members of projects, tokens, sessions, and programs that wait for a login.

use super::Result;
use super::accounts::unknown;
use takk_model::{Role, TokenKind};

/// A person, or a program with its own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Its ID, assigned by the store.
    pub id: i64,
    /// Its unique name.
    pub name: String,
    pub email: Option<String>,
    /// The password verifier; `None` if there is no password.
    pub password: Option<String>,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// The project to which a service account belongs; `None` for a person.
    pub project: Option<String>,
}

/// A project on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRow {
    pub name: String,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// The environments that owners declared as production.
    pub production: Vec<String>,
    /// The environments that owners declared as not production.
    pub not_production: Vec<String>,
}

/// A user's role in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    pub user: i64,
    pub name: String,
    pub project: String,
    /// What it may do there.
    pub role: Role,
}

/// A token, of which only a hash is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its ID, assigned by the store.
    pub id: i64,
    /// SHA-256 of its text.
    pub hash: Vec<u8>,
    pub user: i64,
    /// The label that its owner chose.
    pub label: String,
    /// Whether it belongs to a person or a program.
    pub kind: TokenKind,
    /// The projects that it is limited to; empty for all of its owner's.
    pub projects: Vec<String>,
    /// The environments that it is limited to; empty for all.
    pub environments: Vec<String>,
    /// Its maximum role.
    pub role: Role,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it expires.
    pub expires_at: Option<i64>,
    /// When it was last used.
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
    /// The user who created it; `None` if not known.
    pub made_by: Option<i64>,
    /// The token with which it was created; `None` if there was none.
    pub made_with: Option<i64>,
}

/// A device login: a program that waits for a person to authorize it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLoginRow {
    pub code: String,
    /// SHA-256 of the secret with which the program polls.
    pub poll_hash: Vec<u8>,
    /// The program's own name.
    pub name: String,
    /// When it started, in milliseconds since 1970.
    pub created_at: i64,
    pub expires_at: i64,
    pub user: Option<i64>,
    /// The token that authorized it; `None` for a person with all permissions.
    pub token: Option<i64>,
}

/// A browser session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the browser's cookie.
    pub hash: Vec<u8>,
    pub user: i64,
    /// The token used to sign in; `None` for a password.
    pub token: Option<i64>,
    /// When it started, in milliseconds since 1970.
    pub created_at: i64,
    /// When it expires.
    pub expires_at: i64,
}

/// The response to a request that may be retried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRow {
    pub caller: i64,
    /// The request's idempotency key.
    pub key: String,
    /// SHA-256 of the request.
    pub digest: Vec<u8>,
    /// The HTTP status.
    pub status: u16,
    /// The body, which contains no values.
    pub body: Vec<u8>,
    /// When the response was sent, in milliseconds since 1970.
    pub created_at: i64,
}

/// Joins names into one text.
pub(super) fn written(names: &[String]) -> String {
    serde_json::to_string(names).expect("texts are JSON")
}

/// Splits such a text into names.
pub(super) fn names(table: &'static str, text: &str) -> Result<Vec<String>> {
    serde_json::from_str(text).map_err(|_| unknown(table, text))
}
