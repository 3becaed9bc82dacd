//! Who the caller is, and what they may do.

use serde::{Deserialize, Serialize};
use takk_model::{Role, TokenKind};
use utoipa::ToSchema;

/// A user: a person or a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserInfo {
    /// Its number on this server.
    pub id: i64,
    /// The name, as it appears as the author of versions and in the audit log.
    pub name: String,
    /// The email address, if it is a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The metadata of a token; the token itself is shown only once, when it is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenInfo {
    /// Its number on this server.
    pub id: i64,
    /// The label that its owner gave it.
    pub label: String,
    /// Whether it is a personal or a service token.
    #[schema(value_type = crate::words::TokenKind)]
    pub kind: TokenKind,
    /// The projects that it is limited to; empty for all projects of its owner.
    pub projects: Vec<String>,
    /// The environments that it is limited to; empty for all.
    pub environments: Vec<String>,
    /// Its highest role.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it expires, in milliseconds since 1970; `null` if it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// When it was last used, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<i64>,
}

/// `GET /api/v1/whoami`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Whoami {
    /// The caller.
    pub user: UserInfo,
    /// The token of the request.
    pub token: TokenInfo,
    /// The version of the server.
    pub version: String,
}
