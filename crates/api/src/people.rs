//! Who asks, and what they may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody may do in a project. Each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// See names and states, no value.
    Viewer,
    /// Read and write the values of environments that are not production.
    Developer,
    /// Those of production too.
    Operator,
    /// Members, tokens, and the deletion of environments.
    Owner,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Developer, Self::Operator, Self::Owner];

    /// The word for it, the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Operator => "operator",
            Self::Owner => "owner",
        }
    }

    /// The role that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Whose a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// A person's.
    Personal,
    /// A program's, such as that of a CI job.
    Service,
}

impl TokenKind {
    /// The word for it, the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Service => "service",
        }
    }

    /// The kind that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Personal, Self::Service].into_iter().find(|kind| kind.as_str() == word)
    }
}

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
    pub kind: TokenKind,
    /// The projects that it is for; empty for all of its owner's.
    pub projects: Vec<String>,
    /// The environments that it is for; empty for all.
    pub environments: Vec<String>,
    /// What it may do at most.
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
