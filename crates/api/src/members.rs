//! `/api/v1/projects/{project}/members` and `/api/v1/projects/{project}/audit`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::UserInfo;
use super::names::EmailAddress;
use takk_model::{Role, TokenKind};

/// Somebody who may do something in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Who.
    pub user: UserInfo,
    /// What they may do.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
}

/// `PUT .../members/{user}`: gives a user a role; a user that is not known is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// What they may do.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// The address under which the provider of OpenID Connect knows them, so that they can sign in there; for a user that is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EmailAddress>)]
    pub email: Option<String>,
}

/// The answer to [`NewMember`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedMember {
    /// What they may do now.
    #[serde(flatten)]
    pub member: Member,
    /// What ended with what they could do before.
    pub ended: Ended,
}

/// What somebody had made in the project and what ended with their right to make it, each by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ended {
    /// Tokens that they made for programs, and what came of these.
    pub tokens: Vec<String>,
    /// Invitations that nobody had used.
    pub invitations: Vec<String>,
    /// Programs that were trusted, such as CI jobs.
    pub trusts: Vec<String>,
}

/// Who did something, beside the name: a user may be called otherwise later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditBounds {
    /// The number of the user.
    pub user: i64,
    /// `service`, if it was a program's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::words::TokenKind>)]
    pub kind: Option<TokenKind>,
    /// What the token could do at most, if that was less than its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::words::Role>)]
    pub role: Option<Role>,
    /// The projects that it was for, if it was not for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<String>,
    /// The environments that it was for, if it was not for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// When its time is over, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
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
    /// Who that was by number, and the bounds of the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<AuditBounds>,
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
