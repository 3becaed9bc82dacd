//! `/api/v1/projects/{project}/trusts` and `/api/v1/login/oidc`: programs, such as CI jobs, that authenticate with a token of a trusted
//! issuer and need no secret of takk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::{EnvironmentName, ProgramName, ProgramRole, ProjectName};
use super::{Plain, UserInfo};
use takk_model::Role;

/// `POST .../trusts`: trusts programs, such as CI jobs, to get a token for the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrust {
    /// The name of the trust; the audit log shows it as `<project>/<name>`.
    #[schema(value_type = ProgramName, example = "deploy")]
    pub name: String,
    /// The issuer of their identity tokens; the server must accept it.
    #[schema(max_length = 500, example = "https://token.actions.githubusercontent.com")]
    pub issuer: String,
    /// The value that each claim must have; a `*` at the end matches anything.
    #[schema(example = json!({"repository": "acme/shop", "ref": "refs/heads/main"}))]
    pub claims: BTreeMap<String, String>,
    /// Their highest role: `viewer`, `developer` or `operator`.
    #[schema(value_type = ProgramRole)]
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The environments that they can use; empty for all.
    #[serde(default)]
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub environments: Vec<String>,
}

/// A trust for programs, such as CI jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrustInfo {
    /// The number of the trust on this server.
    pub id: i64,
    /// The user that represents them.
    pub user: String,
    /// The issuer of their identity tokens.
    pub issuer: String,
    /// The value that each claim must have.
    pub claims: BTreeMap<String, String>,
    /// Their highest role.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The environments that they can use; empty for all.
    pub environments: Vec<String>,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// Who created it; `null` if that is unknown. It is revoked when they lose the right to create it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
}

/// `POST /login/oidc`: a program exchanges an identity token for a takk token.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcLogin {
    /// The identity token (JWT), with the URL of this server as its audience.
    pub token: Plain,
    /// The project to get a token for; if omitted, any project that trusts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProjectName>)]
    pub project: Option<String>,
}

/// The response to [`OidcLogin`].
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct OidcToken {
    /// A takk token, which is shown only once.
    pub token: Plain,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: i64,
    /// The user that represents the program.
    pub user: UserInfo,
}
