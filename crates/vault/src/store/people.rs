//! Rows of people: users, members of projects, tokens, sessions, and programs that wait for a login.

use super::Result;
use super::accounts::unknown;
use takk_model::{Role, TokenKind};

/// A person, or a program that acts in a name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Its number in this store; the store's to give.
    pub id: i64,
    /// Its name, which no other has.
    pub name: String,
    pub email: Option<String>,
    /// What verifies its password; `None` where none was set.
    pub password: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// The project that it belongs to, if it is a service account; `None` for a person.
    pub project: Option<String>,
}

/// A project that a team keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRow {
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// The environments that its owners named production.
    pub production: Vec<String>,
    /// Those that they named otherwise.
    pub not_production: Vec<String>,
}

/// What somebody may do in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    pub user: i64,
    pub name: String,
    pub project: String,
    /// What it may do there.
    pub role: Role,
}

/// A token, of which only a hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its number in this store; the store's to give.
    pub id: i64,
    /// SHA-256 of its text.
    pub hash: Vec<u8>,
    pub user: i64,
    /// What its owner calls it.
    pub label: String,
    /// A person's, or a program's.
    pub kind: TokenKind,
    /// The projects that it is for; empty for all of its owner's.
    pub projects: Vec<String>,
    /// The environments that it is for; empty for all.
    pub environments: Vec<String>,
    /// What it may do at most.
    pub role: Role,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When its time is over.
    pub expires_at: Option<i64>,
    /// When it was used last.
    pub last_used_at: Option<i64>,
    pub revoked_at: Option<i64>,
    /// Who made it; `None` where that is not known.
    pub made_by: Option<i64>,
    /// With which token; `None` where it was none.
    pub made_with: Option<i64>,
}

/// A program that waits for somebody to let it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLoginRow {
    pub code: String,
    /// SHA-256 of what the program polls with.
    pub poll_hash: Vec<u8>,
    /// What the program calls itself.
    pub name: String,
    /// When it began to wait, in milliseconds since 1970.
    pub created_at: i64,
    pub expires_at: i64,
    pub user: Option<i64>,
    /// By which token, where it was not somebody with all that they have.
    pub token: Option<i64>,
}

/// Somebody who is signed in with a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of what the browser sends.
    pub hash: Vec<u8>,
    pub user: i64,
    /// The token that they signed in with; `None` for a password.
    pub token: Option<i64>,
    /// When they signed in, in milliseconds since 1970.
    pub created_at: i64,
    /// When its time is over.
    pub expires_at: i64,
}

/// The answer to a request that may come a second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRow {
    pub caller: i64,
    /// The key that the caller gave the request.
    pub key: String,
    /// SHA-256 of the request.
    pub digest: Vec<u8>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The answer; it holds no values.
    pub body: Vec<u8>,
    /// When it was given, in milliseconds since 1970.
    pub created_at: i64,
}

/// A list of names as one text.
pub(super) fn written(names: &[String]) -> String {
    serde_json::to_string(names).expect("texts are JSON")
}

/// The names in such a text.
pub(super) fn names(table: &'static str, text: &str) -> Result<Vec<String>> {
    serde_json::from_str(text).map_err(|_| unknown(table, text))
}
