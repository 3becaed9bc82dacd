//! `/api/v1/tokens`: how somebody who has a token gets another one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::{EnvironmentName, ProjectName, ShownName};
use super::{Plain, Role, TokenInfo, TokenKind};

/// `POST /api/v1/tokens`: a token for whoever asks, which may do at most what the one that it is made with may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What its owner calls it.
    #[schema(value_type = ShownName)]
    pub label: String,
    /// Whose it is.
    pub kind: TokenKind,
    /// The user whose it will be; the caller if it is left out. Another user's is made by an owner of all its `projects`, which must be
    /// named then: it is how somebody gets the first token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ShownName>)]
    pub user: Option<String>,
    /// What it may do at most.
    pub role: Role,
    /// The projects that it is for; empty for all of its owner's.
    #[serde(default)]
    #[schema(value_type = Vec<ProjectName>, max_items = 100)]
    pub projects: Vec<String>,
    /// The environments that it is for; empty for all.
    #[serde(default)]
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub environments: Vec<String>,
    /// When its time is over, in milliseconds since 1970; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// The answer to [`NewToken`]: the only time that the token's text is shown.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MadeToken {
    /// The text, for `Authorization: Bearer ...`.
    pub token: Plain,
    /// What is known of it from now on.
    pub info: TokenInfo,
}
