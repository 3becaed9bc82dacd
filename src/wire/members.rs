//! `/api/v1/projects/{project}/members` and `/api/v1/projects/{project}/audit`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::EmailAddress;
use super::{Role, UserInfo};

/// Somebody who may do something in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Who.
    pub user: UserInfo,
    /// What they may do.
    pub role: Role,
}

/// `PUT .../members/{user}`: gives a user a role; a user that is not known is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// What they may do.
    pub role: Role,
    /// The address under which the provider of OpenID Connect knows them, so that they can sign in there; for a user that is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EmailAddress>)]
    pub email: Option<String>,
}

/// A row of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number, without gaps.
    pub id: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// The number of the token; `None` for what the server itself did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<i64>,
    /// What: `values.read`, `values.changed`, ...
    pub action: String,
    /// In which environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// About what: `NAME@VERSION` for values, else names.
    pub names: Vec<String>,
    /// In which request, as the server's log names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}
