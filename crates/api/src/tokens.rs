//! `/api/v1/tokens`: creates a token with another token; and `/api/v1/projects/{project}/service-tokens`: tokens of programs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::{EnvironmentName, ProgramName, ProgramRole, ProjectName, ShownName};
use super::{Plain, TokenInfo};
use takk_model::{Role, TokenKind};

/// `POST /api/v1/tokens`: creates a token for the caller, with at most the permissions of the token that creates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// The label that its owner gave it.
    #[schema(value_type = ShownName)]
    pub label: String,
    /// Whether it is a personal or a service token.
    #[schema(value_type = crate::words::TokenKind)]
    pub kind: TokenKind,
    /// Its highest role.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The projects that it is limited to; empty for all projects of its owner.
    #[serde(default)]
    #[schema(value_type = Vec<ProjectName>, max_items = 100)]
    pub projects: Vec<String>,
    /// The environments that it is limited to; empty for all.
    #[serde(default)]
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub environments: Vec<String>,
    /// When it expires, in milliseconds since 1970; `null` if it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// The response to [`NewToken`]: the token is shown only once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MadeToken {
    /// The token, for `Authorization: Bearer ...`.
    pub token: Plain,
    /// The metadata.
    pub info: TokenInfo,
}

/// `POST .../service-tokens`: creates a token for a service account of the project; creates the account if it does not exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceToken {
    /// The service account; the audit log shows it as `<project>/<account>`.
    #[schema(value_type = ProgramName, example = "ci")]
    pub account: String,
    /// The label of the token.
    #[schema(value_type = ShownName)]
    pub label: String,
    /// Its highest role: `viewer`, `developer` or `operator`.
    #[schema(value_type = ProgramRole)]
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The environments that it is limited to; empty for all.
    #[serde(default)]
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub environments: Vec<String>,
    /// When it expires, in milliseconds since 1970; `null` if it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// The metadata of a token of a service account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceToken {
    /// The service account.
    pub account: String,
    /// Who created it; it is revoked when they lose the right to create it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// The metadata.
    pub info: TokenInfo,
}

/// The response to [`NewServiceToken`]: the token is shown only once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MadeServiceToken {
    /// The token, for `Authorization: Bearer ...`.
    pub token: Plain,
    /// The metadata.
    pub info: ServiceToken,
}
