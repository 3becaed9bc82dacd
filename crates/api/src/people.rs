//! Who asks, and what they may do.

use serde::{Deserialize, Serialize};
use takk_model::{Role, TokenKind};
use utoipa::ToSchema;

/// A person or a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserInfo {
    /// Its number on this server.
    pub id: i64,
    /// The name that authors of versions and rows of the audit log have.
    pub name: String,
    /// Its address, if it is a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A token without its text, which is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenInfo {
    /// Its number on this server.
    pub id: i64,
    /// What its owner calls it.
    pub label: String,
    /// Whose it is.
    #[schema(value_type = crate::words::TokenKind)]
    pub kind: TokenKind,
    /// The projects that it is for; empty for all of its owner's.
    pub projects: Vec<String>,
    /// The environments that it is for; empty for all.
    pub environments: Vec<String>,
    /// What it may do at most.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When its time is over, in milliseconds since 1970; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// When it was used last, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<i64>,
}

/// `GET /api/v1/whoami`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Whoami {
    /// Who asks.
    pub user: UserInfo,
    /// By which token.
    pub token: TokenInfo,
    /// The version of the server.
    pub version: String,
}
