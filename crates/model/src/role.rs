//! What a member may do in a project, and who owns a token.

use serde::{Deserialize, Serialize};

/// What a member may do in a project. Each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// See names and states, but no values.
    Viewer,
    /// Read and write the values of environments that are not production.
    Developer,
    /// Read and write those of production too.
    Operator,
    /// Manage members and tokens, and delete environments.
    Owner,
}

impl Role {
    /// Every role, in ascending order.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Developer, Self::Operator, Self::Owner];

    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Operator => "operator",
            Self::Owner => "owner",
        }
    }

    /// The role of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Who owns a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// A person.
    Personal,
    /// A program, such as a CI job.
    Service,
}

impl TokenKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Personal, Self::Service];

    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Service => "service",
        }
    }

    /// The kind of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
