//! `/api/v1/projects/{project}/members` and `/api/v1/projects/{project}/audit`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::UserInfo;
use super::names::EmailAddress;
use takk_model::{Role, TokenKind};

/// A user with a role in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The user.
    pub user: UserInfo,
    /// Their role.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
}

/// `PUT .../members/{user}`: gives a user a role; creates the user if they do not exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Their role.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The email address of the user at the OpenID Connect provider, so that they can sign in there; only for a user that is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EmailAddress>)]
    pub email: Option<String>,
}

/// The response to [`NewMember`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedMember {
    /// The member with the new role.
    #[serde(flatten)]
    pub member: Member,
    /// What was revoked because their rights changed.
    pub ended: Ended,
}

/// What a user had created in the project and what was revoked with their right to create it, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ended {
    /// Tokens that they created for programs, and what was created with these.
    pub tokens: Vec<String>,
    /// Unused invitations.
    pub invitations: Vec<String>,
    /// Trusts for programs, such as CI jobs.
    pub trusts: Vec<String>,
}

/// Who did something, besides the name: a user may be renamed later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditBounds {
    /// The number of the user.
    pub user: i64,
    /// `service` if it was a service token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::words::TokenKind>)]
    pub kind: Option<TokenKind>,
    /// The highest role of the token, if it was lower than its owner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::words::Role>)]
    pub role: Option<Role>,
    /// The projects it was limited to, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<String>,
    /// The environments it was limited to, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// When it expires, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number; there are no gaps.
    pub id: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The user.
    pub actor: String,
    /// The number of the token; `null` for what the server itself did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<i64>,
    /// The number of the user, and the limits of the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<AuditBounds>,
    /// The action: `values.read`, `values.changed`, ...
    pub action: String,
    /// The environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What it was done to: `NAME@VERSION` for values, otherwise names.
    pub names: Vec<String>,
    /// The ID of the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}
