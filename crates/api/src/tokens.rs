//! `/api/v1/tokens`: how somebody who has a token gets another one; and `/api/v1/projects/{project}/service-tokens`: tokens of programs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::{EnvironmentName, ProgramName, ProgramRole, ProjectName, ShownName};
use super::{Plain, TokenInfo};
use takk_model::{Role, TokenKind};

/// `POST /api/v1/tokens`: a token for whoever asks, which may do at most what the one that it is made with may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What its owner calls it.
    #[schema(value_type = ShownName)]
    pub label: String,
    /// Whose it is.
    #[schema(value_type = crate::words::TokenKind)]
    pub kind: TokenKind,
    /// What it may do at most.
    #[schema(value_type = crate::words::Role)]
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

/// `POST .../service-tokens`: a token of a service account of the project, which is made if it is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceToken {
    /// The service account: in the log it is `<project>/<account>`.
    #[schema(value_type = ProgramName, example = "ci")]
    pub account: String,
    /// What the token is called.
    #[schema(value_type = ShownName)]
    pub label: String,
    /// What it may do at most: `viewer`, `developer` or `operator`.
    #[schema(value_type = ProgramRole)]
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The environments that it is for; empty for all.
    #[serde(default)]
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub environments: Vec<String>,
    /// When its time is over, in milliseconds since 1970; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// A token of a service account, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceToken {
    /// The service account.
    pub account: String,
    /// Who made it; it ends when they may make it no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// What is known of it.
    pub info: TokenInfo,
}

/// The answer to [`NewServiceToken`]: the only time that the token's text is shown.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MadeServiceToken {
    /// The text, for `Authorization: Bearer ...`.
    pub token: Plain,
    /// What is known of it from now on.
    pub info: ServiceToken,
}
