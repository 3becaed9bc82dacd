//! `/api/v1/projects/{project}/invitations`: how new people join a project.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Plain;
use super::names::ShownName;
use takk_model::Role;

/// `POST .../invitations`: creates a link with which one person can join the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Whom it is for, as shown in the list of invitations: `Grace`. They choose their own user name.
    #[schema(value_type = ShownName)]
    pub name: String,
    /// The role they get in the project.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// When it expires, in milliseconds since 1970; at most 30 days from now. The default is 7 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// An unused invitation, without its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationInfo {
    /// Its number on this server.
    pub id: i64,
    /// Whom it is for.
    pub name: String,
    /// The role they get.
    #[schema(value_type = crate::words::Role)]
    pub role: Role,
    /// Who created it; it is valid only while they own the project.
    pub inviter: String,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: i64,
}

/// The response to [`NewInvitation`]: the link is shown only once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MadeInvitation {
    /// The page on which one person can accept the invitation, once.
    pub link: Plain,
    /// The metadata.
    pub info: InvitationInfo,
}
