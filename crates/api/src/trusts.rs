//! `/api/v1/projects/{project}/trusts` and `/api/v1/login/oidc`: programs, such as CI jobs, that come in with a token of somebody who
//! vouches for them, and need no secret of ours.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::{EnvironmentName, ProgramName, ProgramRole, ProjectName};
use super::{Plain, UserInfo};
use takk_model::Role;

/// `POST .../trusts`: which programs come into the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrust {
    /// What they are called: in the log they are `<project>/<name>`.
    #[schema(value_type = ProgramName, example = "deploy")]
    pub name: String,
    /// Who vouches for them, as it calls itself; whoever runs the server says who may.
    #[schema(max_length = 500, example = "https://token.actions.githubusercontent.com")]
    pub issuer: String,
    /// What each of these claims must be; a `*` at the end stands for anything.
    #[schema(example = json!({"repository": "acme/shop", "ref": "refs/heads/main"}))]
    pub claims: BTreeMap<String, String>,
    /// What they may do at most: `viewer`, `developer` or `operator`.
    #[schema(value_type = ProgramRole)]
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The environments that they may use; empty for all.
    #[serde(default)]
    #[schema(value_type = Vec<EnvironmentName>, max_items = 100)]
    pub environments: Vec<String>,
}

/// Programs that come into a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrustInfo {
    /// The number of that on this server.
    pub id: i64,
    /// The user that they are.
    pub user: String,
    /// Who vouches for them.
    pub issuer: String,
    /// What each of these claims must be.
    pub claims: BTreeMap<String, String>,
    /// What they may do at most.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The environments that they may use; empty for all.
    pub environments: Vec<String>,
    /// When that was said, in milliseconds since 1970.
    pub created_at: i64,
    /// By whom; `None` where that is not known. It ends with their right to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
}

/// `POST /login/oidc`: a program shows the token of whoever vouches for it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcLogin {
    /// The token (JWT), made for the address of this server as its audience.
    pub token: Plain,
    /// The project that it wants to come into; any that trusts it if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProjectName>)]
    pub project: Option<String>,
}

/// The answer to [`OidcLogin`].
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct OidcToken {
    /// A token of ours, which is not shown again.
    pub token: Plain,
    /// When its time is over, in milliseconds since 1970.
    pub expires_at: i64,
    /// Who the program is.
    pub user: UserInfo,
}
